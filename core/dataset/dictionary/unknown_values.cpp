// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/counted.h"
#include "core/dataset/dataset.h"

namespace dlrm {

void UnknownValues::add(std::size_t feature, const std::string& name, std::string_view value, std::int64_t row,
                        bool known) {
    if (features.size() <= feature) features.resize(feature + 1);
    Feature& f = features[feature];
    if (f.name.empty()) f.name = name;
    ++values;
    ++f.values;
    if (known) return;
    ++unknown;
    ++f.unknown;
    if (m_firstRow >= 0 && row >= m_firstRow) return;
    m_firstRow = row;
    first = fmt::format("\"{}\", row {}, {}", value, row, name);
}

std::vector<std::string> UnknownValues::foreignFeatures() const {
    constexpr std::int64_t kEnough = 100;
    std::vector<std::string> out;
    for (const Feature& f : features)
        if (f.values >= kEnough && f.unknown >= f.values - f.values / 10) out.push_back(f.name);
    return out;
}

std::string UnknownValues::sentence() const {
    if (unknown == 0) return {};
    std::string verdict;
    if (unknown > values / 2) verdict = "The dictionary does not fit the rows: ";
    else if (const auto foreign = foreignFeatures(); !foreign.empty())
        verdict = fmt::format("The dictionary of {} does not fit the rows: ", fmt::join(foreign, ", "));
    return fmt::format("{}{} of {} ({:.3g} %) in {}{} {} not in the dictionary and read as row 0; the first is {}.",
                       verdict, unknown, counted(values, "category value"),
                       100.0 * static_cast<double>(unknown) / static_cast<double>(values), allRows ? "" : "the first ",
                       counted(rows, chosen ? "chosen row" : "row"), unknown == 1 ? "is" : "are", first);
}

}  // namespace dlrm
