// SPDX-License-Identifier: Apache-2.0
// The Overview's card that checks files, values and bytes, and asks before it records their hashes.
#include <unistd.h>

#include <QApplication>
#include <QFileDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QTreeWidget>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <tuple>

#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"
#include "tests/ui/pages/overview/overview_fixture.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/table_analysis.h"
#include "ui/widgets/recent_files.h"

namespace tst_overview_integrity {

using namespace dlrm;
using namespace dlrm::ui;
using namespace dlrm::ui::test_overview;
namespace fs = std::filesystem;

class TestOverviewIntegrity : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::failOnAnyWarning();
        test::useOwnCache();
    }
    void filesValuesAndBytesAreChecked();
    void verdictsEndWithTheFilesTheyAreAbout();
    void aCheckThatFailsLeavesNoVerdict();
    void damageWithoutARecordIsCalledDamage();
    void mostlyUntrainedTablesAreNoTick();
    void nothingIsWrittenIntoTheModelUnasked();
    void aModelThatCannotBeWrittenToIsRecordedElsewhere();
    void theUserChoosesTheFileOfTheHashes();
    void theFileThatWasChosenIsKnownThoughACheckFailed();
    void theFileThatWasChosenIsKnownAfterARestart();
    void aRecordOfAnotherModelIsCalledThatAndNotKept();
    void theQuestionIsInViewInASmallWindow();
    void aPlaceThatTakesNoFileIsAskedForAgain();
    void aPlaceThatIsTakenIsAskedForAgain();
    void statisticsThatAreKnownAreToldHereToo();
};

void TestOverviewIntegrity::theQuestionIsInViewInASmallWindow() {
    Opened o;
    o.page.resize(700, 420);
    QVERIFY(test::openModel(o.session));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    const auto* view = o.integrity().parentWidget()->parentWidget();  // what of the cards is in view
    const auto inView = [&](const QWidget* widget) {
        return view->rect().contains(QRect(widget->mapTo(view, QPoint()), widget->size()));
    };
    auto* area = qobject_cast<QScrollArea*>(view->parentWidget());
    QVERIFY(area);
    QTRY_VERIFY(area->verticalScrollBar()->maximum() > 0);
    area->verticalScrollBar()->setValue(0);
    QVERIFY(!inView(&o.integrity()));
    o.button("verifyFiles")->click();
    QTRY_VERIFY_WITH_TIMEOUT(o.button("recordBeside")->isVisibleTo(&o.page), kWaitMs);
    for (const char* answer : {"recordBeside", "recordInCache", "recordElsewhere", "recordNot"})
        QTRY_VERIFY2(inView(o.button(answer)), answer);
    const auto labels = o.integrity().findChildren<QLabel*>();
    const auto question = std::find_if(labels.begin(), labels.end(), [](const QLabel* l) {
        return l->text().contains(QStringLiteral("Where shall they be kept?"));
    });
    QVERIFY(question != labels.end() && inView(*question));
}

// The cache of a user may be a place where no file can be created: then the next choice is offered.
void TestOverviewIntegrity::aPlaceThatTakesNoFileIsAskedForAgain() {
    qputenv("XDG_CACHE_HOME", "/proc/none");
    Opened o;
    test::JobSpy failed(&o.session, &Session::jobFailed);
    QVERIFY(test::openModel(o.session));
    o.button("verifyFiles")->click();
    QTRY_VERIFY_WITH_TIMEOUT(o.button("recordInCache")->isVisibleTo(&o.page), kWaitMs);
    o.button("recordInCache")->click();
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), qsizetype{1}, kWaitMs);
    const auto error = failed.last().at(1).value<Error>();
    QCOMPARE(error.code, std::string("E-FILE-010"));
    QVERIFY2(error.remedy.starts_with("Choose a folder on a disk"), error.remedy.c_str());
    QTRY_VERIFY(o.button("recordElsewhere")->isVisibleTo(&o.page));
    QVERIFY(!o.button("recordInCache")->isEnabled());
}

// The error advises another file: it can be chosen.
void TestOverviewIntegrity::aPlaceThatIsTakenIsAskedForAgain() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c")), record = path + QStringLiteral("/verify.xxh3.json");
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    QFile mine(record);
    QVERIFY(mine.open(QIODevice::WriteOnly) && mine.write("{\"mine\": 1}") > 0);
    mine.close();
    Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened);
    QSignalSpy failed(&o.session, &Session::jobFailed), done(&o.session.checks(), &CheckDesk::verified);
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    QSignalSpy checked(&o.session.checks(), &CheckDesk::valuesChecked);
    o.session.checks().checkValues();
    QTRY_COMPARE_WITH_TIMEOUT(checked.size(), qsizetype{1}, kWaitMs);
    o.button("verifyFiles")->click();
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), qsizetype{1}, kWaitMs);
    QCOMPARE(failed.last().at(1).value<Error>().code, std::string("E-VERIFY-002"));
    QVERIFY(o.session.checks().results().values);  // of bytes that are what they were
    QTRY_VERIFY(o.button("recordElsewhere")->isVisibleTo(&o.page));
    QVERIFY(!o.button("recordBeside")->isEnabled() && o.button("recordInCache")->isEnabled());
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("a file of something else has this name")));
    o.button("recordInCache")->click();
    QTRY_COMPARE_WITH_TIMEOUT(done.size(), qsizetype{1}, kWaitMs);
    QVERIFY(done.last().at(0).value<VerificationPtr>()->outcome == Verification::Outcome::Recorded);
    QVERIFY(mine.open(QIODevice::ReadOnly) && mine.readAll() == "{\"mine\": 1}");
}

// Of the Tables page, table by table, and of the cache: with the NaN that the figure marks.
void TestOverviewIntegrity::statisticsThatAreKnownAreToldHereToo() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c"));
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    QFile table(path + QStringLiteral("/feature_3_part0.npy"));
    QVERIFY(table.open(QIODevice::ReadWrite) && table.seek(table.size() - 4) &&
            table.write(QByteArray("\x00\x00\xc0\x7f", 4)) == 4);
    table.close();
    const QString layersOnly = QStringLiteral("Values were not scanned in the layers.");
    Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened);
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    QTRY_VERIFY(
        textOf(o.integrity()).contains(QStringLiteral("Values were not scanned for NaN, infinity or untrained rows.")));
    const int tables = static_cast<int>(o.session.model()->spec.tables.size());
    QCOMPARE(tables, 26);
    o.session.tables().computeStatistics({3});
    QTRY_VERIFY_WITH_TIMEOUT(textOf(o.integrity()).contains(QStringLiteral("1 value is NaN or infinity: cat_3 (1).")),
                             kWaitMs);
    QVERIFY(textOf(o.integrity())
                .contains(QStringLiteral("Values were not scanned in 25 of 26 tables and in the layers.")));
    std::vector<int> all(26);
    std::iota(all.begin(), all.end(), 0);
    o.session.tables().computeStatistics(all);
    QTRY_VERIFY_WITH_TIMEOUT(textOf(o.integrity()).contains(layersOnly), kWaitMs);
    QVERIFY(textOf(o.integrity()).contains(QStringLiteral("1 value is NaN or infinity: cat_3 (1).")));
    QVERIFY(textOf(o.integrity()).contains(QStringLiteral("table rows were never trained")));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    // The next start, which makes the page once the model is open.
    Session next;
    test::JobSpy again(&next, &Session::modelOpened);
    next.openModel(path);
    QVERIFY(again.wait(kWaitMs));
    OverviewPage page(next);
    page.resize(1200, 900);
    page.show();
    QTRY_VERIFY_WITH_TIMEOUT(textOf(*page.findChild<IntegrityCard*>()).contains(layersOnly), kWaitMs);
    QTRY_VERIFY_WITH_TIMEOUT(!next.isAnyRunning(), kWaitMs);
}

void TestOverviewIntegrity::filesValuesAndBytesAreChecked() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c"));
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    QFile extra(path + QStringLiteral("/notes.txt"));
    QVERIFY(extra.open(QIODevice::WriteOnly));
    extra.write("x");
    extra.close();
    Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened), files(&o.session.checks(), &CheckDesk::filesReady),
        values(&o.session.checks(), &CheckDesk::valuesChecked), verified(&o.session.checks(), &CheckDesk::verified);
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("notes.txt")));
    QTest::mouseClick(o.button("listFiles"), Qt::LeftButton);
    QVERIFY(files.wait(kWaitMs));
    const auto* list = o.page.findChild<QTreeWidget*>(QStringLiteral("fileList"));
    QCOMPARE(list->topLevelItemCount(), static_cast<int>(o.session.model()->files.size()) + 1);
    QCOMPARE(list->topLevelItem(0)->text(2), QStringLiteral("fits"));
    QCOMPARE(list->topLevelItem(list->topLevelItemCount() - 1)->text(0), QStringLiteral("notes.txt"));
    // The result does not push the buttons away from under the pointer.
    QTRY_VERIFY(o.idle());
    QCoreApplication::processEvents();  // the layout has come to rest
    const auto top = [&o](const QWidget* widget) { return widget->mapTo(&o.integrity(), QPoint()).y(); };
    const int before = top(o.button("checkValues"));
    QTest::mouseClick(o.button("checkValues"), Qt::LeftButton);
    QVERIFY(values.wait(kWaitMs));
    QTRY_VERIFY(o.idle());
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("values are finite")));
    QTRY_COMPARE(top(o.button("checkValues")), before);
    for (const QLabel* label : o.integrity().findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(QStringLiteral("values are finite")))
            QVERIFY(top(label) > before);
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("table rows were never trained")));
    for (const char* words : {"were recorded", "is as recorded"}) {
        QTest::mouseClick(o.button("verifyFiles"), Qt::LeftButton);
        if (verified.isEmpty()) {  // the first time it asks
            QTRY_VERIFY_WITH_TIMEOUT(o.button("recordBeside")->isVisibleTo(&o.page), kWaitMs);
            QTest::mouseClick(o.button("recordBeside"), Qt::LeftButton);
        }
        QVERIFY(verified.wait(kWaitMs));
        QTRY_VERIFY(o.idle());
        QTRY_VERIFY(textOf(o.integrity()).contains(QLatin1String(words)));
    }
    // A file that goes is named, and its values are not vouched for.
    QVERIFY(QFile::remove(path + QStringLiteral("/feature_3_part0.npy")));
    QTest::mouseClick(o.button("listFiles"), Qt::LeftButton);
    QVERIFY(files.wait(kWaitMs));
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("Gone since they were opened: feature_3_part0.npy")));
    QVERIFY(!textOf(o.integrity()).contains(QStringLiteral("values are finite")));
    QVERIFY(!textOf(o.integrity()).contains(QStringLiteral("is as recorded")));
    QVERIFY(textOf(o.integrity()).contains(QStringLiteral("Values were not scanned")));
    const auto* listed = o.integrity().findChild<QTreeWidget*>(QStringLiteral("fileList"));
    const QList<QTreeWidgetItem*> gone = listed->findItems(QStringLiteral("gone"), Qt::MatchExactly, 2);
    QCOMPARE(gone.size(), 1);
    QCOMPARE(gone[0]->text(0), QStringLiteral("feature_3_part0.npy"));
    // Names are whole in narrow cards too, and nothing else gives way to them.
    o.page.resize(900, 900);
    const QString longest = QStringLiteral("bottom_mlp_layer_0_kernel_part0.npy");
    QTRY_VERIFY(listed->viewport()->width() < 300);
    QTRY_VERIFY(listed->header()->sectionSize(0) > listed->fontMetrics().horizontalAdvance(longest));
    for (const int column : {1, 2})
        QVERIFY(listed->columnViewportPosition(column) + listed->columnWidth(column) <= listed->viewport()->width());
}

// Another checkpoint of the same shapes in the same place: nothing that was said of the one before is said of it.
void TestOverviewIntegrity::verdictsEndWithTheFilesTheyAreAbout() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c"));
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened), values(&o.session.checks(), &CheckDesk::valuesChecked),
        verified(&o.session.checks(), &CheckDesk::verified);
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    o.session.checks().checkValues();
    QVERIFY(values.wait(kWaitMs));
    o.session.checks().verifyFiles();
    QVERIFY(verified.wait(kWaitMs));
    QTRY_VERIFY(o.idle());
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("values are finite")) &&
                textOf(o.integrity()).contains(QStringLiteral("were recorded")));
    QFile table(path + QStringLiteral("/feature_3_part0.npy"));
    QVERIFY(table.open(QIODevice::ReadWrite));
    QVERIFY(table.seek(table.size() - 4));
    table.write(QByteArray("\x00\x00\xc0\x7f", 4));  // NaN
    table.close();
    o.session.openModel(path);
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    QCOMPARE(opened.size(), 1);
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("Values were not scanned")));
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("Bytes were not compared")));
    o.session.checks().checkValues();
    QVERIFY(values.wait(kWaitMs));
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("1 value is NaN or infinity")));
}

void TestOverviewIntegrity::aCheckThatFailsLeavesNoVerdict() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c")), table = path + QStringLiteral("/feature_3_part0.npy");
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened), files(&o.session.checks(), &CheckDesk::filesReady),
        values(&o.session.checks(), &CheckDesk::valuesChecked), verified(&o.session.checks(), &CheckDesk::verified),
        failed(&o.session, &Session::jobFailed);
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    o.session.checks().requestFiles();
    QVERIFY(files.wait(kWaitMs));
    o.session.checks().checkValues();
    QVERIFY(values.wait(kWaitMs));
    for (int i = 0; i < 2; ++i) {
        o.session.checks().verifyFiles();
        QVERIFY(verified.wait(kWaitMs));
    }
    QTRY_VERIFY(o.idle());
    for (const char* words : {"files are as they were", "values are finite", "Every byte is as recorded"})
        QTRY_VERIFY2(textOf(o.integrity()).contains(QLatin1String(words)), words);
    QFile damaged(table);
    QVERIFY(damaged.open(QIODevice::ReadWrite) && damaged.seek(damaged.size() - 4) &&
            damaged.write("\x01\x02", 2) == 2);
    damaged.close();
    QTest::mouseClick(o.button("verifyFiles"), Qt::LeftButton);
    QVERIFY(failed.wait(kWaitMs));
    QCOMPARE(QString::fromStdString(failed.last().at(1).value<Error>().code), QStringLiteral("E-FILE-005"));
    QTRY_VERIFY(o.idle());
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("Bytes were not compared")));
    for (const char* words : {"files are as they were", "values are finite", "Every byte is as recorded"})
        QVERIFY2(!textOf(o.integrity()).contains(QLatin1String(words)), words);
}

// HDF5 holds checksums of its own: without recorded hashes there is no day to compare with.
void TestOverviewIntegrity::damageWithoutARecordIsCalledDamage() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("model.h5"));
    Opened o;
    QVERIFY(test::openModel(o.session));
    test::JobSpy opened(&o.session, &Session::modelOpened), noticed(&o.session, &Session::noticed),
        verified(&o.session.checks(), &CheckDesk::verified);
    o.session.exportCheckpoint(path);
    QVERIFY(noticed.wait(kWaitMs));
    QFile table(test::demoPath("checkpoint/feature_3_part0.npy")), file(path);
    QVERIFY(table.open(QIODevice::ReadOnly) && file.open(QIODevice::ReadWrite));
    const qsizetype at = file.readAll().indexOf(table.readAll().mid(128, 64));
    QVERIFY(at > 0);
    QVERIFY(file.seek(at));
    file.write("\x01", 1);
    file.close();
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    o.session.checks().verifyFiles();
    QVERIFY(verified.wait(kWaitMs));
    QVERIFY(verified.last().at(0).value<VerificationPtr>()->recordedAt.empty());
    QTRY_VERIFY(
        textOf(o.integrity()).contains(QStringLiteral("Damaged: values differ from their checksums in the file: ")));
    QVERIFY(!textOf(o.integrity()).contains(QStringLiteral("recorded on")));
}

// Three quarters of its rows are as initialized: said with a warning, not with the tick that the demo's few get.
void TestOverviewIntegrity::mostlyUntrainedTablesAreNoTick() {
    Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened), values(&o.session.checks(), &CheckDesk::valuesChecked);
    const auto markOf = [&](const QString& sentence) {
        for (const QLabel* label : o.integrity().findChildren<QLabel*>())
            if (label->text().contains(sentence)) return label->parentWidget()->findChild<QLabel*>()->text();
        return QString();
    };
    for (const auto& [path, sentence, mark] :
         {std::tuple(QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint"),
                     QStringLiteral("1,025 of 1,360 table rows were never trained"), QStringLiteral("!")),
          std::tuple(test::demoPath("checkpoint"), QStringLiteral("1,648 of 20,253 table rows were never trained"),
                     QStringLiteral("✓"))}) {
        o.session.openModel(path);
        QVERIFY(opened.wait(kWaitMs));
        o.session.checks().checkValues();
        QVERIFY(values.wait(kWaitMs));
        QTRY_COMPARE(markOf(sentence), mark);
    }
}

void TestOverviewIntegrity::nothingIsWrittenIntoTheModelUnasked() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c")), record = path + QStringLiteral("/verify.xxh3.json");
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened), places(&o.session.checks(), &CheckDesk::recordPlacesReady),
        verified(&o.session.checks(), &CheckDesk::verified);
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    QVERIFY(!o.button("recordBeside")->isVisibleTo(&o.page));
    o.button("verifyFiles")->setFocus();
    QTest::keyClick(o.button("verifyFiles"), Qt::Key_Space);
    QVERIFY(places.wait(kWaitMs));
    QTRY_VERIFY(o.button("recordBeside")->isVisibleTo(&o.page));
    QTRY_COMPARE(o.page.focusWidget(), o.button("recordBeside"));
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("Where shall they be kept?")));
    const auto shows = [&](const QString& file) {
        const auto labels = o.integrity().findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel* l) { return l->isVisibleTo(&o.page) && l->toolTip().contains(file); });
    };
    QVERIFY(shows(record) && shows(QStringLiteral("/dlrm-explorer/verify/")));
    QVERIFY(!QFile::exists(record));
    // Not now: nothing was done.
    QTest::mouseClick(o.button("recordNot"), Qt::LeftButton);
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("Bytes were not compared")));
    QVERIFY(o.button("verifyFiles")->isVisibleTo(&o.page) && !o.button("recordBeside")->isVisibleTo(&o.page) &&
            !QFile::exists(record));
    QCOMPARE(o.page.focusWidget(), o.button("verifyFiles"));
    // In the cache: the model's folder stays as it is, and the next time it is compared without a question.
    QTest::mouseClick(o.button("verifyFiles"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(o.button("recordInCache")->isVisibleTo(&o.page), kWaitMs);
    QTest::mouseClick(o.button("recordInCache"), Qt::LeftButton);
    QVERIFY(verified.wait(kWaitMs));
    const QString kept = QString::fromStdString(verified.last().at(0).value<VerificationPtr>()->sidecar);
    QVERIFY(kept.startsWith(qEnvironmentVariable("XDG_CACHE_HOME")) && QFile::exists(kept) && !QFile::exists(record));
    QTRY_VERIFY(o.idle());
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("were recorded")) && shows(kept));
    QTest::mouseClick(o.button("verifyFiles"), Qt::LeftButton);
    QVERIFY(verified.wait(kWaitMs));
    QTRY_VERIFY(textOf(o.integrity()).contains(QStringLiteral("Every byte is as recorded")));
    QVERIFY(!QFile::exists(record));
    // By keyboard: the focus comes back to the button.
    QTRY_VERIFY(o.idle());
    o.button("verifyFiles")->setFocus();
    QTest::keyClick(o.button("verifyFiles"), Qt::Key_Space);
    QVERIFY(verified.wait(kWaitMs));
    QTRY_VERIFY(o.idle());
    QTRY_COMPARE(o.page.focusWidget(), o.button("verifyFiles"));
}

void TestOverviewIntegrity::aModelThatCannotBeWrittenToIsRecordedElsewhere() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c"));
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    fs::permissions(temporary.path().toStdString(), fs::perms(0755));
    fs::permissions(path.toStdString(), fs::perms(0555));
    fs::permissions(qEnvironmentVariable("XDG_CACHE_HOME").toStdString(), fs::perms(0777));
    // Root may write anywhere: somebody else tries.
    const bool root = ::geteuid() == 0;
    if (root) QVERIFY(::seteuid(65534) == 0);
    {
        Opened o;
        test::JobSpy opened(&o.session, &Session::modelOpened), verified(&o.session.checks(), &CheckDesk::verified);
        o.session.openModel(path);
        const bool there = opened.wait(kWaitMs);
        QTest::mouseClick(o.button("verifyFiles"), Qt::LeftButton);
        const bool asks =
            there && QTest::qWaitFor([&] { return o.button("recordBeside")->isVisibleTo(&o.page); }, kWaitMs);
        const bool beside = o.button("recordBeside")->isEnabled();
        const auto says = [&] {
            return textOf(o.integrity()).contains(QStringLiteral("the folder cannot be written to"));
        };
        const bool said = asks && QTest::qWaitFor(says);
        QTest::mouseClick(o.button("recordInCache"), Qt::LeftButton);
        const bool done = asks && verified.wait(kWaitMs);
        if (root) QVERIFY(::seteuid(0) == 0);
        QVERIFY(asks && !beside && said && done);
        QVERIFY(verified.last().at(0).value<VerificationPtr>()->outcome == Verification::Outcome::Recorded);
        QTRY_VERIFY(o.idle());
    }
    fs::permissions(path.toStdString(), fs::perms(0755));
}

void TestOverviewIntegrity::theUserChoosesTheFileOfTheHashes() {
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    QTemporaryDir temporary;
    const QString record = temporary.filePath(QStringLiteral("hashes.json"));
    Opened o;
    QVERIFY(test::openModel(o.session));
    test::JobSpy verified(&o.session.checks(), &CheckDesk::verified);
    QTest::mouseClick(o.button("verifyFiles"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(o.button("recordElsewhere")->isVisibleTo(&o.page), kWaitMs);
    test::answerFileDialog(record);
    QTest::mouseClick(o.button("recordElsewhere"), Qt::LeftButton);  // returns once the dialog is closed
    QVERIFY(!verified.isEmpty() || verified.wait(kWaitMs));
    QCOMPARE(QString::fromStdString(verified.last().at(0).value<VerificationPtr>()->sidecar), record);
    QVERIFY(QFile::exists(record));
    QTRY_VERIFY(o.idle());
    QTest::mouseClick(o.button("verifyFiles"), Qt::LeftButton);
    QVERIFY(verified.wait(kWaitMs));
    QVERIFY(verified.last().at(0).value<VerificationPtr>()->outcome == Verification::Outcome::Unchanged);
}

// Once it is gone that is said, and nothing is recorded unasked.
void TestOverviewIntegrity::theFileThatWasChosenIsKnownAfterARestart() {
    QTemporaryDir temporary;
    qputenv("XDG_STATE_HOME", temporary.path().toUtf8());
    const QString record = temporary.filePath(QStringLiteral("hashes.json"));
    RecentFiles::instance().addModel(test::demoPath("checkpoint"));
    const auto verify = [](Opened& o) {
        o.button("verifyFiles")->click();
        return QTest::qWaitFor([&] { return o.idle(); }, kWaitMs);
    };
    const auto says = [](Opened& o, const char* end) {
        const QString start = QStringLiteral("The file that hashes of this model were recorded in ");
        return textOf(o.integrity()).contains(start + QLatin1String(end));
    };
    {
        Opened o;
        QVERIFY(test::openModel(o.session));
        QSignalSpy verified(&o.session.checks(), &CheckDesk::verified);
        QVERIFY(verify(o));
        QTRY_VERIFY_WITH_TIMEOUT(o.button("recordElsewhere")->isVisibleTo(&o.page), kWaitMs);
        test::answerFileDialog(record);
        o.button("recordElsewhere")->click();  // returns once the dialog is closed
        QVERIFY(!verified.isEmpty() || verified.wait(kWaitMs));
    }
    {
        Opened o;
        QVERIFY(test::openModel(o.session));
        QSignalSpy verified(&o.session.checks(), &CheckDesk::verified);
        QVERIFY(verify(o));
        QTRY_COMPARE_WITH_TIMEOUT(verified.size(), qsizetype{1}, kWaitMs);
        const auto done = verified.last().at(0).value<VerificationPtr>();
        QVERIFY(done->outcome == Verification::Outcome::Unchanged);
        QCOMPARE(QString::fromStdString(done->sidecar), record);
    }
    test::writeAll(record, "something else");
    {
        Opened o;
        QVERIFY(test::openModel(o.session) && verify(o));
        QTRY_VERIFY_WITH_TIMEOUT(says(o, "holds none any more.") && o.button("recordInCache")->isEnabled(), kWaitMs);
    }
    QVERIFY(QFile::remove(record));
    Opened o;
    QVERIFY(test::openModel(o.session));
    QSignalSpy verified(&o.session.checks(), &CheckDesk::verified);
    QVERIFY(verify(o));
    QTRY_VERIFY_WITH_TIMEOUT(says(o, "is gone.") && o.button("recordInCache")->isVisibleTo(&o.page), kWaitMs);
    QVERIFY(verified.isEmpty() && !QFile::exists(record));
    // Kept elsewhere from now on.
    o.button("recordInCache")->click();
    QVERIFY(verified.wait(kWaitMs));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    o.button("verifyFiles")->click();
    QTRY_COMPARE_WITH_TIMEOUT(verified.size(), qsizetype{2}, kWaitMs);
    QVERIFY(verified.last().at(0).value<VerificationPtr>()->outcome == Verification::Outcome::Unchanged);
    QVERIFY(!says(o, "is gone.") && !QFile::exists(record));
}

void TestOverviewIntegrity::aRecordOfAnotherModelIsCalledThatAndNotKept() {
    QTemporaryDir temporary;
    qputenv("XDG_STATE_HOME", temporary.path().toUtf8());
    const QString record = temporary.filePath(QStringLiteral("hashes.json"));
    QFile other(record);
    QVERIFY(other.open(QIODevice::WriteOnly));
    other.write(R"({"format": "dlrm-explorer-verify", "version": 1, "algorithm": "XXH3-64", "block_bytes": 67108864,
        "created": "2026-11-24T19:00:00Z", "layout": "x",
        "files": [{"name": "model.h5", "tensors": "", "bytes": 4, "blocks": ["0123456789abcdef"]}]})");
    other.close();
    RecentFiles::instance().addModel(test::demoPath("checkpoint"));
    Opened o;
    QVERIFY(test::openModel(o.session));
    QSignalSpy verified(&o.session.checks(), &CheckDesk::verified);
    o.button("verifyFiles")->click();
    QTRY_VERIFY_WITH_TIMEOUT(o.button("recordElsewhere")->isVisibleTo(&o.page), kWaitMs);
    test::answerFileDialog(record);
    o.button("recordElsewhere")->click();  // returns once the dialog is closed
    QVERIFY(!verified.isEmpty() || verified.wait(kWaitMs));
    const QString sentence =
        QStringLiteral("This record seems to be of another checkpoint: its only file is not here.");
    QTRY_VERIFY(textOf(o.integrity()).contains(sentence));
    const QString text = textOf(o.integrity());
    QVERIFY(text.indexOf(sentence) < text.indexOf(QStringLiteral("Different from what was recorded")));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    o.button("verifyFiles")->click();
    QTRY_VERIFY_WITH_TIMEOUT(o.button("recordElsewhere")->isVisibleTo(&o.page), kWaitMs);
}

// Asked anew, the damaged bytes would be recorded as the truth.
void TestOverviewIntegrity::theFileThatWasChosenIsKnownThoughACheckFailed() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c")), record = temporary.filePath(QStringLiteral("h.json"));
    fs::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(), fs::copy_options::recursive);
    Opened o;
    QSignalSpy opened(&o.session, &Session::modelOpened), replaced(&o.session, &Session::engineReplaced),
        verified(&o.session.checks(), &CheckDesk::verified), failed(&o.session, &Session::jobFailed);
    o.session.openModel(path);
    QVERIFY(opened.wait(kWaitMs));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    o.button("verifyFiles")->click();
    QTRY_VERIFY_WITH_TIMEOUT(o.button("recordElsewhere")->isVisibleTo(&o.page), kWaitMs);
    test::answerFileDialog(record);
    o.button("recordElsewhere")->click();  // returns once the dialog is closed
    QVERIFY(!verified.isEmpty() || verified.wait(kWaitMs));
    QFile table(path + QStringLiteral("/feature_7_part0.npy"));
    QVERIFY(table.open(QIODevice::ReadWrite) && table.seek(table.size() - 4) && table.write("same", 4) == 4);
    table.close();
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    o.button("verifyFiles")->click();
    QTRY_COMPARE_WITH_TIMEOUT(failed.size(), qsizetype{1}, kWaitMs);  // the file was changed while it was open
    o.session.openModel(path);
    QVERIFY(replaced.wait(kWaitMs));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), kWaitMs);
    o.button("verifyFiles")->click();
    QTRY_COMPARE_WITH_TIMEOUT(verified.size(), qsizetype{2}, kWaitMs);
    QVERIFY(verified.last().at(0).value<VerificationPtr>()->outcome == Verification::Outcome::Different);
    QVERIFY(!o.button("recordElsewhere")->isVisibleTo(&o.page));
}

DLRM_TEST(TestOverviewIntegrity);

}  // namespace tst_overview_integrity

#include "tst_overview_integrity.moc"
