// SPDX-License-Identifier: GPL-3.0-or-later
// All embedding tables in a sortable list, and one of them in tabs: its rows at any size, norms, rank–norm map,
// spectrum, map.
#pragma once

#include <QPointer>

#include <array>
#include <optional>

#include "ui/pages/page.h"
#include "ui/session/desks/scenario_desk.h"
#include "ui/session/table_analysis.h"

class QPushButton;
class QSplitter;
class QStackedWidget;
class QTabBar;

namespace dlrm::ui {

class ElidedLabel;
class TableInspector;
class TableListPane;
class TableMapTab;
class TableRankTab;
class TableRowsTab;
class TableSpectrumTab;
class TableTab;

class TablesPage : public Page {
    Q_OBJECT
public:
    enum Tab { Rows, Norms, RankNorm, Spectrum, Map, TabCount };

    TablesPage(Session& session, QWidget* parent = nullptr);
    ~TablesPage() override;

    QWidget* inspector() override;
    bool goToId() override;
    QString helpText() const override;
    void prepareForRender() override;
    QStringList renderViews() const override;
    void showRenderView(const QString& view) override;
    bool isSettled() const override;
    void showTab(int tab);
    TableRowsTab* rowsTab() const { return m_rows; }
    TableMapTab* mapTab() const { return m_map; }

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* buildDetail();
    void buildHeader();
    void connectSession();
    void showModel(const ModelInfoPtr& model);
    void showNothing();
    void showNoTable();
    void showTable(int table);
    void showSelection(const Selection& selection);
    void jump(qint64 row);
    void showRowInInspector();
    void showButtons();
    void readPinsAnew();
    void tellPins();
    void takePins();
    void describeModel();
    void computeAll();
    void giveRoom(bool toList);
    TableTab* tabAt(int tab) const { return m_tabWidgets[static_cast<std::size_t>(tab)]; }
    // The rows beside the map while a lasso chooses them and there is room; else behind their own tab.
    void placeRows();

    ModelInfoPtr m_model;
    int m_table = -1;
    qint64 m_row = -1;         // the current row, whether or not the grid shows it
    bool m_following = false;  // what changes follows the session, not the user
    bool m_begun = false;      // the statistics of all tables were asked for
    bool m_divided = false;    // the user moved the splitter
    QSplitter* m_splitter = nullptr;
    TableListPane* m_list = nullptr;
    QWidget* m_detail = nullptr;
    ElidedLabel* m_title = nullptr;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_stack = nullptr;
    QSplitter* m_beside = nullptr;  // the tab in view, and the rows where they stand beside it
    std::array<TableTab*, TabCount> m_tabWidgets{};
    TableRowsTab* m_rows = nullptr;
    TableMapTab* m_map = nullptr;
    TableRankTab* m_rank = nullptr;
    TableSpectrumTab* m_spectrum = nullptr;
    QPushButton *m_compute = nullptr, *m_count = nullptr;
    QPointer<TableInspector> m_inspector;
    // The current row's values where the grid does not have them.
    quint64 m_rowToken = 0, m_pinToken = 0;
    std::optional<PinnedRows> m_pinsToTake;  // of a workspace whose model is to come
    TableRowsPtr m_rowValues;
};

}  // namespace dlrm::ui
