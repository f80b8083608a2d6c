// SPDX-License-Identifier: Apache-2.0
// Spectral health of an embedding table: singular values from XᵀX and what they say about how many directions are used.
#pragma once

#include <cstdint>
#include <vector>

#include "core/analysis/tables/gram.h"

namespace dlrm {

// σ: singular values of the rows looked at, not centred. Figures are NaN when there is no row, every value is zero or a
// product is too large for float32.
struct Spectrum {
    std::int64_t rows = 0;               // rows behind it
    double weight = 0;                   // sum of their weights; the number of rows where every row counts once
    std::vector<double> singularValues;  // (dim), the largest first
    double effectiveRank = 0;            // exp(H(σ / Σσ)), H in nats (Roy & Vetterli 2007)
    double stableRank = 0;               // Σσ² / max σ²
    double informationAbundance = 0;     // Σσ / max σ (Guo et al. 2024)
};

// Eigenvalues of the Gram matrix in double; those that rounding left below zero count as zero.
Spectrum spectrumOf(const Gram& gram);

}  // namespace dlrm
