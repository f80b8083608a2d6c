// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/analysis/layers/duplicate_columns.h"
#include "core/analysis/layers/inputs.h"
#include "core/base/enum_names.h"

namespace dlrm {
namespace {

constexpr std::string_view kStates[] = {"live", "silent", "constant", "unread"};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kDisplayShare = 0.999;

ValueStatistics valueStatistics(std::span<const float> values) {
    ValueStatistics s;
    s.values = static_cast<std::int64_t>(values.size());
    double sum = 0;
    std::int64_t finite = 0;
    s.mean = s.std = s.min = s.max = kNone;
    for (const float v : values) {
        if (!std::isfinite(v)) continue;
        ++finite;
        s.zeros += v == 0 ? 1 : 0;
        sum += static_cast<double>(v);
        s.min = std::fmin(s.min, static_cast<double>(v));
        s.max = std::fmax(s.max, static_cast<double>(v));
    }
    s.nonFinite = s.values - finite;
    if (finite == 0) return s;
    s.mean = sum / static_cast<double>(finite);
    double squares = 0;
    for (const float v : values)
        if (std::isfinite(v)) squares += (static_cast<double>(v) - s.mean) * (static_cast<double>(v) - s.mean);
    s.std = std::sqrt(squares / static_cast<double>(finite));
    return s;
}

std::vector<std::int64_t> histogramOf(std::span<const float> values, const ValueStatistics& s) {
    if (s.nonFinite == s.values) return {};
    std::vector<std::int64_t> bins(kWeightBins);
    const double width = s.max > s.min ? (s.max - s.min) / kWeightBins : 1;
    for (const float v : values)
        if (std::isfinite(v))
            ++bins[static_cast<std::size_t>(
                std::min<double>(kWeightBins - 1, (static_cast<double>(v) - s.min) / width))];
    return bins;
}

float displayLimit(std::span<const float> values) {
    std::vector<float> sizes;
    sizes.reserve(values.size());
    for (const float v : values)
        if (std::isfinite(v)) sizes.push_back(std::abs(v));
    if (sizes.empty()) return 0;
    const auto at = sizes.begin() + static_cast<std::ptrdiff_t>(kDisplayShare * static_cast<double>(sizes.size() - 1));
    std::nth_element(sizes.begin(), at, sizes.end());
    return *at > 0 ? *at : *std::max_element(sizes.begin(), sizes.end());
}

// Proofs by the definition of UnitState, one pass over the kernel in the order it lies in memory.
void findDead(const DenseWeights& w, std::int64_t rows, std::span<const InputRange> inputs, bool relu,
              LayerStatistics& out) {
    const auto columns = static_cast<std::size_t>(w.outputs);
    std::vector<std::uint8_t> silent(columns), constant(columns, 1), zero(columns, 1);
    for (std::size_t j = 0; j < columns; ++j) {
        constant[j] = std::isfinite(w.bias[j]) ? 1 : 0;
        silent[j] = relu && std::isfinite(w.bias[j]) && w.bias[j] <= 0 ? 1 : 0;
    }
    for (std::int64_t i = 0; i < rows; ++i) {
        const float* row = w.kernel.data() + static_cast<std::size_t>(i) * columns;
        const InputRange range = inputs[static_cast<std::size_t>(i)];
        const bool fixed = range == InputRange::Constant || range == InputRange::Zero,
                   isZero = range == InputRange::Zero, positive = range != InputRange::Any;
        bool allZero = true;
        for (std::size_t j = 0; j < columns; ++j) {
            const float v = row[j];
            const bool finite = std::isfinite(v), none = v == 0;
            allZero &= none;
            zero[j] &= none ? 1 : 0;
            constant[j] &= none || (finite && fixed) ? 1 : 0;
            silent[j] &= none || (finite && (isZero || (positive && v < 0))) ? 1 : 0;
        }
        out.zeroRows += allZero ? 1 : 0;
    }
    for (std::size_t j = 0; j < columns; ++j) {
        UnitStatistics& unit = out.units[j];
        unit.state = silent[j] ? UnitState::Silent : constant[j] ? UnitState::Constant : UnitState::Live;
        out.silent += silent[j] ? 1 : 0;
        out.constant += unit.state == UnitState::Constant ? 1 : 0;
        out.zeroColumns += zero[j] ? 1 : 0;
    }
}

}  // namespace

std::string_view name(UnitState state) { return nameIn(kStates, state); }

Result<LayerStatistics> layerStatistics(const DenseWeights& weights, const LayerSpec& spec,
                                        std::span<const InputRange> inputs, std::stop_token stop) {
    LayerStatistics out;
    out.spec = spec;
    const std::int64_t rows = weights.inputs - spec.paddingInputs;
    const auto columns = static_cast<std::size_t>(weights.outputs);
    const std::span<const float> learned = std::span(weights.kernel).first(static_cast<std::size_t>(rows) * columns);
    out.weights = valueStatistics(learned);
    out.biases = valueStatistics(weights.bias);
    const std::span<const float> padding = std::span(weights.kernel).subspan(learned.size());
    out.paddingNonFinite = std::count_if(padding.begin(), padding.end(), [](float v) { return !std::isfinite(v); });
    if (stop.stop_requested()) return cancelled();
    out.histogram = histogramOf(learned, out.weights);
    out.displayLimit = displayLimit(learned);
    if (stop.stop_requested()) return cancelled();

    std::vector<double> columnSquares(columns);
    for (std::int64_t i = 0; i < rows; ++i) {
        const float* row = learned.data() + static_cast<std::size_t>(i) * columns;
        double squares = 0;
        for (std::size_t j = 0; j < columns; ++j) {
            const double square = static_cast<double>(row[j]) * static_cast<double>(row[j]);
            squares += square;
            columnSquares[j] += square;
        }
        out.rowNorms.push_back(std::sqrt(squares));
    }
    out.units.resize(columns);
    for (std::size_t j = 0; j < columns; ++j) {
        out.units[j].norm = std::sqrt(columnSquares[j]);
        out.units[j].bias = weights.bias[j];
        out.units[j].outgoingNorm = kNone;
    }
    findDead(weights, rows, inputs, spec.relu, out);
    if (stop.stop_requested()) return cancelled();
    DLRM_TRY(findDuplicates(weights, rows, out.units, stop));
    for (const UnitStatistics& unit : out.units) {
        if (unit.duplicateOf < 0) continue;
        ++(unit.exact ? out.exactDuplicates : out.nearDuplicates);
    }
    return out;
}

void markUnread(LayerStatistics& layer, const LayerStatistics& reader) {
    layer.unread = 0;
    for (std::size_t u = 0; u < layer.units.size(); ++u) {
        UnitStatistics& unit = layer.units[u];
        unit.outgoingNorm = reader.rowNorms[u];
        if (unit.state == UnitState::Live && unit.outgoingNorm == 0 && std::isfinite(unit.norm) &&
            std::isfinite(unit.bias))
            unit.state = UnitState::Unread;
        layer.unread += unit.state == UnitState::Unread ? 1 : 0;
    }
}

InteractionImportance interactionImportance(const ModelSpec& spec, std::span<const double> rowNorms) {
    InteractionImportance out;
    out.vectorNames = vectorNames(spec);
    const InteractionRows at = interactionRows(spec);
    const std::int64_t vectors = spec.vectors();
    out.pairNorms.assign(static_cast<std::size_t>(vectors * vectors), kNone);
    double squares = 0;
    for (std::int64_t i = 1; i < vectors; ++i)
        for (std::int64_t j = 0; j < i; ++j) {
            const double norm = rowNorms[static_cast<std::size_t>(at.firstDot + pairIndex(i, j))];
            out.pairNorms[static_cast<std::size_t>(i * vectors + j)] =
                out.pairNorms[static_cast<std::size_t>(j * vectors + i)] = norm;
            squares += norm * norm;
        }
    out.dotRms = std::sqrt(squares / static_cast<double>(spec.pairs()));
    const std::span<const double> bottom =
        rowNorms.subspan(static_cast<std::size_t>(at.firstBottom), static_cast<std::size_t>(spec.embeddingDim));
    out.bottomNorms.assign(bottom.begin(), bottom.end());
    squares = 0;
    for (const double norm : bottom) squares += norm * norm;
    out.bottomRms = std::sqrt(squares / static_cast<double>(spec.embeddingDim));
    return out;
}

CrossLayerStatistics crossLayerStatistics(const CrossWeights& weights, const CrossLayerSpec& spec) {
    std::vector<float> kernels = weights.u;
    kernels.insert(kernels.end(), weights.v.begin(), weights.v.end());
    return {spec, valueStatistics(kernels), valueStatistics(weights.bias)};
}

std::int64_t ModelLayers::nonFinite() const {
    std::int64_t sum = 0;
    for (const LayerStatistics& l : layers) sum += l.nonFinite();
    for (const CrossLayerStatistics& l : cross) sum += l.weights.nonFinite + l.biases.nonFinite;
    return sum;
}

const LayerStatistics* ModelLayers::find(bool top, int index) const {
    for (const LayerStatistics& layer : layers)
        if (layer.top == top && static_cast<int>(layer.index) == index) return &layer;
    return nullptr;
}

std::vector<InputRange> inputRanges(const ModelSpec& spec, bool top, std::size_t layer, const LayerStatistics* before) {
    const LayerSpec& l = (top ? spec.topMlp : spec.bottomMlp)[layer];
    std::vector<InputRange> ranges(static_cast<std::size_t>(l.inputs - l.paddingInputs), InputRange::Any);
    if (!before || !before->spec.relu) return ranges;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const LayerInput input = layerInput(spec, top, layer, static_cast<std::int64_t>(i));
        if (input.kind != LayerInput::Kind::Unit && input.kind != LayerInput::Kind::Bottom) continue;
        const UnitState state = before->units[static_cast<std::size_t>(input.first)].state;
        ranges[i] = state == UnitState::Silent     ? InputRange::Zero
                    : state == UnitState::Constant ? InputRange::Constant
                                                   : InputRange::NotNegative;
    }
    return ranges;
}

}  // namespace dlrm
