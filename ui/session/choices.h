// SPDX-License-Identifier: GPL-3.0-or-later
// THE TABLE OF CHOICES (choices.cpp): what people say of a checkpoint and its rows where the files do not say it, or
// say otherwise. Overview shows those that hold and offers to change them; a refusal that may come from one names it.
#pragma once

#include <QString>

#include <span>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "ui/session/session.h"

namespace dlrm::ui {

struct ChoiceValue {
    QString value, words;  // as the option takes it, and as the window says it
};

struct ChoiceEntry {
    const char* option;                     // of opening (core/engine/open_options.h)
    const char* title;                      // "Rows of the tables"
    const char* question;                   // what is asked, one or two sentences
    bool saidByDataset;                     // a dataset's cardinalities say it, where nothing was chosen
    QString (*value)(const OpenRequest&);   // as the option takes it; empty: the files hold
    void (*takeBack)(OpenRequest&);         // from then on the files hold
    std::vector<std::string_view> refuses;  // codes of refusals that a wrong one may be the reason of
};

std::span<const ChoiceEntry> choiceTable();
// Null: there is none of this option.
const ChoiceEntry* choiceOf(const QString& option);

QString title(const ChoiceEntry& choice);
QString question(const ChoiceEntry& choice);
// What may be chosen; empty: it is typed.
std::vector<ChoiceValue> valuesOf(const ChoiceEntry& choice);
// What was chosen, as the window says it; empty: nothing.
QString words(const ChoiceEntry& choice, const OpenRequest& request);
// All that was chosen of a model, an applied reading included; empty: nothing.
QString chosenWords(const ModelSettings& settings);

// Those of `request` that a refusal may come from.
std::vector<const ChoiceEntry*> choicesBehind(const Error& error, const OpenRequest& request);
// The same error with a remedy that names these, or as it is where there are none.
Error withChoices(Error error, const std::vector<const ChoiceEntry*>& behind, const OpenRequest& request);

}  // namespace dlrm::ui
