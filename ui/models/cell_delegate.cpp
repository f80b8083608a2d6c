// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/cell_delegate.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>
#include <utility>

#include "ui/widgets/theme.h"

namespace dlrm::ui {

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QString text = std::exchange(cell.text, QString());
    const QStyle* style = cell.widget ? cell.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);
    QRect room = cell.rect.adjusted(space::s, 0, -space::s, 0);
    painter->save();
    if (const QString mark = index.data(MarkRole).toString(); !mark.isEmpty()) {
        painter->setFont(Theme::instance().font(font_size::body, true));
        painter->setPen(Theme::instance().colors().fail);
        painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter, mark);
        room.setRight(room.right() - painter->fontMetrics().horizontalAdvance(mark) - space::xs);
    }
    painter->setFont(cell.font);
    painter->setPen(cell.palette.color(QPalette::Text));
    painter->drawText(room, static_cast<int>(cell.displayAlignment),
                      cell.fontMetrics.elidedText(text, cell.textElideMode, room.width()));
    painter->restore();
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    int width = cell.fontMetrics.horizontalAdvance(cell.text) + 2 * space::s + 1;
    if (const QString mark = index.data(MarkRole).toString(); !mark.isEmpty())
        width += QFontMetrics(Theme::instance().font(font_size::body, true)).horizontalAdvance(mark) + space::xs;
    const QSize size = QStyledItemDelegate::sizeHint(option, index);
    return {std::max(size.width(), width), size.height()};
}

}  // namespace dlrm::ui
