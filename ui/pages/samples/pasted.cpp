// SPDX-License-Identifier: GPL-3.0-or-later
// SamplesPage: lines that were pasted, dropped or copied.
#include <QApplication>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QUndoStack>

#include <utility>

#include "ui/pages/samples/page.h"
#include "ui/pages/samples/paste_box.h"
#include "ui/pages/samples/undo.h"
#include "ui/session/window_error.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr int kMaxPastedLines = 5000;

QString asTyped(const EditableRow& row) { return QString::fromStdString(lineOfTokens(row)); }

}  // namespace

// What the list shows of edited rows and pasted lines is predicted one after the other whenever nothing else is asked.
void SamplesPage::explainNextListed() {
    if (m_currentInFlight || m_listedToken != 0 || !session().model()) return;
    const auto next = m_rows->nextUnpredicted();
    if (!next) return;
    const auto edited = m_edits.find(next->key);
    std::optional<EditableRow> row;
    if (!next->edited) row = m_rows->source(next->key);
    else if (edited != m_edits.end()) row = edited->second;
    if (!row) return;
    m_listed = *next;
    m_listedToken = ++m_lastToken;
    const std::int64_t left = m_rows->unpredicted();
    session().samples().explain(row->input, m_listedToken, false,
                                left > 1 ? tr("Predicting listed rows: %1 left").arg(formatCount(left)) : QString());
}

// Pasted lines mean other ids with another dictionary; those that no longer fit go back into the box, as they were
// edited.
void SamplesPage::reparsePasted() {
    const auto edits = std::exchange(m_pastedEdits, {});
    if (m_rows->pasted().empty()) return;
    QStringList lines, edited;
    for (const EditableRow& row : m_rows->pasted()) {
        const auto edit = edits.find(-1 - static_cast<SampleKey>(lines.size()));
        lines << asTyped(row);
        edited << (edit != edits.end() ? asTyped(edit->second) : lines.last());
    }
    m_rows->clearPasted();
    const auto all = session().samples().parseLines(edited.join(QLatin1Char('\n')));
    const bool fit = all && session().samples().parseLines(lines.join(QLatin1Char('\n')));
    if (fit)
        for (const auto& [key, row] : edits) m_edits[key] = (*all)[static_cast<std::size_t>(-1 - key)];
    const QString text = (fit ? lines : edited).join(QLatin1Char('\n')), typed = m_pasteBox->toPlainText();
    m_pasteBox->setPlainText(fit || typed.isEmpty() ? text : text + QLatin1Char('\n') + typed);
    addLines(text);
    if (fit) m_pasteBox->setPlainText(typed);
    else
        m_pasteProblem->setText(tr("The pasted rows do not fit what is open now, and are lines again.") +
                                QLatin1Char(' ') + m_pasteProblem->text());
    for (const auto& [key, row] : m_edits)
        if (key < 0) m_rows->setEdited(key, row);
}

// Said in the banner, which goes with whatever else is opened or looked at, and beside the lines as long as they stand
// there.
void SamplesPage::refuseLines(const Error& why) {
    Error shown = why;
    if (why.row >= 0) shown.file = tr("pasted lines, line %1").arg(why.row + 1).toStdString();
    shown.row = -1;
    showError(shown);
    if (why.row >= 0) m_pasteBox->selectLine(static_cast<int>(why.row));
    QStringList where{why.row >= 0 ? tr("Line %1").arg(why.row + 1) : QString(), QString::fromUtf8(why.field),
                      why.found.empty() ? QString() : tr("found %1").arg(QString::fromUtf8(why.found))};
    where.removeAll(QString());
    m_pasteProblem->setText(where.isEmpty() ? sentences(why)
                                            : where.join(QStringLiteral(", ")) + QStringLiteral(": ") + sentences(why));
    m_pasteProblem->show();
}

void SamplesPage::addLines(const QString& text) {
    if (!session().dataset() || SamplePasteBox::holdsNoLine(text)) return;
    if (text.count(QLatin1Char('\n')) > kMaxPastedLines) {
        Error error("E-UI-010", "More than 5,000 lines were pasted.");
        error.remedy = "Save them to a file and open it as a dataset.";
        refuseLines(error);
        return;
    }
    const Result<std::vector<EditableRow>> rows = session().samples().parseLines(text);
    if (!rows) return refuseLines(rows.error());
    clearError();
    m_pasteBox->clear();
    const auto before = static_cast<qint64>(m_rows->pasted().size());
    m_rows->addPasted(*rows);
    m_key.reset();  // the same view row may be another one now
    if (!rows->empty()) m_view->setCurrentRow(before);
    if (!m_key && !m_awaited) selectViewRow(before);
    explainNextListed();
}

void SamplesPage::copyRow() {
    if (!m_key) return;
    QApplication::clipboard()->setText(session().samples().lineOf(m_row));
    Q_EMIT noticed(tr("Copied %1 as TSV").arg(nameOf(*m_key)));
}

void SamplesPage::dragEnterEvent(QDragEnterEvent* event) {
    if (session().dataset() && SamplePasteBox::accepts(*event->mimeData())) event->acceptProposedAction();
    else event->ignore();
}

void SamplesPage::dropEvent(QDropEvent* event) {
    QString error;
    const QString text = SamplePasteBox::textOf(*event->mimeData(), &error);
    if (!error.isEmpty()) {
        showError(Error("E-UI-011", error.toStdString()));
        return;
    }
    event->acceptProposedAction();
    m_pasteBox->offer(text);
}

void SamplesPage::removePasted() {
    m_undo->push(new RemovePastedCommand(
        tr("remove the pasted rows"), [this] { return takePasted(); },
        [this](const PastedRows& rows) { putBackPasted(rows); }));
}

// The same row, which may be another one of the list now; the first where it is gone.
void SamplesPage::showRowAgain() {
    if (m_rows->rowCount() == 0) return;
    const qint64 row = m_key ? m_rows->rowOf(*m_key) : 0;
    m_view->setCurrentRow(row);
    if (!m_key && !m_awaited) selectViewRow(row);
}

PastedRows SamplesPage::takePasted() {
    PastedRows taken{m_rows->pasted(), {}};
    for (const auto& [key, row] : m_edits)
        if (key < 0) taken.edits[key] = row;
    std::erase_if(m_edits, [](const auto& entry) { return entry.first < 0; });
    m_listedToken = 0;
    if (m_key && *m_key < 0) m_key.reset();
    m_rows->clearPasted();
    showRowAgain();
    return taken;
}

// They have their numbers again: what was pasted since stands behind them. It has no edits, they were undone before.
void SamplesPage::putBackPasted(const PastedRows& rows) {
    std::vector<EditableRow> all = rows.rows;
    all.insert(all.end(), m_rows->pasted().begin(), m_rows->pasted().end());
    m_listedToken = 0;
    if (m_key && *m_key < 0) *m_key -= static_cast<SampleKey>(rows.rows.size());
    m_rows->clearPasted();
    m_rows->addPasted(all);
    for (const auto& [key, row] : rows.edits) {
        m_edits[key] = row;
        m_rows->setEdited(key, row);
    }
    showRowAgain();
    explainNextListed();
}

}  // namespace dlrm::ui
