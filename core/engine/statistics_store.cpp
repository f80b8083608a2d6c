// SPDX-License-Identifier: Apache-2.0
#include "core/engine/statistics_store.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <span>

#include <tbb/parallel_for.h>

#include "core/analysis/tables/gram_accumulator.h"
#include "core/analysis/tables/kernels.h"
#include "core/analysis/tables/row_groups.h"
#include "core/engine/table_warmer.h"

namespace dlrm {
namespace {

// Fixed, so that the sums do not depend on the number of threads.
constexpr std::int64_t kWeightedParts = 16;
constexpr std::int64_t kRowsPerStop = 1024;

}  // namespace

StatisticsStore::StatisticsStore(std::shared_ptr<const Checkpoint> checkpoint, bool onDisk)
    : m_checkpoint(std::move(checkpoint)),
      m_cache(onDisk ? statisticsDirectory() : ""),
      m_passes(m_checkpoint->tables().size()),
      m_entries(m_checkpoint->tables().size()) {}

std::shared_ptr<const TableStatistics> StatisticsStore::known(TableId table) {
    const TableView& view = m_checkpoint->table(table);
    // Held while the file is read (35 MB at most for the largest table), so that nobody takes the table for unknown
    // meanwhile.
    const MutexLock lock(m_mutex);
    Entry& e = entry(table);
    if (e.statistics || e.lookedForOnDisk) return e.statistics;
    e.lookedForOnDisk = true;
    auto found = m_cache.load(m_checkpoint->tableIdentity(table), view.rows(), view.dim());
    if (!found) return nullptr;
    found->table = table;
    e.statistics = std::make_shared<const TableStatistics>(*std::move(found));
    return e.statistics;
}

Result<std::shared_ptr<const TableStatistics>> StatisticsStore::statistics(TableId table, const Job& job) {
    if (auto there = known(table)) return there;
    const auto turn = m_turns.wait(job.stop);
    if (!turn) return cancelled();
    {
        const MutexLock lock(m_mutex);
        if (const Entry& e = entry(table); e.statistics) return e.statistics;  // while this thread waited
    }
    std::unique_ptr<TablePass>& pass = m_passes[static_cast<std::size_t>(value(table))];
    if (!pass) pass = std::make_unique<TablePass>(tableInputOf(*m_checkpoint, table));
    DLRM_TRY(auto done, pass->run(job));
    pass.reset();
    DLRM_TRY(m_checkpoint->checkUnchanged(job));
    auto shared = std::make_shared<const TableStatistics>(std::move(done));
    {
        const MutexLock lock(m_mutex);
        entry(table).statistics = shared;
    }
    m_cache.store(m_checkpoint->tableIdentity(table), *shared);
    return shared;
}

Result<std::shared_ptr<const std::vector<float>>> StatisticsStore::cosines(TableId table, const Job& job) {
    DLRM_TRY(const auto figures, statistics(table, job));
    const auto turn = m_turns.wait(job.stop);
    if (!turn) return cancelled();
    {
        const MutexLock lock(m_mutex);
        if (const Entry& e = entry(table); e.cosines) return e.cosines;
    }
    const TableInput in = tableInputOf(*m_checkpoint, table);
    auto out = std::make_shared<std::vector<float>>(static_cast<std::size_t>(in.view->rows()),
                                                    std::numeric_limits<float>::quiet_NaN());
    const std::vector<double> mean = figures->meanVector();
    double squares = 0;
    for (const double v : mean) squares += v * v;
    if (!mean.empty()) {
        const bool whole = forEachGroup(
            in, "comparing rows with the mean", job, [&](std::int64_t first, std::int64_t count, RowBlock& block) {
                for (std::int64_t at = first; at < first + count && !job.stopped(); at += kernels::kBlockRows) {
                    const std::int64_t rows = std::min(kernels::kBlockRows, first + count - at);
                    kernels::cosineRows(block.rows(at, rows), rows, in.view->dim(), mean.data(), std::sqrt(squares),
                                        out->data() + at);
                }
            });
        if (!whole) return cancelled();
    }
    DLRM_TRY(m_checkpoint->checkUnchanged(job));
    const MutexLock lock(m_mutex);
    entry(table).cosines = out;
    return out;
}

Result<Spectrum> StatisticsStore::weightedSpectrum(TableId table, const std::vector<std::uint32_t>& weights,
                                                   const Job& job) {
    const auto turn = m_turns.wait(job.stop);
    if (!turn) return cancelled();
    const TableView& view = m_checkpoint->table(table);
    if (view.dim() > kWidestGram) return spectrumOf({});
    std::vector<RowId> ids;
    for (std::size_t id = 0; id < weights.size(); ++id)
        if (weights[id] > 0) ids.push_back(RowId{static_cast<std::int64_t>(id)});
    struct Part {
        explicit Part(std::int64_t dim) : sums(dim), row(static_cast<std::size_t>(dim)) {}
        GramAccumulator sums;
        std::vector<float> row;
        double weight = 0;
    };
    std::vector<Part> parts;
    for (std::int64_t p = 0; p < kWeightedParts; ++p) parts.emplace_back(view.dim());
    const auto total = static_cast<std::int64_t>(ids.size());
    job.report({"reading the rows that are hit", 0, total, "rows"});
    tbb::parallel_for(std::int64_t{0}, kWeightedParts, [&](std::int64_t p) {
        Part& part = parts[static_cast<std::size_t>(p)];
        const std::int64_t begin = total * p / kWeightedParts, end = total * (p + 1) / kWeightedParts;
        for (std::int64_t i = begin; i < end; ++i) {
            if ((i - begin) % kRowsPerStop == 0) {
                if (job.stopped()) return;
                const std::span<const RowId> next(ids.data() + i,
                                                  static_cast<std::size_t>(std::min(kRowsPerStop, end - i)));
                if (m_checkpoint->coldRows(table, next) > 0) m_checkpoint->prefetchRows(table, next, job.stop);
            }
            const std::int64_t id = value(ids[static_cast<std::size_t>(i)]);
            view.copyRow(id, part.row);
            if (!std::all_of(part.row.begin(), part.row.end(), [](float v) { return std::isfinite(v); })) continue;
            const double weight = weights[static_cast<std::size_t>(id)];
            part.sums.add(part.row.data(), static_cast<float>(std::sqrt(weight)));
            part.weight += weight;
        }
        part.sums.flush();
    });
    if (job.stopped()) return cancelled();
    DLRM_TRY(m_checkpoint->checkUnchanged(job));
    for (std::size_t p = 1; p < parts.size(); ++p) {
        parts[0].sums.add(parts[p].sums);
        parts[0].weight += parts[p].weight;
    }
    Spectrum out = spectrumOf(parts[0].sums.gram());
    out.weight = parts[0].weight;
    return out;
}

}  // namespace dlrm
