// SPDX-License-Identifier: Apache-2.0
// The Overview page on the bundled demo, and the architecture figure on models of any size.
#include <QAbstractButton>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QRadioButton>
#include <QScrollArea>
#include <QTemporaryDir>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <random>
#include <vector>

#include "core/base/float_conversions.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/overview/overview_fixture.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/info_card.h"
#include "ui/pages/overview/architecture_figure.h"
#include "ui/pages/overview/page.h"
#include "ui/session/desks/check_desk.h"

namespace tst_overview_page {

using namespace dlrm;
using namespace dlrm::ui;
using test_overview::modelWith;

namespace {

int partOf(const ArchitectureFigure& figure, FigurePart::Kind kind, int index = -1) {
    const auto& parts = figure.figure().parts;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (parts[i].kind == kind && parts[i].index == index) return static_cast<int>(i);
    return -1;
}

QPoint centreOf(const ArchitectureFigure& figure, FigurePart::Kind kind, int index) {
    return figure.figure()
        .parts[static_cast<std::size_t>(partOf(figure, kind, index))]
        .shape.boundingRect()
        .center()
        .toPoint();
}

}  // namespace

class TestOverviewPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::failOnAnyWarning();
        test::useOwnCache();
    }
    void everyPartStaysInsideTheFigure_data();
    void everyPartStaysInsideTheFigure();
    void tallerTablesHaveTallerBars();
    void manyTablesFoldIntoRowsAndGrowTheFigure();
    void emptyPageHasTheButtonThatOpens();
    void demoIsDrawnWithEveryTableAndLayer();
    void clickSelectsTableAndLayer();
    void keysFollowTheFlowAndEnterGoesToTheTables();
    void selectionFromElsewhereIsMarked();
    void assumedOrderIsSaidAndCanBeSwitched();
    void cardsSayWhatWasNotChecked();
    void failedOpenKeepsThePageAndNamesTheFile();
    void closingEmptiesThePage();
    void namesFromFilesAreNotMarkup();
    void tablesOfDifferentWidthsAreSaidAndDrawn();
    void aPartWithoutTablesClaimsNoPairs();
    void aPartIsDrawnWithoutWhatItLacks();
    void aPartHasNoCardsOfOrderAndReading();
    void tensorsOfOneFileAreOneFile();
    void aDatasetOfTheWholeModelIsPutAside();
    void castTablesAreNeverCalledRandom();
    void theDictionaryInForceIsNamedAndSaidNotToFit();
    void whatDiffersIsComparedWithAnotherRecord();
};

void TestOverviewPage::everyPartStaysInsideTheFigure_data() {
    QTest::addColumn<int>("tables");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    for (const int tables : {0, 1, 26, 40, 41, 100, 1000})
        for (const QSize& size : {QSize(430, 560), QSize(800, 560), QSize(1100, 900)})
            QTest::addRow("%d tables in %d x %d", tables, size.width(), size.height())
                << tables << size.width() << size.height();
}

void TestOverviewPage::everyPartStaysInsideTheFigure() {
    QFETCH(int, tables);
    QFETCH(int, width);
    QFETCH(int, height);
    const FigureLayout figure = layOutFigure(modelWith(tables), width, height, 15, 7);
    QVERIFY(figure.height >= height);
    const QRectF inside(0, 0, width, figure.height);
    constexpr double kRounding = 1;  // pixels
    std::vector<QRectF> bars;
    int found = 0;
    for (const FigurePart& part : figure.parts) {
        const QRectF shape = part.shape.boundingRect();
        QVERIFY2(inside.contains(shape), qPrintable(part.name));
        QVERIFY2(part.label.isEmpty() || inside.contains(part.label), qPrintable(part.name));
        QVERIFY(part.hit.adjusted(-kRounding, -kRounding, kRounding, kRounding).contains(shape));
        if (part.kind != FigurePart::Kind::Table) continue;
        ++found;
        for (const QRectF& other : bars) QVERIFY(!other.intersects(shape));
        bars.push_back(shape);
    }
    QCOMPARE(found, tables);
    for (const FigureEdge& edge : figure.edges)
        for (const QPointF& point : edge.line) QVERIFY(inside.contains(point));
    // Nothing but the tables' own texts stands on the bars.
    for (const FigurePart& part : figure.parts)
        if (part.kind != FigurePart::Kind::Table)
            for (const QRectF& bar : bars)
                QVERIFY2(!bar.intersects(part.shape.boundingRect()) && !bar.intersects(part.label),
                         qPrintable(part.name));
}

void TestOverviewPage::tallerTablesHaveTallerBars() {
    ModelSpec spec = modelWith(3);
    spec.tables[0].rows = 10;
    spec.tables[1].rows = 1000;
    spec.tables[2].rows = 1'000'000;
    const FigureLayout figure = layOutFigure(spec, 800, 700, 15, 7);
    std::vector<double> heights;
    for (const FigurePart& part : figure.parts)
        if (part.kind == FigurePart::Kind::Table) heights.push_back(part.shape.boundingRect().height());
    // Logarithmic: 10 : 1,000 : 1,000,000 rows are about 1 : 3 : 6.
    QVERIFY(std::abs(heights[1] / heights[0] - std::log10(1001.0) / std::log10(11.0)) < 0.02);
    QVERIFY(std::abs(heights[2] / heights[0] - std::log10(1000001.0) / std::log10(11.0)) < 0.02);
}

void TestOverviewPage::manyTablesFoldIntoRowsAndGrowTheFigure() {
    const double height = 600;
    QCOMPARE(layOutFigure(modelWith(26), 900, 700, 15, 7).height, 700.0);
    const FigureLayout hundred = layOutFigure(modelWith(100), 600, height, 15, 7);
    const FigureLayout thousand = layOutFigure(modelWith(1000), 600, height, 15, 7);
    QVERIFY(hundred.height > height);
    QVERIFY(thousand.height > 3 * hundred.height);
}

void TestOverviewPage::emptyPageHasTheButtonThatOpens() {
    Session session;
    OverviewPage page(session);
    page.resize(900, 600);
    page.show();
    QSignalSpy asked(&page, &Page::actionRequested);
    QAbstractButton* open = nullptr;
    for (QAbstractButton* b : page.findChildren<QAbstractButton*>())
        if (b->isVisible() && b->text().contains(QStringLiteral("Open"))) open = b;
    QVERIFY(open);
    QTest::mouseClick(open, Qt::LeftButton);
    QCOMPARE(asked.at(0).at(0).toString(), QStringLiteral("open-model"));
    QVERIFY(!page.findChild<ArchitectureFigure*>()->isVisible());
}

void TestOverviewPage::demoIsDrawnWithEveryTableAndLayer() {
    Session session;
    OverviewPage page(session);
    page.resize(1200, 800);
    page.show();
    QVERIFY(test::openModel(session));
    auto* figure = page.findChild<ArchitectureFigure*>();
    QVERIFY(figure->isVisible());
    const ModelSpec& spec = session.model()->spec;
    for (int i = 0; i < static_cast<int>(spec.tables.size()); ++i)
        QVERIFY(partOf(*figure, FigurePart::Kind::Table, i) >= 0);
    for (int i = 0; i < static_cast<int>(spec.bottomMlp.size()); ++i)
        QVERIFY(partOf(*figure, FigurePart::Kind::BottomLayer, i) >= 0);
    for (int i = 0; i < static_cast<int>(spec.topMlp.size()); ++i)
        QVERIFY(partOf(*figure, FigurePart::Kind::TopLayer, i) >= 0);
    QVERIFY(partOf(*figure, FigurePart::Kind::Interaction) >= 0);
    QVERIFY(!page.grab().isNull());
}

void TestOverviewPage::clickSelectsTableAndLayer() {
    Session session;
    OverviewPage page(session);
    page.resize(1200, 800);
    page.show();
    QVERIFY(test::openModel(session));
    auto* figure = page.findChild<ArchitectureFigure*>();
    QTest::mouseClick(figure, Qt::LeftButton, {}, centreOf(*figure, FigurePart::Kind::Table, 5));
    QCOMPARE(session.selection().kind, Selection::Kind::Table);
    QCOMPARE(session.selection().table, 5);
    QTest::mouseClick(figure, Qt::LeftButton, {}, centreOf(*figure, FigurePart::Kind::TopLayer, 1));
    QCOMPARE(session.selection().kind, Selection::Kind::Layer);
    QVERIFY(session.selection().topMlp);
    QCOMPARE(session.selection().layer, 1);
    QSignalSpy asked(&page, &Page::pageRequested);
    QTest::mouseDClick(figure, Qt::LeftButton, {}, centreOf(*figure, FigurePart::Kind::Table, 3));
    QCOMPARE(asked.at(0).at(0).toString(), QStringLiteral("tables"));
    QCOMPARE(session.selection().table, 3);
}

void TestOverviewPage::keysFollowTheFlowAndEnterGoesToTheTables() {
    Session session;
    OverviewPage page(session);
    page.resize(1200, 800);
    page.show();
    QVERIFY(test::openModel(session));
    auto* figure = page.findChild<ArchitectureFigure*>();
    figure->setFocus();
    QTest::keyClick(figure, Qt::Key_Home);
    QCOMPARE(figure->currentPart(), partOf(*figure, FigurePart::Kind::Numerical));
    QTest::keyClick(figure, Qt::Key_Right);
    QCOMPARE(figure->currentPart(), partOf(*figure, FigurePart::Kind::BottomLayer, 0));
    while (session.selection().kind != Selection::Kind::Table) QTest::keyClick(figure, Qt::Key_Right);
    QCOMPARE(session.selection().table, 0);
    QSignalSpy asked(&page, &Page::pageRequested);
    QTest::keyClick(figure, Qt::Key_Return);
    QCOMPARE(asked.count(), 1);
    QTest::keyClick(figure, Qt::Key_End);
    QCOMPARE(figure->currentPart(), partOf(*figure, FigurePart::Kind::Sigmoid));
    QTest::keyClick(figure, Qt::Key_Right);
    QCOMPARE(figure->currentPart(), partOf(*figure, FigurePart::Kind::Sigmoid));
    QVERIFY(figure->accessibleDescription().contains(QStringLiteral("probability")));
}

void TestOverviewPage::selectionFromElsewhereIsMarked() {
    Session session;
    OverviewPage page(session);
    QVERIFY(test::openModel(session));
    Selection row;
    row.kind = Selection::Kind::TableRow;
    row.table = 7;
    row.row = 0;
    session.setSelection(row);
    auto* figure = page.findChild<ArchitectureFigure*>();
    QCOMPARE(figure->currentPart(), partOf(*figure, FigurePart::Kind::Table, 7));
}

void TestOverviewPage::assumedOrderIsSaidAndCanBeSwitched() {
    Session session;
    OverviewPage page(session);
    page.resize(1200, 800);
    page.show();
    QVERIFY(test::openModel(session));
    QCOMPARE(session.model()->spec.orderSource, OrderSource::Default);
    QVERIFY(test::textOf(page).contains(QStringLiteral("ASSUMPTION")));
    QRadioButton* tensorflow = nullptr;
    for (QRadioButton* b : page.findChildren<QRadioButton*>())
        if (b->text().startsWith(QStringLiteral("TensorFlow order"))) tensorflow = b;
    QVERIFY(tensorflow && !tensorflow->isChecked());
    QSignalSpy opened(&session, &Session::modelOpened);
    tensorflow->click();
    QVERIFY(opened.count() > 0 || opened.wait(30000));
    QCOMPARE(session.model()->spec.interactionOrder, InteractionOrder::Tensorflow);
    QCOMPARE(session.model()->spec.orderSource, OrderSource::User);
    QVERIFY(tensorflow->isChecked());
    QTRY_VERIFY(!test::textOf(page).contains(QStringLiteral("ASSUMPTION")));
}

void TestOverviewPage::cardsSayWhatWasNotChecked() {
    Session session;
    OverviewPage page(session);
    page.resize(1200, 800);
    page.show();
    QVERIFY(test::openModel(session));
    const QString text = test::textOf(page);
    QVERIFY(text.contains(QStringLiteral("Every file's size matches its shape")));
    QVERIFY(text.contains(QStringLiteral("Values were not scanned")));
    QVERIFY(text.contains(formatCount(session.model()->spec.parameters())));
    QVERIFY(text.contains(QString::fromStdString(session.model()->spec.layoutDescription)));
}

void TestOverviewPage::failedOpenKeepsThePageAndNamesTheFile() {
    Session session;
    OverviewPage page(session);
    page.resize(1200, 800);
    page.show();
    QVERIFY(test::openModel(session));
    QTemporaryDir empty;
    QSignalSpy failed(&session, &Session::jobFailed);
    session.openModel(empty.path());
    QVERIFY(failed.count() > 0 || failed.wait(30000));
    QVERIFY(test::textOf(page).contains(QStringLiteral("E-CKPT-")));
    QVERIFY(page.findChild<ArchitectureFigure*>()->isVisible());
    session.openModel(test::demoPath("checkpoint"));
    QTRY_VERIFY(!page.findChild<QWidget*>(QStringLiteral("errorBanner"))->isVisible());
    QTRY_VERIFY(!session.isRunning(JobKind::OpenModel));
}

void TestOverviewPage::closingEmptiesThePage() {
    Session session;
    OverviewPage page(session);
    page.resize(1200, 800);
    page.show();
    QVERIFY(test::openModel(session));
    session.closeModel();
    QTRY_VERIFY(!page.findChild<ArchitectureFigure*>()->isVisible());
}

void TestOverviewPage::namesFromFilesAreNotMarkup() {
    ModelSpec spec = modelWith(2);
    spec.tables[0].name = "<img src=file:///etc/hostname>";
    ArchitectureFigure figure;
    figure.resize(800, 700);
    figure.setSpec(spec);
    figure.show();
    QTest::mouseClick(&figure, Qt::LeftButton, {}, centreOf(figure, FigurePart::Kind::Table, 0));
    QVERIFY(
        figure.accessibleDescription().startsWith(QStringLiteral("<img")));  // shown as it is, by readers of plain text
    Session session;
    OverviewPage page(session);
    QVERIFY(test::openModel(session));
    const auto cards = page.findChildren<InfoCard*>();
    QVERIFY(!cards.isEmpty());
    for (const InfoCard* card : cards)
        for (const QLabel* label : card->findChildren<QLabel*>()) QCOMPARE(label->textFormat(), Qt::PlainText);
}

void TestOverviewPage::tablesOfDifferentWidthsAreSaidAndDrawn() {
    ModelSpec spec = modelWith(5);
    spec.embeddingDim = 16;
    spec.interaction = InteractionKind::Cross;
    const std::int64_t dims[] = {16, 4, 8, 2, 6};
    for (std::size_t i = 0; i < 5; ++i) spec.tables[i].dim = dims[i];
    const FigureLayout figure = layOutFigure(spec, 1100, 900, 15, 7);
    QString edges;
    for (const FigureEdge& edge : figure.edges) edges += edge.texts.join(QLatin1Char('\n')) + QLatin1Char('\n');
    QVERIFY(edges.contains(QStringLiteral("5 tables, 2–16 wide (36 values)")) &&
            !edges.contains(QStringLiteral("5 × 16")));
    QVERIFY(figure.tableTexts.first().contains(QStringLiteral("2–16 wide")) &&
            !figure.tableTexts.first().contains(QStringLiteral("× 16")));
    std::vector<double> widths;
    for (const FigurePart& part : figure.parts)
        if (part.kind == FigurePart::Kind::Table) widths.push_back(part.shape.boundingRect().width());
    QVERIFY(widths[0] > widths[2] && widths[2] > widths[4] && widths[4] > widths[1] && widths[1] > widths[3]);
    // Of one width: as before.
    const FigureLayout same = layOutFigure(modelWith(5), 1100, 900, 15, 7);
    QVERIFY(same.tableTexts.first().contains(QStringLiteral("× 128")));
    QVERIFY(!same.tableTexts.first().contains(QStringLiteral("grey")));
    // However narrow the figure: grey is explained as long as it is used.
    FigureFindings findings;
    findings.tables.resize(5);
    findings.tables[2] = TableHealth{0.5, 0};
    for (const QString& caption : layOutFigure(modelWith(5), 1100, 900, 15, 7, findings).tableTexts)
        QVERIFY2(caption.endsWith(QStringLiteral("grey: share untrained, outlined: not known")), qPrintable(caption));
    const auto unknown = [](const FigureLayout& laidOut) {
        std::vector<int> out;
        for (const FigurePart& part : laidOut.parts)
            if (part.unknown) out.push_back(part.index);
        return out;
    };
    QCOMPARE(unknown(layOutFigure(modelWith(5), 1100, 900, 15, 7, findings)), (std::vector{0, 1, 3, 4}));
    QCOMPARE(unknown(same), std::vector<int>());
    for (auto& table : findings.tables) table = TableHealth{0.5, 0};
    const FigureLayout all = layOutFigure(modelWith(5), 1100, 900, 15, 7, findings);
    QCOMPARE(unknown(all), std::vector<int>());
    QVERIFY(all.tableTexts.first().endsWith(QStringLiteral("grey: share untrained")));
}

void TestOverviewPage::aPartWithoutTablesClaimsNoPairs() {
    ModelSpec part = modelWith(0);
    part.missing = {"embedding tables"};
    for (const ModelSpec& spec : {modelWith(0), part}) {
        const FigureLayout figure = layOutFigure(spec, 1100, 900, 15, 7);
        QString text;
        for (const FigurePart& drawn : figure.parts)
            text += (drawn.texts + drawn.secondLines + QStringList{drawn.details}).join(QLatin1Char('\n'));
        for (const FigureEdge& edge : figure.edges) text += edge.texts.join(QLatin1Char('\n'));
        QVERIFY(text.contains(QStringLiteral("no tables")));
        // Neither how many vectors meet, nor of what the first top layer's inputs are the sum.
        const QRegularExpression claim(QStringLiteral("\\d (vectors?|pairs?|dots?|bottom)\\b|\\d = "));
        QVERIFY2(!text.contains(claim), qPrintable(claim.match(text).captured() + QLatin1Char('\n') + text));
    }
}

void TestOverviewPage::aPartIsDrawnWithoutWhatItLacks() {
    const auto kinds = [](const ModelSpec& spec) {
        const FigureLayout figure = layOutFigure(spec, 700, 600, 15, 7);
        std::vector<FigurePart::Kind> out;
        for (const FigurePart& part : figure.parts) {
            if (!QRectF(0, 0, 700, figure.height).contains(part.shape.boundingRect()))
                return std::vector<FigurePart::Kind>{};
            out.push_back(part.kind);
        }
        return out;
    };
    using Kind = FigurePart::Kind;
    ModelSpec table = modelWith(1);
    table.missing = {"embedding tables by feature", "bottom MLP", "top MLP"};
    table.bottomMlp.clear();
    table.topMlp.clear();
    QVERIFY(kinds(table) == std::vector{Kind::Table});
    // It may be a kernel as well: nothing says that it is a table.
    QVERIFY(layOutFigure(table, 700, 600, 15, 7).tableTexts.first().startsWith(QStringLiteral("1 array")));
    QVERIFY(layOutFigure(modelWith(1), 700, 600, 15, 7).tableTexts.first().startsWith(QStringLiteral("1 embedding t")));
    QVERIFY(layOutFigure(table, 700, 600, 15, 7).edges.empty());
    ModelSpec bottom = modelWith(0);
    bottom.missing = {"embedding tables", "top MLP"};
    bottom.topMlp.clear();
    QVERIFY(kinds(bottom) == (std::vector{Kind::Numerical, Kind::BottomLayer, Kind::BottomLayer, Kind::BottomLayer}));
    ModelSpec top = modelWith(0);
    top.missing = {"embedding tables", "bottom MLP"};
    top.bottomMlp.clear();
    QVERIFY(kinds(top) == (std::vector{Kind::TopLayer, Kind::TopLayer, Kind::TopLayer, Kind::Logit, Kind::Sigmoid}));
    ModelSpec both = modelWith(0);
    both.missing = {"embedding tables"};
    const std::vector<Kind> joined = kinds(both);
    QVERIFY(std::find(joined.begin(), joined.end(), Kind::Interaction) != joined.end());
}

void TestOverviewPage::aPartHasNoCardsOfOrderAndReading() {
    Session session;
    OverviewPage page(session);
    page.resize(1200, 800);
    page.show();
    QSignalSpy opened(&session, &Session::modelOpened);
    session.openModel(test::demoPath("checkpoint/feature_3_part0.npy"));
    QVERIFY(opened.count() > 0 || opened.wait(30000));
    const QString text = test::textOf(page);
    for (const char* words : {"Interaction order", "ASSUMPTION", "Reading check", "Bottom MLP", "Top MLP"})
        QVERIFY2(!text.contains(QLatin1String(words)), words);
    QVERIFY(test::openModel(session));
    for (const char* words : {"Interaction order", "ASSUMPTION", "Reading check", "Bottom MLP", "Top MLP"})
        QTRY_VERIFY2(test::textOf(page).contains(QLatin1String(words)), qPrintable(test::textOf(page)));
}

void TestOverviewPage::tensorsOfOneFileAreOneFile() {
    Session session;
    OverviewPage page(session);
    page.resize(1200, 800);
    page.show();
    QSignalSpy opened(&session, &Session::modelOpened);
    session.openModel(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"));
    QVERIFY(opened.count() > 0 || opened.wait(30000));
    QVERIFY(session.model()->files.size() > 1);
    QCOMPARE(session.fileCount(), 1);
    QVERIFY(test::textOf(page).contains(QStringLiteral("Files\n1\n")));
    QVERIFY(test::textOf(page).contains(QStringLiteral("The file holds what its shapes take, checked when opened.")));
}

void TestOverviewPage::aDatasetOfTheWholeModelIsPutAside() {
    Session session;
    QSignalSpy opened(&session, &Session::modelOpened), noticed(&session, &Session::noticed),
        failed(&session, &Session::jobFailed);
    session.openModel(test::demoPath("checkpoint/feature_3_part0.npy"));
    QVERIFY(opened.count() > 0 || opened.wait(30000));
    int notices = 0;
    for (const char* data : {"dataset", "raw_rows.tsv"}) {
        session.openDataset(test::demoPath(data), QStringLiteral("test"), test::demoPath("dictionary"));
        ++notices;
        QTRY_COMPARE_WITH_TIMEOUT(noticed.count(), notices, 30000);
        QVERIFY(noticed.last().at(0).toString().startsWith(QStringLiteral("The dataset was put aside")));
        QTRY_VERIFY(!session.isAnyRunning());
        QVERIFY(!session.dataset());
        QCOMPARE(session.model()->spec.tables.size(), std::size_t{1});
    }
    QCOMPARE(failed.count(), 0);
    // What no model could read is an error beside a part too.
    session.openDataset(test::demoPath("nothing_here"), QStringLiteral("test"), {});
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 30000);
}

void TestOverviewPage::theDictionaryInForceIsNamedAndSaidNotToFit() {
    QTemporaryDir dir;
    const QString foreign = dir.filePath(QStringLiteral("foreign.tsv"));
    QFile own(test::demoPath("raw_rows.tsv")), out(foreign);
    QVERIFY(own.open(QIODevice::ReadOnly) && out.open(QIODevice::WriteOnly));
    for (const QByteArray& line : own.readAll().split('\n')) {
        if (line.isEmpty()) continue;
        QList<QByteArray> fields = line.split('\t');
        for (qsizetype f = 14; f < fields.size(); ++f)
            if (!fields[f].isEmpty()) fields[f] = "fedcba01";  // in no dictionary
        out.write(fields.join('\t') + '\n');
    }
    out.close();

    Session session;
    QSignalSpy noticed(&session, &Session::noticed);
    OverviewPage page(session);
    page.resize(1200, 900);
    page.show();
    QVERIFY(test::openModel(session));
    auto* card = page.findChild<InfoCard*>(QStringLiteral("datasetCard"));
    QVERIFY(card->isHidden());
    const QString dictionary = test::demoPath("dictionary"), misfit = QStringLiteral("The dictionary does not fit");
    const auto opens = [&](const QString& path) {
        test::JobSpy opened(&session, &Session::datasetOpened);
        session.openDataset(path, QStringLiteral("test"), dictionary);
        return opened.wait(30000);
    };
    QVERIFY(opens(test::demoPath("raw_rows.tsv")));
    QVERIFY(!card->isHidden());
    const QList<QLabel*> labels = card->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
        return QFileInfo(label->property("fullPath").toString()) == QFileInfo(dictionary);
    }));
    QTRY_VERIFY(test::textOf(*card).contains(QStringLiteral("Dictionary\n")));
    QVERIFY(!test::textOf(*card).contains(misfit));
    QCOMPARE(noticed.count(), 0);
    QVERIFY(opens(foreign));
    QTRY_VERIFY2(test::textOf(*card).contains(QStringLiteral("!\n") + misfit), qPrintable(test::textOf(*card)));
    QCOMPARE(noticed.count(), 1);
    QVERIFY(noticed.first().at(0).toString().startsWith(misfit));
    QVERIFY(test::openDataset(session, {}));
    QTRY_VERIFY(test::textOf(*card).contains(QStringLiteral("Dictionary\nnone\n")));
    session.closeModel();
    QVERIFY(card->isHidden());
}

void TestOverviewPage::whatDiffersIsComparedWithAnotherRecord() {
    QTemporaryDir dir;
    const QString path = dir.filePath(QStringLiteral("c")), own = dir.filePath(QStringLiteral("own.json"));
    std::filesystem::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(),
                          std::filesystem::copy_options::recursive);
    test_overview::Opened o;
    CheckDesk& checks = o.session.checks();
    test::JobSpy opened(&o.session, &Session::modelOpened), verified(&checks, &CheckDesk::verified);
    const auto records = [&](const QString& model, const QString& record) {
        o.session.openModel(model);
        if (!opened.wait(30000)) return false;
        checks.verifyFiles({record.toStdString(), VerifyOptions::Mode::Record});
        return verified.wait(30000);
    };
    QVERIFY(records(path, own));
    QVERIFY(records(test::demoPath("checkpoint_next"), path + QStringLiteral("/verify.xxh3.json")));
    o.session.openModel(path);
    QVERIFY(opened.wait(30000));
    QTRY_VERIFY_WITH_TIMEOUT(o.idle(), 30000);
    o.button("verifyFiles")->click();
    QVERIFY(verified.wait(30000));
    QTRY_VERIFY(test::textOf(o.integrity()).contains(QStringLiteral("Different from what was recorded on")));
    QTRY_VERIFY(o.idle() && o.button("anotherRecord")->isVisibleTo(&o.page));
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    test::answerFileDialog(own);
    o.button("anotherRecord")->click();  // returns once the dialog is closed
    QTRY_VERIFY_WITH_TIMEOUT(test::textOf(o.integrity()).contains(QStringLiteral("Every byte is as recorded")), 30000);
}

void TestOverviewPage::castTablesAreNeverCalledRandom() {
    QTemporaryDir temporary;
    const QString path = temporary.filePath(QStringLiteral("c"));
    std::filesystem::copy(DLRM_TEST_DATA "/golden/checkpoints/c_fp16/checkpoint", path.toStdString(),
                          std::filesystem::copy_options::recursive);
    constexpr std::array kRows{1000, 7, 300, 3, 50};
    std::mt19937 random(1);
    for (std::size_t t = 0; t < kRows.size(); ++t) {
        QFile table(path + QStringLiteral("/feature_%1_part0.npy").arg(t));
        QVERIFY(table.open(QIODevice::ReadWrite));
        constexpr int kDim = 16;
        QVERIFY(table.seek(table.size() - static_cast<qint64>(kRows[t]) * kDim * 2));
        const double rms = std::sqrt(1.0 / kRows[t] / 3);  // an initial row's: its norm is the expected one
        for (int i = 0; i < kRows[t] * kDim; ++i) {
            const std::uint16_t half = floatToHalf(static_cast<float>(random() % 2 ? rms : -rms));
            table.write(reinterpret_cast<const char*>(&half), 2);
        }
    }
    test_overview::Opened o;
    test::JobSpy opened(&o.session, &Session::modelOpened), values(&o.session.checks(), &CheckDesk::valuesChecked);
    o.session.openModel(path);
    QVERIFY(opened.wait(test_overview::kWaitMs));
    o.session.checks().checkValues();
    QVERIFY(values.wait(test_overview::kWaitMs));
    const auto check = values.last().at(0).value<ValueCheckPtr>();
    QCOMPARE(check->rows, 0);
    QCOMPARE(check->unknownRows, 1360);
    QTRY_VERIFY(test::textOf(o.integrity())
                    .contains(QStringLiteral("Whether 1,360 table rows were ever trained is not known")));
    QVERIFY(!test::textOf(o.integrity()).contains(QStringLiteral("random")));
}

DLRM_TEST(TestOverviewPage);

}  // namespace tst_overview_page

#include "tst_overview_page.moc"
