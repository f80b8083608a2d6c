// SPDX-License-Identifier: Apache-2.0
// Rows of a table as points of the plane or of space: Engine::pcaMap(), Engine::umapMap(), the Map tab.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/analysis/maps/pca.h"
#include "core/analysis/maps/umap.h"
#include "core/base/ids.h"

namespace dlrm {

// Which rows become points: `ids` when there are any, else every n-th row such that at most `atMost` remain.
struct MapRows {
    std::vector<RowId> ids;   // strictly ascending
    std::int64_t atMost = 0;  // 0: no limit
    std::function<bool(RowId)>
        trained;  // set: only rows it is true for; called once per row, from one thread. For `ids` empty only.
};

struct PcaRequest {
    TableId table{};
    int components = 2;  // 2 or 3
    MapRows rows;        // the rows projected; the components themselves always come from all finite rows
};

struct UmapRequest {
    TableId table{};
    MapRows rows;  // at most kMostUmapRows; without `ids` a limit of 0 means that many
    UmapOptions options;
};

inline constexpr std::int64_t kMostUmapRows = 200'000;

enum class MapMethod : std::uint8_t { Pca, Umap };

// Immutable once handed out. Rows with a value that is not finite have no place: their coordinates
// are NaN (PCA) or they are left out (UMAP; with Cosine zero rows too).
struct TableMap {
    TableId table{};
    MapMethod method{};
    int components = 0;
    std::int64_t points = 0;
    std::vector<RowId> ids;          // (points); empty: point i is row i, all rows are there
    std::vector<float> coordinates;  // (points, components)
    std::string provenance;          // "20,000 of 8,165,896 rows: every 408th trained row"
    Pca pca;                         // MapMethod::Pca
    int epoch = 0, epochs = 0;       // MapMethod::Umap: how far the picture is; 0: its start, scaled PCA of the sample
    bool final = false;
    double seconds = 0;  // since the call

    RowId rowOf(std::int64_t point) const { return ids.empty() ? RowId{point} : ids[static_cast<std::size_t>(point)]; }
};

// Interim pictures (final = false): the first within 0.3 s for 20,000 rows, then about 5 a second. From the thread of
// the call.
using MapPartialFn = std::function<void(std::shared_ptr<const TableMap>)>;

}  // namespace dlrm
