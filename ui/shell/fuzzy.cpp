// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/fuzzy.h"

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

}  // namespace dlrm::ui
