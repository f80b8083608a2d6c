// SPDX-License-Identifier: Apache-2.0
#include "core/formats/hdf5_writer.h"

#include <utility>

#include "core/formats/loaded_module.h"

namespace dlrm {
namespace {

constexpr std::string_view kWholeFile = "the file";

Result<const dlrm_hdf5_module*> writerModule() {
    static constexpr ModuleFile kFile{"dlrm_hdf5.so",
                                      DLRM_HDF5_SYMBOL,
                                      "E-EXPORT-009",
                                      "The module that writes HDF5 is missing.",
                                      "E-EXPORT-010",
                                      "The module that writes HDF5 cannot be loaded.",
                                      "Install or build the program again; or choose a format other than HDF5."};
    return loadModule<dlrm_hdf5_module>(kFile, DLRM_HDF5_ABI);
}

}  // namespace

Result<void> hdf5WriterAvailable() {
    DLRM_TRY(writerModule());
    return {};
}

Hdf5Writer::Hdf5Writer(const dlrm_hdf5_storage* storage) {
    auto loaded = writerModule();
    if (!loaded) {
        m_failed = std::move(loaded.error());
        return;
    }
    m_module = *loaded;
    m_file = m_module->create(storage);
    check(m_file != nullptr, kWholeFile);
}

Hdf5Writer::~Hdf5Writer() {
    if (m_file) m_module->close(m_file);
}

void Hdf5Writer::check(bool done, std::string_view object) {
    if (done || m_failed) return;
    m_failed = Error("E-EXPORT-003", "The HDF5 library could not write an object.")
                   .inField(std::string(object))
                   .withRemedy("Export as .csv or .json, or free memory and try again.");
}

void Hdf5Writer::group(const std::string& path) {
    if (works()) check(m_module->group(m_file, path.c_str()), path);
}

void Hdf5Writer::dataset(const std::string& path, std::int32_t type, std::span<const std::uint64_t> shape,
                         std::span<const std::uint64_t> chunk, std::int32_t filter, const void* values) {
    const dlrm_hdf5_dataset about{path.c_str(),
                                  type,
                                  static_cast<std::int32_t>(shape.size()),
                                  shape.data(),
                                  chunk.empty() ? nullptr : chunk.data(),
                                  filter,
                                  values};
    if (works()) check(m_module->dataset(m_file, &about), path);
}

void Hdf5Writer::writeChunk(std::uint64_t row, std::span<const std::byte> bytes) {
    if (works()) check(m_module->write_chunk(m_file, row, bytes.data(), bytes.size()), "a chunk");
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::int32_t type, std::int64_t count,
                           const void* values) {
    if (works()) check(m_module->attribute(m_file, object.c_str(), name.c_str(), type, count, values), name);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::string_view text) {
    const std::string copy(text);
    const char* const value = copy.c_str();
    attribute(object, name, DLRM_HDF5_TEXT, -1, &value);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, double value) {
    attribute(object, name, DLRM_HDF5_FLOAT64, -1, &value);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::int64_t value) {
    attribute(object, name, DLRM_HDF5_INT64, -1, &value);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::span<const std::string> texts) {
    std::vector<const char*> values;
    for (const std::string& text : texts) values.push_back(text.c_str());
    attribute(object, name, DLRM_HDF5_TEXT, std::ssize(values), values.data());
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::span<const std::int64_t> values) {
    attribute(object, name, DLRM_HDF5_INT64, std::ssize(values), values.data());
}

void Hdf5Writer::makeScale(const std::string& path, const std::string& name) {
    if (works()) check(m_module->make_scale(m_file, path.c_str(), name.c_str()), path);
}

void Hdf5Writer::attachScale(const std::string& path, const std::string& scalePath, std::uint32_t dimension) {
    if (works()) check(m_module->attach_scale(m_file, path.c_str(), scalePath.c_str(), dimension), path);
}

void Hdf5Writer::finish() {
    if (works()) check(m_module->flush(m_file), kWholeFile);
    if (m_file) check(m_module->close(std::exchange(m_file, nullptr)), kWholeFile);
}

std::vector<std::byte> Hdf5Writer::finishImage() {
    std::vector<std::byte> bytes;
    if (works()) check(m_module->flush(m_file), kWholeFile);
    if (works()) {
        const std::int64_t size = m_module->image(m_file, nullptr, 0);
        check(size > 0, kWholeFile);
        if (size > 0) bytes.resize(static_cast<std::size_t>(size));
        if (size > 0) check(m_module->image(m_file, bytes.data(), size) == size, kWholeFile);
    }
    if (m_file) m_module->close(std::exchange(m_file, nullptr));
    return bytes;
}

}  // namespace dlrm
