// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/flow_layout.h"

#include <QWidget>

#include <algorithm>

#include "ui/widgets/theme.h"

namespace dlrm::ui {

FlowLayout::FlowLayout(QWidget* parent) : QLayout(parent) { setSpacing(space::s); }

FlowLayout::~FlowLayout() { qDeleteAll(m_items); }

int FlowLayout::place(const QRect& rect, bool move) const {
    const QMargins margins = contentsMargins();
    const QRect room = rect.marginsRemoved(margins);
    int y = room.top(), lineHeight = 0;
    for (qsizetype first = 0, next = 0; first < m_items.size(); first = next) {
        int width = 0;
        lineHeight = 0;
        for (next = first; next < m_items.size(); ++next) {
            if (m_items[next]->isEmpty()) continue;
            const QSize size = m_items[next]->sizeHint();
            if (width > 0 && width + spacing() + size.width() > room.width()) break;
            width += (width > 0 ? spacing() : 0) + size.width();
            lineHeight = std::max(lineHeight, size.height());
        }
        int x = room.left();
        for (qsizetype i = first; move && i < next; ++i) {
            if (m_items[i]->isEmpty()) continue;
            const QSize size = m_items[i]->sizeHint();
            const QPoint corner(x, y + (lineHeight - size.height()) / 2);
            m_items[i]->setGeometry(QRect(corner, QSize(std::min(size.width(), room.width()), size.height())));
            x += size.width() + spacing();
        }
        if (next < m_items.size()) y += lineHeight + spacing();
    }
    return y + lineHeight - rect.top() + margins.bottom();
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    place(rect, true);
}

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const QLayoutItem* item : m_items)
        if (!item->isEmpty()) size = size.expandedTo(item->minimumSize());
    const QMargins margins = contentsMargins();
    return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

}  // namespace dlrm::ui
