// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "core/engine/batch_feed.h"
#include "core/base/counted.h"
#include "core/engine/engine_state.h"
#include "core/engine/guarded.h"
#include "core/metrics/metric_set.h"

namespace dlrm {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPartialEvery = std::chrono::milliseconds(250);
constexpr auto kProgressEvery = std::chrono::milliseconds(50);

// The rows that will be evaluated, with a note for what is left out.
Result<RowRange> evaluatedRange(const Dataset& dataset, const EvaluateOptions& options, std::vector<std::string>& notes) {
    RowRange range = options.range.size() > 0 ? options.range : RowRange{0, dataset.rows() - 1};
    if (auto inside = checkRange(dataset, range); !inside) return fail(std::move(inside).error());
    if (options.dropLast > 0) {
        const std::int64_t left = range.size() % options.dropLast;
        range.last -= left;
        notes.push_back(fmt::format("{} of the last partial batch of {} {} left out", counted(left, "row"), options.dropLast, left == 1 ? "was" : "were"));
    }
    if (range.size() == 0)
        return fail(Error("E-ENGINE-009", "There are no rows to evaluate.")
                        .inFile(dataset.path())
                        .butExpected(options.dropLast > 0 ? fmt::format("at least one full batch of {}", counted(options.dropLast, "row")) : "at least one row")
                        .butFound(counted(dataset.rows(), "row"))
                        .withRemedy(options.dropLast > 0 ? "evaluate without dropping the last batch, or with a smaller batch" : "open a dataset with rows"));
    return range;
}

}  // namespace

Result<Evaluation> Engine::evaluate(const Dataset& dataset, const EvaluateOptions& options, const PartialFn& partial, const ProgressFn& progress,
                                    std::stop_token stop) {
    return guarded([&]() -> Result<Evaluation> {
        const auto start = Clock::now();
        if (auto fits = checkFits(dataset); !fits) return fail(std::move(fits).error());
        if (auto labelled = requireLabels(dataset); !labelled) return fail(std::move(labelled).error());
        if (auto combined = requireCombiner(dataset, spec()); !combined) return fail(std::move(combined).error());
        Evaluation out;
        const auto range = evaluatedRange(dataset, options, out.notes);
        if (!range) return fail(range.error());
        const auto batchRows = m_state->preferredBatch(progress, stop);
        if (!batchRows) return fail(batchRows.error());

        out.range = *range;
        out.totalRows = range->size();
        out.datasetRows = dataset.rows();
        out.datasetPath = dataset.path();
        out.split = dataset.split();
        out.profile = m_state->profileOf(dataset);
        for (std::string& note : dataset.notes()) out.notes.push_back(std::move(note));
        out.interactionOrder = spec().interactionOrder;
        out.orderSource = spec().orderSource;

        MetricSet metrics;
        metrics.reserve(out.totalRows);
        const auto measured = [&](bool interim) {
            out.report = metrics.report(interim);
            out.final = !interim;
            out.backend = m_state->backendInfo();
            out.seconds = std::chrono::duration<double>(Clock::now() - start).count();
            out.rowsPerSecond = out.seconds > 0 ? static_cast<double>(metrics.rows()) / out.seconds : 0;
        };
        const auto unchanged = [&]() -> Result<void> {
            if (auto same = m_state->checkpoint->checkUnchanged(progress, stop); !same) return same;
            return dataset.checkUnchanged();
        };
        std::vector<float> logits;
        auto lastPartial = start, lastProgress = start;
        BatchFeed feed(dataset, *m_state->checkpoint, *range, *batchRows, stop);
        while (true) {
            auto batch = feed.next();
            if (!batch) return fail(std::move(batch).error());
            if (*batch == nullptr) break;
            const Batch& rows = **batch;
            logits.resize(static_cast<std::size_t>(rows.rows));
            if (auto done = m_state->forward(rows.view(), numbersOf(dataset, rows), logits, {}, nullptr, stop); !done) return fail(std::move(done).error());
            if (auto added = metrics.add(logits, rows.labels, rows.firstRow); !added) {
                Error error = std::move(added).error();
                if (error.row >= 0) error.row = dataset.numberOf(error.row);
                return fail(std::move(error));
            }
            const auto now = Clock::now();
            if (now - lastProgress >= kProgressEvery) {
                lastProgress = now;
                report(progress, {"evaluating", metrics.rows(), out.totalRows, "rows"});
            }
            if (partial && now - lastPartial >= kPartialEvery && metrics.rows() < out.totalRows) {
                if (auto same = unchanged(); !same) return fail(std::move(same).error());
                measured(true);
                partial(out);
                lastPartial = Clock::now();
            }
        }
        report(progress, {"evaluating", metrics.rows(), out.totalRows, "rows"});
        if (auto same = unchanged(); !same) return fail(std::move(same).error());
        if (auto sorted = metrics.prepare(stop); !sorted) return fail(std::move(sorted).error());
        measured(false);
        return out;
    });
}

}  // namespace dlrm
