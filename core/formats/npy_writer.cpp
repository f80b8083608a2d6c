// SPDX-License-Identifier: Apache-2.0
#include "core/formats/npy_writer.h"

#include <fmt/format.h>

namespace dlrm {

std::string npyHeader(NpyType type, std::span<const std::int64_t> shape) {
    constexpr std::size_t kAlignment = 64;
    constexpr std::size_t kPreamble = 10;
    std::string dims;
    for (const std::int64_t d : shape) dims += fmt::format("{}{}", dims.empty() ? "" : ", ", d);
    if (shape.size() == 1) dims += ',';
    std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr(type), dims);
    dict.append(kAlignment - (kPreamble + dict.size() + 1) % kAlignment, ' ');
    dict += '\n';
    std::string out("\x93NUMPY\x01\x00", 8);
    out += static_cast<char>(dict.size() & 0xff);
    out += static_cast<char>(dict.size() >> 8);
    return out + dict;
}

Result<NpyWriter> NpyWriter::create(const std::string& path, NpyType type, std::span<const std::int64_t> shape) {
    DLRM_TRY(auto file, AtomicFile::create(path));
    const std::string header = npyHeader(type, shape);
    std::int64_t total = type.size;
    for (const std::int64_t d : shape) total *= d;
    total += static_cast<std::int64_t>(header.size());
    DLRM_TRY(file.reserve(total));
    DLRM_TRY(file.write(header));
    return NpyWriter(std::move(file), path, total);
}

Result<void> NpyWriter::write(std::span<const std::byte> values) { return m_file.write(values); }

Result<void> NpyWriter::finish() {
    if (m_file.written() != m_total)
        return fail(Error("E-NPY-030", "The array does not have as many bytes as its shape.")
                        .inFile(m_path)
                        .butExpected(fmt::format("{} bytes", m_total))
                        .butFound(fmt::format("{} bytes", m_file.written()))
                        .withRemedy("Write the values again."));
    return m_file.commit();
}

Result<void> writeNpy(const std::string& path, NpyType type, std::span<const std::int64_t> shape,
                      std::span<const std::byte> values) {
    DLRM_TRY(auto writer, NpyWriter::create(path, type, shape));
    DLRM_TRY(writer.write(values));
    return writer.finish();
}

}  // namespace dlrm
