// SPDX-License-Identifier: Apache-2.0
// What stdout can show: how wide it is, whether in colour, whether more than ASCII; and text laid out for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dlrm::cli {

struct Screen {
    std::size_t width = 120;  // $COLUMNS, else the terminal's, else 120
    bool colour = false;      // a terminal, and NO_COLOR is not set
    bool ascii = false;       // LC_ALL, LC_CTYPE and LANG name no UTF-8
};
// That of this process, looked at once.
const Screen& screen();
// The same of stderr, without colour.
const Screen& errorScreen();

// Marks a text as a problem: red where there is colour. For text that goes through layOut().
std::string problem(std::string_view text);

// Characters on the screen.
std::size_t shownWidth(std::string_view text);
// Control characters, which would let a name rewrite the screen, C1 ones among them, and bytes that are no UTF-8 as
// '?'; where there is only ASCII, × as x and the like.
std::string shownText(std::string_view text, const Screen& on = screen());
// Lines of at most `width` characters, broken at spaces only: a word that is longer, a path or a hash, stays whole and
// can be copied. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);
// Its first `width` characters.
std::string_view cut(std::string_view text, std::size_t width);
// shownText() of whole lines, those that are too wide broken as wrapped() does, what is marked in colour.
std::string layOut(std::string_view lines, const Screen& on = screen());

}  // namespace dlrm::cli
