// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/convert/convert.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <new>
#include <system_error>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/extension.h"
#include "core/checkpoint/convert/parts.h"
#include "core/checkpoint/verify/own_checksums.h"
#include "core/formats/fletcher32.h"

namespace dlrm {
namespace {

constexpr std::int64_t kBlockBytes = std::int64_t{4} << 20;
constexpr std::int64_t kMostBlockRows = 8192;
constexpr std::size_t kBlocksReady = 3;  // beside the one being filled and the one being written
constexpr std::size_t kBlocksAhead = 8;  // asked of the disk

// Rows [first, first + rows) of one part, to where the table's row `first` goes.
void copyPart(const TablePart& part, std::int64_t first, std::int64_t rows, std::int64_t item, std::int64_t rowBytes,
              std::byte* to) {
    const std::byte* from = part.data + (first - part.firstRow) * part.rowStride;
    to += part.firstColumn * item;
    const std::int64_t partBytes = part.columns * item;
    const bool dense = part.columnStride == item && !part.byteSwapped;
    if (dense && part.rowStride == rowBytes && partBytes == rowBytes) {
        std::memcpy(to, from, static_cast<std::size_t>(rows * rowBytes));
        return;
    }
    for (std::int64_t r = 0; r < rows; ++r, from += part.rowStride, to += rowBytes) {
        if (dense) {
            std::memcpy(to, from, static_cast<std::size_t>(partBytes));
            continue;
        }
        for (std::int64_t c = 0; c < part.columns; ++c) {
            std::byte* value = to + c * item;
            std::memcpy(value, from + c * part.columnStride, static_cast<std::size_t>(item));
            if (part.byteSwapped) std::reverse(value, value + item);
        }
    }
}

Error notAsWritten(const std::string& path, std::int64_t offset, const std::string& tensor, std::string expected,
                   std::string found) {
    return Error("E-CONVERT-006", "The checkpoint's values are not those that were written.")
        .inFile(path)
        .atOffset(offset)
        .inField(tensor)
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy("Copy the file again: verify tells every damaged place.");
}

// Of values that are compared while they are read only the attributes are looked at.
Result<void> refuseDamage(const Checkpoint& checkpoint, const Job& job) {
    DLRM_TRY(const auto own, checkpoint.checksums().empty() ? compareOwnChecksums(checkpoint, job)
                                                            : compareAttributeChecksums(checkpoint, job.stop));
    if (own.damage.empty()) return {};
    const VerifyFinding& first = own.damage.front();
    return fail(notAsWritten(own.base + "/" + first.file, first.offset, first.tensors, first.expected, first.found));
}

}  // namespace

std::int64_t rowsPerBlock(std::int64_t dim, DType dtype) {
    const auto fitting = static_cast<std::uint64_t>(std::max<std::int64_t>(1, kBlockBytes / (dim * itemSize(dtype))));
    return std::min(kMostBlockRows, static_cast<std::int64_t>(std::bit_floor(fitting)));
}

std::vector<NamedTensor> layerTensors(const ModelSpec& spec) {
    using Stack = LayerTensor::Stack;
    using Part = LayerTensor::Part;
    std::vector<NamedTensor> out;
    const auto add = [&](Stack stack, std::size_t layer, const std::string& name, Part part, const char* partName) {
        out.push_back({{stack, static_cast<int>(layer), part}, name, partName});
    };
    const auto addMlp = [&](Stack stack, const std::vector<LayerSpec>& layers) {
        for (std::size_t i = 0; i < layers.size(); ++i) {
            add(stack, i, layers[i].name, Part::Kernel, "kernel");
            add(stack, i, layers[i].name, Part::Bias, "bias");
        }
    };
    addMlp(Stack::Bottom, spec.bottomMlp);
    for (std::size_t i = 0; i < spec.crossLayers.size(); ++i) {
        const CrossLayerSpec& layer = spec.crossLayers[i];
        if (layer.projection > 0) add(Stack::Cross, i, layer.name, Part::KernelU, "kernel_u");
        add(Stack::Cross, i, layer.name, Part::Kernel, layer.projection > 0 ? "kernel_v" : "kernel");
        add(Stack::Cross, i, layer.name, Part::Bias, "bias");
    }
    addMlp(Stack::Top, spec.topMlp);
    return out;
}

TableBlocks::TableBlocks(const Checkpoint& checkpoint, bool checksums, std::stop_token stop)
    : m_checkpoint(checkpoint), m_checksums(checksums), m_stop(std::move(stop)) {
    const auto tables = checkpoint.tables();
    for (std::size_t t = 0; t < tables.size(); ++t) {
        const std::int64_t step = rowsPerBlock(tables[t].dim(), tables[t].dtype());
        for (std::int64_t first = 0; first < tables[t].rows(); first += step)
            m_plan.push_back({t, first, std::min(step, tables[t].rows() - first), {}});
    }
    for (const ChecksummedBytes& c : checkpoint.checksums())
        if (const auto mapped = c.file->map(Access::Random)) m_checks.push_back({mapped->data() + c.offset, &c});
    std::sort(m_checks.begin(), m_checks.end(), [](const Check& a, const Check& b) { return a.begin < b.begin; });
    m_thread = std::jthread([this] { work(); });
}

TableBlocks::~TableBlocks() {
    const MutexLock lock(m_mutex);
    m_abandoned = true;
    m_changed.notify_all();
}

void TableBlocks::work() {
    std::size_t asked = 0;
    bool noMemory = false;
    try {
        for (std::size_t i = 0; i < m_plan.size() && !m_stop.stop_requested(); ++i) {
            for (; asked < std::min(m_plan.size(), i + kBlocksAhead); ++asked)
                m_checkpoint.prefetchRange(static_cast<TableId>(m_plan[asked].table),
                                           {m_plan[asked].firstRow, m_plan[asked].firstRow + m_plan[asked].rows - 1},
                                           m_stop);
            Block block = m_plan[i];
            {
                MutexLock lock(m_mutex);
                m_changed.wait(lock.native(),
                               [&]() DLRM_REQUIRES(m_mutex) { return m_ready.size() < kBlocksReady || m_abandoned; });
                if (m_abandoned) return;
                if (!m_spare.empty()) {
                    block.bytes = std::move(m_spare.back());
                    m_spare.pop_back();
                }
            }
            Result<void> filled = fill(block);
            const MutexLock lock(m_mutex);
            if (!filled) {
                m_damage = std::move(filled);
                break;
            }
            m_ready.push_back(std::move(block));
            m_changed.notify_all();
        }
    } catch (const std::bad_alloc&) {
        noMemory = true;
    }
    const MutexLock lock(m_mutex);
    m_noMemory = noMemory;
    m_ended = true;
    m_changed.notify_all();
}

// Of every range that begins in [from, to).
Result<void> TableBlocks::compareChecksums(const std::byte* from, const std::byte* to) const {
    auto at = std::lower_bound(m_checks.begin(), m_checks.end(), from,
                               [](const Check& c, const std::byte* p) { return c.begin < p; });
    for (; at != m_checks.end() && at->begin < to; ++at) {
        const auto values = std::span(at->begin, static_cast<std::size_t>(at->bytes->bytes));
        std::uint32_t recorded = 0;
        std::memcpy(&recorded, values.data() + values.size(), sizeof recorded);
        if (const std::uint32_t sum = fletcher32(values); sum != recorded)
            return fail(notAsWritten(at->bytes->file->path(), at->bytes->offset, at->bytes->tensor,
                                     fmt::format("fletcher32 {:08x}", recorded), fmt::format("{:08x}", sum)));
    }
    return {};
}

Result<void> TableBlocks::fill(Block& block) const {
    const TableView& table = m_checkpoint.tables()[block.table];
    const std::int64_t item = itemSize(table.dtype()), rowBytes = table.dim() * item;
    const std::int64_t whole =
        m_checksums ? std::min(rowsPerBlock(table.dim(), table.dtype()), table.rows()) : block.rows;
    block.bytes.resize(static_cast<std::size_t>(whole * rowBytes) + (m_checksums ? sizeof(std::uint32_t) : 0));
    const auto parts = table.parts();
    auto part = std::upper_bound(parts.begin(), parts.end(), block.firstRow,
                                 [](std::int64_t row, const TablePart& p) { return row < p.firstRow; });
    for (--part; part != parts.begin() && std::prev(part)->firstRow == part->firstRow;) --part;
    for (; part != parts.end() && part->firstRow < block.firstRow + block.rows; ++part) {
        const std::int64_t first = std::max(block.firstRow, part->firstRow),
                           end = std::min(block.firstRow + block.rows, part->firstRow + part->rows);
        const std::byte* from = part->data + (first - part->firstRow) * part->rowStride;
        DLRM_TRY(compareChecksums(from, from + (end - first) * part->rowStride));
        copyPart(*part, first, end - first, item, rowBytes, block.bytes.data() + (first - block.firstRow) * rowBytes);
    }
    if (!m_checksums) return {};
    const auto values = std::span(block.bytes).first(static_cast<std::size_t>(whole * rowBytes));
    std::fill(values.begin() + block.rows * rowBytes, values.end(), std::byte{0});
    const std::uint32_t sum = fletcher32(values);
    std::memcpy(block.bytes.data() + values.size(), &sum, sizeof sum);
    return {};
}

Result<std::optional<TableBlocks::Block>> TableBlocks::next() {
    MutexLock lock(m_mutex);
    m_changed.wait(lock.native(), [&]() DLRM_REQUIRES(m_mutex) { return !m_ready.empty() || m_ended; });
    if (m_stop.stop_requested()) return cancelled();
    if (!m_ready.empty()) {
        Block block = std::move(m_ready.front());
        m_ready.erase(m_ready.begin());
        m_changed.notify_all();
        return std::optional(std::move(block));
    }
    DLRM_TRY(m_damage);
    if (m_noMemory)
        return fail(Error("E-CONVERT-004", "There is not enough memory to convert the checkpoint.")
                        .inFile(m_checkpoint.path())
                        .butExpected("32 MiB of free memory")
                        .butFound("less")
                        .withRemedy("Close other programs."));
    DLRM_TRY(m_checkpoint.checkUnchanged());
    return std::optional<Block>();
}

void TableBlocks::recycle(Block block) {
    const MutexLock lock(m_mutex);
    m_spare.push_back(std::move(block.bytes));
}

Result<Conversion> convertCheckpoint(const Checkpoint& checkpoint, const ModelSpec& asked, const std::string& out,
                                     const Job& job) {
    const auto start = std::chrono::steady_clock::now();
    if (!checkpoint.spec().tableOrderKnown)
        return fail(Error("E-CONVERT-001", "The checkpoint does not say which table is which feature.")
                        .inFile(checkpoint.path())
                        .butExpected("tables in the order of the features")
                        .butFound(checkpoint.spec().tableOrderNote)
                        .withRemedy("Open the model's dataset with it, or give --table-order."));
    std::error_code ignored;
    for (const auto& file : checkpoint.openFiles())
        if (std::filesystem::equivalent(file->path(), out, ignored))
            return fail(Error("E-CONVERT-003", "The checkpoint would replace itself.")
                            .inFile(out)
                            .butExpected("another file")
                            .butFound("a file of the checkpoint that is read")
                            .withRemedy("Choose another name."));
    if (asked.tables.empty() && layerTensors(asked).empty())
        return fail(Error("E-CONVERT-007", "There is nothing in the checkpoint that can be converted.")
                        .inFile(checkpoint.path())
                        .butExpected("tables or layers")
                        .butFound(fmt::format("{} that are neither", counted(checkpoint.files().size(), "tensor")))
                        .withRemedy("Open the checkpoint that holds the model."));
    // What must hold before anything of it is used, here before hours of writing.
    DLRM_TRY(checkpoint.checkUnchanged(job));
    DLRM_TRY(refuseDamage(checkpoint, job));
    DLRM_TRY(auto done, hasHdf5Extension(out) ? convertToHdf5(checkpoint, asked, out, job)
                                              : convertToDirectory(checkpoint, asked, out, job));
    done.path = out;
    // Of a part of a model, tensors are listed that are no table.
    if (const std::int64_t left = std::ssize(checkpoint.files()) - done.tensors; !asked.missing.empty() && left > 0)
        done.notes.push_back(fmt::format("{} of {} tensors are neither tables nor layers and were left out.", left,
                                         checkpoint.files().size()));
    done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return done;
}

}  // namespace dlrm
