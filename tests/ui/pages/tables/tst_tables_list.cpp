// SPDX-License-Identifier: Apache-2.0
// The list of tables: its order is what its title says, whatever becomes known and whatever is opened; and a part that
// has no tables has no list.
#include <QScrollBar>
#include <QTabBar>

#include <algorithm>
#include <limits>

#include "tests/support/test_program.h"
#include "tests/ui/pages/tables/tables_fixture.h"
#include "ui/session/table_analysis.h"

namespace tst_tables_list {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

QString titleOf(const test::ShownTables& s, TableListModel::Column column) {
    return s.list->model()->headerData(column, Qt::Horizontal).toString();
}

std::vector<int> listed(const test::ShownTables& s) {
    const auto* model = qobject_cast<const TableListModel*>(s.list->model());
    std::vector<int> out;
    for (int row = 0; row < model->rowCount(); ++row) out.push_back(model->tableAt(row));
    return out;
}

}  // namespace

class TestTablesList : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }

    // Neither counts of tables and rows, nor a list to choose from, nor the views of what was chosen.
    void aPartWithoutTablesHasNoListAndNoViews() {
        test::ShownTables s;
        QVERIFY(s.open());
        const auto* views = s.page.findChild<QTabBar*>();
        QVERIFY(views && views->isVisible() && s.list->isVisible());
        QTRY_VERIFY(test::textOf(s.page).contains(QStringLiteral("26 tables · 20,253 rows")));
        QVERIFY(s.open(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras")));
        for (const QTabBar* bar : s.page.findChildren<QTabBar*>()) QVERIFY(!bar->isVisible());
        QVERIFY(!s.list->isVisible());
        const QString text = test::textOf(s.page);
        QVERIFY2(text.contains(QStringLiteral("has no embedding tables")), qPrintable(text));
        for (const char* words : {"0 tables", "0 rows", "Choose a table"})
            QVERIFY2(!text.contains(QLatin1String(words)), qPrintable(text));
    }

    void anotherModelBeginsInItsOwnOrder() {
        test::ShownTables s;
        QVERIFY(s.open());
        const std::vector<int> own = listed(s);
        QVERIFY(std::is_sorted(own.begin(), own.end()));
        s.list->sortByColumn(TableListModel::Rows, Qt::DescendingOrder);
        QVERIFY(listed(s) != own);
        QVERIFY(titleOf(s, TableListModel::Rows).endsWith(QStringLiteral(" ▾")));
        QVERIFY(s.open(test::demoPath("checkpoint_next")));
        QVERIFY(listed(s) == own);
        QVERIFY(titleOf(s, TableListModel::Name).endsWith(QStringLiteral(" ▴")));
        QCOMPARE(titleOf(s, TableListModel::Rows), QStringLiteral("Rows"));
    }

    // Sorted by what is not known yet: the order follows it when it is, and stays when the model is opened anew.
    void theOrderFollowsWhatBecomesKnown() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.list->sortByColumn(TableListModel::Norm, Qt::DescendingOrder);
        QVERIFY(s.compute({0, 1, 2, 3, 4}));
        const auto inOrder = [&s] {
            double before = std::numeric_limits<double>::infinity();
            for (const int table : listed(s)) {
                const TableStatisticsPtr known = s.session.tables().statistics(table);
                const double norm = known ? known->norms.mean : -1;
                if (norm > before) return false;
                before = norm;
            }
            return titleOf(s, TableListModel::Norm).endsWith(QStringLiteral(" ▾"));
        };
        QTRY_VERIFY(inOrder());
        QVERIFY(listed(s).front() < 5);
        QVERIFY(test::openDataset(s.session) && s.settle());  // shows the same model anew
        QTRY_VERIFY(inOrder());
    }

    // Whose order nobody could tell else.
    void whatTheListIsSortedByStaysInSight() {
        for (const QSize& size : {QSize(1200, 800), QSize(700, 500)}) {
            test::ShownTables s(size);
            QVERIFY(s.open());
            QVERIFY(s.list->isColumnHidden(TableListModel::UntrainedHits));
            const int narrow = s.list->width();
            s.button(QStringLiteral("All columns"))->click();
            QTRY_VERIFY(s.list->width() > narrow);
            const int wide = s.list->width();
            s.list->sortByColumn(TableListModel::UntrainedHits, Qt::DescendingOrder);
            s.button(QStringLiteral("All columns"))->click();
            QTRY_VERIFY(s.list->width() < wide);
            QVERIFY(s.settle());
            QVERIFY(!s.list->isColumnHidden(TableListModel::Name));
            QVERIFY(!s.list->isColumnHidden(TableListModel::UntrainedHits));
            QVERIFY(titleOf(s, TableListModel::UntrainedHits).endsWith(QStringLiteral(" ▾")));
        }
    }

    void allColumnsAreReachedInANarrowWindow() {
        test::ShownTables s({700, 500});
        QVERIFY(s.open());
        s.button(QStringLiteral("All columns"))->click();
        const QHeaderView* header = s.list->horizontalHeader();
        QTRY_VERIFY(!s.list->isColumnHidden(TableListModel::Share));
        for (int column = 0; column < s.list->model()->columnCount(); ++column)
            QVERIFY(!s.list->isColumnHidden(column));
        QVERIFY(header->length() > s.list->viewport()->width());
        QTRY_VERIFY(header->length() <= s.list->viewport()->width() + s.list->horizontalScrollBar()->maximum());
        QVERIFY(QFontMetrics(header->font()).horizontalAdvance(titleOf(s, TableListModel::Share)) + 2 * space::s <=
                s.list->columnWidth(TableListModel::Share));
        s.button(QStringLiteral("All columns"))->click();
        QTRY_VERIFY(s.list->isColumnHidden(TableListModel::Share));
        QTRY_COMPARE(header->length(), s.list->viewport()->width());
    }

    // Tables of few rows need no room for millions.
    void normsHaveRoomBesideShortNumbers() {
        test::ShownTables s({1045, 800});
        QVERIFY(s.open());
        QVERIFY(s.compute({0}));
        for (const auto column : {TableListModel::Rows, TableListModel::Untrained, TableListModel::Norm})
            QTRY_VERIFY(!s.list->isColumnHidden(column));
    }

    // No number stands far from those beside it.
    void roomThatIsLeftIsDivided() {
        test::ShownTables s({2400, 800});
        QVERIFY(s.open());
        for (int wide = 0; wide < 2; ++wide) {
            QTRY_COMPARE(s.list->horizontalHeader()->length(), s.list->viewport()->width());
            int columns = 0, widest = 0;
            for (int column = 1; column < s.list->model()->columnCount(); ++column) {
                if (s.list->isColumnHidden(column)) continue;
                ++columns;
                widest = std::max(widest, s.list->columnWidth(column));
            }
            QVERIFY(columns > 1);
            QVERIFY2(widest < 2 * s.list->viewport()->width() / columns, qPrintable(QString::number(widest)));
            s.button(QStringLiteral("All columns"))->click();
            QTRY_VERIFY(s.list->isColumnHidden(TableListModel::NotFinite) == (wide == 1));
        }
    }

    // A table that is chosen leaves the list wide; a row of one has its place beside it.
    void aRowThatIsGoneToIsInSight() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.button(QStringLiteral("All columns"))->click();
        QTRY_VERIFY(!s.rows->isVisible());
        s.choose(1);
        QVERIFY(s.settle());
        QVERIFY(!s.rows->isVisible());
        s.choose(0, 400);
        QVERIFY(s.settle());
        QTRY_VERIFY(s.rows->isVisible());
        QCOMPARE(s.rows->currentRow(), qint64(400));
        QTRY_VERIFY(s.rows->firstVisibleRow() <= 400 && 400 < s.rows->firstVisibleRow() + s.rows->visibleRowCount());
    }

    void theButtonOfAllColumnsStandsApartFromTheTitle() {
        test::ShownTables s;
        QVERIFY(s.open());
        const QPushButton* wide = s.button(QStringLiteral("All columns"));
        const QLabel* title = nullptr;
        for (const QLabel* label : wide->parentWidget()->findChildren<QLabel*>())
            if (label->text() == QStringLiteral("All tables")) title = label;
        QVERIFY(title);
        QVERIFY2(wide->x() - (title->x() + title->width()) >= space::s, qPrintable(QString::number(wide->x())));
    }

    // The button stays under the pointer that pressed it.
    void theButtonOfAllColumnsStaysInPlace() {
        test::ShownTables s;
        QVERIFY(s.open());
        const QPushButton* wide = s.button(QStringLiteral("All columns"));
        QVERIFY(wide);
        const auto place = [&] { return QRect(wide->mapTo(&s.page, QPoint()), wide->size()); };
        const QRect before = place();
        const int narrow = s.list->width();
        QTest::mouseClick(s.button(QStringLiteral("All columns")), Qt::LeftButton);
        QTRY_VERIFY(s.list->width() > narrow);
        QCOMPARE(place(), before);
        QTest::mouseClick(s.button(QStringLiteral("All columns")), Qt::LeftButton);
        QTRY_COMPARE(s.list->width(), narrow);
        QCOMPARE(place(), before);
    }

    // Who compares two models looks at the same table of both.
    void anotherModelShowsTheTableOfTheSameName() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.choose(19, 3);
        const auto* title = s.page.findChild<QLabel*>(QStringLiteral("tableTitle"));
        QVERIFY(title && title->text().startsWith(QStringLiteral("cat_19 ")));
        QVERIFY(s.open(test::demoPath("checkpoint_next")));
        QVERIFY2(title->text().startsWith(QStringLiteral("cat_19 ")), qPrintable(title->text()));
        // Where it has none of this name, the first.
        QVERIFY(s.open(QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_tensorflow/checkpoint")));
        const auto& tables = s.session.model()->spec.tables;
        QVERIFY(tables.size() < 19);
        QVERIFY2(title->text().startsWith(QString::fromStdString(tables[0].name) + QLatin1Char(' ')),
                 qPrintable(title->text()));
    }
};

DLRM_TEST(TestTablesList);

}  // namespace tst_tables_list

#include "tst_tables_list.moc"
