// SPDX-License-Identifier: Apache-2.0
// What can be seen on the map of a table: single rows, and the marks of chosen, pinned, nearest and lassoed ones.
#include "tests/ui/pages/tables/tables_fixture.h"

#include <QComboBox>
#include <QImage>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/support/test_program.h"
#include "ui/charts/density_layer.h"
#include "ui/pages/tables/inspector.h"
#include "ui/pages/tables/map_tab.h"
#include "ui/pages/tables/neighbors.h"

namespace tst_tables_marks {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr double kCurrentRing = 6, kPinRing = 8, kNearestRing = 4;  // radii in pixels, of lines 2 wide
constexpr int kAlike = 24;                                          // of 765

// WCAG 2 contrast.
double contrast(const QColor& a, const QColor& b) {
    const auto luminance = [](const QColor& c) {
        const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
        return 0.2126 * linear(static_cast<double>(c.redF())) + 0.7152 * linear(static_cast<double>(c.greenF())) +
               0.0722 * linear(static_cast<double>(c.blueF()));
    };
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

int difference(const QColor& a, const QColor& b) {
    return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) + std::abs(a.blue() - b.blue());
}

// The map as it is painted, and where its values lie in the picture.
struct Painted {
    explicit Painted(const ChartView* chart)
        : image(chart->viewport()->grab().toImage()),
          seen(chart->visibleValues()),
          plot(chart->viewportTransform().mapRect(chart->chart()->plotArea())) {}

    QPointF placeOf(const QPointF& value) const {
        return {plot.left() + (value.x() - seen.left()) / seen.width() * plot.width(),
                plot.bottom() - (value.y() - seen.top()) / seen.height() * plot.height()};
    }
    bool isInside(const QPointF& place) const { return plot.adjusted(12, 12, -12, -12).contains(place); }
    // The share of a ring that has this colour.
    double ringAt(const QPointF& place, double radius, const QColor& colour) const {
        constexpr int kAngles = 36;
        int found = 0;
        for (int i = 0; i < kAngles; ++i) {
            const double angle = 2 * std::numbers::pi * i / kAngles;
            const int x = static_cast<int>(std::floor(place.x() + radius * std::cos(angle))),
                      y = static_cast<int>(std::floor(place.y() + radius * std::sin(angle)));
            bool here = false;
            for (int yy = y - 1; yy <= y + 1; ++yy)
                for (int xx = x - 1; xx <= x + 1; ++xx)
                    here = here || (image.valid(xx, yy) && difference(image.pixelColor(xx, yy), colour) <= kAlike);
            found += here ? 1 : 0;
        }
        return static_cast<double>(found) / kAngles;
    }

    QImage image;
    QRectF seen, plot;
};

// One table of many rows, of numbers from -1 to 1.
bool writeTable(const QString& path, int rows, int dim) {
    QByteArray dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + QByteArray::number(rows) + ", " +
                            QByteArray::number(dim) + "), }";
    while ((10 + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
    dictionary += '\n';
    QByteArray head = QByteArray("\x93NUMPY\x01\x00", 8);
    head += static_cast<char>(dictionary.size() & 0xff);
    head += static_cast<char>(dictionary.size() >> 8);
    std::vector<float> values;
    for (int i = 0; i < rows * dim; ++i) values.push_back(std::sin(static_cast<float>(i) * 1.7F));
    QFile file(path);
    const auto bytes = static_cast<qint64>(values.size() * sizeof(float));
    return file.open(QIODevice::WriteOnly) && file.write(head + dictionary) > 0 &&
           file.write(reinterpret_cast<const char*>(values.data()), bytes) == bytes;
}

}  // namespace

class TestTablesMarks : public QObject {
    Q_OBJECT

    static ChartView* mapOf(const test::ShownTables& s) { return s.page.mapTab()->findChild<ChartView*>(); }
    static QPointF valueOf(const ChartView* chart, qint64 id) {
        for (const auto& row : chart->table().rows)
            if (row[0] == static_cast<double>(id)) return {row[1], row[2]};
        return {std::nan(""), std::nan("")};
    }
    static bool showMap(test::ShownTables& s) {
        if (!s.open()) return false;
        s.page.showTab(TablesPage::Map);
        return s.settle() && mapOf(s)->table().rows.size() > 100;
    }
    // The rows next to the middle of the map, where nothing but marks is painted over them.
    static std::vector<qint64> central(const ChartView* chart, std::size_t count) {
        const QPointF middle = chart->visibleValues().center();
        auto rows = chart->table().rows;
        std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
            return std::hypot(a[1] - middle.x(), a[2] - middle.y()) < std::hypot(b[1] - middle.x(), b[2] - middle.y());
        });
        std::vector<qint64> ids;
        for (std::size_t i = 0; i < std::min(count, rows.size()); ++i) ids.push_back(static_cast<qint64>(rows[i][0]));
        return ids;
    }

private Q_SLOTS:
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }
    void cleanup() { Theme::instance().apply(ThemeMode::Dark); }

    void aSingleRowStandsOutFromTheBackground() {
        constexpr double kLeast = 3;  // WCAG 2 of what is no text
        for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
            Theme::instance().apply(mode);
            const QColor base = Theme::instance().colors().base;
            for (const std::vector<float>& means : {std::vector<float>{}, {0, 0}, {0.5F, 0.5F}, {1, 1}}) {
                auto grid = std::make_shared<DensityGrid>();
                grid->columns = 2;
                grid->rows = 1;
                grid->counts = {1, 1000};
                grid->highest = 1000;
                grid->means = means;
                DensityLayer layer;
                layer.setGrid(grid);
                QImage image(4, 2, QImage::Format_ARGB32_Premultiplied);
                image.fill(base);
                QPainter painter(&image);
                layer.paint(painter, QRectF(0, 0, 4, 2));
                painter.end();
                for (int x = 0; x < 4; ++x)
                    for (int y = 0; y < 2; ++y)
                        QVERIFY2(
                            contrast(image.pixelColor(x, y), base) >= kLeast,
                            qPrintable(QStringLiteral("%1 on %2").arg(image.pixelColor(x, y).name(), base.name())));
            }
        }
    }

    // One of a pixel is lost among the others.
    void aCellOfTheMapIsTwoPixelsWide() {
        QTemporaryDir directory;
        const QString file = directory.filePath(QStringLiteral("table.npy"));
        constexpr int kRows = 30'000;
        static_assert(kRows > kMostDots);
        QVERIFY(writeTable(file, kRows, 4));
        test::ShownTables s;
        QVERIFY(s.open(file));
        QSignalSpy drawn(&s.session.tables(), &TableAnalysis::densityReady);
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        auto* rows = s.page.mapTab()->findChild<QComboBox*>(QStringLiteral("mapRows"));
        rows->setCurrentIndex(rows->findText(QStringLiteral("all 30,000 rows")));
        QVERIFY(rows->currentIndex() >= 0);
        s.page.mapTab()->draw(MapMethod::Pca, MapColour::Density);
        QVERIFY(s.settle());
        const auto fits = [&] {
            if (drawn.isEmpty()) return false;
            const auto grid = drawn.last().at(0).value<DensityGridPtr>();
            const QRectF plot = mapOf(s)->chart()->plotArea();
            return std::abs(grid->columns - plot.width() / 2) <= 2 && std::abs(grid->rows - plot.height() / 2) <= 2;
        };
        QTRY_VERIFY(fits());
    }

    void aPinnedRowHasItsRing() {
        test::ShownTables s;
        QVERIFY(showMap(s));
        auto* inspector = qobject_cast<TableInspector*>(s.inspector.get());
        const ChartView* chart = mapOf(s);
        const std::vector<qint64> ids = central(chart, 200);
        const qint64 pinned = ids.front(), other = ids.back();
        const QColor pin = Theme::instance().series(0), accent = Theme::instance().colors().accent;
        const auto ring = [&](qint64 id, double radius, const QColor& colour) {
            const Painted painted(chart);
            const QPointF place = painted.placeOf(valueOf(chart, id));
            return painted.isInside(place) ? painted.ringAt(place, radius, colour) : -1;
        };
        constexpr double kThere = 0.9, kNotThere = 0.3;
        const auto has = [&](qint64 id, double radius, const QColor& colour) {
            return ring(id, radius, colour) >= kThere;
        };
        const auto lacks = [&](qint64 id, double radius, const QColor& colour) {
            const double share = ring(id, radius, colour);
            return share >= 0 && share < kNotThere;
        };
        QVERIFY(lacks(pinned, kPinRing, pin) && lacks(pinned, kCurrentRing, accent));
        s.choose(0, pinned);
        QVERIFY(s.settle());
        QTRY_VERIFY(has(pinned, kCurrentRing, accent) && lacks(pinned, kPinRing, pin));
        inspector->togglePin();
        QTRY_VERIFY(has(pinned, kPinRing, pin));
        // It stays while another row is looked at.
        s.choose(0, other);
        QVERIFY(s.settle());
        QTRY_VERIFY(has(other, kCurrentRing, accent));
        QVERIFY(has(pinned, kPinRing, pin) && lacks(pinned, kCurrentRing, accent));
        s.choose(0, pinned);
        QVERIFY(s.settle());
        inspector->togglePin();
        QTRY_VERIFY(lacks(pinned, kPinRing, pin));
    }

    void theNearestRowsHaveTheirRings() {
        test::ShownTables s;
        QVERIFY(showMap(s));
        auto* inspector = qobject_cast<TableInspector*>(s.inspector.get());
        const ChartView* chart = mapOf(s);
        s.choose(0, central(chart, 1).front());
        QVERIFY(s.settle());
        const QColor warn = Theme::instance().colors().warn;
        const auto marked = [&](const std::vector<qint64>& ids) {
            const Painted painted(chart);
            std::size_t out = 0;
            for (const qint64 id : ids)
                out += painted.ringAt(painted.placeOf(valueOf(chart, id)), kNearestRing, warn) >= 0.6 ? 1 : 0;
            return out;
        };
        const Painted before(chart);
        inspector->neighbors()->find();
        QVERIFY(s.settle());
        const std::vector<qint64> nearest = s.page.mapTab()->neighbors();
        QCOMPARE(nearest.size(), std::size_t{10});
        QTRY_VERIFY(2 * marked(nearest) >= nearest.size());  // rings may lie over each other
        for (const qint64 id : nearest)
            QVERIFY(before.ringAt(before.placeOf(valueOf(chart, id)), kNearestRing, warn) < 0.6);
    }

    void theLassoIsPaintedAroundItsRows() {
        test::ShownTables s({1600, 900});
        QVERIFY(showMap(s));
        TableMapTab* map = s.page.mapTab();
        ChartView* chart = mapOf(s);
        s.button(QStringLiteral("Lasso"))->click();
        const QRectF plot = chart->chart()->plotArea();
        const auto at = [&](double x, double y) {
            return chart->mapFromScene(plot.left() + x * plot.width(), plot.top() + y * plot.height());
        };
        QTest::mousePress(chart->viewport(), Qt::LeftButton, {}, at(0.25, 0.25));
        for (const QPoint p : {at(0.75, 0.25), at(0.75, 0.75), at(0.25, 0.75)}) QTest::mouseMove(chart->viewport(), p);
        QTest::mouseRelease(chart->viewport(), Qt::LeftButton, {}, at(0.25, 0.75));
        QVERIFY(s.settle());
        QTRY_VERIFY(!map->loop().isEmpty());
        QTRY_VERIFY(s.page.rowsTab()->isVisible());  // beside the map, which is narrower then
        QVERIFY(s.settle());
        const QPolygonF loop = map->loop();
        const Painted with(chart);
        map->clearLoop();
        const Painted without(chart);
        QCOMPARE(with.plot, without.plot);
        QPolygonF path;
        for (const QPointF& corner : loop) path << with.placeOf(corner);
        const QRectF around = path.boundingRect();
        QVERIFY(around.width() > 40 && around.height() > 40 && with.plot.contains(around));
        // Tinted inside it, as it was outside, in the colour of the line between them.
        constexpr int kGap = 3, kStep = 4;
        int inside = 0, tinted = 0, outside = 0, same = 0;
        for (int y = static_cast<int>(with.plot.top()) + 1; y < with.plot.bottom() - 1; y += kStep)
            for (int x = static_cast<int>(with.plot.left()) + 1; x < with.plot.right() - 1; x += kStep) {
                const int change = difference(with.image.pixelColor(x, y), without.image.pixelColor(x, y));
                if (around.adjusted(kGap, kGap, -kGap, -kGap).contains(x, y)) {
                    ++inside;
                    tinted += change > 8 ? 1 : 0;
                } else if (!around.adjusted(-kGap, -kGap, kGap, kGap).contains(x, y)) {
                    ++outside;
                    same += change == 0 ? 1 : 0;
                }
            }
        QVERIFY(inside > 50 && outside > 50);
        QVERIFY2(tinted >= 0.8 * inside, qPrintable(QStringLiteral("%1 of %2").arg(tinted).arg(inside)));
        QVERIFY2(same >= 0.98 * outside, qPrintable(QStringLiteral("%1 of %2").arg(same).arg(outside)));
        const auto nearLine = [&](int x, int y) {
            int most = 0;
            for (int yy = y - 1; yy <= y + 1; ++yy)
                most = std::max(most, difference(with.image.pixelColor(x, yy), without.image.pixelColor(x, yy)));
            return most;
        };
        const int top = static_cast<int>(std::floor(around.top()));
        int line = 0, columns = 0;
        for (int x = static_cast<int>(around.left()) + kGap; x < around.right() - kGap; x += kStep, ++columns)
            line += nearLine(x, top) > 2 * difference(with.image.pixelColor(x, top + kGap + 2),
                                                      without.image.pixelColor(x, top + kGap + 2))
                        ? 1
                        : 0;
        QVERIFY2(line >= 0.9 * columns, qPrintable(QStringLiteral("%1 of %2").arg(line).arg(columns)));
    }
};

DLRM_TEST(TestTablesMarks);

}  // namespace tst_tables_marks

#include "tst_tables_marks.moc"
