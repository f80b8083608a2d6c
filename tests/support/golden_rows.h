// SPDX-License-Identifier: Apache-2.0
// The golden rows of a newer layout as a dataset: inputs as TensorFlow got them, labels drawn from the probabilities it
// computed.
#pragma once

#include <QFile>

#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/dataset/dataset.h"
#include "core/dataset/readers/reading.h"
#include "core/formats/npy.h"
#include "tests/support/npy_values.h"

namespace dlrm::test {

class GoldenRows final : public Dataset {
public:
    // `expected`: the folder with numerical.npy, categorical.npy, logits.npy. Every row comes `draws` times, with
    // labels of its own.
    static std::shared_ptr<const Dataset> open(const std::string& expected, std::int64_t draws) {
        auto out = std::make_shared<GoldenRows>();
        const auto numerical = npyValues(QString::fromStdString(expected + "numerical.npy")),
                   logits = npyValues(QString::fromStdString(expected + "logits.npy"));
        const auto file = RandomAccessFile::open(expected + "categorical.npy");
        if (!file) return nullptr;
        const auto header = readNpyHeader(**file);
        const auto rows = static_cast<std::size_t>(header->shape[0]),
                   tables = static_cast<std::size_t>(header->shape[1]);
        std::vector<std::int64_t> ids(rows * tables);
        if (!(*file)->read(header->dataOffset, std::as_writable_bytes(std::span(ids)))) return nullptr;
        const std::size_t numericals = numerical.size() / rows;
        out->m_all.resize(static_cast<std::int64_t>(rows) * draws, static_cast<std::int64_t>(numericals),
                          static_cast<std::int64_t>(tables), true);
        std::mt19937 random(7);
        for (std::int64_t d = 0; d < draws; ++d)
            for (std::size_t r = 0; r < rows; ++r) {
                const std::size_t at = static_cast<std::size_t>(d) * rows + r;
                for (std::size_t i = 0; i < numericals; ++i)
                    out->m_all.numerical[at * numericals + i] = static_cast<float>(numerical[r * numericals + i]);
                for (std::size_t t = 0; t < tables; ++t)
                    out->m_all.ids[t * static_cast<std::size_t>(out->m_all.rows) + at] =
                        static_cast<std::int32_t>(ids[r * tables + t]);
                out->m_all.labels[at] = static_cast<double>(random()) / 4294967296.0 < 1 / (1 + std::exp(-logits[r]));
            }
        for (std::size_t i = 0; i < numericals; ++i) out->m_schema.numericalNames.push_back("num_" + std::to_string(i));
        // Row 1 of the golden rows has the last id of every table.
        for (std::size_t t = 0; t < tables; ++t) {
            out->m_schema.categoricalNames.push_back("cat_" + std::to_string(t));
            out->m_schema.cardinalities.push_back(ids[tables + t] + 1);
        }
        out->m_path = expected;
        return out;
    }

    const DatasetSchema& schema() const override { return m_schema; }
    std::int64_t rows() const override { return m_all.rows; }
    bool hasLabels() const override { return true; }
    std::string path() const override { return m_path; }
    std::string format() const override { return "golden"; }
    std::string profile() const override { return "nvidia_spark"; }
    std::string split() const override { return {}; }
    std::vector<std::string> splits() const override { return {}; }
    Result<std::optional<RawRow>> rawRow(std::int64_t) const override { return std::optional<RawRow>(); }
    std::string fileOfCategorical(std::size_t) const override { return m_path; }
    Result<void> checkUnchanged() const override { return {}; }
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token) const override {
        out.firstRow = first;
        out.resize(count, m_all.numericals, m_all.tables, true);
        const BatchView view = m_all.view().slice(first, count);
        std::copy(view.numerical.begin(), view.numerical.end(), out.numerical.begin());
        std::copy(view.labels.begin(), view.labels.end(), out.labels.begin());
        for (std::int64_t t = 0; t < m_all.tables; ++t)
            std::copy_n(m_all.ids.begin() + t * m_all.rows + first, count, out.ids.begin() + t * count);
        return {};
    }

private:
    DatasetSchema m_schema;
    Batch m_all;
    std::string m_path;
};

}  // namespace dlrm::test
