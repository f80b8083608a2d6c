// SPDX-License-Identifier: Apache-2.0
// The heatmap: colours and places of cells at a fixed size, names that thin out, hover, click and keyboard.
#include <QAbstractItemModel>
#include <QApplication>
#include <QDialog>
#include <QLabel>
#include <QPainter>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

#include "tests/support/test_program.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_painter.h"
#include "ui/charts/heatmap_view.h"
#include "ui/widgets/theme.h"

namespace tst_heatmap_view {

using namespace dlrm::ui;

namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

QStringList names(int n) {
    QStringList list;
    for (int i = 0; i < n; ++i) list << (i == 0 ? QStringLiteral("bottom") : QStringLiteral("cat_%1").arg(i - 1));
    return list;
}

HeatmapPicture picture(const std::vector<float>& values, int n) {
    HeatmapPicture p;
    p.values = values;
    p.labels = names(n);
    p.range = heatmapRange(values, true);
    p.image = heatmapImage(values, n, p.range);
    return p;
}

}  // namespace

class HeatmapViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support)")));
        Theme::instance().apply(ThemeMode::Dark);
    }

    void rangeIsSymmetricAndIgnoresMissingValues() {
        const std::vector<float> values{kMissing, -3, 1, std::numeric_limits<float>::infinity()};
        const HeatmapRange range = heatmapRange(values, true);
        QCOMPARE(range.low, -3.0);
        QCOMPARE(range.high, 3.0);
        const HeatmapRange nothing = heatmapRange(std::vector<float>{kMissing, kMissing}, true);
        QVERIFY(nothing.high > nothing.low);
        const HeatmapRange flat = heatmapRange(std::vector<float>{2, 2}, false);
        QVERIFY(flat.high > flat.low);
        const HeatmapRange sizes = heatmapRange(std::vector<float>{0.25F, 3}, false);
        QCOMPARE(sizes.low, 0.0);
        QCOMPARE(sizes.high, 3.0);
    }

    // One direction in every picture of a theme: more is brighter on dark, darker on light.
    void moreStandsOutMoreFromTheBackground() {
        for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
            Theme::instance().apply(mode);
            const int sign = mode == ThemeMode::Dark ? 1 : -1;
            for (int i = 0; i < 10; ++i) {
                const QColor less = Theme::instance().sequential(i / 10.0),
                             more = Theme::instance().sequential((i + 1) / 10.0);
                QVERIFY(sign * (qGray(more.rgb()) - qGray(less.rgb())) > 0);
            }
            QCOMPARE(Theme::instance().sequential(std::nan("")), Theme::instance().sequential(0));
        }
    }

    void aHeldScaleStaysUntilItIsLetGo() {
        HeatmapView view(QStringLiteral("Interaction"));
        view.resize(300, 320);
        view.setMatrix({0, 1, -1, 0}, names(2));
        view.holdScale(true);
        view.show();
        const auto colour = [&] {
            const QImage image = view.grab().toImage();
            const QRectF plot = view.chart()->chart()->plotArea();
            const QPoint at = view.chart()->viewport()->mapTo(
                &view, view.chart()->mapFromScene(
                           QPointF(plot.left() + 0.75 * plot.width(), plot.top() + 0.25 * plot.height())));
            return image.pixelColor(at);
        };
        view.setMatrix({0, 0.5F, 4, 0}, names(2));
        QCOMPARE(colour(), Theme::instance().diverging(0.5));
        view.holdScale(false);
        QCOMPARE(colour(), Theme::instance().diverging(0.125));
    }

    void cellsHaveTheMapsColours_data() {
        QTest::addColumn<int>("mode");
        QTest::newRow("dark") << static_cast<int>(ThemeMode::Dark);
        QTest::newRow("light") << static_cast<int>(ThemeMode::Light);
    }
    void cellsHaveTheMapsColours() {
        QFETCH(int, mode);
        Theme::instance().apply(static_cast<ThemeMode>(mode));
        const std::vector<float> values{-2, 0, 1, 2};
        QImage canvas(300, 200, QImage::Format_RGB32);
        canvas.fill(Theme::instance().colors().base);
        const QRectF plot(100, 20, 80, 80);
        QPainter painter(&canvas);
        paintHeatmap(painter, picture(values, 2), QRectF(0, 0, 2, 2), plot, Theme::instance().font(font_size::caption));
        painter.end();
        const Theme& theme = Theme::instance();
        QCOMPARE(canvas.pixelColor(120, 40), theme.diverging(-1));  // row 0 is at the top
        QCOMPARE(canvas.pixelColor(160, 40), theme.diverging(0));
        QCOMPARE(canvas.pixelColor(120, 80), theme.diverging(0.5));
        QCOMPARE(canvas.pixelColor(160, 80), theme.diverging(1));
        // Every pixel of a cell has its colour: no smoothing between cells.
        for (int x = 101; x < 140; ++x) QCOMPARE(canvas.pixelColor(x, 50), theme.diverging(-1));
        // The colour bar's ends.
        const int bar = 180 + space::m + 6;
        QVERIFY(canvas.pixelColor(bar, 22).red() > canvas.pixelColor(bar, 22).blue());
        QVERIFY(canvas.pixelColor(bar, 97).blue() > canvas.pixelColor(bar, 97).red());
        // Nothing is painted over the space left of the names.
        QCOMPARE(canvas.pixelColor(1, 1), theme.colors().base);
    }

    // On a cell of any colour.
    void theSelectedCellsFrameHasAnEdgeOfTheBackground() {
        for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
            Theme::instance().apply(mode);
            HeatmapPicture p = picture({1, 1, 1, 1, 1, 1, 1, 1, 1}, 3);
            p.image.fill(Theme::instance().colors().text);  // the frame's own colour
            p.selected = {1, 1};
            QImage canvas(400, 300, QImage::Format_RGB32);
            canvas.fill(Theme::instance().colors().text);
            QPainter painter(&canvas);
            paintHeatmap(painter, p, QRectF(0, 0, 3, 3), QRectF(100, 20, 180, 180),
                         Theme::instance().font(font_size::caption));
            painter.end();
            int edges = 0;
            for (int x = 150; x < 170; ++x)
                edges += canvas.pixelColor(x, 110) == Theme::instance().colors().base ? 1 : 0;
            QVERIFY2(edges >= 2, qPrintable(QString::number(edges)));  // on both sides
        }
    }

    // From the highest value down, without a step back where two colours meet.
    void theBarOfColoursHasNoStripes() {
        Theme::instance().apply(ThemeMode::Dark);
        HeatmapPicture p = picture({0, 1, 1, 0}, 2);
        p.range = {0, 1, false};
        QImage canvas(300, 400, QImage::Format_RGB32);
        canvas.fill(Theme::instance().colors().base);
        const QRectF plot(60, 20.3, 100, 333.3);
        QPainter painter(&canvas);
        painter.setRenderHint(QPainter::Antialiasing);
        paintHeatmap(painter, p, QRectF(0, 0, 2, 2), plot, Theme::instance().font(font_size::caption));
        painter.end();
        const int x = static_cast<int>(plot.right()) + space::m + space::m / 2;
        for (int y = 24; y < 348; ++y) {
            const int above = qGray(canvas.pixel(x, y)), below = qGray(canvas.pixel(x, y + 1));
            QVERIFY2(below <= above + 1, qPrintable(QStringLiteral("%1: %2, %3").arg(y).arg(above).arg(below)));
        }
    }

    void missingCellsAreHatchedNotColoured() {
        const std::vector<float> values{kMissing, 1, 1, kMissing};
        const QImage image = heatmapImage(values, 2, heatmapRange(values, true));
        QCOMPARE(image.pixelColor(0, 0).alpha(), 0);
        QCOMPARE(image.pixelColor(1, 0).alpha(), 255);
    }

    void twoPaintingsAreEqualToThePixel() {
        std::vector<float> values;
        for (int i = 0; i < 27 * 27; ++i) values.push_back(std::sin(static_cast<float>(i)));
        const auto paint = [&] {
            QImage canvas(400, 400, QImage::Format_RGB32);
            canvas.fill(Qt::black);
            QPainter painter(&canvas);
            paintHeatmap(painter, picture(values, 27), QRectF(0, 0, 27, 27), QRectF(60, 10, 270, 270),
                         Theme::instance().font(font_size::caption));
            return canvas;
        };
        QCOMPARE(paint(), paint());
    }

    void namesThinOutWhenThereIsNoRoom() {
        QCOMPARE(heatmapLabelStep(20, 14), 1);
        QCOMPARE(heatmapLabelStep(12, 14), 1);
        QCOMPARE(heatmapLabelStep(7, 14), 2);
        QCOMPARE(heatmapLabelStep(1, 14), 12);
    }

    void positionsMapToCells() {
        const QRectF plot(100, 20, 80, 80);
        const QRectF all(0, 0, 4, 4);
        QCOMPARE(heatmapCellAt({101, 21}, all, plot, 4), (HeatmapCell{0, 0}));
        QCOMPARE(heatmapCellAt({179, 21}, all, plot, 4), (HeatmapCell{0, 3}));
        QCOMPARE(heatmapCellAt({101, 99}, all, plot, 4), (HeatmapCell{3, 0}));
        QVERIFY(!heatmapCellAt({99, 50}, all, plot, 4).isValid());
        // Zoomed to the lower right quarter.
        QCOMPARE(heatmapCellAt({101, 21}, QRectF(2, 2, 2, 2), plot, 4), (HeatmapCell{2, 2}));
    }

    void cellsStaySquareAtAnyShapeOfTheView() {
        HeatmapView view(QStringLiteral("Interaction"));
        view.setMatrix(std::vector<float>(27 * 27, 1), names(27));
        for (const QSize size : {QSize(500, 300), QSize(300, 500), QSize(240, 240)}) {
            view.resize(size);
            view.show();
            QVERIFY(QTest::qWaitForWindowExposed(&view));
            const QRectF plot = view.chart()->chart()->plotArea();
            QVERIFY2(std::abs(plot.width() - plot.height()) < 1,
                     qPrintable(QStringLiteral("%1 × %2").arg(plot.width()).arg(plot.height())));
            QVERIFY(plot.width() > 80);
            QVERIFY(plot.left() >= 0 && plot.right() <= view.chart()->chart()->size().width());
        }
    }

    void hoverAndClickNameThePair() {
        HeatmapView view(QStringLiteral("Interaction"));
        std::vector<float> values(9, 0);
        values[2 * 3 + 1] = 0.412F;
        view.setMatrix(values, names(3));
        view.resize(400, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const QRectF plot = view.chart()->chart()->plotArea();
        const QPoint at =
            view.chart()->mapFromScene(QPointF(plot.left() + plot.width() * 0.5, plot.top() + plot.height() * 5 / 6));
        QMouseEvent move(QEvent::MouseMove, QPointF(at), view.chart()->viewport()->mapToGlobal(QPointF(at)),
                         Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(view.chart()->viewport(), &move);
        const auto* readout = view.findChild<QLabel*>(QStringLiteral("heatmapReadout"));
        QCOMPARE(readout->text(), QStringLiteral("cat_1 × cat_0: 0.4120"));
        QSignalSpy clicked(&view, &HeatmapView::cellClicked);
        QTest::mouseClick(view.chart()->viewport(), Qt::LeftButton, Qt::NoModifier, at);
        QCOMPARE(clicked.count(), 1);
        QCOMPARE(clicked[0][0].toInt(), 2);
        QCOMPARE(clicked[0][1].toInt(), 1);
        view.setHoverText([](int row, int column, float) { return QStringLiteral("%1/%2").arg(row).arg(column); });
        QCOMPARE(readout->text(), QStringLiteral("2/1"));
    }

    void dragIsNotAClick() {
        HeatmapView view(QStringLiteral("Interaction"));
        view.setMatrix(std::vector<float>(9, 1), names(3));
        view.resize(400, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy clicked(&view, &HeatmapView::cellClicked);
        const QPoint centre = view.chart()->mapFromScene(view.chart()->chart()->plotArea().center());
        QTest::mousePress(view.chart()->viewport(), Qt::LeftButton, Qt::NoModifier, centre);
        QTest::mouseRelease(view.chart()->viewport(), Qt::LeftButton, Qt::NoModifier, centre + QPoint(40, 0));
        QCOMPARE(clicked.count(), 0);
    }

    void arrowKeysMoveACursorAndReturnSelects() {
        HeatmapView view(QStringLiteral("Interaction"));
        view.setMatrix(std::vector<float>(9, 1), names(3));
        view.resize(400, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QSignalSpy clicked(&view, &HeatmapView::cellClicked);
        view.chart()->setFocus();
        for (const int key : {Qt::Key_Down, Qt::Key_Down, Qt::Key_Right, Qt::Key_Return})
            QTest::keyClick(view.chart(), static_cast<Qt::Key>(key));
        QCOMPARE(clicked.count(), 1);
        QCOMPARE(clicked[0][0].toInt(), 1);
        QCOMPARE(clicked[0][1].toInt(), 1);
        QTest::keyClick(view.chart(), Qt::Key_End);
        QTest::keyClick(view.chart(), Qt::Key_Right);
        QTest::keyClick(view.chart(), Qt::Key_Return);
        QCOMPARE(clicked[1][0].toInt(), 2);
        QCOMPARE(clicked[1][1].toInt(), 2);
    }

    void exportHasTheNamesAndTheValues() {
        HeatmapView view(QStringLiteral("Interaction"));
        std::vector<float> values(9, 0);
        values[5] = 0.75F;
        view.setMatrix(values, names(3));
        view.resize(400, 400);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QTemporaryDir folder;
        QCOMPARE(view.chart()->exportTo(folder.filePath(QStringLiteral("map.svg"))), QString());
        QFile svg(folder.filePath(QStringLiteral("map.svg")));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        QVERIFY(svg.readAll().contains("cat_1"));
        QCOMPARE(view.chart()->exportTo(folder.filePath(QStringLiteral("map.csv"))), QString());
        QFile csv(folder.filePath(QStringLiteral("map.csv")));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = csv.readAll().split('\n');
        QCOMPARE(lines[0], QByteArray("vector,bottom,cat_0,cat_1"));
        QCOMPARE(lines[1], QByteArray("bottom,0,0,0"));
        QCOMPARE(lines[2], QByteArray("cat_0,0,0,0.75"));
        // So does the table of the same figures.
        view.chart()->showTable();
        auto* window = view.window()->findChild<QDialog*>(QStringLiteral("chartTable"));
        QVERIFY(window);
        const QAbstractItemModel* table = window->findChild<QTableView*>()->model();
        QCOMPARE(table->index(1, 0).data().toString(), QStringLiteral("cat_0"));
        QCOMPARE(table->index(1, 3).data().toString(), QStringLiteral("0.7500"));
        window->close();
    }

    void clearedViewPaintsNoCells() {
        HeatmapView view(QStringLiteral("Interaction"));
        view.setMatrix(std::vector<float>(9, 1), names(3));
        view.clear();
        view.resize(300, 300);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const QImage image = view.chart()->grab().toImage();
        const QPointF centre = view.chart()->chart()->plotArea().center();
        QCOMPARE(image.pixelColor(view.chart()->mapFromScene(centre)), Theme::instance().colors().base);
    }
};

DLRM_TEST(HeatmapViewTest);

}  // namespace tst_heatmap_view

#include "tst_heatmap_view.moc"
