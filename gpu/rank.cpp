// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "gpu/analytics.h"

namespace dlrm::cuda {
namespace {

constexpr std::int64_t kPieceRows = 4 << 20;   // of one copy to the device: 20 MiB
static_assert(kPieceRows % kRowsPerSplit == 0, "losses are per block of threads");

struct Staging {
    PinnedBuffer<float> logitsHost;
    PinnedBuffer<std::uint8_t> labelsHost;
    DeviceBuffer<float> logits;
    DeviceBuffer<std::uint8_t> labels;
    Event done;
    bool used = false;
};

// Sorted keys of [first, first + count), in either buffer.
const std::uint32_t* sortRange(const Calls& calls, std::uint32_t* keys, std::uint32_t* other, std::int64_t count, void* temporary, std::size_t temporaryBytes,
                               cudaStream_t stream) {
    std::uint32_t* sorted = keys;
    if (count > 1) CUDA_TRY(calls, sortKeys(keys, other, count, temporary, &temporaryBytes, &sorted, stream), "sorting scores");
    return sorted;
}

}  // namespace

void rank(Device& device, const float* logits, const std::uint8_t* labels, std::int64_t rows, dlrm_rank_sums& sums, const dlrm_control* control) {
    const Calls& calls = device.calls();
    const char* const doing = "ranking scores";
    sums = {};
    if (rows <= 0) return;
    const std::int64_t piece = std::min(kPieceRows, roundUp(rows, kRowsPerSplit)), blocks = (rows + kRowsPerSplit - 1) / kRowsPerSplit;
    const Stream stream = makeStream(calls);
    std::array<Staging, 2> staging;
    const DeviceBuffer<std::uint32_t> keys = device.buffer<std::uint32_t>(rows, doing), other = device.buffer<std::uint32_t>(rows, doing);
    const DeviceBuffer<unsigned long long> counts = device.buffer<unsigned long long>(3, doing);   // negatives, positives, concordant
    const DeviceBuffer<double> losses = device.buffer<double>(blocks, doing);
    std::size_t temporaryBytes = 0;
    std::uint32_t* unused = nullptr;
    CUDA_TRY(calls, sortKeys(keys.data(), other.data(), rows, nullptr, &temporaryBytes, &unused, stream.get()), doing);
    const DeviceBuffer<char> temporary = device.buffer<char>(std::max<std::int64_t>(1, static_cast<std::int64_t>(temporaryBytes)), doing);
    std::vector<double> lossOfBlock(static_cast<std::size_t>(blocks));
    Workers workers(copyThreads());
    std::array<unsigned long long, 3> found{};
    try {
        CUDA_TRY(calls, setAsync(counts.data(), 0, sizeof found, stream.get()), doing);
        for (std::int64_t first = 0; first < rows; first += piece) {
            throwIfStopped(control);
            Staging& s = staging[static_cast<std::size_t>(first / piece % 2)];
            if (!s.done) {
                s.logitsHost = PinnedBuffer<float>(calls, piece, doing);
                s.labelsHost = PinnedBuffer<std::uint8_t>(calls, piece, doing);
                s.logits = device.buffer<float>(piece, doing);
                s.labels = device.buffer<std::uint8_t>(piece, doing);
                s.done = makeEvent(calls);
            }
            if (s.used) CUDA_TRY(calls, eventSynchronize(s.done.get()), doing);
            const std::int64_t count = std::min(piece, rows - first), share = kRowsPerSplit * 64;
            workers.run((count + share - 1) / share, [&](std::int64_t part) {
                const std::int64_t begin = part * share, n = std::min(share, count - begin);
                std::memcpy(s.logitsHost.data() + begin, logits + first + begin, static_cast<std::size_t>(n) * 4);
                std::memcpy(s.labelsHost.data() + begin, labels + first + begin, static_cast<std::size_t>(n));
            });
            CUDA_TRY(calls, copyAsync(s.logits.data(), s.logitsHost.data(), static_cast<std::size_t>(count) * 4, cudaMemcpyHostToDevice, stream.get()), doing);
            CUDA_TRY(calls, copyAsync(s.labels.data(), s.labelsHost.data(), static_cast<std::size_t>(count), cudaMemcpyHostToDevice, stream.get()), doing);
            splitByLabel(calls, stream.get(), {s.logits.data(), s.labels.data(), count, rows, keys.data(), counts.data(), losses.data() + first / kRowsPerSplit});
            CUDA_TRY(calls, eventRecord(s.done.get(), stream.get()), doing);
            s.used = true;
        }
        CUDA_TRY(calls, copyAsync(found.data(), counts.data(), sizeof found, cudaMemcpyDeviceToHost, stream.get()), doing);
        CUDA_TRY(calls, copyAsync(lossOfBlock.data(), losses.data(), lossOfBlock.size() * 8, cudaMemcpyDeviceToHost, stream.get()), doing);
        CUDA_TRY(calls, streamSynchronize(stream.get()), doing);
        throwIfStopped(control);
        const auto negatives = static_cast<std::int64_t>(found[0]), positives = static_cast<std::int64_t>(found[1]);
        const std::uint32_t* low = sortRange(calls, keys.data(), other.data(), negatives, temporary.data(), temporaryBytes, stream.get());
        const std::uint32_t* high = sortRange(calls, keys.data() + negatives, other.data() + negatives, positives, temporary.data(), temporaryBytes, stream.get());
        if (positives > 0) countConcordant(calls, stream.get(), {low, high, negatives, positives, counts.data() + 2});
        CUDA_TRY(calls, copyAsync(found.data(), counts.data(), sizeof found, cudaMemcpyDeviceToHost, stream.get()), doing);
        CUDA_TRY(calls, streamSynchronize(stream.get()), doing);
    } catch (...) {
        calls.streamSynchronize(stream.get());   // buffers must outlive what reads them
        throw;
    }
    sums.negatives = static_cast<std::int64_t>(found[0]);
    sums.positives = static_cast<std::int64_t>(found[1]);
    sums.double_concordant = found[2];
    for (const double loss : lossOfBlock) sums.log_loss += loss;
}

}  // namespace dlrm::cuda
