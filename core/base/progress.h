// SPDX-License-Identifier: Apache-2.0
// Progress and cancellation, the same everywhere: a callback and a std::stop_token, both looked at once per chunk.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>

namespace dlrm {

struct Progress {
    std::string_view stage;  // "reading rows", in the user's terms; static lifetime
    std::int64_t done = 0;   // in `unit`s
    std::int64_t total = 0;  // 0: not known yet
    std::string_view unit;   // "rows", "bytes"; static lifetime
};

// Called from the thread that runs the job, at most about 20 times a second is useful; may be empty.
using ProgressFn = std::function<void(const Progress&)>;

inline void report(const ProgressFn& fn, const Progress& p) {
    if (fn) fn(p);
}

}  // namespace dlrm
