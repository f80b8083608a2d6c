// SPDX-License-Identifier: Apache-2.0
// Rows that differ from one of a dataset in a value or two, as a dataset: what sweeps are compared with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/dataset/readers/reading.h"
#include "core/engine/backends.h"
#include "tests/core/engine/fakes.h"

namespace dlrm::test {

inline const std::string kDemoFiles = DLRM_SOURCE_DIR "/resources/demo/";

inline std::shared_ptr<const Dataset> dataset(const std::string& path) {
    auto opened = openDataset(path, {});
    if (!opened) qFatal("%s", opened.error().text().c_str());
    return *opened;
}

inline std::shared_ptr<Engine> openEngine(const std::string& checkpoint, std::shared_ptr<const Dataset> data,
                                          InteractionOrder order = InteractionOrder::CustomCuda, int threads = 2,
                                          Precision precision = Precision::Fp32) {
    EngineOptions options;
    options.dataset = std::move(data);
    options.backend = *chooseBackend({"cpu", precision, threads});
    options.interactionOrder = order;
    auto engine = Engine::open(checkpoint, options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return *engine;
}

inline InputRow inputOf(Engine& engine, const Dataset& data, std::int64_t row) {
    const auto prediction = engine.predict(data, {row, row}, {.inputs = true, .raw = false});
    if (!prediction) qFatal("%s", prediction.error().text().c_str());
    return prediction->rows.front().input;
}

class GivenRows : public MemoryDataset {
public:
    GivenRows(const Dataset& of, std::vector<InputRow> rows)
        : MemoryDataset(std::ssize(rows), 0, 0), m_inputs(std::move(rows)) {
        m_schema = of.schema();
    }
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token) const override {
        out.firstRow = first;
        const InputRow& shape = m_inputs.front();
        out.resize(count, std::ssize(shape.numerical), std::ssize(shape.ids), false);
        for (std::int64_t r = 0; r < count; ++r) {
            const InputRow& row = m_inputs[static_cast<std::size_t>(first + r)];
            std::copy(row.numerical.begin(), row.numerical.end(), out.numerical.begin() + r * out.numericals);
            for (std::size_t t = 0; t < row.ids.size(); ++t)
                out.ids[t * static_cast<std::size_t>(count) + static_cast<std::size_t>(r)] = row.ids[t];
        }
        return {};
    }

private:
    std::vector<InputRow> m_inputs;
};

inline std::vector<InputRow> withIds(const InputRow& row, std::size_t table, const std::vector<std::int64_t>& ids) {
    std::vector<InputRow> out(ids.size(), row);
    for (std::size_t i = 0; i < ids.size(); ++i) out[i].ids[table] = static_cast<std::int32_t>(ids[i]);
    return out;
}

inline std::vector<InputRow> withValues(const InputRow& row, std::size_t numerical, const std::vector<float>& values) {
    std::vector<InputRow> out(values.size(), row);
    for (std::size_t i = 0; i < values.size(); ++i) out[i].numerical[numerical] = values[i];
    return out;
}

// What the engine predicts of them.
inline std::vector<float> logitsOf(Engine& engine, const Dataset& of, const std::vector<InputRow>& rows) {
    std::vector<float> out;
    if (rows.empty()) return out;
    const auto predicted = engine.predict(GivenRows(of, rows), {0, std::ssize(rows) - 1}, {});
    if (!predicted) qFatal("%s", predicted.error().text().c_str());
    for (const PredictedRow& row : predicted->rows) out.push_back(row.logit);
    return out;
}

}  // namespace dlrm::test
