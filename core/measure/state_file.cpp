// SPDX-License-Identifier: Apache-2.0
#include "core/measure/state_file.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/sha256.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/hdf5_stream.h"

namespace dlrm {
namespace {

constexpr std::string_view kFormat = "dlrm-measures";
constexpr std::int64_t kVersion = 1;
constexpr const char* kSum = "contents_sha256";
constexpr const char* kRows = "/rows";
// An attribute holds 64 KiB, 16 bytes a text; of one with more than 256 KiB of texts Hdf5File reads nothing.
constexpr std::size_t kMostTextBytes = 32 * 1024, kMostNotes = 1000, kMostNoteBytes = 128 * 1024;

constexpr std::int64_t kMostRows = std::int64_t{1} << 62;  // so that ends of ranges can be added to

struct TextAttribute {
    const char* name;
    std::string Provenance::*text;
};
constexpr TextAttribute kTexts[] = {
    {"program", &Provenance::program},
    {"version", &Provenance::version},
    {"commit", &Provenance::commit},
    {"command", &Provenance::command},
    {"created", &Provenance::created},
    {"checkpoint", &Provenance::checkpoint},
    {"layout", &Provenance::layout},
    {"fingerprint", &Provenance::fingerprint},
    {"interaction_order", &Provenance::interactionOrder},
    {"interaction_source", &Provenance::interactionSource},
    {"interaction_standing", &Provenance::interactionStanding},
    {"interaction_tables", &Provenance::interactionTables},
    {"combiner", &Provenance::combiner},
    {"table_precision", &Provenance::tablePrecision},
    {"dataset", &Provenance::dataset},
    {"dataset_fingerprint", &Provenance::datasetFingerprint},
    {"split", &Provenance::split},
    {"dataset_format", &Provenance::format},
    {"profile", &Provenance::profile},
    {"numerical", &Provenance::numerical},
    {"missing_dictionary", &Provenance::missingDictionary},
};

struct BackendAttribute {
    const char* name;
    std::string BackendInfo::*text;
};
constexpr BackendAttribute kBackendTexts[] = {
    {"backend", &BackendInfo::name}, {"device", &BackendInfo::device}, {"backend_reason", &BackendInfo::reason}};

// See the description of contents_sha256 in the header.
class ContentsSum {
public:
    void addGroup(const std::string& path) { m_lines.push_back(path + " group\n"); }
    void addDataset(const std::string& path, std::string_view type, std::span<const std::int64_t> shape,
                    std::span<const std::byte> values) {
        m_lines.push_back(fmt::format("{} {} ({}) {}\n", path, type, fmt::join(shape, ", "), sumOf(values)));
    }
    void addTexts(const std::string& name, std::span<const std::string> texts) {
        Sha256 sum;
        for (const std::string& text : texts) {
            const std::string ended = std::string(text.c_str()) + '\0';
            sum.update(std::as_bytes(std::span(ended)));
        }
        m_lines.push_back(fmt::format("attribute {} texts {}\n", name, sum.finish()));
    }
    template <class T>  // int64 or double
    void addNumbers(const std::string& name, std::span<const T> values) {
        const char* const type = std::is_same_v<T, double> ? "float64" : "int64";
        m_lines.push_back(fmt::format("attribute {} {} {}\n", name, type, sumOf(std::as_bytes(values))));
    }
    std::string hex() {
        std::sort(m_lines.begin(), m_lines.end());
        Sha256 sum;
        for (const std::string& line : m_lines) sum.update(std::as_bytes(std::span(line)));
        return sum.finish();
    }

private:
    static std::string sumOf(std::span<const std::byte> bytes) {
        Sha256 sum;
        sum.update(bytes);
        return sum.finish();
    }

    std::vector<std::string> m_lines;
};

// The file, and the sum of what goes into it.
struct Output {
    Hdf5Stream& file;
    ContentsSum sum = {};

    void text(const std::string& name, std::string_view value) {
        const std::string one(value);
        file.attribute("/", name, one);
        sum.addTexts(name, std::span(&one, 1));
    }
    template <class T>  // int64 or double
    void number(const std::string& name, T value) {
        file.attribute("/", name, value);
        sum.addNumbers(name, std::span<const T>(&value, 1));
    }

    void group(const std::string& path) {
        file.group(path);
        sum.addGroup(path);
    }
    template <class T>
    void dataset(const std::string& path, std::int32_t type, std::string_view typeName,
                 std::span<const std::int64_t> shape, std::span<const T> values) {
        const std::vector<std::uint64_t> size(shape.begin(), shape.end());
        file.dataset(path, type, size, values.data());
        sum.addDataset(path, typeName, shape, std::as_bytes(values));
    }
};

template <class T>
constexpr std::int32_t kFileType = DLRM_HDF5_INT64;
template <>
constexpr std::int32_t kFileType<std::uint32_t> = DLRM_HDF5_UINT32;
template <>
constexpr std::int32_t kFileType<double> = DLRM_HDF5_FLOAT64;
template <>
constexpr std::int32_t kFileType<std::uint8_t> = DLRM_HDF5_UINT8;

std::string cut(const std::string& text) {
    if (text.size() <= kMostTextBytes) return text;
    std::size_t end = kMostTextBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // between two characters of UTF-8
    return text.substr(0, end) + "…";
}

std::vector<std::string> fitting(const std::vector<std::string>& notes) {
    std::vector<std::string> out;
    std::size_t bytes = 0;
    for (const std::string& note : notes) {
        std::string text = cut(note);
        if (out.size() == kMostNotes || (bytes += text.size()) > kMostNoteBytes) {
            out.push_back(
                fmt::format("{} more notes had no room in the file of the state.", notes.size() - out.size()));
            break;
        }
        out.push_back(std::move(text));
    }
    return out;
}

void writeProvenance(Output& out, const Provenance& p) {
    for (const TextAttribute& attribute : kTexts)
        if (const std::string& text = p.*attribute.text; !text.empty()) out.text(attribute.name, cut(text));
    if (p.backend) {
        for (const BackendAttribute& attribute : kBackendTexts)
            out.text(attribute.name, cut((*p.backend).*attribute.text));
        out.text("precision", name(p.backend->precision));
    }
    out.number("id_shift", std::int64_t{p.idShift});
    out.number("lenient", std::int64_t{p.lenient});
    out.number("total_rows", p.totalRows);
    out.number("seconds", p.seconds);
    if (const auto notes = fitting(p.notes); !notes.empty()) {
        out.file.attribute("/", "notes", std::span<const std::string>(notes));
        out.sum.addTexts("notes", notes);
    }
}

std::int64_t bytesOf(const StateArray& array) {
    return std::visit([](const auto& values) { return static_cast<std::int64_t>(values.size() * sizeof(values[0])); },
                      array);
}

// Reading, one file.
class Reader {
public:
    Reader(const Hdf5File& file, const std::stop_token& stop)
        : m_file(file), m_root(file.objects().front()), m_stop(stop) {}

    Result<SavedMeasures> run() {
        if (m_root.text("format") != kFormat) return fail(noState(m_file.path(), "HDF5 of another kind"));
        DLRM_TRY(checkVersion());
        DLRM_TRY(addAttributes());
        for (const Hdf5Object& object : m_file.objects().subspan(1)) DLRM_TRY(readObject(object));
        DLRM_TRY(m_file.file()->checkUnchanged());
        const std::string found = m_sum.hex();
        if (const std::string_view written = m_root.text(kSum); written != found)
            return fail(
                Error("E-STATEFILE-004", "The file of a state does not hold what was written into it.")
                    .inFile(m_file.path())
                    .butExpected(fmt::format("contents with the SHA-256 {}", written))
                    .butFound(found)
                    .withRemedy("Copy the file again from where it was written, or evaluate these rows again."));
        DLRM_TRY(readProvenance());
        return std::move(m_out);
    }

    static Error noState(const std::string& path, std::string found) {
        return Error("E-STATEFILE-001", "This is no file of a state.")
            .inFile(path)
            .butExpected("what evaluate --state or merge --state has written")
            .butFound(std::move(found))
            .withRemedy("Name a file that was written with --state.");
    }

private:
    Error foreign(std::string object, std::string expected, std::string found) const {
        return Error("E-STATEFILE-003", "The file of a state holds something that is never written into one.")
            .inFile(m_file.path())
            .inField(std::move(object))
            .butExpected(std::move(expected))
            .butFound(std::move(found))
            .withRemedy("Evaluate these rows again and take the state that is written then.");
    }

    Result<void> checkVersion() const {
        const Hdf5Attribute* version = m_root.attribute("format_version");
        if (version && version->integers == std::vector{kVersion}) return {};
        return fail(
            Error("E-STATEFILE-002", "The file of a state has another form.")
                .inFile(m_file.path())
                .inField("format_version")
                .butExpected(fmt::format("{}", kVersion))
                .butFound(version ? fmt::format("{}", fmt::join(version->integers, ", ")) : "none")
                .withRemedy(
                    "Use the version of the program that wrote it, or evaluate these rows again with this one."));
    }

    Result<void> addAttributes() {
        for (const Hdf5Attribute& attribute : m_root.attributes) {
            if (attribute.omitted)
                return fail(foreign(attribute.name, "texts or numbers", "an attribute of another type or size"));
            if (attribute.name == kSum) continue;
            if (attribute.kind == Hdf5Kind::Text) m_sum.addTexts(attribute.name, attribute.texts);
            else if (attribute.kind == Hdf5Kind::Float) m_sum.addNumbers(attribute.name, std::span(attribute.reals));
            else m_sum.addNumbers(attribute.name, std::span(attribute.integers));
        }
        return {};
    }

    Result<void> readObject(const Hdf5Object& object) {
        if (!object.refused.empty()) return fail(foreign(object.path, "a group or a dataset", object.refused));
        if (!object.attributes.empty())
            return fail(foreign(object.path, "no attributes", object.attributes.front().name));
        const std::size_t slash = object.path.find('/', 1);
        if (!object.isDataset) {
            if (slash != std::string::npos)
                return fail(foreign(object.path, "groups of measures", "a group inside one"));
            m_sum.addGroup(object.path);
            m_out.states.try_emplace(object.path.substr(1));
            return {};
        }
        if (object.path == kRows) return readRows(object);
        if (slash == std::string::npos)
            return fail(foreign(object.path, "arrays in the groups of measures", "an array outside"));
        StateArray array;
        if (object.type == Hdf5Type{Hdf5Kind::Int, 8, false}) array = std::vector<std::int64_t>();
        else if (object.type == Hdf5Type{Hdf5Kind::UInt, 4, false}) array = std::vector<std::uint32_t>();
        else if (object.type == Hdf5Type{Hdf5Kind::Float, 8, false}) array = std::vector<double>();
        else if (object.type == Hdf5Type{Hdf5Kind::UInt, 1, false}) array = std::vector<std::uint8_t>();
        else return fail(foreign(object.path, "int64, uint32, float64 or uint8", name(object.type)));
        if (object.shape.size() != 1)
            return fail(foreign(object.path, "one dimension", fmt::format("{}", object.shape.size())));
        auto read = std::visit([&](auto& values) { return readValues(object, typeName(array), values); }, array);
        DLRM_TRY(read);
        m_out.states[object.path.substr(1, slash - 1)].put(object.path.substr(slash + 1), std::move(array));
        return {};
    }

    // Values in one piece lie inside the file; all of them together take no more than it.
    template <class T>
    Result<void> readValues(const Hdf5Object& object, std::string_view type, std::vector<T>& out) {
        const std::int64_t bytes = object.elements * object.type.size;
        if (object.elements > 0 && object.offset < 0)
            return fail(foreign(object.path, "values in one piece", "chunks, or none"));
        if (bytes > m_file.file()->size() - m_taken)
            return fail(foreign(object.path, fmt::format("at most the {} bytes of the file", m_file.file()->size()),
                                "arrays of more together"));
        m_taken += bytes;
        out.resize(static_cast<std::size_t>(object.elements));
        const auto values = std::as_writable_bytes(std::span(out));
        if (m_stop.stop_requested()) return cancelled();
        if (!values.empty()) DLRM_TRY(m_file.file()->read(object.offset, values));
        m_sum.addDataset(object.path, type, object.shape, values);
        return {};
    }

    Result<void> readRows(const Hdf5Object& object) {
        if (object.type != Hdf5Type{Hdf5Kind::Int, 8, false} || object.shape.size() != 2 || object.shape[1] != 2)
            return fail(foreign(object.path, "int64 (ranges, 2)", name(object.type)));
        std::vector<std::int64_t> ends;
        DLRM_TRY(readValues(object, "int64", ends));
        for (std::size_t i = 0; i < ends.size(); i += 2) m_out.provenance.rows.push_back({ends[i], ends[i + 1]});
        return {};
    }

    Result<std::int64_t> whole(const char* name, std::int64_t low, std::int64_t high) const {
        const Hdf5Attribute* attribute = m_root.attribute(name);
        if (!attribute || attribute->integers.size() != 1 || attribute->integers[0] < low ||
            attribute->integers[0] > high)
            return fail(foreign(name, fmt::format("a whole number from {} to {}", low, high),
                                attribute ? "something else" : "none"));
        return attribute->integers[0];
    }

    Result<void> readProvenance() {
        Provenance& p = m_out.provenance;
        for (const TextAttribute& attribute : kTexts) p.*attribute.text = m_root.text(attribute.name);
        if (m_root.attribute("backend")) {
            p.backend.emplace();
            for (const BackendAttribute& attribute : kBackendTexts)
                (*p.backend).*attribute.text = m_root.text(attribute.name);
            const auto precision = precisionFromName(m_root.text("precision"));
            if (!precision) return fail(foreign("precision", "a precision", std::string(m_root.text("precision"))));
            p.backend->precision = *precision;
        }
        DLRM_TRY(const auto shift, whole("id_shift", std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
        DLRM_TRY(const auto lenient, whole("lenient", 0, 1));
        DLRM_TRY(const auto total, whole("total_rows", 0, kMostRows));
        p.idShift = static_cast<int>(shift);
        p.lenient = lenient == 1;
        p.totalRows = total;
        const Hdf5Attribute* seconds = m_root.attribute("seconds");
        if (!seconds || seconds->reals.size() != 1 || !std::isfinite(seconds->reals[0]) || seconds->reals[0] < 0)
            return fail(foreign("seconds", "a time", seconds ? "none that can be" : "none"));
        p.seconds = seconds->reals[0];
        if (const Hdf5Attribute* notes = m_root.attribute("notes")) p.notes = notes->texts;
        return checkRows();
    }

    Result<void> checkRows() {
        Provenance& p = m_out.provenance;
        std::int64_t next = 0;  // the first row that may follow
        for (const RowRange& range : p.rows) {
            if (range.first < next || range.last < range.first || range.last >= p.totalRows)
                return fail(foreign(kRows,
                                    fmt::format("ascending ranges of {} rows, none next to another", p.totalRows),
                                    fmt::format("{}-{}", range.first, range.last)));
            next = range.last + 2;
        }
        if (p.rows.empty()) return fail(foreign(kRows, "at least one range", "none"));
        if (p.seconds > 0) p.rowsPerSecond = static_cast<double>(p.measuredRows()) / p.seconds;
        return {};
    }

    const Hdf5File& m_file;
    const Hdf5Object& m_root;
    const std::stop_token& m_stop;
    ContentsSum m_sum;
    std::int64_t m_taken = 0;  // bytes of all arrays so far
    SavedMeasures m_out;
};

}  // namespace

Result<void> writeStateFile(const SavedMeasures& saved, const std::string& path) {
    const Provenance& p = saved.provenance;
    std::int64_t bytes = 0;
    for (const auto& [key, state] : saved.states)
        for (const auto& [name, array] : state.arrays()) bytes += bytesOf(array);
    DLRM_TRY(auto file, Hdf5Stream::create(path, bytes));
    Output out{*file};
    out.text("Conventions", "DLRM-Explorer-1.0");
    out.text("title", "State of measures");
    out.text("format", kFormat);
    out.number("format_version", kVersion);
    writeProvenance(out, p);
    std::vector<std::int64_t> ends;
    for (const RowRange& range : p.rows) ends.insert(ends.end(), {range.first, range.last});
    const std::int64_t shape[] = {std::ssize(p.rows), 2};
    out.dataset<std::int64_t>(kRows, DLRM_HDF5_INT64, "int64", shape, ends);
    for (const auto& [key, state] : saved.states) {
        out.group("/" + key);
        for (const auto& [name, array] : state.arrays())
            std::visit(
                [&, &name = name, &key = key, &array = array](const auto& values) {
                    using T = typename std::decay_t<decltype(values)>::value_type;
                    const std::int64_t size = std::ssize(values);
                    out.dataset<T>(fmt::format("/{}/{}", key, name), kFileType<T>, typeName(array), {&size, 1}, values);
                },
                array);
    }
    file->attribute("/", kSum, out.sum.hex());
    return file->finish();
}

Result<SavedMeasures> readStateFile(const std::string& path, const std::stop_token& stop) {
    DLRM_TRY(auto file, RandomAccessFile::open(path));
    if (!looksLikeHdf5(*file)) return fail(Reader::noState(path, "a file that is no HDF5"));
    DLRM_TRY(const auto hdf5, Hdf5File::open(std::move(file), stop));
    return Reader(*hdf5, stop).run();
}

}  // namespace dlrm
