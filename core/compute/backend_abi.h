// SPDX-License-Identifier: Apache-2.0
// The binary contract between the program and a backend module (gpu/dlrm_cuda.so): plain C, so that neither compiler
// nor C++ library must match. The program dlopens the module, takes its one symbol, checks `abi` and calls through the
// table. Nothing throws across it.
//
// Every function returns DLRM_OK, DLRM_CANCELLED, or DLRM_FAILED with *error filled. Pointers handed in stay valid for
// the call only, but for dlrm_table::parts and what they point to, which live as long as the model. All sizes are in
// elements unless a name says bytes.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DLRM_BACKEND_ABI 2u
#define DLRM_BACKEND_SYMBOL "dlrm_backend_module"

enum { DLRM_OK = 0, DLRM_CANCELLED = 1, DLRM_FAILED = 2 };

// Arithmetic of the MLPs, in the order of dlrm::Precision. Storage of tables on the device.
enum { DLRM_FP32 = 0, DLRM_TF32 = 1, DLRM_BF16 = 2, DLRM_FP16 = 3, DLRM_INT8 = 4 };
enum { DLRM_TABLES_AS_STORED = 0, DLRM_TABLES_FP16 = 1, DLRM_TABLES_INT8 = 2 };  // int8: one float32 scale a row
// Element types of table files, in the order of dlrm::DType.
enum { DLRM_TYPE_F16 = 0, DLRM_TYPE_BF16 = 1, DLRM_TYPE_F32 = 2, DLRM_TYPE_F64 = 3 };
enum { DLRM_BOTTOM_FIRST = 0, DLRM_DOTS_FIRST = 1 };  // dlrm::InteractionOrder; of cross layers always the first

// The texts of dlrm::Error, cut to fit, NUL-terminated. `fatal`: the device is lost for this process; `out_of_memory`:
// freeing may help.
typedef struct dlrm_error {
    char code[16];  // "E-CUDA-004"
    char message[320], expected[160], found[320], remedy[320];
    int32_t fatal, out_of_memory;
} dlrm_error;

typedef struct dlrm_options {
    int32_t device;         // ordinal
    int32_t precision;      // DLRM_FP32 …
    int32_t table_storage;  // DLRM_TABLES_…
    int64_t memory_bytes;   // most device memory to use; 0: what is free, less a tenth
} dlrm_options;

typedef struct dlrm_device_info {
    char name[128];  // "NVIDIA H200"
    int32_t compute_major, compute_minor, driver_version, runtime_version, multiprocessors;
    int64_t memory_total_bytes, memory_free_bytes;
} dlrm_device_info;

// As dlrm::TablePart.
typedef struct dlrm_table_part {
    int64_t first_row, rows, first_column, columns;
    const void* data;
    int64_t row_stride_bytes, column_stride_bytes;
    int32_t byte_swapped;
} dlrm_table_part;

// Rows [0, gpu_rows) are to live in device memory, the next pinned_rows in pinned host memory that the kernels read;
// the rest is gathered from `parts` for every batch.
typedef struct dlrm_table {
    int64_t rows, dim;
    int32_t type;
    int64_t part_count;
    const dlrm_table_part* parts;
    int64_t gpu_rows, pinned_rows;
} dlrm_table;

typedef struct dlrm_dense {
    int64_t inputs, outputs;  // kernel (inputs, outputs) row-major, bias (outputs), float32
    int64_t used_inputs;      // leading inputs that can be other than zero
    int32_t relu;
    const float *kernel, *bias;
} dlrm_dense;

typedef struct dlrm_cross {
    int64_t width, projection;  // projection 0: full rank, u is null and v is (width, width)
    const float *u, *v, *bias;
} dlrm_cross;

typedef struct dlrm_model_description {
    int64_t table_count;
    const dlrm_table* tables;                // feature order
    const int32_t* interaction_table_order;  // vector 1 + k of the interaction is table order[k]
    int64_t embedding_dim, numericals_max;   // outputs of the bottom MLP; inputs of it
    int32_t interaction_order;               // DLRM_BOTTOM_FIRST, DLRM_DOTS_FIRST
    int64_t bottom_count, top_count, cross_count;
    const dlrm_dense *bottom, *top;
    const dlrm_cross* cross;  // cross_count > 0: DCNv2, no dot products
} dlrm_model_description;

typedef struct dlrm_batch {
    int64_t rows, numericals, id_stride;
    const float* numerical;  // (rows, numericals)
    const int32_t* ids;      // table t, row r at t·id_stride + r; checked by the caller
} dlrm_batch;

// Where to put intermediates, each null when not wanted; shapes as dlrm::Intermediates, rows first.
typedef struct dlrm_outputs {
    float *vectors, *interaction, *top_input;
    float *const *bottom_activations, *const *top_activations,
                                          *const *cross_activations;  // arrays of as many pointers as layers, or null
} dlrm_outputs;

typedef struct dlrm_placement {
    int64_t gpu_rows, pinned_rows, gpu_bytes, pinned_bytes;
} dlrm_placement;  // resident now

// stopped(context) != 0 asks the call to end with DLRM_CANCELLED; progress may be null. Called from the calling thread,
// or a loading thread.
typedef struct dlrm_control {
    void* context;
    int32_t (*stopped)(void* context);
    void (*progress)(void* context, int64_t done_bytes, int64_t total_bytes);
} dlrm_control;

typedef struct dlrm_device dlrm_device;
typedef struct dlrm_model dlrm_model;

typedef struct dlrm_backend_table {
    uint32_t abi;  // DLRM_BACKEND_ABI
    // What the device is; takes no memory on it but the driver's own context, without which free memory is not known.
    int32_t (*probe)(const dlrm_options*, dlrm_device_info*, dlrm_error*);
    int32_t (*open_device)(const dlrm_options*, dlrm_device**, dlrm_error*);
    void (*close_device)(dlrm_device*);
    // Bytes of device memory a model takes beside its tables (weights, buffers of the largest batch).
    int32_t (*working_memory)(dlrm_device*, const dlrm_model_description*, int64_t* bytes, dlrm_error*);
    // Returns once predictions can be made: weights are on the device, tables go on loading in a thread of the module.
    // `control` is used for the weights only.
    int32_t (*load_model)(dlrm_device*, const dlrm_model_description*, const dlrm_control*, dlrm_model**, dlrm_error*);
    void (*free_model)(dlrm_model*);  // stops loading within 100 ms
    // Waits until every planned row is where it should be. What went wrong while loading is reported here; the model
    // still predicts.
    int32_t (*wait_loaded)(dlrm_model*, const dlrm_control*, dlrm_error*);
    int32_t (*placement)(dlrm_model*, int64_t table, dlrm_placement*);
    int64_t (*preferred_batch)(dlrm_model*);
    int32_t (*forward)(dlrm_model*, const dlrm_batch*, float* logits, const dlrm_outputs*, const dlrm_control*,
                       dlrm_error*);
} dlrm_backend_table;

// The one exported symbol.
typedef const dlrm_backend_table* (*dlrm_backend_module_fn)(void);

#ifdef __cplusplus
}
#endif
