// SPDX-License-Identifier: Apache-2.0
#include "synthetic_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

namespace dlrm::test {
namespace {

float fromHalf(std::uint16_t h) {
    const int exponent = (h >> 10) & 31;
    const int fraction = h & 1023;
    const double magnitude = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    return static_cast<float>(h & 0x8000 ? -magnitude : magnitude);
}

DenseWeights randomLayer(std::int64_t inputs, std::int64_t outputs, std::mt19937_64& random) {
    DenseWeights w;
    w.inputs = inputs;
    w.outputs = outputs;
    std::normal_distribution<float> kernel(0.0f, std::sqrt(2.0f / static_cast<float>(inputs)));
    std::normal_distribution<float> bias(0.0f, 0.05f);
    w.kernel.resize(static_cast<std::size_t>(inputs * outputs));
    w.bias.resize(static_cast<std::size_t>(outputs));
    for (float& v : w.kernel) v = kernel(random);
    for (float& v : w.bias) v = bias(random);
    return w;
}

std::vector<DenseWeights> randomMlp(std::int64_t inputs, std::vector<std::int64_t> hidden, std::int64_t outputs,
                                    std::vector<LayerSpec>& spec, bool reluAtEnd, std::mt19937_64& random) {
    std::vector<DenseWeights> mlp;
    hidden.push_back(outputs);
    for (std::size_t i = 0; i < hidden.size(); ++i) {
        mlp.push_back(randomLayer(inputs, hidden[i], random));
        LayerSpec layer;
        layer.inputs = inputs;
        layer.outputs = hidden[i];
        layer.relu = reluAtEnd || i + 1 < hidden.size();
        spec.push_back(layer);
        inputs = hidden[i];
    }
    return mlp;
}

CrossWeights randomCross(std::int64_t width, std::int64_t projection, std::mt19937_64& random) {
    CrossWeights w;
    w.width = width;
    w.projection = projection;
    const std::int64_t inner = projection > 0 ? projection : width;
    if (projection > 0) w.u = randomLayer(width, projection, random).kernel;
    DenseWeights v = randomLayer(inner, width, random);
    for (float& value : v.kernel)
        value /=
            8;  // each layer multiplies with x0, of order 5: so the values stay of the order the tolerances are for
    w.v = std::move(v.kernel);
    w.bias = std::move(v.bias);
    return w;
}

}  // namespace

SyntheticModel::SyntheticModel(const ModelShape& shape, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const std::size_t tables = shape.cardinalities.size();
    m_spec.embeddingDim = shape.dim;
    m_spec.numericalFeatures = shape.numericals;
    m_spec.interactionOrder = shape.order;
    m_spec.combiner = shape.combiner;
    m_spec.interactionTableOrder.resize(tables);
    std::iota(m_spec.interactionTableOrder.begin(), m_spec.interactionTableOrder.end(), 0);
    if (shape.permuteTables)
        std::shuffle(m_spec.interactionTableOrder.begin(), m_spec.interactionTableOrder.end(), random);
    const bool half = shape.tableType == DType::Float16;
    if (shape.crossLayers > 0) m_spec.interaction = InteractionKind::Cross;
    for (std::size_t t = 0; t < tables; ++t) {
        const std::int64_t rows = shape.cardinalities[t];
        const std::int64_t dim = shape.tableDims.empty() ? shape.dim : shape.tableDims[t];
        TableSpec table;
        table.rows = rows;
        table.dim = dim;
        table.dtype = shape.tableType;
        m_spec.tables.push_back(table);
        const std::int64_t item = half ? 2 : 4;
        std::vector<std::byte>& bytes = m_values.emplace_back(static_cast<std::size_t>(rows * dim * item));
        std::uniform_real_distribution<float> value(-0.25f, 0.25f);
        std::uniform_int_distribution<int> halfBits(0x2c00, 0x3400);  // magnitudes 1/16 to 1/4
        for (std::int64_t i = 0; i < rows * dim; ++i) {
            const float f = value(random);
            const auto h = static_cast<std::uint16_t>(halfBits(random) | (random() & 1 ? 0x8000 : 0));
            std::memcpy(bytes.data() + i * item, half ? static_cast<const void*>(&h) : &f,
                        static_cast<std::size_t>(item));
        }
        std::vector<TablePart> parts;
        const std::int64_t rowsPerPart = shape.rowsPerPart > 0 ? shape.rowsPerPart : rows;
        for (std::int64_t first = 0; first < rows; first += rowsPerPart) {
            TablePart part;
            part.firstRow = first;
            part.rows = std::min(rowsPerPart, rows - first);
            part.columns = dim;
            part.data = bytes.data() + first * dim * item;
            part.rowStride = dim * item;
            part.columnStride = item;
            parts.push_back(part);
        }
        m_views.emplace_back(rows, dim, shape.tableType, std::move(parts));
    }
    bottom = randomMlp(shape.numericals + shape.bottomPadding, shape.bottomHidden, shape.dim, m_spec.bottomMlp, true,
                       random);
    m_spec.bottomMlp[0].paddingInputs = shape.bottomPadding;
    for (int i = 0; i < shape.crossLayers; ++i) {
        cross.push_back(randomCross(m_spec.interactionWidth(), shape.projection, random));
        m_spec.crossLayers.push_back({"", m_spec.interactionWidth(), shape.projection, DType::Float32});
    }
    top = randomMlp(m_spec.interactionWidth() + shape.topPadding, shape.topHidden, 1, m_spec.topMlp, false, random);
    m_spec.topMlp[0].paddingInputs = shape.topPadding;
}

double SyntheticModel::tableValue(std::size_t table, std::int64_t row, std::int64_t column) const {
    const std::int64_t at = row * m_spec.tables[table].dim + column;
    if (m_spec.tables[table].dtype == DType::Float16) {
        std::uint16_t h = 0;
        std::memcpy(&h, m_values[table].data() + at * 2, 2);
        return fromHalf(h);
    }
    float f = 0;
    std::memcpy(&f, m_values[table].data() + at * 4, 4);
    return f;
}

Batch SyntheticModel::rows(std::int64_t count, std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    Batch batch;
    batch.resize(count, m_spec.numericalFeatures, static_cast<std::int64_t>(m_spec.tables.size()), false);
    std::uniform_int_distribution<int> counts(0, 500);
    for (float& v : batch.numerical) v = std::log(static_cast<float>(counts(random)) + 3.0f);
    for (std::size_t t = 0; t < m_spec.tables.size(); ++t)
        for (std::int64_t r = 0; r < count; ++r)
            batch.ids[t * static_cast<std::size_t>(count) + static_cast<std::size_t>(r)] =
                static_cast<std::int32_t>(random() % static_cast<std::uint64_t>(m_spec.tables[t].rows));
    return batch;
}

}  // namespace dlrm::test
