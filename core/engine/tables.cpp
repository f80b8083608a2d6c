// SPDX-License-Identifier: Apache-2.0
// The engine's questions about tables, and about tables joined with a dataset.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/guarded.h"
#include "core/base/progress_part.h"
#include "core/engine/engine_state.h"
#include "core/engine/value_check.h"
#include "core/measure/click_rates.h"
#include "core/measure/state_counts.h"
#include "core/measure/traffic_counts.h"
#include "core/measure/untrained_lookups.h"

namespace dlrm {
Result<std::shared_ptr<const TableStatistics>> Engine::tableStatistics(TableId table, const Job& job) {
    return guarded([&]() -> Result<std::shared_ptr<const TableStatistics>> {
        DLRM_TRY(rows(table, {}));
        return m_state->statistics->statistics(table, job);
    });
}

Result<std::vector<std::shared_ptr<const TableStatistics>>> Engine::allStatistics(const Job& job) {
    const auto& tables = spec().tables;
    const std::int64_t total = std::accumulate(tables.begin(), tables.end(), std::int64_t{0},
                                               [](std::int64_t sum, const TableSpec& t) { return sum + t.bytes; });
    std::vector<std::shared_ptr<const TableStatistics>> out;
    std::int64_t before = 0;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        DLRM_TRY(auto one,
                 tableStatistics(static_cast<TableId>(t),
                                 {partOf(job.progress, "reading tables", before, tables[t].bytes, total), job.stop}));
        out.push_back(std::move(one));
        before += tables[t].bytes;
    }
    return out;
}

Result<TrainedCheck> Engine::checkTables(const Job& job) const {
    return guarded([&]() -> Result<TrainedCheck> {
        auto check = checkTrained(spec(), m_state->checkpoint->tables(), job);
        if (!check) return check;
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        return check;
    });
}

void addTable(ValueCheck& check, const std::string& name, const TableStatistics& statistics) {
    const TableScan& scan = statistics.scan;
    check.tensors.push_back({name, scan.finite + scan.nan + scan.inf, scan.nan + scan.inf});
    check.untrainedRows += statistics.untrained.count;
    (statistics.untrained.known() ? check.rows : check.unknownRows) += statistics.untrained.rows;
    check.zeroRows += statistics.zeroRows;
    check.duplicateRows += statistics.duplicates.rows;
}

Result<ValueCheck> Engine::checkValues(const Job& job) {
    return guarded([&]() -> Result<ValueCheck> {
        ValueCheck out;
        DLRM_TRY(const auto statistics, allStatistics(job));
        for (std::size_t t = 0; t < statistics.size(); ++t) addTable(out, spec().tables[t].name, *statistics[t]);
        // Layers as they are read, cross layers too, padding included: a NaN there meets a zero and gives NaN.
        const auto count = [&](const std::string& name, std::initializer_list<const std::vector<float>*> values) {
            ValueCheck::Tensor& tensor = out.tensors.emplace_back(ValueCheck::Tensor{name, 0, 0});
            for (const auto* part : values) {
                tensor.values += static_cast<std::int64_t>(part->size());
                tensor.nonFinite +=
                    std::count_if(part->begin(), part->end(), [](float v) { return !std::isfinite(v); });
            }
        };
        for (const bool top : {false, true}) {
            const auto& layers = top ? spec().topMlp : spec().bottomMlp;
            for (std::size_t i = 0; i < layers.size(); ++i) {
                if (job.stopped()) return cancelled();
                DLRM_TRY(const auto weights, top ? m_state->checkpoint->topLayer(static_cast<int>(i))
                                                 : m_state->checkpoint->bottomLayer(static_cast<int>(i)));
                count(layers[i].name, {&weights.kernel, &weights.bias});
            }
        }
        for (std::size_t i = 0; i < spec().crossLayers.size(); ++i) {
            if (job.stopped()) return cancelled();
            DLRM_TRY(const auto weights, m_state->checkpoint->crossLayer(static_cast<int>(i)));
            count(spec().crossLayers[i].name, {&weights.u, &weights.v, &weights.bias});
        }
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        return out;
    });
}

std::shared_ptr<const TableStatistics> Engine::knownStatistics(TableId table) {
    auto known = guarded([&]() -> Result<std::shared_ptr<const TableStatistics>> {
        if (auto exists = rows(table, {}); !exists) return nullptr;
        return m_state->statistics->known(table);
    });
    return known ? *known : nullptr;
}

Result<std::shared_ptr<const std::vector<float>>> Engine::cosinesToMean(TableId table, const Job& job) {
    return guarded([&]() -> Result<std::shared_ptr<const std::vector<float>>> {
        DLRM_TRY(rows(table, {}));
        return m_state->statistics->cosines(table, job);
    });
}

Result<std::shared_ptr<const Traffic>> Engine::traffic(const Dataset& dataset, const Job& job) {
    return guarded([&]() -> Result<std::shared_ptr<const Traffic>> {
        DLRM_TRY(checkFits(dataset));
        if (auto room = checkLookups(0, dataset.rows()); !room)
            return fail(std::move(room.error()).inFile(dataset.path()));
        const auto& tables = spec().tables;
        TrafficCounts counts(tables);
        Measure* const measures[] = {&counts};
        DLRM_TRY(const auto counted, measure(dataset, {}, measures, "counting hits", {}, job));
        auto out = std::make_shared<Traffic>();
        out->datasetPath = counted.dataset;
        out->split = counted.split;
        out->rows = counts.rows();
        for (auto& hits : counts.takeHits()) out->tables.emplace_back().hits = std::move(hits);
        double lookups = 0, bytes = 0;
        for (std::size_t t = 0; t < tables.size(); ++t) {
            TableTraffic& table = out->tables[t];
            for (const std::uint32_t hits : table.hits) {
                table.lookups += hits;
                table.distinct += hits > 0;
            }
            table.row0 = table.hits.empty() ? 0 : table.hits[0];
            lookups += static_cast<double>(table.lookups);
            bytes += static_cast<double>(table.lookups * tables[t].dim * itemSize(tables[t].dtype));
        }
        for (std::size_t t = 0; t < tables.size(); ++t) {
            TableTraffic& table = out->tables[t];
            table.lookupsShare = lookups > 0 ? static_cast<double>(table.lookups) / lookups : 0;
            table.bytesShare =
                bytes > 0 ? static_cast<double>(table.lookups * tables[t].dim * itemSize(tables[t].dtype)) / bytes : 0;
        }
        return out;
    });
}

Result<std::shared_ptr<const UntrainedTraffic>> Engine::untrainedTraffic(const Dataset& dataset, const Job& job) {
    return guarded([&]() -> Result<std::shared_ptr<const UntrainedTraffic>> {
        DLRM_TRY(checkFits(dataset));
        DLRM_TRY(requireOneId(dataset, "The count of untrained rows per row"));
        DLRM_TRY(const auto statistics, allStatistics(job));
        std::vector<const UntrainedRows*> untrained;
        for (const auto& table : statistics) untrained.push_back(&table->untrained);
        UntrainedLookups lookups(std::move(untrained));
        Measure* const measures[] = {&lookups};
        DLRM_TRY(const auto joined, measure(dataset, {}, measures, "finding lookups of untrained rows", {}, job));
        auto out = std::make_shared<UntrainedTraffic>(lookups.traffic());
        out->datasetPath = joined.dataset;
        out->split = joined.split;
        return out;
    });
}

Result<ClickCounts> Engine::clickCounts(const Dataset& dataset, TableId table, const Job& job) {
    return guarded([&]() -> Result<ClickCounts> {
        DLRM_TRY(rows(table, {}));
        if (!dataset.hasLabels())
            return fail(Error("E-ANALYSIS-004", "The dataset has no labels, so there is no click rate.")
                            .inFile(dataset.path())
                            .butExpected("a label for every row")
                            .butFound("rows without a label column")
                            .withRemedy("Open a dataset with labels, or choose another colour."));
        ClickRates rates(table, spec().tables[static_cast<std::size_t>(value(table))].rows);
        Measure* const measures[] = {&rates};
        DLRM_TRY(measure(dataset, {}, measures, "counting clicks", {}, job));
        return rates.takeCounts();
    });
}

Result<Spectrum> Engine::trafficSpectrum(TableId table, const Traffic& traffic, const Job& job) {
    return guarded([&]() -> Result<Spectrum> {
        DLRM_TRY(rows(table, {}));
        return m_state->statistics->weightedSpectrum(
            table, traffic.tables.at(static_cast<std::size_t>(value(table))).hits, job);
    });
}

Result<std::shared_ptr<const RowOrder>> Engine::rowOrder(TableId table, const RowQuery& query, const Traffic* traffic,
                                                         const Job& job) {
    return guarded([&]() -> Result<std::shared_ptr<const RowOrder>> {
        DLRM_TRY(rows(table, {}));
        RowColumns columns;
        columns.rows = m_state->checkpoint->table(table).rows();
        std::shared_ptr<const TableStatistics> statistics;
        std::shared_ptr<const std::vector<float>> cosines;
        if (query.needsStatistics()) {
            DLRM_TRY(statistics, tableStatistics(table, job));
            columns.norms = statistics->scan.norms;
            columns.untrained = &statistics->untrained;
        }
        if (query.needsCosine()) {
            DLRM_TRY(cosines, cosinesToMean(table, job));
            columns.cosines = *cosines;
        }
        if (traffic) columns.hits = traffic->tables.at(static_cast<std::size_t>(value(table))).hits;
        DLRM_TRY(auto ordered, orderRows(columns, query, job));
        return std::make_shared<const RowOrder>(std::move(ordered));
    });
}

}  // namespace dlrm
