// SPDX-License-Identifier: Apache-2.0
// States of disjoint rows of one dataset, joined to what one pass over all of these rows would have left.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/measure/measure.h"
#include "core/measure/state_file.h"

namespace dlrm {

// "2-5,7": rows as --rows has them, the first few of many.
std::string rowsText(const std::vector<RowRange>& ranges);

// The files may come in any order: the result does not depend on it. Use from one thread.
class StateMerge {
public:
    // An empty measure that such a state can be loaded into; null for a key of no measure that is merged.
    using MakeFn = std::function<Result<std::unique_ptr<Measure>>(std::string_view key, const MeasureState& state)>;
    // `version` and `commit` of the running program: states of another one may mean something else.
    StateMerge(std::string version, std::string commit, MakeFn make);

    // Adds a state; one without rows is only compared with the others. `file` is its name, for messages. Nothing is
    // added where it fails, unless an array of the state is at fault: this merge is of no further use then. Errors:
    // E-MERGE-001 rows that another file has too, 003 another checkpoint, dataset, reading or arithmetic, 004 another
    // version of the program, 005 other measures, or none of all rows, those of Measure::load() and merge(). Throws
    // std::bad_alloc.
    Result<void> add(const std::string& file, SavedMeasures&& saved);
    // Error E-MERGE-002 when rows of the dataset are missing.
    Result<void> requireAllRows() const;
    // Error E-MERGE-006 when `file` has rows that are not among these, ascending.
    static Result<void> requireAmong(const std::vector<RowRange>& asked, const std::string& file,
                                     const Provenance& provenance);

    // Where what was joined comes from: as its first rows say, with all rows, all notes, each once, and the time of all
    // together. REQUIRES: a state was added.
    Provenance provenance() const;
    // Ascending by key. REQUIRES: a state was added.
    const std::map<std::string, std::unique_ptr<Measure>, std::less<>>& measures() const { return m_measures; }
    // To be merged again.
    SavedMeasures save();
    // Moves out what was joined.
    std::map<std::string, std::unique_ptr<Measure>, std::less<>> takeMeasures() { return std::move(m_measures); }

private:
    struct Part {
        std::string file;
        Provenance provenance;
    };
    Result<void> checkOrigin(const Part& part) const;
    Result<void> checkMeasures(const Part& part, const SavedMeasures& saved) const;
    Result<void> checkRows(const Part& part) const;

    std::string m_version, m_commit;
    MakeFn m_make;
    std::map<std::string, std::unique_ptr<Measure>, std::less<>> m_measures;
    std::map<std::int64_t, Part> m_parts;  // by first row
    // By first row: the last one, and the first row of the part it is of.
    std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> m_ranges;
};

}  // namespace dlrm
