// SPDX-License-Identifier: Apache-2.0
// What the command palette finds, and in which order.
#include <QDialog>
#include <QDir>
#include <QLineEdit>
#include <QMenu>
#include <QTest>
#include <QToolButton>

#include "tests/support/test_program.h"
#include "tests/ui/shell/window_test.h"
#include "ui/pages/page.h"
#include "ui/shell/fuzzy.h"
#include "ui/widgets/recent_files.h"

namespace tst_palette {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

const QString kDemo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/");

}  // namespace

class TestPalette : public test::WindowTest {
    Q_OBJECT

    QStringList found(const char* text) {
        m_window->palette()->open(QString::fromLatin1(text));
        return m_window->palette()->titles();
    }
    void enter() { QTest::keyClick(m_window->palette()->findChild<QLineEdit*>(), Qt::Key_Return); }

private Q_SLOTS:
    void initTestCase() { useHome(); }
    void init() {
        showWindow();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->open(m_window->requestFor(kDemo + QStringLiteral("checkpoint")));
        QTRY_VERIFY_WITH_TIMEOUT(m_session->model() && !m_session->isAnyRunning(), kWaitMs);
    }
    void cleanup() { closeWindow(); }

    void aMatchIsOfWordsOrOfLetters() {
        const QString title = QStringLiteral("Open checkpoint…");
        QCOMPARE(matchOf(QStringLiteral("open ch"), title), TextMatch::Starts);
        QCOMPARE(matchOf(QStringLiteral("CHECK"), title), TextMatch::Starts);
        QCOMPARE(matchOf(QStringLiteral("point open"), title), TextMatch::Words);
        QCOMPARE(matchOf(QStringLiteral("ocp"), title), TextMatch::Scattered);
        QCOMPARE(matchOf(QStringLiteral("x"), title), TextMatch::None);
        QCOMPARE(matchOf(QStringLiteral("n a"), QStringLiteral("an a")), TextMatch::Words);
        QCOMPARE(matchOf(QString(), title), TextMatch::Starts);
    }

    // Another model is opened by its words only, and after all that stays in this one.
    void otherModelsAreNotInTheWay() {
        RecentFiles::instance().addModel(m_home.path() + QStringLiteral("/run/trunk"));
        QDir(m_home.path()).mkpath(QStringLiteral("run/trunk"));
        QCOMPARE(found("run").value(0), QStringLiteral("Run evaluation"));
        QVERIFY(found("run").contains(QStringLiteral("Open run/trunk")));
        QCOMPARE(found("open run").value(0), QStringLiteral("Open run/trunk"));
        QVERIFY(found("oprtk").isEmpty());
        QCOMPARE(found("evlt").value(0), QStringLiteral("Evaluate"));
    }

    void whatOtherPagesDoIsFoundAndGoneTo() {
        const std::pair<const char*, const char*> cases[] = {{"check the reading", "overview"},
                                                             {"statistics", "tables"},
                                                             {"lookups", "tables"},
                                                             {"nearest", "tables"},
                                                             {"active units", "layers"},
                                                             {"count interactions", "interactions"},
                                                             {"run evaluation", "evaluate"},
                                                             {"run", "evaluate"}};
        for (const auto& [text, page] : cases) {
            m_window->showPage(QString::fromLatin1(page) == QLatin1String("layers") ? QStringLiteral("samples")
                                                                                    : QStringLiteral("layers"));
            QVERIFY2(!found(text).isEmpty(), text);
            enter();
            QCOMPARE(m_window->currentPageId(), QString::fromLatin1(page));
            QVERIFY(!m_session->isRunning(JobKind::Evaluate) && !m_session->isRunning(JobKind::Doctor));
        }
        m_session->closeModel();
        QVERIFY(!found("run evaluation").contains(QStringLiteral("Run evaluation")));
    }

    void exportsAreFoundByThatWord() {
        m_window->showPage(QStringLiteral("overview"));
        for (const char* title : {"Export: Checkpoint as HDF5…", "Export rows", "Export the evaluation"})
            QVERIFY2(found("export").contains(QString::fromUtf8(title)), title);
        m_window->showPage(QStringLiteral("tables"));
        QVERIFY(found("export").contains(QStringLiteral("Export the list of tables")));  // a button without words
        auto* chart = m_window->currentPage()->findChild<QToolButton*>(QStringLiteral("chartMenu"));
        QVERIFY(chart);
        QVERIFY(!chart->isVisible() || found("export").contains(chart->accessibleName()));
    }

    void layersAreFoundByTheirNames() {
        m_window->showPage(QStringLiteral("overview"));
        const QString name = QString::fromStdString(m_session->model()->spec.topMlp[1].name);
        QCOMPARE(found(qPrintable(name)).value(0), QStringLiteral("Layer %1").arg(name));
        enter();
        QCOMPARE(m_window->currentPageId(), QStringLiteral("layers"));
        const Selection chosen = m_session->selection();
        QCOMPARE(chosen.kind, Selection::Kind::Layer);
        QVERIFY(chosen.topMlp);
        QCOMPARE(chosen.layer, 1);
    }

    void choicesAreFoundAndMade() {
        QVERIFY(found("theme").contains(QStringLiteral("Theme: Light")));
        QVERIFY(found("order").contains(QStringLiteral("Interaction order…")));
        QVERIFY(!found("precision").isEmpty());
        enter();
        QMenu* menu = m_window->findChild<QToolButton*>(QStringLiteral("backendButton"))->menu();
        QVERIFY(menu->isVisible());
        menu->close();
        // Of rows that are not open, and of tables that are not saved as one, there is nothing to choose.
        QVERIFY(!found("change").contains(QStringLiteral("Change: Preprocessing…")));
        QVERIFY(!found("change").contains(QStringLiteral("Change: Rows of the tables…")));
        QCOMPARE(found("table-order"), QStringList{QStringLiteral("Change: Order of the tables…")});
        enter();
        auto* dialog = m_window->findChild<QDialog*>(QStringLiteral("choiceDialog"));
        QVERIFY(dialog);
        QCOMPARE(dialog->windowTitle(), QStringLiteral("Order of the tables"));
        dialog->reject();
    }

    void itGoesWithItsPage() {
        found("no such thing at all");
        QVERIFY(m_window->palette()->isVisible());
        m_window->showPage(QStringLiteral("layers"));
        QVERIFY(!m_window->palette()->isVisible());
    }

    void aRowBeyondTheTableSaysHowManyThereAre() {
        const TableSpec& table = m_session->model()->spec.tables[3];
        const QStringList titles = found(
            qPrintable(QStringLiteral("%1 %2").arg(QString::fromStdString(table.name), QString::number(table.rows))));
        QVERIFY2(titles.value(0).startsWith(QStringLiteral("cat_3 has no row %1: it has %1 row").arg(table.rows)),
                 qPrintable(titles.join(QLatin1Char('|'))));
        enter();
        QCOMPARE(m_session->selection().table, 3);
        QCOMPARE(m_window->currentPageId(), QStringLiteral("tables"));
    }
};

DLRM_TEST(TestPalette);

}  // namespace tst_palette

#include "tst_palette.moc"
