// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/table_sample.h"

#include <algorithm>
#include <cstdint>

namespace dlrm {
namespace {

constexpr std::int64_t kSampleRuns = 128, kSampleRun = 8, kSampleTail = 1024;
constexpr std::int64_t kSampleBytes = std::int64_t{4} << 20;  // at most, however wide a row is

}  // namespace

TableSample sampleOf(const TableInput& input) {
    const TableView& view = *input.view;
    std::vector<std::int64_t> ids;
    const std::int64_t rows = view.rows();
    const std::int64_t most = std::max<std::int64_t>(2, kSampleBytes / (4 * std::max<std::int64_t>(1, view.dim())));
    if (rows <= std::min(most, kSampleRuns * kSampleRun + kSampleTail)) {
        for (std::int64_t r = 0; r < rows; ++r) ids.push_back(r);
    } else {
        const std::int64_t tail = std::min(kSampleTail, most / 2),
                           runs = std::clamp<std::int64_t>((most - tail) / kSampleRun, 1, kSampleRuns);
        const std::int64_t run = std::min(kSampleRun, most - tail);
        for (std::int64_t k = 0; k < runs; ++k) {
            const std::int64_t first = (rows - tail - run) / runs * k;
            if (input.readAhead) input.readAhead(first, run);
            for (std::int64_t r = 0; r < run; ++r) ids.push_back(first + r);
        }
        if (input.readAhead) input.readAhead(rows - tail, tail);
        for (std::int64_t r = rows - tail; r < rows; ++r) ids.push_back(r);
    }
    const auto dim = static_cast<std::size_t>(view.dim());
    TableSample out;
    out.values.resize(ids.size() * dim);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        float* row = out.values.data() + i * dim;
        view.copyRow(ids[i], {row, dim});
        out.rows.push_back(row);
    }
    return out;
}

}  // namespace dlrm
