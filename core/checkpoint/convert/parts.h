// SPDX-License-Identifier: Apache-2.0
// What both ways of convert share. Private to core/checkpoint.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/thread_safety.h"
#include "core/checkpoint/convert/convert.h"

namespace dlrm {

// Rows of a table that make at most 4 MiB, a power of two up to 8,192; at least one.
std::int64_t rowsPerBlock(std::int64_t dim, DType dtype);

// A tensor beside the tables: "kernel", "bias" or "kernel_u" of "bottom_mlp/0".
struct NamedTensor {
    LayerTensor tensor;
    std::string layer, part;
};
std::vector<NamedTensor> layerTensors(const ModelSpec& spec);

// The rows of all tables, block by block, read ahead by a thread of its own while the caller writes.
class TableBlocks {
public:
    struct Block {
        std::size_t table = 0;
        std::int64_t firstRow = 0, rows = 0;
        std::vector<std::byte> bytes;  // values as stored, little-endian, in C order
    };
    // `checksums`: every block is filled up with zeros to the rows of the table's first one and followed by its
    // fletcher32(), as a chunk of HDF5.
    TableBlocks(const Checkpoint& checkpoint, bool checksums, std::stop_token stop);
    ~TableBlocks();
    TableBlocks(const TableBlocks&) = delete;
    TableBlocks& operator=(const TableBlocks&) = delete;

    // The next one, in the order of tables and rows; nothing after the last one. Errors: E-CANCELLED, E-FILE-005 a file
    // changed, E-CONVERT-004 memory,
    // E-CONVERT-006 values that are not those of the checksum the source holds of them.
    Result<std::optional<Block>> next();
    // Gives a block's memory back.
    void recycle(Block block);

private:
    // Checksummed bytes of the source where they are mapped.
    struct Check {
        const std::byte* begin = nullptr;
        const ChecksummedBytes* bytes = nullptr;
    };

    void work();
    Result<void> fill(Block& block) const;
    Result<void> compareChecksums(const std::byte* from, const std::byte* to) const;

    const Checkpoint& m_checkpoint;
    const bool m_checksums;
    const std::stop_token m_stop;
    std::vector<Block> m_plan;    // without bytes
    std::vector<Check> m_checks;  // by address
    Mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<Block> m_ready DLRM_GUARDED_BY(m_mutex);  // oldest first
    std::vector<std::vector<std::byte>> m_spare DLRM_GUARDED_BY(m_mutex);
    Result<void> m_damage DLRM_GUARDED_BY(m_mutex);  // what ended the work early
    bool m_noMemory DLRM_GUARDED_BY(m_mutex) = false;
    bool m_ended DLRM_GUARDED_BY(m_mutex) = false;
    bool m_abandoned DLRM_GUARDED_BY(m_mutex) = false;
    std::jthread m_thread;
};

// Progress in bytes over all tables and layers.
class ConvertProgress {
public:
    ConvertProgress(const ModelSpec& spec, const ProgressFn& progress) : m_progress(progress), m_total(spec.bytes()) {}
    void add(std::size_t bytes) {
        report(m_progress, {"writing the checkpoint", m_done += static_cast<std::int64_t>(bytes), m_total, "bytes"});
    }
    std::int64_t done() const { return m_done; }

private:
    const ProgressFn& m_progress;
    std::int64_t m_done = 0, m_total = 0;
};

// `spec`: the checkpoint's, or that in another reading.
Result<Conversion> convertToHdf5(const Checkpoint& checkpoint, const ModelSpec& spec, const std::string& out,
                                 const Job& job);
Result<Conversion> convertToDirectory(const Checkpoint& checkpoint, const ModelSpec& spec, const std::string& out,
                                      const Job& job);

}  // namespace dlrm
