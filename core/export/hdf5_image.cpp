// SPDX-License-Identifier: Apache-2.0
#include "core/export/hdf5_image.h"

#include <algorithm>

#include <hdf5_hl.h>

namespace dlrm {
namespace {

constexpr hsize_t kChunk = 64 * 1024;
constexpr hsize_t kChunkRows = 2048;
constexpr std::size_t kGrowth = std::size_t{1} << 20;

H5Handle propertyList(hid_t kind) { return {H5Pcreate(kind), H5Pclose}; }

}  // namespace

std::mutex& hdf5HighLevelMutex() {
    static std::mutex mutex;
    return mutex;
}

Error hdf5Failure(const std::string& object) {
    return Error("E-EXPORT-003", "The HDF5 library could not write an object.").inField(object).withRemedy("export as .csv or .json, or free memory and try again");
}

H5Handle& H5Handle::operator=(H5Handle&& other) noexcept {
    reset();
    m_id = std::exchange(other.m_id, -1);
    m_close = other.m_close;
    return *this;
}

void H5Handle::reset() {
    if (m_id >= 0) m_close(m_id);
    m_id = -1;
}

Hdf5Image::Hdf5Image() : m_lock(hdf5HighLevelMutex()) {
    H5Eget_auto2(H5E_DEFAULT, &m_errorPrinter, &m_errorPrinterData);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const H5Handle access = propertyList(H5P_FILE_ACCESS), creation = propertyList(H5P_FILE_CREATE);
    H5Pset_fapl_core(access.get(), kGrowth, false);
    // The oldest superblock: newer ones carry a checksum, which H5Fget_file_image of 1.10 leaves stale.
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18);
    H5Pset_obj_track_times(creation.get(), false);  // no time stamps: same content, same bytes
    m_file = {H5Fcreate("image", H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose};
    check(static_cast<bool>(m_file), "the file");
}

Hdf5Image::~Hdf5Image() {
    m_file.reset();
    H5Eset_auto2(H5E_DEFAULT, m_errorPrinter, m_errorPrinterData);
}

bool Hdf5Image::check(bool ok, std::string_view what) {
    if (!ok && m_failed.empty()) m_failed = what;
    return ok && m_failed.empty();
}

void Hdf5Image::group(const std::string& path) {
    const H5Handle creation = propertyList(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    const H5Handle group(H5Gcreate2(m_file.get(), path.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Gclose);
    check(static_cast<bool>(group), path);
}

// chunk: compressed in pieces of this shape; empty: stored in one piece.
void Hdf5Image::write(const std::string& path, hid_t fileType, hid_t memoryType, const void* values, std::span<const hsize_t> shape, std::span<const hsize_t> chunk) {
    const H5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    const H5Handle creation = propertyList(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    if (!chunk.empty()) {
        H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data());
        H5Pset_shuffle(creation.get());
        H5Pset_deflate(creation.get(), 1);
    }
    const H5Handle set(H5Dcreate2(m_file.get(), path.c_str(), fileType, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Dclose);
    const bool any = std::all_of(shape.begin(), shape.end(), [](hsize_t n) { return n > 0; });
    if (check(static_cast<bool>(set), path) && any) check(H5Dwrite(set.get(), memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0, path);
}

void Hdf5Image::writeColumn(const std::string& path, hid_t fileType, hid_t memoryType, const void* values, std::size_t count) {
    const hsize_t size = count;
    write(path, fileType, memoryType, values, {&size, 1}, {&kChunk, size > kChunk ? 1u : 0u});
}

void Hdf5Image::matrix(const std::string& path, std::span<const float> values, std::int64_t columns) {
    const hsize_t shape[] = {values.size() / static_cast<std::size_t>(columns), static_cast<hsize_t>(columns)}, chunk[] = {kChunkRows, shape[1]};
    write(path, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values.data(), shape, {chunk, shape[0] > kChunkRows ? 2u : 0u});
}

void Hdf5Image::column(const std::string& path, std::span<const float> values) {
    writeColumn(path, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values.data(), values.size());
}
void Hdf5Image::column(const std::string& path, std::span<const double> values) {
    writeColumn(path, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), values.size());
}
void Hdf5Image::column(const std::string& path, std::span<const std::int64_t> values) {
    writeColumn(path, H5T_STD_I64LE, H5T_NATIVE_INT64, values.data(), values.size());
}
void Hdf5Image::column(const std::string& path, std::span<const std::uint8_t> values) {
    writeColumn(path, H5T_STD_U8LE, H5T_NATIVE_UINT8, values.data(), values.size());
}

void Hdf5Image::makeScale(const std::string& path, const std::string& name) {
    const H5Handle set(H5Dopen2(m_file.get(), path.c_str(), H5P_DEFAULT), H5Dclose);
    if (check(static_cast<bool>(set), path)) check(H5DSset_scale(set.get(), name.c_str()) >= 0, path);
}

void Hdf5Image::attach(const std::string& path, const std::string& scalePath, unsigned dimension) {
    const H5Handle set(H5Dopen2(m_file.get(), path.c_str(), H5P_DEFAULT), H5Dclose);
    const H5Handle scale(H5Dopen2(m_file.get(), scalePath.c_str(), H5P_DEFAULT), H5Dclose);
    if (check(set && scale, path)) check(H5DSattach_scale(set.get(), scale.get(), dimension) >= 0, path);
}

void Hdf5Image::writeAttribute(const std::string& object, const std::string& name, hid_t type, hid_t memoryType, const void* value) {
    const H5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const H5Handle attribute(H5Acreate_by_name(m_file.get(), object.c_str(), name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (check(static_cast<bool>(attribute), name)) check(H5Awrite(attribute.get(), memoryType, value) >= 0, name);
}

void Hdf5Image::attribute(const std::string& object, const std::string& name, std::string_view text) {
    const H5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    const std::string copy(text);
    const char* const value = copy.c_str();
    writeAttribute(object, name, type.get(), type.get(), &value);
}

void Hdf5Image::attribute(const std::string& object, const std::string& name, double value) {
    writeAttribute(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}
void Hdf5Image::attribute(const std::string& object, const std::string& name, std::int64_t value) {
    writeAttribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void Hdf5Image::matrix(const std::string& path, std::span<const double> values, std::int64_t columns) {
    const hsize_t shape[] = {values.size() / static_cast<std::size_t>(columns), static_cast<hsize_t>(columns)}, chunk[] = {kChunkRows, shape[1]};
    write(path, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), shape, {chunk, shape[0] > kChunkRows ? 2u : 0u});
}

void Hdf5Image::matrix(const std::string& path, std::span<const std::int64_t> values, std::int64_t columns) {
    const hsize_t shape[] = {values.size() / static_cast<std::size_t>(columns), static_cast<hsize_t>(columns)}, chunk[] = {kChunkRows, shape[1]};
    write(path, H5T_STD_I64LE, H5T_NATIVE_INT64, values.data(), shape, {chunk, shape[0] > kChunkRows ? 2u : 0u});
}

void Hdf5Image::column(const std::string& path, std::span<const std::string> texts) {
    const H5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    std::vector<const char*> values;
    for (const std::string& text : texts) values.push_back(text.c_str());
    const hsize_t size = values.size();
    write(path, type.get(), type.get(), values.data(), {&size, 1}, {});
}

Result<std::vector<std::byte>> Hdf5Image::finish() {
    std::vector<std::byte> bytes;
    if (check(H5Fflush(m_file.get(), H5F_SCOPE_GLOBAL) >= 0, "the file")) {
        const ssize_t size = H5Fget_file_image(m_file.get(), nullptr, 0);
        if (check(size > 0, "the file")) {
            bytes.resize(static_cast<std::size_t>(size));
            check(H5Fget_file_image(m_file.get(), bytes.data(), bytes.size()) == size, "the file");
        }
    }
    m_file.reset();
    if (!m_failed.empty()) return fail(hdf5Failure(m_failed));
    return bytes;
}

}  // namespace dlrm
