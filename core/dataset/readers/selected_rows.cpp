// SPDX-License-Identifier: Apache-2.0
#include "core/dataset/readers/selected_rows.h"

#include <algorithm>
#include <mutex>
#include <random>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/preprocessing.h"

namespace dlrm {
namespace {

class SelectedRows final : public Dataset {
public:
    SelectedRows(std::shared_ptr<const Dataset> dataset, std::vector<RowRange> ranges, std::string what)
        : m_dataset(std::move(dataset)), m_ranges(std::move(ranges)), m_what(std::move(what)) {
        for (const RowRange& range : m_ranges) {
            m_starts.push_back(m_rows);
            m_rows += range.size();
        }
    }

    const DatasetSchema& schema() const override { return m_dataset->schema(); }
    std::int64_t rows() const override { return m_rows; }
    bool hasLabels() const override { return m_dataset->hasLabels(); }
    std::string path() const override { return m_dataset->path(); }
    std::string format() const override { return m_dataset->format(); }
    std::string profile() const override { return m_dataset->profile(); }
    const PreprocessingProfile* rawProfile() const override { return m_dataset->rawProfile(); }
    bool holdsRawCategories() const override { return m_dataset->holdsRawCategories(); }
    std::optional<UnknownValues> unknownValues() const override {
        std::call_once(m_lookedUp, [this] { m_unknown = lookUp(); });
        return m_unknown;
    }
    std::int64_t numberOf(std::int64_t row) const override { return m_dataset->numberOf(rowOf(row)); }
    Result<void> readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                std::stop_token stop) const override {
        std::vector<double> part;
        out.clear();
        return eachRange(first, count, [&](std::int64_t from, std::int64_t n, std::int64_t) -> Result<void> {
            DLRM_TRY(m_dataset->readRawNumbers(from, n, part, stop));
            out.insert(out.end(), part.begin(), part.end());
            return {};
        });
    }
    bool multiHot() const override { return m_dataset->multiHot(); }
    std::string split() const override { return m_dataset->split(); }
    std::vector<std::string> splits() const override { return m_dataset->splits(); }
    std::vector<std::string> notes() const override {
        std::vector<std::string> out = m_dataset->notes();
        if (const auto ofAll = m_dataset->unknownValues()) {  // these rows have a sentence of their own
            std::erase(out, ofAll->sentence());
            const auto own = unknownValues();
            if (std::string sentence = own ? own->sentence() : ""; !sentence.empty())
                out.insert(own->most() ? out.begin() : out.end(), std::move(sentence));
        }
        out.push_back(fmt::format("Only a part of the rows was looked at: {}.", m_what));
        return out;
    }
    std::string fileOfCategorical(std::size_t table) const override { return m_dataset->fileOfCategorical(table); }
    std::shared_ptr<const Dictionary> dictionary() const override { return m_dataset->dictionary(); }
    Result<std::optional<RawRow>> rawRow(std::int64_t row) const override { return m_dataset->rawRow(rowOf(row)); }
    Result<void> checkUnchanged() const override { return m_dataset->checkUnchanged(); }

    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override {
        Batch part;
        out.rows = 0;
        DLRM_TRY(eachRange(first, count, [&](std::int64_t from, std::int64_t n, std::int64_t done) -> Result<void> {
            DLRM_TRY(m_dataset->read(from, n, n == count ? out : part, stop));
            if (n < count) append(part, done, count, out);
            return {};
        }));
        out.firstRow = first;
        return {};
    }

private:
    // Calls read(from, n, done) for rows [from, from + n) of the dataset itself, which follow `done` others.
    template <class Read>
    Result<void> eachRange(std::int64_t first, std::int64_t count, const Read& read) const {
        for (std::int64_t done = 0; done < count;) {
            const std::size_t r = rangeOf(first + done);
            const std::int64_t inside = first + done - m_starts[r];
            const std::int64_t n = std::min(count - done, m_ranges[r].size() - inside);
            DLRM_TRY(read(m_ranges[r].first + inside, n, done));
            done += n;
        }
        return {};
    }

    std::size_t rangeOf(std::int64_t row) const {
        return static_cast<std::size_t>(std::upper_bound(m_starts.begin(), m_starts.end(), row) - m_starts.begin() - 1);
    }
    std::int64_t rowOf(std::int64_t row) const { return m_ranges[rangeOf(row)].first + row - m_starts[rangeOf(row)]; }

    // As whoever opened the data counted, but over these rows. Damaged ones are left to whoever reads them.
    std::optional<UnknownValues> lookUp() const {
        const std::optional<UnknownValues> ofAll = m_dataset->unknownValues();
        const std::shared_ptr<const Dictionary> dictionary = m_dataset->dictionary();
        if (!ofAll || !dictionary || format() != "criteo_tsv") return ofAll;  // others have no raw values any more
        UnknownValues out;
        out.rows = std::min(m_rows, kRowsLookedUp);
        out.allRows = out.rows == m_rows;
        out.chosen = true;
        for (std::int64_t row = 0; row < out.rows; ++row) {
            const auto raw = rawRow(row);
            if (!raw || !*raw) continue;
            for (std::size_t t = 0; t < (*raw)->categorical.size(); ++t)
                if (const auto hex = parseHexCategory((*raw)->categorical[t]))
                    out.add(t, schema().categoricalNames[t], (*raw)->categorical[t], numberOf(row),
                            dictionary->id(t, *hex) != 0);
        }
        return out;
    }

    // Rows `at` … of a batch of `count`.
    static void append(const Batch& part, std::int64_t at, std::int64_t count, Batch& out) {
        if (at == 0) {
            out.resize(count, part.numericals, part.tables, !part.labels.empty());
            if (!part.bags.empty()) {
                out.ids.clear();
                out.bags.resize(part.bags.size());
                for (Bags& bags : out.bags) bags = {{}, {0}};
            }
        }
        std::copy(part.numerical.begin(), part.numerical.end(), out.numerical.begin() + at * part.numericals);
        std::copy(part.labels.begin(), part.labels.end(), out.labels.begin() + (part.labels.empty() ? 0 : at));
        if (part.bags.empty())
            for (std::int64_t t = 0; t < part.tables; ++t)
                std::copy_n(part.ids.begin() + t * part.rows, part.rows, out.ids.begin() + t * count + at);
        for (std::size_t t = 0; t < part.bags.size(); ++t) {
            const Bags& from = part.bags[t];
            Bags& to = out.bags[t];
            const auto base = static_cast<std::int64_t>(to.ids.size());
            to.ids.insert(to.ids.end(), from.ids.begin(), from.ids.end());
            for (std::size_t i = 1; i < from.starts.size(); ++i) to.starts.push_back(base + from.starts[i]);
        }
    }

    std::shared_ptr<const Dataset> m_dataset;
    std::vector<RowRange> m_ranges;
    std::vector<std::int64_t> m_starts;  // of every range, in rows of this dataset
    std::int64_t m_rows = 0;
    std::string m_what;
    mutable std::once_flag m_lookedUp;
    mutable std::optional<UnknownValues> m_unknown;
};

}  // namespace

std::vector<RowRange> sampledRows(std::int64_t rows, std::int64_t count, std::uint64_t seed) {
    if (count >= rows) return {{0, rows - 1}};
    // Floyd's algorithm: one draw for each row that is taken. The generator's own words, so that every library draws
    // the same.
    std::mt19937_64 random(seed);
    const auto below = [&](std::int64_t n) {
        const auto bound = static_cast<std::uint64_t>(n);
        const std::uint64_t first = (std::uint64_t{0} - bound) % bound;  // words below it would favour some numbers
        std::uint64_t word = random();
        while (word < first) word = random();
        return static_cast<std::int64_t>(word % bound);
    };
    std::unordered_set<std::int64_t> taken;
    for (std::int64_t last = rows - count; last < rows; ++last)
        if (const std::int64_t row = below(last + 1); !taken.insert(row).second) taken.insert(last);
    std::vector<std::int64_t> sorted(taken.begin(), taken.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<RowRange> out;
    for (const std::int64_t row : sorted) {
        if (!out.empty() && out.back().last + 1 == row) out.back().last = row;
        else out.push_back({row, row});
    }
    return out;
}

std::shared_ptr<const Dataset> selectRows(std::shared_ptr<const Dataset> dataset, std::vector<RowRange> ranges,
                                          std::string what) {
    return std::make_shared<SelectedRows>(std::move(dataset), std::move(ranges), std::move(what));
}

}  // namespace dlrm
