// SPDX-License-Identifier: Apache-2.0
#include "core/formats/npy.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/float_conversions.h"
#include "core/formats/npy_header_parser.h"

namespace dlrm {
namespace {

constexpr std::string_view kNpyMagic("\x93NUMPY", 6);
constexpr std::int64_t kLongestPreamble = 12;
constexpr const char* kSaveAgain = "Save the array again with numpy.save.";
constexpr const char* kCopyArrayAgain = "Copy or download the file again.";

Failure npyRefusal(const char* code, const char* message, std::int64_t offset, std::string_view expected,
                   std::string_view found, const char* remedy) {
    return fail(Error(code, message).atOffset(offset).butExpected(expected).butFound(found).withRemedy(remedy));
}

// In the order of NpyKind. The first letter stands for the kind in a descr.
constexpr std::array<std::string_view, 4> kKindNames{"float", "int", "uint", "bool"};

std::string_view kindName(NpyKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<NpyKind> kindOf(char c) {
    for (std::size_t kind = 0; kind < kKindNames.size(); ++kind)
        if (kKindNames[kind].front() == c) return static_cast<NpyKind>(kind);
    return std::nullopt;
}

// descr = [<>|=] kind size
Result<NpyType> parseType(const NpyDict& dict) {
    const std::string& text = dict.descr;
    const auto error = [&](const char* code, const char* message) {
        return Error(code, message)
            .atOffset(dict.descrOffset)
            .butExpected("'<f4', '<f2', '<f8' or another number type")
            .butFound("'" + text + "'")
            .withRemedy("Convert the array to float32 and save it again.");
    };
    std::string_view rest = text;
    const char order =
        !rest.empty() && std::string_view("<>|=").find(rest[0]) != std::string_view::npos ? rest[0] : '\0';
    if (order) rest.remove_prefix(1);
    if (rest.starts_with('O'))
        return fail(
            error("E-NPY-012", "The file holds Python objects (a pickle), which can run code. It is never read.")
                .withRemedy("Save plain numbers: numpy.save with allow_pickle=False."));
    if (rest.empty() || !((rest[0] >= 'a' && rest[0] <= 'z') || (rest[0] >= 'A' && rest[0] <= 'Z') || rest[0] == '?'))
        return fail(error("E-NPY-011", "The type of the values cannot be understood."));
    const std::optional<NpyKind> kind = kindOf(rest[0]);
    const std::string_view digits = rest.substr(1);
    const int size = digits == "1" ? 1 : digits == "2" ? 2 : digits == "4" ? 4 : digits == "8" ? 8 : 0;
    const bool supported = kind && size &&
                           (*kind == NpyKind::Float  ? size >= 2
                            : *kind == NpyKind::Bool ? size == 1
                                                     : true);
    if (!supported) return fail(error("E-NPY-014", "Values of this type are not read."));
    // One byte has no order: '|u1' is usual, '<u1' is written too.
    if (size > 1 && order != '<' && order != '>')
        return fail(error("E-NPY-015", "The byte order of the values is not stated.")
                        .butExpected("'<' (little endian) or '>' (big endian)"));
    return NpyType{*kind, size, size > 1 && order == '>'};
}

// False on overflow.
bool multiply(std::int64_t& a, std::int64_t b) { return !__builtin_mul_overflow(a, b, &a); }

Result<void> computeSize(const NpyDict& dict, std::int64_t fileSize, NpyHeader& h) {
    h.shape = dict.shape;
    h.elements = 1;
    // A zero makes the array empty whatever the other dimensions are; they must still be possible sizes.
    bool empty = false;
    std::int64_t product = h.type.size;
    for (std::size_t i = 0; i < h.shape.size(); ++i) {
        empty = empty || h.shape[i] == 0;
        std::int64_t end = 0;
        if (!multiply(product, std::max<std::int64_t>(h.shape[i], 1)) ||
            __builtin_add_overflow(product, h.dataOffset, &end))
            return npyRefusal("E-NPY-021", "The size of the array overflows.", dict.dimensionOffsets[i],
                              "fewer than 2^63 bytes", shapeText(h.shape), kSaveAgain);
    }
    h.dataBytes = empty ? 0 : product;
    h.elements = h.dataBytes / h.type.size;
    const std::int64_t present = fileSize - h.dataOffset;
    const auto expected =
        fmt::format("{} of data for {} of shape {}", counted(h.dataBytes, "byte"), name(h.type), shapeText(h.shape));
    if (present < h.dataBytes)
        return npyRefusal("E-NPY-023", "The data is cut short; the file seems not fully written or copied.", fileSize,
                          expected,
                          fmt::format("{} ({})", counted(present, "byte"), counted(present / h.type.size, "element")),
                          kCopyArrayAgain);
    if (present > h.dataBytes)
        return npyRefusal("E-NPY-024", "Bytes follow the data of the array.", h.dataOffset + h.dataBytes, expected,
                          counted(present, "byte"), "Save one array per file.");
    return {};
}

std::uint32_t little(std::span<const std::byte> bytes) {
    std::uint32_t n = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) n |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
    return n;
}

struct Preamble {
    std::int64_t headerOffset = 0;
    std::int64_t headerBytes = 0;
    int major = 0;
};

Result<Preamble> parsePreamble(std::span<const std::byte> head, std::int64_t fileSize) {
    const auto tooShort = [&](std::int64_t needed) {
        return npyRefusal("E-NPY-001", "The file is too short for an .npy header.", fileSize,
                          fmt::format("at least {} bytes", needed), counted(fileSize, "byte"), kCopyArrayAgain);
    };
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (text.substr(0, kNpyMagic.size()) != kNpyMagic.substr(0, text.size()))
        return npyRefusal("E-NPY-002", "This is not an .npy file.", 0, "the bytes 93 'NUMPY' at the start",
                          "other bytes", "Give the .npy file; a download may have saved an error page instead.");
    if (head.size() < 8) return tooShort(10);
    Preamble p;
    p.major = static_cast<int>(head[6]);
    const int minor = static_cast<int>(head[7]);
    if (p.major < 1 || p.major > 3 || minor != 0)
        return npyRefusal("E-NPY-003", "The version of the .npy format is not known.", 6, "1.0, 2.0 or 3.0",
                          fmt::format("{}.{}", p.major, minor), kSaveAgain);
    const std::size_t lengthBytes = p.major == 1 ? 2 : 4;
    p.headerOffset = static_cast<std::int64_t>(8 + lengthBytes);
    if (head.size() < 8 + lengthBytes) return tooShort(p.headerOffset);
    p.headerBytes = little(head.subspan(8, lengthBytes));
    if (p.headerBytes > kMaxNpyHeader)
        return npyRefusal("E-NPY-004", "The header claims to be longer than any real one.", 8,
                          fmt::format("at most {} bytes", kMaxNpyHeader), counted(p.headerBytes, "byte"), kSaveAgain);
    if (p.headerOffset + p.headerBytes > fileSize)
        return npyRefusal("E-NPY-005", "The file ends inside its header.", fileSize,
                          fmt::format("a header of {} bytes from byte {}", p.headerBytes, p.headerOffset),
                          fmt::format("a file of {}", counted(fileSize, "byte")), kCopyArrayAgain);
    return p;
}

Result<NpyHeader> parse(std::span<const std::byte> head, std::int64_t fileSize) {
    DLRM_TRY(const auto p, parsePreamble(head, fileSize));
    const std::string_view text(reinterpret_cast<const char*>(head.data()) + p.headerOffset,
                                static_cast<std::size_t>(p.headerBytes));
    if (!text.ends_with('\n'))
        return npyRefusal("E-NPY-006", "The header does not end with a newline.",
                          p.headerOffset + std::max<std::int64_t>(p.headerBytes - 1, 0), "a newline as its last byte",
                          text.empty() ? "an empty header" : "another byte", kSaveAgain);
    DLRM_TRY(auto dict, parseNpyDict(text.substr(0, text.size() - 1), p.headerOffset, p.major < 3));
    NpyHeader h;
    DLRM_TRY(h.type, parseType(dict));
    h.fortranOrder = dict.fortranOrder;
    h.dataOffset = p.headerOffset + p.headerBytes;
    DLRM_TRY(computeSize(dict, fileSize, h));
    return h;
}

template <class Bits>
float toFloat(const std::byte* at, bool swap) {
    Bits bits;
    std::memcpy(&bits, at, sizeof bits);
    if (swap) bits = byteSwapped(bits);
    if constexpr (sizeof(Bits) == 2) return halfToFloat(bits);
    else if constexpr (sizeof(Bits) == 4) return std::bit_cast<float>(bits);
    else return static_cast<float>(std::bit_cast<double>(bits));
}

template <class Bits>
void convertAll(std::span<const std::byte> raw, bool swap, std::vector<float>& out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = toFloat<Bits>(raw.data() + i * sizeof(Bits), swap);
}

// Values in Fortran order (first index fastest) to C order. in and out: product(shape) values.
std::vector<float> fromFortranOrder(const std::vector<float>& in, const std::vector<std::int64_t>& shape) {
    std::vector<float> out(in.size());
    std::vector<std::int64_t> index(shape.size(), 0);
    for (float& value : out) {
        std::int64_t at = 0;
        for (std::size_t d = shape.size(); d-- > 0;) at = at * shape[d] + index[d];
        value = in[static_cast<std::size_t>(at)];
        for (std::size_t d = shape.size(); d-- > 0 && ++index[d] == shape[d];) index[d] = 0;
    }
    return out;
}

}  // namespace

std::string name(NpyType t) {
    if (t.kind == NpyKind::Bool) return "bool";
    return fmt::format("{}{}{}", kindName(t.kind), 8 * t.size, t.bigEndian ? ", big-endian" : "");
}

std::string descr(NpyType t) {
    const char order = t.size == 1 ? '|' : t.bigEndian ? '>' : '<';
    return fmt::format("{}{}{}", order, kindName(t.kind)[0], t.size);
}

std::string shapeText(std::span<const std::int64_t> shape) {
    if (shape.empty()) return "scalar";
    std::string out;
    for (const std::int64_t d : shape) out += fmt::format("{}{}", out.empty() ? "" : " × ", d);
    return out;
}

Result<NpyHeader> parseNpyHeader(std::span<const std::byte> head, std::int64_t fileSize, const std::string& path) {
    auto header = parse(head, fileSize);
    if (!header) return fail(std::move(header.error()).inFile(path));
    return header;
}

Result<NpyHeader> readNpyHeader(const RandomAccessFile& file) {
    constexpr std::int64_t kUsual = 4096;
    const auto readHead = [&](std::vector<std::byte>& head, std::int64_t bytes) {
        head.resize(static_cast<std::size_t>(std::min(bytes, file.size())));
        return file.read(0, head);
    };
    std::vector<std::byte> head;
    DLRM_TRY(readHead(head, kUsual));
    const auto preamble = parsePreamble(head, file.size());
    if (preamble && preamble->headerOffset + preamble->headerBytes > static_cast<std::int64_t>(head.size()))
        DLRM_TRY(readHead(head, kMaxNpyHeader + kLongestPreamble));
    return parseNpyHeader(head, file.size(), file.path());
}

Result<std::vector<float>> readNpyFloats(const RandomAccessFile& file, const NpyHeader& header) try {
    if (header.type.kind != NpyKind::Float)
        return fail(Error("E-NPY-025", "The values are not floating point numbers.")
                        .inFile(file.path())
                        .atOffset(header.dataOffset)
                        .butExpected("float32, float16 or float64")
                        .butFound(name(header.type))
                        .withRemedy("Give a file of floating point values."));
    std::vector<float> out(static_cast<std::size_t>(header.elements));
    if (header.type == NpyType{NpyKind::Float, 4, false}) {
        DLRM_TRY(file.read(header.dataOffset, std::as_writable_bytes(std::span(out))));
    } else {
        std::vector<std::byte> raw(static_cast<std::size_t>(header.dataBytes));
        DLRM_TRY(file.read(header.dataOffset, raw));
        if (header.type.size == 2) convertAll<std::uint16_t>(raw, header.type.bigEndian, out);
        else if (header.type.size == 4) convertAll<std::uint32_t>(raw, header.type.bigEndian, out);
        else convertAll<std::uint64_t>(raw, header.type.bigEndian, out);
    }
    DLRM_TRY(file.checkUnchanged());
    if (header.fortranOrder && header.shape.size() > 1) return fromFortranOrder(out, header.shape);
    return out;
} catch (const std::bad_alloc&) {
    return fail(Error("E-NPY-026", "There is not enough memory for the array.")
                    .inFile(file.path())
                    .butExpected(fmt::format("{} free", counted(header.elements * 4, "byte")))
                    .butFound("less")
                    .withRemedy("Close other programs."));
}

}  // namespace dlrm
