// SPDX-License-Identifier: Apache-2.0
// Slices on the Evaluate page: typed, by frequency and the weakest ones, and the figures and curves of one of them.
// Rows are counted once more in the files of the demo.
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QFrame>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QTabWidget>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "tests/support/test_program.h"
#include "tests/ui/pages/evaluate/evaluate_fixture.h"
#include "ui/charts/chart_view.h"
#include "ui/pages/evaluate/cards.h"
#include "ui/pages/evaluate/charts.h"
#include "ui/pages/evaluate/figure_table.h"
#include "ui/pages/evaluate/frequency_tab.h"
#include "ui/pages/evaluate/slice_words.h"
#include "ui/session/desks/slice_texts.h"

namespace tst_evaluate_slices {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kRows = 20000;

// Of a categorical of the demo's test rows, as its preprocessing wrote them.
std::vector<int> idsOf(int field) {
    QFile file(test::demoPath("dataset/test/cat_%1.bin").arg(field));
    if (!file.open(QIODevice::ReadOnly)) qFatal("no %s", qPrintable(file.fileName()));
    const QByteArray bytes = file.readAll();
    const auto width = bytes.size() / kRows;
    std::vector<int> out;
    for (qsizetype at = 0; at < bytes.size(); at += width) {
        int id = 0;
        for (qsizetype b = width - 1; b >= 0; --b) id = id * 256 + static_cast<unsigned char>(bytes[at + b]);
        out.push_back(id);
    }
    return out;
}

}  // namespace

class EvaluateSlicesTest : public EvaluateFixture {
    Q_OBJECT

private:
    EvaluateCharts* charts() const { return m_page->findChild<EvaluateCharts*>(); }
    FigureTable* table() const { return find<FigureTable>("sliceTable"); }
    QString cell(int row, int column) const { return table()->model()->index(row, column).data().toString(); }
    void click(FigureTable* list, int row) {
        const QRect at = list->visualRect(list->model()->index(row, 0));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, at.center());
    }
    void openTab(const char* list) {
        auto* tabs = find<QTabWidget>("evaluateTabs");
        for (int i = 0; i < tabs->count(); ++i)
            if (tabs->widget(i)->findChild<QWidget*>(QLatin1String(list))) tabs->setCurrentIndex(i);
        QCoreApplication::processEvents();  // it gets its room
    }
    EvaluationPtr ofSlice() const { return m_session->evaluation().results().ofSlice; }
    bool sliceCame() {
        return QTest::qWaitFor(
            [this] { return ofSlice() && ofSlice()->final && !m_session->isRunning(JobKind::SliceCurves); }, kWait);
    }

private Q_SLOTS:
    void initTestCase() { Theme::instance().apply(ThemeMode::Light); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    void typedSlicesAreCounted() {
        find<QLineEdit>("sliceLine")
            ->setText(QStringLiteral("cat_19 missing; cat_19 id 10-99 and row 0-9999 ; row 0-9"));
        find<QLineEdit>("groupLine")->setText(QStringLiteral("cat_19 decade"));
        QVERIFY(find<QToolButton>("evaluateOptions")->text().contains(QStringLiteral("with slices")));
        QVERIFY(runToTheEnd());
        const std::vector<int> ids = idsOf(19);
        const auto count = [&](int from, int to, int rows = kRows) {
            return std::count_if(ids.begin(), ids.begin() + rows, [&](int id) { return id >= from && id <= to; });
        };
        QCOMPARE(table()->model()->rowCount(), 8);
        const qint64 expected[] = {count(0, 0),     count(10, 99, 10000), 10, count(0, 0), count(1, 9), count(10, 99),
                                   count(100, 999), count(1000, 1 << 30)};
        for (int row = 0; row < 8; ++row) QCOMPARE(cell(row, 1), formatCount(expected[row]));
        QCOMPARE(cell(1, 0), QStringLiteral("cat_19 id 10-99 and row 0-9999"));
        // The figure that is chosen, and the grey of what has too few rows.
        auto* figure = find<QComboBox>("sliceFigure");
        for (int i = 0; i < figure->count(); ++i) {
            figure->setCurrentIndex(i);
            const SliceFigure& said = m_newest->slices[4].figures[static_cast<std::size_t>(i)];
            QCOMPARE(figure->currentText(), QString::fromStdString(said.title));
            QVERIFY(std::abs(table()->model()->index(4, 3).data(Qt::UserRole + 101).toDouble() - *said.value) == 0);
        }
        const auto grey = [&](int row) { return table()->model()->index(row, 0).data(Qt::ForegroundRole).isValid(); };
        QVERIFY(!grey(4) && grey(2));
        QVERIFY(table()
                    ->model()
                    ->index(2, 0)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("not judged: fewer than 1,000 rows")));
    }

    // Of thousands of lines they would take long.
    void tipsAreMadeWhenTheyAreAskedFor() {
        FigureTableModel model;
        int made = 0;
        std::vector<FigureLine> lines(3);
        for (FigureLine& line : lines) line = {{{QStringLiteral("line")}}, [&made] { return QString::number(++made); }};
        lines.back().tip = {};
        model.set({{QStringLiteral("Words"), {}}}, lines);
        QCOMPARE(made, 0);
        QVERIFY(model.index(1, 0).data(Qt::ToolTipRole).toString().contains(QLatin1Char('1')));
        QVERIFY(model.index(2, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("line")));
        QCOMPARE(made, 1);
    }

    // How small a slice is judged is chosen beside it.
    void smallSlicesAreJudgedWhereAsked() {
        find<QLineEdit>("sliceLine")->setText(QStringLiteral("row 0-499"));
        QVERIFY(runToTheEnd());
        QVERIFY(!m_newest->slices.front().judged);
        find<QSpinBox>("sliceMinRows")->setValue(500);
        find<QSpinBox>("sliceMinPositives")->setValue(5);
        QVERIFY(runToTheEnd());
        QVERIFY(m_newest->slices.front().judged);
        find<QSpinBox>("sliceMinRows")->setValue(501);
        QVERIFY(runToTheEnd());
        QVERIFY(!m_newest->slices.front().judged);
    }

    // Groups and rows are counted once more in the files.
    void figuresOfTheRankingComeWhereAsked() {
        const auto* figures = find<QLabel>("rankingFigures");
        QVERIFY(runToTheEnd());
        QVERIFY(!m_newest->gauc && !m_newest->top && figures->text().isEmpty());
        auto* field = find<QComboBox>("gaucField");
        auto* share = find<QComboBox>("pcocShare");
        field->setCurrentText(QStringLiteral("cat_19"));
        share->setCurrentIndex(share->findData(0.05));
        QVERIFY(find<QToolButton>("evaluateOptions")->text().contains(QStringLiteral("with ranking")));
        QVERIFY(runToTheEnd());
        const std::vector<int> ids = idsOf(19);
        const auto groups = static_cast<qint64>(std::set<int>(ids.begin(), ids.end()).size());
        QVERIFY(m_newest->gauc && m_newest->top);
        const GroupedAuc& gauc = *m_newest->gauc;
        QCOMPARE(gauc.field, std::string("cat_19"));
        QCOMPARE(gauc.groups, groups);
        QCOMPARE(m_newest->top->rows, 0.05 * kRows);
        QVERIFY2(figures->text().contains(QStringLiteral("GAUC over cat_19: %1").arg(sliceFigureText(gauc.value))) &&
                     figures->text().contains(formatCount(groups) + QStringLiteral(" groups")) &&
                     figures->text().contains(QStringLiteral("PCOC of the top %1: ").arg(share->currentText())),
                 qPrintable(figures->text()));
        // Another model leaves the choice, whose figures go.
        m_session->openModel(test::demoPath("checkpoint_next"));
        QTRY_VERIFY_WITH_TIMEOUT(figures->text().isEmpty(), kWait);
        QCOMPARE(field->currentText(), QStringLiteral("cat_19"));
        field->setCurrentIndex(0);
        share->setCurrentIndex(0);
        QVERIFY(!find<QToolButton>("evaluateOptions")->text().contains(QStringLiteral("with ranking")));
    }

    void whatCannotBeReadIsPointedAt() {
        auto* line = find<QLineEdit>("sliceLine");
        QVERIFY(runToTheEnd());  // before there are figures the page says how to get some
        openTab("sliceTable");
        line->setText(QStringLiteral("num_3 > 5; cat_19 id x"));
        const auto* problem = find<QLabel>("sliceProblem");
        QVERIFY(problem->isVisible());
        QVERIFY2(problem->text().contains(QStringLiteral("column 11 of \"cat_19 id x\"")) &&
                     problem->text().contains(QStringLiteral("E-SLICE-001")),
                 qPrintable(problem->text()));
        QVERIFY(!m_page->slices() && !find<QPushButton>("runEvaluation")->isEnabled());
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(line->cursorPosition(), 21);  // the x
        QVERIFY(!m_session->isRunning(JobKind::Evaluate));
        // Only the fields that are open tell that there is no such one.
        line->setText(QStringLiteral("num_3 > 5; num_3 > 5 and nunm_4 > 2"));
        QVERIFY(!problem->isVisible());
        find<QTabWidget>("evaluateTabs")->setCurrentIndex(0);
        find<QPushButton>("runEvaluation")->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_page->errorText().contains(QStringLiteral("E-SLICE-002")), kWait);
        QVERIFY(line->isVisible() && problem->isVisible());
        QCOMPARE(line->selectedText(), QStringLiteral("nunm_4 > 2"));
    }

    void severalSlicesInOneLine() {
        const auto texts = [](const char* line) {
            QStringList out;
            for (const std::string& text : typedSlices(QString::fromUtf8(line)).texts)
                out << QString::fromStdString(text);
            return out.join(QLatin1Char('|'));
        };
        QCOMPARE(texts(""), QString());
        QCOMPARE(texts(" ; all ;; row 5;"), QStringLiteral("all|row 5"));
        QCOMPARE(texts("\"a; b\" > 5;\"c \"\";\" missing"), QStringLiteral("\"a; b\" > 5|\"c \"\";\" missing"));
        // Characters beyond 16 bits count as one, as the grammar counts them.
        const QString wide = QString::fromUtf8("row 5; \"\xF0\x9F\x98\x80\" id x");
        const TypedSlices typed = typedSlices(wide);
        QVERIFY(typed.error && typed.texts.empty());
        QCOMPARE(wide.mid(typed.at), QStringLiteral("x"));
        QCOMPARE(typedGroups(QStringLiteral("cat_3 decade; cat_3 tpo 8")).at, 20);
    }

    void linesAreSortedAndCopied() {
        find<QLineEdit>("groupLine")->setText(QStringLiteral("cat_19 decade; row blocks 2"));
        find<QLineEdit>("sliceLine")->setText(QStringLiteral("row 20000-"));  // no row: nothing to compare
        QVERIFY(runToTheEnd());
        const int n = table()->model()->rowCount();
        QCOMPARE(n, 8);
        const auto numbers = [&] {
            std::vector<double> out;
            for (int row = 0; row < n; ++row) {
                const QVariant copied = table()->model()->index(row, 3).data(Qt::UserRole + 101);
                out.push_back(copied.typeId() == QMetaType::Double ? copied.toDouble() : std::nan(""));
            }
            return out;
        };
        table()->sortByColumn(3, Qt::AscendingOrder);
        std::vector<double> sorted = numbers();
        QVERIFY(std::isnan(sorted.back()));
        QVERIFY(std::is_sorted(sorted.begin(), sorted.end() - 1));
        table()->sortByColumn(3, Qt::DescendingOrder);
        sorted = numbers();
        QVERIFY(std::isnan(sorted.back()));
        QVERIFY(std::is_sorted(sorted.rbegin() + 1, sorted.rend()));
        openTab("sliceTable");
        table()->selectRow(1);
        QTest::keyClick(table(), Qt::Key_C, Qt::ControlModifier);
        const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 2);
        const QStringList names = lines[0].split(QLatin1Char('\t')), fields = lines[1].split(QLatin1Char('\t'));
        QCOMPARE(names.mid(0, 3).join(QLatin1Char(',')), QStringLiteral("Slice,Rows,Clicked"));
        QCOMPARE(fields.size(), names.size());
        QCOMPARE(fields[0], cell(1, 0));
        QCOMPARE(fields[3].toDouble(), sorted[1]);
    }

    void aClickShowsTheFiguresOfASlice() {
        find<QLineEdit>("groupLine")->setText(QStringLiteral("cat_19 decade"));
        QVERIFY(runToTheEnd());
        const EvaluationPtr all = m_newest;
        const auto* chip = find<QFrame>("sliceChip");
        QVERIFY(chip->isHidden());
        openTab("sliceTable");
        table()->sortByColumn(1, Qt::DescendingOrder);
        const SliceResult slice = all->slices[static_cast<std::size_t>(table()->figures()->lineAt(0))];
        click(table(), 0);
        QVERIFY(!chip->isHidden());
        QVERIFY(!find<QToolButton>("exportEvaluation")->isEnabled());
        QVERIFY(sliceCame());
        const EvaluationPtr shown = ofSlice();
        QCOMPARE(shown->where, slice.slice);
        QCOMPARE(shown->report.rows, slice.rows);
        QCOMPARE(shown->report.positives, slice.positives);
        for (const char* key : {"log_loss", "normalized_entropy", "calibration", "brier", "bias"})  // the same sums
            QCOMPARE(*shown->report.find(key)->value, *slice.find(key)->value);
        const SliceFigure& auc = *slice.find("auc");  // within its buckets
        QVERIFY(*shown->report.find("auc")->value > *auc.low && *shown->report.find("auc")->value < *auc.high);
        QVERIFY2(find<QLabel>("sliceChipText")->text().contains(QString::fromStdString(slice.slice)),
                 qPrintable(find<QLabel>("sliceChipText")->text()));
        QCOMPARE(charts()->roc()->table().rows.size(), shown->report.thresholds.size());
        QVERIFY(charts()->roc()->fullTitle().contains(QString::fromStdString(slice.slice)));
        QCOMPARE(m_page->findChild<EvaluateCards*>()->valueText("auc"),
                 QString::number(*shown->report.find("auc")->value, 'f', 4));
        QVERIFY(find<QToolButton>("exportEvaluation")->isEnabled());
        // Of all rows again.
        find<QPushButton>("leaveSlice")->click();
        QVERIFY(chip->isHidden() && !ofSlice());
        QCOMPARE(m_page->findChild<EvaluateCards*>()->valueText("auc"),
                 QString::number(*all->report.find("auc")->value, 'f', 4));
        QVERIFY(!charts()->roc()->fullTitle().contains(QString::fromStdString(slice.slice)));
    }

    void anotherRunAndAnotherModelLeaveTheSlice() {
        find<QLineEdit>("rowRange")->setText(QStringLiteral("100-10099"));
        QVERIFY(runToTheEnd());
        const auto* chip = find<QFrame>("sliceChip");
        m_session->evaluation().showSlice("row 0-999");
        QVERIFY(sliceCame());
        QCOMPARE(ofSlice()->report.rows, 900);  // of the rows that were evaluated
        QVERIFY(runToTheEnd());
        QVERIFY(chip->isHidden() && !ofSlice());
        m_session->evaluation().showSlice("row 0-999");
        m_session->cancel(JobKind::SliceCurves);
        QVERIFY(chip->isHidden() && m_session->evaluation().results().sliceAsked.empty());
        QCOMPARE(m_page->findChild<EvaluateCards*>()->valueText("auc"),
                 QString::number(*m_newest->report.find("auc")->value, 'f', 4));
        m_session->evaluation().showSlice("row 19990-");  // none of those that were evaluated
        QTRY_VERIFY_WITH_TIMEOUT(m_page->errorText().contains(QStringLiteral("E-SLICE-006")), kWait);
        QVERIFY(chip->isHidden());
        m_session->evaluation().showSlice("row 0-999");
        QVERIFY(sliceCame());
        m_session->closeModel();
        QVERIFY(chip->isHidden());
    }

    void theWeakestSlicesAreListed() {
        auto* list = find<FigureTable>("weakestTable");
        find<QCheckBox>("weakestOn")->setChecked(true);
        QVERIFY(find<QToolButton>("evaluateOptions")->text().contains(QStringLiteral("with slices")));
        QVERIFY(runToTheEnd());
        QVERIFY(m_newest->weakest && m_newest->weakest->tested > 1000);
        QCOMPARE(list->model()->rowCount(), static_cast<int>(m_newest->weakest->slices.size()));
        Evaluation made = *m_newest;
        made.weakest = WeakestSlices{
            {WeakSlice{"num_3 missing and cat_19 id 100-999", 4321, 900, 0.8, 0.75, 0.86, 180.5, 9.5, 1e-12}}, 17183};
        m_session->evaluation().take(std::make_shared<Evaluation>(made));
        QVERIFY(!list->isHidden());
        const auto shown = [&](int column) { return list->model()->index(0, column).data().toString(); };
        QCOMPARE(shown(0), QStringLiteral("num_3 missing and cat_19 id 100-999"));
        QCOMPARE(shown(1), QStringLiteral("180.5"));
        QCOMPARE(shown(2), QStringLiteral("0.8000"));
        QCOMPARE(shown(4), QStringLiteral("4,321"));
        openTab("weakestTable");
        click(list, 0);
        QCOMPARE(m_session->evaluation().results().sliceAsked, std::string("num_3 missing and cat_19 id 100-999"));
        QVERIFY(sliceCame());
        // None is a good result.
        made.weakest = WeakestSlices{{}, 17183};
        m_session->evaluation().take(std::make_shared<Evaluation>(made));
        QVERIFY(list->isHidden());
        QCOMPARE(find<QLabel>("weakestWords")->text(),
                 QStringLiteral("✓ In none of 17,183 slices are clicks further from what was predicted than chance "
                                "allows (5 % over all of them together, by Holm)."));
    }

    void allFieldsAreToldApartByFrequency() {
        find<QCheckBox>("frequencyOn")->setChecked(true);
        find<QLineEdit>("groupLine")
            ->setText(QStringLiteral("cat_3 decade; num_3 quantiles 4"));  // one is there anyway
        QVERIFY(runToTheEnd());
        auto* tab = m_page->findChild<EvaluateFrequencyTab*>();
        openTab("frequencyMap");
        const auto asked = m_page->slices()->groups;
        QCOMPARE(std::count(asked.begin(), asked.end(), "cat_3 decade"), 1);
        std::size_t cells = 0;
        for (std::size_t field : {0u, 3u, 19u, 25u}) {
            std::vector<qint64> expected(10);
            for (const int id : idsOf(static_cast<int>(field)))
                ++expected[id == 0 ? 0 : static_cast<std::size_t>(std::floor(std::log10(id))) + 1];
            for (std::size_t decade = 0; decade < expected.size(); ++decade) {
                const SliceResult* slice = tab->sliceAt(field, decade);
                QCOMPARE(slice ? slice->rows : 0, expected[decade]);
                cells += slice != nullptr;
            }
        }
        QVERIFY(cells > 8);
        QVERIFY(!tab->sliceAt(26, 0));
        // The table twin has every cell with the figure that is chosen.
        auto* figure = find<QComboBox>("frequencyFigure");
        for (int i = 0; i < figure->count(); ++i) {
            figure->setCurrentIndex(i);
            const ChartView::Table& twin = tab->map()->table();
            double rows = 0;
            for (std::size_t row = 0; row < twin.rows.size(); ++row) {
                const auto slice = std::find_if(
                    m_newest->slices.begin(), m_newest->slices.end(),
                    [&](const SliceResult& s) { return QString::fromStdString(s.slice) == twin.words[row].front(); });
                QVERIFY(slice != m_newest->slices.end());
                const SliceFigure* said = slice->find(figure->currentData().toString().toStdString());
                const double value = said ? said->value.value_or(std::nan("")) : slice->share;
                QVERIFY(twin.rows[row][3] == value || (std::isnan(value) && std::isnan(twin.rows[row][3])));
                rows += twin.rows[row][0];
            }
            QCOMPARE(rows, 26.0 * kRows);
        }
        // A click on the cell of ids of two digits of cat_19.
        const QPointF two = tab->map()->centreOf(19, 2);
        Q_EMIT tab->map()->clicked(two.x(), two.y());
        QCOMPARE(m_session->evaluation().results().sliceAsked, std::string("cat_19 id 10-99"));
        QVERIFY(sliceCame());
        Q_EMIT tab->map()->clicked(0, two.y());  // its name
        QCOMPARE(m_session->evaluation().results().sliceAsked, std::string("cat_19 id 10-99"));
    }

    // Beside the rail of a window of 1,100 × 700: nothing is cut off, and lists show some lines.
    void tabsFitASmallWindow() {
        find<QCheckBox>("frequencyOn")->setChecked(true);
        find<QCheckBox>("weakestOn")->setChecked(true);
        find<QLineEdit>("groupLine")->setText(QStringLiteral("num_3 quantiles 8"));
        m_page->resize(1028, 640);
        QVERIFY(runToTheEnd());
        m_session->evaluation().showSlice("cat_19 id 10-99");
        QVERIFY(sliceCame());
        const auto* tabs = find<QTabWidget>("evaluateTabs");
        const auto* scroll = m_page->findChild<QScrollArea*>();
        for (int tab = 0; tab < tabs->count(); ++tab) {
            find<QTabWidget>("evaluateTabs")->setCurrentIndex(tab);
            QTRY_VERIFY(tabs->currentWidget()->isVisible());
            QCOMPARE(scroll->horizontalScrollBar()->maximum(), 0);
        }
        // A whole curve is in view under the cards.
        find<QTabWidget>("evaluateTabs")->setCurrentIndex(0);
        const auto* roc = find<ChartView>("roc");
        QTRY_VERIFY(roc->mapTo(scroll, QPoint(0, roc->height())).y() <= scroll->viewport()->height());
        openTab("sliceTable");
        QVERIFY(table()->viewport()->height() >= 8 * table()->rowHeight(0));
        for (int column = 0; column < 5; ++column) QVERIFY(!table()->isColumnHidden(column));
    }
};

DLRM_TEST(EvaluateSlicesTest);

}  // namespace tst_evaluate_slices

#include "tst_evaluate_slices.moc"
