// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/slices/compile.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr std::int32_t kSmallestCount = -2, kLargestCount = std::numeric_limits<std::int32_t>::max() - 3;

template <class T>
std::optional<T> numberIn(const SliceWord& word) {
    T out{};
    const char* const end = word.text.data() + word.text.size();
    const auto [stopped, error] = std::from_chars(word.text.data(), end, out);
    return error == std::errc() && stopped == end ? std::optional(out) : std::nullopt;
}

// 10^(digits - 1), the smallest id of so many digits.
std::int64_t smallestOf(std::int64_t digits) {
    std::int64_t out = 1;
    for (std::int64_t i = 1; i < digits; ++i) out *= 10;
    return out;
}

RowRange decadeOf(std::int64_t digits) {
    return digits == 0 ? RowRange{0, 0} : RowRange{smallestOf(digits), smallestOf(digits + 1) - 1};
}

struct SliceField {
    bool numerical = false;
    std::size_t place = 0;
};

class SliceCompiler {
public:
    SliceCompiler(const SliceText& text, const SliceFields& fields) : m_text(text), m_fields(fields) {}

    Result<SliceTest> test(const SliceTerm& term) const {
        using Kind = SliceTerm::Kind;
        switch (term.kind) {
            case Kind::Rows:
                return SliceTest{RowTest{term.range}};
            case Kind::UnknownFields: {
                DLRM_TRY(const auto count, unknownFields(term.what));
                return SliceTest{CountTest{count, term.comparison, term.number}};
            }
            case Kind::UntrainedFields: {
                DLRM_TRY(const auto count, untrainedFields(term.what));
                return SliceTest{CountTest{count, term.comparison, term.number}};
            }
            default:
                break;
        }
        DLRM_TRY(const auto field, fieldOf(term.field));
        if (term.kind == Kind::Missing || term.kind == Kind::Present)
            return missingTest(field, term.what, term.kind == Kind::Missing);
        if (field.numerical) {
            if (term.kind != Kind::Compare && term.kind != Kind::In)
                return fail(m_text.wrongType(term.what, "a comparison of a number"));
            return numberTest(field.place, term);
        }
        if (term.kind == Kind::Ids) return SliceTest{IdTest{field.place, {term.range}, true}};
        if (term.kind == Kind::Decade) return SliceTest{IdTest{field.place, {decadeOf(term.number)}, true}};
        if (term.kind == Kind::Untrained) {
            DLRM_TRY(const auto* rows, untrainedRows(field.place, term.what));
            return SliceTest{UntrainedIdTest{field.place, rows}};
        }
        return valueTest(field.place, term);
    }

    struct Classes {
        RowClass of;
        std::vector<std::string> sentences;
    };
    Result<Classes> classes(const SliceKey& key) const {
        using Kind = SliceKey::Kind;
        switch (key.kind) {
            case Kind::RowBlocks:
                return blocks(key.number);
            case Kind::UnknownFields: {
                DLRM_TRY(const auto count, unknownFields(key.what));
                return Classes{count, countSentences(key)};
            }
            case Kind::UntrainedFields: {
                DLRM_TRY(const auto count, untrainedFields(key.what));
                return Classes{count, countSentences(key)};
            }
            default:
                break;
        }
        DLRM_TRY(const auto field, fieldOf(key.field));
        const std::string name = fieldInSentence(key.field.text);
        if (key.kind == Kind::Missing) {
            if (!field.numerical) {
                DLRM_TRY(const auto first, firstId(key.what));
                return Classes{IdEdges{field.place, {first}}, {name + " missing", name + " present"}};
            }
            DLRM_TRY(const auto missing, missingNumber(key.what));
            return Classes{NumberMissing{field.place, missing}, {name + " present", name + " missing"}};
        }
        if (field.numerical != (key.kind == Kind::Quantiles))
            return fail(m_text.wrongType(key.what, field.numerical ? "\"quantiles\" or \"missing\" of a number"
                                                                   : "\"decade\", \"top\" or \"missing\" of a "
                                                                     "category"));
        if (field.numerical) return quantiles(field.place, name, static_cast<std::size_t>(key.number));
        return key.kind == Kind::Decade ? decades(field.place, name) : top(field.place, name, key.number);
    }

    Result<Classes> numberBins(std::size_t field) const {
        return quantiles(field, fieldInSentence(m_fields.numericals[field]), static_cast<std::size_t>(kFieldBins));
    }
    Classes categoryBins(std::size_t table) const {
        const std::int64_t first = m_fields.firstId, rows = m_fields.tableRows[table];
        std::vector<std::int32_t> edges;
        for (std::int64_t id = std::max<std::int64_t>(1, first); id <= first + kFieldBins && id < rows; ++id)
            edges.push_back(static_cast<std::int32_t>(id));
        for (std::int64_t digits = 1; smallestOf(digits) < rows; ++digits)
            if (smallestOf(digits) > first + kFieldBins) edges.push_back(static_cast<std::int32_t>(smallestOf(digits)));
        return idClasses(table, fieldInSentence(m_fields.categoricals[table]), std::move(edges));
    }

private:
    static constexpr std::int64_t kFieldBins = 8;

    Result<SliceField> fieldOf(const SliceWord& word) const {
        const auto placeIn = [&](const std::vector<std::string>& names) -> std::optional<std::size_t> {
            const auto found = std::find(names.begin(), names.end(), word.text);
            if (found == names.end()) return std::nullopt;
            return static_cast<std::size_t>(found - names.begin());
        };
        for (const auto* names : {&m_fields.numericals, &m_fields.otherNumericals})
            if (const auto place = placeIn(*names)) return SliceField{true, *place};
        for (const auto* names : {&m_fields.categoricals, &m_fields.otherCategoricals})
            if (const auto place = placeIn(*names)) return SliceField{false, *place};
        std::vector<std::string> all = m_fields.numericals;
        all.insert(all.end(), m_fields.categoricals.begin(), m_fields.categoricals.end());
        return fail(m_text.unknownField(word, all));
    }

    Result<float> missingNumber(const SliceWord& at) const {
        if (const auto missing = m_fields.missingNumber()) return *missing;
        return fail(m_text.cannotBeTold(at, "numbers of which a missing one is another than 0",
                                        "a preprocessing that feeds both alike",
                                        "Compare the field with a number instead."));
    }
    Result<std::int32_t> firstId(const SliceWord& at) const {
        if (m_fields.firstId > 0) return m_fields.firstId;
        return fail(m_text.cannotBeTold(at, "a preprocessing that has an id for missing values",
                                        "one whose ids are all values, or an unknown one",
                                        "Ask for ids, such as cat_3 id 0."));
    }
    Result<const UntrainedRows*> untrainedRows(std::size_t table, const SliceWord& at) const {
        const UntrainedRows* const rows = m_fields.untrained[table];
        if (rows->known()) return rows;
        return fail(m_text.cannotBeTold(at, "tables whose untrained rows can be told", rows->explanation,
                                        "Take the checkpoint in the precision that it was trained in."));
    }
    Result<RowClass> unknownFields(const SliceWord& at) const {
        DLRM_TRY(const auto first, firstId(at));
        return RowClass{UnknownFields{first}};
    }
    Result<RowClass> untrainedFields(const SliceWord& at) const {
        UntrainedFields out;
        for (std::size_t t = 0; t < m_fields.tableRows.size(); ++t) {
            DLRM_TRY(const auto* rows, untrainedRows(t, at));
            out.tables.push_back(rows);
        }
        return RowClass{std::move(out)};
    }

    Result<SliceTest> missingTest(const SliceField& field, const SliceWord& what, bool inside) const {
        if (field.numerical) {
            DLRM_TRY(const auto missing, missingNumber(what));
            return SliceTest{NumberMissingTest{field.place, missing, inside}};
        }
        DLRM_TRY(const auto first, firstId(what));
        return SliceTest{IdTest{field.place, {{0, first - 1}}, inside}};
    }

    Result<SliceTest> numberTest(std::size_t field, const SliceTerm& term) const {
        NumberTest out{field, term.comparison, {}, m_fields.missingNumber()};
        const bool any = term.kind == SliceTerm::Kind::In || term.comparison == SliceComparison::Equal;
        for (const SliceWord& value : term.values) {
            if (m_fields.feed) {
                const auto count = numberIn<std::int32_t>(value);
                if (!count)
                    return fail(m_text.wrongType(value, fmt::format("a whole number, as {} is one", term.field.text)));
                // Beyond what is fed in order, larger and smaller are those of the ends.
                out.values.push_back(m_fields.feed(any ? *count : std::clamp(*count, kSmallestCount, kLargestCount)));
            } else {
                const auto stored = numberIn<float>(value);
                if (!stored) return fail(m_text.wrongType(value, "a number as it is stored"));
                out.values.push_back(*stored);
            }
            const bool same = any || term.comparison == SliceComparison::NotEqual;
            if (same && out.missing && out.values.back() == *out.missing)
                return fail(m_text.wrongType(value, fmt::format("a number that is not fed as a missing one is; for "
                                                                "those: {} missing",
                                                                fieldInSentence(term.field.text))));
        }
        return SliceTest{std::move(out)};
    }

    Result<SliceTest> valueTest(std::size_t table, const SliceTerm& term) const {
        constexpr std::size_t kDigits = 8;
        const std::string byId = fmt::format("{} id 5", fieldInSentence(term.field.text));
        const bool equal = term.kind == SliceTerm::Kind::In || term.comparison == SliceComparison::Equal;
        if (!equal && term.comparison != SliceComparison::NotEqual)
            return fail(m_text.wrongType(term.what, fmt::format("= or != of a category, or its ids: {}", byId)));
        IdTest out{table, {}, equal};
        for (const SliceWord& value : term.values) {
            std::uint32_t hex = 0;
            const char* const end = value.text.data() + value.text.size();
            const auto [stopped, error] = std::from_chars(value.text.data(), end, hex, 16);
            if (value.text.size() != kDigits || error != std::errc() || stopped != end)
                return fail(m_text.wrongType(
                    value, fmt::format("a value of 8 hexadecimal digits such as a73ee510, or an id: {}", byId)));
            if (!m_fields.idOf)
                return fail(
                    m_text.cannotBeTold(value, "a dictionary, which tells the id of a value", "none",
                                        fmt::format("Name the folder of dictionaries, or ask for an id: {}.", byId)));
            const std::int32_t id = m_fields.idOf(table, hex);
            if (id == 0)
                return fail(m_text.cannotBeTold(
                    value, "a value that the dictionary has", "none: it has no id of its own",
                    fmt::format("Ask for all values without an id: {} missing.", fieldInSentence(term.field.text))));
            out.ranges.push_back({id, id});
        }
        std::sort(out.ranges.begin(), out.ranges.end(),
                  [](const RowRange& a, const RowRange& b) { return a.first < b.first; });
        return SliceTest{std::move(out)};
    }

    std::vector<std::string> countSentences(const SliceKey& key) const {
        std::vector<std::string> out;
        for (std::size_t n = 0; n <= m_fields.tableRows.size(); ++n)
            out.push_back(fmt::format("{} = {}", key.what.text, n));
        return out;
    }

    Classes blocks(std::int64_t asked) const {
        const std::int64_t rows = std::max<std::int64_t>(1, m_fields.rows), count = std::min(asked, rows);
        const auto firstOf = [&](std::int64_t block) {
            return static_cast<std::int64_t>((static_cast<__int128>(block) * rows + count - 1) / count);
        };
        RowEdges out;
        std::vector<std::string> sentences;
        for (std::int64_t b = 0; b < count; ++b) {
            if (b > 0) out.edges.push_back(firstOf(b));
            sentences.push_back("row " + rangeInSentence({firstOf(b), firstOf(b + 1) - 1}));
        }
        return {std::move(out), std::move(sentences)};
    }

    // Ids from `first` on are told apart by `edges`, those below are missing.
    Classes idClasses(std::size_t table, const std::string& name, std::vector<std::int32_t> edges) const {
        std::vector<std::string> sentences;
        std::int64_t first = 0;
        const auto close = [&](std::int64_t next) {
            const bool missing = first == 0 && next == m_fields.firstId;
            sentences.push_back(missing ? name + " missing" : name + " id " + rangeInSentence({first, next - 1}));
            first = next;
        };
        for (const std::int32_t edge : edges) close(edge);
        close(std::max(first + 1, m_fields.tableRows[table]));
        return {IdEdges{table, std::move(edges)}, std::move(sentences)};
    }

    Classes decades(std::size_t table, const std::string& name) const {
        std::vector<std::int32_t> edges;
        for (std::int64_t digits = 1; smallestOf(digits) < m_fields.tableRows[table]; ++digits)
            edges.push_back(static_cast<std::int32_t>(smallestOf(digits)));
        return idClasses(table, name, std::move(edges));
    }

    Classes top(std::size_t table, const std::string& name, std::int64_t count) const {
        std::vector<std::int32_t> edges;
        for (std::int64_t id = m_fields.firstId; id <= m_fields.firstId + count && id < m_fields.tableRows[table]; ++id)
            if (id > 0) edges.push_back(static_cast<std::int32_t>(id));
        return idClasses(table, name, std::move(edges));
    }

    Result<Classes> quantiles(std::size_t field, const std::string& name, std::size_t count) const {
        DLRM_TRY(const auto numbers, m_fields.sortedNumbers(field));
        NumberEdges out{field, {}, m_fields.missingNumber()};
        std::vector<std::string> edges, sentences;  // as they are typed
        for (std::size_t q = 1; q < count && !numbers.empty(); ++q) {
            float edge = numbers[q * numbers.size() / count];
            std::string typed = fmt::format("{}", edge);
            if (m_fields.feed) {
                const std::int32_t whole = m_fields.wholeNumberFedAs(edge);
                edge = m_fields.feed(whole);
                typed = fmt::format("{}", whole);
            }
            if (edge <= numbers.front() || (!out.edges.empty() && edge <= out.edges.back())) continue;
            out.edges.push_back(edge);
            edges.push_back(std::move(typed));
        }
        if (out.missing) sentences.push_back(name + " missing");
        if (edges.empty()) {
            sentences.push_back(out.missing ? name + " present" : name + " >= -2147483648");
        } else {
            sentences.push_back(fmt::format("{} < {}", name, edges.front()));
            for (std::size_t e = 1; e < edges.size(); ++e)
                sentences.push_back(fmt::format("{0} >= {1} and {0} < {2}", name, edges[e - 1], edges[e]));
            sentences.push_back(fmt::format("{} >= {}", name, edges.back()));
        }
        return Classes{std::move(out), std::move(sentences)};
    }

    const SliceText& m_text;
    const SliceFields& m_fields;
};

}  // namespace

std::optional<float> SliceFields::missingNumber() const {
    if (!feed) return zeroIsMissing ? std::optional(0.0f) : std::nullopt;
    const float missing = feed(std::nullopt);
    return std::isnan(missing) || feed(0) == missing ? std::nullopt : std::optional(missing);
}

std::int32_t SliceFields::wholeNumberFedAs(float fed) const {
    std::int64_t low = kSmallestCount, high = kLargestCount;  // feed() rises between them
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        if (feed(static_cast<std::int32_t>(middle)) >= fed) high = middle;
        else low = middle + 1;
    }
    return static_cast<std::int32_t>(low);
}

Result<std::shared_ptr<const SlicePartition>> compileSlice(const SliceExpression& slice, const SliceFields& fields) {
    const SliceCompiler compiler(slice.text, fields);
    std::vector<SliceTest> tests;
    for (const SliceTerm& term : slice.terms) {
        DLRM_TRY(auto test, compiler.test(term));
        tests.push_back(std::move(test));
    }
    return std::make_shared<const SlicePartition>(sentenceOf(slice), std::move(tests));
}

Result<std::shared_ptr<const SlicePartition>> compileSliceGroup(const SliceGroup& group, const SliceFields& fields) {
    const SliceCompiler compiler(group.text, fields);
    std::vector<RowClass> keys;
    std::vector<std::vector<std::string>> sentences;
    std::size_t slices = 1;
    for (const SliceKey& key : group.keys) {
        DLRM_TRY(auto classes, compiler.classes(key));
        slices *= classes.sentences.size();
        keys.push_back(std::move(classes.of));
        sentences.push_back(std::move(classes.sentences));
    }
    if (slices > kMostSlices) return fail(tooManySlices(kMostSlices, slices));
    return std::make_shared<const SlicePartition>(sentenceOf(group), std::move(keys), std::move(sentences));
}

Result<std::vector<std::shared_ptr<const SlicePartition>>> compileBins(const SliceFields& fields) {
    const SliceText noText("");
    const SliceCompiler compiler(noText, fields);
    std::vector<std::shared_ptr<const SlicePartition>> out;
    const auto add = [&](const std::string& name, SliceCompiler::Classes classes) {
        out.push_back(std::make_shared<const SlicePartition>(
            name + " bins", std::vector<RowClass>{std::move(classes.of)},
            std::vector<std::vector<std::string>>{std::move(classes.sentences)}));
    };
    for (std::size_t f = 0; f < fields.numericals.size(); ++f) {
        DLRM_TRY(auto classes, compiler.numberBins(f));
        add(fields.numericals[f], std::move(classes));
    }
    for (std::size_t t = 0; t < fields.categoricals.size(); ++t) add(fields.categoricals[t], compiler.categoryBins(t));
    return out;
}

}  // namespace dlrm
