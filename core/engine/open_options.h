// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF OPTIONS of opening (open_options.cpp). Every row is an option of dlrm-cli, in the verbs in which it
// acts, and of dlrm-explorer; the window's controls beside an error that a choice resolves apply the same rows.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/engine/open_request.h"

namespace dlrm {

// What is expected of a value that may be any text.
inline constexpr const char* kAnyText = "a value that is not empty";

// Groups of options as --help lists them.
enum class OptionGroup { Data, Model, Computing };

struct OpenOption {
    std::string name;      // without dashes: "table-order"
    std::string argument;  // what help calls the value; empty: a flag, which takes none
    OptionGroup group = OptionGroup::Data;
    std::string about;                 // for help; no full stop at its end
    std::string byDefault;             // in the words of a value; empty: `about` says what holds without the option
    std::vector<std::string> choices;  // that help and completion list; empty: any value that is as `expected`
    std::string expected;              // what a value is: "a whole number from 0 to 4096"
    // False: this is no such value. Other failures are those of what the value names, as a file that cannot be read.
    Result<bool> (*take)(OpenRequest&, std::string_view value) = nullptr;
    // The value by which take() makes of a new request what this one says; nothing: it says nothing. Null: of this
    // machine, or of this run, and no part of how a model and its data are read.
    std::optional<std::string> (*said)(const OpenRequest&) = nullptr;
};

// In the order help lists them.
std::span<const OpenOption> openOptions();
// By its name without dashes; null where there is none.
const OpenOption* openOption(std::string_view name);

// What `request` becomes with an option; it is as before where this fails. A flag's value is "". Errors name the
// option (field), what was expected and what was found: E-OPTION-002 it does not take this value, E-OPTION-003 there is
// no such option, E-BACKEND-002, E-BACKEND-003, and those of readCardinalities() (core/dataset/cardinalities.h).
Result<void> applyOption(OpenRequest& request, std::string_view name, std::string_view value);

}  // namespace dlrm
