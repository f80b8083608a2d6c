// SPDX-License-Identifier: GPL-3.0-or-later
// Norms tab: how long the rows of a table are, and what values they hold.
#pragma once

#include "ui/pages/tables/tab.h"

class QCheckBox;

namespace dlrm::ui {

class ChartView;

class TableNormsTab : public TableTab {
    Q_OBJECT
public:
    explicit TableNormsTab(Session& session, QWidget* parent = nullptr);
    bool isSettled() const override;
    // Counts stand on a logarithmic axis: until the reader chooses, where one bin holds nearly every row.
    bool logCounts() const;

protected:
    void refresh() override;
    void forget() override;

private:
    void showNorms(const TablePicturesPtr& pictures);
    void showValues();

    ChartView* m_norms = nullptr;
    ChartView* m_values = nullptr;
    QCheckBox* m_log = nullptr;
    bool m_chosen = false;  // by the reader
    TablePicturesPtr m_pictures;
};

}  // namespace dlrm::ui
