// SPDX-License-Identifier: Apache-2.0
// How many numerical features a model was trained with, from the first bottom kernel: its last rows meet padding, so
// they stay as the initializer drew them.
#pragma once

#include <cstdint>
#include <string>

#include "core/model/table_view.h"

namespace dlrm {

struct PaddingEvidence {
    std::int64_t rows = 0;     // of the kernel
    std::int64_t fed = 0;      // of them, by what model and data are read as; 0: not known
    std::int64_t learned = 0;  // up to the last row with a value that the initializer does not draw
    bool contradicts = false;  // a row that would meet padding only was trained, and the rows after it were not
    std::string reason;        // one sentence; empty where there is nothing to say
};

// kernel: (rows, outputs), started by the training code's GlorotNormal, which draws nothing beyond 2 of its standard
// deviations. `layer`: its name in the sentence. Says nothing of kernels with a value that is not finite, or with a row
// of zeros: those had another start.
PaddingEvidence weighPadding(const DenseWeights& kernel, std::int64_t fed, const std::string& layer);

}  // namespace dlrm
