// SPDX-License-Identifier: Apache-2.0
// Sweeps and smallest changes on the Samples page: the engine's figures, of the row that is shown and no other, whose
// values can be fed and taken back.
#include <QCategoryAxis>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QMenu>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"
#include "tests/ui/pages/samples/what_if_fixture.h"
#include "ui/charts/chart_menu.h"
#include "ui/pages/samples/what_if.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/desks/sweep_desk.h"
#include "ui/session/table_analysis.h"

namespace tst_samples_what_if {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr double kShown = 0.5e-6 + 1e-12;  // probabilities are shown with six decimals

// Of a figure with its own minus sign.
double numberIn(QString text) { return text.replace(QStringLiteral("−"), QStringLiteral("-")).toDouble(); }
qint64 countIn(QString text) { return text.remove(QLatin1Char(',')).toLongLong(); }

}  // namespace

class SamplesWhatIfTest : public WhatIfFixture {
    Q_OBJECT

    QString cell(int row, int column) const { return list()->model()->index(row, column).data().toString(); }
    int columnOf(const char* title) const {
        const QAbstractItemModel* model = list()->model();
        for (int c = 0; c < model->columnCount(); ++c)
            if (model->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString() == QLatin1String(title)) return c;
        return -1;
    }
    Sweep engineSweep(int table) const {
        auto found = m_engine->sweep(shownInput(), TableId{table});
        if (!found) qFatal("%s", found.error().text().c_str());
        return *std::move(found);
    }
    void pressEscape() {
        QWidget* focus = QApplication::focusWidget() ? QApplication::focusWidget() : m_page;
        QTest::keyClick(focus, Qt::Key_Escape);
    }

private Q_SLOTS:
    void initTestCase() { openEngine(); }
    void init() {
        test::useOwnCache();
        openPage();
        QVERIFY(settles());
    }
    void cleanup() { closePage(); }

    void aTableIsSweptAsTheEngineDoes() {
        QVERIFY(!isOpen());
        sweep("cat_19");
        const Sweep expected = engineSweep(19);
        const std::vector<float>& logits = expected.logits;
        const int own = shownInput().ids[19];
        const auto raising = std::count_if(logits.begin(), logits.end(), [&](float z) { return z > expected.current; });
        QVERIFY2(facts().contains(QStringLiteral("%1 of %2 ids raise it").arg(formatCount(raising), formatCount(4666))),
                 qPrintable(facts()));
        QVERIFY2(facts().contains(QStringLiteral("number %1").arg(formatCount(raising + 1))), qPrintable(facts()));
        QVERIFY(facts().contains(QStringLiteral("once lookups are counted")));
        std::vector<int> ranked(logits.size());
        for (std::size_t i = 0; i < ranked.size(); ++i) ranked[i] = static_cast<int>(i);
        std::stable_sort(ranked.begin(), ranked.end(), [&](int a, int b) {
            return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
        });
        QCOMPARE(list()->model()->rowCount(), 200);
        const int value = columnOf("Value"), p = columnOf("Probability"), change = columnOf("Change");
        QVERIFY(value > 0 && p > 0 && change > 0 && columnOf("Lookups") < 0);
        for (int row = 0; row < 200; ++row) {
            const qint64 rank = row < 100 ? row + 1 : 4666 - 200 + row + 1;
            const int id = ranked[static_cast<std::size_t>(rank) - 1];
            const float z = logits[static_cast<std::size_t>(id)];
            QCOMPARE(countIn(cell(row, 0)), rank);
            QCOMPARE(countIn(cell(row, 1)), id);
            QCOMPARE(cell(row, value), m_session->hexOf(19, id));
            QVERIFY(std::abs(numberIn(cell(row, p)) - probabilityOf(z)) <= kShown);
            QVERIFY(std::abs(numberIn(cell(row, change)) - (probabilityOf(z) - probabilityOf(expected.current))) <=
                    kShown);
        }
        // The twin has the same lines with all digits.
        const ChartView::Table& twin = chart()->table();
        QCOMPARE(twin.rows.size(), std::size_t{200});
        for (std::size_t i = 0; i < 200; ++i)
            QCOMPARE(twin.rows[i][3],
                     static_cast<double>(logits[static_cast<std::size_t>(countIn(cell(static_cast<int>(i), 1)))]));
        QVERIFY(chart()->accessibleName().contains(QStringLiteral("cat_19")) && !chart()->toolTip().isEmpty());
        QVERIFY(own != ranked.front());
        pressEscape();
        QVERIFY(!isOpen() || !m_page->findChild<WhatIfPanel*>()->isVisible());
    }

    void lookupsAndUntrainedRowsAreToldOnceTheyAreKnown() {
        sweep("cat_9");
        m_session->tables().countTraffic();
        m_session->tables().computeStatistics({9});
        QVERIFY(settles());
        const Sweep expected = engineSweep(9);
        const TrafficPtr traffic = m_session->tables().traffic();
        const TableStatisticsPtr statistics = m_session->tables().statistics(9);
        QVERIFY(traffic && statistics);
        const std::vector<std::uint32_t>& hits = traffic->tables[9].hits;
        std::int64_t raised = 0, all = 0;
        for (std::size_t id = 0; id < hits.size(); ++id) {
            all += hits[id];
            if (expected.logits[id] > expected.current) raised += hits[id];
        }
        QCOMPARE(all, std::int64_t{20'000});
        QVERIFY2(facts().contains(QStringLiteral("They are %1 of the lookups")
                                      .arg(formatPercent(static_cast<double>(raised) / 20'000, 2))),
                 qPrintable(facts()));
        const int column = columnOf("Lookups"), remark = columnOf("Remark");
        QVERIFY(column > 0);
        int untrained = 0;
        for (int row = 0; row < 200; ++row) {
            const qint64 id = countIn(cell(row, 1));
            QCOMPARE(countIn(cell(row, column)), static_cast<qint64>(hits[static_cast<std::size_t>(id)]));
            if (id == 0 || id == shownInput().ids[9]) continue;
            QCOMPARE(cell(row, remark) == QLatin1String("untrained"), statistics->untrained.contains(id));
            untrained += statistics->untrained.contains(id);
        }
        QCOMPARE(chart()->table().columns.last(), QStringLiteral("untrained"));
    }

    void aClickFeedsTheIdAndCanBeTakenBack() {
        sweep("cat_19");
        const int before = shownInput().ids[19];
        const std::vector<float> logits = engineSweep(19).logits;
        const qint64 id = countIn(cell(0, 1));
        Q_EMIT list()->clicked(list()->model()->index(0, 0));
        QVERIFY(settles());
        QCOMPARE(shownInput().ids[19], static_cast<std::int32_t>(id));
        QVERIFY(std::abs(shownProbability() - probabilityOf(logits[static_cast<std::size_t>(id)])) <= kShownTolerance);
        // Told from what is known: now no id raises it.
        QVERIFY2(facts().contains(QStringLiteral(" 0 of 4,666 ids raise it")), qPrintable(facts()));
        QCOMPARE(m_session->sweeps().results().tables.size(), std::size_t{1});
        m_page->findChild<QAction*>(QStringLiteral("edit-undo"))->trigger();
        QVERIFY(settles());
        QCOMPARE(shownInput().ids[19], before);
        QVERIFY(!facts().contains(QStringLiteral(" 0 of 4,666")));
    }

    void aNumericalHasItsCurveAndThatOfOtherRows() {
        sweep("num_3");
        const auto data = openDataset(test::demoPath("dataset").toStdString(), {});
        QVERIFY(data);
        const auto expected = m_engine->sweepNumerical(shownInput(), 3, **data, {.rows = kAveragedRows});
        QVERIFY(expected && expected->average);
        const ChartView::Table& twin = chart()->table();
        QCOMPARE(twin.rows.size(), expected->values.size());
        for (std::size_t i = 0; i < twin.rows.size(); ++i) {
            QCOMPARE(twin.rows[i][0], static_cast<double>(expected->values[i]));
            QCOMPARE(twin.rows[i][3], static_cast<double>(expected->logits[i]));
            QCOMPARE(twin.rows[i][4], expected->average->mean[i]);
            QCOMPARE(twin.rows[i][5], expected->average->lowerQuartile[i]);
            QCOMPARE(twin.rows[i][6], expected->average->upperQuartile[i]);
        }
        QVERIFY(!list());
        // Its axis has values as they are typed, where they are fed.
        const auto axes = chart()->chart()->axes(Qt::Horizontal);
        auto* axis = qobject_cast<QCategoryAxis*>(axes.value(0));
        QVERIFY(axis && axis->categoriesLabels().size() > 3);
        for (const QString& label : axis->categoriesLabels()) {
            const auto place = std::find_if(twin.words.begin(), twin.words.end(),
                                            [&](const QStringList& words) { return words.front() == label; });
            QVERIFY2(place != twin.words.end(), qPrintable(label));
            QCOMPARE(axis->endValue(label), twin.rows[static_cast<std::size_t>(place - twin.words.begin())][0]);
        }
        // A value is fed by its token, to the bit; the average stays known.
        Q_EMIT chart()->valueChosen(expected->values[20]);
        QVERIFY(settles());
        QCOMPARE(shownInput().numerical[3], expected->values[20]);
        QVERIFY(m_session->sweeps().results().averages[3].has_value());
        QCOMPARE(chart()->table().rows[20][4], expected->average->mean[20]);
    }

    // Never what is of another row: it is asked for anew.
    void anotherRowIsSweptAnew() {
        sweep("cat_9");
        const QString before = facts();
        rows()->setCurrentRow(7);
        QVERIFY(settles());
        QVERIFY(isOpen() && facts() != before);
        const Sweep expected = engineSweep(9);
        QVERIFY(std::abs(numberIn(cell(0, columnOf("Probability"))) -
                         probabilityOf(*std::max_element(expected.logits.begin(), expected.logits.end()))) <= kShown);
        // An edit of another field too.
        type(kNumericals + 2, "id:3");
        QVERIFY(settles());
        const Sweep edited = engineSweep(9);
        QVERIFY(edited.logits != expected.logits);
        QVERIFY(std::abs(numberIn(cell(0, columnOf("Probability"))) -
                         probabilityOf(*std::max_element(edited.logits.begin(), edited.logits.end()))) <= kShown);
        // What comes late of the row before is not shown.
        const QString shown = facts();
        auto late = std::make_shared<SweepFigures>(*m_session->sweeps().results().tables.back());
        late->row.numerical[0] += 1;
        late->order.raising = -5;
        Q_EMIT m_session->sweeps().swept(late);
        QCOMPARE(facts(), shown);
    }

    // Also of the next row: what was there before it was cleared.
    void theValueUnderThePointerIsRead() {
        sweep("num_3");
        rows()->setCurrentRow(7);
        QVERIFY(settles());
        const QImage before = chart()->grab().toImage();
        QTest::mouseMove(chart()->viewport(), chart()->mapFromScene(chart()->chart()->plotArea().center()));
        QTRY_VERIFY(chart()->grab().toImage() != before);
    }

    void itClosesWithTheModel() {
        sweep("cat_9");
        m_session->closeModel();
        QTRY_VERIFY_WITH_TIMEOUT(!isOpen(), kWait);
        QVERIFY(m_session->sweeps().results().tables.empty());
    }

    void theSmallestChangesAreTheEngines() {
        find<QToolButton>("smallestChanges")->click();
        QVERIFY(settles());
        QVERIFY2(facts().contains(QStringLiteral("at 0.500000 (as on page Evaluate)")), qPrintable(facts()));
        const auto data = openDataset(test::demoPath("dataset").toStdString(), {});
        QVERIFY(data);
        const auto compare = [&](std::optional<double> threshold) {
            const auto expected = m_engine->counterfactual(shownInput(), **data, {threshold});
            QVERIFY(expected);
            QCOMPARE(list()->model()->rowCount(), 39);
            std::int64_t crossing = 0;
            for (int row = 0; row < 39; ++row) {
                const FieldChange& change = expected->changes[static_cast<std::size_t>(row)];
                QCOMPARE(cell(row, 0), QStringLiteral("%1_%2")
                                           .arg(change.numerical ? QStringLiteral("num") : QStringLiteral("cat"))
                                           .arg(change.index));
                QCOMPARE(cell(row, 1), change.crosses ? QStringLiteral("✓") : QString());
                QVERIFY(std::abs(numberIn(cell(row, columnOf("Probability"))) - probabilityOf(change.logit)) <= kShown);
                crossing += change.crosses;
            }
            QVERIFY2(facts().contains(QStringLiteral("%1 of 39 fields can alone").arg(crossing)), qPrintable(facts()));
        };
        compare(0.5);
        find<QPushButton>("crossClickRate")->click();
        QVERIFY(settles());
        QVERIFY2(facts().contains(QStringLiteral("0.244550 (the share of clicks in 20,000 rows)")),
                 qPrintable(facts()));
        compare(std::nullopt);
        const double near = std::round(1e4 * shownProbability() + 100) / 1e4;  // that some change reaches
        find<QDoubleSpinBox>("crossThreshold")->setValue(near);
        QVERIFY(settles());
        QVERIFY2(facts().contains(QStringLiteral("%1 (as typed)").arg(near, 0, 'f', 6)), qPrintable(facts()));
        compare(near);
        // A line that crosses is fed, and then the row is called otherwise.
        const bool clicked = shownProbability() >= near;
        QCOMPARE(cell(0, 1), QStringLiteral("✓"));
        Q_EMIT list()->clicked(list()->model()->index(0, 0));
        QVERIFY(settles());
        QCOMPARE(shownProbability() >= near, !clicked);
    }

    void theThresholdIsThatOfPageEvaluate() {
        m_session->evaluation().setThreshold(0.125);
        find<QToolButton>("smallestChanges")->click();
        QVERIFY(settles());
        QVERIFY2(facts().contains(QStringLiteral("at 0.125000 (as on page Evaluate)")), qPrintable(facts()));
        // Nothing that was found for another one stays, also not while this one is searched for.
        m_page->hide();
        m_session->evaluation().setThreshold(0.375);
        m_page->show();
        QCOMPARE(list()->model()->rowCount(), 0);
        QVERIFY(settles());
        QVERIFY2(facts().contains(QStringLiteral("at 0.375000 (as on page Evaluate)")), qPrintable(facts()));
        find<QDoubleSpinBox>("crossThreshold")->setValue(0.25);
        QCOMPARE(list()->model()->rowCount(), 0);
        QCOMPARE(facts(), QStringLiteral("Searching …"));
        QVERIFY(settles());
        // One that was typed stays.
        m_page->hide();
        m_session->evaluation().setThreshold(0.5);
        m_page->show();
        QVERIFY2(facts().contains(QStringLiteral("at 0.250000 (as typed)")), qPrintable(facts()));
    }

    void thePanelStandsUnderItsFieldAndHasRoom() {
        for (const QSize size : {QSize(1100, 700), QSize(1600, 1000), QSize(2200, 1200)}) {
            m_page->resize(size);
            for (const char* field : {"num_3", "cat_25", "cat_0"}) {
                sweep(field);
                const auto* panel = m_page->findChild<WhatIfPanel*>();
                const QWidget* editor = find<QWidget>(qPrintable(QStringLiteral("field_") + QLatin1String(field)));
                const QWidget* body = form()->widget();
                const int above = editor->mapTo(body, QPoint(0, editor->height())).y();
                QVERIFY(panel->y() >= above && panel->y() - above < 20);
                QVERIFY(panel->width() > body->width() - 40 && panel->height() >= 300);
                QVERIFY(body->width() <= form()->viewport()->width());
                QVERIFY(chart()->chart()->plotArea().height() > 60);
                // The field and as much of the panel as there is room for.
                const QWidget* seen = form()->viewport();
                QTRY_VERIFY(editor->mapTo(seen, QPoint()).y() >= 0);
                const int end = panel->mapTo(seen, QPoint(0, panel->height())).y();
                QVERIFY(end <= seen->height() || editor->mapTo(seen, QPoint()).y() < 2 * editor->height());
            }
            find<QToolButton>("whatIfClose")->click();
            QVERIFY(settles());
        }
    }

    void theFieldsMenuHasIt() {
        QLineEdit* edit = form()->editor(3);
        Q_EMIT edit->customContextMenuRequested(QPoint(2, 2));
        auto* menu = edit->findChild<QMenu*>();
        if (!menu) menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        QVERIFY(menu);
        const QList<QAction*> actions = menu->actions();
        QCOMPARE(actions.last()->text(), QStringLiteral("Sweep num_3"));
        actions.last()->trigger();
        menu->close();
        QVERIFY(settles());
        QVERIFY(isOpen());
        QCOMPARE(find<QToolButton>("sweep_num_3")->accessibleName(), QStringLiteral("Sweep num_3"));
    }

    // Nothing of another row is told, and nobody works for it.
    void whatIsAskedForEndsWithItsRow() {
        std::vector<SweepFiguresPtr> told;
        connect(&m_session->sweeps(), &SweepDesk::swept, this, [&](const SweepFiguresPtr& f) { told.push_back(f); });
        find<QToolButton>("sweep_cat_19")->click();
        QVERIFY(m_session->isRunning(JobKind::Sweep) && told.empty());
        QCOMPARE(facts(), QStringLiteral("Predicting …"));
        rows()->setCurrentRow(7);
        QVERIFY(settles());
        QVERIFY(!told.empty());
        for (const SweepFiguresPtr& figures : told) QVERIFY(sameRow(figures->row, shownInput()));
        find<QToolButton>("sweep_cat_9")->click();
        QVERIFY(m_session->isRunning(JobKind::Sweep));
        find<QToolButton>("whatIfClose")->click();
        QVERIFY(!m_session->isRunning(JobKind::Sweep));
        find<QToolButton>("smallestChanges")->click();
        QVERIFY(m_session->isRunning(JobKind::FindChanges));
        m_session->closeModel();
        QTRY_VERIFY_WITH_TIMEOUT(!isOpen(), kWait);
        QVERIFY(!m_session->isRunning(JobKind::FindChanges));
    }

    void whatWasStoppedSaysSoAndIsAskedForAgain() {
        find<QToolButton>("sweep_cat_9")->click();
        auto* run = find<QPushButton>("whatIfRun");
        QCOMPARE(run->text(), QStringLiteral("Stop"));
        run->click();
        QVERIFY(!m_session->isRunning(JobKind::Sweep));
        QCOMPARE(facts(), QStringLiteral("Stopped."));
        QCOMPARE(run->text(), QStringLiteral("Again"));
        run->click();
        QVERIFY(settles());
        QVERIFY2(facts().startsWith(QStringLiteral("cat_9 is ")), qPrintable(facts()));
    }

    // Where one looks, until it is asked for once more.
    void aFailureIsToldInThePanel() {
        LargerSamples larger;
        larger.open();
        const SamplesPage& page = *larger.page;
        const QString file = larger.home.filePath(QStringLiteral("checkpoint/feature_19_part0.npy"));
        const QByteArray bytes = test::readAll(file);
        QVERIFY(QFile::remove(file));  // what is mapped stays as it was
        test::writeAll(file, bytes + QByteArray(64, '\0'));
        for (const char* opens : {"sweep_cat_19", "smallestChanges"}) {
            page.findChild<QToolButton*>(QLatin1String(opens))->click();
            QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && !larger.session.isAnyRunning(), kWait);
            const auto panel = page.findChildren<WhatIfPanel*>().last();
            const auto* failure = panel->findChild<QLabel*>(QStringLiteral("whatIfFailure"));
            QVERIFY(failure->isVisible());
            QVERIFY2(failure->text().contains(QStringLiteral("changed")), qPrintable(failure->text()));
            const QString says = panel->findChild<QLabel*>(QStringLiteral("whatIfFacts"))->text();
            QVERIFY2(!says.startsWith(QStringLiteral("Stopped")), qPrintable(says));
            QCOMPARE(panel->findChild<QPushButton*>(QStringLiteral("whatIfRun"))->text(), QStringLiteral("Again"));
        }
    }

    void aDotOfTheChartFeedsItsId() {
        sweep("cat_19");
        const std::vector<float> logits = engineSweep(19).logits;
        const auto asked = std::max_element(logits.begin(), logits.end()) - logits.begin();
        const double x = static_cast<double>(asked) + 1, p = probabilityOf(logits[static_cast<std::size_t>(asked)]);
        const QRectF seen = chart()->visibleValues(), plot = chart()->chart()->plotArea();
        Q_EMIT chart()->clicked(x, p);
        QVERIFY(settles());
        const auto fed = static_cast<std::size_t>(shownInput().ids[19]);
        const double right = std::log((static_cast<double>(fed) + 1) / x) / std::log(seen.right() / seen.left()),
                     up = (probabilityOf(logits[fed]) - p) / (seen.bottom() - seen.top());
        QVERIFY(std::hypot(right * plot.width(), up * plot.height()) < 1);
    }

    // The legend stands outside of the plot, and no cell is cut.
    void whatTheDotsMeanAndEveryIdIsRead() {
        m_page->resize(1100, 700);
        sweep("cat_19");
        const auto names = [this] {
            QStringList all;
            for (const ChartView::Ring& ring : chart()->rings()) all << ring.name;
            return all;
        };
        QCOMPARE(names(), QStringList({QStringLiteral("as it is"), QStringLiteral("row 0: missing, rare")}));
        m_session->tables().computeStatistics({19});
        QVERIFY(settles());
        QCOMPARE(names().mid(2), QStringList({QStringLiteral("trained"), QStringLiteral("untrained")}));
        for (int row = 0; row < list()->model()->rowCount(); ++row)
            for (int column = 0; column < list()->model()->columnCount(); ++column) {
                const QModelIndex index = list()->model()->index(row, column);
                if (!list()->viewport()->rect().intersects(list()->visualRect(index))) continue;
                const QVariant font = index.data(Qt::FontRole);
                const int needed = QFontMetrics(font.isValid() ? font.value<QFont>() : list()->font())
                                       .horizontalAdvance(index.data().toString());
                QVERIFY(needed + 2 * space::s <= list()->columnWidth(column));
            }
    }

    void allOfItIsExported() {
        sweep("cat_9");
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("sweep.npy"));
        test::JobSpy written(m_session, &Session::exported);
        test::answerFileDialog(path);
        find<QPushButton>("sweepExport")->click();
        QVERIFY(written.wait(kWait));
        const std::vector<float> expected = engineSweep(9).logits;
        QCOMPARE(test::npyValues(path), std::vector<double>(expected.begin(), expected.end()));
    }

    // A table with more ids than a chart draws as dots.
    void theFirstIdsAreToldBeforeAllOthersAndManyAreADensity() {
        LargerSamples larger;
        larger.open();
        const SamplesPage& page = *larger.page;
        std::vector<SweepFiguresPtr> told;
        connect(&larger.session.sweeps(), &SweepDesk::swept, this,
                [&](const SweepFiguresPtr& f) { told.push_back(f); });
        page.findChild<QToolButton*>(QStringLiteral("sweep_cat_19"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(!told.empty() && told.back()->final, kWait);
        const SweepFigures& all = *told.back();
        QCOMPARE(all.done, std::int64_t{test::kLargerRows});
        QVERIFY(all.density && all.x.empty());
        QCOMPARE(all.density->inside, std::int64_t{test::kLargerRows});
        std::int64_t counted = 0;
        for (const std::uint32_t cell : all.density->counts) counted += cell;
        QCOMPARE(counted, std::int64_t{test::kLargerRows});
        const auto whole = std::minmax_element(all.sweep->logits.begin(), all.sweep->logits.end());
        QVERIFY(std::abs(all.lowest - probabilityOf(*whole.first)) < 1e-12);
        QVERIFY(std::abs(all.highest - probabilityOf(*whole.second)) < 1e-12);
        // Where the machine had the time to tell of them, the first ones came as dots.
        for (const SweepFiguresPtr& figures : told) {
            if (figures->final) continue;
            QVERIFY(!figures->sweep && figures->done >= kFirstSwept);
            QCOMPARE(figures->x.size(), figures->done <= 20'000 ? static_cast<std::size_t>(figures->done) : 0);
        }
        const auto* facts = page.findChild<QLabel*>(QStringLiteral("whatIfFacts"));
        QVERIFY2(facts->text().contains(QStringLiteral("of 25,000 ids raise it")), qPrintable(facts->text()));
        const auto* chart = page.findChild<SweepChart*>();
        QVERIFY(!const_cast<SweepChart*>(chart)->grab().isNull());
    }
};

DLRM_TEST(SamplesWhatIfTest);

}  // namespace tst_samples_what_if

#include "tst_samples_what_if.moc"
