// SPDX-License-Identifier: Apache-2.0
// Rows as lines: what is copied predicts the same when it is pasted, what the model is fed can be typed and slid, and
// the page says in which form.
#include "tests/support/test_program.h"
#include "tests/ui/pages/samples/samples_fixture.h"

#include <bit>
#include <cmath>

namespace tst_samples_pasting {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kField = 1;

std::vector<std::uint32_t> bitsOf(const std::vector<float>& values) {
    std::vector<std::uint32_t> bits;
    for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
    return bits;
}

}  // namespace

class SamplesPastingTest : public SamplesFixture {
    Q_OBJECT

    SampleRows* source() const { return m_page->findChild<SampleRows*>(); }

    // part: of the demo. profile: empty for its own. reading: -1 for the dataset's own.
    void openRows(const char* part, const QString& profile, bool dictionary, int reading) {
        DataChoices data;
        data.path = test::demoPath(part).toStdString();
        data.profile = profile.toStdString();
        if (dictionary) data.dictionary = test::demoPath("dictionary").toStdString();
        data.missingDictionary = MissingDictionary::Row0;
        test::JobSpy opened(m_session, &Session::datasetOpened);
        m_session->openDataset(data);
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(source()->source(0) && m_page->isSettled(), kWait);
        if (reading < 0) return;
        Hypothesis h;
        h.interaction = m_session->model()->spec.interactionOrder;
        h.reading.numerical = static_cast<NumericalReading>(reading);
        applyReading(h);
    }
    static void addReadings() {
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<QString>("profile");
        QTest::addColumn<bool>("dictionary");
        QTest::addColumn<int>("reading");
        QTest::addColumn<QString>("words");
        const auto of = [](NumericalReading reading) { return static_cast<int>(reading); };
        const QString ln3 = QStringLiteral("ln(x + 3)"), ln2 = QStringLiteral("ln(x + 2)"),
                      ln1 = QStringLiteral("ln(x + 1)"), raw = QStringLiteral("fed as it is"), stored;
        for (const bool dictionary : {true, false}) {
            const auto row = [dictionary](const char* name) -> QTestData& {
                return QTest::addRow("%s%s", name, dictionary ? "" : ", no dictionary");
            };
            row("stored") << QByteArray("dataset") << QString() << dictionary << -1 << ln3;
            row("stored, ln3") << QByteArray("dataset") << QString() << dictionary << of(NumericalReading::LnPlus3)
                               << ln3;
            row("stored, ln2") << QByteArray("dataset") << QString() << dictionary << of(NumericalReading::LnPlus2)
                               << ln2;
            row("stored, ln1") << QByteArray("dataset") << QString() << dictionary << of(NumericalReading::LnPlus1)
                               << ln1;
            row("stored, raw") << QByteArray("dataset") << QString() << dictionary << of(NumericalReading::Raw) << raw;
        }
        const QString facebook = QStringLiteral("facebookresearch"), torchrec = QStringLiteral("torchrec");
        QTest::newRow("stored by facebookresearch") << QByteArray("dataset") << facebook << false << -1 << ln1;
        QTest::newRow("stored by TorchRec") << QByteArray("dataset") << torchrec << false << -1 << stored;
        QTest::newRow("stored by TorchRec, ln3")
            << QByteArray("dataset") << torchrec << false << of(NumericalReading::LnPlus3) << ln3;
        QTest::newRow("stored by TorchRec, raw")
            << QByteArray("dataset") << torchrec << false << of(NumericalReading::Raw) << raw;
        QTest::newRow("text") << QByteArray("raw_rows.tsv") << QString() << true << -1 << ln3;
        QTest::newRow("text, ln2") << QByteArray("raw_rows.tsv") << QString() << true << of(NumericalReading::LnPlus2)
                                   << ln2;
        QTest::newRow("text, raw") << QByteArray("raw_rows.tsv") << QString() << true << of(NumericalReading::Raw)
                                   << raw;
        QTest::newRow("text, facebookresearch") << QByteArray("raw_rows.tsv") << facebook << false << -1 << ln1;
        QTest::newRow("text, facebookresearch, ln3")
            << QByteArray("raw_rows.tsv") << facebook << false << of(NumericalReading::LnPlus3) << ln3;
    }

private Q_SLOTS:
    void initTestCase() { openEngine(); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    void aCopiedRowPredictsTheSameWhenItIsPasted_data() { addReadings(); }
    void aCopiedRowPredictsTheSameWhenItIsPasted() {
        QFETCH(QByteArray, part);
        QFETCH(QString, profile);
        QFETCH(bool, dictionary);
        QFETCH(int, reading);
        openRows(part.constData(), profile, dictionary, reading);
        for (int n = 0; n < 4; ++n) {
            const auto pasted = static_cast<int>(source()->pasted().size());
            rows()->setCurrentRow(pasted + n);
            QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == n && m_page->isSettled(), kWait);
            if (n == 1) type(kNumericals + 3, "id:2");
            if (n == 2) type(kField, "fed:0.3");
            QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
            InputRow copied = source()->source(n)->input;
            if (n == 1) copied.ids[3] = 2;
            if (n == 2) copied.numerical[kField] = 0.3F;
            const QString probability = labelText("probability");
            find<QToolButton>("copyRow")->click();
            box()->offer(QApplication::clipboard()->text());
            QVERIFY2(m_page->errorText().isEmpty(), qPrintable(m_page->errorText()));
            QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == -1 - pasted && m_page->isSettled(), kWait);
            QCOMPARE(bitsOf(source()->pasted().back().input.numerical), bitsOf(copied.numerical));
            QCOMPARE(source()->pasted().back().input.ids, copied.ids);
            QCOMPARE(labelText("probability"), probability);
        }
    }

    // The heading's formula is what is done to a number that is typed.
    void theHeadingIsTheFormulaOfEveryReading_data() { addReadings(); }
    void theHeadingIsTheFormulaOfEveryReading() {
        QFETCH(QByteArray, part);
        QFETCH(QString, profile);
        QFETCH(bool, dictionary);
        QFETCH(int, reading);
        QFETCH(QString, words);
        openRows(part.constData(), profile, dictionary, reading);
        QCOMPARE(labelText("numericalTitle"), words.isEmpty()
                                                  ? QStringLiteral("NUMERICAL · 13 · raw value not known, as stored")
                                                  : QStringLiteral("NUMERICAL · 13 · raw value, ") + words);
        const auto typed = m_session->samples().withNumerical(*source()->source(0), kField, QStringLiteral("5"));
        if (words.isEmpty()) {
            QVERIFY(!typed);
            return;
        }
        QVERIFY(typed);
        const double fed = words.startsWith(QStringLiteral("ln")) ? std::log(5 + words.mid(7, 1).toInt()) : 5;
        constexpr double kFloat16Step = 0.5e-3;  // relative: some readings round to float16
        QVERIFY2(std::abs(static_cast<double>(typed->input.numerical[kField]) - fed) <= fed * kFloat16Step,
                 qPrintable(QString::number(static_cast<double>(typed->input.numerical[kField]))));
    }

    void whatTheModelIsFedCanBeTyped() {
        QLineEdit* edit = form()->editor(kField);
        for (const QString& begun : {QStringLiteral("f"), QStringLiteral("fed"), QStringLiteral("fed:")}) {
            type(kField, qPrintable(begun));
            QCOMPARE(labelText("editMessage").trimmed(), QString());  // begun, not wrong
        }
        type(kField, "fed:1.25");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QCOMPARE(edit->text(), QStringLiteral("fed:1.25"));
        InputRow input = source()->source(0)->input;
        input.numerical[kField] = 1.25F;
        QVERIFY(std::abs(shownProbability() - engineProbability(input)) <= kShownTolerance);
        QCOMPARE(source()->data(0, 2 + kField, Qt::DisplayRole).toString(), QStringLiteral("fed:1.25"));
        // Left half typed it is refused.
        type(kField, "fed:");
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY2(labelText("editMessage").startsWith(QStringLiteral("num_1 is not used. ")),
                 qPrintable(labelText("editMessage")));
    }

    void thePageSaysHowManyFieldsALineHas() {
        const QString fields = QStringLiteral("40 tab-separated fields, or 39 without label");
        QVERIFY(box()->placeholderText().contains(fields) && box()->toolTip().contains(fields));
        QVERIFY(m_page->helpText().contains(fields));
        for (const QString& said : {box()->placeholderText(), box()->toolTip(), m_page->helpText()})
            QVERIFY2(said.contains(QStringLiteral("fed:X")) && said.contains(QStringLiteral("id:N")), qPrintable(said));
        // And all of that is seen.
        const auto unseen = [this] {
            const QRect room = box()->viewport()->rect().adjusted(4, 4, 0, 0);  // as Qt places it
            return box()
                       ->fontMetrics()
                       .boundingRect(0, 0, room.width(), 1000, Qt::TextWordWrap, box()->placeholderText())
                       .height() -
                   room.height();
        };
        QTRY_VERIFY2(unseen() <= 0, qPrintable(QString::number(unseen())));
        SamplePasteBox small;
        small.setFields(13, 5);
        QVERIFY2(small.placeholderText().contains(QStringLiteral("19 tab-separated fields, or 18 without label")),
                 qPrintable(small.placeholderText()));
    }

    // A line of tabs alone is a row of which everything is missing.
    void aLineWhoseValuesAreAllMissingIsTaken() {
        box()->offer(QString(38, QLatin1Char('\t')));
        QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == -1 && m_page->isSettled(), kWait);
        QCOMPARE(source()->pasted().front().input.ids, std::vector<std::int32_t>(26, 0));
        box()->offer(QStringLiteral(" \n\n"));
        QCOMPARE(source()->pasted().size(), std::size_t{1});
        QVERIFY(m_page->errorText().isEmpty());
    }

    // Among raw numbers what is fed has no place; a missing one stands at the lowest.
    void aNumberThatIsKnownOnlyAsItIsFedHasNoSlider() {
        QStringList fields = rawLine(0).split(QLatin1Char('\t'));
        fields[1 + kField] = QStringLiteral("fed:1.25");
        const int other = kField + 1;
        fields[1 + other].clear();
        box()->offer(fields.join(QLatin1Char('\t')));
        QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == -1 && m_page->isSettled(), kWait);
        QVERIFY(!form()->slider(kField)->isVisible());
        QVERIFY(form()->slider(other)->isVisible() && form()->slider(other)->value() == 0);
        const int place = form()->editor(kField)->x();
        type(kField, "3");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QVERIFY(form()->slider(kField)->isVisible() && form()->slider(kField)->value() > 0);
        QCOMPARE(form()->editor(kField)->x(), place);
        type(kField, "fed:0.5");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QVERIFY(!form()->slider(kField)->isVisible());
        rows()->setCurrentRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == 0 && m_page->isSettled(), kWait);
        QVERIFY(form()->slider(kField)->isVisible());
    }

    // Numbers without raw ones have the range of what is fed.
    void slidersOfStoredNumbersStandAtWhatIsFed() {
        openRows("dataset", QStringLiteral("torchrec"), false, -1);
        int moved = 0;
        for (int i = 0; i < kNumericals; ++i) {
            const auto index = static_cast<std::size_t>(i);
            float low = source()->source(0)->input.numerical[index], high = low;
            for (int row = 0; row < 256; ++row) {
                const float value = source()->source(row)->input.numerical[index];
                low = std::min(low, value);
                high = std::max(high, value);
            }
            QSlider* slider = form()->slider(i);
            QVERIFY(slider->isEnabled() && low < high);
            const double place =
                1000.0 * (static_cast<double>(source()->source(0)->input.numerical[index]) - static_cast<double>(low)) /
                (static_cast<double>(high) - static_cast<double>(low));
            QVERIFY2(std::abs(slider->value() - place) <= 0.5 + 1e-3, qPrintable(QString::number(place)));
            moved += slider->value() > 0;
            slider->setValue(slider->value() > 0 ? 0 : 1000);
            const QString token = form()->editor(i)->text();
            QVERIFY2(token.startsWith(QStringLiteral("fed:")), qPrintable(token));
            // Its beginning is in view, or the rest would pass for a raw number.
            QCOMPARE(form()->editor(i)->alignment() & Qt::AlignHorizontal_Mask, Qt::AlignLeft);
            QCOMPARE(form()->editor(i)->cursorPosition(), 0);
            const double wanted = static_cast<double>(slider->value() > 0 ? high : low);
            QVERIFY2(std::abs(token.mid(4).toDouble() - wanted) <= std::abs(wanted) * 1e-4, qPrintable(token));
        }
        QVERIFY(moved > 3);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
    }
};

DLRM_TEST(SamplesPastingTest);

}  // namespace tst_samples_pasting

#include "tst_samples_pasting.moc"
