// SPDX-License-Identifier: Apache-2.0
// What the weights of one Dense layer say without data: norms, moments, histogram, units that are provably dead,
// duplicate units. Padding rows hold no learned values and are left out of every figure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

// A unit is dead when its output is proved to be the same for every row of finite inputs:
// Silent   - a ReLU unit that always gives 0: its bias is <= 0 and every incoming weight is 0, or meets an input that
//            is always 0, or is <= 0 and
//            meets an input that is never negative. The sum then has no positive term, and rounding cannot make one.
// Constant - every input that it reads with a weight other than 0 is itself dead (or it reads none): it gives one
//            value, not always 0.
// Outputs of ReLU layers are never negative; numericals, dot products and cross layers' values may be. A unit with a
// weight or bias that is not finite is never called dead.
// Unread   - neither, but every weight that reads it in the next layer of its MLP is 0: its output, whatever it is,
//            goes nowhere.
enum class UnitState : std::uint8_t { Live, Silent, Constant, Unread };
std::string_view name(UnitState);  // "live", "silent", "constant", "unread"

// Columns are compared together with their bias: cosine of (w_0 … w_n-1, b) in double. 1: one unit is a positive
// multiple of the other.
inline constexpr double kDuplicateCosine = 0.9999;
inline constexpr int kWeightBins = 100;

struct UnitStatistics {
    double norm = 0;  // L2 of its incoming weights, bias left out
    double outgoingNorm =
        0;  // L2 of the weights that read it in the next layer of the same MLP; NaN for an MLP's last layer
    float bias = 0;
    UnitState state = UnitState::Live;
    bool exact = false;             // duplicateOf has the same weights and bias, value for value
    std::int64_t duplicateOf = -1;  // a unit before it: the first with equal values, else the first with cosine >=
                                    // kDuplicateCosine; -1: none, or dead
    double cosine = 0;              // with duplicateOf
};

// Moments over the finite values, in double; std divides by their number. NaN where there are none.
struct ValueStatistics {
    std::int64_t values = 0, zeros = 0, nonFinite = 0;
    double mean = 0, std = 0, min = 0, max = 0;
};

struct LayerStatistics {
    LayerSpec spec;
    bool top = false;
    std::size_t index = 0;
    ValueStatistics weights, biases;
    std::int64_t paddingNonFinite =
        0;  // weights of padding inputs that are NaN or infinite: they meet a zero and give NaN
    std::int64_t nonFinite() const { return weights.nonFinite + biases.nonFinite + paddingNonFinite; }
    // kWeightBins equal bins over [weights.min, weights.max], the last one closed. Empty when no weight is finite.
    std::vector<std::int64_t> histogram;
    std::vector<std::string> inputNames;  // per input, padding included; filled by Engine::layers, see layerInputName()
    std::vector<double> rowNorms;         // per learned input
    std::vector<UnitStatistics> units;    // per output
    float displayLimit = 0;  // 99.9 % of the finite weights lie within ±this: the colour scale of a picture
    std::int64_t silent = 0, constant = 0, unread = 0;     // units; unread by markUnread()
    std::int64_t zeroColumns = 0, zeroRows = 0;            // units, learned inputs whose weights are all 0
    std::int64_t exactDuplicates = 0, nearDuplicates = 0;  // units with a duplicateOf
    std::int64_t learnedInputs() const { return spec.inputs - spec.paddingInputs; }
};

// What is known of an input for every row. Constant ones are not negative.
enum class InputRange : std::uint8_t { Any, NotNegative, Constant, Zero };

// inputs: per learned input. E-CANCELLED within 100 ms of a stop request.
Result<LayerStatistics> layerStatistics(const DenseWeights& weights, const LayerSpec& spec,
                                        std::span<const InputRange> inputs, std::stop_token stop = {});

// Fills outgoingNorm of the units of `layer` from the layer of the same MLP that reads them, and finds the unread ones.
void markUnread(LayerStatistics& layer, const LayerStatistics& reader);

// The first top kernel's rows by what they read. InteractionKind::Dot only. All norms in double.
struct InteractionImportance {
    std::vector<std::string> vectorNames;  // "bottom", tables in interaction order
    std::vector<double> pairNorms;    // (V, V) symmetric: norm of the kernel row that reads the dot of the two vectors;
                                      // NaN on the diagonal
    std::vector<double> bottomNorms;  // (embedding dim): norm of the row that reads this output of the bottom MLP
    double dotRms = 0, bottomRms = 0;  // root mean square of the two blocks' row norms
};
// rowNorms: LayerStatistics::rowNorms of the first top layer.
InteractionImportance interactionImportance(const ModelSpec& spec, std::span<const double> rowNorms);

// A cross layer's values. It has no units that could be dead.
struct CrossLayerStatistics {
    CrossLayerSpec spec;
    ValueStatistics weights, biases;  // weights: of both kernels
};
CrossLayerStatistics crossLayerStatistics(const CrossWeights& weights, const CrossLayerSpec& spec);

// All MLPs and cross layers of a model.
struct ModelLayers {
    std::vector<LayerStatistics> layers;  // bottom MLP, then top MLP
    std::vector<CrossLayerStatistics> cross;
    std::optional<InteractionImportance> importance;  // of a whole model with InteractionKind::Dot
    // Learned values of both MLPs (padding rows left out), and how many of them go when the units of provedPrunable()
    // do: a unit's incoming weights, its bias and the weights that read it, each counted once.
    std::int64_t parameters = 0, prunable = 0;
    const LayerStatistics* find(bool top, int index) const;
    std::int64_t nonFinite() const;  // weights and biases of all layers that are NaN or infinite
};

// Ranges of a layer's inputs. `before`: statistics of the layer whose units it reads; null for the bottom MLP's first
// layer.
std::vector<InputRange> inputRanges(const ModelSpec& spec, bool top, std::size_t layer, const LayerStatistics* before);

}  // namespace dlrm
