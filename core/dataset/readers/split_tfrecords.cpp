// SPDX-License-Identifier: Apache-2.0
// split_tfrecords: one folder of TFRecord files per feature, whose records are batches; categorical features may have
// several ids in a row. Source of the format: split_tfrecords_multihot_dataset.py of the training code.
#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <new>
#include <span>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/float_conversions.h"
#include "core/base/thread_safety.h"
#include "core/dataset/readers/finite_numbers.h"
#include "core/dataset/readers/parallel_blocks.h"
#include "core/dataset/readers/readers.h"
#include "core/dataset/readers/record_stream.h"

namespace dlrm {

namespace {

static_assert(std::endian::native == std::endian::little, "tensors are read without byte swapping");

// The rows of one batch, decoded.
struct Decoded {
    std::int64_t batch = -1;
    std::vector<float> numerical;
    std::vector<std::uint8_t> labels;
    std::vector<Bags> tables;  // `starts` only where the feature is multi-hot
};

Failure wrongBags(const RecordStream& stream, std::int64_t batch, std::int64_t row, std::string expected,
                  std::string found) {
    return fail(stream.at(
        batch,
        Error("E-TFR-008", "The ids of a multi-hot feature are not cut into rows as they should be.")
            .atRow(row)
            .butExpected(std::move(expected))
            .butFound(std::move(found))
            .withRemedy("Every row needs at least one id, 0 where the category is missing: write the dataset again.")));
}

std::vector<std::int32_t> int32s(std::span<const std::byte> content) {
    std::vector<std::int32_t> out(content.size() / sizeof(std::int32_t));
    if (!out.empty()) std::memcpy(out.data(), content.data(), out.size() * sizeof(std::int32_t));
    return out;
}

class SplitTfrecords final : public FileDataset {
public:
    static Result<DatasetPtr> open(const DatasetSource& source, const DatasetOptions& options, const Job& job);

    std::int64_t rows() const override { return m_batches * m_batchRows; }
    std::string format() const override { return "split_tfrecords"; }
    bool multiHot() const override { return m_multiHot; }
    std::string fileOfCategorical(std::size_t table) const override {
        return table < m_categorical.size() ? m_categorical[table].files().front()->path() : std::string();
    }
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override;
    Result<std::optional<RawRow>> rawRow(std::int64_t row) const override {
        if (m_multiHot) return std::optional<RawRow>();  // a raw row has one value per feature
        return FileDataset::rawRow(row);
    }

private:
    Result<void> decodeNumerical(std::int64_t batch, Decoded& out) const;
    Result<void> decodeLabels(std::int64_t batch, Decoded& out) const;
    Result<void> decodeIds(std::int64_t batch, std::size_t table, Decoded& out) const;
    Result<std::shared_ptr<const Decoded>> decoded(std::int64_t batch, const std::stop_token& stop) const;

    RecordStream m_numerical, m_label;
    std::vector<RecordStream> m_categorical;
    std::int64_t m_batches = 0, m_batchRows = 0;
    bool m_multiHot = false;
    // The batch read last: whoever reads on in small steps must not decode it each time.
    mutable Mutex m_mutex;
    mutable std::shared_ptr<const Decoded> m_last DLRM_GUARDED_BY(m_mutex);
};

Result<DatasetPtr> SplitTfrecords::open(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    const FeatureSpec& spec = *source.spec;
    auto dataset = std::make_shared<SplitTfrecords>();
    DLRM_TRY(dataset->describeBySpec(source, options));

    DLRM_TRY(dataset->m_batches, readBatchCount(spec.directory, options.split));
    if (dataset->m_batches == 0) return emptySplit(spec.directory + "/" + options.split);

    const auto total = static_cast<std::int64_t>(spec.categorical.size()) + 2;
    std::int64_t done = 0;
    const auto openStream = [&](const std::string& field, const std::string& folder, const char* dtype,
                                std::int64_t width, bool mayBeMultiHot, RecordStream& stream) -> Result<void> {
        DLRM_TRY(stream, RecordStream::open(spec.directory, options.split + "/" + folder, field, dtype, width,
                                            mayBeMultiHot, dataset->m_batches, job.stop));
        dataset->m_files.insert(dataset->m_files.end(), stream.files().begin(), stream.files().end());
        job.report({"opening the dataset", ++done, total, "features"});
        return {};
    };
    DLRM_TRY(openStream(spec.label.name, "label", "int8", 1, false, dataset->m_label));
    DLRM_TRY(openStream("numerical", "numerical", "float16", static_cast<std::int64_t>(spec.numerical.size()), false,
                        dataset->m_numerical));
    for (std::size_t t = 0; t < spec.categorical.size(); ++t) {
        RecordStream& stream = dataset->m_categorical.emplace_back();
        DLRM_TRY(openStream(spec.categorical[t].name, fmt::format("categorical_{}", t), "int32", 1, true, stream));
        dataset->m_multiHot = dataset->m_multiHot || stream.multiHot();
    }
    std::vector<std::byte> record;
    DLRM_TRY(const auto labels, dataset->m_label.readTensor(0, record, TfDtype::Int8));
    dataset->m_batchRows = labels.elements;
    if (dataset->m_batchRows == 0) return emptySplit(dataset->m_label.files().front()->path());
    dataset->recordProfile(options);
    return DatasetPtr(std::move(dataset));
}

Result<void> SplitTfrecords::decodeNumerical(std::int64_t batch, Decoded& out) const {
    std::vector<std::byte> record;
    DLRM_TRY(const auto tensor, m_numerical.readTensor(batch, record, TfDtype::Float16));
    if (tensor.elements != m_batchRows * m_numerical.width())
        return m_numerical.wrongShape(
            batch, fmt::format("{} of {}", counted(m_batchRows, "row"), counted(m_numerical.width(), "number")),
            counted(tensor.elements, "number"));
    std::vector<std::uint16_t> halves(static_cast<std::size_t>(tensor.elements));
    std::memcpy(halves.data(), tensor.content.data(), tensor.content.size());
    out.numerical.resize(halves.size());
    halvesToFloats(halves, out.numerical);
    return {};
}

Result<void> SplitTfrecords::decodeLabels(std::int64_t batch, Decoded& out) const {
    std::vector<std::byte> record;
    DLRM_TRY(const auto tensor, m_label.readTensor(batch, record, TfDtype::Int8));
    if (tensor.elements != m_batchRows)
        return m_label.wrongShape(batch, counted(m_batchRows, "row"), fmt::format("{}", tensor.elements));
    out.labels.resize(static_cast<std::size_t>(m_batchRows));
    std::memcpy(out.labels.data(), tensor.content.data(), out.labels.size());
    const auto bad = std::find_if(out.labels.begin(), out.labels.end(), [](std::uint8_t label) { return label > 1; });
    if (bad == out.labels.end()) return {};
    return fail(
        m_label.at(batch, Error("E-TFR-009", "A label is neither 0 nor 1.")
                              .atRow(batch * m_batchRows + (bad - out.labels.begin()))
                              .butExpected("0 or 1")
                              .butFound(fmt::format("{}", static_cast<std::int8_t>(*bad)))
                              .withRemedy("The file is not the label file of this split: write the dataset again.")));
}

Result<void> SplitTfrecords::decodeIds(std::int64_t batch, std::size_t table, Decoded& out) const {
    const RecordStream& stream = m_categorical[table];
    const std::int64_t firstRow = batch * m_batchRows;
    Bags& bags = out.tables[table];
    std::vector<std::byte> record;
    if (stream.multiHot()) {
        // A ragged tensor: its values, and where each row of them begins.
        DLRM_TRY(const auto parts, stream.readTensor(batch, record, TfDtype::String));
        if (parts.elements != 2)
            return stream.wrongShape(batch, "a ragged tensor: values and row splits",
                                     counted(parts.elements, "tensor"));
        std::vector<std::int32_t> numbers[2];
        for (std::size_t i = 0; i < 2; ++i) {
            const auto part = parseSerializedTensor(parts.strings[i]);
            if (!part) return fail(stream.at(batch, part.error()));
            if (part->dtype != TfDtype::Int32)
                return stream.wrongShape(batch, "int32",
                                         fmt::format("TensorFlow's type {}", static_cast<int>(part->dtype)));
            numbers[i] = int32s(part->content);
        }
        bags.ids = std::move(numbers[0]);
        const auto& splits = numbers[1];
        if (static_cast<std::int64_t>(splits.size()) != m_batchRows + 1)
            return stream.wrongShape(batch, counted(m_batchRows, "row"), fmt::format("{} row splits", splits.size()));
        bags.starts.assign(splits.begin(), splits.end());
        if (bags.starts.front() != 0 || bags.starts.back() != static_cast<std::int64_t>(bags.ids.size()))
            return wrongBags(stream, batch, firstRow, fmt::format("row splits from 0 to {}", bags.ids.size()),
                             fmt::format("{} to {}", bags.starts.front(), bags.starts.back()));
        for (std::int64_t r = 0; r < m_batchRows; ++r)
            if (bags.starts[static_cast<std::size_t>(r)] >= bags.starts[static_cast<std::size_t>(r) + 1])
                return wrongBags(stream, batch, firstRow + r, "at least one id in every row",
                                 fmt::format("{}", bags.starts[static_cast<std::size_t>(r) + 1] -
                                                       bags.starts[static_cast<std::size_t>(r)]));
    } else {
        DLRM_TRY(const auto tensor, stream.readTensor(batch, record, TfDtype::Int32));
        if (tensor.elements != m_batchRows)
            return stream.wrongShape(batch, fmt::format("{} of one id", counted(m_batchRows, "row")),
                                     counted(tensor.elements, "id"));
        bags.ids = int32s(tensor.content);
    }
    const auto limit = static_cast<std::uint32_t>(m_idLimits[table]);
    const auto bad = std::find_if(bags.ids.begin(), bags.ids.end(),
                                  [&](std::int32_t id) { return static_cast<std::uint32_t>(id) >= limit; });
    if (bad == bags.ids.end()) return {};
    std::int64_t row = bad - bags.ids.begin();
    if (stream.multiHot())
        row = std::upper_bound(bags.starts.begin(), bags.starts.end(), row) - bags.starts.begin() - 1;
    return fail(stream.at(
        batch, Error("E-TFR-010", "A category id is outside its embedding table.")
                   .atRow(firstRow + row)
                   .butExpected(fmt::format("0 … {}", static_cast<std::int64_t>(limit) - 1))
                   .butFound(fmt::format("{}", *bad))
                   .withRemedy("The file or its cardinality in feature_spec.yaml does not belong to this dataset.")));
}

Result<std::shared_ptr<const Decoded>> SplitTfrecords::decoded(std::int64_t batch, const std::stop_token& stop) const {
    {
        const MutexLock lock(m_mutex);
        if (m_last && m_last->batch == batch) return m_last;
    }
    auto out = std::make_shared<Decoded>();
    out->batch = batch;
    out->tables.resize(m_categorical.size());
    const auto tables = static_cast<std::int64_t>(m_categorical.size());
    DLRM_TRY(forEachBlock(0, tables + 1, stop, [&](std::int64_t i) {
        if (i == 0) return decodeLabels(batch, *out);
        if (i == 1) return decodeNumerical(batch, *out);
        return decodeIds(batch, static_cast<std::size_t>(i - 2), *out);
    }));
    const MutexLock lock(m_mutex);
    m_last = out;
    return out;
}

Result<void> SplitTfrecords::read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const {
    assert(first >= 0 && count >= 0 && first + count <= rows());
    try {
        const auto tables = static_cast<std::int64_t>(m_categorical.size());
        out.firstRow = first;
        out.resize(count, m_numerical.width(), tables, true);
        if (m_multiHot) {
            out.ids.clear();
            out.bags.assign(m_categorical.size(), Bags{{}, {0}});
        }
        for (std::int64_t row = first; row < first + count;) {
            const std::int64_t batch = row / m_batchRows, begin = row % m_batchRows,
                               n = std::min(m_batchRows - begin, first + count - row), to = row - first;
            DLRM_TRY(const auto found, decoded(batch, stop));
            const Decoded& rows = *found;
            std::copy_n(rows.labels.begin() + begin, n, out.labels.begin() + to);
            std::copy_n(rows.numerical.begin() + begin * m_numerical.width(), n * m_numerical.width(),
                        out.numerical.begin() + to * m_numerical.width());
            for (std::int64_t t = 0; t < tables; ++t) {
                const Bags& from = rows.tables[static_cast<std::size_t>(t)];
                if (!m_multiHot) {
                    std::copy_n(from.ids.begin() + begin, n, out.ids.begin() + t * count + to);
                    continue;
                }
                Bags& bags = out.bags[static_cast<std::size_t>(t)];
                for (std::int64_t r = begin; r < begin + n; ++r) {
                    const std::int64_t from0 = from.starts.empty() ? r : from.starts[static_cast<std::size_t>(r)];
                    const std::int64_t to0 = from.starts.empty() ? r + 1 : from.starts[static_cast<std::size_t>(r) + 1];
                    bags.ids.insert(bags.ids.end(), from.ids.begin() + from0, from.ids.begin() + to0);
                    bags.starts.push_back(static_cast<std::int64_t>(bags.ids.size()));
                }
            }
            row += n;
        }
        return checkFiniteNumbers(out, m_schema, m_path);
    } catch (const std::bad_alloc&) {
        return noMemoryForRows(m_path, count);
    }
}

}  // namespace

Result<DatasetPtr> openSplitTfrecords(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    return SplitTfrecords::open(source, options, job);
}

}  // namespace dlrm
