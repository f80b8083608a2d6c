// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/counted.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/measure/batch_feed.h"
#include "core/metrics/probability.h"

namespace dlrm {
namespace {

InputRow inputRow(const Batch& batch, std::int64_t row) {
    InputRow out;
    const auto numerical = batch.numerical.begin() + row * batch.numericals;
    out.numerical.assign(numerical, numerical + batch.numericals);
    out.ids.reserve(static_cast<std::size_t>(batch.tables));
    for (std::int64_t t = 0; t < batch.tables; ++t)
        out.ids.push_back(batch.ids[static_cast<std::size_t>(t * batch.rows + row)]);
    return out;
}

bool allFinite(std::span<const float> values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

// The first place on the way to the logit that is not finite, as a sentence.
std::string whereNotFinite(const Explanation& e, const ModelSpec& model) {
    for (std::size_t i = 0; i < e.input.numerical.size(); ++i)
        if (!std::isfinite(e.input.numerical[i]))
            return fmt::format("Numerical feature {} of this row is not finite.", i);
    for (std::size_t t = 0; t < e.rowNorms.size(); ++t)
        if (!std::isfinite(e.rowNorms[t]))
            return fmt::format("Row {} of table {} holds a value that is not finite.", e.input.ids[t],
                               model.tables[t].name);
    std::string found;
    const auto look = [&found](const auto& layers, const std::vector<std::vector<float>>& activations) {
        for (std::size_t l = 0; found.empty() && l < std::min(layers.size(), activations.size()); ++l)
            if (!allFinite(activations[l]))
                found = fmt::format("Layer {} gives values that are not finite.", layers[l].name);
    };
    look(model.bottomMlp, e.intermediates.bottomActivations);
    look(model.crossLayers, e.intermediates.crossActivations);
    look(model.topMlp, e.intermediates.topActivations);
    return found.empty() ? "The logit is not finite." : found;
}

}  // namespace

Result<Prediction> Engine::predict(const Dataset& dataset, RowRange range, PredictContent content, const Job& job) {
    return guarded([&]() -> Result<Prediction> {
        DLRM_TRY(checkFits(dataset));
        if (content.inputs) DLRM_TRY(requireOneId(dataset, "A prediction with its inputs"));
        DLRM_TRY(requireCombiner(dataset, spec()));
        DLRM_TRY(checkRange(dataset, range));
        DLRM_TRY(const auto batchRows, m_state->preferredBatch(job));

        Prediction out;
        out.range = range;
        out.profile = m_state->profileOf(dataset);
        out.interactionOrder = spec().interactionOrder;
        out.orderSource = spec().orderSource;
        out.rows.reserve(static_cast<std::size_t>(range.size()));
        std::vector<float> logits;
        BatchFeed feed(dataset, *m_state->checkpoint, range, batchRows, job.stop);
        while (true) {
            DLRM_TRY(auto batch, feed.next());
            if (batch == nullptr) break;
            const Batch& rows = *batch;
            logits.resize(static_cast<std::size_t>(rows.rows));
            if (auto done = m_state->forward(rows.view(), numbersOf(dataset, rows), logits, {}, nullptr, job.stop);
                !done)
                if (!content.notFinite || done.error().code != "E-ENGINE-005") return fail(std::move(done).error());
            for (std::int64_t r = 0; r < rows.rows; ++r) {
                PredictedRow& row = out.rows.emplace_back();
                row.row = rows.firstRow + r;
                if (!rows.labels.empty()) row.label = rows.labels[static_cast<std::size_t>(r)];
                row.logit = logits[static_cast<std::size_t>(r)];
                row.probability = sigmoid(static_cast<double>(row.logit));
                if (content.inputs) row.input = inputRow(rows, r);
                if (content.raw) {
                    DLRM_TRY(row.raw, dataset.rawRow(row.row));
                    if (job.stopped()) return cancelled();
                }
            }
            job.report({"predicting", static_cast<std::int64_t>(out.rows.size()), range.size(), "rows"});
        }
        out.backend = m_state->backendInfo();
        DLRM_TRY(m_state->checkpoint->checkUnchanged(job));
        DLRM_TRY(dataset.checkUnchanged());
        return out;
    });
}

Result<void> Engine::State::checkRow(const InputRow& row) const {
    const ModelSpec& spec = info.spec;
    if (!spec.missing.empty()) return fail(incompleteModel(info));
    const auto tables = checkpoint->tables();
    const std::int64_t inputs = spec.numericalFeatures > 0 ? spec.numericalFeatures : spec.bottomMlp.front().inputs;
    const auto numericals = static_cast<std::int64_t>(row.numerical.size());
    if (row.ids.size() != tables.size() || (spec.numericalFeatures > 0 ? numericals != inputs : numericals > inputs))
        return fail(
            Error("E-ENGINE-008", "This row has another shape than the model takes.")
                .butExpected(fmt::format("{} and {}", counted(inputs, "numerical"), counted(tables.size(), "id")))
                .butFound(fmt::format("{} and {}", counted(numericals, "numerical"), counted(row.ids.size(), "id")))
                .withRemedy("Give one value for every numerical feature and one id for every table."));
    for (std::size_t t = 0; t < tables.size(); ++t)
        if (row.ids[t] < 0 || row.ids[t] >= tables[t].rows())
            return fail(Error("E-ENGINE-004", "A category id lies outside its embedding table.")
                            .inField(spec.tables[t].name)
                            .butExpected(fmt::format("0 .. {}", tables[t].rows() - 1))
                            .butFound(std::to_string(row.ids[t]))
                            .withRemedy("Give an id of this table, or 0 for a missing, rare or unknown value."));
    return {};
}

Result<Explanation> Engine::explain(const InputRow& row, std::stop_token stop, NotFinite notFinite) {
    return guarded([&]() -> Result<Explanation> {
        DLRM_TRY(m_state->checkRow(row));
        const ModelSpec& model = spec();
        const auto tables = m_state->checkpoint->tables();
        Explanation out;
        out.input = row;
        BatchView batch;
        batch.rows = 1;
        batch.numericals = static_cast<std::int64_t>(row.numerical.size());
        batch.tables = static_cast<std::int64_t>(tables.size());
        batch.idStride = 1;
        batch.numerical = row.numerical;
        batch.ids = row.ids;
        if (auto done = m_state->forward(batch, {}, {&out.logit, 1}, {true, true, true}, &out.intermediates, stop);
            !done)
            if (notFinite == NotFinite::Refuse || done.error().code != "E-ENGINE-005")
                return fail(std::move(done).error());
        out.backend = m_state->backendInfo();
        out.probability = sigmoid(static_cast<double>(out.logit));
        out.vectorNames.emplace_back("bottom");
        for (const int t : model.interactionTableOrder)
            out.vectorNames.push_back(model.tables[static_cast<std::size_t>(t)].name);
        std::vector<float> values;
        for (std::size_t t = 0; t < tables.size(); ++t) {
            values.resize(static_cast<std::size_t>(tables[t].dim()));
            tables[t].copyRow(row.ids[t], values);
            out.rowNorms.push_back(norm(values));
        }
        if (!std::isfinite(out.logit)) out.notFinite = whereNotFinite(out, model);
        DLRM_TRY(m_state->checkpoint->checkUnchanged());
        return out;
    });
}

}  // namespace dlrm
