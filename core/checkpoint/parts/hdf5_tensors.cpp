// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/hdf5_tensors.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "core/formats/fletcher32.h"

namespace dlrm {
namespace {

constexpr std::int64_t kChecksumBytes = 4;
constexpr std::int64_t kMostExpansion = 1000;                     // deflate packs 1,032 bytes into one at best
constexpr std::int64_t kUnpackedFreely = std::int64_t{64} << 20;  // of any file

using Hdf5FilePtr = std::shared_ptr<const Hdf5File>;

// The values of a dataset as they are in memory, little-endian, in C order. Compares what checksums there are.
Result<std::vector<std::byte>> storedValues(const Hdf5FilePtr& file, const Hdf5Object& object) {
    const std::int64_t bytes = object.elements * object.type.size;
    std::vector<std::byte> out;
    out.reserve(static_cast<std::size_t>(bytes));
    const auto sink = [&](std::span<const std::byte> part) -> Result<void> {
        out.insert(out.end(), part.begin(), part.end());
        return {};
    };
    // Whole rows chunk after chunk, as convert writes them, need no process of their own.
    const bool byRows = !object.chunks.empty() && !object.type.bigEndian &&
                        std::equal(object.shape.begin() + 1, object.shape.end(), object.chunkShape.begin() + 1);
    if (!byRows) {
        DLRM_TRY(file->read(object, 0, object.shape[0], sink));
        return out;
    }
    std::vector<std::byte> chunk;
    for (const Hdf5Chunk& c : object.chunks) {
        chunk.resize(static_cast<std::size_t>(c.bytes));
        DLRM_TRY(file->file()->read(c.offset, chunk));
        DLRM_TRY(checkHdf5Chunk(*file->file(), object, c, chunk));
        const std::size_t values = chunk.size() - (object.filters.empty() ? 0 : kChecksumBytes);
        out.insert(out.end(), chunk.begin(),
                   chunk.begin() +
                       static_cast<std::ptrdiff_t>(std::min(values, static_cast<std::size_t>(bytes) - out.size())));
    }
    DLRM_TRY(file->file()->checkUnchanged());
    return out;
}

std::vector<float> toFloats(const std::vector<std::byte>& bytes, DType dtype) {
    const std::int64_t item = itemSize(dtype), count = static_cast<std::int64_t>(bytes.size()) / item;
    std::vector<float> out(static_cast<std::size_t>(count));
    const TableView view(1, count, dtype, {TablePart{0, 1, 0, count, bytes.data(), count * item, item, false}});
    view.copyRow(0, out);
    return out;
}

}  // namespace

std::optional<DType> hdf5FloatType(const Hdf5Type& type) {
    if (type.kind == Hdf5Kind::BFloat) return DType::BFloat16;
    if (type.kind != Hdf5Kind::Float) return std::nullopt;
    return type.size == 2 ? DType::Float16 : type.size == 4 ? DType::Float32 : DType::Float64;
}

NpyTensor hdf5Tensor(const Hdf5FilePtr& file, const Hdf5Object& dataset, DType dtype) {
    NpyTensor out;
    out.name = file->path().substr(file->path().rfind('/') + 1);
    out.file = file->file();
    out.dtype = dtype;
    out.header.type = {NpyKind::Float, dataset.type.size, dataset.type.bigEndian};
    out.header.shape = dataset.shape;
    out.header.elements = dataset.elements;
    out.header.dataOffset =
        dataset.chunks.empty() ? std::max<std::int64_t>(dataset.offset, 0) : dataset.chunks.front().offset;
    out.header.dataBytes = dataset.elements * dataset.type.size;
    out.stored = [file, at = &dataset] { return storedValues(file, *at); };
    out.reader = [file, at = &dataset, dtype]() -> Result<std::vector<float>> {
        DLRM_TRY(auto bytes, storedValues(file, *at));
        return toFloats(bytes, dtype);
    };
    return out;
}

Result<void> checkHdf5Chunk(const RandomAccessFile& file, const Hdf5Object& dataset, const Hdf5Chunk& chunk,
                            std::span<const std::byte> bytes) {
    if (dataset.filters.empty()) return {};
    const auto values = bytes.first(bytes.size() - kChecksumBytes);
    std::uint32_t recorded = 0;
    std::memcpy(&recorded, bytes.data() + values.size(), sizeof recorded);
    const std::uint32_t sum = fletcher32(values);
    if (sum == recorded) return {};
    return fail(Error("E-HCKPT-002", "The values in the file are not those that were written.")
                    .inFile(file.path())
                    .atOffset(chunk.offset)
                    .inField(dataset.path)
                    .butExpected(fmt::format("fletcher32 {:08x}", recorded))
                    .butFound(fmt::format("{:08x}", sum))
                    .withRemedy("Copy the file again, or write it again."));
}

Hdf5Budget::Hdf5Budget(const RandomAccessFile& container) : m_container(container) {
    constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
    m_most = container.size() > (kLargest - kUnpackedFreely) / kMostExpansion
                 ? kLargest
                 : container.size() * kMostExpansion + kUnpackedFreely;
}

Result<void> Hdf5Budget::take(const Hdf5Object& dataset) {
    const std::int64_t bytes = dataset.elements * dataset.type.size;
    if (bytes > m_most - m_taken)
        return fail(Error("E-HCKPT-003", "The file is too small for the values that it declares.")
                        .inFile(m_container.path())
                        .inField(dataset.path)
                        .butExpected(
                            fmt::format("at most {} bytes of values in a file of {} bytes", m_most, m_container.size()))
                        .butFound(fmt::format("{} bytes here, and {} before", bytes, m_taken))
                        .withRemedy("Write the file again; it is damaged, or its values were never written."));
    m_taken += bytes;
    return {};
}

}  // namespace dlrm
