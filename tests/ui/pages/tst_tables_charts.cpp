// SPDX-License-Identifier: Apache-2.0
// What the charts of the Tables page say and show: counts, axes, names of lines, dots.
#include "tests/ui/pages/tables_fixture.h"

#include <QComboBox>

#include "ui/pages/table_map_tab.h"

using namespace dlrm;
using namespace dlrm::ui;

class TestTablesCharts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }

    // No more rows are offered than there are.
    void theMapOffersTheTablesOwnCounts() {
        Session session;
        TableMapTab tab(session);
        const auto* box = tab.findChild<QComboBox*>(QStringLiteral("mapRows"));
        const auto offered = [&](std::int64_t rows) {
            TableSpec spec;
            spec.rows = rows;
            tab.setTable(0, spec);
            QStringList texts;
            for (int i = 0; i < box->count(); ++i) texts << box->itemText(i);
            return texts;
        };
        QCOMPARE(offered(1'234), (QStringList{QStringLiteral("all 1,234 rows"), QStringLiteral("the trained rows")}));
        QCOMPARE(offered(20'000).first(), QStringLiteral("all 20,000 rows"));
        QCOMPARE(offered(50'000), (QStringList{QStringLiteral("the 20,000 most frequent rows"), QStringLiteral("20,000 rows, evenly spaced"), QStringLiteral("all 50,000 rows"), QStringLiteral("up to 20,000 trained rows")}));
        QCOMPARE(box->currentIndex(), 0);
        QCOMPARE(offered(2'000'000), (QStringList{QStringLiteral("the 20,000 most frequent rows"), QStringLiteral("20,000 rows, evenly spaced"), QStringLiteral("100,000 rows, evenly spaced"),
                                                  QStringLiteral("up to 20,000 trained rows"), QStringLiteral("all 2,000,000 rows")}));
    }

    void theTrainedRowsAreCountedOnceTheyAreKnown() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.compute({0}));
        const UntrainedRows& untrained = s.session.tables().statistics(0)->untrained;
        const auto* box = s.page.mapTab()->findChild<QComboBox*>(QStringLiteral("mapRows"));
        QTRY_COMPARE(box->itemText(1), QStringLiteral("the %1 trained rows").arg(formatCount(untrained.rows - untrained.count)));
        QCOMPARE(box->itemText(0), QStringLiteral("all %1 rows").arg(formatCount(s.session.model()->spec.tables[0].rows)));
    }
};

QTEST_MAIN(TestTablesCharts)
#include "tst_tables_charts.moc"
