// SPDX-License-Identifier: Apache-2.0
// What each field adds to the logit, on the Samples page: the engine's figures, which add up, follow every edit, and
// stand beside those of the row they are compared with.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include <QComboBox>
#include <QMenu>
#include <QScrollBar>
#include <QTabBar>

#include "tests/support/test_program.h"
#include "tests/ui/pages/samples/samples_fixture.h"
#include "ui/charts/chart_menu.h"
#include "ui/pages/samples/attribution_bars.h"
#include "ui/session/plain_words.h"

namespace tst_samples_attribution {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

// Some forty doubles are added in another order.
constexpr double kRounding = 1e-12;
// A logit in float32 against the sum in double (tst_attribution).
constexpr double kSumTolerance = 1e-5;
// Of integrated gradients, a share of |z − z₀| (tst_attribution).
constexpr double kLeftOver = 1e-3;

using Bar = AttributionBars::Bar;

std::map<int, Bar> byField(const std::vector<Bar>& bars) {
    std::map<int, Bar> out;
    for (const Bar& bar : bars) out[bar.field] = bar;
    return out;
}

double sumOf(const std::vector<Bar>& bars, double Bar::*part) {
    double sum = 0;
    for (const Bar& bar : bars) sum += bar.*part;
    return sum;
}

// Of a figure with its own minus sign.
double numberIn(QString text) { return text.replace(QStringLiteral("−"), QStringLiteral("-")).toDouble(); }

}  // namespace

class SamplesAttributionTest : public SamplesFixture {
    Q_OBJECT

    AttributionBars* chart() const { return find<AttributionBars>("attribution"); }
    HeatmapView* matrix() const { return find<HeatmapView>("interaction"); }
    bool settles() const {
        return QTest::qWaitFor([this] { return m_page->isSettled() && !m_session->isAnyRunning(); }, kWait);
    }
    struct Told {
        Explanation explanation;
        Attribution attribution;
    };
    // By the engine, of what the model is fed for the row that is shown.
    Told told() const {
        auto explanation = m_engine->explain(shownInput());
        if (!explanation) qFatal("%s", explanation.error().text().c_str());
        auto attribution = m_engine->attribute(*explanation);
        if (!attribution) qFatal("%s", attribution.error().text().c_str());
        return {std::move(*explanation), std::move(*attribution)};
    }
    static double fieldOf(const Attribution& a, int field) {
        const auto numericals = static_cast<int>(a.numericals.size());
        return field < 0            ? a.bias
               : field < numericals ? a.numericals[static_cast<std::size_t>(field)]
                                    : a.tables[static_cast<std::size_t>(field - numericals)];
    }
    void compareWith(const Told& row) {
        const std::vector<Bar>& bars = chart()->bars();
        QCOMPARE(static_cast<int>(bars.size()), form()->fieldCount() + 1);
        QCOMPARE(byField(bars).size(), bars.size());
        for (const Bar& bar : bars) QCOMPARE(bar.adds, fieldOf(row.attribution, bar.field));
        const auto logit = static_cast<double>(row.explanation.logit);
        QVERIFY(std::abs(sumOf(bars, &Bar::adds) + row.attribution.residual - logit) <= kRounding);
        QVERIFY(std::abs(row.attribution.residual) <= kSumTolerance);
    }
    std::vector<double> cells() const {  // of the matrix' table, row by row
        std::vector<double> out;
        for (const auto& row : matrix()->chart()->table().rows) out.insert(out.end(), row.begin(), row.end());
        return out;
    }
    static void compareMatrix(const std::vector<double>& cells, std::size_t n,
                              const std::function<float(std::size_t)>& value) {
        QCOMPARE(cells.size(), n * n);
        for (std::size_t i = 0; i < n * n; ++i) {
            if (i / n == i % n) QVERIFY(std::isnan(cells[i]));
            else QCOMPARE(cells[i], static_cast<double>(value(i)));
        }
    }

private Q_SLOTS:
    void initTestCase() { openEngine(); }
    void init() {
        openPage();
        QVERIFY(settles());
    }
    void cleanup() { closePage(); }

    void barsAreWhatTheEngineSaysAndAddUpToTheLogit() {
        const Told row = told();
        compareWith(row);
        const std::vector<Bar>& bars = chart()->bars();
        QVERIFY(std::is_sorted(bars.begin(), bars.end(),
                               [](const Bar& a, const Bar& b) { return std::abs(a.length) > std::abs(b.length); }));
        QVERIFY(bars.front().length != 0 && bars.front().length == bars.front().adds);
        const QStringList sums = chart()->sums();
        QCOMPARE(sums.size(), 4);
        QVERIFY(std::abs(numberIn(sums[1]) - sumOf(bars, &Bar::adds)) <= 0.5e-6 + kRounding);
        QVERIFY2(sums[2].contains(QStringLiteral("rounding of float32")), qPrintable(sums[2]));
        QVERIFY(std::abs(numberIn(sums[3]) - static_cast<double>(row.explanation.logit)) <= 0.5e-6 + kRounding);
        QVERIFY(chart()->fullTitle().contains(QStringLiteral("says what made this number, not what would change it.")));
        for (const Bar& bar : bars) QVERIFY(!bar.before);
    }

    void aBarHasTheFieldsNameAndItsValueInWords() {
        const std::map<int, Bar> bars = byField(chart()->bars());
        const DatasetInfoPtr data = m_session->dataset();
        int empty = 0;
        for (int field = 0; field < form()->fieldCount(); ++field) {
            const bool numerical = field < kNumericals;
            const auto& names = numerical ? data->schema.numericalNames : data->schema.categoricalNames;
            const QString text = form()->editor(field)->text();
            QCOMPARE(bars.at(field).name,
                     QString::fromStdString(names[static_cast<std::size_t>(numerical ? field : field - kNumericals)]));
            QCOMPARE(bars.at(field).value, !text.isEmpty() ? text
                                           : numerical     ? QStringLiteral("none")
                                                           : QStringLiteral("missing"));
            if (text.isEmpty()) ++empty;
        }
        QVERIFY(empty > 0);
        QCOMPARE(bars.at(-1).name, QStringLiteral("biases"));
        const Bar& first = chart()->bars().front();
        const QString said = chart()->barText(0);
        QVERIFY2(said.contains(first.name) && said.contains(QStringLiteral(" to the logit")) &&
                     said.contains(QStringLiteral(" of the length of all bars")),
                 qPrintable(said));
        double sizes = 0;
        for (const Bar& bar : chart()->bars()) sizes += std::abs(bar.length);
        QCOMPARE(chart()->table().rows.front()[1], std::abs(first.length) / sizes);
        QVERIFY(chart()->barText(-1).isEmpty() && chart()->barText(static_cast<int>(bars.size())).isEmpty());
    }

    void figuresFollowAnEdit() {
        const Told before = told();
        type(1, "77");
        QVERIFY(settles());
        const Told after = told();
        QVERIFY(after.explanation.logit != before.explanation.logit);
        compareWith(after);
        int changed = 0;
        for (const Bar& bar : chart()->bars()) {
            QVERIFY(bar.before);
            QCOMPARE(*bar.before, fieldOf(before.attribution, bar.field));
            if (*bar.before != bar.adds) ++changed;
        }
        QVERIFY(changed > 0);
        find<QToolButton>("revert")->click();
        QVERIFY(settles());
        compareWith(before);
    }

    // Of edits in one breath the newest counts.
    void figuresFollowADrag() {
        for (int at = 100; at <= 900; at += 50) form()->slider(2)->setValue(at);
        QVERIFY(settles());
        compareWith(told());
        QVERIFY(byField(chart()->bars()).at(2).before);
    }

    void theDifferenceSaysWhichFieldsChanged() {
        const Told before = told();
        type(kNumericals, "id:3");
        QVERIFY(settles());
        const Told after = told();
        find<QCheckBox>("showDifference")->setChecked(true);
        const std::vector<Bar>& bars = chart()->bars();
        double largest = 0;
        for (const Bar& bar : bars) {
            QCOMPARE(bar.length, fieldOf(after.attribution, bar.field) - fieldOf(before.attribution, bar.field));
            largest = std::max(largest, std::abs(bar.length));
        }
        QVERIFY(largest > 0 && std::abs(bars.front().length) == largest);
        const double change =
            static_cast<double>(after.explanation.logit) - static_cast<double>(before.explanation.logit);
        QVERIFY(std::abs(sumOf(bars, &Bar::length) + after.attribution.residual - before.attribution.residual -
                         change) <= kRounding);
        QVERIFY(std::abs(numberIn(chart()->sums()[3]) - change) <= 0.5e-6 + kRounding);
        QVERIFY(chart()->chart()->title().contains(QStringLiteral("the original")));
        // The table has both figures, whatever is drawn.
        const ChartView::Table& twin = chart()->table();
        QCOMPARE(twin.rows.front()[0], bars.front().adds);
        QCOMPARE(twin.rows.front()[3], bars.front().length);
        QCOMPARE(twin.rows.back()[3], change);
    }

    void aPinnedRowIsTheReference() {
        const Told pinned = told();
        find<QToolButton>("pin")->click();
        rows()->setCurrentRow(4);
        QTRY_VERIFY_WITH_TIMEOUT(labelText("rowName").startsWith(QStringLiteral("row 4")), kWait);
        QVERIFY(settles());
        const Told row = told();
        compareWith(row);
        for (const Bar& bar : chart()->bars())
            QCOMPARE(bar.before, std::optional(fieldOf(pinned.attribution, bar.field)));
        find<QCheckBox>("showDifference")->setChecked(true);
        QVERIFY(chart()->chart()->title().contains(QStringLiteral("row 0")));
        QVERIFY(std::abs(sumOf(chart()->bars(), &Bar::length) - (row.attribution.sum() - pinned.attribution.sum())) <=
                kRounding);
    }

    void theMatrixShowsProductsOrWhatTheyAdd() {
        const Told row = told();
        const std::size_t n = row.explanation.vectorNames.size();
        compareMatrix(cells(), n, [&](std::size_t i) { return row.explanation.intermediates.interaction[i]; });
        auto* quantity = find<QComboBox>("interactionQuantity");
        auto* hold = find<QCheckBox>("holdScale");
        hold->setChecked(true);
        quantity->setCurrentIndex(1);
        QVERIFY(!hold->isChecked());  // another quantity
        compareMatrix(cells(), n, [&](std::size_t i) { return static_cast<float>(row.attribution.pairs[i]); });
        type(1, "77");
        QVERIFY(settles());
        const Told after = told();
        compareMatrix(cells(), n, [&](std::size_t i) { return static_cast<float>(after.attribution.pairs[i]); });
        find<QCheckBox>("showDifference")->setChecked(true);
        compareMatrix(cells(), n, [&](std::size_t i) {
            return static_cast<float>(after.attribution.pairs[i]) - static_cast<float>(row.attribution.pairs[i]);
        });
        QVERIFY(matrix()->chart()->fullTitle().contains(QStringLiteral("adds to the logit")));
    }

    void copiedDataArePlainNumbers() {
        const Told row = told();
        QMenu menu;
        fillChartMenu(menu, *chart(), QStringLiteral("Attribution"));
        for (QAction* action : menu.actions())
            if (action->text() == QStringLiteral("Copy &data")) action->trigger();
        const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), form()->fieldCount() + 1 + 4);  // biases; title, sum, residual, logit
        QCOMPARE(lines[0], QStringLiteral("field\tvalue\tadds to the logit\tshare"));
        double sum = 0, shares = 0;
        for (int i = 1; i <= form()->fieldCount() + 1; ++i) {
            const QStringList cells = lines[i].split(QLatin1Char('\t'));
            const Bar& bar = chart()->bars()[static_cast<std::size_t>(i - 1)];
            QCOMPARE(cells.size(), 4);
            QCOMPARE(cells[0], bar.name);
            QCOMPARE(cells[1], bar.value);
            bool plain = false;
            QCOMPARE(cells[2].toDouble(&plain), bar.adds);
            QVERIFY(plain);
            sum += cells[2].toDouble();
            shares += cells[3].toDouble();
        }
        QVERIFY(std::abs(shares - 1) <= kRounding);
        const auto last = [&](int back) { return lines[lines.size() - back].split(QLatin1Char('\t')); };
        QCOMPARE(last(1)[2].toDouble(), static_cast<double>(row.explanation.logit));
        QCOMPARE(last(2)[0], QStringLiteral("rounding of float32"));
        QVERIFY(std::abs(sum + last(2)[2].toDouble() - last(1)[2].toDouble()) <= kRounding);
    }

    // Where not all bars are in sight they scroll; an exported picture has them all.
    void barsThatDoNotFitScroll() {
        m_page->resize(1028, 500);
        auto* bar = chart()->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0);
        QTest::keyClick(chart(), Qt::Key_Down);
        QVERIFY(bar->value() > 0);
        bar->setValue(0);
        // What is not in sight is told in a line, which scrolls to it.
        chart()->grab();
        const int bars = static_cast<int>(chart()->bars().size()), shown = bars - chart()->folded();
        QVERIFY2(shown > 0 && shown < bars, qPrintable(QString::number(shown)));
        const QRectF plot = chart()->chart()->plotArea();
        const double line = plot.height() / (bars + 2);  // two lines are the sums'
        const QPointF more(plot.left() + plot.width() / 2, plot.top() + (shown + 0.5) * line);
        QTest::mouseClick(chart()->viewport(), Qt::LeftButton, {}, chart()->mapFromScene(more));
        QVERIFY(bar->value() > 0);
        bar->setValue(bar->maximum());
        chart()->grab();
        QCOMPARE(chart()->folded(), 0);
        bar->setValue(0);
        const int height = chart()->viewport()->height();
        QVERIFY(chart()->chart()->size().height() >= height + bar->maximum());
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("bars.png"));
        QCOMPARE(chart()->exportTo(path), QString());
        const QImage all(path);
        QVERIFY(all.height() >= 2 * static_cast<int>(chart()->chart()->size().height()));
        // Its last line, the logit, stands at the end of the picture, and in the window whatever is scrolled to.
        const auto inkAbove = [](const QImage& image, int bottom, int lines) {
            const QRgb ground = Theme::instance().colors().base.rgb();
            int ink = 0;
            for (int y = bottom - lines; y < bottom; ++y)
                for (int x = image.width() / 2; x < image.width() - 20; ++x)
                    if (image.pixel(x, y) != ground) ++ink;
            return ink;
        };
        const double below = chart()->chart()->size().height() - chart()->chart()->plotArea().bottom();
        QVERIFY(inkAbove(all, static_cast<int>(2 * (chart()->chart()->size().height() - below)), 20) > 0);
        const QImage top = chart()->viewport()->grab().toImage();
        bar->setValue(bar->maximum());
        const QImage end = chart()->viewport()->grab().toImage();
        QVERIFY(top != end);
        const QRect sums(0, height - static_cast<int>(below) - 10, top.width(), 8);
        QCOMPARE(top.copy(sums), end.copy(sums));
        QCOMPARE(top.copy(0, 0, top.width() / 2, 20), end.copy(0, 0, top.width() / 2, 20));  // so does the title
    }

    // Also one that is shorter than the line at zero is wide, on either side of it.
    void theShortestBarIsSeen() {
        AttributionBars bars;
        bars.resize(600, 400);
        Attribution row;
        row.numericals = {1, -0.9, 0.0004, -0.0002};
        bars.show(row, 0.1F, {}, {}, false);
        const QImage image = bars.grab().toImage();
        const QRectF plot = bars.chart()->plotArea();
        const auto coloured = [&](int bar, double strength) {
            const double line = plot.height() / 7;  // 4 bars, the biases' and two lines of sums; 24 pixels at most
            const int y = static_cast<int>(plot.top() + (bar + 0.5) * std::min(24.0, line));
            const QRgb colour = Theme::instance().diverging(strength).rgb();
            int found = 0;
            for (int x = 0; x < image.width(); ++x) found += image.pixel(x, y) == colour;
            return found;
        };
        QVERIFY(coloured(0, 0.75) > 100 && coloured(1, -0.75) > 100);
        QVERIFY(coloured(2, 0.75) >= 1);
        QVERIFY(coloured(3, -0.75) >= 1);
    }

    void aHeldScaleStaysFromRowToRow() {
        auto* hold = find<QCheckBox>("holdScale");
        const double first = chart()->span();
        hold->setChecked(true);
        rows()->setCurrentRow(3);
        QTRY_VERIFY_WITH_TIMEOUT(labelText("rowName").startsWith(QStringLiteral("row 3")), kWait);
        QVERIFY(settles());
        QCOMPARE(chart()->span(), first);
        hold->setChecked(false);
        QVERIFY(chart()->span() != first);
    }

    void aClickOnABarMarksItsField() {
        QSignalSpy clicked(chart(), &AttributionBars::fieldClicked);
        chart()->grab();  // painted: the bars have their places
        const QRectF plot = chart()->chart()->plotArea();
        const QPoint first = chart()->mapFromScene(plot.topLeft() + QPointF(plot.width() / 2, 8));
        QTest::mouseClick(chart()->viewport(), Qt::LeftButton, {}, first);
        const int field = chart()->bars().front().field;
        if (field < 0) QCOMPARE(clicked.count(), 0);  // the biases are no field
        else QCOMPARE(clicked.takeFirst()[0].toInt(), field);
        const QPoint second = chart()->mapFromScene(plot.topLeft() + QPointF(plot.width() / 2, 26));
        QTest::mouseClick(chart()->viewport(), Qt::LeftButton, {}, second);
        QCOMPARE(clicked.takeFirst()[0].toInt(), chart()->bars()[1].field);
    }

    // Bars of one row never stand beside what the model said of another.
    void whatIsNotComputedLeavesNoBars() {
        const auto ends = connect(m_session, &Session::jobStarted, this, [this](JobKind kind) {
            if (kind == JobKind::Attribute) m_session->cancel(kind);
        });
        QVERIFY(!chart()->bars().empty());
        rows()->setCurrentRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(chart()->bars().empty(), kWait);
        disconnect(ends);
        QVERIFY2(chart()->accessibleName().contains(QStringLiteral("was not computed")),
                 qPrintable(chart()->accessibleName()));
        QVERIFY(m_page->isSettled());
        type(1, "9");
        QVERIFY(settles());
        compareWith(told());
    }

    // Where there is no room for all of it, one part of the evidence at a time.
    void aSmallWindowShowsOnePartAtATime() {
        auto* parts = find<QTabBar>("evidenceParts");
        m_page->resize(1028, 648);
        QTRY_VERIFY(parts->isVisible());
        parts->setCurrentIndex(0);
        QVERIFY(chart()->isVisible() && !matrix()->isVisible());
        QTRY_VERIFY(chart()->height() >= 400);
        parts->setCurrentIndex(1);
        QVERIFY(!chart()->isVisible() && matrix()->isVisible());
        QVERIFY(find<QComboBox>("interactionQuantity")->isVisible());
        QVERIFY(!find<SampleActivations>("activations")->isVisible());
        parts->setCurrentIndex(2);
        QVERIFY(!matrix()->isVisible() && find<SampleActivations>("activations")->isVisible());
        m_page->resize(1528, 880);
        QTRY_VERIFY(!parts->isVisible());
        QVERIFY(chart()->isVisible() && matrix()->isVisible() && find<SampleActivations>("activations")->isVisible());
    }

    void crossLayersHaveIntegratedGradientsAndNoProducts() {
        const QString golden = QStringLiteral(DLRM_TEST_DATA "/golden/");
        const QString checkpoint = golden + QStringLiteral("newer_layouts/d_dcnv2/checkpoint");
        Session session;
        SamplesPage page(session);
        page.resize(1528, 880);
        page.show();
        QSignalSpy models(&session, &Session::modelOpened), datasets(&session, &Session::datasetOpened);
        session.openModel(checkpoint);
        QVERIFY(models.wait(kWait));
        session.openDataset(golden + QStringLiteral("datasets/tiny/feature_spec.yaml"));
        QVERIFY(datasets.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && !session.isAnyRunning(), kWait);
        const auto* bars = page.findChild<AttributionBars*>();
        auto backend = chooseBackend({"cpu", Precision::Fp32, 0});
        QVERIFY(backend);
        EngineOptions options;
        options.backend = *backend;
        const auto engine = Engine::open(checkpoint.toStdString(), options);
        QVERIFY(engine);
        const auto source = page.findChild<SampleRows*>()->source(0);
        QVERIFY(source);
        const auto explanation = (*engine)->explain(source->input);
        QVERIFY(explanation);
        const auto attribution = (*engine)->attribute(*explanation);
        QVERIFY(attribution);
        QCOMPARE(bars->bars().size(), std::size_t{13 + 5 + 1});
        for (const Bar& bar : bars->bars()) QCOMPARE(bar.adds, fieldOf(*attribution, bar.field));
        const auto logit = static_cast<double>(explanation->logit);
        QVERIFY(std::abs(sumOf(bars->bars(), &Bar::adds) - logit) <= kLeftOver * std::abs(logit - attribution->bias));
        QVERIFY(bars->sums()[2].contains(QStringLiteral("left over")));
        QVERIFY(bars->fullTitle().contains(QStringLiteral("Integrated gradients")));
        QVERIFY(bars->fullTitle().contains(QStringLiteral("not exact")));
        QVERIFY(bars->isVisible());
        QVERIFY(!page.findChild<HeatmapView*>(QStringLiteral("interaction"))->isVisible());
        QVERIFY(!page.findChild<QComboBox*>(QStringLiteral("interactionQuantity"))->isVisible());
        QVERIFY(page.findChild<QLabel*>(QStringLiteral("noInteraction"))->isVisible());
    }
};

DLRM_TEST(SamplesAttributionTest);

}  // namespace tst_samples_attribution

#include "tst_samples_attribution.moc"
