// SPDX-License-Identifier: Apache-2.0
// Reading and checking the values of a TensorBundle. A string tensor: N lengths as varint64, the masked CRC-32C of the
// lengths (each as u32, or as u64 where it does not fit), the bytes. The tensor's own checksum is of the lengths in
// that form, of the four stored bytes, and of the strings.
#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "core/base/float_conversions.h"
#include "core/formats/byte_cursor.h"
#include "core/formats/crc32c.h"
#include "core/formats/npy.h"
#include "core/formats/tensor_bundle.h"

namespace dlrm {
namespace {

constexpr std::int64_t kMostReadBytes = std::int64_t{2} << 30;
constexpr std::int64_t kVerifyStep = std::int64_t{8} << 20;

constexpr const char* kDamagedValues = "Copy the checkpoint again: its values are damaged.";
constexpr const char* kNoDlrm = "Check that the checkpoint is of a DLRM model.";

Error valuesError(const RandomAccessFile& file, const BundleTensor& t, const char* code, const char* message,
                  std::string_view expected, std::string_view found, const char* remedy) {
    return Error(code, message)
        .inFile(file.path())
        .atOffset(t.offset)
        .inField(t.name)
        .butExpected(expected)
        .butFound(found)
        .withRemedy(remedy);
}

Error wrongChecksum(const RandomAccessFile& file, const BundleTensor& t, std::uint32_t crc) {
    return valuesError(file, t, "E-TFB-013", "The checksum of a tensor does not match.",
                       fmt::format("{:08x}, as the index says", t.crc), fmt::format("{:08x}", crc), kDamagedValues);
}

Error otherType(const RandomAccessFile& file, const BundleTensor& t, const char* expected) {
    return valuesError(file, t, "E-TFB-014", "A tensor holds another type of values.", expected, name(t.type), kNoDlrm);
}

Error inPieces(const RandomAccessFile& index, const BundleTensor& t) {
    return Error("E-TFB-011", "The tensor is stored in pieces, which is not read.")
        .inFile(index.path())
        .inField(t.name)
        .butExpected("a tensor stored as one")
        .butFound("slices, as partitioned variables are saved")
        .withRemedy("Save the model again with TensorFlow 2 without partitioned variables.");
}

// The lengths of a string tensor and where its strings begin; checks the checksum of the lengths.
struct Lengths {
    std::vector<std::uint64_t> values;
    std::size_t stringsAt = 0;
    std::uint32_t crc = 0;  // over the lengths and the four stored bytes
};

Result<Lengths> readLengths(std::span<const std::byte> bytes, const RandomAccessFile& file, const BundleTensor& t) {
    const auto bad = [&](std::size_t at, std::string_view expected) {
        return fail(valuesError(file, t, "E-TFB-015", "The lengths of strings do not fit the tensor.", expected,
                                "other bytes", kDamagedValues)
                        .atOffset(t.offset + static_cast<std::int64_t>(at)));
    };
    Lengths out;
    if (t.elements > t.bytes) return bad(0, fmt::format("{} lengths", t.elements));  // each takes a byte or more
    ByteCursor cursor(bytes);
    std::uint64_t total = 0;
    for (std::int64_t i = 0; i < t.elements; ++i) {
        const auto length = cursor.varint();
        if (!length || *length > bytes.size()) return bad(cursor.at(), "a length inside the tensor");
        out.values.push_back(*length);
        total += *length;
        std::byte stored[4];
        for (unsigned b = 0; b < 4; ++b)
            stored[b] = static_cast<std::byte>(*length >> (8 * b));  // below 2 GiB: fits 32 bits
        out.crc = crc32c(stored, out.crc);
    }
    const std::size_t crcAt = cursor.at();
    const auto stored = cursor.take(4);
    if (!stored || *ByteCursor(*stored).littleEndian<std::uint32_t>() != maskCrc32c(out.crc))
        return bad(crcAt, "the checksum of the lengths");
    out.crc = crc32c(*stored, out.crc);
    out.stringsAt = cursor.at();
    if (total != cursor.left()) return bad(out.stringsAt, fmt::format("strings of {} bytes in all", total));
    return out;
}

template <class Bits, class Convert>
std::vector<float> toFloats(std::span<const std::byte> bytes, bool swap, Convert convert) {
    std::vector<float> out(bytes.size() / sizeof(Bits));
    for (std::size_t i = 0; i < out.size(); ++i) {
        Bits bits;
        std::memcpy(&bits, bytes.data() + i * sizeof(Bits), sizeof bits);
        out[i] = convert(swap ? byteSwapped(bits) : bits);
    }
    return out;
}

}  // namespace

Result<std::vector<std::byte>> TensorBundle::readBytes(const BundleTensor& t) const {
    const RandomAccessFile& file = *shardOf(t);
    if (t.sliced) return fail(inPieces(*m_indexFile, t));
    if (t.bytes >= kMostReadBytes)
        return fail(valuesError(file, t, "E-TFB-012", "The tensor is too large to be read at once.",
                                fmt::format("less than {} bytes", kMostReadBytes), fmt::format("{} bytes", t.bytes),
                                kNoDlrm));
    std::vector<std::byte> bytes(static_cast<std::size_t>(t.bytes));
    DLRM_TRY(file.read(t.offset, bytes));
    std::uint32_t crc = 0;
    if (t.type == BundleType::String) {
        DLRM_TRY(const auto lengths, readLengths(bytes, file, t));
        crc = crc32c(std::span(bytes).subspan(lengths.stringsAt), lengths.crc);
    } else {
        crc = crc32c(bytes);
    }
    if (maskCrc32c(crc) != t.crc) return fail(wrongChecksum(file, t, maskCrc32c(crc)));
    DLRM_TRY(file.checkUnchanged());
    return bytes;
}

Result<std::vector<float>> TensorBundle::readFloats(const BundleTensor& t) const {
    if (!isFloat(t.type)) return fail(otherType(*shardOf(t), t, "float16, bfloat16, float32 or float64"));
    DLRM_TRY(const auto bytes, readBytes(t));
    const bool swap = bigEndian();
    switch (t.type) {
        case BundleType::Float16:
            return toFloats<std::uint16_t>(bytes, swap, halfToFloat);
        case BundleType::BFloat16:
            return toFloats<std::uint16_t>(bytes, swap, bfloat16ToFloat);
        case BundleType::Float64:
            return toFloats<std::uint64_t>(
                bytes, swap, [](std::uint64_t b) { return static_cast<float>(std::bit_cast<double>(b)); });
        default:
            return toFloats<std::uint32_t>(bytes, swap, [](std::uint32_t b) { return std::bit_cast<float>(b); });
    }
}

Result<std::vector<std::string>> TensorBundle::readStrings(const BundleTensor& t) const {
    if (t.type != BundleType::String) return fail(otherType(*shardOf(t), t, "strings"));
    DLRM_TRY(const auto bytes, readBytes(t));
    DLRM_TRY(const auto lengths, readLengths(bytes, *shardOf(t), t));
    std::vector<std::string> out;
    ByteCursor cursor{std::span(bytes).subspan(lengths.stringsAt)};
    for (const std::uint64_t length : lengths.values) out.emplace_back(asText(*cursor.take(length)));
    return out;
}

Result<void> TensorBundle::verify(const BundleTensor& t, const Job& job) const {
    if (t.sliced) return fail(inPieces(*m_indexFile, t));
    if (job.stopped()) return cancelled();
    if (t.type == BundleType::String) {
        DLRM_TRY(readBytes(t));
        return {};
    }
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(t.bytes, kVerifyStep)));
    std::uint32_t crc = 0;
    for (std::int64_t done = 0; done < t.bytes; done += kVerifyStep) {
        if (job.stopped()) return cancelled();
        const auto part = std::span(buffer).first(static_cast<std::size_t>(std::min(kVerifyStep, t.bytes - done)));
        DLRM_TRY(shardOf(t)->read(t.offset + done, part));
        crc = crc32c(part, crc);
        job.report({"comparing checksums", done + static_cast<std::int64_t>(part.size()), t.bytes, "bytes"});
    }
    if (maskCrc32c(crc) != t.crc) return fail(wrongChecksum(*shardOf(t), t, maskCrc32c(crc)));
    return {};
}

}  // namespace dlrm
