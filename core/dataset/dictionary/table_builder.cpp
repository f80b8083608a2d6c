// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/dictionary/sources.h"

namespace dlrm {

namespace {
constexpr std::size_t kEntriesPerStopCheck = 1 << 15;
constexpr std::size_t kSlotsAhead = 16;
}  // namespace

Error DictionaryTableBuilder::error(std::string code, std::string message, std::string expected,
                                    std::string found) const {
    return Error(std::move(code), std::move(message))
        .inFile(m_path)
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy(kExportAgain);
}

Result<DictionaryTableBuilder> DictionaryTableBuilder::create(std::int64_t entries, std::string path,
                                                              std::stop_token stop) {
    DictionaryTableBuilder builder;
    builder.m_path = std::move(path);
    builder.m_stop = std::move(stop);
    if (entries >= std::numeric_limits<std::int32_t>::max())
        return fail(builder.error("E-DICT-012", "A dictionary has more entries than a category id can tell apart.",
                                  "fewer than 2^31 entries", fmt::format("{}", entries)));
    builder.m_values.resize(static_cast<std::size_t>(entries));
    builder.m_seen.resize(static_cast<std::size_t>(entries));
    return builder;
}

Result<void> DictionaryTableBuilder::add(std::uint32_t hexValue, std::int64_t id, std::int64_t count,
                                         const std::string& file, std::int64_t row) {
    const auto refused = [&](std::string code, std::string message, std::string expected) {
        Error e = error(std::move(code), std::move(message), std::move(expected), fmt::format("{}", id));
        e.file = file;
        e.row = row;
        return fail(std::move(e));
    };
    if (id < 1 || id > static_cast<std::int64_t>(m_values.size()))
        return refused("E-DICT-007", "An id of a dictionary is not one of 1 … n.",
                       fmt::format("1 … {} (the number of entries)", m_values.size()));
    const auto index = static_cast<std::size_t>(id - 1);
    if (m_seen[index]) return refused("E-DICT-008", "An id stands twice in a dictionary.", "every id once");
    m_seen[index] = true;
    m_values[index] = hexValue;
    if (count >= 0) {
        if (m_counts.empty()) m_counts.resize(m_values.size());
        m_counts[index] = count;
    }
    return {};
}

Result<HexTable> DictionaryTableBuilder::finish() {
    for (std::size_t i = 1; i < m_counts.size(); ++i)
        if (m_counts[i] > m_counts[i - 1])
            return fail(error("E-DICT-010", "The counts of a dictionary increase with the id.",
                              fmt::format("at most {} for id {}", m_counts[i - 1], i + 1),
                              fmt::format("{}", m_counts[i])));
    HexTable table(static_cast<std::int64_t>(m_values.size()));
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        if (i % kEntriesPerStopCheck == 0 && m_stop.stop_requested()) return cancelled();
        if (i + kSlotsAhead < m_values.size()) table.prefetch(m_values[i + kSlotsAhead]);
        if (const std::int32_t other = table.insert(m_values[i], static_cast<std::int32_t>(i + 1)); other != 0)
            return fail(error("E-DICT-009", "A value stands twice in a dictionary.", "every value once",
                              fmt::format("{} with the ids {} and {}", formatHex(m_values[i]), other, i + 1)));
    }
    table.setCounts(m_counts);
    return table;
}

}  // namespace dlrm
