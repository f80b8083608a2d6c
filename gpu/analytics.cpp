// SPDX-License-Identifier: Apache-2.0
#include "gpu/analytics.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "gpu/row_blocks.h"

namespace dlrm::cuda {
namespace {

constexpr std::int32_t kMaxBins = 1 << 20;
// Shared memory of a block of threads for private histograms; above it bins are counted in global memory.
constexpr std::int64_t kHistogramBytes = 32 << 10;
constexpr std::int64_t kGramBytes = 32 << 20, kGramWorkspace = 8 << 20, kCandidates = 1 << 16;

template <class T>
std::vector<T> download(const Device& device, const T* from, std::int64_t count, cudaStream_t stream) {
    std::vector<T> to(static_cast<std::size_t>(count));
    CUDA_TRY(device.calls(), copyAsync(to.data(), from, to.size() * sizeof(T), cudaMemcpyDeviceToHost, stream), "reading results");
    CUDA_TRY(device.calls(), streamSynchronize(stream), "reading results");
    return to;
}

double scoreOf(unsigned long long key, bool distance) {
    if (key == 0) return std::numeric_limits<double>::quiet_NaN();
    const unsigned long long bits = key >> 63 ? key & 0x7fffffffffffffffull : ~key;
    double score;
    std::memcpy(&score, &bits, sizeof score);
    return distance ? 0.0 - score : score;
}

}  // namespace

void scan(Model& model, std::int64_t table, const dlrm_scan_request& request, dlrm_scan_result& result, const dlrm_control* control) {
    Device& device = model.device();
    const Calls& calls = device.calls();
    if (request.bins < 1 || request.bins > kMaxBins || !(request.low < request.high) || !std::isfinite(request.low) || !std::isfinite(request.high))
        throw batchFailure("1 to 1048576 bins between two finite values", std::to_string(request.bins) + " bins");
    const Stream stream = makeStream(calls);
    const int blocks = device.traits().multiprocessors * 8;
    const DeviceBuffer<ScanPartial> partials = device.buffer<ScanPartial>(blocks, "scanning a table");
    const DeviceBuffer<unsigned long long> histogram = device.buffer<unsigned long long>(request.bins, "scanning a table");
    const DeviceBuffer<float> norms = device.buffer<float>(std::min(kBlockRows, model.tables().source(table).rows()), "scanning a table");
    CUDA_TRY(calls, setAsync(histogram.data(), 0, static_cast<std::size_t>(request.bins) * 8, stream.get()), "scanning a table");
    ScanParams p{};
    p.norms = norms.data();
    p.histogram = histogram.data();
    p.partials = partials.data();
    p.low = request.low;
    p.high = request.high;
    p.binsPerUnit = request.bins / (static_cast<double>(request.high) - request.low);
    p.bins = request.bins;
    p.copies = static_cast<std::int32_t>(std::min<std::int64_t>(kThreads / 32, kHistogramBytes / (4 * static_cast<std::int64_t>(request.bins))));
    ScanPartial all{};
    all.min = std::numeric_limits<float>::infinity();
    all.max = -all.min;
    forEachBlock(model, table, stream.get(), control, [&](const RowBlock& block, std::int64_t firstRow) {
        p.block = block;
        const int used = static_cast<int>(std::min<std::int64_t>(blocks, (block.rows + kThreads / 32 - 1) / (kThreads / 32)));
        scanRows(calls, stream.get(), p, used);
        CUDA_TRY(calls, copyAsync(result.norms + firstRow, norms.data(), static_cast<std::size_t>(block.rows) * 4, cudaMemcpyDeviceToHost, stream.get()), "reading norms");
        for (const ScanPartial& o : download(device, partials.data(), used, stream.get())) {
            all.finite += o.finite;
            all.nan += o.nan;
            all.inf += o.inf;
            all.subnormal += o.subnormal;
            all.below += o.below;
            all.above += o.above;
            all.sum += o.sum;
            all.sumSquares += o.sumSquares;
            all.min = std::min(all.min, o.min);
            all.max = std::max(all.max, o.max);
        }
    });
    const std::vector<unsigned long long> counts = download(device, histogram.data(), request.bins, stream.get());
    for (std::size_t k = 0; k < counts.size(); ++k) result.histogram[k] = static_cast<std::int64_t>(counts[k]);
    const float none = std::numeric_limits<float>::quiet_NaN();
    result.finite = all.finite;
    result.nan = all.nan;
    result.inf = all.inf;
    result.subnormal = all.subnormal;
    result.below = all.below;
    result.above = all.above;
    result.sum = all.sum;
    result.sum_squares = all.sumSquares;
    result.min = all.finite > 0 ? all.min : none;
    result.max = all.finite > 0 ? all.max : none;
}

// Rows get a column of ones, so that one product gives products, sums and the number of rows.
void gram(Model& model, std::int64_t table, double* products, double* sums, std::int64_t* rows, const dlrm_control* control) {
    Device& device = model.device();
    const Calls& calls = device.calls();
    const std::int64_t dim = model.tables().source(table).dim(), n = roundUp(dim + 1, kPadding);
    const std::int64_t chunk = std::max<std::int64_t>(kPadding, std::min(kGramBytes / (n * 8), roundUp(model.tables().source(table).rows(), kPadding)));
    const Stream stream = makeStream(calls);
    const DeviceBuffer<double> x = device.buffer<double>(chunk * n, "computing a Gram matrix"), g = device.buffer<double>(n * n, "computing a Gram matrix");
    const DeviceBuffer<char> workspace = device.buffer<char>(kGramWorkspace, "computing a Gram matrix");
    const GramProduct product(calls, model.ltHandle(), chunk, n, n, kGramWorkspace);
    CUDA_TRY(calls, setAsync(g.data(), 0, static_cast<std::size_t>(n * n) * 8, stream.get()), "computing a Gram matrix");
    forEachBlock(model, table, stream.get(), control, [&](const RowBlock& block, std::int64_t) {
        const std::int64_t rowBytes = block.dim * elementBytes(block.type);
        for (std::int64_t r = 0; r < block.rows; r += chunk) {
            const std::int64_t count = std::min(chunk, block.rows - r);
            if (count < chunk)
                CUDA_TRY(calls, setAsync(x.data() + count * n, 0, static_cast<std::size_t>((chunk - count) * n) * 8, stream.get()), "computing a Gram matrix");
            gramRows(calls, stream.get(), {{static_cast<const char*>(block.data) + r * rowBytes, block.type, count, block.dim}, x.data(), n});
            product.run(stream.get(), x.data(), g.data(), workspace.data());
        }
    });
    const std::vector<double> all = download(device, g.data(), n * n, stream.get());
    for (std::int64_t i = 0; i < dim; ++i) {
        for (std::int64_t j = 0; j < dim; ++j) products[i * dim + j] = all[static_cast<std::size_t>(std::max(i, j) * n + std::min(i, j))];
        sums[i] = all[static_cast<std::size_t>(dim * n + i)];
    }
    *rows = std::llround(all[static_cast<std::size_t>(dim * n + dim)]);
}

// The k-th largest of the maxima of groups of rows bounds the k-th best score from below; what reaches it is sorted by the host.
void nearest(Model& model, std::int64_t table, const float* query, std::int32_t similarity, std::int32_t k, dlrm_neighbor* out, std::int32_t* found,
             const dlrm_control* control) {
    Device& device = model.device();
    const Calls& calls = device.calls();
    const RowSource& source = model.tables().source(table);
    const std::int64_t rows = source.rows(), groups = (rows + kKeysPerMaximum - 1) / kKeysPerMaximum;
    if (k < 1 || similarity < DLRM_COSINE || similarity > DLRM_L2) throw batchFailure("at least 1 neighbour", std::to_string(k));
    const std::int64_t wanted = std::min<std::int64_t>(k, rows);
    const char* const doing = "looking for neighbours";
    const Stream stream = makeStream(calls);
    const DeviceBuffer<unsigned long long> keys = device.buffer<unsigned long long>(rows, doing), maxima = device.buffer<unsigned long long>(groups, doing);
    const DeviceBuffer<unsigned long long> foundKeys = device.buffer<unsigned long long>(kCandidates + 1, doing);   // the last one counts
    const DeviceBuffer<std::int64_t> foundIds = device.buffer<std::int64_t>(kCandidates, doing);
    const DeviceBuffer<double> deviceQuery = device.buffer<double>(source.dim(), doing);
    std::vector<double> wide(query, query + source.dim());
    double squares = 0;
    for (const double q : wide) squares += q * q;
    unsigned long long* count = foundKeys.data() + kCandidates;
    CUDA_TRY(calls, setAsync(count, 0, sizeof *count, stream.get()), doing);
    CUDA_TRY(calls, copyAsync(deviceQuery.data(), wide.data(), wide.size() * 8, cudaMemcpyHostToDevice, stream.get()), doing);
    forEachBlock(model, table, stream.get(), control, [&](const RowBlock& block, std::int64_t firstRow) {
        scoreRows(calls, stream.get(), {block, deviceQuery.data(), std::sqrt(squares), static_cast<Scoring>(similarity), keys.data() + firstRow});
    });
    unsigned long long threshold = 0;
    if (groups >= wanted) {
        maximaOfKeys(calls, stream.get(), {keys.data(), rows, maxima.data()});
        std::vector<unsigned long long> best = download(device, maxima.data(), groups, stream.get());
        std::nth_element(best.begin(), best.begin() + (wanted - 1), best.end(), std::greater<>());
        threshold = best[static_cast<std::size_t>(wanted - 1)];
    }
    selectKeys(calls, stream.get(), {keys.data(), rows, threshold, foundIds.data(), foundKeys.data(), count, kCandidates});
    std::vector<std::pair<unsigned long long, std::int64_t>> candidates;
    const auto candidateCount = static_cast<std::int64_t>(download(device, count, 1, stream.get())[0]);
    if (candidateCount <= kCandidates) {
        const auto theirKeys = download(device, foundKeys.data(), candidateCount, stream.get());
        const auto theirIds = download(device, foundIds.data(), candidateCount, stream.get());
        for (std::size_t c = 0; c < theirKeys.size(); ++c) candidates.emplace_back(theirKeys[c], theirIds[c]);
    } else {   // many rows with the same score
        const auto all = download(device, keys.data(), rows, stream.get());
        for (std::int64_t r = 0; r < rows; ++r)
            if (all[static_cast<std::size_t>(r)] >= threshold) candidates.emplace_back(all[static_cast<std::size_t>(r)], r);
    }
    std::partial_sort(candidates.begin(), candidates.begin() + wanted, candidates.end(),
                      [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    for (std::int64_t c = 0; c < wanted; ++c) {
        const auto& [key, id] = candidates[static_cast<std::size_t>(c)];
        out[c] = {id, scoreOf(key, similarity == DLRM_L2)};
    }
    *found = static_cast<std::int32_t>(wanted);
}

}  // namespace dlrm::cuda
