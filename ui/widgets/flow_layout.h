// SPDX-License-Identifier: GPL-3.0-or-later
// Lays widgets out in lines, left to right, breaking lines where the width ends. Hidden widgets take no room.
#pragma once

#include <QLayout>
#include <QList>

namespace dlrm::ui {

class FlowLayout : public QLayout {
public:
    explicit FlowLayout(QWidget* parent);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override { m_items.append(item); }
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem* itemAt(int index) const override { return m_items.value(index); }
    QLayoutItem* takeAt(int index) override {
        return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
    }
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return place(QRect(0, 0, width, 0), false); }
    void setGeometry(const QRect& rect) override;
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSize() const override;

private:
    // The height the items take in this width; moves them there when asked to.
    int place(const QRect& rect, bool move) const;

    QList<QLayoutItem*> m_items;
};

}  // namespace dlrm::ui
