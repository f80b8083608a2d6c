// SPDX-License-Identifier: Apache-2.0
// Loops over rows of a table, compiled for every instruction set and chosen at run time. Rows are given by pointer,
// `dim` float32 values each.
#pragma once

#include <cstdint>
#include <vector>

#include "core/analysis/tables/scan.h"
#include "core/analysis/tables/untrained_rows.h"

namespace dlrm::kernels {

// Rows the callers hand over at once.
constexpr std::int64_t kBlockRows = 256;

// What a scan adds up, in the order of the rows; min and max are infinite until there is a finite value.
struct ScanSums : ScanFigures {
    explicit ScanSums(const ScanRequest& request);
    void add(const ScanSums& later);
};

// Bins by turns in four copies, so that equal neighbours do not wait for each other. Reused from block to block.
struct ScanScratch {
    explicit ScanScratch(const ScanRequest& request);
    float low, scale, bins;
    std::vector<std::uint32_t> counts;  // 4 × (below, bins, above)
    std::int64_t counted = 0;           // values since the last flush
    // Moves the counts into `sums`.
    void flush(ScanSums& sums);
};

// A finite value v falls into bin ⌊(v − low) · scale⌋, all in float32, scale = bins / (high − low) · (1 − 2⁻²⁰) so that
// rounding leaves no v <= high outside; into below and above outside 0 .. bins − 1. REQUIRES: bins < 65,535.
// norms: (rows).
void scanRows(const float* const* rows, std::int64_t count, std::int64_t dim, ScanScratch& scratch, ScanSums& sums,
              float* norms);

// onLattice[r]: whether at least `needed` of the row's values are on the lattice.
void latticeRows(const float* const* rows, std::int64_t count, std::int64_t dim, const Lattice& lattice,
                 std::int64_t needed, bool* onLattice);
// The same by the number of values, without stopping early.
std::int64_t latticeValues(const float* row, std::int64_t dim, const Lattice& lattice);

// XᵀX of packed rows. Columns lie in panels of kPanel, rows by row within a panel: column c of row r at panels[(c /
// kPanel · kBlockRows + r) · kPanel + c % kPanel].
// tiles: for every pair of panels i <= j, in the order of j within i, kPanel × kPanel products, added to. sums: (panels
// · kPanel), added to.
constexpr std::int64_t kPanel = 16;
void gramBlock(const float* panels, std::int64_t rows, std::int64_t panelCount, double* tiles, double* sums);

// cosines[r]: of row r with `vector` (dim); NaN when the row is zero or not finite. `norm`: of `vector`. Sums in
// double.
void cosineRows(const float* const* rows, std::int64_t count, std::int64_t dim, const double* vector, double norm,
                float* cosines);

}  // namespace dlrm::kernels
