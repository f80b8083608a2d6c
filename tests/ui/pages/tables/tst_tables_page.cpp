// SPDX-License-Identifier: Apache-2.0
// The Tables page on the bundled demo, and on a table of 290 million rows in a sparse file.
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>

#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/models/row_view.h"
#include "ui/models/table_list_model.h"
#include "ui/models/table_row_source.h"
#include "ui/pages/tables/inspector.h"
#include "ui/pages/tables/page.h"
#include "ui/pages/tables/rows_tab.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/numbers.h"

namespace tst_tables_page {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr qint64 kHugeRows = 290'000'000;

struct Shown {
    Shown() : page(session) {
        page.resize(1200, 800);
        page.show();
        rows = page.findChild<RowView*>();
        for (QTableView* view : page.findChildren<QTableView*>())
            if (qobject_cast<TableListModel*>(view->model())) list = view;
        goTo = page.findChild<QLineEdit*>(QStringLiteral("goTo"));
        for (QPushButton* button : page.findChildren<QPushButton*>())
            if (button->text().contains(QStringLiteral("Numbers"))) numbers = button;
    }
    bool open() { return test::openModel(session) && waitForRows(); }
    // Until the rows in view are loaded.
    bool waitForRows() {
        return QTest::qWaitFor([this] { return page.isSettled() && !cell(rows->firstVisibleRow(), 0).isEmpty(); },
                               20000);
    }
    QString cell(qint64 row, int column) const {
        return rows->table()->model()->index(static_cast<int>(row - rows->firstVisibleRow()), column).data().toString();
    }
    QStringList header() const {
        QStringList names;
        for (int c = 0; c < rows->table()->model()->columnCount(); ++c)
            names << rows->table()->model()->headerData(c, Qt::Horizontal).toString();
        return names;
    }
    void type(const QString& text) {
        goTo->setFocus();
        goTo->clear();
        QTest::keyClicks(goTo, text);
        QTest::keyClick(goTo, Qt::Key_Return);
    }
    void choose(int table) {
        Selection selection;
        selection.kind = Selection::Kind::Table;
        selection.table = table;
        session.setSelection(selection);
    }
    void choose(int table, qint64 row) {
        Selection selection;
        selection.kind = Selection::Kind::TableRow;
        selection.table = table;
        selection.row = row;
        session.setSelection(selection);
    }
    QString listCell(int row, int column) const { return list->model()->index(row, column).data().toString(); }

    Session session;
    TablesPage page;
    RowView* rows = nullptr;
    QTableView* list = nullptr;
    QLineEdit* goTo = nullptr;
    QPushButton* numbers = nullptr;
};

bool hasText(const QWidget& widget, const QString& text) { return test::textOf(widget).contains(text); }

// The demo with table 19 replaced by one of 290 million rows, all zero, in a sparse file. False: the file system does
// not do that.
bool makeHugeCheckpoint(const QString& directory, std::int64_t dim) {
    for (const QFileInfo& file : QDir(test::demoPath("checkpoint")).entryInfoList(QDir::Files))
        if (file.fileName() != QLatin1String("feature_19_part0.npy") &&
            !QFile::copy(file.filePath(), directory + QLatin1Char('/') + file.fileName()))
            return false;
    QByteArray dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + QByteArray::number(kHugeRows) +
                            ", " + QByteArray::number(static_cast<qlonglong>(dim)) + "), }";
    while ((10 + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
    dictionary += '\n';
    QByteArray head = QByteArray("\x93NUMPY\x01\x00", 8);
    head += static_cast<char>(dictionary.size() & 0xff);
    head += static_cast<char>(dictionary.size() >> 8);
    QFile file(directory + QStringLiteral("/feature_19_part0.npy"));
    return file.open(QIODevice::WriteOnly) && file.write(head + dictionary) > 0 &&
           file.resize(head.size() + dictionary.size() + kHugeRows * dim * 4);
}

}  // namespace

class TestTablesPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }
    void emptyPageHasTheButtonThatOpens();
    void listShowsEveryTableAndSorts();
    void choosingATableShowsItsRows();
    void clickBelowTheListKeepsTheTableMarked();
    void normIsTheRowsNorm();
    void goToShowsTheRowOrTellsTheValidRange();
    void goToIdFocusesTheField();
    void currentRowIsTheSelectionAndTheInspectorShowsIt();
    void inspectorLinksMoveTheRow();
    void selectionFromElsewhereIsShown();
    void numbersReplaceTheStripAndKeepTheRow();
    void dictionaryAddsTheValueColumn();
    void copyPutsAllDigitsOnTheClipboard();
    void copyOfTooManyRowsIsRefusedWithTheLimit();
    void hugeTableIsBrowsedFromEndToEnd();
    void rareRowsAreDrawnInTheirOwnScale();
    void failedRowsShowAnErrorThatCanBeRetried();
    void closingEmptiesThePage();
    void reopeningWithOtherSettingsKeepsTableAndRow();
    void idsAreWholeInAnyOrder();
    void sortingKeepsTheTopInView();
    void theScaleIsTheTablesOnceItIsKnown();
    void nothingStaysOfAModelWithTables();
    void aTableThatCameBackIsReadAgain();
};

void TestTablesPage::emptyPageHasTheButtonThatOpens() {
    Shown s;
    QVERIFY(!s.rows->isVisible());
    QVERIFY(!s.page.goToId());
    QSignalSpy asked(&s.page, &Page::actionRequested);
    for (QPushButton* b : s.page.findChildren<QPushButton*>())
        if (b->isVisible() && b->text().contains(QStringLiteral("Open"))) b->click();
    QCOMPARE(asked.count(), 1);
}

void TestTablesPage::listShowsEveryTableAndSorts() {
    Shown s;
    QVERIFY(s.open());
    const auto& tables = s.session.model()->spec.tables;
    QCOMPARE(s.list->model()->rowCount(), static_cast<int>(tables.size()));
    QCOMPARE(s.listCell(0, TableListModel::Name), QString::fromStdString(tables[0].name));
    QHeaderView* header = s.list->horizontalHeader();
    const auto clickColumn = [&](int column) {
        QTest::mouseClick(
            header->viewport(), Qt::LeftButton, {},
            QPoint(header->sectionViewportPosition(column) + header->sectionSize(column) / 2, header->height() / 2));
    };
    const std::int64_t most =
        std::max_element(tables.begin(), tables.end(), [](auto& a, auto& b) { return a.rows < b.rows; })->rows;
    const std::int64_t fewest =
        std::min_element(tables.begin(), tables.end(), [](auto& a, auto& b) { return a.rows < b.rows; })->rows;
    clickColumn(TableListModel::Rows);
    const QString first = s.listCell(0, TableListModel::Rows);
    clickColumn(TableListModel::Rows);
    const QString afterwards = s.listCell(0, TableListModel::Rows);
    QCOMPARE((QSet<QString>{first, afterwards}), (QSet<QString>{formatCount(most), formatCount(fewest)}));
    // Sorting moves lines, not the choice.
    QCOMPARE(s.list->model()->index(s.list->currentIndex().row(), 0).data().toString(),
             QString::fromStdString(tables[0].name));
}

void TestTablesPage::choosingATableShowsItsRows() {
    Shown s;
    QVERIFY(s.open());
    s.list->setFocus();
    QTest::keyClick(s.list, Qt::Key_Down);
    QCOMPARE(s.session.selection().kind, Selection::Kind::Table);
    QCOMPARE(s.session.selection().table, 1);
    QVERIFY(s.waitForRows());
    const TableSpec& spec = s.session.model()->spec.tables[1];
    QVERIFY(
        hasText(s.page, QStringLiteral("%1 · %2 × %3")
                            .arg(QString::fromStdString(spec.name), formatCount(spec.rows), formatCount(spec.dim))));
}

void TestTablesPage::clickBelowTheListKeepsTheTableMarked() {
    Shown s;
    QVERIFY(s.open());
    QTest::mouseClick(s.list->viewport(), Qt::LeftButton, {}, QPoint(10, s.list->viewport()->height() - 5));
    QVERIFY(s.list->selectionModel()->isRowSelected(s.list->currentIndex().row()));
}

void TestTablesPage::normIsTheRowsNorm() {
    Shown s;
    QVERIFY(s.open());
    const auto& spec = s.session.model()->spec;
    const std::vector<double> values =
        test::npyValues(test::demoPath("checkpoint/") + QString::fromStdString(spec.tables[0].file));
    QVERIFY(!values.empty());
    const auto dim = static_cast<std::size_t>(spec.embeddingDim);
    for (std::size_t row = 0; row < 5; ++row) {
        double squares = 0;
        for (std::size_t i = 0; i < dim; ++i) squares += values[row * dim + i] * values[row * dim + i];
        QCOMPARE(s.cell(static_cast<qint64>(row), 0), formatNumber(std::sqrt(squares), 5));
    }
}

void TestTablesPage::goToShowsTheRowOrTellsTheValidRange() {
    Shown s;
    QVERIFY(s.open());
    const qint64 rows = s.session.model()->spec.tables[0].rows;
    s.type(QStringLiteral("end"));
    QCOMPARE(s.rows->currentRow(), rows - 1);
    QVERIFY(s.waitForRows());
    s.type(QString::number(rows));
    QCOMPARE(s.rows->currentRow(), rows - 1);
    QVERIFY(hasText(s.page, QStringLiteral("0 … ") + formatCount(rows - 1)));
    QVERIFY(!hasText(s.page, QStringLiteral("raw value")));  // nothing is open that could look one up
    s.type(QStringLiteral("05db9164"));
    QVERIFY(hasText(s.page, QStringLiteral("No dictionary is open: raw values cannot be looked up.")));
    s.type(QStringLiteral("50%"));
    QCOMPARE(s.rows->currentRow(), rows / 2);
    QVERIFY(!hasText(s.page, QStringLiteral("No such row")));
    s.type(QString::number(rows));  // nor after the row was changed by other means
    QVERIFY(hasText(s.page, QStringLiteral("No such row")));
    s.rows->setCurrentRow(3);
    QVERIFY(!hasText(s.page, QStringLiteral("No such row")));
}

void TestTablesPage::goToIdFocusesTheField() {
    Shown s;
    QVERIFY(s.open());
    s.page.activateWindow();
    QVERIFY(s.page.goToId());
    QCOMPARE(s.page.focusWidget(), s.goTo);
}

void TestTablesPage::currentRowIsTheSelectionAndTheInspectorShowsIt() {
    Shown s;
    std::unique_ptr<QWidget> inspector(s.page.inspector());
    QVERIFY(s.open());
    s.rows->table()->setFocus();
    QTest::keyClick(s.rows->table(), Qt::Key_Down);
    QTest::keyClick(s.rows->table(), Qt::Key_Down);
    QCOMPARE(s.session.selection().kind, Selection::Kind::TableRow);
    QCOMPARE(s.session.selection().row, s.rows->currentRow());
    QVERIFY(hasText(*inspector, QStringLiteral("Norm")));
    QVERIFY(hasText(*inspector, QStringLiteral("Smallest")));
}

void TestTablesPage::inspectorLinksMoveTheRow() {
    Shown s;
    std::unique_ptr<QWidget> inspector(s.page.inspector());
    QVERIFY(s.open());
    s.rows->setCurrentRow(5);
    const auto press = [&](const QString& text) {
        for (QPushButton* b : inspector->findChildren<QPushButton*>())
            if (b->text().contains(text)) return b->click();
        QFAIL("no such link");
    };
    press(QStringLiteral("6 ›"));
    QCOMPARE(s.rows->currentRow(), qint64(6));
    press(QStringLiteral("‹ 5"));
    QCOMPARE(s.session.selection().row, std::int64_t(5));
    press(QStringLiteral("row 0"));
    QCOMPARE(s.rows->currentRow(), qint64(0));
    QVERIFY(hasText(*inspector, QStringLiteral("missing, rare")));
}

void TestTablesPage::selectionFromElsewhereIsShown() {
    Shown s;
    QVERIFY(s.open());
    const Selection before = s.session.selection();
    s.choose(19, 4321);
    QCOMPARE(s.rows->currentRow(), qint64(4321));
    QVERIFY(s.waitForRows());
    QCOMPARE(s.list->model()->index(s.list->currentIndex().row(), 0).data().toString(),
             QString::fromStdString(s.session.model()->spec.tables[19].name));
    s.session.setSelection(before);
    QCOMPARE(s.rows->table()->model()->columnCount() > 0, true);
}

void TestTablesPage::numbersReplaceTheStripAndKeepTheRow() {
    Shown s;
    QVERIFY(s.open());
    const qint64 dim = s.session.model()->spec.embeddingDim;
    QCOMPARE(s.header().size(), 2);
    s.type(QStringLiteral("100"));
    QTest::mouseClick(s.numbers, Qt::LeftButton);
    QCOMPARE(s.header().size(), static_cast<int>(dim) + 1);
    QCOMPARE(s.rows->currentRow(), qint64(100));
    const std::vector<double> values = test::npyValues(test::demoPath("checkpoint/feature_0_part0.npy"));
    QVERIFY(s.waitForRows());
    QCOMPARE(s.cell(100, 1), formatNumber(values[static_cast<std::size_t>(100 * dim)], 4));
    QCOMPARE(s.cell(100, static_cast<int>(dim)),
             formatNumber(values[static_cast<std::size_t>(100 * dim + dim - 1)], 4));
    QTest::mouseClick(s.numbers, Qt::LeftButton);
    QCOMPARE(s.header().size(), 2);
    QVERIFY(!s.page.grab().isNull());
}

void TestTablesPage::dictionaryAddsTheValueColumn() {
    Shown s;
    QVERIFY(s.open());
    QVERIFY(test::openDataset(s.session));
    QVERIFY(s.waitForRows());
    QCOMPARE(s.header().first(), QStringLiteral("value"));
    QCOMPARE(s.cell(0, 0), QStringLiteral("–"));
    QCOMPARE(s.cell(1, 0), s.session.hexOf(0, 1));
    QCOMPARE(s.cell(1, 0).size(), 8);
}

void TestTablesPage::copyPutsAllDigitsOnTheClipboard() {
    Shown s;
    QVERIFY(s.open());
    s.rows->setCurrentRow(3);
    s.rows->table()->setFocus();
    QTest::keyClick(s.rows->table(), Qt::Key_Down, Qt::ShiftModifier);
    QSignalSpy noticed(&s.page, &Page::noticed);
    QTest::keyClick(s.rows->table(), Qt::Key_C, Qt::ControlModifier);
    QVERIFY(noticed.count() > 0 || noticed.wait(20000));
    const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 3);
    const QStringList cells = lines.at(2).split(QLatin1Char('\t'));
    const auto dim = static_cast<std::size_t>(s.session.model()->spec.embeddingDim);
    QCOMPARE(cells.size(), static_cast<qsizetype>(dim + 2));
    QCOMPARE(cells.at(0), QStringLiteral("4"));
    const std::vector<double> values = test::npyValues(test::demoPath("checkpoint/feature_0_part0.npy"));
    for (std::size_t i = 0; i < dim; ++i)
        QCOMPARE(cells.at(static_cast<qsizetype>(i + 2)).toFloat(), static_cast<float>(values[4 * dim + i]));
}

void TestTablesPage::copyOfTooManyRowsIsRefusedWithTheLimit() {
    QTemporaryDir directory;
    if (!makeHugeCheckpoint(directory.path(), 32)) QSKIP("sparse files of 37 GB are not supported here");
    Shown s;
    s.session.openModel(directory.path());
    QVERIFY(QTest::qWaitFor([&] { return s.session.model() != nullptr; }, 20000));
    s.choose(19);
    s.rows->table()->setFocus();
    QSignalSpy noticed(&s.page, &Page::noticed);
    QTest::keyClick(s.rows->table(), Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(s.rows->table(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(noticed.count(), 1);
    QVERIFY(noticed.at(0).at(0).toString().contains(formatCount(1'000'000 / 34)));
}

void TestTablesPage::hugeTableIsBrowsedFromEndToEnd() {
    QTemporaryDir directory;
    if (!makeHugeCheckpoint(directory.path(), 32)) QSKIP("sparse files of 37 GB are not supported here");
    Shown s;
    s.session.openModel(directory.path());
    QVERIFY(QTest::qWaitFor([&] { return s.session.model() != nullptr; }, 20000));
    s.choose(19);
    QVERIFY(s.waitForRows());
    for (const char* text : {"end", "50%", "123,456,789", "0"}) {
        s.type(QString::fromLatin1(text));
        QVERIFY(s.waitForRows());
        QCOMPARE(s.cell(s.rows->currentRow(), 0), QStringLiteral("0"));
    }
    s.rows->table()->setFocus();
    QTest::keyClick(s.rows->table(), Qt::Key_End);
    QCOMPARE(s.rows->currentRow(), kHugeRows - 1);
    QVERIFY(s.waitForRows());
    // Faster than the rows can arrive: the last position wins.
    for (int i = 0; i < 200; ++i) QTest::keyClick(s.rows->table(), Qt::Key_PageUp);
    QVERIFY(s.waitForRows());
    QVERIFY(s.rows->currentRow() < kHugeRows - 2000);
}

void TestTablesPage::rareRowsAreDrawnInTheirOwnScale() {
    // As in a trained table: the frequent rows at the top are large, the rare ones below kept their small initial
    // values.
    constexpr float kRare = 1.0F / 1024;
    QTemporaryDir directory;
    for (const QFileInfo& file : QDir(test::demoPath("checkpoint")).entryInfoList(QDir::Files)) {
        QFile source(file.filePath()), copy(directory.path() + QLatin1Char('/') + file.fileName());
        QVERIFY(source.open(QIODevice::ReadOnly) && copy.open(QIODevice::WriteOnly));
        QByteArray bytes = source.readAll();
        if (file.fileName() == QLatin1String("feature_0_part0.npy")) {
            constexpr qsizetype kDim = 32;
            auto* end = reinterpret_cast<float*>(bytes.data() + bytes.size());
            const qsizetype rareRows = 809 - TableRowSource::kBlockRows;
            for (float* value = end - rareRows * kDim; value != end; ++value) *value *= kRare;
        }
        QCOMPARE(copy.write(bytes), bytes.size());
    }
    Shown s;
    s.session.openModel(directory.path());
    QVERIFY(QTest::qWaitFor([&] { return s.session.model() != nullptr; }, 20000));
    QVERIFY(s.waitForRows());
    auto* source = s.page.findChild<TableRowSource*>();
    const float frequent = source->scale();
    QVERIFY(frequent > 0);
    s.type(QStringLiteral("end"));
    QVERIFY(s.waitForRows());
    QVERIFY(source->scale() > 0 && source->scale() < frequent / 100);
    s.type(QStringLiteral("0"));
    QVERIFY(s.waitForRows());
    QCOMPARE(source->scale(), frequent);
}

void TestTablesPage::failedRowsShowAnErrorThatCanBeRetried() {
    QTemporaryDir directory;
    for (const QFileInfo& file : QDir(test::demoPath("checkpoint")).entryInfoList(QDir::Files)) {
        const QString copy = directory.path() + QLatin1Char('/') + file.fileName();
        QVERIFY(QFile::copy(file.filePath(), copy));
        QVERIFY(QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner));
    }
    Shown s;
    s.session.openModel(directory.path());
    QVERIFY(QTest::qWaitFor([&] { return s.session.model() != nullptr; }, 20000));
    QVERIFY(s.waitForRows());
    QFile table(directory.path() + QStringLiteral("/feature_19_part0.npy"));
    QVERIFY(table.resize(table.size() / 2));
    QSignalSpy failed(&s.session, &Session::jobFailed);
    s.choose(19);
    QVERIFY(failed.count() > 0 || failed.wait(20000));
    QVERIFY(hasText(s.page, QStringLiteral("feature_19_part0.npy")));
    const int before = failed.count();
    QPushButton* retry = nullptr;
    for (QPushButton* b : s.page.findChildren<QPushButton*>())
        if (b->isVisible() && b->text().contains(QStringLiteral("Reopen"))) retry = b;
    QVERIFY(retry);
    retry->click();
    QTRY_VERIFY(failed.count() > before);
}

void TestTablesPage::closingEmptiesThePage() {
    Shown s;
    std::unique_ptr<QWidget> inspector(s.page.inspector());
    QVERIFY(s.open());
    s.rows->setCurrentRow(1);
    s.session.closeModel();
    QTRY_VERIFY(!s.rows->isVisible());
    QCOMPARE(s.rows->table()->model()->rowCount(), 0);
    QVERIFY(!hasText(*inspector, QStringLiteral("Norm")));
    QVERIFY(s.open());
    QVERIFY(s.rows->isVisible());
}

void TestTablesPage::reopeningWithOtherSettingsKeepsTableAndRow() {
    Shown s;
    QVERIFY(s.open());
    s.choose(3, 50);
    ModelSettings settings = s.session.settings();
    settings.interactionOrder = InteractionOrder::Tensorflow;
    QSignalSpy opened(&s.session, &Session::modelOpened);
    s.session.setSettings(settings);
    QVERIFY(opened.count() > 0 || opened.wait(20000));
    QCOMPARE(s.rows->currentRow(), qint64(50));
    QVERIFY(s.waitForRows());
}

void TestTablesPage::idsAreWholeInAnyOrder() {
    Shown s;
    QVERIFY(s.open());
    auto* header = s.rows->table()->verticalHeader();
    for (int order = 0; order < 3; ++order) {
        // As wide as any id of the table, whichever row stands last.
        const qint64 rows = s.session.model()->spec.tables[0].rows;
        QVERIFY(header->width() >= QFontMetrics(header->font()).horizontalAdvance(formatCount(rows - 1)));
        s.page.rowsTab()->sortBy(RowKey::Norm);  // descending, then ascending
        QVERIFY(s.waitForRows());
        QTRY_VERIFY(!s.session.isAnyRunning());
    }
}

void TestTablesPage::sortingKeepsTheTopInView() {
    Shown s;
    QVERIFY(s.open());
    const auto& tables = s.session.model()->spec.tables;
    const auto largest =
        std::max_element(tables.begin(), tables.end(), [](auto& a, auto& b) { return a.rows < b.rows; });
    s.choose(static_cast<int>(largest - tables.begin()));
    QVERIFY(s.waitForRows());
    QVERIFY(largest->rows > 1000);  // the first rows come before the rest
    auto* source = s.page.findChild<TableRowSource*>();
    s.page.rowsTab()->sortBy(RowKey::Norm);
    QTRY_VERIFY(source->order() && source->order()->whole && !s.session.isAnyRunning());
    // A row that this order has a little below the first screen.
    const qint64 id = source->idAt(s.rows->visibleRowCount() + 10);
    s.page.rowsTab()->sortBy(RowKey::Id);
    QTRY_VERIFY(!s.session.isAnyRunning());
    s.page.rowsTab()->showRow(id);
    s.page.rowsTab()->sortBy(RowKey::Norm);
    QTRY_VERIFY(source->order() && source->order()->whole && source->order()->query.sortBy == RowKey::Norm &&
                !s.session.isAnyRunning());
    QVERIFY(s.waitForRows());
    QCOMPARE(s.rows->firstVisibleRow(), qint64(0));
    QCOMPARE(s.page.rowsTab()->currentId(), id);
}

void TestTablesPage::theScaleIsTheTablesOnceItIsKnown() {
    Shown s;
    QVERIFY(s.open());
    auto* source = s.page.findChild<TableRowSource*>();
    auto* mode = s.page.findChild<QComboBox*>(QStringLiteral("scaleMode"));
    // It says what it is a choice of: beside the filter it would read as one.
    const auto* named = qobject_cast<QLabel*>(mode->parentWidget()->layout()->itemAt(1)->widget());
    QVERIFY(named && named->isVisible());
    QCOMPARE(named->text(), QStringLiteral("colours by"));
    QCOMPARE(named->y() + named->height() / 2, mode->y() + mode->height() / 2);
    const float inView = source->scale();
    s.session.tables().computeStatistics({0});
    QTRY_VERIFY_WITH_TIMEOUT(s.session.tables().statistics(0) && !s.session.isAnyRunning(), 20000);
    // 99.9 % of the values lie within it.
    std::vector<double> values = test::npyValues(test::demoPath("checkpoint/feature_0_part0.npy"));
    for (double& v : values) v = std::abs(v);
    std::sort(values.begin(), values.end());
    const double expected = values[static_cast<std::size_t>(0.999 * static_cast<double>(values.size()))];
    const TableScan& scan = s.session.tables().statistics(0)->scan;
    const double bin = (static_cast<double>(scan.request.high) - static_cast<double>(scan.request.low)) /
                       static_cast<double>(scan.histogram.size());
    const auto own = static_cast<double>(source->scale());
    QVERIFY2(std::abs(own - expected) <= 2 * bin, qPrintable(QStringLiteral("%1 %2").arg(own).arg(expected)));
    s.type(QStringLiteral("end"));
    QVERIFY(s.waitForRows());
    QCOMPARE(static_cast<double>(source->scale()), own);
    const auto choose = [&](int item) {
        mode->setCurrentIndex(item);
        Q_EMIT mode->activated(item);
    };
    s.type(QStringLiteral("0"));
    QVERIFY(s.waitForRows());
    QCOMPARE(mode->currentText(), QStringLiteral("whole table"));
    choose(mode->findText(QStringLiteral("rows in view")));
    QCOMPARE(source->scale(), inView);
    choose(mode->findText(QStringLiteral("held")));
    s.type(QStringLiteral("end"));
    QVERIFY(s.waitForRows());
    QCOMPARE(source->scale(), inView);
    choose(0);
    QCOMPARE(static_cast<double>(source->scale()), own);
}

void TestTablesPage::nothingStaysOfAModelWithTables() {
    Shown s;
    std::unique_ptr<QWidget> inspector(s.page.inspector());
    QVERIFY(s.open());
    s.rows->setCurrentRow(3);
    QSignalSpy opened(&s.session, &Session::modelOpened);
    s.session.openModel(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"));
    QVERIFY(opened.count() > 0 || opened.wait(20000));
    QVERIFY(!hasText(s.page, QStringLiteral("cat_0")) && !hasText(*inspector, QStringLiteral("cat_0")) &&
            !hasText(*inspector, QStringLiteral("feature_0_part0")));
    QVERIFY(!s.rows->isVisible());
    QVERIFY(hasText(s.page, QStringLiteral("has no embedding tables")));
}

void TestTablesPage::aTableThatCameBackIsReadAgain() {
    QTemporaryDir directory, aside;
    for (const QFileInfo& file : QDir(test::demoPath("checkpoint")).entryInfoList(QDir::Files)) {
        const QString copy = directory.path() + QLatin1Char('/') + file.fileName();
        QVERIFY(QFile::copy(file.filePath(), copy));
        QVERIFY(QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner));
    }
    Shown s;
    s.session.openModel(directory.path());
    QVERIFY(QTest::qWaitFor([&] { return s.session.model() != nullptr; }, 20000));
    QVERIFY(s.waitForRows());
    const QString table = directory.path() + QStringLiteral("/feature_9_part0.npy"),
                  kept = aside.filePath(QStringLiteral("kept.npy"));
    QVERIFY(QFile::copy(table, kept) && QFile::remove(table));
    s.choose(9);
    QTRY_VERIFY(s.page.errorText().contains(QStringLiteral("E-FILE-005")));
    QVERIFY2(s.page.errorText().contains(QStringLiteral("The file is gone")), qPrintable(s.page.errorText()));
    // The others are read as before.
    s.choose(4);
    QVERIFY(s.waitForRows());
    QTRY_VERIFY(s.page.errorText().isEmpty());
    s.choose(9);
    QTRY_VERIFY(s.page.errorText().contains(QStringLiteral("E-FILE-005")));
    QVERIFY(QFile::copy(kept, table));
    QPushButton* reopen = nullptr;
    for (QPushButton* b : s.page.findChildren<QPushButton*>())
        if (b->isVisible() && b->text() == QStringLiteral("&Reopen")) reopen = b;
    QVERIFY(reopen);
    QTest::mouseClick(reopen, Qt::LeftButton);
    QVERIFY(s.waitForRows());
    QTRY_VERIFY(s.page.errorText().isEmpty());
    QCOMPARE(s.session.selection().table, 9);
    QVERIFY(!s.cell(0, 0).isEmpty());
}

DLRM_TEST(TestTablesPage);

}  // namespace tst_tables_page

#include "tst_tables_page.moc"
