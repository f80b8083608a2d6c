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
    {"E-BACKEND-001",
     "Have the backend chosen automatically, or choose CPU in its menu, at the left of the status bar."},
    {"E-BACKEND-002",
     "Have the backend chosen automatically, or choose one in its menu, at the left of the status bar."},
    {"E-CKPT-021",
     "Give the feature number of each table, in the checkpoint's numbering; or open a dataset whose cardinalities tell "
     "them apart."},
    {"E-CKPT-022",
     "Give one feature number for each table, in the checkpoint's numbering; or open it without an order."},
    {"E-CONVERT-001", "Open the model's dataset with it, or give the feature number of each table."},
    {"E-CPU-001", "Compute in fp32, or choose bf16 in the menu of the backend, at the left of the status bar."},
    {"E-DICT-001",
     "Open the dictionary of the training; or read every category as missing (row 0), or hashed into the rows of its "
     "table."},
    {"E-DICT-016",
     "Open the checkpoint first; for layout A give the feature number of each table, or open a dataset that states its "
     "cardinalities."},
    {"E-ENGINE-007",
     "Open it together with a dataset that states its cardinalities, or give the feature number of each table."},
    {"E-ENGINE-018",
     "Say how the model was trained: its files do not record how the vectors of several ids are combined."},
    {"E-FILE-003", "If you trust whoever made the link, have links followed."},
    {"E-FUSED-001",
     "Give the numbers of rows of the tables, open the model's dataset, or put the config.json of the training beside "
     "the model."},
    {"E-HDATA-003", "Open the dictionary of the training as well."},
    {"E-MODULE-007", "Use a GPU of the Turing generation or newer, or choose CPU in the menu of the backend."},
    {"E-MODULE-008", "Start the program again to use the GPU, or choose CPU in the menu of the backend."},
    {"E-MODULE-009", "Try again, or choose CPU in the menu of the backend."},
    {"E-OPTION-002", "Write what is expected."},
    {"E-PROFILE-002",
     "Read the rows as their format implies, or open data of that preprocessing: ids of two preprocessings must not be "
     "mixed."},
    {"E-RECORD-002", "Choose the preprocessing that wrote the records."},
    {"E-RECORD-003", "The file is damaged, or it was preprocessed otherwise: choose how it is read."},
    {"E-TSV-011", "Write whole numbers, and nothing where one is missing."},
    {"E-VERIFY-005",
     "Record them on the Overview page once you know that the checkpoint is right, or choose the file that they were "
     "recorded in."},
};

bool namesAnOption(const std::string& text) {
    static const std::regex kOption("(^|[^-A-Za-z0-9])--[a-z]");
    return std::regex_search(text, kOption);
}

}  // namespace

Error forWindow(Error error) {
    if (error.field.starts_with("--")) error.field.clear();
    if (!namesAnOption(error.remedy) && error.code != "E-OPTION-002") return error;
    const auto known =
        std::find_if(std::begin(kRemedies), std::end(kRemedies), [&](const Remedy& r) { return r.code == error.code; });
    error.remedy = known != std::end(kRemedies) ? std::string(known->text)
                                                : "Say it when the program is started: its help lists the options.";
    return error;
}

QString sentences(const Error& error) {
    QString text = QString::fromStdString(error.message);
    const QString remedy = QString::fromStdString(error.remedy);
    if (remedy.isEmpty()) return text;
    return text + QLatin1Char(' ') + remedy;
}

}  // namespace dlrm::ui
