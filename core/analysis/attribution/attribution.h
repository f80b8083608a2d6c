// SPDX-License-Identifier: Apache-2.0
// Where one prediction comes from: what each field adds to its logit.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/compute/backend.h"

namespace dlrm {

// LinearRegion, of models with dot products, exact: while the same units are active both MLPs are linear, so that the
// logit is a sum. With J the gradient of the logit by the top MLP's input, a pair of vectors adds A_ij =
// J_ij·(v_i·v_j), half of it to either; the bottom MLP's output, as such and in its pairs, is linear in the numericals.
// IntegratedGradients, of models with cross layers, which multiply: gradients along the straight line from the row
// whose numericals are all missing (0 as fed) and whose ids are all 0, by Gauss and Legendre's rule in pieces; not
// exact.
enum class AttributionMethod : std::uint8_t { LinearRegion, IntegratedGradients };
std::string_view name(AttributionMethod);  // "linear_region", "integrated_gradients"

// In double. All fields and the bias add up to the logit, but for the residual.
struct Attribution {
    AttributionMethod method = AttributionMethod::LinearRegion;
    std::vector<double> numericals;   // what each adds, as fed
    std::vector<double> tables;       // the same, feature order
    std::vector<double> pairs;        // LinearRegion: A, (vectors, vectors) symmetric, diagonal 0; else empty
    std::vector<double> topGradient;  // LinearRegion: J, one for each input of the top MLP; else empty
    // LinearRegion: what the biases of both MLPs add. IntegratedGradients: the logit where the line begins.
    double bias = 0;
    double residual = 0;  // the logit as predicted, in float32, less the sum
    double sum() const;   // of fields and bias
};

struct AttributedField {
    std::string name;  // "num_3", the table's
    double value = 0;
};
// Numericals, then tables in feature order.
std::vector<AttributedField> attributedFields(const Attribution& attribution, const ModelSpec& spec);

// IntegratedGradients cuts its line until the pieces leave over this share of the logit's change in all, or there
// are so many.
inline constexpr double kAttributionLeftOver = 3e-4;
inline constexpr std::size_t kMostAttributionPieces = 256;

// numerical: as fed, without padding; ids: feature order; logit: as predicted. 5 ms for a model of FL15's size, at most
// some hundred times that with cross layers. Any thread. REQUIRES: the weights fit their spec, the row fits them. Error
// E-CANCELLED.
Result<Attribution> attribute(const ModelWeights& weights, std::span<const float> numerical,
                              std::span<const std::int32_t> ids, double logit, const std::stop_token& stop);

}  // namespace dlrm
