// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/window_error.h"

#include <algorithm>
#include <iterator>
#include <regex>
#include <string_view>

namespace dlrm::ui {
namespace {

struct Remedy {
    std::string_view code, text;
};

constexpr Remedy kRemedies[] = {
    {"E-BACKEND-001", "choose Automatic or CPU in the menu of the backend, at the left of the status bar"},
    {"E-BACKEND-002", "choose one in the menu of the backend, at the left of the status bar"},
    {"E-CKPT-021", "Open its dataset: the cardinalities tell which table is which feature."},
    {"E-CKPT-022", "Open its dataset: the cardinalities tell which table is which feature."},
    {"E-CONVERT-001", "open the model's dataset with it"},
    {"E-CPU-001", "Choose fp32 or bf16 in the menu of the backend, at the left of the status bar."},
    {"E-DICT-001", "Open the dictionary of the training; or read every category as missing (row 0), or hashed into the rows of its table."},
    {"E-DICT-016", "Open the checkpoint first; of layout A also a dataset that states its cardinalities."},
    {"E-ENGINE-007", "open it together with a dataset that states its cardinalities"},
    {"E-ENGINE-018", "say how the model was trained: its files do not record how the vectors of several ids are combined"},
    {"E-FUSED-001", "Give the numbers of rows of the tables, open the model's dataset, or put the config.json of the training beside the model."},
    {"E-HDATA-003", "Open the dictionary of the training as well."},
    {"E-MODULE-007", "use a GPU of the Turing generation or newer, or choose CPU in the menu of the backend"},
    {"E-MODULE-008", "start the program again to use the GPU, or choose CPU in the menu of the backend"},
    {"E-MODULE-009", "try again, or choose CPU in the menu of the backend"},
    {"E-PROFILE-002", "Open data of this preprocessing: ids of two preprocessings must not be mixed."},
    {"E-RECORD-002", "Convert the file to split_binary or HDF5: it does not say how it was preprocessed."},
    {"E-RECORD-003", "The file is damaged, or it was preprocessed otherwise."},
    {"E-TSV-011", "Write whole numbers, and nothing where one is missing."},
};

bool namesAnOption(const std::string& text) {
    static const std::regex kOption("(^|[^-A-Za-z0-9])--[a-z]");
    return std::regex_search(text, kOption);
}

}  // namespace

Error forWindow(Error error) {
    if (!namesAnOption(error.remedy)) return error;
    const auto known = std::find_if(std::begin(kRemedies), std::end(kRemedies), [&](const Remedy& r) { return r.code == error.code; });
    error.remedy = known != std::end(kRemedies) ? std::string(known->text) : "This needs a choice that only the command line offers: see the help of dlrm-cli.";
    return error;
}

QString sentences(const Error& error) {
    QString text = QString::fromStdString(error.message);
    QString remedy = QString::fromStdString(error.remedy);
    if (remedy.isEmpty()) return text;
    remedy[0] = remedy[0].toUpper();
    if (!remedy.endsWith(QLatin1Char('.'))) remedy += QLatin1Char('.');
    return text + QLatin1Char(' ') + remedy;
}

}  // namespace dlrm::ui
