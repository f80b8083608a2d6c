// SPDX-License-Identifier: Apache-2.0
// What the charts of the Tables page say and show: counts, axes, names of lines, dots.
#include "tests/ui/pages/tables/tables_fixture.h"

#include <QComboBox>
#include <QImage>
#include <QLineSeries>
#include <QPainter>
#include <QSet>

#include <limits>

#include "core/analysis/maps/map_points.h"
#include "tests/support/test_program.h"
#include "ui/charts/chart_decorations.h"
#include "ui/charts/density_layer.h"
#include "ui/pages/scale_legend.h"
#include "ui/pages/tables/map_tab.h"
#include "ui/pages/tables/neighbors.h"
#include "ui/pages/tables/rank_tab.h"

namespace tst_tables_charts {

using namespace dlrm;
using namespace dlrm::ui;

class TestTablesCharts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }

    void theRingsOnAMapAreNamed() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        const auto named = [&] {
            QStringList names;
            for (const ChartView::Ring& ring : s.page.mapTab()->findChild<ChartView*>()->rings()) names << ring.name;
            return names;
        };
        s.choose(0, 5);
        QVERIFY(s.settle());
        QCOMPARE(named(), QStringList{QStringLiteral("selected row")});
        s.page.mapTab()->setNeighbors({7, 9});
        QCOMPARE(named(), (QStringList{QStringLiteral("selected row"), QStringLiteral("nearest rows")}));
        s.choose(0, 6);
        QVERIFY(s.settle());
        QCOMPARE(named(), QStringList{QStringLiteral("selected row")});
        s.choose(1);
        QCOMPARE(named(), QStringList());
        s.choose(1, 3);  // before its map is there
        QVERIFY(s.settle());
        QTRY_COMPARE(named(), QStringList{QStringLiteral("selected row")});
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
        QCOMPARE(
            offered(50'000),
            (QStringList{QStringLiteral("the 20,000 rows of lowest id"), QStringLiteral("20,000 rows, evenly spaced"),
                         QStringLiteral("all 50,000 rows"), QStringLiteral("up to 20,000 trained rows")}));
        QCOMPARE(box->currentIndex(), 0);
        QCOMPARE(
            offered(2'000'000),
            (QStringList{QStringLiteral("the 20,000 rows of lowest id"), QStringLiteral("20,000 rows, evenly spaced"),
                         QStringLiteral("100,000 rows, evenly spaced"), QStringLiteral("up to 20,000 trained rows"),
                         QStringLiteral("all 2,000,000 rows")}));
    }

    void theTrainedRowsAreCountedOnceTheyAreKnown() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.compute({0}));
        const UntrainedRows& untrained = s.session.tables().statistics(0)->untrained;
        const auto* box = s.page.mapTab()->findChild<QComboBox*>(QStringLiteral("mapRows"));
        QTRY_COMPARE(box->itemText(1),
                     QStringLiteral("the %1 trained rows").arg(formatCount(untrained.rows - untrained.count)));
        QCOMPARE(box->itemText(0),
                 QStringLiteral("all %1 rows").arg(formatCount(s.session.model()->spec.tables[0].rows)));
        // So are the others among the points, which may all lie on one another.
        const QString said = QStringLiteral("; %1 of them untrained").arg(formatCount(untrained.count));
        QTRY_VERIFY2(s.page.mapTab()->findChild<ChartView*>()->fullTitle().contains(said),
                     qPrintable(s.page.mapTab()->findChild<ChartView*>()->fullTitle()));
    }

    // What such rows are near to says nothing.
    void untrainedNeighboursAreSaidToBe() {
        test::ShownTables s;
        QVERIFY(s.open());
        QVERIFY(s.compute({0}));
        const UntrainedRows& untrained = s.session.tables().statistics(0)->untrained;
        QVERIFY(untrained.count > 10);
        auto* neighbors = s.inspector->findChild<TableNeighbors*>();
        int said = 0, named = 0;
        for (const std::int64_t row : {untrained.ids().front(), untrained.ids().back()}) {
            s.choose(0, row);
            QVERIFY(s.settle());
            neighbors->find();
            QVERIFY(s.settle());
            for (const QPushButton* link : neighbors->findChildren<QPushButton*>()) {
                if (!link->accessibleName().startsWith(QStringLiteral("Neighbour"))) continue;
                const std::int64_t id = link->text().remove(QLatin1Char(',')).toLongLong();
                QCOMPARE(link->accessibleName().contains(QStringLiteral("untrained")), untrained.contains(id));
                said += untrained.contains(id) ? 1 : 0;
                ++named;
            }
        }
        QVERIFY(named >= 20 && said > 0);
    }

    // An exported picture or table of a chart, and what is written beside it, names the table.
    void chartsNameTheTableTheyAreOf() {
        test::ShownTables s;
        QVERIFY(s.open());
        for (const int table : {0, 3}) {
            s.choose(table);
            const auto charts = s.page.findChildren<ChartView*>();
            QVERIFY(charts.size() >= 4);
            for (const ChartView* chart : charts)
                QVERIFY2(chart->fullTitle().endsWith(QStringLiteral("demo/checkpoint · cat_%1").arg(table)),
                         qPrintable(chart->fullTitle()));
        }
    }

    void dotsAreRoundAndAddUp() {
        constexpr int kSide = 41;
        QImage image(kSide, kSide, QImage::Format_ARGB32_Premultiplied);
        const QRectF whole(0, 0, kSide, kSide);
        const ChartView::Mapper mapper{[](double v) { return v; }, [](double v) { return v; }, whole, whole};
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

    // The largest values of a table lie beyond its scale.
    void theStripsLegendSaysThatValuesLieBeyondItsEnds() {
        ScaleLegend legend;
        const int before = legend.sizeHint().width();
        legend.setScale(0.4812F);
        QCOMPARE(legend.accessibleName(), QStringLiteral("Colours from ≤ −0.48 to ≥ 0.48"));
        QCOMPARE(legend.sizeHint().width(), before);
    }

    // The bar's low end stands for one row, however many lie at the highest place.
    void aSingleRowHasOneColour() {
        const auto colours = [](std::uint32_t highest) {
            auto grid = std::make_shared<DensityGrid>();
            grid->columns = 2;
            grid->rows = 1;
            grid->counts = {1, highest};
            grid->highest = highest;
            DensityLayer layer;
            layer.setGrid(grid);
            QImage image(2, 1, QImage::Format_ARGB32_Premultiplied);
            image.fill(Qt::transparent);
            QPainter painter(&image);
            layer.paint(painter, QRectF(0, 0, 2, 1));
            painter.end();
            return std::pair(image.pixel(0, 0), image.pixel(1, 0));
        };
        QCOMPARE(colours(8), colours(1000));
        QVERIFY(colours(8).first != colours(8).second);
        QCOMPARE(colours(1).first, colours(8).first);
    }

    // The colour of any point is found in the bar, wherever it stands.
    void theColourBarHasTheColoursOfThePoints() {
        const QColor base = Theme::instance().colors().base;
        for (const double left : {0.0, 0.25, 0.5}) {
            QImage image(240, 80, QImage::Format_ARGB32_Premultiplied);
            image.fill(base);
            {
                QPainter painter(&image);
                painter.setRenderHint(QPainter::Antialiasing);
                paintColourBar(painter, QRectF(left, 0, 200, 80),
                               {QStringLiteral("norm"), QStringLiteral("0"), QStringLiteral("1"), kDotOpacity},
                               [](const QRectF&) { return 0; });
            }
            const QRectF whole(0, 0, 5, 5);
            const ChartView::Mapper mapper{[](double v) { return v; }, [](double v) { return v; }, whole, whole};
            const std::vector<float> place{2.5F};
            for (const float value : {0.0F, 0.5F, 1.0F}) {
                QImage dot(5, 5, QImage::Format_ARGB32_Premultiplied);
                dot.fill(base);
                {
                    QPainter painter(&dot);
                    paintDots(painter, mapper, place, place, std::vector<float>{value}, 0, 1);
                }
                const QColor wanted = dot.pixelColor(2, 2);
                int nearest = 1000;
                for (int y = 0; y < image.height(); ++y)
                    for (int x = 0; x < image.width(); ++x) {
                        const QColor c = image.pixelColor(x, y);
                        nearest =
                            std::min(nearest, std::abs(c.red() - wanted.red()) + std::abs(c.green() - wanted.green()) +
                                                  std::abs(c.blue() - wanted.blue()));
                    }
                QVERIFY2(nearest <= 6, qPrintable(QString::number(nearest)));  // of 765: a step of the bar
            }
        }
    }

    void theColourBarStandsWhereTheFewestRowsAre() {
        QImage image(600, 400, QImage::Format_ARGB32_Premultiplied);
        QPainter painter(&image);
        const QRectF plot(0, 0, 600, 400);
        const ColourBar words{QStringLiteral("norm"), QStringLiteral("0"), QStringLiteral("1")};
        // Rows in all cells of a picture of 6 × 4 but those that are named.
        const auto place = [&](const std::vector<std::size_t>& empty, std::uint32_t count) {
            auto grid = std::make_shared<DensityGrid>();
            grid->columns = 6;
            grid->rows = 4;
            grid->counts.assign(24, 5);
            for (const std::size_t cell : empty) grid->counts[cell] = count;
            grid->highest = 5;
            DensityLayer layer;
            layer.setGrid(grid);
            return paintColourBar(painter, plot, words, [&](const QRectF& box) { return layer.rowsBelow(box, plot); });
        };
        const auto all = place({}, 0);
        QVERIFY(plot.contains(all));
        QVERIFY(all.left() > 300 && all.bottom() < 200);  // upper right
        // Row 0 of a grid is the lowest one.
        const QRectF lowerLeft = place({0, 1, 2, 6, 7, 8}, 1), upperLeft = place({12, 13, 14, 18, 19, 20}, 1);
        QVERIFY(lowerLeft.right() < 300 && lowerLeft.top() > 200);
        QVERIFY(upperLeft.right() < 300 && upperLeft.bottom() < 200);
        // Of dots.
        const ChartView::Mapper mapper{[](double v) { return v; }, [](double v) { return v; }, plot, plot};
        const std::vector<float> x{560, 20}, y{20, 380};
        const QRectF box =
            paintColourBar(painter, plot, words, [&](const QRectF& below) { return dotsBelow(below, mapper, x, y); });
        QVERIFY(box.right() < 300 && box.bottom() < 200);
    }

    // Words in a picture of rows stand at the first place that covers the fewest.
    void wordsStandWhereTheFewestRowsAre() {
        const std::vector<QRectF> places{QRectF(0, 0, 10, 5), QRectF(20, 0, 10, 5), QRectF(40, 0, 10, 5)};
        const auto best = [&](const std::vector<std::int64_t>& rows) {
            return leastCovering(places,
                                 [&](const QRectF& box) { return rows[static_cast<std::size_t>(box.left() / 20)]; });
        };
        QCOMPARE(best({3, 1, 1}), places[1]);
        QCOMPARE(best({0, 1, 0}), places[0]);
        constexpr std::int64_t kTaken = std::numeric_limits<std::int64_t>::max();
        QCOMPARE(best({kTaken, 7, 9}), places[1]);
        QCOMPARE(best({kTaken, kTaken, kTaken}), places[0]);
    }

    // Colours that were cancelled are not painted, and not named.
    void theChoiceOfColourNamesWhatIsPainted() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Map);
        s.page.mapTab()->draw(MapMethod::Pca, MapColour::Norm);
        QVERIFY(s.settle());
        QComboBox* colour = nullptr;
        for (auto* box : s.page.mapTab()->findChildren<QComboBox*>())
            if (box->currentText() == QStringLiteral("by norm")) colour = box;
        QVERIFY(colour);
        colour->setCurrentIndex(colour->findText(QStringLiteral("by rank")));
        QVERIFY(s.session.isRunning(JobKind::MapColours));
        s.session.cancel(JobKind::MapColours);
        QTRY_COMPARE(colour->currentText(), QStringLiteral("by norm"));
        QVERIFY(s.settle());
        QCOMPARE(s.page.mapTab()->findChild<ChartView*>()->table().columns.last(), QStringLiteral("by norm"));
        colour->setCurrentIndex(colour->findText(QStringLiteral("by rank")));
        QVERIFY(s.settle());
        QCOMPARE(colour->currentText(), QStringLiteral("by rank"));
        QCOMPARE(s.page.mapTab()->findChild<ChartView*>()->table().columns.last(), QStringLiteral("by rank"));
    }

    void aMapThatIsDrawnStaysWhileOthersAreLookedAt() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        TableMapTab* tab = s.page.mapTab();
        auto* chart = tab->findChild<ChartView*>();
        const auto rows = [&](int table) {
            return static_cast<std::size_t>(s.session.model()->spec.tables[static_cast<std::size_t>(table)].rows);
        };
        QVERIFY(rows(0) != rows(1));
        int drawn = 0;
        connect(&s.session.tables(), &TableAnalysis::mapReady, tab, [&drawn] { ++drawn; });
        tab->draw(MapMethod::Umap);
        s.choose(1);  // while it is being drawn
        QVERIFY(s.settle());
        QTRY_COMPARE(chart->table().rows.size(), rows(1));  // a small table's own, afterwards
        drawn = 0;
        s.choose(0);
        QVERIFY(s.settle());
        QCOMPARE(chart->table().rows.size(), rows(0));
        QStringList methods;
        for (const QComboBox* box : tab->findChildren<QComboBox*>()) methods << box->currentText();
        QVERIFY(methods.contains(QStringLiteral("UMAP")));
        s.choose(1);
        QVERIFY(s.settle());
        QCOMPARE(chart->table().rows.size(), rows(1));
        QCOMPARE(drawn, 0);
        // Of another model nothing is kept.
        QVERIFY(s.open(test::demoPath("checkpoint_next")));
        QTRY_VERIFY(drawn > 0);
        QVERIFY(s.settle());
    }

    // Who comes back to a table while its map is being drawn sees it come, in the place of the one that was there
    // before.
    void aMapThatIsDrawnIsTakenUpByWhoComesBack() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        TableMapTab* tab = s.page.mapTab();
        auto* chart = tab->findChild<ChartView*>();
        const auto axis = [&] { return chart->chart()->axes(Qt::Horizontal).constFirst()->titleText(); };
        QVERIFY2(axis().startsWith(QStringLiteral("PC 1")), qPrintable(axis()));
        MapPointsPtr pca;
        connect(&s.session.tables(), &TableAnalysis::mapReady, tab,
                [&pca](const MapPointsPtr& points) { pca = points; });
        tab->draw(MapMethod::Pca);
        QVERIFY(s.settle());
        QVERIFY(pca && pca->map->final);
        const auto method = [&] { return tab->findChild<QComboBox*>()->currentText(); };
        tab->draw(MapMethod::Umap);
        s.choose(1);
        s.choose(0);
        QVERIFY(s.session.isRunning(JobKind::TableMap));
        QVERIFY2(axis().startsWith(QStringLiteral("PC 1")), qPrintable(axis()));
        QCOMPARE(method(), QStringLiteral("UMAP"));  // what comes
        // A picture on the way, which came while another table was shown.
        s.choose(1);
        auto picture = std::make_shared<TableMap>(*pca->map);
        picture->method = MapMethod::Umap;
        picture->final = false;
        picture->points = 5;
        picture->coordinates.resize(static_cast<std::size_t>(5 * picture->components));
        auto interim = std::make_shared<MapPoints>();
        static_cast<PlotPoints&>(*interim) = *pointsOnAxes(picture->coordinates, picture->components, 0, 1);
        interim->map = picture;
        Q_EMIT s.session.tables().mapReady(interim, 0);
        s.choose(0);
        QVERIFY(s.session.isRunning(JobKind::TableMap));
        QCOMPARE(chart->accessibleName(), QStringLiteral("Map of 5 rows"));
        QVERIFY(s.settle());
        QVERIFY2(axis().startsWith(QStringLiteral("UMAP 1")), qPrintable(axis()));
        QCOMPARE(chart->table().rows.size(), static_cast<std::size_t>(s.session.model()->spec.tables[0].rows));
        QCOMPARE(method(), QStringLiteral("UMAP"));
    }

    // What would be drawn is what the tools say.
    void theEmptyMapSaysWhatWillBeDrawn() {
        Session session;
        QVERIFY(test::openModel(session));
        TableMapTab tab(session);
        tab.show();
        TableSpec large = session.model()->spec.tables[0];
        large.rows = 2'000'000;
        large.bytes = std::int64_t{1} << 30;
        tab.setTable(0, large);
        const auto said = [&] {
            QStringList texts;
            for (const QLabel* label : tab.findChildren<QLabel*>()) texts << label->text();
            return texts.join(QLatin1Char('\n'));
        };
        QVERIFY2(said().contains(QStringLiteral("Of the 20,000 rows of lowest id, along the principal axes of the "
                                                "whole table: two passes over 1.00\u00a0GiB.")),
                 qPrintable(said()));
        tab.findChildren<QComboBox*>().first()->setCurrentIndex(2);
        QVERIFY2(said().contains(QStringLiteral("UMAP of the 20,000 rows of lowest id.")), qPrintable(said()));
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
        QTRY_VERIFY(std::abs(chart->visibleValues().width() / chart->chart()->plotArea().width() /
                                 (chart->visibleValues().height() / chart->chart()->plotArea().height()) -
                             1) < kEqual);
    }

    void labelsDoNotTouch() {
        const QRectF plot(0, 0, 200, 100);
        const QRectF key(150, 0, 50, 24);
        const std::vector<QRectF> wanted{{-20, 0, 60, 12}, {30, 0, 20, 12}, {35, 0, 20, 12}, {170, 0, 60, 12}};
        const std::vector<QRectF> placed = placeLabels(wanted, plot, {key});
        QCOMPARE(placed.size(), wanted.size());
        for (std::size_t i = 0; i < placed.size(); ++i) {
            QCOMPARE(placed[i].size(), wanted[i].size());
            QVERIFY(plot.contains(placed[i]));
            QVERIFY(!placed[i].intersects(key));
            for (std::size_t k = 0; k < i; ++k) QVERIFY(!placed[i].intersects(placed[k]));
        }
        QCOMPARE(placed[0], QRectF(0, 0, 60, 12));  // the first has the best place
        QCOMPARE(placed[1].top(), 12.0);
        QCOMPARE(placed[2].top(), 24.0);
        QCOMPARE(placed[3], QRectF(140, 24, 60, 12));
    }

    void readOutsStayInsideNarrowCharts() {
        const QString text = QStringLiteral(
            "false positive rate 0.1234\ntrue positive rate 0.5678\nan explanation that is much longer than the chart "
            "is wide");
        for (const double width : {90.0, 140.0, 1000.0}) {
            const QRectF plot(60, 20, width, 300);
            for (const double x : {plot.left(), plot.center().x(), plot.right()}) {
                const QRectF box = readOutBox(text, QPointF(x, plot.center().y()), plot);
                QVERIFY2(plot.contains(box), qPrintable(QString::number(width)));
                QVERIFY(box.height() > 30);  // all lines are in it
            }
        }
        const QRectF wide(0, 0, 1000, 300), narrow(0, 0, 140, 300);
        QVERIFY(readOutBox(text, {}, narrow).height() > readOutBox(text, {}, wide).height());
    }

    void barsKeepTheirBaseAtAnyZoom() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Norms);
        QVERIFY(s.compute({0}));
        int charts = 0;
        for (ChartView* chart : s.page.findChildren<ChartView*>()) {
            if (!chart->isVisible()) continue;
            ++charts;
            const QRectF home = chart->visibleValues();
            for (int i = 0; i < 3; ++i) QTest::keyClick(chart, Qt::Key_Plus);
            QVERIFY(chart->visibleValues().width() < home.width() && chart->visibleValues().bottom() < home.bottom());
            QCOMPARE(chart->visibleValues().top(), home.top());
        }
        QCOMPARE(charts, 2);
    }

    void theSpectrumEndsAtTheLargestValue() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Spectrum);
        QVERIFY(s.compute({0}));
        const ChartView* chart = s.chart();
        QVERIFY(chart);
        QCOMPARE(chart->visibleValues().bottom(), 1.0);
        // Two lines that are equal: the lower one is seen between the dashes of the upper, and that they are is said.
        QList<QPen> pens;
        for (const QAbstractSeries* series : chart->chart()->series()) {
            const auto* line = qobject_cast<const QLineSeries*>(series);
            if (line && line->count() > 0) pens << line->pen();
        }
        QCOMPARE(pens.size(), 2);
        QCOMPARE(pens[0].style(), Qt::SolidLine);
        QCOMPARE(pens[1].capStyle(), Qt::FlatCap);
        QVERIFY(pens[1].dashPattern().value(1) * pens[1].widthF() > 3);
        const Spectrum &all = s.session.tables().statistics(0)->spectrum,
                       &trained = s.session.tables().statistics(0)->trainedSpectrum;
        double most = 0;
        for (std::size_t i = 0; i < all.singularValues.size(); ++i)
            most = std::max(most, std::abs(trained.singularValues[i] / trained.singularValues[0] /
                                               (all.singularValues[i] / all.singularValues[0]) -
                                           1));
        QCOMPARE(chart->fullTitle().contains(QStringLiteral("the line of trained rows lies on that of all rows")),
                 most < 0.02);
        QVERIFY(test::textOf(s.page).contains(QStringLiteral("information abundance\u00a0")));
    }

    void linesFollowTheTheme() {
        test::ShownTables s;
        QVERIFY(s.open() && s.compute({0}));
        for (const int tab : {TablesPage::Spectrum, TablesPage::RankNorm}) {
            s.page.showTab(tab);
            QTRY_VERIFY(s.settle() && s.chart());
            QList<QList<QRgb>> seen;
            for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark, ThemeMode::Light}) {
                Theme::instance().apply(mode);
                QList<QRgb>& colours = seen.emplaceBack();
                for (const QAbstractSeries* series : s.chart()->chart()->series())
                    if (const auto* line = qobject_cast<const QLineSeries*>(series); line && line->count() > 0)
                        colours << line->color().rgb();
            }
            QVERIFY(seen[0].size() > 1 && seen[0] != seen[1] && seen[0] == seen[2]);
        }
    }

    void rankAgainstNormTellsItsCounts() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::RankNorm);
        QVERIFY(s.compute({0, 18}));
        QTRY_VERIFY(s.chart() && s.page.isSettled());
        // Of the median, not of all rows: trained ones may stand after it.
        QVERIFY2(s.chart()->accessibleName().contains(QStringLiteral("on the median norm is that of untrained rows")),
                 qPrintable(s.chart()->accessibleName()));
        QSet<QRgb> colours;  // of median, p5 and p95
        for (const QAbstractSeries* series : s.chart()->chart()->series())
            if (const auto* line = qobject_cast<const QLineSeries*>(series); line && line->count() > 0)
                colours << line->color().rgb();
        QCOMPARE(colours.size(), 3);
        const auto* tab = s.page.findChild<TableRankTab*>();
        const double norm = static_cast<double>(s.session.tables().statistics(0)->scan.norms[100]);
        QVERIFY2(tab->hoverText(101, norm).contains(QStringLiteral("rows in this spot: ")),
                 qPrintable(tab->hoverText(101, norm)));
        QVERIFY(!tab->hoverText(101, norm * 1000).contains(QStringLiteral("rows in this spot")));
        // A click means the row that is named beside the pointer, and none where nothing is drawn.
        QSignalSpy clicked(tab, &TableTab::rowRequested);
        ChartView* chart = s.chart();
        const auto place = tab->rowAt(101, norm);
        QVERIFY(place);
        QVERIFY2(tab->hoverText(101, norm).contains(QStringLiteral("\nrow %1: ").arg(*place)),
                 qPrintable(tab->hoverText(101, norm)));
        Q_EMIT chart->clicked(101, norm);
        QCOMPARE(clicked.count(), 1);
        QCOMPARE(clicked[0][0].toLongLong(), *place);
        const auto& norms = s.session.tables().statistics(0)->scan.norms;
        const double above = chart->visibleValues().bottom() * 0.98;
        QVERIFY(static_cast<double>(norms[100]) < above * 0.8);
        QVERIFY(!tab->rowAt(101, above));
        QVERIFY2(!tab->hoverText(101, above).contains(QStringLiteral("\nrow")), qPrintable(tab->hoverText(101, above)));
        Q_EMIT chart->clicked(101, above);
        QCOMPARE(clicked.count(), 1);
        // Row 0 is marked anyway; the ring is of the selected row.
        s.choose(0, 40);
        QVERIFY(s.settle());
        QCOMPARE(chart->rings().size(), std::size_t(1));
        QCOMPARE(chart->rings()[0].name, QStringLiteral("selected row"));
        // At the place of any row that row is meant, or one that is drawn over it.
        for (const qint64 id : {qint64{0}, qint64{3}, qint64{40}, qint64{700}}) {
            const auto y = static_cast<double>(norms[static_cast<std::size_t>(id)]);
            const auto meant = tab->rowAt(static_cast<double>(id) + 1, y);
            QVERIFY(meant && std::abs(*meant - id) <= id / 50);
        }
        // Six rows say nothing about where training ends.
        QVERIFY(s.session.model()->spec.tables[18].rows < 10);
        s.choose(18);
        QVERIFY(s.settle());
        QTRY_VERIFY(s.chart());
        QVERIFY2(!s.chart()->accessibleName().contains(QStringLiteral("median")),
                 qPrintable(s.chart()->accessibleName()));
    }
};

DLRM_TEST(TestTablesCharts);

}  // namespace tst_tables_charts

#include "tst_tables_charts.moc"
