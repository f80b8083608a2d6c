// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/choices.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

#include "core/engine/open_options.h"
#include "ui/session/plain_words.h"

namespace dlrm::ui {
namespace {

constexpr qsizetype kMostShown = 80;  // characters of a choice in a remedy; Overview shows it whole

QString inWindow(const char* text) { return QCoreApplication::translate("Choices", text); }

template <class T>
QString numbers(const std::vector<T>& values) {
    QStringList out;
    for (const T n : values) out << QString::number(n);
    return out.join(QStringLiteral(", "));
}

template <class T>
QString nameOf(const std::optional<T>& value) {
    return value ? QString::fromUtf8(name(*value)) : QString();
}

std::vector<ChoiceEntry> makeChoices() {
    using Request = OpenRequest;
    return {
        {"cardinalities",
         QT_TRANSLATE_NOOP("Choices", "Rows of the tables"),
         QT_TRANSLATE_NOOP("Choices", "Give the rows of every embedding table in feature order."),
         true,
         [](const Request& r) { return numbers(r.model.cardinalities); },
         [](Request& r) { r.model.cardinalities.clear(); },
         {"E-ENGINE-011", "E-ENGINE-013", "E-DICT-006", "E-CKPT-019", "E-CKPT-020", "E-CKPT-029"}},
        {"table-order",
         QT_TRANSLATE_NOOP("Choices", "Order of the tables"),
         QT_TRANSLATE_NOOP("Choices",
                           "Give the feature number of each table, in the checkpoint's numbering, as 19,0,21. Leave it "
                           "empty where a dataset's cardinalities are to tell."),
         true,
         [](const Request& r) { return numbers(r.model.tableOrder); },
         [](Request& r) { r.model.tableOrder.clear(); },
         {"E-ENGINE-013", "E-DICT-006", "E-CKPT-020"}},
        {"numericals",
         QT_TRANSLATE_NOOP("Choices", "Numerical features"),
         QT_TRANSLATE_NOOP("Choices",
                           "With how many numerical features was the model trained? Leave it empty to take as many as "
                           "the files and the dataset say."),
         false,
         [](const Request& r) { return r.model.numericals ? QString::number(r.model.numericals) : QString(); },
         [](Request& r) { r.model.numericals = 0; },
         {"E-ENGINE-012", "E-CKPT-023", "E-CLI-012"}},
        {"interaction-tables",
         QT_TRANSLATE_NOOP("Choices", "Tables in the interaction"),
         QT_TRANSLATE_NOOP("Choices", "In which order did the tables take part in the interaction?"),
         false,
         [](const Request& r) { return nameOf(r.model.interactionTables); },
         [](Request& r) { r.model.interactionTables.reset(); },
         {}},
        {"combiner",
         QT_TRANSLATE_NOOP("Choices", "Several ids"),
         QT_TRANSLATE_NOOP("Choices",
                           "How did the model combine the vectors of several ids of a feature? Most layouts do not "
                           "record it."),
         false,
         [](const Request& r) { return nameOf(r.model.combiner); },
         [](Request& r) { r.model.combiner.reset(); },
         {}},
        {"profile",
         QT_TRANSLATE_NOOP("Choices", "Preprocessing"),
         QT_TRANSLATE_NOOP("Choices", "Which preprocessing did the rows go through, or are raw rows to go through?"),
         false,
         [](const Request& r) { return QString::fromStdString(r.data.profile); },
         [](Request& r) { r.data.profile.clear(); },
         {}},
        {"missing-dictionary",
         QT_TRANSLATE_NOOP("Choices", "Without a dictionary"),
         QT_TRANSLATE_NOOP("Choices", "How are the categories of raw rows read while no dictionary is open?"),
         false,
         [](const Request& r) {
             return r.data.missingDictionary == MissingDictionary::Refuse
                        ? QString()
                        : QString::fromUtf8(name(r.data.missingDictionary));
         },
         [](Request& r) { r.data.missingDictionary = MissingDictionary::Refuse; },
         {}},
        {"lenient",
         QT_TRANSLATE_NOOP("Choices", "Other numbers"),
         QT_TRANSLATE_NOOP("Choices", "How are numbers of raw rows read that are no whole numbers of 32 bits?"),
         false,
         [](const Request& r) {
             return r.data.textNumbers == TextNumbers::Lenient ? QStringLiteral("missing") : QString();
         },
         [](Request& r) { r.data.textNumbers = TextNumbers::Strict; },
         {}},
    };
}

QString wordsOf(const ChoiceEntry& choice, const QString& value) {
    struct Words {
        std::string_view option;
        const char* value;
        const char* text;
    };
    static constexpr Words kWords[] = {
        {"combiner", "sum", QT_TRANSLATE_NOOP("Choices", "combined by sum")},
        {"combiner", "mean", QT_TRANSLATE_NOOP("Choices", "combined by mean")},
        {"missing-dictionary", "row0", QT_TRANSLATE_NOOP("Choices", "every category missing (row 0)")},
        {"missing-dictionary", "hash", QT_TRANSLATE_NOOP("Choices", "hashed into the rows of its table")},
        {"lenient", "missing", QT_TRANSLATE_NOOP("Choices", "count as missing")},
    };
    for (const Words& words : kWords)
        if (words.option == choice.option && value == QLatin1String(words.value)) return inWindow(words.text);
    return inWords(value);
}

}  // namespace

std::span<const ChoiceEntry> choiceTable() {
    static const std::vector<ChoiceEntry> table = makeChoices();
    return table;
}

const ChoiceEntry* choiceOf(const QString& option) {
    for (const ChoiceEntry& choice : choiceTable())
        if (option == QLatin1String(choice.option)) return &choice;
    return nullptr;
}

QString title(const ChoiceEntry& choice) { return inWindow(choice.title); }
QString question(const ChoiceEntry& choice) { return inWindow(choice.question); }

std::vector<ChoiceValue> valuesOf(const ChoiceEntry& choice) {
    std::vector<ChoiceValue> out;
    const OpenOption& option = *openOption(choice.option);
    if (option.argument.empty()) return {{QString(), wordsOf(choice, QStringLiteral("missing"))}};  // a flag
    for (const std::string& value : option.choices) {
        const QString text = QString::fromStdString(value);
        if (value != option.byDefault) out.push_back({text, wordsOf(choice, text)});
    }
    return out;
}

QString words(const ChoiceEntry& choice, const OpenRequest& request) {
    const QString value = choice.value(request);
    return value.isEmpty() ? QString() : wordsOf(choice, value);
}

QString chosenWords(const ModelSettings& settings) {
    QStringList said;
    if (settings.applied) said << settings.applied->sentence();
    else if (settings.interactionOrder) said << orderWords(*settings.interactionOrder);
    const OpenRequest request{{}, settings, {}, false};
    for (const ChoiceEntry& choice : choiceTable())
        if (const QString value = words(choice, request); !value.isEmpty())
            said << QStringLiteral("%1: %2").arg(title(choice), value);
    return said.join(QStringLiteral("; "));
}

std::vector<const ChoiceEntry*> choicesBehind(const Error& error, const OpenRequest& request) {
    std::vector<const ChoiceEntry*> out;
    for (const ChoiceEntry& choice : choiceTable())
        if (std::find(choice.refuses.begin(), choice.refuses.end(), error.code) != choice.refuses.end() &&
            !choice.value(request).isEmpty())
            out.push_back(&choice);
    return out;
}

Error withChoices(Error error, const std::vector<const ChoiceEntry*>& behind, const OpenRequest& request) {
    if (behind.empty()) return error;
    QStringList said;
    for (const ChoiceEntry* choice : behind) {
        QString value = words(*choice, request);
        if (value.size() > kMostShown) value = value.left(kMostShown) + QStringLiteral("…");
        said << QStringLiteral("%1: %2").arg(title(*choice), value);
    }
    error.remedy = inWindow(
                       "It may come from what was chosen when it was opened (%1). Change that if it is not as the "
                       "model was trained; else open what belongs to this model.")
                       .arg(said.join(QStringLiteral("; ")))
                       .toStdString();
    return error;
}

}  // namespace dlrm::ui
