// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "core/analysis/neighbors/neighbors.h"
#include "core/base/counted.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/engine/table_warmer.h"

namespace dlrm {
namespace {

Result<void> checkSize(const NeighborRequest& request) {
    if (request.k < 1 || request.k > kMostNeighbors)
        return fail(Error("E-KNN-001", "This number of neighbours cannot be looked for.")
                        .butExpected(fmt::format("1 .. {}", kMostNeighbors))
                        .butFound(fmt::format("{}", request.k))
                        .withRemedy("Ask for fewer, or at least one."));
    const auto most = static_cast<std::size_t>(kMostNeighborPairs / request.k);
    if (request.ids.size() > most)
        return fail(Error("E-KNN-003", "These are too many rows for one search.")
                        .butExpected(fmt::format("at most {} for {} each", counted(most, "row"),
                                                 counted(request.k, "neighbour")))
                        .butFound(fmt::format("{}", request.ids.size()))
                        .withRemedy("Search for a part of them at a time."));
    return {};
}

// The rows asked for that can have neighbours; the others into `failed`. Fails when none can, with the first one's
// error.
Result<TableRows> readable(const Engine& engine, const NeighborRequest& request,
                           std::vector<RowWithoutNeighbors>& failed) {
    auto out = engine.rows(request.table, request.ids);
    if (!out && out.error().code != "E-ENGINE-002") return out;
    if (out && std::all_of(out->norms.begin(), out->norms.end(), [&](double n) {
            return std::isfinite(n) && (n > 0 || request.similarity != Similarity::Cosine);
        }))
        return out;
    std::vector<RowId> good;
    for (const RowId id : request.ids) {
        const auto one = engine.rows(request.table, std::array{id});
        if (!one) {
            if (one.error().code != "E-ENGINE-002") return fail(one.error());
            failed.push_back({id, one.error()});
            continue;
        }
        const double length = one->norms.front();
        if (std::isfinite(length) && (length > 0 || request.similarity != Similarity::Cosine)) {
            good.push_back(id);
            continue;
        }
        failed.push_back(
            {id, Error("E-KNN-002", "Nothing is near to this row.")
                     .inFile(engine.info().path)
                     .atRow(value(id))
                     .inField(engine.spec().tables[static_cast<std::size_t>(value(request.table))].name)
                     .butExpected(request.similarity == Similarity::Cosine ? "finite values, not all zero"
                                                                           : "finite values")
                     .butFound(std::isfinite(length) ? "zeros only, which have no direction" : "NaN or infinity")
                     .withRemedy(std::isfinite(length) ? "Compare by dot product or L2 distance."
                                                       : "Choose another row; this one is damaged.")});
    }
    if (good.empty()) return fail(failed.front().why);
    return engine.rows(request.table, good);
}

}  // namespace

Result<std::shared_ptr<const NeighborResult>> Engine::neighbors(const NeighborRequest& request, const Job& job) const {
    return guarded([&]() -> Result<std::shared_ptr<const NeighborResult>> {
        const auto start = std::chrono::steady_clock::now();
        DLRM_TRY(checkSize(request));
        const auto result = std::make_shared<NeighborResult>();
        DLRM_TRY(const auto asked, readable(*this, request, result->failed));
        const TableView& table = m_state->checkpoint->table(request.table);
        const TableWarmer warmer(*m_state->checkpoint, request.table);
        std::vector<std::int64_t> leaveOut;
        for (const RowId id : asked.ids) leaveOut.push_back(value(id));
        DLRM_TRY(auto found, nearestRows(table, asked.values, leaveOut, request.similarity, request.k, job,
                                         releaserOf(*m_state->checkpoint, request.table)));

        result->table = request.table;
        result->similarity = request.similarity;
        result->k = request.k;
        result->rowsCompared = table.rows();
        for (std::size_t i = 0; i < found.size(); ++i) {
            RowNeighbors row;
            row.row = asked.ids[i];
            row.norm = asked.norms[i];
            row.neighbors = std::move(found[i]);
            std::vector<RowId> ids;
            for (const Neighbor& neighbor : row.neighbors) ids.push_back(neighbor.id);
            DLRM_TRY(auto theirs, rows(request.table, ids));
            row.norms = std::move(theirs.norms);
            result->rows.push_back(std::move(row));
        }
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        result->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return std::shared_ptr<const NeighborResult>(result);
    });
}

}  // namespace dlrm
