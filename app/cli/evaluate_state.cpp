// SPDX-License-Identifier: Apache-2.0
#include "app/cli/evaluate_state.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "app/cli/text.h"
#include "app/program/program.h"
#include "core/measure/dataset_fingerprint.h"
#include "core/measure/state_file.h"

namespace dlrm::cli {
namespace {

constexpr const char* kThisRun = "this run";

// Those of the ranges that are in none of `done`, both without rows in common.
std::vector<RowRange> rowsLeft(const std::vector<RowRange>& ranges, const std::vector<RowRange>& done) {
    std::vector<RowRange> out;
    for (RowRange range : joinedRanges(ranges)) {
        for (const RowRange& there : done) {
            if (there.last < range.first || there.first > range.last) continue;
            if (there.first > range.first) out.push_back({range.first, there.first - 1});
            range.first = there.last + 1;
        }
        if (range.size() > 0) out.push_back(range);
    }
    return out;
}

// The first rows, in the order of the ranges.
std::vector<RowRange> firstRows(const std::vector<RowRange>& ranges, std::int64_t count) {
    std::vector<RowRange> out;
    for (const RowRange& range : ranges) {
        const std::int64_t taken = std::min(count, range.size());
        if (taken == 0) break;
        out.push_back({range.first, range.first + taken - 1});
        count -= taken;
    }
    return out;
}

}  // namespace

std::vector<RowRange> joinedRanges(std::vector<RowRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const RowRange& a, const RowRange& b) { return a.first < b.first; });
    std::vector<RowRange> out;
    for (const RowRange& range : ranges) {
        if (!out.empty() && out.back().last + 1 == range.first) out.back().last = range.last;
        else out.push_back(range);
    }
    return out;
}

SavedMeasures EvaluateState::savedOf(std::vector<RowRange> rows, EvaluationMeasures& measures) const {
    Provenance origin = provenanceOf(m_context.common);
    origin.rows = joinedRanges(std::move(rows));
    origin.totalRows = m_opened.dataset->rows();
    // Of rows that were chosen the pass saw a dataset of their own.
    origin.datasetFingerprint = datasetFingerprintOf(*m_opened.dataset);
    origin.profile = measures.provenance.profile;
    origin.backend = measures.provenance.backend;
    origin.seconds = measures.provenance.seconds;
    origin.notes = m_notes();
    return {std::move(origin), statesOf(measures)};
}

Result<std::vector<RowRange>> EvaluateState::takeEarlier(const std::vector<RowRange>& asked,
                                                         const EvaluateOptions& evaluate) {
    std::error_code unknown;  // then readStateFile() tells it
    if (!std::filesystem::exists(m_path, unknown) && !unknown) return asked;
    DLRM_TRY(auto saved, readStateFile(m_path, m_context.stop));
    const Provenance earlier = saved.provenance;
    DLRM_TRY(StateMerge::requireAmong(joinedRanges(asked), m_path, earlier));
    StateMerge merge(programVersion(), programCommit(), evaluationMeasureFor);
    DLRM_TRY(merge.add(m_path, std::move(saved)));
    // What does not belong together is told before hours of work.
    DLRM_TRY(auto empty, newEvaluation(*m_opened.dataset, m_opened.engine->spec(), evaluate));
    SavedMeasures now = savedOf({}, empty);
    now.provenance.profile = earlier.profile;
    now.provenance.backend = earlier.backend;
    DLRM_TRY(merge.add(kThisRun, std::move(now)));
    m_earlier.emplace(std::move(merge));
    return rowsLeft(asked, earlier.rows);
}

Result<void> EvaluateState::requireReplaceable(const std::vector<RowRange>& asked) const {
    std::error_code unknown;
    if (m_path.empty() || !std::filesystem::exists(m_path, unknown)) return {};
    const auto saved = readStateFile(m_path, m_context.stop);
    if (!saved) return m_context.stop.stop_requested() ? Result<void>(cancelled()) : Result<void>();  // it is none
    const std::vector<RowRange>& rows = saved->provenance.rows;
    if (rows == joinedRanges(asked)) return {};
    return fail(Error("E-STATE-001", "The file has what was measured of other rows, which would be lost.")
                    .inFile(m_path)
                    .inField("--state")
                    .butExpected(fmt::format("no file, or one of the rows {}", rowsText(joinedRanges(asked))))
                    .butFound(fmt::format("rows {}", rowsText(rows)))
                    .withRemedy("Go on from it with --resume, name another file, or delete this one."));
}

Result<SavedMeasures> EvaluateState::withEarlier(SavedMeasures saved) {
    if (!m_earlier) return saved;
    DLRM_TRY(m_earlier->add(kThisRun, std::move(saved)));
    return m_earlier->save();
}

void EvaluateState::keepDone(const std::vector<RowRange>& left, EvaluationMeasures& measures) {
    const std::vector<RowRange> done = firstRows(left, measures.provenance.measuredRows());
    if (m_path.empty() || done.empty()) return;
    m_context.common.origin->fingerprint = measures.provenance.fingerprint;
    const auto written = [&]() -> Result<std::int64_t> {
        DLRM_TRY(const auto all, withEarlier(savedOf(done, measures)));
        DLRM_TRY(writeStateFile(all, m_path));
        return all.provenance.measuredRows();
    }();
    m_context.progress.clear();
    if (!written) std::fprintf(stderr, "%s\n", written.error().text().c_str());
    else
        std::fprintf(stderr, "note: what was measured of %s is in %s; the same command with --resume goes on there.\n",
                     plural(*written, "row").c_str(), m_path.c_str());
}

Result<void> EvaluateState::finish(const std::vector<RowRange>& left, EvaluationMeasures& measures) {
    if (m_path.empty()) return {};
    if (!m_earlier) return writeStateFile(savedOf(left, measures), m_path);
    if (!left.empty()) DLRM_TRY(m_earlier->add(kThisRun, savedOf(left, measures)));
    DLRM_TRY(writeStateFile(m_earlier->save(), m_path));
    measures = evaluationMeasures(std::move(*m_earlier));
    return measures.scores.finish(m_context.stop);
}

}  // namespace dlrm::cli
