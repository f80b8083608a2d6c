// SPDX-License-Identifier: Apache-2.0
// What a long piece of work is given: whom to tell how far it is, and when to stop. Both are looked at once per chunk.
#pragma once

#include <stop_token>

#include "core/base/progress.h"

namespace dlrm {

// Cheap to copy. By default nobody listens and nobody stops it.
struct Job {
    ProgressFn progress = {};
    std::stop_token stop = {};

    void report(const Progress& p) const { dlrm::report(progress, p); }
    bool stopped() const { return stop.stop_requested(); }
};

}  // namespace dlrm
