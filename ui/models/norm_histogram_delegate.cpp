// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/norm_histogram_delegate.h"

#include <QPainter>

#include <algorithm>

#include "ui/models/table_list_model.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kNormColumns = 7;  // "0.00454"

}  // namespace

void NormHistogramDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                                  const QModelIndex& index) const {
    CellDelegate::paint(painter, option, index);
    const QVariantList shares = index.data(TableListModel::HistogramRole).toList();
    const int text = QFontMetrics(option.font).horizontalAdvance(QLatin1Char('0')) * (kNormColumns + 1);
    const QRect room = option.rect.adjusted(space::s, 3, -text - space::s, -3);
    if (shares.isEmpty() || room.width() < shares.size() / 2) return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, false);
    const double width = static_cast<double>(room.width()) / static_cast<double>(shares.size());
    for (qsizetype i = 0; i < shares.size(); ++i) {
        const double share = shares[i].toDouble();
        if (share <= 0) continue;
        const double height = std::max(1.0, share * room.height());  // a bin with a single row still shows
        painter->fillRect(QRectF(room.left() + static_cast<double>(i) * width, room.bottom() + 1 - height,
                                 std::max(1.0, width), height),
                          Theme::instance().series(0));
    }
    painter->restore();
}

}  // namespace dlrm::ui
