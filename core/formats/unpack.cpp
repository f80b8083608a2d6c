// SPDX-License-Identifier: Apache-2.0
#include "core/formats/unpack.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "core/base/temporary_file.h"

namespace dlrm {
namespace {

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr std::size_t kChunkBytes = 512;  // inputs are small; they shall cross chunks
#else
constexpr std::size_t kChunkBytes = 1 << 20;
#endif
constexpr std::int64_t kMostRatio = 100;
constexpr std::int64_t kRatioFrom = 16 << 20;
constexpr int kMostZstdWindow = 25;  // log2: 32 MiB of memory

struct Step {
    std::size_t consumed = 0, produced = 0;
    const char* damage = nullptr;  // what the library says
};

class Decoder {
public:
    virtual ~Decoder() = default;
    virtual Step run(std::span<const std::byte> in, std::span<std::byte> out) = 0;
    // Whether the data may end here.
    virtual bool complete() const = 0;
};

class StoredDecoder final : public Decoder {
public:
    Step run(std::span<const std::byte> in, std::span<std::byte> out) override {
        const std::size_t n = std::min(in.size(), out.size());
        if (n > 0) std::memcpy(out.data(), in.data(), n);
        return {n, n, nullptr};
    }
    bool complete() const override { return true; }
};

class InflateDecoder final : public Decoder {
public:
    explicit InflateDecoder(bool gzip) : m_gzip(gzip) {
        m_usable = inflateInit2(&m_stream, gzip ? 16 + MAX_WBITS : -MAX_WBITS) == Z_OK;
    }
    ~InflateDecoder() override { inflateEnd(&m_stream); }
    InflateDecoder(const InflateDecoder&) = delete;
    InflateDecoder& operator=(const InflateDecoder&) = delete;

    Step run(std::span<const std::byte> in, std::span<std::byte> out) override {
        if (!m_usable) return {0, 0, "not enough memory"};
        if (m_ended) {
            if (in.empty()) return {};
            if (!m_gzip) return {0, 0, "bytes after the end of the data"};
            // Zeros to the end of the file are padding, as gzip itself takes them.
            if (m_padding || in.front() == std::byte{0}) {
                m_padding = true;
                const bool zeros = std::all_of(in.begin(), in.end(), [](std::byte b) { return b == std::byte{0}; });
                return {zeros ? in.size() : 0, 0, zeros ? nullptr : "bytes after the zeros that end the data"};
            }
            inflateReset(&m_stream);  // the next member
            m_ended = false;
        }
        m_stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
        m_stream.avail_in = static_cast<uInt>(in.size());
        m_stream.next_out = reinterpret_cast<Bytef*>(out.data());
        m_stream.avail_out = static_cast<uInt>(out.size());
        const int outcome = inflate(&m_stream, Z_NO_FLUSH);
        Step step{in.size() - m_stream.avail_in, out.size() - m_stream.avail_out, nullptr};
        if (outcome == Z_STREAM_END) m_ended = true;
        else if (outcome == Z_NEED_DICT) step.damage = "needs a dictionary";
        else if (outcome != Z_OK && outcome != Z_BUF_ERROR) step.damage = m_stream.msg ? m_stream.msg : "damaged data";
        return step;
    }
    bool complete() const override { return m_ended; }

private:
    z_stream m_stream{};
    bool m_gzip, m_usable = false, m_ended = false, m_padding = false;
};

class ZstdDecoder final : public Decoder {
public:
    ZstdDecoder() : m_stream(ZSTD_createDStream()) {
        if (m_stream) ZSTD_DCtx_setParameter(m_stream, ZSTD_d_windowLogMax, kMostZstdWindow);
    }
    ~ZstdDecoder() override { ZSTD_freeDStream(m_stream); }
    ZstdDecoder(const ZstdDecoder&) = delete;
    ZstdDecoder& operator=(const ZstdDecoder&) = delete;

    Step run(std::span<const std::byte> in, std::span<std::byte> out) override {
        if (!m_stream) return {0, 0, "not enough memory"};
        ZSTD_inBuffer input{in.data(), in.size(), 0};
        ZSTD_outBuffer output{out.data(), out.size(), 0};
        const std::size_t left = ZSTD_decompressStream(m_stream, &output, &input);
        Step step{input.pos, output.pos, ZSTD_isError(left) ? ZSTD_getErrorName(left) : nullptr};
        if (step.consumed > 0 || step.produced > 0) m_complete = left == 0;
        return step;
    }
    bool complete() const override { return m_complete; }

private:
    ZSTD_DStream* m_stream;
    bool m_complete = false;
};

std::unique_ptr<Decoder> decoderFor(Packing packing) {
    switch (packing) {
        case Packing::Stored:
            return std::make_unique<StoredDecoder>();
        case Packing::Deflate:
            return std::make_unique<InflateDecoder>(false);
        case Packing::Gzip:
            return std::make_unique<InflateDecoder>(true);
        case Packing::Zstd:
            return std::make_unique<ZstdDecoder>();
    }
    return nullptr;
}

// Unpacks one range; holds the numbers its errors need.
class Unpacker {
public:
    Unpacker(const RandomAccessFile& file, const PackedRange& range) : m_file(file), m_range(range) {}
    Result<std::shared_ptr<RandomAccessFile>> run(const Job& job);
    // Without a descriptor nothing is kept.
    Result<void> decode(int fd, const Job& job);

private:
    Error damaged(std::string found) const {
        return Error("E-PACK-001", "The packed data is damaged or cut short.")
            .inFile(m_file.path())
            .atOffset(m_range.offset + m_consumed)
            .inField(m_range.name)
            .butExpected("whole packed data that matches its checksums")
            .butFound(std::move(found))
            .withRemedy("Copy the file again, or pack it again.");
    }
    Error broken(std::string expected, std::string found) const {
        return Error("E-PACK-003", "The unpacked data is not what its container promises.")
            .inFile(m_file.path())
            .atOffset(m_range.offset)
            .inField(m_range.name)
            .butExpected(std::move(expected))
            .butFound(std::move(found))
            .withRemedy("Copy the file again, or write it again.");
    }
    Result<void> keep(std::span<const std::byte> bytes, int fd);
    Error unwritable() const {
        return Error("E-PACK-004", "The unpacked data cannot be written to a temporary file.")
            .inFile(m_folder)
            .butExpected("a folder with enough free space")
            .butFound(std::strerror(errno))
            .withRemedy("Name a folder with more space in TMPDIR, or unpack the file yourself.");
    }

    const RandomAccessFile& m_file;
    const PackedRange& m_range;
    std::string m_folder;
    std::int64_t m_consumed = 0, m_produced = 0;
    uLong m_crc = 0;
};

Result<void> Unpacker::keep(std::span<const std::byte> bytes, int fd) {
    m_produced += static_cast<std::int64_t>(bytes.size());
    if (m_range.unpackedBytes && m_produced > *m_range.unpackedBytes)
        return fail(broken(fmt::format("{} bytes", *m_range.unpackedBytes), "more"));
    if (m_produced > kRatioFrom && m_produced / kMostRatio > m_consumed)
        return fail(Error("E-PACK-002", "The data unpacks to far more than its size.")
                        .inFile(m_file.path())
                        .atOffset(m_range.offset + m_consumed)
                        .inField(m_range.name)
                        .butExpected(fmt::format("at most {} times {} bytes", kMostRatio, m_consumed))
                        .butFound(fmt::format("{} bytes and more", m_produced))
                        .withRemedy("If this is no attack, unpack the file yourself and open the result."));
    if (m_range.crc32)
        m_crc = crc32(m_crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
    if (fd >= 0 && !writeAll(fd, bytes)) return fail(unwritable());
    return {};
}

Result<void> Unpacker::decode(int fd, const Job& job) {
    const auto decoder = decoderFor(m_range.packing);
    std::vector<std::byte> input(kChunkBytes), output(kChunkBytes);
    for (std::int64_t read = 0; read < m_range.bytes;) {
        const auto n = static_cast<std::size_t>(
            std::min<std::int64_t>(static_cast<std::int64_t>(kChunkBytes), m_range.bytes - read));
        DLRM_TRY(m_file.read(m_range.offset + read, std::span(input).first(n)));
        read += static_cast<std::int64_t>(n);
        std::span<const std::byte> rest = std::span(input).first(n);
        while (true) {
            if (job.stopped()) return cancelled();
            const Step step = decoder->run(rest, output);
            m_consumed += static_cast<std::int64_t>(step.consumed);
            if (step.damage) return fail(damaged(step.damage));
            DLRM_TRY(keep(std::span(output).first(step.produced), fd));
            rest = rest.subspan(step.consumed);
            if (step.consumed == 0 && step.produced == 0) break;
            if (rest.empty() && step.produced < output.size()) break;
        }
        if (!rest.empty()) return fail(damaged("data that goes nowhere"));
        job.report({"unpacking", read, m_range.bytes, "bytes"});
    }
    if (!decoder->complete()) return fail(damaged("the end of the file in the middle of the data"));
    if (m_range.unpackedBytes && m_produced != *m_range.unpackedBytes)
        return fail(broken(fmt::format("{} bytes", *m_range.unpackedBytes), fmt::format("{}", m_produced)));
    if (m_range.crc32 && m_crc != *m_range.crc32)
        return fail(broken(fmt::format("CRC-32 {:08x}", *m_range.crc32), fmt::format("{:08x}", m_crc)));
    return m_file.checkUnchanged();
}

Result<std::shared_ptr<RandomAccessFile>> Unpacker::run(const Job& job) {
    UniqueFd fd = unnamedTemporaryFile(m_folder);
    if (!fd) return fail(unwritable());
    DLRM_TRY(decode(fd.get(), job));
    return RandomAccessFile::adopt(
        std::move(fd), m_range.name.empty() ? m_file.path() : fmt::format("{} ({})", m_file.path(), m_range.name));
}

}  // namespace

std::optional<Packing> packingOf(std::span<const std::byte> head) {
    const auto startsWith = [&](std::initializer_list<unsigned char> magic) {
        return head.size() >= magic.size() &&
               std::equal(magic.begin(), magic.end(), head.begin(),
                          [](unsigned char a, std::byte b) { return std::byte{a} == b; });
    };
    if (startsWith({0x1f, 0x8b})) return Packing::Gzip;
    if (startsWith({0x28, 0xb5, 0x2f, 0xfd})) return Packing::Zstd;
    return std::nullopt;
}

Result<std::shared_ptr<RandomAccessFile>> unpack(const RandomAccessFile& file, const PackedRange& range,
                                                 const Job& job) {
    return Unpacker(file, range).run(job);
}

Result<void> checkPacked(const RandomAccessFile& file, const PackedRange& range, const Job& job) {
    return Unpacker(file, range).decode(-1, job);
}

}  // namespace dlrm
