// SPDX-License-Identifier: Apache-2.0
// The rows that the Evaluate page evaluates: how they are typed, and that the form is left with rows that can be run.
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QToolButton>

#include "tests/support/test_program.h"
#include "tests/ui/pages/evaluate/evaluate_fixture.h"
#include "ui/widgets/popup_form.h"

namespace tst_evaluate_rows {

using namespace dlrm;
using namespace dlrm::ui;

class EvaluateRowsTest : public EvaluateFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::Light); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    void rowRangeIsEvaluated() {
        find<QLineEdit>("rowRange")->setText(QStringLiteral("100-1,099"));
        QVERIFY(runToTheEnd());
        QCOMPARE(m_newest->report.rows, 1000);
    }

    // As the command line takes it.
    void aSingleRowIsEvaluated() {
        for (const QString& text : {QStringLiteral("50"), QStringLiteral(" 50 "), QStringLiteral("50 – 50")}) {
            find<QLineEdit>("rowRange")->setText(text);
            QVERIFY(m_page->options());
            QCOMPARE(m_page->options()->range, (RowRange{50, 50}));
        }
        find<QLineEdit>("rowRange")->setText(QStringLiteral("1,050"));
        QCOMPARE(m_page->options()->range, (RowRange{1050, 1050}));
        find<QLineEdit>("rowRange")->setText(QStringLiteral("50"));
        QVERIFY(find<QPushButton>("runEvaluation")->isEnabled());
        QVERIFY(runToTheEnd());
        QCOMPARE(m_newest->report.rows, 1);
        QCOMPARE(m_newest->range, (RowRange{50, 50}));
    }

    void wrongRowRangeCannotBeRun_data() {
        QTest::addColumn<QString>("range");
        QTest::addColumn<QString>("why");
        QTest::newRow("reversed") << QStringLiteral("200-100")
                                  << QStringLiteral("expected the smaller row first: 100-200");
        QTest::newRow("one that is outside") << QStringLiteral("20,000") << QStringLiteral("no row 20,000");
        QTest::newRow("one end") << QStringLiteral("100-") << QStringLiteral("expected both ends of the range, A-B");
        QTest::newRow("negative") << QStringLiteral("-5")
                                  << QStringLiteral("expected rows from 0 on: A or A-B with both ends");
        QTest::newRow("outside") << QStringLiteral("0-20000") << QStringLiteral("no row 20,000");
        QTest::newRow("words") << QStringLiteral("first-last")
                               << QStringLiteral("expected A or A-B, whole numbers of digits only");
    }
    void wrongRowRangeCannotBeRun() {
        QFETCH(QString, range);
        QFETCH(QString, why);
        find<QLineEdit>("rowRange")->setText(range);
        QVERIFY(!m_page->options());
        QVERIFY(!find<QPushButton>("runEvaluation")->isEnabled());
        auto* hint = find<QLabel>("rangeHint");
        QCOMPARE(hint->text(), why + QStringLiteral(": all, a row or first-last, of rows 0 to 19,999"));
        QVERIFY(hint->styleSheet().contains(Theme::instance().colors().fail.name()));
        QVERIFY(find<QToolButton>("evaluateOptions")->text().endsWith(QStringLiteral("▾")));
        // Enter does not close the form over it.
        auto* form = find<PopupForm>("evaluatedRows");
        find<QToolButton>("evaluateOptions")->click();
        QTRY_VERIFY(find<QLineEdit>("rowRange")->hasFocus());
        QTest::keyClick(find<QLineEdit>("rowRange"), Qt::Key_Return);
        QVERIFY(form->isVisible());
        QCOMPARE(find<QLineEdit>("rowRange")->text(), range);
        find<QLineEdit>("rowRange")->setText(QStringLiteral("0-19999"));
        QCOMPARE(hint->text(), QStringLiteral("all, a row or first-last, of rows 0 to 19,999"));
        QVERIFY(find<QPushButton>("runEvaluation")->isEnabled());
        QTest::keyClick(find<QLineEdit>("rowRange"), Qt::Key_Return);
        QVERIFY(!form->isVisible());
        find<QLineEdit>("rowRange")->clear();
    }

    // The field has the keys once the menu is open; what is no range is taken back when it closes, and said.
    void theFormOfRowsIsLeftWithRowsThatCanBeRun() {
        auto* form = find<PopupForm>("evaluatedRows");
        auto* range = find<QLineEdit>("rowRange");
        const auto leaveWith = [&](const char* text) {
            find<QToolButton>("evaluateOptions")->click();
            const bool focus = QTest::qWaitFor([range] { return range->hasFocus(); });
            range->setText(QLatin1String(text));
            QTest::keyClick(range, Qt::Key_Escape);
            return focus && !form->isVisible();
        };
        QSignalSpy noticed(m_page, &Page::noticed);
        QVERIFY(leaveWith("100-199"));
        QCOMPARE(noticed.count(), 0);
        for (const char* all : {"all", " All "}) {
            QVERIFY(leaveWith(all));
            QVERIFY(range->text().isEmpty() && m_page->options() && m_page->options()->range.size() == 0);
            QVERIFY(find<QToolButton>("evaluateOptions")->text().startsWith(QStringLiteral("All rows")));
        }
        QCOMPARE(noticed.count(), 0);
        QVERIFY(leaveWith("100-199"));
        QVERIFY(leaveWith("abc"));
        QCOMPARE(range->text(), QStringLiteral("100-199"));
        QVERIFY(find<QPushButton>("runEvaluation")->isEnabled());
        QCOMPARE(noticed.count(), 1);
        QCOMPARE(noticed[0][0].toString(), QStringLiteral("“abc” was taken back, rows 100-199 are evaluated as before: "
                                                          "write all, a row or first-last, of rows 0 to 19,999."));
    }

    // Tab leads through all fields and back; Enter in any of them closes the form and keeps what was typed.
    void theFormOfRowsIsFilledInWithTheKeyboard() {
        auto* form = find<PopupForm>("evaluatedRows");
        auto* range = find<QLineEdit>("rowRange");
        auto* dropLast = find<QSpinBox>("dropLast");
        find<QToolButton>("evaluateOptions")->click();
        QTRY_VERIFY(range->hasFocus());
        QTest::keyClick(range, Qt::Key_Tab);
        QVERIFY(dropLast->hasFocus());
        QTest::keyClick(dropLast, Qt::Key_Tab);
        QVERIFY(range->hasFocus());
        QTest::keyClick(range, Qt::Key_Backtab);
        QVERIFY(dropLast->hasFocus());
        QTest::keyClicks(dropLast, QStringLiteral("128"));
        QTest::keyClick(dropLast, Qt::Key_Return);
        QVERIFY(!form->isVisible());
        QCOMPARE(dropLast->value(), 128);
        dropLast->setValue(0);
    }

    void theBatchThatIsDroppedIsOfItsDataset() {
        auto* dropLast = find<QSpinBox>("dropLast");
        dropLast->setValue(128);
        QSignalSpy noticed(m_page, &Page::noticed);
        const auto opens = [this](const char* path, const char* split) {
            test::JobSpy opened(m_session, &Session::datasetOpened);
            m_session->openDataset(test::demoPath(path), QString::fromLatin1(split), test::demoPath("dictionary"));
            return opened.wait(kWait);
        };
        QVERIFY(opens("dataset", "train"));
        QCOMPARE(dropLast->value(), 128);
        QVERIFY(opens("raw_rows.tsv", "test"));
        QCOMPARE(dropLast->value(), 0);
        QVERIFY(find<QToolButton>("evaluateOptions")->text().startsWith(QStringLiteral("All rows")));
        QCOMPARE(noticed.count(), 1);
        QVERIFY(noticed[0][0].toString().startsWith(QStringLiteral("The last partial batch of 128 was left out")));
    }
};

DLRM_TEST(EvaluateRowsTest);

}  // namespace tst_evaluate_rows

#include "tst_evaluate_rows.moc"
