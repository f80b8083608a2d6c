// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/copied_lines.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QTableView>
#include <QVariant>

#include <algorithm>

#include "ui/widgets/plain_text.h"

namespace dlrm::ui {
namespace {

class CopyKey : public QObject {
public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() != QEvent::KeyPress || !static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy))
            return QObject::eventFilter(watched, event);
        if (const QString lines = selectedLines(*static_cast<QTableView*>(watched)); !lines.isEmpty())
            QGuiApplication::clipboard()->setText(lines);
        return true;
    }
};

}  // namespace

QString copiedCell(const QVariant& copied, const QVariant& shown) {
    if (copied.typeId() == QMetaType::Double) return exactNumber(copied.toDouble());
    return (copied.isValid() ? copied : shown)
        .toString()
        .replace(QLatin1Char('\t'), QLatin1Char(' '))
        .replace(QLatin1Char('\n'), QLatin1Char(' '));
}

QString selectedLines(const QTableView& list) {
    QModelIndexList chosen = list.selectionModel()->selectedRows();
    if (chosen.isEmpty()) return {};
    std::sort(chosen.begin(), chosen.end());
    const QAbstractItemModel& model = *list.model();
    QStringList lines, cells;
    for (int c = 0; c < model.columnCount(); ++c)
        cells << copiedCell(model.headerData(c, Qt::Horizontal, kCopyRole), model.headerData(c, Qt::Horizontal));
    lines << cells.join(QLatin1Char('\t'));
    for (const QModelIndex& line : chosen) {
        cells.clear();
        for (int c = 0; c < model.columnCount(); ++c) {
            const QModelIndex cell = line.siblingAtColumn(c);
            cells << copiedCell(cell.data(kCopyRole), cell.data());
        }
        lines << cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

void copyLinesOf(QTableView& list) { list.installEventFilter(new CopyKey(&list)); }

}  // namespace dlrm::ui
