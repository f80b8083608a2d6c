// SPDX-License-Identifier: Apache-2.0
#include "core/compute/module_analytics.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace dlrm {
namespace {

static_assert(static_cast<int>(Similarity::Cosine) == DLRM_COSINE && static_cast<int>(Similarity::Dot) == DLRM_DOT && static_cast<int>(Similarity::L2) == DLRM_L2);

Failure wrongRequest(std::string expected, std::string found) {
    return fail(Error("E-MODULE-010", "This cannot be asked of the device.")
                    .butExpected(std::move(expected))
                    .butFound(std::move(found))
                    .withRemedy("ask for a table of the model, with values of its shape"));
}

}  // namespace

Result<ModuleAnalytics::Device> ModuleAnalytics::usable() const {
    const Device device = m_device();
    if (device.model) return device;
    return fail(Error("E-MODULE-008", "The GPU was lost.").withRemedy("compute on the CPU; start the program again to use the GPU"));
}

Result<const TableView*> ModuleAnalytics::view(TableId table) const {
    const auto count = static_cast<std::int64_t>(m_tables.size());
    if (value(table) < 0 || value(table) >= count) return wrongRequest(fmt::format("a table of 0 .. {}", count - 1), std::to_string(value(table)));
    return &m_tables[static_cast<std::size_t>(value(table))];
}

Result<void> ModuleAnalytics::finished(std::int32_t answer, const dlrm_error& error) const {
    if (answer == DLRM_OK) return {};
    if (answer == DLRM_CANCELLED) return cancelled();
    return fail(m_failed(error));
}

Result<TableScan> ModuleAnalytics::scan(TableId table, const ScanRequest& request, const ProgressFn& progress, std::stop_token stop) {
    const auto rows = view(table);
    if (!rows) return fail(rows.error());
    if (request.bins < 1 || !(request.low < request.high)) return wrongRequest("at least one bin over a range", fmt::format("{} bins over [{}, {})", request.bins, request.low, request.high));
    const auto d = usable();
    if (!d) return fail(d.error());
    TableScan out;
    out.rows = (*rows)->rows();
    out.dim = (*rows)->dim();
    out.request = request;
    out.norms.resize(static_cast<std::size_t>(out.rows));
    out.histogram.resize(static_cast<std::size_t>(request.bins));
    const dlrm_scan_request asked{request.low, request.high, request.bins};
    dlrm_scan_result result{};
    result.norms = out.norms.data();
    result.histogram = out.histogram.data();
    dlrm_error error{};
    const ModuleControl control(stop, progress, "scanning the table");
    if (auto ok = finished(d->table->scan(d->model, value(table), &asked, &result, control.get(), &error), error); !ok) return fail(std::move(ok).error());
    out.finite = result.finite;
    out.nan = result.nan;
    out.inf = result.inf;
    out.subnormal = result.subnormal;
    out.sum = result.sum;
    out.sumSquares = result.sum_squares;
    out.min = result.min;
    out.max = result.max;
    out.below = result.below;
    out.above = result.above;
    return out;
}

Result<Gram> ModuleAnalytics::gram(TableId table, const ProgressFn& progress, std::stop_token stop) {
    const auto rows = view(table);
    if (!rows) return fail(rows.error());
    const auto d = usable();
    if (!d) return fail(d.error());
    Gram out;
    out.dim = (*rows)->dim();
    const auto dim = static_cast<std::size_t>(out.dim);
    out.products.resize(dim * dim);
    out.sums.resize(dim);
    dlrm_error error{};
    const ModuleControl control(stop, progress, "summing products");
    if (auto ok = finished(d->table->gram(d->model, value(table), out.products.data(), out.sums.data(), &out.rows, control.get(), &error), error); !ok)
        return fail(std::move(ok).error());
    return out;
}

Result<std::vector<Neighbor>> ModuleAnalytics::nearest(TableId table, std::span<const float> query, Similarity similarity, int k, std::stop_token stop) {
    const auto rows = view(table);
    if (!rows) return fail(rows.error());
    if (static_cast<std::int64_t>(query.size()) != (*rows)->dim() || k < 1)
        return wrongRequest(fmt::format("{} values and at least one neighbour", (*rows)->dim()), fmt::format("{} values, {} neighbours", query.size(), k));
    const auto d = usable();
    if (!d) return fail(d.error());
    k = static_cast<int>(std::min<std::int64_t>(k, (*rows)->rows()));
    std::vector<dlrm_neighbor> found(static_cast<std::size_t>(k));
    std::int32_t count = 0;
    dlrm_error error{};
    const ProgressFn none;
    const ModuleControl control(stop, none, "searching");
    const auto answer = d->table->nearest(d->model, value(table), query.data(), static_cast<std::int32_t>(similarity), k, found.data(), &count, control.get(), &error);
    if (auto ok = finished(answer, error); !ok) return fail(std::move(ok).error());
    std::vector<Neighbor> out;
    for (int i = 0; i < std::clamp(count, 0, k); ++i) out.push_back({RowId{found[static_cast<std::size_t>(i)].id}, found[static_cast<std::size_t>(i)].score});
    return out;
}

Result<RankSums> ModuleAnalytics::rank(std::span<const float> logits, std::span<const std::uint8_t> labels, std::stop_token stop) {
    if (logits.size() != labels.size()) return wrongRequest(fmt::format("{} labels", logits.size()), fmt::format("{} labels", labels.size()));
    const auto d = usable();
    if (!d) return fail(d.error());
    dlrm_rank_sums sums{};
    dlrm_error error{};
    const ProgressFn none;
    const ModuleControl control(stop, none, "ranking");
    const auto answer = d->table->rank(d->device, logits.data(), labels.data(), static_cast<std::int64_t>(logits.size()), &sums, control.get(), &error);
    if (auto ok = finished(answer, error); !ok) return fail(std::move(ok).error());
    return RankSums{sums.positives, sums.negatives, sums.double_concordant, sums.log_loss};
}

}  // namespace dlrm
