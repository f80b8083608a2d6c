// SPDX-License-Identifier: Apache-2.0
// RowView at 0, 3, 8 million, 290 million and 10^12 rows: what is shown, keys, wheel, selection, copy, go-to, memory.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QFile>
#include <QHeaderView>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QWheelEvent>

#include <memory>

#include "tests/support/sanitizer.h"
#include "tests/support/test_program.h"
#include "ui/models/row_text.h"
#include "ui/models/row_view.h"
#include "ui/widgets/typed_numbers.h"

namespace tst_row_view {

using dlrm::ui::parseRow;
using dlrm::ui::RowSource;
using dlrm::ui::RowView;

namespace {

constexpr qint64 kHuge = 290'000'000;
constexpr qint64 kTrillion = 1'000'000'000'000;

class Numbers : public RowSource {
public:
    explicit Numbers(qint64 rows) : m_rows(rows) {}
    qint64 rowCount() const override { return m_rows; }
    QStringList columns() const override { return {QStringLiteral("row"), QStringLiteral("twice")}; }
    QVariant data(qint64 row, int column, int role) const override {
        outside = outside || row < 0 || row >= m_rows;
        if (role != Qt::DisplayRole || row == notLoaded) return {};
        return QString::number(column == 0 ? row : 2 * row);
    }
    QString rowLabel(qint64 row) const override { return QString::number(row); }
    void rowsVisible(qint64 first, int count) override { visible = {first, count}; }

    std::pair<qint64, int> visible{-1, -1};
    qint64 notLoaded = -1;
    mutable bool outside = false;
    qint64 m_rows;
};

struct Shown {
    explicit Shown(qint64 rows) : source(rows) {
        view.resize(400, 317);  // not a whole number of rows
        view.setSource(&source);
        view.show();
        view.table()->setFocus();
        if (!QTest::qWaitForWindowExposed(&view)) qFatal("no window");
    }
    void key(Qt::Key k, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::keyClick(view.table(), k, modifiers);
    }
    QModelIndex cell(qint64 row, int column = 0) const {
        return view.table()->model()->index(static_cast<int>(row - view.firstVisibleRow()), column);
    }
    QString text(qint64 row) const { return cell(row).data().toString(); }
    // Whole row inside the viewport, with the right text and header.
    bool isShown(qint64 row) const {
        const QRect r = view.table()->visualRect(cell(row));
        const QRect inside = view.table()->viewport()->rect();
        const int section = static_cast<int>(row - view.firstVisibleRow());
        return r.isValid() && r.top() >= inside.top() && r.bottom() <= inside.bottom() &&
               text(row) == QString::number(row) &&
               view.table()->model()->headerData(section, Qt::Vertical).toString() == QString::number(row);
    }
    QScrollBar* bar() const {
        for (QScrollBar* b : view.findChildren<QScrollBar*>(QString(), Qt::FindDirectChildrenOnly)) return b;
        return nullptr;
    }
    void wheel(int angle, QPoint pixels = {}) {
        QWidget* w = view.table()->viewport();
        const QPointF at(20, 20);
        QWheelEvent event(at, w->mapToGlobal(at), pixels, QPoint(0, angle), Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(w, &event);
    }
    Numbers source;
    RowView view;
};

qint64 residentBytes() {
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly)) return -1;
    return file.readAll().split(' ').at(1).toLongLong() * 4096;
}

}  // namespace

class TestRowView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Groups as they are shown, and the comma of half the world.
    void commasAreGroupsOrTheDecimalPoint() {
        const std::pair<const char*, double> numbers[] = {
            {"1,234", 1234}, {"1,234.5", 1234.5}, {"12,345,678", 12345678}, {"1,3", 1.3}, {"0,25", 0.25},
            {"0,250", 0.25}, {"1,2345", 1.2345},  {"-0,5", -0.5},           {" 7 ", 7},   {"1e-3", 0.001}};
        for (const auto& [text, value] : numbers) {
            const auto typed = dlrm::ui::typedNumber(QString::fromLatin1(text));
            QVERIFY2(typed && *typed == value, text);
        }
        const auto asShown = dlrm::ui::typedNumber(QStringLiteral("−0.5"));
        QVERIFY(asShown && *asShown == -0.5);
        for (const char* text : {"", "1,2,3", "1,23.4", "a", "nan", "inf", "1,,2"})
            QVERIFY2(!dlrm::ui::typedNumber(QString::fromLatin1(text)), text);
        QCOMPARE(dlrm::ui::withoutGroups(QStringLiteral("1,000-20,000")), QStringLiteral("1000-20000"));
        QCOMPARE(dlrm::ui::withoutGroups(QStringLiteral("1,3")), QStringLiteral("1,3"));
        QCOMPARE(dlrm::ui::withoutGroups(QStringLiteral("1,2345")), QStringLiteral("1,2345"));
    }

    void init() {
        QTest::failOnWarning(
            QRegularExpression(QStringLiteral("^(?!This plugin does not support propagateSizeHints)")));
    }
    void modelKeepsTheRulesOfItemModels();
    void rowTextIsRead_data();
    void rowTextIsRead();
    void everyRowOfASmallTableIsShownWithoutAScrollBar();
    void noSourceAndNoRowsAreCalm();
    void firstAndLastRowsAreReachable_data();
    void firstAndLastRowsAreReachable();
    void arrowsMoveOneRowAndScrollAtTheEdges();
    void pageKeysMoveAPage();
    void shiftExtendsTheSelectionAcrossPages();
    void selectionIsKeptWhileItIsScrolledAway();
    void mousePicksAndShiftClickExtends();
    void draggingBelowTheEdgeScrollsAndSelects();
    void wheelScrollsByRowsAndTouchpadsByPixels();
    void scrollBarReachesEveryPartOfATrillionRows();
    void goToShowsTheRowOrSaysNo();
    void copyIsTsvWithAHeader();
    void copyRefusesTooManyCellsAndRowsNotLoaded();
    void copyHandlerGetsTheRange();
    void ctrlClickAddsRows();
    void sourceIsToldWhatIsVisible();
    void onlyVisibleRowsAreEverAskedFor();
    void memoryDoesNotDependOnTheNumberOfRows();
    void growingSourceIsFollowed();
    void letterKeysDoNotSearch();
};

void TestRowView::modelKeepsTheRulesOfItemModels() {
    Numbers numbers(1000);
    RowView view;
    QAbstractItemModelTester tester(view.table()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    view.resize(300, 200);
    view.setSource(&numbers);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    view.resize(300, 400);
    view.goTo(QStringLiteral("end"));
    view.resize(300, 150);
    view.setSource(nullptr);
    QCOMPARE(view.table()->model()->rowCount(), 0);
}

void TestRowView::rowTextIsRead_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("row");  // -1: refused
    QTest::newRow("digits") << "1234567" << qint64(1234567);
    QTest::newRow("thousands") << "1,234,567" << qint64(1234567);
    QTest::newRow("spaces around") << "  42 " << qint64(42);
    QTest::newRow("percent") << "50%" << kHuge / 2;
    QTest::newRow("fraction of a percent") << "0.1 %" << kHuge / 1000;
    QTest::newRow("all") << "100%" << kHuge - 1;
    QTest::newRow("end") << "End" << kHuge - 1;
    QTest::newRow("last") << "289999999" << kHuge - 1;
    QTest::newRow("outside") << "290000000" << qint64(-1);
    QTest::newRow("negative") << "-1" << qint64(-1);
    QTest::newRow("over 100 %") << "100.5%" << qint64(-1);
    QTest::newRow("comma elsewhere") << "12,34" << qint64(-1);
    QTest::newRow("word") << "abc" << qint64(-1);
    QTest::newRow("empty") << "" << qint64(-1);
    QTest::newRow("past int64") << "99999999999999999999" << qint64(-1);
    QTest::newRow("past int64 by little") << "9223372036854775808" << qint64(-1);
}

void TestRowView::rowTextIsRead() {
    QFETCH(QString, text);
    QFETCH(qint64, row);
    QCOMPARE(parseRow(text, kHuge).value_or(-1), row);
    QVERIFY(!parseRow(text, 0));
}

void TestRowView::everyRowOfASmallTableIsShownWithoutAScrollBar() {
    Shown s(3);
    QCOMPARE(s.view.table()->model()->rowCount(), 3);
    for (int row = 0; row < 3; ++row) QVERIFY(s.isShown(row));
    QVERIFY(!s.bar()->isVisible());
    s.wheel(-1200);
    QCOMPARE(s.view.firstVisibleRow(), 0);
    s.key(Qt::Key_End);
    QCOMPARE(s.view.currentRow(), 2);
    QCOMPARE(s.view.visibleRowCount(), 3);
}

void TestRowView::noSourceAndNoRowsAreCalm() {
    Shown s(0);
    for (const Qt::Key k : {Qt::Key_Down, Qt::Key_PageUp, Qt::Key_End, Qt::Key_Left, Qt::Key_Return}) s.key(k);
    s.key(Qt::Key_A, Qt::ControlModifier);
    s.key(Qt::Key_C, Qt::ControlModifier);
    s.wheel(-120);
    QCOMPARE(s.view.currentRow(), -1);
    QVERIFY(!s.view.goTo(QStringLiteral("0")));
    s.view.setSource(nullptr);
    s.key(Qt::Key_Down);
    s.view.rowsChanged();
    QCOMPARE(s.view.selectedRange(), (std::pair<qint64, qint64>(-1, -1)));
}

void TestRowView::firstAndLastRowsAreReachable_data() {
    QTest::addColumn<qint64>("rows");
    for (const qint64 rows : {qint64(3), qint64(15), qint64(16), qint64(17), qint64(8'165'896), kHuge, kTrillion})
        QTest::addRow("%lld rows", static_cast<long long>(rows)) << rows;
}

void TestRowView::firstAndLastRowsAreReachable() {
    QFETCH(qint64, rows);
    Shown s(rows);
    s.key(Qt::Key_End, Qt::ControlModifier);
    QCOMPARE(s.view.currentRow(), rows - 1);
    QVERIFY(s.isShown(rows - 1));
    s.key(Qt::Key_Home, Qt::ControlModifier);
    QCOMPARE(s.view.currentRow(), 0);
    QVERIFY(s.isShown(0));
    s.key(Qt::Key_End);
    QVERIFY(s.isShown(rows - 1));
    s.key(Qt::Key_Down);
    QCOMPARE(s.view.currentRow(), rows - 1);
    s.key(Qt::Key_Up);
    QVERIFY(s.isShown(rows - 2));
    // The last row's lower edge stands on the viewport's when not all rows fit.
    s.key(Qt::Key_End);
    if (s.bar()->isVisible())
        QCOMPARE(s.view.table()->visualRect(s.cell(rows - 1)).bottom(), s.view.table()->viewport()->rect().bottom());
}

void TestRowView::arrowsMoveOneRowAndScrollAtTheEdges() {
    Shown s(kHuge);
    QVERIFY(s.view.goTo(QStringLiteral("145000000")));
    for (int i = 1; i <= 60; ++i) {
        s.key(Qt::Key_Down);
        QCOMPARE(s.view.currentRow(), qint64(145'000'000 + i));
        QVERIFY(s.isShown(145'000'000 + i));
    }
    const qint64 top = s.view.firstVisibleRow();
    QVERIFY(top > 145'000'000);
    for (int i = 59; i >= 0; --i) {
        s.key(Qt::Key_Up);
        QVERIFY(s.isShown(145'000'000 + i));
    }
    QCOMPARE(s.view.currentRow(), qint64(145'000'000));
    QCOMPARE(s.view.firstVisibleRow(), qint64(145'000'000));
}

void TestRowView::pageKeysMoveAPage() {
    Shown s(kHuge);
    s.key(Qt::Key_Home);
    const int page = s.view.table()->viewport()->height() / s.view.table()->verticalHeader()->defaultSectionSize() - 1;
    s.key(Qt::Key_PageDown);
    QCOMPARE(s.view.currentRow(), qint64(page));
    for (int i = 0; i < 9; ++i) s.key(Qt::Key_PageDown);
    QCOMPARE(s.view.currentRow(), qint64(10 * page));
    QVERIFY(s.isShown(10 * page));
    for (int i = 0; i < 12; ++i) s.key(Qt::Key_PageUp);
    QCOMPARE(s.view.currentRow(), qint64(0));
    QVERIFY(s.isShown(0));
    s.key(Qt::Key_End);
    s.key(Qt::Key_PageDown);
    QCOMPARE(s.view.currentRow(), kHuge - 1);
}

void TestRowView::shiftExtendsTheSelectionAcrossPages() {
    Shown s(kTrillion);
    s.view.setCurrentRow(500'000'000'000);
    for (int i = 0; i < 3; ++i) s.key(Qt::Key_PageDown, Qt::ShiftModifier);
    s.key(Qt::Key_Down, Qt::ShiftModifier);
    const auto [first, last] = s.view.selectedRange();
    QCOMPARE(first, qint64(500'000'000'000));
    QCOMPARE(last, s.view.currentRow());
    QVERIFY(last > first + 30);
    QVERIFY(s.view.table()->selectionModel()->isSelected(s.cell(last)));
    QVERIFY(!s.view.table()->selectionModel()->isSelected(s.cell(last + 1)));
    s.key(Qt::Key_Home, Qt::ShiftModifier);
    QCOMPARE(s.view.selectedRange(), (std::pair<qint64, qint64>(0, 500'000'000'000)));
    s.key(Qt::Key_Down);
    QCOMPARE(s.view.selectedRange(), (std::pair<qint64, qint64>(1, 1)));
    s.key(Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(s.view.selectedRange(), (std::pair<qint64, qint64>(0, kTrillion - 1)));
}

void TestRowView::selectionIsKeptWhileItIsScrolledAway() {
    Shown s(kHuge);
    s.view.setCurrentRow(5);
    s.wheel(-120 * 100);
    QVERIFY(s.view.firstVisibleRow() > 100);
    QCOMPARE(s.view.currentRow(), qint64(5));
    QVERIFY(!s.view.table()->selectionModel()->hasSelection());
    s.wheel(120 * 200);
    QCOMPARE(s.view.firstVisibleRow(), qint64(0));
    QVERIFY(s.view.table()->selectionModel()->isSelected(s.cell(5)));
    QVERIFY(!s.view.table()->selectionModel()->isSelected(s.cell(4)));
}

void TestRowView::mousePicksAndShiftClickExtends() {
    Shown s(kHuge);
    QVERIFY(s.view.goTo(QStringLiteral("1,000,000")));
    QSignalSpy moved(&s.view, &RowView::currentRowChanged);
    const qint64 row = s.view.firstVisibleRow() + 3;
    QTest::mouseClick(s.view.table()->viewport(), Qt::LeftButton, {}, s.view.table()->visualRect(s.cell(row)).center());
    QCOMPARE(s.view.currentRow(), row);
    QCOMPARE(moved.count(), 1);
    QTest::mouseClick(s.view.table()->viewport(), Qt::LeftButton, Qt::ShiftModifier,
                      s.view.table()->visualRect(s.cell(row + 4, 1)).center());
    QCOMPARE(s.view.selectedRange(), (std::pair<qint64, qint64>(row, row + 4)));
    // The header picks too.
    QHeaderView* header = s.view.table()->verticalHeader();
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                      QPoint(4, s.view.table()->visualRect(s.cell(row + 6)).center().y()));
    QCOMPARE(s.view.selectedRange(), (std::pair<qint64, qint64>(row + 6, row + 6)));
}

void TestRowView::draggingBelowTheEdgeScrollsAndSelects() {
    Shown s(kHuge);
    QWidget* viewport = s.view.table()->viewport();
    QTest::mousePress(viewport, Qt::LeftButton, {}, s.view.table()->visualRect(s.cell(2)).center());
    const QPointF below(20, viewport->height() + 60);
    QMouseEvent drag(QEvent::MouseMove, below, viewport->mapToGlobal(below), Qt::NoButton, Qt::LeftButton,
                     Qt::NoModifier);
    QApplication::sendEvent(viewport, &drag);
    QTRY_VERIFY(s.view.firstVisibleRow() > 10);
    QTest::mouseRelease(viewport, Qt::LeftButton, {}, below.toPoint());
    const auto [first, last] = s.view.selectedRange();
    QCOMPARE(first, qint64(2));
    QVERIFY(last > 20);
    const qint64 top = s.view.firstVisibleRow();
    QTest::qWait(100);
    QCOMPARE(s.view.firstVisibleRow(), top);
}

void TestRowView::wheelScrollsByRowsAndTouchpadsByPixels() {
    Shown s(kHuge);
    s.wheel(-120);
    QCOMPARE(s.view.firstVisibleRow(), qint64(QApplication::wheelScrollLines()));
    const int height = s.view.table()->verticalHeader()->defaultSectionSize();
    const int before = s.view.table()->visualRect(s.cell(s.view.firstVisibleRow())).top();
    QCOMPARE(before, 0);
    s.wheel(-8, QPoint(0, -7));
    QCOMPARE(s.view.table()->visualRect(s.cell(s.view.firstVisibleRow())).top(), -7);
    s.wheel(-8, QPoint(0, -height));
    QCOMPARE(s.view.firstVisibleRow(), qint64(QApplication::wheelScrollLines() + 1));
    QCOMPARE(s.view.table()->visualRect(s.cell(s.view.firstVisibleRow())).top(), -7);
    s.wheel(8, QPoint(0, 8));
    QCOMPARE(s.view.firstVisibleRow(), qint64(QApplication::wheelScrollLines()));
    QCOMPARE(s.view.table()->visualRect(s.cell(s.view.firstVisibleRow())).top(), 1 - height);
}

void TestRowView::scrollBarReachesEveryPartOfATrillionRows() {
    Shown s(kTrillion);
    s.bar()->setValue(s.bar()->maximum() / 2);
    QVERIFY(std::abs(s.view.firstVisibleRow() - kTrillion / 2) < 2000);
    QVERIFY(s.isShown(s.view.firstVisibleRow()));
    s.bar()->setValue(s.bar()->maximum());
    QVERIFY(s.isShown(kTrillion - 1));
    s.bar()->setValue(0);
    QVERIFY(s.isShown(0));
    s.bar()->triggerAction(QAbstractSlider::SliderSingleStepAdd);
    QCOMPARE(s.view.firstVisibleRow(), qint64(1));
    s.bar()->triggerAction(QAbstractSlider::SliderPageStepAdd);
    QVERIFY(s.view.firstVisibleRow() > 10 && s.view.firstVisibleRow() < 30);
    s.bar()->triggerAction(QAbstractSlider::SliderToMaximum);
    QVERIFY(s.isShown(kTrillion - 1));
}

void TestRowView::goToShowsTheRowOrSaysNo() {
    Shown s(kHuge);
    QVERIFY(s.view.goTo(QStringLiteral("123,456,789")));
    QCOMPARE(s.view.currentRow(), qint64(123'456'789));
    QVERIFY(s.isShown(123'456'789));
    QVERIFY(!s.view.goTo(QStringLiteral("290000000")));
    QVERIFY(!s.view.goTo(QStringLiteral("x")));
    QCOMPARE(s.view.currentRow(), qint64(123'456'789));
    QVERIFY(s.view.goTo(QStringLiteral("end")));
    QVERIFY(s.isShown(kHuge - 1));
}

void TestRowView::copyIsTsvWithAHeader() {
    Shown s(kHuge);
    s.view.setCurrentRow(kHuge - 3);
    s.key(Qt::Key_Down, Qt::ShiftModifier);
    s.key(Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(),
             QStringLiteral("row\ttwice\n289999997\t579999994\n289999998\t579999996\n"));
}

void TestRowView::copyRefusesTooManyCellsAndRowsNotLoaded() {
    Shown s(kHuge);
    QSignalSpy refused(&s.view, &RowView::copyRefused);
    s.view.setCurrentRow(10);
    s.source.notLoaded = 10;
    s.key(Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(refused.count(), 1);
    QVERIFY(refused.at(0).at(0).toString().contains(QStringLiteral("10")));
    s.source.notLoaded = -1;
    s.view.setCurrentRow(0);
    s.key(Qt::Key_End, Qt::ShiftModifier);
    QString message;
    QVERIFY(s.view.copyText(&message).isEmpty());
    QVERIFY(message.contains(QStringLiteral("1,000,000")));
    // 500,000 rows of two columns are just allowed.
    Shown exact(500'000);
    exact.key(Qt::Key_A, Qt::ControlModifier);
    QVERIFY(exact.view.copyText().startsWith(QStringLiteral("row\ttwice\n0\t0\n1\t2\n")));
}

void TestRowView::ctrlClickAddsRows() {
    using Ranges = std::vector<std::pair<qint64, qint64>>;
    Shown s(kHuge);
    const auto click = [&](qint64 row, Qt::KeyboardModifiers modifiers) {
        QTest::mouseClick(s.view.table()->viewport(), Qt::LeftButton, modifiers,
                          s.view.table()->visualRect(s.cell(row)).center());
    };
    click(1, Qt::NoModifier);
    click(5, Qt::ControlModifier);
    QCOMPARE(s.view.currentRow(), qint64(5));
    QVERIFY(s.view.selectedRanges() == (Ranges{{1, 1}, {5, 5}}));
    for (int row = 0; row < 8; ++row)
        QCOMPARE(s.view.table()->selectionModel()->isRowSelected(row), row == 1 || row == 5);
    click(2, Qt::ControlModifier);
    QVERIFY(s.view.selectedRanges() == (Ranges{{1, 2}, {5, 5}}));
    QCOMPARE(s.view.copyText(), QStringLiteral("row\ttwice\n1\t2\n2\t4\n5\t10\n"));
    // What is further down is added to it; what is chosen without Ctrl replaces it.
    s.view.setFirstVisibleRow(1'000'000);
    click(1'000'003, Qt::ControlModifier);
    QVERIFY(s.view.selectedRanges() == (Ranges{{1, 2}, {5, 5}, {1'000'003, 1'000'003}}));
    s.key(Qt::Key_Down);
    QVERIFY(s.view.selectedRanges() == (Ranges{{1'000'004, 1'000'004}}));
}

void TestRowView::copyHandlerGetsTheRange() {
    Shown s(kHuge);
    std::pair<qint64, qint64> asked{-1, -1};
    s.view.setCopyHandler([&] { asked = s.view.selectedRange(); });
    s.view.setCurrentRow(7);
    s.key(Qt::Key_Up, Qt::ShiftModifier);
    s.key(Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(asked, (std::pair<qint64, qint64>(6, 7)));
}

void TestRowView::sourceIsToldWhatIsVisible() {
    Shown s(kHuge);
    QCOMPARE(s.source.visible.first, qint64(0));
    const int count = s.source.visible.second;
    QVERIFY(count >= 10 && count <= 20);
    QVERIFY(s.view.goTo(QStringLiteral("50%")));
    QCOMPARE(s.source.visible.first, s.view.firstVisibleRow());
    QVERIFY(s.source.visible.first <= kHuge / 2 && s.source.visible.first + s.source.visible.second > kHuge / 2);
}

void TestRowView::onlyVisibleRowsAreEverAskedFor() {
    Shown s(17);
    for (const Qt::Key k : {Qt::Key_End, Qt::Key_Home, Qt::Key_PageDown, Qt::Key_PageDown}) {
        s.key(k);
        s.view.grab();
    }
    s.view.resize(400, 100);
    s.view.grab();
    QVERIFY(!s.source.outside);
}

void TestRowView::memoryDoesNotDependOnTheNumberOfRows() {
    DLRM_NEEDS_NO_SANITIZER("the memory that this test counts");
    Shown s(3);
    s.view.grab();
    const qint64 before = residentBytes();
    Numbers huge(kTrillion);
    s.view.setSource(&huge);
    s.view.grab();
    for (int percent = 0; percent <= 100; percent += 5) {
        QVERIFY(s.view.goTo(QStringLiteral("%1%").arg(percent)));
        s.view.grab();
    }
    constexpr qint64 kAllowed =
        4 << 20;  // glyph caches and allocator slack; a header of 10^12 sections would need terabytes
    qInfo("grown by %lld bytes", static_cast<long long>(residentBytes() - before));
    QVERIFY2(residentBytes() - before < kAllowed, qPrintable(QString::number(residentBytes() - before)));
    QVERIFY(s.view.table()->model()->rowCount() < 30);
    s.view.setSource(nullptr);
}

void TestRowView::growingSourceIsFollowed() {
    Shown s(5);
    s.source.m_rows = 5000;
    s.view.rowsChanged();
    QVERIFY(s.bar()->isVisible());
    s.key(Qt::Key_End);
    QVERIFY(s.isShown(4999));
    s.source.m_rows = 2;
    s.view.rowsChanged();
    QCOMPARE(s.view.currentRow(), qint64(1));
    QVERIFY(s.isShown(0));
    QVERIFY(!s.bar()->isVisible());
}

void TestRowView::letterKeysDoNotSearch() {
    Shown s(kHuge);
    s.view.setCurrentRow(3);
    for (const Qt::Key k : {Qt::Key_2, Qt::Key_8, Qt::Key_X}) s.key(k);
    QCOMPARE(s.view.currentRow(), qint64(3));
}

DLRM_TEST(TestRowView);

}  // namespace tst_row_view

#include "tst_row_view.moc"
