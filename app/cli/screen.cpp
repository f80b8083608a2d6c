// SPDX-License-Identifier: Apache-2.0
#include "app/cli/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace dlrm::cli {
namespace {

constexpr std::size_t kNarrowest = 40;
constexpr char kMark = '\x0e', kUnmark = '\x0f';  // around what problem() marks; a name that holds them is coloured, no more

bool isMark(char c) { return c == kMark || c == kUnmark; }
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool environmentIsAscii() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (!value || !*value) continue;
        std::string lower(value);
        std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return lower.find("utf-8") == std::string::npos && lower.find("utf8") == std::string::npos;
    }
    return true;
}

Screen lookAtStdout() {
    Screen out;
    out.ascii = environmentIsAscii();
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    const char* none = std::getenv("NO_COLOR");
    out.colour = terminal && (!none || !*none);
    winsize size{};
    if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) out.width = size.ws_col;
    if (const char* columns = std::getenv("COLUMNS")) {
        std::size_t wanted = 0;
        const std::string_view text = columns;
        if (std::from_chars(text.data(), text.data() + text.size(), wanted).ec == std::errc() && wanted > 0) out.width = wanted;
    }
    out.width = std::max(kNarrowest, out.width);
    return out;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 25> kInAscii{{
    {"×", "x"}, {"±", "+/-"}, {"Δ", "d"}, {"·", "."}, {"…", "..."}, {"–", "-"}, {"—", "-"}, {"σ", "sigma"}, {"≤", "<="}, {"≥", ">="}, {"²", "^2"}, {"³", "^3"},
    {"√", "sqrt"}, {"½", "1/2"}, {"→", "->"}, {"‖", "|"}, {"≈", "~"},
    // Blocks, low to high.
    {"▁", "."}, {"▂", ":"}, {"▃", "-"}, {"▄", "="}, {"▅", "+"}, {"▆", "*"}, {"▇", "#"}, {"█", "@"},
}};

// One character, as ASCII.
std::string_view inAscii(std::string_view character) {
    const auto known = std::find_if(kInAscii.begin(), kInAscii.end(), [&](const auto& pair) { return pair.first == character; });
    return known == kInAscii.end() ? "?" : known->second;
}

// Bytes of the first `width` characters.
std::size_t bytesOf(std::string_view text, std::size_t width) {
    std::size_t shown = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (continues(text[i]) || isMark(text[i])) continue;
        if (shown++ == width) return i;
    }
    return text.size();
}

}  // namespace

const Screen& screen() {
    static const Screen s_screen = lookAtStdout();
    return s_screen;
}

std::string problem(std::string_view text) { return kMark + std::string(text) + kUnmark; }

std::size_t shownWidth(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c) && !isMark(c); }));
}

std::string shownText(std::string_view text, const Screen& on) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        std::size_t length = 1;
        while (i + length < text.size() && continues(text[i + length])) ++length;
        if (c < 0x80) out += (c < 0x20 || c == 0x7f) && !isMark(text[i]) ? '?' : text[i];
        else if (on.ascii) out += inAscii(text.substr(i, length));
        else out += text.substr(i, length);
        i += c < 0x80 ? 1 : length;
    }
    return out;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    while (shownWidth(text) > width) {
        const std::size_t fits = bytesOf(text, width);
        std::size_t end = fits;
        if (text[fits] != ' ') {
            const std::size_t space = text.substr(0, fits).rfind(' ');
            const bool breaks = space != std::string_view::npos && text.find_first_not_of(' ') < space;
            end = breaks ? space : std::min(text.find(' ', fits), text.size());
        }
        lines.emplace_back(text.substr(0, text.substr(0, end).find_last_not_of(' ') + 1));
        text.remove_prefix(end);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text.empty()) return lines;
    }
    lines.emplace_back(text);
    return lines;
}

std::string_view cut(std::string_view text, std::size_t width) { return text.substr(0, bytesOf(text, width)); }

std::string layOut(std::string_view lines, const Screen& on) {
    std::string out;
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        const std::string line = shownText(lines.substr(0, end), on);
        const std::size_t spaces = std::min(line.find_first_not_of(' '), line.size());
        // What follows the first line stands two further to the right.
        const std::string indent(std::min(spaces + 2, on.width / 2), ' ');
        const std::size_t room = on.width - indent.size();
        std::string_view rest = line;
        if (shownWidth(rest) > on.width) {
            const std::string first = wrapped(rest, on.width).front();
            out += first;
            rest.remove_prefix(first.size());
            rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
            if (!rest.empty())
                for (const std::string& other : wrapped(rest, room)) out += "\n" + indent + other;
        } else {
            out += rest;
        }
        if (end < lines.size()) out += '\n';
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    std::string coloured;
    for (const char c : out) {
        if (c == kMark) coloured += on.colour ? "\x1b[31m" : "";
        else if (c == kUnmark) coloured += on.colour ? "\x1b[0m" : "";
        else coloured += c;
    }
    return coloured;
}

}  // namespace dlrm::cli
