// SPDX-License-Identifier: Apache-2.0
#include "core/report/interactions_report.h"

#include <cmath>
#include <span>

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

Json matrixJson(const std::vector<double>& values, std::size_t vectors) {
    Json out = Json::array();
    for (std::size_t i = 0; i < vectors; ++i) {
        Json row = Json::array();
        for (std::size_t j = 0; j < vectors; ++j) row.push_back(jsonNumber(values[i * vectors + j]));
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace

std::string interactionsJson(const Interactions& found) {
    const InteractionMatrices& m = found.matrices;
    const Provenance& origin = found.provenance;
    Json out{{"dataset", origin.dataset},
             {"split", origin.split},
             {"row_count", m.rows},
             {"rows", m.rows},
             {"total_rows", origin.totalRows},
             {"positives", m.labelled ? Json(m.positives) : Json(nullptr)},
             {"names", m.names}};
    for (const InteractionMatrix& matrix : interactionMatrixTable())
        if (const auto& values = m.*matrix.values; !values.empty())
            out[matrix.key] = matrixJson(values, m.names.size());
    Json pairs = Json::array();
    for (const InteractionPair& pair : interactionPairs(m)) {
        Json one{
            {"i", pair.first}, {"j", pair.second}, {"first", m.names[pair.first]}, {"second", m.names[pair.second]}};
        for (const PairFigure& figure : kPairFigures) one[figure.key] = jsonNumber(pair.*figure.value);
        pairs.push_back(std::move(one));
    }
    out["pairs"] = std::move(pairs);
    out["seconds"] = jsonNumber(origin.seconds);
    out["rows_per_second"] = jsonNumber(origin.rowsPerSecond);
    out["backend"] = Json::parse(backendJson(origin.backend.value_or(BackendInfo())));
    out["profile"] = Json::parse(profileJson(origin.profile));
    out["interaction"] = {{"order", origin.interactionOrder}, {"source", origin.interactionSource}};
    out["final"] = found.final;
    return jsonText(out, 1) + "\n";
}

Result<std::vector<std::byte>> interactionsHdf5(const Interactions& found, const Provenance& provenance) {
    const InteractionMatrices& m = found.matrices;
    Hdf5Image file;
    file.attribute("/", "Conventions", "DLRM-Explorer-1.0");
    file.attribute("/", "rows", m.rows);
    if (m.labelled) file.attribute("/", "positives", m.positives);
    addProvenance(file, provenance);
    file.scale("vector", m.names, "vectors of the interaction, in its order");
    for (const InteractionMatrix& matrix : interactionMatrixTable()) {
        const std::vector<double>& values = m.*matrix.values;
        if (values.empty()) continue;
        const std::string path = std::string("/") + matrix.key;
        file.matrix(path, std::span(values), std::ssize(m.names));
        for (const unsigned dimension : {0U, 1U}) file.attach(path, "/vector", dimension);
        file.attribute(path, "long_name", matrix.formula);
    }
    const std::vector<InteractionPair> pairs = interactionPairs(m);
    file.group("/pairs");
    for (const auto& [key, place] : {std::pair{"i", &InteractionPair::first}, {"j", &InteractionPair::second}}) {
        std::vector<std::int64_t> places;
        for (const InteractionPair& pair : pairs) places.push_back(static_cast<std::int64_t>(pair.*place));
        file.column(std::string("/pairs/") + key, places);
        file.attribute(std::string("/pairs/") + key, "long_name", "place in /vector");
    }
    for (const PairFigure& figure : kPairFigures) {
        std::vector<double> values;
        for (const InteractionPair& pair : pairs) values.push_back(pair.*figure.value);
        file.column(std::string("/pairs/") + figure.key, values);
        file.attribute(std::string("/pairs/") + figure.key, "long_name", figure.meaning);
    }
    return file.finish();
}

Result<void> writeDelimited(const Interactions& found, Delimiter delimiter, TextWriter& out) {
    const char d = static_cast<char>(delimiter);
    out.print("i{0}j{0}first{0}second", d);
    for (const PairFigure& figure : kPairFigures) out.print("{}{}", d, figure.key);
    out.text("\n");
    const std::vector<std::string>& names = found.matrices.names;
    for (const InteractionPair& pair : interactionPairs(found.matrices)) {
        out.print("{1}{0}{2}{0}{3}{0}{4}", d, pair.first, pair.second, delimitedField(names[pair.first], delimiter),
                  delimitedField(names[pair.second], delimiter));
        for (const PairFigure& figure : kPairFigures) {
            const double value = pair.*figure.value;
            if (std::isfinite(value)) out.print("{}{}", d, value);
            else out.print("{}", d);
        }
        out.text("\n");
        DLRM_TRY(out.drain());
    }
    return out.flush();
}

}  // namespace dlrm
