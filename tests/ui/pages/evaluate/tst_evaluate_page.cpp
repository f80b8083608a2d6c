// SPDX-License-Identifier: Apache-2.0
// The Evaluate page clicked through with the bundled demo; figures are compared with those TensorFlow and scikit-learn
// gave.
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QToolButton>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/support/test_program.h"
#include "tests/ui/pages/evaluate/evaluate_fixture.h"
#include "ui/charts/chart_menu.h"
#include "ui/charts/chart_view.h"
#include "ui/pages/evaluate/cards.h"
#include "ui/pages/evaluate/charts.h"
#include "ui/pages/run_words.h"
#include "ui/session/desks/check_desk.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"

namespace tst_evaluate_page {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

// AUC moves by whole pairs when float32 logits of close rows swap; the other figures are smooth in the logits.
constexpr double kAucTolerance = 2e-5;
constexpr double kSmoothTolerance = 1e-6;

}  // namespace

class EvaluatePageTest : public EvaluateFixture {
    Q_OBJECT

private:
    EvaluateCharts* charts() const { return m_page->findChild<EvaluateCharts*>(); }
    QString status() const { return find<QLabel>("evaluationStatus")->text(); }

private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::Light); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    void finalFiguresAreTheExpectedOnes() {
        QFile file(test::demoPath("expected/metrics.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto expected = nlohmann::json::parse(file.readAll().toStdString());
        QVERIFY(runToTheEnd());
        const auto near = [&](const char* key, const char* jsonKey, double tolerance) {
            const MetricValue* metric = m_newest->report.find(key);
            if (!metric || !metric->value) return false;
            const bool shown = std::abs(m_page->findChild<EvaluateCards*>()->valueText(key).toDouble() -
                                        *metric->value) <= 0.5e-4 + 1e-9;
            return shown && std::abs(*metric->value - expected[jsonKey].get<double>()) <= tolerance;
        };
        QVERIFY(near("auc", "auc_exact", kAucTolerance));
        QVERIFY(near("auc_tf8000", "auc_tf8000_all_rows", kAucTolerance));
        QVERIFY(near("pr_auc", "pr_auc", kAucTolerance));
        QVERIFY(near("log_loss", "log_loss", kSmoothTolerance));
        QVERIFY(near("normalized_entropy", "normalized_entropy", kSmoothTolerance));
        QVERIFY(near("brier", "brier", kSmoothTolerance));
        QVERIFY(near("calibration", "calibration", kSmoothTolerance));
        QCOMPARE(m_newest->report.rows, expected["rows"].get<std::int64_t>());
        QVERIFY2(status().startsWith(QStringLiteral("Final: 20,000 rows, 4,891 clicked")), qPrintable(status()));
        // The order stands with what is known of it, now and once it was checked.
        QVERIFY2(status().contains(QStringLiteral("NVIDIA order (bottom first), assumed")), qPrintable(status()));
        m_session->checks().requestDoctor();
        QTRY_VERIFY2_WITH_TIMEOUT(status().contains(QStringLiteral("NVIDIA order (bottom first), confirmed")),
                                  qPrintable(status()), 120000);
        QVERIFY2(!status().contains(QStringLiteral("confirmed on")), qPrintable(status()));  // a line has little room
        const QString header = m_page->findChild<ElidedLabel*>()->accessibleName();
        QVERIFY2(header.endsWith(QStringLiteral("20,000 rows · preprocessing: NVIDIA Spark")), qPrintable(header));
    }

    // Columns of a wider window before leave no room behind.
    void cardsFillTheirRow() {
        QVERIFY(runToTheEnd());
        EvaluateCards cards;
        cards.resize(1590, 100);
        cards.setVisible(true);
        cards.setEvaluation(*m_newest);
        QVERIFY(QTest::qWaitForWindowExposed(&cards));
        cards.clear();
        cards.resize(600, 300);
        cards.setEvaluation(*m_newest);
        QTRY_VERIFY([&] {
            int right = 0;
            for (const QFrame* frame : cards.findChildren<QFrame*>(QRegularExpression(QStringLiteral("^card_"))))
                right = std::max(right, frame->geometry().right());
            return right >= cards.width() - 10;
        }());
    }

    // Whatever has the focus, after a run, another order and another checkpoint.
    void f5RunsWheneverRunIsEnabled() {
        m_page->activateWindow();  // shortcuts work in the active window only
        QVERIFY(QTest::qWaitForWindowActive(m_page));
        const auto f5 = [this](QWidget* at) {
            m_newest = nullptr;
            at->setFocus();
            QTest::keyClick(at, Qt::Key_F5);
            return QTest::qWaitFor(
                [this] { return m_newest && m_newest->final && !m_session->isRunning(JobKind::Evaluate); }, kWait);
        };
        auto* run = find<QPushButton>("runEvaluation");
        QVERIFY(f5(m_page));
        QVERIFY(f5(run));
        QCOMPARE(run->text(), QStringLiteral("Run again"));
        QVERIFY(f5(find<QToolButton>("exportEvaluation")));
        ModelSettings settings = m_session->settings();
        settings.interactionOrder = InteractionOrder::Tensorflow;
        m_session->setSettings(settings);
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        QVERIFY(f5(run));
        QSignalSpy opened(m_session, &Session::modelOpened);
        m_session->openModel(test::demoPath("checkpoint_next"));
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        QVERIFY(run->isEnabled());
        QVERIFY(f5(m_page));
        m_newest = nullptr;
        find<QLineEdit>("rowRange")->setText(QStringLiteral("no range"));
        QVERIFY(!run->isEnabled());
        QTest::keyClick(m_page, Qt::Key_F5);
        QVERIFY(!m_session->isRunning(JobKind::Evaluate));
    }

    void dropLastLeavesThePartialBatchOut() {
        QFile file(test::demoPath("expected/metrics.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto expected = nlohmann::json::parse(file.readAll().toStdString());
        find<QSpinBox>("dropLast")->setValue(128);
        QVERIFY(runToTheEnd());
        QCOMPARE(m_newest->report.rows, expected["rows_drop_last"].get<std::int64_t>());
        QVERIFY(std::abs(*m_newest->report.find("auc_tf8000")->value -
                         expected["auc_tf8000_drop_last"].get<double>()) <= kAucTolerance);
        QVERIFY(find<QToolButton>("evaluateOptions")->text().contains(QStringLiteral("128")));
    }

    void anotherModelIsEvaluatedOnAllRowsAndShownWhole() {
        QVERIFY(runToTheEnd());
        ChartView* roc = charts()->roc();
        const QRectF whole = roc->visibleValues();
        for (int i = 0; i < 3; ++i) QTest::keyClick(roc, Qt::Key_Plus);
        QVERIFY(roc->visibleValues().width() < whole.width());
        find<QLineEdit>("rowRange")->setText(QStringLiteral("100-199"));
        QTemporaryDir folder;
        const QString copy = folder.filePath(QStringLiteral("another"));
        std::filesystem::copy(test::demoPath("checkpoint").toStdString(), copy.toStdString(),
                              std::filesystem::copy_options::recursive);
        QSignalSpy noticed(m_page, &Page::noticed);
        test::JobSpy opened(m_session, &Session::modelOpened);
        m_session->openModel(copy);
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        QVERIFY(m_session->dataset());
        QCOMPARE(find<QLineEdit>("rowRange")->text(), QString());
        QVERIFY(noticed.contains(
            {QStringLiteral("Rows 100-199 were chosen of what was open before: all rows are evaluated now.")}));
        QCOMPARE(roc->visibleValues(), whole);
    }

    void theFinalLineSaysWhatComputedAndHowPrecisely() {
        QVERIFY(runToTheEnd());
        QVERIFY2(status().contains(
                     QStringLiteral(" · CPU, fp32, %1 · ").arg(QString::fromStdString(m_newest->backend.device))),
                 qPrintable(status()));
        const auto other = std::make_shared<Evaluation>(*m_newest);
        other->backend = {"cuda", "A GPU, tables in fp16", "", Precision::Bf16};
        m_session->evaluation().take(other);
        QVERIFY2(status().contains(QStringLiteral(" · CUDA, bf16, A GPU, tables in fp16 · ")), qPrintable(status()));
    }

    void cancelLeavesNoFinalFiguresAndRunAgainWorks() {
        find<QPushButton>("runEvaluation")->click();
        QVERIFY(m_session->isRunning(JobKind::Evaluate));
        QVERIFY(find<QPushButton>("cancelEvaluation")->isVisible());
        find<QPushButton>("cancelEvaluation")->click();
        QVERIFY(!m_session->isRunning(JobKind::Evaluate));
        QVERIFY(!m_newest || !m_newest->final);
        QVERIFY(!status().contains(QStringLiteral("Final")));
        QVERIFY(m_page->errorText().isEmpty());
        QVERIFY(runToTheEnd());
        QVERIFY(status().contains(QStringLiteral("Final")));
    }

    void aFinishedResultSurvivesARunThatIsStopped() {
        QVERIFY(runToTheEnd());
        const EvaluationPtr finished = m_newest;
        const QString auc = m_page->findChild<EvaluateCards*>()->valueText("auc");
        const auto interim = std::make_shared<Evaluation>(*finished);
        interim->final = false;
        m_page->run();
        m_session->evaluation().take(interim);  // whenever the first figures come
        QVERIFY(status().startsWith(QStringLiteral("Interim")));
        m_session->cancel(JobKind::Evaluate);
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isRunning(JobKind::Evaluate), kWait);
        QTRY_VERIFY2(status().startsWith(QStringLiteral(
                         "The new run was cancelled; this is the last finished result · Final: 20,000 rows")),
                     qPrintable(status()));
        QCOMPARE(m_page->findChild<EvaluateCards*>()->valueText("auc"), auc);
        QVERIFY(find<QToolButton>("exportEvaluation")->isEnabled());
        QVERIFY(runToTheEnd());
        QVERIFY(status().startsWith(QStringLiteral("Final: 20,000 rows")));
    }

    // By the button and by every chart's menu, and whoever asks is told why not.
    void onlyFinishedFiguresAreExported() {
        auto* button = find<QToolButton>("exportEvaluation");
        const auto menu = [this] {
            QMenu filled;
            fillChartMenu(filled, *charts()->roc(), QStringLiteral("ROC"));
            QStringList out;
            for (const QAction* action : filled.actions()) out << action->text().remove(QLatin1Char('&'));
            return out.join(QLatin1Char('\n'));
        };
        const auto exports = [&] {
            return menu().contains(QStringLiteral("Export PNG")) && menu().contains(QStringLiteral("Copy data"));
        };
        const auto says = [&](const char* why) {
            return !exports() && !button->isEnabled() && button->toolTip().contains(QLatin1String(why)) &&
                   menu().contains(QLatin1String(why));
        };
        const auto interim = std::make_shared<Evaluation>();
        m_page->run();
        m_session->evaluation().take(interim);
        QVERIFY2(says("is running"), qPrintable(button->toolTip() + menu()));
        m_session->cancel(JobKind::Evaluate);
        QVERIFY2(says("stopped before its end"), qPrintable(button->toolTip() + menu()));
        QVERIFY(runToTheEnd());
        QVERIFY(button->isEnabled() && exports());
        m_page->run();
        QVERIFY2(says("is running"), qPrintable(button->toolTip() + menu()));
        m_session->evaluation().take(interim);
        QVERIFY2(says("is running"), qPrintable(button->toolTip() + menu()));
        m_session->cancel(JobKind::Evaluate);  // the finished ones are there again
        QVERIFY2(button->isEnabled() && exports(), qPrintable(button->toolTip() + menu()));
        QVERIFY(!button->toolTip().contains(QLatin1Char('\n')));
    }

    void theSplitIsChosen() {
        auto* split = find<QComboBox>("splitChoice");
        QVERIFY(split->isVisible());
        QCOMPARE(split->currentText(), QStringLiteral("test"));
        QVERIFY(runToTheEnd());
        QSignalSpy opened(m_session, &Session::datasetOpened);
        split->setFocus();
        split->setCurrentText(QStringLiteral("train"));
        Q_EMIT split->textActivated(QStringLiteral("train"));
        QVERIFY(opened.wait(kWait));
        QCOMPARE(m_session->dataset()->split, QStringLiteral("train"));
        QVERIFY(m_session->dataset()->hasDictionary);
        QCOMPARE(split->currentText(), QStringLiteral("train"));
        QVERIFY(status().isEmpty());  // figures of the other split are gone
    }

    void focusGoesFromRunToCancelAndBack() {
        m_page->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_page));
        auto* run = find<QPushButton>("runEvaluation");
        auto* cancel = find<QPushButton>("cancelEvaluation");
        run->setFocus();
        QTest::keyClick(run, Qt::Key_Space);
        QVERIFY(cancel->hasFocus());
        QTest::keyClick(cancel, Qt::Key_Space);
        QVERIFY(!m_session->isRunning(JobKind::Evaluate));
        QVERIFY(run->hasFocus());
    }

    void interimFiguresSaySo() {
        QVERIFY(runToTheEnd());
        const EvaluationPtr whole = m_newest;
        auto interim = std::make_shared<Evaluation>(*whole);
        interim->final = false;
        interim->totalRows = 40000;
        m_session->evaluation().take(interim);
        QVERIFY2(status().startsWith(QStringLiteral("Interim: 20,000 of 40,000 rows")), qPrintable(status()));
        const auto title = [this] { return find<QFrame>("card_auc")->findChild<QLabel*>()->text(); };
        QCOMPARE(title(), QStringLiteral("AUC (interim)"));  // it is exact only when it is final
        m_session->evaluation().take(whole);
        QCOMPARE(title(), QStringLiteral("AUC (exact)"));
    }

    void cursorOfAnyChartMovesTheCounts() {
        QVERIFY(runToTheEnd());
        const MetricReport& report = m_newest->report;
        const auto agrees = [&](double threshold) {
            const auto best =
                std::find_if(report.evenThresholds.begin(), report.evenThresholds.end(),
                             [&](const ThresholdCounts& t) { return std::abs(t.threshold - threshold) < 1e-9; });
            const auto point = charts()->operatingPoint();
            return point && best != report.evenThresholds.end() && std::abs(point->threshold - threshold) < 1e-9 &&
                   point->truePositives == best->truePositives && point->falsePositives == best->falsePositives &&
                   point->truePositives + point->falseNegatives == report.positives &&
                   point->falsePositives + point->trueNegatives == report.rows - report.positives;
        };
        QVERIFY(agrees(0.5));
        Q_EMIT charts()->histogram()->cursorMoved(0.2);
        QVERIFY(agrees(0.2));
        Q_EMIT charts()->reliability()->cursorMoved(0.31);
        QVERIFY(agrees(0.31));
        Q_EMIT charts()->roc()->cursorMoved(0.25);
        QVERIFY(std::abs(charts()->operatingPoint()->falsePositiveRate - 0.25) < 0.01);
        Q_EMIT charts()->precisionRecall()->cursorMoved(0.6);
        QVERIFY(std::abs(charts()->operatingPoint()->recall - 0.6) < 0.01);
        find<QDoubleSpinBox>("threshold")->setValue(0.7);
        QVERIFY(agrees(0.7));
        const QString counts = find<QLabel>("confusionCounts")->text();
        QVERIFY2(counts.contains(formatCount(charts()->operatingPoint()->truePositives)), qPrintable(counts));
    }

    void thresholdStaysAsTypedAndACurvesCursorSaysWhereItSnapped() {
        auto* box = find<QDoubleSpinBox>("threshold");
        QCOMPARE(box->value(), 0.5);
        QVERIFY(runToTheEnd());
        QCOMPARE(box->value(), 0.5);
        QCOMPARE(charts()->threshold(), 0.5);
        QCOMPARE(charts()->operatingPoint()->threshold, 0.5);
        for (const double typed : {0.1234, 0.9999, 1.0, 0.0}) {
            box->setValue(typed);
            QCOMPARE(box->value(), typed);
            QCOMPARE(charts()->threshold(), typed);
            QVERIFY(!find<QLabel>("confusionCounts")->text().contains(QStringLiteral("score")));
        }
        for (const char* typed : {"0.3", "0,3", "30%", "30 %"}) {
            box->setValue(0.9);
            box->selectAll();
            QTest::keyClicks(box, QString::fromLatin1(typed));
            QTest::keyClick(box, Qt::Key_Return);
            QCOMPARE(charts()->threshold(), 0.3);
        }
        QSignalSpy noticed(m_page, &Page::noticed);
        for (const char* typed : {"1.7", "130%", "-0.1", "x"}) {  // none of them is a probability
            noticed.clear();
            box->selectAll();
            QTest::keyClicks(box, QString::fromLatin1(typed));
            QTest::keyClick(box, Qt::Key_Return);
            QCOMPARE(charts()->threshold(), 0.3);
            QCOMPARE(box->text(), box->textFromValue(0.3));
            QVERIFY2(!noticed.isEmpty() && noticed[0][0].toString().startsWith(
                                               QStringLiteral("“%1” is no probability").arg(QLatin1String(typed))),
                     typed);
        }
        // Figures that come in meanwhile leave what is typed.
        box->selectAll();
        QTest::keyClicks(box, QStringLiteral("0.25"));
        charts()->setEvaluation(m_session->evaluation().results().finished);
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(charts()->threshold(), 0.25);
        box->setValue(0.0);
        QCOMPARE(charts()->operatingPoint()->falseNegatives, 0);  // every row has at least probability 0
        QCOMPARE(charts()->operatingPoint()->trueNegatives, 0);
        Q_EMIT charts()->roc()->cursorMoved(0.25);
        const QString counts = find<QLabel>("confusionCounts")->text();
        QVERIFY2(counts.endsWith(QStringLiteral("at\u00a0score\u00a0") +
                                 QString::number(charts()->operatingPoint()->threshold, 'f', 7)),
                 qPrintable(counts));
    }

    void draggedCursorUpdatesTheCounts() {
        QVERIFY(runToTheEnd());
        ChartView* chart = charts()->histogram();
        const QRectF plot = chart->chart()->plotArea();
        const auto at = [&](double x) {
            return chart->mapFromScene(QPointF(plot.left() + x * plot.width(), plot.center().y()));
        };
        const double before = charts()->operatingPoint()->threshold;
        QTest::mousePress(chart->viewport(), Qt::LeftButton, {}, at(before));
        QMouseEvent move(QEvent::MouseMove, QPointF(at(0.25)), chart->viewport()->mapToGlobal(QPointF(at(0.25))),
                         Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(chart->viewport(), &move);
        QTest::mouseRelease(chart->viewport(), Qt::LeftButton, {}, at(0.25));
        QVERIFY(std::abs(charts()->operatingPoint()->threshold - 0.25) < 0.01);
    }

    void longRunsAreToldInMinutesAndHours() {
        QCOMPARE(tookText(0.25), QStringLiteral("250 ms"));
        QCOMPARE(tookText(59.4), QStringLiteral("59.4 s"));
        QCOMPARE(tookText(59.8), QStringLiteral("1 min 0 s"));
        QCOMPARE(tookText(598.8), QStringLiteral("9 min 59 s"));
        QCOMPARE(tookText(7'260), QStringLiteral("2 h 1 min"));
    }

    void chartsHoldTheReportsPoints() {
        QVERIFY(runToTheEnd());
        QCOMPARE(charts()->roc()->table().rows.size(), m_newest->report.thresholds.size());
        QCOMPARE(charts()->reliability()->table().rows.size(), m_newest->report.reliability.size());
        double rows = 0;
        for (const auto& row : charts()->histogram()->table().rows) rows += row[2] + row[3];
        QCOMPARE(rows, 20000.0);
    }

    void undefinedFiguresShowADashAndWhy() {
        // The first clicked row alone: one class only.
        find<QLineEdit>("rowRange")->setText(QStringLiteral("0-0"));
        QVERIFY(runToTheEnd());
        auto* cards = m_page->findChild<EvaluateCards*>();
        QCOMPARE(cards->valueText("auc"), QStringLiteral("–"));
        const auto* card = find<QFrame>("card_auc");
        QVERIFY(card && card->toolTip().contains(QString::fromStdString(m_newest->report.find("auc")->note)));
        QVERIFY(!charts()->operatingPoint());
    }

    void exportWritesTheFile_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"e.json", "e.csv", "e.tsv", "e.h5"}) QTest::newRow(name) << QString::fromLatin1(name);
    }
    void exportWritesTheFile() {
        QFETCH(QString, name);
        QVERIFY(runToTheEnd());
        QTemporaryDir folder;
        QSignalSpy exported(m_session, &Session::exported);
        m_session->evaluation().exportFigures(m_newest, folder.filePath(name));
        QVERIFY(exported.wait(kWait));
        QVERIFY(QFile(folder.filePath(name)).size() > 100);
    }

    void failedExportIsABanner() {
        QVERIFY(runToTheEnd());
        QTemporaryDir folder;
        m_session->evaluation().exportFigures(m_newest, folder.filePath(QStringLiteral("evaluation.docx")));
        QTRY_VERIFY_WITH_TIMEOUT(m_page->errorText().contains(QStringLiteral("E-EXPORT-001")), kWait);
    }

    // No dataset makes a part of a model predict.
    void aPartOfAModelSaysWhatIsMissingAndAsksForNoDataset() {
        Session session;
        EvaluatePage page(session);
        page.resize(800, 600);
        page.show();
        test::JobSpy opened(&session, &Session::modelOpened);
        session.openModel(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"));
        QVERIFY(opened.wait(30000));
        auto* empty = page.findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        const QString text = empty->findChild<QLabel*>()->text();
        QVERIFY2(text.contains(QStringLiteral("it has no embedding tables")), qPrintable(text));
        QSignalSpy wanted(&page, &Page::actionRequested);
        empty->findChild<QPushButton*>()->click();
        QCOMPARE(wanted.takeFirst()[0].toString(), QStringLiteral("open-model"));
    }

    void emptyStatesSayWhatToDo() {
        Session session;
        EvaluatePage page(session);
        page.resize(800, 600);
        page.show();
        auto* empty = page.findChild<EmptyState*>();
        QSignalSpy wanted(&page, &Page::actionRequested);
        empty->findChild<QPushButton*>()->click();
        QCOMPARE(wanted.takeFirst()[0].toString(), QStringLiteral("open-model"));
        QVERIFY(test::openModel(session));
        empty->findChild<QPushButton*>()->click();
        QCOMPARE(wanted.takeFirst()[0].toString(), QStringLiteral("open-dataset"));
        QVERIFY(test::openDataset(session));
        QVERIFY(empty->isVisible());
        empty->findChild<QPushButton*>()->click();
        QVERIFY(session.isRunning(JobKind::Evaluate));
        QVERIFY(!empty->isVisible());
    }

    // Layers without tables predict nothing, with and without rows.
    void aPartOfAModelOffersNoRun() {
        QSignalSpy opened(m_session, &Session::modelOpened);
        m_session->openModel(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"));
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        const auto* empty = m_page->findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        QVERIFY(!find<QPushButton>("runEvaluation")->isEnabled());
        for (const QPushButton* button : empty->findChildren<QPushButton*>())
            QVERIFY(!button->text().contains(QStringLiteral("Run")));
        const QString said = empty->findChild<QLabel*>()->text();
        if (m_session->dataset()) QVERIFY2(said.contains(QStringLiteral("no embedding tables")), qPrintable(said));
    }

    void datasetWithoutLabelsSaysWhyNot() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("unlabelled.tsv"));
        QFile raw(test::demoPath("raw_rows.tsv")), out(path);
        QVERIFY(raw.open(QIODevice::ReadOnly) && out.open(QIODevice::WriteOnly));
        for (int i = 0; i < 5; ++i) {
            const QByteArray line = raw.readLine();
            out.write(line.mid(line.indexOf('\t') + 1));
        }
        out.close();
        QSignalSpy opened(m_session, &Session::datasetOpened);
        m_session->openDataset(path, QString(), test::demoPath("dictionary"));
        QVERIFY(opened.wait(kWait));
        auto* empty = m_page->findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        QVERIFY(empty->findChild<QLabel*>()->text().contains(QStringLiteral("no labels")));
        QVERIFY(!find<QPushButton>("runEvaluation")->isEnabled());
    }
};

DLRM_TEST(EvaluatePageTest);

}  // namespace tst_evaluate_page

#include "tst_evaluate_page.moc"
