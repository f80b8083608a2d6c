// SPDX-License-Identifier: Apache-2.0
#include "gpu/support/errors.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace dlrm::cuda {
namespace {

Failure make(const char* code, std::string message, std::string expected, std::string found, std::string remedy) {
    Failure f;
    f.code = code;
    f.message = std::move(message);
    f.expected = std::move(expected);
    f.found = std::move(found);
    f.remedy = std::move(remedy);
    return f;
}

template <std::size_t N>
void put(char (&to)[N], const std::string& text) noexcept {
    const std::size_t n = std::min(text.size(), N - 1);
    std::memcpy(to, text.data(), n);
    to[n] = 0;
}

std::string mebibytes(std::int64_t bytes) { return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB"; }

}  // namespace

bool isSticky(cudaError_t status) {
    switch (static_cast<int>(status)) {
        case 226:
        case 700:
        case 702:
        case 710:
        case 714:
        case 715:
        case 716:
        case 717:
        case 718:
        case 719:
        case 721:
        case 810:
        case 911:
            return true;
        default:
            return false;
    }
}

Failure cudaFailure(const Calls& calls, cudaError_t status, const char* doing) {
    const int code = static_cast<int>(status);
    const char* name = calls.errorName(status);
    const std::string found = std::string(name ? name : "unknown") + " (" + std::to_string(code) + ") while " + doing;
    if (isSticky(status)) {
        Failure f =
            make("E-CUDA-105", "The GPU was lost: it cannot be used any more until the program is started again.", "",
                 found, "Start the program again to use the GPU. Until then the CPU computes.");
        f.fatal = true;
        return f;
    }
    switch (code) {
        case 2: {
            Failure f = make("E-CUDA-104", "The GPU has not enough free memory.", "", found,
                             "Close other programs that use the GPU, or give a lower --gpu-memory so that fewer rows "
                             "are kept on it.");
            f.outOfMemory = true;
            return f;
        }
        case 35:
            return make("E-CUDA-101", "The NVIDIA driver is too old for this program.",
                        "a driver for CUDA 13 (R580 or newer)", found, "Install a newer NVIDIA driver.");
        case 100:
            return make("E-CUDA-102", "There is no NVIDIA GPU in this machine, or it is hidden.", "a GPU", found,
                        "Look at CUDA_VISIBLE_DEVICES, or use --backend cpu.");
        case 101:
            return make("E-CUDA-102", "There is no NVIDIA GPU of this number.", "a GPU", found,
                        "List the GPUs by number with nvidia-smi.");
        case 46:
            return make("E-CUDA-106", "The GPU is used by another process that wants it alone.",
                        "a GPU in the default compute mode", found,
                        "Wait until the other process is done, or set the compute mode to Default with nvidia-smi.");
        case 214: {
            Failure f = make("E-CUDA-107", "The GPU found a memory error that it could not correct.", "", found,
                             "Results since then are not to be trusted. Start the program again; if it comes back, the "
                             "GPU needs service.");
            f.fatal = true;
            return f;
        }
        default:
            return make("E-CUDA-108", "A call to the GPU failed.", "", found, "Try again, or use --backend cpu.");
    }
}

Failure ltFailure(const Calls& calls, cublasStatus_t status, const char* doing) {
    const char* name = calls.ltStatusName(status);
    Failure f =
        make("E-CUDA-109", "cuBLAS could not compute a matrix product.", "",
             std::string(name ? name : "unknown") + " while " + doing, "Use --backend cpu, or another --precision.");
    if (status == CUBLAS_STATUS_ALLOC_FAILED) {
        f.code = "E-CUDA-104";
        f.message = "The GPU has not enough free memory.";
        f.outOfMemory = true;
    }
    return f;
}

Failure memoryFailure(const char* doing, std::int64_t wanted, std::int64_t left) {
    Failure f =
        make("E-CUDA-104", "The GPU has not enough free memory.", mebibytes(wanted),
             mebibytes(left) + " left while " + doing,
             "Close other programs that use the GPU, or give a lower --gpu-memory so that fewer rows are kept on it.");
    f.outOfMemory = true;
    return f;
}

Failure shapeFailure(std::string expected, std::string found) {
    return make("E-CUDA-110", "The GPU module cannot compute a model of this shape.", std::move(expected),
                std::move(found), "Use --backend cpu.");
}
Failure batchFailure(std::string expected, std::string found) {
    return make("E-CUDA-111", "The rows do not have the shape this model takes.", std::move(expected), std::move(found),
                "Use a dataset whose features match the model.");
}
Failure precisionFailure(std::string found, std::string remedy) {
    return make("E-CUDA-112", "The GPU does not compute in this precision.", "fp32, tf32, bf16 or fp16",
                std::move(found), std::move(remedy));
}
Failure hostMemoryFailure() {
    return make("E-CUDA-113", "The GPU module did not get the host memory it needs.", "", "",
                "Close other programs and try again.");
}
Failure capabilityFailure(const char* device, int major, int minor) {
    return make("E-CUDA-103", "The GPU is too old for this program.", "compute capability 7.5 or higher",
                std::string(device) + ", " + std::to_string(major) + "." + std::to_string(minor),
                "Use a GPU of the Turing generation or newer, or --backend cpu.");
}
Failure internalFailure(const char* what) {
    return make("E-CUDA-114", "The GPU module met a condition it does not know.", "", what,
                "Please report this. --backend cpu works without the GPU.");
}

void fill(dlrm_error* error, const Failure& f) noexcept {
    if (!error) return;
    *error = dlrm_error{};
    put(error->code, f.code);
    put(error->message, f.message);
    put(error->expected, f.expected);
    put(error->found, f.found);
    put(error->remedy, f.remedy);
    error->fatal = f.fatal;
    error->out_of_memory = f.outOfMemory;
}

}  // namespace dlrm::cuda
