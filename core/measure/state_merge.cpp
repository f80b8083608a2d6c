// SPDX-License-Identifier: Apache-2.0
#include "core/measure/state_merge.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dlrm {
namespace {

// What states must share, besides the version of the program.
struct Shared {
    const char* what;
    std::string (*of)(const Provenance&);
};
constexpr Shared kShared[] = {
    {"checkpoint", [](const Provenance& p) { return p.fingerprint; }},
    {"interaction order", [](const Provenance& p) { return p.interactionOrder; }},
    {"order of the tables in the interaction", [](const Provenance& p) { return p.interactionTables; }},
    {"combiner of several ids", [](const Provenance& p) { return p.combiner; }},
    {"split", [](const Provenance& p) { return p.split; }},
    {"numerical reading", [](const Provenance& p) { return p.numerical; }},
    {"id shift", [](const Provenance& p) { return fmt::format("{:+}", p.idShift); }},
    {"reading of odd numbers", [](const Provenance& p) { return std::string(p.lenient ? "lenient" : "strict"); }},
    {"reading of values without a dictionary", [](const Provenance& p) { return p.missingDictionary; }},
    {"preprocessing profile", [](const Provenance& p) { return p.profile; }},
    {"number of rows", [](const Provenance& p) { return fmt::format("{}", p.totalRows); }},
    {"dataset", [](const Provenance& p) { return p.datasetFingerprint; }},
    {"backend", [](const Provenance& p) { return p.backend ? p.backend->name : std::string(); }},
    {"precision",
     [](const Provenance& p) { return std::string(p.backend ? name(p.backend->precision) : std::string_view()); }},
    {"precision of the tables", [](const Provenance& p) { return p.tablePrecision; }},
};

std::string shown(std::string text) { return text.empty() ? "not said" : text; }

std::string versionText(const std::string& version, const std::string& commit) {
    return fmt::format("{}, commit {}", shown(version), shown(commit));
}

template <class T>
std::string keysOf(const std::map<std::string, T, std::less<>>& measures) {
    std::vector<std::string> keys;
    for (const auto& [key, measure] : measures) keys.push_back(key);
    return keys.empty() ? "none" : fmt::format("{}", fmt::join(keys, ", "));
}

Error otherMeasures(const std::string& file, std::string expected, std::string found) {
    return Error("E-MERGE-005", "The state is of other measures.")
        .inFile(file)
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy("Merge states that the same command, with the same slices, has written.");
}

void addOnce(std::vector<std::string>& to, const std::string& text) {
    if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(text);
}

}  // namespace

std::string rowsText(const std::vector<RowRange>& ranges) {
    constexpr std::size_t kTold = 10;
    std::string out;
    for (std::size_t i = 0; i < ranges.size() && i < kTold; ++i) {
        const RowRange& range = ranges[i];
        out += fmt::format("{}{}{}", i > 0 ? "," : "", range.first,
                           range.size() > 1 ? fmt::format("-{}", range.last) : "");
    }
    return ranges.size() > kTold ? fmt::format("{},… ({} ranges)", out, ranges.size()) : out;
}

StateMerge::StateMerge(std::string version, std::string commit, MakeFn make)
    : m_version(std::move(version)), m_commit(std::move(commit)), m_make(std::move(make)) {}

Result<void> StateMerge::checkOrigin(const Part& part) const {
    const auto& [file, p] = part;
    if (p.version != m_version || p.commit != m_commit)
        return fail(
            Error("E-MERGE-004", "The state is of another version of the program.")
                .inFile(file)
                .butExpected(versionText(m_version, m_commit))
                .butFound(versionText(p.version, p.commit))
                .withRemedy(
                    "Merge with the version that wrote the states, or evaluate these rows again with this one."));
    if (m_parts.empty()) return {};
    const Part& other = m_parts.begin()->second;
    for (const Shared& fact : kShared)
        if (std::string mine = fact.of(p), its = fact.of(other.provenance); mine != its)
            return fail(Error("E-MERGE-003", fmt::format("The states differ in the {}.", fact.what))
                            .inFile(file)
                            .inField(fact.what)
                            .butExpected(fmt::format("{}, as in {}", shown(std::move(its)), other.file))
                            .butFound(shown(std::move(mine)))
                            .withRemedy("Merge states of one model, one dataset and one way to read and to compute it; "
                                        "evaluate these rows again so."));
    return {};
}

Result<void> StateMerge::checkMeasures(const Part& part, const SavedMeasures& saved) const {
    const auto other = [&](std::string expected) {
        return fail(otherMeasures(part.file, std::move(expected), keysOf(saved.states)));
    };
    if (!m_parts.empty() && keysOf(saved.states) != keysOf(m_measures))
        return other(fmt::format("{}, as in {}", keysOf(m_measures), m_parts.begin()->second.file));
    if (!saved.states.contains("scores")) return other("scores among them");
    return {};
}

Result<void> StateMerge::checkRows(const Part& part) const {
    std::vector<RowRange> common;
    std::string file;
    for (const RowRange& range : part.provenance.rows) {
        auto at = m_ranges.upper_bound(range.first);
        if (at != m_ranges.begin() && std::prev(at)->second.first >= range.first) --at;
        for (; at != m_ranges.end() && at->first <= range.last; ++at) {
            common.push_back({std::max(at->first, range.first), std::min(at->second.first, range.last)});
            if (file.empty()) file = m_parts.at(at->second.second).file;
        }
    }
    if (common.empty()) return {};
    return fail(Error("E-MERGE-001", "Two states have rows in common.")
                    .inFile(part.file)
                    .butExpected(fmt::format("rows that {} does not have", file))
                    .butFound(fmt::format("rows {}", rowsText(common)))
                    .withRemedy("Leave one of them out, or evaluate rows apart from each other."));
}

Result<void> StateMerge::add(const std::string& file, SavedMeasures&& saved) {
    Part part{file, std::move(saved.provenance)};
    DLRM_TRY(checkOrigin(part));
    DLRM_TRY(checkMeasures(part, saved));
    DLRM_TRY(checkRows(part));
    std::map<std::string, std::unique_ptr<Measure>, std::less<>> made;
    for (const auto& [key, state] : saved.states) {
        auto measure = m_make(key, state);
        if (!measure) return fail(std::move(measure.error()).inFile(file));
        if (!*measure) return fail(otherMeasures(part.file, "measures that can be merged", keysOf(saved.states)));
        made.emplace(key, *std::move(measure));
    }
    for (auto& [key, state] : saved.states) {
        std::unique_ptr<Measure> measure = std::move(made.find(key)->second);
        auto loaded = measure->load(std::move(state));
        if (loaded && measure->rows() != part.provenance.measuredRows())
            loaded = fail(impossibleState("rows", fmt::format("{}", part.provenance.measuredRows()),
                                          fmt::format("{}", measure->rows())));
        std::unique_ptr<Measure>& all = m_measures[key];
        if (loaded && !all) all = std::move(measure);
        else if (loaded) loaded = all->merge(std::move(*measure));
        if (!loaded) {
            Error error = std::move(loaded).error();
            return fail(std::move(error).inFile(file));
        }
    }
    if (part.provenance.rows.empty()) return {};
    const std::int64_t first = part.provenance.rows.front().first;
    for (const RowRange& range : part.provenance.rows) m_ranges[range.first] = {range.last, first};
    m_parts.emplace(first, std::move(part));
    return {};
}

Result<void> StateMerge::requireAllRows() const {
    const Provenance all = provenance();
    std::vector<RowRange> missing;
    std::int64_t next = 0;
    for (const RowRange& range : all.rows) {
        if (range.first > next) missing.push_back({next, range.first - 1});
        next = range.last + 1;
    }
    if (next < all.totalRows) missing.push_back({next, all.totalRows - 1});
    if (missing.empty()) return {};
    return fail(Error("E-MERGE-002", "Rows of the dataset are missing in the states.")
                    .inFile(all.dataset)
                    .butExpected(fmt::format("all rows, 0-{}", all.totalRows - 1))
                    .butFound(fmt::format("no rows {}", rowsText(missing)))
                    .withRemedy("Add the states of these rows, or give --allow-gaps."));
}

Result<void> StateMerge::requireAmong(const std::vector<RowRange>& asked, const std::string& file,
                                      const Provenance& provenance) {
    std::vector<RowRange> more;
    for (const RowRange& range : provenance.rows)
        if (std::none_of(asked.begin(), asked.end(),
                         [&](const RowRange& one) { return one.first <= range.first && range.last <= one.last; }))
            more.push_back(range);
    if (more.empty()) return {};
    return fail(Error("E-MERGE-006", "The state has rows that are not asked for.")
                    .inFile(file)
                    .butExpected(fmt::format("some of the rows {}", rowsText(asked)))
                    .butFound(fmt::format("rows {}", rowsText(more)))
                    .withRemedy("Ask for the same rows as the run that is to be continued, or name another file."));
}

Provenance StateMerge::provenance() const {
    Provenance out = m_parts.begin()->second.provenance;
    out.rows.clear();
    out.notes.clear();
    out.seconds = out.rowsPerSecond = 0;
    std::vector<std::string> devices;
    for (const auto& [first, part] : m_parts) {
        out.seconds += part.provenance.seconds;
        for (const std::string& note : part.provenance.notes) addOnce(out.notes, note);
        if (part.provenance.backend) addOnce(devices, part.provenance.backend->device);
    }
    if (out.backend) out.backend->device = fmt::format("{}", fmt::join(devices, "; "));
    for (const auto& [first, lastAndPart] : m_ranges) {
        if (!out.rows.empty() && out.rows.back().last + 1 == first) out.rows.back().last = lastAndPart.first;
        else out.rows.push_back({first, lastAndPart.first});
    }
    if (out.seconds > 0) out.rowsPerSecond = static_cast<double>(out.measuredRows()) / out.seconds;
    return out;
}

SavedMeasures StateMerge::save() {
    SavedMeasures out{provenance(), {}};
    for (const auto& [key, measure] : m_measures) out.states.emplace(key, measure->save());
    return out;
}

}  // namespace dlrm
