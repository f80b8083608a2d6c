// SPDX-License-Identifier: Apache-2.0
// Other readings of a dataset's rows: what if its numbers were transformed otherwise, or its ids counted from another
// start?
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/dataset/dataset.h"

namespace dlrm {

// What is done to the numbers before they are fed. A dataset holds raw numbers (holdsRawNumbers()) or transformed ones.
//   AlreadyLogged: fed as stored; of transformed numbers only.
//   LnPlus3, LnPlus2: ln(x + 3), ln(x + 2) of the raw number, or of the stored one as if it were raw; an argument <= 0
//   gives 0. LnPlus1: ln(max(x, 0) + 1), the same way.
//   Raw: the raw number itself; of transformed numbers v the whole number nearest to exp(v) - 3, where 0 (missing)
//   stays 0.
// Raw numbers are taken from the source, never back out of the dataset's own transform. Logarithms are rounded to
// float16, except of a dataset with raw numbers whose own preprocessing does not round. A missing number is 0 in each.
enum class NumericalReading : std::uint8_t { AlreadyLogged, LnPlus3, LnPlus2, LnPlus1, Raw };
std::string_view name(NumericalReading);  // "already_logged", "ln(x+3)", "ln(x+2)", "ln(x+1)", "raw"

// By name(), or "ln3", "ln2" and "ln1" for the logarithms.
std::optional<NumericalReading> numericalReadingFromName(std::string_view);
// As the option --numerical takes it: "already_logged", "ln3", "ln2", "raw".
std::string_view optionName(NumericalReading reading);

struct Reading {
    NumericalReading numerical = NumericalReading::AlreadyLogged;
    int idShift = 0;  // added to every id
    friend bool operator==(const Reading&, const Reading&) = default;
};

// What transformed the numbers that a dataset stores, as it records it; unknownProfile() where it does not.
// REQUIRES: !dataset.holdsRawNumbers().
const PreprocessingProfile& recordedPreprocessing(const Dataset& dataset);

// How the dataset is read as it is.
Reading ownReading(const Dataset& dataset);
// The readings of numbers that mean something different for this dataset, the own one first.
std::span<const NumericalReading> numericalReadings(const Dataset& dataset);

// Error E-DATA-017 unless the dataset's numbers can be read so: AlreadyLogged is of transformed numbers only.
Result<void> checkReading(const Dataset& dataset, const Reading& reading);

// Transformed numbers as `reading` feeds them. in, out: same size, may be the same.
void reread(NumericalReading reading, std::span<const float> in, std::span<float> out);
// A raw number as `reading` feeds it; NaN, or what is no int32: missing. `profile`: Dataset::rawProfile().
// REQUIRES: reading is not AlreadyLogged.
float fedRaw(NumericalReading reading, const PreprocessingProfile& profile, double raw);

// The dataset in another reading; the same dataset where it is its own. Ids are not checked against tables: an id below
// 0 is E-DATA-016.
std::shared_ptr<const Dataset> readAs(std::shared_ptr<const Dataset> dataset, Reading reading);

}  // namespace dlrm
