// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/checkpoint.h"

#include <cassert>
#include <new>

#include "core/checkpoint/checkpoint_format.h"
#include "core/checkpoint/directory.h"

namespace dlrm {
namespace {

Error unknownLayout(const std::string& path, const CheckpointDirectory& directory) {
    std::string expected;
    for (const CheckpointFormat& format : checkpointFormats()) expected += (expected.empty() ? "" : "; ") + std::string(format.description);
    return Error("E-CKPT-005", "The directory holds no checkpoint of a layout that is known.")
        .inFile(path).butExpected(std::move(expected)).butFound(someNames(directory.names))
        .withRemedy("Give the directory the checkpoint was saved or downloaded to; its files must have their original names.");
}

Error mixedLayouts(const std::string& path, std::string_view first, std::string_view second) {
    return Error("E-CKPT-006", "The directory holds files of two layouts.")
        .inFile(path).butExpected("one checkpoint").butFound("files of layout " + std::string(first) + " and of layout " + std::string(second))
        .withRemedy("Put each checkpoint into a directory of its own.");
}

}  // namespace

Result<std::shared_ptr<const Checkpoint>> Checkpoint::open(const std::string& path, const CheckpointOptions& options, const ProgressFn& progress,
                                                           std::stop_token stop) try {
    const auto directory = listCheckpointDirectory(path);
    if (!directory) return fail(directory.error());
    const CheckpointFormat* found = nullptr;
    for (const CheckpointFormat& format : checkpointFormats()) {
        if (!format.recognises(*directory)) continue;
        if (found) return fail(mixedLayouts(path, found->layout, format.layout));
        found = &format;
    }
    if (!found) return fail(unknownLayout(path, *directory));
    auto contents = found->open(path, *directory, options, progress, std::move(stop));
    if (!contents) return fail(std::move(contents.error()));
    return std::shared_ptr<const Checkpoint>(std::make_shared<Checkpoint>(std::move(*contents)));
} catch (const std::bad_alloc&) {
    return fail(Error("E-CKPT-033", "There is not enough memory to open the checkpoint.")
                    .inFile(path).butExpected("free memory").butFound("less").withRemedy("Close other programs."));
}

Result<DenseWeights> Checkpoint::bottomLayer(int index) const {
    assert(index >= 0 && index < static_cast<int>(spec().bottomMlp.size()));
    return m_contents.layerReader(false, index);
}

Result<DenseWeights> Checkpoint::topLayer(int index) const {
    assert(index >= 0 && index < static_cast<int>(spec().topMlp.size()));
    return m_contents.layerReader(true, index);
}

Result<void> Checkpoint::checkUnchanged() const {
    for (const auto& file : m_contents.openFiles)
        if (auto r = file->checkUnchanged(); !r) return r;
    return {};
}

void Checkpoint::prefetchRows(TableId table, std::span<const RowId> rows) const {
    const TableView& view = this->table(table);
    const auto& files = m_contents.tableFiles[static_cast<std::size_t>(value(table))];
    const std::int64_t item = itemSize(view.dtype());
    for (std::size_t p = 0; p < files.size(); ++p) {
        const TablePart& part = view.parts()[p];
        const auto mapped = files[p]->map(Access::Random);
        if (!mapped) continue;
        const std::int64_t begin = part.data - mapped->data();
        for (const RowId id : rows) {
            const std::int64_t row = value(id) - part.firstRow;
            if (row < 0 || row >= part.rows) continue;
            const std::int64_t at = begin + row * part.rowStride;
            // Fortran order: the values of a row stand far apart.
            if (part.columnStride == item) files[p]->prefetch(at, part.columns * item);
            else
                for (std::int64_t c = 0; c < part.columns; ++c) files[p]->prefetch(at + c * part.columnStride, item);
        }
    }
}

}  // namespace dlrm
