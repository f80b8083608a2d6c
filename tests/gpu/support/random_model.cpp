// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/support/random_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace dlrm::test {
namespace {

float bf16(float x) {
    std::uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

float rounded(float x, std::int32_t type) {
    if (!std::isfinite(x)) return x;
    if (type == DLRM_TYPE_F16) return static_cast<float>(static_cast<_Float16>(x));
    return type == DLRM_TYPE_BF16 ? bf16(x) : x;
}

std::size_t itemBytes(std::int32_t type) { return type == DLRM_TYPE_F64 ? 8 : type == DLRM_TYPE_F32 ? 4 : 2; }

void putItem(char* to, float value, std::int32_t type, bool swapped) {
    if (type == DLRM_TYPE_F64) {
        const double wide = value;
        std::memcpy(to, &wide, 8);
    } else if (type == DLRM_TYPE_F32) {
        std::memcpy(to, &value, 4);
    } else if (type == DLRM_TYPE_F16) {
        const auto half = static_cast<_Float16>(value);
        std::memcpy(to, &half, 2);
    } else {
        std::uint32_t bits;
        std::memcpy(&bits, &value, 4);
        const auto high = static_cast<std::uint16_t>(bits >> 16);
        std::memcpy(to, &high, 2);
    }
    if (swapped) std::reverse(to, to + itemBytes(type));
}

std::vector<double> dense(const std::vector<double>& x, const dlrm_dense& d) {
    std::vector<double> y(static_cast<std::size_t>(d.outputs));
    for (std::int64_t o = 0; o < d.outputs; ++o) {
        double sum = d.bias[o];
        for (std::int64_t i = 0; i < d.used_inputs; ++i)
            sum += x[static_cast<std::size_t>(i)] * d.kernel[i * d.outputs + o];
        y[static_cast<std::size_t>(o)] = d.relu && sum < 0 ? 0 : sum;
    }
    return y;
}

}  // namespace

RandomModel::RandomModel(const ModelOptions& o) : m_options(o) {
    std::mt19937 random(o.seed);
    std::uniform_real_distribution<float> uniform(-1, 1);
    const auto values = [&](std::int64_t count, double bound) -> const float* {
        std::vector<float> v(static_cast<std::size_t>(count));
        for (float& x : v) x = uniform(random) * static_cast<float>(bound);
        m_weights.push_back(std::move(v));
        return m_weights.back().data();
    };
    std::int64_t width = o.dim;
    for (std::size_t t = 0; t < o.tableRows.size(); ++t) {
        Table table;
        table.rows = o.tableRows[t];
        table.dim = o.dims.empty() ? o.dim : o.dims[t];
        width += table.dim;
        table.values.resize(static_cast<std::size_t>(table.rows * table.dim));
        for (float& x : table.values) x = rounded(uniform(random) * 0.5f, o.type);
        m_tables.push_back(std::move(table));
    }
    m_order.resize(m_tables.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    if (o.crossLayers == 0) std::shuffle(m_order.begin(), m_order.end(), random);
    for (Table& table : m_tables) {
        writeFiles(table);
        const auto gpu = static_cast<std::int64_t>(static_cast<double>(table.rows) * o.gpuShare);
        const auto pinned = std::min(
            table.rows - gpu, static_cast<std::int64_t>(std::ceil(static_cast<double>(table.rows) * o.pinnedShare)));
        m_abiTables.push_back({table.rows, table.dim, o.type, static_cast<std::int64_t>(table.parts.size()),
                               table.parts.data(), gpu, pinned});
    }
    const auto layers = [&](std::vector<dlrm_dense>& to, const std::vector<std::int64_t>& outputs,
                            std::int64_t kernelRows, std::int64_t used, bool logit) {
        for (std::size_t k = 0; k < outputs.size(); ++k) {
            const std::int64_t inputs = k == 0 ? kernelRows : outputs[k - 1];
            const double bound = std::sqrt(6.0 / static_cast<double>(inputs + outputs[k]));
            const float* kernel = values(inputs * outputs[k], bound);
            const float* bias = values(outputs[k], 0.1);
            to.push_back(
                {inputs, outputs[k], k == 0 ? used : inputs, !(logit && k + 1 == outputs.size()), kernel, bias});
        }
    };
    const auto tables = static_cast<std::int64_t>(m_tables.size());
    const std::int64_t interaction = o.crossLayers > 0 ? width : o.dim + tables * (tables + 1) / 2;
    layers(m_bottom, o.bottom, o.bottomKernelRows, o.numericals, false);
    layers(m_top, o.top, interaction + o.topPadding, interaction, true);
    for (int k = 0; k < o.crossLayers; ++k) {
        const double bound = std::sqrt(3.0 / static_cast<double>(width));
        const float* u = o.projection > 0 ? values(width * o.projection, bound) : nullptr;
        const float* v = values((o.projection > 0 ? o.projection : width) * width, bound);
        m_cross.push_back({width, o.projection, u, v, values(width, 0.1)});
    }
    m_description = {tables,
                     m_abiTables.data(),
                     m_order.data(),
                     o.dim,
                     o.bottomKernelRows,
                     o.dotsFirst ? DLRM_DOTS_FIRST : DLRM_BOTTOM_FIRST,
                     static_cast<std::int64_t>(m_bottom.size()),
                     static_cast<std::int64_t>(m_top.size()),
                     static_cast<std::int64_t>(m_cross.size()),
                     m_bottom.data(),
                     m_top.data(),
                     m_cross.data()};
}

void RandomModel::writeFiles(Table& table) const {
    const ModelOptions& o = m_options;
    const std::int64_t blockRows = o.partRows > 0 ? o.partRows : table.rows;
    const std::int64_t split = o.splitColumn > 0 && o.splitColumn < table.dim ? o.splitColumn : table.dim;
    const auto bytes = static_cast<std::int64_t>(itemBytes(o.type));
    table.files.clear();
    table.parts.clear();
    for (std::int64_t first = 0; first < table.rows; first += blockRows)
        for (std::int64_t column = 0; column < table.dim; column = column == 0 ? split : table.dim) {
            const std::int64_t rows = std::min(blockRows, table.rows - first),
                               columns = column == 0 ? split : table.dim - split;
            std::vector<char> file(static_cast<std::size_t>(rows * columns * bytes) + 1);
            for (std::int64_t r = 0; r < rows; ++r)
                for (std::int64_t c = 0; c < columns; ++c)  // one byte off any alignment
                    putItem(file.data() + 1 + (r * columns + c) * bytes,
                            table.values[static_cast<std::size_t>((first + r) * table.dim + column + c)], o.type,
                            o.swapped);
            table.files.push_back(std::move(file));
            table.parts.push_back(
                {first, rows, column, columns, table.files.back().data() + 1, columns * bytes, bytes, o.swapped});
        }
}

float RandomModel::value(std::size_t table, std::int64_t row, std::int64_t column) const {
    const Table& t = m_tables[table];
    return t.values[static_cast<std::size_t>(row * t.dim + column)];
}

void RandomModel::setValue(std::size_t table, std::int64_t row, std::int64_t column, float value) {
    Table& t = m_tables[table];
    t.values[static_cast<std::size_t>(row * t.dim + column)] = value;
    writeFiles(t);
    m_abiTables[table].parts = t.parts.data();
    m_abiTables[table].part_count = static_cast<std::int64_t>(t.parts.size());
}

RandomModel::Batch RandomModel::batch(std::int64_t rows, std::uint32_t seed) const {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(0, 2);
    Batch b;
    b.rows = rows;
    b.numerical.resize(static_cast<std::size_t>(rows * m_options.numericals));
    for (float& x : b.numerical) x = uniform(random);
    for (const Table& t : m_tables)
        for (std::int64_t r = 0; r < rows; ++r)
            b.ids.push_back(
                static_cast<std::int32_t>(std::uniform_int_distribution<std::int64_t>(0, t.rows - 1)(random)));
    return b;
}

std::vector<double> RandomModel::storedRow(const Table& table, std::int64_t row, std::int32_t storage) const {
    const float* x = table.values.data() + row * table.dim;
    std::vector<double> out(x, x + table.dim);
    if (storage == DLRM_TABLES_FP16)
        for (double& v : out) v = static_cast<double>(static_cast<_Float16>(static_cast<float>(v)));
    if (storage == DLRM_TABLES_INT8) {
        float largest = 0;
        for (const double v : out) largest = std::max(largest, std::abs(static_cast<float>(v)));
        const float scale = largest / 127.0f;
        for (double& v : out) v = scale > 0 ? std::nearbyint(static_cast<float>(v) / scale) * scale : 0;
    }
    return out;
}

TwinRow RandomModel::twin(const Batch& batch, std::int64_t row, std::int32_t storage) const {
    TwinRow t;
    const std::int64_t n = m_options.numericals;
    std::vector<double> x(batch.numerical.begin() + row * n, batch.numerical.begin() + (row + 1) * n);
    for (const dlrm_dense& layer : m_bottom) t.bottom.push_back(x = dense(x, layer));
    t.vectors = x;
    for (const std::int32_t k : m_order) {
        const auto table = static_cast<std::size_t>(k);
        const std::vector<double> v =
            storedRow(m_tables[table], batch.ids[static_cast<std::size_t>(k * batch.rows + row)], storage);
        t.vectors.insert(t.vectors.end(), v.begin(), v.end());
    }
    if (m_cross.empty()) {
        const std::size_t count = m_tables.size() + 1, dim = static_cast<std::size_t>(m_options.dim);
        t.interaction.resize(count * count);
        std::vector<double> dots;
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j) {
                double sum = 0;
                for (std::size_t d = 0; d < dim; ++d) sum += t.vectors[i * dim + d] * t.vectors[j * dim + d];
                t.interaction[i * count + j] = sum;
                if (j < i) dots.push_back(sum);
            }
        t.topInput = m_options.dotsFirst ? dots : x;
        const std::vector<double>& rest = m_options.dotsFirst ? x : dots;
        t.topInput.insert(t.topInput.end(), rest.begin(), rest.end());
    } else {
        std::vector<double> y = t.vectors;
        for (const dlrm_cross& c : m_cross) {
            const auto multiply = [](const std::vector<double>& from, const float* w, std::int64_t outputs) {
                std::vector<double> out(static_cast<std::size_t>(outputs));
                for (std::size_t i = 0; i < from.size(); ++i)
                    for (std::int64_t o = 0; o < outputs; ++o)
                        out[static_cast<std::size_t>(o)] += from[i] * w[static_cast<std::int64_t>(i) * outputs + o];
                return out;
            };
            const std::vector<double> z = multiply(c.projection > 0 ? multiply(y, c.u, c.projection) : y, c.v, c.width);
            for (std::size_t k = 0; k < y.size(); ++k) y[k] += t.vectors[k] * (z[k] + c.bias[k]);
            t.cross.push_back(y);
        }
        t.topInput = y;
    }
    x = t.topInput;
    for (const dlrm_dense& layer : m_top) t.top.push_back(x = dense(x, layer));
    t.topInput.resize(static_cast<std::size_t>(m_top.front().inputs));
    t.logit = x[0];
    return t;
}

}  // namespace dlrm::test
