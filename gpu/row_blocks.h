// SPDX-License-Identifier: Apache-2.0
// A table as a row of blocks that kernels can read, wherever its rows stand.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "gpu/model.h"

namespace dlrm::cuda {

// Most rows of a block; bytes of one are at most kBlockBytes on the device and kRingBytes when streamed, so that a stop is seen soon.
constexpr std::int64_t kBlockRows = 4 << 20, kBlockBytes = 256 << 20;

// use(block, firstRow) enqueues on `stream` what reads the block. Looks at `control` and reports bytes once per block.
// Returns, and throws, when nothing is under way any more.
template <class Use>
void forEachBlock(Model& model, std::int64_t table, cudaStream_t stream, const dlrm_control* control, Use use) {
    Device& device = model.device();
    const Calls& calls = device.calls();
    TableStore& tables = model.tables();
    const RowSource& source = tables.source(table);
    const std::int64_t rows = source.rows(), rowBytes = source.rowBytes();
    const auto dim = static_cast<std::int32_t>(source.dim());
    const Element type = source.element();
    std::int64_t doneRows = 0;
    const auto report = [&](std::int64_t more) {
        doneRows += more;
        if (control && control->progress) control->progress(control->context, doneRows * rowBytes, rows * rowBytes);
    };
    const auto inPlace = [&](const void* data, std::int64_t firstRow, std::int64_t count) {
        const std::int64_t most = std::clamp<std::int64_t>(kBlockBytes / rowBytes, 1, kBlockRows);
        for (std::int64_t r = 0; r < count; r += most) {
            throwIfStopped(control);
            const std::int64_t n = std::min(most, count - r);
            use(RowBlock{static_cast<const char*>(data) + r * rowBytes, type, n, dim}, firstRow + r);
            report(n);
        }
    };
    struct Staging {
        PinnedBuffer<char> host;
        DeviceBuffer<char> device;
        Event done;
        bool used = false;
    };
    std::array<Staging, 2> staging;
    Workers workers(copyThreads());
    int next = 0;
    const auto streamed = [&](std::int64_t firstRow, std::int64_t end) {
        const std::int64_t most = std::clamp<std::int64_t>(kRingBytes / rowBytes, 1, kBlockRows), perPiece = std::max<std::int64_t>(1, (1 << 20) / rowBytes);
        for (std::int64_t r = firstRow; r < end; r += most) {
            throwIfStopped(control);
            Staging& s = staging[static_cast<std::size_t>(next)];
            next = 1 - next;
            if (!s.done) {
                s.host = PinnedBuffer<char>(calls, std::max(kRingBytes, rowBytes), "reading a table");
                s.device = device.buffer<char>(std::max(kRingBytes, rowBytes), "reading a table");
                s.done = makeEvent(calls);
            }
            if (s.used) CUDA_TRY(calls, eventSynchronize(s.done.get()), "reading a table");
            const std::int64_t n = std::min(most, end - r);
            workers.run((n + perPiece - 1) / perPiece, [&](std::int64_t piece) {
                const std::int64_t from = piece * perPiece;
                source.read(r + from, std::min(perPiece, n - from), s.host.data() + from * rowBytes);
            });
            CUDA_TRY(calls, copyAsync(s.device.data(), s.host.data(), static_cast<std::size_t>(n * rowBytes), cudaMemcpyHostToDevice, stream), "reading a table");
            use(RowBlock{s.device.data(), type, n, dim}, r);
            CUDA_TRY(calls, eventRecord(s.done.get(), stream), "reading a table");
            s.used = true;
            report(n);
        }
    };
    try {
        const Resident at = tables.shadow(table) ? Resident{0, 0, 0} : tables.resident(table);
        const DeviceTable where = tables.deviceTable(table);
        if (at.gpu > 0) inPlace(where.gpu, 0, at.gpu);
        if (at.pinned > 0 && where.pinned) inPlace(where.pinned, at.gpuPlanned, at.pinned);
        streamed(at.gpu, at.gpuPlanned);
        streamed(at.gpuPlanned + (where.pinned ? at.pinned : 0), rows);
        CUDA_TRY(calls, streamSynchronize(stream), "reading a table");
    } catch (...) {
        calls.streamSynchronize(stream);   // staging must outlive what reads it
        throw;
    }
}

}  // namespace dlrm::cuda
