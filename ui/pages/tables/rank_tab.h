// SPDX-License-Identifier: GPL-3.0-or-later
// Rank–norm tab: how the norm falls with the id, which is the frequency rank, and where training sinks into the
// initializer's noise.
#pragma once

#include "ui/charts/density_layer.h"
#include "ui/pages/tables/tab.h"

class QTimer;

namespace dlrm::ui {

class TableRankTab : public TableTab {
    Q_OBJECT
public:
    explicit TableRankTab(Session& session, QWidget* parent = nullptr);
    bool isSettled() const override;
    // What stands beside the pointer at this place: how many rows lie there, and the row of this rank.
    QString hoverText(double x, double y) const;

protected:
    void refresh() override;
    void forget() override;

private:
    void show(const TablePicturesPtr& pictures);
    void askForDensity();
    std::uint32_t countAt(double x, double y) const;  // rows in the picture's cell there
    void paint(QPainter& painter, const ChartView::Mapper& m) const;

    ChartView* m_chart = nullptr;
    DensityLayer m_density;
    QTimer* m_rest = nullptr;  // the picture is counted anew when the view has come to rest
    TablePicturesPtr m_pictures;
    bool m_logNorms = false;
    quint64 m_token = 0, m_shown = 0;
};

}  // namespace dlrm::ui
