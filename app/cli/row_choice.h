// SPDX-License-Identifier: Apache-2.0
// Which rows of a dataset a verb looks at: --rows, --limit, --sample and --seed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/verb_options.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"

namespace dlrm::cli {

struct RowChoice {
    std::string rows;         // "0-99", "5", "0,5,10-20"; empty: all
    std::int64_t limit = 0;   // > 0: the first ones
    std::int64_t sample = 0;  // > 0: random ones
    std::uint64_t seed = 1;
};

// --rows, in the one grammar of all verbs.
VerbOption addRowsOption(VerbOptions& verb, std::string& rows, const std::string& otherwise);
// --seed, whose value of now holds without it.
VerbOption addSeedOption(VerbOptions& verb, std::uint64_t& seed, std::string about);
// --sample and --seed beside --rows.
void addSampleOptions(VerbOptions& verb, RowChoice& choice, const VerbOption& rows);

// The number of rows where --rows of a verb that used to count with it is a lone number: it is taken out of `choice`,
// with a line on stderr unless `quiet` that names the `option` to count with. Nothing where it is none.
std::optional<std::int64_t> takeCount(RowChoice& choice, const char* option, bool quiet);

// The rows of a table that `text` lists as --rows does, in its order. Error E-CLI-004: more than `most`.
Result<std::vector<RowId>> listedIds(const std::string& text, std::int64_t most);

// The chosen rows as ascending or listed ranges, all of them inside the dataset; all rows where nothing is chosen.
// Errors: E-CLI-003, E-CLI-010, E-ENGINE-003.
Result<std::vector<RowRange>> chosenRanges(const RowChoice& choice, const Dataset& dataset);
// The dataset with only those; the same one where that is all of it. Errors as chosenRanges().
Result<std::shared_ptr<const Dataset>> chosenRows(const RowChoice& choice, std::shared_ptr<const Dataset> dataset);
// "rows 0-99", "a sample of 1,000 rows, seed 1"; empty: all.
std::string describe(const RowChoice& choice);
// What has to be said of a sample that the dataset is too small for; empty: nothing.
std::string sampleNote(const RowChoice& choice, const Dataset& dataset);

}  // namespace dlrm::cli
