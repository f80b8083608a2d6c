// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF OPTIONS of opening. A new one is one row here and a field of open_request.h.
#include "core/engine/open_options.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/dataset/cardinalities.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/engine/backends.h"

namespace dlrm {
namespace {

constexpr int kMostThreads = 4096, kMostShift = 1000;
constexpr std::int64_t kMostNumericals = 65536;
constexpr std::size_t kShown = 100;  // characters of a value that an error repeats

// All of `text` as a decimal number of this type in the range; a plus before it is allowed.
template <class T>
std::optional<T> wholeNumber(std::string_view text, T least, T most) {
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < least || number > most)
        return std::nullopt;
    return number;
}

// Commas, blanks or both between them; nothing unless all of them are numbers.
std::optional<std::vector<int>> numberList(std::string_view text) {
    constexpr std::string_view kBlank = " \t";
    std::vector<int> out;
    for (;;) {
        const std::string_view part = text.substr(0, text.find(','));
        const std::size_t first = part.find_first_not_of(kBlank), last = part.find_last_not_of(kBlank);
        if (first == std::string_view::npos) return std::nullopt;
        const auto number = wholeNumber<int>(part.substr(first, last - first + 1), std::numeric_limits<int>::min(),
                                             std::numeric_limits<int>::max());
        if (!number) return std::nullopt;
        out.push_back(*number);
        if (part.size() == text.size()) return out;
        text.remove_prefix(part.size() + 1);
    }
}

// The one of `values` that has this name.
template <class T>
Result<bool> takeNamed(std::string_view text, std::initializer_list<T> values, auto& out) {
    for (const T value : values)
        if (name(value) == text) {
            out = value;
            return true;
        }
    return false;
}

template <class T>
Result<bool> takeFound(std::optional<T> found, auto& out) {
    if (found) out = *std::move(found);
    return found.has_value();
}

// A flag, which sets `out` to `value`.
Result<bool> takeFlag(std::string_view text, auto& out, auto value) {
    out = value;
    return text.empty();
}

Result<bool> takeText(std::string_view text, std::string& out) {
    out = text;
    return !text.empty();
}

// Another dataset is read as it means itself: what was said before was of that one.
Result<bool> takeData(OpenRequest& r, std::string_view text) {
    r.data = {};
    return takeText(text, r.data.path);
}

Result<bool> takeProfile(OpenRequest& r, std::string_view text) {
    const auto profiles = preprocessingProfiles();
    const auto isIt = [&](const PreprocessingProfile& profile) { return profile.name == text; };
    if (std::none_of(profiles.begin(), profiles.end(), isIt)) return false;
    r.data.profile = text;
    return true;
}

// The numbers themselves, or a file that holds them.
Result<bool> takeCardinalities(OpenRequest& r, std::string_view text) {
    std::error_code none;
    const std::string value(text);
    const auto namesFile = [&value] {  // that is not there
        return value.find('/') != std::string::npos || value.ends_with(".yaml") || value.ends_with(".yml") ||
               value.ends_with(".json") || value.ends_with(".txt");
    };
    const bool isFile = std::filesystem::is_regular_file(value, none) || namesFile();
    auto rows = isFile ? readCardinalities(value) : parseCardinalities(value);
    if (!rows && !isFile) return false;
    DLRM_TRY(rows);
    r.model.cardinalities = *std::move(rows);
    return true;
}

Result<bool> takeBackend(OpenRequest& r, std::string_view text) {
    r.model.backend.name = text;
    if (text.empty()) return false;
    DLRM_TRY(checkBackendName(r.model.backend.name));
    return true;
}

Result<bool> takeMemory(OpenRequest& r, std::string_view text) {
    DLRM_TRY(const auto bytes, parseMemorySize(text));
    r.model.backend.gpuMemoryBytes = bytes;
    return true;
}

std::vector<std::string> profileNames() {
    std::vector<std::string> out;
    for (const PreprocessingProfile& profile : preprocessingProfiles()) out.emplace_back(profile.name);
    return out;
}

std::string joined(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

std::optional<std::string> saidUnless(std::string_view byDefault, std::string_view value) {
    return value == byDefault ? std::nullopt : std::optional(std::string(value));
}

template <class T>
std::optional<std::string> saidName(const std::optional<T>& value) {
    return value ? std::optional(std::string(name(*value))) : std::nullopt;
}

template <class T>
std::string joinedNumbers(const std::vector<T>& numbers) {
    return fmt::format("{}", fmt::join(numbers, ","));
}

std::vector<OpenOption> makeTable() {
    using Group = OptionGroup;
    using Request = OpenRequest;
    using Text = std::string_view;
    std::vector<OpenOption> out;
    using Said = std::optional<std::string> (*)(const Request&);
    const auto flag = [&](const char* name, Group group, const char* about, auto take, Said said = nullptr) {
        out.push_back({name, "", group, about, "", {}, "nothing after it", take, said});
    };
    const auto choice = [&](const char* name, const char* argument, Group group, const char* about,
                            const char* byDefault, std::vector<std::string> choices, auto take, Said said = nullptr) {
        std::string expected = joined(choices);
        out.push_back({name, argument, group, about, byDefault, std::move(choices), std::move(expected), take, said});
    };
    const auto value = [&](const char* name, const char* argument, Group group, const char* about,
                           const char* byDefault, std::string expected, auto take, Said said = nullptr) {
        out.push_back({name, argument, group, about, byDefault, {}, std::move(expected), take, said});
    };

    value("data", "PATH", Group::Data,
          "Dataset: feature_spec.yaml or its directory, a raw Criteo TSV file, HDF5, .npz or flat records", "",
          kAnyText, takeData);
    value(
        "split", "NAME", Group::Data, "Which split of a feature_spec: train or test", "test", kAnyText,
        [](Request& r, Text t) { return takeText(t, r.data.split); },
        [](const Request& r) { return saidUnless(DataChoices().split, r.data.split); });
    value(
        "dictionary", "DIR", Group::Data, "Directory of category dictionaries, for raw rows", "", kAnyText,
        [](Request& r, Text t) { return takeText(t, r.data.dictionary); },
        [](const Request& r) { return saidUnless({}, r.data.dictionary); });
    choice(
        "missing-dictionary", "CHOICE", Group::Data,
        "Raw rows without a dictionary: refuse, row0 (every category is missing), or hash (the value modulo the "
        "table's rows)",
        "refuse", {"refuse", "row0", "hash"},
        [](Request& r, Text t) {
            return takeNamed(t, {MissingDictionary::Refuse, MissingDictionary::Row0, MissingDictionary::Hash},
                             r.data.missingDictionary);
        },
        [](const Request& r) { return saidUnless(name(MissingDictionary::Refuse), name(r.data.missingDictionary)); });
    flag(
        "lenient", Group::Data,
        "Raw rows: numbers that are no whole numbers of 32 bits (47.0, 1e3, nan) count as missing, as the original "
        "preprocessing takes them; their number and the first place are noted. Without it they are an error",
        [](Request& r, Text t) { return takeFlag(t, r.data.textNumbers, TextNumbers::Lenient); },
        [](const Request& r) {
            return r.data.textNumbers == TextNumbers::Lenient ? std::optional(std::string()) : std::nullopt;
        });
    choice("profile", "NAME", Group::Data,
           "Preprocessing the rows went through, or raw rows are to go through; recorded in every result", "",
           profileNames(), takeProfile, [](const Request& r) { return saidUnless({}, r.data.profile); });
    choice(
        "numerical", "READING", Group::Data,
        "How the numbers are fed: already_logged (as stored), ln3, ln2 or ln1 (ln(x+3), ln(x+2), ln(max(x,0)+1) of "
        "the numbers in the file, taken for raw ones), or raw (the raw numbers themselves; where the file holds "
        "logarithms x, the whole number nearest to exp(x) - 3). Instead of the dataset's own transform, never on top "
        "of it. Without it: as the dataset means them; recorded in every result",
        "", {"already_logged", "ln3", "ln2", "ln1", "raw"},
        [](Request& r, Text t) { return takeFound(numericalReadingFromName(t), r.data.numerical); },
        [](const Request& r) {
            return r.data.numerical ? std::optional(std::string(optionName(*r.data.numerical))) : std::nullopt;
        });
    value(
        "id-shift", "N", Group::Data,
        "Added to every id, for ids that were counted from another start; recorded in every result", "",
        fmt::format("a whole number from {} to {}", -kMostShift, kMostShift),
        [](Request& r, Text t) { return takeFound(wholeNumber<int>(t, -kMostShift, kMostShift), r.data.idShift); },
        [](const Request& r) { return saidUnless("0", std::to_string(r.data.idShift)); });

    flag("follow-links", Group::Model,
         "Follow symbolic links that lead out of the directory of the dataset or the checkpoint",
         [](Request& r, Text t) { return takeFlag(t, r.followLinks, true); });
    value(
        "table-order", "ORDER", Group::Model,
        "Layout A: feature number of each table in the checkpoint's own order, for example 19,0,21. Needed only when a "
        "dataset's cardinalities cannot tell the tables apart",
        "", "whole numbers", [](Request& r, Text t) { return takeFound(numberList(t), r.model.tableOrder); },
        [](const Request& r) { return saidUnless({}, joinedNumbers(r.model.tableOrder)); });
    value(
        "cardinalities", "ROWS", Group::Model,
        "Rows of every embedding table in feature order, for example 1000,7,300, or a file that holds them. Needed for "
        "a model deployed with all tables in one (layouts E and F) when neither a dataset nor a config.json says them",
        "", fmt::format("whole numbers from 1 to {}", std::numeric_limits<std::int32_t>::max()), takeCardinalities,
        [](const Request& r) { return saidUnless({}, joinedNumbers(r.model.cardinalities)); });
    value(
        "numericals", "N", Group::Model,
        "How many numerical features the model was trained with, which layouts A, B and C do not record: padding fills "
        "its first layer. A model or dataset with another number is refused. Without it: as many as the dataset has",
        "", fmt::format("a whole number from 1 to {}", kMostNumericals),
        [](Request& r, Text t) {
            return takeFound(wholeNumber<std::int64_t>(t, 1, kMostNumericals), r.model.numericals);
        },
        [](const Request& r) { return saidUnless("0", std::to_string(r.model.numericals)); });
    choice(
        "interaction", "ORDER", Group::Model,
        "Order of the interaction's output: custom_cuda or tensorflow. Layouts A, B and C do not record it; "
        "custom_cuda is assumed",
        "", {"custom_cuda", "tensorflow"},
        [](Request& r, Text t) {
            return takeNamed(t, {InteractionOrder::CustomCuda, InteractionOrder::Tensorflow}, r.model.interactionOrder);
        },
        [](const Request& r) { return saidName(r.model.interactionOrder); });
    choice(
        "interaction-tables", "ORDER", Group::Model,
        "In which order the tables take part in the interaction: as_is (by their numbers) or by_cardinality "
        "(falling). Without it: as the layout has them; recorded in every result",
        "", {"as_is", "by_cardinality"},
        [](Request& r, Text t) {
            return takeNamed(t, {TableOrder::AsIs, TableOrder::ByCardinality}, r.model.interactionTables);
        },
        [](const Request& r) { return saidName(r.model.interactionTables); });
    choice(
        "combiner", "NAME", Group::Model,
        "How the vectors of several ids of a feature become one, for multi-hot rows: sum or mean", "", {"sum", "mean"},
        [](Request& r, Text t) {
            return takeNamed(t, {Combiner::Sum, Combiner::Mean}, r.model.combiner);
        },
        [](const Request& r) { return saidName(r.model.combiner); });
    flag("no-cache", Group::Model, "Read every table, and keep no statistics on disk",
         [](Request& r, Text t) { return takeFlag(t, r.model.statisticsOnDisk, false); });

    value("backend", "NAME", Group::Computing, "Where to compute: auto, cpu or cuda", "auto", kAnyText, takeBackend);
    choice("precision", "NAME", Group::Computing,
           "Arithmetic of the MLPs: fp32, tf32, bf16, fp16 or int8, as far as the backend has it", "fp32",
           {"fp32", "tf32", "bf16", "fp16", "int8"},
           [](Request& r, Text t) { return takeFound(precisionFromName(t), r.model.backend.precision); });
    value("threads", "N", Group::Computing, "Threads to compute with (0, or more than there are: all)", "0",
          fmt::format("a whole number from 0 to {}", kMostThreads),
          [](Request& r, Text t) { return takeFound(wholeNumber<int>(t, 0, kMostThreads), r.model.backend.threads); });
    value("gpu-memory", "SIZE", Group::Computing,
          "Most GPU memory to use, as 8GiB; the hottest rows of the tables go there. Without it: what is free, less a "
          "tenth",
          "", kAnyText, takeMemory);
    choice("table-precision", "NAME", Group::Computing,
           "How tables are stored on a GPU: stored (as in the files), fp16, or int8 with a scale per row", "stored",
           {"stored", "fp16", "int8"},
           [](Request& r, Text t) { return takeFound(tableStorageFromName(t), r.model.backend.tableStorage); });
    return out;
}

}  // namespace

std::span<const OpenOption> openOptions() {
    static const std::vector<OpenOption> table = makeTable();
    return table;
}

const OpenOption* openOption(std::string_view name) {
    const auto options = openOptions();
    const auto found =
        std::find_if(options.begin(), options.end(), [&](const OpenOption& o) { return o.name == name; });
    return found == options.end() ? nullptr : &*found;
}

Result<void> applyOption(OpenRequest& request, std::string_view name, std::string_view value) {
    const std::string field = "--" + std::string(name.substr(0, kShown));
    const OpenOption* const option = openOption(name);
    if (!option) {
        std::vector<std::string> names;
        for (const OpenOption& known : openOptions()) names.push_back("--" + known.name);
        return fail(Error("E-OPTION-003", "There is no such option.")
                        .inField(field)
                        .butExpected(joined(names))
                        .butFound(field)
                        .withRemedy("Name one of these."));
    }
    OpenRequest changed = request;
    auto taken = option->take(changed, value);
    if (taken && *taken) {
        request = std::move(changed);
        return {};
    }
    if (!taken) {
        Error error = std::move(taken).error();
        if (error.field.empty()) error.field = field;
        if (error.found.empty()) error.found = value.empty() ? "nothing" : value.substr(0, kShown);
        return fail(std::move(error));
    }
    return fail(Error("E-OPTION-002", "The option does not take this value.")
                    .inField(field)
                    .butExpected(option->expected)
                    .butFound(value.empty() ? "nothing" : std::string(value.substr(0, kShown)))
                    .withRemedy("Give a value that it takes, or leave the option out."));
}

}  // namespace dlrm
