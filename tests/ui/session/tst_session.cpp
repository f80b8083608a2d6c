// SPDX-License-Identifier: Apache-2.0
// The session over the bundled demo, and over golden data where the demo does not do.
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>

#include "tests/support/test_program.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/desks/sample_desk.h"
#include "ui/session/session.h"
#include "ui/session/table_analysis.h"

namespace tst_session {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kOpenMs = 60'000;
// Exact AUC of the same logits up to 1e-5 (float32 sums in another order swap near ties): far below one standard error.
constexpr double kAucTolerance = 2e-5;
constexpr double kLossTolerance = 1e-5;  // the tolerance of the logits

const QString kDemo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo");

nlohmann::json expectedMetrics() {
    QFile file(kDemo + QStringLiteral("/expected/metrics.json"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return nlohmann::json::parse(file.readAll().toStdString());
}

}  // namespace

class TestSession : public QObject {
    Q_OBJECT

    std::unique_ptr<Session> m_session;

    void openDemo() {
        m_session = std::make_unique<Session>();
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_session->openDemo();
        QVERIFY(opened.wait(kOpenMs));
        QTRY_VERIFY(!m_session->isAnyRunning());
    }

    // Waits for the one failure of `kind` and returns its code.
    QString failureOf(const std::function<void()>& request) {
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        QString code;
        const auto connection = connect(m_session.get(), &Session::jobFailed, this,
                                        [&code](JobKind, const Error& e) { code = QString::fromStdString(e.code); });
        request();
        if (failed.isEmpty()) failed.wait(kOpenMs);
        disconnect(connection);
        return code;
    }

private Q_SLOTS:
    void init() { openDemo(); }
    void cleanup() { m_session.reset(); }

    void demoOpensCheckpointDatasetAndDictionary() {
        QVERIFY(m_session->model());
        QCOMPARE(m_session->model()->spec.tables.size(), std::size_t{26});
        QCOMPARE(m_session->dataset()->rows, qint64{20'000});
        QVERIFY(m_session->dataset()->hasLabels);
        QVERIFY(m_session->dataset()->hasDictionary);
        QCOMPARE(m_session->hexOf(0, 1).size(), 8);
        QCOMPARE(m_session->hexOf(0, 0), QString());
        QCOMPARE(m_session->hexOf(99, 1), QString());
    }

    // The demo's dataset stands in a folder of the same name.
    void whatIsOpenedIsToldApartFromWhatIsOpen() {
        QSignalSpy started(m_session.get(), &Session::jobStarted);
        const auto titleOf = [&](const QString& path) {
            started.clear();
            failureOf([&] { m_session->openDataset(path); });
            return started.isEmpty() ? QString() : started[0][1].toString();
        };
        QCOMPARE(titleOf(QStringLiteral("/none/fl15/dataset")), QStringLiteral("Opening fl15/dataset"));
        QCOMPARE(titleOf(QStringLiteral("/none/fl15/rows.csv")), QStringLiteral("Opening rows.csv"));
    }

    void tableRowsCarryTheirTokenAndManyRequestsAreAllAnswered() {
        QSignalSpy ready(&m_session->tables(), &TableAnalysis::rowsReady);
        m_session->tables().requestRows(3, {0, 2, 1}, 7);
        m_session->tables().requestRows(4, {5}, 8);
        QTRY_COMPARE(ready.size(), 2);
        const auto rows = ready[0][0].value<TableRowsPtr>();
        QCOMPARE(ready[0][1].value<quint64>(), quint64{7});
        QCOMPARE(rows->ids.size(), std::size_t{3});
        QCOMPARE(value(rows->ids[1]), std::int64_t{2});
        QCOMPARE(rows->values.size(), static_cast<std::size_t>(3 * rows->dim));
        QCOMPARE(ready[1][1].value<quint64>(), quint64{8});
    }

    void rowsOutsideATableFailWithTheirCode() {
        QCOMPARE(failureOf([this] { m_session->tables().requestRows(0, {std::int64_t{1} << 40}, 1); }),
                 QStringLiteral("E-ENGINE-002"));
    }

    void sampleRowsAreWhatExplainSays() {
        QSignalSpy ready(&m_session->samples(), &SampleDesk::rowsReady);
        m_session->samples().requestRows(10, 5, 3);
        QVERIFY(ready.wait(kOpenMs));
        const auto rows = ready[0][0].value<PredictionPtr>();
        QCOMPARE(rows->rows.size(), std::size_t{5});
        QCOMPARE(rows->rows[0].row, std::int64_t{10});
        QVERIFY(rows->rows[0].label);
        QSignalSpy explained(&m_session->samples(), &SampleDesk::explanationReady);
        m_session->samples().explain(rows->rows[2].input, 9);
        QVERIFY(explained.wait(kOpenMs));
        const auto explanation = explained[0][0].value<ExplanationPtr>();
        QCOMPARE(explained[0][1].value<quint64>(), quint64{9});
        QVERIFY(std::abs(explanation->logit - rows->rows[2].logit) < kLossTolerance);
    }

    void evaluationGivesTheExpectedFigures() {
        EvaluationPtr last;
        connect(&m_session->evaluation(), &EvaluationDesk::updated, this,
                [&last](const EvaluationPtr& e) { last = e; });
        QSignalSpy finished(m_session.get(), &Session::jobFinished);
        m_session->evaluation().start({});
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isRunning(JobKind::Evaluate), kOpenMs);
        QVERIFY(last && last->final);
        const auto expected = expectedMetrics();
        QCOMPARE(last->report.rows, expected["rows"].get<std::int64_t>());
        QCOMPARE(last->report.positives, expected["positives"].get<std::int64_t>());
        QVERIFY(std::abs(*last->report.find("auc")->value - expected["auc_exact"].get<double>()) < kAucTolerance);
        QVERIFY(std::abs(*last->report.find("log_loss")->value - expected["log_loss"].get<double>()) < kLossTolerance);
    }

    void aCancelledEvaluationNeverBecomesFinal() {
        bool final = false;
        connect(&m_session->evaluation(), &EvaluationDesk::updated, this,
                [&final](const EvaluationPtr& e) { final = final || e->final; });
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        m_session->evaluation().start({});
        m_session->cancel(JobKind::Evaluate);
        QVERIFY(!m_session->isRunning(JobKind::Evaluate));
        QTest::qWait(300);
        QVERIFY(!final);
        QCOMPARE(failed.size(), 0);
    }

    // Rows that hold ids are evaluated without one; those that hold values are other ids with another one.
    void finishedFiguresStayWhereOnlyTheDictionaryIsAnother() {
        const auto opens = [this](const DataChoices& rows) {
            QSignalSpy opened(m_session.get(), &Session::datasetOpened);
            m_session->openDataset(rows);
            return opened.wait(kOpenMs);
        };
        const auto evaluated = [this] {
            m_session->evaluation().start({});
            return QTest::qWaitFor([this] { return !m_session->isAnyRunning(); }, kOpenMs) &&
                   m_session->evaluation().results().finished;
        };
        QSignalSpy forgotten(&m_session->evaluation(), &EvaluationDesk::finishedForgotten);
        QVERIFY(evaluated());
        const EvaluationPtr figures = m_session->evaluation().results().finished;
        DataChoices rows = m_session->dataset()->asked;
        for (const char* dictionary : {"", "/dictionary"}) {
            rows.dictionary = *dictionary ? kDemo.toStdString() + dictionary : std::string();
            QVERIFY(opens(rows));
            QVERIFY(m_session->evaluation().results().finished == figures && forgotten.isEmpty());
        }
        m_session->reopen();
        QTRY_COMPARE_WITH_TIMEOUT(forgotten.size(), 1, kOpenMs);
        rows.path = kDemo.toStdString() + "/raw_rows.tsv";
        rows.missingDictionary = MissingDictionary::Row0;
        rows.dictionary.clear();
        QVERIFY(opens(rows));
        QVERIFY(evaluated());
        rows.dictionary = kDemo.toStdString() + "/dictionary";
        QVERIFY(opens(rows));
        QVERIFY(!m_session->evaluation().results().finished);
    }

    void evaluatingWithoutADatasetFailsWithItsCode() {
        m_session->closeModel();
        QCOMPARE(failureOf([this] { m_session->evaluation().start({}); }), QStringLiteral("E-SESSION-002"));
    }

    void aModelThatDoesNotOpenKeepsTheOldOne() {
        const ModelInfoPtr before = m_session->model();
        const DatasetInfoPtr data = m_session->dataset();
        QTemporaryDir empty;
        QVERIFY(!failureOf([&] { m_session->openModel(empty.path()); }).isEmpty());
        QCOMPARE(m_session->model(), before);
        QCOMPARE(m_session->dataset(), data);
        QVERIFY(!failureOf([&] { m_session->openModel(QStringLiteral("/nowhere/at/all")); }).isEmpty());
        QCOMPARE(m_session->model(), before);
        QSignalSpy ready(&m_session->tables(), &TableAnalysis::rowsReady);
        m_session->tables().requestRows(0, {0}, 1);
        QVERIFY(ready.wait());
    }

    void aDatasetThatDoesNotOpenOrFitKeepsTheOldOne() {
        const DatasetInfoPtr before = m_session->dataset();
        QTemporaryDir empty;
        QVERIFY(!failureOf([&] { m_session->openDataset(empty.path()); }).isEmpty());
        QCOMPARE(m_session->dataset(), before);
        QVERIFY(!failureOf([&] {
                     m_session->openDataset(QStringLiteral(DLRM_TEST_DATA "/golden/datasets/tiny"));
                 }).isEmpty());
        QCOMPARE(m_session->dataset(), before);
        QCOMPARE(m_session->model()->spec.tables.size(), std::size_t{26});
    }

    void anotherModelClosesADatasetThatDoesNotFit() {
        QSignalSpy closed(m_session.get(), &Session::datasetClosed);
        QSignalSpy noticed(m_session.get(), &Session::noticed);
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        m_session->openModel(QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint"));
        QVERIFY(closed.wait(kOpenMs));
        QCOMPARE(failed.size(), 0);
        QCOMPARE(noticed.size(), 1);
        QVERIFY(!m_session->dataset());
        QVERIFY(m_session->model()->path.find("c_custom_cuda") != std::string::npos);
    }

    // Options of the start are told as what is in force, and the files' own reading is what is gone back to.
    void readingOptionsAreTakenBackLikeAnAppliedReading() {
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        DataChoices data = m_session->dataset()->asked;
        const Reading own = m_session->dataset()->reading;
        data.numerical = NumericalReading::Raw;
        data.idShift = 1;
        m_session->openDataset(data);
        QVERIFY(opened.wait(kOpenMs));
        QTRY_VERIFY(!m_session->isAnyRunning());
        QVERIFY(m_session->settings().applied.has_value());
        QCOMPARE(m_session->dataset()->reading.numerical, NumericalReading::Raw);
        QCOMPARE(m_session->dataset()->reading.idShift, 1);
        m_session->resetReading();
        QVERIFY(opened.wait(kOpenMs));
        QTRY_VERIFY(!m_session->isAnyRunning());
        QVERIFY(!m_session->settings().applied);
        QVERIFY(m_session->dataset()->reading == own);
    }

    // Without a model they wait for one; the order of its tables stays its own, whatever is chosen afterwards.
    void readingOptionsLeaveTheTablesInTheirOrder() {
        Session session;
        DataChoices data;
        data.path = DLRM_TEST_DATA "/golden/datasets/tiny";
        data.numerical = NumericalReading::Raw;
        session.openDataset(data);
        QTRY_VERIFY_WITH_TIMEOUT(session.dataset() && !session.isAnyRunning(), kOpenMs);
        QVERIFY(!session.settings().applied);
        session.openModel(QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/a_tensorflow/checkpoint"));
        QTRY_VERIFY_WITH_TIMEOUT(session.model() && !session.isAnyRunning(), kOpenMs);
        QVERIFY(session.dataset() && session.settings().applied);
        QCOMPARE(session.dataset()->reading.numerical, NumericalReading::Raw);
        const std::vector<int> order = session.model()->spec.interactionTableOrder;
        ModelSettings settings = session.settings();
        settings.backend.threads = 1;
        QSignalSpy changed(&session, &Session::settingsChanged);
        session.setSettings(settings);
        QVERIFY(changed.wait(kOpenMs));
        QTRY_VERIFY(!session.isAnyRunning());
        QCOMPARE(session.model()->spec.interactionTableOrder, order);
        QCOMPARE(session.dataset()->reading.numerical, NumericalReading::Raw);
    }

    void aChoiceThatIsInForceChangesNothing() {
        QSignalSpy opened(m_session.get(), &Session::modelOpened), replaced(m_session.get(), &Session::engineReplaced);
        int asked = 0;
        m_session->setAsk([&asked](const std::function<void()>& act) {
            ++asked;
            act();
        });
        const auto choose = [this](Precision precision) {
            m_session->chooseSettings([precision](ModelSettings& s) { s.backend.precision = precision; });
            QVERIFY(!m_session->isAnyRunning());
        };
        choose(m_session->settings().backend.precision);
        QCOMPARE(asked, 0);
        m_session->chooseSettings([](ModelSettings& s) { s.backend.precision = Precision::Bf16; });
        QCOMPARE(asked, 1);
        QTRY_VERIFY(!m_session->isAnyRunning());
        QCOMPARE(m_session->settings().backend.precision, Precision::Bf16);
        const auto before = opened.size() + replaced.size();
        QVERIFY(before > 0);
        choose(Precision::Bf16);
        QCOMPARE(asked, 1);
        QCOMPARE(opened.size() + replaced.size(), before);
        // While another is being opened the newest is what was meant.
        for (const Precision precision : {Precision::Fp32, Precision::Bf16})
            m_session->chooseSettings([precision](ModelSettings& s) { s.backend.precision = precision; });
        QTRY_VERIFY(!m_session->isAnyRunning());
        QCOMPARE(m_session->settings().backend.precision, Precision::Bf16);
        m_session->setAsk({});
    }

    // What was chosen for one model says nothing about the next, and never wins over what that one records.
    void aChoiceEndsWithItsModel() {
        QTemporaryDir temporary;
        const QString recorded = temporary.filePath(QStringLiteral("tensorflow.h5")),
                      copied = temporary.filePath(QStringLiteral("c"));
        std::filesystem::copy((kDemo + QStringLiteral("/checkpoint")).toStdString(), copied.toStdString(),
                              std::filesystem::copy_options::recursive);
        QSignalSpy opened(m_session.get(), &Session::modelOpened), noticed(m_session.get(), &Session::noticed);
        const auto choose = [&](InteractionOrder order) {
            ModelSettings settings = m_session->settings();
            settings.chooseOrder(order);
            settings.combiner = Combiner::Mean;
            m_session->setSettings(settings);
            QVERIFY(opened.wait(kOpenMs));
            QCOMPARE(m_session->model()->spec.orderSource, OrderSource::User);
        };
        const auto open = [&](const QString& path) {
            m_session->openModel(path);
            QVERIFY(opened.wait(kOpenMs));
            QTRY_VERIFY(!m_session->isAnyRunning());
        };
        choose(InteractionOrder::Tensorflow);
        m_session->exportCheckpoint(recorded);
        QVERIFY(noticed.wait(kOpenMs));
        // The same files opened again keep how they are read; what was asked for is asked anew.
        m_session->openModel(kDemo + QStringLiteral("/checkpoint"));
        QTRY_VERIFY(!m_session->isAnyRunning());
        QCOMPARE(m_session->model()->spec.interactionOrder, InteractionOrder::Tensorflow);
        QVERIFY(!m_session->settings().combiner);
        open(copied);
        QCOMPARE(m_session->model()->spec.interactionOrder, InteractionOrder::CustomCuda);
        QCOMPARE(m_session->model()->spec.orderSource, OrderSource::Default);
        QVERIFY(!m_session->settings().interactionOrder && !m_session->settings().combiner);
        choose(InteractionOrder::Tensorflow);
        m_session->openDemo();
        QVERIFY(opened.wait(kOpenMs));
        QTRY_VERIFY(!m_session->isAnyRunning());
        QCOMPARE(m_session->model()->spec.orderSource, OrderSource::Default);
        choose(InteractionOrder::CustomCuda);
        open(recorded);
        QCOMPARE(m_session->model()->spec.interactionOrder, InteractionOrder::Tensorflow);
        // What the file records is its own reading, applied or not.
        for (const auto order : {InteractionOrder::Tensorflow, InteractionOrder::CustomCuda}) {
            Hypothesis applied;
            applied.interaction = order;
            m_session->applyReading(applied);
            QVERIFY(opened.wait(kOpenMs));
            QTRY_VERIFY(!m_session->isAnyRunning());
            QCOMPARE(m_session->model()->spec.interactionOrder, order);
            QCOMPARE(m_session->readsAsFilesMean(), order == InteractionOrder::Tensorflow);
        }
        m_session->resetReading();
        QVERIFY(opened.wait(kOpenMs));
        QTRY_VERIFY(!m_session->isAnyRunning());
        QCOMPARE(m_session->model()->spec.interactionOrder, InteractionOrder::Tensorflow);
        m_session->closeModel();
        QVERIFY(!m_session->settings().interactionOrder);
        // Said before anything is open, as by --interaction, it is for the first model.
        ModelSettings first;
        first.interactionOrder = InteractionOrder::Tensorflow;
        m_session->setSettings(first);
        open(copied);
        QCOMPARE(m_session->model()->spec.interactionOrder, InteractionOrder::Tensorflow);
        QCOMPARE(m_session->model()->spec.orderSource, OrderSource::User);
    }

    void openingWaitsInOrderEvenWhenAskedAtOnce() {
        m_session->closeModel();
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_session->openModel(kDemo + QStringLiteral("/checkpoint"));
        m_session->openDataset(kDemo + QStringLiteral("/dataset"), QStringLiteral("test"),
                               kDemo + QStringLiteral("/dictionary"));
        QVERIFY(opened.wait(kOpenMs));
        QVERIFY(m_session->model());
    }

    void settingsReopenTheModelInPlaceAndABadBackendKeepsTheOld() {
        ModelSettings settings = m_session->settings();
        settings.interactionOrder = InteractionOrder::Tensorflow;
        QSignalSpy opened(m_session.get(), &Session::modelOpened);
        m_session->setSettings(settings);
        QVERIFY(opened.wait(kOpenMs));
        QCOMPARE(m_session->model()->spec.interactionOrder, InteractionOrder::Tensorflow);
        QCOMPARE(m_session->model()->spec.orderSource, OrderSource::User);
        QVERIFY(m_session->dataset());
        settings.backend.name = "cuda-of-tomorrow";
        QCOMPARE(failureOf([&] { m_session->setSettings(settings); }), QStringLiteral("E-BACKEND-002"));
        QCOMPARE(m_session->settings().backend.name, std::string("auto"));
    }

    void pastedLinesPredictAsTheDatasetDoes() {
        QFile raw(kDemo + QStringLiteral("/raw_rows.tsv"));
        QVERIFY(raw.open(QIODevice::ReadOnly));
        QString lines = QString::fromUtf8(raw.readLine());
        lines += QString::fromUtf8(raw.readLine());
        const auto parsed = m_session->samples().parseLines(lines);
        QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().text().c_str());
        QCOMPARE(parsed->size(), std::size_t{2});
        QCOMPARE(parsed->front().row, std::int64_t{-1});
        QSignalSpy ready(&m_session->samples(), &SampleDesk::rowsReady);
        m_session->samples().requestRows(0, 2, 1);
        QVERIFY(ready.wait(kOpenMs));
        const auto rows = ready[0][0].value<PredictionPtr>();
        for (std::size_t i = 0; i < 2; ++i) {
            QCOMPARE((*parsed)[i].input.ids, rows->rows[i].input.ids);
            QCOMPARE((*parsed)[i].input.numerical, rows->rows[i].input.numerical);
        }
    }

    void pastedTextThatIsNotCriteoIsRefused_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("code");
        const QString tabs38 = QString(37, QLatin1Char('\t'));
        QTest::newRow("nothing") << QString() << QStringLiteral("E-SESSION-010");
        QTest::newRow("38 fields") << tabs38 << QStringLiteral("E-TSV-");
        QTest::newRow("41 fields") << QString(40, QLatin1Char('\t')) << QStringLiteral("E-TSV-");
        QTest::newRow("prose") << QStringLiteral("hello") << QStringLiteral("E-TSV-");
    }
    void pastedTextThatIsNotCriteoIsRefused() {
        QFETCH(QString, text);
        QFETCH(QString, code);
        const auto parsed = m_session->samples().parseLines(text);
        QVERIFY(!parsed);
        QVERIFY2(QString::fromStdString(parsed.error().code).startsWith(code), parsed.error().text().c_str());
    }

    void editingAFieldChangesThatFieldOnly() {
        QSignalSpy ready(&m_session->samples(), &SampleDesk::rowsReady);
        m_session->samples().requestRows(0, 1, 1);
        QVERIFY(ready.wait(kOpenMs));
        const EditableRow row = m_session->samples().editable(ready[0][0].value<PredictionPtr>()->rows[0]);

        const auto number = m_session->samples().withNumerical(row, 2, QStringLiteral("12"));
        QVERIFY(number);
        QCOMPARE(number->raw.numerical[2], std::string("12"));
        QVERIFY(std::abs(number->input.numerical[2] - std::log(15.0)) < 2e-3);  // float16 keeps 11 bits
        QCOMPARE(number->input.ids, row.input.ids);
        const auto missing = m_session->samples().withNumerical(row, 2, QString());
        QVERIFY(missing);
        QCOMPARE(missing->input.numerical[2], 0.0F);

        const auto byId = m_session->samples().withCategorical(row, 3, QStringLiteral("id:1"));
        QVERIFY(byId);
        QCOMPARE(byId->input.ids[3], 1);
        QVERIFY(!byId->unknown[3]);
        const auto byHex = m_session->samples().withCategorical(row, 3, m_session->hexOf(3, 1));
        QVERIFY(byHex);
        QCOMPARE(byHex->input.ids, byId->input.ids);
        QCOMPARE(byHex->raw.categorical[3], byId->raw.categorical[3]);
        const auto unknown = m_session->samples().withCategorical(row, 3, QStringLiteral("ffffffff"));
        QVERIFY(unknown);
        QCOMPARE(unknown->input.ids[3], 0);
        QVERIFY(unknown->unknown[3]);
    }

    // facebookresearch's arrays hold raw numbers, fed as ln(max(x, 0) + 1): what is typed beside them is fed so too,
    // and shown as it was typed.
    void typedNumbersAreTransformedAsTheDatasetIs() {
        Session session;
        QSignalSpy opened(&session, &Session::datasetOpened);
        session.openDataset(QStringLiteral(DLRM_TEST_DATA "/npz/stored.npz"));
        QVERIFY(opened.wait(kOpenMs));
        QCOMPARE(session.dataset()->profile, QStringLiteral("facebookresearch"));
        EditableRow row;
        row.input.numerical = {0.0F, 0.0F};
        row.raw.numerical.resize(2);
        const auto typed = session.samples().withNumerical(row, 0, QStringLiteral("5"));
        QVERIFY(typed);
        QCOMPARE(typed->input.numerical[0], std::log(6.0F));
        PredictedRow stored;
        stored.input = typed->input;
        QVERIFY(session.samples().editable(stored).raw.numerical == (std::vector<std::string>{"5", ""}));
        const auto negative = session.samples().withNumerical(row, 0, QStringLiteral("-3"));
        QVERIFY(negative);
        QCOMPARE(negative->input.numerical[0], 0.0F);
    }

    void wrongTokensAreRefusedWithTheirCode_data() {
        QTest::addColumn<bool>("categorical");
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("token");
        QTest::addColumn<QString>("code");
        QTest::newRow("number with a dot") << false << 0 << QStringLiteral("1.5") << QStringLiteral("E-SESSION-007");
        QTest::newRow("words") << false << 0 << QStringLiteral("twelve") << QStringLiteral("E-SESSION-007");
        QTest::newRow("beyond int32") << false << 0 << QStringLiteral("2147483648") << QStringLiteral("E-SESSION-007");
        QTest::newRow("numerical 99") << false << 99 << QStringLiteral("1") << QStringLiteral("E-SESSION-008");
        QTest::newRow("not hex") << true << 0 << QStringLiteral("zzzzzzzz") << QStringLiteral("E-SESSION-005");
        QTest::newRow("seven digits") << true << 0 << QStringLiteral("1234567") << QStringLiteral("E-SESSION-005");
        QTest::newRow("id outside") << true << 0 << QStringLiteral("id:99999999999") << QStringLiteral("E-SESSION-004");
        QTest::newRow("negative id") << true << 0 << QStringLiteral("id:-1") << QStringLiteral("E-SESSION-004");
        QTest::newRow("categorical 99") << true << 99 << QStringLiteral("id:0") << QStringLiteral("E-SESSION-008");
    }
    void wrongTokensAreRefusedWithTheirCode() {
        QFETCH(bool, categorical);
        QFETCH(int, index);
        QFETCH(QString, token);
        QFETCH(QString, code);
        EditableRow row;
        row.input.numerical.assign(13, 0);
        row.input.ids.assign(26, 0);
        row.raw.numerical.resize(13);
        row.raw.categorical.resize(26);
        row.unknown.resize(26);
        const auto edited = categorical ? m_session->samples().withCategorical(row, index, token)
                                        : m_session->samples().withNumerical(row, index, token);
        QVERIFY(!edited);
        QCOMPARE(QString::fromStdString(edited.error().code), code);
    }

    void hexWithoutADictionaryIsRefusedAndNeverGuessed() {
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_session->openDataset(kDemo + QStringLiteral("/dataset"));
        QVERIFY(opened.wait(kOpenMs));
        QVERIFY(!m_session->dataset()->hasDictionary);
        EditableRow row;
        row.input.ids.assign(26, 0);
        row.raw.categorical.resize(26);
        row.unknown.resize(26);
        const auto edited = m_session->samples().withCategorical(row, 0, QStringLiteral("a73ee510"));
        QVERIFY(!edited);
        QCOMPARE(QString::fromStdString(edited.error().code), QStringLiteral("E-SESSION-003"));
        QVERIFY(m_session->samples().withCategorical(row, 0, QStringLiteral("id:2")));
    }

    void tooManyPastedLinesAreRefused() {
        const auto parsed = m_session->samples().parseLines(
            QString(QString(38, QLatin1Char('\t')) + QLatin1Char('\n')).repeated(100'001));
        QVERIFY(!parsed);
        QCOMPARE(QString::fromStdString(parsed.error().code), QStringLiteral("E-SESSION-009"));
    }

    void aWrongDemoVariableFallsBackToTheBundledDemo() {
        qputenv("DLRM_DEMO_DIR", "/nowhere");
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_session->openDemo();
        QVERIFY(opened.wait(kOpenMs));
        qunsetenv("DLRM_DEMO_DIR");
    }

    void selectionIsTold() {
        QSignalSpy changed(m_session.get(), &Session::selectionChanged);
        Selection first;
        first.kind = Selection::Kind::Table;
        first.table = 3;
        Selection second = first;
        second.kind = Selection::Kind::TableRow;
        second.row = 12;
        m_session->setSelection(first);
        m_session->setSelection(first);
        m_session->setSelection(second);
        QCOMPARE(changed.size(), 2);
        QCOMPARE(m_session->selection(), second);
    }

    void closingLeavesNothingOpen() {
        QSignalSpy closed(m_session.get(), &Session::modelClosed);
        m_session->closeModel();
        QCOMPARE(closed.size(), 1);
        QVERIFY(!m_session->model());
        QVERIFY(!m_session->dataset());
        m_session->closeModel();
        QCOMPARE(closed.size(), 1);
    }
};

DLRM_TEST(TestSession);

}  // namespace tst_session

#include "tst_session.moc"
