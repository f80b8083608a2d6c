// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/sweep/quantiles.h"
#include "core/analysis/sweep/table_sweep.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/engine/table_warmer.h"

#include <algorithm>
#include <chrono>
#include <functional>

namespace dlrm {
namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// `rows` copies of a row in which one value differs, as the model is fed them.
struct EditedCopies {
    std::vector<float> numerical;   // (rows, numericals)
    std::vector<std::int32_t> ids;  // (tables, rows)
    std::int64_t rows = 0, numericals = 0, tables = 0;

    EditedCopies(const InputRow& row, std::int64_t count)
        : rows(count), numericals(std::ssize(row.numerical)), tables(std::ssize(row.ids)) {
        for (std::int64_t r = 0; r < rows; ++r)
            numerical.insert(numerical.end(), row.numerical.begin(), row.numerical.end());
        for (const std::int32_t id : row.ids) ids.insert(ids.end(), static_cast<std::size_t>(rows), id);
    }
    BatchView first(std::int64_t count) const {
        BatchView view;
        view.rows = rows;
        view.numericals = numericals;
        view.tables = tables;
        view.idStride = rows;
        view.numerical = numerical;
        view.ids = ids;
        return view.slice(0, count);
    }
};

}  // namespace

Result<void> Engine::State::predictCopies(const BatchView& batch, std::span<float> logits,
                                          const std::stop_token& stop) {
    const auto done = forward(batch, {}, logits, {}, nullptr, stop);
    if (!done && done.error().code != "E-ENGINE-005") return done;  // a logit that is not finite is told as such
    return {};
}

Result<Sweep> Engine::sweep(const InputRow& row, TableId table, const Job& job) {
    return guarded([&]() -> Result<Sweep> {
        DLRM_TRY(rows(table, {}));
        DLRM_TRY(const auto now, explain(row, job.stop, NotFinite::Show));
        const TableWarmer warmer(*m_state->checkpoint, table);
        const ReleaseRows release = releaserOf(*m_state->checkpoint, table);
        const auto start = std::chrono::steady_clock::now();
        const auto t = static_cast<std::size_t>(value(table));
        Sweep out;
        if (spec().interaction == InteractionKind::Dot && now.backend.name == "cpu" &&
            now.backend.precision == Precision::Fp32) {
            DLRM_TRY(const auto weights, m_state->keptWeights(job.stop));
            DLRM_TRY(out.logits, sweepTable(*weights, table, now.intermediates, m_state->choice.threads, job, release));
        } else {
            const std::int64_t all = m_state->checkpoint->table(table).rows();
            DLRM_TRY(const auto preferred, m_state->preferredBatch(job));
            EditedCopies copies(row, std::min(preferred, all));
            out.logits.resize(static_cast<std::size_t>(all));
            for (std::int64_t first = 0; first < all; first += copies.rows) {
                const std::int64_t count = std::min(copies.rows, all - first);
                for (std::int64_t r = 0; r < count; ++r)
                    copies.ids[t * static_cast<std::size_t>(copies.rows) + static_cast<std::size_t>(r)] =
                        static_cast<std::int32_t>(first + r);
                const auto logits =
                    std::span(out.logits).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
                DLRM_TRY(m_state->predictCopies(copies.first(count), logits, job.stop));
                release(first, count);
                job.report({"sweeping ids", first + count, all, "rows"});
            }
        }
        out.seconds = secondsSince(start);
        out.backend = m_state->backendInfo();
        out.current = out.logits[static_cast<std::size_t>(row.ids[t])];
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        return out;
    });
}

Result<Sweep> Engine::sweepNumerical(const InputRow& row, std::size_t numerical, const Dataset& dataset,
                                     const Job& job) {
    return guarded([&]() -> Result<Sweep> {
        DLRM_TRY(const auto now, explain(row, job.stop, NotFinite::Show));
        DLRM_TRY(auto quantiles, numericalQuantiles(dataset, numerical, kSweptValues, job));
        const auto start = std::chrono::steady_clock::now();
        Sweep out;
        out.numerical = true;
        out.current = now.logit;
        out.values = std::move(quantiles.values);
        out.rowsLooked = quantiles.rows;
        out.distinct = quantiles.distinct;
        out.logits.resize(out.values.size());
        EditedCopies copies(row, std::ssize(out.values));
        for (std::size_t i = 0; i < out.values.size(); ++i)
            copies.numerical[i * row.numerical.size() + numerical] = out.values[i];
        DLRM_TRY(m_state->predictCopies(copies.first(copies.rows), out.logits, job.stop));
        out.seconds = secondsSince(start);
        out.backend = m_state->backendInfo();
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        DLRM_TRY(dataset.checkUnchanged());
        return out;
    });
}

}  // namespace dlrm
