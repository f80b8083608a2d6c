// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/slices/partition.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <type_traits>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dlrm {
namespace {

// Adds 1 to the class of every row for each edge that its value reaches. Few edges are compared all, which takes no
// branches.
template <class Values, class Edges>
void addEdgesReached(const Values& valueOf, const Edges& edges, std::span<std::uint16_t> out) {
    constexpr std::size_t kFew = 24;
    if (edges.size() > kFew) {
        for (std::size_t r = 0; r < out.size(); ++r)
            out[r] = static_cast<std::uint16_t>(
                out[r] + (std::upper_bound(edges.begin(), edges.end(), valueOf(r)) - edges.begin()));
        return;
    }
    for (const auto edge : edges)
        for (std::size_t r = 0; r < out.size(); ++r)
            out[r] = static_cast<std::uint16_t>(out[r] + (valueOf(r) >= edge ? 1 : 0));
}

// Of column `field` of the numericals.
auto numbersOfField(const SliceRows& rows, std::size_t field) {
    const float* const first = rows.rows.numerical.data() + field;
    return
        [first, stride = static_cast<std::size_t>(rows.rows.numericals)](std::size_t r) { return first[r * stride]; };
}

std::span<const std::int32_t> idsOfTable(const SliceRows& rows, std::size_t table) {
    return rows.rows.idsOf(static_cast<std::int64_t>(table));
}

// REQUIRES: `out` is 0.
struct ClassOf {
    const SliceRows& rows;
    std::span<std::uint16_t> out;

    void operator()(const IdEdges& key) const {
        const auto ids = idsOfTable(rows, key.table);
        addEdgesReached([ids](std::size_t r) { return ids[r]; }, key.edges, out);
    }
    void operator()(const NumberEdges& key) const {
        const auto number = numbersOfField(rows, key.field);
        addEdgesReached(number, key.edges, out);
        if (!key.missing) return;
        const float missing = *key.missing;
        for (std::size_t r = 0; r < out.size(); ++r)
            out[r] = static_cast<std::uint16_t>(number(r) == missing ? 0 : out[r] + 1);
    }
    void operator()(const NumberMissing& key) const {
        const auto number = numbersOfField(rows, key.field);
        for (std::size_t r = 0; r < out.size(); ++r) out[r] = number(r) == key.missing ? 1 : 0;
    }
    void operator()(const RowEdges& key) const {
        addEdgesReached([this](std::size_t r) { return rows.numbers[r]; }, key.edges, out);
    }
    void operator()(const UnknownFields& key) const {
        for (std::int64_t t = 0; t < rows.rows.tables; ++t) {
            const auto ids = rows.rows.idsOf(t);
            for (std::size_t r = 0; r < out.size(); ++r)
                out[r] = static_cast<std::uint16_t>(out[r] + (ids[r] < key.firstId ? 1 : 0));
        }
    }
    void operator()(const UntrainedFields& key) const {
        for (std::size_t t = 0; t < key.tables.size(); ++t) {
            const auto ids = idsOfTable(rows, t);
            for (std::size_t r = 0; r < out.size(); ++r)
                out[r] = static_cast<std::uint16_t>(out[r] + (key.tables[t]->contains(ids[r]) ? 1 : 0));
        }
    }
};

template <class T>
bool holds(SliceComparison comparison, T a, T b) {
    switch (comparison) {
        case SliceComparison::Equal:
            return a == b;
        case SliceComparison::NotEqual:
            return a != b;
        case SliceComparison::Less:
            return a < b;
        case SliceComparison::LessEqual:
            return a <= b;
        case SliceComparison::Greater:
            return a > b;
        case SliceComparison::GreaterEqual:
            return a >= b;
    }
    return false;
}

// Sets the class of rows that fail to 1.
struct Sift {
    const SliceRows& rows;
    std::span<std::uint16_t> out;

    template <class Passes>
    void each(const Passes& passes) const {
        for (std::size_t r = 0; r < out.size(); ++r) out[r] |= passes(r) ? 0 : 1;
    }
    void operator()(const IdTest& test) const {
        const auto ids = idsOfTable(rows, test.table);
        each([&](std::size_t r) {
            const std::int64_t id = ids[r];
            return test.inside == std::any_of(test.ranges.begin(), test.ranges.end(), [id](const RowRange& range) {
                       return id >= range.first && id <= range.last;
                   });
        });
    }
    void operator()(const NumberTest& test) const {
        const auto number = numbersOfField(rows, test.field);
        each([&](std::size_t r) {
            const float x = number(r);
            if (test.missing && x == *test.missing) return test.comparison == SliceComparison::NotEqual;
            return std::any_of(test.values.begin(), test.values.end(),
                               [&](float value) { return holds(test.comparison, x, value); });
        });
    }
    void operator()(const NumberMissingTest& test) const {
        const auto number = numbersOfField(rows, test.field);
        each([&](std::size_t r) { return (number(r) == test.missing) == test.inside; });
    }
    void operator()(const UntrainedIdTest& test) const {
        const auto ids = idsOfTable(rows, test.table);
        each([&](std::size_t r) { return test.rows->contains(ids[r]); });
    }
    void operator()(const CountTest& test) const {
        std::vector<std::uint16_t> counts(out.size());
        std::visit(ClassOf{rows, counts}, test.count);
        each([&](std::size_t r) { return holds<std::int64_t>(test.comparison, counts[r], test.number); });
    }
    void operator()(const RowTest& test) const {
        each([&](std::size_t r) { return rows.numbers[r] >= test.range.first && rows.numbers[r] <= test.range.last; });
    }
};

// Everything that decides the class of a row, as bytes.
class Digest {
public:
    Digest() { XXH3_64bits_reset(&m_state); }
    template <class T>
    requires std::is_trivially_copyable_v<T>
    void add(const T& value) { XXH3_64bits_update(&m_state, &value, sizeof(T)); }
    template <class T>
    void add(const std::vector<T>& values) {
        add(values.size());
        XXH3_64bits_update(&m_state, values.data(), values.size() * sizeof(T));
    }
    void add(const std::string& text) {
        add(text.size());
        XXH3_64bits_update(&m_state, text.data(), text.size());
    }
    void add(const std::optional<float>& value) {
        add(static_cast<std::uint8_t>(value.has_value()));
        if (value) add(*value);
    }
    void add(const UntrainedRows* rows) { add(rows->bits); }
    void add(const std::vector<const UntrainedRows*>& tables) {
        for (const UntrainedRows* rows : tables) add(rows);
    }
    void add(const RowClass& key) {
        add(key.index());
        std::visit(*this, key);
    }
    void add(const SliceTest& test) {
        add(test.index());
        std::visit(*this, test);
    }

    void operator()(const IdEdges& k) { add(k.table), add(k.edges); }
    void operator()(const NumberEdges& k) { add(k.field), add(k.edges), add(k.missing); }
    void operator()(const NumberMissing& k) { add(k.field), add(k.missing); }
    void operator()(const RowEdges& k) { add(k.edges); }
    void operator()(const UnknownFields& k) { add(k.firstId); }
    void operator()(const UntrainedFields& k) { add(k.tables); }
    void operator()(const IdTest& t) { add(t.table), add(t.ranges), add(t.inside); }
    void operator()(const NumberTest& t) { add(t.field), add(t.comparison), add(t.values), add(t.missing); }
    void operator()(const NumberMissingTest& t) { add(t.field), add(t.missing), add(t.inside); }
    void operator()(const UntrainedIdTest& t) { add(t.table), add(t.rows); }
    void operator()(const CountTest& t) { add(t.count), add(t.comparison), add(t.number); }
    void operator()(const RowTest& t) { add(t.range); }

    std::uint64_t value() const { return XXH3_64bits_digest(&m_state); }

private:
    XXH3_state_t m_state;
};

}  // namespace

SlicePartition::SlicePartition(std::string sentence, std::vector<SliceTest> tests)
    : m_sentences{std::move(sentence)}, m_tests(std::move(tests)), m_classes(2) {}

SlicePartition::SlicePartition(std::string group, std::vector<RowClass> keys,
                               std::vector<std::vector<std::string>> sentences)
    : m_group(std::move(group)), m_keys(std::move(keys)) {
    m_sentences = std::move(sentences.front());
    if (sentences.size() == 2) {
        std::vector<std::string> both;
        for (const std::string& first : m_sentences)
            for (const std::string& second : sentences[1]) both.push_back(first + " and " + second);
        m_second = sentences[1].size();
        m_sentences = std::move(both);
    }
    m_classes = m_sentences.size();
}

SlicePartition::SlicePartition(std::string group, std::vector<std::string> sentences, std::size_t classes,
                               std::uint64_t fingerprint)
    : m_group(std::move(group)), m_sentences(std::move(sentences)), m_classes(classes), m_told(fingerprint) {}

bool SlicePartition::looksAtRowNumbers() const {
    return std::any_of(m_tests.begin(), m_tests.end(),
                       [](const SliceTest& t) { return std::holds_alternative<RowTest>(t); }) ||
           std::any_of(m_keys.begin(), m_keys.end(),
                       [](const RowClass& k) { return std::holds_alternative<RowEdges>(k); });
}

bool SlicePartition::looksAtIds() const {
    return std::any_of(m_tests.begin(), m_tests.end(),
                       [](const SliceTest& t) {
                           return std::holds_alternative<IdTest>(t) || std::holds_alternative<UntrainedIdTest>(t) ||
                                  std::holds_alternative<CountTest>(t);
                       }) ||
           std::any_of(m_keys.begin(), m_keys.end(), [](const RowClass& k) {
               return std::holds_alternative<IdEdges>(k) || std::holds_alternative<UnknownFields>(k) ||
                      std::holds_alternative<UntrainedFields>(k);
           });
}

void SlicePartition::classify(const SliceRows& rows, std::span<std::uint16_t> out) const {
    std::fill(out.begin(), out.end(), std::uint16_t{0});
    if (m_keys.empty()) {
        for (const SliceTest& test : m_tests) std::visit(Sift{rows, out}, test);
        return;
    }
    std::visit(ClassOf{rows, out}, m_keys[0]);
    if (m_keys.size() == 1) return;
    std::vector<std::uint16_t> second(out.size());
    std::visit(ClassOf{rows, second}, m_keys[1]);
    for (std::size_t r = 0; r < out.size(); ++r) out[r] = static_cast<std::uint16_t>(out[r] * m_second + second[r]);
}

std::uint64_t SlicePartition::fingerprint() const {
    if (m_told) return *m_told;
    Digest digest;
    digest.add(m_group);
    for (const std::string& sentence : m_sentences) digest.add(sentence);
    for (const SliceTest& test : m_tests) digest.add(test);
    for (const RowClass& key : m_keys) digest.add(key);
    return digest.value();
}

}  // namespace dlrm
