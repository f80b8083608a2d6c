// SPDX-License-Identifier: Apache-2.0
#include "core/report/provenance.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/checkpoint/fingerprint.h"
#include "core/dataset/dataset.h"
#include "core/dataset/readers/reading.h"
#include "core/engine/engine.h"
#include "core/engine/open_request.h"
#include "core/formats/hdf5_stream.h"
#include "core/report/hdf5_image.h"
#include "core/report/json.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

std::string compactText(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// What both forms begin with.
std::vector<std::pair<const char*, std::string>> commonTexts(const Provenance& p) {
    return {
        {"program", p.program},
        {"version", p.version},
        {"commit", p.commit},
        {"command", p.command},
        {"created", p.created},
        {"checkpoint", p.checkpoint},
        {"layout", p.layout},
        {"fingerprint", p.fingerprint},
        {"fingerprint_of", p.fingerprint.empty() ? "" : kFingerprintOf},
        {"dataset", p.dataset},
        {"split", p.split},
        {"format", p.format},
    };
}

Json provenanceObject(const Provenance& p) {
    const bool data = !p.dataset.empty();
    Json out;
    for (const auto& [key, text] : commonTexts(p)) out[key] = textOrNull(text);
    out["profile"] = data ? Json::parse(profileJson(p.profile)) : Json(nullptr);
    out["reading"] = data ? Json{{"numerical", p.numerical},
                                 {"id_shift", p.idShift},
                                 {"interaction_tables", textOrNull(p.interactionTables)},
                                 {"missing_dictionary", textOrNull(p.missingDictionary)},
                                 {"lenient", p.lenient}}
                          : Json(nullptr);
    out["backend"] = p.backend ? Json::parse(backendJson(*p.backend)) : Json(nullptr);
    out["table_precision"] = textOrNull(p.tablePrecision);
    out["interaction"] =
        p.checkpoint.empty() ? Json(nullptr) : Json{{"order", p.interactionOrder}, {"source", p.interactionSource}};
    if (!p.interactionStanding.empty()) out["interaction"]["standing"] = p.interactionStanding;
    return out;
}

// A word of a command for a shell.
std::string quoted(std::string_view word) {
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? "'\\''" : std::string(1, c);
    return out + "'";
}

// The attributes of "/", in their order; without those that say nothing.
std::vector<std::pair<const char*, std::string>> attributesOf(const Provenance& p) {
    std::string notes;
    for (const std::string& note : p.notes) notes += (notes.empty() ? "" : "\n") + note;
    std::vector<std::pair<const char*, std::string>> all = commonTexts(p);
    const std::pair<const char*, std::string> more[] = {
        {"profile", p.profile},
        {"numerical", p.numerical},
        {"id_shift", p.idShift == 0 ? "" : fmt::format("{:+}", p.idShift)},
        {"lenient", p.lenient ? "yes" : ""},
        {"missing_dictionary", p.missingDictionary},
        {"interaction_order", p.interactionOrder},
        {"interaction_source", p.interactionSource},
        {"interaction_standing", p.interactionStanding},
        {"interaction_tables", p.interactionTables},
        {"exported", p.exported},
        {"backend", p.backend ? p.backend->name : ""},
        {"device", p.backend ? p.backend->device : ""},
        {"precision", p.backend ? std::string(name(p.backend->precision)) : ""},
        {"table_precision", p.tablePrecision},
        {"notes", notes},
    };
    all.insert(all.end(), std::begin(more), std::end(more));
    std::erase_if(all, [](const auto& attribute) { return attribute.second.empty(); });
    return all;
}

}  // namespace

std::string utcNow() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

std::string commandLine(std::span<const char* const> arguments) {
    std::string out;
    for (const char* argument : arguments) out += (out.empty() ? "" : " ") + quoted(argument);
    return out;
}

void addOrigin(const Engine& engine, const Dataset* dataset, Provenance& p) {
    addCheckpoint(engine.checkpoint(), engine.spec(), p);
    if (p.fingerprint.empty()) p.fingerprint = fingerprintOf(engine.checkpoint());
    p.backend = engine.backend();
    p.notes = ownNotes(engine, dataset);
    if (!dataset) return;
    addDataset(*dataset, p);
    if (dataset->multiHot() && engine.spec().combiner) p.combiner = name(*engine.spec().combiner);
}

ReadingWords readingWords(const OpenRequest& request, const Dataset* stored) {
    ReadingWords out;
    out.tablePrecision = name(request.model.backend.tableStorage);
    if (request.model.interactionTables) out.interactionTables = name(*request.model.interactionTables);
    if (!stored) return out;
    out.numerical = optionName(request.data.numerical.value_or(ownReading(*stored).numerical));
    out.idShift = request.data.idShift;
    if (stored->format() == "criteo_tsv") out.missingDictionary = name(request.data.missingDictionary);
    out.lenient = request.data.textNumbers == TextNumbers::Lenient;
    return out;
}

void addReading(const ReadingWords& words, const Dataset* dataset, Provenance& p) {
    p.tablePrecision = p.backend && p.backend->name != "cpu" ? words.tablePrecision : "stored";
    p.interactionTables = words.interactionTables;
    if (!dataset) return;
    p.numerical = words.numerical;
    p.idShift = words.idShift;
    p.lenient = words.lenient;
    if (!dataset->dictionary()) p.missingDictionary = words.missingDictionary;
}

std::vector<std::string> ownNotes(const Engine& engine, const Dataset* dataset) {
    std::vector<std::string> out = engine.info().notes;
    if (!dataset) return out;
    for (std::string& note : dataset->notes()) out.push_back(std::move(note));
    if (dataset->multiHot() && engine.spec().combiner)
        out.push_back(
            fmt::format("The vectors of several ids of a feature are combined by {}.", name(*engine.spec().combiner)));
    return out;
}

std::string exportedRange(std::int64_t first, std::int64_t last, std::int64_t all) {
    return compactText({{"first_row", first}, {"last_row", last}, {"rows", last - first + 1}, {"of", all}});
}

std::string exportedTableRows(const std::string& table, std::int64_t rows, std::int64_t all, const std::string& query) {
    Json out{{"table", table}, {"rows", rows}, {"of", all}};
    if (!query.empty()) out["query"] = query;
    return compactText(out);
}

std::string withProvenance(std::string_view json, const Provenance& provenance, Notes notes) {
    if (provenance.program.empty() || !json.starts_with('{')) return std::string(json);
    std::string out = "{\n  \"provenance\": " + compactText(provenanceObject(provenance));
    if (notes == Notes::Beside) out += ",\n  \"notes\": " + compactText(Json(provenance.notes));
    if (!provenance.exported.empty()) out += ",\n  \"exported\": " + provenance.exported;
    const std::string_view rest = json.substr(1);
    const std::size_t key = rest.find_first_not_of(" \r\n");
    if (key != std::string_view::npos && rest[key] != '}') out += rest.starts_with('\n') ? "," : ", ";
    return out.append(rest);
}

std::string provenanceLine(const Provenance& provenance) {
    return compactText({{"provenance", provenanceObject(provenance)}, {"notes", provenance.notes}}) + "\n";
}

std::string sidecarJson(const std::string& path, const std::string& holds, const Provenance& provenance) {
    Json file{{"file", std::filesystem::path(path).filename().string()}, {"holds", holds}};
    if (!provenance.exportedIds.empty()) file["ids"] = provenance.exportedIds;
    return withProvenance(file.dump(2, ' ', false, Json::error_handler_t::replace) + "\n", provenance, Notes::Beside);
}

bool isSidecar(std::string_view begin) {
    return begin.starts_with("{\n  \"provenance\": {") && begin.find("\n  \"file\": ") != std::string_view::npos;
}

void addProvenance(Hdf5Image& file, const Provenance& provenance) {
    for (const auto& [key, text] : attributesOf(provenance))
        if (!file.hasAttribute("/", key)) file.attribute("/", key, text);
}

void addProvenance(Hdf5Stream& file, const Provenance& provenance) {
    for (const auto& [key, text] : attributesOf(provenance))
        if (!file.hasAttribute("/", key)) file.attribute("/", key, text);
}

}  // namespace dlrm
