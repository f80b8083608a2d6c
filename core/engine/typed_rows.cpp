// SPDX-License-Identifier: Apache-2.0
#include "core/engine/typed_rows.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "core/dataset/preprocessing.h"
#include "core/dataset/preprocessing_profile.h"

namespace dlrm {
namespace {

constexpr std::size_t kMaxPastedLines = 100'000;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Error noDictionary(const std::string& field, const std::string& token) {
    return Error("E-SESSION-003", "A raw category cannot be looked up without the dictionary of the training data.")
        .inField(field)
        .butExpected("id:NUMBER, or a dictionary that knows the value")
        .butFound(token)
        .withRemedy("Open the dataset together with its dictionary, or give the row of the table as id:NUMBER.");
}

Error outsideModel() {
    return Error("E-SESSION-008", "The open model has no such field.").withRemedy("Open a checkpoint that has it.");
}

}  // namespace

std::string lineOfTokens(const EditableRow& row) {
    std::string line = row.label ? std::to_string(*row.label) + '\t' : std::string();
    for (std::size_t i = 0; i < row.input.numerical.size(); ++i) {
        const std::string token = i < row.raw.numerical.size() ? row.raw.numerical[i] : std::string();
        const float value = row.input.numerical[i];
        line += (token.empty() && value != 0.0F ? fedToken(value) : token) + '\t';
    }
    for (std::size_t t = 0; t < row.input.ids.size(); ++t) {
        const std::string token = t < row.raw.categorical.size() ? row.raw.categorical[t] : std::string();
        const std::int32_t id = row.input.ids[t];
        line += (token.empty() && id != 0 ? rowToken(id) : token) + '\t';
    }
    if (!line.empty()) line.pop_back();
    return line;
}

// Whether numbers are read otherwise than the dataset means them.
bool TypedRows::readsNumbersOtherwise() const {
    return m_reading && m_data && m_reading->numerical != ownReading(*m_data).numerical;
}

// What the dataset itself transforms raw numbers by, or was transformed by.
const PreprocessingProfile& TypedRows::ownProfile() const {
    if (!m_data) return nvidiaSparkProfile();
    return m_data->holdsRawNumbers() ? *m_data->rawProfile() : recordedPreprocessing(*m_data);
}

bool TypedRows::takesRawNumbers() const { return readsNumbersOtherwise() || !ownProfile().needsStatistics; }

Result<void> TypedRows::checkNumerical(const std::string& field, const std::string& token) const {
    if (token.empty() || fedNumber(token)) return {};
    if (!parseSparkInt(token))
        return fail(Error("E-SESSION-007", "This is not a numerical value.")
                        .inField(field)
                        .butExpected("a whole number of 32 bits, fed:NUMBER, or nothing for a missing value")
                        .butFound(token)
                        .withRemedy("Type a whole number of 32 bits, fed:NUMBER for what the model is fed, or nothing "
                                    "for a missing value."));
    if (takesRawNumbers()) return {};
    return fail(Error("E-SESSION-012", "A raw number cannot be transformed as the training data's were.")
                    .inField(field)
                    .butExpected(&ownProfile() == &unknownProfile()
                                     ? "data that say their preprocessing"
                                     : "statistics of the training data, which no file holds")
                    .butFound(token)
                    .withRemedy("Leave the number as it is stored, type what the model is fed as fed:NUMBER, or leave "
                                "it out for a missing value."));
}

float TypedRows::fed(const std::string& token) const {
    if (const auto value = fedNumber(token)) return *value;
    const auto raw = parseSparkInt(token);
    if (const PreprocessingProfile* profile = m_data ? m_data->rawProfile() : nullptr)
        return fedRaw((m_reading ? *m_reading : ownReading(*m_data)).numerical, *profile,
                      raw ? *raw : std::numeric_limits<double>::quiet_NaN());
    if (!readsNumbersOtherwise()) {
        const PreprocessingProfile& own = ownProfile();
        return own.needsStatistics ? 0.0F : transformed(own, raw);
    }
    if (!raw) return 0.0F;
    // A logarithm of stored numbers takes those for the raw ones, and a raw one is what was typed.
    auto value = static_cast<float>(*raw);
    if (m_reading->numerical != NumericalReading::Raw) reread(m_reading->numerical, {&value, 1}, {&value, 1});
    return value;
}

// Of the profile: an argument of the logarithm that is 0 or less, or beyond 32 bits where those wrap, gives none; what
// lies below the lowest number is raised to it.
WholeNumbers TypedRows::taken() const {
    constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();
    constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
    if (!readsNumbersOtherwise()) {
        const PreprocessingProfile& own = ownProfile();
        return own.wraps ? WholeNumbers{1 - own.shift, kMost - own.shift} : WholeNumbers{own.lowest, kMost};
    }
    switch (m_reading->numerical) {
        case NumericalReading::LnPlus3:
            return {-2, kMost};
        case NumericalReading::LnPlus2:
            return {-1, kMost};
        case NumericalReading::LnPlus1:
            return {0, kMost};
        case NumericalReading::AlreadyLogged:
        case NumericalReading::Raw:
            break;
    }
    return {kLeast, kMost};
}

bool TypedRows::fedAsMissing(const std::string& token) const {
    const auto raw = parseSparkInt(token);
    const WholeNumbers fed = taken();
    return raw && (*raw < fed.first || *raw > fed.last);
}

// The raw token that is fed as exactly this value; empty where none is found: it is then neither a logarithm of a whole
// number nor one itself.
std::string TypedRows::numericalToken(float value) const {
    if (value == 0.0F || !std::isfinite(value)) return {};
    const double power = std::exp(static_cast<double>(value));
    for (const double near : {power - 3, power - 2, power - 1, static_cast<double>(value)}) {
        const double raw = std::round(near);
        if (!(std::abs(raw) < std::numeric_limits<std::int32_t>::max())) continue;
        if (std::string token = std::to_string(static_cast<std::int32_t>(raw)); fed(token) == value) return token;
    }
    return {};
}

std::string TypedRows::tokenOf(float value) const {
    // Where transformed numbers are read otherwise, their tokens cannot be told from what is fed.
    const bool known = !readsNumbersOtherwise() || m_data->holdsRawNumbers();
    return known ? numericalToken(value) : std::string();
}

std::string TypedRows::numericalName(std::size_t index) const {
    if (m_data && index < m_data->schema().numericalNames.size()) return m_data->schema().numericalNames[index];
    return "num_" + std::to_string(index);
}

// The row of a table that a category stands for as the dictionary numbers it.
Result<TypedRows::Found> TypedRows::lookUp(std::size_t index, const std::string& token) const {
    const TableSpec& table = m_spec->tables[index];
    if (token.empty()) return Found{};
    if (namesRow(token)) {
        const auto id = rowNumber(token);
        if (!id || *id < 0 || *id >= table.rows)
            return fail(Error("E-SESSION-004", "This table has no such row.")
                            .inField(table.name)
                            .butExpected("id:0 to id:" + std::to_string(table.rows - 1))
                            .butFound(token)
                            .withRemedy("Type a row from id:0 to id:" + std::to_string(table.rows - 1) + "."));
        return Found{static_cast<std::int32_t>(*id), false};
    }
    const auto hex = parseHexCategory(token);
    if (!hex)
        return fail(
            Error("E-SESSION-005", "This is not a category value.")
                .inField(table.name)
                .butExpected("8 lower-case hexadecimal digits, id:NUMBER, or nothing for a missing value")
                .butFound(token)
                .withRemedy("Type 8 lower-case hexadecimal digits, id:NUMBER, or nothing for a missing value."));
    if (!m_dictionary) return fail(noDictionary(table.name, token));
    const std::int32_t id = m_dictionary->id(index, *hex);
    if (id >= table.rows)
        return fail(Error("E-SESSION-006", "The dictionary knows more values than the table has rows.")
                        .inFile(m_dictionary->path())
                        .inField(table.name)
                        .butExpected("an id below " + std::to_string(table.rows))
                        .butFound(std::to_string(id))
                        .withRemedy("Open the dictionary that belongs to this checkpoint."));
    return Found{id, id == 0};
}

// The same in the reading in force.
Result<TypedRows::Found> TypedRows::inTable(std::size_t index, const std::string& token) const {
    auto found = lookUp(index, token);
    const int shift = dictionaryShift();
    if (!found || shift == 0 || namesRow(token)) return found;  // id:N is a row of the table
    const std::int64_t id = found->id + shift, rows = m_spec->tables[index].rows;
    if (id < 0 || id >= rows)
        return fail(Error("E-SESSION-011", "In this reading of the data the value has no row in its table.")
                        .inField(m_spec->tables[index].name)
                        .butExpected("a row from 0 to " + std::to_string(rows - 1))
                        .butFound(std::to_string(id))
                        .withRemedy("Type another value, or go back to the reading as opened on the Overview page."));
    found->id = static_cast<std::int32_t>(id);
    return found;
}

EditableRow TypedRows::editable(const PredictedRow& row) const {
    EditableRow out;
    out.row = row.row;
    out.label = row.label;
    out.input = row.input;
    out.unknown.assign(row.input.ids.size(), false);
    if (row.raw) {
        out.raw = *row.raw;
        // A logarithm of stored numbers says that they were no logarithms: tokens that stand for them as such do not
        // mean what is fed. That raw numbers are fed says what those are.
        for (std::size_t i = 0;
             readsNumbersOtherwise() && i < std::min(out.raw.numerical.size(), row.input.numerical.size()); ++i) {
            const float value = row.input.numerical[i];
            if (fed(out.raw.numerical[i]) == value) continue;
            const bool rawIsFed = m_reading->numerical == NumericalReading::Raw;
            out.raw.numerical[i] = rawIsFed ? numericalToken(value) : std::string();
        }
    } else {
        for (const float x : row.input.numerical) out.raw.numerical.push_back(tokenOf(x));
    }
    for (std::size_t t = out.raw.categorical.size(); t < row.input.ids.size(); ++t)
        out.raw.categorical.push_back(hexOf(static_cast<int>(t), row.input.ids[t]));
    out.raw.numerical.resize(row.input.numerical.size());
    for (const std::string& token : out.raw.numerical) out.asMissing.push_back(fedAsMissing(token));
    for (std::size_t t = 0; t < out.unknown.size(); ++t)
        out.unknown[t] = m_dictionary && row.input.ids[t] == 0 && !out.raw.categorical[t].empty();
    const bool valuesKnown = row.raw && row.raw->valuesAsRead;
    for (std::size_t t = 0; t < row.input.ids.size(); ++t)
        out.onlyId0.push_back(row.input.ids[t] == 0 && out.raw.categorical[t].empty() && !valuesKnown);
    return out;
}

Result<std::vector<EditableRow>> TypedRows::parseLines(std::string_view text) const {
    const auto numericals = static_cast<std::size_t>(m_spec->numericalFeatures);
    const std::size_t categoricals = m_spec->tables.size();
    std::vector<EditableRow> out;
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    std::int64_t number = -1;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (out.size() == kMaxPastedLines)
            return fail(Error("E-SESSION-009", "Too many lines at once.")
                            .butExpected("at most 100,000 lines")
                            .withRemedy("Save them as a file and open it as a dataset."));
        DLRM_TRY(const auto parsed,
                 parseCriteoLine(line, numericals, categoricals, number, TextNumbers::Strict, NamedFields::Take));
        EditableRow row;
        row.label = parsed.label;
        row.raw = parsed.raw;
        for (std::size_t i = 0; i < numericals; ++i) {
            std::string& token = row.raw.numerical[i];
            if (!parsed.fed[i].empty()) token = parsed.fed[i];
            if (auto taken = checkNumerical(numericalName(i), token); !taken) {
                taken.error().row = number;
                return fail(std::move(taken).error());
            }
            row.input.numerical.push_back(fed(token));
            row.asMissing.push_back(fedAsMissing(token));
        }
        for (std::size_t t = 0; t < categoricals; ++t) {
            auto found = inTable(t, parsed.rows[t].empty() ? row.raw.categorical[t] : parsed.rows[t]);
            if (!found) {
                found.error().row = number;
                return fail(std::move(found.error()));
            }
            row.input.ids.push_back(found->id);
            row.unknown.push_back(found->unknown);
            if (!parsed.rows[t].empty()) row.raw.categorical[t] = hexOf(static_cast<int>(t), found->id);
            row.onlyId0.push_back(!parsed.rows[t].empty() && found->id == 0 && row.raw.categorical[t].empty());
        }
        out.push_back(std::move(row));
    }
    if (out.empty())
        return fail(Error("E-SESSION-010", "There is no line to read.")
                        .butExpected("lines of " + std::to_string(numericals + categoricals) + " or " +
                                     std::to_string(numericals + categoricals + 1) + " tab-separated fields")
                        .withRemedy("Copy whole lines of a Criteo file."));
    return out;
}

// Whether the token is taken, and exactly this is fed for it.
bool TypedRows::standsFor(const std::string& token, float value) const {
    return checkNumerical({}, token) && std::bit_cast<std::uint32_t>(fed(token)) == std::bit_cast<std::uint32_t>(value);
}

std::string TypedRows::exactToken(float value) const {
    std::string token = tokenOf(value);
    return standsFor(token, value) ? token : fedToken(value);
}

std::optional<double> TypedRows::typedFor(float value) const {
    if (!takesRawNumbers()) return static_cast<double>(value);
    const std::string token = tokenOf(value);
    if (token.empty() && value == 0 && fed("0") == 0) return 0;  // as a missing one is
    double number = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
    return error == std::errc() && end != token.data() ? std::optional(number) : std::nullopt;
}

std::string TypedRows::lineOf(const EditableRow& row) const {
    EditableRow exact = row;
    exact.raw.numerical.resize(row.input.numerical.size());
    exact.raw.categorical.resize(row.input.ids.size());
    for (std::size_t i = 0; i < row.input.numerical.size(); ++i)
        if (!standsFor(exact.raw.numerical[i], row.input.numerical[i]))
            exact.raw.numerical[i] = fedToken(row.input.numerical[i]);
    for (std::size_t t = 0; t < row.input.ids.size(); ++t)
        if (const auto found = inTable(t, exact.raw.categorical[t]); !found || found->id != row.input.ids[t])
            exact.raw.categorical[t] = rowToken(row.input.ids[t]);
    return lineOfTokens(exact);
}

Result<void> TypedRows::setNumerical(EditableRow& row, int index, const std::string& token) const {
    const auto i = static_cast<std::size_t>(index);
    if (index < 0 || i >= row.input.numerical.size()) return fail(outsideModel());
    DLRM_TRY(checkNumerical(numericalName(i), token));
    row.input.numerical[i] = fed(token);
    row.raw.numerical[i] = token;
    row.asMissing.resize(row.input.numerical.size());
    row.asMissing[i] = fedAsMissing(token);
    return {};
}

Result<void> TypedRows::setCategorical(EditableRow& row, int index, const std::string& token) const {
    const auto t = static_cast<std::size_t>(index);
    if (!m_spec || index < 0 || t >= row.input.ids.size() || t >= m_spec->tables.size()) return fail(outsideModel());
    DLRM_TRY(const auto found, inTable(t, token));
    row.input.ids[t] = found.id;
    row.raw.categorical[t] = namesRow(token) ? hexOf(index, found.id) : token;
    row.unknown[t] = found.unknown;
    row.onlyId0.resize(row.input.ids.size());
    row.onlyId0[t] = namesRow(token) && found.id == 0 && row.raw.categorical[t].empty();
    return {};
}

Result<EditableRow> TypedRows::withNumerical(const EditableRow& row, int index, const std::string& token) const {
    EditableRow out = row;
    DLRM_TRY(setNumerical(out, index, token));
    return out;
}

Result<EditableRow> TypedRows::withCategorical(const EditableRow& row, int index, const std::string& token) const {
    EditableRow out = row;
    DLRM_TRY(setCategorical(out, index, token));
    return out;
}

EditableRow TypedRows::carriedOver(const EditableRow& edited, const EditableRow& before, const EditableRow& now) const {
    EditableRow out = now;
    out.asMissing.resize(now.input.numerical.size());
    for (std::size_t i = 0; i < out.input.numerical.size(); ++i) {
        // To the bit: NaN is fed as it was typed.
        const bool same = std::bit_cast<std::uint32_t>(edited.input.numerical[i]) ==
                          std::bit_cast<std::uint32_t>(before.input.numerical[i]);
        if (same && edited.raw.numerical[i] == before.raw.numerical[i]) continue;
        out.input.numerical[i] = edited.input.numerical[i];
        out.raw.numerical[i] = edited.raw.numerical[i];
        out.asMissing[i] = i < edited.asMissing.size() && edited.asMissing[i];
    }
    for (std::size_t t = 0; t < out.input.ids.size(); ++t) {
        const std::string& value = edited.raw.categorical[t];
        if (edited.input.ids[t] == before.input.ids[t] && value == before.raw.categorical[t]) continue;
        const auto index = static_cast<int>(t);
        const std::string asRow = rowToken(edited.input.ids[t]);
        // Rows that hold ids keep the row that was looked at; where values are what is held, or none was found, the
        // value stays.
        const bool byValue = !value.empty() && (!m_data || m_data->holdsRawCategories() || edited.unknown[t]);
        auto changed = withCategorical(out, index, byValue ? value : asRow);
        if (!changed) changed = withCategorical(out, index, asRow);
        if (changed) out = *std::move(changed);
    }
    return out;
}

EditableRow TypedRows::retold(const EditableRow& row) const {
    EditableRow out = row;
    out.onlyId0.resize(row.input.ids.size());
    for (std::size_t t = 0; t < out.input.ids.size(); ++t) {
        out.raw.categorical[t] = hexOf(static_cast<int>(t), out.input.ids[t]);
        out.unknown[t] = false;
        out.onlyId0[t] = out.input.ids[t] == 0 && out.raw.categorical[t].empty();
    }
    return out;
}

int TypedRows::dictionaryShift() const {
    return m_reading && m_data && m_data->holdsRawCategories() ? m_reading->idShift : 0;
}

std::string TypedRows::hexOf(int table, std::int64_t id) const {
    if (!m_dictionary || table < 0 || static_cast<std::size_t>(table) >= m_dictionary->features()) return {};
    const auto value = m_dictionary->hexValue(static_cast<std::size_t>(table), id - dictionaryShift());
    return value ? formatHex(*value) : std::string();
}

std::optional<std::int64_t> TypedRows::rowOfValue(int table, std::string_view hex) const {
    constexpr std::size_t kDigits = 8;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    const bool isHex = error == std::errc() && end == hex.data() + hex.size() && hex.size() == kDigits;
    if (!isHex || !m_dictionary || !m_spec || table < 0 || static_cast<std::size_t>(table) >= m_dictionary->features())
        return {};
    const std::int64_t id = m_dictionary->id(static_cast<std::size_t>(table), value);
    if (id == 0) return {};
    const std::int64_t row = id + dictionaryShift();
    const bool inside = static_cast<std::size_t>(table) < m_spec->tables.size() && row >= 0 &&
                        row < m_spec->tables[static_cast<std::size_t>(table)].rows;
    return inside ? std::optional(row) : std::nullopt;
}

Result<void> requireFinite(const std::string& field, const std::string& token) {
    const auto fed = fedNumber(token);
    if (!fed || std::isfinite(*fed)) return {};
    return fail(Error("E-SESSION-013", "No prediction comes from a number that is not finite.")
                    .inField(field)
                    .butExpected("fed:NUMBER, a finite one")
                    .butFound(token)
                    .withRemedy("Feed a finite number, or leave the value out where it is missing."));
}

}  // namespace dlrm
