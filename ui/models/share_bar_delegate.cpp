// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/share_bar_delegate.h"

#include <QPainter>

#include <algorithm>

#include "ui/models/table_list_model.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kBarOpacity = 0.75;
constexpr int kShareColumns = 6;  // "24.5 %"
constexpr int kLongestBar = 120;  // pixels: it stands beside its number, not beside the one before

}  // namespace

void ShareBarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    CellDelegate::paint(painter, option, index);
    const double share = index.data(TableListModel::ShareRole).toDouble();
    const int text = QFontMetrics(option.font).horizontalAdvance(QLatin1Char('0')) * (kShareColumns + 2);
    QRect room = option.rect.adjusted(space::xl, space::xs + 1, -text - space::xs, -space::xs - 1);
    room.setLeft(std::max(room.left(), room.right() + 1 - kLongestBar));
    if (room.width() < space::s || share <= 0) return;
    painter->save();
    painter->setOpacity(kBarOpacity);
    painter->fillRect(QRectF(room.left(), room.top(), std::max(1.0, room.width() * share), room.height()),
                      Theme::instance().series(0));
    painter->restore();
}

}  // namespace dlrm::ui
