// SPDX-License-Identifier: Apache-2.0
#include "core/report/what_if_report.h"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "core/metrics/probability.h"
#include "core/report/json.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using WhatIfJson = nlohmann::ordered_json;

double probabilityWith(float logit) { return sigmoid(static_cast<double>(logit)); }

WhatIfJson valueJson(const WhatIfRow& about, SweptField field, std::int64_t id, float fed) {
    if (field.numerical) {
        const std::optional<double> typed = about.typed(fed);
        return {{"value", typed ? jsonNumber(*typed) : WhatIfJson(nullptr)}, {"fed", jsonNumber(fed)}};
    }
    WhatIfJson out{{"id", id}};
    if (about.category) {
        const std::string category = about.category(field.index, id);
        out["category"] = category.empty() ? WhatIfJson(nullptr) : WhatIfJson(category);
    }
    return out;
}

WhatIfJson ownJson(const WhatIfRow& about, SweptField field) {
    if (field.numerical) return valueJson(about, field, -1, about.input.numerical[field.index]);
    return valueJson(about, field, about.input.ids[field.index], 0);
}

// Without the field's name.
std::string shortValue(const WhatIfRow& about, SweptField field, std::int64_t id, float fed) {
    const std::string edit = about.editOf(field, id, fed);
    return edit.substr(about.nameOf(field).size() + 1);
}

std::string ownValue(const WhatIfRow& about, SweptField field) {
    return field.numerical ? shortValue(about, field, -1, about.input.numerical[field.index])
                           : shortValue(about, field, about.input.ids[field.index], 0);
}

SweptField fieldOf(const FieldChange& change) { return {change.numerical, change.index}; }

template <class Found>
void addSweepOrigin(WhatIfJson& out, const Found& found, const WhatIfRow& about) {
    out["seconds"] = jsonNumber(found.seconds);
    out["backend"] = WhatIfJson::parse(backendJson(found.backend));
    out["profile"] = WhatIfJson::parse(profileJson(about.profile));
    out["interaction"] = {{"order", name(about.interactionOrder)}, {"source", name(about.orderSource)}};
}

WhatIfJson rowJson(const WhatIfRow& about, float current) {
    return {{"row", about.row},
            {"label", about.label ? WhatIfJson(*about.label) : WhatIfJson(nullptr)},
            {"logit", jsonNumber(current)},
            {"probability", jsonNumber(probabilityWith(current))}};
}

void printNumber(TextWriter& out, char delimiter, double value) {
    out.print("{}", delimiter);
    if (std::isfinite(value)) out.print("{}", value);
}

void printLogit(TextWriter& out, char delimiter, float logit) {
    out.print("{}", delimiter);
    if (std::isfinite(logit)) out.print("{}", logit);
    printNumber(out, delimiter, probabilityWith(logit));
}

}  // namespace

const std::string& WhatIfRow::nameOf(SweptField field) const {
    return field.numerical ? numericals[field.index] : tables[field.index];
}

std::string WhatIfRow::editOf(SweptField field, std::int64_t id, float fed) const {
    return fmt::format("{}={}", nameOf(field), field.numerical ? token(fed) : fmt::format("id:{}", id));
}

std::string counterfactualJson(const Counterfactual& found, const WhatIfRow& about) {
    WhatIfJson out = rowJson(about, found.current);
    out["above_threshold"] = found.clicked;
    out["threshold"] = jsonNumber(found.threshold);
    out["threshold_source"] = found.byClicks ? "click_rate" : "given";
    out["rows_looked_at"] = found.rowsLooked;
    out["clicks"] = found.clicks;
    out["field_count"] = found.fields;
    out["searched"] = found.changes.size();
    std::int64_t crossing = 0;
    WhatIfJson changes = WhatIfJson::array();
    for (const FieldChange& change : found.changes) {
        const SweptField field = fieldOf(change);
        const float logit = change.any ? change.logit : std::numeric_limits<float>::quiet_NaN();
        crossing += change.crosses;
        changes.push_back(
            {{"field", about.nameOf(field)},
             {"kind", change.numerical ? "numerical" : "table"},
             {"crosses", change.crosses},
             {"current", ownJson(about, field)},
             {"value", change.any ? valueJson(about, field, change.id, change.fed) : WhatIfJson(nullptr)},
             {"set", change.any ? WhatIfJson(about.editOf(field, change.id, change.fed)) : WhatIfJson(nullptr)},
             {"logit", jsonNumber(logit)},
             {"probability", jsonNumber(probabilityWith(logit))},
             {"change", jsonNumber(probabilityWith(logit) - probabilityWith(found.current))},
             {"tried", change.tried},
             {"others", change.others}});
    }
    out["crossing"] = crossing;
    out["predictions"] = found.predictions;
    out["predictions_per_second"] =
        jsonNumber(found.seconds > 0 ? static_cast<double>(found.predictions) / found.seconds : 0.0);
    addSweepOrigin(out, found, about);
    out["changes"] = std::move(changes);
    return jsonText(out, 1) + "\n";
}

Result<void> writeDelimited(const Counterfactual& found, const WhatIfRow& about, Delimiter delimiter, TextWriter& out) {
    const char d = static_cast<char>(delimiter);
    out.print("field{0}crosses{0}current{0}value{0}set{0}logit{0}probability{0}change{0}tried{0}others\n", d);
    for (const FieldChange& change : found.changes) {
        const SweptField field = fieldOf(change);
        const float logit = change.any ? change.logit : std::numeric_limits<float>::quiet_NaN();
        out.print("{}{}{}", delimitedField(about.nameOf(field), delimiter), d, change.crosses ? 1 : 0);
        out.print("{}{}", d, delimitedField(ownValue(about, field), delimiter));
        const std::string value = change.any ? shortValue(about, field, change.id, change.fed) : std::string();
        const std::string edit = change.any ? about.editOf(field, change.id, change.fed) : std::string();
        out.print("{}{}{}{}", d, delimitedField(value, delimiter), d, delimitedField(edit, delimiter));
        printLogit(out, d, logit);
        printNumber(out, d, probabilityWith(logit) - probabilityWith(found.current));
        out.print("{0}{1}{0}{2}\n", d, change.tried, change.others);
        DLRM_TRY(out.drain());
    }
    return out.flush();
}

std::string pairJson(const PairSweep& sweep, const WhatIfRow& about) {
    WhatIfJson out{{"kind", "pair"}};
    out.update(rowJson(about, sweep.current));
    out["fields"] = WhatIfJson::array();
    for (const SweptAxis* axis : {&sweep.a, &sweep.b}) {
        WhatIfJson values = WhatIfJson::array();
        for (std::size_t i = 0; i < axis->size(); ++i)
            values.push_back(axis->field.numerical ? valueJson(about, axis->field, -1, axis->values[i])
                                                   : valueJson(about, axis->field, axis->ids[i], 0));
        out["fields"].push_back({{"field", about.nameOf(axis->field)},
                                 {"kind", axis->field.numerical ? "numerical" : "table"},
                                 {"current", ownJson(about, axis->field)},
                                 {"values", std::move(values)}});
    }
    out["rows_looked_at"] = sweep.rowsLooked;
    addSweepOrigin(out, sweep, about);
    WhatIfJson logits = WhatIfJson::array(), probabilities = WhatIfJson::array();
    for (std::size_t i = 0; i < sweep.a.size(); ++i) {
        logits.push_back(WhatIfJson::array());
        probabilities.push_back(WhatIfJson::array());
        for (std::size_t j = 0; j < sweep.b.size(); ++j) {
            const float logit = sweep.logits[i * sweep.b.size() + j];
            logits.back().push_back(jsonNumber(logit));
            probabilities.back().push_back(jsonNumber(probabilityWith(logit)));
        }
    }
    out["logits"] = std::move(logits);
    out["probabilities"] = std::move(probabilities);
    return jsonText(out, 1) + "\n";
}

Result<void> writeDelimited(const PairSweep& sweep, const WhatIfRow& about, Delimiter delimiter, TextWriter& out) {
    const char d = static_cast<char>(delimiter);
    out.print("{1}{0}{2}{0}logit{0}probability\n", d, delimitedField(about.nameOf(sweep.a.field), delimiter),
              delimitedField(about.nameOf(sweep.b.field), delimiter));
    const auto told = [&](const SweptAxis& axis, std::size_t place) {
        return delimitedField(axis.field.numerical ? shortValue(about, axis.field, -1, axis.values[place])
                                                   : shortValue(about, axis.field, axis.ids[place], 0),
                              delimiter);
    };
    for (std::size_t i = 0; i < sweep.logits.size(); ++i) {
        out.print("{}{}{}", told(sweep.a, i / sweep.b.size()), d, told(sweep.b, i % sweep.b.size()));
        printLogit(out, d, sweep.logits[i]);
        out.text("\n");
        DLRM_TRY(out.drain());
    }
    return out.flush();
}

}  // namespace dlrm
