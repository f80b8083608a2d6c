// SPDX-License-Identifier: Apache-2.0
#include "core/formats/hdf5_stream.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>

namespace dlrm {
namespace {

std::int32_t fileType(DType type) {
    return type == DType::Float64    ? DLRM_HDF5_FLOAT64
           : type == DType::Float16  ? DLRM_HDF5_FLOAT16
           : type == DType::BFloat16 ? DLRM_HDF5_BFLOAT16
                                     : DLRM_HDF5_FLOAT32;
}

std::size_t bytesOf(std::int32_t type) { return type == DLRM_HDF5_UINT8 ? 1 : type == DLRM_HDF5_FLOAT32 ? 4 : 8; }

// A chunk as the file holds it: its values' first bytes, then their second ones …, in zlib's format.
std::vector<std::byte> packed(std::span<const std::byte> values, std::size_t valueBytes) {
    const std::size_t count = values.size() / valueBytes;
    std::vector<std::byte> shuffled(values.size());
    for (std::size_t b = 0; b < valueBytes; ++b)
        for (std::size_t i = 0; i < count; ++i) shuffled[b * count + i] = values[i * valueBytes + b];
    uLongf size = compressBound(values.size());
    std::vector<std::byte> out(size);
    if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(shuffled.data()),
                  shuffled.size(), 1) != Z_OK)
        throw std::bad_alloc();
    out.resize(size);
    return out;
}

}  // namespace

void Hdf5Stream::Target::writeAt(void* target, std::uint64_t offset, const void* bytes, std::uint64_t size) {
    auto& to = *static_cast<Target*>(target);
    if (to.failed) return;
    auto done = to.file.writeAt(static_cast<std::int64_t>(offset), {static_cast<const std::byte*>(bytes), size});
    if (!done) to.failed = std::move(done.error());
}

std::int32_t Hdf5Stream::Target::readAt(void* target, std::uint64_t offset, void* bytes, std::uint64_t size) {
    const auto& from = *static_cast<const Target*>(target);
    const auto written = static_cast<std::uint64_t>(from.file.written());
    std::memset(bytes, 0, size);  // space that was allocated and not written yet
    if (from.failed || offset >= written) return 1;
    return from.file.readAt(static_cast<std::int64_t>(offset),
                            {static_cast<std::byte*>(bytes), std::min(size, written - offset)})
               ? 1
               : 0;
}

std::uint64_t Hdf5Stream::Target::size(void* target) {
    return static_cast<std::uint64_t>(static_cast<const Target*>(target)->file.written());
}

Hdf5Stream::Hdf5Stream(AtomicFile file, std::string path)
    : m_path(std::move(path)), m_target{std::move(file), {}}, m_writer(m_target.storage()) {}

Result<std::unique_ptr<Hdf5Stream>> Hdf5Stream::create(const std::string& path, std::int64_t reserve) {
    DLRM_TRY(hdf5WriterAvailable());
    DLRM_TRY(auto file, AtomicFile::create(path));
    DLRM_TRY(file.reserve(reserve));
    std::unique_ptr<Hdf5Stream> out(new Hdf5Stream(std::move(file), path));
    DLRM_TRY(out->outcome());
    return out;
}

Result<void> Hdf5Stream::outcome() const {
    if (m_target.failed) return fail(*m_target.failed);
    if (m_writer.failed()) return fail(Error(*m_writer.failed()).inFile(m_path));
    return {};
}

void Hdf5Stream::axis(const std::string& path, std::int64_t length) {
    const auto size = static_cast<std::uint64_t>(length);
    m_writer.dataset(path, DLRM_HDF5_FLOAT32_BIG_ENDIAN, {&size, 1}, {}, 0, nullptr);
    // The words netCDF-4 looks for.
    m_writer.makeScale(path, fmt::format("This is a netCDF dimension but not a netCDF variable.{:10}", length));
}

void Hdf5Stream::beginDataset(const std::string& path, DType type, std::span<const std::int64_t> shape,
                              std::int64_t chunkRows, std::span<const std::string> axes) {
    std::vector<std::uint64_t> size(shape.begin(), shape.end()), chunk = size;
    chunk[0] = static_cast<std::uint64_t>(chunkRows);
    m_writer.dataset(path, fileType(type), size, chunk, DLRM_HDF5_CHECKED, nullptr);
    m_row = 0;
    m_chunkRows = chunk[0];
    for (std::size_t d = 0; d < axes.size(); ++d) m_writer.attachScale(path, axes[d], static_cast<std::uint32_t>(d));
}

Result<void> Hdf5Stream::writeChunk(std::span<const std::byte> chunkAndChecksum) {
    DLRM_TRY(outcome());
    m_writer.writeChunk(m_row, chunkAndChecksum);
    m_row += m_chunkRows;
    return outcome();
}

void Hdf5Stream::beginColumn(const std::string& path, std::int32_t type, std::int64_t rows) {
    m_column = path;
    m_columnType = type;
    m_columnRows = rows;
    m_row = 0;
    m_chunkRows = kColumnChunk;
    const auto size = static_cast<std::uint64_t>(rows);
    if (rows > kColumnChunk) m_writer.dataset(path, type, {&size, 1}, {&m_chunkRows, 1}, DLRM_HDF5_COMPRESSED, nullptr);
    else if (rows == 0) m_writer.dataset(path, type, {&size, 1}, {}, 0, nullptr);
}

Result<void> Hdf5Stream::writeColumn(std::span<const std::byte> values) {
    const std::size_t valueBytes = bytesOf(m_columnType),
                      chunkBytes = valueBytes * static_cast<std::size_t>(kColumnChunk);
    if (m_columnRows > kColumnChunk) {
        if (values.size() == chunkBytes) return writeChunk(packed(values, valueBytes));
        std::vector<std::byte> filled(values.begin(), values.end());
        filled.resize(chunkBytes);
        return writeChunk(packed(filled, valueBytes));
    }
    const auto size = static_cast<std::uint64_t>(m_columnRows);
    m_writer.dataset(m_column, m_columnType, {&size, 1}, {}, 0, values.data());
    return outcome();
}

Result<void> Hdf5Stream::finish() {
    m_writer.finish();
    DLRM_TRY(outcome());
    return m_target.file.commit();
}

}  // namespace dlrm
