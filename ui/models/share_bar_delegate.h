// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a share (TableListModel::ShareRole) as a thin bar behind its text.
#pragma once

#include <QStyledItemDelegate>

namespace dlrm::ui {

class ShareBarDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace dlrm::ui
