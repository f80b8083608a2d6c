// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/guarded.h"
#include "core/compute/cpu/cpu_backend.h"
#include "core/engine/engine_state.h"
#include "core/engine/table_check.h"
#include "core/metrics/probability.h"

namespace dlrm {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kProbeRows = 256;  // made-up rows that show how large the top MLP's inputs are

struct NamedOrder {
    TableOrder name;
    std::vector<int> order;
};

// The table orders to try: every layout may have been read with the wrong one.
std::vector<NamedOrder> tableOrders(const ModelSpec& spec) {
    std::vector<NamedOrder> orders{{TableOrder::AsIs, interactionTables(spec, TableOrder::AsIs)}};
    if (std::vector<int> sorted = interactionTables(spec, TableOrder::ByCardinality); sorted != orders.front().order)
        orders.push_back({TableOrder::ByCardinality, std::move(sorted)});
    return orders;
}

std::vector<InteractionOrder> interactionOrders(const ModelSpec& spec) {
    if (spec.interaction != InteractionKind::Dot || spec.orderSource == OrderSource::Format)
        return {spec.interactionOrder};
    return {InteractionOrder::CustomCuda, InteractionOrder::Tensorflow};
}

// Rows like Criteo's, the same in every run: numbers from 0 to some thousands, a third of them missing; ids mostly of
// low rank.
Batch probe(const ModelSpec& spec, std::span<const TableView> tables) {
    std::mt19937 random(1);
    const auto uniform = [&] { return static_cast<double>(random()) / 4294967296.0; };
    Batch batch;
    const std::int64_t numericals = spec.numericalFeatures > 0 ? spec.numericalFeatures : spec.bottomMlp.front().inputs;
    batch.resize(kProbeRows, numericals, static_cast<std::int64_t>(tables.size()), false);
    for (float& v : batch.numerical)
        v = uniform() < 1.0 / 3 ? 0.0f : static_cast<float>(std::log(3 + std::floor(std::exp(8 * uniform()) - 1)));
    for (std::size_t t = 0; t < tables.size(); ++t)
        for (std::int64_t r = 0; r < kProbeRows; ++r)
            batch.ids[t * static_cast<std::size_t>(kProbeRows) + static_cast<std::size_t>(r)] =
                static_cast<std::int32_t>(std::exp(uniform() * std::log(static_cast<double>(tables[t].rows()))) - 1);
    return batch;
}

// Root mean square of the top MLP's inputs [begin, begin + count) over all rows.
std::vector<float> scaleOf(const std::vector<float>& topInput, std::size_t width, std::size_t begin,
                           std::size_t count) {
    std::vector<float> out(count);
    const std::size_t rows = topInput.size() / width;
    for (std::size_t c = 0; c < count; ++c) {
        double square = 0;
        for (std::size_t r = 0; r < rows; ++r)
            square += static_cast<double>(topInput[r * width + begin + c]) * topInput[r * width + begin + c];
        out[c] = static_cast<float>(std::sqrt(square / static_cast<double>(rows)));
    }
    return out;
}

Result<OrderEvidence> weighEvidence(DeviceModel& model, const ModelWeights& weights, const std::stop_token& stop) {
    const ModelSpec& spec = *weights.spec;
    OrderEvidence none;
    if (spec.interaction != InteractionKind::Dot) {
        none.reason = "This model has cross layers instead of dot products: there is one order only.";
        return none;
    }
    if (spec.orderSource == OrderSource::Format) {
        none.reason = fmt::format("Layout {} fixes the order.", spec.layout);
        return none;
    }
    const Batch batch = probe(spec, weights.tables);
    std::vector<float> logits(static_cast<std::size_t>(kProbeRows));
    Intermediates intermediates;
    DLRM_TRY(model.forward(batch.view(), logits, {false, false, true}, &intermediates, stop));
    const auto width = static_cast<std::size_t>(weights.top.front().inputs);
    const auto bottom = static_cast<std::size_t>(spec.embeddingDim), pairs = static_cast<std::size_t>(spec.pairs());
    const bool bottomFirst = spec.interactionOrder == InteractionOrder::CustomCuda;
    return detectInteractionOrder(weights.top.front(),
                                  scaleOf(intermediates.topInput, width, bottomFirst ? 0 : pairs, bottom),
                                  scaleOf(intermediates.topInput, width, bottomFirst ? bottom : 0, pairs), stop);
}

// One sentence that names the first layer with a weight that is not finite; empty where there is none.
std::string notFinite(const ModelWeights& weights) {
    const auto holdsOne = [](const std::vector<float>& values) {
        return !std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
    };
    const auto sentence = [](const std::string& layer, const char* part) {
        return fmt::format("The {} of {} holds a value that is not finite.", part, layer);
    };
    const auto ofMlp = [&](const std::vector<LayerSpec>& specs,
                           const std::vector<DenseWeights>& layers) -> std::string {
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (holdsOne(layers[i].kernel)) return sentence(specs[i].name, "kernel");
            if (holdsOne(layers[i].bias)) return sentence(specs[i].name, "bias");
        }
        return {};
    };
    if (std::string found = ofMlp(weights.spec->bottomMlp, weights.bottom); !found.empty()) return found;
    for (std::size_t i = 0; i < weights.cross.size(); ++i) {
        const CrossWeights& w = weights.cross[i];
        if (holdsOne(w.u) || holdsOne(w.v)) return sentence(weights.spec->crossLayers[i].name, "kernel");
        if (holdsOne(w.bias)) return sentence(weights.spec->crossLayers[i].name, "bias");
    }
    return ofMlp(weights.spec->topMlp, weights.top);
}

// Why ids of `batch` shifted by `shift` cannot be; empty when they can.
std::string idsOutside(const Batch& batch, const Dataset& dataset, int shift, const ModelSpec& spec) {
    for (std::size_t t = 0; t < spec.tables.size(); ++t)
        for (std::int64_t r = 0; r < batch.rows; ++r) {
            const std::int64_t id =
                static_cast<std::int64_t>(
                    batch.ids[t * static_cast<std::size_t>(batch.rows) + static_cast<std::size_t>(r)]) +
                shift;
            if (id >= 0 && id < spec.tables[t].rows) continue;
            return fmt::format("row {} of the data would look up id {} of {}, which has {}",
                               dataset.numberOf(batch.firstRow + r), id, spec.tables[t].name,
                               counted(spec.tables[t].rows, "row"));
        }
    return {};
}

// The rows as the dataset has them; `raw`: their raw numbers, of `profile`, where it holds such.
struct StoredRows {
    Batch batch;
    const PreprocessingProfile* profile = nullptr;
    std::vector<double> raw;
};

Batch readBy(const StoredRows& rows, const Reading& reading) {
    Batch batch = rows.batch;
    if (rows.profile)
        std::transform(rows.raw.begin(), rows.raw.end(), batch.numerical.begin(),
                       [&](double x) { return fedRaw(reading.numerical, *rows.profile, x); });
    else reread(reading.numerical, batch.numerical, batch.numerical);
    for (std::int32_t& id : batch.ids) id += reading.idShift;
    return batch;
}

// Loss of every row under one model and one reading. Error texts of forward() only; a logit that is not finite makes it
// impossible.
Result<void> testReading(DeviceModel& model, const Dataset& dataset, const StoredRows& rows, TestedHypothesis& tested,
                         const std::stop_token& stop) {
    const Batch batch = readBy(rows, tested.hypothesis.reading);
    DLRM_TRY(const auto logits, logitsOf(model, batch, stop));
    const auto bad = std::find_if(logits.begin(), logits.end(), [](float z) { return !std::isfinite(z); });
    if (bad == logits.end()) setLosses(tested, logits, batch.labels);
    else
        tested.hypothesis.impossible = fmt::format("the prediction of row {} is not finite",
                                                   dataset.numberOf(batch.firstRow + (bad - logits.begin())));
    return {};
}

// What reports to it is the steps [first, first + steps) of `total`.
Job stageOf(const Job& whole, std::int64_t first, std::int64_t steps, std::int64_t total) {
    return {[whole, first, steps, total](const Progress& p) {
                const std::int64_t done = p.total > 0 ? steps * p.done / p.total : 0;
                whole.report({p.stage, first + done, total, "steps"});
            },
            whole.stop};
}

}  // namespace

Result<DoctorReport> Engine::doctor(const Dataset* dataset, const DoctorOptions& options, const Job& job) {
    return guarded([&]() -> Result<DoctorReport> {
        const auto start = Clock::now();
        if (dataset) {
            DLRM_TRY(checkFits(*dataset));
            DLRM_TRY(requireLabels(*dataset));
            DLRM_TRY(requireOneId(*dataset, "The doctor"));
        }
        if (!spec().tableOrderKnown) return fail(m_state->unknownTableOrder());
        DLRM_TRY(auto weights, m_state->readWeights(job.stop));
        // On the CPU whatever the backend: several models are loaded one after the other, for few rows.
        DLRM_TRY(auto backend, makeCpuBackend({}));

        DoctorReport out;
        std::int64_t steps = 0;  // of the progress, without the last one: that the files are unchanged
        DLRM_TRY(out.tables, checkTrained(spec(), m_state->checkpoint->tables(), {.stop = job.stop}));
        out.notFinite = notFinite(weights);
        if (out.notFinite.empty()) out.notFinite = out.tables.notFinite();
        out.interactionOrder = spec().interactionOrder;
        out.orderSource = spec().orderSource;
        if (!weights.bottom.empty()) {
            const std::int64_t ofData =
                dataset ? static_cast<std::int64_t>(dataset->schema().numericalNames.size()) : 0;
            out.padding =
                weighPadding(weights.bottom.front(), spec().numericalFeatures > 0 ? spec().numericalFeatures : ofData,
                             spec().bottomMlp.front().name);
        }
        {
            DLRM_TRY(auto model, backend->load(weights, {.stop = job.stop}));
            job.report({"looking at the weights", 0, 1, "models"});
            DLRM_TRY(out.evidence, weighEvidence(*model, weights, job.stop));
            if (job.stopped()) return cancelled();
        }
        if (dataset) {
            out.rows = std::min(options.rows, dataset->rows());
            out.datasetPath = dataset->path();
            out.split = dataset->split();
            out.profile = m_state->profileOf(*dataset);
            if (const auto unknown = dataset->unknownValues(); unknown && unknown->most())
                out.foreignDictionary = unknown->sentence();
            StoredRows stored;
            Batch& batch = stored.batch;
            DLRM_TRY(dataset->read(0, out.rows, batch, job.stop));
            stored.profile = dataset->rawProfile();
            if (stored.profile) DLRM_TRY(dataset->readRawNumbers(0, out.rows, stored.raw, job.stop));

            const Reading own = options.inForce.value_or(ownReading(*dataset));
            const auto orders = tableOrders(m_state->checkpoint->spec());  // "as is" means as the files have it
            const auto interactions = interactionOrders(spec());
            const auto numericals = numericalReadings(*dataset);
            constexpr int kShifts[] = {0, 1, -1};
            std::vector<TestedHypothesis> tested;
            const auto readings =
                static_cast<std::int64_t>(orders.size() * interactions.size() * numericals.size() * std::size(kShifts));
            const auto ofTables = static_cast<std::int64_t>(spec().tables.size());
            steps = readings + ofTables;
            for (const NamedOrder& order : orders)
                for (const InteractionOrder interaction : interactions) {
                    ModelSpec variant = spec();
                    variant.interactionOrder = interaction;
                    variant.interactionTableOrder = order.order;
                    ModelWeights copy = weights;
                    copy.spec = &variant;
                    DLRM_TRY(auto model, backend->load(std::move(copy), {.stop = job.stop}));
                    for (const int shift : kShifts) {
                        const std::string impossible = idsOutside(batch, *dataset, shift, spec());
                        for (const NumericalReading numerical : numericals) {
                            if (job.stopped()) return cancelled();
                            TestedHypothesis& t = tested.emplace_back();
                            t.hypothesis.interaction = interaction;
                            t.hypothesis.reading = {numerical, shift};
                            t.hypothesis.tableOrder = order.name;
                            t.hypothesis.asOpened = interaction == spec().interactionOrder &&
                                                    order.order == spec().interactionTableOrder &&
                                                    t.hypothesis.reading == own;
                            t.hypothesis.impossible = impossible;
                            if (impossible.empty()) DLRM_TRY(testReading(*model, *dataset, stored, t, job.stop));
                            job.report(
                                {"trying readings", static_cast<std::int64_t>(tested.size()), steps + 1, "steps"});
                        }
                    }
                }
            out.ranking = rank(std::move(tested), batch.labels);
            // Of a reading that is impossible, beaten or predicts nothing the tables say nothing.
            if (out.ranking.predicts && out.ranking.ownBehind && !out.ranking.beaten()) {
                DLRM_TRY(out.harmfulTables, harmfulTables(*backend, weights, readBy(stored, own),
                                                          stageOf(job, readings, ofTables, steps + 1)));
            }
            DLRM_TRY(dataset->checkUnchanged());
        }
        DLRM_TRY(m_state->checkpoint->checkUnchanged(stageOf(job, steps, 1, steps + 1)));
        out.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        return out;
    });
}

}  // namespace dlrm
