// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a share (TableListModel::ShareRole) as a thin bar behind its text.
#pragma once

#include "ui/models/cell_delegate.h"

namespace dlrm::ui {

class ShareBarDelegate : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace dlrm::ui
