// SPDX-License-Identifier: GPL-3.0-or-later
// THE GLOSSARY: what the window's terms of art mean, once, for F1, for tool tips and for the labels that link to it.
#pragma once

#include <QLabel>
#include <QObject>
#include <QString>

#include <span>

namespace dlrm::ui {

struct Term {
    const char* id;     // "effective-rank"; an anchor of F1
    const char* pages;  // ids of the pages it occurs on, with spaces between: "tables"
    const char* title;  // as labels have it: "Effective rank"
    const char* text;   // a sentence or two
};

std::span<const Term> glossary();
// Null: there is none.
const Term* findTerm(const QString& id);
const Term* findTermByTitle(const QString& title);
QString termTitle(const Term& term);
QString termText(const Term& term);

// Labels ask here, the window answers with F1 at that term.
class Glossary : public QObject {
    Q_OBJECT
public:
    static Glossary& instance();

Q_SIGNALS:
    void asked(const QString& id);
};

// Makes the label a link to the term: underlined, with the term's text as its tool tip. Null leaves the label as it is.
void linkTerm(QLabel* label, const Term* term);

}  // namespace dlrm::ui
