// SPDX-License-Identifier: Apache-2.0
// An evaluation that was cancelled on the page goes on from where it was, to the figures of one run.
#include <QLabel>
#include <QPushButton>

#include "tests/support/test_program.h"
#include "tests/ui/pages/evaluate/evaluate_fixture.h"

namespace tst_evaluate_resume {

using namespace dlrm;
using namespace dlrm::ui;

class EvaluateResumeTest : public EvaluateFixture {
    Q_OBJECT

    QPushButton* resumes() const { return find<QPushButton>("resumeEvaluation"); }
    // Runs until some figures are there, or it has ended, and cancels it.
    bool runAndCancel() {
        m_newest = nullptr;
        find<QPushButton>("runEvaluation")->click();
        if (!QTest::qWaitFor([this] { return m_newest != nullptr; }, kWait)) return false;
        m_session->cancel(JobKind::Evaluate);
        return !m_session->isRunning(JobKind::Evaluate);
    }
    bool resumeToTheEnd() {
        m_newest = nullptr;
        resumes()->click();
        return QTest::qWaitFor(
            [this] { return m_newest && m_newest->final && !m_session->isRunning(JobKind::Evaluate); }, kWait);
    }

private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::Light); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    void aCancelledRunGoesOnToTheFiguresOfOneRun() {
        QVERIFY(resumes()->isHidden());
        QVERIFY(runToTheEnd());
        const EvaluationPtr whole = m_newest;
        QVERIFY(resumes()->isHidden());
        QVERIFY(runAndCancel());
        if (m_newest->final) QSKIP("the evaluation was done before it could be stopped");
        const std::int64_t seen = m_newest->report.rows;
        QVERIFY(!resumes()->isHidden());
        QVERIFY(resumeToTheEnd());
        QVERIFY(seen < whole->report.rows);
        QCOMPARE(m_newest->report.rows, whole->report.rows);
        QCOMPARE(m_newest->report.positives, whole->report.positives);
        for (const MetricValue& metric : whole->report.metrics) {
            const MetricValue& other = *m_newest->report.find(metric.key);
            QVERIFY2(metric.value == other.value && metric.low == other.low && metric.high == other.high,
                     metric.key.c_str());
        }
        QVERIFY(m_newest->range == whole->range);
        QVERIFY(resumes()->isHidden());
    }

    // Before its first rows, and again while it goes on.
    void itIsCancelledAndGoneOnWithAtAnyTime() {
        QVERIFY(runToTheEnd());
        const EvaluationPtr whole = m_newest;
        find<QPushButton>("runEvaluation")->click();
        for (int round = 0; round < 3; ++round) {
            m_session->cancel(JobKind::Evaluate);
            QVERIFY(!resumes()->isHidden());
            resumes()->click();
            QVERIFY(m_session->isRunning(JobKind::Evaluate) && resumes()->isHidden());
        }
        m_newest = nullptr;
        QVERIFY(QTest::qWaitFor(
            [this] { return m_newest && m_newest->final && !m_session->isRunning(JobKind::Evaluate); }, kWait));
        QCOMPARE(*m_newest->report.find("auc")->value, *whole->report.find("auc")->value);
        QCOMPARE(m_newest->report.rows, whole->report.rows);
    }

    void anotherModelHasNothingToGoOnWith() {
        find<QPushButton>("runEvaluation")->click();
        m_session->cancel(JobKind::Evaluate);
        QVERIFY(!resumes()->isHidden());
        test::JobSpy opened(m_session, &Session::modelOpened);
        m_session->openModel(test::demoPath("checkpoint_next"));
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        QVERIFY(resumes()->isHidden() && !m_session->evaluation().canResume());
    }
};

DLRM_TEST(EvaluateResumeTest);

}  // namespace tst_evaluate_resume

#include "tst_evaluate_resume.moc"
