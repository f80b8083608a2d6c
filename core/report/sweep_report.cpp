// SPDX-License-Identifier: Apache-2.0
#include "core/report/sweep_report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "core/analysis/sweep/sweep_order.h"
#include "core/formats/hdf5_stream.h"
#include "core/metrics/probability.h"
#include "core/report/hdf5_export.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

double probabilityOf(float logit) { return sigmoid(static_cast<double>(logit)); }

// "null" for NaN and infinity.
template <class T>
std::string digits(T value) {
    return std::isfinite(value) ? fmt::format("{}", value) : std::string("null");
}

std::string typedText(const std::optional<double>& typed) { return typed ? digits(*typed) : std::string("null"); }

// An id of a table as an object in one line; rank 0: none.
std::string idObject(const SweptRow& about, std::int64_t id, float logit, std::int64_t rank) {
    std::string out = fmt::format("{{\"id\": {}, ", id);
    if (about.category) {
        const std::string category = about.category(RowId{id});
        out += category.empty() ? std::string("\"category\": null, ") : fmt::format("\"category\": \"{}\", ", category);
    }
    out += fmt::format("\"logit\": {}, \"probability\": {}", digits(logit), digits(probabilityOf(logit)));
    if (rank > 0) out += fmt::format(", \"rank\": {}", rank);
    return out + "}";
}

std::string valueObject(const std::optional<double>& typed, float fed, float logit, const std::string& more = {}) {
    return fmt::format("{{\"value\": {}, \"fed\": {}, \"logit\": {}, \"probability\": {}{}}}", typedText(typed),
                       digits(fed), digits(logit), digits(probabilityOf(logit)), more);
}

// What an average says of each value.
struct AveragePart {
    const char* key;
    std::vector<double> SweepAverage::*values;
    const char* longName;
};
constexpr AveragePart kAverageParts[] = {
    {"mean", &SweepAverage::mean, "mean probability of other rows"},
    {"lower_quartile", &SweepAverage::lowerQuartile, "lower quartile of the probabilities of other rows"},
    {"upper_quartile", &SweepAverage::upperQuartile, "upper quartile of the probabilities of other rows"}};

Json headOf(const Sweep& sweep, const SweptRow& about, const SweepOrder& order) {
    const std::string current = sweep.numerical
                                    ? valueObject(about.ownTyped, about.fed, sweep.current)
                                    : idObject(about, about.id, sweep.current, rankInSweep(sweep.logits, about.id));
    Json out{{"field", about.field},
             {"kind", sweep.numerical ? "numerical" : "table"},
             {"row", about.row},
             {"label", about.label ? Json(*about.label) : Json(nullptr)},
             {"current", Json::parse(current)},
             {"count", sweep.logits.size()},
             {"finite", order.finite},
             {"raising", order.raising},
             {"raising_share",
              jsonNumber(order.finite > 0 ? static_cast<double>(order.raising) / static_cast<double>(order.finite)
                                          : std::numeric_limits<double>::quiet_NaN())}};
    if (sweep.numerical) {
        out["rows_looked_at"] = sweep.rowsLooked;
        out["distinct"] = sweep.distinct;
    }
    if (sweep.average) {
        out["averaged_rows"] = sweep.average->rows;
        out["average_seed"] = sweep.average->seed;
    }
    out["seconds"] = jsonNumber(sweep.seconds);
    out["rows_per_second"] = jsonNumber(sweep.rowsPerSecond());
    out["backend"] = Json::parse(backendJson(sweep.backend));
    out["profile"] = Json::parse(profileJson(about.profile));
    out["interaction"] = {{"order", name(about.interactionOrder)}, {"source", name(about.orderSource)}};
    return out;
}

// As addComputation() wants it.
struct SweepComputation {
    std::string profile;
    BackendInfo backend;
    InteractionOrder interactionOrder{};
    OrderSource orderSource{};
};

// A column of one value for each place, made in pieces.
template <class T, class Get>
Result<void> writeSweepColumn(Hdf5Stream& file, const std::string& path, std::int32_t type, std::int64_t count,
                              const char* longName, Get get) {
    file.beginColumn(path, type, count);
    std::vector<T> piece;
    for (std::int64_t first = 0; first < count; first += Hdf5Stream::kColumnChunk) {
        piece.clear();
        for (std::int64_t i = first; i < std::min(count, first + Hdf5Stream::kColumnChunk); ++i)
            piece.push_back(static_cast<T>(get(static_cast<std::size_t>(i))));
        DLRM_TRY(file.writeColumn(std::as_bytes(std::span(piece))));
    }
    file.attribute(path, "long_name", longName);
    return {};
}

}  // namespace

Result<void> writeSweepJson(const Sweep& sweep, const SweptRow& about, std::optional<std::size_t> top,
                            TextWriter& out) {
    const bool ranked = top && !sweep.numerical;
    const SweepOrder order = sweepOrder(sweep.logits, sweep.current, ranked ? *top : 0);
    std::string head = jsonText(headOf(sweep, about, order), 1);
    head.resize(head.rfind('\n'));  // without its end
    out.text(head);
    out.text(",\n \"values\": [");
    bool first = true;
    const auto add = [&](std::int64_t place, std::int64_t rank) -> Result<void> {
        out.text(std::exchange(first, false) ? "\n  " : ",\n  ");
        const auto i = static_cast<std::size_t>(place);
        std::string average;
        if (sweep.average)
            for (const AveragePart& part : kAverageParts)
                average += fmt::format(", \"{}\": {}", part.key, digits((*sweep.average.*part.values)[i]));
        out.text(sweep.numerical ? valueObject(about.typed[i], sweep.values[i], sweep.logits[i], average)
                                 : idObject(about, place, sweep.logits[i], rank));
        return out.drain();
    };
    for (std::int64_t i = 0; !ranked && i < std::ssize(sweep.logits); ++i) DLRM_TRY(add(i, 0));
    std::int64_t rank = 0;
    for (const std::int64_t place : order.highest) DLRM_TRY(add(place, ++rank));
    rank = order.finite - std::ssize(order.lowest);
    for (const std::int64_t place : order.lowest) DLRM_TRY(add(place, ++rank));
    out.text("\n ]\n}\n");
    return out.flush();
}

Result<void> writeDelimited(const Sweep& sweep, const SweptRow& about, Delimiter delimiter, TextWriter& out) {
    const char d = static_cast<char>(delimiter);
    const auto number = [&](auto value) {
        out.print("{}", d);
        if (std::isfinite(value)) out.print("{}", value);
    };
    out.text(sweep.numerical ? "value" : "id");
    if (sweep.numerical) out.print("{}fed", d);
    else if (about.category) out.print("{}category", d);
    out.print("{0}logit{0}probability", d);
    if (sweep.average)
        for (const AveragePart& part : kAverageParts) out.print("{}{}", d, part.key);
    out.text("\n");
    for (std::size_t i = 0; i < sweep.logits.size(); ++i) {
        if (!sweep.numerical) {
            out.print("{}", i);
            if (about.category) out.print("{}{}", d, about.category(RowId{static_cast<std::int64_t>(i)}));
        } else {
            if (about.typed[i]) out.print("{}", *about.typed[i]);
            number(sweep.values[i]);
        }
        number(sweep.logits[i]);
        number(probabilityOf(sweep.logits[i]));
        if (sweep.average)
            for (const AveragePart& part : kAverageParts) number((*sweep.average.*part.values)[i]);
        out.text("\n");
        DLRM_TRY(out.drain());
    }
    return out.flush();
}

Result<void> writeSweepHdf5(const Sweep& sweep, const SweptRow& about, const std::string& path,
                            const Provenance& provenance) {
    DLRM_TRY(auto file, Hdf5Stream::create(path, 0));
    addComputation(*file, SweepComputation{about.profile, sweep.backend, about.interactionOrder, about.orderSource});
    file->attribute("/", "field", about.field);
    file->attribute("/", "row", about.row);
    file->attribute("/", "current_logit", static_cast<double>(sweep.current));
    if (sweep.numerical) file->attribute("/", "current_fed", static_cast<double>(about.fed));
    else file->attribute("/", "current_id", about.id);
    addProvenance(*file, provenance);
    const std::int64_t count = std::ssize(sweep.logits);
    const std::string scale = sweep.numerical ? "fed" : "id";
    if (sweep.numerical) {
        DLRM_TRY(writeSweepColumn<float>(*file, "/fed", DLRM_HDF5_FLOAT32, count, "value as the model is fed it",
                                         [&](std::size_t i) { return sweep.values[i]; }));
    } else {
        DLRM_TRY(writeSweepColumn<std::int64_t>(*file, "/id", DLRM_HDF5_INT64, count, "row of the table",
                                                [](std::size_t i) { return i; }));
    }
    file->makeScale("/" + scale, scale);
    if (sweep.numerical)
        DLRM_TRY(writeSweepColumn<double>(
            *file, "/value", DLRM_HDF5_FLOAT64, count, "what is typed for it; NaN: not known",
            [&](std::size_t i) { return about.typed[i].value_or(std::numeric_limits<double>::quiet_NaN()); }));
    DLRM_TRY(writeSweepColumn<float>(*file, "/logit", DLRM_HDF5_FLOAT32, count, "logit before the sigmoid",
                                     [&](std::size_t i) { return sweep.logits[i]; }));
    DLRM_TRY(writeSweepColumn<float>(*file, "/probability", DLRM_HDF5_FLOAT32, count,
                                     "predicted probability of a click",
                                     [&](std::size_t i) { return probabilityOf(sweep.logits[i]); }));
    for (const char* column : {"/logit", "/probability"}) file->attach(column, "/" + scale);
    if (sweep.average) {
        file->attribute("/", "averaged_rows", sweep.average->rows);
        file->attribute("/", "average_seed", static_cast<std::int64_t>(sweep.average->seed));
        for (const AveragePart& part : kAverageParts) {
            const std::string column = std::string("/") + part.key;
            DLRM_TRY(writeSweepColumn<double>(*file, column, DLRM_HDF5_FLOAT64, count, part.longName,
                                              [&](std::size_t i) { return (*sweep.average.*part.values)[i]; }));
            file->attach(column, "/" + scale);
        }
    }
    if (sweep.numerical) file->attach("/value", "/fed");
    return file->finish();
}

std::vector<float> valuesAndLogits(const Sweep& sweep) {
    std::vector<float> out;
    for (std::size_t i = 0; i < sweep.values.size(); ++i) {
        out.push_back(sweep.values[i]);
        out.push_back(sweep.logits[i]);
    }
    return out;
}

}  // namespace dlrm
