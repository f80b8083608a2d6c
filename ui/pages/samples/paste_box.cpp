// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/paste_box.h"

#include <QFile>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMimeData>
#include <QTextBlock>
#include <QUrl>

#include <algorithm>
#include <cmath>

#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr qint64 kMaxFileBytes = 4 << 20;

bool isTextFile(const QString& path) {
    const QFileInfo info(path);
    const QString suffix = info.suffix().toLower();
    return info.isFile() &&
           (suffix == QStringLiteral("tsv") || suffix == QStringLiteral("txt") || suffix == QStringLiteral("csv"));
}

}  // namespace

SamplePasteBox::SamplePasteBox(QWidget* parent) : QPlainTextEdit(parent) {
    setObjectName(QStringLiteral("pasteBox"));
    setAccessibleName(tr("Criteo lines to add"));
    setFont(Theme::instance().monospace(font_size::caption));
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTabChangesFocus(true);
    setAcceptDrops(true);
}

void SamplePasteBox::setFields(qint64 numericals, qint64 categoricals) {
    const QString fields = fieldsOfALine(numericals, categoricals);
    setPlaceholderText(
        tr("Paste or drop Criteo lines here:\n%1\nfed:X is what is fed, id:N a table's row").arg(fields));
    setToolTip(tr("Lines of %1. A number may be fed:X, what the model is fed for it, and a category id:N, the row of "
                  "its table: Copy writes those where no raw value is known.\nCtrl+Enter adds what is typed "
                  "here; pasted and dropped lines are added at once.")
                   .arg(fields));
    fitHint();
}

void SamplePasteBox::fitHint() {
    const int margin = static_cast<int>(std::ceil(document()->documentMargin())), around = space::s;  // frame, padding
    const QRect room(0, 0, std::max(1, width() - 2 * (around + margin)), QWIDGETSIZE_MAX);
    setFixedHeight(fontMetrics().boundingRect(room, Qt::TextWordWrap, placeholderText()).height() +
                   2 * (margin + space::xs));
}

void SamplePasteBox::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    if (event->oldSize().width() != event->size().width()) fitHint();
}

QString SamplePasteBox::fieldsOfALine(qint64 numericals, qint64 categoricals) {
    const qint64 fields = numericals + categoricals;
    return tr("%1 tab-separated fields, or %2 without label").arg(formatCount(fields + 1), formatCount(fields));
}

bool SamplePasteBox::holdsNoLine(const QString& text) {
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.isSpace() && c != QLatin1Char('\t'); });
}

bool SamplePasteBox::accepts(const QMimeData& data) {
    if (!data.hasUrls()) return data.hasText();
    for (const QUrl& url : data.urls())
        if (url.isLocalFile() && isTextFile(url.toLocalFile())) return true;
    return false;
}

QString SamplePasteBox::textOf(const QMimeData& data, QString* error) {
    if (!data.hasUrls()) return data.text();
    QString text;
    for (const QUrl& url : data.urls()) {
        const QString path = url.toLocalFile();
        if (!url.isLocalFile() || !isTextFile(path)) continue;
        QFile file(path);
        if (file.size() > kMaxFileBytes) {
            if (error)
                *error = tr("%1 is too large to paste; open it as a dataset instead").arg(QFileInfo(path).fileName());
            return {};
        }
        if (!file.open(QIODevice::ReadOnly)) {
            if (error) *error = tr("%1 cannot be read: %2").arg(QFileInfo(path).fileName(), file.errorString());
            return {};
        }
        text += QString::fromUtf8(file.readAll());
    }
    return text;
}

void SamplePasteBox::offer(const QString& text) {
    if (holdsNoLine(text)) return;
    QTextCursor end(document());
    end.movePosition(QTextCursor::End);
    end.insertText(end.atBlockStart() ? text : QLatin1Char('\n') + text);
    Q_EMIT linesOffered(toPlainText());
}

void SamplePasteBox::selectLine(int line) {
    const QTextBlock block = document()->findBlockByNumber(line);
    if (!block.isValid()) return;
    QTextCursor cursor(block);
    cursor.movePosition(QTextCursor::EndOfBlock);
    cursor.movePosition(QTextCursor::StartOfBlock, QTextCursor::KeepAnchor);
    setTextCursor(cursor);
}

bool SamplePasteBox::canInsertFromMimeData(const QMimeData* source) const { return accepts(*source); }

void SamplePasteBox::insertFromMimeData(const QMimeData* source) {
    QString error;
    const QString text = textOf(*source, &error);
    if (!error.isEmpty()) {
        Q_EMIT refused(error);
        return;
    }
    textCursor().insertText(text);
    if (toPlainText().contains(QLatin1Char('\t'))) Q_EMIT linesOffered(toPlainText());
}

void SamplePasteBox::keyPressEvent(QKeyEvent* event) {
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) &&
        event->modifiers().testFlag(Qt::ControlModifier)) {
        Q_EMIT linesOffered(toPlainText());
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

}  // namespace dlrm::ui
