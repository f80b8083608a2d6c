// SPDX-License-Identifier: Apache-2.0
// Progress of one of several steps as that of the whole.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/progress.h"

namespace dlrm {

// Reports to `all`, as `stage`, that the `before` bytes of earlier steps are done and of this one's `bytes` the share
// that it tells itself.
inline ProgressFn partOf(const ProgressFn& all, std::string_view stage, std::int64_t before, std::int64_t bytes,
                         std::int64_t total) {
    return [=](const Progress& p) {
        const double share = p.total > 0 ? static_cast<double>(p.done) / static_cast<double>(p.total) : 0;
        report(all, {stage, before + static_cast<std::int64_t>(share * static_cast<double>(bytes)), total, "bytes"});
    };
}

}  // namespace dlrm
