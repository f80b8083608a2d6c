// SPDX-License-Identifier: Apache-2.0
#include "core/engine/table_check.h"

#include <algorithm>
#include <cmath>

#include "core/analysis/hypotheses.h"

namespace dlrm {
namespace {

constexpr std::int64_t kRowsPerForward = 2048;

// Losses with an intercept; empty where a prediction is not finite.
Result<std::vector<double>> lossesOf(Backend& backend, ModelWeights weights, const Batch& rows,
                                     const std::stop_token& stop) {
    auto model = backend.load(std::move(weights), {}, stop);
    if (!model) return fail(std::move(model).error());
    const auto logits = logitsOf(**model, rows, stop);
    if (!logits) return fail(logits.error());
    TestedHypothesis tested;
    const auto finite = [](float z) { return std::isfinite(z); };
    if (std::all_of(logits->begin(), logits->end(), finite)) setLosses(tested, *logits, rows.labels);
    return std::move(tested.losses);
}

std::vector<float> meanVector(const TableView& table, std::span<const std::int32_t> ids) {
    std::vector<float> row(static_cast<std::size_t>(table.dim()));
    std::vector<double> sum(row.size());
    for (const std::int32_t id : ids) {
        table.copyRow(id, row);
        for (std::size_t c = 0; c < row.size(); ++c) sum[c] += static_cast<double>(row[c]);
    }
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = static_cast<float>(sum[c] / static_cast<double>(ids.size()));
    return row;
}

// How much smaller the losses without the table are.
HarmfulTable compared(const std::vector<double>& with, const std::vector<double>& without) {
    const auto n = static_cast<double>(with.size());
    HarmfulTable out;
    for (std::size_t r = 0; r < with.size(); ++r) out.gain += (with[r] - without[r]) / n;
    double square = 0;
    for (std::size_t r = 0; r < with.size(); ++r) square += std::pow(with[r] - without[r] - out.gain, 2);
    const double standardError = n > 1 ? std::sqrt(square / (n - 1) / n) : 0;
    out.standardErrors = standardError > 0 ? out.gain / standardError : 0;
    return out;
}

}  // namespace

Result<std::vector<float>> logitsOf(DeviceModel& model, const Batch& rows, const std::stop_token& stop) {
    std::vector<float> logits(static_cast<std::size_t>(rows.rows));
    for (std::int64_t first = 0; first < rows.rows; first += kRowsPerForward) {
        const std::int64_t count = std::min(kRowsPerForward, rows.rows - first);
        const auto part = std::span(logits).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
        if (auto done = model.forward(rows.view().slice(first, count), part, {}, nullptr, stop); !done)
            return fail(std::move(done).error());
    }
    return logits;
}

Result<std::vector<HarmfulTable>> harmfulTables(Backend& backend, const ModelWeights& weights, const Batch& rows,
                                                const ProgressFn& progress, const std::stop_token& stop) {
    const auto with = lossesOf(backend, weights, rows, stop);
    if (!with) return fail(with.error());
    std::vector<HarmfulTable> out;
    if (with->empty()) return out;
    const auto total = static_cast<std::int64_t>(weights.tables.size());
    for (std::int64_t t = 0; t < total; ++t) {
        if (stop.stop_requested()) return cancelled();
        report(progress, {"leaving out each table", t, total, "tables"});
        const auto at = static_cast<std::size_t>(t);
        std::vector<TableView> tables(weights.tables.begin(), weights.tables.end());
        const std::int64_t dim = tables[at].dim();
        const std::vector<float> mean = meanVector(tables[at], rows.idsOf(t));
        constexpr std::int64_t kFloat = sizeof(float);
        tables[at] = TableView(1, dim, DType::Float32,
                               {TablePart{0, 1, 0, dim, std::as_bytes(std::span(mean)).data(), dim * kFloat, kFloat}});
        Batch replaced = rows;
        std::fill_n(replaced.ids.begin() + t * rows.rows, rows.rows, 0);
        ModelWeights copy = weights;
        copy.tables = tables;
        const auto without = lossesOf(backend, std::move(copy), replaced, stop);
        if (!without) return fail(without.error());
        if (without->empty()) continue;
        HarmfulTable harm = compared(*with, *without);
        harm.name = weights.spec->tables[at].name;
        if (harm.standardErrors >= kStandardErrorsToWin) out.push_back(std::move(harm));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const HarmfulTable& a, const HarmfulTable& b) { return a.standardErrors > b.standardErrors; });
    return out;
}

}  // namespace dlrm
