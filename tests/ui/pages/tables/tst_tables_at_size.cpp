// SPDX-License-Identifier: Apache-2.0
// The Tables page on a table as large models have them: nearly every row as the initializer left it. And what leads
// from one view to the next.
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLineSeries>
#include <QMenu>
#include <QPushButton>
#include <QTableView>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/charts/chart_view.h"
#include "ui/models/row_view.h"
#include "ui/models/table_list_model.h"
#include "ui/models/table_row_source.h"
#include "ui/pages/tables/inspector.h"
#include "ui/pages/tables/list_pane.h"
#include "ui/pages/tables/map_tab.h"
#include "ui/pages/tables/neighbors.h"
#include "ui/pages/tables/norms_tab.h"
#include "ui/pages/tables/page.h"
#include "ui/pages/tables/pins.h"
#include "ui/pages/tables/rank_tab.h"
#include "ui/pages/tables/rows_tab.h"
#include "ui/widgets/numbers.h"

namespace tst_tables_at_size {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWait = 60'000;
constexpr int kRows = 30'000, kTrained = 300, kDim = 8;

struct Shown {
    explicit Shown(QSize size = {1600, 900}) : page(session) {
        page.resize(size);
        page.show();
        inspector.reset(qobject_cast<TableInspector*>(page.inspector()));
        inspector->show();
    }
    bool settle() {
        return QTest::qWaitFor([this] { return !session.isAnyRunning() && page.isSettled(); }, kWait);
    }
    template <class T>
    T* find(const char* name = "") const {
        return page.findChild<T*>(QString::fromLatin1(name));
    }
    ChartView* chartIn(const QWidget* tab) const { return tab->findChild<ChartView*>(); }

    Session session;
    TablesPage page;
    std::unique_ptr<TableInspector> inspector;
};

// One table: the first rows with norms up to 3, falling with the rank, the others as TensorFlow initializes them,
// uniform in ±1/√rows.
bool writeCrowdedTable(const QString& path) {
    QByteArray dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + QByteArray::number(kRows) + ", " +
                            QByteArray::number(kDim) + "), }";
    while ((10 + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
    dictionary += '\n';
    QByteArray head = QByteArray("\x93NUMPY\x01\x00", 8);
    head += static_cast<char>(dictionary.size() & 0xff);
    head += static_cast<char>(dictionary.size() >> 8);
    std::mt19937 random(7);
    const float bound = 1.0F / std::sqrt(static_cast<float>(kRows));
    std::uniform_real_distribution<float> trained(-1.0F, 1.0F);
    const auto initial = [&] { return static_cast<float>(random() >> 9) * 0x1p-23F * (2 * bound) - bound; };
    std::vector<float> values;
    for (int row = 0; row < kRows; ++row)
        for (int i = 0; i < kDim; ++i)
            values.push_back(row < kTrained ? trained(random) * 2.0F / std::sqrt(1.0F + static_cast<float>(row))
                                            : initial());
    QFile file(path);
    const auto bytes = static_cast<qint64>(values.size() * sizeof(float));
    return file.open(QIODevice::WriteOnly) && file.write(head + dictionary) > 0 &&
           file.write(reinterpret_cast<const char*>(values.data()), bytes) == bytes;
}

}  // namespace

class TestTablesAtSize : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    QString m_file;

    bool openCrowded(Shown& s) {
        test::JobSpy opened(&s.session, &Session::modelOpened);
        s.session.openModel(m_file);
        return opened.wait(kWait) && s.settle();
    }

private Q_SLOTS:
    void initTestCase() {
        m_file = m_home.filePath(QStringLiteral("table.npy"));
        QVERIFY(writeCrowdedTable(m_file));
        Theme::instance().apply(ThemeMode::Light);
    }
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }

    void normsOfACrowdedTableAreCountedInLogarithms() {
        Shown s;
        QVERIFY(openCrowded(s));
        s.session.tables().computeStatistics({0});
        QVERIFY(s.settle());
        s.page.showTab(TablesPage::Norms);
        QVERIFY(s.settle());
        auto* tab = s.find<TableNormsTab>();
        QVERIFY(tab->logCounts());
        // From below one row: a bin of a single trained row has a bar.
        const QRectF seen = s.chartIn(tab)->visibleValues();
        QVERIFY(seen.top() > 0 && seen.top() < 1);
        // The reader may have it otherwise.
        tab->findChild<QCheckBox*>()->click();
        QVERIFY(!tab->logCounts());
        QCOMPARE(s.chartIn(tab)->visibleValues().top(), 0.0);
        // Nearly all rows are far shorter than the longest: on a linear axis they would be a line at its end.
        QCOMPARE(s.chartIn(tab)->chart()->axes(Qt::Horizontal).constFirst()->titleText(),
                 QStringLiteral("L2 norm of a row (log)"));
        QVERIFY(s.chartIn(tab)->visibleValues().left() > 0);
        const NormSummary& norms = s.session.tables().statistics(0)->norms;
        const QString said = s.chartIn(tab)->fullTitle();
        for (const float n : {norms.min, norms.p01, norms.p05, norms.p50, norms.p95, norms.p99, norms.max})
            QVERIFY2(said.contains(QLatin1Char(' ') + formatNumber(static_cast<double>(n))), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("200 bins of one ratio")), qPrintable(said));
        // The initializer's rows say nothing of the few that were trained: those are told apart.
        const NormSummary& trained = s.session.tables().statistics(0)->trainedNorms;
        QCOMPARE(trained.rows, s.session.tables().statistics(0)->trainedRows);
        QVERIFY(trained.p50 > norms.p99);
        QVERIFY2(said.contains(QStringLiteral("Of the %1: mean %2")
                                   .arg(countedText(trained.rows, "trained row"), formatNumber(trained.mean))),
                 qPrintable(said));
        QVERIFY(!s.page.grab().isNull());
    }

    void aLowBandIsSeenOnALogarithmicAxis() {
        Shown s;
        QVERIFY(openCrowded(s));
        s.session.tables().computeStatistics({0});
        QVERIFY(s.settle());
        s.page.showTab(TablesPage::RankNorm);
        QVERIFY(s.settle());
        const QRectF seen = s.chartIn(s.find<TableRankTab>())->visibleValues();
        const double norm = std::sqrt(kDim / 3.0) / std::sqrt(static_cast<double>(kRows));  // of a row as initialized
        QVERIFY(seen.top() > 0);
        const double at = std::log(norm / seen.top()) / std::log(seen.bottom() / seen.top());
        QVERIFY2(at > 0.1 && at < 0.9, qPrintable(QString::number(at)));
        // No line leads through norms between trained and untrained rows, which no row has.
        int points = 0;
        for (const QAbstractSeries* series : s.chartIn(s.find<TableRankTab>())->chart()->series()) {
            const auto* line = qobject_cast<const QLineSeries*>(series);
            points += line ? static_cast<int>(line->count()) : 0;
            for (int i = 1; line && i < line->count(); ++i)
                QVERIFY2(std::abs(line->at(i).y() - line->at(i - 1).y()) < std::log10(8.0),
                         qPrintable(QString::number(line->at(i).x())));
        }
        QVERIFY(points > 20);
        QVERIFY(s.chartIn(s.find<TableRankTab>())->fullTitle().contains(QStringLiteral("broken where they leap")));
        QVERIFY(!s.page.grab().isNull());
    }

    // Every n-th row of such a table is a dot at zero: the most frequent ones are what was trained. A small table needs
    // no click.
    void theMapShowsTheMostFrequentRowsUnasked() {
        Shown s;
        QVERIFY(openCrowded(s));
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        const ChartView* chart = s.chartIn(s.page.mapTab());
        QVERIFY(chart && chart->isVisible());
        const auto& rows = chart->table().rows;
        QCOMPARE(rows.size(), std::size_t(20'000));
        QCOMPARE(rows.front()[0], 0.0);
        QCOMPARE(rows.back()[0], 19'999.0);
        // Thousands of untrained rows look like one point: where they are is said.
        s.session.tables().computeStatistics({0});
        QVERIFY(s.settle());
        QTRY_VERIFY2(chart->fullTitle().contains(QStringLiteral("of them untrained, nearly all on one spot at (")),
                     qPrintable(chart->fullTitle()));
    }

    // What the points are coloured by before anybody chooses: the click rate where a dataset has labels, else the norm.
    // By rank: evenly over the points.
    void theFirstColouringSaysMost() {
        Shown s;
        QVERIFY(test::openModel(s.session));
        QVERIFY(s.settle());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        TableMapTab* map = s.page.mapTab();
        const auto colour = [map] {
            for (const QComboBox* box : map->findChildren<QComboBox*>())
                if (box->accessibleName() == QLatin1String("Colour"))
                    return static_cast<MapColour>(box->currentData().toInt());
            return MapColour::Density;
        };
        QCOMPARE(colour(), MapColour::Norm);
        QVERIFY(test::openDataset(s.session));
        QVERIFY(s.settle());
        QCOMPARE(colour(), MapColour::ClickRate);
        const auto& rates = s.chartIn(map)->table();
        QCOMPARE(rates.columns.size(), 4);
        for (const auto& row : rates.rows)
            QVERIFY(std::isnan(row[3]) || (row[3] > 0 && row[3] < 1));  // drawn to the table's rate: never 0 or 1
        map->draw(MapMethod::Pca, MapColour::Rank);
        QVERIFY(s.settle());
        const auto& rows = s.chartIn(map)->table().rows;
        QCOMPARE(rows.front()[3], 0.0);
        QCOMPARE(rows.back()[3], 1.0);
        QVERIFY(std::abs(rows[rows.size() / 2][3] - 0.5) < 0.01);
    }

    void lassoNeighboursAndPinsStandOnTheMapBesideTheRows() {
        Shown s;
        QVERIFY(test::openModel(s.session));
        QVERIFY(s.settle());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        TableMapTab* map = s.page.mapTab();
        ChartView* chart = s.chartIn(map);
        Selection selection;
        selection.kind = Selection::Kind::TableRow;
        selection.table = 0;
        selection.row = 7;
        s.session.setSelection(selection);
        QVERIFY(s.settle());
        s.inspector->togglePin();
        QCOMPARE(map->pins(), std::vector<qint64>{7});
        s.inspector->neighbors()->find();
        QVERIFY(s.settle());
        QCOMPARE(map->neighbors().size(), std::size_t(10));

        for (QPushButton* b : map->findChildren<QPushButton*>())
            if (b->isCheckable() && b->isVisible()) b->click();
        const QRectF plot = chart->chart()->plotArea();
        const auto at = [&](double x, double y) {
            return chart->mapFromScene(plot.left() + x * plot.width(), plot.top() + y * plot.height());
        };
        QTest::mousePress(chart->viewport(), Qt::LeftButton, {}, at(0.01, 0.01));
        for (const QPoint p : {at(0.99, 0.01), at(0.99, 0.99), at(0.01, 0.99)}) QTest::mouseMove(chart->viewport(), p);
        QTest::mouseRelease(chart->viewport(), Qt::LeftButton, {}, at(0.01, 0.99));
        QVERIFY(s.settle());
        // Both in view; the lasso stays while one looks elsewhere.
        QVERIFY(chart->isVisible());
        QVERIFY(s.page.rowsTab()->isVisible());
        QVERIFY(s.find<TableRowSource>()->order());
        QVERIFY(!map->loop().isEmpty());
        s.page.showTab(TablesPage::Rows);
        QVERIFY(s.page.rowsTab()->isVisible() && !chart->isVisible());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.page.rowsTab()->isVisible() && chart->isVisible());
        QVERIFY(!map->loop().isEmpty());
        QVERIFY(!s.page.grab().isNull());
        // The filter's Clear lets go of it.
        for (QPushButton* b : s.page.rowsTab()->findChildren<QPushButton*>())
            if (QString(b->text()).remove(QLatin1Char('&')) == QLatin1String("Clear")) b->click();
        QVERIFY(s.settle());
        QVERIFY(map->loop().isEmpty() && !s.page.rowsTab()->isVisible() && chart->isVisible());
        QVERIFY(!s.find<TableRowSource>()->order());
    }

    // On another map it would be around other rows. A new colour, size or theme moves no point.
    void theLassoAndItsListOfRowsGoTogether() {
        Shown s;
        QVERIFY(test::openModel(s.session));
        QVERIFY(s.settle());
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        TableMapTab* map = s.page.mapTab();
        ChartView* chart = s.chartIn(map);
        const auto lasso = [&](double from, double to) {
            for (QPushButton* b : map->findChildren<QPushButton*>())
                if (b->isCheckable() && b->isVisible()) b->click();
            const QRectF plot = chart->chart()->plotArea();
            const auto at = [&](double x, double y) {
                return chart->mapFromScene(plot.left() + x * plot.width(), plot.top() + y * plot.height());
            };
            QTest::mousePress(chart->viewport(), Qt::LeftButton, {}, at(from, from));
            for (const QPoint p : {at(to, from), at(to, to), at(from, to)}) QTest::mouseMove(chart->viewport(), p);
            QTest::mouseRelease(chart->viewport(), Qt::LeftButton, {}, at(from, to));
            return s.settle();
        };
        const auto isListed = [&] { return s.find<TableRowSource>()->order() != nullptr; };
        QVERIFY(lasso(0.01, 0.99));
        const QPolygonF loop = map->loop();
        QVERIFY(!loop.isEmpty() && isListed());
        // The list says of which map it is, and so does what is exported of it.
        const QString all = countedText(s.session.model()->spec.tables[0].rows, "row");
        const QString of = QStringLiteral("inside the lasso on the map (PC 1 × 2) of all %1").arg(all);
        QVERIFY2(s.find<QLabel>("shownRows")->text().contains(of), qPrintable(s.find<QLabel>("shownRows")->text()));
        s.session.setProgram({QStringLiteral("dlrm-explorer"), QStringLiteral("1.2.3"), QString()});
        const QString path = m_home.filePath(QStringLiteral("inside.npy"));
        QSignalSpy written(&s.session, &Session::exported);
        s.page.rowsTab()->exportTo(path, TableRowsTab::Exported::All);
        QTRY_COMPARE_WITH_TIMEOUT(written.count(), 1, kWait);
        QFile origin(path + QStringLiteral(".json"));
        QVERIFY(origin.open(QIODevice::ReadOnly));
        QVERIFY(QString::fromUtf8(origin.readAll()).contains(of));
        const auto choice = [&](const char* called) {
            const auto boxes = map->findChildren<QComboBox*>();
            const auto found = std::find_if(boxes.begin(), boxes.end(), [called](const QComboBox* box) {
                return box->accessibleName() == QLatin1String(called);
            });
            return found == boxes.end() ? nullptr : *found;
        };
        auto *colour = choice("Colour"), *method = choice("Method"), *axes = choice("Axes");
        QVERIFY(colour && method && axes);
        colour->setCurrentIndex(colour->findData(static_cast<int>(MapColour::Rank)));
        QVERIFY(s.settle());
        s.page.resize(s.page.width() - 60, s.page.height() - 40);
        for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
            Theme::instance().apply(mode);
            QVERIFY(s.settle());
        }
        QCOMPARE(map->loop(), loop);
        QVERIFY(isListed());
        // One without a row changes neither.
        QSignalSpy noticed(&s.page, &Page::noticed);
        QVERIFY(lasso(0.005, 0.03));
        QCOMPARE(noticed.size(), 1);
        QCOMPARE(noticed[0][0].toString(), QStringLiteral("No row lies inside this lasso."));
        QCOMPARE(map->loop(), loop);
        QVERIFY(isListed() && s.page.rowsTab()->isVisible());
        map->draw(MapMethod::Umap, MapColour::Rank);
        QVERIFY(s.settle());
        QVERIFY(map->loop().isEmpty());
        QVERIFY(!isListed() && !s.page.rowsTab()->isVisible());
        // Other axes of the same map.
        method->setCurrentIndex(1);
        for (QPushButton* b : map->findChildren<QPushButton*>())
            if (b->text() == QLatin1String("&Draw")) b->click();
        QVERIFY(s.settle());
        QVERIFY(lasso(0.01, 0.99));
        QVERIFY(!map->loop().isEmpty() && isListed());
        axes->setCurrentIndex(1);
        QVERIFY(s.settle());
        QVERIFY(map->loop().isEmpty() && !isListed());
        // It goes with its table, and that is said.
        QVERIFY(lasso(0.01, 0.99));
        QVERIFY(isListed());
        Selection other;
        other.kind = Selection::Kind::Table;
        other.table = 1;
        s.session.setSelection(other);
        QVERIFY(map->loop().isEmpty() && !isListed());
        const QString first = QString::fromStdString(s.session.model()->spec.tables[0].name);
        QCOMPARE(noticed.last()[0].toString(), QStringLiteral("The lasso on the map of %1 is gone.").arg(first));
        QVERIFY(s.settle());
    }

    void theListOfTablesIsCopiedAndExported() {
        Shown s;
        QVERIFY(test::openModel(s.session));
        QVERIFY(s.settle());
        s.session.tables().computeStatistics({3});
        QVERIFY(s.settle());
        auto* pane = s.find<TableListPane>();
        pane->view()->setFocus();
        QTest::keyClick(pane->view(), Qt::Key_C, Qt::ControlModifier);
        QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 27);
        QCOMPARE(lines[0].split(QLatin1Char('\t')).value(2), QStringLiteral("rows"));
        const QStringList known = lines[4].split(QLatin1Char('\t')), unknown = lines[5].split(QLatin1Char('\t'));
        const TableSpec& third = s.session.model()->spec.tables[3];
        QCOMPARE(known.mid(0, 4), QStringList({QStringLiteral("cat_3"), QString::number(third.dim),
                                               QString::number(third.rows), QString::number(third.bytes)}));
        QCOMPARE(known[4].toDouble(), s.session.tables().statistics(3)->norms.mean);
        QCOMPARE(unknown.size(), known.size());
        QVERIFY(unknown[4].isEmpty());
        // Chosen lines only.
        pane->view()->selectRow(0);
        QTest::keyClick(pane->view(), Qt::Key_Down);
        QTest::keyClick(pane->view(), Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(pane->view(), Qt::Key_C, Qt::ControlModifier);
        lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[1].startsWith(QStringLiteral("cat_1\t")) && lines[2].startsWith(QStringLiteral("cat_2\t")));

        const QString path = m_home.filePath(QStringLiteral("tables.csv"));
        QVERIFY(pane->exportTo(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QCOMPARE(text.count('\n'), 27);
        QVERIFY(text.startsWith("table,dimension,rows,bytes,"));
        QVERIFY(!pane->exportTo(m_home.filePath(QStringLiteral("no/such/folder/tables.csv"))));
    }

    // Smallest norm first, the last rows are those with the shortest ids: no id is cut to that width.
    void idsAreWholeThoughTheLastRowsIdIsShort() {
        Shown s;
        QVERIFY(openCrowded(s));
        const auto* source = s.find<TableRowSource>();
        for (const bool ascending : {false, true}) {
            s.page.rowsTab()->sortBy(RowKey::Norm);
            QVERIFY(s.settle());
            QTRY_VERIFY(source->order() && source->order()->whole && source->order()->query.descending != ascending);
        }
        QVERIFY(source->idAt(kRows - 1) < kTrained);
        const QHeaderView* header = s.find<RowView>()->table()->verticalHeader();
        QVERIFY(header->width() >= QFontMetrics(header->font()).horizontalAdvance(formatCount(kRows - 1)));
    }

    // A row's bars reach as far as its own largest value, wherever it stands, until a scale is held.
    void theInspectorsBarsHaveTheRowsOwnScale() {
        Shown s;
        QVERIFY(openCrowded(s));
        s.session.tables().computeStatistics({0});
        QVERIFY(s.settle());
        const auto* source = s.find<TableRowSource>();
        auto* mode = s.find<QComboBox>("scaleMode");
        QCOMPARE(mode->currentData().toInt(), static_cast<int>(source->scaleMode()));
        const std::vector<double> values = test::npyValues(m_file);
        QCOMPARE(values.size(), static_cast<std::size_t>(kRows) * kDim);
        const auto says = [&](double scale) {
            const QString words = QStringLiteral("scale ±%1").arg(formatNumber(scale));
            for (const QLabel* label : s.inspector->findChildren<QLabel*>())
                if (label->isVisibleTo(s.inspector.get()) && label->text() == words) return true;
            return false;
        };
        const auto show = [&](std::int64_t row) {
            Selection selection;
            selection.kind = Selection::Kind::TableRow;
            selection.table = 0;
            selection.row = row;
            s.session.setSelection(selection);
            return s.settle();
        };
        for (const std::int64_t row : {0, kRows - 1, kRows / 2}) {
            QVERIFY(show(row));
            double own = 0;
            for (int i = 0; i < kDim; ++i)
                own =
                    std::max(own, std::abs(values[static_cast<std::size_t>(row) * kDim + static_cast<std::size_t>(i)]));
            QTRY_VERIFY(says(own));
        }
        // Of a row that nearly all are shorter than it is said how many are not.
        QVERIFY(show(20));
        const auto& norms = s.session.tables().statistics(0)->scan.norms;
        const auto others =
            std::count_if(norms.begin(), norms.end(), [&](float norm) { return norm >= norms[20]; }) - 1;
        QVERIFY(others > 0 && others < kTrained);
        QTRY_VERIFY2(test::textOf(*s.inspector)
                         .contains(QStringLiteral("longer than all but %1").arg(countedText(others, "other row"))),
                     qPrintable(test::textOf(*s.inspector)));
        const float held = source->scale();
        mode->setCurrentIndex(mode->findText(QStringLiteral("held")));
        Q_EMIT mode->activated(mode->currentIndex());
        QCOMPARE(source->scale(), held);
        QTRY_VERIFY(says(static_cast<double>(held)));
        QVERIFY(show(0));
        QTRY_VERIFY(says(static_cast<double>(held)));
    }

    // 20 trained rows of 100,000: 99.9 % of all values are untrained ones, on whose scale a trained row is drawn in the
    // two end colours only.
    void whereMostRowsAreUntrainedTheScaleIsTheTrainedOnes() {
        constexpr std::int64_t kAll = 100'000, kFew = 20, kWide = 4;
        TableStatistics statistics;
        TableScan& scan = statistics.scan;
        scan.rows = kAll;
        scan.dim = kWide;
        scan.finite = kAll * kWide;
        scan.min = -0.495F;
        scan.max = 0.495F;
        scan.request.low = -1;
        scan.request.high = 1;
        scan.histogram.assign(200, 0);
        scan.histogram[50] = scan.histogram[149] = kFew * kWide / 2;           // ±0.49 … 0.5
        scan.histogram[99] = scan.histogram[100] = (kAll - kFew) * kWide / 2;  // within ±0.01
        statistics.untrained.rows = kAll;
        statistics.untrained.count = kAll - kFew;
        statistics.trainedRows = kFew;
        Session session;
        TableRowSource source(session);
        TableSpec spec;
        spec.rows = kAll;
        spec.dim = kWide;
        source.setTable(0, spec);
        QVERIFY(source.scaleMode() == TableRowSource::ScaleMode::Table);
        const auto known = std::make_shared<const TableStatistics>(statistics);
        source.setKnown(known, nullptr, nullptr);
        QVERIFY(source.scaleMode() == TableRowSource::ScaleMode::Trained);
        QCOMPARE(source.scale(), 0.495F);
        source.setScaleMode(TableRowSource::ScaleMode::Table);
        QVERIFY(std::abs(source.scale() - 0.01F) < 1e-4F);
        source.setScaleMode(TableRowSource::ScaleMode::Trained);
        QCOMPARE(source.scale(), 0.495F);

        statistics.untrained.count = kAll / 2;  // no more than half
        TableRowSource other(session);
        other.setTable(0, spec);
        other.setKnown(std::make_shared<const TableStatistics>(statistics), nullptr, nullptr);
        QVERIFY(other.scaleMode() == TableRowSource::ScaleMode::Table);
    }

    void theColumnOfCosinesWaitsForThem() {
        TableStatistics statistics;
        statistics.scan.rows = 3;
        statistics.scan.dim = 4;
        statistics.scan.norms.assign(3, 1.0F);
        const auto known = std::make_shared<const TableStatistics>(statistics);
        Session session;
        TableRowSource source(session);
        TableSpec spec;
        spec.rows = 3;
        spec.dim = 4;
        source.setTable(0, spec);
        source.setKnown(known, nullptr, nullptr, true);
        const QStringList before = source.columns();
        const auto column = static_cast<int>(before.indexOf(QStringLiteral("cos. mean")));
        QVERIFY(column >= 0);
        QVERIFY(!source.data(0, column, Qt::DisplayRole).isValid());
        QCOMPARE(source.widestText(column), QStringLiteral("−1.000"));
        source.setKnown(known, std::make_shared<const std::vector<float>>(3, 0.5F), nullptr, true);
        QCOMPARE(source.columns(), before);
        QCOMPARE(source.data(0, column, Qt::DisplayRole).toString(), QStringLiteral("0.500"));
        // Where nobody computes them unasked they have none.
        source.setKnown(known, nullptr, nullptr);
        QVERIFY(!source.columns().contains(QStringLiteral("cos. mean")));
    }

    void theListOfTablesHasAMenu() {
        Shown s;
        QVERIFY(test::openModel(s.session));
        QVERIFY(s.settle());
        auto* pane = s.find<TableListPane>();
        Q_EMIT pane->view()->customContextMenuRequested(QPoint(5, 5));
        auto* menu = pane->findChild<QMenu*>();
        QVERIFY(menu && !menu->actions().isEmpty());
        QStringList titles;
        for (const QAction* action : menu->actions()) titles << QString(action->text()).remove(QLatin1Char('&'));
        QVERIFY2(titles.first().startsWith(QStringLiteral("Copy")), qPrintable(titles.first()));
        QVERIFY2(titles.last().startsWith(QStringLiteral("Export")), qPrintable(titles.last()));
        QGuiApplication::clipboard()->clear();
        menu->actions().first()->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("table\t")));
        menu->close();
    }

    void aRawValueFindsItsRow() {
        Shown s;
        QVERIFY(test::openModel(s.session));
        QVERIFY(test::openDataset(s.session));
        QVERIFY(s.settle());
        Selection selection;
        selection.kind = Selection::Kind::Table;
        selection.table = 19;
        s.session.setSelection(selection);
        QVERIFY(s.settle());
        const QString value = s.session.hexOf(19, 1234);
        QCOMPARE(value.size(), 8);
        QCOMPARE(s.session.rowOfValue(19, value), std::optional<qint64>(1234));
        auto* goTo = s.find<QLineEdit>("goTo");
        goTo->setText(QLatin1Char(' ') + value.toUpper());
        QTest::keyClick(goTo, Qt::Key_Return);
        QVERIFY(s.settle());
        QCOMPARE(s.page.rowsTab()->currentId(), qint64(1234));
        // A value the dictionary does not have.
        goTo->setText(QStringLiteral("ffffffff"));
        QTest::keyClick(goTo, Qt::Key_Return);
        QCOMPARE(s.page.rowsTab()->currentId(), qint64(1234));
        bool said = false;
        for (const QLabel* label : s.page.findChildren<QLabel*>())
            said = said || (label->isVisible() && label->text().contains(QStringLiteral("not in the dictionary")));
        QVERIFY(said);
        // Another table starts with an empty field.
        selection.table = 3;
        s.session.setSelection(selection);
        QVERIFY(goTo->text().isEmpty());
    }
};

DLRM_TEST(TestTablesAtSize);

}  // namespace tst_tables_at_size

#include "tst_tables_at_size.moc"
