// SPDX-License-Identifier: Apache-2.0
// Whole-table work on the Tables page with the bundled demo: statistics, order, filters, neighbours, maps, export; and
// how it all behaves when it fails.
#include <QComboBox>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTableView>

#include <algorithm>
#include <numeric>

#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/charts/chart_view.h"
#include "ui/models/row_view.h"
#include "ui/models/table_list_model.h"
#include "ui/pages/tables/inspector.h"
#include "ui/pages/tables/map_tab.h"
#include "ui/pages/tables/neighbors.h"
#include "ui/pages/tables/page.h"
#include "ui/pages/tables/pins.h"
#include "ui/pages/tables/rows_tab.h"
#include "ui/widgets/glossary.h"

namespace tst_tables_analysis {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWait = 60000;
constexpr int kDim = 32;

struct Shown {
    Shown() : page(session) {
        page.resize(1200, 800);
        page.show();
        inspector.reset(page.inspector());
        inspector->show();
        rows = page.findChild<RowView*>();
        list = nullptr;
        for (QTableView* view : page.findChildren<QTableView*>())
            if (qobject_cast<TableListModel*>(view->model())) list = view;
    }
    bool open() { return test::openModel(session) && settle(); }
    bool settle() {
        return QTest::qWaitFor([this] { return !session.isAnyRunning() && page.isSettled(); }, kWait);
    }
    QPushButton* button(const QString& text, QWidget* in = nullptr) {
        for (QPushButton* b : (in ? in : &page)->findChildren<QPushButton*>())
            if (b->isVisibleTo(in ? in : &page) && b->text().remove(QLatin1Char('&')).startsWith(text)) return b;
        return nullptr;
    }
    bool compute() {
        QPushButton* b = button(QStringLiteral("Compute statistics"));
        if (!b) return false;
        b->click();
        return settle();
    }
    QString cell(int viewRow, int column) const {
        return rows->table()->model()->index(viewRow, column).data().toString();
    }
    QString rowId(int viewRow) const { return rows->table()->model()->headerData(viewRow, Qt::Vertical).toString(); }
    int column(const QString& title) const {
        for (int c = 0; c < rows->table()->model()->columnCount(); ++c)
            if (rows->table()->model()->headerData(c, Qt::Horizontal).toString().startsWith(title)) return c;
        return -1;
    }
    void clickTitle(const QString& title) {
        QHeaderView* header = rows->table()->horizontalHeader();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                          QPoint(header->sectionViewportPosition(column(title)) + 20, header->height() / 2));
    }
    ChartView* chart() const {
        for (ChartView* c : page.findChildren<ChartView*>())
            if (c->isVisible()) return c;
        return nullptr;
    }

    Session session;
    TablesPage page;
    std::unique_ptr<QWidget> inspector;
    RowView* rows = nullptr;
    QTableView* list = nullptr;
};

std::vector<double> norms(int table) {
    const std::vector<double> values =
        test::npyValues(test::demoPath("checkpoint/feature_") + QString::number(table) + QStringLiteral("_part0.npy"));
    std::vector<double> out;
    for (std::size_t r = 0; r < values.size() / kDim; ++r) {
        double squares = 0;
        for (std::size_t i = 0; i < kDim; ++i) squares += values[r * kDim + i] * values[r * kDim + i];
        out.push_back(std::sqrt(squares));
    }
    return out;
}

}  // namespace

class TestTablesAnalysis : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }

    void nothingIsComputedBeforeItIsAskedFor() {
        Shown s;
        QVERIFY(s.open());
        QCOMPARE(s.session.tables().tablesKnown(), 0);
        for (int tab = TablesPage::Norms; tab < TablesPage::TabCount; ++tab) {
            s.page.showTab(tab);
            QVERIFY(s.settle());
            // The map of a table that is read in a moment is drawn at once; it needs no statistics.
            if (tab == TablesPage::Map) QVERIFY(s.chart());
            else QVERIFY(!s.chart() && s.button(QStringLiteral("Compute statistics")));
        }
        QCOMPARE(s.session.tables().tablesKnown(), 0);
    }

    void statisticsFillTheListTheTabsAndTheInspector() {
        Shown s;
        QVERIFY(s.open());
        s.page.rowsTab()->showRow(5);
        Selection selection;
        selection.kind = Selection::Kind::TableRow;
        selection.table = 0;
        selection.row = 5;
        s.session.setSelection(selection);
        QVERIFY(s.compute());
        QCOMPARE(s.session.tables().tablesKnown(), 26);
        QVERIFY(!s.button(QStringLiteral("Compute statistics")) ||
                !s.button(QStringLiteral("Compute statistics"))->isVisible());
        const std::vector<double> expected = norms(0);
        const double mean =
            std::accumulate(expected.begin(), expected.end(), 0.0) / static_cast<double>(expected.size());
        constexpr double kShownDigits = 5.1e-4;  // the list shows three decimals
        QVERIFY(std::abs(s.list->model()->index(0, TableListModel::Norm).data().toString().toDouble() - mean) <
                kShownDigits);
        const TableStatisticsPtr known = s.session.tables().statistics(0);
        const auto smaller = std::count_if(expected.begin(), expected.end(), [&](double n) { return n < expected[5]; });
        constexpr double kRankError = 2.0 / 809;  // float32 norms may tie where double ones do not
        QVERIFY(std::abs(known->normPercentile(static_cast<float>(expected[5])) -
                         static_cast<double>(smaller) / static_cast<double>(expected.size())) < kRankError);
        for (const char* fact : {"Percentile", "Trained", "Effective rank", "Untrained", "Cos. mean"}) {
            bool found = false;
            for (const QLabel* label : s.inspector->findChildren<QLabel*>())
                found |= label->text() == QString::fromLatin1(fact);
            QVERIFY2(found, fact);
        }
        for (int tab = TablesPage::Norms; tab < TablesPage::Map; ++tab) {
            s.page.showTab(tab);
            QVERIFY(s.settle());
            QVERIFY(s.chart());
            QVERIFY(!s.chart()->table().rows.empty());
            QVERIFY(!s.page.grab().isNull());
        }
    }

    void resultsOfTheLastTimeAppearAtOnce() {
        {
            Shown s;
            QVERIFY(s.open());
            QVERIFY(s.compute());
        }
        Shown s;
        QVERIFY(s.open());
        QCOMPARE(s.session.tables().tablesKnown(), 26);
        QVERIFY(s.session.tables().statistics(3)->fromCache);
    }

    void cancelledStatisticsCanBeResumed() {
        Shown s;
        QVERIFY(s.open());
        s.session.tables().computeStatistics({0, 1, 2});
        QVERIFY(s.settle());
        QPushButton* compute = s.button(QStringLiteral("Compute statistics"));
        QVERIFY(compute);
        compute->click();
        QVERIFY(s.button(QStringLiteral("Cancel statistics")));
        s.button(QStringLiteral("Cancel statistics"))->click();
        QVERIFY(!s.session.isRunning(JobKind::TableStatistics));
        QVERIFY(s.settle());
        QVERIFY(s.session.tables().tablesKnown() >= 3);
        if (QPushButton* again = s.button(QStringLiteral("Resume statistics"))) again->click();
        QVERIFY(s.settle());
        QCOMPARE(s.session.tables().tablesKnown(), 26);
    }

    void titlesSortTheWholeTable() {
        Shown s;
        QVERIFY(s.open());
        s.clickTitle(QStringLiteral("norm"));
        QVERIFY(s.settle());
        const std::vector<double> expected = norms(0);
        std::vector<int> ids(expected.size());
        std::iota(ids.begin(), ids.end(), 0);
        std::stable_sort(ids.begin(), ids.end(), [&](int a, int b) {
            return static_cast<float>(expected[static_cast<std::size_t>(a)]) >
                   static_cast<float>(expected[static_cast<std::size_t>(b)]);
        });
        for (int r = 0; r < 10; ++r)
            QCOMPARE(s.cell(r, s.column(QStringLiteral("norm"))),
                     formatNumber(expected[static_cast<std::size_t>(ids[static_cast<std::size_t>(r)])], 5));
        QVERIFY(s.column(QStringLiteral("norm ▾")) >= 0);
        QCOMPARE(s.rowId(0), formatCount(ids[0]));
        // The other way round; then a row is found by its id wherever it stands.
        s.clickTitle(QStringLiteral("norm"));
        QVERIFY(s.settle());
        QCOMPARE(s.rowId(0), formatCount(ids.back()));
        auto* goTo = s.page.findChild<QLineEdit*>(QStringLiteral("goTo"));
        goTo->setText(QStringLiteral("17"));
        QTest::keyClick(goTo, Qt::Key_Return);
        QCOMPARE(s.page.rowsTab()->currentId(), qint64(17));
        QCOMPARE(s.session.selection().row, std::int64_t(17));
    }

    void filterKeepsTheRowsOfARange() {
        Shown s;
        QVERIFY(s.open());
        s.page.rowsTab()->showFilter();
        const std::vector<double> all = norms(0);
        const double low = 0.1, high = 0.12;
        QLineEdit *from = nullptr, *to = nullptr;
        for (QLineEdit* edit : s.page.findChildren<QLineEdit*>()) {
            if (edit->accessibleName() == QStringLiteral("Filter from")) from = edit;
            if (edit->accessibleName() == QStringLiteral("Filter to")) to = edit;
        }
        QVERIFY(from && to);
        from->setText(QString::number(low));
        to->setText(QString::number(high));
        QTest::keyClick(to, Qt::Key_Return);
        QVERIFY(s.settle());
        const auto expected = std::count_if(all.begin(), all.end(), [&](double n) {
            return static_cast<float>(n) >= static_cast<float>(low) &&
                   static_cast<float>(n) <= static_cast<float>(high);
        });
        auto* source = s.page.findChild<TableRowSource*>();
        QCOMPARE(source->rowCount(), static_cast<qint64>(expected));
        QVERIFY(expected > 0 && expected < static_cast<std::ptrdiff_t>(all.size()));
        // Nonsense is said, and changes nothing.
        from->setText(QStringLiteral("abc"));
        QTest::keyClick(from, Qt::Key_Return);
        QCOMPARE(source->rowCount(), static_cast<qint64>(expected));
        s.button(QStringLiteral("Clear"))->click();
        QVERIFY(s.settle());
        QCOMPARE(source->rowCount(), static_cast<qint64>(all.size()));
    }

    void untrainedRowsAreFilteredBitExactly() {
        Shown s;
        QVERIFY(s.open());
        QVERIFY(s.compute());
        QComboBox* state = nullptr;
        for (QComboBox* box : s.page.findChildren<QComboBox*>())
            if (box->accessibleName() == QStringLiteral("Which rows")) state = box;
        QVERIFY(state);
        state->setCurrentIndex(2);
        QVERIFY(s.settle());
        const TableStatisticsPtr known = s.session.tables().statistics(0);
        QCOMPARE(s.page.findChild<TableRowSource*>()->rowCount(), static_cast<qint64>(known->untrained.count));
        if (known->untrained.count > 0) QCOMPARE(s.cell(0, s.column(QStringLiteral("trained"))), QStringLiteral("no"));
    }

    void lookupsFillHitsAndTheJoin() {
        Shown s;
        QVERIFY(s.open());
        QVERIFY(test::openDataset(s.session));
        QVERIFY(s.settle());
        QVERIFY(s.compute());
        QPushButton* count = s.button(QStringLiteral("Count lookups"));
        QVERIFY(count);
        count->click();
        QVERIFY(s.settle());
        const TrafficPtr traffic = s.session.tables().traffic();
        QVERIFY(traffic && s.session.tables().untrainedTraffic());
        QCOMPARE(s.cell(3, s.column(QStringLiteral("hits"))), formatCount(traffic->tables[0].hits[3]));
        QCOMPARE(traffic->tables[0].lookups, static_cast<std::int64_t>(s.session.dataset()->rows));
        s.clickTitle(QStringLiteral("hits"));
        QVERIFY(s.settle());
        const auto most = std::max_element(traffic->tables[0].hits.begin(), traffic->tables[0].hits.end());
        QCOMPARE(s.rowId(0), formatCount(most - traffic->tables[0].hits.begin()));
        // The figure of each table, not the dataset's 16.29 % of rows with such a lookup in any table.
        for (const auto& [table, share] : {std::pair{21, "(2.79\u00a0%)"}, std::pair{0, "(0.65\u00a0%)"}}) {
            Selection selection;
            selection.kind = Selection::Kind::Table;
            selection.table = table;
            s.session.setSelection(selection);
            QVERIFY(s.settle());
            QLabel *name = nullptr, *affected = nullptr;
            for (QLabel* label : s.inspector->findChildren<QLabel*>())
                if (label->isVisibleTo(s.inspector.get())) {
                    if (label->text() == QStringLiteral("Rows affected")) name = label;
                    if (label->toolTip().contains(QStringLiteral("of any table:"))) affected = label;
                }
            QVERIFY(name && affected && name->parentWidget() == affected->parentWidget());
            const auto& hits = s.session.tables().untrainedTraffic()->tables[static_cast<std::size_t>(table)];
            QCOMPARE(affected->text(), formatCount(hits.untrained) + QLatin1Char(' ') + QString::fromUtf8(share));
            QVERIFY2(affected->toolTip().contains(QStringLiteral("16.29\u00a0%")), qPrintable(affected->toolTip()));
        }
        QVERIFY(findTermByTitle(QStringLiteral("Rows affected")));
        s.page.showTab(TablesPage::Spectrum);
        QVERIFY(s.settle());
        s.button(QStringLiteral("Weigh by traffic"))->click();
        QVERIFY(s.settle());
        QVERIFY(s.session.tables().trafficSpectrum(0).has_value());
        // The dataset goes, and with it what it said.
        s.session.openModel(test::demoPath("checkpoint"));
        QVERIFY(s.settle());
    }

    void neighboursAreLinks() {
        Shown s;
        QVERIFY(s.open());
        Selection selection;
        selection.kind = Selection::Kind::TableRow;
        selection.table = 0;
        selection.row = 7;
        s.session.setSelection(selection);
        QVERIFY(s.settle());
        auto* inspector = qobject_cast<TableInspector*>(s.page.inspector());
        inspector->neighbors()->find();
        QVERIFY(s.settle());
        // The nearest by cosine, looked for one by one.
        const std::vector<double> values = test::npyValues(test::demoPath("checkpoint/feature_0_part0.npy"));
        const std::vector<double> lengths = norms(0);
        std::size_t best = 0;
        double bestCosine = -2;
        for (std::size_t r = 0; r < lengths.size(); ++r) {
            double dot = 0;
            for (std::size_t i = 0; i < kDim; ++i) dot += values[r * kDim + i] * values[7 * kDim + i];
            if (const double cosine = dot / (lengths[r] * lengths[7]); r != 7 && cosine > bestCosine) {
                bestCosine = cosine;
                best = r;
            }
        }
        QPushButton* link = nullptr;
        for (QPushButton* b : inspector->neighbors()->findChildren<QPushButton*>())
            if (b->accessibleName().startsWith(QStringLiteral("Neighbour 1:"))) link = b;
        QVERIFY(link);
        QCOMPARE(link->text(), formatCount(static_cast<qint64>(best)));
        link->click();
        QCOMPARE(s.session.selection().row, static_cast<std::int64_t>(best));
    }

    void pinnedRowsAreCompared() {
        Shown s;
        QVERIFY(s.open());
        auto* inspector = qobject_cast<TableInspector*>(s.page.inspector());
        const auto go = [&](std::int64_t row) {
            Selection selection;
            selection.kind = Selection::Kind::TableRow;
            selection.table = 0;
            selection.row = row;
            s.session.setSelection(selection);
            return s.settle();
        };
        QVERIFY(go(2));
        inspector->findChild<QPushButton*>(QStringLiteral("pinRow"))->click();
        QVERIFY(go(9));
        const std::vector<double> values = test::npyValues(test::demoPath("checkpoint/feature_0_part0.npy"));
        const std::vector<double> lengths = norms(0);
        double dot = 0;
        for (std::size_t i = 0; i < kDim; ++i) dot += values[2 * kDim + i] * values[9 * kDim + i];
        const auto cosines = inspector->pins()->cosines();
        QCOMPARE(cosines.size(), std::size_t(1));
        QCOMPARE(cosines[0].first, qint64(2));
        constexpr double kDoubleSum = 1e-12;
        QVERIFY(std::abs(cosines[0].second - dot / (lengths[2] * lengths[9])) < kDoubleSum);
        QVERIFY(!inspector->grab().isNull());
        for (int row = 10; row < 14; ++row) {
            QVERIFY(go(row));
            inspector->findChild<QPushButton*>(QStringLiteral("pinRow"))->click();
        }
        QCOMPARE(inspector->pins()->count(), static_cast<int>(TablePins::kMostPins));
    }

    // What is pinned is in the workspace, and is pinned again where it fits what is opened.
    void pinnedRowsAreKeptInAWorkspace() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("kept.dlrmx")).toStdString();
        {
            Shown s;
            QVERIFY(s.open());
            for (const std::int64_t row : {2, 9}) {
                s.session.setSelection({.kind = Selection::Kind::TableRow, .table = 3, .row = row});
                QVERIFY(s.settle());
                s.inspector->findChild<QPushButton*>(QStringLiteral("pinRow"))->click();
            }
            QSignalSpy saved(&s.session.scenarios(), &ScenarioDesk::saved);
            s.session.scenarios().save(QString::fromStdString(path));
            QVERIFY(saved.wait(kWait));
        }
        auto file = readWorkspaceFile(path);
        QVERIFY(file && file->pinnedRows);
        const PinnedRows expected{"cat_3", {2, 9}};
        QVERIFY(*file->pinnedRows == expected);
        const auto opened = [&](Shown& s) {
            s.session.scenarios().take(std::make_shared<const WorkspaceFile>(*file));
            return s.open() && s.settle();
        };
        {
            Shown s;
            QVERIFY(opened(s));
            const auto* pins = qobject_cast<TableInspector*>(s.page.inspector())->pins();
            QCOMPARE(pins->ids(), std::vector<qint64>({2, 9}));
            s.session.setSelection({.kind = Selection::Kind::TableRow, .table = 3, .row = 9});
            QVERIFY(s.settle());
            QTRY_COMPARE(pins->cosines()[1].second, 1.0);  // its values were read
            QVERIFY(s.session.scenarios().pinnedRows() == file->pinnedRows);
        }
        file->pinnedRows->ids.push_back(99'999'999);
        Shown s;
        QSignalSpy told(&s.page, &Page::noticed);
        QVERIFY(opened(s));
        QCOMPARE(told.count(), 1);
        QVERIFY(told[0][0].toString().contains(QStringLiteral("1 of 3 rows of cat_3")));
        QCOMPARE(qobject_cast<TableInspector*>(s.page.inspector())->pins()->count(), 2);
    }

    void mapsAreDrawnColouredAndLassoed() {
        Shown s;
        QVERIFY(s.open());
        s.page.showTab(TablesPage::Map);
        s.page.mapTab()->draw(MapMethod::Pca, MapColour::Norm);
        QVERIFY(s.settle());
        ChartView* chart = s.chart();
        QVERIFY(chart);
        const auto rows = s.session.model()->spec.tables[0].rows;
        QCOMPARE(chart->table().rows.size(), static_cast<std::size_t>(rows));
        QVERIFY(!s.page.grab().isNull());
        s.page.mapTab()->draw(MapMethod::Umap, MapColour::Rank);
        QVERIFY(s.settle());
        QCOMPARE(chart->table().rows.size(), static_cast<std::size_t>(rows));
        s.button(QStringLiteral("Lasso"))->click();
        const QRectF plot = chart->chart()->plotArea();
        const auto at = [&](double x, double y) {
            return chart->mapFromScene(plot.left() + x * plot.width(), plot.top() + y * plot.height());
        };
        QTest::mousePress(chart->viewport(), Qt::LeftButton, {}, at(0.01, 0.01));
        for (const QPoint p : {at(0.99, 0.01), at(0.99, 0.99), at(0.01, 0.99)}) QTest::mouseMove(chart->viewport(), p);
        QTest::mouseRelease(chart->viewport(), Qt::LeftButton, {}, at(0.01, 0.99));
        QVERIFY(s.settle());
        QVERIFY(s.rows->isVisible());
        auto* source = s.page.findChild<TableRowSource*>();
        QVERIFY(source->order());
        QCOMPARE(source->rowCount(), qint64{rows});
        s.clickTitle(QStringLiteral("norm"));
        QVERIFY(s.settle());
        QCOMPARE(source->rowCount(), qint64{rows});
    }

    void exportWritesTheRowsInView_data() {
        QTest::addColumn<QString>("extension");
        for (const char* e : {"csv", "tsv", "npy", "h5"}) QTest::newRow(e) << QString::fromLatin1(e);
    }
    void exportWritesTheRowsInView() {
        QFETCH(QString, extension);
        QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("rows.") + extension);
        Shown s;
        QVERIFY(s.open());
        s.clickTitle(QStringLiteral("norm"));
        QVERIFY(s.settle());
        s.rows->setCurrentRow(1);
        s.rows->table()->setFocus();
        for (int i = 0; i < 2; ++i) QTest::keyClick(s.rows->table(), Qt::Key_Down, Qt::ShiftModifier);
        QSignalSpy written(&s.session, &Session::exported);
        s.page.rowsTab()->exportTo(path);
        QVERIFY(written.count() > 0 || written.wait(kWait));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        const qint64 id = s.page.findChild<TableRowSource*>()->idAt(2);
        const std::vector<double> values = test::npyValues(test::demoPath("checkpoint/feature_0_part0.npy"));
        if (extension == QLatin1String("npy")) {
            QVERIFY(bytes.contains("(3, 32)"));
            const auto* last = reinterpret_cast<const float*>(bytes.constData() + bytes.size() - 2 * kDim * 4);
            QCOMPARE(last[0], static_cast<float>(values[static_cast<std::size_t>(id) * kDim]));
        } else if (extension == QLatin1String("h5")) {
            QVERIFY(bytes.startsWith("\x89HDF"));
        } else {
            const QList<QByteArray> lines = bytes.split('\n');
            QCOMPARE(lines.size(), 5);
            const char delimiter = extension == QLatin1String("csv") ? ',' : '\t';
            const QList<QByteArray> titles = lines[0].split(delimiter), cells = lines[2].split(delimiter);
            QCOMPARE(cells.size(), titles.size());
            QCOMPARE(titles.size() - titles.indexOf("0"), kDim);
            QCOMPARE(cells[0].toLongLong(), id);
            QCOMPARE(cells[titles.indexOf("0")].toFloat(),
                     static_cast<float>(values[static_cast<std::size_t>(id) * kDim]));
        }
    }

    void aFailedPassSaysSoAndCanBeRetried() {
        QTemporaryDir directory;
        for (const QFileInfo& file : QDir(test::demoPath("checkpoint")).entryInfoList(QDir::Files)) {
            const QString copy = directory.path() + QLatin1Char('/') + file.fileName();
            QVERIFY(QFile::copy(file.filePath(), copy));
            QVERIFY(QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner));
        }
        Shown s;
        s.session.openModel(directory.path());
        QVERIFY(QTest::qWaitFor([&] { return s.session.model() != nullptr; }, kWait));
        QVERIFY(s.settle());
        QFile table(directory.path() + QStringLiteral("/feature_0_part0.npy"));
        QVERIFY(table.resize(table.size() / 2));
        s.page.showTab(TablesPage::Norms);
        QSignalSpy failed(&s.session, &Session::jobFailed);
        s.session.tables().computeStatistics({0});
        QVERIFY(failed.count() > 0 || failed.wait(kWait));
        QVERIFY(s.page.errorText().contains(QStringLiteral("feature_0_part0.npy")));
        QVERIFY(s.button(QStringLiteral("Reopen")));
    }

    // Every figure that is drawn by the pixel is asked for in the pixels it has, also the first one.
    void theFirstDensityHasTheResolutionOfItsPlot() {
        Shown s;
        QVERIFY(s.open());
        QVERIFY(s.compute());
        QSignalSpy drawn(&s.session.tables(), &TableAnalysis::densityReady);
        s.page.showTab(TablesPage::RankNorm);
        QVERIFY(s.settle());
        const QRectF plot = s.chart()->chart()->plotArea();
        QVERIFY(!drawn.isEmpty());
        const auto grid = drawn.last().at(0).value<DensityGridPtr>();
        QVERIFY2(std::abs(grid->columns - plot.width() / 2) <= 2, qPrintable(QString::number(grid->columns)));
        QVERIFY(std::abs(grid->rows - plot.height() / 2) <= 2);
        // And again when the plot grows.
        s.page.resize(1500, 900);
        QTRY_VERIFY(std::abs(drawn.last().at(0).value<DensityGridPtr>()->columns -
                             s.chart()->chart()->plotArea().width() / 2) <= 2);
    }

    void theFocusStaysWhereTheWorkWasStarted() {
        Shown s;
        QVERIFY(s.open());
        QVERIFY(test::openDataset(s.session));
        QVERIFY(s.settle());
        QSignalSpy started(&s.session, &Session::jobStarted);
        QPushButton* compute = s.button(QStringLiteral("Compute statistics"));
        compute->setFocus();
        QTest::keyClick(compute, Qt::Key_Space);
        QCOMPARE(s.page.focusWidget(), compute);  // it cancels now
        QVERIFY(started.last().at(1).toString().contains(QStringLiteral("26 tables")));
        QVERIFY(s.settle());
        QCOMPARE(s.page.focusWidget(), s.list);  // it is gone, and no other button took its place
        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());  // a small table's map is drawn at once
        QPushButton* draw = s.button(QStringLiteral("Draw"), s.page.mapTab());
        QVERIFY(draw);
        draw->setFocus();
        QTest::keyClick(draw, Qt::Key_Space);
        QVERIFY(s.settle());
        const QWidget* focused = s.page.focusWidget();
        QVERIFY(focused && s.page.mapTab()->isAncestorOf(focused));
        QPushButton* again = s.button(QStringLiteral("Draw"), s.page.mapTab());
        again->setFocus();
        QTest::keyClick(again, Qt::Key_Space);
        QVERIFY(again->isEnabled());
        QVERIFY(s.settle());
        QCOMPARE(s.page.focusWidget(), again);
    }

    void bothThemesDrawEveryTab() {
        Shown s;
        QVERIFY(s.open());
        QVERIFY(s.compute());
        for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
            Theme::instance().apply(mode);
            for (int tab = 0; tab < TablesPage::TabCount; ++tab) {
                s.page.showTab(tab);
                QVERIFY(s.settle());
                QVERIFY(!s.page.grab().isNull());
            }
        }
    }
};

DLRM_TEST(TestTablesAnalysis);

}  // namespace tst_tables_analysis

#include "tst_tables_analysis.moc"
