// SPDX-License-Identifier: GPL-3.0-or-later
// Pinned rows beside the current one: their values as lines in one picture or their difference to the first, and how
// alike they are.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/session/desks/scenario_desk.h"
#include "ui/session/table_analysis.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace dlrm::ui {

// Lines of up to a few vectors over one axis.
class VectorLines : public QWidget {
    Q_OBJECT
public:
    explicit VectorLines(QWidget* parent = nullptr);
    struct Line {
        std::vector<float> values;
        QColor color;
    };
    void setLines(std::vector<Line> lines);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Line> m_lines;
};

class TablePins : public QWidget {
    Q_OBJECT
public:
    static constexpr int kMostPins = static_cast<int>(kMostPinnedRows);

    explicit TablePins(QWidget* parent = nullptr);
    // Rows of another table are forgotten.
    void setTable(int table);
    // The row to compare with the pinned ones; empty values: not loaded.
    void setCurrent(qint64 id, std::span<const float> values);
    // Values of pinned rows, read anew. Others are left alone.
    void refresh(const TableRows& rows);
    // Pins these rows instead of those that are; their values come with refresh(). REQUIRES: at most kMostPins.
    void setPinned(const std::vector<qint64>& ids);
    // Pins the current row, or lets go of it when it is pinned. False: all places are taken.
    bool toggleCurrent();
    bool isPinned(qint64 id) const;
    std::vector<qint64> ids() const;
    int count() const { return static_cast<int>(m_pins.size()); }
    // As shown: id and cosine to the current row, for tests.
    std::vector<std::pair<qint64, double>> cosines() const;

Q_SIGNALS:
    void rowRequested(qint64 id);
    void changed();

private:
    struct Pin {
        qint64 id;
        std::vector<float> values;
    };
    void show();

    int m_table = -1;
    std::vector<Pin> m_pins;
    Pin m_current{-1, {}};
    VectorLines* m_lines = nullptr;
    QPushButton* m_difference = nullptr;
    QGridLayout* m_list = nullptr;
    QLabel* m_scale = nullptr;
};

}  // namespace dlrm::ui
