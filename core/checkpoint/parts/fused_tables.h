// SPDX-License-Identifier: Apache-2.0
// Tables that were saved as one: which rows are whose. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/checkpoint/parts/tensors.h"

namespace dlrm {

// One table per cardinality, in feature order. Errors: E-FUSED-001 no cardinalities, 002 the rows do not add up to
// them.
Result<std::vector<OpenTable>> splitFused(const OpenTable& fused, const std::vector<std::int64_t>& cardinalities);

// The tables of a checkpoint trained with concat_embedding: `files` are feature_0.npy, feature_1.npy, … The first is
// the fused table; features that were offloaded to the CPU follow as files of their own and are told by their rows.
// `note`: how they were told, for people.
// Errors: those of splitFused, E-FUSED-003 the rows allow no or several readings.
Result<std::vector<OpenTable>> splitConcatenated(std::vector<OpenTable> files,
                                                 const std::vector<std::int64_t>& cardinalities, std::string& note);

}  // namespace dlrm
