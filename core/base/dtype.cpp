// SPDX-License-Identifier: Apache-2.0
#include "core/base/dtype.h"

namespace dlrm {

std::string_view name(DType t) {
    switch (t) {
        case DType::Float16:
            return "float16";
        case DType::BFloat16:
            return "bfloat16";
        case DType::Float32:
            return "float32";
        case DType::Float64:
            return "float64";
    }
    return "?";
}

std::int64_t itemSize(DType t) {
    switch (t) {
        case DType::Float16:
        case DType::BFloat16:
            return 2;
        case DType::Float32:
            return 4;
        case DType::Float64:
            return 8;
    }
    return 0;
}

}  // namespace dlrm
