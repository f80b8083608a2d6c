// SPDX-License-Identifier: Apache-2.0
// Predictions that stand in memory as a whole: some to write, handed over as their only part.
#pragma once

#include <cmath>
#include <string>
#include <utility>

#include "core/report/export.h"
#include "core/report/json.h"

namespace dlrm::test {

inline BackendInfo someBackend() {
    return {"cpu", "some processor, 2 threads", "chosen with --backend cpu", Precision::Fp32};
}

// Logits whose shortest decimal forms need up to nine digits, a row without a label at the end.
inline Prediction somePrediction(std::size_t rows = 5) {
    const float logits[] = {-1.25f, 0.1f, std::nextafter(0.1f, 1.0f), -3.4028235e38f, 16777217.0f, 1e-42f};
    Prediction p;
    p.range = {10, 10 + static_cast<std::int64_t>(rows) - 1};
    p.profile = "nvidia_spark";
    p.backend = someBackend();
    p.orderSource = OrderSource::User;
    for (std::size_t i = 0; i < rows; ++i) {
        PredictedRow row;
        row.row = 10 + static_cast<std::int64_t>(i);
        if (i + 1 < rows) row.label = static_cast<int>(i % 2);
        row.logit = logits[i % std::size(logits)];
        row.probability = 1 / (1 + std::exp(-static_cast<double>(row.logit)));
        p.rows.push_back(row);
    }
    return p;
}

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
