// SPDX-License-Identifier: Apache-2.0
// What the window says: no identifiers of files and options, one name for one thing, and a glossary behind the terms.
#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>
#include <QTextBrowser>
#include <QToolButton>

#include "tests/support/job_spy.h"
#include "tests/support/test_program.h"
#include "ui/pages/overview/architecture_figure.h"
#include "ui/pages/page.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/plain_words.h"
#include "ui/session/window_error.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/glossary.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace tst_words {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWaitMs = 60'000;

void addMenu(QStringList& out, QMenu* menu) {
    Q_EMIT menu->aboutToShow();
    for (QAction* action : menu->actions()) {
        out << action->text() << action->toolTip();
        if (action->menu()) addMenu(out, action->menu());
    }
    Q_EMIT menu->aboutToHide();
}

// Everything that a person can read in the window: texts, tool tips, names for screen readers, cells and titles of
// tables.
QStringList allWords(MainWindow& window) {
    QStringList out{window.windowTitle()};
    for (QWidget* w : window.findChildren<QWidget*>()) {
        out << w->toolTip() << w->accessibleName() << w->accessibleDescription() << w->whatsThis();
        for (const char* property : {"text", "placeholderText", "title"})
            if (const QVariant text = w->property(property); text.metaType().id() == QMetaType::QString)
                out << text.toString();
        if (const auto* box = qobject_cast<QComboBox*>(w))
            for (int i = 0; i < box->count(); ++i) out << box->itemText(i);
        if (const auto* table = qobject_cast<QTableView*>(w); table && table->model())
            for (int column = 0; column < table->model()->columnCount(); ++column) {
                out << table->model()->headerData(column, Qt::Horizontal).toString()
                    << table->model()->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString();
                for (int row = 0; row < std::min(30, table->model()->rowCount()); ++row)
                    out << table->model()->index(row, column).data().toString()
                        << table->model()->index(row, column).data(Qt::ToolTipRole).toString();
            }
        if (const auto* figure = qobject_cast<ArchitectureFigure*>(w))
            for (const FigurePart& part : figure->figure().parts)
                out << part.name << part.details << part.texts << part.secondLines;
    }
    for (QAction* top : window.menuBar()->actions())
        if (top->menu()) addMenu(out, top->menu());
    out << (window.currentPage() ? window.currentPage()->helpText() : QString());
    return out;
}

}  // namespace

class TestWords : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;

    bool atRest() {
        return QTest::qWaitFor([this] { return !m_session->isAnyRunning() && m_window->currentPage()->isSettled(); },
                               kWaitMs);
    }

private Q_SLOTS:
    void numbersAgreeWithTheirNouns() {
        QCOMPARE(countedText(1, "row"), QStringLiteral("1 row"));
        QCOMPARE(countedText(0, "row"), QStringLiteral("0 rows"));
        QCOMPARE(countedText(std::size_t{2048}, "table row"), QStringLiteral("2,048 table rows"));
        QCOMPARE(countedText(1, "value", "is", "are"), QStringLiteral("1 value is"));
        QCOMPARE(countedText(2, "value", "is", "are"), QStringLiteral("2 values are"));
    }

    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("config")).toUtf8());
        qputenv("XDG_STATE_HOME", m_home.filePath(QStringLiteral("state")).toUtf8());
        qputenv("XDG_CACHE_HOME", m_home.filePath(QStringLiteral("cache")).toUtf8());
        Theme::instance().apply(ThemeMode::Dark);
    }
    void init() {
        m_session = std::make_unique<Session>();
        m_window = std::make_unique<MainWindow>(*m_session, false);
        m_window->resize(1600, 1000);
        m_window->show();
        test::JobSpy opened(m_session.get(), &Session::datasetOpened);
        m_window->openDemo();
        QVERIFY(opened.wait(kWaitMs));
        QVERIFY(atRest());
    }
    void cleanup() {
        m_window.reset();
        m_session.reset();
    }

    void sentencesOfTheCoreAreSaidInWords_data() {
        QTest::addColumn<QString>("sentence");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* sentence, const char* words) {
            QTest::newRow(sentence) << QString::fromUtf8(sentence) << QString::fromUtf8(words);
        };
        row("nvidia_spark, numbers raw, ids +1", "NVIDIA Spark, numbers raw, ids plus 1");
        row("nvidia_spark, numbers ln(x+2)", "NVIDIA Spark, numbers through ln(x + 2)");
        row("ids +0", "ids as stored");
        row("ids −2 and ids -1", "ids minus 2 and ids minus 1");
        row("These files do not record the interaction order: custom_cuda is assumed.",
            "These files do not record the interaction order: NVIDIA order (bottom first) is assumed.");
        row("Undecided: custom_cuda and tensorflow are not told apart",
            "Undecided: NVIDIA order (bottom first) and TensorFlow order (dots first) are not told apart");
        row("tables as_is and tables by_cardinality", "tables in file order and largest tables first");
        row("row 1948 of the data would look up id 48100 of cat_1, which has 7912 rows",
            "row 1,948 of the data would look up id 48,100 of cat_1, which has 7,912 rows");
        // Files keep their names.
        row("/data/c_custom_cuda/nvidia_spark.tsv", "/data/c_custom_cuda/nvidia_spark.tsv");
    }
    void sentencesOfTheCoreAreSaidInWords() {
        QFETCH(QString, sentence);
        QFETCH(QString, words);
        QCOMPARE(inWords(sentence), words);
    }

    void noRemedyNamesAnOption() {
        const auto remedy = [](const char* code, const char* text) {
            return forWindow(Error(code, "x").withRemedy(text)).remedy;
        };
        for (const char* code : {"E-DICT-001", "E-FUSED-001", "E-CKPT-021", "E-ENGINE-018", "E-NEW-001"})
            QVERIFY(remedy(code, "Name it with --dictionary DIR.").find("--") == std::string::npos);
        QCOMPARE(remedy("E-NPY-001", "Copy the file again"), std::string("Copy the file again"));
    }

    void noPageShowsAnIdentifier() {
        static const QRegularExpression identifier(
            QStringLiteral("already_logged|as_is|by_cardinality|custom_cuda|nvidia_spark|ids [+−]\\d"));
        test::JobSpy checked(&m_session->checks(), &CheckDesk::doctorReady);
        m_session->checks().requestDoctor();
        QVERIFY(checked.wait(kWaitMs));
        for (const QString& id : MainWindow::pageIds()) {
            m_window->showPage(id);
            m_window->currentPage()->prepareForRender();
            QVERIFY(atRest());
            for (const QString& text : allWords(*m_window))
                QVERIFY2(!identifier.match(text).hasMatch(), qPrintable(id + QStringLiteral(": ") + text));
        }
        // And with another reading in force.
        Hypothesis h;
        h.reading.idShift = 0;
        h.reading.numerical = NumericalReading::LnPlus2;
        test::JobSpy opened(m_session.get(), &Session::datasetOpened);
        m_session->applyReading(h);
        QVERIFY(opened.wait(kWaitMs));
        for (const QString& id : MainWindow::pageIds()) {
            m_window->showPage(id);
            m_window->currentPage()->prepareForRender();
            QVERIFY(atRest());
            for (const QString& text : allWords(*m_window))
                QVERIFY2(!identifier.match(text).hasMatch(), qPrintable(id + QStringLiteral(": ") + text));
        }
    }

    void aLayerHasOneName() {
        m_window->showPage(QStringLiteral("overview"));
        QVERIFY(atRest());
        const auto& spec = m_session->model()->spec;
        const auto* figure = m_window->currentPage()->findChild<ArchitectureFigure*>();
        for (const FigurePart& part : figure->figure().parts) {
            if (part.kind == FigurePart::Kind::BottomLayer)
                QCOMPARE(part.name, QString::fromStdString(spec.bottomMlp[static_cast<std::size_t>(part.index)].name));
            if (part.kind == FigurePart::Kind::TopLayer)
                QCOMPARE(part.name, QString::fromStdString(spec.topMlp[static_cast<std::size_t>(part.index)].name));
        }
        m_window->showPage(QStringLiteral("layers"));
        QVERIFY(atRest());
        const QString name = QString::fromStdString(spec.topMlp[0].name);
        QVERIFY(m_window->currentPage()->findChild<QLabel*>(QStringLiteral("layerTitle"))->text().startsWith(name));
        QStringList listed;
        const auto* list = m_window->currentPage()->findChild<QTableView*>(QStringLiteral("layerList"));
        for (int row = 0; row < list->model()->rowCount(); ++row)
            listed << list->model()->index(row, 0).data().toString();
        QVERIFY(listed.contains(name));
    }

    void helpExplainsThePagesTermsFirst() {
        for (const Term& term : glossary()) {
            QCOMPARE(findTerm(QLatin1String(term.id)), &term);  // ids are unique
            for (const QString& page : QString::fromLatin1(term.pages).split(QLatin1Char(' ')))
                QVERIFY2(MainWindow::pageIds().contains(page), term.id);
        }
        m_window->showPage(QStringLiteral("evaluate"));
        QTest::keyClick(m_window.get(), Qt::Key_F1);
        const auto* help = m_window->findChild<QTextBrowser*>(QStringLiteral("helpText"));
        QVERIFY(help);
        const QString text = help->toPlainText();
        for (const char* term : {"ECE", "AUC (TF-8000)", "Normalized entropy", "Effective rank",
                                 "Information abundance", "Prunable", "Cos. mean"})
            QVERIFY2(text.contains(QLatin1String(term)), term);
        QVERIFY(text.indexOf(QStringLiteral("ECE")) < text.indexOf(QStringLiteral("Effective rank")));
    }

    void aTermsLabelLeadsToIt() {
        m_window->showPage(QStringLiteral("evaluate"));
        m_window->currentPage()->prepareForRender();
        QVERIFY(atRest());
        QLabel* title = nullptr;
        for (QLabel* label : m_window->currentPage()->findChildren<QLabel*>())
            if (label->text() == QLatin1String("ECE")) title = label;
        QVERIFY(title);
        QVERIFY(title->toolTip().contains(QStringLiteral("100 bins")));
        QTest::mouseClick(title, Qt::LeftButton);
        const auto* help = m_window->findChild<QDialog*>(QStringLiteral("help"));
        QVERIFY(help && help->isVisible());
        const auto* words = help->findChild<QTextBrowser*>(QStringLiteral("helpText"));
        QVERIFY(words);
        // Scrolled to where it is explained.
        const QTextCursor top = words->cursorForPosition(QPoint(4, 4));
        QVERIFY2(
            top.block().text().contains(QStringLiteral("ECE")) ||
                words->document()->find(QStringLiteral("Expected calibration error")).position() - top.position() < 600,
            qPrintable(top.block().text()));
    }
};

DLRM_TEST(TestWords);

}  // namespace tst_words

#include "tst_words.moc"
