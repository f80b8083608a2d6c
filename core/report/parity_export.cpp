// SPDX-License-Identifier: Apache-2.0
#include "core/report/parity_export.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/analysis/reference/rounding_spread.h"
#include "core/report/hdf5_image.h"
#include "core/report/json.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value, bool ran) { return ran && std::isfinite(value) ? Json(value) : Json(nullptr); }

Json runJson(const ParityRun& run) {
    const bool ran = run.notRun.empty();
    Json ulps = Json::array(), layers = Json::array();
    if (ran) {
        for (const UlpBin& bin : run.ulps) ulps.push_back({{"low", bin.low}, {"high", bin.high}, {"rows", bin.rows}});
        for (const LayerDifference& layer : run.layers)
            layers.push_back({{"name", layer.name},
                              {"max_abs_delta", number(layer.largest, true)},
                              {"mean_abs_delta", number(layer.mean, true)}});
    }
    return {{"name", run.name},
            {"backend", Json::parse(backendJson(run.backend))},
            {"device", run.backend.device},
            {"precision", name(run.backend.precision)},
            {"reason", run.backend.reason},
            {"ran", ran},
            {"not_run", ran ? Json(nullptr) : Json(run.notRun)},
            {"tolerance", run.tolerance},
            {"passed", ran ? Json(run.passed) : Json(nullptr)},
            {"max_abs_delta_logit", number(run.largest, ran)},
            {"mean_abs_delta_logit", number(run.mean, ran)},
            {"same_bits_second_run", ran ? Json(run.sameAgain) : Json(nullptr)},
            {"same_bits_other_batch", ran ? Json(run.sameInOtherBatches) : Json(nullptr)},
            {"ulp_histogram", std::move(ulps)},
            {"layers", std::move(layers)}};
}

// Names of layers and runs as parts of a path.
std::string plain(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '/' || c == ' '; }, '_');
    return text;
}

void addRun(Hdf5Image& file, const ParityRun& run) {
    const std::string group = "/runs/" + plain(run.name);
    file.group(group);
    file.attribute(group, "backend", run.backend.name);
    file.attribute(group, "device", run.backend.device);
    file.attribute(group, "precision", name(run.backend.precision));
    file.attribute(group, "tolerance", run.tolerance);
    file.attribute(group, "ran", std::int64_t{run.notRun.empty()});
    if (!run.notRun.empty()) {
        file.attribute(group, "not_run", run.notRun);
        return;
    }
    file.attribute(group, "passed", std::int64_t{run.passed});
    file.attribute(group, "max_abs_delta_logit", run.largest);
    file.attribute(group, "mean_abs_delta_logit", run.mean);
    file.attribute(group, "same_bits_second_run", std::int64_t{run.sameAgain});
    file.attribute(group, "same_bits_other_batch", std::int64_t{run.sameInOtherBatches});
    file.column(group + "/logit", run.logits);
    file.attach(group + "/logit", "/row");
    std::vector<std::int64_t> low, high, rows;
    for (const UlpBin& bin : run.ulps) {
        low.push_back(bin.low);
        high.push_back(bin.high);
        rows.push_back(bin.rows);
    }
    file.column(group + "/ulp_low", low);
    file.column(group + "/ulp_high", high);
    file.column(group + "/ulp_rows", rows);
    file.attribute(group + "/ulp_rows", "long_name",
                   "rows whose logit is ulp_low .. ulp_high float32 steps from the reference");
    file.group(group + "/layers");
    for (std::size_t i = 0; i < run.computed.size(); ++i) {
        const std::string path = group + "/layers/" + plain(run.computed[i].name);
        file.matrix(path, run.computed[i].values, run.computed[i].columns);
        file.attach(path, "/row");
        if (i >= run.layers.size()) continue;
        file.attribute(path, "max_abs_delta", run.layers[i].largest);
        file.attribute(path, "mean_abs_delta", run.layers[i].mean);
    }
}

}  // namespace

std::string parityJson(const Parity& parity) {
    Json runs = Json::array();
    for (const ParityRun& run : parity.runs) runs.push_back(runJson(run));
    const Json out{{"checkpoint", parity.checkpoint},
                   {"dataset", parity.dataset.empty() ? Json(nullptr) : Json(parity.dataset)},
                   {"profile", parity.dataset.empty() ? Json(nullptr) : Json::parse(profileJson(parity.profile))},
                   {"seed", parity.seed},
                   {"row_count", parity.rows.size()},
                   {"rows", parity.rows.size()},
                   {"passed", parity.passed()},
                   {"tolerance_is", toleranceWords()},
                   {"runs", std::move(runs)}};
    return jsonText(out, 2) + "\n";
}

Result<std::vector<std::byte>> parityHdf5(const Parity& parity, const Provenance& provenance) {
    Hdf5Image file;
    file.attribute("/", "Conventions", "DLRM-Explorer-1.0");
    file.attribute("/", "title", "parity of backends and precisions with a double reference");
    file.attribute("/", "checkpoint", parity.checkpoint);
    file.attribute("/", "rows_of", parity.dataset.empty() ? "synthetic rows" : parity.dataset);
    if (!parity.dataset.empty()) file.attribute("/", "profile", parity.profile);
    file.attribute("/", "seed", static_cast<std::int64_t>(parity.seed));
    file.attribute("/", "passed", std::int64_t{parity.passed()});
    file.attribute("/", "tolerance_is", toleranceWords());
    addProvenance(file, provenance);
    file.scale("row", parity.rows,
               parity.dataset.empty() ? "number of the synthetic row" : "row of the dataset, 0-based");
    const Batch& input = *parity.input;
    file.group("/input");
    if (input.numericals > 0) {
        file.matrix("/input/numerical", input.numerical, input.numericals);
        file.attach("/input/numerical", "/row");
    }
    for (std::int64_t t = 0; t < input.tables; ++t) {
        const auto ids = input.ids.begin() + t * input.rows;
        const std::string path = fmt::format("/input/id_{}", t);
        file.column(path, std::vector<std::int64_t>(ids, ids + input.rows));
        file.attach(path, "/row");
        file.attribute(path, "table", parity.tableNames[static_cast<std::size_t>(t)]);
    }
    file.group("/reference");
    file.column("/reference/logit", parity.reference.logits);
    file.attach("/reference/logit", "/row");
    file.attribute("/reference/logit", "long_name", "logit in double precision");
    file.group("/reference/layers");
    for (const ReferenceLayer& layer : parity.reference.layers) {
        const std::string path = "/reference/layers/" + plain(layer.name);
        file.matrix(path, layer.values, layer.columns);
        file.attach(path, "/row");
    }
    file.group("/runs");
    for (const ParityRun& run : parity.runs) addRun(file, run);
    return file.finish();
}

}  // namespace dlrm
