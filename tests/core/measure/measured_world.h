// SPDX-License-Identifier: Apache-2.0
// Rows of a small made-up model with everything that a measure may look at.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "core/measure/measures.h"

namespace dlrm::test {

inline LayerSpec layerOf(const char* name, std::int64_t outputs, bool relu) {
    LayerSpec layer;
    layer.name = name;
    layer.outputs = outputs;
    layer.relu = relu;
    return layer;
}

// `cross`: a model without products, whose vectors are multiplied by the measure.
class MeasuredWorld {
public:
    static constexpr std::int64_t kRows = 5003, kFirstRow = 200, kDim = 3;
    static constexpr std::int64_t kTopUnits = 5, kMiddleUnits = 4, kPairs = 10;
    static constexpr std::size_t kTables = 4, kVectors = kTables + 1;

    explicit MeasuredWorld(bool cross = false) : m_random(7) {
        constexpr std::int64_t kTableRows[kTables] = {1, 50, 1000, 70};
        spec.embeddingDim = kDim;
        spec.interaction = cross ? InteractionKind::Cross : InteractionKind::Dot;
        spec.bottomMlp = {layerOf("bottom_mlp/0", 9, true), layerOf("bottom_mlp/1", kDim, true)};
        spec.topMlp = {layerOf("top_mlp/0", kTopUnits, true), layerOf("top_mlp/1", kMiddleUnits, true),
                       layerOf("top_mlp/2", 1, false)};
        untrained.resize(kTables);
        for (std::size_t t = 0; t < kTables; ++t) {
            TableSpec& table = spec.tables.emplace_back();
            table.rows = kTableRows[t];
            table.dim = kDim;
            UntrainedRows& rows = untrained[t];
            rows.method = t == 3 ? UntrainedMethod::Unknown : UntrainedMethod::Lattice;
            rows.rows = table.rows;
            rows.bits.resize(static_cast<std::size_t>((table.rows + 63) / 64));
            for (std::int64_t id = 0; id < table.rows && t < 3; ++id)
                if (uniform() < 0.2) rows.bits[static_cast<std::size_t>(id / 64)] |= std::uint64_t{1} << (id % 64);
        }
        // The bottom's output, then the products; of three layers, so that one lies between two others.
        for (const auto& [inputs, outputs] :
             {std::pair{kDim + kPairs, kTopUnits}, {kTopUnits, kMiddleUnits}, {kMiddleUnits, std::int64_t{1}}}) {
            DenseWeights& layer = top.emplace_back();
            layer.inputs = inputs;
            layer.outputs = outputs;
            for (std::int64_t i = 0; i < inputs * outputs; ++i) layer.kernel.push_back(static_cast<float>(normal()));
            layer.bias.resize(static_cast<std::size_t>(outputs));
        }
        batch.firstRow = kFirstRow;
        batch.resize(kRows, 1, static_cast<std::int64_t>(kTables), true);
        for (std::size_t t = 0; t < kTables; ++t)
            for (std::int64_t r = 0; r < kRows; ++r)
                batch.ids[at(r, t)] =
                    static_cast<std::int32_t>(std::pow(uniform(), 3) * static_cast<double>(kTableRows[t]));
        for (std::int64_t r = 0; r < kRows; ++r) {
            batch.labels[static_cast<std::size_t>(r)] = uniform() < 0.25;
            logits.push_back(r % 997 == 0 ? -80.0F : static_cast<float>(normal() * 2 - 1));
        }
        for (std::int64_t r = 0; r < kRows; ++r) addIntermediates(r);
        for (std::int64_t r = 0; r < kRows; ++r)
            batch.numerical[static_cast<std::size_t>(r)] = static_cast<float>(r % 7);
        const auto add = [this](auto... how) { slices.push_back(std::make_shared<SlicePartition>(std::move(how)...)); };
        add(std::string("num_0 > 3 and row 700-"),
            std::vector<SliceTest>{NumberTest{0, SliceComparison::Greater, {3}, 0.0F}, RowTest{{700, 1 << 30}}});
        add(std::string("cat_2 decade"), std::vector<RowClass>{IdEdges{2, {1, 10, 100}}},
            std::vector<std::vector<std::string>>{
                {"cat_2 missing", "cat_2 id 1-9", "cat_2 id 10-99", "cat_2 id 100-999"}});
        bins = {slices.back(),
                std::make_shared<SlicePartition>(
                    "num_0 bins", std::vector<RowClass>{NumberEdges{0, {2, 4}, 0.0F}},
                    std::vector<std::vector<std::string>>{
                        {"num_0 missing", "num_0 < 2", "num_0 >= 2 and num_0 < 4", "num_0 >= 4"}}),
                std::make_shared<SlicePartition>(
                    "cat_3 bins", std::vector<RowClass>{IdEdges{3, {1, 20}}},
                    std::vector<std::vector<std::string>>{{"cat_3 missing", "cat_3 id 1-19", "cat_3 id 20-69"}})};
    }

    MeasureInput input() const {
        MeasureInput out{spec, {kFirstRow, kFirstRow + kRows - 1}, TableId{2}, {}};
        for (const UntrainedRows& rows : untrained) out.untrained.push_back(&rows);
        out.top = top;
        out.slices = slices;
        out.bins = bins;
        return out;
    }
    std::unique_ptr<Measure> make(const MeasureEntry& entry) const {
        auto made = entry.make(input());
        if (!made) qFatal("%s", made.error().text().c_str());
        return *std::move(made);
    }
    // Rows [first, first + count) of this world.
    void addTo(Measure& measure, std::int64_t first, std::int64_t count) const {
        const auto part = [&](const std::vector<float>& values) {
            const auto width = std::ssize(values) / kRows;
            return std::vector<float>(values.begin() + first * width, values.begin() + (first + count) * width);
        };
        Intermediates some;
        some.vectors = part(all.vectors);
        some.interaction = part(all.interaction);
        for (const auto& layer : all.bottomActivations) some.bottomActivations.push_back(part(layer));
        for (const auto& layer : all.topActivations) some.topActivations.push_back(part(layer));
        MeasuredRows rows;
        rows.rows = batch.view().slice(first, count);
        rows.firstRow = kFirstRow + first;
        rows.logits = std::span(logits).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
        rows.intermediates = &some;
        if (auto added = measure.add(rows); !added) qFatal("%s", added.error().text().c_str());
    }

    std::int32_t id(std::int64_t row, std::size_t table) const { return batch.ids[at(row, table)]; }
    bool clicked(std::int64_t row) const { return batch.labels[static_cast<std::size_t>(row)] == 1; }

    ModelSpec spec;
    std::vector<UntrainedRows> untrained;
    std::vector<DenseWeights> top;
    std::vector<std::shared_ptr<const SlicePartition>> slices, bins;
    Batch batch;
    std::vector<float> logits;
    Intermediates all;  // of all rows

private:
    double uniform() { return static_cast<double>(m_random()) / 4294967296.0; }
    double normal() { return std::sqrt(-2 * std::log(uniform() + 1e-12)) * std::cos(6.283185307179586 * uniform()); }
    static std::size_t at(std::int64_t row, std::size_t table) {
        return table * static_cast<std::size_t>(kRows) + static_cast<std::size_t>(row);
    }

    void addIntermediates(std::int64_t row) {
        std::vector<float> vectors(kVectors * kDim);
        // Of very different sizes, so that sums in double would depend on the order; some are zero.
        const double size = std::pow(10.0, 8 * uniform() - 4);
        for (float& v : vectors) v = static_cast<float>(normal() * size);
        if (row % 5 == 0)
            for (std::size_t d = 0; d < kDim; ++d) vectors[2 * kDim + d] = 0;
        all.vectors.insert(all.vectors.end(), vectors.begin(), vectors.end());
        for (std::size_t i = 0; i < kVectors; ++i)
            for (std::size_t j = 0; j < kVectors; ++j) {
                float product = 0;
                for (std::size_t d = 0; d < kDim; ++d) product += vectors[i * kDim + d] * vectors[j * kDim + d];
                all.interaction.push_back(product);
            }
        all.bottomActivations.resize(2);
        all.topActivations.resize(3);
        const auto activate = [&](std::vector<float>& layer, std::int64_t units) {
            for (std::int64_t u = 0; u < units; ++u)
                layer.push_back(static_cast<float>(std::max(0.0, normal() + static_cast<double>(u) - 3)));
        };
        activate(all.bottomActivations[0], 9);
        activate(all.bottomActivations[1], kDim);
        activate(all.topActivations[0], kTopUnits);
        activate(all.topActivations[1], kMiddleUnits);
        activate(all.topActivations[2], 1);
    }

    std::mt19937 m_random;
};

}  // namespace dlrm::test
