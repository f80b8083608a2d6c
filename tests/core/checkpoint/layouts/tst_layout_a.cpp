// SPDX-License-Identifier: Apache-2.0
// Layout A beyond the golden samples: several ranks, equal cardinalities, tables split by columns, prefixes.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/parts/rank_files.h"
#include "tests/core/checkpoint/checkpoint_maker.h"
#include "tests/support/test_program.h"

namespace tst_layout_a {

using namespace dlrm;

namespace {

CheckpointOptions optionsOf(const TestModel& model) {
    CheckpointOptions options;
    options.cardinalities = model.cardinalities;
    options.numericalFeatures = 13;
    return options;
}

// Every value of every table, in feature order.
bool tablesAreRight(const Checkpoint& checkpoint, const TestModel& model) {
    std::vector<float> row(static_cast<std::size_t>(model.dim));
    for (std::size_t f = 0; f < model.cardinalities.size(); ++f) {
        const TableView& table = checkpoint.tables()[f];
        if (table.rows() != model.cardinalities[f] || table.dim() != model.dim) return false;
        for (std::int64_t r = 0; r < table.rows(); ++r) {
            table.copyRow(r, row);
            for (std::int64_t c = 0; c < model.dim; ++c)
                if (row[static_cast<std::size_t>(c)] != tableValue(static_cast<int>(f), r, c)) return false;
        }
    }
    return true;
}

}  // namespace

class TestLayoutA : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesAreTakenApart_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("expected");  // prefix|rank|kind|layer|column|part; empty: no name of layout A
        QTest::newRow("first table") << "ckpt_rank_0_bottom_model_embedding_embedding_table_0_0.npy"
                                     << "ckpt|0|0|0|0|0";
        QTest::newRow("later table and part") << "ckpt_rank_12_bottom_model_embedding_25_embedding_table_0_10.npy"
                                              << "ckpt|12|0|25|0|10";
        QTest::newRow("column chunk") << "c_rank_0_bottom_model_split_embedding_3_embedding_table_chunk_15_0_2.npy"
                                      << "c|0|0|3|15|2";
        QTest::newRow("bottom kernel") << "ckpt_rank_0_bottom_model_1_dense_kernel_0_0.npy"
                                       << "ckpt|0|1|0|0|0";
        QTest::newRow("data parallel bottom bias") << "ckpt_rank_3_bottom_mlp_dense_2_bias_0_0.npy"
                                                   << "ckpt|3|2|2|0|0";
        QTest::newRow("top kernel") << "ckpt_rank_0_top_model_dense_7_kernel_0_0.npy"
                                    << "ckpt|0|3|7|0|0";
        QTest::newRow("name of the model in front") << "ckpt_rank_0_dlrm_bottom_model_embedding_embedding_table_0_0.npy"
                                                    << "ckpt|0|0|0|0|0";
        QTest::newRow("odd prefix") << "my_rank_5_model_rank_1_top_model_dense_bias_0_0.npy"
                                    << "my_rank_5_model|1|4|0|0|0";
        QTest::newRow("empty prefix") << "_rank_0_top_model_dense_bias_0_0.npy"
                                      << "|0|4|0|0|0";
        QTest::newRow("no rank") << "ckpt_bottom_model_embedding_embedding_table_0_0.npy"
                                 << "";
        QTest::newRow("rank is no number") << "ckpt_rank_x_bottom_model_embedding_embedding_table_0_0.npy"
                                           << "";
        QTest::newRow("leading zero") << "ckpt_rank_00_bottom_model_embedding_embedding_table_0_0.npy"
                                      << "";
        QTest::newRow("dense layer in parts") << "ckpt_rank_0_top_model_dense_7_kernel_0_1.npy"
                                              << "";
        QTest::newRow("other variable") << "ckpt_rank_0_top_model_dense_7_gamma_0_0.npy"
                                        << "";
        QTest::newRow("layout C") << "feature_0_part0.npy"
                                  << "";
    }
    void namesAreTakenApart() {
        QFETCH(QString, name);
        QFETCH(QString, expected);
        const auto f = parseRankFileName(name.toStdString());
        QCOMPARE(f.has_value(), !expected.isEmpty());
        if (f)
            QCOMPARE(QString("%1|%2|%3|%4|%5|%6")
                         .arg(QString::fromStdString(f->prefix))
                         .arg(f->rank)
                         .arg(static_cast<int>(f->kind))
                         .arg(f->layer)
                         .arg(f->column)
                         .arg(f->part),
                     expected);
    }

    void equalCardinalitiesKeepFeatureOrder() {
        QTemporaryDir dir;
        const TestModel model;  // features 1 and 3 have 7 rows
        writeLayoutA(dir.filePath("ckpt").toStdString(), model, {{2, 0, 1, 3}});
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), optionsOf(model));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        QVERIFY(tablesAreRight(**checkpoint, model));
        QCOMPARE((*checkpoint)->spec().interactionTableOrder, (std::vector<int>{2, 0, 1, 3}));
        QVERIFY(QString::fromStdString((*checkpoint)->spec().tableOrderNote).contains("cat_1 = cat_3 (7 rows)"));
        QCOMPARE((*checkpoint)->spec().topMlp[0].paddingInputs, std::int64_t{2});
        QCOMPARE((*checkpoint)->spec().bottomMlp[0].paddingInputs, std::int64_t{3});
    }

    void tablesOfSeveralRanksAreOneModel_data() {
        QTest::addColumn<int>("bottomRanks");
        QTest::newRow("bottom MLP on rank 0") << 1;
        QTest::newRow("bottom MLP on every rank") << 2;
    }
    void tablesOfSeveralRanksAreOneModel() {
        QFETCH(int, bottomRanks);
        QTemporaryDir dir;
        const TestModel model;
        // 300 → rank 0; 50, 7 → the smaller bucket, then full; 7 → rank 0: full buckets come first.
        writeLayoutA(dir.filePath("ckpt").toStdString(), model, {{0, 1}, {2, 3}}, bottomRanks);
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), optionsOf(model));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        QVERIFY(tablesAreRight(**checkpoint, model));
        QCOMPARE((*checkpoint)->spec().interactionTableOrder, (std::vector<int>{0, 1, 2, 3}));
        QCOMPARE((*checkpoint)->spec().topMlp.size(), std::size_t{2});
        QVERIFY(QString::fromStdString((*checkpoint)->spec().layoutDescription).contains("2 GPUs"));
    }

    void theFirstOfManyRanksMayHaveNoTable() {
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutA(dir.filePath("ckpt").toStdString(), model, {{}, {2}, {0}, {1}, {3}});
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), optionsOf(model));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        QVERIFY(tablesAreRight(**checkpoint, model));
        QCOMPARE((*checkpoint)->spec().interactionTableOrder, (std::vector<int>{2, 0, 1, 3}));
    }

    void tablesSplitByColumnsOverRanksAreJoined_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("chunks");
        QTest::newRow("2 ranks") << 2 << 0;
        QTest::newRow("4 ranks") << 4 << 0;
        QTest::newRow("2 ranks of 2 chunks") << 2 << 2;
        QTest::newRow("1 rank of 4 chunks") << 1 << 4;
    }
    void tablesSplitByColumnsOverRanksAreJoined() {
        QFETCH(int, ranks);
        QFETCH(int, chunks);
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutAByColumns(dir.filePath("ckpt").toStdString(), model, ranks, chunks);
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), optionsOf(model));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        QVERIFY(tablesAreRight(**checkpoint, model));
        QCOMPARE((*checkpoint)->spec().interactionTableOrder, (std::vector<int>{0, 1, 2, 3}));
    }

    void withoutADatasetTheNumberingStays() {
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutA(dir.filePath("ckpt").toStdString(), model, {{2, 0, 1, 3}});
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY(checkpoint);
        QVERIFY(!(*checkpoint)->spec().tableOrderKnown);
        QCOMPARE((*checkpoint)->tables()[0].rows(), std::int64_t{300});
        QCOMPARE((*checkpoint)->spec().tables[0].name, std::string("table_0"));
    }

    void aGivenTableOrderSettlesWhatIsAmbiguous() {
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutA(dir.filePath("ckpt").toStdString(), model, {{1, 2, 3, 0}});
        CheckpointOptions options = optionsOf(model);
        const auto refused = Checkpoint::open(dir.path().toStdString(), options);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("E-CKPT-021"));
        options.tableOrder = {1, 2, 3, 0};
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), options);
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        QVERIFY(tablesAreRight(**checkpoint, model));
        options.tableOrder = {2, 1, 3, 0};
        const auto wrong = Checkpoint::open(dir.path().toStdString(), options);
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().code, std::string("E-CKPT-020"));
    }

    void severalPrefixesNeedAPathWithOne() {
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutA(dir.filePath("epoch1").toStdString(), model, {{2, 0, 1, 3}});
        writeLayoutA(dir.filePath("epoch2").toStdString(), model, {{2, 0, 1, 3}});
        const auto both = Checkpoint::open(dir.path().toStdString(), optionsOf(model));
        QVERIFY(!both);
        QCOMPARE(both.error().code, std::string("E-CKPT-007"));
        const auto one = Checkpoint::open(dir.filePath("epoch2").toStdString(), optionsOf(model));
        QVERIFY2(one.has_value(), one ? "" : one.error().text().c_str());
        QVERIFY(tablesAreRight(**one, model));
        QVERIFY(QString::fromStdString((*one)->spec().tables[2].file).startsWith("epoch2_rank_0_"));
    }

    void incompleteRanksAreRefused_data() {
        QTest::addColumn<QString>("removed");
        QTest::addColumn<QString>("code");
        QTest::newRow("table") << "r_rank_0_bottom_model_embedding_embedding_table_0_0.npy"
                               << "E-CKPT-010";
        QTest::newRow("part in the middle") << "r_rank_1_bottom_model_embedding_embedding_table_0_1.npy"
                                            << "E-CKPT-011";
        QTest::newRow("first bottom layer's kernel") << "r_rank_0_bottom_model_1_dense_kernel_0_0.npy"
                                                     << "E-CKPT-012";
        QTest::newRow("bottom bias") << "r_rank_0_bottom_model_1_dense_1_bias_0_0.npy"
                                     << "E-CKPT-012";
        QTest::newRow("top kernel of rank 0") << "r_rank_0_top_model_dense_2_kernel_0_0.npy"
                                              << "E-CKPT-012";
        QTest::newRow("top kernel of rank 1") << "r_rank_1_top_model_dense_kernel_0_0.npy"
                                              << "E-CKPT-012";
        QTest::newRow("last top layer of rank 1") << "r_rank_1_top_model_dense_1_*.npy"
                                                  << "E-CKPT-028";
        QTest::newRow("a whole rank") << "r_rank_0_*"
                                      << "E-CKPT-034";
    }
    void incompleteRanksAreRefused() {
        QFETCH(QString, removed);
        QFETCH(QString, code);
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutA(dir.filePath("r").toStdString(), model, {{0, 1}, {2, 3}});
        const QStringList files = QDir(dir.path()).entryList({removed}, QDir::Files);
        QVERIFY(!files.isEmpty());
        for (const QString& file : files) QVERIFY(QFile::remove(dir.filePath(file)));
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY(!checkpoint);
        QCOMPARE(QString::fromStdString(checkpoint.error().code), code);
    }

    void ranksWithOtherShapesAreRefused() {
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutA(dir.filePath("r").toStdString(), model, {{0, 1}, {2, 3}});
        writeArray(dir.filePath("r_rank_1_top_model_dense_kernel_0_0.npy").toStdString(),
                   {model.topInputs() + 1, model.hidden});
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY(!checkpoint);
        QCOMPARE(checkpoint.error().code, std::string("E-CKPT-028"));
    }

    void aTensorUnderTwoNamesIsRefused() {
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutA(dir.filePath("r").toStdString(), model, {{2, 0, 1, 3}});
        QVERIFY(QFile::copy(dir.filePath("r_rank_0_bottom_model_1_dense_bias_0_0.npy"),
                            dir.filePath("r_rank_0_bottom_model_dense_bias_0_0.npy")));
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY(!checkpoint);
        QCOMPARE(checkpoint.error().code, std::string("E-CKPT-031"));
    }
};

DLRM_TEST(TestLayoutA);

}  // namespace tst_layout_a

#include "tst_layout_a.moc"
