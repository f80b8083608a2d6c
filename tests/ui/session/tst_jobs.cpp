// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF JOBS, row by row: another model is opened while each kind of job runs, and nobody sees a result of the
// first.
#include <QAbstractButton>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMetaEnum>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"
#include "tests/ui/session/job_drivers.h"
#include "ui/pages/page.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/jobs.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/theme.h"

namespace tst_jobs {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWait = 60'000;

QString nameOf(JobKind kind) {
    return QString::fromLatin1(QMetaEnum::fromType<JobKind>().valueToKey(static_cast<int>(kind)));
}

// What stands on the page in words, hidden parts left out.
QStringList words(const QWidget& page) {
    QStringList out;
    for (const QWidget* widget : page.findChildren<QWidget*>()) {
        if (!widget->isVisibleTo(&page)) continue;
        if (const auto* label = qobject_cast<const QLabel*>(widget)) out << label->text();
        else if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) out << button->text();
        else if (const auto* edit = qobject_cast<const QLineEdit*>(widget)) out << edit->text();
    }
    out.removeAll(QString());
    out.sort();
    return out;
}

}  // namespace

class TestJobs : public QObject {
    Q_OBJECT

    QTemporaryDir m_home;
    std::map<QString, QStringList> m_untouched;  // words of a page of the second model, by page

    static bool settle(Session& session) {
        return QTest::qWaitFor([&] { return !session.isAnyRunning(); }, kWait);
    }
    static bool open(Session& session, const char* checkpoint) {
        session.openModel(test::demo(checkpoint));
        test::openDemoDataset(session);
        return settle(session) && session.model() && session.dataset() &&
               session.model()->path == test::demo(checkpoint).toStdString();
    }
    static bool show(MainWindow& window, Session& session, const char* page) {
        window.resize(1600, 1000);
        window.show();
        const bool waitsForAPerson = QLatin1String(page) == QLatin1String("evaluate");  // to start it
        return window.showPage(QLatin1String(page)) &&
               QTest::qWaitFor(
                   [&] { return !session.isAnyRunning() && (waitsForAPerson || window.currentPage()->isSettled()); },
                   kWait);
    }
    const QStringList& untouched(const char* page) {
        QStringList& known = m_untouched[QLatin1String(page)];
        if (!known.isEmpty()) return known;
        Session session;
        MainWindow window(session, false);
        if (open(session, "checkpoint_next") && show(window, session, page)) known = words(*window.currentPage());
        return known;
    }
    // Starts the job once opening has its result and is about to take it: it is running when the model goes.
    static void startAsTheModelGoes(Session& session, const test::JobDriver& driver, QObject* context) {
        connect(
            &session, &Session::settingsChanged, context, [&session, driver] { driver.start(session); },
            Qt::SingleShotConnection);
        session.openModel(test::demo("checkpoint_next"));
    }
    static void addRows(JobEnd end) {
        QTest::addColumn<JobKind>("kind");
        for (const JobEntry& job : jobTable())
            if (job.end == end) QTest::newRow(qPrintable(nameOf(job.kind))) << job.kind;
    }

private Q_SLOTS:
    void initTestCase() {
        for (const char* variable : {"XDG_CONFIG_HOME", "XDG_STATE_HOME"}) qputenv(variable, m_home.path().toUtf8());
        Theme::instance().apply(ThemeMode::Dark);
    }
    // Statistics that another test kept would be found again.
    void init() {
        static int tests = 0;
        qputenv("XDG_CACHE_HOME", m_home.filePath(QStringLiteral("cache%1").arg(++tests)).toUtf8());
        m_untouched.clear();
    }

    void everyKindHasOneLineWithTitleRankAndLane() {
        QCOMPARE(QMetaEnum::fromType<JobKind>().keyCount(), static_cast<int>(jobTable().size()));
        QSet<int> ranks;
        for (const JobEntry& job : jobTable()) {
            const QByteArray name = nameOf(job.kind).toLatin1();
            QVERIFY2(!jobTitle(job.kind).isEmpty(), name.constData());
            QVERIFY2(!ranks.contains(job.rank), name.constData());
            QVERIFY2(job.alive >= 1, name.constData());
            QVERIFY2(&jobEntry(job.kind) == &job, name.constData());
            QCOMPARE(job.running != nullptr, job.loss != JobLoss::Never);
            ranks.insert(job.rank);
        }
        QCOMPARE(jobsByRank().size(), jobTable().size());
        QCOMPARE(jobsByRank().front(), JobKind::Evaluate);
    }

    void everyKindIsDriven() {
        const auto drivers = test::jobDrivers(std::make_shared<test::JobProps>());
        for (const JobEntry& job : jobTable()) {
            const auto driver = drivers.find(job.kind);
            QVERIFY2(driver != drivers.end(), qPrintable(nameOf(job.kind)));
            QVERIFY2(static_cast<bool>(driver->second.isKept) == job.keepsResult, qPrintable(nameOf(job.kind)));
        }
        QCOMPARE(drivers.size(), jobTable().size());
    }

    void nothingOfTheModelBeforeArrives_data() { addRows(JobEnd::Replaced); }
    void nothingOfTheModelBeforeArrives() {
        QFETCH(JobKind, kind);
        QTemporaryDir folder;
        const auto props = std::make_shared<test::JobProps>();
        props->folder = folder.path();
        const test::JobDriver driver = test::jobDrivers(props).at(kind);
        Session session;
        QVERIFY(open(session, "checkpoint"));
        if (driver.prepare) driver.prepare(session);
        QVERIFY(settle(session));
        int got = 0;
        driver.listen(session, &session, [&got] { ++got; });
        driver.start(session);
        QVERIFY(session.isRunning(kind));
        QVERIFY(settle(session));
        QVERIFY(got > 0);
        QVERIFY(!driver.isKept || driver.isKept(session));

        got = 0;
        bool ran = false, goesOn = false, kept = false;
        startAsTheModelGoes(session, driver, &session);
        connect(&session, &Session::settingsChanged, &session, [&] { ran = session.isRunning(kind); });
        connect(&session, &Session::engineReplaced, &session, [&] {
            goesOn = session.isRunning(kind);
            kept = driver.isKept && driver.isKept(session);
        });
        QVERIFY(settle(session));
        QCOMPARE(session.model()->path, test::demo("checkpoint_next").toStdString());
        QVERIFY(ran);
        QVERIFY(!goesOn);
        QVERIFY(!kept);
        QCOMPARE(got, 0);
        QVERIFY(!driver.isKept || !driver.isKept(session));

        driver.start(session);
        QVERIFY(settle(session));
        session.closeModel();
        QVERIFY(!driver.isKept || !driver.isKept(session));
    }

    void noPageShowsAnythingOfTheModelBefore_data() { addRows(JobEnd::Replaced); }
    void noPageShowsAnythingOfTheModelBefore() {
        QFETCH(JobKind, kind);
        QTemporaryDir folder;
        const auto props = std::make_shared<test::JobProps>();
        props->folder = folder.path();
        const test::JobDriver driver = test::jobDrivers(props).at(kind);
        QVERIFY2(driver.page, "whose page?");
        const QStringList expected = untouched(driver.page);
        QVERIFY(!expected.isEmpty());
        Session session;
        MainWindow window(session, false);
        QVERIFY(open(session, "checkpoint"));
        QVERIFY(show(window, session, driver.page));
        if (driver.prepare) driver.prepare(session);
        QVERIFY(settle(session));
        driver.start(session);
        QVERIFY(settle(session));
        startAsTheModelGoes(session, driver, &window);
        QVERIFY(settle(session));
        QCOMPARE(session.model()->path, test::demo("checkpoint_next").toStdString());
        QTRY_COMPARE_WITH_TIMEOUT(words(*window.currentPage()), expected, kWait / 6);
    }

    void whatHoldsWhatItNeedsGoesOn_data() { addRows(JobEnd::Nothing); }
    void whatHoldsWhatItNeedsGoesOn() {
        QFETCH(JobKind, kind);
        QTemporaryDir folder;
        const auto props = std::make_shared<test::JobProps>();
        props->folder = folder.path();
        const test::JobDriver driver = test::jobDrivers(props).at(kind);
        Session session;
        QVERIFY(open(session, "checkpoint"));
        if (driver.prepare) driver.prepare(session);
        QVERIFY(settle(session));
        int got = 0;
        bool goesOn = false;
        driver.listen(session, &session, [&got] { ++got; });
        startAsTheModelGoes(session, driver, &session);
        connect(&session, &Session::engineReplaced, &session, [&] { goesOn = session.isRunning(kind); });
        QVERIFY(settle(session));
        QVERIFY(goesOn);
        QCOMPARE(got, 1);
        QVERIFY(!driver.isKept || driver.isKept(session));
    }

    void whatOpensEndsWhenAllIsClosed_data() { addRows(JobEnd::Closed); }
    void whatOpensEndsWhenAllIsClosed() {
        QFETCH(JobKind, kind);
        const test::JobDriver driver = test::jobDrivers(std::make_shared<test::JobProps>()).at(kind);
        Session session;
        int got = 0;
        driver.listen(session, &session, [&got] { ++got; });
        driver.start(session);
        QVERIFY(settle(session));
        QCOMPARE(got, 1);
        QVERIFY(driver.isKept(session));
        driver.start(session);
        QVERIFY(session.isRunning(kind));
        session.closeModel();
        QVERIFY(!session.isRunning(kind) && settle(session));
        QCOMPARE(got, 1);
        QVERIFY(!driver.isKept(session));
    }

    // Figures stay with another dictionary, so that nobody is asked; of rows that changed meanwhile they would go.
    void figuresOfRowsThatChangedAreAskedForBeforeADictionaryTakesThem() {
        QTemporaryDir folder;
        const QString rows = folder.filePath(QStringLiteral("dataset"));
        test::copyTree(test::demo("dataset"), rows);
        Session session;
        session.openModel(test::demo("checkpoint"));
        session.openDataset(rows);
        QVERIFY(settle(session) && session.dataset());
        session.evaluation().start({});
        QVERIFY(settle(session));
        const EvaluationPtr figures = session.evaluation().results().finished;
        QVERIFY(figures);
        std::function<void()> asked;
        session.setAsk([&asked](const std::function<void()>& act) { asked = act; });
        DataChoices other = session.dataset()->asked;
        const auto open = [&](const QString& dictionary) {
            other.dictionary = dictionary.toStdString();
            session.openDataset(other);
            return settle(session);
        };
        QVERIFY(open(test::demo("dictionary")));
        QVERIFY(!asked && session.dataset()->hasDictionary && session.evaluation().results().finished == figures);
        QFile labels(rows + QStringLiteral("/test/label.bin"));
        QVERIFY(labels.open(QIODevice::ReadWrite));
        const char first = labels.read(1)[0] ? 0 : 1;
        QVERIFY(labels.seek(0) && labels.write(&first, 1) == 1);
        labels.close();
        QVERIFY(open({}));
        QVERIFY(asked && session.dataset()->hasDictionary && session.evaluation().results().finished == figures);
        asked();
        QVERIFY(!session.dataset()->hasDictionary && !session.evaluation().results().finished);
    }

    // A value is another id by another dictionary.
    void figuresOfSlicesGoWithTheirDictionary() {
        Session session;
        QVERIFY(open(session, "checkpoint"));
        const auto choose = [&](const char* dictionary) {
            DataChoices other = session.dataset()->asked;
            other.dictionary = *dictionary ? test::demo(dictionary).toStdString() : std::string();
            const bool keeps = session.keepsFigures(other);
            session.openDataset(other);
            return settle(session) && session.dataset()->hasDictionary == (*dictionary != 0) ? keeps : !keeps;
        };
        const auto multiplied = [&](const char* slice) {
            session.interactions().start({}, {QString::fromLatin1(slice), {}});
            return settle(session) && session.interactions().results().finished;
        };
        const auto evaluated = [&](const std::vector<std::string>& slices) {
            SliceChoice choice;
            choice.slices = slices;
            session.evaluation().start({}, choice);
            return settle(session) && session.evaluation().results().finished;
        };
        QVERIFY(multiplied("cat_3 = f2a3dc8d"));
        QVERIFY(!choose(""));
        QVERIFY(!session.interactions().results().newest && !session.interactions().results().finished);
        QVERIFY(choose("dictionary"));
        QVERIFY(evaluated({"cat_3 = f2a3dc8d"}));
        QVERIFY(!choose(""));
        QVERIFY(!session.evaluation().results().finished);
        // Of all rows they stay, also after a run of slices.
        QVERIFY(choose("dictionary"));
        QVERIFY(multiplied("cat_3 = f2a3dc8d") && multiplied(""));
        QVERIFY(evaluated({"cat_3 = f2a3dc8d"}) && evaluated({}));
        QVERIFY(choose(""));
        QVERIFY(session.interactions().results().finished && session.evaluation().results().finished);
    }
};

DLRM_TEST(TestJobs);

}  // namespace tst_jobs

#include "tst_jobs.moc"
