// SPDX-License-Identifier: Apache-2.0
// How the Samples page looks and is walked through: room, scales, contrast, the order of Tab.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include <QComboBox>
#include <QLabel>
#include <QSet>
#include <QTabBar>

#include "tests/support/test_program.h"
#include "tests/ui/pages/samples/samples_fixture.h"
#include "ui/pages/samples/attribution_bars.h"
#include "ui/session/table_analysis.h"
#include "ui/widgets/theme.h"

namespace tst_samples_look {

using namespace dlrm;
using namespace dlrm::ui;

class SamplesLookTest : public SamplesFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { openEngine(); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    // Rows can be compared only on one scale.
    void heldScaleStaysFromRowToRow() {
        auto* hold = find<QCheckBox>("holdScale");
        auto* strips = find<SampleActivations>("activations");
        const double first = strips->limit(0);
        const auto explanation = m_engine->explain(shownInput());
        QVERIFY(explanation);
        const auto& layer = explanation->intermediates.bottomActivations[0];
        QCOMPARE(static_cast<float>(first), *std::max_element(layer.begin(), layer.end()));
        hold->setChecked(true);
        double own = first;
        for (int row = 1; row < 8 && own == first; ++row) {
            rows()->setCurrentRow(row);
            QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && m_session->selection().row == row, kWait);
            QCOMPARE(strips->limit(0), first);
            hold->setChecked(false);
            own = strips->limit(0);
            hold->setChecked(true);
        }
        QVERIFY(own != first);
        find<QCheckBox>("showDifference")->toggle();
        QVERIFY(!hold->isChecked());  // a difference has a scale of its own
    }

    // In a narrow window it takes another line.
    void aLongMessageIsWhole() {
        auto* message = find<QLabel>("editMessage");
        m_page->resize(900, 860);
        type(kNumericals + 1, "zz");
        QTest::keyClick(form()->editor(kNumericals + 1), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(message->fontMetrics().horizontalAdvance(message->text()) > message->width(), kWait);
        const auto needed = [message] {
            return message->fontMetrics()
                .boundingRect(QRect(0, 0, message->width(), 1000), Qt::TextWordWrap, message->text())
                .height();
        };
        QTRY_VERIFY2_WITH_TIMEOUT(
            message->height() >= needed(),
            qPrintable(QStringLiteral("%1 < %2: %3").arg(message->height()).arg(needed()).arg(message->text())), kWait);
    }

    // Values of one row never stand beside what the model said of another, or of this one before it was edited.
    void aPredictionThatDoesNotComeLeavesNothingInItsPlace() {
        auto* strips = find<SampleActivations>("activations");
        QVERIFY(strips->stripCount() > 0);
        type(0, "77");
        m_session->cancel(JobKind::Explain);
        QCOMPARE(labelText("probability"), QStringLiteral("–"));
        QCOMPARE(strips->stripCount(), 0);
        rows()->setCurrentRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && strips->stripCount() > 0, kWait);
        Q_EMIT m_session->jobFailed(JobKind::ExplainPinned,
                                    Error("E-FILE-005", "The file was changed."));  // of the other row
        QVERIFY(strips->stripCount() > 0 && labelText("probability") != QStringLiteral("–"));
    }

    // Without a dictionary a copied row names rows of the tables.
    void aRowCopiedWithoutADictionaryCanBePastedBack() {
        openWithoutDictionary();
        find<QToolButton>("copyRow")->click();
        const QString line = QApplication::clipboard()->text();
        QVERIFY(line.contains(QStringLiteral("\tid:")));
        const InputRow before = shownInput();
        const QString probability = labelText("probability");
        box()->offer(line);
        QVERIFY2(m_page->errorText().isEmpty(), qPrintable(m_page->errorText()));
        QTRY_VERIFY_WITH_TIMEOUT(labelText("rowName").startsWith(QStringLiteral("pasted 1")) && m_page->isSettled(),
                                 kWait);
        QCOMPARE(shownInput().ids, before.ids);
        QCOMPARE(shownInput().numerical, before.numerical);
        QCOMPARE(labelText("probability"), probability);
        box()->offer(
            QString(line).replace(line.lastIndexOf(QStringLiteral("id:")), 100, QStringLiteral("id:999999999")));
        QVERIFY(m_page->errorText().contains(QStringLiteral("E-SESSION-004")));
    }

    // What is pasted or dropped beside the box stands behind what is in it, which nobody meant to give away.
    void pastingKeepsTheLinesInTheBox() {
        const auto* source = m_page->findChild<SampleRows*>();
        const QString bad = QStringLiteral("1\tno line"), good = rawLine(3);
        box()->setPlainText(bad);
        QMimeData data;
        data.setText(good);
        drop(data);
        QCOMPARE(box()->toPlainText(), bad + QLatin1Char('\n') + good);
        QVERIFY(!m_page->errorText().isEmpty() && source->pasted().empty());
        box()->setPlainText(good);
        drop(data);
        QVERIFY(box()->toPlainText().isEmpty());
        QCOMPARE(source->pasted().size(), 2U);
    }

    // At 1100 × 700 too the matrix has cells one can aim at, and the strips and the editors have their place beside it.
    void theMatrixHasRoomInASmallWindow() {
        m_page->resize(1028, 648);  // beside the rail, between menu and status bar
        find<QTabBar>("evidenceParts")->setCurrentIndex(1);
        auto* matrix = find<HeatmapView>("interaction");
        const auto side = [matrix] { return matrix->chart()->chart()->plotArea().width(); };
        QTRY_VERIFY2(side() >= 200, qPrintable(QString::number(side())));
        QVERIFY(form()->mapTo(m_page, QPoint(form()->width(), 0)).x() <=
                matrix->mapTo(m_page, QPoint()).x());  // beside, not above
        QVERIFY(form()->height() >= 400);
        m_page->resize(1528, 880);
        QTRY_VERIFY2(side() >= 300, qPrintable(QString::number(side())));
        // What it shows is chosen under it, also where it stands beside the bars.
        m_page->resize(2460, 1320);
        const auto* quantity = find<QComboBox>("interactionQuantity");
        const auto left = [this](const QWidget* widget) { return widget->mapTo(m_page, QPoint()).x(); };
        QTRY_VERIFY(left(matrix) > 1000);
        QTRY_COMPARE(left(quantity), left(matrix));
        QVERIFY(quantity->mapTo(m_page, QPoint()).y() >= matrix->mapTo(m_page, QPoint(0, matrix->height())).y());
    }

    // "missing" is what is known of the row: it has the contrast of a text.
    void anEmptyFieldSaysItsFactLegibly() {
        const auto luminance = [](QRgb c) {
            const auto linear = [](int v) {
                const double x = v / 255.0;
                return x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
            };
            return 0.2126 * linear(qRed(c)) + 0.7152 * linear(qGreen(c)) + 0.0722 * linear(qBlue(c));
        };
        const auto contrast = [&](QRgb a, QRgb b) {
            const auto [low, high] = std::minmax({luminance(a), luminance(b)});
            return (high + 0.05) / (low + 0.05);
        };
        for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
            Theme::instance().apply(mode);
            const ThemeColors& colors = Theme::instance().colors();
            for (const QColor& text : {colors.muted, colors.clicked, colors.notClicked})
                for (const QColor& ground : {colors.base, colors.window})
                    QVERIFY2(contrast(text.rgb(), ground.rgb()) >= 4.5, qPrintable(text.name()));
        }
        Theme::instance().apply(ThemeMode::Light);
        QLineEdit* edit = form()->editor(0);
        edit->clear();
        QTest::qWait(0);
        const auto strongest = [&](QWidget* widget) {
            const QImage image = widget->grab().toImage();
            const QRgb ground = Theme::instance().colors().base.rgb();
            double most = 1;
            for (int y = 4; y < image.height() - 4; ++y)
                for (int x = 4; x < image.width() - 4; ++x) most = std::max(most, contrast(image.pixel(x, y), ground));
            return most;
        };
        const double fact = strongest(edit), hint = strongest(box());
        Theme::instance().apply(ThemeMode::Dark);
        QVERIFY2(fact >= 4.0, qPrintable(QString::number(fact)));  // strokes are thin and smoothed
        QVERIFY2(hint >= 4.0, qPrintable(QString::number(hint)));
    }

    void tabGoesFromTheListThroughTheFieldsToTheMatrix() {
        QList<QWidget*> order;
        QWidget* first = find<QLineEdit>("goToRow");
        for (QWidget* w = first; order.isEmpty() || w != first; w = w->nextInFocusChain()) order << w;
        const auto place = [&](QWidget* w) { return order.indexOf(w); };
        QVERIFY(place(find<QWidget>("pasteBox")) < place(form()->editor(0)));
        QVERIFY(place(form()->editor(0)) < place(form()->slider(0)));
        for (int i = 1; i < form()->fieldCount(); ++i) {
            QWidget* before =
                i - 1 < kNumericals ? static_cast<QWidget*>(form()->slider(i - 1)) : form()->editor(i - 1);
            QVERIFY(place(before) < place(form()->editor(i)));
        }
        QVERIFY(place(form()->editor(form()->fieldCount() - 1)) < place(find<HeatmapView>("interaction")->chart()));
        QVERIFY(place(find<HeatmapView>("interaction")->chart()) < place(find<QCheckBox>("showDifference")));
    }

    // Other programs read them: no mark of an edit, and all digits.
    void copiedRowsAreFiguresWithAllTheirDigits() {
        const auto copied = [this] {
            rows()->setCurrentRow(0);
            QTest::keyClick(rows()->table(), Qt::Key_C, Qt::ControlModifier);
            const QStringList lines = QApplication::clipboard()->text().split(QLatin1Char('\n'));
            return lines.size() == 3 && lines[0].startsWith(QStringLiteral("label\tp\tnum_0\t"))
                       ? lines[1].split(QLatin1Char('\t'))
                       : QStringList();
        };
        const QStringList before = copied();
        QCOMPARE(before.size(), 2 + kNumericals + 26);
        QVERIFY(before[0] == QStringLiteral("0") || before[0] == QStringLiteral("1"));
        constexpr double kSame = 1e-7;  // of predictions in batches of different sizes; what is shown is 1e-4
        QVERIFY2(std::abs(before[1].toDouble() - engineProbability(shownInput())) < kSame, qPrintable(before[1]));
        type(1, "12");
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning() && m_page->isSettled(), kWait);
        const QStringList after = copied();
        QCOMPARE(after.size(), before.size());
        QCOMPARE(after[0], before[0]);
        QCOMPARE(after[3], QStringLiteral("12"));
        QVERIFY2(std::abs(after[1].toDouble() - engineProbability(shownInput())) < kSame, qPrintable(after[1]));
    }

    // Rows that are not loaded cannot be copied, and Ctrl+C says so.
    void aCopyThatIsRefusedSaysWhy() {
        QSignalSpy noticed(m_page, &Page::noticed);
        QTest::keyClick(rows()->table(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(rows()->table(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(noticed.count(), 1);
        QVERIFY2(noticed[0][0].toString().endsWith(QStringLiteral(" is not loaded yet.")),
                 qPrintable(noticed[0][0].toString()));
    }

    void activationsCountActiveUnits() {
        const auto explanation = m_engine->explain(shownInput());
        QVERIFY(explanation);
        const auto& layer = explanation->intermediates.bottomActivations[0];
        const auto active = std::count_if(layer.begin(), layer.end(), [](float v) { return v > 0; });
        auto* strips = find<SampleActivations>("activations");
        QCOMPARE(strips->stripCount(),
                 static_cast<int>(m_engine->spec().bottomMlp.size() + m_engine->spec().topMlp.size() - 1));
        QCOMPARE(strips->caption(0), QStringLiteral("%1 of %2 active").arg(active).arg(layer.size()));
        QCOMPARE(strips->scale(0), QStringLiteral("up to %1").arg(formatNumber(strips->limit(0), 3)));
    }

    // An infinite output is above 0, so its unit is active; NaN is neither on nor off.
    void activationsThatAreNotFiniteAreHatchedAndCounted() {
        constexpr float kNaN = std::numeric_limits<float>::quiet_NaN(), kInf = std::numeric_limits<float>::infinity();
        SampleActivations strips;
        const auto show = [&](const std::vector<float>& values, const std::vector<float>* reference = nullptr) {
            Intermediates row, other;
            row.bottomActivations = {values};
            if (reference) other.bottomActivations = {*reference};
            strips.setActivations(row, {QStringLiteral("bottom 1")}, {}, {}, reference ? &other : nullptr);
            return strips.caption(0);
        };
        // Colours along the middle of the strip, left and right half.
        const auto colours = [&](bool right) {
            strips.resize(strips.sizeHint());
            const QImage image = strips.grab().toImage();
            const int y = image.height() - 5, half = image.width() / 2;
            QSet<QRgb> seen;
            for (int x = right ? half + 4 : 4; x < (right ? image.width() - 4 : half - 4); ++x)
                seen.insert(image.pixel(x, y));
            return static_cast<int>(seen.size());
        };
        QCOMPARE(show({0, 0, 0, 0}), QStringLiteral("0 of 4 active"));
        QCOMPARE(colours(false), 1);
        QCOMPARE(colours(true), 1);
        QCOMPARE(show({0, 0, kNaN, kInf}), QStringLiteral("1 of 4 active, 2 not finite"));
        QCOMPARE(colours(false), 1);
        QVERIFY(colours(true) > 1);
        QCOMPARE(show({kNaN, kNaN, kNaN, kNaN}), QStringLiteral("4 not finite"));
        QVERIFY(colours(false) > 1);
        const std::vector<float> reference{0, 1, 1, kNaN};
        QCOMPARE(show({1, 0, kNaN, 1}, &reference), QStringLiteral("2 of 4 switched, 2 not finite"));
        QCOMPARE(strips.limit(0), 1.0);
        QCOMPARE(show({kInf, kInf, kInf, kInf}), QStringLiteral("4 of 4 active, 4 not finite"));
    }

    // What failed to open meanwhile stays said when the first row arrives.
    void rowsThatArriveLeaveTheMessageOfAnother() {
        SamplesPage page(*m_session);
        page.show();
        const Error other("E-TSV-011", "Another dataset was refused.");
        page.showError(other);
        const auto* source = page.findChild<SampleRows*>();
        QVERIFY(!source->source(0));
        QTRY_VERIFY_WITH_TIMEOUT(source->source(0) && page.isSettled(), kWait);
        QVERIFY(page.showsError(other));
    }

    // Known of its table's statistics: beside the id and in the attribution.
    void untrainedRowsAreMarked() {
        test::useOwnCache();
        constexpr int kTable = 19;
        m_session->tables().computeStatistics({kTable});
        QTRY_VERIFY_WITH_TIMEOUT(m_session->tables().statistics(kTable), kWait);
        const std::vector<std::int64_t> untrained = m_session->tables().statistics(kTable)->untrained.ids();
        QVERIFY(!untrained.empty());
        const QString mark = QStringLiteral(" ○");
        const auto marks = [&] {
            QStringList found;
            for (const QLabel* label : form()->findChildren<QLabel*>())
                if (label->text().endsWith(mark)) found << label->text();
            for (const AttributionBars::Bar& bar : find<AttributionBars>("attribution")->bars())
                if (bar.value.endsWith(mark)) found << bar.value;
            return found;
        };
        type(kNumericals + kTable, qPrintable(QStringLiteral("id:%1").arg(untrained.back())));
        const QString beside = QStringLiteral("→ ") + formatCount(untrained.back()) + mark;
        QTRY_VERIFY2_WITH_TIMEOUT(marks().size() == 2 && marks().first() == beside,
                                  qPrintable(marks().join(QStringLiteral(", "))), kWait);
    }

    void legendSaysThatUnitsShareAPixel() {
        SampleActivations strips;
        strips.resize(240, 100);
        for (const std::size_t units : {64, 1024}) {
            Intermediates row;
            row.bottomActivations = {std::vector<float>(units, 1.0F)};
            strips.setActivations(row, {QStringLiteral("bottom 1")}, {}, {}, nullptr);
            QCOMPARE(strips.legendEnd(), units == 64 ? QStringLiteral("up to the number")
                                                     : QStringLiteral("each pixel its strongest unit"));
        }
    }

    // What a cross layer puts out is on or off nowhere: values of either sign.
    void crossLayersHaveValuesOfEitherSign() {
        SampleActivations strips;
        Intermediates row;
        row.bottomActivations = {{0, 1}};
        row.crossActivations = {{-2, -1, 0, 1}};
        row.topActivations = {{1}, {1}};
        strips.setActivations(row, {QStringLiteral("bottom 1")}, {QStringLiteral("cross 1")}, {QStringLiteral("top 1")},
                              nullptr);
        QCOMPARE(strips.stripCount(), 3);
        QCOMPARE(strips.caption(0), QStringLiteral("1 of 2 active"));
        QCOMPARE(strips.caption(1), QStringLiteral("4 values"));
        QCOMPARE(strips.limit(1), 2.0);
        strips.resize(strips.sizeHint());
        const QImage image = strips.grab().toImage();
        const int line = QFontMetrics(Theme::instance().font(font_size::caption)).height() + 2 + 10 + space::s,
                  y = image.height() - line - 5;
        QSet<QRgb> seen;
        for (const double at : {0.125, 0.375, 0.625, 0.875})
            seen.insert(image.pixel(static_cast<int>(at * image.width()), y));
        QCOMPARE(seen.size(), 4);  // the least one, too, has a colour of its own
    }

    // A NaN in the row of the table that row 0 looks up: its prediction is shown as what it is and why, another row of
    // the table makes it a number again.
    void aPredictionThatIsNotFiniteSaysWhy() {
        constexpr int kTable = 19;
        const auto* source = m_page->findChild<SampleRows*>();
        QVERIFY(source->source(0));
        const std::int64_t id = source->source(0)->input.ids[kTable];
        const TableSpec table = m_session->model()->spec.tables[kTable];
        QTemporaryDir directory;
        const QString copy = directory.filePath(QStringLiteral("nan"));
        std::filesystem::copy(test::demoPath("checkpoint").toStdString(), copy.toStdString(),
                              std::filesystem::copy_options::recursive);
        QFile file(copy + QStringLiteral("/feature_%1_part0.npy").arg(kTable));
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(file.size() - (table.rows - id) * table.dim * 4));
        QCOMPARE(file.write("\x00\x00\xc0\x7f", 4), 4);
        file.close();

        test::JobSpy opened(m_session, &Session::modelOpened);
        m_session->openModel(copy);
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(source->source(0) && m_page->isSettled(), kWait);
        QCOMPARE(labelText("probability"), QStringLiteral("not finite"));
        QCOMPARE(labelText("logit"), QStringLiteral("NaN"));
        QCOMPARE(labelText("editMessage"), QStringLiteral("Row %1 of table %2 holds a value that is not finite.")
                                               .arg(id)
                                               .arg(QString::fromStdString(table.name)));
        QCOMPARE(rows()->table()->model()->index(0, 1).data().toString(), QStringLiteral("NaN"));
        QVERIFY2(m_page->errorText().isEmpty(), qPrintable(m_page->errorText()));
        const auto* strips = find<SampleActivations>("activations");
        const QString last = strips->caption(strips->stripCount() - 1);
        QVERIFY2(last.endsWith(QLatin1String(" not finite")) && !last.contains(QLatin1String("active")),
                 qPrintable(last));
        const auto* bars = find<AttributionBars>("attribution");
        QVERIFY(bars->bars().empty() && bars->accessibleName().contains(QStringLiteral("not finite")));

        type(kNumericals + kTable, id == 0 ? "id:1" : "id:0");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && labelText("probability") != QLatin1String("not finite"), kWait);
        QVERIFY(shownProbability() > 0);
        QVERIFY(!bars->bars().empty() && !bars->bars().front().before);  // what is not finite is no reference
        QCOMPARE(labelText("editMessage").trimmed(), QString());
        QCOMPARE(labelText("difference"), QStringLiteral("–"));  // from what is not finite there is no difference
    }
};

DLRM_TEST(SamplesLookTest);

}  // namespace tst_samples_look

#include "tst_samples_look.moc"
