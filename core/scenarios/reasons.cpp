// SPDX-License-Identifier: Apache-2.0
#include "core/scenarios/reasons.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace dlrm {
namespace {

std::string numberInWords(const EditableRow& row, std::size_t i) {
    const std::string& token = row.raw.numerical[i];
    const float fed = row.input.numerical[i];
    if (i < row.asMissing.size() && row.asMissing[i]) return token + " (counts as missing)";
    if (!token.empty() && !token.starts_with("fed:")) return token;
    return fed == 0.0F && token.empty() ? "missing" : fmt::format("{:.4g}", fed);
}

std::string categoryInWords(const EditableRow& row, std::size_t t) {
    const std::string& value = row.raw.categorical[t];
    const std::int32_t id = row.input.ids[t];
    if (t < row.unknown.size() && row.unknown[t]) return value + " (never seen)";
    if (!value.empty()) return value;
    if (id != 0) return fmt::format("no. {}", id);
    return t < row.onlyId0.size() && row.onlyId0[t] ? "missing or rare" : "missing";
}

bool isFedAlike(const EditableRow& a, const EditableRow& b, std::size_t field) {
    const std::size_t numericals = a.input.numerical.size();
    if (field >= numericals) return a.input.ids[field - numericals] == b.input.ids[field - numericals];
    return std::bit_cast<std::uint32_t>(a.input.numerical[field]) ==
           std::bit_cast<std::uint32_t>(b.input.numerical[field]);
}

std::string sentenceOf(const std::string& field, const std::string& value, double adds) {
    const double size = std::fabs(adds);
    const char* const how = size >= kStrongly ? "strongly" : size >= kClearly ? "clearly" : "slightly";
    return fmt::format("{} is {}, which speaks {} {} a click.", field, value, how, adds > 0 ? "for" : "against");
}

}  // namespace

std::string valueInWords(const EditableRow& row, std::size_t field) {
    const std::size_t numericals = row.input.numerical.size();
    return field < numericals ? numberInWords(row, field) : categoryInWords(row, field - numericals);
}

std::vector<Reason> strongestReasons(const Attribution& attribution, const EditableRow& row, const FieldNames& names,
                                     std::size_t most) {
    std::vector<Reason> out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::size_t numericals = attribution.numericals.size();
        const double adds = i < numericals ? attribution.numericals[i] : attribution.tables[i - numericals];
        if (adds == 0) continue;
        std::string value = valueInWords(row, i);
        std::string sentence = sentenceOf(names.at(i), value, adds);
        out.push_back({names.at(i), std::move(value), adds, std::move(sentence)});
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Reason& a, const Reason& b) { return std::fabs(a.adds) > std::fabs(b.adds); });
    if (out.size() > most) out.resize(most);
    return out;
}

Result<ScenarioResult> predictScenario(Engine& engine, const ScenarioRows& rows, const FieldNames& names,
                                       WithReasons reasons, std::stop_token stop) {
    DLRM_TRY(const auto before, engine.explain(rows.before.input, stop));
    DLRM_TRY(const auto after, engine.explain(rows.after.input, stop));
    ScenarioResult out{after.logit, before.logit, after.probability, before.probability, {}, {}};
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string was = valueInWords(rows.before, i), is = valueInWords(rows.after, i);
        if (was == is && isFedAlike(rows.before, rows.after, i)) continue;
        if (was == is && i < names.numericals.size()) {  // all digits tell them apart
            was = fmt::format("{}", rows.before.input.numerical[i]);
            is = fmt::format("{}", rows.after.input.numerical[i]);
        }
        std::string sentence = fmt::format("{} is {} instead of {}.", names.at(i), is, was);
        out.edits.push_back({names.at(i), std::move(was), std::move(is), std::move(sentence)});
    }
    if (reasons == WithReasons::No) return out;
    DLRM_TRY(const auto attribution, engine.attribute(after, stop));
    out.reasons = strongestReasons(attribution, rows.after, names);
    return out;
}

}  // namespace dlrm
