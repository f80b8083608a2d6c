// SPDX-License-Identifier: Apache-2.0
#include "core/compute/backend.h"

#include "core/base/enum_names.h"

namespace dlrm {
namespace {

constexpr std::string_view kPrecisions[] = {"fp32", "tf32", "bf16", "fp16", "int8"};

}  // namespace

std::string_view name(Precision p) { return nameIn(kPrecisions, p); }

std::optional<Precision> precisionFromName(std::string_view text) { return valueNamed<Precision>(kPrecisions, text); }

}  // namespace dlrm
