// SPDX-License-Identifier: Apache-2.0
// The Tables page in a window of its own, with its list, its grid and its inspector at hand.
#pragma once

#include <QFile>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>

#include <filesystem>
#include <memory>

#include "tests/ui/pages/page_fixture.h"
#include "ui/charts/chart_view.h"
#include "ui/models/row_view.h"
#include "ui/models/table_list_model.h"
#include "ui/pages/tables/page.h"
#include "ui/pages/tables/rows_tab.h"

namespace dlrm::test {

struct ShownTables {
    explicit ShownTables(const QSize& size = {1200, 800}) : page(session) {
        page.resize(size);
        page.show();
        inspector.reset(page.inspector());
        inspector->show();
        rows = page.findChild<ui::RowView*>();
        for (QTableView* view : page.findChildren<QTableView*>())
            if (qobject_cast<ui::TableListModel*>(view->model())) list = view;
    }
    bool open(const QString& checkpoint = demoPath("checkpoint")) {
        JobSpy opened(&session, &ui::Session::modelOpened);
        session.openModel(checkpoint);
        return opened.wait(kWaitMs) && settle();
    }
    bool settle() {
        return QTest::qWaitFor([this] { return !session.isAnyRunning() && page.isSettled(); }, kWaitMs);
    }
    bool compute(std::vector<int> tables) {
        session.tables().computeStatistics(tables);
        return QTest::qWaitFor([&] { return session.tables().statistics(tables.back()) != nullptr; }, kWaitMs) &&
               settle();
    }
    void choose(int table) {
        ui::Selection selection;
        selection.kind = ui::Selection::Kind::Table;
        selection.table = table;
        session.setSelection(selection);
    }
    void choose(int table, qint64 row) {
        ui::Selection selection;
        selection.kind = ui::Selection::Kind::TableRow;
        selection.table = table;
        selection.row = row;
        session.setSelection(selection);
    }
    QPushButton* button(const QString& text) {
        for (QPushButton* b : page.findChildren<QPushButton*>())
            if (b->isVisibleTo(&page) && b->text().remove(QLatin1Char('&')).startsWith(text)) return b;
        return nullptr;
    }
    // Of the grid, by the row's place in the view.
    QString cell(int viewRow, int column) const {
        return rows->table()->model()->index(viewRow, column).data().toString();
    }
    int column(const QString& title) const {
        for (int c = 0; c < rows->table()->model()->columnCount(); ++c)
            if (rows->table()->model()->headerData(c, Qt::Horizontal).toString().startsWith(title)) return c;
        return -1;
    }
    ui::ChartView* chart() const {
        for (ui::ChartView* c : page.findChildren<ui::ChartView*>())
            if (c->isVisible()) return c;
        return nullptr;
    }

    static constexpr int kWaitMs = 60000;
    ui::Session session;
    ui::TablesPage page;
    std::unique_ptr<QWidget> inspector;
    ui::RowView* rows = nullptr;
    QTableView* list = nullptr;
};

// A copy of the demo's checkpoint whose table ends in a NaN.
inline bool copyWithNaN(const QString& path, int table) {
    std::filesystem::copy(demoPath("checkpoint").toStdString(), path.toStdString(),
                          std::filesystem::copy_options::recursive);
    QFile file(path + QStringLiteral("/feature_%1_part0.npy").arg(table));
    return file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && file.open(QIODevice::ReadWrite) &&
           file.seek(file.size() - 4) && file.write("\x00\x00\xc0\x7f", 4) == 4;
}

}  // namespace dlrm::test
