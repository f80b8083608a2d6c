// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a table's norms (TableListModel::HistogramRole) as a small histogram beside their mean.
#pragma once

#include "ui/models/cell_delegate.h"

namespace dlrm::ui {

class NormHistogramDelegate : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace dlrm::ui
