// SPDX-License-Identifier: Apache-2.0
// A failure inside the module: thrown where it happens, caught where the ABI begins. Nothing aborts.
#pragma once

#include <cstdint>
#include <exception>
#include <string>

#include "core/compute/backend_abi.h"
#include "gpu/support/calls.h"

namespace dlrm::cuda {

struct Failure : std::exception {
    std::string code, message, expected, found, remedy;
    bool fatal = false, outOfMemory = false;
    const char* what() const noexcept override { return message.c_str(); }
};

// Thrown when control->stopped asked for the end.
struct Cancelled : std::exception {};

// The sentence of a CUDA error: no driver, old driver, no device, out of memory, device lost, … `doing` says what
// failed: "copying the weights".
Failure cudaFailure(const Calls& calls, cudaError_t status, const char* doing);
Failure ltFailure(const Calls& calls, cublasStatus_t status, const char* doing);
// More memory was asked for than the limit leaves, before any was taken.
Failure memoryFailure(const char* doing, std::int64_t wanted, std::int64_t left);
Failure shapeFailure(std::string expected, std::string found);        // E-CUDA-110: a model the module cannot compute
Failure batchFailure(std::string expected, std::string found);        // E-CUDA-111: rows that do not fit the model
Failure precisionFailure(std::string found, std::string remedy);      // E-CUDA-112
Failure hostMemoryFailure();                                          // E-CUDA-113
Failure capabilityFailure(const char* device, int major, int minor);  // E-CUDA-103
Failure internalFailure(const char* what);                            // E-CUDA-114

// Codes after which the process gets no more work done by its GPU (driver_types.h: "the process must be terminated and
// relaunched").
bool isSticky(cudaError_t status);

void fill(dlrm_error* error, const Failure& failure) noexcept;

inline void check(const Calls& calls, cudaError_t status, const char* doing) {
    if (status == cudaSuccess) return;
    calls.lastError();  // a failed call must not be reported again by the next one
    throw cudaFailure(calls, status, doing);
}
inline void check(const Calls& calls, cublasStatus_t status, const char* doing) {
    if (status != CUBLAS_STATUS_SUCCESS) throw ltFailure(calls, status, doing);
}

}  // namespace dlrm::cuda

// CUDA_TRY(calls, malloc(&p, n), "taking memory for tables"): one call of the table; throws Failure.
#define CUDA_TRY(calls, call, doing) ::dlrm::cuda::check((calls), (calls).call, (doing))
