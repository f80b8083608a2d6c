// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/pass.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include "core/analysis/tables/duplicate_rows.h"
#include "core/analysis/tables/gram_accumulator.h"
#include "core/analysis/tables/kernels.h"
#include "core/analysis/tables/norm_summary.h"
#include "core/analysis/tables/row_groups.h"
#include "core/analysis/tables/table_sample.h"
#include "core/analysis/tables/untrained_test.h"

namespace dlrm {
namespace {

using kernels::kBlockRows;
using Clock = std::chrono::steady_clock;

constexpr auto kProgressEvery = std::chrono::milliseconds(50);
constexpr int kHistogramBins = 512;
constexpr std::int64_t kBlockBytes = std::int64_t{256}
                                     << 10;  // of rows handed to a kernel at once; a stop is looked at between them
// The initializer draws no vector of so many values twice; shorter ones it may.
constexpr std::int64_t kNeverTwice = 3;

// A group of rows is what one task computes and what a stopped pass goes on from: so long that adding up its sums costs
// nothing, so short that a stop need not wait.
struct Group {
    Group(const TableView& view, const ScanRequest& request, std::int64_t gramDim)
        : block(view), scratch(request), sums(request), trained(gramDim), untrained(gramDim) {}
    std::int64_t index = 0;
    RowBlock block;
    kernels::ScanScratch scratch;
    kernels::ScanSums sums;
    GramAccumulator trained, untrained;
    std::int64_t untrainedRows = 0, zeroRows = 0;
    bool complete = false;
};

}  // namespace

const float* const* RowBlock::rows(std::int64_t first, std::int64_t count) {
    m_rows.resize(static_cast<std::size_t>(count));
    const bool direct = count > 0 && m_view.floatRow(first) != nullptr;
    const auto dim = static_cast<std::size_t>(m_view.dim());
    if (!direct) m_converted.resize(std::max(m_converted.size(), static_cast<std::size_t>(count) * dim));
    for (std::int64_t r = 0; r < count; ++r) {
        const auto i = static_cast<std::size_t>(r);
        if (direct) {
            m_rows[i] = m_view.floatRow(first + r);
        } else {
            m_view.copyRow(first + r, {m_converted.data() + i * dim, dim});
            m_rows[i] = m_converted.data() + i * dim;
        }
    }
    return m_rows.data();
}

struct TablePass::State {
    State(TableInput in, Content content)
        : input(std::move(in)),
          view(*input.view),
          gramDim(content == Content::WithGram && view.dim() <= kWidestGram ? view.dim() : 0),
          groupRows(groupRowsOf(view.dim())),
          groups((view.rows() + groupRows - 1) / groupRows),
          blockRows(std::clamp(kBlockBytes / (4 * std::max<std::int64_t>(1, view.dim())), std::int64_t{1}, kBlockRows)),
          request(sampleTable()),
          sums(request),
          trained(gramDim),
          untrained(gramDim) {
        norms.resize(static_cast<std::size_t>(view.rows()));
        hashes.resize(norms.size());
        bits.resize(static_cast<std::size_t>((view.rows() + 63) / 64));
    }

    const TableInput input;
    const TableView& view;
    const std::int64_t gramDim, groupRows, groups, blockRows;
    UntrainedTest test;  // set by sampleTable()
    const ScanRequest request;

    // Of the groups that are done.
    std::int64_t groupsDone = 0;
    kernels::ScanSums sums;
    GramAccumulator trained, untrained;  // untrained: zeros too; all rows where nothing is known
    std::int64_t untrainedRows = 0, zeroRows = 0;
    std::vector<float> norms;
    std::vector<std::uint64_t> hashes;  // see findDuplicateRows()
    std::vector<std::uint64_t> bits;
    double seconds = 0;

    ScanRequest sampleTable();
    void compute(Group& group, const std::stop_token& stop);
    void merge(const Group& group);
    bool runGroups(const Job& job);
    TableStatistics finish(const DuplicateRows& duplicates, const std::vector<std::int64_t>& copies);
    std::int64_t bytesOf(std::int64_t rows) const { return rows * view.dim() * itemSize(view.dtype()); }
};

ScanRequest TablePass::State::sampleTable() {
    const TableSample sample = sampleOf(input);
    test = chooseUntrainedTest(view.dtype(), view.rows(), view.dim(), sample.rows);
    ScanRequest out;
    out.bins = kHistogramBins;
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (const float v : sample.values) {
        if (!std::isfinite(v)) continue;
        low = std::min(low, v);
        high = std::max(high, v);
    }
    if (low <= high) {
        // So wide that a bin is not lost in rounding, so narrow that the width is finite.
        constexpr float kMost = std::numeric_limits<float>::max() / 4;
        const float least = std::max(std::max(std::fabs(low), std::fabs(high)) * 0x1p-14f, 0x1p-100f);
        out.low = std::clamp(low, -kMost, kMost);
        out.high = std::clamp(std::nextafter(high, std::numeric_limits<float>::infinity()), -kMost, kMost);
        if (!(out.high - out.low >= least)) {
            out.low -= least;
            out.high += least;
        }
    }
    return out;
}

void TablePass::State::compute(Group& group, const std::stop_token& stop) {
    group.sums = kernels::ScanSums(request);
    group.trained.clear();
    group.untrained.clear();
    group.untrainedRows = group.zeroRows = 0;
    group.complete = false;
    const std::int64_t begin = group.index * groupRows, end = std::min(view.rows(), begin + groupRows);
    bool isUntrained[kBlockRows];
    for (std::int64_t first = begin; first < end; first += blockRows) {
        if (stop.stop_requested()) return;
        const std::int64_t count = std::min(blockRows, end - first);
        const float* const* rows = group.block.rows(first, count);
        float* const rowNorms = norms.data() + first;
        kernels::scanRows(rows, count, view.dim(), group.scratch, group.sums, rowNorms);
        test.apply(rows, count, view.dim(), isUntrained);
        for (std::int64_t r = 0; r < count; ++r) {
            const auto id = static_cast<std::uint64_t>(first + r);
            const std::uint64_t bit = std::uint64_t{1} << (id % 64);
            if (isUntrained[r]) bits[id / 64] |= bit;
            else bits[id / 64] &= ~bit;
            group.untrainedRows += isUntrained[r];
            const bool finite = std::isfinite(rowNorms[r]), zero = rowNorms[r] == 0 && view.dim() > 0;
            group.zeroRows += zero;
            hashes[id] = finite && !zero && view.dim() > 0 ? rowHash(rows[r], view.dim()) : 0;
            const bool isTrained = test.method == UntrainedMethod::Lattice && !isUntrained[r] && !zero;
            if (gramDim > 0 && finite) (isTrained ? group.trained : group.untrained).add(rows[r]);
        }
    }
    group.scratch.flush(group.sums);
    group.trained.flush();
    group.untrained.flush();
    group.complete = true;
}

void TablePass::State::merge(const Group& group) {
    sums.add(group.sums);
    trained.add(group.trained);
    untrained.add(group.untrained);
    untrainedRows += group.untrainedRows;
    zeroRows += group.zeroRows;
    ++groupsDone;
}

// Whether all groups are done.
bool TablePass::State::runGroups(const Job& job) {
    std::vector<std::unique_ptr<Group>> pool;
    std::vector<Group*> idle;
    std::mutex mutex;  // guards pool and idle
    const auto take = [&] {
        const std::lock_guard lock(mutex);
        if (idle.empty()) {
            pool.push_back(std::make_unique<Group>(view, request, gramDim));
            return pool.back().get();
        }
        Group* const group = idle.back();
        idle.pop_back();
        return group;
    };
    const auto caller = std::this_thread::get_id();
    auto lastProgress = Clock::now() - kProgressEvery;
    std::int64_t next = groupsDone;
    ReadAhead ahead(input, next * groupRows);
    std::atomic<bool> stopped = false;
    const auto tokens = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency()) + 1;
    tbb::parallel_pipeline(
        tokens,
        tbb::make_filter<void, Group*>(tbb::filter_mode::serial_in_order, [&](tbb::flow_control& flow) -> Group* {
            if (next == groups || stopped || job.stopped()) {
                flow.stop();
                return nullptr;
            }
            Group* const group = take();
            group->index = next++;
            ahead.before(group->index * groupRows);
            return group;
        }) & tbb::make_filter<Group*, Group*>(tbb::filter_mode::parallel, [&](Group* group) {
            compute(*group, job.stop);
            return group;
        }) & tbb::make_filter<Group*, void>(tbb::filter_mode::serial_in_order, [&](Group* group) {
            // After an incomplete group nothing may be added, or it would be missing in the middle.
            if (group->complete && !stopped) merge(*group);
            else stopped = true;
            if (input.release)
                input.release(group->index * groupRows, std::min(groupRows, view.rows() - group->index * groupRows));
            {
                const std::lock_guard lock(mutex);
                idle.push_back(group);
            }
            if (std::this_thread::get_id() == caller && Clock::now() - lastProgress >= kProgressEvery) {
                lastProgress = Clock::now();
                job.report({"reading the table", bytesOf(std::min(view.rows(), groupsDone * groupRows)),
                            bytesOf(view.rows()), "bytes"});
            }
        }));
    return groupsDone == groups;
}

TableStatistics TablePass::State::finish(const DuplicateRows& duplicates, const std::vector<std::int64_t>& copies) {
    TableStatistics out;
    out.zeroRows = zeroRows;
    out.duplicates = duplicates;
    if (test.method == UntrainedMethod::Lattice) {
        out.trainedRows = view.rows() - untrainedRows - zeroRows;
        out.trainedNorms = summarizeNorms(norms, bits);
    }
    if (view.dim() >= kNeverTwice)
        for (const std::int64_t id : copies) {
            const std::uint64_t bit = std::uint64_t{1} << (id % 64);
            std::uint64_t& word = bits[static_cast<std::size_t>(id / 64)];
            untrainedRows -= (word & bit) != 0;
            word &= ~bit;
        }
    out.table = input.id;
    static_cast<ScanFigures&>(out.scan) = std::move(sums);
    if (out.scan.finite == 0) out.scan.min = out.scan.max = std::numeric_limits<float>::quiet_NaN();
    out.scan.rows = view.rows();
    out.scan.dim = view.dim();
    out.scan.norms = std::move(norms);
    out.scan.request = request;
    out.untrained.method = test.method;
    out.untrained.explanation = test.explanation;
    out.untrained.lattice = test.lattice;
    out.untrained.valuesNeeded = test.valuesNeeded;
    out.untrained.rows = view.rows();
    out.untrained.count = untrainedRows;
    out.untrained.bits = std::move(bits);
    out.trainedGram = trained.gram();
    trained.add(untrained);
    out.gram = trained.gram();
    summarize(out);
    return out;
}

TablePass::TablePass(TableInput input, Content content) : m_state(std::make_unique<State>(std::move(input), content)) {}
TablePass::~TablePass() = default;

std::int64_t TablePass::rowsDone() const {
    return std::min(m_state->view.rows(), m_state->groupsDone * m_state->groupRows);
}

Result<TableStatistics> TablePass::run(const Job& job) {
    const auto start = Clock::now();
    std::vector<std::int64_t> copies;
    std::optional<DuplicateRows> duplicates;
    if (m_state->runGroups(job)) duplicates = findDuplicateRows(m_state->hashes, m_state->norms, copies, job.stop);
    m_state->seconds += std::chrono::duration<double>(Clock::now() - start).count();
    if (!duplicates) return cancelled();
    job.report(
        {"reading the table", m_state->bytesOf(m_state->view.rows()), m_state->bytesOf(m_state->view.rows()), "bytes"});
    TableStatistics out = m_state->finish(*duplicates, copies);
    out.seconds = m_state->seconds;
    return out;
}

}  // namespace dlrm
