// SPDX-License-Identifier: GPL-3.0-or-later
// SampleDesk: turning what people type or paste into input rows, with the preprocessing and the dictionary of the open dataset.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/dataset/preprocessing.h"
#include "core/dataset/reading.h"
#include "ui/session/desks/sample_desk.h"
#include "ui/session/session_state.h"
#include "ui/widgets/typed_numbers.h"

namespace dlrm::ui {
namespace {

constexpr std::size_t kMaxPastedLines = 100'000;

Error noDictionary(const std::string& field, const std::string& token) {
    return Error("E-SESSION-003", "A raw category cannot be looked up without the dictionary of the training data.")
        .inField(field)
        .butFound(token)
        .withRemedy("open the dataset together with its dictionary, or give the row of the table as id:NUMBER");
}

struct Lookup {
    std::int32_t id = 0;
    bool unknown = false;
};

// The row of table `index` a category token stands for.
Result<Lookup> lookUp(const Session::State& s, std::size_t index, const std::string& token) {
    const TableSpec& table = s.model->spec.tables[index];
    if (token.empty()) return Lookup{};
    if (token.rfind("id:", 0) == 0) {
        bool ok = false;
        const qlonglong id = withoutGroups(QString::fromStdString(token.substr(3))).toLongLong(&ok);
        if (!ok || id < 0 || id >= table.rows)
            return fail(Error("E-SESSION-004", "This table has no such row.")
                            .inField(table.name)
                            .butExpected("id:0 to id:" + std::to_string(table.rows - 1))
                            .butFound(token)
                            .withRemedy("type a row from id:0 to id:" + std::to_string(table.rows - 1)));
        return Lookup{static_cast<std::int32_t>(id), false};
    }
    const auto hex = parseHexCategory(token);
    if (!hex)
        return fail(Error("E-SESSION-005", "This is not a category value.")
                        .inField(table.name)
                        .butExpected("8 lower-case hexadecimal digits, id:NUMBER, or nothing for a missing value")
                        .butFound(token)
                        .withRemedy("type 8 lower-case hexadecimal digits, id:NUMBER, or nothing for a missing value"));
    if (!s.dictionary) return fail(noDictionary(table.name, token));
    const std::int32_t id = s.dictionary->id(index, *hex);
    if (id >= table.rows)
        return fail(Error("E-SESSION-006", "The dictionary knows more values than the table has rows.")
                        .inFile(s.dictionary->path())
                        .inField(table.name)
                        .butExpected("an id below " + std::to_string(table.rows))
                        .butFound(std::to_string(id))
                        .withRemedy("open the dictionary that belongs to this checkpoint"));
    return Lookup{id, id == 0};
}

Reading readingOf(const Session::State& s) {
    return s.settings.applied ? s.settings.applied->reading : s.data ? ownReading(*s.data) : Reading();
}

// Whether the session reads numbers otherwise than the dataset means them.
bool readsNumbersOtherwise(const Session::State& s) {
    return s.settings.applied && s.data && s.settings.applied->reading.numerical != ownReading(*s.data).numerical;
}

// What the model is fed for a numerical token in the session's reading; a missing number is 0 in each.
float fed(const Session::State& s, const std::string& token) {
    const auto raw = parseSparkInt(token);
    if (const PreprocessingProfile* profile = s.data ? s.data->rawProfile() : nullptr)
        return fedRaw(readingOf(s).numerical, *profile, raw ? *raw : std::numeric_limits<double>::quiet_NaN());
    if (!raw || !readsNumbersOtherwise(s)) return nvidiaSparkNumerical(token);
    const NumericalReading reading = s.settings.applied->reading.numerical;
    // A logarithm of stored numbers takes those for the raw ones, and a raw one is what was typed.
    auto value = static_cast<float>(*raw);
    if (reading != NumericalReading::Raw) reread(reading, {&value, 1}, {&value, 1});
    return value;
}

// The raw token that is fed as exactly this value; empty where none is found: it is then neither a logarithm of a whole number nor one
// itself.
std::string numericalToken(const Session::State& s, float value) {
    if (value == 0.0F || !std::isfinite(value)) return {};
    const double power = std::exp(static_cast<double>(value));
    for (const double near : {power - 3, power - 2, power - 1, static_cast<double>(value)}) {
        const double raw = std::round(near);
        if (!(std::abs(raw) < std::numeric_limits<std::int32_t>::max())) continue;
        if (std::string token = std::to_string(static_cast<std::int32_t>(raw)); fed(s, token) == value) return token;
    }
    return {};
}

// The row of a table that a category stands for in the session's reading.
Result<Lookup> shifted(const Session::State& s, std::size_t index, const std::string& token, Result<Lookup> found) {
    const int shift = readingOf(s).idShift;
    if (!found || shift == 0 || token.rfind("id:", 0) == 0) return found;  // id:N is a row of the table
    const std::int64_t id = found->id + shift, rows = s.model->spec.tables[index].rows;
    if (id < 0 || id >= rows)
        return fail(Error("E-SESSION-011", "In this reading of the data the value has no row in its table.")
                        .inField(s.model->spec.tables[index].name)
                        .butExpected("a row from 0 to " + std::to_string(rows - 1))
                        .butFound(std::to_string(id))
                        .withRemedy("type another value, or go back to the reading as opened on the Overview page"));
    found->id = static_cast<std::int32_t>(id);
    return found;
}

Result<void> checkNumerical(const std::string& field, const std::string& token) {
    if (!token.empty() && !parseSparkInt(token))
        return fail(Error("E-SESSION-007", "This is not a numerical value.")
                        .inField(field)
                        .butExpected("a whole number of 32 bits, or nothing for a missing value")
                        .butFound(token)
                        .withRemedy("type a whole number of 32 bits, or nothing for a missing value"));
    return {};
}

std::string numericalName(const Session::State& s, std::size_t index) {
    if (s.data && index < s.data->schema().numericalNames.size()) return s.data->schema().numericalNames[index];
    return "num_" + std::to_string(index);
}

// Takes what names rows of the tables out of a line of Criteo, which has no such fields: Copy writes them where no value is known.
std::vector<std::string> takeNamedRows(QString& line, std::size_t numericals, std::size_t categoricals) {
    std::vector<std::string> named(categoricals);
    QStringList fields = line.split(QLatin1Char('\t'));
    const auto first = fields.size() - static_cast<qsizetype>(categoricals);
    if (first < static_cast<qsizetype>(numericals)) return named;
    for (std::size_t t = 0; t < categoricals; ++t) {
        QString& field = fields[first + static_cast<qsizetype>(t)];
        if (!field.startsWith(QLatin1String("id:"))) continue;
        named[t] = field.toStdString();
        field.clear();
    }
    line = fields.join(QLatin1Char('\t'));
    return named;
}

Error outsideModel() { return Error("E-SESSION-008", "The open model has no such field.").withRemedy("open a checkpoint that has it"); }

}  // namespace

EditableRow SampleDesk::editable(const PredictedRow& row) const {
    const Session::State& s = state();
    EditableRow out;
    out.row = row.row;
    out.label = row.label;
    out.input = row.input;
    out.unknown.assign(row.input.ids.size(), false);
    if (row.raw) {
        out.raw = *row.raw;
        // A logarithm of stored numbers says that they were no logarithms: tokens that stand for them as such do not mean what is fed.
        for (std::size_t i = 0; readsNumbersOtherwise(s) && i < std::min(out.raw.numerical.size(), row.input.numerical.size()); ++i)
            if (fed(s, out.raw.numerical[i]) != row.input.numerical[i]) out.raw.numerical[i].clear();
    } else {
        // Where transformed numbers are read otherwise, their tokens cannot be told from what is fed.
        const bool known = !readsNumbersOtherwise(s) || s.data->holdsRawNumbers();
        for (const float x : row.input.numerical) out.raw.numerical.push_back(known ? numericalToken(s, x) : std::string());
        for (std::size_t t = 0; t < row.input.ids.size(); ++t)
            out.raw.categorical.push_back(session().hexOf(static_cast<int>(t), row.input.ids[t]).toStdString());
    }
    out.raw.numerical.resize(row.input.numerical.size());
    out.raw.categorical.resize(row.input.ids.size());
    for (std::size_t t = 0; t < out.unknown.size(); ++t)
        out.unknown[t] = s.dictionary && row.input.ids[t] == 0 && !out.raw.categorical[t].empty();
    return out;
}

Result<std::vector<EditableRow>> SampleDesk::parseLines(const QString& lines) const {
    const Session::State& s = state();
    if (!s.model) return fail(Error("E-SESSION-002", "There is no open checkpoint.").withRemedy("open a checkpoint first"));
    const auto numericals = static_cast<std::size_t>(s.model->spec.numericalFeatures);
    const std::size_t categoricals = s.model->spec.tables.size();
    std::vector<EditableRow> out;
    std::int64_t number = -1;
    for (QString line : lines.split(QLatin1Char('\n'))) {
        ++number;
        if (line.endsWith(QLatin1Char('\r'))) line.chop(1);
        if (number == 0 && line.startsWith(QChar(0xfeff))) line.remove(0, 1);
        if (line.isEmpty()) continue;
        if (out.size() == kMaxPastedLines)
            return fail(Error("E-SESSION-009", "Too many lines at once.")
                            .butExpected("at most 100,000 lines")
                            .withRemedy("save them as a file and open it as a dataset"));
        const std::vector<std::string> named = takeNamedRows(line, numericals, categoricals);
        const auto parsed = parseCriteoLine(line.toStdString(), numericals, categoricals, number);
        if (!parsed) return fail(parsed.error());
        EditableRow row;
        row.label = parsed->label;
        row.raw = parsed->raw;
        for (std::size_t i = 0; i < numericals; ++i) row.input.numerical.push_back(fed(s, row.raw.numerical[i]));
        for (std::size_t t = 0; t < categoricals; ++t) {
            const std::string& token = named[t].empty() ? row.raw.categorical[t] : named[t];
            auto found = shifted(s, t, token, lookUp(s, t, token));
            if (!found) {
                found.error().row = number;
                return fail(std::move(found.error()));
            }
            row.input.ids.push_back(found->id);
            row.unknown.push_back(found->unknown);
            if (!named[t].empty()) row.raw.categorical[t] = session().hexOf(static_cast<int>(t), found->id).toStdString();
        }
        out.push_back(std::move(row));
    }
    if (out.empty())
        return fail(Error("E-SESSION-010", "There is no line to read.")
                        .butExpected("lines of 39 or 40 tab-separated fields")
                        .withRemedy("copy whole lines of a Criteo file"));
    return out;
}

Result<EditableRow> SampleDesk::withNumerical(const EditableRow& row, int index, const QString& token) const {
    const auto i = static_cast<std::size_t>(index);
    if (index < 0 || i >= row.input.numerical.size()) return fail(outsideModel());
    const std::string typed = token.trimmed().toStdString();
    if (auto number = checkNumerical(numericalName(state(), i), typed); !number) return fail(std::move(number.error()));
    EditableRow out = row;
    out.input.numerical[i] = fed(state(), typed);
    out.raw.numerical[i] = typed;
    return out;
}

Result<EditableRow> SampleDesk::withCategorical(const EditableRow& row, int index, const QString& token) const {
    const Session::State& s = state();
    const auto t = static_cast<std::size_t>(index);
    if (!s.model || index < 0 || t >= row.input.ids.size() || t >= s.model->spec.tables.size()) return fail(outsideModel());
    const std::string typed = token.trimmed().toStdString();
    const auto found = shifted(s, t, typed, lookUp(s, t, typed));
    if (!found) return fail(found.error());
    EditableRow out = row;
    out.input.ids[t] = found->id;
    out.raw.categorical[t] = typed.rfind("id:", 0) == 0 ? session().hexOf(index, found->id).toStdString() : typed;
    out.unknown[t] = found->unknown;
    return out;
}

}  // namespace dlrm::ui
