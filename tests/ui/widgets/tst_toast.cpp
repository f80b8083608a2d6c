// SPDX-License-Identifier: Apache-2.0
// Messages at the bottom of the window: none is lost to the next, and they stand over no data.
#include <QTest>

#include "tests/support/test_program.h"
#include "ui/widgets/toast.h"

namespace tst_toast {

using namespace dlrm::ui;

class ToastTest : public QObject {
    Q_OBJECT

    QWidget m_window;

private Q_SLOTS:
    void initTestCase() {
        m_window.resize(1200, 800);
        m_window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&m_window));
    }

    void aMessageIsNotReplacedByTheNext() {
        Toast toast(&m_window);
        QVERIFY(!toast.isVisible());
        toast.showText(QStringLiteral("Rows were chosen."));
        toast.showText(QStringLiteral("Run it again."));
        QVERIFY(toast.isVisible());
        QCOMPARE(toast.text(), QStringLiteral("Rows were chosen.\nRun it again."));
        QCOMPARE(toast.accessibleName(), toast.text());
        toast.passOldest();
        QCOMPARE(toast.text(), QStringLiteral("Run it again."));
        toast.passOldest();
        QVERIFY(!toast.isVisible());
    }

    void moreThanThreeStandThereInTurn() {
        Toast toast(&m_window);
        for (const char* text : {"1", "2", "3", "4", "5"}) toast.showText(QLatin1String(text));
        QStringList seen;
        while (toast.isVisible()) {
            QVERIFY(toast.text().count(QLatin1Char('\n')) < 3);
            seen << toast.text();
            toast.passOldest();
        }
        QCOMPARE(seen, (QStringList{QStringLiteral("1\n2\n3"), QStringLiteral("2\n3\n4"), QStringLiteral("3\n4\n5"),
                                    QStringLiteral("4\n5"), QStringLiteral("5")}));
    }

    void theSameMessageBeginsAnew() {
        Toast toast(&m_window);
        for (const char* text : {"copied", "written", "copied"}) toast.showText(QLatin1String(text));
        QCOMPARE(toast.text(), QStringLiteral("written\ncopied"));
    }

    // One line is no higher than a status bar, at whose place it stands; more and longer ones stay inside the window.
    void itStandsOverTheStatusBar() {
        Toast toast(&m_window);
        toast.showText(QStringLiteral("Copied row 5 as TSV"));
        QCOMPARE(toast.geometry().bottom(), m_window.rect().bottom());
        QVERIFY2(toast.height() <= toast.fontMetrics().height() + 12, qPrintable(QString::number(toast.height())));
        toast.showText(QString(400, QLatin1Char('m')).replace(50, 1, QLatin1Char(' ')));
        QVERIFY(m_window.rect().contains(toast.geometry()));
        m_window.resize(600, 500);
        QCoreApplication::processEvents();
        QCOMPARE(toast.geometry().bottom(), m_window.rect().bottom());
        QVERIFY(m_window.rect().contains(toast.geometry()));
        m_window.resize(1200, 800);
    }
};

DLRM_TEST(ToastTest);

}  // namespace tst_toast

#include "tst_toast.moc"
