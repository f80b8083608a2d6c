// SPDX-License-Identifier: Apache-2.0
// Records of hashes in the user's cache: one for each model, found again wherever the model is opened from.
#include <QFile>
#include <QTemporaryDir>

#include <filesystem>

#include "tests/support/test_program.h"
#include "tests/ui/pages/overview/overview_fixture.h"
#include "ui/session/desks/check_desk.h"

namespace tst_overview_records {

using namespace dlrm;
using namespace dlrm::ui;
using namespace dlrm::ui::test_overview;
namespace fs = std::filesystem;

class TestOverviewRecords : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::failOnAnyWarning();
        test::useOwnCache();
    }
    void aRecordInTheCacheIsOfOneModelByAnyPath();
};

void TestOverviewRecords::aRecordInTheCacheIsOfOneModelByAnyPath() {
    QTemporaryDir temporary;
    qputenv("XDG_STATE_HOME", temporary.path().toUtf8());
    const QString one = temporary.filePath(QStringLiteral("one/checkpoint")),
                  other = temporary.filePath(QStringLiteral("other/checkpoint")),
                  link = temporary.filePath(QStringLiteral("link"));
    for (const QString& path : {one, other}) {
        fs::create_directories(fs::path(path.toStdString()).parent_path());
        fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    }
    fs::create_directory_symlink(one.toStdString(), link.toStdString());
    Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened), verified(&o.session.checks(), &CheckDesk::verified);
    const auto open = [&](const QString& path) {
        o.session.openModel(path);
        return opened.wait(kWaitMs) && QTest::qWaitFor([&] { return o.idle(); }, kWaitMs);
    };
    const auto newest = [&] { return verified.last().at(0).value<VerificationPtr>(); };
    using Outcome = Verification::Outcome;
    const auto recordInCache = [&] {
        o.button("verifyFiles")->click();
        if (!QTest::qWaitFor([&] { return o.button("recordInCache")->isVisibleTo(&o.page); }, kWaitMs)) return false;
        o.button("recordInCache")->click();
        return verified.wait(kWaitMs) && newest()->outcome == Outcome::Recorded &&
               QTest::qWaitFor([&] { return o.idle(); }, kWaitMs);
    };
    QVERIFY(open(one));
    QVERIFY(recordInCache());
    const std::string kept = newest()->sidecar;
    QVERIFY(QString::fromStdString(kept).startsWith(qEnvironmentVariable("XDG_CACHE_HOME")));

    // The same model by another path is compared without a question.
    for (const QString& path : {link, temporary.filePath(QStringLiteral("other/../one/checkpoint"))}) {
        QVERIFY2(open(path), qPrintable(path));
        const auto asks = [&] { return o.button("recordInCache")->isVisibleTo(&o.page); };
        const qsizetype before = verified.size();
        o.button("verifyFiles")->click();
        QTRY_VERIFY_WITH_TIMEOUT(asks() || verified.size() > before, kWaitMs);
        QVERIFY2(!asks() && verified.size() == before + 1, qPrintable(path));
        QVERIFY(newest()->outcome == Outcome::Unchanged);
        QCOMPARE(newest()->sidecar, kept);
    }

    // Another model whose folder has the same name, and the same bytes, has none: it is asked about, and gets its own.
    QVERIFY(open(other));
    QVERIFY(recordInCache());
    QCOMPARE(verified.size(), qsizetype{4});
    QVERIFY(newest()->sidecar != kept && QFile::exists(QString::fromStdString(kept)));
    QVERIFY(open(one));
    o.button("verifyFiles")->click();
    QVERIFY(verified.wait(kWaitMs));
    QVERIFY(newest()->outcome == Outcome::Unchanged);
    QCOMPARE(newest()->sidecar, kept);
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
}

DLRM_TEST(TestOverviewRecords);

}  // namespace tst_overview_records

#include "tst_overview_records.moc"
