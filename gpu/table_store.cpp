// SPDX-License-Identifier: Apache-2.0
#include "gpu/table_store.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numeric>

#include <cuda_fp16.h>

#include "gpu/kernels/kernels.h"
#include "gpu/kernels/shrink.h"

namespace dlrm::cuda {
namespace {

// Rows are read in pieces of about this size, so that a stop is seen in between and threads share the work.
constexpr std::int64_t kPieceBytes = 1 << 20;

}  // namespace

Element deviceElement(Element stored, std::int32_t tableStorage) {
    if (tableStorage == DLRM_TABLES_FP16) return Element::F16;
    if (tableStorage == DLRM_TABLES_INT8) return Element::Int8;
    return stored;
}

struct TableStore::Ring {
    struct Slot {
        PinnedBuffer<char> host;
        DeviceBuffer<char> device;  // where rows are converted
        Event done;
        std::atomic<std::int64_t>* ready = nullptr;
        std::int64_t readyRows = 0, bytes = 0;
    };
    Stream stream;
    std::array<Slot, kRingBuffers> slots;
    int next = 0;
    Workers workers{copyThreads()};
};

TableStore::TableStore(Device& device, const dlrm_model_description& d) : m_device(device) {
    const Calls& calls = device.calls();
    std::int64_t widest = kRingBytes;
    bool converts = false;
    for (std::int64_t t = 0; t < d.table_count; ++t) {
        auto table = std::make_unique<Table>(d.tables[t]);
        const std::int64_t rows = table->source.rows();
        if (table->gpuRows < 0 || table->pinnedRows < 0 || table->gpuRows > rows ||
            table->pinnedRows > rows - table->gpuRows)
            throw shapeFailure("a placement of at most " + std::to_string(rows) + " rows",
                               std::to_string(table->gpuRows) + " and " + std::to_string(table->pinnedRows));
        table->element = deviceElement(table->source.element(), device.tableStorage());
        converts = converts || table->element != table->source.element();
        widest = std::max(widest, table->source.rowBytes());
        m_totalBytes += (table->gpuRows + table->pinnedRows) * table->source.rowBytes();
        m_tables.push_back(std::move(table));
    }
    for (std::int64_t k = 0; k < d.table_count; ++k) at(d.interaction_table_order[k]).place = k;

    m_ring = std::make_unique<Ring>();
    m_ring->stream = makeStream(calls);
    for (Ring::Slot& s : m_ring->slots) {
        s.host = PinnedBuffer<char>(calls, widest, "taking memory to load tables");
        if (converts) s.device = device.buffer<char>(widest, "taking memory to convert tables");
        s.done = makeEvent(calls);
    }
    for (const auto& table : m_tables) {
        table->gpu = device.buffer<char>(table->gpuRows * table->rowBytes(), "taking memory for tables");
        if (table->element == Element::Int8)
            table->gpuScales = device.buffer<float>(table->gpuRows, "taking memory for tables");
    }
    m_deviceTables = device.buffer<DeviceTable>(d.table_count, "taking memory for tables");
    std::vector<DeviceTable> entries(static_cast<std::size_t>(d.table_count));
    for (std::int64_t t = 0; t < d.table_count; ++t) entries[static_cast<std::size_t>(at(t).place)] = deviceTable(t);
    CUDA_TRY(calls,
             copyAsync(m_deviceTables.data(), entries.data(), entries.size() * sizeof(DeviceTable),
                       cudaMemcpyHostToDevice, m_ring->stream.get()),
             "describing tables");
    CUDA_TRY(calls, streamSynchronize(m_ring->stream.get()), "describing tables");
}

TableStore::~TableStore() {
    m_stop = true;
    if (m_thread.joinable()) m_thread.join();
}

void TableStore::startLoading() {
    m_thread = std::thread([this] { load(); });
}

void TableStore::load() {
    std::optional<Failure> failure;
    try {
        m_device.use();
        loadTables();
    } catch (const Failure& f) {
        failure = f;
    } catch (const std::exception&) {
        failure = hostMemoryFailure();
    }
    if (failure) m_device.calls().streamSynchronize(m_ring->stream.get());  // copies from the ring may be under way
    m_ring.reset();
    {
        const MutexLock lock(m_mutex);
        m_finished = true;
        m_failure = failure;
    }
    m_changed.notify_all();
}

// Small tables first: most features are complete soon, and each table's hottest rows come first within it.
void TableStore::loadTables() {
    std::vector<std::int64_t> order(m_tables.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [this](std::int64_t a, std::int64_t b) {
        return std::pair(at(a).gpuRows * at(a).source.rowBytes(), a) <
               std::pair(at(b).gpuRows * at(b).source.rowBytes(), b);
    });
    for (const std::int64_t t : order)
        toDevice(at(t), 0, at(t).gpuRows, at(t).gpu.data(), at(t).gpuScales.data(), at(t).gpuReady);
    for (const std::int64_t t : order)
        if (at(t).pinnedRows > 0 && !m_stop) toPinned(at(t));
    for (int k = 0; k < kRingBuffers; ++k) finishSlot(k);
}

// Rows [first, first + count) to `to`, which kernels can write; `ready` counts up to `count` as copies are done.
void TableStore::toDevice(Table& table, std::int64_t first, std::int64_t count, void* to, float* scales,
                          std::atomic<std::int64_t>& ready) {
    const Calls& calls = m_device.calls();
    const std::int64_t rowsPerSlot = std::max<std::int64_t>(1, kRingBytes / table.source.rowBytes());
    const cudaStream_t stream = m_ring->stream.get();
    for (std::int64_t r = 0; r < count && !m_stop; r += rowsPerSlot) {
        const std::int64_t rows = std::min(rowsPerSlot, count - r);
        const int slotIndex = m_ring->next;
        finishSlot(slotIndex);
        Ring::Slot& slot = m_ring->slots[static_cast<std::size_t>(slotIndex)];
        readRows(table, first + r, rows, slot.host.data());
        if (m_stop) return;
        const auto bytes = static_cast<std::size_t>(rows * table.source.rowBytes());
        char* out = static_cast<char*>(to) + r * table.rowBytes();
        const bool convert = table.element != table.source.element();
        CUDA_TRY(calls,
                 copyAsync(convert ? slot.device.data() : out, slot.host.data(), bytes, cudaMemcpyHostToDevice, stream),
                 "loading tables");
        if (convert)
            shrinkRows(calls, stream,
                       {slot.device.data(), table.source.element(), out, scales ? scales + r : nullptr, rows,
                        static_cast<std::int32_t>(table.source.dim()), table.element});
        CUDA_TRY(calls, eventRecord(slot.done.get(), stream), "loading tables");
        slot.ready = &ready;
        slot.readyRows = r + rows;
        slot.bytes = static_cast<std::int64_t>(bytes);
        m_ring->next = (slotIndex + 1) % kRingBuffers;
    }
}

void TableStore::toPinned(Table& table) {
    const Calls& calls = m_device.calls();
    table.pinned = PinnedBuffer<char>(calls, table.pinnedRows * table.rowBytes(), "pinning host memory for tables");
    if (table.element == Element::Int8)
        table.pinnedScales = PinnedBuffer<float>(calls, table.pinnedRows, "pinning host memory for tables");
    table.pinnedBytes = table.pinnedRows * (table.rowBytes() + (table.element == Element::Int8 ? 4 : 0));
    // Kernels in flight read the other fields of the entry only: no row of this region is announced yet.
    DeviceTable entry{};
    entry.gpu = table.gpu.data();
    entry.gpuScales = table.gpuScales.data();
    entry.gpuRows = table.gpuRows;
    entry.dim = static_cast<std::int32_t>(table.source.dim());
    entry.type = table.element;
    entry.pinned = table.pinned.data();
    entry.pinnedScales = table.pinnedScales.data();
    CUDA_TRY(calls,
             copyAsync(m_deviceTables.data() + table.place, &entry, sizeof entry, cudaMemcpyHostToDevice,
                       m_ring->stream.get()),
             "describing tables");
    CUDA_TRY(calls, streamSynchronize(m_ring->stream.get()), "describing tables");
    if (table.element != table.source.element()) {
        toDevice(table, table.gpuRows, table.pinnedRows, table.pinned.data(), table.pinnedScales.data(),
                 table.pinnedReady);
        return;
    }
    const std::int64_t rowsPerStep = std::max<std::int64_t>(1, kRingBytes / table.rowBytes());
    for (std::int64_t r = 0; r < table.pinnedRows; r += rowsPerStep) {
        const std::int64_t rows = std::min(rowsPerStep, table.pinnedRows - r);
        readRows(table, table.gpuRows + r, rows, table.pinned.data() + r * table.rowBytes());
        if (m_stop) return;
        table.pinnedReady.store(r + rows, std::memory_order_release);
        m_doneBytes += rows * table.rowBytes();
    }
}

// Returns early, with rows missing, when loading is to stop.
void TableStore::readRows(const Table& table, std::int64_t first, std::int64_t count, char* to) {
    const std::int64_t rowBytes = table.source.rowBytes(), perPiece = std::max<std::int64_t>(1, kPieceBytes / rowBytes);
    m_ring->workers.run((count + perPiece - 1) / perPiece, [&](std::int64_t piece) {
        if (m_stop) return;
        const std::int64_t r = piece * perPiece;
        table.source.read(first + r, std::min(perPiece, count - r), to + r * rowBytes);
    });
}

void TableStore::finishSlot(int slotIndex) {
    Ring::Slot& slot = m_ring->slots[static_cast<std::size_t>(slotIndex)];
    if (!slot.ready) return;
    CUDA_TRY(m_device.calls(), eventSynchronize(slot.done.get()), "loading tables");
    slot.ready->store(std::max(slot.ready->load(), slot.readyRows), std::memory_order_release);
    m_doneBytes += slot.bytes;
    slot.ready = nullptr;
}

void TableStore::waitLoaded(const dlrm_control* control) const {
    MutexLock lock(m_mutex);
    while (!m_changed.wait_for(lock.native(), std::chrono::milliseconds(20),
                               [this]() DLRM_REQUIRES(m_mutex) { return m_finished; })) {
        lock.unlock();
        throwIfStopped(control);
        if (control && control->progress) control->progress(control->context, m_doneBytes, m_totalBytes);
        lock.lock();
    }
    if (m_failure) throw Failure(*m_failure);
    lock.unlock();
    if (control && control->progress) control->progress(control->context, m_doneBytes, m_totalBytes);
}

Resident TableStore::resident(std::int64_t table) const {
    const Table& t = at(table);
    return {t.gpuReady.load(std::memory_order_acquire), t.gpuRows, t.pinnedReady.load(std::memory_order_acquire)};
}

bool TableStore::complete(std::int64_t table) const {
    const Resident r = resident(table);
    return r.gpu + r.pinned == at(table).source.rows();
}

dlrm_placement TableStore::placement(std::int64_t table) const {
    const Resident r = resident(table);
    return {r.gpu, r.pinned, at(table).gpu.bytes() + at(table).gpuScales.bytes(), at(table).pinnedBytes};
}

DeviceTable TableStore::deviceTable(std::int64_t table) const {
    const Table& t = at(table);
    const bool pinned = resident(table).pinned > 0;  // else the loading thread may be about to set these
    return {t.gpu.data(),       pinned ? t.pinned.data() : nullptr,
            t.gpuScales.data(), pinned ? t.pinnedScales.data() : nullptr,
            t.gpuRows,          static_cast<std::int32_t>(t.source.dim()),
            t.element};
}

void TableStore::rowAsUsed(std::int64_t table, std::int64_t row, float* out) const {
    const Table& t = at(table);
    t.source.readFloats(row, out);
    const std::int64_t dim = t.source.dim();
    if (t.element == t.source.element()) return;
    if (t.element == Element::F16) {
        for (std::int64_t d = 0; d < dim; ++d) out[d] = __half2float(__float2half(out[d]));
        return;
    }
    float largest = 0;
    bool finite = true;
    for (std::int64_t d = 0; d < dim; ++d) {
        finite = finite && std::isfinite(out[d]);
        largest = std::fmax(largest, std::fabs(out[d]));
    }
    const float scale = shrinkScale(largest, finite);
    for (std::int64_t d = 0; d < dim; ++d) out[d] = static_cast<float>(shrinkValue(out[d], scale)) * scale;
}

}  // namespace dlrm::cuda
