// SPDX-License-Identifier: GPL-3.0-or-later
// The units of a layer: activation frequencies in order, and a table of everything known about each; counts them over
// the loaded dataset.
#pragma once

#include <QWidget>

#include "ui/session/desks/layer_desk.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTableView;

namespace dlrm::ui {

class ChartView;
class LayersUnitModel;

class LayersUnits : public QWidget {
    Q_OBJECT
public:
    explicit LayersUnits(QWidget* parent = nullptr);

    // `layer` is one of `layers`, or null.
    void setLayer(const ModelLayersPtr& layers, const LayerStatistics* layer, const UnitAtlasPtr& atlas);
    void setAtlas(const UnitAtlasPtr& atlas);
    void setUnit(qint64 unit);
    // What the button does: counts over the rows; 0 rows: opens a dataset. missing: what a part of a model lacks to
    // count anything (missingParts()): there is no button then.
    void setDatasetRows(qint64 rows, const QString& missing);
    void setRunning(bool running, const QString& progress = {});

Q_SIGNALS:
    void unitSelected(qint64 unit);
    void runRequested(qint64 rows);
    void cancelRequested();
    void datasetRequested();

private:
    void showFrequencies();
    void showCounted();
    void showWords();

    LayersUnitModel* m_model = nullptr;
    QTableView* m_table = nullptr;
    ChartView* m_chart = nullptr;
    QComboBox* m_rows = nullptr;
    QPushButton* m_run = nullptr;
    QLabel* m_words = nullptr;
    UnitAtlasPtr m_atlas;
    qint64 m_datasetRows = 0;
    QString m_missing;
    bool m_running = false, m_following = false;
    QString m_progress;
};

}  // namespace dlrm::ui
