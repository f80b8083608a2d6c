// SPDX-License-Identifier: Apache-2.0
// Where a model's tables are: device memory, pinned host memory that kernels read, or the files. A thread brings rows
// to their place; rows that are there already are known by two watermarks per table.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/thread_safety.h"
#include "gpu/device.h"
#include "gpu/row_source.h"
#include "gpu/support/workers.h"

namespace dlrm::cuda {

// Bytes of one ring buffer on the way to the device.
constexpr std::int64_t kRingBytes = 16 << 20;
constexpr int kRingBuffers = 4;

// Rows of a table that kernels can read now: [0, gpu) and [gpuPlanned, gpuPlanned + pinned).
struct Resident {
    std::int64_t gpu = 0, gpuPlanned = 0, pinned = 0;
    bool contains(std::int64_t id) const { return id < gpu || (id >= gpuPlanned && id - gpuPlanned < pinned); }
};

// The type rows have on the device.
Element deviceElement(Element stored, std::int32_t tableStorage);

class TableStore {
public:
    // Takes the device memory of all planned rows; nothing is loaded yet. Throws Failure (E-CUDA-104, E-CUDA-110).
    TableStore(Device& device, const dlrm_model_description& description);
    ~TableStore();  // stops loading within 100 ms

    void startLoading();
    // Waits until all rows are in place. Throws what went wrong while loading, or Cancelled.
    void waitLoaded(const dlrm_control* control) const;

    std::int64_t count() const { return static_cast<std::int64_t>(m_tables.size()); }
    Resident resident(std::int64_t table) const;
    bool complete(std::int64_t table) const;  // every row is resident
    dlrm_placement placement(std::int64_t table) const;
    // A row as kernels would see it, for rows that are not resident. out: (dim).
    void rowAsUsed(std::int64_t table, std::int64_t row, float* out) const;
    // For the kernels, in interaction order.
    const DeviceTable* deviceTables() const { return m_deviceTables.data(); }

private:
    struct Table {
        explicit Table(const dlrm_table& t) : source(t), gpuRows(t.gpu_rows), pinnedRows(t.pinned_rows) {}
        RowSource source;
        std::int64_t gpuRows, pinnedRows;
        Element element = Element::F32;
        std::int64_t place = 0;  // in m_deviceTables
        DeviceBuffer<char> gpu;
        DeviceBuffer<float> gpuScales;
        PinnedBuffer<char> pinned;
        PinnedBuffer<float> pinnedScales;
        std::atomic<std::int64_t> gpuReady{0}, pinnedReady{0}, pinnedBytes{0};
        std::int64_t rowBytes() const { return source.dim() * elementBytes(element); }
    };
    struct Ring;  // buffers on the way

    Table& at(std::int64_t table) const { return *m_tables[static_cast<std::size_t>(table)]; }
    DeviceTable deviceTable(std::int64_t table) const;
    void load();
    void loadTables();
    void toDevice(Table& table, std::int64_t first, std::int64_t count, void* to, float* scales,
                  std::atomic<std::int64_t>& ready);
    void toPinned(Table& table);
    void readRows(const Table& table, std::int64_t first, std::int64_t count, char* to);
    void finishSlot(int slot);

    Device& m_device;
    std::vector<std::unique_ptr<Table>> m_tables;
    DeviceBuffer<DeviceTable> m_deviceTables;
    std::unique_ptr<Ring> m_ring;
    std::int64_t m_totalBytes = 0;
    std::atomic<std::int64_t> m_doneBytes{0};
    std::atomic<bool> m_stop{false};
    mutable Mutex m_mutex;
    mutable std::condition_variable m_changed;
    bool m_finished DLRM_GUARDED_BY(m_mutex) = false;
    std::optional<Failure> m_failure DLRM_GUARDED_BY(m_mutex);
    std::thread m_thread;
};

}  // namespace dlrm::cuda
