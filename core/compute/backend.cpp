// SPDX-License-Identifier: Apache-2.0
#include "core/compute/backend.h"

#include <array>
#include <utility>

namespace dlrm {
namespace {

constexpr std::array<std::pair<Precision, std::string_view>, 5> kPrecisions{{{Precision::Fp32, "fp32"},
                                                                             {Precision::Tf32, "tf32"},
                                                                             {Precision::Bf16, "bf16"},
                                                                             {Precision::Fp16, "fp16"},
                                                                             {Precision::Int8, "int8"}}};

}  // namespace

std::string_view name(Precision p) {
    for (const auto& [precision, text] : kPrecisions)
        if (precision == p) return text;
    return "?";
}

std::optional<Precision> precisionFromName(std::string_view text) {
    for (const auto& [precision, known] : kPrecisions)
        if (known == text) return precision;
    return std::nullopt;
}

}  // namespace dlrm
