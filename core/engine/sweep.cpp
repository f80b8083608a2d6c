// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <numeric>

#include "core/analysis/reference/parity.h"
#include "core/analysis/sweep/quantiles.h"
#include "core/analysis/sweep/table_sweep.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/engine/gathered_rows.h"
#include "core/engine/table_warmer.h"

namespace dlrm {
namespace {

using SweepClock = std::chrono::steady_clock;
constexpr double kPartialSeconds = 0.5;  // between two looks at what is known of a sweep
constexpr double kPartialShare = 0.125;  // and never more often than after this share of the time so far

double secondsSince(SweepClock::time_point start) {
    return std::chrono::duration<double>(SweepClock::now() - start).count();
}

// `rows` copies of a row in which some values differ, as the model is fed them.
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
    void setNumerical(std::int64_t copy, std::size_t index, float value) {
        numerical[static_cast<std::size_t>(copy * numericals) + index] = value;
    }
    void setId(std::int64_t copy, std::size_t table, std::int64_t id) {
        ids[table * static_cast<std::size_t>(rows) + static_cast<std::size_t>(copy)] = static_cast<std::int32_t>(id);
    }
    void set(std::int64_t copy, const SweptAxis& axis, std::size_t place) {
        if (axis.field.numerical) setNumerical(copy, axis.field.index, axis.values[place]);
        else setId(copy, axis.field.index, axis.ids[place]);
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

// Row r of a batch of one id each.
InputRow rowOf(const Batch& batch, std::int64_t r) {
    InputRow out;
    const auto begin = batch.numerical.begin() + r * batch.numericals;
    out.numerical.assign(begin, begin + batch.numericals);
    for (std::int64_t t = 0; t < batch.tables; ++t)
        out.ids.push_back(batch.ids[static_cast<std::size_t>(t * batch.rows + r)]);
    return out;
}

}  // namespace

Result<void> Engine::State::predictCopies(const BatchView& batch, std::span<float> logits,
                                          const std::stop_token& stop) {
    const auto done = forward(batch, {}, logits, {}, nullptr, stop);
    if (!done && done.error().code != "E-ENGINE-005") return done;  // a logit that is not finite is told as such
    return {};
}

Result<Engine::State::PredictIds> Engine::State::predictorOfIds(const Explanation& row, TableId table, const Job& job) {
    const ReleaseRows release = releaserOf(*checkpoint, table);
    if (info.spec.interaction == InteractionKind::Dot && row.backend.name == "cpu" &&
        row.backend.precision == Precision::Fp32) {
        DLRM_TRY(const auto weights, keptWeights(job.stop));
        const auto sweep = std::make_shared<TableSweep>(*weights, table, row.intermediates, choice.threads);
        return [weights, sweep, release](std::int64_t first, std::span<float> logits, const Job& told) {
            return sweep->run(first, logits, told, release);
        };
    }
    const std::int64_t all = checkpoint->table(table).rows();
    DLRM_TRY(const auto preferred, preferredBatch(job));
    const auto copies = std::make_shared<EditedCopies>(row.input, std::min(preferred, all));
    return [this, copies, release, all, t = static_cast<std::size_t>(value(table))](
               std::int64_t first, std::span<float> logits, const Job& told) -> Result<void> {
        for (std::int64_t done = 0; done < std::ssize(logits);) {
            const std::int64_t count = std::min(copies->rows, std::ssize(logits) - done);
            for (std::int64_t r = 0; r < count; ++r) copies->setId(r, t, first + done + r);
            const auto part = logits.subspan(static_cast<std::size_t>(done), static_cast<std::size_t>(count));
            DLRM_TRY(predictCopies(copies->first(count), part, told.stop));
            if (release) release(first + done, count);
            done += count;
            told.report({"sweeping ids", first + done, all, "rows"});
        }
        return {};
    };
}

Result<Sweep> Engine::sweep(const InputRow& row, TableId table, const SweepPartialFn& partial, const Job& job) {
    return guarded([&]() -> Result<Sweep> {
        DLRM_TRY(rows(table, {}));
        DLRM_TRY(const auto now, explain(row, job.stop, NotFinite::Show));
        const TableWarmer warmer(*m_state->checkpoint, table);
        const auto start = SweepClock::now();
        DLRM_TRY(const auto predictIds, m_state->predictorOfIds(now, table, job));
        const std::int64_t all = m_state->checkpoint->table(table).rows(),
                           own = row.ids[static_cast<std::size_t>(value(table))];
        Sweep out;
        out.logits.resize(static_cast<std::size_t>(all));
        out.current = now.logit;
        for (std::int64_t count = partial ? kFirstSwept : all; out.done < all;) {
            count = std::min(count, all - out.done);
            const auto part =
                std::span(out.logits).subspan(static_cast<std::size_t>(out.done), static_cast<std::size_t>(count));
            DLRM_TRY(predictIds(out.done, part, job));
            out.done += count;
            out.seconds = secondsSince(start);
            if (own < out.done) out.current = out.logits[static_cast<std::size_t>(own)];
            out.backend = m_state->backendInfo();
            if (partial && out.done < all) partial(out);
            const double next = std::max(kPartialSeconds, kPartialShare * out.seconds) * out.rowsPerSecond();
            count = std::max(kFirstSwept, static_cast<std::int64_t>(std::min(next, static_cast<double>(all))));
        }
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        return out;
    });
}

Result<Sweep> Engine::sweepNumerical(const InputRow& row, std::size_t numerical, const Dataset& dataset,
                                     const SweepAverageOptions& average, const SweepPartialFn& partial,
                                     const Job& job) {
    return guarded([&]() -> Result<Sweep> {
        DLRM_TRY(const auto now, explain(row, job.stop, NotFinite::Show));
        DLRM_TRY(auto quantiles, numericalQuantiles(dataset, numerical, kSweptValues, job));
        const auto start = SweepClock::now();
        Sweep out;
        out.numerical = true;
        out.current = now.logit;
        out.values = std::move(quantiles.values);
        out.rowsLooked = quantiles.rows;
        out.distinct = quantiles.distinct;
        const std::int64_t count = std::ssize(out.values);
        out.logits.resize(out.values.size());
        const auto withValues = [&](const InputRow& of, std::int64_t copies) {
            EditedCopies all(of, copies);
            for (std::int64_t i = 0; i < copies; ++i)
                all.setNumerical(i, numerical, out.values[static_cast<std::size_t>(i % count)]);
            return all;
        };
        DLRM_TRY(m_state->predictCopies(withValues(row, count).first(count), out.logits, job.stop));
        out.seconds = secondsSince(start);
        out.backend = m_state->backendInfo();
        if (average.rows > 0 && count > 0) {
            DLRM_TRY(requireOneId(dataset, "An average over rows"));
            const std::vector<std::int64_t> chosen = chosenRows(dataset.rows(), average.rows, average.seed);
            if (partial) partial(out);
            DLRM_TRY(const auto others, gatherRows(dataset, *m_state->checkpoint, chosen, job.stop));
            std::vector<float> logits;  // (rows, values)
            auto told = SweepClock::now();
            for (std::int64_t r = 0; r < others.rows; ++r) {
                const EditedCopies copies = withValues(rowOf(others, r), count);
                const auto before = logits.size();
                logits.resize(before + out.values.size());
                DLRM_TRY(m_state->predictCopies(copies.first(count), std::span(logits).subspan(before), job.stop));
                job.report({"averaging over rows", r + 1, others.rows, "rows"});
                const bool last = r + 1 == others.rows;
                if (!last && (!partial || secondsSince(told) < kPartialSeconds)) continue;
                out.average = averageOfRows(logits, out.values.size());
                out.average->allRows = others.rows;
                out.average->seed = average.seed;
                if (!last) partial(out);
                told = SweepClock::now();
            }
        }
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        DLRM_TRY(dataset.checkUnchanged());
        return out;
    });
}

Result<PairSweep> Engine::sweepPair(const InputRow& row, SweptField a, SweptField b, const Dataset& dataset,
                                    const Job& job) {
    return guarded([&]() -> Result<PairSweep> {
        for (const SweptField field : {a, b})
            if (!field.numerical) DLRM_TRY(rows(TableId{static_cast<std::int32_t>(field.index)}, {}));
        DLRM_TRY(const auto now, explain(row, job.stop, NotFinite::Show));
        PairSweep out;
        out.current = now.logit;
        const auto axisOf = [&](SweptField field) -> Result<SweptAxis> {
            SweptAxis axis{field, {}, {}};
            if (field.numerical) {
                DLRM_TRY(auto quantiles, numericalQuantiles(dataset, field.index, kPairValues, job));
                axis.values = std::move(quantiles.values);
                out.rowsLooked = quantiles.rows;
            } else {
                axis.ids.resize(static_cast<std::size_t>(std::min(kPairValues, spec().tables[field.index].rows)));
                std::iota(axis.ids.begin(), axis.ids.end(), std::int64_t{0});
            }
            return axis;
        };
        DLRM_TRY(out.a, axisOf(a));
        DLRM_TRY(out.b, axisOf(b));
        const auto start = SweepClock::now();
        out.logits.resize(out.a.size() * out.b.size());
        const std::int64_t count = std::ssize(out.logits);
        EditedCopies copies(row, count);
        for (std::size_t i = 0; i < out.logits.size(); ++i) {
            copies.set(static_cast<std::int64_t>(i), out.a, i / out.b.size());
            copies.set(static_cast<std::int64_t>(i), out.b, i % out.b.size());
        }
        DLRM_TRY(m_state->predictCopies(copies.first(count), out.logits, job.stop));
        out.seconds = secondsSince(start);
        out.backend = m_state->backendInfo();
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        DLRM_TRY(dataset.checkUnchanged());
        return out;
    });
}

Result<Counterfactual> Engine::counterfactual(const InputRow& row, const Dataset& dataset,
                                              const CounterfactualOptions& options,
                                              const CounterfactualPartialFn& partial, const Job& job) {
    return guarded([&]() -> Result<Counterfactual> {
        if (!options.threshold) DLRM_TRY(requireLabels(dataset));
        DLRM_TRY(const auto now, explain(row, job.stop));
        DLRM_TRY(const auto quantiles, dataQuantiles(dataset, kSweptValues, job));
        const auto start = SweepClock::now();
        Counterfactual out;
        out.rowsLooked = quantiles.rows;
        out.clicks = quantiles.clicks;
        out.byClicks = !options.threshold;
        out.threshold = options.threshold ? *options.threshold
                        : quantiles.rows > 0
                            ? static_cast<double>(quantiles.clicks) / static_cast<double>(quantiles.rows)
                            : 0.0;
        out.current = now.logit;
        out.clicked = isAboveThreshold(now.logit, out.threshold);
        out.fields = std::ssize(row.numerical) + std::ssize(row.ids);
        const auto found = [&](FieldChange change, const CrossingSearch& search) {
            change.crosses = search.crosses();
            change.any = search.place() >= 0;
            change.logit = search.logit();
            change.tried = search.tried();
            out.predictions += change.tried;
            out.changes.push_back(change);
            sortChanges(out.changes, out.current, out.clicked);
            out.seconds = secondsSince(start);
            out.backend = m_state->backendInfo();
            if (partial && !out.final()) partial(out);
        };
        for (std::size_t k = 0; k < row.numerical.size(); ++k) {
            const std::vector<float>& values = quantiles.numericals[k].values;
            const std::vector<std::int64_t> order = nearestFirst(values, row.numerical[k]);
            const std::int64_t count = std::ssize(order);
            EditedCopies copies(row, count);
            for (std::int64_t i = 0; i < count; ++i)
                copies.setNumerical(i, k, values[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]);
            std::vector<float> logits(order.size());
            if (count > 0) DLRM_TRY(m_state->predictCopies(copies.first(count), logits, job.stop));
            CrossingSearch search(out.clicked, out.threshold);
            for (std::size_t i = 0; i < order.size() && !search.offer(order[i], logits[i]); ++i) continue;
            FieldChange change{.numerical = true, .index = k, .others = count};
            if (search.place() >= 0) change.fed = values[static_cast<std::size_t>(search.place())];
            found(change, search);
        }
        std::vector<std::size_t> tables(row.ids.size());
        std::iota(tables.begin(), tables.end(), std::size_t{0});
        const auto rowsOf = [&](std::size_t t) { return m_state->checkpoint->tables()[t].rows(); };
        std::stable_sort(tables.begin(), tables.end(),
                         [&](std::size_t a, std::size_t b) { return rowsOf(a) < rowsOf(b); });
        std::vector<float> logits;
        std::int64_t before = 0, ids = 0;  // of the tables before; of all
        for (const std::size_t t : tables) ids += rowsOf(t);
        const auto told = [&](const Progress& p) { job.report({"searching ids", before + p.done, ids, "ids"}); };
        for (const std::size_t t : tables) {
            const TableId table{static_cast<std::int32_t>(t)};
            const std::int64_t all = rowsOf(t);
            DLRM_TRY(const auto predictIds, m_state->predictorOfIds(now, table, job));
            CrossingSearch search(out.clicked, out.threshold);
            // Mostly one of the first ids crosses: pieces grow.
            constexpr std::int64_t kFirstPiece = 1000, kMostPiece = 100'000;
            std::int64_t piece = kFirstPiece;
            for (std::int64_t first = 0; first < all && !search.crosses(); first += std::ssize(logits)) {
                logits.resize(static_cast<std::size_t>(std::min(piece, all - first)));
                DLRM_TRY(predictIds(first, logits, Job{told, job.stop}));
                for (std::size_t i = 0; i < logits.size() && !search.crosses(); ++i) {
                    const std::int64_t id = first + static_cast<std::int64_t>(i);
                    if (id != row.ids[t]) search.offer(id, logits[i]);
                }
                piece = std::min(2 * piece, kMostPiece);
            }
            before += all;
            found({.index = t, .id = search.place(), .others = all - 1}, search);
        }
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        DLRM_TRY(dataset.checkUnchanged());
        return out;
    });
}

}  // namespace dlrm
