// SPDX-License-Identifier: Apache-2.0
// Whole-table work on the values the files hold: rows that stand in device or pinned memory as stored are read there, all others are streamed.
#pragma once

#include "gpu/model.h"

namespace dlrm::cuda {

// Counts and the histogram are exact; sums are in double, in an order that depends on where rows stand.
void scan(Model& model, std::int64_t table, const dlrm_scan_request& request, dlrm_scan_result& result, const dlrm_control* control);

// In double throughout: products of float32 values are exact, each sum is off by at most rows · 2⁻⁵³ · Σ|xᵢxⱼ|.
void gram(Model& model, std::int64_t table, double* products, double* sums, std::int64_t* rows, const dlrm_control* control);

// Scores in double; ties by id. Rows that come last have score NaN.
void nearest(Model& model, std::int64_t table, const float* query, std::int32_t similarity, std::int32_t k, dlrm_neighbor* out, std::int32_t* found,
             const dlrm_control* control);

// Exact: scores as order-preserving integers, sorted on the device, pairs counted in integers. Log loss in double.
void rank(Device& device, const float* logits, const std::uint8_t* labels, std::int64_t rows, dlrm_rank_sums& sums, const dlrm_control* control);

}  // namespace dlrm::cuda
