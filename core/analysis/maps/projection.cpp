// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/maps/projection.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/analysis/tables/row_blocks.h"
#include "core/linear/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/analysis/maps/projection.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dlrm {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::CappedTag<float, 16>;
using Floats = hn::Vec<F32>;
constexpr std::int64_t kLanes = hn::MaxLanes(F32());
constexpr std::int64_t kPrefetchBytes = 4096;  // ahead of the row computed; past the end of the rows it does nothing

// out[c] = Σ (row − mean)·axes[c]. mean: (padded), axes: (kComponents, padded), zeros beyond dim.
template <int kComponents>
HWY_INLINE void projectRow(const float* row, std::int64_t dim, const float* mean, const float* axes,
                           std::int64_t padded, float* out) {
    const F32 d;
    for (std::int64_t b = 0; b < dim * static_cast<std::int64_t>(sizeof(float)); b += 64)
        __builtin_prefetch(reinterpret_cast<const char*>(row) + b + kPrefetchBytes);
    Floats even[kComponents], odd[kComponents];
    for (int k = 0; k < kComponents; ++k) even[k] = odd[k] = hn::Zero(d);
    std::int64_t c = 0;
    for (; c + 2 * kLanes <= dim; c += 2 * kLanes) {
        const Floats x = hn::Sub(hn::LoadU(d, row + c), hn::Load(d, mean + c));
        const Floats y = hn::Sub(hn::LoadU(d, row + c + kLanes), hn::Load(d, mean + c + kLanes));
        for (int k = 0; k < kComponents; ++k) {
            even[k] = hn::MulAdd(x, hn::Load(d, axes + k * padded + c), even[k]);
            odd[k] = hn::MulAdd(y, hn::Load(d, axes + k * padded + c + kLanes), odd[k]);
        }
    }
    for (; c < dim; c += kLanes) {
        HWY_ALIGN float some[kLanes] = {};
        std::copy_n(row + c, std::min(kLanes, dim - c), some);
        const Floats x = hn::Sub(hn::Load(d, some), hn::Load(d, mean + c));
        for (int k = 0; k < kComponents; ++k) even[k] = hn::MulAdd(x, hn::Load(d, axes + k * padded + c), even[k]);
    }
    for (int k = 0; k < kComponents; ++k) out[k] = hn::GetLane(hn::SumOfLanes(d, hn::Add(even[k], odd[k])));
}

void projectImpl(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t dim, const float* mean,
                 const float* axes, std::int64_t padded, int components, float* out) {
    if (components == 2)
        for (std::int64_t r = 0; r < count; ++r) projectRow<2>(rows + r * stride, dim, mean, axes, padded, out + 2 * r);
    else
        for (std::int64_t r = 0; r < count; ++r) projectRow<3>(rows + r * stride, dim, mean, axes, padded, out + 3 * r);
}

}  // namespace HWY_NAMESPACE
}  // namespace dlrm
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dlrm {
namespace {

HWY_EXPORT(projectImpl);

class Projector {
public:
    explicit Projector(const Pca& pca)
        : m_dim(pca.dim),
          m_padded(cpu::roundUp(pca.dim, 16)),
          m_components(pca.components),
          m_mean(m_padded),
          m_axes(m_components * m_padded) {
        for (std::int64_t c = 0; c < m_dim; ++c)
            m_mean.data()[c] = static_cast<float>(pca.mean[static_cast<std::size_t>(c)]);
        for (int k = 0; k < m_components; ++k)
            for (std::int64_t c = 0; c < m_dim; ++c)
                m_axes.data()[k * m_padded + c] = static_cast<float>(pca.axes[static_cast<std::size_t>(k * m_dim + c)]);
    }

    void project(const FloatRows& rows, float* out) const {
        HWY_DYNAMIC_DISPATCH(projectImpl)
        (rows.data, rows.stride, rows.count, m_dim, m_mean.data(), m_axes.data(), m_padded, m_components, out);
        for (float* point = out; point < out + rows.count * m_components; point += m_components)
            if (!std::all_of(point, point + m_components, [](float v) { return std::isfinite(v); }))
                std::fill_n(point, m_components, std::numeric_limits<float>::quiet_NaN());
    }

private:
    std::int64_t m_dim, m_padded;
    int m_components;
    cpu::AlignedArray<float> m_mean, m_axes;
};

}  // namespace

Result<std::vector<float>> projectRows(const TableView& table, const Pca& pca, std::span<const RowId> ids,
                                       const Job& job, const ReleaseRows& release) {
    assert(pca.dim == table.dim() && (pca.components == 2 || pca.components == 3));
    const Projector projector(pca);
    const auto points = ids.empty() ? table.rows() : static_cast<std::int64_t>(ids.size());
    std::vector<float> out(static_cast<std::size_t>(points * pca.components));
    std::vector<RowBlockReader> readers;
    for (int w = 0; w < rowWorkers(); ++w) readers.emplace_back(table);
    const ReleaseRows behindIds = [&](std::int64_t first, std::int64_t count) {
        const std::int64_t row = value(ids[static_cast<std::size_t>(first)]);
        release(row, value(ids[static_cast<std::size_t>(first + count - 1)]) - row + 1);
    };
    auto done = forEachRowChunk(
        points, rowsPerChunk(table.dim()), "projecting rows", job,
        [&](int worker, std::int64_t first, std::int64_t count) {
            RowBlockReader& reader = readers[static_cast<std::size_t>(worker)];
            for (std::int64_t i = first; i < first + count;) {
                const FloatRows rows = ids.empty() ? reader.read(i, first + count - i)
                                                   : reader.read(value(ids[static_cast<std::size_t>(i)]), 1);
                projector.project(rows, out.data() + i * pca.components);
                i += rows.count;
            }
        },
        ids.empty() || !release ? release : behindIds);
    DLRM_TRY(done);
    return out;
}

}  // namespace dlrm
#endif
