// SPDX-License-Identifier: Apache-2.0
// What evaluate measured of its rows, in a file: written at the end, and of the rows that are done where it fails or is
// interrupted; --resume goes on from there.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "core/engine/evaluation.h"
#include "core/engine/workspace.h"

namespace dlrm::cli {

// Ascending, none next to another.
std::vector<RowRange> joinedRanges(std::vector<RowRange> ranges);

class EvaluateState {
public:
    // Asked once rows were read: what has to be known of any row of the dataset.
    using NotesFn = std::function<std::vector<std::string>()>;
    // `path`: --state; empty: none is kept. The others must outlive it.
    EvaluateState(std::string path, Context& context, const Workspace& opened, NotesFn notes)
        : m_path(std::move(path)), m_context(context), m_opened(opened), m_notes(std::move(notes)) {}

    // With --resume: takes what the file has, where there is one, and returns what is left of the rows. `evaluate`:
    // what the run measures. Errors: those of readStateFile() and StateMerge.
    Result<std::vector<RowRange>> takeEarlier(const std::vector<RowRange>& asked, const EvaluateOptions& evaluate);
    // Without --resume: a file that has some of the rows, or others, is not replaced. Errors: E-STATE-001.
    Result<void> requireReplaceable(const std::vector<RowRange>& asked) const;
    bool hasEarlier() const { return m_earlier.has_value(); }

    // Of a run that ended before its time: writes its rows, with the earlier ones, and says so on stderr. `left`: the
    // rows that it was to see, in its order.
    void keepDone(const std::vector<RowRange>& left, EvaluationMeasures& measures);
    // `measures` of the rows `left`, and the earlier ones. Writes what all of them measured.
    Result<void> finish(const std::vector<RowRange>& left, EvaluationMeasures& measures);

private:
    SavedMeasures savedOf(std::vector<RowRange> rows, EvaluationMeasures& measures) const;
    Result<SavedMeasures> withEarlier(SavedMeasures saved);

    const std::string m_path;
    Context& m_context;
    const Workspace& m_opened;
    const NotesFn m_notes;
    std::optional<StateMerge> m_earlier;
};

}  // namespace dlrm::cli
