// SPDX-License-Identifier: GPL-3.0-or-later
// Plain text cells whose text stands exactly under the column titles (the titles' padding), selected or not. A sign of
// MarkRole stands at the right end.
#pragma once

#include <QStyledItemDelegate>

namespace dlrm::ui {

class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    enum Role { MarkRole = Qt::UserRole + 100 };  // QString: a sign in the colour of what is wrong; invalid: none

    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    // Wide enough for the text and its sign.
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace dlrm::ui
