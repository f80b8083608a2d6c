// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/dataset/dataset.h"

namespace dlrm {

std::string UnknownValues::sentence() const {
    if (unknown == 0) return {};
    return fmt::format(
        "{}{} of {} ({:.3g} %) in the first {} {} not in the dictionary and read as row 0; the first is {}.",
        most() ? "The dictionary does not fit the rows: " : "", unknown, counted(values, "category value"),
        100.0 * static_cast<double>(unknown) / static_cast<double>(values), counted(rows, "row"),
        unknown == 1 ? "is" : "are", first);
}

}  // namespace dlrm
