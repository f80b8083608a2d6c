// SPDX-License-Identifier: Apache-2.0
// The Samples page when another split is chosen, or a data file was written anew: what stays, and that nothing of one
// row is ever shown as another's.
#include "tests/support/test_program.h"
#include "tests/ui/pages/samples/samples_fixture.h"

namespace tst_samples_kept {

using namespace dlrm;
using namespace dlrm::ui;

class SamplesKeptTest : public SamplesFixture {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_file;

    const SampleRows* source() const { return m_page->findChild<SampleRows*>(); }
    // The file is another one then: rows of the one before may still be read.
    void write(const QList<int>& lines) {
        QFile::remove(m_file);
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (const int line : lines) file.write(rawLine(line).toUtf8() + "\n");
    }
    void openFile(const QString& path) {
        test::JobSpy opened(m_session, &Session::datasetOpened);
        m_session->openDataset(path, QStringLiteral("test"), test::demoPath("dictionary"));
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(source()->source(0) && m_page->isSettled(), kWait);
    }
    void goTo(qint64 row) {
        rows()->setCurrentRow(row);
        QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == source()->keyOf(row) && m_page->isSettled(), kWait);
    }
    void choose(const QString& split) {
        test::JobSpy opened(m_session, &Session::datasetOpened);
        m_session->chooseSplit(split);
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(source()->source(0) && m_page->isSettled(), kWait);
    }
    bool marked(SampleKey key) const {
        return source()->data(source()->rowOf(key), 0, Qt::DisplayRole).toString().contains(QStringLiteral("✎"));
    }
    QString differenceCaption() const {
        for (const QLabel* label : m_page->findChildren<QLabel*>())
            if (label->text().startsWith(QStringLiteral("Δ from"))) return label->text();
        return {};
    }
    static QString token(int line, int numerical) {
        return rawLine(line).section(QLatin1Char('\t'), 1 + numerical, 1 + numerical);
    }

private Q_SLOTS:
    void initTestCase() { openEngine(); }
    void init() {
        openPage();
        m_file = m_folder.filePath(QStringLiteral("rows.tsv"));
    }
    void cleanup() { closePage(); }

    // Which rows there are is said of those that are open.
    void whichRowsThereAreGoesWithTheirData() {
        auto* goTo = find<QLineEdit>("goToRow");
        const auto* problem = find<QLabel>("goToProblem");
        goTo->setText(QStringLiteral("50000"));
        QTest::keyClick(goTo, Qt::Key_Return);
        QVERIFY(problem->isVisible() && problem->text().contains(QStringLiteral("0 … 19,999")));
        write({0, 1, 2});
        openFile(m_file);
        QVERIFY(!problem->isVisible() && goTo->text().isEmpty());
    }

    // Each row that could not be read says so, also once the message was closed, and nothing of another stands there.
    void rowsOfAFileThatWasCutCannotBeReadOneByOne() {
        QList<int> lines;
        for (int line = 0; line < 500; ++line) lines << line;
        write(lines);
        openFile(m_file);
        goTo(1);
        QVERIFY(QFile::resize(m_file, 20'000));
        for (const qint64 row : {490, 480, 485}) {
            rows()->setCurrentRow(row);
            const QString says = QStringLiteral("row %1 cannot be read").arg(row);
            QTRY_COMPARE_WITH_TIMEOUT(labelText("rowName"), says, kWait);
            QCOMPARE(labelText("probability"), QStringLiteral("–"));
            QVERIFY(m_page->errorText().contains(QStringLiteral("E-FILE-005")));
            m_page->clearError();
        }
        goTo(1);
        QVERIFY(labelText("probability") != QStringLiteral("–"));
    }

    // Row 0 stands for missing, rare and unknown values; which it is, is said where the raw value is known.
    void ofAStoredId0ItIsNotSaidThatTheValueWasMissing() {
        const auto edit = [this](int table) { return form()->editor(kNumericals + table); };
        const auto listed = [this](qint64 row, int table) {
            return source()->data(row, 2 + kNumericals + table, Qt::DisplayRole).toString();
        };
        goTo(0);
        for (const int table : {11, 24}) {
            QCOMPARE(edit(table)->text(), QStringLiteral("id:0"));
            QVERIFY2(
                edit(table)->toolTip().contains(QStringLiteral("row 0 stands for missing, rare and unknown values")),
                qPrintable(edit(table)->toolTip()));
            QCOMPARE(listed(0, table), QStringLiteral("id:0"));
        }
        openFile(test::demoPath("raw_rows.tsv"));
        goTo(55);
        QCOMPARE(edit(22)->text(), QStringLiteral("4c3d21f7"));
        QVERIFY(edit(22)->toolTip().contains(QStringLiteral("is not in the dictionary")));
        QCOMPARE(edit(11)->text(), QString());
        QVERIFY2(edit(11)->toolTip().contains(QStringLiteral("the value is missing")), qPrintable(edit(11)->toolTip()));
        QCOMPARE(listed(55, 11), QString());
    }

    // Without a dictionary no value can be looked up, and the heading of the categories does not offer it.
    void theHeadingOffersValuesOnlyWithADictionary() {
        QVERIFY(labelText("categoricalTitle").endsWith(QStringLiteral("hex or id:N → row")));
        QVERIFY(test::openDataset(*m_session, QString()));
        QTRY_VERIFY_WITH_TIMEOUT(labelText("categoricalTitle").endsWith(QStringLiteral(" · id:N → row")), kWait);
        QVERIFY(test::openDataset(*m_session));
        QTRY_VERIFY_WITH_TIMEOUT(labelText("categoricalTitle").endsWith(QStringLiteral("hex or id:N → row")), kWait);
    }

    // Files of a row, of what it was edited to and of their difference look alike.
    void anExportedMatrixSaysWhichRowItIsOf() {
        goTo(12);
        const ChartView* chart = find<HeatmapView>("interaction")->chart();
        const auto endsWith = [&](const char* end) { return chart->fullTitle().endsWith(QString::fromUtf8(end)); };
        QVERIFY2(endsWith("checkpoint · dataset · test · row 12"), qPrintable(chart->fullTitle()));
        type(1, "4000");
        QTRY_VERIFY2_WITH_TIMEOUT(endsWith(" · row 12, edited"), qPrintable(chart->fullTitle()), kWait);
        find<QCheckBox>("showDifference")->click();
        QTRY_VERIFY2_WITH_TIMEOUT(endsWith(" · row 12, edited · difference from the original"),
                                  qPrintable(chart->fullTitle()), kWait);
        goTo(13);
        QTRY_VERIFY2_WITH_TIMEOUT(endsWith(" · row 13"), qPrintable(chart->fullTitle()), kWait);
    }

    void aPinStaysInAnotherSplitOfItsData() {
        goTo(12);
        find<QToolButton>("pin")->click();
        const double pinned = shownProbability();
        QCOMPARE(differenceCaption(), QStringLiteral("Δ from row 12"));
        choose(QStringLiteral("train"));
        QVERIFY(find<QToolButton>("pin")->isChecked());
        QCOMPARE(differenceCaption(), QStringLiteral("Δ from row 12 of test"));
        QVERIFY(find<QToolButton>("pin")->toolTip().contains(QStringLiteral("row 12 of test")));
        goTo(12);  // another row of that number
        const auto difference = [this] {
            return QString(labelText("difference")).replace(QStringLiteral("−"), QStringLiteral("-"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(difference() != QStringLiteral("–"), kWait);
        QVERIFY(difference().toDouble() != 0);
        QVERIFY(std::abs(difference().toDouble() - (shownProbability() - pinned)) <= 2 * kShownTolerance);
        choose(QStringLiteral("test"));
        QCOMPARE(differenceCaption(), QStringLiteral("Δ from row 12"));
    }

    void aPinOfOtherDataIsLetGoAloud() {
        goTo(12);
        find<QToolButton>("pin")->click();
        QSignalSpy noticed(m_page, &Page::noticed);
        openFile(test::demoPath("raw_rows.tsv"));
        QVERIFY(!find<QToolButton>("pin")->isChecked());
        QCOMPARE(noticed.count(), 1);
        QCOMPARE(noticed[0][0].toString(),
                 QStringLiteral("row 12 is not pinned any more: it was of what was open before."));
    }

    // The rows hold ids: what was edited means the same with the dictionary and without.
    void anEditAndThePinStayWhereADictionaryIsOpenedOrClosed() {
        openWithoutDictionary();
        goTo(12);
        find<QToolButton>("pin")->click();
        goTo(3);
        type(1, "4000");
        type(kNumericals + 2, "id:3");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        const double edited = shownProbability();
        const InputRow input = shownInput();
        QSignalSpy noticed(m_page, &Page::noticed);
        for (const QString& dictionary : {test::demoPath("dictionary"), QString()}) {
            QVERIFY(test::openDataset(*m_session, dictionary));
            QTRY_VERIFY_WITH_TIMEOUT(source()->source(3) && m_page->isSettled(), kWait);
            QCOMPARE(m_session->selection().row, std::int64_t{3});
            QVERIFY(marked(3));
            QCOMPARE(form()->editor(1)->text(), QStringLiteral("4000"));
            QVERIFY(shownInput().ids == input.ids && shownInput().numerical == input.numerical);
            QVERIFY(std::abs(shownProbability() - edited) <= kShownTolerance);
            QCOMPARE(differenceCaption(), QStringLiteral("Δ from row 12"));
            QCOMPARE(form()->editor(kNumericals + 2)->text().startsWith(QLatin1String("id:")), dictionary.isEmpty());
        }
        // The second time there is nothing left to undo.
        QCOMPARE(noticed.size(), 1);
        QCOMPARE(noticed[0][0].toString(), QStringLiteral("Undo begins anew with another dictionary."));
        QVERIFY(source()->pasted().empty());
    }

    // Raw rows are other ids with another dictionary; what was typed of them stays what was typed.
    void editsOfRawRowsAreReadWithTheDictionaryOfNow() {
        DataChoices rows;
        rows.path = test::demoPath("raw_rows.tsv").toStdString();
        rows.missingDictionary = MissingDictionary::Row0;
        const auto open = [&] {
            test::JobSpy opened(m_session, &Session::datasetOpened);
            m_session->openDataset(rows);
            return opened.wait(kWait);
        };
        QVERIFY(open());
        QTRY_VERIFY_WITH_TIMEOUT(source()->source(0) && m_page->isSettled(), kWait);
        goTo(3);
        type(1, "4000");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        rows.dictionary = test::demoPath("dictionary").toStdString();
        QVERIFY(open());
        QTRY_VERIFY_WITH_TIMEOUT(source()->source(3) && m_page->isSettled(), kWait);
        QVERIFY(marked(3) && source()->pasted().empty());
        QCOMPARE(form()->editor(1)->text(), QStringLiteral("4000"));
        InputRow expected = source()->source(3)->input;
        expected.numerical[1] = shownInput().numerical[1];
        QVERIFY(expected.ids != std::vector<std::int32_t>(expected.ids.size()));
        QVERIFY(std::abs(shownProbability() - engineProbability(expected)) <= kShownTolerance);
        // A value that was typed is one of the dictionary; without it the row stays that was meant.
        const auto value = m_session->hexOf(4, 2);
        type(kNumericals + 4, qPrintable(value));
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        rows.dictionary.clear();
        QVERIFY(open());
        QTRY_VERIFY_WITH_TIMEOUT(source()->source(3) && m_page->isSettled(), kWait);
        QCOMPARE(form()->editor(kNumericals + 4)->text(), QStringLiteral("id:2"));
        rows.dictionary = test::demoPath("dictionary").toStdString();
        QVERIFY(open());
        QTRY_VERIFY_WITH_TIMEOUT(source()->source(3) && m_page->isSettled(), kWait);
        QCOMPARE(form()->editor(kNumericals + 4)->text(), value);
    }

    void whatWasWrongWithPastedLinesGoesWithWhatWasOpen() {
        openWithoutDictionary();
        box()->setPlainText(rawLine(0));
        QTest::keyClick(box(), Qt::Key_Return, Qt::ControlModifier);
        const auto* problem = find<QLabel>("pasteProblem");
        QVERIFY(problem->isVisible() && problem->text().contains(QStringLiteral("dictionary")));
        QVERIFY(test::openDataset(*m_session));
        QVERIFY(!problem->isVisible());
        QCOMPARE(box()->toPlainText(), rawLine(0));
        QTest::keyClick(box(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(source()->pasted().size(), std::size_t{1});
    }

    void anEditIsNeverPutOnAnotherRow_data() {
        QTest::addColumn<QString>("way");
        QTest::newRow("reopened in view") << QStringLiteral("reopened");
        QTest::newRow("reopened while the page is hidden") << QStringLiteral("hidden");
        QTest::newRow("opened again after another dataset") << QStringLiteral("again");
    }
    void anEditIsNeverPutOnAnotherRow() {
        QFETCH(QString, way);
        write({0, 1, 2, 3, 4, 5});
        openFile(m_file);
        goTo(5);
        type(1, "5000");
        goTo(3);
        type(1, "4000");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        const double edited = shownProbability();

        write({0, 1, 2, 70, 4, 5});
        QSignalSpy noticed(m_page, &Page::noticed);
        if (way == QStringLiteral("again")) {
            openFile(test::demoPath("raw_rows.tsv"));
            openFile(m_file);
        } else {
            if (way == QStringLiteral("hidden")) m_page->hide();
            test::JobSpy opened(m_session, &Session::datasetOpened);
            m_session->reopen();
            QVERIFY(opened.wait(kWait));
            if (way == QStringLiteral("hidden")) m_page->show();
        }
        QTRY_COMPARE_WITH_TIMEOUT(source()->pasted().size(), std::size_t{1}, kWait);
        QCOMPARE(source()->pasted().front().raw.numerical[1], std::string("4000"));
        QCOMPARE(source()->pasted().front().raw.numerical[0], token(3, 0).toStdString());
        QCOMPARE(noticed.last()[0].toString(),
                 QStringLiteral("row 3 is another row since its file was changed. What it was edited to is pasted 1 "
                                "now."));
        QVERIFY(!marked(3) && marked(5));
        QVERIFY(!find<QToolButton>("undo")->isEnabled() && !find<QToolButton>("redo")->isEnabled());
        goTo(source()->rowOf(3));
        QCOMPARE(form()->editor(0)->text(), token(70, 0));
        QCOMPARE(form()->editor(1)->text(), token(70, 1));
        QVERIFY(std::abs(shownProbability() - engineProbability(source()->source(3)->input)) <= kShownTolerance);
        goTo(source()->rowOf(5));
        QCOMPARE(form()->editor(1)->text(), QStringLiteral("5000"));
        goTo(0);
        QVERIFY(std::abs(shownProbability() - edited) <= kShownTolerance);
    }

    // Nothing of it was edited: the row that stands there now is shown, and what it says.
    void theCurrentRowIsReadAnewWithItsFile() {
        write({0, 1, 2, 3});
        openFile(m_file);
        goTo(2);
        type(1, "4000");
        find<QToolButton>("undo")->click();
        QVERIFY(find<QToolButton>("redo")->isEnabled());
        write({0, 1, 70, 3});
        test::JobSpy opened(m_session, &Session::datasetOpened);
        m_session->reopen();
        QVERIFY(opened.wait(kWait));
        QTRY_COMPARE_WITH_TIMEOUT(form()->editor(0)->text(), token(70, 0), kWait);
        QTRY_VERIFY_WITH_TIMEOUT(
            m_page->isSettled() &&
                std::abs(shownProbability() - engineProbability(source()->source(2)->input)) <= kShownTolerance,
            kWait);
        QVERIFY(source()->pasted().empty());
        QVERIFY(!find<QToolButton>("redo")->isEnabled());  // of the row that is not there any more
    }
};

DLRM_TEST(SamplesKeptTest);

}  // namespace tst_samples_kept

#include "tst_samples_kept.moc"
