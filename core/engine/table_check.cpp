// SPDX-License-Identifier: Apache-2.0
#include "core/engine/table_check.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <string_view>
#include <utility>

#include "core/analysis/reading/hypotheses.h"

namespace dlrm {
namespace {

constexpr std::int64_t kRowsPerForward = 2048;

// Losses with an intercept; empty where a prediction is not finite.
Result<std::vector<double>> lossesOf(Backend& backend, ModelWeights weights, const Batch& rows,
                                     const std::stop_token& stop) {
    DLRM_TRY(auto model, backend.load(std::move(weights), {.stop = stop}));
    DLRM_TRY(const auto logits, logitsOf(*model, rows, stop));
    TestedHypothesis tested;
    const auto finite = [](float z) { return std::isfinite(z); };
    if (std::all_of(logits.begin(), logits.end(), finite)) setLosses(tested, logits, rows.labels);
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

HarmfulTable compared(std::string name, const std::vector<double>& with, const std::vector<double>& without) {
    const PairedDifference gain = pairedDifference(with, without);
    return {std::move(name), gain.mean, gain.standardErrors(), {}};
}

// The model with some tables left out, one after the other.
class LeftOut {
public:
    LeftOut(Backend& backend, const ModelWeights& weights, const Batch& rows)
        : m_backend(backend),
          m_weights(weights),
          m_rows(rows),
          m_tables(weights.tables.begin(), weights.tables.end()) {}

    // Every vector of the table becomes the mean one of the rows.
    void leaveOut(std::size_t table) {
        const std::int64_t dim = m_tables[table].dim();
        m_means.push_back(meanVector(m_weights.tables[table], m_rows.idsOf(static_cast<std::int64_t>(table))));
        constexpr std::int64_t kFloat = sizeof(float);
        const std::byte* values = std::as_bytes(std::span(m_means.back())).data();
        m_tables[table] = TableView(1, dim, DType::Float32, {TablePart{0, 1, 0, dim, values, dim * kFloat, kFloat}});
        m_out.push_back(table);
    }

    // As lossesOf().
    Result<std::vector<double>> losses(const std::stop_token& stop) const {
        Batch replaced = m_rows;
        for (const std::size_t t : m_out)
            std::fill_n(replaced.ids.begin() + static_cast<std::int64_t>(t) * m_rows.rows, m_rows.rows, 0);
        ModelWeights copy = m_weights;
        copy.tables = m_tables;
        return lossesOf(m_backend, std::move(copy), replaced, stop);
    }

private:
    Backend& m_backend;
    const ModelWeights& m_weights;
    const Batch& m_rows;
    std::vector<TableView> m_tables;
    std::vector<std::size_t> m_out;
    std::list<std::vector<float>> m_means;  // the views look into them
};

}  // namespace

bool isWorthTelling(const HarmfulTable& table, double entropy) {
    return table.standardErrors >= kStandardErrorsToWin && table.gain >= kHarmWorthTelling * entropy;
}

Result<std::vector<float>> logitsOf(DeviceModel& model, const Batch& rows, const std::stop_token& stop) {
    std::vector<float> logits(static_cast<std::size_t>(rows.rows));
    for (std::int64_t first = 0; first < rows.rows; first += kRowsPerForward) {
        const std::int64_t count = std::min(kRowsPerForward, rows.rows - first);
        const auto part = std::span(logits).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
        DLRM_TRY(model.forward(rows.view().slice(first, count), part, {}, nullptr, stop));
    }
    return logits;
}

Result<std::vector<HarmfulTable>> harmfulTables(Backend& backend, const ModelWeights& weights, const Batch& rows,
                                                const Job& job) {
    DLRM_TRY(const auto with, lossesOf(backend, weights, rows, job.stop));
    if (with.empty()) return std::vector<HarmfulTable>();
    struct Candidate {
        std::size_t table;
        HarmfulTable harm;
        std::vector<double> losses;
    };
    std::vector<Candidate> candidates;
    const double entropy = entropyOf(rows.labels);
    const std::size_t total = weights.tables.size();
    // Two steps a table: it was left out, and nothing more is to be found out of it. Those that do harm wait for the
    // second one.
    const auto tell = [&](std::string_view stage, std::size_t leftOut) {
        job.report({stage, static_cast<std::int64_t>(2 * leftOut - candidates.size()),
                    static_cast<std::int64_t>(2 * total), "steps"});
    };
    for (std::size_t t = 0; t < total; ++t) {
        if (job.stopped()) return cancelled();
        tell("leaving out each table", t);
        LeftOut model(backend, weights, rows);
        model.leaveOut(t);
        DLRM_TRY(auto without, model.losses(job.stop));
        if (without.empty()) continue;
        HarmfulTable harm = compared(weights.spec->tables[t].name, with, without);
        if (isWorthTelling(harm, entropy)) candidates.push_back({t, std::move(harm), std::move(without)});
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.harm.gain > b.harm.gain; });
    std::vector<HarmfulTable> out;
    while (!candidates.empty()) {
        const Candidate worst = std::move(candidates.front());
        candidates.erase(candidates.begin());
        HarmfulTable named = worst.harm;
        for (auto other = candidates.begin(); other != candidates.end();) {
            if (job.stopped()) return cancelled();
            tell("leaving out two tables", total);
            LeftOut both(backend, weights, rows);
            both.leaveOut(worst.table);
            both.leaveOut(other->table);
            DLRM_TRY(const auto without, both.losses(job.stop));
            const bool still =
                !without.empty() && isWorthTelling(compared(other->harm.name, worst.losses, without), entropy);
            if (!still) named.partners.push_back(other->harm.name);
            other = still ? other + 1 : candidates.erase(other);
        }
        out.push_back(std::move(named));
    }
    return out;
}

}  // namespace dlrm
