// SPDX-License-Identifier: Apache-2.0
#include "core/report/interactions_report.h"

#include <cmath>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/report/hdf5_image.h"
#include "core/report/json.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

struct PairFigure {
    const char* key;
    const char* meaning;
    double InteractionPair::*value;
};
constexpr PairFigure kPairFigures[] = {
    {"mean", "mean of the product", &InteractionPair::mean},
    {"std", "standard deviation of the product", &InteractionPair::std},
    {"effect_size", "clicked less not clicked, by the pooled standard deviation", &InteractionPair::effectSize},
    {"effect_low", "lower end of its 95 % interval", &InteractionPair::effectLow},
    {"effect_high", "upper end of its 95 % interval", &InteractionPair::effectHigh},
    {"attribution", "mean of what the pair adds to the logit", &InteractionPair::attribution},
    {"share", "share of the sizes of all attributions", &InteractionPair::share},
};

struct ComparedFigure {
    const char* key;
    const char* meaning;
    double ComparedPair::*value;
};
constexpr ComparedFigure kComparedFigures[] = {
    {"mean", "mean of the product in the slice", &ComparedPair::mean},
    {"against", "mean of the product in the slice it is compared with", &ComparedPair::against},
    {"difference", "mean less against", &ComparedPair::difference},
    {"difference_se", "standard error of the difference", &ComparedPair::differenceSe},
    {"effect_size", "difference by the pooled standard deviation", &ComparedPair::effectSize},
};

std::vector<ComparedPair> comparedPairsOf(const Interactions& found) {
    return comparedPairs(found.matrices, found.against->matrices, found.against->comparison);
}

Json matrixJson(const std::vector<double>& values, std::size_t vectors) {
    Json out = Json::array();
    for (std::size_t i = 0; i < vectors; ++i) {
        Json row = Json::array();
        for (std::size_t j = 0; j < vectors; ++j) row.push_back(jsonNumber(values[i * vectors + j]));
        out.push_back(std::move(row));
    }
    return out;
}

// Adds every matrix that is there.
void addMatrices(const InteractionMatrices& m, Json& out) {
    for (const InteractionMatrix& matrix : interactionMatrixTable())
        if (const auto& values = m.*matrix.values; !values.empty())
            out[matrix.key] = matrixJson(values, m.names.size());
}

template <class Pair, class Figures>
Json pairsJson(const std::vector<Pair>& pairs, const Figures& figures, const std::vector<std::string>& names) {
    Json out = Json::array();
    for (const Pair& pair : pairs) {
        Json one{{"i", pair.first}, {"j", pair.second}, {"first", names[pair.first]}, {"second", names[pair.second]}};
        for (const auto& figure : figures) one[figure.key] = jsonNumber(pair.*figure.value);
        out.push_back(std::move(one));
    }
    return out;
}

Json positivesJson(const InteractionMatrices& m) { return m.labelled ? Json(m.positives) : Json(nullptr); }

Json againstJson(const Interactions& found) {
    if (!found.against) return nullptr;
    const InteractionsAgainst& other = *found.against;
    Json out{{"slice", other.slice}, {"rows", other.matrices.rows}, {"positives", positivesJson(other.matrices)}};
    addMatrices(other.matrices, out);
    out["shared_rows"] = other.comparison.shared;
    for (const ComparisonMatrix& matrix : comparisonMatrixTable())
        out[matrix.key] = matrixJson(other.comparison.*matrix.values, other.matrices.names.size());
    out["pairs"] = pairsJson(comparedPairsOf(found), kComparedFigures, other.matrices.names);
    return out;
}

Json extremesJson(const std::vector<PairExtremes>& extremes, const std::vector<std::string>& names) {
    const auto rowsJson = [](const std::vector<ExtremeRow>& rows) {
        Json out = Json::array();
        for (const ExtremeRow& row : rows)
            out.push_back({{"row", row.row},
                           {"value", jsonNumber(row.value)},
                           {"label", row.label ? Json(*row.label) : Json(nullptr)}});
        return out;
    };
    Json out = Json::array();
    for (const PairExtremes& pair : extremes)
        out.push_back({{"i", pair.first},
                       {"j", pair.second},
                       {"first", names[pair.first]},
                       {"second", names[pair.second]},
                       {"lowest", rowsJson(pair.lowest)},
                       {"highest", rowsJson(pair.highest)}});
    return out;
}

void addExtremes(Hdf5Image& file, const std::vector<PairExtremes>& extremes) {
    file.group("/extremes");
    std::vector<std::int64_t> i, j;
    for (const PairExtremes& pair : extremes) {
        i.push_back(static_cast<std::int64_t>(pair.first));
        j.push_back(static_cast<std::int64_t>(pair.second));
    }
    file.column("/extremes/i", i);
    file.column("/extremes/j", j);
    for (const auto& [end, of] :
         {std::pair{"/extremes/lowest_", &PairExtremes::lowest}, {"/extremes/highest_", &PairExtremes::highest}}) {
        std::vector<std::int64_t> rows, labels;
        std::vector<double> values;
        for (const PairExtremes& pair : extremes)
            for (const ExtremeRow& row : pair.*of) {
                rows.push_back(row.row);
                values.push_back(static_cast<double>(row.value));
                labels.push_back(row.label.value_or(-1));
            }
        const std::int64_t kept = std::ssize(extremes.front().*of);
        file.matrix(std::string(end) + "row", std::span<const std::int64_t>(rows), kept);
        file.matrix(std::string(end) + "value", std::span<const double>(values), kept);
        file.matrix(std::string(end) + "label", std::span<const std::int64_t>(labels), kept);
    }
}

void addMatrix(Hdf5Image& file, const std::string& path, std::span<const double> values, std::int64_t vectors,
               const char* formula) {
    file.matrix(path, values, vectors);
    for (const unsigned dimension : {0U, 1U}) file.attach(path, "/vector", dimension);
    file.attribute(path, "long_name", formula);
}

void addMatrices(Hdf5Image& file, const std::string& group, const InteractionMatrices& m) {
    for (const InteractionMatrix& matrix : interactionMatrixTable())
        if (const auto& values = m.*matrix.values; !values.empty())
            addMatrix(file, group + "/" + matrix.key, values, std::ssize(m.names), matrix.formula);
}

template <class Pair, class Figures>
void addPairs(Hdf5Image& file, const std::string& group, const std::vector<Pair>& pairs, const Figures& figures) {
    file.group(group);
    for (const auto& [key, place] : {std::pair{"/i", &Pair::first}, {"/j", &Pair::second}}) {
        std::vector<std::int64_t> places;
        for (const Pair& pair : pairs) places.push_back(static_cast<std::int64_t>(pair.*place));
        file.column(group + key, places);
        file.attribute(group + key, "long_name", "place in /vector");
    }
    for (const auto& figure : figures) {
        std::vector<double> values;
        for (const Pair& pair : pairs) values.push_back(pair.*figure.value);
        const std::string path = group + "/" + figure.key;
        file.column(path, values);
        file.attribute(path, "long_name", figure.meaning);
    }
}

template <class Pair, class Figures>
Result<void> writePairs(const std::vector<Pair>& pairs, const Figures& figures, const std::vector<std::string>& names,
                        Delimiter delimiter, TextWriter& out) {
    const char d = static_cast<char>(delimiter);
    out.print("i{0}j{0}first{0}second", d);
    for (const auto& figure : figures) out.print("{}{}", d, figure.key);
    out.text("\n");
    for (const Pair& pair : pairs) {
        out.print("{1}{0}{2}{0}{3}{0}{4}", d, pair.first, pair.second, delimitedField(names[pair.first], delimiter),
                  delimitedField(names[pair.second], delimiter));
        for (const auto& figure : figures) {
            const double value = pair.*figure.value;
            if (std::isfinite(value)) out.print("{}{}", d, value);
            else out.print("{}", d);
        }
        out.text("\n");
        DLRM_TRY(out.drain());
    }
    return out.flush();
}

}  // namespace

std::string interactionsJson(const Interactions& found) {
    const InteractionMatrices& m = found.matrices;
    const Provenance& origin = found.provenance;
    Json out{{"dataset", origin.dataset},
             {"split", origin.split},
             {"slice", found.slice.empty() ? Json(nullptr) : Json(found.slice)},
             {"row_count", m.rows},
             {"rows", m.rows},
             {"seen_rows", origin.measuredRows()},
             {"total_rows", origin.totalRows},
             {"positives", positivesJson(m)},
             {"names", m.names}};
    addMatrices(m, out);
    out["pairs"] = pairsJson(interactionPairs(m), kPairFigures, m.names);
    out["against"] = againstJson(found);
    if (!found.extremes.empty()) out["extremes"] = extremesJson(found.extremes, m.names);
    out["seconds"] = jsonNumber(origin.seconds);
    out["rows_per_second"] = jsonNumber(origin.rowsPerSecond);
    out["backend"] = Json::parse(backendJson(origin.backend.value_or(BackendInfo())));
    out["profile"] = Json::parse(profileJson(origin.profile));
    out["interaction"] = {{"order", origin.interactionOrder}, {"source", origin.interactionSource}};
    out["final"] = found.final;
    return jsonText(out, 1) + "\n";
}

std::vector<std::string> sliceNotes(const Interactions& found) {
    std::vector<std::string> out;
    if (!found.slice.empty()) out.push_back(fmt::format("Only the rows where {} are in the matrices.", found.slice));
    if (!found.against) return out;
    const std::string& other = found.against->slice;
    out.push_back(fmt::format("They are compared with {}.", other == "all" ? "all rows" : "the rows where " + other));
    return out;
}

Result<std::vector<std::byte>> interactionsHdf5(const Interactions& found, const Provenance& provenance) {
    const InteractionMatrices& m = found.matrices;
    Hdf5Image file;
    file.attribute("/", "Conventions", "DLRM-Explorer-1.0");
    file.attribute("/", "rows", m.rows);
    if (m.labelled) file.attribute("/", "positives", m.positives);
    addProvenance(file, provenance);
    file.scale("vector", m.names, "vectors of the interaction, in its order");
    if (!found.slice.empty()) file.attribute("/", "slice", found.slice);
    addMatrices(file, "", m);
    addPairs(file, "/pairs", interactionPairs(m), kPairFigures);
    if (!found.extremes.empty()) addExtremes(file, found.extremes);
    if (found.against) {
        const InteractionsAgainst& other = *found.against;
        file.group("/against");
        file.attribute("/against", "slice", other.slice);
        file.attribute("/against", "rows", other.matrices.rows);
        if (other.matrices.labelled) file.attribute("/against", "positives", other.matrices.positives);
        file.attribute("/against", "shared_rows", other.comparison.shared);
        addMatrices(file, "/against", other.matrices);
        for (const ComparisonMatrix& matrix : comparisonMatrixTable())
            addMatrix(file, std::string("/against/") + matrix.key, other.comparison.*matrix.values, std::ssize(m.names),
                      matrix.formula);
        addPairs(file, "/against/pairs", comparedPairsOf(found), kComparedFigures);
    }
    return file.finish();
}

Result<void> writeDelimited(const Interactions& found, Delimiter delimiter, TextWriter& out) {
    const std::vector<std::string>& names = found.matrices.names;
    return found.against ? writePairs(comparedPairsOf(found), kComparedFigures, names, delimiter, out)
                         : writePairs(interactionPairs(found.matrices), kPairFigures, names, delimiter, out);
}

std::vector<NamedMatrix> allMatrices(const Interactions& found) {
    std::vector<NamedMatrix> out;
    const auto add = [&out](const std::string& prefix, const InteractionMatrices& m) {
        for (const InteractionMatrix& matrix : interactionMatrixTable())
            if (const auto& values = m.*matrix.values; !values.empty()) out.push_back({prefix + matrix.key, values});
    };
    add("", found.matrices);
    if (!found.against) return out;
    add("against_", found.against->matrices);
    for (const ComparisonMatrix& matrix : comparisonMatrixTable())
        out.push_back({matrix.key, found.against->comparison.*matrix.values});
    return out;
}

}  // namespace dlrm
