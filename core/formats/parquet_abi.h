/* SPDX-License-Identifier: Apache-2.0
 * The binary contract between the program and dlrm_parquet.so, the module that holds Apache Arrow: plain C, so that
 * starting a program loads no Arrow library. The program dlopens the module, takes its one symbol, checks `abi` and
 * calls. Nothing throws across it. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRM_PARQUET_ABI 1u
#define DLRM_PARQUET_SYMBOL "dlrm_parquet_module_entry"

enum { DLRM_PARQUET_OK = 0, DLRM_PARQUET_STOPPED = 1, DLRM_PARQUET_FAILED = 2 };
enum { DLRM_PARQUET_TEXT = 0, DLRM_PARQUET_INTEGER = 1 };

typedef struct dlrm_parquet_column {
    const char* name;
    int32_t kind;     /* DLRM_PARQUET_TEXT: BYTE_ARRAY; DLRM_PARQUET_INTEGER: INT32 or INT64 */
    int32_t required; /* 0: may be missing in the file */
} dlrm_parquet_column;

/* `rows` values of every column asked for, in the order asked; no value is null. Valid during the visit only. */
typedef struct dlrm_parquet_values {
    const char* text;          /* text columns: all values one after the other */
    const uint32_t* text_ends; /* end of each value in `text` */
    const int64_t* integers;   /* integer columns */
    int32_t present;           /* 0: the file has no such column */
} dlrm_parquet_values;

/* first_row counts from the start of the file. Anything but 0 ends the reading with DLRM_PARQUET_STOPPED. */
typedef int32_t (*dlrm_parquet_visit)(void* context, int64_t first_row, int64_t rows,
                                      const dlrm_parquet_values* columns);

typedef struct dlrm_parquet_error {
    char expected[160], found[320], column[64];
    int64_t row; /* -1: not applicable */
} dlrm_parquet_error;

typedef struct dlrm_parquet_module {
    uint32_t abi;
    const char* library; /* "Apache Arrow 26.0.1" */
    /* Rows that the footer declares. `bytes` are the whole file. */
    int32_t (*count_rows)(const uint8_t* bytes, int64_t size, int64_t* rows, dlrm_parquet_error* error);
    /* Reads columns of a flat file, in parts of at most 4,096 rows. Page checksums are verified where the file has
     * them. Takes at most 48 MiB. */
    int32_t (*read)(const uint8_t* bytes, int64_t size, const dlrm_parquet_column* columns, int32_t column_count,
                    dlrm_parquet_visit visit, void* context, dlrm_parquet_error* error);
} dlrm_parquet_module;

typedef const dlrm_parquet_module* (*dlrm_parquet_entry)(void);

#ifdef __cplusplus
}
#endif
