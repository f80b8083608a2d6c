// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/kernel_pyramid.h"

#include <algorithm>
#include <utility>

namespace dlrm {

Result<KernelView> kernelView(DenseWeights weights, std::int64_t learnedInputs, const std::stop_token& stop) {
    KernelView view;
    view.rows = learnedInputs;
    view.weights = std::move(weights);
    while (std::max(view.rowsOf(view.levels.size()), view.columnsOf(view.levels.size())) > KernelView::kSmallest) {
        const std::size_t below = view.levels.size();
        const std::int64_t rows = view.rowsOf(below), columns = view.columnsOf(below);
        KernelLevel level;
        level.rows = (rows + 1) / 2;
        level.columns = (columns + 1) / 2;
        level.values.resize(static_cast<std::size_t>(level.rows * level.columns));
        const float* const values = view.values(below).data();
        for (std::int64_t r = 0; r < level.rows; ++r) {
            if (stop.stop_requested()) return cancelled();
            const float* const first = values + 2 * r * columns;
            const float* const second = 2 * r + 1 < rows ? first + columns : first;
            float* const out = level.values.data() + r * level.columns;
            const auto stronger = [](float a, float b) { return strength(b) > strength(a) ? b : a; };
            for (std::int64_t c = 0; c < level.columns; ++c) {
                const std::int64_t left = 2 * c, right = std::min(2 * c + 1, columns - 1);
                out[c] = stronger(stronger(first[left], first[right]), stronger(second[left], second[right]));
            }
        }
        view.levels.push_back(std::move(level));
    }
    return view;
}

}  // namespace dlrm
