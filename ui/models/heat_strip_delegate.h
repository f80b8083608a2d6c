// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a row's values (TableRowSource::VectorRole) as a strip of colours on the diverging map; a faint line while the
// row is not loaded.
#pragma once

#include <QRgb>
#include <QStyledItemDelegate>

#include <array>

namespace dlrm::ui {

class HeatStripDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit HeatStripDelegate(QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    static constexpr int kColors = 255;  // odd: the middle one is zero

private:
    void readTheme();
    std::array<QRgb, kColors> m_colors{};
    QRgb m_notFinite = 0;
};

}  // namespace dlrm::ui
