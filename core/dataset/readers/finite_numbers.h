// SPDX-License-Identifier: Apache-2.0
// Numbers that no model can take. Private to the readers.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/dataset/batch.h"
#include "core/dataset/dataset.h"

namespace dlrm {

// E-DATA-018: the first number of the batch that is NaN or infinite, with its row and field; `file` holds the numbers.
Result<void> checkFiniteNumbers(const Batch& batch, const DatasetSchema& schema, const std::string& file);

}  // namespace dlrm
