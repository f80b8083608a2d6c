// SPDX-License-Identifier: Apache-2.0
#include "app/cli/row_choice.h"

#include <charconv>
#include <cstdio>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "app/cli/text.h"
#include "core/base/row_lists.h"
#include "core/dataset/readers/selected_rows.h"

namespace dlrm::cli {

VerbOption addRowsOption(VerbOptions& verb, std::string& rows, const std::string& otherwise) {
    return verb.text(
        "--rows", rows,
        "Rows, counted from 0, ranges with both ends: 0-99, or 5, or 0,5,10-20; no row twice. " + otherwise);
}

VerbOption addSeedOption(VerbOptions& verb, std::uint64_t& seed, std::string about) {
    constexpr auto kMostSeed = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return verb.whole("--seed", seed, std::move(about), std::uint64_t{0}, kMostSeed).showDefault();
}

void addSampleOptions(VerbOptions& verb, RowChoice& choice, const VerbOption& rows) {
    constexpr std::int64_t kMostRows = 100'000'000;
    VerbOption sample =
        verb.whole("--sample", choice.sample,
                   "That many rows drawn at random without repetition, in their order, or all of a dataset that has "
                   "no more; with a note in the result",
                   std::int64_t{1}, kMostRows);
    sample.excludes(rows);
    addSeedOption(verb, choice.seed, "Chooses the sample; the same seed draws the same rows everywhere").needs(sample);
}

std::optional<std::int64_t> takeCount(RowChoice& choice, const char* option, bool quiet) {
    std::int64_t count = 0;
    const char* const textEnd = choice.rows.data() + choice.rows.size();
    const auto [end, error] = std::from_chars(choice.rows.data(), textEnd, count);
    if (choice.rows.empty() || error != std::errc() || end != textEnd || count < 1) return std::nullopt;
    if (!quiet)
        std::fprintf(stderr,
                     "note: --rows %lld is taken as a count, as in 0.1.0; from the next version on it will mean row "
                     "%lld. Write %s %lld.\n",
                     static_cast<long long>(count), static_cast<long long>(count), option,
                     static_cast<long long>(count));
    choice.rows.clear();
    return count;
}

std::string describe(const RowChoice& choice) {
    if (choice.sample > 0) return fmt::format("a sample of {}, seed {}", plural(choice.sample, "row"), choice.seed);
    if (!choice.rows.empty()) return "rows " + choice.rows;
    return choice.limit > 0 ? "the first " + plural(choice.limit, "row") : "";
}

Result<std::vector<RowId>> listedIds(const std::string& text, std::int64_t most) {
    DLRM_TRY(const auto ranges, parseRowList(text));
    std::vector<RowId> ids;
    for (const RowRange& range : ranges) {
        if (range.size() > most - std::ssize(ids))
            return fail(Error("E-CLI-004", "These are too many rows for one call.")
                            .butExpected(fmt::format("at most {}", thousands(most)))
                            .butFound("more")
                            .withRemedy("Ask for a part of them at a time."));
        for (std::int64_t i = 0; i < range.size(); ++i) ids.push_back(RowId{range.first + i});
    }
    return ids;
}

Result<std::vector<RowRange>> chosenRanges(const RowChoice& choice, const Dataset& dataset) {
    const std::int64_t rows = dataset.rows();
    if (choice.sample > 0) return sampledRows(rows, choice.sample, choice.seed);
    if (choice.rows.empty())
        return std::vector<RowRange>{{0, (choice.limit > 0 ? std::min(choice.limit, rows) : rows) - 1}};
    auto ranges = parseRowList(choice.rows);
    if (!ranges) return ranges;
    DLRM_TRY(refuseRowsTwice(*ranges));
    for (const RowRange& range : *ranges)
        if (range.last >= rows)
            return fail(Error("E-ENGINE-003", "The dataset does not have these rows.")
                            .inFile(dataset.path())
                            .inField("--rows")
                            .butExpected(rows > 0 ? fmt::format("0 to {}", rows - 1) : "no rows: the dataset is empty")
                            .butFound(fmt::format("{}-{}", range.first, range.last))
                            .withRemedy("Ask for rows within the dataset."));
    return ranges;
}

std::string sampleNote(const RowChoice& choice, const Dataset& dataset) {
    if (choice.sample <= dataset.rows()) return {};
    return fmt::format("All {} of the dataset were used: --sample {} asks for more.", plural(dataset.rows(), "row"),
                       thousands(choice.sample));
}

Result<std::shared_ptr<const Dataset>> chosenRows(const RowChoice& choice, std::shared_ptr<const Dataset> dataset) {
    DLRM_TRY(auto ranges, chosenRanges(choice, *dataset));
    if (ranges.size() == 1 && ranges.front() == RowRange{0, dataset->rows() - 1}) return dataset;
    return selectRows(std::move(dataset), std::move(ranges), describe(choice));
}

}  // namespace dlrm::cli
