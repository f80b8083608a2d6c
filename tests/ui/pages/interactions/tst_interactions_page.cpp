// SPDX-License-Identifier: Apache-2.0
// The Interactions page clicked through with the bundled demo; its figures are compared with those that the engine
// gives without a window.
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QToolButton>

#include <cmath>

#include <nlohmann/json.hpp>

#include "core/engine/engine.h"
#include "core/engine/workspace.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/interactions/interactions_fixture.h"
#include "ui/charts/chart_menu.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/pages/interactions/page.h"
#include "ui/pages/interactions/pair_model.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/numbers.h"

namespace tst_interactions_page {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

// The list shows four decimals.
constexpr double kRounding = 0.5e-4 + 1e-9;
const QString kNewer = QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/");

// "−0.0098" as a number.
double shown(QString text) { return text.replace(QStringLiteral("−"), QStringLiteral("-")).toDouble(); }

}  // namespace

class InteractionsPageTest : public InteractionsFixture {
    Q_OBJECT

    QTableView* table() const { return find<QTableView>("pairTable"); }
    InteractionPairModel* pairs() const { return m_page->findChild<InteractionPairModel*>(); }
    QString cell(int row, InteractionPairModel::Column column) const {
        return pairs()->index(row, column).data().toString();
    }
    static Interactions ofTheEngine(RowRange range) {
        const Workspace open = opened();
        auto found = open.engine->interactions(*open.dataset, {range, true, false, {}});
        if (!found) qFatal("%s", found.error().text().c_str());
        return *std::move(found);
    }

private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::Light); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    // Of every matrix the map's cells, and of the strongest pairs what the list says, of a range of rows.
    void figuresAreThoseOfTheEngine() {
        const Interactions expected = ofTheEngine({100, 4099});
        const InteractionMatrices& m = expected.matrices;
        find<QLineEdit>("rowRange")->setText(QStringLiteral("100-4,099"));
        QVERIFY(runToTheEnd());
        const std::size_t n = m.names.size();
        auto* box = find<QComboBox>("matrixChoice");
        // Those of two slices, and one row less the mean, come after them.
        QCOMPARE(box->count(), static_cast<int>(interactionMatrixTable().size() + comparisonMatrixTable().size()) + 2);
        int at = 0;
        for (const InteractionMatrix& matrix : interactionMatrixTable()) {
            box->setCurrentIndex(at++);
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    if (i == j) QVERIFY(std::isnan(mapped(i, j)));
                    else QCOMPARE(static_cast<float>(mapped(i, j)), static_cast<float>((m.*matrix.values)[i * n + j]));
            QVERIFY(find<QLabel>("matrixFormula")->text() == QString::fromUtf8(matrix.formula));
            QVERIFY(map()->chart()->chart()->title().endsWith(QString::fromUtf8(matrix.title)));
        }
        const std::vector<InteractionPair> strongest = interactionPairs(m);
        QCOMPARE(pairs()->rowCount(), static_cast<int>(strongest.size()));
        for (int row = 0; row < 3; ++row) {
            const InteractionPair& pair = strongest[static_cast<std::size_t>(row)];
            QCOMPARE(cell(row, InteractionPairModel::Pair), pairName(m, pair.first, pair.second));
            QVERIFY(std::abs(shown(cell(row, InteractionPairModel::Mean)) - pair.mean) <= kRounding);
            QVERIFY(std::abs(shown(cell(row, InteractionPairModel::Deviation)) - pair.std) <= kRounding);
            QVERIFY(std::abs(shown(cell(row, InteractionPairModel::Effect)) - pair.effectSize) <= kRounding);
            QVERIFY(std::abs(shown(cell(row, InteractionPairModel::Adds)) - pair.attribution) <= kRounding);
            QCOMPARE(cell(row, InteractionPairModel::Share), formatPercent(pair.share, 2));
        }
        QVERIFY2(status().startsWith(QStringLiteral("Final: 4,000 rows, %1 clicked · rows 100 to 4,099 · 351 pairs")
                                         .arg(formatCount(m.positives))),
                 qPrintable(status()));
    }

    void namesAndFiguresStandUnderTheMap() {
        QVERIFY(runToTheEnd());
        const InteractionMatrices& m = m_newest->found.matrices;
        map()->mark(3, 5);
        const std::size_t at = 3 * m.names.size() + 5;
        QCOMPARE(readout(), QStringLiteral("cat_2 × cat_4: mean %1, standard deviation %2")
                                .arg(formatNumber(m.mean[at]), formatNumber(m.std[at])));
        choose("matrixChoice", "attribution");
        map()->mark(3, 5);
        QVERIFY2(readout().contains(QStringLiteral("attribution ") + formatNumber(m.attribution[at])) &&
                     readout().endsWith(QStringLiteral("of all sizes")),
                 qPrintable(readout()));
        choose("matrixChoice", "mean cosine");
        map()->mark(4, 4);
        QCOMPARE(readout(), QStringLiteral("cat_3 with itself: mean cosine 1.000, not fed to the model"));
    }

    // cat_10 stands after cat_2, and a pair stays chosen where its cell goes.
    void rowsAndColumnsStandInTheChosenOrder() {
        QVERIFY(runToTheEnd());
        const double before = mapped(0, 11);
        Q_EMIT map()->cellClicked(0, 11);
        choose("vectorOrder", "by name");
        const QStringList columns = map()->chart()->table().columns;
        QCOMPARE(columns.mid(0, 3),
                 (QStringList{QStringLiteral("bottom"), QStringLiteral("cat_0"), QStringLiteral("cat_1")}));
        QCOMPARE(mapped(0, 11), before);  // the demo's vectors stand by name already
        QVERIFY2(readout().startsWith(QStringLiteral("bottom × cat_10")), qPrintable(readout()));
        choose("vectorOrder", "by similarity");
        const std::vector<std::size_t>& order = m_newest->bySimilarity;
        const InteractionMatrices& m = m_newest->found.matrices;
        for (std::size_t i = 1; i < order.size(); ++i) {
            QCOMPARE(map()->chart()->table().columns[static_cast<qsizetype>(i)],
                     QString::fromStdString(m.names[order[i]]));
            QCOMPARE(static_cast<float>(mapped(i, i - 1)),
                     static_cast<float>(m.mean[order[i] * m.names.size() + order[i - 1]]));
        }
        QVERIFY2(readout().startsWith(QStringLiteral("bottom × cat_10")), qPrintable(readout()));
    }

    void aCellChoosesItsPairAndALineItsCell() {
        QVERIFY(runToTheEnd());
        Q_EMIT map()->cellClicked(7, 20);
        QCOMPARE(cell(table()->currentIndex().row(), InteractionPairModel::Pair), QStringLiteral("cat_19 × cat_6"));
        QCOMPARE(find<QLabel>("pairTitle")->text(), QStringLiteral("cat_19 × cat_6"));
        QVERIFY(readout().startsWith(QStringLiteral("cat_6 × cat_19: mean ")));
        // All figures of it stand on the card.
        const InteractionMatrices& m = m_newest->found.matrices;
        const std::size_t at = 20 * m.names.size() + 7;
        const QString facts = test::textOf(*find<QWidget>("pairFacts"));
        for (const double value : {m.mean[at], m.std[at], m.clicked[at], m.notClicked[at], m.effectSize[at],
                                   m.meanCosine[at], m.attribution[at], m.attributionAbs[at]})
            QVERIFY2(facts.contains(pairFigure(value)), qPrintable(facts));
        QVERIFY2(facts.contains(pairFigure(m.difference[at]) + QStringLiteral(" SE ") + pairFigure(m.differenceSe[at])),
                 qPrintable(facts));
        // A fact's interval or size stands under what it is of.
        const auto place = [this](const char* name) {
            auto* card = find<QWidget>("pairFacts");
            const auto* grid = card->findChild<QGridLayout*>();
            int row = -1, column = -1, rows = 0, columns = 0;
            for (QLabel* label : card->findChildren<QLabel*>())
                if (label->text() == QString::fromUtf8(name))
                    grid->getItemPosition(grid->indexOf(label), &row, &column, &rows, &columns);
            return std::pair(row, column);
        };
        QCOMPARE(place("95 % interval"), std::pair(place("Effect size").first + 1, place("Effect size").second));
        QCOMPARE(place("Its size"), std::pair(place("Attribution").first + 1, place("Attribution").second));
        QVERIFY(place("Its size").first > 0);
        // A line marks its cell, whatever the order.
        table()->setCurrentIndex(pairs()->index(2, 0));
        const InteractionPair* third = pairs()->pairAt(2);
        QVERIFY2(readout().startsWith(pairName(m, third->first, third->second)), qPrintable(readout()));
        // A vector with itself is no pair.
        Q_EMIT map()->cellClicked(4, 4);
        QVERIFY(!table()->currentIndex().isValid());
        QVERIFY(find<QLabel>("pairTitle")->text().startsWith(QStringLiteral("Click a cell")));
    }

    void theListSortsAndIsTheStrongestFirstAgain() {
        QVERIFY(runToTheEnd());
        const QString strongest = cell(0, InteractionPairModel::Pair);
        table()->setCurrentIndex(pairs()->index(0, 0));
        pairs()->sort(InteractionPairModel::Mean, Qt::AscendingOrder);
        for (int row = 1; row < pairs()->rowCount(); ++row)
            QVERIFY(pairs()->pairAt(row - 1)->mean <= pairs()->pairAt(row)->mean);
        QCOMPARE(cell(table()->currentIndex().row(), InteractionPairModel::Pair), strongest);
        QVERIFY(table()->currentIndex().row() > 0);
        pairs()->sort(-1, Qt::AscendingOrder);
        QCOMPARE(cell(0, InteractionPairModel::Pair), strongest);
        for (int row = 1; row < pairs()->rowCount(); ++row)
            QVERIFY(pairs()->pairAt(row - 1)->share >= pairs()->pairAt(row)->share);
    }

    void selectedLinesAreCopiedWithAllDigits() {
        QVERIFY(runToTheEnd());
        table()->setCurrentIndex(pairs()->index(0, 0));
        QSignalSpy noticed(m_page, &Page::noticed);
        QTest::keyClick(table(), Qt::Key_C, Qt::ControlModifier);
        const QStringList lines = QApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].startsWith(QStringLiteral("first\tsecond\tmean\tstd\t")));
        QCOMPARE(lines[1].split(QLatin1Char('\t')).value(2).toDouble(), m_newest->pairs.front().mean);
        QCOMPARE(noticed.value(0).value(0).toString(), QStringLiteral("Copied 1 pair"));
    }

    // The range of colours holds while figures come in, and is that of the final ones.
    void linesAndColoursStayWhileItRuns() {
        QVERIFY(runToTheEnd());
        const InteractionFiguresPtr whole = m_newest;
        const QString first = cell(0, InteractionPairModel::Pair);
        auto other = std::make_shared<InteractionFigures>(*whole);
        std::reverse(other->pairs.begin(), other->pairs.end());
        other->found.final = false;
        other->found.totalRows = 40000;
        m_session->interactions().take(other);
        QVERIFY2(status().startsWith(QStringLiteral("Interim: 20,000 of 40,000 rows")), qPrintable(status()));
        QCOMPARE(cell(0, InteractionPairModel::Pair), first);
        QCOMPARE(pairs()->pairAt(0)->mean, whole->pairs.front().mean);
        auto last = std::make_shared<InteractionFigures>(*other);
        last->found.final = true;
        m_session->interactions().take(last);
        QVERIFY(cell(0, InteractionPairModel::Pair) != first);
    }

    void exportWritesTheFile_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"i.json", "i.h5", "i.npy", "i.csv", "i.tsv"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void exportWritesTheFile() {
        QFETCH(QString, name);
        find<QLineEdit>("rowRange")->setText(QStringLiteral("0-999"));
        QVERIFY(runToTheEnd());
        QTemporaryDir folder;
        const QString path = folder.filePath(name);
        QSignalSpy exported(m_session, &Session::exported);
        test::answerFileDialog(path);
        find<QToolButton>("exportInteractions")->click();
        QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, kWait);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray written = file.readAll();
        const InteractionMatrices& m = m_newest->found.matrices;
        if (name == QLatin1String("i.json")) {
            const auto json = nlohmann::json::parse(written.toStdString());
            QCOMPARE(json["rows"].get<int>(), 1000);
            QCOMPARE(json["mean"][3][5].get<double>(), m.mean[3 * m.names.size() + 5]);
        } else if (name == QLatin1String("i.csv")) {
            QCOMPARE(written.count('\n'), static_cast<qsizetype>(m_newest->pairs.size() + 1));
        } else {
            QVERIFY(written.size() > 1000);
        }
    }

    void figuresThatTookLongAreKeptByAnExport() {
        QVERIFY(runToTheEnd());
        QVERIFY(m_page->unsaved().isEmpty());
        auto slow = std::make_shared<InteractionFigures>(*m_newest);
        slow->found.provenance.seconds = 12.3;
        m_session->interactions().take(slow);
        QCOMPARE(m_page->unsaved(),
                 QStringLiteral("The interactions of 20,000 rows, which took 12.3 s, were not exported."));
        QTemporaryDir folder;
        m_session->interactions().exportFigures(slow, folder.filePath(QStringLiteral("i.json")));
        QTRY_VERIFY_WITH_TIMEOUT(m_page->unsaved().isEmpty(), kWait);
    }

    void onlyFinishedFiguresAreExported() {
        auto* button = find<QToolButton>("exportInteractions");
        const auto menu = [this] {
            QMenu filled;
            fillChartMenu(filled, *map()->chart(), QStringLiteral("Interactions"));
            QStringList out;
            for (const QAction* action : filled.actions()) out << action->text().remove(QLatin1Char('&'));
            return out.join(QLatin1Char('\n'));
        };
        QVERIFY(!button->isEnabled());
        QVERIFY(runToTheEnd());
        QVERIFY(button->isEnabled() && menu().contains(QStringLiteral("Export PNG")));
        find<QPushButton>("runInteractions")->click();
        QVERIFY(!button->isEnabled());
        QVERIFY2(button->toolTip().contains(QStringLiteral("being counted")) &&
                     menu().contains(QStringLiteral("being counted")),
                 qPrintable(menu()));
        m_session->cancel(JobKind::Interactions);
        QTRY_VERIFY(button->isEnabled());
    }

    void cancelLeavesNoFinalFiguresAndCountAgainWorks() {
        find<QPushButton>("runInteractions")->click();
        QVERIFY(m_session->isRunning(JobKind::Interactions));
        QVERIFY(find<QPushButton>("cancelInteractions")->isVisible());
        find<QPushButton>("cancelInteractions")->click();
        QVERIFY(!m_session->isRunning(JobKind::Interactions));
        QVERIFY(!m_newest || !m_newest->found.final);
        QVERIFY(!status().contains(QStringLiteral("Final")));
        QVERIFY(m_page->errorText().isEmpty());
        QVERIFY(runToTheEnd());
        const InteractionFiguresPtr finished = m_newest;
        auto interim = std::make_shared<InteractionFigures>(*finished);
        interim->found.final = false;
        find<QPushButton>("runInteractions")->click();
        m_session->interactions().take(interim);
        m_session->cancel(JobKind::Interactions);
        QTRY_VERIFY2(status().startsWith(
                         QStringLiteral("The new run was cancelled; this is the last finished result · Final: 20,000")),
                     qPrintable(status()));
        QCOMPARE(m_session->interactions().results().newest, finished);
    }

    void anotherModelWhileItRunsShowsNothingOfTheFirst() {
        find<QLineEdit>("rowRange")->setText(QStringLiteral("0-19,998"));
        find<QPushButton>("runInteractions")->click();
        QVERIFY(m_session->isRunning(JobKind::Interactions));
        test::JobSpy opened(m_session, &Session::modelOpened);
        m_session->openModel(test::demoPath("checkpoint_next"));
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        QVERIFY(!m_session->interactions().results().newest);
        QCOMPARE(pairs()->rowCount(), 0);
        QCOMPARE(find<QLineEdit>("rowRange")->text(), QString());
        QVERIFY(m_page->findChild<EmptyState*>()->isVisible());
        QVERIFY(runToTheEnd());
        QCOMPARE(m_newest->found.matrices.rows, 20000);
    }

    void attributionIsLeftOutWhereItIsNotWanted() {
        find<QCheckBox>("attributions")->setChecked(false);
        QVERIFY(find<QToolButton>("interactionsOptions")->text().contains(QStringLiteral("without attribution")));
        choose("matrixChoice", "attribution");
        QVERIFY(runToTheEnd());
        QVERIFY(m_newest->found.matrices.attribution.empty());
        QCOMPARE(find<QComboBox>("matrixChoice")->currentText(), QStringLiteral("mean"));
        const auto* items = qobject_cast<QStandardItemModel*>(find<QComboBox>("matrixChoice")->model());
        const QStandardItem* item =
            items->item(find<QComboBox>("matrixChoice")->findText(QStringLiteral("attribution")));
        QVERIFY(!item->isEnabled() && item->toolTip().contains(QStringLiteral("left out of this run")));
        QVERIFY(table()->isColumnHidden(InteractionPairModel::Share));
        QVERIFY2(status().contains(QStringLiteral("left out of this run")), qPrintable(status()));
    }

    void rowsWithoutLabelsShowWhatNeedsNone() {
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
        QVERIFY(runToTheEnd());
        QVERIFY2(status().startsWith(QStringLiteral("Final: 5 rows without labels")), qPrintable(status()));
        auto* box = find<QComboBox>("matrixChoice");
        const auto* items = qobject_cast<QStandardItemModel*>(box->model());
        int at = 0;
        for (const InteractionMatrix& matrix : interactionMatrixTable())
            QCOMPARE(items->item(at++)->isEnabled(), !matrix.ofClicks);
        QVERIFY(table()->isColumnHidden(InteractionPairModel::Effect));
        QVERIFY(!test::textOf(*find<QWidget>("pairFacts")).contains(QStringLiteral("Clicked")));
    }

    // One class only: what is not defined is drawn so and said.
    void whatIsNotDefinedIsSaid() {
        find<QLineEdit>("rowRange")->setText(QStringLiteral("0"));
        QVERIFY(runToTheEnd());
        choose("matrixChoice", "effect size");
        QVERIFY(std::isnan(mapped(3, 5)));
        map()->mark(3, 5);
        QCOMPARE(readout(), QStringLiteral("cat_2 × cat_4: effect size not defined"));
        QCOMPARE(cell(0, InteractionPairModel::Effect), QStringLiteral("–"));
    }

    void differentWidthsSayWhyNot() {
        Session session;
        InteractionsPage page(session);
        page.resize(800, 600);
        page.show();
        test::JobSpy opened(&session, &Session::modelOpened);
        session.openModel(kNewer + QStringLiteral("d_dcnv2_hetero_dims/checkpoint"));
        QVERIFY(opened.wait(kWait));
        auto* empty = page.findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        const QString text = empty->findChild<QLabel*>()->text();
        QVERIFY2(text.contains(QStringLiteral("different widths")) && text.contains(QStringLiteral("E-MEASURE-007")),
                 qPrintable(text));
        QVERIFY(!page.findChild<QPushButton*>(QStringLiteral("runInteractions"))->isEnabled());
    }

    void crossLayersHaveNoAttribution() {
        Session session;
        InteractionsPage page(session);
        page.resize(1000, 700);
        page.show();
        ModelSettings settings;
        settings.combiner = Combiner::Sum;
        session.setSettings(settings);
        test::JobSpy opened(&session, &Session::modelOpened);
        session.openModel(kNewer + QStringLiteral("d_dcnv2/checkpoint"));
        QVERIFY(opened.wait(kWait));
        test::JobSpy data(&session, &Session::datasetOpened);
        session.openDataset(QStringLiteral(DLRM_TEST_DATA "/golden/datasets/multihot_tfrecords"),
                            QStringLiteral("test"), QString());
        QVERIFY(data.wait(kWait));
        page.run();
        QTRY_VERIFY_WITH_TIMEOUT(session.interactions().results().finished, kWait);
        const QString said = page.findChild<QLabel*>(QStringLiteral("interactionsStatus"))->text();
        QVERIFY2(said.contains(QStringLiteral("pairs have no attribution")), qPrintable(said));
        QVERIFY(!page.findChild<QCheckBox*>(QStringLiteral("attributions"))->isVisibleTo(&page));
    }

    // No dataset makes a part of a model have pairs.
    void aPartOfAModelSaysWhatIsMissingAndAsksForNoDataset() {
        Session session;
        InteractionsPage page(session);
        page.resize(800, 600);
        page.show();
        test::JobSpy opened(&session, &Session::modelOpened);
        session.openModel(kNewer + QStringLiteral("x_keras/tf_keras_2_21/both.keras"));
        QVERIFY(opened.wait(kWait));
        auto* empty = page.findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        const QString text = empty->findChild<QLabel*>()->text();
        QVERIFY2(text.contains(QStringLiteral("it has no embedding tables")), qPrintable(text));
        QVERIFY(!page.findChild<QPushButton*>(QStringLiteral("runInteractions"))->isEnabled());
        QSignalSpy wanted(&page, &Page::actionRequested);
        empty->findChild<QPushButton*>()->click();
        QCOMPARE(wanted.takeFirst()[0].toString(), QStringLiteral("open-model"));
    }

    void emptyStatesSayWhatToDo() {
        Session session;
        InteractionsPage page(session);
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
        QCOMPARE(empty->findChild<QPushButton*>()->text(), QStringLiteral("Count interactions"));
        empty->findChild<QPushButton*>()->click();
        QVERIFY(session.isRunning(JobKind::Interactions));
        QVERIFY(!empty->isVisible());
    }

    void failedExportIsABanner() {
        find<QLineEdit>("rowRange")->setText(QStringLiteral("0-99"));
        QVERIFY(runToTheEnd());
        QTemporaryDir folder;
        m_session->interactions().exportFigures(m_newest, folder.filePath(QStringLiteral("interactions.docx")));
        QTRY_VERIFY_WITH_TIMEOUT(m_page->errorText().contains(QStringLiteral("E-EXPORT-001")), kWait);
    }
};

DLRM_TEST(InteractionsPageTest);

}  // namespace tst_interactions_page

#include "tst_interactions_page.moc"
