// SPDX-License-Identifier: Apache-2.0
// A dataset in memory and a backend whose answers a test chooses.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/engine.h"

namespace dlrm::test {

class MemoryDataset : public Dataset {
public:
    // All numericals 0, all ids 0, labels 0, 1, 0, 1 …
    MemoryDataset(std::int64_t rows, std::size_t numericals, std::size_t categoricals) : m_rows(rows) {
        for (std::size_t i = 0; i < numericals; ++i) m_schema.numericalNames.push_back("num_" + std::to_string(i));
        for (std::size_t i = 0; i < categoricals; ++i) m_schema.categoricalNames.push_back("cat_" + std::to_string(i));
        m_schema.labelName = "label";
    }

    DatasetSchema m_schema;
    std::int64_t m_rows;
    bool m_labels = true;
    std::function<std::int32_t(std::int64_t row, std::size_t feature)> m_id = [](std::int64_t, std::size_t) {
        return 0;
    };
    std::function<Result<void>()> m_unchanged = [] { return Result<void>(); };

    const DatasetSchema& schema() const override { return m_schema; }
    std::int64_t rows() const override { return m_rows; }
    bool hasLabels() const override { return m_labels; }
    std::string path() const override { return "memory"; }
    std::string format() const override { return "memory"; }
    std::string profile() const override { return "nvidia_spark"; }
    std::string split() const override { return "test"; }
    std::vector<std::string> splits() const override { return {"test"}; }
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override {
        if (stop.stop_requested()) return cancelled();
        out.firstRow = first;
        out.resize(count, static_cast<std::int64_t>(m_schema.numericalNames.size()),
                   static_cast<std::int64_t>(m_schema.categoricalNames.size()), m_labels);
        std::fill(out.numerical.begin(), out.numerical.end(), 0.0F);
        for (std::int64_t r = 0; r < count; ++r) {
            for (std::size_t t = 0; t < m_schema.categoricalNames.size(); ++t)
                out.ids[t * static_cast<std::size_t>(count) + static_cast<std::size_t>(r)] = m_id(first + r, t);
            if (m_labels) out.labels[static_cast<std::size_t>(r)] = static_cast<std::uint8_t>((first + r) % 2);
        }
        return {};
    }
    Result<std::optional<RawRow>> rawRow(std::int64_t) const override { return std::optional<RawRow>(); }
    std::string fileOfCategorical(std::size_t table) const override { return "cat_" + std::to_string(table) + ".bin"; }
    Result<void> checkUnchanged() const override { return m_unchanged(); }
};

// What the fake device does, shared with the test.
struct FakeDevice {
    std::int64_t batch = 16, beside = 0;
    std::atomic<int> created = 0, calls = 0;
    std::function<Result<void>(const BatchView&, std::span<float>, std::stop_token)> forward =
        [](const BatchView&, std::span<float> logits, std::stop_token) -> Result<void> {
        std::fill(logits.begin(), logits.end(), 0.5F);
        return {};
    };
};

class FakeModel : public DeviceModel {
public:
    explicit FakeModel(std::shared_ptr<FakeDevice> device) : m_device(std::move(device)) {}
    Result<void> forward(const BatchView& batch, std::span<float> logits, const Wanted&, Intermediates*,
                         std::stop_token stop) override {
        ++m_device->calls;
        return m_device->forward(batch, logits, std::move(stop));
    }
    std::int64_t preferredBatch() const override { return m_device->batch; }
    std::int64_t rowsBeside() const override { return m_device->beside; }

private:
    std::shared_ptr<FakeDevice> m_device;
};

class FakeBackend : public Backend {
public:
    explicit FakeBackend(std::shared_ptr<FakeDevice> device) : m_device(std::move(device)) {}
    BackendInfo info() const override { return {"fake", "fake device", "for a test", Precision::Fp32}; }
    Result<std::unique_ptr<DeviceModel>> load(ModelWeights, const Job&) override {
        return std::unique_ptr<DeviceModel>(new FakeModel(m_device));
    }

private:
    std::shared_ptr<FakeDevice> m_device;
};

inline BackendChoice fakeBackend(const std::shared_ptr<FakeDevice>& device) {
    return {FakeBackend(device).info(), [device]() -> Result<std::unique_ptr<Backend>> {
                ++device->created;
                return std::unique_ptr<Backend>(new FakeBackend(device));
            }};
}

}  // namespace dlrm::test
