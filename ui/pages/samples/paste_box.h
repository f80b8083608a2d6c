// SPDX-License-Identifier: GPL-3.0-or-later
// Where Criteo lines are pasted, typed or dropped; the text stays until every line of it was taken.
#pragma once

#include <QPlainTextEdit>

namespace dlrm::ui {

class SamplePasteBox : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit SamplePasteBox(QWidget* parent = nullptr);

    // Of the model whose rows the lines are: what the hint says of a line.
    void setFields(qint64 numericals, qint64 categoricals);
    // "40 tab-separated fields, or 39 without label".
    static QString fieldsOfALine(qint64 numericals, qint64 categoricals);
    // A line of tabs is one: all its values are missing.
    static bool holdsNoLine(const QString& text);
    // Text of what was pasted or dropped: the text itself, or that of the local text files named. Empty with `error`
    // set when a file cannot be taken.
    static QString textOf(const QMimeData& data, QString* error = nullptr);
    // Whether textOf() would find something; folders and other files are left to the window.
    static bool accepts(const QMimeData& data);
    // Puts the text into the box, behind what stands there, and asks for all of it to be taken.
    void offer(const QString& text);
    // Selects line `line` (0-based), the one that was refused.
    void selectLine(int line);

Q_SIGNALS:
    void linesOffered(const QString& text);
    void refused(const QString& reason);

protected:
    void insertFromMimeData(const QMimeData* source) override;
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitHint();  // as high as the hint takes at this width
};

}  // namespace dlrm::ui
