// SPDX-License-Identifier: Apache-2.0
// The Samples page when its rows, or the model, are read otherwise than before: what is kept, and what is never mixed.
#include "tests/support/test_program.h"
#include "tests/ui/pages/samples/samples_fixture.h"

#include <QHeaderView>

namespace tst_samples_readings {

using namespace dlrm;
using namespace dlrm::ui;

class SamplesReadingsTest : public SamplesFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { openEngine(); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    // Without a dictionary no row has raw tokens of its own.
    void tokensStayWhereTheNumbersAreReadAsStored() {
        openWithoutDictionary();
        find<QToolButton>("copyRow")->click();
        const QString before = QApplication::clipboard()->text();
        Hypothesis h;
        h.interaction = m_session->model()->spec.interactionOrder;
        h.reading = {NumericalReading::AlreadyLogged, 0};
        h.tableOrder = TableOrder::ByCardinality;
        applyReading(h);
        QCOMPARE(form()->editor(3)->text(), before.section(QLatin1Char('\t'), 4, 4));
        QVERIFY(!form()->editor(3)->text().isEmpty());
        QCOMPARE(m_page->findChild<SampleRows*>()->data(0, 2 + 3, Qt::DisplayRole).toString(),
                 form()->editor(3)->text());
        find<QToolButton>("copyRow")->click();
        QCOMPARE(QApplication::clipboard()->text(), before);
    }

    // Raw tokens cannot be told then: what is fed is shown and copied, and nothing becomes a missing value.
    void numbersReadOtherwiseAreShownAndCopiedAsFed() {
        QFETCH(int, reading);
        QFETCH(bool, dictionary);
        if (!dictionary) openWithoutDictionary();
        find<QToolButton>("copyRow")->click();
        const QStringList before = QApplication::clipboard()->text().split(QLatin1Char('\t'));
        Hypothesis h;
        h.interaction = m_session->model()->spec.interactionOrder;
        h.reading.numerical = static_cast<NumericalReading>(reading);
        applyReading(h);
        find<QToolButton>("copyRow")->click();
        const QStringList after = QApplication::clipboard()->text().split(QLatin1Char('\t'));
        QCOMPARE(after.size(), 40);
        const auto* source = m_page->findChild<SampleRows*>();
        int seen = 0;
        for (int i = 0; i < kNumericals; ++i) {
            const QString token = before[i + 1];
            const bool raw = h.reading.numerical == NumericalReading::Raw;
            if (token.isEmpty() || (raw && token == QStringLiteral("0"))) continue;
            ++seen;
            QVERIFY2(!after[i + 1].isEmpty(), qPrintable(token));
            const QString shown = source->data(0, 2 + i, Qt::DisplayRole).toString();
            QVERIFY2(shown.startsWith(QStringLiteral("ln ")) != raw, qPrintable(shown + QLatin1Char(' ') + token));
            if (!raw) continue;
            QCOMPARE(after[i + 1], token);
            QCOMPARE(shown, token);
        }
        QVERIFY(seen > 3);
    }
    void numbersReadOtherwiseAreShownAndCopiedAsFed_data() {
        QTest::addColumn<int>("reading");
        QTest::addColumn<bool>("dictionary");
        for (const bool dictionary : {false, true}) {
            QTest::newRow(dictionary ? "raw" : "raw, no dictionary")
                << static_cast<int>(NumericalReading::Raw) << dictionary;
            QTest::newRow(dictionary ? "ln(x+2)" : "ln(x+2), no dictionary")
                << static_cast<int>(NumericalReading::LnPlus2) << dictionary;
        }
    }

    void theHeadingSaysWhatTheNumbersAreFedAs() {
        const auto heading = [this] { return labelText("numericalTitle"); };
        QCOMPARE(heading(), QStringLiteral("NUMERICAL · 13 · raw value, ln(x + 3)"));
        Hypothesis h;
        h.interaction = m_session->model()->spec.interactionOrder;
        h.reading.numerical = NumericalReading::Raw;
        applyReading(h);
        QCOMPARE(heading(), QStringLiteral("NUMERICAL · 13 · raw value, fed as it is"));
        h.reading.numerical = NumericalReading::LnPlus2;
        applyReading(h);
        QCOMPARE(heading(), QStringLiteral("NUMERICAL · 13 · raw value, ln(x + 2)"));
    }

    // No file holds what a typed number would have to be transformed with.
    void numbersThatNeedStatisticsAreShownAsStoredAndNotTyped() {
        DataChoices data;
        data.path = test::demoPath("dataset").toStdString();
        data.profile = "torchrec";
        test::JobSpy opened(m_session, &Session::datasetOpened);
        m_session->openDataset(data);
        QVERIFY(opened.wait(kWait));
        const auto* source = m_page->findChild<SampleRows*>();
        QTRY_VERIFY_WITH_TIMEOUT(source->source(0) && m_page->isSettled(), kWait);
        QCOMPARE(labelText("numericalTitle"), QStringLiteral("NUMERICAL · 13 · raw value not known, as stored"));
        int seen = 0;
        for (int i = 0; i < kNumericals; ++i) {
            const float value = source->source(0)->input.numerical[static_cast<std::size_t>(i)];
            if (value == 0) continue;
            ++seen;
            QCOMPARE(source->data(0, 2 + i, Qt::DisplayRole).toString(),
                     QString::number(static_cast<double>(value), 'g', 9));
        }
        QVERIFY(seen > 3);
        const QString before = labelText("probability");
        type(1, "5");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QVERIFY2(labelText("editMessage")
                     .startsWith(QStringLiteral("num_1 is not used. A raw number cannot be transformed as the training "
                                                "data's were.")),
                 qPrintable(labelText("editMessage")));
        QCOMPARE(labelText("probability"), before);
    }

    // 6 is ln(403) as well: no other number of the data is what the preprocessing of this format gives.
    void numbersThatNothingTellsTheTransformOfAreShownAsStored() {
        QTemporaryDir directory;
        QVERIFY(QDir().mkpath(directory.filePath(QStringLiteral("test"))));
        const auto file = [&](const char* name) { return directory.filePath(QLatin1String(name)); };
        const QDir demo(test::demoPath("dataset/test"));
        for (const QString& name : demo.entryList(QDir::Files))
            QVERIFY(QFile::copy(demo.filePath(name), directory.filePath(QStringLiteral("test/") + name)));
        QVERIFY(QFile::copy(test::demoPath("dataset/feature_spec.yaml"), file("feature_spec.yaml")));
        QFile numbers(file("test/numerical.bin"));
        QVERIFY(numbers.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && numbers.open(QIODevice::ReadWrite));
        numbers.write(QByteArray("\x00\x46\x00\x38\x00\x00", 6));  // 6, 0.5 and 0
        numbers.close();
        test::JobSpy opened(m_session, &Session::datasetOpened);
        DataChoices data;
        data.path = directory.path().toStdString();
        m_session->openDataset(data);
        QVERIFY(opened.wait(kWait));
        const auto* source = m_page->findChild<SampleRows*>();
        QTRY_VERIFY_WITH_TIMEOUT(source->source(0) && m_page->isSettled(), kWait);
        QCOMPARE(labelText("numericalTitle"), QStringLiteral("NUMERICAL · 13 · raw value not known, as stored"));
        QCOMPARE(source->data(0, 2, Qt::DisplayRole).toString(), QStringLiteral("6"));
        QCOMPARE(source->data(0, 3, Qt::DisplayRole).toString(), QStringLiteral("0.5"));
        QCOMPARE(source->data(0, 4, Qt::DisplayRole).toString(), QStringLiteral("0"));  // no missing one
        QVERIFY(form()->editor(2)->toolTip().contains(QStringLiteral("num_2: fed as it is stored, 0")));
        QCOMPARE(source->data(0, 2, Qt::ToolTipRole).toString(),
                 QStringLiteral("what the model is fed; the raw value is not known"));
        QCOMPARE(form()->editor(0)->text(), QString());
        QVERIFY2(form()->editor(0)->toolTip().contains(
                     QStringLiteral("num_0: fed as it is stored, 6.00000; its raw value is not known; type fed:NUMBER "
                                    "to change it")),
                 qPrintable(form()->editor(0)->toolTip()));
        // Whoever opens it may know.
        data.profile = "nvidia_spark";
        m_session->openDataset(data);
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(source->source(0) && m_page->isSettled(), kWait);
        QCOMPARE(source->data(0, 2, Qt::DisplayRole).toString(), QStringLiteral("400"));
        QCOMPARE(source->data(0, 2, Qt::ToolTipRole).toString(), QString());
    }

    // Also where no dictionary is open, whose absence says nothing of the numbers.
    void zeroIsShownAsZeroWhereNumbersAreFedAsTheyAre_data() {
        QTest::addColumn<bool>("dictionary");
        QTest::newRow("dictionary") << true;
        QTest::newRow("no dictionary") << false;
    }
    void zeroIsShownAsZeroWhereNumbersAreFedAsTheyAre() {
        QFETCH(bool, dictionary);
        if (!dictionary) openWithoutDictionary();
        Hypothesis h;
        h.interaction = m_session->model()->spec.interactionOrder;
        h.reading.numerical = NumericalReading::Raw;
        applyReading(h);
        // The rows as text, of which the dataset is the transformed copy.
        int zeros = 0, missing = 0;
        const auto* source = m_page->findChild<SampleRows*>();
        for (int row = 0; row < 40 && (zeros == 0 || missing == 0); ++row) {
            const QStringList tokens = rawLine(row).split(QLatin1Char('\t'));
            rows()->setCurrentRow(row);
            QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == row && m_page->isSettled(), kWait);
            for (int i = 0; i < kNumericals; ++i) {
                const QString token = tokens[1 + i];
                if (token != QStringLiteral("0") && !token.isEmpty()) continue;
                ++(token.isEmpty() ? missing : zeros);
                QCOMPARE(form()->editor(i)->text(), token);
                QCOMPARE(source->data(row, 2 + i, Qt::DisplayRole).toString(), token);
            }
        }
        QVERIFY(zeros > 0 && missing > 0);
    }

    // 32 bits hold it, the preprocessing adds 3 to it.
    void aTypedNumberThatIsFedAsAMissingOneIsSaid() {
        type(1, "2147483647");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        const QString said =
            QStringLiteral("num_1: fed as 0, like a missing number. Whole numbers from -2 to 2,147,483,644 are taken.");
        QCOMPARE(labelText("editMessage").trimmed(), said);
        QVERIFY(form()->editor(1)->toolTip().contains(QStringLiteral("as for a missing number")));
        type(1, "2147483644");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QCOMPARE(labelText("editMessage").trimmed(), QString());
        QVERIFY(!form()->editor(1)->toolTip().contains(QStringLiteral("as for a missing number")));
        // A pasted line is somebody's too.
        QStringList fields = rawLine(0).split(QLatin1Char('\t'));
        fields[2] = QStringLiteral("-3");
        fields[3] = QStringLiteral("2841");
        box()->offer(fields.join(QLatin1Char('\t')));
        QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == -1 && m_page->isSettled(), kWait);
        QCOMPARE(labelText("editMessage").trimmed(), said);
        // The list writes it as all other figures.
        QCOMPARE(m_page->findChild<SampleRows*>()->data(0, 2 + 1, Qt::DisplayRole).toString(), QStringLiteral("−3"));
        QCOMPARE(m_page->findChild<SampleRows*>()->data(0, 2 + 2, Qt::DisplayRole).toString(), QStringLiteral("2,841"));
    }

    void anotherReadingIsNeverMixedWithTheOneBefore() {
        box()->offer(rawLine(0));
        rows()->setCurrentRow(1);  // row 0 of the dataset, which the line is
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        type(1, "4000");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        Hypothesis h;
        h.interaction = m_session->model()->spec.interactionOrder;
        h.reading = {NumericalReading::Raw, 0};
        applyReading(h);
        const auto* source = m_page->findChild<SampleRows*>();
        QTRY_VERIFY_WITH_TIMEOUT(source->source(-1) && source->source(0), kWait);
        QCOMPARE(source->source(-1)->input.numerical, source->source(0)->input.numerical);
        rows()->setCurrentRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QTRY_VERIFY_WITH_TIMEOUT(
            std::abs(shownProbability() - engineProbability(source->source(0)->input)) < kShownTolerance, kWait);
        rows()->setCurrentRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QTRY_VERIFY_WITH_TIMEOUT(
            std::abs(shownProbability() - engineProbability(source->source(-1)->input)) < kShownTolerance, kWait);
    }

    void pastedLinesSurviveAnotherDataset_data() {
        QTest::addColumn<bool>("hidden");
        QTest::newRow("page in view") << false;
        QTest::newRow("page hidden meanwhile") << true;
    }
    void pastedLinesSurviveAnotherDataset() {
        QFETCH(bool, hidden);
        box()->offer(rawLine(0));
        QCOMPARE(m_page->findChild<SampleRows*>()->rowCount(), 20001);
        if (hidden) m_page->hide();
        QVERIFY(test::openDataset(*m_session, QString()));
        if (hidden) m_page->show();
        auto* source = m_page->findChild<SampleRows*>();
        // Without a dictionary the hex values mean nothing: the line waits in the box.
        QTRY_COMPARE(source->rowCount(), 20000);
        QCOMPARE(box()->toPlainText(), rawLine(0));
        QVERIFY(m_page->unsaved().startsWith(QStringLiteral("1 row that was edited or pasted")));
        // Why stands beside the box, also once other rows are looked at.
        rows()->setCurrentRow(3);
        QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == 3 && m_page->isSettled(), kWait);
        const auto* problem = find<QLabel>("pasteProblem");
        QVERIFY(problem->isVisible());
        QVERIFY2(problem->text().startsWith(QStringLiteral(
                     "The pasted rows do not fit what is open now, and are lines again. Line 1, cat_0, found ")),
                 qPrintable(problem->text()));
        QVERIFY(problem->text().contains(QStringLiteral("cannot be looked up without the dictionary")));
        QVERIFY(test::openDataset(*m_session));
        find<QPushButton>("addRows")->click();
        QCOMPARE(source->rowCount(), 20001);
        QVERIFY(!problem->isVisible());
    }

    // The range grows with the rows that are loaded, and begins anew with the data.
    void slidersStandWhereTheirValuesLie() {
        box()->offer(rawLine(0));
        QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == -1 && m_page->isSettled(), kWait);
        const auto places = [this] {
            std::vector<int> all;
            for (int i = 0; i < kNumericals; ++i) all.push_back(form()->slider(i)->value());
            return all;
        };
        const std::vector<int> before = places();
        QVERIFY(std::any_of(before.begin(), before.end(), [](int place) { return place > 0; }));
        QVERIFY(test::openDataset(*m_session));
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && m_page->findChild<SampleRows*>()->source(0), kWait);
        QCOMPARE(m_session->selection().row, -1);
        QTRY_COMPARE_WITH_TIMEOUT(places(), before, kWait);
    }

    void slidersSayTheirRange() {
        int working = 0;
        for (int i = 0; i < kNumericals; ++i) {
            const QSlider* slider = form()->slider(i);
            if (!slider->isEnabled()) continue;
            ++working;
            QVERIFY2(slider->toolTip().contains(QStringLiteral(" … ")), qPrintable(slider->toolTip()));
        }
        QVERIFY(working > 0);
        // Also where the range came while there was no row to edit.
        SampleFieldForm fresh;
        fresh.setFields({QStringLiteral("a")}, {}, {});
        fresh.setEnabled(false);
        fresh.setRange(0, {1, 9, true});
        QCOMPARE(fresh.slider(0)->toolTip(), QStringLiteral("1 … 9 in the rows loaded so far"));
    }

    void removingThePastedRowsIsUndoneWithTheirEditsAndKeepsThoseOfOthers() {
        auto* source = m_page->findChild<SampleRows*>();
        auto* undo = find<QToolButton>("undo");
        const QString token = form()->editor(1)->text();
        type(1, "4000");
        box()->offer(rawLine(0));
        QTRY_COMPARE_WITH_TIMEOUT(m_session->selection().row, -1, kWait);
        const QString pasted = form()->editor(1)->text();
        type(1, "77");
        find<QPushButton>("clearPasted")->click();
        QCOMPARE(source->rowCount(), 20000);
        QTRY_COMPARE_WITH_TIMEOUT(m_session->selection().row, 0, kWait);
        QCOMPARE(form()->editor(1)->text(), QStringLiteral("4000"));

        undo->click();
        QCOMPARE(source->rowCount(), 20001);
        QCOMPARE(m_session->selection().row, 0);
        rows()->setCurrentRow(0);
        QTRY_COMPARE_WITH_TIMEOUT(m_session->selection().row, -1, kWait);
        QCOMPARE(form()->editor(1)->text(), QStringLiteral("77"));
        undo->click();
        QCOMPARE(form()->editor(1)->text(), pasted);
        undo->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_session->selection().row, 0, kWait);
        QCOMPARE(form()->editor(1)->text(), token);
        QVERIFY(!undo->isEnabled());
        for (int i = 0; i < 3; ++i) find<QToolButton>("redo")->click();
        QCOMPARE(source->rowCount(), 20000);
        QTRY_COMPARE_WITH_TIMEOUT(form()->editor(1)->text(), QStringLiteral("4000"), kWait);
    }

    // All that are back are predicted, each once: what was pasted and what it was edited to.
    void rowsThatAreBackArePredicted() {
        auto* source = m_page->findChild<SampleRows*>();
        const auto listed = [source](qint64 row) { return source->data(row, 1, Qt::DisplayRole).toString(); };
        box()->offer(rawLine(0) + QLatin1Char('\n') + rawLine(1) + QLatin1Char('\n') + rawLine(2));
        rows()->setCurrentRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == -2 && m_page->isSettled(), kWait);
        type(1, "77");
        const double edited = engineProbability(shownInput());
        find<QPushButton>("clearPasted")->click();
        find<QToolButton>("undo")->click();
        QCOMPARE(source->rowCount(), 20003);
        for (qint64 row = 0; row < 3; ++row) {
            const double expected = row == 1 ? edited : engineProbability(source->source(source->keyOf(row))->input);
            QTRY_VERIFY_WITH_TIMEOUT(
                std::fabs(listed(row).toDouble() - expected) <= kShownTolerance && listed(row) != QStringLiteral("…"),
                kWait);
        }
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
    }

    void editPinAndRowSurviveAnotherInteractionOrder_data() {
        QTest::addColumn<bool>("hidden");
        QTest::newRow("page in view") << false;
        QTest::newRow("page hidden meanwhile") << true;
    }
    void editPinAndRowSurviveAnotherInteractionOrder() {
        QFETCH(bool, hidden);
        rows()->setCurrentRow(300);
        QTRY_VERIFY_WITH_TIMEOUT(m_session->selection().row == 300 && m_page->isSettled(), kWait);
        find<QToolButton>("pin")->click();
        type(1, "4000");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        const QString before = labelText("probability"), difference = labelText("difference");
        box()->setPlainText(QStringLiteral("half a line"));
        if (hidden) m_page->hide();

        ModelSettings settings = m_session->settings();
        settings.interactionOrder = InteractionOrder::Tensorflow;
        QSignalSpy opened(m_session, &Session::modelOpened);
        m_session->setSettings(settings);
        QVERIFY(opened.wait(kWait));
        if (hidden) m_page->show();

        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && labelText("probability") != before, kWait);
        QTRY_VERIFY_WITH_TIMEOUT(labelText("difference") != difference, kWait);
        QCOMPARE(rows()->currentRow(), 300);
        QCOMPARE(form()->editor(1)->text(), QStringLiteral("4000"));
        QVERIFY(labelText("rowName").contains(QStringLiteral("edited")));
        QVERIFY(find<QToolButton>("pin")->isChecked());
        QCOMPARE(box()->toPlainText(), QStringLiteral("half a line"));
        find<QToolButton>("undo")->click();
        QVERIFY(form()->editor(1)->text() != QStringLiteral("4000"));
        QTRY_COMPARE_WITH_TIMEOUT(labelText("difference").mid(1), QStringLiteral("0.0000"), kWait);
    }

    // The list shows edited rows as they were edited: after the files were read again, and when another row was chosen
    // before the answer was there.
    void theListPredictsEditedRowsAsTheyWereEdited() {
        const auto* source = m_page->findChild<SampleRows*>();
        const auto listed = [source](qint64 row) { return source->data(row, 1, Qt::DisplayRole).toString(); };
        const QString before = listed(0);
        type(0, "12");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && listed(0) == labelText("probability"), kWait);
        const QString edited = listed(0);
        QVERIFY(edited != before);
        rows()->setCurrentRow(5);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QSignalSpy opened(m_session, &Session::modelOpened);
        m_session->reopen();
        QVERIFY(opened.wait(kWait));
        QTRY_COMPARE_WITH_TIMEOUT(listed(0), edited, kWait);
        QCOMPARE(rows()->currentRow(), 5);

        rows()->setCurrentRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        type(0, "100");
        const double expected = engineProbability(shownInput());
        rows()->setCurrentRow(5);
        QTRY_VERIFY_WITH_TIMEOUT(std::fabs(listed(0).toDouble() - expected) <= kShownTolerance, kWait);
    }

    // A prediction stands beside the values that it was made from.
    void theListShowsEditedValues() {
        const auto* source = m_page->findChild<SampleRows*>();
        const auto cell = [source](int field, Qt::ItemDataRole role) { return source->data(0, 2 + field, role); };
        const QString before = cell(1, Qt::DisplayRole).toString(), other = cell(2, Qt::DisplayRole).toString();
        QVERIFY(before != QStringLiteral("4,000") && !cell(1, Qt::ForegroundRole).isValid());
        type(1, "4000");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QCOMPARE(cell(1, Qt::DisplayRole).toString(), QStringLiteral("4,000"));
        QCOMPARE(cell(2, Qt::DisplayRole).toString(), other);
        QCOMPARE(source->data(0, 1, Qt::DisplayRole).toString(), labelText("probability"));
        QVERIFY(source->data(0, 0, Qt::DisplayRole).toString().contains(QStringLiteral("✎")));
        QCOMPARE(cell(1, Qt::ForegroundRole).value<QColor>(), Theme::instance().colors().accent);
        QVERIFY2(
            cell(1, Qt::ToolTipRole)
                .toString()
                .endsWith(before.isEmpty() ? QStringLiteral("missing as read") : before + QStringLiteral(" as read")),
            qPrintable(cell(1, Qt::ToolTipRole).toString()));
        QVERIFY(!cell(2, Qt::ForegroundRole).isValid() && !cell(2, Qt::ToolTipRole).isValid());
        find<QToolButton>("revert")->click();
        QCOMPARE(cell(1, Qt::DisplayRole).toString(), before);
        QVERIFY(!cell(1, Qt::ForegroundRole).isValid());
    }

    // Another dataset has rows of its own; the edits of the one before are there again with it, those of a pasted line
    // stay with the line.
    void editsWaitForTheirDataset() {
        const auto* source = m_page->findChild<SampleRows*>();
        const auto marked = [source](qint64 row) {
            return source->data(row, 0, Qt::DisplayRole).toString().contains(QStringLiteral("✎"));
        };
        const auto opened = [&](const char* data) {
            test::JobSpy spy(m_session, &Session::datasetOpened);
            m_session->openDataset(test::demoPath(data), QStringLiteral("test"), test::demoPath("dictionary"));
            return spy.wait(kWait) && QTest::qWaitFor([&] { return source->source(0) && m_page->isSettled(); }, kWait);
        };
        rows()->setCurrentRow(3);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && m_session->selection().row == 3, kWait);
        type(1, "4000");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        const QString edited = labelText("probability");
        box()->offer(rawLine(7));
        QTRY_VERIFY_WITH_TIMEOUT(labelText("rowName").startsWith(QStringLiteral("pasted 1")) && m_page->isSettled(),
                                 kWait);
        type(0, "77");
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);

        box()->setPlainText(QStringLiteral("half a line"));
        QSignalSpy noticed(m_page, &Page::noticed);
        QVERIFY(opened("raw_rows.tsv"));
        QCOMPARE(box()->toPlainText(), QStringLiteral("half a line"));
        QCOMPARE(noticed.count(), 1);
        QVERIFY2(noticed[0][0].toString().startsWith(QStringLiteral("1 edited row of dataset will")),
                 qPrintable(noticed[0][0].toString()));
        for (qint64 row = 1; row < 9; ++row) QVERIFY(!marked(row));  // 0 is the pasted one
        QCOMPARE(source->pasted().size(), std::size_t{1});
        QCOMPARE(source->pasted().front().raw.numerical[0], rawLine(7).section(QLatin1Char('\t'), 1, 1).toStdString());
        QVERIFY(source->data(0, 0, Qt::DisplayRole).toString().contains(QStringLiteral("✎")));
        rows()->setCurrentRow(0);
        QTRY_COMPARE_WITH_TIMEOUT(form()->editor(0)->text(), QStringLiteral("77"), kWait);
        QVERIFY(labelText("rowName").contains(QStringLiteral("edited")) && find<QToolButton>("revert")->isEnabled());

        QVERIFY(opened("dataset"));
        const qint64 listed = source->rowOf(3);
        QVERIFY(marked(listed));
        QTRY_COMPARE_WITH_TIMEOUT(source->data(listed, 1, Qt::DisplayRole).toString(), edited, kWait);
        rows()->setCurrentRow(listed);
        QTRY_COMPARE_WITH_TIMEOUT(form()->editor(1)->text(), QStringLiteral("4000"), kWait);
    }

    // The list's numbers stand there whole, also where more lines are pasted than the file has rows.
    void numbersOfPastedLinesAreNotCut() {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("rows.tsv")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(rawLine(0).toUtf8() + "\n") > 0);
        file.close();
        test::JobSpy opened(m_session, &Session::datasetOpened);
        m_session->openDataset(file.fileName(), QStringLiteral("test"), test::demoPath("dictionary"));
        QVERIFY(opened.wait(kWait));
        box()->offer((rawLine(1) + QLatin1Char('\n')).repeated(120));
        QTRY_COMPARE_WITH_TIMEOUT(m_page->findChild<SampleRows*>()->rowCount(), 121, kWait);
        const QHeaderView* numbers = rows()->table()->verticalHeader();
        QTRY_VERIFY(numbers->width() > numbers->fontMetrics().horizontalAdvance(QStringLiteral("+120")));
    }

    // Several ids of a category have no place in the form: said instead of an empty list.
    void multiHotRowsAreLeftToEvaluate() {
        ModelSettings settings;
        settings.combiner = Combiner::Mean;
        m_session->closeModel();
        m_session->setSettings(settings);
        m_session->openModel(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/d_dcnv2/checkpoint"));
        m_session->openDataset(QStringLiteral(DLRM_TEST_DATA "/golden/datasets/multihot_tfrecords"),
                               QStringLiteral("test"), {});
        auto* empty = m_page->findChild<EmptyState*>();
        QTRY_VERIFY_WITH_TIMEOUT(empty->isVisible() && empty->findChild<QLabel*>()->text().contains(
                                                           QStringLiteral("several ids of a category")),
                                 kWait);
        QVERIFY(m_page->errorText().isEmpty());
    }

    // Of a file with damaged lines the other rows are shown and predicted; a damaged one says why it is not.
    void rowsThatCannotBeReadHideNoOthers() {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("rows.tsv")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int line = 0; line < 60; ++line) {
            QStringList fields = rawLine(line).split(QLatin1Char('\t'));
            if (line == 20 || line == 50) fields[3] = QStringLiteral("4x7");
            file.write(fields.join(QLatin1Char('\t')).toUtf8() + "\n");
        }
        file.close();
        test::JobSpy opened(m_session, &Session::datasetOpened);
        m_session->openDataset(file.fileName(), QStringLiteral("test"), test::demoPath("dictionary"));
        QVERIFY(opened.wait(kWait));
        const auto* source = m_page->findChild<SampleRows*>();
        QTRY_VERIFY_WITH_TIMEOUT(source->source(59) && m_page->isSettled(), kWait);
        const auto name = [this] { return labelText("rowName"); };
        for (const SampleKey bad : {20, 50}) {
            QVERIFY(!source->source(bad));
            QCOMPARE(source->data(bad, 1, Qt::DisplayRole).toString(), QStringLiteral("not read"));
            QVERIFY(!source->data(bad, 1, Qt::ToolTipRole).toString().isEmpty());
            rows()->setCurrentRow(bad);
            QTRY_VERIFY(name().contains(QStringLiteral("row %1 cannot be read").arg(bad)));
            QVERIFY2(m_page->errorText().contains(QStringLiteral("4x7")), qPrintable(m_page->errorText()));
            QVERIFY(!find<QToolButton>("copyRow")->isEnabled());
            // Nothing is known of its fields: not that they are missing either.
            const auto* form = m_page->findChild<SampleFieldForm*>();
            for (int field = 0; field < form->fieldCount(); ++field) {
                QCOMPARE(form->editor(field)->text(), QString());
                QCOMPARE(form->editor(field)->accessibleDescription(), QString());
            }
        }
        for (const SampleKey good : {1, 19, 21, 51}) {
            rows()->setCurrentRow(good);
            QTRY_VERIFY_WITH_TIMEOUT(name().startsWith(QStringLiteral("row %1").arg(good)) && m_page->isSettled(),
                                     kWait);
            QVERIFY(m_page->errorText().isEmpty());
            QCOMPARE(source->data(good, 1, Qt::DisplayRole).toString(), labelText("probability"));
            QVERIFY(std::fabs(shownProbability() - engineProbability(source->source(good)->input)) <= kShownTolerance);
        }
    }
};

DLRM_TEST(SamplesReadingsTest);

}  // namespace tst_samples_readings

#include "tst_samples_readings.moc"
