// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/checkpoint.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <new>

#include <fmt/format.h>

#include "core/checkpoint/checkpoint_format.h"
#include "core/checkpoint/directory.h"
#include "core/checkpoint/unknown_layout.h"

namespace dlrm {
namespace {

Error mixedLayouts(const std::string& path, std::string_view first, std::string_view second) {
    return Error("E-CKPT-006", "The directory holds files of two layouts.")
        .inFile(path)
        .butExpected("one checkpoint")
        .butFound("files of layout " + std::string(first) + " and of layout " + std::string(second))
        .withRemedy("Put each checkpoint into a directory of its own.");
}

std::int64_t pageBytes() {
    static const std::int64_t bytes = sysconf(_SC_PAGESIZE);
    return bytes;
}

}  // namespace

Result<std::shared_ptr<const Checkpoint>> Checkpoint::open(const std::string& path, const CheckpointOptions& options,
                                                           const Job& job) try {
    DLRM_TRY(const auto directory, listCheckpointDirectory(path));
    const CheckpointFormat* found = nullptr;
    for (const CheckpointFormat& format : checkpointFormats()) {
        if (format.ofFile != directory.file.has_value() || !format.recognises(directory)) continue;
        if (found) return fail(mixedLayouts(path, found->layout, format.layout));
        found = &format;
    }
    if (!found) return fail(unknownLayout(path, directory));
    DLRM_TRY(auto contents, found->open(path, directory, options, job));
    return std::shared_ptr<const Checkpoint>(std::make_shared<Checkpoint>(std::move(contents)));
} catch (const std::bad_alloc&) {
    return fail(Error("E-CKPT-033", "There is not enough memory to open the checkpoint.")
                    .inFile(path)
                    .butExpected("free memory")
                    .butFound("less")
                    .withRemedy("Close other programs."));
}

bool Checkpoint::isIn(const std::string& directory) {
    const auto listed = listCheckpointDirectory(directory);
    const auto formats = checkpointFormats();
    return listed && std::any_of(formats.begin(), formats.end(), [&](const CheckpointFormat& format) {
               return !format.ofFile && !listed->file && format.recognises(*listed);
           });
}

Result<DenseWeights> Checkpoint::bottomLayer(int index) const {
    assert(index >= 0 && index < static_cast<int>(spec().bottomMlp.size()));
    return m_contents.layerReader(false, index);
}

Result<DenseWeights> Checkpoint::topLayer(int index) const {
    assert(index >= 0 && index < static_cast<int>(spec().topMlp.size()));
    return m_contents.layerReader(true, index);
}

Result<CrossWeights> Checkpoint::crossLayer(int index) const {
    assert(index >= 0 && index < static_cast<int>(spec().crossLayers.size()));
    return m_contents.crossReader(index);
}

Result<void> Checkpoint::checkUnchanged(const Job& job) const {
    for (const auto& file : m_contents.openFiles) DLRM_TRY(file->checkUnchanged());
    return m_contents.lateCheck ? m_contents.lateCheck(job) : Result<void>();
}

Result<void> Checkpoint::checkUnchanged(TableId table) const {
    for (const auto& file : m_contents.tableFiles[static_cast<std::size_t>(value(table))])
        DLRM_TRY(file->checkUnchanged());
    return m_contents.lateCheck ? m_contents.lateCheck({}) : Result<void>();
}

namespace {

// The part that holds a row, the last of its row block; parts.end() for a row that none holds. A table may have
// thousands of parts.
std::span<const TablePart>::iterator partOf(std::span<const TablePart> parts, std::int64_t row) {
    const auto next = std::upper_bound(parts.begin(), parts.end(), row,
                                       [](std::int64_t r, const TablePart& p) { return r < p.firstRow; });
    return next == parts.begin() || row >= std::prev(next)->firstRow + std::prev(next)->rows ? parts.end()
                                                                                             : std::prev(next);
}

// `rows`: ascending, all in the part. `pages`: for use inside.
void prefetchPart(const RandomAccessFile& file, const TablePart& part, std::int64_t item,
                  std::span<const std::int64_t> rows, std::vector<std::int64_t>& pages, const std::stop_token& stop) {
    const auto mapped = file.map(Access::Random);
    if (!mapped) return;
    const std::int64_t begin = part.data - mapped->data(), page = pageBytes();
    pages.clear();
    for (const std::int64_t row : rows) {
        if (stop.stop_requested()) return;
        const std::int64_t at = begin + (row - part.firstRow) * part.rowStride;
        if (part.columnStride == item) {
            const std::int64_t last = (at + part.columns * item - 1) / page;
            for (std::int64_t n = at / page; n <= last; ++n) pages.push_back(n);
        } else {  // Fortran order: the values of a row stand far apart
            for (std::int64_t c = 0; c < part.columns; ++c) file.prefetch(at + c * part.columnStride, item);
        }
    }
    std::sort(pages.begin(), pages.end());
    pages.erase(std::unique(pages.begin(), pages.end()), pages.end());
    for (std::size_t i = 0; i < pages.size() && !stop.stop_requested();) {
        std::size_t next = i + 1;
        while (next < pages.size() && pages[next] == pages[next - 1] + 1) ++next;
        file.prefetch(pages[i] * page, static_cast<std::int64_t>(next - i) * page);
        i = next;
    }
}

}  // namespace

void Checkpoint::prefetchRows(TableId table, std::span<const RowId> rows, const std::stop_token& stop) const {
    const TableView& view = this->table(table);
    const auto parts = view.parts();
    const auto& files = m_contents.tableFiles[static_cast<std::size_t>(value(table))];
    std::vector<std::int64_t> sorted, pages;
    for (const RowId id : rows) sorted.push_back(value(id));
    std::sort(sorted.begin(), sorted.end());
    for (auto row = sorted.begin(); row != sorted.end();) {
        const auto last = partOf(parts, *row);
        if (last == parts.end()) {
            ++row;
            continue;
        }
        const auto end = std::lower_bound(row, sorted.end(), last->firstRow + last->rows);
        for (auto p = last - parts.begin(); p >= 0 && parts[static_cast<std::size_t>(p)].firstRow == last->firstRow;
             --p)  // its column parts
            prefetchPart(*files[static_cast<std::size_t>(p)], parts[static_cast<std::size_t>(p)],
                         itemSize(view.dtype()), {row, end}, pages, stop);
        if (stop.stop_requested()) return;
        row = end;
    }
}

void Checkpoint::prefetchTable(TableId table, const std::stop_token& stop) const {
    prefetchRange(table, {0, this->table(table).rows() - 1}, stop);
}

void Checkpoint::prefetchRange(TableId table, RowRange rows, const std::stop_token& stop) const {
    constexpr std::int64_t kStep = std::int64_t{1}
                                   << 20;  // 10 ms of a disk that reads 100 MB/s: a stop is answered between steps
    const TableView& view = this->table(table);
    const auto& files = m_contents.tableFiles[static_cast<std::size_t>(value(table))];
    const std::int64_t item = itemSize(view.dtype());
    for (std::size_t p = 0; p < files.size(); ++p) {
        const TablePart& part = view.parts()[p];
        std::int64_t first = std::max(rows.first, part.firstRow) - part.firstRow,
                     last = std::min(rows.last, part.firstRow + part.rows - 1) - part.firstRow;
        if (first > last) continue;
        if (part.columnStride != item) {
            if (first > 0) continue;
            last = part.rows - 1;
        }
        const auto mapped = files[p]->map(Access::Random);
        if (!mapped) continue;
        const std::int64_t begin = part.data - mapped->data() + first * part.rowStride;
        const std::int64_t end =
            begin + (last - first) * part.rowStride + (part.columns - 1) * part.columnStride + item;
        for (std::int64_t at = begin; at < end; at += kStep) {
            if (stop.stop_requested()) return;
            files[p]->prefetch(at, std::min(kStep, end - at));
        }
    }
}

void Checkpoint::releaseRange(TableId table, RowRange rows) const {
    const TableView& view = this->table(table);
    const auto& files = m_contents.tableFiles[static_cast<std::size_t>(value(table))];
    for (std::size_t p = 0; p < files.size(); ++p) {
        const TablePart& part = view.parts()[p];
        const std::int64_t first = std::max(rows.first, part.firstRow) - part.firstRow,
                           last = std::min(rows.last, part.firstRow + part.rows - 1) - part.firstRow;
        if (first > last || part.columnStride != itemSize(view.dtype())) continue;
        if (const auto mapped = files[p]->map(Access::Random))
            files[p]->release(part.data - mapped->data() + first * part.rowStride,
                              (last - first) * part.rowStride + part.columns * part.columnStride);
    }
}

std::string Checkpoint::tableIdentity(TableId table) const {
    const TableView& view = this->table(table);
    const auto& files = m_contents.tableFiles[static_cast<std::size_t>(value(table))];
    std::string out = fmt::format("{} x {} {}", view.rows(), view.dim(), name(view.dtype()));
    for (std::size_t p = 0; p < files.size(); ++p) {
        const TablePart& part = view.parts()[p];
        const FileIdentity& file = files[p]->identity();
        const auto mapped = files[p]->map(Access::Random);
        // Of thousands of parts in one file that file stands once.
        out += p > 0 && files[p] == files[p - 1]
                   ? ";"
                   : fmt::format("; {}:{}:{}:{}:{}", file.device, file.inode, file.size, file.mtimeNs, file.ctimeNs);
        out += fmt::format(" at {} rows {}+{} by {} columns {}+{} by {}{}",
                           mapped && part.rows > 0 ? part.data - mapped->data() : 0, part.firstRow, part.rows,
                           part.rowStride, part.firstColumn, part.columns, part.columnStride,
                           part.byteSwapped ? " swapped" : "");
    }
    return out;
}

std::int64_t Checkpoint::coldRows(TableId table, std::span<const RowId> rows) const {
    const auto parts = this->table(table).parts();
    const auto page = static_cast<std::uintptr_t>(pageBytes());
    std::int64_t cold = 0;
    for (const RowId id : rows) {
        auto part = partOf(parts, value(id));
        if (part == parts.end()) continue;
        while (part != parts.begin() && std::prev(part)->firstRow == part->firstRow) --part;
        const std::byte* at = part->data + (value(id) - part->firstRow) * part->rowStride;
        at -= reinterpret_cast<std::uintptr_t>(at) % page;
        unsigned char resident = 1;
        // mincore takes a plain pointer but reads nothing there.
        if (mincore(const_cast<std::byte*>(at), 1, &resident) == 0 && (resident & 1) == 0) ++cold;
    }
    return cold;
}

}  // namespace dlrm
