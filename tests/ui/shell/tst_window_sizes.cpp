// SPDX-License-Identifier: Apache-2.0
// Nothing is cut or out of reach in a small window, on any page and tab; a large one is used.
#include <QCheckBox>
#include <QClipboard>
#include <QDialog>
#include <QFile>
#include <QGuiApplication>
#include <QHeaderView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>

#include "tests/support/job_spy.h"
#include "tests/support/test_program.h"
#include "tests/ui/shell/text_room.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/models/row_view.h"
#include "ui/pages/page.h"
#include "ui/pages/samples/field_form.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/theme.h"

namespace tst_window_sizes {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWaitMs = 60'000, kLayoutMs = 1500;
constexpr QSize kSmall{1100, 700}, kLarge{2560, 1440};

}  // namespace

class TestWindowSizes : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;

    bool atRest() {
        return QTest::qWaitFor([this] { return !m_session->isAnyRunning() && m_window->currentPage()->isSettled(); },
                               kWaitMs);
    }

    void show(QSize size) {
        m_window->resize(size);
        m_window->show();
        test::JobSpy opened(m_session.get(), &Session::datasetOpened);
        m_window->openDemo();
        QVERIFY(opened.wait(kWaitMs));
        QVERIFY(atRest());
    }

    // As somebody leaves a page: filled, and at rest.
    void visit(const QString& id) {
        m_window->showPage(id);
        QVERIFY(QTest::qWaitFor([this] { return !m_session->isAnyRunning(); }, kWaitMs));
        m_window->currentPage()->prepareForRender();
        QVERIFY(atRest());
    }

    // The inspector leaves a window that becomes narrow, which only then can become as narrow as that.
    void shrink() { QTRY_VERIFY((m_window->resize(kSmall), m_window->size() == kSmall)); }

    // The pages that list what the model has: a name of which only the beginning is left is that of any other line.
    QStringList cutNames() {
        QStringList out;
        if (!QStringList{QStringLiteral("tables"), QStringLiteral("layers"), QStringLiteral("interactions")}.contains(
                m_window->currentPageId()))
            return out;
        for (const QTableView* list : m_window->currentPage()->findChildren<QTableView*>()) {
            if (!list->isVisible() || !list->model() || list->isColumnHidden(0)) continue;
            for (int row = 0; row < list->model()->rowCount(); ++row) {
                const QModelIndex name = list->model()->index(row, 0);
                if (name.data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight) continue;  // numbers: TextRoom
                const QVariant font = name.data(Qt::FontRole);
                const QFontMetrics metrics(font.isValid() ? font.value<QFont>() : list->font());
                const int needed = metrics.horizontalAdvance(name.data().toString()) + 2 * space::s;
                if (needed > list->columnWidth(0))
                    out << QStringLiteral("%1 needs %2 pixels and has %3")
                               .arg(name.data().toString())
                               .arg(needed)
                               .arg(list->columnWidth(0));
            }
        }
        return out;
    }

    QStringList problems(const QString& where) {
        QStringList found, out;
        // As it looks once the layouts that were asked for are done.
        (void)QTest::qWaitFor([&] { return (found = test::TextRoom::problems(*m_window) + cutNames()).isEmpty(); },
                              kLayoutMs);
        for (const QString& line : found) out << where + QStringLiteral(": ") + line;
        return out;
    }

    QStringList lookAt(const QString& id) {
        m_window->showPage(id);
        Page* page = m_window->currentPage();
        // Evaluate comes to rest once it was run, which the next line does.
        if (!QTest::qWaitFor([this] { return !m_session->isAnyRunning(); }, kWaitMs))
            return {id + QStringLiteral(" is busy for ever")};
        QStringList out = problems(id + QStringLiteral(" as it opens"));
        page->prepareForRender();
        const auto settled = [&](const QString& where) {
            return atRest() ? problems(where) : QStringList{where + QStringLiteral(" does not come to rest")};
        };
        out << settled(id);
        for (const QString& view : page->renderViews()) {
            page->showRenderView(view);
            out << settled(id + QLatin1Char('-') + view);
        }
        for (auto* tabs : page->findChildren<QTabWidget*>())
            for (int tab = 0; tab < tabs->count(); ++tab) {
                tabs->setCurrentIndex(tab);
                out << settled(id + QLatin1Char(' ') + tabs->tabText(tab));
            }
        return out;
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("config")).toUtf8());
        qputenv("XDG_STATE_HOME", m_home.filePath(QStringLiteral("state")).toUtf8());
        qputenv("XDG_CACHE_HOME", m_home.filePath(QStringLiteral("cache")).toUtf8());
        Theme::instance().apply(ThemeMode::Light);
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
    }
    void init() {
        m_session = std::make_unique<Session>();
        m_window = std::make_unique<MainWindow>(*m_session, false);
    }
    void cleanup() {
        m_window.reset();
        m_session.reset();
    }

    void nothingIsCutInASmallWindow_data() {
        QTest::addColumn<QString>("id");
        for (const QString& id : MainWindow::pageIds()) QTest::newRow(qPrintable(id)) << id;
    }
    void nothingIsCutInASmallWindow() {
        QFETCH(QString, id);
        show(kSmall);
        const QStringList found = lookAt(id);
        QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
    }

    // The inspector comes when it is asked for; then too the page beside it is whole.
    void norBesideTheInspector_data() {
        QTest::addColumn<QString>("id");
        for (const char* id : {"tables", "layers"}) QTest::newRow(id) << QString::fromLatin1(id);
    }
    void norBesideTheInspector() {
        QFETCH(QString, id);
        show(kSmall);
        m_window->showPage(id);
        m_window->findChild<QAction*>(QStringLiteral("toggleInspector"))->trigger();
        const QStringList found = lookAt(id);
        QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
    }

    // What a large window spread out comes together again.
    void norInOneThatWasLarge_data() { nothingIsCutInASmallWindow_data(); }
    void norInOneThatWasLarge() {
        QFETCH(QString, id);
        show(kLarge);
        visit(id);
        shrink();
        const QStringList found = lookAt(id);
        QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
    }

    // Nor is what is drawn squeezed until it says nothing, or out of view.
    void whatIsDrawnKeepsItsRoom_data() {
        QTest::addColumn<bool>("large");
        QTest::newRow("small from the start") << false;
        QTest::newRow("large before") << true;
    }
    void whatIsDrawnKeepsItsRoom() {
        QFETCH(bool, large);
        constexpr int kLeastMap = 280, kLeastCell = 4, kLeastStrip = 100;  // pixels
        const auto side = [](const HeatmapView* map) { return map->chart()->chart()->plotArea().width(); };
        show(large ? kLarge : kSmall);
        for (const char* id : {"tables", "layers", "interactions"}) visit(QLatin1String(id));
        if (large) shrink();

        m_window->showPage(QStringLiteral("tables"));
        const auto* rows = m_window->currentPage()->findChild<RowView*>();
        const auto strip = [&] {
            const QHeaderView* header = rows->table()->horizontalHeader();
            for (int column = 0; column < header->count(); ++column) {
                const QString title = header->model()->headerData(column, Qt::Horizontal).toString();
                if (!title.startsWith(QStringLiteral("values "))) continue;
                const int left = header->sectionViewportPosition(column);
                return std::min(left + header->sectionSize(column), rows->table()->viewport()->width()) - left;
            }
            return -1;
        };
        QTRY_VERIFY(rows->isVisible());
        QTRY_VERIFY2(strip() >= kLeastStrip, qPrintable(QString::number(strip())));

        m_window->showPage(QStringLiteral("layers"));
        m_window->currentPage()->findChild<QTabWidget*>()->setCurrentIndex(1);
        QVERIFY(atRest());
        const auto vectors = static_cast<int>(m_session->model()->spec.tables.size()) + 1;
        for (const char* id : {"layers", "interactions"}) {
            m_window->showPage(QLatin1String(id));
            const auto* map = m_window->currentPage()->findChild<HeatmapView*>();
            QTRY_VERIFY2(map->isVisible() && map->height() >= kLeastMap && side(map) >= kLeastCell * vectors,
                         qPrintable(QStringLiteral("%1: %2 high, cells of %3")
                                        .arg(QLatin1String(id))
                                        .arg(map->height())
                                        .arg(side(map) / vectors)));
        }
    }

    void norWithAnEditedPinnedAndPastedRow() {
        show(kSmall);
        m_window->showPage(QStringLiteral("samples"));
        Page* page = m_window->currentPage();
        page->prepareForRender();
        QVERIFY(atRest());
        page->findChild<QToolButton*>(QStringLiteral("pin"))->click();
        QFile rows(QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/raw_rows.tsv"));
        QVERIFY(rows.open(QIODevice::ReadOnly));
        QGuiApplication::clipboard()->setText(QString::fromUtf8(rows.readLine()));
        page->activateWindow();
        page->setFocus();
        QTest::keyClick(page, Qt::Key_V, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(page->findChild<QPushButton*>(QStringLiteral("clearPasted"))->isVisible(), kWaitMs);
        const QStringList found = problems(QStringLiteral("samples, pasted"));
        QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
    }

    // The table behind a chart has its titles and figures whole.
    void aChartsTableIsNotCut() {
        show(kSmall);
        m_window->showPage(QStringLiteral("evaluate"));
        m_window->currentPage()->prepareForRender();
        QVERIFY(atRest());
        for (ChartView* chart : m_window->currentPage()->findChildren<ChartView*>()) {
            chart->showTable();
            auto* dialog = m_window->findChild<QDialog*>(QStringLiteral("chartTable"));
            QVERIFY(dialog && QTest::qWaitForWindowExposed(dialog));
            const QStringList found = test::TextRoom::problems(*dialog);
            QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
            delete dialog;
        }
    }

    // All fields of a row in view at once, no column more than one field longer than another, and the matrix as large
    // as the room below allows.
    void aLargeWindowIsUsed() {
        show(kLarge);
        m_window->showPage(QStringLiteral("samples"));
        m_window->currentPage()->prepareForRender();
        QVERIFY(atRest());
        auto* form = m_window->currentPage()->findChild<SampleFieldForm*>();
        QTRY_VERIFY(form->verticalScrollBar()->maximum() == 0);
        QMap<int, int> perColumn;
        for (int i = 0; i < 13; ++i) ++perColumn[form->editor(i)->parentWidget()->x()];
        const QList<int> counts = perColumn.values();
        QVERIFY(perColumn.size() >= 4);
        QVERIFY(*std::max_element(counts.begin(), counts.end()) - *std::min_element(counts.begin(), counts.end()) <= 1);
        const auto* matrix = m_window->currentPage()->findChild<HeatmapView*>(QStringLiteral("interaction"));
        QTRY_VERIFY2(matrix->height() >= 800, qPrintable(QString::number(matrix->height())));
    }
};

DLRM_TEST(TestWindowSizes);

}  // namespace tst_window_sizes

#include "tst_window_sizes.moc"
