// SPDX-License-Identifier: Apache-2.0
#include "core/export/hdf5_stream.h"

#include <array>

#include <hdf5_hl.h>

#include <fmt/format.h>

namespace dlrm {
namespace {

// Chunks begin on a page, so that a row of 512 bytes never needs two.
constexpr hsize_t kAlignment = 4096;

H5Handle propertyList(hid_t kind) { return {H5Pcreate(kind), H5Pclose}; }

// float16 and bfloat16 are IEEE-like types of HDF5: sign, exponent and mantissa have their own places.
H5Handle floatType(DType type) {
    H5Handle out(H5Tcopy(type == DType::Float64 ? H5T_IEEE_F64LE : H5T_IEEE_F32LE), H5Tclose);
    if (type == DType::Float16 || type == DType::BFloat16) {
        const bool half = type == DType::Float16;
        H5Tset_fields(out.get(), 15, half ? 10 : 7, half ? 5 : 8, 0, half ? 10 : 7);
        H5Tset_ebias(out.get(), half ? 15 : 127);
        H5Tset_size(out.get(), 2);
    }
    return out;
}

H5Handle textType() {
    H5Handle out(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(out.get(), H5T_VARIABLE);
    H5Tset_cset(out.get(), H5T_CSET_UTF8);
    return out;
}

}  // namespace

Result<std::unique_ptr<Hdf5Stream>> Hdf5Stream::create(const std::string& path, std::int64_t reserve) {
    auto file = AtomicFile::create(path);
    if (!file) return fail(std::move(file.error()));
    if (auto reserved = file->reserve(reserve); !reserved) return fail(std::move(reserved.error()));
    std::unique_ptr<Hdf5Stream> out(new Hdf5Stream(std::move(*file), path));
    H5Eget_auto2(H5E_DEFAULT, &out->m_errorPrinter, &out->m_errorPrinterData);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const H5Handle access = propertyList(H5P_FILE_ACCESS), creation = propertyList(H5P_FILE_CREATE);
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18);
    H5Pset_alignment(access.get(), kAlignment, kAlignment);
    H5Pset_obj_track_times(creation.get(), false);    // no time stamps: same content, same bytes
    if (out->check(writeHdf5Into(access.get(), out->m_target), "the file")) out->m_file = {H5Fcreate("atomic", H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose};
    if (!out->check(static_cast<bool>(out->m_file), "the file")) return fail(out->failure());
    return out;
}

Hdf5Stream::~Hdf5Stream() {
    m_dataset.reset();
    m_file.reset();
    H5Eset_auto2(H5E_DEFAULT, m_errorPrinter, m_errorPrinterData);
}

bool Hdf5Stream::check(bool ok, std::string_view what) {
    if (!ok && m_failed.empty()) m_failed = what;
    return ok && m_failed.empty();
}

Error Hdf5Stream::failure() const { return m_target.failed ? *m_target.failed : hdf5Failure(m_failed).inFile(m_path); }

void Hdf5Stream::group(const std::string& path) {
    const H5Handle creation = propertyList(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    const H5Handle group(H5Gcreate2(m_file.get(), path.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Gclose);
    check(static_cast<bool>(group), path);
}

void Hdf5Stream::writeAttribute(const std::string& object, const std::string& name, hid_t type, std::span<const hsize_t> shape, const void* values) {
    const H5Handle space(shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    const H5Handle attribute(H5Acreate_by_name(m_file.get(), object.c_str(), name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (check(static_cast<bool>(attribute), name)) check(H5Awrite(attribute.get(), type, values) >= 0, name);
}

void Hdf5Stream::attribute(const std::string& object, const std::string& name, std::string_view text) {
    const std::string copy(text);
    const char* const value = copy.c_str();
    writeAttribute(object, name, textType().get(), {}, &value);
}

void Hdf5Stream::attribute(const std::string& object, const std::string& name, std::int64_t value) { writeAttribute(object, name, H5T_STD_I64LE, {}, &value); }

void Hdf5Stream::attribute(const std::string& object, const std::string& name, std::span<const std::string> texts) {
    std::vector<const char*> values;
    for (const std::string& text : texts) values.push_back(text.c_str());
    const hsize_t count = values.size();
    writeAttribute(object, name, textType().get(), {&count, 1}, values.data());
}

void Hdf5Stream::attribute(const std::string& object, const std::string& name, std::span<const std::int64_t> values) {
    const hsize_t count = values.size();
    writeAttribute(object, name, H5T_STD_I64LE, {&count, 1}, values.data());
}

void Hdf5Stream::axis(const std::string& path, std::int64_t length) {
    const auto size = static_cast<hsize_t>(length);
    const H5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
    const H5Handle creation = propertyList(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    const H5Handle set(H5Dcreate2(m_file.get(), path.c_str(), H5T_IEEE_F32BE, space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Dclose);
    const std::lock_guard lock(hdf5HighLevelMutex());
    // The words netCDF-4 looks for.
    if (check(static_cast<bool>(set), path)) check(H5DSset_scale(set.get(), fmt::format("This is a netCDF dimension but not a netCDF variable.{:10}", length).c_str()) >= 0, path);
}

void Hdf5Stream::beginDataset(const std::string& path, DType type, std::span<const std::int64_t> shape, std::int64_t chunkRows, std::span<const std::string> axes) {
    m_dataset.reset();
    std::vector<hsize_t> size(shape.begin(), shape.end()), chunk = size;
    chunk[0] = static_cast<hsize_t>(chunkRows);
    const H5Handle space(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose);
    const H5Handle creation = propertyList(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data());
    H5Pset_fletcher32(creation.get());
    H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
    m_dataset = {H5Dcreate2(m_file.get(), path.c_str(), floatType(type).get(), space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Dclose};
    m_row = 0;
    m_chunkRows = chunk[0];
    if (!check(static_cast<bool>(m_dataset), path)) return;
    const std::lock_guard lock(hdf5HighLevelMutex());
    for (std::size_t d = 0; d < axes.size(); ++d) {
        const H5Handle scale(H5Dopen2(m_file.get(), axes[d].c_str(), H5P_DEFAULT), H5Dclose);
        if (check(static_cast<bool>(scale), axes[d])) check(H5DSattach_scale(m_dataset.get(), scale.get(), static_cast<unsigned>(d)) >= 0, path);
    }
}

Result<void> Hdf5Stream::writeChunk(std::span<const std::byte> chunkAndChecksum) {
    if (m_target.failed || !m_failed.empty()) return fail(failure());
    std::array<hsize_t, H5S_MAX_RANK> offset{};
    offset[0] = m_row;
    check(H5Dwrite_chunk(m_dataset.get(), H5P_DEFAULT, 0, offset.data(), chunkAndChecksum.size(), chunkAndChecksum.data()) >= 0, "a chunk");
    if (m_target.failed || !m_failed.empty()) return fail(failure());
    m_row += m_chunkRows;
    return {};
}

Result<void> Hdf5Stream::finish() {
    m_dataset.reset();
    if (check(H5Fflush(m_file.get(), H5F_SCOPE_GLOBAL) >= 0, "the file")) check(H5Fclose(m_file.release()) >= 0, "the file");
    if (m_target.failed || !m_failed.empty()) return fail(failure());
    return m_atomic.commit();
}

}  // namespace dlrm
