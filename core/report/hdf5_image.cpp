// SPDX-License-Identifier: Apache-2.0
#include "core/report/hdf5_image.h"

#include <utility>

namespace dlrm {
namespace {

constexpr std::uint64_t kChunk = 64 * 1024;
constexpr std::uint64_t kChunkRows = 2048;

}  // namespace

void Hdf5Image::writeColumn(const std::string& path, std::int32_t type, const void* values, std::size_t count) {
    const std::uint64_t size = count;
    const bool chunked = size > kChunk;
    m_writer.dataset(path, type, {&size, 1}, {&kChunk, chunked ? 1u : 0u}, chunked ? DLRM_HDF5_COMPRESSED : 0, values);
}

void Hdf5Image::writeMatrix(const std::string& path, std::int32_t type, const void* values, std::size_t count,
                            std::int64_t columns) {
    const std::uint64_t shape[] = {count / static_cast<std::size_t>(columns), static_cast<std::uint64_t>(columns)},
                        chunk[] = {kChunkRows, shape[1]};
    const bool chunked = shape[0] > kChunkRows;
    m_writer.dataset(path, type, shape, {chunk, chunked ? 2u : 0u}, chunked ? DLRM_HDF5_COMPRESSED : 0, values);
}

void Hdf5Image::column(const std::string& path, std::span<const float> values) {
    writeColumn(path, DLRM_HDF5_FLOAT32, values.data(), values.size());
}
void Hdf5Image::column(const std::string& path, std::span<const double> values) {
    writeColumn(path, DLRM_HDF5_FLOAT64, values.data(), values.size());
}
void Hdf5Image::column(const std::string& path, std::span<const std::int64_t> values) {
    writeColumn(path, DLRM_HDF5_INT64, values.data(), values.size());
}
void Hdf5Image::column(const std::string& path, std::span<const std::uint8_t> values) {
    writeColumn(path, DLRM_HDF5_UINT8, values.data(), values.size());
}

void Hdf5Image::column(const std::string& path, std::span<const std::string> texts) {
    std::vector<const char*> values;
    for (const std::string& text : texts) values.push_back(text.c_str());
    const std::uint64_t size = values.size();
    m_writer.dataset(path, DLRM_HDF5_TEXT, {&size, 1}, {}, 0, values.data());
}

void Hdf5Image::matrix(const std::string& path, std::span<const float> values, std::int64_t columns) {
    writeMatrix(path, DLRM_HDF5_FLOAT32, values.data(), values.size(), columns);
}
void Hdf5Image::matrix(const std::string& path, std::span<const double> values, std::int64_t columns) {
    writeMatrix(path, DLRM_HDF5_FLOAT64, values.data(), values.size(), columns);
}
void Hdf5Image::matrix(const std::string& path, std::span<const std::int64_t> values, std::int64_t columns) {
    writeMatrix(path, DLRM_HDF5_INT64, values.data(), values.size(), columns);
}

Result<std::vector<std::byte>> Hdf5Image::finish() {
    std::vector<std::byte> bytes = m_writer.finishImage();
    if (m_writer.failed()) return fail(*m_writer.failed());
    return bytes;
}

}  // namespace dlrm
