// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/statistics_cache.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <system_error>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "core/base/atomic_file.h"
#include "core/base/random_access_file.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;

// Another number whenever a figure is computed in another way or stored in another place.
constexpr std::uint32_t kVersion = 5;
constexpr char kMagic[8] = {'D', 'L', 'R', 'M', 'S', 'T', 'A', 'T'};
constexpr const char* kExtension = ".statistics";

// FNV-1a over 8 bytes at a time: finds damage, not malice.
std::uint64_t checksum(std::span<const std::byte> bytes) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (std::size_t i = 0; i < bytes.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + i, std::min<std::size_t>(8, bytes.size() - i));
        hash = (hash ^ word) * 0x100000001b3u;
    }
    return hash ^ bytes.size();
}

class Writer {
public:
    template <class T>
    void one(const T& v) {
        static_assert(std::is_trivially_copyable_v<T>);
        const auto* from = reinterpret_cast<const std::byte*>(&v);
        m_bytes.insert(m_bytes.end(), from, from + sizeof v);
    }
    template <class T>
    void many(const T& values) {
        one(static_cast<std::uint64_t>(values.size()));
        const auto bytes = std::as_bytes(std::span(values));
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
    }
    std::span<const std::byte> bytes() const { return m_bytes; }

private:
    std::vector<std::byte> m_bytes;
};

// Reads nothing behind the end; good() tells whether all that was asked for was there.
class Reader {
public:
    explicit Reader(std::span<const std::byte> bytes) : m_rest(bytes) {}
    template <class T>
    void one(T& v) {
        static_assert(std::is_trivially_copyable_v<T>);
        take(&v, sizeof v);
    }
    template <class T>
    void many(T& values) {
        std::uint64_t size = 0;
        one(size);
        if (size > m_rest.size() / sizeof(typename T::value_type)) m_good = false;
        if (!m_good) return;
        values.resize(static_cast<std::size_t>(size));
        take(values.data(), values.size() * sizeof(typename T::value_type));
    }
    bool good() const { return m_good; }
    bool atEnd() const { return m_rest.empty(); }

private:
    void take(void* to, std::size_t bytes) {
        if (bytes > m_rest.size()) m_good = false;
        if (!m_good || bytes == 0) return;
        std::memcpy(to, m_rest.data(), bytes);
        m_rest = m_rest.subspan(bytes);
    }
    std::span<const std::byte> m_rest;
    bool m_good = true;
};

template <class IO, class Scan>
void scanFields(IO& io, Scan& s) {
    io.one(s.rows), io.one(s.dim), io.one(s.finite), io.one(s.nan), io.one(s.inf), io.one(s.subnormal), io.one(s.sum),
        io.one(s.sumSquares);
    io.one(s.min), io.one(s.max), io.many(s.norms), io.one(s.request.low), io.one(s.request.high),
        io.one(s.request.bins);
    io.many(s.histogram), io.one(s.below), io.one(s.above);
}

template <class IO, class Norms>
void normFields(IO& io, Norms& n) {
    io.one(n.rows), io.one(n.leftOut), io.one(n.mean), io.one(n.standardDeviation), io.one(n.min), io.one(n.max);
    io.one(n.p01), io.one(n.p05), io.one(n.p50), io.one(n.p95), io.one(n.p99), io.many(n.histogram);
}

template <class IO, class Untrained>
void untrainedFields(IO& io, Untrained& u) {
    io.one(u.method), io.many(u.explanation), io.one(u.lattice.max), io.one(u.lattice.fused), io.one(u.valuesNeeded),
        io.one(u.rows), io.one(u.count), io.many(u.bits);
}

template <class IO, class G>
void gramFields(IO& io, G& g) {
    io.one(g.dim), io.one(g.rows), io.many(g.products), io.many(g.sums);
}

template <class IO, class S>
void spectrumFields(IO& io, S& s) {
    io.one(s.rows), io.one(s.weight), io.many(s.singularValues), io.one(s.effectiveRank), io.one(s.stableRank),
        io.one(s.informationAbundance);
}

// The one order of the fields, for writing and for reading.
template <class IO, class Statistics>
void allFields(IO& io, Statistics& s) {
    scanFields(io, s.scan);
    io.one(s.mean), io.one(s.standardDeviation);
    normFields(io, s.norms);
    normFields(io, s.trainedNorms);
    untrainedFields(io, s.untrained);
    io.one(s.zeroRows), io.one(s.duplicates.rows), io.one(s.duplicates.most), io.one(s.duplicates.first),
        io.one(s.trainedRows);
    gramFields(io, s.gram);
    gramFields(io, s.trainedGram);
    spectrumFields(io, s.spectrum);
    spectrumFields(io, s.trainedSpectrum);
}

bool gramFits(const Gram& g) {
    return g.dim >= 0 && g.dim < (std::int64_t{1} << 20) &&
           static_cast<std::int64_t>(g.products.size()) == g.dim * g.dim &&
           static_cast<std::int64_t>(g.sums.size()) == g.dim;
}

bool fits(const TableStatistics& s, std::int64_t rows, std::int64_t dim) {
    return s.scan.rows == rows && s.scan.dim == dim && static_cast<std::int64_t>(s.scan.norms.size()) == rows &&
           s.untrained.rows == rows && static_cast<std::int64_t>(s.untrained.bits.size()) == (rows + 63) / 64 &&
           s.untrained.method <= UntrainedMethod::Unknown &&
           static_cast<std::int64_t>(s.scan.histogram.size()) == s.scan.request.bins && gramFits(s.gram) &&
           gramFits(s.trainedGram);
}

std::string absolute(const char* variable) {
    const char* value = std::getenv(variable);
    return value && value[0] == '/' ? value : "";
}

}  // namespace

std::string statisticsDirectory() {
    std::string base = absolute("XDG_CACHE_HOME");
    if (base.empty()) {
        base = absolute("HOME");
        if (base.empty()) return "";
        base += "/.cache";
    }
    return base + "/dlrm-explorer/statistics";
}

StatisticsCache::StatisticsCache(std::string directory, std::int64_t mostBytes)
    : m_directory(std::move(directory)), m_mostBytes(mostBytes) {}

std::string StatisticsCache::pathOf(const std::string& key) const {
    return fmt::format("{}/{:016x}{}", m_directory, checksum(std::as_bytes(std::span(key))), kExtension);
}

std::optional<TableStatistics> StatisticsCache::load(const std::string& key, std::int64_t rows,
                                                     std::int64_t dim) const {
    if (m_directory.empty()) return std::nullopt;
    const std::string path = pathOf(key);
    const auto file = RandomAccessFile::open(path);
    if (!file || (*file)->size() > m_mostBytes) return std::nullopt;
    std::vector<std::byte> bytes(static_cast<std::size_t>((*file)->size()));
    if (!(*file)->read(0, bytes)) return std::nullopt;
    Reader head(bytes);
    char magic[sizeof kMagic] = {};
    std::uint32_t version = 0;
    std::string storedKey;
    std::uint64_t sum = 0, bodyBytes = 0;
    head.one(magic), head.one(version), head.many(storedKey), head.one(sum), head.one(bodyBytes);
    if (!head.good() || std::memcmp(magic, kMagic, sizeof kMagic) != 0 || version != kVersion || storedKey != key)
        return std::nullopt;
    const std::size_t headBytes = sizeof kMagic + sizeof version + 8 + key.size() + sizeof sum + sizeof bodyBytes;
    const auto body = std::span(bytes).subspan(headBytes);
    if (body.size() != bodyBytes || checksum(body) != sum) return std::nullopt;
    TableStatistics out;
    Reader reader(body);
    allFields(reader, out);
    if (!reader.good() || !reader.atEnd() || !fits(out, rows, dim)) return std::nullopt;
    out.fromCache = true;
    std::error_code ignored;
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);  // used now: makeRoom() takes others first
    return out;
}

void StatisticsCache::store(const std::string& key, const TableStatistics& statistics) const {
    if (m_directory.empty()) return;
    std::error_code failed;
    fs::create_directories(m_directory, failed);
    if (failed) return;
    Writer body;
    allFields(body, statistics);
    if (static_cast<std::int64_t>(body.bytes().size()) > m_mostBytes) return;
    Writer head;
    head.one(kMagic), head.one(kVersion), head.many(key), head.one(checksum(body.bytes())),
        head.one(static_cast<std::uint64_t>(body.bytes().size()));
    const std::string path = pathOf(key);
    auto file = AtomicFile::create(path);
    if (!file || !file->write(head.bytes()) || !file->write(body.bytes()) || !file->commit()) return;
    makeRoom(path);
}

void StatisticsCache::makeRoom(const std::string& keep) const {
    struct Entry {
        fs::path path;
        fs::file_time_type used;
        std::int64_t bytes = 0;
    };
    std::vector<Entry> entries;
    std::int64_t total = 0;
    std::error_code failed;
    for (fs::directory_iterator it(m_directory, failed), end; !failed && it != end; it.increment(failed)) {
        std::error_code gone;
        if (!it->is_regular_file(gone)) continue;
        Entry entry{it->path(), it->last_write_time(gone), static_cast<std::int64_t>(it->file_size(gone))};
        if (gone) continue;
        total += entry.bytes;
        entries.push_back(std::move(entry));
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
    for (const Entry& entry : entries) {
        if (total <= m_mostBytes) return;
        if (entry.path == keep) continue;
        std::error_code ignored;
        if (fs::remove(entry.path, ignored)) total -= entry.bytes;
    }
}

}  // namespace dlrm
