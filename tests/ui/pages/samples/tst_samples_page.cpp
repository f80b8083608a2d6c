// SPDX-License-Identifier: Apache-2.0
// The Samples page clicked through with the bundled demo; predictions are compared with the engine asked directly.
#include <QTableView>

#include "tests/support/test_program.h"
#include "tests/ui/pages/samples/samples_fixture.h"

namespace tst_samples_page {

using namespace dlrm;
using namespace dlrm::ui;

class SamplesPageTest : public SamplesFixture {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { openEngine(); }
    void init() { openPage(); }
    void cleanup() { closePage(); }

    void firstRowShowsTheExpectedProbability() {
        const std::vector<double> expected = test::npyValues(test::demoPath("expected/probabilities.npy"));
        QVERIFY(expected.size() > 100);
        QVERIFY(std::abs(shownProbability() - expected[0]) <= kShownTolerance);
        rows()->setCurrentRow(77);
        QTRY_VERIFY_WITH_TIMEOUT(std::abs(shownProbability() - expected[77]) <= kShownTolerance, kWait);
        QCOMPARE(m_session->selection().row, 77);
    }

    void goToFindsARowOfTheDataset() {
        QVERIFY(m_page->goToId());
        auto* goTo = find<QLineEdit>("goToRow");
        goTo->setText(QStringLiteral("19,999"));
        QTest::keyClick(goTo, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(m_session->selection().row, 19999, kWait);
        goTo->setText(QStringLiteral("20000"));
        QTest::keyClick(goTo, Qt::Key_Return);
        QCOMPARE(rows()->currentRow(), 19999);
        QCOMPARE(labelText("goToProblem"),
                 QStringLiteral("No such row. Rows are 0 … 19,999; a share like 50% and “end” work too."));
        QVERIFY(find<QLabel>("goToProblem")->isVisible());
        QTest::keyClicks(goTo, QStringLiteral("7"));
        QVERIFY(!find<QLabel>("goToProblem")->isVisible());
        box()->offer(rawLine(0) + QLatin1Char('\n') + rawLine(1));
        goTo->setText(QStringLiteral("+2"));  // as the list calls a pasted line
        QTest::keyClick(goTo, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(m_session->selection().row, -2, kWait);
        goTo->setText(QStringLiteral("+3"));
        QTest::keyClick(goTo, Qt::Key_Return);
        QVERIFY(labelText("goToProblem").contains(QStringLiteral("pasted ones +1 … +2;")));
    }

    void editedNumericalPredictsAsTheEngineDoes() {
        const QString before = labelText("probability");
        type(3, "12345");
        QTRY_VERIFY_WITH_TIMEOUT(std::abs(shownProbability() - engineProbability(shownInput())) <= kShownTolerance &&
                                     labelText("probability") != before,
                                 kWait);
        QVERIFY(labelText("rowName").contains(QStringLiteral("edited")));
    }

    void editedCategoricalPredictsAsTheEngineDoes() {
        type(kNumericals + 2, "id:5");
        QTRY_VERIFY_WITH_TIMEOUT(
            m_page->isSettled() && std::abs(shownProbability() - engineProbability(shownInput())) <= kShownTolerance,
            kWait);
        QCOMPARE(shownInput().ids[2], 5);
        // Once left, the editor shows the value's own token.
        form()->editor(0)->setFocus();
        QCOMPARE(shownInput().ids[2], 5);
    }

    void unknownHexIsMarkedAndMeansRowZero() {
        type(kNumericals, "deadbeef");
        QTRY_VERIFY(m_page->isSettled());
        QCOMPARE(shownInput().ids[0], 0);
        const auto labels = form()->findChildren<QLabel*>();
        const auto marked = std::count_if(labels.begin(), labels.end(),
                                          [](const QLabel* l) { return l->property("unknown").toBool(); });
        QCOMPARE(marked, 1);
    }

    void undoAndRedoBringValueAndPredictionBack() {
        const QString token = form()->editor(1)->text();
        const QString before = labelText("probability");
        type(1, "4000");
        QTRY_VERIFY_WITH_TIMEOUT(labelText("probability") != before, kWait);
        const QString after = labelText("probability");
        find<QToolButton>("undo")->click();  // all keystrokes of one stay in an editor are one step
        QCOMPARE(form()->editor(1)->text(), token);
        QTRY_COMPARE_WITH_TIMEOUT(labelText("probability"), before, kWait);
        find<QToolButton>("redo")->click();
        QCOMPARE(form()->editor(1)->text(), QStringLiteral("4000"));
        QTRY_COMPARE_WITH_TIMEOUT(labelText("probability"), after, kWait);
    }

    void undoKeysInAnEditorAreThoseOfTheRow() {
        m_page->activateWindow();
        const QString token = form()->editor(1)->text();
        type(1, "4000");
        type(kNumericals + 2, "id:5");
        QTest::keyClick(form()->editor(kNumericals + 2), Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClick(form()->editor(kNumericals + 2), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(form()->editor(1)->text(), token);
        QTest::keyClick(form()->editor(kNumericals + 2), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(form()->editor(1)->text(), QStringLiteral("4000"));
    }

    void undoReturnsToTheRowThatWasEdited() {
        type(1, "4000");
        rows()->setCurrentRow(5);
        QTRY_COMPARE_WITH_TIMEOUT(m_session->selection().row, 5, kWait);
        find<QToolButton>("undo")->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_session->selection().row, 0, kWait);
        QVERIFY(form()->editor(1)->text() != QStringLiteral("4000"));
    }

    void editsOfARowSurviveLookingAtAnother() {
        type(1, "4000");
        rows()->setCurrentRow(5);
        QTRY_COMPARE_WITH_TIMEOUT(m_session->selection().row, 5, kWait);
        QVERIFY(form()->editor(1)->text() != QStringLiteral("4000"));
        rows()->setCurrentRow(0);
        QTRY_COMPARE_WITH_TIMEOUT(form()->editor(1)->text(), QStringLiteral("4000"), kWait);
    }

    void sliderMovesOfOneDragAreOneStep() {
        int field = 0;
        while (field < kNumericals && !form()->slider(field)->isEnabled()) ++field;
        QVERIFY(field < kNumericals);
        const QString token = form()->editor(field)->text();
        QSlider* slider = form()->slider(field);
        slider->setSliderDown(true);
        for (const int position : {100, 300, 600, 900}) slider->setValue(position);
        slider->setSliderDown(false);
        QVERIFY(form()->editor(field)->text() != token);
        QTRY_VERIFY_WITH_TIMEOUT(
            m_page->isSettled() && std::abs(shownProbability() - engineProbability(shownInput())) <= kShownTolerance,
            kWait);
        find<QToolButton>("undo")->click();
        QCOMPARE(form()->editor(field)->text(), token);
        QVERIFY(!find<QToolButton>("undo")->isEnabled());
    }

    void revertTakesAllEditsBackAndCanItselfBeUndone() {
        const InputRow before = shownInput();
        type(1, "4000");
        type(kNumericals + 2, "id:5");
        find<QToolButton>("revert")->click();
        QCOMPARE(shownInput().numerical, before.numerical);
        QCOMPARE(shownInput().ids, before.ids);
        QVERIFY(!find<QToolButton>("revert")->isEnabled());
        find<QToolButton>("undo")->click();
        QCOMPARE(shownInput().ids[2], 5);
    }

    void refusedTokenKeepsTextAndPrediction_data() {
        QTest::addColumn<int>("field");
        QTest::addColumn<QByteArray>("token");
        QTest::newRow("letters in a numerical") << 1 << QByteArray("12x");
        QTest::newRow("hex with a wrong digit") << kNumericals + 1 << QByteArray("a73ee51z");
        QTest::newRow("row outside the table") << kNumericals + 1 << QByteArray("id:99999999");
    }
    void refusedTokenKeepsTextAndPrediction() {
        QFETCH(int, field);
        QFETCH(QByteArray, token);
        type(field, token.constData());
        QTest::keyClick(form()->editor(field), Qt::Key_Return);
        QCOMPARE(form()->editor(field)->text(), QString::fromLatin1(token));
        QVERIFY(labelText("editMessage").trimmed().size() > 10);
        // Another edit does not wipe what was typed.
        type(0, "7");
        QCOMPARE(form()->editor(field)->text(), QString::fromLatin1(token));
    }

    void theBeginningOfARefusedTextIsNotApplied_data() {
        QTest::addColumn<int>("field");
        QTest::addColumn<QByteArray>("valid");
        QTest::addColumn<QByteArray>("refused");
        QTest::newRow("numerical") << 0 << QByteArray("5") << QByteArray("1e300");
        QTest::newRow("categorical") << kNumericals + 1 << QByteArray("id:7") << QByteArray("id:99999");
    }
    // "1" of "1e300" and "id:99" of "id:99999" are valid by themselves, and nobody meant them.
    void theBeginningOfARefusedTextIsNotApplied() {
        QFETCH(int, field);
        QFETCH(QByteArray, valid);
        QFETCH(QByteArray, refused);
        QSignalSpy explained(&m_session->samples(), &SampleDesk::explanationReady);
        const auto predicted = [&] {
            QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && !m_session->isAnyRunning(), kWait);
        };
        const auto* undo = find<QToolButton>("undo");
        predicted();
        const double asRead = shownProbability();
        type(field, refused.constData());
        predicted();
        QVERIFY(!explained.isEmpty());  // beginnings were predicted while they were typed
        QCOMPARE(shownProbability(), asRead);
        QCOMPARE(form()->editor(field)->text(), QString::fromLatin1(refused));
        QVERIFY(!undo->isEnabled());  // nothing was edited
        // What Enter confirmed stays in force.
        type(field, valid.constData());
        QTest::keyClick(form()->editor(field), Qt::Key_Return);
        predicted();
        const double confirmed = shownProbability();
        QVERIFY(confirmed != asRead);
        type(field, refused.constData());
        QTest::keyClick(form()->editor(field), Qt::Key_Return);
        predicted();
        QCOMPARE(shownProbability(), confirmed);
        // One step back is the row as read.
        QTest::keyClick(form()->editor(field), Qt::Key_Z, Qt::ControlModifier);
        predicted();
        QCOMPARE(shownProbability(), asRead);
        QVERIFY(!undo->isEnabled());
    }

    void aRefusedTextIsSaidUntilItIsTakenBack() {
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        const QString asRead = form()->editor(1)->text();
        auto* revert = find<QToolButton>("revert");
        type(1, "abc");
        QTest::keyClick(form()->editor(1), Qt::Key_Return);
        QVERIFY(labelText("editMessage")
                    .startsWith(QStringLiteral(
                        "num_1 is not used. This is not a numerical value. Type a whole number of 32 bits")));
        type(0, "7");
        QTest::keyClick(form()->editor(0), Qt::Key_Return);
        QVERIFY(labelText("editMessage").startsWith(QStringLiteral("num_1 is not used.")));
        // Escape in the field brings its value back, and takes no other edit with it.
        form()->editor(1)->setFocus();
        QTest::keyClick(form()->editor(1), Qt::Key_Escape);
        QCOMPARE(form()->editor(1)->text(), asRead);
        QVERIFY(labelText("editMessage").trimmed().isEmpty());
        QCOMPARE(form()->editor(0)->text(), QStringLiteral("7"));
        // Revert, which is there for a refused text alone too; and undo.
        type(1, "abc");
        QTest::keyClick(form()->editor(1), Qt::Key_Return);
        QTest::keyClick(form()->editor(1), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(form()->editor(1)->text(), asRead);
        QVERIFY(!revert->isEnabled());
        type(1, "abc");
        QTest::keyClick(form()->editor(1), Qt::Key_Return);
        QVERIFY(revert->isEnabled());
        revert->click();
        QCOMPARE(form()->editor(1)->text(), asRead);
        QVERIFY(!revert->isEnabled() && labelText("editMessage").trimmed().isEmpty());
    }

    // The row that the former text meant is not what the text there means.
    void aRefusedOrHalfTypedCategoryShowsNoRow() {
        const int field = kNumericals + 9;
        QLabel* meaning = nullptr;
        for (QLabel* label : form()->editor(field)->parentWidget()->findChildren<QLabel*>())
            if (label->text().startsWith(QStringLiteral("→"))) meaning = label;
        QVERIFY(meaning);
        const QString asRead = meaning->text();
        QSignalSpy page(m_page, &Page::pageRequested);
        type(field, "zz");
        QCOMPARE(meaning->text(), QStringLiteral("…"));
        QTest::keyClick(form()->editor(field), Qt::Key_Return);
        QCOMPARE(meaning->text(), QStringLiteral("no row"));
        QVERIFY2(meaning->toolTip().contains(QStringLiteral("This is not a category value.")),
                 qPrintable(meaning->toolTip()));
        QTest::mouseClick(meaning, Qt::LeftButton);
        QCOMPARE(page.count(), 0);  // it leads nowhere
        QTest::keyClick(form()->editor(field), Qt::Key_Escape);
        QCOMPARE(meaning->text(), asRead);
        // Half typed and taken back.
        type(field, "7");
        QCOMPARE(meaning->text(), QStringLiteral("…"));
        QTest::keyClick(form()->editor(field), Qt::Key_Escape);
        QCOMPARE(meaning->text(), asRead);
        QTest::mouseClick(meaning, Qt::LeftButton);
        QCOMPARE(page.count(), 1);
    }

    void aRemedyNamesWhatToType() {
        type(kNumericals + 1, "zz");
        QTest::keyClick(form()->editor(kNumericals + 1), Qt::Key_Return);
        QVERIFY2(labelText("editMessage")
                     .contains(QStringLiteral("Type 8 lower-case hexadecimal digits, id:NUMBER, or nothing")),
                 qPrintable(labelText("editMessage")));
        type(kNumericals + 1, "id:99999999");
        QTest::keyClick(form()->editor(kNumericals + 1), Qt::Key_Return);
        QVERIFY(
            labelText("editMessage")
                .contains(
                    QStringLiteral("Type a row from id:0 to id:%1.").arg(m_session->model()->spec.tables[1].rows - 1)));
    }

    void aPartOfAModelSaysWhatIsMissing() {
        QSignalSpy opened(m_session, &Session::modelOpened);
        m_session->openModel(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"));
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        const auto* empty = m_page->findChild<EmptyState*>();
        if (!m_session->dataset()) {  // it did not fit
            m_session->openDataset(test::demoPath("dataset"));
            QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        }
        QVERIFY(empty->isVisible());
        if (m_session->dataset())
            QVERIFY(empty->findChild<QLabel*>()->text().contains(QStringLiteral("no embedding tables")));
    }

    // No dataset makes a part of a model predict.
    void aPartOfAModelAsksForNoDataset() {
        Session session;
        SamplesPage page(session);
        page.resize(800, 600);
        page.show();
        test::JobSpy opened(&session, &Session::modelOpened);
        session.openModel(QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"));
        QVERIFY(opened.wait(30000));
        auto* empty = page.findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        const QString text = empty->findChild<QLabel*>()->text();
        QVERIFY2(text.contains(QStringLiteral("it has no embedding tables")), qPrintable(text));
        QSignalSpy wanted(&page, &Page::actionRequested);
        empty->findChild<QPushButton*>()->click();
        QCOMPARE(wanted.takeFirst()[0].toString(), QStringLiteral("open-model"));
    }

    void withoutARowTheFieldsAreEmpty() {
        type(0, "12x");
        const auto filled = [this] {
            int n = 0;
            for (int i = 0; i < form()->fieldCount(); ++i) n += form()->editor(i)->text().isEmpty() ? 0 : 1;
            return n;
        };
        QVERIFY(filled() > 1);
        m_session->closeModel();
        QVERIFY(!form()->isEnabled());
        QCOMPARE(filled(), 0);
        for (const QLabel* label : form()->findChildren<QLabel*>())
            QVERIFY2(!label->text().startsWith(QStringLiteral("→")), qPrintable(label->text()));
    }

    void pinShowsTheDifference() {
        const double pinned = shownProbability();
        const auto places = [this] {
            return QList{find<QToolButton>("pin")->geometry(), find<QToolButton>("copyRow")->geometry(),
                         find<QToolButton>("revert")->geometry()};
        };
        const auto before = places();
        find<QToolButton>("pin")->click();
        QCOMPARE(find<QToolButton>("pin")->text(), QStringLiteral("Pinned"));
        QTest::qWait(50);  // a layout that moves them comes with the next events
        QCOMPARE(places(), before);
        QCOMPARE(labelText("difference"), QStringLiteral("+0.0000"));
        rows()->setCurrentRow(9);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && m_session->selection().row == 9, kWait);
        const QString difference = QString(labelText("difference")).replace(QStringLiteral("−"), QStringLiteral("-"));
        QVERIFY(std::abs(difference.toDouble() - (shownProbability() - pinned)) <= 2 * kShownTolerance);
        QVERIFY(labelText("difference") != QStringLiteral("+0.0000"));
        find<QToolButton>("pin")->click();
        QCOMPARE(labelText("difference"), QStringLiteral("–"));
    }

    // An edited row is compared with the row as read; nothing needs to be pinned.
    void anEditShowsItsDifferenceFromTheOriginal() {
        const double original = shownProbability();
        QCOMPARE(labelText("difference"), QStringLiteral("–"));
        type(1, "4000");
        const auto difference = [this] {
            return QString(labelText("difference")).replace(QStringLiteral("−"), QStringLiteral("-"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && difference() != QStringLiteral("–"), kWait);
        QTRY_VERIFY_WITH_TIMEOUT(
            std::abs(difference().toDouble() - (shownProbability() - original)) <= 2 * kShownTolerance, kWait);
        QVERIFY(difference().toDouble() != 0);
        auto* check = find<QCheckBox>("showDifference");
        QVERIFY(check->isEnabled() && check->text().contains(QStringLiteral("original")));
        // The list beside it says the edited row's probability.
        QTRY_COMPARE_WITH_TIMEOUT(rows()->table()->model()->index(0, 1).data().toString(), labelText("probability"),
                                  kWait);
        // Another row and back: still against the original.
        rows()->setCurrentRow(5);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && m_session->selection().row == 5, kWait);
        QCOMPARE(labelText("difference"), QStringLiteral("–"));
        rows()->setCurrentRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && labelText("difference") != QStringLiteral("–"), kWait);
        find<QToolButton>("revert")->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled() && std::abs(shownProbability() - original) < kShownTolerance,
                                 kWait);
        QCOMPARE(labelText("difference"), QStringLiteral("–"));
    }

    void anIdLeadsToItsRow() {
        QSignalSpy page(m_page, &Page::pageRequested);
        const EditableRow row = *m_page->findChild<SampleRows*>()->source(0);
        const int table = 9;
        const QString id = QStringLiteral("→ ") + formatCount(row.input.ids[table]);
        QLabel* link = nullptr;
        for (QLabel* label : form()->editor(kNumericals + table)->parentWidget()->findChildren<QLabel*>())
            if (label->text() == id) link = label;
        QVERIFY(link);
        QVERIFY(link->fontMetrics().horizontalAdvance(QStringLiteral("→ 39,979,771")) <=
                link->parentWidget()->width() - link->x());
        QTest::mouseClick(link, Qt::LeftButton);
        QCOMPARE(page.count(), 1);
        QCOMPARE(page.first().first().toString(), QStringLiteral("tables"));
        QCOMPARE(m_session->selection().kind, Selection::Kind::TableRow);
        QCOMPARE(m_session->selection().table, table);
        QCOMPARE(m_session->selection().row, std::int64_t{row.input.ids[table]});
    }

    void interactionDifferenceOfARowWithItselfIsZero() {
        auto* difference = find<QCheckBox>("showDifference");
        QVERIFY(!difference->isEnabled());
        find<QToolButton>("pin")->click();
        QVERIFY(difference->isEnabled());
        const ChartView* chart = find<HeatmapView>("interaction")->chart();
        const auto largest = [chart] {
            double most = 0;
            for (const auto& row : chart->table().rows)
                for (const double x : row)
                    if (std::isfinite(x)) most = std::max(most, std::abs(x));
            return most;
        };
        QVERIFY(largest() > 0);
        difference->click();
        QCOMPARE(largest(), 0.0);
        type(1, "4000");
        QTRY_VERIFY_WITH_TIMEOUT(largest() > 0, kWait);
    }

    void matrixShowsTheEnginesInteraction() {
        const auto explanation = m_engine->explain(shownInput());
        QVERIFY(explanation);
        const auto& table = find<HeatmapView>("interaction")->chart()->table();
        QCOMPARE(table.rows.size(), std::size_t{27});
        for (std::size_t i = 0; i < 27; ++i)
            for (std::size_t j = 0; j < 27; ++j) {
                const double shown = table.rows[i][j];
                if (i == j) QVERIFY(std::isnan(shown));
                else QCOMPARE(static_cast<float>(shown), explanation->intermediates.interaction[i * 27 + j]);
            }
    }

    void pastedLinesBecomeRowsWithPredictions() {
        const QString lines = rawLine(0) + QLatin1Char('\n') + rawLine(1) + QStringLiteral("\r\n");
        QApplication::clipboard()->setText(lines);
        box()->setFocus();
        box()->paste();
        QVERIFY2(m_page->errorText().isEmpty(), qPrintable(m_page->errorText()));
        QVERIFY(box()->toPlainText().isEmpty());
        auto* source = m_page->findChild<SampleRows*>();
        QCOMPARE(source->rowCount(), 20002);
        QCOMPARE(source->rowLabel(0), QStringLiteral("+1"));
        // Both get their prediction, also the one that is not looked at.
        QTRY_VERIFY_WITH_TIMEOUT(!source->nextUnpredicted(), kWait);
        for (int k : {0, 1}) {
            const double p = source->data(k, 1, Qt::DisplayRole).toString().toDouble();
            QVERIFY(std::abs(p - engineProbability(source->pasted()[static_cast<std::size_t>(k)].input)) <=
                    kShownTolerance);
        }
        QCOMPARE(labelText("labelWord"), QStringLiteral("clicked"));
    }

    void lineWithoutLabelIsTaken() {
        const QString line = rawLine(0);
        box()->offer(line.mid(line.indexOf(QLatin1Char('\t')) + 1));
        QVERIFY2(m_page->errorText().isEmpty(), qPrintable(m_page->errorText()));
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QCOMPARE(labelText("labelWord"), QStringLiteral("–"));
    }

    void badLinesStayInTheBoxAndNothingIsTaken_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("named");
        QStringList fields = rawLine(1).split(QLatin1Char('\t'));
        QTest::newRow("38 fields") << fields.mid(2).join(QLatin1Char('\t')) << QStringLiteral("38");
        QTest::newRow("41 fields") << (fields + QStringList{QStringLiteral("x")}).join(QLatin1Char('\t'))
                                   << QStringLiteral("41");
        fields[20] = QStringLiteral("nothex!!");
        QTest::newRow("not hexadecimal") << fields.join(QLatin1Char('\t')) << QStringLiteral("nothex!!");
    }
    void badLinesStayInTheBoxAndNothingIsTaken() {
        QFETCH(QString, line);
        QFETCH(QString, named);
        const QString text = rawLine(0) + QLatin1Char('\n') + line;
        box()->offer(text);
        QVERIFY2(m_page->errorText().contains(named), qPrintable(m_page->errorText()));
        QCOMPARE(box()->toPlainText(), text);
        QCOMPARE(m_page->findChild<SampleRows*>()->rowCount(), 20000);
        QVERIFY(box()->textCursor().hasSelection());
        QVERIFY(find<QLabel>("pasteProblem")->isVisible() &&
                labelText("pasteProblem").startsWith(QStringLiteral("Line 2, ")) &&
                labelText("pasteProblem").contains(named));
        // Mended, it is taken and the banner goes.
        box()->setPlainText(rawLine(0));
        QVERIFY(m_page->errorText().isEmpty());  // it was about the lines before
        find<QPushButton>("addRows")->click();
        QVERIFY(m_page->errorText().isEmpty());
        QCOMPARE(m_page->findChild<SampleRows*>()->rowCount(), 20001);
    }

    void droppedTextFileAddsItsLines() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("lines.tsv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(rawLine(2).toUtf8() + "\n");
        file.close();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        drop(data);
        QCOMPARE(m_page->findChild<SampleRows*>()->rowCount(), 20001);
        QMimeData directory;
        directory.setUrls({QUrl::fromLocalFile(folder.path())});
        QVERIFY(!SamplePasteBox::accepts(directory));
    }

    void tooManyPastedLinesAreRefused() {
        box()->offer((rawLine(0) + QLatin1Char('\n')).repeated(5001));
        QVERIFY(m_page->errorText().contains(QStringLiteral("E-UI-010")));
        QCOMPARE(m_page->findChild<SampleRows*>()->rowCount(), 20000);
    }

    void tooLargeFileIsRefused() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("lines.tsv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.resize(5 << 20));
        file.close();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        drop(data);
        QVERIFY(m_page->errorText().contains(QStringLiteral("E-UI-011")));
    }

    void copiedRowCanBePastedBack() {
        find<QToolButton>("copyRow")->click();
        const QString line = QApplication::clipboard()->text();
        QCOMPARE(line.count(QLatin1Char('\t')), 39);
        const InputRow before = shownInput();
        box()->offer(line);
        QVERIFY2(m_page->errorText().isEmpty(), qPrintable(m_page->errorText()));
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
        QCOMPARE(shownInput().ids, before.ids);
        QCOMPARE(shownInput().numerical, before.numerical);
    }

    void clickOnAPairMarksItsFields() {
        auto* heatmap = find<HeatmapView>("interaction");
        QSignalSpy clicked(heatmap, &HeatmapView::cellClicked);
        heatmap->chart()->setFocus();
        QTest::keyClick(heatmap->chart(), Qt::Key_Down);  // first key shows the cursor
        QTest::keyClick(heatmap->chart(), Qt::Key_Down);
        QTest::keyClick(heatmap->chart(), Qt::Key_Return);
        QCOMPARE(clicked.count(), 1);
        QCOMPARE(clicked[0][0].toInt(), 1);
        QCOMPARE(clicked[0][1].toInt(), 0);
    }

    void emptyStatesSayWhatToDo() {
        Session session;
        SamplesPage page(session);
        page.resize(800, 600);
        page.show();
        auto* empty = page.findChild<EmptyState*>();
        QVERIFY(empty->isVisible());
        QSignalSpy wanted(&page, &Page::actionRequested);
        empty->findChild<QPushButton*>()->click();
        QCOMPARE(wanted.takeFirst()[0].toString(), QStringLiteral("open-model"));
        QVERIFY(test::openModel(session));
        QVERIFY(empty->isVisible());
        empty->findChild<QPushButton*>()->click();
        QCOMPARE(wanted.takeFirst()[0].toString(), QStringLiteral("open-dataset"));
        QVERIFY(test::openDataset(session));
        QVERIFY(!empty->isVisible());
    }

    void hiddenPageAsksForNothing() {
        Session session;
        SamplesPage page(session);
        QSignalSpy started(&session, &Session::jobStarted);
        QVERIFY(test::openModel(session));
        QVERIFY(test::openDataset(session));
        QTest::qWait(50);
        for (const auto& job : started) {
            const auto kind = job[0].value<JobKind>();
            QVERIFY(kind != JobKind::SampleRows && kind != JobKind::Explain);
        }
        page.show();
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), kWait);
    }
};

DLRM_TEST(SamplesPageTest);

}  // namespace tst_samples_page

#include "tst_samples_page.moc"
