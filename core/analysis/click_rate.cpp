// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/click_rate.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr std::int64_t kBatchRows = 65536;

}  // namespace

float ClickCounts::rate(std::int64_t id) const {
    const auto i = static_cast<std::size_t>(id);
    return hits[i] > 0 ? static_cast<float>(static_cast<double>(clicks[i]) / hits[i]) : std::numeric_limits<float>::quiet_NaN();
}

double ClickCounts::tableRate() const {
    const double all = std::accumulate(hits.begin(), hits.end(), 0.0), clicked = std::accumulate(clicks.begin(), clicks.end(), 0.0);
    return all > 0 ? clicked / all : std::numeric_limits<double>::quiet_NaN();
}

std::vector<float> ClickCounts::shrunkRates() const {
    const double prior = tableRate();
    std::vector<float> out(hits.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < hits.size(); ++i)
        if (hits[i] > 0) out[i] = static_cast<float>((clicks[i] + kPriorHits * prior) / (hits[i] + kPriorHits));
    return out;
}

Result<ClickCounts> clickCounts(const Dataset& dataset, TableId table, std::int64_t tableRows, const ProgressFn& progress, std::stop_token stop) {
    if (!dataset.hasLabels())
        return fail(Error("E-ANALYSIS-004", "The dataset has no labels, so there is no click rate.")
                        .inFile(dataset.path())
                        .butExpected("a label for every row")
                        .butFound("rows without a label column")
                        .withRemedy("open a dataset with labels, or choose another colour"));
    ClickCounts out;
    out.hits.assign(static_cast<std::size_t>(tableRows), 0);
    out.clicks.assign(static_cast<std::size_t>(tableRows), 0);
    Batch batch;
    for (std::int64_t first = 0; first < dataset.rows(); first += kBatchRows) {
        if (stop.stop_requested()) return cancelled();
        const std::int64_t count = std::min(kBatchRows, dataset.rows() - first);
        if (auto read = dataset.read(first, count, batch, stop); !read) return fail(std::move(read.error()));
        const BatchView view = batch.view();
        const auto feature = static_cast<std::size_t>(value(table));
        for (std::int64_t r = 0; r < count; ++r) {
            const auto ids = view.multiHot() ? view.bag(feature, r) : view.ids.subspan(static_cast<std::size_t>(value(table) * view.idStride + r), 1);
            for (const std::int32_t id : ids) {
                if (id < 0 || id >= tableRows)
                    return fail(Error("E-ENGINE-004", "An id of the dataset is outside its embedding table.")
                                    .inFile(dataset.fileOfCategorical(feature))
                                    .atRow(first + r)
                                    .inField(dataset.schema().categoricalNames[feature])
                                    .butExpected(fmt::format("0 .. {}", tableRows - 1))
                                    .butFound(std::to_string(id))
                                    .withRemedy("open the dataset this model was trained on"));
                ++out.hits[static_cast<std::size_t>(id)];
                out.clicks[static_cast<std::size_t>(id)] += view.labels[static_cast<std::size_t>(r)];
            }
        }
        report(progress, {"counting clicks", first + count, dataset.rows(), "rows"});
    }
    if (auto same = dataset.checkUnchanged(); !same) return fail(std::move(same.error()));
    return out;
}

}  // namespace dlrm
