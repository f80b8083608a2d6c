// SPDX-License-Identifier: Apache-2.0
#include "core/compute/module/description.h"

#include <cstddef>

namespace dlrm {
namespace {

static_assert(static_cast<int>(DType::Float16) == DLRM_TYPE_F16 &&
              static_cast<int>(DType::BFloat16) == DLRM_TYPE_BF16 &&
              static_cast<int>(DType::Float32) == DLRM_TYPE_F32 && static_cast<int>(DType::Float64) == DLRM_TYPE_F64);
static_assert(static_cast<int>(Precision::Fp32) == DLRM_FP32 && static_cast<int>(Precision::Tf32) == DLRM_TF32 &&
              static_cast<int>(Precision::Bf16) == DLRM_BF16 && static_cast<int>(Precision::Fp16) == DLRM_FP16 &&
              static_cast<int>(Precision::Int8) == DLRM_INT8);
static_assert(static_cast<int>(TableStorage::AsStored) == DLRM_TABLES_AS_STORED &&
              static_cast<int>(TableStorage::Fp16) == DLRM_TABLES_FP16 &&
              static_cast<int>(TableStorage::Int8) == DLRM_TABLES_INT8);

// usedInputs: leading inputs of the first layer that can be other than zero.
std::vector<dlrm_dense> layersOf(const std::vector<DenseWeights>& weights, const std::vector<LayerSpec>& spec,
                                 std::int64_t usedInputs) {
    std::vector<dlrm_dense> out;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const DenseWeights& w = weights[i];
        out.push_back({w.inputs, w.outputs, i == 0 ? usedInputs : w.inputs, spec[i].relu ? 1 : 0, w.kernel.data(),
                       w.bias.data()});
    }
    return out;
}

}  // namespace

ModuleDescription::ModuleDescription(const ModelWeights& weights, std::span<const TablePlacement> places) {
    const ModelSpec& spec = *weights.spec;
    for (const TableView& view : weights.tables) {
        auto& parts = m_parts.emplace_back();
        for (const TablePart& p : view.parts())
            parts.push_back({p.firstRow, p.rows, p.firstColumn, p.columns, p.data, p.rowStride, p.columnStride,
                             p.byteSwapped ? 1 : 0});
    }
    for (std::size_t t = 0; t < weights.tables.size(); ++t) {
        const TableView& view = weights.tables[t];
        m_tables.push_back({view.rows(), view.dim(), static_cast<std::int32_t>(view.dtype()),
                            static_cast<std::int64_t>(m_parts[t].size()), m_parts[t].data(), places[t].gpuRowsPlanned,
                            places[t].pinnedRowsPlanned});
    }
    m_order.assign(spec.interactionTableOrder.begin(), spec.interactionTableOrder.end());
    const std::int64_t inputs = weights.bottom.front().inputs;
    m_bottom =
        layersOf(weights.bottom, spec.bottomMlp,
                 spec.numericalFeatures > 0 && spec.numericalFeatures < inputs ? spec.numericalFeatures : inputs);
    m_top = layersOf(weights.top, spec.topMlp, spec.interactionWidth());
    for (const CrossWeights& c : weights.cross)
        m_cross.push_back({c.width, c.projection, c.projection > 0 ? c.u.data() : nullptr, c.v.data(), c.bias.data()});

    value.table_count = static_cast<std::int64_t>(m_tables.size());
    value.tables = m_tables.data();
    value.interaction_table_order = m_order.data();
    value.embedding_dim = spec.embeddingDim;
    value.numericals_max = inputs;
    value.interaction_order =
        spec.interactionOrder == InteractionOrder::Tensorflow ? DLRM_DOTS_FIRST : DLRM_BOTTOM_FIRST;
    value.bottom_count = static_cast<std::int64_t>(m_bottom.size());
    value.top_count = static_cast<std::int64_t>(m_top.size());
    value.cross_count = static_cast<std::int64_t>(m_cross.size());
    value.bottom = m_bottom.data();
    value.top = m_top.data();
    value.cross = m_cross.empty() ? nullptr : m_cross.data();
}

std::int64_t storedRowBytes(const TableView& table, TableStorage storage) {
    switch (storage) {
        case TableStorage::AsStored:
            return table.dim() * itemSize(table.dtype());
        case TableStorage::Fp16:
            return table.dim() * 2;
        case TableStorage::Int8:
            return table.dim() + 4;  // one float32 scale
    }
    return 0;
}

}  // namespace dlrm
