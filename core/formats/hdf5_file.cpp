// SPDX-License-Identifier: Apache-2.0
#include "core/formats/hdf5_file.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <numeric>

#include <fmt/format.h>

#include "core/base/temporary_file.h"
#include "core/formats/byte_cursor.h"
#include "core/formats/hdf5_child.h"
#include "core/formats/hdf5_errors.h"
#include "core/formats/hdf5_list.h"
#include "core/formats/hdf5_protocol.h"

namespace dlrm {
namespace {

using namespace hdf5;
using std::chrono::steady_clock;

constexpr double kListSeconds = 2.5;  // so that the error comes within 3 s
constexpr int kStallSeconds = 10;
constexpr std::size_t kReadBytes = std::size_t{4} << 20;

// Reads the stream of one "read" piece by piece; whatever ends it early is an Error.
class Stream {
public:
    Stream(Child& child, const std::string& file, const std::string& object, const std::stop_token& stop)
        : m_child(child), m_file(file), m_object(object), m_stop(stop), m_bytes(1 << 16) {}

    Result<void> fill(std::span<std::byte> out) {
        while (!out.empty()) {
            if (m_at == m_end) {
                const auto deadline = steady_clock::now() + std::chrono::seconds(kStallSeconds);
                m_at = m_end = 0;
                switch (m_child.next(m_bytes, m_end, deadline, m_stop)) {
                    case Child::Wait::Bytes:
                        break;
                    case Child::Wait::End:
                        return fail(readerEnded(m_file, m_object, m_child.end()));
                    case Child::Wait::TimedOut:
                        return fail(stalled(m_file, m_object, kStallSeconds));
                    case Child::Wait::Cancelled:
                        return cancelled();
                }
            }
            const std::size_t n = std::min(out.size(), m_end - m_at);
            std::memcpy(out.data(), m_bytes.data() + m_at, n);
            m_at += n;
            out = out.subspan(n);
        }
        return {};
    }

    template <class T>
    Result<T> number() {
        std::array<std::byte, sizeof(T)> bytes;
        DLRM_TRY(fill(bytes));
        return *ByteCursor(bytes).littleEndian<T>();
    }

    Result<std::string> text() {
        DLRM_TRY(const auto length, number<std::uint32_t>());
        if (length > 2 * kLongestName)
            return fail(contradiction(m_file, m_object, "a short text", fmt::format("{} bytes", length)));
        std::string out(length, '\0');
        DLRM_TRY(fill(std::as_writable_bytes(std::span(out))));
        return out;
    }

private:
    Child& m_child;
    const std::string& m_file;
    const std::string& m_object;
    const std::stop_token& m_stop;
    std::vector<std::byte> m_bytes;
    std::size_t m_at = 0, m_end = 0;
};

// Hands every piece to `take`.
Result<void> readPieces(Stream& in, const std::string& file, const std::string& object, const Hdf5Sink& take) {
    std::uint64_t total = 0;
    std::vector<std::byte> piece;
    while (true) {
        DLRM_TRY(const auto tag, in.number<std::uint8_t>());
        if (tag == kEnd) {
            DLRM_TRY(const auto counted, in.number<std::uint64_t>());
            if (counted != total)
                return fail(
                    contradiction(file, object, fmt::format("{} bytes", total), fmt::format("{} counted", counted)));
            return {};
        }
        if (tag == kError) {
            DLRM_TRY(const auto damage, in.number<std::uint8_t>());
            std::array<std::string, 3> texts;
            for (std::string& text : texts) {
                DLRM_TRY(text, in.text());
            }
            return fail(told(file, damage, texts[0], texts[1], texts[2]));
        }
        if (tag != kPiece) return fail(contradiction(file, object, "values", fmt::format("byte {}", tag)));
        DLRM_TRY(const auto length, in.number<std::uint32_t>());
        if (length == 0 || length > kLongestPiece)
            return fail(contradiction(file, object, fmt::format("pieces of at most {} bytes", kLongestPiece),
                                      fmt::format("{}", length)));
        piece.resize(length);
        DLRM_TRY(in.fill(piece));
        total += length;
        DLRM_TRY(take(piece));
    }
}

std::int64_t rowElements(const Hdf5Object& dataset) {
    if (dataset.elements == 0) return 0;  // the other dimensions may then be any
    std::int64_t n = 1;
    for (std::size_t i = 1; i < dataset.shape.size(); ++i) n *= dataset.shape[i];
    return n;
}

void swapBytes(std::span<std::byte> values, int size) {
    for (auto at = values.begin(); at != values.end(); at += size) std::reverse(at, at + size);
}

}  // namespace

std::string name(Hdf5Type t) {
    if (t.kind == Hdf5Kind::BFloat) return "bfloat16";
    if (t.kind == Hdf5Kind::Text) return "text";
    if (t.kind == Hdf5Kind::Opaque) return fmt::format("{} opaque bytes", t.size);
    const char* kind = t.kind == Hdf5Kind::Float ? "float" : t.kind == Hdf5Kind::Int ? "int" : "uint";
    return fmt::format("{}{}{}", kind, 8 * std::int64_t{t.size}, t.bigEndian ? ", big-endian" : "");
}

const Hdf5Attribute* Hdf5Object::attribute(std::string_view wanted) const {
    const auto at =
        std::find_if(attributes.begin(), attributes.end(), [&](const Hdf5Attribute& a) { return a.name == wanted; });
    return at == attributes.end() ? nullptr : &*at;
}

std::string_view Hdf5Object::text(std::string_view wanted) const {
    const Hdf5Attribute* a = attribute(wanted);
    return a && a->texts.size() == 1 ? std::string_view(a->texts[0]) : std::string_view();
}

bool looksLikeHdf5(const RandomAccessFile& file) {
    constexpr unsigned char kSignature[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    std::array<std::byte, sizeof kSignature> head;
    return file.size() >= static_cast<std::int64_t>(head.size()) && file.read(0, head) &&
           std::memcmp(head.data(), kSignature, head.size()) == 0;
}

Result<std::shared_ptr<const Hdf5File>> Hdf5File::open(std::shared_ptr<RandomAccessFile> file, std::stop_token stop) {
    const auto deadline = steady_clock::now() + std::chrono::milliseconds(static_cast<int>(1000 * kListSeconds));
    DLRM_TRY(auto child, Child::start(*file, {"list"}));
    std::vector<std::byte> answer, bytes(1 << 16);
    for (bool more = true; more;) {
        std::size_t n = 0;
        switch (child.next(bytes, n, deadline, stop)) {
            case Child::Wait::Bytes:
                if (std::ssize(answer) + static_cast<std::int64_t>(n) > kLongestList)
                    return fail(told(file->path(), static_cast<std::uint8_t>(Damage::TooMuch), "",
                                     fmt::format("a list of at most {} bytes", kLongestList), "a longer one"));
                answer.insert(answer.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
                break;
            case Child::Wait::End:
                more = false;
                break;
            case Child::Wait::TimedOut:
                return fail(tookTooLong(file->path(), kListSeconds));
            case Child::Wait::Cancelled:
                return cancelled();
        }
    }
    if (const int status = child.end(); status != 0) return fail(readerEnded(file->path(), "", status));
    DLRM_TRY(auto objects, parseList(answer, file->size(), file->path()));
    DLRM_TRY(file->checkUnchanged());
    return std::shared_ptr<const Hdf5File>(new Hdf5File(std::move(file), std::move(objects)));
}

Hdf5File::Hdf5File(std::shared_ptr<RandomAccessFile> file, std::vector<Hdf5Object> objects)
    : m_file(std::move(file)), m_objects(std::move(objects)) {
    m_byPath.resize(m_objects.size());
    std::iota(m_byPath.begin(), m_byPath.end(), 0);
    std::sort(m_byPath.begin(), m_byPath.end(),
              [this](std::size_t a, std::size_t b) { return m_objects[a].path < m_objects[b].path; });
}

const Hdf5Object* Hdf5File::find(std::string_view path) const {
    const auto at =
        std::lower_bound(m_byPath.begin(), m_byPath.end(), path,
                         [&](std::size_t i, std::string_view wanted) { return m_objects[i].path < wanted; });
    return at == m_byPath.end() || m_objects[*at].path != path ? nullptr : &m_objects[*at];
}

Result<void> Hdf5File::read(const Hdf5Object& dataset, std::int64_t first, std::int64_t rows, const Hdf5Sink& sink,
                            std::stop_token stop) const {
    assert(dataset.isDataset || !dataset.refused.empty());
    if (!dataset.refused.empty()) return fail(refusedObject(path(), dataset.path, dataset.refused));
    assert(dataset.type.kind != Hdf5Kind::Text && first >= 0 && rows >= 0 &&
           rows <= (dataset.shape.empty() ? 1 : dataset.shape[0]) - first);
    const std::int64_t size = dataset.type.size, rowBytes = rowElements(dataset) * size, bytes = rows * rowBytes;
    if (bytes == 0) return {};
    if (dataset.offset >= 0) {  // the values lie as they are read
        std::vector<std::byte> piece(static_cast<std::size_t>(std::min<std::int64_t>(bytes, kReadBytes)));
        for (std::int64_t done = 0; done < bytes;) {
            if (stop.stop_requested()) return cancelled();
            const auto part = std::span(piece).first(
                static_cast<std::size_t>(std::min<std::int64_t>(bytes - done, std::ssize(piece))));
            DLRM_TRY(m_file->read(dataset.offset + first * rowBytes + done, part));
            if (dataset.type.bigEndian) swapBytes(part, dataset.type.size);
            DLRM_TRY(sink(part));
            done += std::ssize(part);
        }
        return {};
    }
    DLRM_TRY(auto child,
             Child::start(*m_file, {"read", dataset.path, fmt::format("{}", first), fmt::format("{}", rows)}));
    Stream stream(child, path(), dataset.path, stop);
    const auto wrong = [&](std::string found) {
        return fail(contradiction(path(), dataset.path, fmt::format("{} bytes", bytes), std::move(found)));
    };
    std::int64_t left = bytes;
    DLRM_TRY(readPieces(stream, path(), dataset.path, [&](std::span<const std::byte> piece) -> Result<void> {
        left -= std::ssize(piece);
        if (left < 0 || std::ssize(piece) % size != 0) return wrong("more, or half a value");
        return sink(piece);
    }));
    if (left != 0) return wrong(fmt::format("{}", bytes - left));
    return m_file->checkUnchanged();
}

Result<void> Hdf5File::readTexts(const Hdf5Object& dataset, const Hdf5TextSink& sink, std::stop_token stop) const {
    if (!dataset.refused.empty()) return fail(refusedObject(path(), dataset.path, dataset.refused));
    assert(dataset.isDataset && dataset.type.kind == Hdf5Kind::Text);
    DLRM_TRY(auto child, Child::start(*m_file, {"read", dataset.path, "0",
                                                fmt::format("{}", dataset.shape.empty() ? 1 : dataset.shape[0])}));
    Stream stream(child, path(), dataset.path, stop);
    const auto wrong = [&](std::string found) {
        return fail(contradiction(path(), dataset.path, fmt::format("{} texts", dataset.elements), std::move(found)));
    };
    std::int64_t count = 0;
    DLRM_TRY(readPieces(stream, path(), dataset.path, [&](std::span<const std::byte> piece) -> Result<void> {
        while (!piece.empty()) {
            std::uint32_t length = 0;
            if (piece.size() >= 4) std::memcpy(&length, piece.data(), 4);
            if (piece.size() < 4 || length > piece.size() - 4 || length > kLongestText || ++count > dataset.elements)
                return wrong("more, or half a text");
            DLRM_TRY(sink({reinterpret_cast<const char*>(piece.data()) + 4, length}));
            piece = piece.subspan(4 + length);
        }
        return {};
    }));
    if (count != dataset.elements) return wrong(fmt::format("{}", count));
    return m_file->checkUnchanged();
}

Result<Hdf5Values> Hdf5File::values(const Hdf5Object& dataset, const Job& job) const {
    if (dataset.refused.empty() && dataset.offset >= 0 && (!dataset.type.bigEndian || dataset.type.size == 1))
        return Hdf5Values{m_file, dataset.offset, dataset.elements * dataset.type.size};
    std::string folder;
    UniqueFd fd = unnamedTemporaryFile(folder);
    if (!fd) return fail(cannotUnpack(folder, dataset.path, errno));
    const std::int64_t bytes = dataset.elements * dataset.type.size;
    std::int64_t done = 0;
    const auto keep = [&](std::span<const std::byte> piece) -> Result<void> {
        if (!writeAll(fd.get(), piece)) return fail(cannotUnpack(folder, dataset.path, errno));
        done += std::ssize(piece);
        job.report({"unpacking", done, bytes, "bytes"});
        return {};
    };
    DLRM_TRY(read(dataset, 0, dataset.shape.empty() ? 1 : dataset.shape[0], keep, job.stop));
    DLRM_TRY(auto unpacked, RandomAccessFile::adopt(std::move(fd), fmt::format("{} ({})", path(), dataset.path)));
    return Hdf5Values{std::move(unpacked), 0, bytes};
}

}  // namespace dlrm
