// SPDX-License-Identifier: Apache-2.0
// What the list of tables and the grid of rows say beside their numbers: marks, titles, widths, menus.
#include "tests/ui/pages/tables/tables_fixture.h"

#include <QAbstractAxis>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QTemporaryDir>
#include <QTimer>

#include <filesystem>
#include <limits>
#include <tuple>

#include "core/formats/npy_writer.h"
#include "tests/support/test_program.h"
#include "ui/models/cell_delegate.h"
#include "ui/models/table_row_source.h"
#include "ui/pages/tables/inspector.h"
#include "ui/pages/tables/list_pane.h"
#include "ui/pages/tables/map_tab.h"
#include "ui/pages/tables/norms_tab.h"
#include "ui/pages/tables/pins.h"
#include "ui/pages/tables/query_bar.h"
#include "ui/pages/tables/rank_tab.h"
#include "ui/widgets/numbers.h"

namespace tst_tables_grid {

using namespace dlrm;
using namespace dlrm::ui;

class TestTablesGrid : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::useOwnCache();
        test::failOnAnyWarning();
    }

    void whatIsNotFiniteIsMarkedInEveryWidth() {
        QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("c"));
        QVERIFY(test::copyWithNaN(path, 3));
        test::ShownTables s({700, 500});
        QVERIFY(s.open(path));
        QVERIFY(s.compute({2, 3}));
        const auto of = [&](int table, int role) {
            return s.list->model()->index(table, TableListModel::Name).data(role);
        };
        QVERIFY(!s.list->isColumnHidden(TableListModel::Name));
        QCOMPARE(of(3, CellDelegate::MarkRole).toString(), QStringLiteral("!"));
        QCOMPARE(of(3, Qt::ForegroundRole).value<QBrush>().color(), Theme::instance().colors().fail);
        QVERIFY(of(3, Qt::ToolTipRole).toString().contains(QStringLiteral("Values that are NaN or infinite: 1")));
        QCOMPARE(of(3, Qt::AccessibleTextRole).toString(),
                 of(3, Qt::DisplayRole).toString() + QStringLiteral(", not finite"));
        QVERIFY(!of(2, CellDelegate::MarkRole).isValid());
        QVERIFY(!of(2, Qt::AccessibleTextRole).isValid());

        const qint64 last = s.session.model()->spec.tables[3].rows - 1;
        s.choose(3, last);
        QVERIFY(s.settle());
        const int trained = s.column(QStringLiteral("trained"));
        const auto at = static_cast<int>(last - s.rows->firstVisibleRow());
        QTRY_COMPARE(s.cell(at, trained), QStringLiteral("not finite"));
        QCOMPARE(s.rows->table()->model()->index(at, trained).data(Qt::ForegroundRole).value<QBrush>().color(),
                 Theme::instance().colors().fail);
        QVERIFY(s.cell(at - 1, trained) == QStringLiteral("yes") || s.cell(at - 1, trained) == QStringLiteral("no"));
        QTRY_VERIFY2(test::textOf(*s.inspector).contains(QStringLiteral("Values that are NaN or infinite: 1 of 32")),
                     qPrintable(test::textOf(*s.inspector)));
        QVERIFY(test::textOf(*s.inspector).contains(QStringLiteral("not finite")));
    }

    // A row that is highlighted is one that the inspector tells of.
    void anotherTableHasNoCurrentRow() {
        test::ShownTables s({1028, 600});
        QVERIFY(s.open());
        s.choose(0, 5);
        QVERIFY(s.settle());
        QCOMPARE(s.rows->currentRow(), 5);
        s.choose(1);
        QVERIFY(s.settle());
        QCOMPARE(s.rows->currentRow(), -1);
    }

    // Until another table's statistics are drawn, nothing of the one before stands under its name.
    void aChartOfAnotherTableIsGoneAtOnce() {
        test::ShownTables s({1028, 600});
        QVERIFY(s.open());
        s.choose(0);
        QVERIFY(s.compute({0, 1}));
        const std::pair<TablesPage::Tab, ChartView*> charts[] = {
            {TablesPage::Norms, s.page.findChild<TableNormsTab*>()->findChild<ChartView*>()},
            {TablesPage::RankNorm, s.page.findChild<TableRankTab*>()->findChild<ChartView*>()},
        };
        for (const auto& [tab, chart] : charts) {
            s.choose(0);
            s.page.showTab(tab);
            QVERIFY(s.settle());
            QVERIFY(!chart->table().rows.empty());
            const QString name = chart->accessibleName();
            s.choose(1);
            QVERIFY(chart->table().rows.empty() && chart->accessibleName() != name);
            QVERIFY(s.settle());
            QVERIFY(!chart->table().rows.empty());
        }
    }

    // In a window of 1100 × 700, with every column there is.
    void noTitleIsCutInASmallWindow() {
        test::ShownTables s({1028, 600});
        QVERIFY(s.open());
        QVERIFY(test::openDataset(s.session));
        s.choose(19);
        QVERIFY(s.compute({19}));
        s.session.tables().countTraffic();
        QTRY_VERIFY_WITH_TIMEOUT(s.session.tables().traffic(), test::ShownTables::kWaitMs);
        QVERIFY(s.settle());
        QTRY_COMPARE(s.rows->table()->model()->columnCount(), 6);  // value, norm, cosine, trained, hits, values
        s.page.rowsTab()->sortBy(RowKey::CosineToMean);
        QVERIFY(s.settle());
        const QHeaderView* header = s.rows->table()->horizontalHeader();
        for (int c = 0; c < 6; ++c)
            QVERIFY2(header->sectionSize(c) >= header->sectionSizeHint(c),
                     qPrintable(header->model()->headerData(c, Qt::Horizontal).toString()));
        const int end = header->sectionViewportPosition(5) + header->sectionSize(5);
        QVERIFY2(end <= header->viewport()->width(),
                 qPrintable(QStringLiteral("%1 > %2").arg(end).arg(header->viewport()->width())));
        QVERIFY(header->sectionSize(5) >= 100);

        s.page.showTab(TablesPage::Norms);
        QVERIFY(s.settle());
        int charts = 0;
        for (ChartView* chart : s.page.findChildren<ChartView*>()) {
            if (!chart->isVisible()) continue;
            ++charts;
            for (const QAbstractAxis* axis : chart->chart()->axes(Qt::Vertical))
                QTRY_VERIFY2(QFontMetricsF(axis->titleFont()).horizontalAdvance(axis->titleText()) <=
                                 chart->chart()->plotArea().height(),
                             qPrintable(axis->titleText()));
        }
        QCOMPARE(charts, 2);
    }

    void namesAreWholeWhileThereIsRoom() {
        Session session;
        TableListPane pane(session);
        pane.resize(TableListPane::kWidth, 300);
        pane.show();
        auto model = std::make_shared<ModelInfo>();
        for (const char* name : {"user_id", "advertiser_category_id"}) {
            TableSpec table;
            table.name = name;
            table.rows = 1000;
            table.dim = 8;
            table.bytes = 32000;
            model->spec.tables.push_back(table);
        }
        pane.setModel(model);
        const int needed =
            QFontMetrics(pane.view()->font()).horizontalAdvance(QStringLiteral("advertiser_category_id")) +
            2 * space::s;
        QTRY_VERIFY(pane.view()->columnWidth(TableListModel::Name) >= needed);
        QVERIFY(pane.view()->columnWidth(TableListModel::Name) < pane.view()->viewport()->width());
        // Where there is less, the numbers keep their place.
        pane.resize(TableListPane::kNarrowest, 300);
        QTRY_VERIFY(pane.view()->columnWidth(TableListModel::Name) + pane.view()->columnWidth(TableListModel::Rows) <=
                    pane.view()->viewport()->width());
    }

    void titlesSayWhatTheyMean() {
        test::ShownTables s;
        QVERIFY(s.open());
        const auto* id = s.rows->findChild<QLabel*>(QStringLiteral("idTitle"));
        QVERIFY(id && id->isVisible());
        QCOMPARE(id->text(), QStringLiteral("id"));
        QVERIFY(id->toolTip().contains(QStringLiteral("frequency rank")));
        QTRY_COMPARE(id->width(), s.rows->table()->verticalHeader()->width());
        const auto tip = [&](const QString& title) {
            return s.rows->table()->model()->headerData(s.column(title), Qt::Horizontal, Qt::ToolTipRole).toString();
        };
        QVERIFY(tip(QStringLiteral("norm")).contains(QStringLiteral("L2 norm")));
        QVERIFY(tip(QStringLiteral("values")).contains(QStringLiteral("dimension 0")));

        // Whose lookups were counted is said, and before that, how to count them.
        const auto listTip = [&] {
            return s.list->model()->index(0, TableListModel::Traffic).data(Qt::ToolTipRole).toString();
        };
        QVERIFY(listTip().contains(QStringLiteral("Count lookups")));
        QVERIFY(test::openDataset(s.session));
        s.session.tables().countTraffic();
        QTRY_VERIFY_WITH_TIMEOUT(s.session.tables().traffic(), test::ShownTables::kWaitMs);
        QTRY_VERIFY(test::textOf(s.page).contains(QStringLiteral("lookups of 20,000 rows of split test")));
        QVERIFY(listTip().contains(QStringLiteral("20,000 rows of split test")));
        QTRY_VERIFY(tip(QStringLiteral("hits")).contains(QStringLiteral("20,000 rows of split test")));
    }

    // As many digits for a small number as for a large one.
    void smallNumbersKeepTheirDigits() {
        QCOMPARE(formatNumber(0.00185214, 5), QStringLiteral("0.0018521"));
        QCOMPARE(formatNumber(-1.25e-9, 3), QStringLiteral("−1.25e−09"));
        QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("c"));
        std::filesystem::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(),
                              std::filesystem::copy_options::recursive);
        QFile file(path + QStringLiteral("/feature_3_part0.npy"));
        constexpr int kDim = 32;
        std::vector<float> row(kDim, 0);
        row[0] = 0.0025F;
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && file.open(QIODevice::ReadWrite) &&
                file.seek(file.size() - kDim * 4));
        QCOMPARE(file.write(reinterpret_cast<const char*>(row.data()), kDim * 4), kDim * 4);
        file.close();
        test::ShownTables s;
        QVERIFY(s.open(path));
        const qint64 last = s.session.model()->spec.tables[3].rows - 1;
        s.choose(3, last);
        QVERIFY(s.settle());
        QTRY_COMPARE(s.cell(static_cast<int>(last - s.rows->firstVisibleRow()), s.column(QStringLiteral("norm"))),
                     QStringLiteral("0.0025000"));
    }

    void pickedRowsAreCopiedAndExported() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.rows->setCurrentRow(2);
        QTableView* grid = s.rows->table();
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, Qt::ControlModifier,
                          grid->visualRect(grid->model()->index(6, 0)).center());
        QCOMPARE(s.rows->selectedRanges().size(), std::size_t(2));
        const auto ids = [](const QString& text, QChar separator) {
            QStringList out;
            for (const QString& line : text.split(QLatin1Char('\n'), Qt::SkipEmptyParts))
                out << line.section(separator, 0, 0);
            return out;
        };
        s.page.rowsTab()->copy();
        QTRY_COMPARE(ids(QGuiApplication::clipboard()->text(), QLatin1Char('\t')),
                     (QStringList{QStringLiteral("id"), QStringLiteral("2"), QStringLiteral("6")}));

        QTest::mouseClick(grid->viewport(), Qt::RightButton, {}, grid->visualRect(grid->model()->index(6, 0)).center());
        Q_EMIT grid->customContextMenuRequested(grid->visualRect(grid->model()->index(6, 0)).center());
        auto* menu = s.page.rowsTab()->findChild<QMenu*>(QString(), Qt::FindDirectChildrenOnly);
        QVERIFY(menu);
        QStringList actions;
        QAction* plain = nullptr;
        for (QAction* action : menu->actions()) {
            const QString text = action->text().remove(QLatin1Char('&'));
            actions << text;
            if (text == QLatin1String("Copy 2 rows")) plain = action;
        }
        for (const char* wanted : {"Copy 2 rows with titles", "Copy 2 rows", "Nearest rows", "Export 2 rows…",
                                   "Export all rows of this view…"})
            QVERIFY2(actions.contains(QString::fromUtf8(wanted)), qPrintable(actions.join(QLatin1Char('|'))));
        plain->trigger();
        menu->close();
        QTRY_COMPARE(ids(QGuiApplication::clipboard()->text(), QLatin1Char('\t')),
                     (QStringList{QStringLiteral("2"), QStringLiteral("6")}));

        QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("rows.csv"));
        QSignalSpy written(&s.session, &Session::exported);
        s.page.rowsTab()->exportTo(path);
        QTRY_COMPARE_WITH_TIMEOUT(written.count(), 1, test::ShownTables::kWaitMs);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(ids(QString::fromUtf8(file.readAll()), QLatin1Char(',')),
                 (QStringList{QStringLiteral("id"), QStringLiteral("2"), QStringLiteral("6")}));
    }

    // A value takes 3 to 15 bytes of text: what the table holds decides, not its shape.
    void theSizeOfAnExportIsThatOfItsText() {
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        QTemporaryDir directory;
        constexpr std::int64_t kRows = 800'000, kDim = 8;
        for (const auto& [name, held, asks] :
             {std::tuple{"zeros.npy", 0.0F, false}, {"digits.npy", 0.12345678F, true}}) {
            const QString path = directory.filePath(QLatin1String(name));
            const std::vector<float> values(static_cast<std::size_t>(kRows * kDim), held);
            const std::int64_t shape[] = {kRows, kDim};
            QVERIFY(writeNpy(path.toStdString(), {NpyKind::Float, 4, false}, shape, std::as_bytes(std::span(values))));
            test::ShownTables s;
            QVERIFY2(s.open(path), name);
            QString question;
            bool where = false;
            QTimer look;
            connect(&look, &QTimer::timeout, &s.page, [&] {
                if (auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget())) {
                    question = box->text();
                    box->button(QMessageBox::No)->click();
                } else if (auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget())) {
                    where = true;
                    dialog->reject();
                }
            });
            look.start(20);
            s.page.rowsTab()->chooseExport(TableRowsTab::Exported::All);
            QTRY_VERIFY2(where || !question.isEmpty(), name);
            QCOMPARE(where, !asks);
            // "123456,0.3491885154475158" and eight times ",0.12345678" are 113 bytes and a line end.
            if (asks)
                QVERIFY2(question.startsWith(QStringLiteral("800,000 rows as text: about 86.")), qPrintable(question));
        }
    }

    // One selected row is a selection; title, menu and message name the number.
    void exportsSayHowManyRowsOfWhichTable() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.choose(20);
        QVERIFY(s.settle());
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        auto* tab = s.page.rowsTab();
        const QString table = QString::fromStdString(s.session.model()->spec.tables[20].name);
        const qint64 all = s.session.model()->spec.tables[20].rows;
        QTemporaryDir directory;
        const auto titleOf = [&](TableRowsTab::Exported what) {
            QString title;
            QTimer look;
            connect(&look, &QTimer::timeout, tab, [&title] {
                auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
                if (!dialog) return;
                title = dialog->windowTitle();
                dialog->reject();
            });
            look.start(20);
            tab->chooseExport(what);
            return title;
        };
        const auto linesOf = [&](TableRowsTab::Exported what) -> qsizetype {
            const QString path = directory.filePath(QStringLiteral("rows.csv"));
            QSignalSpy written(&s.session, &Session::exported);
            tab->exportTo(path, what);
            QFile file(path);
            if ((written.isEmpty() && !written.wait(test::ShownTables::kWaitMs)) || !file.open(QIODevice::ReadOnly))
                return -1;
            return file.readAll().split('\n').size() - 2;  // without the titles
        };
        const auto actions = [&] {
            auto* menu = s.page.findChild<QPushButton*>(QStringLiteral("exportRows"))->menu();
            Q_EMIT menu->aboutToShow();
            QStringList out;
            for (const QAction* action : menu->actions()) out << action->text().remove(QLatin1Char('&'));
            return out;
        };
        QSignalSpy noticed(&s.page, &Page::noticed);
        s.rows->setCurrentRow(-1);
        QCOMPARE(actions(), QStringList{QStringLiteral("Export all rows of this view…")});
        QCOMPARE(titleOf(TableRowsTab::Exported::Selected),
                 QStringLiteral("Export %1 of %2").arg(countedText(all, "row"), table));
        s.rows->setCurrentRow(3);
        QCOMPARE(actions(),
                 (QStringList{QStringLiteral("Export 1 row…"), QStringLiteral("Export all rows of this view…")}));
        QCOMPARE(titleOf(TableRowsTab::Exported::Selected), QStringLiteral("Export 1 row of ") + table);
        QCOMPARE(titleOf(TableRowsTab::Exported::All),
                 QStringLiteral("Export %1 of %2").arg(countedText(all, "row"), table));
        QCOMPARE(linesOf(TableRowsTab::Exported::Selected), 1);
        QCOMPARE(noticed.count(), 1);
        QVERIFY2(noticed[0][0].toString().startsWith(QStringLiteral("1 row written")),
                 qPrintable(noticed[0][0].toString()));
        QCOMPARE(linesOf(TableRowsTab::Exported::All), all);
        QCOMPARE(noticed.count(), 2);
        const QString words = noticed[1][0].toString();
        QVERIFY2(words.startsWith(countedText(all, "row") + QStringLiteral(" written")), qPrintable(words));
    }

    void buttonsSayWhatWasDone() {
        test::ShownTables s;
        QVERIFY(s.open());
        QVERIFY(s.compute({0}));
        QVERIFY(s.button(QStringLiteral("Compute statistics")));  // one table was asked for, not all
        QVERIFY(!s.button(QStringLiteral("Resume statistics")));
        QPushButton* filter = s.button(QStringLiteral("Filter"));
        QVERIFY(filter);
        s.page.rowsTab()->sortBy(RowKey::Norm);
        QVERIFY(s.settle());
        QCOMPARE(filter->text().remove(QLatin1Char('&')), QStringLiteral("Filter"));
        const int width = filter->width();
        auto* bar = s.page.findChild<TableQueryBar*>();
        RowQuery query = bar->query();
        query.norm = ValueRange{0, 1};
        bar->setQuery(query);
        QVERIFY(s.settle());
        QCOMPARE(filter->text().remove(QLatin1Char('&')), QStringLiteral("Filter •"));
        QCOMPARE(filter->width(), width);
    }

    // What one table is sorted and filtered by is not another's, and stands when it comes back.
    void theOrderOfATableComesBackWithIt() {
        test::ShownTables s;
        QVERIFY(s.open());
        s.choose(2);
        QVERIFY(s.compute({2}));
        auto* bar = s.page.findChild<TableQueryBar*>();
        const auto* source = s.page.findChild<TableRowSource*>();
        RowQuery query;
        query.sortBy = RowKey::Norm;
        query.descending = true;
        query.ids = RowRange{1, 20};
        bar->setQuery(query);
        QVERIFY(s.settle());
        QCOMPARE(source->rowCount(), qint64{20});
        s.choose(1);
        QVERIFY(bar->isPlain());
        QVERIFY(s.settle());
        QVERIFY(!source->order());
        s.choose(2);
        QVERIFY(bar->query() == query);
        QVERIFY(s.settle());
        QVERIFY(source->order() && source->order()->table == 2 && source->order()->query == query);
        QCOMPARE(source->rowCount(), qint64{20});
        // Cleared, it stays so.
        bar->clear();
        s.choose(1);
        s.choose(2);
        QVERIFY(s.settle());
        QVERIFY(bar->isPlain() && !source->order());
    }

    void goingToARowPutsItInTheMiddle() {
        test::ShownTables s;
        QVERIFY(s.open());
        auto* box = s.page.findChild<QLineEdit*>(QStringLiteral("goTo"));
        box->setFocus();
        QTest::keyClicks(box, QStringLiteral("400"));
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(s.rows->currentRow(), qint64(400));
        const auto place = static_cast<int>(s.rows->currentRow() - s.rows->firstVisibleRow());
        QVERIFY2(std::abs(2 * place - s.rows->visibleRowCount()) <= 3,
                 qPrintable(QStringLiteral("%1 of %2").arg(place).arg(s.rows->visibleRowCount())));
        s.choose(1);
        QVERIFY(s.settle());
        QVERIFY(box->text().isEmpty());
    }

    // What was asked for before it could be known is shown once it is, and Return asks again for the same numbers.
    void aRefusedFilterIsAppliedOnceItCanBe() {
        test::ShownTables s;
        QVERIFY(s.open() && test::openDataset(s.session));
        TableRowsTab* tab = s.page.rowsTab();
        auto* bar = tab->findChild<TableQueryBar*>();
        const auto* shown = tab->findChild<QLabel*>(QStringLiteral("shownRows"));
        RowQuery query;
        query.hits = ValueRange{10, std::numeric_limits<double>::infinity()};
        QSignalSpy failed(&s.session, &Session::jobFailed);
        bar->setQuery(query);
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, test::ShownTables::kWaitMs);
        QTRY_VERIFY(shown->text().startsWith(QStringLiteral("not ordered: ")));
        QLineEdit* low = nullptr;
        for (QLineEdit* edit : bar->findChildren<QLineEdit*>())
            if (edit->accessibleName() == QLatin1String("Filter from")) low = edit;
        QVERIFY(low);
        // What is exported meanwhile are the rows shown, and is called nothing else.
        s.session.setProgram({QStringLiteral("dlrm-explorer"), QStringLiteral("1.2.3"), QString()});
        QTemporaryDir folder;
        QSignalSpy written(&s.session, &Session::exported);
        const QString path = folder.filePath(QStringLiteral("rows.npy"));
        tab->exportTo(path, TableRowsTab::Exported::All);
        QTRY_COMPARE_WITH_TIMEOUT(written.size(), 1, test::ShownTables::kWaitMs);
        QFile beside(path + QStringLiteral(".json"));
        QVERIFY(beside.open(QIODevice::ReadOnly));
        const QByteArray says = beside.readAll();
        QVERIFY2(says.contains("\"provenance\"") && !says.contains("hits"), says.constData());
        bar->setVisible(true);
        QTest::keyClick(low, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 2, test::ShownTables::kWaitMs);
        test::JobSpy counted(&s.session.tables(), &TableAnalysis::trafficChanged);
        s.session.tables().countTraffic();
        QVERIFY(counted.wait(test::ShownTables::kWaitMs) && s.settle());
        QTRY_VERIFY2(shown->text().contains(QStringLiteral(" of ")) && shown->text().contains(QStringLiteral("hits")),
                     qPrintable(shown->text()));
    }

    // A quantity that is chosen, and cannot be known of what is opened then, is chosen no more.
    void hitsThatAreNotKnownAreNotLeftChosen() {
        TableQueryBar bar;
        bar.setHitsKnown(true);
        QComboBox* quantity = nullptr;
        for (QComboBox* box : bar.findChildren<QComboBox*>())
            if (box->accessibleName() == QLatin1String("Quantity to filter by")) quantity = box;
        QVERIFY(quantity);
        quantity->setCurrentText(QStringLiteral("hits"));
        QCOMPARE(quantity->currentText(), QStringLiteral("hits"));
        QSignalSpy changed(&bar, &TableQueryBar::changed);
        bar.setHitsKnown(false);
        QCOMPARE(quantity->currentText(), QStringLiteral("norm"));
        QCOMPARE(changed.size(), 0);
    }

    void nothingMovesUnderThePointer() {
        test::ShownTables s;
        QVERIFY(s.open());
        const auto top = [&] { return s.rows->table()->mapTo(&s.page, QPoint(0, 0)); };
        QCoreApplication::processEvents();
        const QPoint before = top();
        s.page.rowsTab()->sortBy(RowKey::Norm);
        QVERIFY(s.settle());
        QCoreApplication::processEvents();
        QCOMPARE(top(), before);
        QPushButton* numbers = s.button(QStringLiteral("Numbers"));
        numbers->click();
        QCoreApplication::processEvents();
        QCOMPARE(top(), before);
        numbers->click();

        s.page.showTab(TablesPage::Map);
        QVERIFY(s.settle());
        QComboBox *method = nullptr, *colour = nullptr;
        for (QComboBox* box : s.page.mapTab()->findChildren<QComboBox*>()) {
            if (box->accessibleName() == QLatin1String("Method")) method = box;
            if (box->accessibleName() == QLatin1String("Colour")) colour = box;
        }
        QVERIFY(method && colour);
        QCoreApplication::processEvents();
        const QPoint place = colour->pos();
        for (int i = method->count() - 1; i >= 0; --i) {
            method->setCurrentIndex(i);
            QCoreApplication::processEvents();
            QCOMPARE(colour->pos(), place);
        }
    }

    void toolsOfOneLineHaveOneMiddle() {
        test::ShownTables s;
        QVERIFY(s.open());
        const auto* button = s.page.findChild<QPushButton*>(QStringLiteral("exportRows"));
        QVERIFY(button);
        int others = 0;
        for (const QWidget* tool :
             button->parentWidget()->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
            const QRect at = tool->geometry(), line = button->geometry();
            if (tool == button || !tool->isVisible() || at.bottom() < line.top() || at.top() > line.bottom()) continue;
            QVERIFY2(std::abs(at.center().y() - line.center().y()) <= 1, tool->metaObject()->className());
            ++others;
        }
        QVERIFY(others >= 3);
    }

    // Of another model no pin stays, though its tables look alike; of the same files, read anew, pins have the values
    // of now.
    void pinsAreOfTheOpenModel() {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("model"));
        std::filesystem::copy(test::demoPath("checkpoint").toStdString(), path.toStdString(),
                              std::filesystem::copy_options::recursive);
        test::ShownTables s;
        QVERIFY(s.open(path));
        auto* inspector = qobject_cast<TableInspector*>(s.inspector.get());
        const auto pin = [&](qint64 row) {
            s.choose(0, row);
            const bool settled = s.settle();
            inspector->findChild<QPushButton*>(QStringLiteral("pinRow"))->click();
            return settled;
        };
        QVERIFY(pin(5));
        QFile file(path + QStringLiteral("/feature_0_part0.npy"));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const float other = 9.0F;
        QVERIFY(file.seek(file.size() -
                          (s.session.model()->spec.tables[0].rows - 5) * static_cast<qint64>(32 * sizeof(float))));
        QCOMPARE(file.write(reinterpret_cast<const char*>(&other), sizeof other), qint64{sizeof other});
        file.close();
        test::JobSpy opened(&s.session, &Session::modelOpened);
        s.session.reopen();
        QVERIFY(opened.wait(test::ShownTables::kWaitMs) && s.settle());
        QCOMPARE(inspector->pins()->count(), 1);
        s.choose(0, 5);
        QVERIFY(s.settle());
        QTRY_COMPARE(inspector->pins()->cosines()[0].second, 1.0);
        QVERIFY(inspector->pins()->isPinned(5));

        QVERIFY(s.open(test::demoPath("checkpoint_next")));
        QCOMPARE(inspector->pins()->count(), 0);
        QVERIFY(!inspector->pins()->isVisibleTo(inspector));
    }
};

DLRM_TEST(TestTablesGrid);

}  // namespace tst_tables_grid

#include "tst_tables_grid.moc"
