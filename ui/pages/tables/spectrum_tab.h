// SPDX-License-Identifier: GPL-3.0-or-later
// Spectrum tab: how many directions of the embedding space a table uses; one table in three weightings, or all tables
// beside each other.
#pragma once

#include "ui/charts/chart_view.h"
#include "ui/pages/tables/tab.h"

class QLabel;
class QPushButton;

namespace dlrm::ui {

class TableSpectrumTab : public TableTab {
    Q_OBJECT
public:
    explicit TableSpectrumTab(Session& session, QWidget* parent = nullptr);
    void setComparing(bool on);

protected:
    void refresh() override;

private:
    void show(const std::vector<ChartView::Line>& lines, double dim);
    void showOne();
    void showAll();

    ChartView* m_chart = nullptr;
    QLabel* m_figures = nullptr;
    QPushButton* m_compare = nullptr;
    QPushButton* m_weigh = nullptr;
};

}  // namespace dlrm::ui
