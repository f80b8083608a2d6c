// SPDX-License-Identifier: Apache-2.0
// Scenarios and workspaces in the window: kept on Samples, saved, opened in every way, lost only after a question, and
// presented to people who read from far away.
#include <QAction>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <nlohmann/json.hpp>

#include "core/scenarios/fit.h"
#include "core/scenarios/reasons.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"
#include "tests/ui/pages/page_fixture.h"
#include "tests/ui/shell/window_test.h"
#include "ui/pages/page.h"
#include "ui/pages/samples/field_form.h"
#include "ui/session/desks/scenario_desk.h"
#include "ui/shell/presentation.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/toast.h"

namespace tst_workspaces {

using namespace dlrm;
using namespace dlrm::ui;
using Json = nlohmann::ordered_json;

namespace {

const QString kDemo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/");
const QString kKept = kDemo + QStringLiteral("demo.dlrmx");

}  // namespace

class TestWorkspaces : public test::WindowTest {
    Q_OBJECT

    ScenarioDesk& desk() const { return m_session->scenarios(); }
    bool openDemo() {
        m_window->openDemo();
        return settles() && m_session->dataset();
    }
    bool openFile(const QString& path, const SaidOptions& said = {}) {
        m_window->openWorkspace(path, said);
        return settles();
    }
    // The demo's workspace, changed, with what it names by absolute paths.
    QString changed(const std::function<void(Json&)>& change) const {
        Json kept = Json::parse(test::readAll(kKept).toStdString());
        const std::string demo = kDemo.toStdString();
        kept["checkpoint"]["path"] = demo + "checkpoint";
        kept["data"]["path"] = demo + "dataset";
        kept["options"]["dictionary"] = demo + "dictionary";
        change(kept);
        QString path = m_home.filePath(QStringLiteral("changed.dlrmx"));
        test::writeAll(path, QByteArray::fromStdString(kept.dump(1)));
        return path;
    }
    bool showSamples() {
        return m_window->showPage(QStringLiteral("samples")) &&
               QTest::qWaitFor([this] { return m_window->currentPage()->isSettled(); }, kWaitMs);
    }
    template <class T>
    T* onPage(const char* name) const {
        return m_window->currentPage()->findChild<T*>(QLatin1String(name));
    }
    QString toasts() const {
        const auto* label = m_window->findChild<Toast*>();
        return label->isVisible() ? label->text() : QString();
    }
    QMessageBox* question() const {
        for (auto* box : m_window->findChildren<QMessageBox*>(QStringLiteral("runningQuestion")))
            if (box->isVisible()) return box;
        return nullptr;
    }
    static void answer(QMessageBox* box, bool go) {
        for (QAbstractButton* button : box->buttons())
            if ((box->buttonRole(button) == QMessageBox::DestructiveRole) == go) return button->click();
    }
    Presentation* presentation() const { return m_window->findChild<Presentation*>(); }
    void keep(const QString& name, const QString& note) {
        onPage<QToolButton>("keepScenario")->click();
        auto* line = onPage<QLineEdit>("scenarioName");
        line->setText(name);
        onPage<QLineEdit>("scenarioNote")->setText(note);
        QTest::keyClick(line, Qt::Key_Return);
    }
    void edit(int numerical, const char* token) {
        Q_EMIT onPage<SampleFieldForm>("fieldForm")->numericalEdited(numerical, QString::fromLatin1(token), 1);
    }
    void trigger(const char* action) { m_window->findChild<QAction*>(QLatin1String(action))->trigger(); }

private Q_SLOTS:
    void initTestCase() { useHome(); }
    void init() { showWindow(); }
    void cleanup() { closeWindow(); }

    void theDemoHasFourScenariosThatFit() {
        QVERIFY(openDemo());
        QCOMPARE(desk().scenarios().size(), std::size_t{4});
        QCOMPARE(Presentation::count(desk()), 4);
        QVERIFY(desk().path().isEmpty());  // nobody saves over it
        QCOMPARE(desk().unsaved(), QString());
        QVERIFY2(!toasts().contains(QStringLiteral("another one")), qPrintable(toasts()));
        // The file is as it would be saved.
        const QString copy = m_home.filePath(QStringLiteral("copy.dlrmx"));
        test::writeAll(copy, test::readAll(kKept));
        const auto file = readWorkspaceFile(copy.toStdString());
        QVERIFY(file);
        QVERIFY(writeWorkspaceFile(*file, copy.toStdString()).has_value());
        QCOMPARE(test::readAll(copy), test::readAll(kKept));
    }

    void aRowIsKeptSavedAndOpenedAgain() {
        QVERIFY(openDemo());
        QVERIFY(showSamples());
        QVERIFY(onPage<QToolButton>("keepScenario")->isEnabled());
        edit(3, "12");
        edit(5, "");
        QTRY_VERIFY(m_window->currentPage()->isSettled());
        keep(QStringLiteral("Mine\n"), QStringLiteral("a note"));
        QCOMPARE(desk().scenarios().size(), std::size_t{5});
        const Scenario mine = desk().scenarios().back();
        QCOMPARE(mine.name, std::string("Mine"));
        QCOMPARE(mine.note, std::string("a note"));
        QCOMPARE(mine.row, 0);
        QVERIFY((mine.edits == std::vector<FieldValue>{{"num_3", "12"}, {"num_5", ""}}));
        QVERIFY(!desk().unsaved().isEmpty());
        onPage<QToolButton>("pin")->click();

        const QString path = m_home.filePath(QStringLiteral("mine.dlrmx"));
        test::answerFileDialog(path);
        trigger("saveWorkspace");
        QVERIFY(settles());
        QCOMPARE(desk().path(), path);
        QCOMPARE(desk().unsaved(), QString());
        const auto file = readWorkspaceFile(path.toStdString());
        QVERIFY2(file, file ? "" : file.error().text().c_str());
        QVERIFY(file->scenarios == desk().scenarios());
        QVERIFY(file->pin && file->pin->edits == mine.edits);
        QCOMPARE(file->request.checkpoint, (kDemo + QStringLiteral("checkpoint")).toStdString());
        QVERIFY(!file->checkpointFingerprint.empty() && !file->dataFingerprint.empty());

        closeWindow();
        showWindow();
        QVERIFY(openFile(path));
        QCOMPARE(QString::fromStdString(m_session->model()->path), kDemo + QStringLiteral("checkpoint"));
        QVERIFY(m_session->dataset() && m_session->dataset()->hasDictionary);
        QVERIFY(desk().scenarios() == file->scenarios);
        QVERIFY2(!toasts().contains(QStringLiteral("another one")), qPrintable(toasts()));
        QVERIFY(showSamples());
        QCOMPARE(onPage<QToolButton>("pin")->text(), QStringLiteral("Pinned"));
        // Shown as an edit of its row: the same number that a prediction of it gives.
        onPage<QListWidget>("scenarios")->setCurrentRow(4);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->currentPage()->isSettled(), kWaitMs);
        const auto rows = desk().rowsOf(mine);
        QVERIFY(rows);
        QSignalSpy predicted(&desk(), &ScenarioDesk::predicted);
        desk().predict(mine, 7);
        QVERIFY(predicted.wait(kWaitMs));
        const auto result = predicted.first().first().value<ScenarioResultPtr>();
        QTRY_COMPARE_WITH_TIMEOUT(onPage<QLabel>("probability")->text(), QString::number(result->probability, 'f', 4),
                                  kWaitMs);
        QCOMPARE(onPage<QLabel>("rowName")->text(), QStringLiteral("row 0 · edited"));
        // And can be taken back.
        onPage<QToolButton>("undo")->click();
        QTRY_COMPARE_WITH_TIMEOUT(onPage<QLabel>("probability")->text(),
                                  QString::number(result->probabilityBefore, 'f', 4), kWaitMs);
    }

    void scenariosAreRenamedAndDeleted() {
        QVERIFY(openDemo());
        QVERIFY(showSamples());
        auto* list = onPage<QListWidget>("scenarios");
        list->setCurrentRow(1);
        onPage<QToolButton>("renameScenario")->click();
        auto* line = onPage<QLineEdit>("scenarioName");
        QCOMPARE(line->text(), QStringLiteral("Another value of cat_19"));
        line->setText(QStringLiteral("Renamed"));
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(list->item(1)->text(), QStringLiteral("Renamed"));
        QVERIFY(!desk().scenarios()[1].note.empty());
        onPage<QToolButton>("deleteScenario")->click();
        QCOMPARE(list->count(), 3);
        QCOMPARE(desk().scenarios()[1].name, std::string("Two changes that cancel each other"));
        QVERIFY(!desk().unsaved().isEmpty());
    }

    // A row that the dataset does not have any more as it was.
    void aScenarioOfAnotherRowIsPasted() {
        QVERIFY(openFile(changed([](Json& kept) { kept["scenarios"][0]["values"]["num_1"] = "77"; })));
        QVERIFY(showSamples());
        auto* list = onPage<QListWidget>("scenarios");
        list->setCurrentRow(0);
        QTRY_COMPARE_WITH_TIMEOUT(onPage<QLabel>("rowName")->text(), QStringLiteral("pasted 1 · edited"), kWaitMs);
        // Once more it is the same pasted row.
        list->setCurrentRow(1);
        QTRY_COMPARE_WITH_TIMEOUT(onPage<QLabel>("rowName")->text(), QStringLiteral("row 3 · edited"), kWaitMs);
        list->setCurrentRow(0);
        QTRY_COMPARE_WITH_TIMEOUT(onPage<QLabel>("rowName")->text(), QStringLiteral("pasted 1 · edited"), kWaitMs);
    }

    void whatIsUnsavedIsAskedAbout() {
        QVERIFY(openDemo());
        QVERIFY(showSamples());
        keep(QStringLiteral("Mine"), {});
        m_window->openDemo();
        QVERIFY(question());
        QVERIFY(question()->text().contains(QStringLiteral("5 scenarios are saved in no workspace.")));
        answer(question(), false);
        QCOMPARE(desk().scenarios().size(), std::size_t{5});
        // Another checkpoint takes none of them away.
        m_window->open(m_window->requestFor(kDemo + QStringLiteral("checkpoint_next")));
        QVERIFY(!question());
        QVERIFY(settles());
        QCOMPARE(desk().scenarios().size(), std::size_t{5});
        QVERIFY(openFile(kKept));
        QTRY_VERIFY(question());
        answer(question(), false);
        QCOMPARE(desk().scenarios().size(), std::size_t{5});
        QVERIFY(!m_window->close());
        QTRY_VERIFY(question());
        QVERIFY(question()->informativeText().contains(QStringLiteral("Save workspace")));
        answer(question(), false);
        QVERIFY(openFile(kKept));
        QTRY_VERIFY(question());
        answer(question(), true);
        QVERIFY(settles());
        QCOMPARE(desk().scenarios().size(), std::size_t{4});
        QCOMPARE(QString::fromStdString(m_session->model()->path), kDemo + QStringLiteral("checkpoint"));
        QCOMPARE(desk().unsaved(), QString());
    }

    void opensAsWhatItIs() {
        m_window->openPaths({kKept});
        QVERIFY(settles() && m_session->dataset());
        QCOMPARE(desk().path(), kKept);
        closeWindow();
        showWindow();
        OpenRequest request;
        request.checkpoint = kKept.toStdString();
        m_window->open(request);
        QVERIFY(settles() && m_session->dataset());
        QCOMPARE(desk().scenarios().size(), std::size_t{4});
        // Recent, where the newest is the checkpoint that it names.
        const QList<RecentEntry> recent = RecentFiles::instance().entries();
        const auto at =
            std::find_if(recent.begin(), recent.end(), [](const RecentEntry& e) { return e.model == kKept; });
        QVERIFY(at != recent.end());
        m_session->closeModel();
        desk().close();
        m_window->openRecent(static_cast<int>(at - recent.begin()));
        QVERIFY(settles() && m_session->dataset());
        QCOMPARE(desk().scenarios().size(), std::size_t{4});
    }

    void optionsSayOtherwise() {
        const QString path = changed([](Json& kept) {
            kept["options"]["interaction"] = "tensorflow";
            kept["options"]["id-shift"] = "0";
        });
        QVERIFY(openFile(path));
        QCOMPARE(m_session->model()->spec.interactionOrder, InteractionOrder::Tensorflow);
        QVERIFY(openFile(path, {{QStringLiteral("interaction"), QStringLiteral("custom_cuda")}}));
        QCOMPARE(m_session->model()->spec.interactionOrder, InteractionOrder::CustomCuda);
    }

    // The reading is the file's, whatever was in force, and is saved with it.
    void theReadingIsTheWorkspaces() {
        const QString path = changed([](Json& kept) { kept["options"]["numerical"] = "ln2"; });
        QVERIFY(openFile(path));
        QVERIFY(m_session->dataset());
        QCOMPARE(m_session->dataset()->reading.numerical, NumericalReading::LnPlus2);
        QVERIFY(!m_session->readsAsFilesMean());
        const QString other = m_home.filePath(QStringLiteral("other.dlrmx"));
        test::answerFileDialog(other);
        trigger("saveWorkspaceAs");
        QVERIFY(settles());
        const auto saved = readWorkspaceFile(other.toStdString());
        QVERIFY(saved);
        QVERIFY(saved->request.data.numerical == NumericalReading::LnPlus2);
        QVERIFY(openFile(kKept));
        QCOMPARE(m_session->dataset()->reading.numerical, NumericalReading::AlreadyLogged);
        QVERIFY(m_session->readsAsFilesMean());
        QVERIFY(openFile(other));
        QCOMPARE(m_session->dataset()->reading.numerical, NumericalReading::LnPlus2);
    }

    void whatNoLongerFitsIsSaid() {
        QVERIFY(openFile(changed([](Json& kept) {
            kept["checkpoint"]["path"] = (kDemo + QStringLiteral("checkpoint_next")).toStdString();
            kept["scenarios"][1]["values"]["cat_99"] = "id:3";
            kept["extra"] = 1;
        })));
        QTRY_VERIFY_WITH_TIMEOUT(toasts().contains(QStringLiteral("The checkpoint is another one since")), kWaitMs);
        QVERIFY2(toasts().contains(QStringLiteral("1 of 4 scenarios do not fit what is open: Another value of cat_19")),
                 qPrintable(toasts()));
        QVERIFY(toasts().contains(QStringLiteral("/extra")));
        QCOMPARE(Presentation::count(desk()), 3);
        QVERIFY(showSamples());
        QVERIFY(onPage<QListWidget>("scenarios")->item(1)->toolTip().contains(QStringLiteral("does not fit")));
        onPage<QListWidget>("scenarios")->setCurrentRow(1);
        QVERIFY(m_window->currentPage()->errorText().contains(QStringLiteral("E-DLRMX-006")));
    }

    void aCheckpointThatIsNotThereIsSaidAndScenariosStay() {
        QVERIFY(openFile(changed([](Json& kept) { kept["checkpoint"]["path"] = "gone"; })));
        QVERIFY(m_window->currentPage()->errorText().contains(QStringLiteral("E-DLRMX-005")));
        QVERIFY(!m_session->model());
        QCOMPARE(desk().scenarios().size(), std::size_t{4});
        QCOMPARE(Presentation::count(desk()), 0);
        m_window->open(m_window->requestFor(kDemo + QStringLiteral("checkpoint"), kDemo + QStringLiteral("dataset"),
                                            kDemo + QStringLiteral("dictionary")));
        QVERIFY(settles() && m_session->dataset());
        QCOMPARE(Presentation::count(desk()), 4);
    }

    void aFileThatIsNoneIsRefused() {
        const QString path = m_home.filePath(QStringLiteral("none.dlrmx"));
        test::writeAll(path, "{");
        QVERIFY(openFile(path));
        QTRY_VERIFY(m_window->currentPage()->errorText().contains(QStringLiteral("E-DLRMX-002")));
        QVERIFY(!m_session->model());
    }

    void chancesAreRead_data() {
        QTest::addColumn<double>("probability");
        QTest::addColumn<QString>("text");
        QTest::newRow("half") << 0.5 << "50.0 %";
        QTest::newRow("usual") << 0.18732 << "18.7 %";
        QTest::newRow("one") << 1.0 << "100.0 %";
        QTest::newRow("none") << 0.0 << "0.0 %";
        QTest::newRow("small") << 0.00654 << "0.65 %";
        QTest::newRow("smaller") << 0.000654 << "0.065 %";
    }
    void chancesAreRead() {
        QFETCH(double, probability);
        QFETCH(QString, text);
        QCOMPARE(chanceText(probability), text);
    }

    void presentSaysWhatTheEngineSays() {
        QVERIFY(openDemo());
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QVERIFY(presentation() && presentation()->isFullScreen());
        for (int i = 0; i < 4; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(presentation()->isSettled(), kWaitMs);
            QCOMPARE(presentation()->index(), i);
            const Scenario& scenario = desk().scenarios()[static_cast<std::size_t>(i)];
            QSignalSpy predicted(&desk(), &ScenarioDesk::predicted);
            desk().predict(scenario, 1'000'000);
            QVERIFY(predicted.wait(kWaitMs));
            const auto result = predicted.first().first().value<ScenarioResultPtr>();
            const auto textOf = [this](const char* name) {
                QStringList out;
                for (const QLabel* label : presentation()->findChildren<QLabel*>(QLatin1String(name)))
                    if (label->isVisible()) out << label->text();
                return out;
            };
            QCOMPARE(textOf("presentedTitle"), QStringList{QString::fromStdString(scenario.name)});
            QCOMPARE(textOf("presentedNote"), QStringList{QString::fromStdString(scenario.note)});
            QCOMPARE(textOf("presentedFigure"), QStringList{chanceText(result->probability)});
            QVERIFY(textOf("presentedBefore").first().contains(chanceText(result->probabilityBefore)));
            QStringList changes, reasons;
            for (const ScenarioEdit& one : result->edits) changes << QString::fromStdString(one.sentence);
            for (const Reason& one : result->reasons) reasons << QString::fromStdString(one.sentence);
            QTRY_COMPARE(textOf("presentedChange"), changes);
            QTRY_COMPARE(textOf("presentedReason"), reasons);
            QCOMPARE(reasons.size(), 5);
            QTest::keyClick(presentation(), Qt::Key_Right);
        }
        QCOMPARE(presentation()->index(), 3);  // the last one stays
        QTest::keyClick(presentation(), Qt::Key_Left);
        QCOMPARE(presentation()->index(), 2);
        QTest::keyClick(presentation(), Qt::Key_Home);
        QCOMPARE(presentation()->index(), 0);
        QTRY_VERIFY_WITH_TIMEOUT(presentation()->isSettled(), kWaitMs);
        QTest::keyClick(presentation(), Qt::Key_Escape);
        QTRY_VERIFY(!presentation());
    }

    // Nobody reads one scenario's name over another one's chance.
    void whatIsPresentedIsOfOneScenario() {
        QVERIFY(openDemo());
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(presentation()->isSettled(), kWaitMs);
        const auto shown = [this] {
            QStringList out;
            for (const QLabel* label : presentation()->findChildren<QLabel*>()) out << label->text();
            return out;
        };
        const QStringList first = shown();
        QVERIFY(first.contains(QStringLiteral("1 of 4")));
        QKeyEvent right(QEvent::KeyPress, Qt::Key_Right, Qt::NoModifier);
        QCoreApplication::sendEvent(presentation(), &right);  // nothing is delivered meanwhile
        QVERIFY(!presentation()->isSettled());
        QCOMPARE(shown(), first);
        QTRY_VERIFY_WITH_TIMEOUT(presentation()->isSettled(), kWaitMs);
        QVERIFY(shown().contains(QStringLiteral("2 of 4")));
        QVERIFY(shown().contains(QString::fromStdString(desk().scenarios()[1].name)));
        // A save changes nothing that is shown.
        QSignalSpy saved(&desk(), &ScenarioDesk::saved);
        desk().save(m_home.filePath(QStringLiteral("presented.dlrmx")));
        QVERIFY(saved.wait(kWaitMs));
        QVERIFY(presentation() && presentation()->isVisible());
    }

    void aWorkspaceKeepsNoMoreThanCanBeSaved() {
        auto full = std::make_shared<WorkspaceFile>();
        full->scenarios.assign(kMostScenarios, Scenario{"One", "", -1, {}, {{"num_0", "1"}}, {}});
        desk().take(full);
        desk().keep(full->scenarios.front());
        QCOMPARE(desk().scenarios().size(), kMostScenarios);
        QVERIFY(desk().unsaved().isEmpty());
        QVERIFY2(toasts().contains(QStringLiteral("at most 1,000 scenarios")), qPrintable(toasts()));
    }

    void slicesAreTheWorkspaces() {
        QVERIFY(openFile(changed([](Json& kept) { kept["slices"] = {"num_3 > 5", "cat_3 missing"}; })));
        QVERIFY(m_window->showPage(QStringLiteral("evaluate")));
        auto* line = onPage<QLineEdit>("sliceLine");
        QCOMPARE(line->text(), QStringLiteral("num_3 > 5; cat_3 missing"));
        const auto saved = [this] {
            const QString path = m_home.filePath(QStringLiteral("slices.dlrmx"));
            desk().save(path);
            const auto file = settles() ? readWorkspaceFile(path.toStdString()) : WorkspaceFile();
            return file ? file->slices : std::vector<std::string>{"no file"};
        };
        QCOMPARE(saved(), (std::vector<std::string>{"num_3 > 5", "cat_3 missing"}));
        line->setText(QStringLiteral("num_3 >"));  // nothing yet
        QCOMPARE(saved(), (std::vector<std::string>{"num_3 > 5", "cat_3 missing"}));
        line->setText(QStringLiteral("num_3 > 6"));
        QCOMPARE(saved(), std::vector<std::string>{"num_3 > 6"});
        QVERIFY(openFile(kKept));
        QVERIFY(line->text().isEmpty());
        // More than the line takes stay as they are.
        const std::vector<std::string> many(1000, "num_3 > 5 and num_4 > 7 and num_5 != 1234");
        QVERIFY(openFile(changed([&](Json& kept) { kept["slices"] = many; })));
        QVERIFY(line->text().isEmpty());
        QCOMPARE(saved(), many);
    }

    void nothingPresentedIsSmallOrLeavesTheScreen() {
        QVERIFY(openDemo());
        for (const QSize size : {QSize(1920, 1080), QSize(1024, 768), QSize(960, 600)}) {
            Presentation shown(*m_session, 3);
            shown.resize(size);
            shown.show();
            QTRY_VERIFY_WITH_TIMEOUT(shown.isSettled(), kWaitMs);
            QTRY_COMPARE(shown.findChildren<QLabel*>(QStringLiteral("presentedReason")).size(), 5);
            for (const QLabel* label : shown.findChildren<QLabel*>()) {
                if (!label->isVisible()) continue;
                QVERIFY2(label->fontInfo().pointSizeF() >= 19.5, qPrintable(label->text()));
                const QRect at(label->mapTo(&shown, QPoint()), label->size());
                QVERIFY2(at.left() >= 0 && at.right() <= size.width(), qPrintable(label->text()));
                QTRY_VERIFY2(label->heightForWidth(label->width()) <= label->height(), qPrintable(label->text()));
            }
        }
    }

    void withoutScenariosThereIsNothingToPresent() {
        m_window->open(m_window->requestFor(kDemo + QStringLiteral("checkpoint")));
        QVERIFY(settles());
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QVERIFY(!presentation());
        QVERIFY(toasts().contains(QStringLiteral("no scenario to present")));
    }

    // F5 is theirs.
    void pagesThatRunKeepTheirKey() {
        QVERIFY(openDemo());
        QVERIFY(m_window->showPage(QStringLiteral("evaluate")));
        QTest::keyClick(m_window->currentPage(), Qt::Key_F5);
        QVERIFY(!presentation());
        QTRY_VERIFY(m_session->isRunning(JobKind::Evaluate) || !m_session->isAnyRunning());
        QVERIFY(settles());
        m_window->showPage(QStringLiteral("samples"));
        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QVERIFY(presentation());
    }
};

DLRM_TEST(TestWorkspaces);

}  // namespace tst_workspaces
#include "tst_workspaces.moc"
