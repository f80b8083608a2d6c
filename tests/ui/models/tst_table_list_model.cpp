// SPDX-License-Identifier: Apache-2.0
// The list of tables: the rules of item models, and sorting.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "ui/models/table_list_model.h"

using dlrm::ModelSpec;
using dlrm::TableSpec;
using dlrm::ui::TableListModel;

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
        for (int c = 0; c < TableListModel::ColumnCount; ++c) out << model.headerData(c, Qt::Horizontal, Qt::DisplayRole).toString();
        return out;
    };
    QCOMPARE(titles(), (QStringList{QStringLiteral("Table ▴"), QStringLiteral("Rows"), QStringLiteral("Size"), QStringLiteral("Share")}));
    model.sort(TableListModel::Size, Qt::DescendingOrder);
    QCOMPARE(titles(), (QStringList{QStringLiteral("Table"), QStringLiteral("Rows"), QStringLiteral("Size ▾"), QStringLiteral("Share")}));
    QCOMPARE(changed.count(), 1);
}

QTEST_MAIN(TestTableListModel)
#include "tst_table_list_model.moc"
