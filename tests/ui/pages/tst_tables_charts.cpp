// SPDX-License-Identifier: Apache-2.0
// What the charts of the Tables page say and show: counts, axes, names of lines, dots.
#include "tests/ui/pages/tables_fixture.h"

#include <QComboBox>
#include <QImage>
#include <QPainter>

#include "ui/charts/density_layer.h"
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

    void dotsAreRoundAndAddUp() {
        constexpr int kSide = 41;
        QImage image(kSide, kSide, QImage::Format_ARGB32_Premultiplied);
        const ChartView::Mapper mapper{[](double v) { return v; }, [](double v) { return v; }, QRectF(0, 0, kSide, kSide)};
        const auto paint = [&](const std::vector<float>& x) {
            image.fill(Qt::transparent);
            QPainter painter(&image);
            paintDots(painter, mapper, x, x, {}, 0, 1);
        };
        const auto alpha = [&](int x, int y) { return qAlpha(image.pixel(x, y)); };
        paint({20.5F});
        const int one = alpha(20, 20);
        QVERIFY(one > 100 && one < 200);  // half transparent
        QVERIFY(alpha(22, 20) > 0 && alpha(22, 20) < one);
        QCOMPARE(alpha(22, 20), alpha(20, 18));
        QCOMPARE(alpha(22, 22), 0);  // the corner of the square that it would be otherwise
        QVERIFY(alpha(21, 21) > 0);
        paint({20.5F, 20.5F});
        QVERIFY(alpha(20, 20) > one && alpha(20, 20) < 255);
    }

    // Distances on a map are the same along both axes, in any shape and at any zoom.
    void unitsOfAMapAreEqual() {
        ChartView chart(QStringLiteral("Map"));
        chart.setEqualUnits(true);
        chart.setAxes(QStringLiteral("PC 1"), 0, 10, QStringLiteral("PC 2"), -1, 1);
        chart.resize(640, 420);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        const auto aspect = [&] {
            const QRectF seen = chart.visibleValues(), plot = chart.chart()->plotArea();
            return seen.width() / plot.width() / (seen.height() / plot.height());
        };
        constexpr double kEqual = 0.03;
        QTRY_VERIFY2(std::abs(aspect() - 1) < kEqual, qPrintable(QString::number(aspect())));
        QVERIFY(chart.visibleValues().contains(QRectF(QPointF(0.01, -0.99), QPointF(9.99, 0.99))));
        chart.resize(420, 640);
        QTRY_VERIFY2(std::abs(aspect() - 1) < kEqual, qPrintable(QString::number(aspect())));
        const double before = chart.visibleValues().width();
        QTest::keyClick(&chart, Qt::Key_Plus);
        QVERIFY(chart.visibleValues().width() < before);
        QTRY_VERIFY2(std::abs(aspect() - 1) < kEqual, qPrintable(QString::number(aspect())));
        chart.resetZoom();
        QTRY_VERIFY2(std::abs(aspect() - 1) < kEqual, qPrintable(QString::number(aspect())));
    }

    void theMapsUnitsAreEqual() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        const ChartView* chart = s.chart();
        QVERIFY(chart);
        constexpr double kEqual = 0.03;
        QTRY_VERIFY(std::abs(chart->visibleValues().width() / chart->chart()->plotArea().width() / (chart->visibleValues().height() / chart->chart()->plotArea().height()) - 1) < kEqual);
    }
};

QTEST_MAIN(TestTablesCharts)
#include "tst_tables_charts.moc"
