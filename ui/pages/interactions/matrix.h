// SPDX-License-Identifier: GPL-3.0-or-later
// One matrix over pairs of vectors as a map: which of THE TABLE OF MATRICES, of those of two slices, or one row less
// the mean, and in which order rows and columns stand.
#pragma once

#include <QStringList>
#include <QWidget>

#include <utility>
#include <vector>

#include "ui/session/desks/interaction_desk.h"

class QCheckBox;
class QComboBox;
class QLabel;

namespace dlrm::ui {

class HeatmapView;

class InteractionMatrixView : public QWidget {
    Q_OBJECT
public:
    explicit InteractionMatrixView(QWidget* parent = nullptr);

    // Null: none. While figures come in the colours keep their range. noAttribution: why there are none, where there
    // are none; fed: whether the model reads the products itself.
    void setFigures(const InteractionFiguresPtr& figures, bool live, const QString& noAttribution, bool fed);
    // The row that is looked at elsewhere; null: none, and why.
    void setRow(const InteractionRowPtr& row, const QString& whyNone);
    // As somebody chooses it above the map, where there is one.
    void choose(std::vector<double> InteractionMatrices::*values, bool bySimilarity);
    // Marks the cell of two vectors without the signal; -1: none.
    void mark(int first, int second);
    // As ChartView has them.
    void setSource(const QString& text);
    void setNoExport(const QString& why);
    HeatmapView* map() const { return m_map; }

Q_SIGNALS:
    void cellClicked(int first, int second);  // places of the vectors in the model

private:
    struct Choice {
        QString title, formula;
        bool isSigned = false;
        const std::vector<double>* values = nullptr;  // null: there are none
        QString whyNone;
    };
    std::vector<Choice> choices(const QString& noAttribution) const;
    Choice chosen() const;
    void take();
    void offer();
    void draw();
    void order();
    void markAgain();
    QString describe(std::size_t first, std::size_t second) const;

    InteractionFiguresPtr m_figures;
    bool m_live = false, m_fed = true;
    QString m_noAttribution;
    InteractionRowPtr m_row;        // less the mean; null: none
    QString m_noRow;                // why
    std::vector<double> m_rowLess;  // m_row less the mean of the figures
    QString m_source;
    std::vector<std::size_t> m_order;      // of the vectors, line by line
    int m_drawn = -1;                      // which matrix the colours are of
    int m_first = -1, m_second = -1;       // the marked cell's vectors
    std::pair<int, int> m_marked{-1, -1};  // row and column in the map
    std::size_t m_side = 0;                // of the matrix that was drawn
    QComboBox* m_matrix = nullptr;
    QComboBox* m_sorting = nullptr;
    QCheckBox* m_hold = nullptr;
    QLabel* m_formula = nullptr;
    HeatmapView* m_map = nullptr;
};

}  // namespace dlrm::ui
