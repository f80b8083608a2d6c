/* SPDX-License-Identifier: Apache-2.0
 * The binary contract between the program and dlrm_hdf5.so, the module that writes HDF5 with libhdf5: plain C, so that
 * no program links libhdf5 or what it brings. The program dlopens the module, takes its one symbol, checks `abi` and
 * calls. Nothing throws across it. Any thread: calls take turns, and what the thread has set of libhdf5's error
 * printing is as before afterwards. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRM_HDF5_ABI 2u
#define DLRM_HDF5_SYMBOL "dlrm_hdf5_module_entry"

/* Element types of the file, little-endian but where the name says otherwise; texts are UTF-8 of any length. Values are
 * given in the machine's own order, texts as const char*. */
enum {
    DLRM_HDF5_FLOAT16 = 0,
    DLRM_HDF5_BFLOAT16 = 1,
    DLRM_HDF5_FLOAT32 = 2,
    DLRM_HDF5_FLOAT64 = 3,
    DLRM_HDF5_INT64 = 4,
    DLRM_HDF5_UINT8 = 5,
    DLRM_HDF5_TEXT = 6,
    DLRM_HDF5_FLOAT32_BIG_ENDIAN = 7,
    DLRM_HDF5_UINT32 = 8
};

enum { DLRM_HDF5_MOST_DIMENSIONS = 32 };

/* Where a file goes. `write_at` has no failure to tell: libhdf5 1.10 cannot close a file that it could not write, and
 * would end the process when it is unloaded. Who lends the storage remembers what failed, and takes everything after it
 * without a word. */
typedef struct dlrm_hdf5_storage {
    void* context;
    void (*write_at)(void* context, uint64_t offset, const void* bytes, uint64_t size);
    int32_t (*read_at)(void* context, uint64_t offset, void* bytes,
                       uint64_t size); /* 1: done, zeros where nothing was written; 0: failed */
    uint64_t (*size)(void* context);   /* the end of what was written */
} dlrm_hdf5_storage;

/* How the chunks of a dataset are stored. */
enum {
    DLRM_HDF5_COMPRESSED = 1, /* shuffle, gzip 1 */
    DLRM_HDF5_CHECKED = 2     /* fletcher32; what is never written is not filled in either */
};

typedef struct dlrm_hdf5_dataset {
    const char* path;
    int32_t type;
    int32_t rank; /* 1 to DLRM_HDF5_MOST_DIMENSIONS */
    const uint64_t* shape;
    const uint64_t* chunk; /* NULL: in one piece */
    int32_t filter;        /* of chunks */
    const void* values;    /* C order; NULL: none */
} dlrm_hdf5_dataset;

typedef struct dlrm_hdf5_file dlrm_hdf5_file;

/* What returns int32_t: 1 done, 0 failed. Same calls, same bytes: no times are stored. Objects are named by their
 * paths. */
typedef struct dlrm_hdf5_module {
    uint32_t abi;
    /* `storage` is copied, its context must outlive the file, whose objects of 4 KiB and more then begin on a page;
     * NULL: in memory. NULL: failed. */
    dlrm_hdf5_file* (*create)(const dlrm_hdf5_storage* storage);
    int32_t (*group)(dlrm_hdf5_file* file, const char* path);
    /* A chunked one without values stays open for write_chunk until the next such one. */
    int32_t (*dataset)(dlrm_hdf5_file* file, const dlrm_hdf5_dataset* dataset);
    /* A whole chunk as the file has it, filters done, which begins at `row` of the first dimension and at 0 of the
     * others. */
    int32_t (*write_chunk)(dlrm_hdf5_file* file, uint64_t row, const void* bytes, uint64_t size);
    int32_t (*attribute)(dlrm_hdf5_file* file, const char* object, const char* name, int32_t type, int64_t count,
                         const void* values); /* count -1: one, no list */
    int32_t (*make_scale)(dlrm_hdf5_file* file, const char* path, const char* name);
    int32_t (*attach_scale)(dlrm_hdf5_file* file, const char* path, const char* scale, uint32_t dimension);
    /* Brings everything into the storage or the image; no chunk follows. */
    int32_t (*flush)(dlrm_hdf5_file* file);
    /* Of a flushed file in memory: copies its bytes where there is room; returns how many they are, or -1. */
    int64_t (*image)(dlrm_hdf5_file* file, void* to, int64_t room);
    /* Frees `file` in any case. */
    int32_t (*close)(dlrm_hdf5_file* file);
} dlrm_hdf5_module;

typedef const dlrm_hdf5_module* (*dlrm_hdf5_entry)(void);

#ifdef __cplusplus
}
#endif
