// SPDX-License-Identifier: Apache-2.0
// dlrm_hdf5.so: writes HDF5 files with libhdf5, behind the C contract of hdf5_writer_abi.h.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <new>
#include <utility>

#include <hdf5.h>
#include <hdf5_hl.h>

#include "core/formats/hdf5_handle.h"
#include "core/formats/hdf5_storage_driver.h"
#include "core/formats/hdf5_writer_abi.h"

using dlrm::H5Handle;

struct dlrm_hdf5_file {
    dlrm_hdf5_storage storage = {};
    bool inMemory = true;
    H5Handle file, dataset;  // the dataset that write_chunk writes to
};

namespace {

constexpr std::size_t kGrowth = std::size_t{1} << 20;
// Chunks begin on a page, so that a row of 512 bytes never needs two.
constexpr hsize_t kAlignment = 4096;

// One call at a time: libhdf5's high-level library, which knows dimension scales, is not thread-safe. Nothing is
// printed meanwhile.
class Turn {
public:
    Turn() {
        H5Eget_auto2(H5E_DEFAULT, &m_printer, &m_printerData);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    ~Turn() { H5Eset_auto2(H5E_DEFAULT, m_printer, m_printerData); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    static std::mutex& mutex() {
        static std::mutex s_mutex;
        return s_mutex;
    }
    std::lock_guard<std::mutex> m_lock{mutex()};
    H5E_auto2_t m_printer = nullptr;
    void* m_printerData = nullptr;
};

H5Handle propertyList(hid_t kind) { return {H5Pcreate(kind), H5Pclose}; }

// float16 and bfloat16 are IEEE-like types of HDF5: sign, exponent and mantissa have their own places.
H5Handle shortFloat(bool half) {
    H5Handle out(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
    H5Tset_fields(out.get(), 15, half ? 10 : 7, half ? 5 : 8, 0, half ? 10 : 7);
    H5Tset_ebias(out.get(), half ? 15 : 127);
    H5Tset_size(out.get(), 2);
    return out;
}

H5Handle text() {
    H5Handle out(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(out.get(), H5T_VARIABLE);
    H5Tset_cset(out.get(), H5T_CSET_UTF8);
    return out;
}

H5Handle fileType(std::int32_t type) {
    if (type == DLRM_HDF5_FLOAT16 || type == DLRM_HDF5_BFLOAT16) return shortFloat(type == DLRM_HDF5_FLOAT16);
    if (type == DLRM_HDF5_TEXT) return text();
    const std::pair<std::int32_t, hid_t> library[] = {
        {DLRM_HDF5_FLOAT32, H5T_IEEE_F32LE}, {DLRM_HDF5_FLOAT64, H5T_IEEE_F64LE},
        {DLRM_HDF5_INT64, H5T_STD_I64LE},    {DLRM_HDF5_UINT8, H5T_STD_U8LE},
        {DLRM_HDF5_UINT32, H5T_STD_U32LE},   {DLRM_HDF5_FLOAT32_BIG_ENDIAN, H5T_IEEE_F32BE}};
    for (const auto& [known, id] : library)
        if (type == known) return {H5Tcopy(id), H5Tclose};
    return {};
}

H5Handle memoryType(std::int32_t type) {
    H5Handle out = fileType(type);
    if (out && type != DLRM_HDF5_TEXT) H5Tset_order(out.get(), H5Tget_order(H5T_NATIVE_INT));
    return out;
}

dlrm_hdf5_file* create(const dlrm_hdf5_storage* storage) {
    const Turn turn;
    auto* out = new (std::nothrow) dlrm_hdf5_file;
    if (!out) return nullptr;
    const H5Handle access = propertyList(H5P_FILE_ACCESS), creation = propertyList(H5P_FILE_CREATE);
    // The oldest superblock: newer ones carry a checksum, which H5Fget_file_image of 1.10 leaves stale.
    H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18);
    H5Pset_obj_track_times(creation.get(), false);
    out->inMemory = storage == nullptr;
    bool placed = false;
    if (storage) {
        out->storage = *storage;
        H5Pset_alignment(access.get(), kAlignment, kAlignment);
        placed = dlrm::writeHdf5Into(access.get(), out->storage);
    } else {
        placed = H5Pset_fapl_core(access.get(), kGrowth, false) >= 0;
    }
    // Files in memory are told apart by their names.
    static unsigned long long s_number = 0;
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "file %llu", ++s_number);
    if (placed) out->file = {H5Fcreate(name.data(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose};
    if (out->file) return out;
    delete out;
    return nullptr;
}

std::int32_t group(dlrm_hdf5_file* file, const char* path) {
    const Turn turn;
    const H5Handle creation = propertyList(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    return static_cast<bool>(
        H5Handle(H5Gcreate2(file->file.get(), path, H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Gclose));
}

std::int32_t dataset(dlrm_hdf5_file* file, const dlrm_hdf5_dataset* about) {
    const Turn turn;
    if (about->rank < 1 || about->rank > DLRM_HDF5_MOST_DIMENSIONS) return 0;
    const bool left = about->chunk && !about->values;  // for write_chunk
    if (left) file->dataset.reset();
    std::array<hsize_t, DLRM_HDF5_MOST_DIMENSIONS> size{}, chunk{};
    std::copy_n(about->shape, about->rank, size.begin());
    const H5Handle space(H5Screate_simple(about->rank, size.data(), nullptr), H5Sclose),
        creation = propertyList(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation.get(), false);
    if (about->chunk) {
        std::copy_n(about->chunk, about->rank, chunk.begin());
        H5Pset_chunk(creation.get(), about->rank, chunk.data());
    }
    if (about->filter == DLRM_HDF5_COMPRESSED) {
        H5Pset_shuffle(creation.get());
        H5Pset_deflate(creation.get(), 1);
    } else if (about->filter == DLRM_HDF5_CHECKED) {
        H5Pset_fletcher32(creation.get());
        H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
    }
    H5Handle set(H5Dcreate2(file->file.get(), about->path, fileType(about->type).get(), space.get(), H5P_DEFAULT,
                            creation.get(), H5P_DEFAULT),
                 H5Dclose);
    if (!set) return 0;
    const bool any =
        about->values && std::find(size.begin(), size.begin() + about->rank, hsize_t{0}) == size.begin() + about->rank;
    if (any && H5Dwrite(set.get(), memoryType(about->type).get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, about->values) < 0)
        return 0;
    if (left) file->dataset = std::move(set);
    return 1;
}

std::int32_t writeChunk(dlrm_hdf5_file* file, std::uint64_t row, const void* bytes, std::uint64_t size) {
    const Turn turn;
    std::array<hsize_t, H5S_MAX_RANK> offset{};
    offset[0] = row;
    return H5Dwrite_chunk(file->dataset.get(), H5P_DEFAULT, 0, offset.data(), size, bytes) >= 0;
}

std::int32_t attribute(dlrm_hdf5_file* file, const char* object, const char* name, std::int32_t type,
                       std::int64_t count, const void* values) {
    const Turn turn;
    const auto size = static_cast<hsize_t>(count);
    const H5Handle space(count < 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &size, nullptr), H5Sclose);
    const H5Handle created(H5Acreate_by_name(file->file.get(), object, name, fileType(type).get(), space.get(),
                                             H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose);
    return created && H5Awrite(created.get(), memoryType(type).get(), values) >= 0;
}

H5Handle open(dlrm_hdf5_file* file, const char* path) {
    return {H5Dopen2(file->file.get(), path, H5P_DEFAULT), H5Dclose};
}

std::int32_t makeScale(dlrm_hdf5_file* file, const char* path, const char* name) {
    const Turn turn;
    const H5Handle set = open(file, path);
    return set && H5DSset_scale(set.get(), name) >= 0;
}

std::int32_t attachScale(dlrm_hdf5_file* file, const char* path, const char* scalePath, std::uint32_t dimension) {
    const Turn turn;
    const H5Handle set = open(file, path), scale = open(file, scalePath);
    return set && scale && H5DSattach_scale(set.get(), scale.get(), dimension) >= 0;
}

std::int32_t flush(dlrm_hdf5_file* file) {
    const Turn turn;
    file->dataset.reset();
    return H5Fflush(file->file.get(), H5F_SCOPE_GLOBAL) >= 0;
}

std::int64_t image(dlrm_hdf5_file* file, void* to, std::int64_t room) {
    const Turn turn;
    if (!file->inMemory) return -1;
    const ssize_t size = H5Fget_file_image(file->file.get(), nullptr, 0);
    if (size <= 0 || size > room) return size > 0 ? size : -1;
    return H5Fget_file_image(file->file.get(), to, static_cast<std::size_t>(room)) == size ? size : -1;
}

std::int32_t closeFile(dlrm_hdf5_file* file) {
    const Turn turn;
    file->dataset.reset();
    const bool closed = H5Fclose(file->file.release()) >= 0;
    delete file;
    return closed;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const dlrm_hdf5_module* dlrm_hdf5_module_entry(void) {
    static const dlrm_hdf5_module module{DLRM_HDF5_ABI, create,      group, dataset, writeChunk, attribute,
                                         makeScale,     attachScale, flush, image,   closeFile};
    return &module;
}
