// SPDX-License-Identifier: GPL-3.0-or-later
// What a row would be predicted with every pair of values of two fields: one down, the other across.
#pragma once

#include "ui/charts/cell_map.h"
#include "ui/session/desks/sweep_desk.h"

namespace dlrm::ui {

class PairChart : public CellMap {
    Q_OBJECT
public:
    explicit PairChart(QWidget* parent = nullptr);

    // How the fields and their values are told, down the map and across it.
    struct Words {
        QString down, across;
        QStringList downValues, acrossValues;
        qint64 downCount = 0, acrossCount = 0;  // rows of a table; 0: a numerical
    };
    void show(const PairFiguresPtr& figures, const Words& words);
    void showNothing();

Q_SIGNALS:
    void pairChosen(int down, int across);  // places among the values

private:
    QString textAt(int down, int across) const;
    QString axisText(const QString& field, qsizetype values, qint64 ofIds) const;

    PairFiguresPtr m_figures;
    Words m_words;
};

}  // namespace dlrm::ui
