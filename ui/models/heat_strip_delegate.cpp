// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/heat_strip_delegate.h"

#include <QImage>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/models/table_row_source.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kVerticalGap = 2;

}  // namespace

HeatStripDelegate::HeatStripDelegate(QObject* parent) : QStyledItemDelegate(parent) {
    readTheme();
    connect(&Theme::instance(), &Theme::changed, this, &HeatStripDelegate::readTheme);
}

void HeatStripDelegate::readTheme() {
    for (int i = 0; i < kColors; ++i)
        m_colors[static_cast<std::size_t>(i)] = Theme::instance().diverging(2.0 * i / (kColors - 1) - 1).rgb();
    m_notFinite = Theme::instance().colors().warn.rgb();
}

void HeatStripDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const QRect strip = option.rect.adjusted(space::s, kVerticalGap, -space::s, -kVerticalGap);
    if (strip.width() < 1) return;
    const QVariant data = index.data(TableRowSource::VectorRole);
    const auto row = data.value<RowVector>();
    if (!data.isValid() || row.size == 0 || row.scale <= 0) {
        if (index.flags() & Qt::ItemIsEnabled)
            painter->fillRect(QRect(strip.left(), strip.center().y(), strip.width(), 1),
                              Theme::instance().colors().line);
        return;
    }
    QImage image(row.size, 1, QImage::Format_RGB32);
    auto* pixels = reinterpret_cast<QRgb*>(image.scanLine(0));
    constexpr int kMiddle = kColors / 2;
    for (int i = 0; i < row.size; ++i) {
        const float v = row.values[i];
        if (!std::isfinite(v)) {
            pixels[i] = m_notFinite;
            continue;
        }
        const float t = std::clamp(v / row.scale, -1.0F, 1.0F);
        pixels[i] = m_colors[static_cast<std::size_t>(kMiddle + static_cast<int>(std::lround(t * kMiddle)))];
    }
    // More values than pixels: average instead of dropping some.
    painter->setRenderHint(QPainter::SmoothPixmapTransform, row.size > strip.width());
    painter->drawImage(strip, image);
    painter->setRenderHint(QPainter::SmoothPixmapTransform, false);
}

}  // namespace dlrm::ui
