// SPDX-License-Identifier: Apache-2.0
// Where Back and Forward lead, of what was chosen on one page.
#include <QAction>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "tests/support/test_program.h"
#include "tests/ui/shell/window_test.h"
#include "ui/models/table_list_model.h"
#include "ui/pages/page.h"
#include "ui/widgets/theme.h"

namespace tst_places {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kReadingMs = 200;  // longer than what counts as one jump

}  // namespace

class TestPlaces : public test::WindowTest {
    Q_OBJECT

    QTableView* listOfTables() const {
        for (QTableView* view : m_window->currentPage()->findChildren<QTableView*>())
            if (qobject_cast<TableListModel*>(view->model())) return view;
        return nullptr;
    }

    bool go(const char* action) {
        auto* way = m_window->findChild<QAction*>(QLatin1String(action));
        if (!way || !way->isEnabled()) return false;
        way->trigger();
        return settles();
    }

private Q_SLOTS:
    void initTestCase() {
        useHome();
        Theme::instance().apply(ThemeMode::Dark);
    }
    void init() { showWindow(); }
    void cleanup() { closeWindow(); }

    // Rows of one table are one place, to whose last row one returns.
    void everyTableThatWasChosenIsAPlace() {
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_window->openDemo();
        QVERIFY(opened.wait(kWaitMs) && settles());
        QVERIFY(m_window->showPage(QStringLiteral("tables")) && settles());
        QTableView* list = listOfTables();
        QVERIFY(list);
        const auto* model = qobject_cast<const TableListModel*>(list->model());
        QTRY_COMPARE(model->rowCount(), 26);
        const auto choose = [&](int table) {
            QTest::qWait(kReadingMs);
            const QModelIndex at = model->index(model->rowOf(table), TableListModel::Name);
            QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(at).center());
            return m_session->selection().table == table && settles();
        };
        const auto isAt = [&](int table) {
            return m_window->currentPageId() == QStringLiteral("tables") && m_session->selection().table == table &&
                   model->tableAt(list->currentIndex().row()) == table;
        };
        QVERIFY(choose(2) && choose(4));
        for (const std::int64_t row : {1, 2, 3}) {
            QTest::qWait(kReadingMs);
            m_session->setSelection({.kind = Selection::Kind::TableRow, .table = 4, .row = row});
        }
        QVERIFY(choose(7));
        QTest::qWait(kReadingMs);
        QVERIFY(go("goBack"));
        QVERIFY2(isAt(4), qPrintable(QString::number(m_session->selection().table)));
        QCOMPARE(m_session->selection().row, std::int64_t{3});
        QVERIFY(go("goBack"));
        QVERIFY2(isAt(2), qPrintable(QString::number(m_session->selection().table)));
        QVERIFY(go("goForward") && isAt(4));
        QVERIFY(go("goForward") && isAt(7));
        QVERIFY(!m_window->findChild<QAction*>(QStringLiteral("goForward"))->isEnabled());
    }
};

DLRM_TEST(TestPlaces);

}  // namespace tst_places

#include "tst_places.moc"
