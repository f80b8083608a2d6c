// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <QAbstractButton>
#include <QApplication>
#include <QCategoryAxis>
#include <QClipboard>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QImage>
#include <QLineEdit>
#include <QLineSeries>
#include <QMenu>
#include <QMessageBox>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QValueAxis>
#include <QWheelEvent>

#include <cerrno>
#include <cmath>
#include <csignal>
#include <limits>
#include <utility>

#include "tests/support/test_program.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/chart_menu.h"
#include "ui/charts/chart_table.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/point_reduction.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/whole_file.h"
#include "ui/widgets/written_files.h"

namespace tst_chart_view {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWidth = 640, kHeight = 420;

Series wave(int points) {
    Series s{.name = "wave", .points = {}, .represents = points, .howChosen = "all"};
    for (int i = 0; i < points; ++i) s.points.push_back({i / double(points), 0.5 + 0.4 * std::sin(i * 0.01)});
    return s;
}

QValueAxis* axis(const ChartView& view, Qt::Orientation orientation) {
    for (QAbstractAxis* a : view.chart()->axes(orientation))
        if (auto* value = qobject_cast<QValueAxis*>(a)) return value;
    return nullptr;
}

void wheel(ChartView& view, QPoint at, int notches) {
    QWheelEvent event(at, view.viewport()->mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(view.viewport(), &event);
}

}  // namespace

class TestChartView : public QObject {
    Q_OBJECT
    std::unique_ptr<ChartView> m_view;

    QStringList labels(Qt::Orientation orientation) const {
        for (QAbstractAxis* a : m_view->chart()->axes(orientation))
            if (auto* c = qobject_cast<QCategoryAxis*>(a)) return c->categoriesLabels();
        return {};
    }

    QPoint at(double shareX, double shareY) const {
        const QRectF plot = m_view->chart()->plotArea();
        return m_view->mapFromScene(plot.left() + shareX * plot.width(), plot.top() + shareY * plot.height());
    }

private Q_SLOTS:
    void initTestCase() {
        Theme::instance().apply(ThemeMode::Dark);
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
    }
    void init() {
        m_view = std::make_unique<ChartView>(QStringLiteral("ROC curve"));
        m_view->resize(kWidth, kHeight);
        m_view->setAxes(QStringLiteral("false positive rate"), 0, 1, QStringLiteral("true positive rate"), 0, 1);
        m_view->setLines({{wave(500), Theme::instance().series(0)}, {wave(100), Theme::instance().series(1), true}});
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }
    void cleanup() { m_view.reset(); }

    void noSeriesHoldsMoreThanItsBudget() {
        m_view->setLines({{wave(1'000'000), Qt::red}});
        for (QAbstractSeries* s : m_view->chart()->series()) {
            auto* line = qobject_cast<QLineSeries*>(s);
            QVERIFY(line);
            QVERIFY(line->count() <= kMaxLinePoints);
            QVERIFY(!line->useOpenGL());
        }
    }

    void reductionKeepsEndsAndExtremes() {
        std::vector<Point> points = wave(100'000).points;
        points[54'321].y = 99;
        points[12'345].y = -99;
        const QList<QPointF> reduced = reducedPoints(points);
        QVERIFY(reduced.size() <= kMaxLinePoints);
        QCOMPARE(reduced.first(), QPointF(points.front().x, points.front().y));
        QCOMPARE(reduced.last(), QPointF(points.back().x, points.back().y));
        QVERIFY(reduced.contains(QPointF(points[54'321].x, 99)));
        QVERIFY(reduced.contains(QPointF(points[12'345].x, -99)));
        for (qsizetype i = 1; i < reduced.size(); ++i) QVERIFY(reduced[i].x() >= reduced[i - 1].x());
    }

    void valuesThatAreNotFiniteAreLeftOut() {
        constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                         kInf = std::numeric_limits<double>::infinity();
        QCOMPARE(reducedPoints({{0, 1}, {kNan, 1}, {1, kInf}, {2, 3}}), (QList<QPointF>{{0, 1}, {2, 3}}));
    }

    void wheelZoomsAtTheCursorAndDoubleClickResets() {
        const QPoint where = at(0.25, 0.5);
        wheel(*m_view, where, 3);
        const QValueAxis* x = axis(*m_view, Qt::Horizontal);
        QVERIFY(x->max() - x->min() < 0.6);
        const double value = x->min() + 0.25 * (x->max() - x->min());
        QVERIFY(std::abs(value - 0.25) < 0.01);  // a pixel is 0.002
        QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, where);
        QCOMPARE(x->min(), 0.0);
        QCOMPARE(x->max(), 1.0);
    }

    void zoomNeverLeavesTheHomeRange() {
        wheel(*m_view, at(0.5, 0.5), 2);
        wheel(*m_view, at(0.1, 0.1), -20);
        QCOMPARE(axis(*m_view, Qt::Horizontal)->min(), 0.0);
        QCOMPARE(axis(*m_view, Qt::Vertical)->max(), 1.0);
    }

    void dragPansAZoomedChart() {
        wheel(*m_view, at(0.5, 0.5), 3);
        const double before = axis(*m_view, Qt::Horizontal)->min();
        QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, at(0.5, 0.5));
        QTest::mouseMove(m_view->viewport(), at(0.3, 0.5));
        QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, at(0.3, 0.5));
        QVERIFY(axis(*m_view, Qt::Horizontal)->min() > before);
    }

    void keysZoomResetAndPan() {
        const QValueAxis* x = axis(*m_view, Qt::Horizontal);
        QTest::keyClick(m_view.get(), Qt::Key_Plus);
        QVERIFY(x->max() - x->min() < 1);
        const double before = x->min();
        QTest::keyClick(m_view.get(), Qt::Key_Right);
        QVERIFY(x->min() > before);
        QTest::keyClick(m_view.get(), Qt::Key_0);
        QCOMPARE(x->max() - x->min(), 1.0);
    }

    void growingFiguresKeepTheReadersZoom() {
        wheel(*m_view, at(0.5, 0.5), 3);
        const double low = axis(*m_view, Qt::Horizontal)->min();
        m_view->setAxes(QStringLiteral("false positive rate"), 0, 1, QStringLiteral("true positive rate"), 0, 1);
        QCOMPARE(axis(*m_view, Qt::Horizontal)->min(), low);
        m_view->setAxes(QStringLiteral("score"), 0, 2, QStringLiteral("rows"), 0, 10);
        QCOMPARE(axis(*m_view, Qt::Horizontal)->max(), 2.0);
    }

    void cursorIsDraggedByMouseAndMovedByKeys() {
        m_view->setCursor(0.5);
        QSignalSpy moved(m_view.get(), &ChartView::cursorMoved);
        QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, at(0.5, 0.5));
        QTest::mouseMove(m_view->viewport(), at(0.75, 0.5));
        QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, at(0.75, 0.5));
        QVERIFY(!moved.isEmpty());
        QVERIFY(std::abs(moved.last()[0].toDouble() - 0.75) < 0.01);
        moved.clear();
        QTest::keyClick(m_view.get(), Qt::Key_Left);
        QCOMPARE(moved.size(), 1);
        QVERIFY(moved[0][0].toDouble() < 0.75);
        for (int i = 0; i < 50; ++i) QTest::keyClick(m_view.get(), Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(moved.last()[0].toDouble(), 0.0);
        QCOMPARE(axis(*m_view, Qt::Horizontal)->max(), 1.0);
    }

    void settingTheCursorDoesNotSignal() {
        QSignalSpy moved(m_view.get(), &ChartView::cursorMoved);
        m_view->setCursor(0.3);
        QCOMPARE(moved.size(), 0);
    }

    void hoverAsksForTheValueUnderThePointer() {
        double askedX = -1, askedY = -1;
        m_view->setHover([&](double x, double y) {
            askedX = x;
            askedY = y;
            return QStringLiteral("value");
        });
        QTest::mouseMove(m_view->viewport(), at(0.2, 0.25));
        QTRY_VERIFY(std::abs(askedX - 0.2) < 0.01);
        QVERIFY(std::abs(askedY - 0.75) < 0.01);
    }

    void overlayIsPaintedInValueCoordinatesAndClipped() {
        const QColor mark(255, 0, 255);
        m_view->setOverlay([mark](QPainter& p, const ChartView::Mapper& map) {
            p.fillRect(QRectF(QPointF(map.x(0.4), map.y(0.6)), QPointF(map.x(0.6), map.y(0.4))), mark);
            p.fillRect(QRectF(map.plot.right() + 1, 0, 50, 500), mark);
        });
        const QImage image = m_view->grab().toImage();
        QCOMPARE(image.pixelColor(at(0.5, 0.5)), mark);
        QVERIFY(image.pixelColor(at(0.2, 0.2)) != mark);
        const QRectF plot = m_view->chart()->plotArea();
        QVERIFY(image.pixelColor(static_cast<int>(plot.right()) + 4, static_cast<int>(plot.center().y())) != mark);
    }

    void exportWritesTheFourFormats() {
        QTemporaryDir dir;
        const auto path = [&dir](const char* extension) {
            return dir.filePath(QStringLiteral("chart.") + QLatin1String(extension));
        };
        for (const char* extension : {"png", "svg", "pdf", "csv"})
            QVERIFY2(m_view->exportTo(path(extension)).isEmpty(), extension);
        const QImage png(path("png"));
        QCOMPARE(png.size(), QSize(2 * kWidth, 2 * kHeight));
        // Not cropped: the lower right corner still has the chart's background, not nothing.
        QCOMPARE(png.pixelColor(2 * kWidth - 3, 2 * kHeight - 3).alpha(), 255);
        QFile svg(path("svg"));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const QByteArray drawn = svg.readAll();
        QVERIFY(drawn.contains("ROC curve"));
        // Text of the size it has on screen: 9 points are 12 pixels.
        QVERIFY(drawn.contains("font-size=\"12\"") && !drawn.contains("font-size=\"9\""));
        QFile pdf(path("pdf"));
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        QVERIFY(pdf.read(5) == "%PDF-");
        QFile csv(path("csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readAll().count('\n'), 501);
        QVERIFY(!m_view->exportTo(path("bmp")).isEmpty());
        QVERIFY(!m_view->exportTo(QStringLiteral("/nowhere/at/all/chart.png")).isEmpty());
    }

    void anExportAsksAboutTheFileItWrites() {
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        QTemporaryDir dir;
        qputenv("XDG_STATE_HOME", dir.path().toUtf8());
        const Toast toast(m_view.get());  // the view is its own window here
        QStringList asked;
        // Types a name into the dialog of `form`, answers what is asked, and leaves the dialog when it comes again.
        const auto choose = [&](const char* form, const char* name, QMessageBox::StandardButton reply) {
            asked.clear();
            bool typed = false;
            QTimer boxes, look;
            connect(&boxes, &QTimer::timeout, this, [&] {
                auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
                if (!box) return;
                asked << box->text();
                box->button(reply)->click();
            });
            connect(&look, &QTimer::timeout, this, [&] {
                auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
                if (!dialog) return;
                if (std::exchange(typed, true)) return dialog->reject();
                auto* edit = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
                edit->setText(dir.filePath(QLatin1String(name)));
                QTest::keyClick(edit, Qt::Key_Return);
            });
            boxes.start(20);
            look.start(20);
            QMenu menu;
            fillChartMenu(menu, *m_view, QStringLiteral("ROC curve"));
            for (QAction* action : menu.actions())
                if (action->text().remove(QLatin1Char('&')) == QStringLiteral("Export %1…").arg(QLatin1String(form)))
                    action->trigger();
            QVERIFY(typed);
        };
        const auto written = [&](const char* name) {
            return QStringLiteral("Written: ") + dir.filePath(QLatin1String(name));
        };
        QFile old(dir.filePath(QStringLiteral("fig.v2.png")));
        QVERIFY(old.open(QIODevice::WriteOnly) && old.write("mine") == 4);
        old.close();
        choose("PNG", "fig.v2", QMessageBox::No);
        QCOMPARE(asked, QStringList{old.fileName() + QStringLiteral(" exists already. Replace it?")});
        QCOMPARE(old.size(), 4);
        choose("PNG", "fig.v2", QMessageBox::Yes);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(toast.text(), written("fig.v2.png"));
        QVERIFY(!QImage(old.fileName()).isNull());
        choose("SVG", "fig.v2", QMessageBox::No);
        QCOMPARE(asked, QStringList());
        QVERIFY2(toast.text().endsWith(written("fig.v2.svg")), qPrintable(toast.text()));
        // The ending that was typed is that of another form.
        choose("PNG", "spec.csv", QMessageBox::No);
        QVERIFY2(toast.text().endsWith(written("spec.csv")), qPrintable(toast.text()));
        QFile csv(dir.filePath(QStringLiteral("spec.csv")));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readAll().count('\n'), 501);
    }

    // What a full disk takes of a file may be less than a buffer, which is flushed when the file is closed.
    void aFullDiskIsSaidAndTheOldFileStays() {
        QTemporaryDir dir;
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        for (const char* extension : {"png", "svg", "pdf", "csv"}) {
            const QString path = dir.filePath(QStringLiteral("old.") + QLatin1String(extension));
            QFile old(path);
            QVERIFY(old.open(QIODevice::WriteOnly) && old.write("mine") == 4);
            old.close();
            const rlimit small{1000, before.rlim_max};
            QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
            const QString why = m_view->exportTo(path), whyNotFew = writeWhole(path, QByteArray(4000, 'x'));
            QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
            QCOMPARE(why, qt_error_string(EFBIG));
            QCOMPARE(whyNotFew, why);  // less than a buffer of a QFile
            QCOMPARE(old.size(), 4);
            QCOMPARE(QDir(dir.path()).entryList(QDir::Files).size(), 1);
            QVERIFY(old.remove());
        }
        std::signal(SIGXFSZ, handler);
    }

    void theWindowIsToldOfATable() {
        QTemporaryDir dir;
        WrittenFiles files(m_view.get());  // the view is its own window here
        QSignalSpy told(&files, &WrittenFiles::tableWritten);
        QCOMPARE(m_view->exportTo(dir.filePath(QStringLiteral("chart.png"))), QString());
        QVERIFY(!m_view->exportTo(dir.filePath(QStringLiteral("no/such/folder/chart.csv"))).isEmpty());
        QCOMPARE(told.count(), 0);
        QCOMPARE(m_view->exportTo(dir.filePath(QStringLiteral("chart.csv"))), QString());
        QCOMPARE(told.count(), 1);
        QCOMPARE(told.first().first().toString(), dir.filePath(QStringLiteral("chart.csv")));
        QCOMPARE(told.first().at(1).toString(), m_view->fullTitle());
    }

    void anExportedPictureSaysWhatItIsOf() {
        QTemporaryDir dir;
        m_view->setSource(QStringLiteral("a model · test · 2026-01-31"));
        QVERIFY2(m_view->fullTitle().endsWith(QStringLiteral(" · a model · test · 2026-01-31")),
                 qPrintable(m_view->fullTitle()));
        for (const char* name : {"c.png", "c.svg", "c.pdf"})
            QCOMPARE(m_view->exportTo(dir.filePath(QLatin1String(name))), QString());
        const QImage png(dir.filePath(QStringLiteral("c.png")));
        QCOMPARE(png.width(), 2 * kWidth);
        QVERIFY(png.height() > 2 * kHeight + 16);
        QCOMPARE(png.pixelColor(png.width() - 3, png.height() - 3).rgb(), Theme::instance().colors().base.rgb());
        QFile svg(dir.filePath(QStringLiteral("c.svg")));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        QVERIFY(svg.readAll().contains("2026-01-31"));
        m_view->setSource({});
        QCOMPARE(m_view->exportTo(dir.filePath(QStringLiteral("d.png"))), QString());
        QCOMPARE(QImage(dir.filePath(QStringLiteral("d.png"))).height(), 2 * kHeight);
    }

    void aDotMarksWhatTheReadOutSpeaksOf() {
        m_view->setHover([](double, double) { return QStringLiteral("here"); });
        m_view->setHoverMark([](double x, double) { return std::optional<QPointF>(QPointF(x, 0.5)); });
        QMouseEvent move(QEvent::MouseMove, QPointF(at(0.3, 0.9)),
                         m_view->viewport()->mapToGlobal(QPointF(at(0.3, 0.9))), Qt::NoButton, Qt::NoButton, {});
        QCoreApplication::sendEvent(m_view->viewport(), &move);
        QCOMPARE(m_view->grab().toImage().pixelColor(at(0.3, 0.5)), Theme::instance().colors().accent);
        m_view->setHoverMark({});
        QVERIFY(m_view->grab().toImage().pixelColor(at(0.3, 0.5)) != Theme::instance().colors().accent);
    }

    void tableTwinShowsWhatWasPlotted() {
        QCOMPARE(m_view->table().rows.size(), std::size_t{500});
        QCOMPARE(m_view->table().columns.size(), 4);
        QVERIFY(std::isnan(m_view->table().rows[400][2]));
        m_view->setTable({{QStringLiteral("bin"), QStringLiteral("rows")}, {{0, 1234567}, {1, 0.25}}});
        m_view->setSource(QStringLiteral("a model · test"));
        m_view->showTable();
        auto* window = m_view->findChild<QDialog*>(QStringLiteral("chartTable"));
        QVERIFY(window);
        QVERIFY2(window->windowTitle().contains(QStringLiteral("a model · test")), qPrintable(window->windowTitle()));
        auto* table = window->findChild<QTableView*>();
        QCOMPARE(table->model()->rowCount(), 2);
        QCOMPARE(table->model()->index(0, 0).data().toString(), QStringLiteral("0"));
        QCOMPARE(table->model()->index(0, 1).data().toString(), QStringLiteral("1,234,567.0000"));
        QCOMPARE(table->model()->index(1, 1).data().toString(), QStringLiteral("0.2500"));
        window->close();
    }

    // One form a column: no 7.07014e-05 beside 0.000282805.
    void theTableHasOneFormOfNumbersAColumn() {
        const double none = std::numeric_limits<double>::quiet_NaN();
        const ChartTableModel model({{QStringLiteral("rate"), QStringLiteral("rows"), QStringLiteral("tiny")},
                                     {{7.07014e-5, 3, 1e-20}, {0.000282805, 1500, -0.5}, {0, none, none}}});
        const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(text(0, 0), QStringLiteral("0.00007070"));
        QCOMPARE(text(1, 0), QStringLiteral("0.00028281"));
        QCOMPARE(text(2, 0), QStringLiteral("0.00000000"));
        QCOMPARE(text(1, 1), QStringLiteral("1,500"));
        QCOMPARE(text(2, 1), QString());
        QCOMPARE(text(0, 2), QStringLiteral("1.00000e-20"));
        QCOMPARE(text(1, 2), QStringLiteral("−5.00000e-01"));
    }

    void csvQuotesNamesAndLeavesMissingEmpty() {
        ChartView::Table table{{QStringLiteral("a,b"), QStringLiteral("c")},
                               {{1.5, std::numeric_limits<double>::quiet_NaN()}}};
        QCOMPARE(tableText(table, QLatin1Char(',')), QStringLiteral("\"a,b\",c\n1.5,\n"));
        table.wordColumns = {QStringLiteral("name")};
        table.words = {{QStringLiteral("x,\"y\"")}};
        QCOMPARE(tableText(table, QLatin1Char(',')), QStringLiteral("name,\"a,b\",c\n\"x,\"\"y\"\"\",1.5,\n"));
        const ChartTableModel model(table);
        QCOMPARE(model.columnCount(), 3);
        QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("a,b"));
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("x,\"y\""));
        QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("1.5000"));
    }

    void menuOffersTableCopyAndExport() {
        QMenu menu;
        fillChartMenu(menu, *m_view, QStringLiteral("ROC curve"));
        QStringList titles;
        for (QAction* action : menu.actions()) titles << action->text().remove(QLatin1Char('&'));
        for (const char* wanted :
             {"Show as table", "Copy data", "Export PNG…", "Export SVG…", "Export PDF…", "Export CSV…", "Reset zoom"})
            QVERIFY2(titles.contains(QString::fromUtf8(wanted)), wanted);
        for (QAction* action : menu.actions())
            if (action->text().contains(QStringLiteral("data"))) action->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1Char('\t')));
    }

    void themeChangeRecoloursTheChart() {
        const QColor before = m_view->chart()->backgroundBrush().color();
        Theme::instance().apply(ThemeMode::Light);
        QVERIFY(m_view->chart()->backgroundBrush().color() != before);
        QCOMPARE(m_view->chart()->backgroundBrush().color(), Theme::instance().colors().base);
        Theme::instance().apply(ThemeMode::Dark);
    }

    void ticksStandAtRoundNumbers() {
        m_view->setAxes(QString(), 0, 0.0371, QString(), 0, 123'456);
        const QStringList across = labels(Qt::Horizontal), up = labels(Qt::Vertical);
        QVERIFY(across.size() > 2 && up.size() > 2);
        QVERIFY2(across.at(1) == QLatin1String("0.01") || across.at(1) == QLatin1String("0.005"),
                 qPrintable(across.join(QLatin1Char(' '))));
        for (const QString& label : across) QCOMPARE(label.size(), across.at(1).size());
        QVERIFY(up.contains(QStringLiteral("100,000")));
    }

    // One minus, none before zero, one form on an axis.
    void labelsAreNumbersAsElsewhere() {
        m_view->setAxes(QString(), -0.5, 0.5, QString(), -40'000, 40'000);
        QVERIFY2(labels(Qt::Horizontal).contains(QStringLiteral("−0.2")) &&
                     labels(Qt::Horizontal).contains(QStringLiteral("0.0")),
                 qPrintable(labels(Qt::Horizontal).join(QLatin1Char(' '))));
        QVERIFY2(labels(Qt::Vertical).contains(QStringLiteral("−20,000")) &&
                     labels(Qt::Vertical).contains(QStringLiteral("0")),
                 qPrintable(labels(Qt::Vertical).join(QLatin1Char(' '))));
        for (const Qt::Orientation o : {Qt::Horizontal, Qt::Vertical})
            for (const QString& label : labels(o)) QVERIFY2(!label.contains(QLatin1Char('-')), qPrintable(label));
    }

    void aRangeAMillionTimesAnotherKeepsFewTicks() {
        for (const double top : {1e-6, 1.0, 1e9, 1.0, 1e-6}) {
            m_view->setAxes(QString(), 0, top, QString(), 0, top);
            for (const Qt::Orientation o : {Qt::Horizontal, Qt::Vertical})
                QVERIFY(labels(o).size() > 1 && labels(o).size() < 20);
        }
    }

    void chartHasAName() { QCOMPARE(m_view->accessibleName(), QStringLiteral("ROC curve")); }
};

DLRM_TEST(TestChartView);

}  // namespace tst_chart_view

#include "tst_chart_view.moc"
