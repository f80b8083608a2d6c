// SPDX-License-Identifier: GPL-3.0-or-later
// Plain text cells whose text stands exactly under the column titles (the titles' padding), selected or not.
#pragma once

#include <QStyledItemDelegate>

namespace dlrm::ui {

class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace dlrm::ui
