// SPDX-License-Identifier: Apache-2.0
// What the list of tables and the grid of rows say beside their numbers: marks, titles, widths, menus.
#include "tests/ui/pages/tables_fixture.h"

#include <QTemporaryDir>

#include "ui/models/cell_delegate.h"

using namespace dlrm;
using namespace dlrm::ui;

class TestTablesGrid : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }

    void whatIsNotFiniteIsMarkedInEveryWidth() {
        QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("c"));
        QVERIFY(test::copyWithNaN(path, 3));
        test::ShownTables s({700, 500});
        QVERIFY(s.open(path));
        QVERIFY(s.compute({2, 3}));
        const auto of = [&](int table, int role) { return s.list->model()->index(table, TableListModel::Name).data(role); };
        QVERIFY(!s.list->isColumnHidden(TableListModel::Name));
        QCOMPARE(of(3, CellDelegate::MarkRole).toString(), QStringLiteral("!"));
        QCOMPARE(of(3, Qt::ForegroundRole).value<QBrush>().color(), Theme::instance().colors().fail);
        QVERIFY(of(3, Qt::ToolTipRole).toString().contains(QStringLiteral("Values that are NaN or infinite: 1")));
        QCOMPARE(of(3, Qt::AccessibleTextRole).toString(), of(3, Qt::DisplayRole).toString() + QStringLiteral(", not finite"));
        QVERIFY(!of(2, CellDelegate::MarkRole).isValid());
        QVERIFY(!of(2, Qt::AccessibleTextRole).isValid());

        const qint64 last = s.session.model()->spec.tables[3].rows - 1;
        s.choose(3, last);
        QVERIFY(s.settle());
        const int trained = s.column(QStringLiteral("trained"));
        const auto at = static_cast<int>(last - s.rows->firstVisibleRow());
        QTRY_COMPARE(s.cell(at, trained), QStringLiteral("not finite"));
        QCOMPARE(s.rows->table()->model()->index(at, trained).data(Qt::ForegroundRole).value<QBrush>().color(), Theme::instance().colors().fail);
        QVERIFY(s.cell(at - 1, trained) == QStringLiteral("yes") || s.cell(at - 1, trained) == QStringLiteral("no"));
        QTRY_VERIFY2(s.words(*s.inspector).contains(QStringLiteral("Values that are NaN or infinite: 1 of 32")), qPrintable(s.words(*s.inspector)));
        QVERIFY(s.words(*s.inspector).contains(QStringLiteral("not finite")));
    }
};

QTEST_MAIN(TestTablesGrid)
#include "tst_tables_grid.moc"
