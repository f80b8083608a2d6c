// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/grouped_auc.h"

#include "core/metrics/exact_sum.h"

namespace dlrm {

GroupedAuc groupedAuc(std::span<const std::uint64_t> rows) {
    GroupedAuc out;
    out.rows = std::ssize(rows);
    ExactSum weighted;
    for (std::size_t at = 0; at < rows.size();) {
        const std::int32_t group = groupOf(rows[at]);
        const std::size_t first = at;
        std::uint64_t negatives = 0, positives = 0, pairs = 0;  // pairs: twice those in order, so that ties are whole
        while (at < rows.size() && groupOf(rows[at]) == group) {
            const std::uint64_t score = rows[at] >> 1;
            std::uint64_t tied[2] = {0, 0};
            for (; at < rows.size() && rows[at] >> 1 == score; ++at) ++tied[rows[at] & 1];
            pairs += tied[1] * (2 * negatives + tied[0]);
            negatives += tied[0];
            positives += tied[1];
        }
        const auto n = static_cast<std::int64_t>(at - first);
        ++out.groups;
        if (negatives == 0 || positives == 0) {
            ++out.skippedGroups;
            out.skippedRows += n;
            continue;
        }
        const double auc =
            static_cast<double>(pairs) / 2 / (static_cast<double>(positives) * static_cast<double>(negatives));
        weighted.add(static_cast<double>(n) * auc);
    }
    if (out.skippedRows < out.rows) out.value = weighted.value() / static_cast<double>(out.rows - out.skippedRows);
    return out;
}

}  // namespace dlrm
