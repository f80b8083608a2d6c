// SPDX-License-Identifier: Apache-2.0
// What slices must know of a model and its data: plain facts and functions, so that nothing here opens anything.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/tables/untrained_rows.h"
#include "core/base/result.h"

namespace dlrm {

struct SliceFields {
    // Names by place; where data and model call a field otherwise, both are known, the data's own first.
    std::vector<std::string> numericals, categoricals;
    std::vector<std::string> otherNumericals, otherCategoricals;
    std::vector<std::int64_t> tableRows;  // per categorical
    std::int64_t rows = 0;                // of the data, all of them

    // A whole number as the data's own path feeds it, nothing: a missing one. Empty where nothing says what transformed
    // the numbers: then they are compared as they are stored.
    std::function<float(std::optional<std::int32_t>)> feed;
    bool zeroIsMissing = true;  // where feed is empty: whether 0 is fed for a missing number
    std::int32_t firstId = 1;   // ids below it mean missing, rare or unknown; 0: no id says so

    // Id of a value, 0 where the dictionary has none; empty without a dictionary.
    std::function<std::int32_t(std::size_t, std::uint32_t)> idOf;
    // Per table; empty where no slice asks for it.
    std::vector<const UntrainedRows*> untrained;
    // Ascending numbers of a field as they are fed, from all over the data, without missing ones.
    std::function<Result<std::vector<float>>(std::size_t)> sortedNumbers;

    // The number that means a missing one, if that can be told from others.
    std::optional<float> missingNumber() const;
    // The smallest whole number that is fed as `fed` or more. REQUIRES: feed.
    std::int32_t wholeNumberFedAs(float fed) const;
};

}  // namespace dlrm
