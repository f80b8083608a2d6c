// SPDX-License-Identifier: Apache-2.0
#include "core/synthetic/demo_writer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "core/base/guarded.h"
#include "core/compute/cpu/cpu_backend.h"
#include "core/dataset/readers/parallel_blocks.h"
#include "core/engine/engine.h"
#include "core/formats/npy_writer.h"
#include "core/synthetic/demo_directory.h"
#include "core/synthetic/demo_file.h"
#include "core/synthetic/demo_shape.h"
#include "core/synthetic/generated_dataset.h"
#include "core/synthetic/synthetic_values.h"

namespace dlrm {
namespace {

constexpr std::int64_t kMaxRows = 1'000'000'000'000;
constexpr std::int64_t kBlockBytes = 512 * 1024;  // of table values, generated and written at a time by one thread
constexpr std::int64_t kRowsPerChunk = 16'384;    // of the dataset
constexpr std::int64_t kCalibrationRows = 4096;
constexpr double kLogitMean = -1.4, kLogitDeviation = 1.3;  // about a quarter clicked, AUC about 0.79

DemoShape shapeOf(const DemoOptions& options) { return options.likeFl15 ? DemoShape::fl15() : DemoShape::small(); }

std::string headerOf(const DemoTensor& tensor) {
    std::vector<std::int64_t> dims{tensor.columns};
    if (tensor.kind != DemoTensor::Kind::Bias) dims.insert(dims.begin(), tensor.rows);
    return npyHeader(NpyType{}, dims);
}

std::int64_t trainRows(std::int64_t testRows) { return std::max<std::int64_t>(1, testRows / 10); }

// Tables in blocks, so that several threads can write one table.
struct Block {
    std::size_t table = 0;
    std::int64_t firstRow = 0, rows = 0;
};

std::vector<Block> tableBlocks(const DemoShape& shape) {
    const std::int64_t perBlock = std::max<std::int64_t>(1, kBlockBytes / (shape.dim * 4));
    std::vector<Block> out;
    for (std::size_t t = 0; t < shape.cardinalities.size(); ++t)
        for (std::int64_t row = 0; row < shape.cardinalities[t]; row += perBlock)
            out.push_back({t, row, std::min(perBlock, shape.cardinalities[t] - row)});
    return out;
}

class DemoWriter {
public:
    DemoWriter(const DemoDirectory& directory, const DemoOptions& options, const Job& job)
        : m_directory(directory),
          m_options(options),
          m_shape(shapeOf(options)),
          m_tensors(demoTensors(m_shape)),
          m_progress(job.progress),
          m_stop(job.stop) {}

    Result<void> write() {
        DLRM_TRY(writeLayers(1.0, 0.0));
        DLRM_TRY(writeTables());
        DLRM_TRY(calibrate());
        return writeDataset();
    }

private:
    std::string path(const std::string& file) const { return m_directory.checkpoint() + "/" + file; }

    // The MLPs. The last layer is multiplied by `scale` and its bias moved by `shift`: the logit becomes scale · logit
    // + shift.
    Result<void> writeLayers(double scale, double shift) const {
        for (const DemoTensor& tensor : m_tensors) {
            if (tensor.kind == DemoTensor::Kind::Table) continue;
            std::vector<float> values(static_cast<std::size_t>(tensor.values()));
            const bool kernel = tensor.kind == DemoTensor::Kind::Kernel;
            if (kernel) fillKernel(m_options.seed, tensor.index, tensor.rows, tensor.columns, values);
            else fillBias(m_options.seed, tensor.index, tensor.columns, values);
            if (tensor.index + 1 == m_shape.bottom.size() + m_shape.top.size())
                for (float& v : values) v = static_cast<float>(scale * v + (kernel ? 0.0 : shift));
            DLRM_TRY(auto file, DemoFile::open(path(tensor.file)));
            const std::string header = headerOf(tensor);
            DLRM_TRY(file.append(std::as_bytes(std::span(header))));
            DLRM_TRY(file.append(std::as_bytes(std::span(values))));
            if (m_stop.stop_requested()) return cancelled();
        }
        return {};
    }

    // All cores generate and write blocks; this thread reports as well.
    Result<void> writeTables() const {
        std::vector<DemoFile> files;
        std::vector<std::int64_t> dataOffsets;
        std::int64_t total = 0;
        for (const DemoTensor& tensor : m_tensors) {
            if (tensor.kind != DemoTensor::Kind::Table) continue;
            DLRM_TRY(auto file, DemoFile::open(path(tensor.file)));
            const std::string header = headerOf(tensor);
            DLRM_TRY(file.append(std::as_bytes(std::span(header))));
            files.push_back(std::move(file));
            dataOffsets.push_back(static_cast<std::int64_t>(header.size()));
            total += tensor.values() * 4;
        }
        const std::vector<Block> blocks = tableBlocks(m_shape);
        const std::int64_t rowBytes = m_shape.dim * 4;
        std::atomic<std::int64_t> written = 0;
        std::atomic<bool> failed = false;
        const auto caller = std::this_thread::get_id();
        report(m_progress, {"writing tables", 0, total, "bytes"});
        return forEachBlock(0, std::ssize(blocks) - 1, m_stop, [&](std::int64_t b) -> Result<void> {
            if (failed) return {};  // the others stop after their block
            thread_local std::vector<float> values;
            const Block& block = blocks[static_cast<std::size_t>(b)];
            values.resize(static_cast<std::size_t>(block.rows * m_shape.dim));
            fillTableRows(m_options.seed, block.table, m_shape.cardinalities[block.table], m_shape.dim, block.firstRow,
                          values);
            const std::int64_t offset = dataOffsets[block.table] + block.firstRow * rowBytes;
            auto done = files[block.table].writeAt(offset, std::as_bytes(std::span(values)));
            if (!done) failed = true;
            const std::int64_t bytes = written += block.rows * rowBytes;
            if (std::this_thread::get_id() == caller) report(m_progress, {"writing tables", bytes, total, "bytes"});
            return done;
        });
    }

    Result<std::shared_ptr<Engine>> openModel() const {
        EngineOptions options;
        options.backend = {describeCpu({}), [] { return makeCpuBackend({}); }};
        return Engine::open(m_directory.checkpoint(), options, {.stop = m_stop});
    }

    GeneratedDataset generated(const std::string& split, std::int64_t rows) const {
        return {m_options.seed, split, rows, m_shape.numericals, m_shape.cardinalities};
    }

    // Brings the logits to a sensible mean and spread. The factors are rounded, so that the last bits of a processor's
    // arithmetic do not change them.
    Result<void> calibrate() const {
        DLRM_TRY(auto engine, openModel());
        DLRM_TRY(auto sample,
                 engine->predict(generated("test", kCalibrationRows), {0, kCalibrationRows - 1}, {}, {.stop = m_stop}));
        double mean = 0, squares = 0;
        for (const PredictedRow& row : sample.rows) mean += row.logit;
        mean /= kCalibrationRows;
        for (const PredictedRow& row : sample.rows) squares += (row.logit - mean) * (row.logit - mean);
        const double deviation = std::max(std::sqrt(squares / kCalibrationRows), 1e-3);
        const double scale = std::round(100.0 * kLogitDeviation / deviation) / 100.0;
        const double shift = std::round(100.0 * (kLogitMean - scale * mean)) / 100.0;
        return writeLayers(scale, shift);
    }

    Result<void> writeDataset() const {
        const std::string spec = featureSpecYaml(m_shape);
        DLRM_TRY(auto file, DemoFile::open(m_directory.dataset() + "/feature_spec.yaml"));
        DLRM_TRY(file.append(std::as_bytes(std::span(spec))));
        DLRM_TRY(auto engine, openModel());
        DLRM_TRY(writeSplit(*engine, "test", m_options.rows, 0));
        return writeSplit(*engine, "train", trainRows(m_options.rows), m_options.rows);
    }

    Result<void> writeSplit(Engine& engine, const std::string& split, std::int64_t rows,
                            std::int64_t rowsBefore) const {
        const GeneratedDataset data = generated(split, rows);
        const std::string directory = m_directory.dataset() + "/" + split;
        std::error_code error;
        if (!std::filesystem::create_directory(directory, error)) return fail(demoWriteError(directory, error.value()));
        std::vector<DemoFile> files;  // numerical, label, categoricals
        std::vector<std::string> names{"numerical.bin", "label.bin"};
        for (std::size_t t = 0; t < m_shape.cardinalities.size(); ++t) names.push_back(fmt::format("cat_{}.bin", t));
        for (const std::string& name : names) {
            DLRM_TRY(files.emplace_back(), DemoFile::open(directory + "/" + name));
        }
        std::vector<std::byte> bytes;
        for (std::int64_t first = 0; first < rows; first += kRowsPerChunk) {
            const std::int64_t last = std::min(rows, first + kRowsPerChunk) - 1;
            DLRM_TRY(auto prediction, engine.predict(data, {first, last}, {}, {.stop = m_stop}));
            for (std::size_t f = 0; f < files.size(); ++f) {
                bytes.clear();
                for (std::int64_t row = first; row <= last; ++row)
                    appendValue(data, f, row, prediction.rows[static_cast<std::size_t>(row - first)].probability,
                                bytes);
                DLRM_TRY(files[f].append(bytes));
                if (m_stop.stop_requested()) return cancelled();
            }
            report(m_progress,
                   {"writing rows", rowsBefore + last + 1, m_options.rows + trainRows(m_options.rows), "rows"});
        }
        return {};
    }

    // What one row puts into file `file` of writeSplit(), little-endian.
    void appendValue(const GeneratedDataset& data, std::size_t file, std::int64_t row, double probability,
                     std::vector<std::byte>& out) const {
        const auto put = [&](std::uint32_t value, int size) {
            for (int i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
        };
        if (file == 0) {
            for (std::int64_t i = 0; i < m_shape.numericals; ++i)
                put(data.numerical(row, static_cast<std::size_t>(i)), 2);
        } else if (file == 1) {
            put(data.label(row, probability), 1);
        } else {
            put(static_cast<std::uint32_t>(data.id(row, file - 2)), idBytes(m_shape.cardinalities[file - 2]));
        }
    }

    const DemoDirectory& m_directory;
    const DemoOptions m_options;
    const DemoShape m_shape;
    const std::vector<DemoTensor> m_tensors;
    const ProgressFn& m_progress;
    const std::stop_token m_stop;
};

}  // namespace

std::int64_t demoBytes(const DemoOptions& options) {
    const DemoShape shape = shapeOf(options);
    std::int64_t bytes = static_cast<std::int64_t>(featureSpecYaml(shape).size());
    for (const DemoTensor& tensor : demoTensors(shape))
        bytes += static_cast<std::int64_t>(headerOf(tensor).size()) + tensor.values() * 4;
    return bytes + (options.rows + trainRows(options.rows)) * rowBytes(shape);
}

Result<DemoResult> writeDemo(const std::string& directory, const DemoOptions& options, const Job& job) {
    return guarded([&]() -> Result<DemoResult> {
        const auto start = std::chrono::steady_clock::now();
        if (options.rows < 1 || options.rows > kMaxRows)
            return fail(Error("E-DEMO-004", "This number of rows cannot be written.")
                            .butExpected(fmt::format("1 .. {}", kMaxRows))
                            .butFound(std::to_string(options.rows))
                            .withRemedy("Give another number with --rows."));
        DemoResult out;
        out.bytes = demoBytes(options);
        DLRM_TRY(auto place, DemoDirectory::claim(directory, out.bytes));
        DLRM_TRY(DemoWriter(place, options, job).write());
        if (job.stopped()) return cancelled();
        DLRM_TRY(place.commit());
        const std::filesystem::path root(directory);
        out.checkpoint = (root / "checkpoint").string();
        out.dataset = (root / "dataset").string();
        out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return out;
    });
}

}  // namespace dlrm
