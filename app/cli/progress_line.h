// SPDX-License-Identifier: Apache-2.0
// Progress on stderr: one line that updates itself on a terminal, a line every few seconds elsewhere, nothing with
// --quiet.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/base/progress.h"

namespace dlrm::cli {

class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void setQuiet(bool quiet) { m_quiet = quiet; }
    // Valid as long as this object.
    ProgressFn callback();
    // Of one part of a longer work that is measured in bytes: `before` of its `total` bytes were done when the part
    // began. `stage` has static lifetime.
    ProgressFn part(std::string_view stage, std::string name, std::int64_t before, std::int64_t total);
    // Removes the line from the terminal, before anything else is printed there.
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    void show(const Progress& progress, const std::string& name = {});

    bool m_quiet = false;
    bool m_terminal = false;
    bool m_shown = false;
    std::string m_stage;
    Clock::time_point m_stageStart, m_lastShown;
};

}  // namespace dlrm::cli
