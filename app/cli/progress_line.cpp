// SPDX-License-Identifier: Apache-2.0
#include "app/cli/progress_line.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "app/cli/screen.h"
#include "app/cli/text.h"

namespace dlrm::cli {
namespace {

constexpr auto kTerminalEvery = std::chrono::milliseconds(100);
constexpr auto kLogEvery = std::chrono::seconds(10);
constexpr auto kFirstAfter = std::chrono::milliseconds(300);  // shorter work shows nothing

// name: of the part that is worked on, or empty.
std::string describe(const Progress& p, const std::string& name, double seconds) {
    const bool bytes = p.unit == "bytes";
    const auto amount = [&](double n) {
        return bytes ? byteText(static_cast<std::int64_t>(n))
                     : thousands(static_cast<std::int64_t>(n)) + " " + std::string(p.unit);
    };
    std::string out = std::string(p.stage) + (name.empty() ? "" : ", " + name) + ": ";
    if (p.total > 0)
        out += fmt::format("{:.0f} % of {}", 100.0 * static_cast<double>(p.done) / static_cast<double>(p.total),
                           amount(static_cast<double>(p.total)));
    else out += amount(static_cast<double>(p.done));
    const double rate = seconds > 0 ? static_cast<double>(p.done) / seconds : 0;
    if (rate >= 1) {
        out += ", " + amount(rate) + "/s";
        if (p.total > p.done) out += fmt::format(", {:.0f} s left", static_cast<double>(p.total - p.done) / rate);
    }
    return out;
}

}  // namespace

ProgressLine::ProgressLine() : m_terminal(::isatty(STDERR_FILENO) == 1) {}

ProgressFn ProgressLine::callback() {
    if (m_quiet) return {};
    return [this](const Progress& progress) { show(progress); };
}

ProgressFn ProgressLine::part(std::string_view stage, std::string name, std::int64_t before, std::int64_t total) {
    if (m_quiet) return {};
    return [this, stage, name = std::move(name), before, total](const Progress& p) {
        show({stage, before + p.done, total, "bytes"}, name);
    };
}

void ProgressLine::show(const Progress& progress, const std::string& name) {
    const auto now = Clock::now();
    if (progress.stage != m_stage) {
        m_stage = progress.stage;
        m_stageStart = now;
        m_lastShown = now + kFirstAfter - (m_terminal ? Clock::duration(kTerminalEvery) : Clock::duration(kLogEvery));
    }
    if (now - m_lastShown < (m_terminal ? Clock::duration(kTerminalEvery) : Clock::duration(kLogEvery))) return;
    m_lastShown = now;
    std::string text = describe(progress, name, std::chrono::duration<double>(now - m_stageStart).count());
    text = shownText(text);
    if (m_terminal) std::fprintf(stderr, "\r\x1b[K%s", std::string(cut(text, screen().width - 1)).c_str());
    else std::fprintf(stderr, "%s\n", text.c_str());
    m_shown = m_terminal;
}

void ProgressLine::clear() {
    if (m_shown) std::fputs("\r\x1b[K", stderr);
    m_shown = false;
}

}  // namespace dlrm::cli
