// SPDX-License-Identifier: Apache-2.0
// Rows of an embedding table or of a prediction handed over part by part, so that millions of rows never stand in
// memory at once.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/engine/results.h"

namespace dlrm {

// The next rows, valid until the next call; nullptr after the last. At least one part, which may be empty. What it
// fails with ends the writing.
using PredictionParts = std::function<Result<const Prediction*>()>;

// The next rows, valid until the next call; nullptr after the last. What it fails with ends the writing. Called again
// from the start for each file.
using RowParts = std::function<Result<const TableRows*>()>;

// A column beside a row's values. Asked for row `i` of a part, in the order of the file.
struct RowColumn {
    template <class T>
    using Get = std::function<T(const TableRows& rows, std::size_t i)>;

    std::string name;     // of the column, in words without space: "cos_mean"
    std::string meaning;  // for HDF5's long_name
    std::variant<Get<std::string>, Get<std::int64_t>, Get<float>> get;
};

// What the rows are of, and what is written of them beside id, norm and values.
struct RowExport {
    std::string checkpoint, table;
    std::int64_t rows = 0, dim = 0;
    std::vector<RowColumn> columns = {};
};

}  // namespace dlrm
