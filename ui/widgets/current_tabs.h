// SPDX-License-Identifier: GPL-3.0-or-later
// Tabs that are as high as the one in view needs them, where they stand in a scroll area: curves are not as low as
// lists, and a long list makes no curve higher.
#pragma once

#include <QTabBar>
#include <QTabWidget>

#include <algorithm>

namespace dlrm::ui {

class CurrentTabs : public QTabWidget {
public:
    explicit CurrentTabs(QWidget* parent = nullptr) : QTabWidget(parent) {
        connect(this, &QTabWidget::currentChanged, this, &CurrentTabs::fit);
    }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override {
        const QWidget* page = currentWidget();
        if (!page) return QTabWidget::heightForWidth(width);
        const int needed = page->hasHeightForWidth() ? page->heightForWidth(width) : page->sizeHint().height();
        return tabBar()->sizeHint().height() + std::max(needed, page->minimumSizeHint().height());
    }

protected:
    void tabInserted(int index) override {
        QTabWidget::tabInserted(index);
        fit();
    }

private:
    void fit() {
        for (int tab = 0; tab < count(); ++tab) {
            const auto policy = tab == currentIndex() ? QSizePolicy::Preferred : QSizePolicy::Ignored;
            widget(tab)->setSizePolicy(policy, policy);
        }
    }
};

}  // namespace dlrm::ui
