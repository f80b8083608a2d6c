// SPDX-License-Identifier: Apache-2.0
#include "core/measure/row_pass.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/guarded.h"
#include "core/checkpoint/fingerprint.h"
#include "core/measure/batch_feed.h"
#include "core/measure/dataset_fingerprint.h"

namespace dlrm {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kInterimEvery = std::chrono::milliseconds(250);
constexpr auto kProgressEvery = std::chrono::milliseconds(50);
constexpr std::int64_t kRowsNotPredicted = 65'536;  // of a batch that is only looked at
// Of a batch: the activations of an FL15 batch take 18 MB. Eight chunks of the CPU backend, so that 2, 4 and 8 threads
// have as many each.
constexpr std::int64_t kRowsWithIntermediates = 1152;

// The rows that will be seen, with a note for what is left out.
Result<RowRange> rowsOf(const PassInput& input, bool predictions, std::vector<std::string>& notes) {
    RowRange range = input.range.size() > 0 ? input.range : RowRange{0, input.dataset.rows() - 1};
    DLRM_TRY(checkRange(input.dataset, range));
    if (input.dropLast > 0) {
        const std::int64_t left = range.size() % input.dropLast;
        range.last -= left;
        notes.push_back(fmt::format("{} of the last partial batch of {} {} left out", counted(left, "row"),
                                    input.dropLast, left == 1 ? "was" : "were"));
    }
    if (range.size() == 0 && predictions)
        return fail(Error("E-ENGINE-009", "There are no rows to evaluate.")
                        .inFile(input.dataset.path())
                        .butExpected(input.dropLast > 0
                                         ? fmt::format("at least one full batch of {}", counted(input.dropLast, "row"))
                                         : "at least one row")
                        .butFound(counted(input.dataset.rows(), "row"))
                        .withRemedy(input.dropLast > 0
                                        ? "Evaluate without dropping the last batch, or with a smaller batch."
                                        : "Open a dataset with rows."));
    return range;
}

MeasureWants wantsOf(std::span<Measure* const> measures) {
    MeasureWants out;
    for (const Measure* measure : measures) {
        const MeasureWants one = measure->wants();
        out.labels |= one.labels;
        out.logits |= one.predictions();
        out.intermediates.vectors |= one.intermediates.vectors;
        out.intermediates.interaction |= one.intermediates.interaction;
        out.intermediates.activations |= one.intermediates.activations;
    }
    return out;
}

Result<std::int64_t> batchRowsFor(const MeasureWants& wants, RowPredictor* predictor, const Job& job) {
    if (!wants.predictions()) return kRowsNotPredicted;
    auto preferred = predictor->preferredBatch(job);
    if (!preferred || !wants.anyIntermediates()) return preferred;
    return std::min(*preferred, kRowsWithIntermediates);
}

// One batch: predicted where that is wanted, then seen by every measure.
class Feeding {
public:
    Feeding(const PassInput& input, std::span<Measure* const> measures, const MeasureWants& wants,
            const std::stop_token& stop)
        : m_input(input), m_measures(measures), m_wants(wants), m_stop(stop) {}

    Result<void> add(const Batch& batch) {
        MeasuredRows rows;
        rows.rows = batch.view();
        rows.firstRow = batch.firstRow;
        if (m_wants.predictions()) {
            m_logits.resize(static_cast<std::size_t>(batch.rows));
            Intermediates* const intermediates = m_wants.anyIntermediates() ? &m_intermediates : nullptr;
            DLRM_TRY(m_input.predictor->forward(rows.rows, numbersOf(m_input.dataset, batch), m_logits,
                                                m_wants.intermediates, intermediates, m_stop));
            rows.logits = m_logits;
            rows.intermediates = intermediates;
        }
        for (Measure* measure : m_measures) {
            auto added = measure->add(rows);
            if (added) continue;
            m_spoiled = true;
            Error error = std::move(added).error();
            if (error.row >= 0) error.row = m_input.dataset.numberOf(error.row);
            return fail(std::move(error));
        }
        return {};
    }

    bool spoiled() const { return m_spoiled; }

private:
    const PassInput& m_input;
    const std::span<Measure* const> m_measures;
    const MeasureWants m_wants;
    const std::stop_token m_stop;
    bool m_spoiled = false;
    std::vector<float> m_logits;
    Intermediates m_intermediates;
};

Result<Provenance> run(const PassInput& input, std::span<Measure* const> measures, const Job& job,
                       const InterimFn& interim) {
    const auto start = Clock::now();
    const MeasureWants wants = wantsOf(measures);
    const Dataset& dataset = input.dataset;
    if (wants.labels) DLRM_TRY(requireLabels(dataset));
    Provenance out;
    DLRM_TRY(const auto range, rowsOf(input, wants.predictions(), out.notes));
    for (std::string& note : dataset.notes()) out.notes.push_back(std::move(note));
    DLRM_TRY(const auto batchRows, batchRowsFor(wants, input.predictor, job));
    addCheckpoint(input.checkpoint, input.spec, out);
    addDataset(dataset, out);
    if (!input.profile.empty()) out.profile = input.profile;
    out.totalRows = dataset.rows();

    const auto tellRows = [&](std::int64_t seen) {
        if (seen > 0) out.rows = {{range.first, range.first + seen - 1}};
        if (wants.predictions()) out.backend = input.predictor->backendInfo();
        out.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        out.rowsPerSecond = out.seconds > 0 ? static_cast<double>(seen) / out.seconds : 0;
    };
    const auto unchanged = [&](const Job& looking) -> Result<void> {
        if (wants.predictions()) DLRM_TRY(input.checkpoint.checkUnchanged(looking));
        return dataset.checkUnchanged();
    };
    const auto complete = [&](std::int64_t seen) {
        tellRows(seen);
        out.datasetFingerprint = datasetFingerprintOf(dataset);
        if (wants.predictions()) out.fingerprint = fingerprintOf(input.checkpoint);
    };
    Feeding feeding(input, measures, wants, job.stop);
    BatchFeed feed(dataset, input.checkpoint, range, batchRows, job.stop,
                   wants.predictions() ? BatchFeed::Lookups::Read : BatchFeed::Lookups::NotRead);
    std::int64_t seen = 0;
    auto lastInterim = start, lastProgress = start;
    const auto pass = [&]() -> Result<void> {
        job.report({input.stage, seen, range.size(), "rows"});
        while (true) {
            DLRM_TRY(auto batch, feed.next());
            if (batch == nullptr) break;
            DLRM_TRY(feeding.add(*batch));
            seen += batch->rows;
            const auto now = Clock::now();
            if (now - lastProgress >= kProgressEvery) {
                lastProgress = now;
                job.report({input.stage, seen, range.size(), "rows"});
            }
            if (interim && now - lastInterim >= kInterimEvery && seen < range.size()) {
                DLRM_TRY(unchanged(job));
                tellRows(seen);
                interim(out, range.size());
                lastInterim = Clock::now();
            }
        }
        job.report({input.stage, seen, range.size(), "rows"});
        DLRM_TRY(unchanged(job));
        for (Measure* measure : measures) DLRM_TRY(measure->finish(job.stop));
        return {};
    };
    if (input.progress) input.progress->asked = range;
    auto passed = pass();
    if (passed) complete(seen);
    if (input.progress) {
        input.progress->spoiled = feeding.spoiled();
        // Without the stop, which may be why it ended.
        if (!passed && seen > 0 && !feeding.spoiled() && unchanged({})) complete(seen);
        if (seen > 0 && !out.datasetFingerprint.empty()) input.progress->done = out;
    }
    if (!passed) return fail(std::move(passed).error());
    return out;
}

}  // namespace

Result<Provenance> runRowPass(const PassInput& input, std::span<Measure* const> measures, const Job& job,
                              const InterimFn& interim) {
    return guarded([&] { return run(input, measures, job, interim); });
}

RowNumberFn numbersOf(const Dataset& dataset, const Batch& batch) {
    return [&](std::int64_t row) { return dataset.numberOf(batch.firstRow + row); };
}

Result<void> checkRange(const Dataset& dataset, RowRange range) {
    if (range.first >= 0 && range.first <= range.last + 1 && range.last < dataset.rows()) return {};
    return fail(Error("E-ENGINE-003", "These rows are not in the dataset.")
                    .inFile(dataset.path())
                    .butExpected(dataset.rows() > 0 ? fmt::format("rows within 0 .. {}", dataset.rows() - 1)
                                                    : "no rows: the dataset is empty")
                    .butFound(fmt::format("{}-{}", range.first, range.last))
                    .withRemedy("Ask for rows of the dataset, counted from 0."));
}

Result<void> requireLabels(const Dataset& dataset) {
    if (dataset.hasLabels()) return {};
    return fail(
        Error("E-ENGINE-006", "The dataset has no labels: there is nothing to evaluate against.")
            .inFile(dataset.path())
            .butExpected("a label for every row")
            .butFound("rows without a label column")
            .withRemedy(
                "Open a file with labels; rows without them can be predicted (Samples page, dlrm-cli predict)."));
}

}  // namespace dlrm
