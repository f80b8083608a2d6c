// SPDX-License-Identifier: Apache-2.0
// Tables whose files go while the checkpoint is open, and come back.
#include <QFile>
#include <QPushButton>
#include <QTemporaryDir>

#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"
#include "tests/ui/pages/tables/tables_fixture.h"

namespace tst_tables_gone {

using namespace dlrm;
using namespace dlrm::ui;

class TestTablesGone : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }

    // The inspector shows nothing of a row that cannot be read, instead of waiting for it.
    void aRowThatCannotBeReadIsNotWaitedForInTheInspector() {
        QTemporaryDir directory;
        const QString model = directory.filePath(QStringLiteral("model")),
                      table = model + QStringLiteral("/feature_9_part0.npy"),
                      kept = directory.filePath(QStringLiteral("kept.npy"));
        test::copyTree(test::demoPath("checkpoint"), model);
        test::ShownTables s;
        QVERIFY(s.open(model));
        QVERIFY(QFile::rename(table, kept));
        const auto says = [&s](const char* words) {
            return test::textOf(*s.inspector).contains(QString::fromUtf8(words));
        };
        const auto saysNothingOfARow = [&] {
            return !s.session.isAnyRunning() && s.page.errorText().contains(QStringLiteral("E-FILE-005")) &&
                   says("cat_9") && !says("Loading…") && !says("Smallest");
        };
        for (const qint64 row : {5, 300, 2000}) {  // of blocks of their own
            s.choose(9, row);
            QTRY_VERIFY_WITH_TIMEOUT(saysNothingOfARow(), test::ShownTables::kWaitMs);
            QTest::qWait(100);
            QVERIFY2(saysNothingOfARow(), qPrintable(test::textOf(*s.inspector)));
        }
        // Rows of other tables are shown.
        s.choose(4, 2);
        QTRY_VERIFY_WITH_TIMEOUT(says("cat_4") && says("Smallest"), test::ShownTables::kWaitMs);
        QTRY_VERIFY(s.page.errorText().isEmpty());

        s.choose(9, 5);
        QTRY_VERIFY_WITH_TIMEOUT(saysNothingOfARow(), test::ShownTables::kWaitMs);
        QVERIFY(QFile::rename(kept, table));
        QPushButton* reopen = s.button(QStringLiteral("Reopen"));
        QVERIFY(reopen);
        QTest::mouseClick(reopen, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(says("cat_9") && says("Smallest"), test::ShownTables::kWaitMs);
        QVERIFY(!says("Loading…"));
        QTRY_VERIFY(s.page.errorText().isEmpty());
        QCOMPARE(s.session.selection().row, std::int64_t{5});
    }
};

DLRM_TEST(TestTablesGone);

}  // namespace tst_tables_gone

#include "tst_tables_gone.moc"
