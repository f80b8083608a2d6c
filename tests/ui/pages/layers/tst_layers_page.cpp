// SPDX-License-Identifier: Apache-2.0
// The Layers page on the bundled demo: clicking through layers, map, interaction and units.
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>

#include "tests/support/test_program.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/pages/info_card.h"
#include "ui/pages/layers/importance.h"
#include "ui/pages/layers/inspector.h"
#include "ui/pages/layers/kernel_map.h"
#include "ui/pages/layers/list_model.h"
#include "ui/pages/layers/page.h"
#include "ui/pages/layers/unit_model.h"
#include "ui/pages/layers/units.h"
#include "ui/pages/overview/architecture_figure.h"
#include "ui/pages/overview/page.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/written_files.h"

namespace tst_layers_page {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

struct Shown {
    Session session;
    std::unique_ptr<LayersPage> page;
    QTableView* list = nullptr;
    QTabWidget* tabs = nullptr;
    LayersKernelMap* map = nullptr;

    explicit Shown(bool withData = true) {
        if (!test::openModel(session)) qFatal("model");
        if (withData && !test::openDataset(session)) qFatal("dataset");
        page = std::make_unique<LayersPage>(session);
        page->resize(1100, 800);
        page->show();
        if (!QTest::qWaitForWindowExposed(page.get())) qFatal("window");
        if (!QTest::qWaitFor([this] { return page->isSettled(); }, 20000)) qFatal("kernel");
        list = page->findChild<QTableView*>(QStringLiteral("layerList"));
        tabs = page->findChild<QTabWidget*>();
        map = page->findChild<LayersKernelMap*>();
    }
    QString title() const { return page->findChild<QLabel*>(QStringLiteral("layerTitle"))->text(); }
    void clickLine(int row) {
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                          list->visualRect(list->model()->index(row, 0)).center());
        QTRY_VERIFY_WITH_TIMEOUT(page->isSettled(), 20000);
    }
    // Position of a cell's middle in the map's viewport while nothing is zoomed.
    QPoint cell(qint64 input, qint64 unit, qint64 inputs, qint64 units) const {
        const QRectF plot = map->chart()->chart()->plotArea();
        const QPointF at(plot.left() + (static_cast<double>(unit) + 0.5) / static_cast<double>(units) * plot.width(),
                         plot.top() + (static_cast<double>(input) + 0.5) / static_cast<double>(inputs) * plot.height());
        return map->chart()->mapFromScene(map->chart()->chart()->mapToScene(at));
    }
};

}  // namespace

class TestLayersPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnAnyWarning(); }

    void chartsNameTheLayerTheyAreOf() {
        Shown s;
        for (const int line : {0, 1}) {
            s.clickLine(line);
            const QString layer = s.title().section(QStringLiteral(" · "), 0, 0);
            const auto* map = s.map->chart();
            QVERIFY2(map->fullTitle().endsWith(QStringLiteral("demo/checkpoint · ") + layer),
                     qPrintable(map->fullTitle()));
        }
    }

    void emptyPageHasTheButtonThatOpens() {
        Session session;
        LayersPage page(session);
        page.show();
        QSignalSpy asked(&page, &Page::actionRequested);
        QPushButton* button = nullptr;
        for (auto* b : page.findChildren<QPushButton*>())
            if (b->isVisibleTo(&page) && b->text().contains(QStringLiteral("Open checkpoint"))) button = b;
        QVERIFY(button);
        button->click();
        QCOMPARE(asked.at(0).at(0).toString(), QStringLiteral("open-model"));
        QVERIFY(!page.helpText().isEmpty());
        page.prepareForRender();
        QVERIFY(page.isSettled());
    }

    void nothingIsReadBeforeThePageIsLookedAt() {
        Session session;
        QVERIFY(test::openModel(session));
        QSignalSpy ready(&session.layers(), &LayerDesk::layersReady);
        LayersPage page(session);
        QTest::qWait(50);
        QCOMPARE(ready.count(), 0);
        page.show();
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, 20000);
    }

    void clickingThroughLayersShowsEach() {
        Shown shown;
        QCOMPARE(shown.list->model()->rowCount(), 7);
        QVERIFY(shown.title().startsWith(QStringLiteral("top_mlp/0 · 384 × 128")));
        QVERIFY(test::textOf(*shown.page).contains(QStringLiteral("Its last input is padding")));
        // 385 × 128 with the padding's: the heading counts them, and the sentence does not deny it.
        QVERIFY(shown.title().contains(QStringLiteral("49,280 parameters")));
        QVERIFY(test::textOf(*shown.page)
                    .contains(QStringLiteral("its weights are parameters that statistics leave out.")));
        for (int row = 0; row < 7; ++row) {
            shown.clickLine(row);
            const QString name = shown.list->model()->index(row, 0).data().toString();
            QVERIFY(shown.title().startsWith(name));
            QVERIFY(shown.list->model()->index(row, 3).data().toString() == QStringLiteral("0"));
            QCOMPARE(shown.session.selection().kind, Selection::Kind::Layer);
        }
        QCOMPARE(shown.session.selection().layer, 3);
        Selection before = shown.session.selection();
        before.layer = 2;
        shown.session.setSelection(before);
        QTRY_VERIFY(shown.title().startsWith(QStringLiteral("top_mlp/2")));
        shown.clickLine(0);
        QVERIFY(test::textOf(*shown.page).contains(QStringLiteral("The last 3 of its inputs are padding")));
    }

    void theMapNamesWhatIsUnderThePointer() {
        Shown shown;
        shown.clickLine(0);
        const QPoint at = shown.cell(4, 10, 16, 64);
        const QString words = shown.map->describe(at);
        QVERIFY2(words.contains(QStringLiteral("input 4, ")) && words.contains(QStringLiteral("unit 10 (norm ")),
                 qPrintable(words));
        // The value is the checkpoint's, and the name the dataset's.
        QSignalSpy ready(&shown.session.layers(), &LayerDesk::kernelReady);
        shown.session.layers().requestKernel(false, 0);
        QVERIFY(ready.wait(20000));
        const auto kernel = ready.at(0).at(0).value<KernelViewPtr>();
        QVERIFY(words.endsWith(QStringLiteral(": ") +
                               formatDigits(static_cast<double>(kernel->weights.kernel[4 * 64 + 10]), 7)));
        QVERIFY(words.contains(QString::fromStdString(shown.session.dataset()->schema.numericalNames[4])));
        QVERIFY(shown.map->describe(shown.cell(14, 10, 16, 64)).contains(QStringLiteral("padding")));
        QVERIFY(shown.map->describe({1, 1}).isEmpty());
        QTest::mouseMove(shown.map->chart()->viewport(), at);
        QTRY_COMPARE(shown.map->findChild<QLabel*>(QStringLiteral("kernelReadout"))->text(), words);
        // Zoom, pan and reset do not move what a position names after all.
        QTest::keyClick(shown.map->chart(), Qt::Key_Plus);
        QTest::keyClick(shown.map->chart(), Qt::Key_Right);
        QVERIFY(shown.map->describe(at) != words);
        QTest::mouseDClick(shown.map->chart()->viewport(), Qt::LeftButton, {}, at);
        QCOMPARE(shown.map->describe(at), words);
        // The table twin has every learned weight and no padding.
        const ChartView::Table& table = shown.map->chart()->table();
        QCOMPARE(table.rows.size(), 13U);
        QCOMPARE(table.columns.size(), 2 + 64);
        QCOMPARE(table.rows[4][2 + 10], static_cast<double>(kernel->weights.kernel[4 * 64 + 10]));
    }

    // Nothing of the model before stands under the name of the next one's layer until that was read.
    void anotherModelsWeightsGoWithIt() {
        Shown shown(false);
        auto* inspector = qobject_cast<LayersInspector*>(shown.page->inspector());
        const std::unique_ptr<QWidget> owner(inspector);
        inspector->show();
        const auto* histogram = shown.page->findChild<ChartView*>(QStringLiteral("weightHistogram"));
        QVERIFY(!histogram->table().rows.empty() && test::textOf(*inspector).contains(QStringLiteral("Units")));
        shown.page->hide();  // a page that nobody sees reads nothing
        QSignalSpy opened(&shown.session, &Session::modelOpened);
        shown.session.openModel(test::demoPath("checkpoint_next"));
        QVERIFY(opened.wait(20000));
        QVERIFY(histogram->table().rows.empty());
        QCOMPARE(test::textOf(*inspector).trimmed(), QStringLiteral("Reading the layer…"));
        shown.page->show();
        QTRY_VERIFY_WITH_TIMEOUT(shown.page->isSettled(), 20000);
        QVERIFY(!histogram->table().rows.empty());
    }

    // Who compares two models looks at the same layer of both.
    void anotherModelShowsTheLayerOfTheSameName() {
        Shown shown;
        shown.clickLine(1);
        const QString title = shown.title();
        QVERIFY2(title.startsWith(QStringLiteral("bottom_mlp/1")), qPrintable(title));
        test::JobSpy opened(&shown.session, &Session::modelOpened);
        shown.session.openModel(test::demoPath("checkpoint_next"));
        QVERIFY(opened.wait(20000));
        QTRY_VERIFY_WITH_TIMEOUT(shown.page->isSettled(), 20000);
        QCOMPARE(shown.title(), title);
        QCOMPARE(shown.list->currentIndex().row(), 1);
        // One that has none of this name shows its first.
        test::JobSpy other(&shown.session, &Session::modelOpened);
        shown.session.openModel(QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_tensorflow/checkpoint"));
        QVERIFY(other.wait(20000));
        QTRY_VERIFY_WITH_TIMEOUT(shown.page->isSettled(), 20000);
        const auto& layers = shown.session.model()->spec.bottomMlp;
        QVERIFY2(
            shown.title().startsWith(layers.size() > 1 ? QStringLiteral("bottom_mlp/1") : QStringLiteral("top_mlp/0")),
            qPrintable(shown.title()));
    }

    void aClickSelectsTheUnitAndTheInspectorShowsIt() {
        Shown shown;
        auto* inspector = qobject_cast<LayersInspector*>(shown.page->inspector());
        QVERIFY(inspector);
        std::unique_ptr<QWidget> owner(inspector);
        inspector->show();
        QTest::mouseClick(shown.map->chart()->viewport(), Qt::LeftButton, {}, shown.cell(100, 17, 384, 128));
        QCOMPARE(shown.session.selection().row, 17);
        QVERIFY(test::textOf(*inspector).contains(QStringLiteral("17 of 0 … 127")));
        QVERIFY(test::textOf(*inspector).contains(QStringLiteral(" × ")));  // its strongest inputs by name
        // A drag pans and selects nothing.
        QTest::mousePress(shown.map->chart()->viewport(), Qt::LeftButton, {}, shown.cell(100, 40, 384, 128));
        QTest::mouseMove(shown.map->chart()->viewport(), shown.cell(100, 60, 384, 128));
        QTest::mouseRelease(shown.map->chart()->viewport(), Qt::LeftButton, {}, shown.cell(100, 60, 384, 128));
        QCOMPARE(shown.session.selection().row, 17);
        shown.clickLine(1);
        QVERIFY(!test::textOf(*inspector).contains(QStringLiteral("of 0 …")));
    }

    // Bars end at the largest weight that is drawn, which is the first of the strongest inputs.
    void noBarOfAUnitIsCut() {
        Shown shown;
        const auto* inspector = qobject_cast<LayersInspector*>(shown.page->inspector());
        const std::unique_ptr<const QWidget> owner(inspector);
        QTest::mouseClick(shown.map->chart()->viewport(), Qt::LeftButton, {}, shown.cell(100, 17, 384, 128));
        const auto kernel = shown.session.layers().results().kernel;
        QVERIFY(kernel);
        float largest = 0;
        for (std::int64_t i = 0; i < kernel->rows; ++i)
            largest = std::max(largest,
                               std::abs(kernel->weights.kernel[static_cast<std::size_t>(i * kernel->columns() + 17)]));
        QStringList words;
        for (const QLabel* label : inspector->findChildren<QLabel*>()) words << label->text();
        QVERIFY2(words.contains(
                     QStringLiteral("Incoming weights, scale ±%1").arg(formatNumber(static_cast<double>(largest), 3))),
                 qPrintable(words.join(QLatin1Char('|'))));
        // A minus sign, not a hyphen.
        QVERIFY(words.filter(QRegularExpression(QStringLiteral("^-\\d"))).isEmpty());
        QVERIFY(!words.filter(QRegularExpression(QStringLiteral("^−0\\.\\d{4}$"))).isEmpty());
    }

    // What is said of one layer or model does not stay for the next, and an empty inspector says what would be there.
    void theInspectorIsNeverStaleNorEmpty() {
        Shown shown;
        auto* inspector = qobject_cast<LayersInspector*>(shown.page->inspector());
        std::unique_ptr<QWidget> owner(inspector);
        inspector->show();
        QVERIFY(test::textOf(*inspector).contains(QStringLiteral("top_mlp/0")));
        QVERIFY(test::textOf(*inspector).contains(QStringLiteral("Click a column of the map")));
        QTest::mouseClick(shown.map->chart()->viewport(), Qt::LeftButton, {}, shown.cell(100, 17, 384, 128));
        QVERIFY(!test::textOf(*inspector).contains(QStringLiteral("Click a column of the map")));
        // Another model: nothing of the former stands there, neither before its layers are read nor after.
        QSignalSpy opened(&shown.session, &Session::modelOpened);  // the dataset does not fit this one
        QStringList words;
        connect(&shown.session, &Session::modelOpened, inspector, [&] { words << test::textOf(*inspector); });
        shown.session.openModel(
            QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"));
        QVERIFY(opened.wait(30000));
        QVERIFY2(!words.isEmpty() && words.last().contains(QStringLiteral("Reading the layer")) &&
                     !words.last().contains(QStringLiteral("17 of 0")),
                 qPrintable(words.value(0)));
        shown.session.closeModel();
        QVERIFY(test::textOf(*inspector).contains(QStringLiteral("Open a checkpoint first.")));
        QVERIFY(!test::textOf(*inspector).contains(QStringLiteral("top_mlp")));
    }

    // Nothing can be counted with it: no dataset is asked for.
    void theUnitsOfAPartSayWhyNoneCanBeCounted() {
        Session session;
        test::JobSpy opened(&session, &Session::modelOpened);
        LayersPage page(session);
        page.show();
        session.openModel(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"));
        QVERIFY(opened.wait(30000));
        const auto* run = page.findChild<QPushButton*>(QStringLiteral("atlasRun"));
        const auto* rows = page.findChild<QWidget*>(QStringLiteral("atlasRows"));
        QVERIFY(run->isHidden() && rows->isHidden());
        QCOMPARE(page.findChild<QLabel*>(QStringLiteral("atlasWords"))->text(),
                 QStringLiteral("How often units are active cannot be counted with this part of a model: it has no "
                                "embedding tables. Open the checkpoint it was taken from."));
        session.openModel(test::demoPath("checkpoint"));
        QVERIFY(opened.wait(30000));
        QVERIFY(!run->isHidden());
        QCOMPARE(run->text(), QStringLiteral("Open dataset…"));
    }

    // Something is open: the inspector does not ask for a checkpoint.
    void aPartWithoutLayersSaysSoInTheInspector() {
        Session session;
        test::JobSpy opened(&session, &Session::modelOpened);
        session.openModel(
            QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/d_dlrm_dot_tensorflow/checkpoint/dense"));
        QVERIFY(opened.wait(30000));
        QVERIFY(session.model()->spec.bottomMlp.empty() && session.model()->spec.topMlp.empty());
        LayersPage page(session);
        page.show();
        const std::unique_ptr<QWidget> inspector(page.inspector());
        inspector->show();
        QCOMPARE(test::textOf(*inspector).trimmed(), QStringLiteral("This part of a model has no layers."));
    }

    void theMapShowsWhereBottomOutputsEndAndDotsBegin() {
        Shown shown;
        QCOMPARE(shown.map->parts(), QStringList({QStringLiteral("bottom from 0"), QStringLiteral("dots from 32")}));
        shown.page->grab();
        shown.clickLine(1);
        QVERIFY(shown.map->parts().isEmpty());
    }

    void theListSaysWhatWasNeverActive() {
        Shown shown;
        const auto never = [&](int line) {
            return shown.list->model()->index(line, LayersListModel::Never).data().toString();
        };
        QCOMPARE(never(3), QStringLiteral("–"));
        QSignalSpy updated(&shown.session.layers(), &LayerDesk::unitAtlasUpdated);
        shown.session.layers().startUnitAtlas(2000);
        QTRY_VERIFY_WITH_TIMEOUT(!updated.isEmpty() && updated.last().at(0).value<UnitAtlasPtr>()->final, 60000);
        const auto atlas = updated.last().at(0).value<UnitAtlasPtr>();
        for (int line = 0; line < 6; ++line)
            QCOMPARE(never(line), formatCount(atlas->layers[static_cast<std::size_t>(line)].never));
        QCOMPARE(never(6), QStringLiteral("–"));  // the logit
    }

    void unitsAreCountedAndSorted() {
        Shown shown;
        shown.tabs->setCurrentIndex(2);
        auto* run = shown.page->findChild<QPushButton*>(QStringLiteral("atlasRun"));
        auto* table = shown.page->findChild<QTableView*>(QStringLiteral("unitTable"));
        auto* rows = shown.page->findChild<QComboBox*>(QStringLiteral("atlasRows"));
        QCOMPARE(table->model()->rowCount(), 128);
        QCOMPARE(table->model()->index(5, LayersUnitModel::Active).data().toString(), QStringLiteral("–"));
        rows->setCurrentIndex(rows->findData(10'000));
        QSignalSpy updated(&shown.session.layers(), &LayerDesk::unitAtlasUpdated);
        QTest::mouseClick(run, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!updated.isEmpty() && updated.last().at(0).value<UnitAtlasPtr>()->final, 60000);
        const auto atlas = updated.last().at(0).value<UnitAtlasPtr>();
        QCOMPARE(atlas->rows, 10'000);
        const auto* words = shown.page->findChild<QLabel*>(QStringLiteral("atlasWords"));
        QTRY_VERIFY(words->text().contains(QStringLiteral("prunable")));
        QVERIFY(words->text().contains(formatCount(atlas->prunable)));
        const auto* chart = shown.page->findChild<LayersUnits*>()->findChild<ChartView*>();
        const QTemporaryDir folder;
        const WrittenFiles files(shown.page.get());
        QSignalSpy written(&files, &WrittenFiles::tableWritten);
        QCOMPARE(chart->exportTo(folder.filePath(QStringLiteral("frequencies.csv"))), QString());
        QCOMPARE(written.size(), 1);
        QVERIFY2(written[0][1].toString().endsWith(QStringLiteral("Counted over the first 10,000 of 20,000 rows")),
                 qPrintable(written[0][1].toString()));
        // Sorted by activity: the numbers follow the counts of the layer in view.
        table->sortByColumn(LayersUnitModel::Active, Qt::DescendingOrder);
        auto* model = qobject_cast<LayersUnitModel*>(table->model());
        const AtlasLayer* counts = model->counts();
        QVERIFY(counts && counts->name == "top_mlp/0");
        for (int r = 1; r < 128; ++r)
            QVERIFY(counts->active[static_cast<std::size_t>(model->unitAt(r - 1))] >=
                    counts->active[static_cast<std::size_t>(model->unitAt(r))]);
        QVERIFY(model->index(127, LayersUnitModel::State).data().toString().contains(QStringLiteral("never active")) ==
                (counts->never > 0));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(model->index(2, 0)).center());
        QCOMPARE(shown.session.selection().row, model->unitAt(2));
        // The layer without ReLU has no counts and says why.
        shown.clickLine(6);
        QVERIFY(words->text().contains(QStringLiteral("no ReLU")));
    }

    void unitsAreCopiedWithAllTheirDigits() {
        Shown shown;
        shown.tabs->setCurrentIndex(2);
        auto* table = shown.page->findChild<QTableView*>(QStringLiteral("unitTable"));
        table->setFocus();
        table->setCurrentIndex(table->model()->index(1, 0));
        QTest::keyClick(table, Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
        const QString text = QGuiApplication::clipboard()->text();
        QStringList lines = text.split(QLatin1Char('\n'));
        QCOMPARE(lines.takeLast(), QString());
        QCOMPARE(lines.size(), 3);
        QCOMPARE(lines[0], QStringLiteral("Unit\tActive\tNorm in\tBias\tNorm out\tState"));
        const LayerStatistics* layer = shown.session.layers().results().layers->find(true, 0);
        QVERIFY(layer);
        for (const int unit : {1, 2}) {
            const UnitStatistics& s = layer->units[static_cast<std::size_t>(unit)];
            const QStringList cells = lines[unit].split(QLatin1Char('\t'));
            QCOMPARE(cells.size(), 6);
            QCOMPARE(cells[0], QString::number(unit));
            QVERIFY2(cells[2].toDouble() == s.norm, qPrintable(text));
            QVERIFY2(cells[3].toDouble() == static_cast<double>(s.bias), qPrintable(text));
            QVERIFY2(cells[4].toDouble() == s.outgoingNorm, qPrintable(text));
        }
        QCOMPARE(shown.session.selection().row, 2);
        // The list of layers too.
        QTest::keyClick(shown.list, Qt::Key_C, Qt::ControlModifier);
        const LayerSpec& spec = shown.session.model()->spec.topMlp[0];
        const QString parameters = QString::number(spec.parameters());
        QVERIFY2(QGuiApplication::clipboard()->text().contains(QLatin1Char('\t') + parameters + QLatin1Char('\t')),
                 qPrintable(QGuiApplication::clipboard()->text()));
    }

    void countingIsCancelledAndNeedsData() {
        {
            Shown shown(false);
            shown.tabs->setCurrentIndex(2);
            auto* run = shown.page->findChild<QPushButton*>(QStringLiteral("atlasRun"));
            QSignalSpy asked(shown.page.get(), &Page::actionRequested);
            QTest::mouseClick(run, Qt::LeftButton);
            QCOMPARE(asked.at(0).at(0).toString(), QStringLiteral("open-dataset"));
            shown.clickLine(0);
            QVERIFY(test::textOf(*shown.page).contains(QStringLiteral("may be padding")));
        }
        Shown shown;
        shown.tabs->setCurrentIndex(2);
        auto* run = shown.page->findChild<QPushButton*>(QStringLiteral("atlasRun"));
        auto* rows = shown.page->findChild<QComboBox*>(QStringLiteral("atlasRows"));
        rows->setCurrentIndex(rows->count() - 1);
        QSignalSpy finished(&shown.session, &Session::jobFinished);
        QSignalSpy failed(&shown.session, &Session::jobFailed);
        QTest::mouseClick(run, Qt::LeftButton);
        QCOMPARE(run->text(), QStringLiteral("&Cancel"));
        QVERIFY(!rows->isEnabled());
        QTest::mouseClick(run, Qt::LeftButton);
        QTRY_VERIFY(!shown.session.isRunning(JobKind::UnitAtlas));
        QCOMPARE(run->text(), QStringLiteral("Count &active units"));
        QCOMPARE(failed.count(), 0);
    }

    void theInteractionTabListsEveryPairOnce() {
        Shown shown;
        QVERIFY(shown.title().startsWith(QStringLiteral("top_mlp/0")));
        shown.tabs->setCurrentIndex(1);
        // It is of no layer, whichever is chosen.
        QCOMPARE(shown.title(), QStringLiteral("Interaction of the whole model"));
        shown.clickLine(1);
        QCOMPARE(shown.title(), QStringLiteral("Interaction of the whole model"));
        shown.tabs->setCurrentIndex(0);
        QVERIFY2(shown.title().startsWith(QStringLiteral("bottom_mlp/1")), qPrintable(shown.title()));
        shown.tabs->setCurrentIndex(1);
        auto* words = shown.page->findChild<QLabel*>(QStringLiteral("importanceWords"));
        QVERIFY2(words->text().contains(QStringLiteral("351 dots")) &&
                     words->text().contains(QStringLiteral("32 bottom outputs")),
                 qPrintable(words->text()));
        auto* pairs = shown.page->findChild<QTableWidget*>();
        QVERIFY(pairs && pairs->rowCount() > 1);
        for (int r = 1; r < pairs->rowCount(); ++r)
            QVERIFY(pairs->item(r - 1, 1)->text().toDouble() >= pairs->item(r, 1)->text().toDouble());
        // A pair that is chosen in the list is marked in the map.
        auto* marked = shown.page->findChild<HeatmapView*>();
        const auto* readout = marked->findChild<QLabel*>(QStringLiteral("heatmapReadout"));
        for (const int line : {0, 3}) {
            pairs->setCurrentCell(line, 0);
            QVERIFY2(readout->text().startsWith(pairs->item(line, 0)->text() + QStringLiteral(": norm ")),
                     qPrintable(readout->text()));
        }
        // The map takes the width it has; its square cells need about as much height.
        auto* map = shown.page->findChild<HeatmapView*>();
        QTRY_VERIFY2(map->height() > map->width() / 2,
                     qPrintable(QStringLiteral("%1 x %2").arg(map->width()).arg(map->height())));
        shown.page->grab();
    }

    void overviewGoesToTheLayer() {
        Session session;
        QVERIFY(test::openModel(session));
        OverviewPage overview(session);
        overview.resize(1100, 800);
        overview.show();
        QSignalSpy asked(&overview, &Page::pageRequested);
        auto* figure = overview.findChild<ArchitectureFigure*>();
        for (const FigurePart& part : figure->figure().parts)
            if (part.kind == FigurePart::Kind::TopLayer && part.index == 1) {
                const QPoint at = part.shape.boundingRect().center().toPoint();
                QTest::mouseClick(figure, Qt::LeftButton, {}, at);
                QTest::mouseDClick(figure, Qt::LeftButton, {}, at);
            }
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.at(0).at(0).toString(), QStringLiteral("layers"));
        LayersPage page(session);
        page.show();
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 20000);
        QVERIFY(page.findChild<QLabel*>(QStringLiteral("layerTitle"))->text().startsWith(QStringLiteral("top_mlp/1")));
    }

    void failureKeepsThePageAndNamesTheFile() {
        QTemporaryDir directory;
        const QString copy = directory.filePath(QStringLiteral("checkpoint"));
        QDir().mkpath(copy);
        for (const QFileInfo& file : QDir(test::demoPath("checkpoint")).entryInfoList(QDir::Files))
            QVERIFY(QFile::copy(file.filePath(), copy + QLatin1Char('/') + file.fileName()));
        Session session;
        QSignalSpy opened(&session, &Session::modelOpened);
        session.openModel(copy);
        QVERIFY(opened.wait(30000));
        const QString kernel = copy + QStringLiteral("/top_mlp_layer_0_kernel_part0.npy");
        QFile file(kernel);
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && file.open(QIODevice::ReadWrite));
        QVERIFY(file.resize(200));
        file.close();
        LayersPage page(session);
        page.show();
        QTRY_VERIFY_WITH_TIMEOUT(!page.errorText().isEmpty(), 20000);
        QVERIFY2(page.errorText().contains(QStringLiteral("top_mlp_layer_0_kernel")), qPrintable(page.errorText()));
        QVERIFY(page.isSettled());
    }

    void closingEmptiesThePage() {
        Shown shown;
        std::unique_ptr<QWidget> inspector(shown.page->inspector());
        shown.session.closeModel();
        QVERIFY(test::textOf(*shown.page).contains(QStringLiteral("will stand here")));
        shown.page->grab();
        QVERIFY(test::openModel(shown.session));
        QTRY_VERIFY_WITH_TIMEOUT(shown.page->isSettled() && shown.title().startsWith(QStringLiteral("top_mlp/0")),
                                 20000);
    }
};

DLRM_TEST(TestLayersPage);

}  // namespace tst_layers_page

#include "tst_layers_page.moc"
#include "ui/session/desks/layer_desk.h"
#include "ui/widgets/written_files.h"
