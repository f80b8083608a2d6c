// SPDX-License-Identifier: Apache-2.0
// A second field in the sweep of the Samples page: the engine's figures of all pairs, as a map whose cells can be fed.
#include <QComboBox>

#include <algorithm>
#include <cmath>

#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"
#include "tests/ui/pages/samples/what_if_fixture.h"
#include "ui/pages/samples/pair_chart.h"
#include "ui/session/desks/sweep_desk.h"
#include "ui/session/figures.h"
#include "ui/widgets/numbers.h"

namespace tst_samples_pairs {

using namespace dlrm;
using namespace dlrm::ui;

class SamplesPairsTest : public WhatIfFixture {
    Q_OBJECT

    PairChart* pairs() const { return find<PairChart>("pairChart"); }
    void with(const char* field) {
        auto* second = find<QComboBox>("sweepSecond");
        const int place = second->findText(QLatin1String(field));
        QVERIFY(place >= 0);
        second->setCurrentIndex(place);
        QVERIFY(settles());
    }
    PairSweep engineSweep(SweptField a, SweptField b) const {
        const auto data = openDataset(test::demoPath("dataset").toStdString(), {});
        if (!data) qFatal("%s", data.error().text().c_str());
        auto found = m_engine->sweepPair(shownInput(), a, b, **data);
        if (!found) qFatal("%s", found.error().text().c_str());
        return *std::move(found);
    }
    void showsWhatTheEngineFinds(SweptField a, SweptField b) {
        const PairSweep expected = engineSweep(a, b);
        const ChartView::Table& twin = pairs()->table();
        QCOMPARE(twin.rows.size(), expected.logits.size());
        QVERIFY(twin.rows.size() > 100);
        for (std::size_t i = 0; i < twin.rows.size(); ++i) {
            QCOMPARE(twin.rows[i][2], static_cast<double>(expected.logits[i]));
            QVERIFY(std::abs(twin.rows[i][0] - probabilityOf(expected.logits[i])) < 1e-12);
            QVERIFY(std::abs(twin.rows[i][1] - probabilityOf(expected.logits[i]) + probabilityOf(expected.current)) <
                    1e-12);
        }
        const auto raising = std::count_if(expected.logits.begin(), expected.logits.end(),
                                           [&](float logit) { return logit > expected.current; });
        QVERIFY2(facts().contains(QStringLiteral("%1 of %2 raise it")
                                      .arg(formatCount(raising), countedText(std::ssize(expected.logits), "pair"))),
                 qPrintable(facts()));
    }

private Q_SLOTS:
    void initTestCase() { openEngine(); }
    void init() {
        test::useOwnCache();
        openPage();
        QVERIFY(settles());
    }
    void cleanup() { closePage(); }

    void allPairsAreTheEngines() {
        sweep("cat_19");
        QVERIFY(chart()->isVisible() && !pairs()->isVisible());
        with("num_3");
        QVERIFY(!chart()->isVisible() && !list()->isVisible() && pairs()->isVisible());
        showsWhatTheEngineFinds({false, 19}, {true, 3});
        QCOMPARE(pairs()->table().wordColumns, QStringList({QStringLiteral("cat_19"), QStringLiteral("num_3")}));
        QVERIFY(pairs()->accessibleName().contains(QStringLiteral("cat_19 and num_3")));
        with("cat_9");
        showsWhatTheEngineFinds({false, 19}, {false, 9});
        QVERIFY(pairs()->table().words[1][1].contains(m_session->hexOf(9, 1)));
        // Of another row anew.
        rows()->setCurrentRow(7);
        QVERIFY(settles());
        showsWhatTheEngineFinds({false, 19}, {false, 9});
        // And without it as before.
        find<QComboBox>("sweepSecond")->setCurrentIndex(0);
        QVERIFY(settles());
        QVERIFY(chart()->isVisible() && list()->isVisible() && !pairs()->isVisible());
        QVERIFY2(facts().contains(QStringLiteral("of 4,666 ids raise it")), qPrintable(facts()));
    }

    void aCellFeedsBothValues() {
        sweep("num_3");
        with("cat_9");
        const PairSweep before = engineSweep({true, 3}, {false, 9});
        const QPointF at = pairs()->centreOf(4, 2);
        Q_EMIT pairs()->clicked(at.x(), at.y());
        QVERIFY(settles());
        QCOMPARE(shownInput().numerical[3], before.a.values[4]);
        QCOMPARE(shownInput().ids[9], static_cast<std::int32_t>(before.b.ids[2]));
        const double p = probabilityOf(before.logits[4 * before.b.size() + 2]);
        QVERIFY(std::abs(shownProbability() - p) <= kShownTolerance);
        QCOMPARE(pairs()->rings().size(), std::size_t{1});  // now its own pair is among them
        Q_EMIT pairs()->clicked(0, at.y());                 // a name feeds nothing
        QVERIFY(settles());
        QCOMPARE(shownInput().numerical[3], before.a.values[4]);
    }

    void thePairsAreExported() {
        sweep("num_3");
        with("cat_9");
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("pairs.npy"));
        test::JobSpy written(m_session, &Session::exported);
        test::answerFileDialog(path);
        find<QPushButton>("sweepExport")->click();
        QVERIFY(written.wait(kWait));
        const std::vector<float> expected = engineSweep({true, 3}, {false, 9}).logits;
        QCOMPARE(test::npyValues(path), std::vector<double>(expected.begin(), expected.end()));
    }

    void everyCellHasRoomAndIsRead() {
        for (const QSize size : {QSize(1028, 640), QSize(2200, 1200)}) {
            m_page->resize(size);
            sweep("cat_19");
            with("cat_9");
            const QRectF plot = pairs()->chart()->plotArea();
            const QPointF first = pairs()->centreOf(0, 0), last = pairs()->centreOf(29, 29);
            QVERIFY(first.x() > 0 && first.y() < 1 && last.x() < 1 && last.y() > 0);
            constexpr double kToldApart = 5;  // pixels
            QVERIFY((first.y() - last.y()) * plot.height() / 29 >= kToldApart);
            QVERIFY((last.x() - first.x()) * plot.width() / 29 >= kToldApart);
            const QImage before = pairs()->grab().toImage();
            QTest::mouseMove(pairs()->viewport(), pairs()->mapFromScene(plot.center()));
            QTRY_VERIFY(pairs()->grab().toImage() != before);
            find<QToolButton>("whatIfClose")->click();
            QVERIFY(settles());
        }
    }
};

DLRM_TEST(SamplesPairsTest);

}  // namespace tst_samples_pairs

#include "tst_samples_pairs.moc"
