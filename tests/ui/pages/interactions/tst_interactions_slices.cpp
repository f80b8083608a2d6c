// SPDX-License-Identifier: Apache-2.0
// Slices, one row and the outermost rows on the Interactions page, compared with what the engine gives without a
// window.
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QToolButton>

#include "core/engine/engine.h"
#include "core/engine/slice_plan.h"
#include "core/engine/workspace.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/interactions/interactions_fixture.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/pages/interactions/page.h"
#include "ui/pages/interactions/pair_model.h"
#include "ui/widgets/numbers.h"

namespace tst_interactions_slices {

using namespace dlrm;
using namespace dlrm::ui;

class InteractionsSlicesTest : public InteractionsFixture {
    Q_OBJECT

    static Interactions ofTheEngine(RowRange range, const std::vector<std::string>& slices = {}) {
        const Workspace open = opened();
        InteractionOptions options;
        options.range = range;
        options.extremes = true;
        if (!slices.empty()) {
            SliceChoice choice;
            choice.slices = slices;
            options.slices = *planSlices(open, choice);
        }
        auto found = open.engine->interactions(*open.dataset, options);
        if (!found) qFatal("%s", found.error().text().c_str());
        return *std::move(found);
    }

private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::Light); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    void slicesAreThoseOfTheEngine() {
        const Interactions expected = ofTheEngine({0, 3999}, {"num_3 > 5", "cat_5 id 1"});
        find<QLineEdit>("rowRange")->setText(QStringLiteral("0-3,999"));
        find<QLineEdit>("sliceText")->setText(QStringLiteral("num_3 > 5"));
        find<QLineEdit>("againstText")->setText(QStringLiteral("cat_5 id 1"));
        QVERIFY(runToTheEnd());
        const InteractionMatrices& m = expected.matrices;
        const auto isMapped = [&](const char* title, const std::vector<double>& values) {
            choose("matrixChoice", title);
            for (std::size_t i = 1; i < m.names.size(); ++i)
                if (static_cast<float>(mapped(i, i - 1)) != static_cast<float>(values[i * m.names.size() + i - 1]))
                    return false;
            return find<QComboBox>("matrixChoice")->currentText() == QString::fromUtf8(title);
        };
        QVERIFY(isMapped("mean", m.mean));
        QVERIFY(isMapped("mean of the other slice", expected.against->matrices.mean));
        for (const ComparisonMatrix& matrix : comparisonMatrixTable())
            QVERIFY2(isMapped(matrix.title, expected.against->comparison.*matrix.values), matrix.title);
        QVERIFY2(status().contains(QStringLiteral("slice num_3 > 5 · against %1 rows of cat_5 id 1")
                                       .arg(formatCount(expected.against->matrices.rows))),
                 qPrintable(status()));
        // A click on a chip takes its slice out; what is compared with needs none.
        QVERIFY(find<QToolButton>("sliceChip")->isVisible() && find<QToolButton>("againstChip")->isVisible());
        QVERIFY(find<QToolButton>("sliceChip")->text().startsWith(QStringLiteral("num_3 > 5")));
        find<QToolButton>("sliceChip")->click();
        QVERIFY(!find<QToolButton>("sliceChip")->isVisible());
        QVERIFY(find<QLineEdit>("sliceText")->text().isEmpty());
        QVERIFY(runToTheEnd());
        QCOMPARE(m_newest->found.slice, std::string("all"));
        find<QToolButton>("againstChip")->click();
        QVERIFY(!find<QWidget>("sliceChips")->isVisible());
        QVERIFY(runToTheEnd());
        QVERIFY(m_newest->found.slice.empty() && !m_newest->found.against);
        QCOMPARE(find<QComboBox>("matrixChoice")->currentText(), QStringLiteral("mean"));
    }

    void whatIsWrongWithASliceIsPointedAt_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("column");
        QTest::addColumn<QString>("words");
        QTest::newRow("grammar") << QStringLiteral("num_3 > 5 annd") << 10 << QStringLiteral("found \"annd\"");
        QTest::newRow("field") << QStringLiteral("row 0-9 and nun_3 > 5") << 12 << QStringLiteral("num_3");
        QTest::newRow("type") << QStringLiteral("cat_3 > 5") << 6 << QStringLiteral("of a category");
    }
    void whatIsWrongWithASliceIsPointedAt() {
        QFETCH(QString, text);
        QFETCH(int, column);
        QFETCH(QString, words);
        for (const char* line : {"slice", "against"}) {
            auto* edit = find<QLineEdit>(qPrintable(QString::fromLatin1(line) + QStringLiteral("Text")));
            auto* hint = find<QLabel>(qPrintable(QString::fromLatin1(line) + QStringLiteral("Hint")));
            QVERIFY(hint->isHidden() && find<QPushButton>("runInteractions")->isEnabled());
            edit->setText(text);
            const QStringList said = hint->text().split(QLatin1Char('\n'));
            QVERIFY(!hint->isHidden());
            QCOMPARE(said.size(), 3);
            QCOMPARE(said[0], text);
            QCOMPARE(said[1].indexOf(QStringLiteral("↑")), column);
            QVERIFY2(said[2].contains(words), qPrintable(said[2]));
            QVERIFY(!find<QPushButton>("runInteractions")->isEnabled());
            edit->clear();
        }
    }

    // Also where it is none of the last ones.
    void whatIsRenderedIsChosen() {
        QVERIFY(runToTheEnd());
        for (const auto& [view, title] :
             {std::pair("effect-size", "effect size"), std::pair("attribution-size", "size of the attribution")}) {
            m_page->showRenderView(QString::fromLatin1(view));
            QCOMPARE(find<QComboBox>("matrixChoice")->currentText(), QString::fromUtf8(title));
        }
    }

    void aSliceWithoutRowsIsAnError() {
        find<QLineEdit>("sliceText")->setText(QStringLiteral("num_3 > 5 and num_3 < 2"));
        find<QPushButton>("runInteractions")->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_page->errorText().contains(QStringLiteral("E-SLICE-006")), kWait);
    }

    void oneRowIsShownLessTheMean() {
        QVERIFY(runToTheEnd());
        const auto* items = qobject_cast<QStandardItemModel*>(find<QComboBox>("matrixChoice")->model());
        const QStandardItem* item =
            items->item(find<QComboBox>("matrixChoice")->findText(QStringLiteral("one row − mean")));
        QVERIFY(!item->isEnabled() && item->toolTip().contains(QStringLiteral("Samples")));
        m_session->setSelection({.kind = Selection::Kind::Sample, .row = 17});
        QTRY_VERIFY_WITH_TIMEOUT(item->isEnabled(), kWait);
        choose("matrixChoice", "one row − mean");
        const Workspace open = opened();
        const auto predicted = open.engine->predict(*open.dataset, {17, 17}, {.inputs = true, .raw = false});
        const auto row = open.engine->explain(predicted->rows[0].input);
        const InteractionMatrices& m = m_newest->found.matrices;
        const std::size_t n = m.names.size();
        for (std::size_t i = 1; i < n; ++i) {
            const std::size_t at = i * n + i - 1;
            const double less = static_cast<double>(row->intermediates.interaction[at]) - m.mean[at];
            QCOMPARE(static_cast<float>(mapped(i, i - 1)), static_cast<float>(less));
        }
        map()->mark(3, 5);
        QVERIFY2(readout().contains(QStringLiteral("standard deviations")), qPrintable(readout()));
        QVERIFY2(find<QLabel>("matrixFormula")->text().contains(QStringLiteral("row 17")),
                 qPrintable(find<QLabel>("matrixFormula")->text()));
        // A pasted row is none of the dataset.
        m_session->setSelection({.kind = Selection::Kind::Sample, .row = -1});
        QVERIFY(!item->isEnabled());
        QCOMPARE(find<QComboBox>("matrixChoice")->currentText(), QStringLiteral("mean"));
    }

    // Qt counts a character outside of the first plane twice.
    void whatIsWrongIsPointedAtBehindAnyCharacter() {
        const QString slice = QString::fromUtf8(
            "\"a\xf0\x9f\x98\x80"
            "b\" ~ 3");
        const auto problem = m_session->interactions().problemOf(slice);
        QVERIFY(problem);
        QCOMPARE(problem->column, static_cast<int>(slice.indexOf(QLatin1Char('~'))));
    }

    void aClickOnAnOutermostRowOpensItOnSamples() {
        const Interactions expected = ofTheEngine({0, -1});
        QVERIFY(runToTheEnd());
        Q_EMIT map()->cellClicked(7, 20);
        auto* rows = find<QTableView>("extremeRows");
        QVERIFY(rows->isVisible());
        const PairExtremes& pair = expected.extremes[20 * 19 / 2 + 7];
        QCOMPARE(rows->model()->rowCount(), 10);
        for (int k = 0; k < 10; ++k) {
            const ExtremeRow &low = pair.lowest[static_cast<std::size_t>(k)],
                             &high = pair.highest[static_cast<std::size_t>(k)];
            QCOMPARE(rows->model()->index(k, 0).data().toString(), formatCount(low.row));
            QCOMPARE(rows->model()->index(k, 1).data().toString(), pairFigure(static_cast<double>(low.value)));
            QCOMPARE(rows->model()->index(k, 2).data().toString(),
                     *low.label == 1 ? QStringLiteral("clicked") : QStringLiteral("no click"));
            QCOMPARE(rows->model()->index(k, 3).data().toString(), formatCount(high.row));
        }
        // Rows that all have the same product are no ten extremes.
        for (const auto& [column, of] : {std::pair{1, &pair.lowest}, std::pair{4, &pair.highest}})
            QCOMPARE(rows->model()->headerData(column, Qt::Horizontal).toString().contains(QStringLiteral("tied")),
                     of->front().value == of->back().value);
        // No figure is cut where there is little room.
        m_page->resize(1014, 620);
        QCoreApplication::processEvents();
        for (const int figure : {1, 4})
            QVERIFY(rows->columnWidth(figure) >= static_cast<QAbstractItemView*>(rows)->sizeHintForColumn(figure));
        QSignalSpy wanted(m_page, &Page::pageRequested);
        Q_EMIT rows->clicked(rows->model()->index(2, 4));
        QCOMPARE(wanted.value(0).value(0).toString(), QStringLiteral("samples"));
        QVERIFY(m_session->selection().kind == Selection::Kind::Sample);
        QCOMPARE(m_session->selection().row, pair.highest[2].row);
        Q_EMIT map()->cellClicked(4, 4);
        QVERIFY(!rows->isVisible());
    }
};

DLRM_TEST(InteractionsSlicesTest);

}  // namespace tst_interactions_slices

#include "tst_interactions_slices.moc"
