// SPDX-License-Identifier: Apache-2.0
// The request "read": values of one dataset, little-endian, in pieces.
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "answer.h"
#include "requests.h"

namespace dlrm::hdf5 {
namespace {

// Of the rows read at once, and of libhdf5's cache of unpacked chunks.
constexpr std::uint64_t kSlabBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kLargestRow = std::uint64_t{256} << 20;
constexpr std::uint64_t kTextsAtOnce = 4096;

// Fails unless every step of the path is a hard link: others could lead out of the file.
void checkLinks(hid_t file, const std::string& path, Answer& answer) {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string step = path.substr(0, end);
        H5L_info_t info;
        if (H5Lget_info(file, step.c_str(), &info, H5P_DEFAULT) < 0)
            answer.fail(Damage::Values, path, "the dataset that was listed", "none");
        if (info.type != H5L_TYPE_HARD)
            answer.fail(Damage::Refused, path, "an object of this file", "a link to elsewhere");
        if (end == std::string::npos) return;
    }
}

class Reader {
public:
    Reader(hid_t file, const std::string& path)
        : m_path(path),
          m_dataset(open(file, path, m_answer), H5Dclose),
          m_space(H5Dget_space(m_dataset), H5Sclose),
          m_type(H5Dget_type(m_dataset), H5Tclose) {
        std::int64_t noChunks = 0;
        if (const std::string why = describeDataset(m_dataset, m_described, noChunks); !why.empty())
            m_answer.fail(Damage::Refused, path, "numbers or texts in this file", why);
        for (std::size_t i = 1; i < m_described.dims.size(); ++i) m_rowElements *= m_described.dims[i];
    }

    void run(std::uint64_t first, std::uint64_t rows) {
        const std::uint64_t all = m_described.dims.empty() ? 1 : m_described.dims[0];
        if (first > all || rows > all - first)
            m_answer.fail(Damage::Values, m_path, "rows of the dataset", std::to_string(all) + " rows");
        if (m_rowElements > 0 && rows > 0) m_described.type.kind == kText ? texts(first, rows) : numbers(first, rows);
        m_answer.byte(kEnd);
        m_answer.number(m_sent);
        m_answer.send();
    }

private:
    // Chunks are kept unpacked while rows of them are still wanted.
    static hid_t open(hid_t file, const std::string& path, Answer& answer) {
        checkLinks(file, path, answer);
        const H5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
        H5Pset_chunk_cache(access, 100'003, kSlabBytes, 1.0);
        const hid_t id = H5Dopen2(file, path.c_str(), access);
        if (id < 0) answer.fail(Damage::Values, path, "a dataset that can be opened", "damage");
        return id;
    }

    void select(std::uint64_t first, std::uint64_t rows) {
        if (m_described.dims.empty()) return;
        std::vector<hsize_t> start(m_described.dims.size(), 0), count = m_described.dims;
        start[0] = first;
        count[0] = rows;
        if (H5Sselect_hyperslab(m_space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) < 0)
            m_answer.fail(Damage::Values, m_path, "rows that can be selected", "damage");
    }

    [[noreturn]] void unreadable(std::uint64_t first, std::uint64_t rows) {
        m_answer.fail(Damage::Values, m_path, "values that can be unpacked and match their checksums",
                      "damage in rows " + std::to_string(first) + " to " + std::to_string(first + rows - 1));
    }

    void piece(std::span<const std::byte> bytes) {
        m_answer.byte(kPiece);
        m_answer.length(bytes.size());
        m_answer.raw(bytes);
        m_answer.send();
        m_sent += bytes.size();
    }

    void numbers(std::uint64_t first, std::uint64_t rows) {
        const std::uint64_t size = m_described.type.size, rowBytes = m_rowElements * size;
        if (rowBytes > kLargestRow)
            m_answer.fail(Damage::TooMuch, m_path, "rows of at most " + std::to_string(kLargestRow) + " bytes",
                          std::to_string(rowBytes) + " bytes");
        std::uint64_t step = std::max<std::uint64_t>(1, kSlabBytes / rowBytes);
        if (!m_described.chunkDims.empty() && m_described.chunkDims[0] < step)
            step -= step % m_described.chunkDims[0];  // each chunk is unpacked once
        const H5Handle memory(H5Tcopy(m_type), H5Tclose);
        if (m_described.type.kind != kOpaque) H5Tset_order(memory, H5T_ORDER_LE);
        std::vector<std::byte> values(static_cast<std::size_t>(std::min(step, rows) * rowBytes));
        const std::size_t most = static_cast<std::size_t>(kLongestPiece) / size * size;
        for (std::uint64_t at = first; at < first + rows;) {
            // The first slab ends where a chunk does.
            const std::uint64_t now = std::min(step - (step > 1 ? at % step : 0), first + rows - at);
            select(at, now);
            const hsize_t elements = now * m_rowElements;
            const H5Handle memorySpace(H5Screate_simple(1, &elements, nullptr), H5Sclose);
            if (H5Dread(m_dataset, memory, memorySpace, m_space, H5P_DEFAULT, values.data()) < 0) unreadable(at, now);
            const std::span<const std::byte> read(values.data(), static_cast<std::size_t>(elements * size));
            for (std::size_t begin = 0; begin < read.size(); begin += most)
                piece(read.subspan(begin, std::min(most, read.size() - begin)));
            at += now;
        }
    }

    void texts(std::uint64_t first, std::uint64_t rows) {
        if (m_rowElements > kTextsAtOnce)
            m_answer.fail(Damage::TooMuch, m_path, "at most " + std::to_string(kTextsAtOnce) + " texts in a row",
                          "more");
        const std::uint64_t step = std::max<std::uint64_t>(
            1, std::min(kTextsAtOnce, kSlabBytes / std::max<std::uint64_t>(1, m_described.type.size)) / m_rowElements);
        for (std::uint64_t at = first; at < first + rows;) {
            const std::uint64_t now = std::min(step, first + rows - at);
            select(at, now);
            const hsize_t elements = now * m_rowElements;
            const H5Handle memorySpace(H5Screate_simple(1, &elements, nullptr), H5Sclose);
            Texts read;
            const auto fill = [&](hid_t memory, void* to) {
                return H5Dread(m_dataset, memory, memorySpace, m_space, H5P_DEFAULT, to);
            };
            if (!readTexts(m_type, m_described.type, elements, fill, read)) unreadable(at, now);
            std::string bytes;
            const auto send = [&] {
                if (!bytes.empty()) piece(std::as_bytes(std::span(bytes)));
                bytes.clear();
            };
            for (const std::string& text : read) {
                if (static_cast<std::int64_t>(text.size()) > kLongestText)
                    m_answer.fail(Damage::TooMuch, m_path,
                                  "texts of at most " + std::to_string(kLongestText) + " bytes",
                                  std::to_string(text.size()) + " bytes");
                if (bytes.size() + text.size() + 4 > static_cast<std::size_t>(kLongestPiece)) send();
                for (int i = 0; i < 4; ++i) bytes += static_cast<char>(text.size() >> (8 * i));
                bytes += text;
            }
            send();
            at += now;
        }
    }

    std::string m_path;
    Answer m_answer;
    H5Handle m_dataset, m_space, m_type;
    Dataset m_described;
    std::uint64_t m_rowElements = 1, m_sent = 0;
};

}  // namespace

bool readTexts(hid_t type, const Type& described, std::uint64_t count, const std::function<herr_t(hid_t, void*)>& fill,
               Texts& out) {
    const H5Handle memory(H5Tcopy(type), H5Tclose);
    if (!memory) return false;
    if (described.size == 0) {
        std::vector<char*> texts(static_cast<std::size_t>(count), nullptr);
        if (fill(memory, texts.data()) < 0) return false;
        for (const char* text : texts) out.emplace_back(text ? text : "");
        for (char* text : texts) H5free_memory(text);
        return true;
    }
    std::string bytes(static_cast<std::size_t>(count) * described.size, '\0');
    if (fill(memory, bytes.data()) < 0) return false;
    const H5T_str_t padding = H5Tget_strpad(type);
    for (std::size_t i = 0; i < count; ++i) {
        std::string text = bytes.substr(i * described.size, described.size);
        if (padding == H5T_STR_NULLTERM) text.resize(std::min(text.find('\0'), text.size()));
        else text.resize(text.find_last_not_of(padding == H5T_STR_SPACEPAD ? ' ' : '\0') + 1);
        out.push_back(std::move(text));
    }
    return true;
}

void read(hid_t file, const std::string& path, std::uint64_t first, std::uint64_t rows) {
    Reader(file, path).run(first, rows);
}

}  // namespace dlrm::hdf5
