// SPDX-License-Identifier: Apache-2.0
// Rows of every embedding table as a person gives them: typed, or in a file that the preprocessing or the training code
// wrote.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

// "1000, 7 300": whole numbers of 1 to 2³¹ − 1 between commas, blanks or line ends. Error E-CARD-001.
Result<std::vector<std::int64_t>> parseCardinalities(const std::string& text);

// Of a feature_spec.yaml, of a JSON object with categorical_cardinalities (config.json of layout D), or of a text file
// as parseCardinalities() takes it.
// Errors: E-FILE-…, those of feature_spec.h, E-CARD-001, E-CARD-002 larger than such a file is.
Result<std::vector<std::int64_t>> readCardinalities(const std::string& path);

}  // namespace dlrm
