// SPDX-License-Identifier: Apache-2.0
// Logarithmic axes, pictures below the lines, clicks and loops.
#include <QCategoryAxis>
#include <QLineSeries>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>

#include "tests/support/test_program.h"
#include "ui/charts/chart_style.h"
#include "ui/charts/chart_view.h"
#include "ui/widgets/theme.h"

namespace tst_chart_scales {

using namespace dlrm;
using namespace dlrm::ui;

class TestChartScales : public QObject {
    Q_OBJECT
    std::unique_ptr<ChartView> m_view;

    QPoint at(double shareX, double shareY) const {
        const QRectF plot = m_view->chart()->plotArea();
        return m_view->mapFromScene(plot.left() + shareX * plot.width(), plot.bottom() - shareY * plot.height());
    }
    QStringList labels(Qt::Orientation orientation) const {
        for (QAbstractAxis* a : m_view->chart()->axes(orientation))
            if (auto* log = qobject_cast<QCategoryAxis*>(a)) return log->categoriesLabels();
        return {};
    }

private Q_SLOTS:
    void init() {
        Theme::instance().apply(ThemeMode::Dark);
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
        m_view = std::make_unique<ChartView>(QStringLiteral("Norm against id"));
        m_view->resize(640, 420);
        m_view->setScales(ChartView::Scale::Log, ChartView::Scale::Linear);
        m_view->setAxes(QStringLiteral("id"), 1, 1e6, QStringLiteral("norm"), 0, 2);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }
    void cleanup() { m_view.reset(); }

    // Beside the title where there is room, else in lines of its own above the plot: it covers neither.
    void aLegendWithoutRoomBesideTheTitleHasLinesOfItsOwn() {
        const double before = m_view->chart()->plotArea().top();
        std::vector<ChartView::Ring> rings;
        for (const char* name : {"as it is", "missing, rare", "trained", "untrained"})
            rings.push_back({QString::fromLatin1(name), Qt::magenta, 4, true});
        m_view->setRings(rings);
        QTRY_COMPARE(m_view->chart()->plotArea().top(), before);
        m_view->resize(300, 420);
        const QFontMetrics metrics(Theme::instance().font(font_size::caption));
        QTRY_VERIFY(m_view->chart()->plotArea().top() >= before + 2 * metrics.height());
        // All of its dots are there.
        const QImage picture = m_view->grab().toImage();
        int lines = 0, last = -picture.height();  // that have dots; the last row of pixels that has some
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x)
                if (picture.pixelColor(x, y) == QColor(Qt::magenta)) {
                    QVERIFY(y < m_view->chart()->plotArea().top());
                    if (y > last + 1) ++lines;
                    last = y;
                }
        QCOMPARE(lines, 2);
    }

    void ticksArePowersOfTen() {
        QCOMPARE(labels(Qt::Horizontal),
                 (QStringList{QStringLiteral("1"), QStringLiteral("10"), QStringLiteral("100"), QStringLiteral("1 k"),
                              QStringLiteral("10 k"), QStringLiteral("100 k"), QStringLiteral("1 M")}));
    }

    void valuesStayPlain() {
        QPointF low, high;
        m_view->setBackdrop([&](QPainter&, const ChartView::Mapper& m) {
            low = {m.x(1), m.y(0)};
            high = {m.x(1e3), m.y(2)};
        });
        m_view->grab();
        const QRectF plot = m_view->chart()->plotArea();
        QCOMPARE(low, plot.bottomLeft());
        QVERIFY(std::abs(high.x() - plot.center().x()) < 1e-6);
        QCOMPARE(m_view->visibleValues().right(), 1e6);
        m_view->setCursor(1e3);
        QSignalSpy moved(m_view.get(), &ChartView::cursorMoved);
        QTest::keyClick(m_view.get(), Qt::Key_Right);
        const double step = std::log10(moved.at(0).at(0).toDouble()) - 3;
        QVERIFY(std::abs(step - 6 * 0.005) < 1e-9);
    }

    void pointsAtOrBelowZeroAreLeftOut() {
        Series s;
        s.points = {{0, 1}, {-5, 1}, {10, 1}, {1000, 1.5}};
        m_view->setLines({{s, Qt::red}});
        for (QAbstractSeries* series : m_view->chart()->series())
            if (auto* line = qobject_cast<QLineSeries*>(series); line->count() > 0)
                QCOMPARE(line->points(), (QList<QPointF>{{1, 1}, {3, 1.5}}));
        QCOMPARE(m_view->table().rows.size(), std::size_t(4));
    }

    // One label does not tell a scale.
    void aLowAxisHasTwoLabelsAtLeast() {
        for (const auto& [low, high] : {std::pair{0.09, 0.97}, {0.41, 0.79}, {0.0, 3.0}, {-12.0, 5.0}}) {
            QCategoryAxis axis;
            axis.setRange(low, high);
            niceTicks(axis, false, 120, 100);
            QVERIFY2(axis.categoriesLabels().size() >= 2, qPrintable(axis.categoriesLabels().join(QLatin1Char(' '))));
        }
    }

    void zoomKeepsReadableTicks() {
        QSignalSpy changed(m_view.get(), &ChartView::viewChanged);
        const QPoint where = at(0.5, 0.5);
        for (int i = 0; i < 30; ++i) {
            QWheelEvent event(where, m_view->viewport()->mapToGlobal(where), QPoint(), QPoint(0, 120), Qt::NoButton,
                              Qt::NoModifier, Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(m_view->viewport(), &event);
            QVERIFY(labels(Qt::Horizontal).size() >= 2);
            QVERIFY(labels(Qt::Horizontal).size() <= 12);
        }
        QVERIFY(changed.count() >= 29);
        m_view->resetZoom();
        QCOMPARE(labels(Qt::Horizontal).size(), 7);
    }

    void backdropLiesBelowTheLines() {
        m_view->setBackdrop([](QPainter& p, const ChartView::Mapper& m) { p.fillRect(m.plot, Qt::green); });
        Series s;
        s.points = {{1, 1}, {1e6, 1}};
        m_view->setLines({{s, Qt::red}});
        const QImage image = m_view->grab().toImage();
        const QPoint middle = at(0.5, 0.5);
        QCOMPARE(image.pixelColor(at(0.3, 0.8)), QColor(Qt::green));
        bool red = false;
        for (int dy = -3; dy <= 3; ++dy) red |= image.pixelColor(middle + QPoint(0, dy)).red() > 200;
        QVERIFY(red);
    }

    void anAxisEndsNotFarAboveItsValues() {
        QCOMPARE(axisEnd(970), 1000.0);
        QCOMPARE(axisEnd(2), 2.0);
        QCOMPARE(axisEnd(2.01), 2.5);
        QCOMPARE(axisEnd(0), 1.0);
        for (double top = 0.003; top < 1e6; top *= 1.01) {
            QVERIFY2(axisEnd(top) >= top, qPrintable(QString::number(top)));
            QVERIFY2(axisEnd(top) <= 1.26 * top, qPrintable(QString::number(top)));
        }
    }

    void aClickTellsItsValue() {
        QSignalSpy clicked(m_view.get(), &ChartView::clicked);
        QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, at(0.5, 0.5));
        QCOMPARE(clicked.count(), 1);
        QVERIFY(std::abs(std::log10(clicked.at(0).at(0).toDouble()) - 3) < 0.05);
        QVERIFY(std::abs(clicked.at(0).at(1).toDouble() - 1) < 0.02);
    }

    void aLoopIsDrawnInsteadOfPanning() {
        m_view->setLasso(true);
        QSignalSpy drawn(m_view.get(), &ChartView::lassoDrawn), clicked(m_view.get(), &ChartView::clicked),
            changed(m_view.get(), &ChartView::viewChanged);
        QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, at(0.2, 0.2));
        for (const QPoint p : {at(0.8, 0.2), at(0.8, 0.8), at(0.2, 0.8)}) QTest::mouseMove(m_view->viewport(), p);
        m_view->grab();
        QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, at(0.2, 0.8));
        QCOMPARE(drawn.count(), 1);
        QCOMPARE(clicked.count() + changed.count(), 0);
        const auto corners = drawn.at(0).at(0).value<QPolygonF>();
        QCOMPARE(corners.size(), 4);
        QVERIFY(std::abs(corners[2].y() - 1.6) < 0.02);
        QVERIFY(std::abs(std::log10(corners[2].x()) - 4.8) < 0.05);
    }

    // What was drawn tells a loop from a click, not where it ends.
    void aLoopMayEndWhereItBegan() {
        m_view->setLasso(true);
        QSignalSpy drawn(m_view.get(), &ChartView::lassoDrawn), clicked(m_view.get(), &ChartView::clicked);
        const auto draw = [&](const QList<QPoint>& path) {
            QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, path.first());
            for (const QPoint p : path.mid(1)) QTest::mouseMove(m_view->viewport(), p);
            QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, path.last());
        };
        const QPoint start = at(0.2, 0.2);
        draw({start, at(0.8, 0.2), at(0.8, 0.8), at(0.2, 0.8), start + QPoint(1, 1)});
        QCOMPARE(drawn.count(), 1);
        QCOMPARE(clicked.count(), 0);
        draw({start, start + QPoint(1, 0), start + QPoint(1, 1), start + QPoint(0, 1)});
        QCOMPARE(drawn.count(), 1);
        QCOMPARE(clicked.count(), 1);
        m_view->setLasso(false);
        draw({start, at(0.6, 0.2), start});  // a pan there and back
        QCOMPARE(clicked.count(), 1);
    }
};

DLRM_TEST(TestChartScales);

}  // namespace tst_chart_scales

#include "tst_chart_scales.moc"
