// SPDX-License-Identifier: Apache-2.0
// The list of tables: the rules of item models, and sorting.
#include <QAbstractItemModelTester>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/test_program.h"
#include "ui/models/share_bar_delegate.h"
#include "ui/models/table_list_model.h"
#include "ui/widgets/theme.h"

namespace tst_table_list_model {

using dlrm::ModelSpec;
using dlrm::TableSpec;
using dlrm::ui::ShareBarDelegate;
using dlrm::ui::TableListModel;
using dlrm::ui::Theme;

namespace {

ModelSpec specWith(const std::vector<std::int64_t>& rows) {
    ModelSpec spec;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        TableSpec t;
        t.name = "cat_" + std::to_string(i);
        t.rows = rows[i];
        t.dim = 128;
        t.bytes = rows[i] * 512;
        spec.tables.push_back(t);
    }
    return spec;
}

std::vector<int> order(const TableListModel& model) {
    std::vector<int> tables;
    for (int row = 0; row < model.rowCount(); ++row) tables.push_back(model.tableAt(row));
    return tables;
}

}  // namespace

class TestTableListModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsTheRulesOfItemModels();
    void sortsByNumbersNotByText();
    void tiesKeepFeatureOrder();
    void persistentIndexesFollowTheirTable();
    void newSpecKeepsTheSorting();
    void onlyTheSortedColumnsTitleHasAnArrow();
    void statisticsFillTheirColumnsAndSort();
    void aSmallShareIsNotNothing();
    void aBarStandsBesideItsNumber();
};

void TestTableListModel::keepsTheRulesOfItemModels() {
    TableListModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSpec(specWith({5, 3, 9}));
    model.sort(TableListModel::Rows, Qt::DescendingOrder);
    model.setSpec({});
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.tableAt(0), -1);
    QCOMPARE(model.rowOf(0), -1);
}

void TestTableListModel::sortsByNumbersNotByText() {
    TableListModel model;
    model.setSpec(specWith({9, 10, 1'000'000, 200, 3, 4, 5, 6, 7, 8, 11}));
    model.sort(TableListModel::Rows, Qt::AscendingOrder);
    QCOMPARE(order(model), (std::vector<int>{4, 5, 6, 7, 8, 9, 0, 1, 10, 3, 2}));
    model.sort(TableListModel::Size, Qt::DescendingOrder);
    QCOMPARE(model.tableAt(0), 2);
    model.sort(TableListModel::Name, Qt::AscendingOrder);
    QCOMPARE(order(model), (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

void TestTableListModel::tiesKeepFeatureOrder() {
    TableListModel model;
    model.setSpec(specWith({4, 7, 4, 4}));
    model.sort(TableListModel::Rows, Qt::DescendingOrder);
    QCOMPARE(order(model), (std::vector<int>{1, 0, 2, 3}));
}

void TestTableListModel::persistentIndexesFollowTheirTable() {
    TableListModel model;
    model.setSpec(specWith({4, 7, 1}));
    const QPersistentModelIndex second(model.index(1, TableListModel::Rows));
    model.sort(TableListModel::Rows, Qt::AscendingOrder);
    QCOMPARE(model.tableAt(second.row()), 1);
    QCOMPARE(second.row(), 2);
    QCOMPARE(second.column(), static_cast<int>(TableListModel::Rows));
}

void TestTableListModel::newSpecKeepsTheSorting() {
    TableListModel model;
    model.setSpec(specWith({1, 2}));
    model.sort(TableListModel::Rows, Qt::DescendingOrder);
    model.setSpec(specWith({5, 9, 7}));
    QCOMPARE(order(model), (std::vector<int>{1, 2, 0}));
}

void TestTableListModel::onlyTheSortedColumnsTitleHasAnArrow() {
    TableListModel model;
    model.setSpec(specWith({5, 3, 9}));
    QSignalSpy changed(&model, &TableListModel::headerDataChanged);
    const auto titles = [&model] {
        QStringList out;
        for (int c = 0; c < TableListModel::ColumnCount; ++c)
            out << model.headerData(c, Qt::Horizontal, Qt::DisplayRole).toString();
        return out;
    };
    const QStringList plain{QStringLiteral("Table"),          QStringLiteral("Rows"),
                            QStringLiteral("Size"),           QStringLiteral("Mean norm"),
                            QStringLiteral("Untrained"),      QStringLiteral("Not finite"),
                            QStringLiteral("Effective rank"), QStringLiteral("Ids hit"),
                            QStringLiteral("Untrained hits"), QStringLiteral("Share of bytes")};
    QStringList expected = plain;
    expected[TableListModel::Name] += QStringLiteral(" ▴");
    QCOMPARE(titles(), expected);
    model.sort(TableListModel::Size, Qt::DescendingOrder);
    expected = plain;
    expected[TableListModel::Size] += QStringLiteral(" ▾");
    QCOMPARE(titles(), expected);
    QCOMPARE(changed.count(), 1);
}

void TestTableListModel::statisticsFillTheirColumnsAndSort() {
    TableListModel model;
    model.setSpec(specWith({10, 20, 30}));
    QVERIFY(!model.isKnown(TableListModel::Untrained));
    const auto statistics = [](double norm, std::int64_t untrained, std::int64_t rows) {
        auto s = std::make_shared<dlrm::TableStatistics>();
        s->norms.mean = norm;
        s->norms.histogram = {1, 15, 0, 3};
        s->untrained.rows = rows;
        s->untrained.count = untrained;
        return s;
    };
    model.setStatistics(0, statistics(1.5, 9, 10));
    model.setStatistics(2, statistics(0.5, 3, 30));
    QVERIFY(model.isKnown(TableListModel::Untrained));
    QCOMPARE(model.index(0, TableListModel::Untrained).data().toString(), QStringLiteral("90.0\u00a0%"));
    QCOMPARE(model.index(1, TableListModel::Untrained).data().toString(), QStringLiteral("–"));
    const auto bold = [&](int row) {
        return model.index(row, TableListModel::Untrained).data(Qt::FontRole).value<QFont>().bold();
    };
    QVERIFY(bold(0) && !bold(1) && !bold(2));
    QCOMPARE(model.index(0, TableListModel::Norm).data(TableListModel::HistogramRole).toList(),
             (QVariantList{0.25, 1.0, 0.0, 0.5}));
    QCOMPARE(model.index(0, TableListModel::Norm).data().toString(), QStringLiteral("1.50"));
    model.setStatistics(1, statistics(0.004539, 0, 20));
    QCOMPARE(model.index(1, TableListModel::Norm).data().toString(), QStringLiteral("0.00454"));
    model.setStatistics(1, nullptr);
    QVERIFY(!model.index(1, TableListModel::Norm).data(TableListModel::HistogramRole).isValid());
    // What is not known stands last, whichever way one sorts.
    model.sort(TableListModel::Norm, Qt::AscendingOrder);
    QCOMPARE(order(model), (std::vector<int>{2, 0, 1}));
    model.sort(TableListModel::Norm, Qt::DescendingOrder);
    QCOMPARE(order(model), (std::vector<int>{0, 2, 1}));
    auto traffic = std::make_shared<dlrm::Traffic>();
    traffic->tables.resize(3);
    traffic->tables[1].distinct = 5;
    model.setTraffic(traffic, nullptr);
    QCOMPARE(model.index(2, TableListModel::Traffic).data().toString(), QStringLiteral("25.0\u00a0%"));
    QVERIFY(!model.isKnown(TableListModel::UntrainedHits));
}

void TestTableListModel::aSmallShareIsNotNothing() {
    TableListModel model;
    model.setSpec(specWith({1'000'000, 4}));
    QCOMPARE(model.index(0, TableListModel::Share).data().toString(), QStringLiteral("100.0\u00a0%"));
    QCOMPARE(model.index(1, TableListModel::Share).data().toString(), QStringLiteral("< 0.1\u00a0%"));
}

// In a wide column it would read as the bar of the column before.
void TestTableListModel::aBarStandsBesideItsNumber() {
    TableListModel model;
    model.setSpec(specWith({5, 3, 9}));
    QStyleOptionViewItem option;
    option.rect = QRect(0, 0, 900, 24);
    option.font = Theme::instance().monospace();
    option.fontMetrics = QFontMetrics(option.font);
    QImage image(option.rect.size(), QImage::Format_RGB32);
    const auto reach = [&](int row) {  // the leftmost pixel that is not the background's
        image.fill(Qt::white);
        QPainter painter(&image);
        ShareBarDelegate().paint(&painter, option, model.index(row, TableListModel::Share));
        painter.end();
        int left = image.width();
        for (int x = image.width() - 1; x >= 0; --x)
            if (image.pixelColor(x, image.height() / 2) != QColor(Qt::white)) left = x;
        return left;
    };
    const int largest = reach(2), smallest = reach(1);
    QVERIFY2(largest > 600 && largest < 850, qPrintable(QString::number(largest)));
    QCOMPARE(smallest, largest);  // all begin at one line
}

DLRM_TEST(TestTableListModel);

}  // namespace tst_table_list_model

#include "tst_table_list_model.moc"
