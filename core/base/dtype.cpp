// SPDX-License-Identifier: Apache-2.0
#include "core/base/dtype.h"

namespace dlrm {

std::string_view name(DType t) {
    static constexpr std::string_view kNames[] = {"float16", "bfloat16", "float32", "float64"};
    return kNames[static_cast<std::size_t>(t)];
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
