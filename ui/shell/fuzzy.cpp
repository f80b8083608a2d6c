// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/fuzzy.h"

#include <QStringList>

namespace dlrm::ui {

int fuzzyScore(const QString& query, const QString& text) {
    constexpr int kLetter = 1, kRun = 4, kWordStart = 8, kExact = 40;
    int score = 1;
    qsizetype at = 0, previous = -2;
    for (const QChar wanted : query) {
        if (wanted.isSpace()) continue;
        while (at < text.size() && text[at].toCaseFolded() != wanted.toCaseFolded()) ++at;
        if (at == text.size()) return 0;
        score += kLetter;
        if (at == previous + 1) score += kRun;
        if (at == 0 || !text[at - 1].isLetterOrNumber()) score += kWordStart;
        previous = at++;
    }
    const QString trimmed = query.trimmed();
    if (!trimmed.isEmpty() && text.contains(trimmed, Qt::CaseInsensitive)) score += kExact;
    return score;
}

namespace {

// Where a word of `text` begins with `word`, from `from` on; -1: nowhere.
qsizetype startOf(const QString& word, const QString& text, qsizetype from) {
    qsizetype at = text.indexOf(word, from, Qt::CaseInsensitive);
    while (at > 0 && text[at - 1].isLetterOrNumber()) at = text.indexOf(word, at + 1, Qt::CaseInsensitive);
    return at;
}

}  // namespace

TextMatch matchOf(const QString& query, const QString& text) {
    bool stand = true, begin = true;
    qsizetype from = 0;
    for (const QString& word : query.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        stand = stand && text.contains(word, Qt::CaseInsensitive);
        const qsizetype at = begin ? startOf(word, text, from) : -1;
        begin = at >= 0;
        from = at + word.size();
    }
    if (begin) return TextMatch::Starts;
    if (stand) return TextMatch::Words;
    return fuzzyScore(query, text) > 0 ? TextMatch::Scattered : TextMatch::None;
}

}  // namespace dlrm::ui
