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
constexpr char kMark = '\x0e',
               kUnmark = '\x0f';  // around what problem() marks; a name that holds them is coloured, no more

bool isMark(char c) { return c == kMark || c == kUnmark; }
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool environmentIsAscii() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (!value || !*value) continue;
        std::string lower(value);
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return lower.find("utf-8") == std::string::npos && lower.find("utf8") == std::string::npos;
    }
    return true;
}

Screen lookAt(int stream) {
    Screen out;
    out.ascii = environmentIsAscii();
    const bool terminal = ::isatty(stream) == 1;
    const char* none = std::getenv("NO_COLOR");
    out.colour = terminal && (!none || !*none);
    winsize size{};
    if (terminal && ::ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) out.width = size.ws_col;
    if (const char* columns = std::getenv("COLUMNS")) {
        std::size_t wanted = 0;
        const std::string_view text = columns;
        if (std::from_chars(text.data(), text.data() + text.size(), wanted).ec == std::errc() && wanted > 0)
            out.width = wanted;
    }
    out.width = std::max(kNarrowest, out.width);
    return out;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 25> kInAscii{{
    {"×", "x"},
    {"±", "+/-"},
    {"Δ", "d"},
    {"·", "."},
    {"…", "..."},
    {"–", "-"},
    {"—", "-"},
    {"σ", "sigma"},
    {"≤", "<="},
    {"≥", ">="},
    {"²", "^2"},
    {"³", "^3"},
    {"√", "sqrt"},
    {"½", "1/2"},
    {"→", "->"},
    {"‖", "|"},
    {"≈", "~"},
    // Blocks, low to high.
    {"▁", "."},
    {"▂", ":"},
    {"▃", "-"},
    {"▄", "="},
    {"▅", "+"},
    {"▆", "*"},
    {"▇", "#"},
    {"█", "@"},
}};

// Bytes of the character that `text` begins with, 0 where they are no UTF-8 (RFC 3629: no longer form than needed, no
// surrogate, nothing above U+10FFFF).
std::size_t characterBytes(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (at(1) < low || at(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (at(i) < 0x80 || at(i) > 0xBF) return 0;
    return length;
}

bool isControl(std::string_view character) {
    const auto c = static_cast<unsigned char>(character[0]);
    if (c == 0xC2) return static_cast<unsigned char>(character[1]) < 0xA0;  // C1
    return (c < 0x20 && !isMark(character[0])) || c == 0x7f;
}

// One character, as ASCII.
std::string_view inAscii(std::string_view character) {
    const auto known =
        std::find_if(kInAscii.begin(), kInAscii.end(), [&](const auto& pair) { return pair.first == character; });
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
    static const Screen s_screen = lookAt(STDOUT_FILENO);
    return s_screen;
}

const Screen& errorScreen() {
    static const Screen s_screen = [] {
        Screen out = lookAt(STDERR_FILENO);
        out.colour = false;
        return out;
    }();
    return s_screen;
}

std::string problem(std::string_view text) { return kMark + std::string(text) + kUnmark; }

std::size_t shownWidth(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues(c) && !isMark(c); }));
}

std::string shownText(std::string_view text, const Screen& on) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = characterBytes(text.substr(i));
        const std::string_view character = text.substr(i, std::max<std::size_t>(1, length));
        if (length == 0 || isControl(character)) out += '?';
        else if (length > 1 && on.ascii) out += inAscii(character);
        else out += character;
        i += character.size();
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
