// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "core/analysis/maps/projection.h"
#include "core/base/counted.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/engine/table_warmer.h"

namespace dlrm {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string ordinal(std::int64_t n) {
    const bool teen = n % 100 >= 11 && n % 100 <= 13;
    return thousands(n) + (teen || n % 10 > 3 || n % 10 == 0 ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : "rd");
}

struct Chosen {
    std::vector<RowId> ids;  // empty with `all`
    bool all = false;        // every row of the table
    std::string provenance;
};

// Every n-th of the rows that qualify, n the smallest that leaves at most `atMost`.
Chosen evenly(const MapRows& asked, std::int64_t rows, std::int64_t atMost) {
    std::vector<RowId> trained;
    if (asked.trained)
        for (std::int64_t r = 0; r < rows; ++r)
            if (asked.trained(RowId{r})) trained.push_back(RowId{r});
    const std::int64_t from = asked.trained ? static_cast<std::int64_t>(trained.size()) : rows;
    const std::int64_t step = atMost > 0 ? std::max<std::int64_t>(1, (from + atMost - 1) / atMost) : 1;
    Chosen out;
    out.all = !asked.trained && step == 1;
    for (std::int64_t i = 0; !out.all && i < from; i += step)
        out.ids.push_back(asked.trained ? trained[static_cast<std::size_t>(i)] : RowId{i});
    const char* kind = asked.trained ? "trained row" : "row";
    const std::string which = step > 1        ? fmt::format("every {} {}", ordinal(step), kind)
                              : asked.trained ? "all trained rows"
                                              : "all rows";
    out.provenance =
        fmt::format("{} of {} rows: {}", thousands(out.all ? rows : static_cast<std::int64_t>(out.ids.size())),
                    thousands(rows), which);
    return out;
}

Result<Chosen> choose(const MapRows& asked, const TableView& table, const std::string& file, std::int64_t atMost) {
    Chosen chosen;
    if (asked.ids.empty()) {
        chosen = evenly(asked, table.rows(), asked.atMost > 0 ? asked.atMost : atMost);
    } else {
        const auto wrong = std::adjacent_find(asked.ids.begin(), asked.ids.end(),
                                              [](RowId a, RowId b) { return value(a) >= value(b); });
        if (wrong != asked.ids.end())
            return fail(Error("E-MAP-005", "The rows of a map are not in ascending order.")
                            .inFile(file)
                            .atRow(value(wrong[1]))
                            .butExpected(fmt::format("an id greater than {}", value(wrong[0])))
                            .butFound(fmt::format("{}", value(wrong[1])))
                            .withRemedy("Give each row once, the smallest id first."));
        chosen.ids = asked.ids;
        chosen.provenance =
            fmt::format("{} of {} rows: chosen by id", thousands(static_cast<std::int64_t>(asked.ids.size())),
                        thousands(table.rows()));
    }
    const std::int64_t count = chosen.all ? table.rows() : static_cast<std::int64_t>(chosen.ids.size());
    if (atMost > 0 && count > atMost)
        return fail(Error("E-MAP-006", "These are too many rows for UMAP.")
                        .inFile(file)
                        .butExpected(fmt::format("at most {}", atMost))
                        .butFound(fmt::format("{}", count))
                        .withRemedy("Take a sample of them, or the map by principal components."));
    return chosen;
}

}  // namespace

Result<std::shared_ptr<const TableMap>> Engine::pcaMap(const PcaRequest& request, const Job& job) {
    return guarded([&]() -> Result<std::shared_ptr<const TableMap>> {
        const auto start = Clock::now();
        DLRM_TRY(rows(request.table, {}));
        const TableView& table = m_state->checkpoint->table(request.table);
        if (request.components < 2 || request.components > 3 || request.components > table.dim())
            return fail(
                Error("E-MAP-007", "A map cannot have this number of components.")
                    .inFile(m_state->info.path)
                    .butExpected(fmt::format("2 or 3, and at most the {} of the table", counted(table.dim(), "column")))
                    .butFound(fmt::format("{}", request.components))
                    .withRemedy("Ask for 2 or 3, of a table with at least as many columns."));
        DLRM_TRY(auto chosen, choose(request.rows, table, m_state->info.path, 0));
        // Ascending: with its first and last id the whole list lies inside the table.
        if (!chosen.ids.empty()) DLRM_TRY(rows(request.table, std::array{chosen.ids.front(), chosen.ids.back()}));

        DLRM_TRY(const auto statistics, tableStatistics(request.table, job));
        DLRM_TRY(auto axes, pca(statistics->gram, request.components));
        const TableWarmer warmer(*m_state->checkpoint, request.table);
        const auto map = std::make_shared<TableMap>();
        map->table = request.table;
        map->method = MapMethod::Pca;
        map->components = request.components;
        map->pca = std::move(axes);
        if (!chosen.all) m_state->checkpoint->prefetchRows(request.table, chosen.ids, job.stop);
        // An empty list of ids stands for all rows.
        if (chosen.all || !chosen.ids.empty()) {
            DLRM_TRY(map->coordinates,
                     projectRows(table, map->pca, chosen.ids, job, releaserOf(*m_state->checkpoint, request.table)));
        }
        map->points = static_cast<std::int64_t>(map->coordinates.size()) / request.components;
        map->ids = std::move(chosen.ids);
        map->provenance = std::move(chosen.provenance);
        map->final = true;
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        map->seconds = secondsSince(start);
        return std::shared_ptr<const TableMap>(map);
    });
}

Result<std::shared_ptr<const TableMap>> Engine::umapMap(const UmapRequest& request, const MapPartialFn& partial,
                                                        const Job& job) const {
    return guarded([&]() -> Result<std::shared_ptr<const TableMap>> {
        const auto start = Clock::now();
        DLRM_TRY(rows(request.table, {}));
        const TableView& table = m_state->checkpoint->table(request.table);
        DLRM_TRY(auto chosen, choose(request.rows, table, m_state->info.path, kMostUmapRows));
        for (std::int64_t r = 0; chosen.all && r < table.rows(); ++r) chosen.ids.push_back(RowId{r});
        DLRM_TRY(const auto read, rows(request.table, chosen.ids));

        const auto map = std::make_shared<TableMap>();
        map->table = request.table;
        map->method = MapMethod::Umap;
        map->components = request.options.components;
        std::vector<float> values;
        const auto dim = static_cast<std::size_t>(read.dim);
        for (std::size_t i = 0; i < read.ids.size(); ++i) {
            if (!std::isfinite(read.norms[i]) || (request.options.metric == UmapMetric::Cosine && read.norms[i] == 0))
                continue;
            map->ids.push_back(read.ids[i]);
            values.insert(values.end(), read.values.begin() + static_cast<std::ptrdiff_t>(i * dim),
                          read.values.begin() + static_cast<std::ptrdiff_t>((i + 1) * dim));
        }
        map->points = static_cast<std::int64_t>(map->ids.size());
        map->provenance = std::move(chosen.provenance);
        if (const auto without = static_cast<std::int64_t>(read.ids.size()) - map->points; without > 0)
            map->provenance += fmt::format("; {} of them without a place (not finite{})", thousands(without),
                                           request.options.metric == UmapMetric::Cosine ? ", or zero" : "");
        auto coordinates = umap(
            values, read.dim, request.options,
            [&](int epoch, int epochs, std::span<const float> soFar) {
                if (!partial) return;
                const auto picture = std::make_shared<TableMap>(*map);
                picture->coordinates.assign(soFar.begin(), soFar.end());
                picture->epoch = epoch;
                picture->epochs = epochs;
                picture->seconds = secondsSince(start);
                partial(picture);
            },
            job);
        DLRM_TRY(coordinates);
        map->coordinates = *std::move(coordinates);
        map->epoch = map->epochs = umapEpochs(map->points, request.options);
        map->final = true;
        map->seconds = secondsSince(start);
        return std::shared_ptr<const TableMap>(map);
    });
}

}  // namespace dlrm
