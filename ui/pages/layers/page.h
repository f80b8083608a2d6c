// SPDX-License-Identifier: GPL-3.0-or-later
// Every MLP layer: its kernel as a zoomable map with bias and norms, its weights' histogram, its units over a dataset,
// and what the interaction feeds.
#pragma once

#include <QPointer>

#include "ui/pages/page.h"
#include "ui/session/desks/layer_desk.h"

class QLabel;
class QSplitter;
class QTableView;
class QTabWidget;

namespace dlrm::ui {

class ChartView;
class ElidedLabel;
class LayersImportance;
class LayersInspector;
class LayersKernelMap;
class LayersListModel;
class LayersUnits;

class LayersPage : public Page {
    Q_OBJECT
public:
    LayersPage(Session& session, QWidget* parent = nullptr);
    ~LayersPage() override;

    QWidget* inspector() override;
    QString helpText() const override;
    void prepareForRender() override;
    bool isSettled() const override;

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildList();
    QWidget* buildDetails();
    QWidget* buildKernel();
    void fitColumns();
    void hideColumns();
    void divide();
    void follow();
    int namesakeIn(const ModelSpec& spec) const;
    void showDataset();
    void showModel(const ModelInfoPtr& model);
    void showNothing();
    // Asks for what is not there yet; nothing is read before the page is looked at.
    void load();
    void showLayers(const ModelLayersPtr& layers);
    void showKernel(const KernelViewPtr& kernel);
    void showImportance();
    void showLayer(bool top, int layer);
    // Of the layer; beside the interaction, which is of the whole model, of that.
    void showHeading();
    void showSelection(const Selection& selection);
    void showUnit();
    void select(bool top, int layer, qint64 unit);
    void jobFailed(JobKind kind, const Error& error);
    QString inputName(qint64 row) const;
    const LayerDesk::Results& found() const { return session().layers().results(); }
    // Of the layer that is shown; null: not read yet.
    KernelViewPtr kernel() const {
        const KernelViewPtr& last = found().kernel;
        return last && last->top == m_top && last->layer == m_layer ? last : nullptr;
    }
    const LayerStatistics* statistics() const {
        return found().layers ? found().layers->find(m_top, m_layer) : nullptr;
    }

    ModelInfoPtr m_model;
    bool m_top = false;
    int m_layer = -1;
    qint64 m_unit = -1;
    bool m_following = false;                // what changes follows the session, not the user
    bool m_failed = false;                   // reading failed: not asked again until Retry or another model
    int m_allNeed = 0, m_withNeverNeed = 0;  // width of the list in which no text of these columns is cut
    bool m_divided = false;                  // the user moved the splitter

    QSplitter* m_splitter = nullptr;
    LayersListModel* m_list = nullptr;
    QTableView* m_listView = nullptr;
    ElidedLabel* m_title = nullptr;
    QLabel* m_note = nullptr;
    QTabWidget* m_tabs = nullptr;
    LayersKernelMap* m_map = nullptr;
    ChartView* m_histogram = nullptr;
    LayersImportance* m_importance = nullptr;
    LayersUnits* m_units = nullptr;
    QPointer<LayersInspector> m_inspector;
};

}  // namespace dlrm::ui
