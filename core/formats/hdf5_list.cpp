// SPDX-License-Identifier: Apache-2.0
#include "core/formats/hdf5_list.h"

#include <algorithm>
#include <bit>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/formats/byte_cursor.h"
#include "core/formats/hdf5_errors.h"
#include "core/formats/hdf5_protocol.h"

namespace dlrm::hdf5 {
namespace {

bool isAllowed(const Hdf5Type& t) {
    switch (t.kind) {
        case Hdf5Kind::Float:
            return t.size == 2 || t.size == 4 || t.size == 8;
        case Hdf5Kind::Int:
        case Hdf5Kind::UInt:
            return t.size == 1 || t.size == 2 || t.size == 4 || t.size == 8;
        case Hdf5Kind::BFloat:
        case Hdf5Kind::Opaque:
            return t.size == 2;
        case Hdf5Kind::Text:
            return t.size >= 0 && t.size <= kLongestText;
    }
    return false;
}

// Throws Error; parseList() turns it into a Result.
class ListParser {
public:
    ListParser(std::span<const std::byte> answer, std::int64_t fileSize, const std::string& path)
        : m_in(answer), m_fileSize(fileSize), m_path(path) {}

    std::vector<Hdf5Object> run() {
        if (const std::uint8_t first = number<std::uint8_t>(); first == kError) throw toldError();
        else if (first != kListBegin) throw wrong("a list", fmt::format("an answer that begins with byte {}", first));
        while (true) {
            const std::uint8_t tag = number<std::uint8_t>();
            if (tag == kError) throw toldError();
            if (tag == kEnd) break;
            m_object.clear();
            if (std::ssize(m_objects) >= kMostObjects)
                throw wrong(fmt::format("at most {} objects", kMostObjects), "more");
            m_objects.push_back(object(tag));
        }
        if (const auto count = number<std::uint64_t>(); count != m_objects.size() || m_objects.empty())
            throw wrong(counted(m_objects.size(), "object"), fmt::format("{} counted", count));
        if (m_in.left() > 0)
            throw wrong("the end of the list", fmt::format("{} behind it", counted(m_in.left(), "byte")));
        return std::move(m_objects);
    }

private:
    Error wrong(std::string expected, std::string found) const {
        return contradiction(m_path, m_object, std::move(expected), std::move(found));
    }

    template <class T>
    T number() {
        const auto value = m_in.littleEndian<T>();
        if (!value) throw wrong("a whole list", "one that is cut short");
        return *value;
    }

    // A number of something that takes at least `each` bytes of the answer, or of the file.
    std::int64_t count63(std::string_view what) {
        const auto value = number<std::uint64_t>();
        if (value >> 63) throw wrong(fmt::format("{} that fits into 63 bits", what), fmt::format("{}", value));
        return static_cast<std::int64_t>(value);
    }

    std::string text(std::int64_t longest) {
        const auto length = number<std::uint32_t>();
        if (static_cast<std::int64_t>(length) > longest)
            throw wrong(fmt::format("texts of at most {} bytes", longest), counted(length, "byte"));
        const auto bytes = m_in.take(length);
        if (!bytes) throw wrong("a whole list", "one that is cut short");
        return std::string(asText(*bytes));
    }

    Error toldError() {
        const auto damage = number<std::uint8_t>();
        const std::string object = text(kLongestName), expected = text(kLongestName), found = text(2 * kLongestName);
        return told(m_path, damage, object, expected, found);
    }

    Hdf5Object object(std::uint8_t tag) {
        Hdf5Object o;
        o.path = m_object = text(kLongestName);
        checkPath(o.path, tag);
        switch (tag) {
            case kGroup:
                m_groups.insert(o.path);
                break;
            case kRefused:
                o.refused = text(kLongestName);
                if (o.refused.empty()) throw wrong("a reason", "none");
                return o;
            case kDataset:
                dataset(o);
                break;
            default:
                throw wrong("an object of a known kind", fmt::format("kind {}", tag));
        }
        const auto attributes = number<std::uint32_t>();
        m_attributes += attributes;
        if (m_attributes > kMostAttributes) throw wrong(fmt::format("at most {} attributes", kMostAttributes), "more");
        o.attributes.reserve(std::min<std::size_t>(attributes, m_in.left() / 6));
        for (std::uint32_t i = 0; i < attributes; ++i) o.attributes.push_back(attribute());
        return o;
    }

    void checkPath(const std::string& path, std::uint8_t tag) {
        if (!m_paths.insert(path).second) throw wrong("every path once", "a second one");
        if (m_objects.empty()) {
            if (path != "/" || tag != kGroup) throw wrong("the root group first", path);
            return;
        }
        const std::size_t slash = path.rfind('/');
        const std::string_view name =
            slash == std::string::npos ? std::string_view() : std::string_view(path).substr(slash + 1);
        if (name.empty() || name == "." || path.find('\0') != std::string::npos)
            throw wrong("a path from the root", path);
        if (!m_groups.contains(slash == 0 ? "/" : path.substr(0, slash)))
            throw wrong("a path inside a group that is listed", path);
    }

    std::vector<std::int64_t> dimensions() {
        const auto rank = number<std::uint8_t>();
        if (rank > kMostDimensions)
            throw wrong(fmt::format("at most {} dimensions", kMostDimensions), fmt::format("{}", rank));
        std::vector<std::int64_t> shape;
        for (int i = 0; i < rank; ++i) shape.push_back(count63("a dimension"));
        return shape;
    }

    // Product of the dimensions; `size` bytes each must still fit into 63 bits.
    std::int64_t elementsOf(const std::vector<std::int64_t>& shape, std::int64_t size) const {
        if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
        std::int64_t elements = 1, bytes = std::max<std::int64_t>(size, 1);
        for (const std::int64_t d : shape) {
            if (__builtin_mul_overflow(elements, d, &elements) || __builtin_mul_overflow(bytes, d, &bytes))
                throw wrong("values that 63 bits can count", "more");
        }
        return elements;
    }

    void dataset(Hdf5Object& o) {
        o.isDataset = true;
        const auto kind = number<std::uint8_t>();
        if (kind > static_cast<std::uint8_t>(Hdf5Kind::Opaque))
            throw wrong("a type that is known", fmt::format("type {}", kind));
        const auto size = number<std::uint32_t>();
        const auto bigEndian = number<std::uint8_t>();
        o.type = {static_cast<Hdf5Kind>(kind), static_cast<int>(std::min<std::uint32_t>(size, 1 << 30)),
                  bigEndian == 1};
        if (!isAllowed(o.type) || bigEndian > 1) throw wrong("a type that is read", name(o.type));
        o.shape = dimensions();
        o.elements = elementsOf(o.shape, o.type.size);
        const auto layout = number<std::uint8_t>();
        if (layout > static_cast<std::uint8_t>(Hdf5Layout::Chunked))
            throw wrong("a layout that is known", fmt::format("layout {}", layout));
        o.layout = static_cast<Hdf5Layout>(layout);
        const auto offset = number<std::uint64_t>();
        if (offset != ~std::uint64_t{0}) {
            const std::int64_t bytes = o.elements * o.type.size;
            if (o.layout != Hdf5Layout::Contiguous || o.type.kind == Hdf5Kind::Text)
                throw wrong("no place of values that do not lie in one piece", "one");
            if (offset > static_cast<std::uint64_t>(m_fileSize) ||
                bytes > m_fileSize - static_cast<std::int64_t>(offset))
                throw wrong(fmt::format("values inside the file's {}", counted(m_fileSize, "byte")),
                            fmt::format("{} from byte {}", counted(bytes, "byte"), offset));
            o.offset = static_cast<std::int64_t>(offset);
        }
        filters(o);
        if (o.layout == Hdf5Layout::Chunked) chunks(o);
    }

    void filters(Hdf5Object& o) {
        const auto filters = number<std::uint8_t>();
        if (filters > 8 || (filters > 0 && o.layout != Hdf5Layout::Chunked))
            throw wrong("filters of chunks", fmt::format("{} filters", filters));
        static constexpr const char* kNames[] = {"deflate", "shuffle", "fletcher32"};  // from kDeflate on
        for (int i = 0; i < filters; ++i) {
            const auto filter = number<std::uint8_t>();
            if (filter < kDeflate || filter > kFletcher32)
                throw wrong("deflate, shuffle and fletcher32", fmt::format("filter {}", filter));
            o.filters.emplace_back(kNames[filter - kDeflate]);
        }
    }

    void chunks(Hdf5Object& o) {
        if (o.shape.empty()) throw wrong("chunks of a dataset with dimensions", "chunks of a scalar");
        for (std::size_t i = 0; i < o.shape.size(); ++i) {
            o.chunkShape.push_back(count63("a chunk's dimension"));
            if (o.chunkShape.back() == 0) throw wrong("chunks with values", "an empty one");
        }
        const auto count = number<std::uint64_t>();
        if (count == 0) return;
        const bool summed = o.filters == std::vector<std::string>{"fletcher32"};
        if ((!o.filters.empty() && !summed) || o.type.kind == Hdf5Kind::Text || count > m_in.left() / 16)
            throw wrong("chunks that lie as they are read", counted(count, "chunk"));
        std::vector<std::int64_t> grid;
        for (std::size_t i = 0; i < o.shape.size(); ++i)
            grid.push_back(o.shape[i] == 0 ? 0 : (o.shape[i] - 1) / o.chunkShape[i] + 1);
        if (static_cast<std::uint64_t>(elementsOf(grid, 1)) != count)
            throw wrong(counted(elementsOf(grid, 1), "chunk"), fmt::format("{}", count));
        const std::int64_t bytes = elementsOf(o.chunkShape, o.type.size) * o.type.size + (summed ? 4 : 0);
        for (std::uint64_t i = 0; i < count; ++i) {
            const Hdf5Chunk chunk{count63("an address"), count63("a size")};
            if (chunk.bytes != bytes)
                throw wrong(fmt::format("chunks of {} bytes", bytes), counted(chunk.bytes, "byte"));
            if (chunk.offset > m_fileSize || chunk.bytes > m_fileSize - chunk.offset)
                throw wrong(fmt::format("chunks inside the file's {}", counted(m_fileSize, "byte")),
                            fmt::format("{} from byte {}", counted(chunk.bytes, "byte"), chunk.offset));
            o.chunks.push_back(chunk);
        }
        std::vector<std::int64_t> offsets;
        for (const Hdf5Chunk& c : o.chunks) offsets.push_back(c.offset);
        std::sort(offsets.begin(), offsets.end());
        for (std::size_t i = 1; i < offsets.size(); ++i)
            if (offsets[i] - offsets[i - 1] < bytes)
                throw wrong("chunks apart from each other", fmt::format("two that overlap at byte {}", offsets[i]));
    }

    Hdf5Attribute attribute() {
        Hdf5Attribute a;
        a.name = text(kLongestName);
        const auto kind = number<std::uint8_t>();
        a.shape = dimensions();
        const std::int64_t count = elementsOf(a.shape, 1);
        if (kind == kOmitted) {
            a.omitted = true;
            return a;
        }
        a.kind = static_cast<Hdf5Kind>(kind);
        if (count > kLongestAttribute)
            throw wrong(fmt::format("at most {} values in an attribute", kLongestAttribute), fmt::format("{}", count));
        if (a.kind == Hdf5Kind::Text && (m_texts += count) > kMostTexts)
            throw wrong(fmt::format("at most {} texts in attributes", kMostTexts), "more");
        if (count > static_cast<std::int64_t>(m_in.left() / 4)) throw wrong("a whole list", "one that is cut short");
        if (a.kind != Hdf5Kind::Text && a.kind != Hdf5Kind::Float && a.kind != Hdf5Kind::Int)
            throw wrong("texts, floats or integers in an attribute", fmt::format("kind {}", kind));
        if (a.kind == Hdf5Kind::Text) a.texts.reserve(static_cast<std::size_t>(count));
        if (a.kind == Hdf5Kind::Float) a.reals.reserve(static_cast<std::size_t>(count));
        if (a.kind == Hdf5Kind::Int) a.integers.reserve(static_cast<std::size_t>(count));
        for (std::int64_t i = 0; i < count; ++i) {
            if (a.kind == Hdf5Kind::Text) a.texts.push_back(text(kLongestAttribute));
            else if (a.kind == Hdf5Kind::Float) a.reals.push_back(std::bit_cast<double>(number<std::uint64_t>()));
            else a.integers.push_back(std::bit_cast<std::int64_t>(number<std::uint64_t>()));
        }
        return a;
    }

    ByteCursor m_in;
    std::int64_t m_fileSize, m_attributes = 0, m_texts = 0;
    const std::string& m_path;
    std::string m_object;
    std::vector<Hdf5Object> m_objects;
    std::set<std::string, std::less<>> m_paths, m_groups;
};

}  // namespace

Result<std::vector<Hdf5Object>> parseList(std::span<const std::byte> answer, std::int64_t fileSize,
                                          const std::string& path) try {
    return ListParser(answer, fileSize, path).run();
} catch (Error& error) {
    return fail(std::move(error));
}

}  // namespace dlrm::hdf5
