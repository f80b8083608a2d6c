// SPDX-License-Identifier: Apache-2.0
// Predictions that stand in memory as a whole, handed over as their only part.
#pragma once

#include <string>
#include <utility>

#include "core/report/export.h"
#include "core/report/json.h"

namespace dlrm::test {

inline PredictionParts onePart(const Prediction& prediction) {
    return [part = &prediction]() mutable -> Result<const Prediction*> { return std::exchange(part, nullptr); };
}

inline Result<void> exportWhole(const Prediction& prediction, const std::string& path,
                                const ProvenanceFn& provenance = {}) {
    return exportPrediction(onePart(prediction), static_cast<std::int64_t>(prediction.rows.size()), path, provenance);
}

// As `predict --json` prints it.
inline std::string predictionJson(const Prediction& prediction) {
    std::string text;
    TextWriter out([&](std::string_view piece) -> Result<void> {
        text += piece;
        return {};
    });
    const auto written = writePredictionJson(onePart(prediction), out);
    return written ? text : written.error().text();
}

}  // namespace dlrm::test
