// SPDX-License-Identifier: Apache-2.0
#include "core/synthetic/generated_dataset.h"

#include "core/base/float_conversions.h"
#include "core/synthetic/synthetic_values.h"

namespace dlrm {

GeneratedDataset::GeneratedDataset(std::uint64_t seed, std::string splitName, std::int64_t rows,
                                   std::int64_t numericals, std::vector<std::int64_t> cardinalities)
    : m_seed(seed), m_split(splitName == "train" ? 0 : 1), m_splitName(std::move(splitName)), m_rows(rows) {
    for (std::int64_t i = 0; i < numericals; ++i) m_schema.numericalNames.push_back("num_" + std::to_string(i));
    for (std::size_t i = 0; i < cardinalities.size(); ++i)
        m_schema.categoricalNames.push_back("cat_" + std::to_string(i));
    m_schema.labelName = "label";
    m_schema.cardinalities = std::move(cardinalities);
}

std::int32_t GeneratedDataset::id(std::int64_t row, std::size_t feature) const {
    return syntheticId(m_seed, m_split, row, feature, m_schema.cardinalities[feature]);
}

std::uint16_t GeneratedDataset::numerical(std::int64_t row, std::size_t feature) const {
    return syntheticNumerical(m_seed, m_split, row, feature);
}

std::uint8_t GeneratedDataset::label(std::int64_t row, double probability) const {
    return randomUniform(m_seed, Stream::Label, m_split, static_cast<std::uint64_t>(row), 0) < probability ? 1 : 0;
}

Result<void> GeneratedDataset::read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const {
    constexpr std::int64_t kChunk = 4096;
    const auto numericals = static_cast<std::int64_t>(m_schema.numericalNames.size());
    const auto tables = static_cast<std::int64_t>(m_schema.categoricalNames.size());
    out.firstRow = first;
    out.resize(count, numericals, tables, false);
    for (std::int64_t r = 0; r < count; ++r) {
        if (r % kChunk == 0 && stop.stop_requested()) return cancelled();
        for (std::int64_t f = 0; f < numericals; ++f)
            out.numerical[static_cast<std::size_t>(r * numericals + f)] =
                halfToFloat(numerical(first + r, static_cast<std::size_t>(f)));
        for (std::int64_t t = 0; t < tables; ++t)
            out.ids[static_cast<std::size_t>(t * count + r)] = id(first + r, static_cast<std::size_t>(t));
    }
    return {};
}

}  // namespace dlrm
