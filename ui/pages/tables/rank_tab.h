// SPDX-License-Identifier: GPL-3.0-or-later
// Rank–norm tab: how the norm falls with the id, which is the frequency rank, and from where on the median norm
// is that of untrained rows.
#pragma once

#include <optional>

#include "ui/charts/density_layer.h"
#include "ui/pages/tables/tab.h"

class QTimer;

namespace dlrm::ui {

class TableRankTab : public TableTab {
    Q_OBJECT
public:
    explicit TableRankTab(Session& session, QWidget* parent = nullptr);
    bool isSettled() const override;
    void setCurrentRow(qint64 id);  // it is ringed; -1: none
    // The row that is meant at this place of the pointer, by a click as by what stands beside it: the nearest one that
    // is drawn within a few pixels; nothing: none is.
    std::optional<qint64> rowAt(double x, double y) const;
    // What stands beside the pointer: how many rows lie there, and the row that is meant.
    QString hoverText(double x, double y) const;

protected:
    void refresh() override;
    void forget() override;

private:
    void show(const TablePicturesPtr& pictures);
    void askForDensity();
    std::optional<QPointF> markAt(double x, double y) const;
    std::optional<QPointF> placeOf(qint64 row) const;  // nothing: it has none on these axes
    void nameRing();
    std::uint32_t countAt(double x, double y) const;  // rows in the picture's cell there
    void paint(QPainter& painter, const ChartView::Mapper& m) const;
    QRectF placeOfDensity(const ChartView::Mapper& m) const;

    ChartView* m_chart = nullptr;
    DensityLayer m_density;
    QTimer* m_rest = nullptr;  // the picture is counted anew when the view has come to rest
    TablePicturesPtr m_pictures;
    bool m_logNorms = false;
    qint64 m_current = -1;
    quint64 m_token = 0, m_shown = 0;
};

}  // namespace dlrm::ui
