// SPDX-License-Identifier: Apache-2.0
// dlrm-cli neighbors against scores computed here from the rows that dlrm-cli rows prints.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"

namespace tst_cli_neighbors {

using namespace dlrm::test;

namespace {

using Rows = std::vector<std::vector<float>>;

Rows rowsOf(int table, int rows) {
    Rows out;
    const auto json = cli({"rows", kCheckpoint, "--table", QString::number(table), "--ids",
                           QStringLiteral("0-%1").arg(rows - 1), "--json"})
                          .json();
    for (const auto& row : json["rows"]) out.push_back(row["values"].get<std::vector<float>>());
    return out;
}

double score(const QString& metric, const std::vector<float>& a, const std::vector<float>& b) {
    double dot = 0, aa = 0, bb = 0, squares = 0;
    for (std::size_t c = 0; c < a.size(); ++c) {
        dot += double(a[c]) * b[c];
        aa += double(a[c]) * a[c];
        bb += double(b[c]) * b[c];
        squares += (double(a[c]) - b[c]) * (double(a[c]) - b[c]);
    }
    return metric == QLatin1String("dot")  ? dot
           : metric == QLatin1String("l2") ? std::sqrt(squares)
                                           : dot / (std::sqrt(aa) * std::sqrt(bb));
}

CliAnswer neighbors(const QStringList& more) { return cli(QStringList{"neighbors", kCheckpoint} + more); }

}  // namespace

class TestCliNeighbors : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sameAsTheRowsSay_data() {
        QTest::addColumn<QString>("metric");
        for (const char* metric : {"cosine", "dot", "l2"}) QTest::newRow(metric) << QString::fromLatin1(metric);
    }
    void sameAsTheRowsSay() {
        QFETCH(QString, metric);
        const Rows rows = rowsOf(2, 300);
        QCOMPARE(rows.size(), std::size_t{300});
        const auto answer = neighbors({"--table", "2", "--id", "17", "--metric", metric, "-k", "25", "--json"});
        QCOMPARE(answer.code, 0);
        const auto json = answer.json();
        QCOMPARE(json["metric"].get<std::string>(), metric.toStdString());
        QCOMPARE(json["id"].get<int>(), 17);
        std::vector<std::pair<double, int>> expected;
        for (int r = 0; r < 300; ++r)
            if (r != 17)
                expected.emplace_back((metric == QLatin1String("l2") ? 1 : -1) *
                                          score(metric, rows[17], rows[static_cast<std::size_t>(r)]),
                                      r);
        std::sort(expected.begin(), expected.end());
        QCOMPARE(json["neighbors"].size(), std::size_t{25});
        for (std::size_t n = 0; n < 25; ++n) {
            QCOMPARE(json["neighbors"][n]["id"].get<int>(), expected[n].second);
            QCOMPARE(json["neighbors"][n]["score"].get<double>(),
                     std::abs(expected[n].first) * (metric != QLatin1String("l2") && expected[n].first > 0 ? -1 : 1));
        }
    }
    void tenByCosineUnlessAsked() {
        const auto json = neighbors({"--table", "0", "--id", "3", "--json"}).json();
        QCOMPARE(json["metric"].get<std::string>(), std::string("cosine"));
        QCOMPARE(json["neighbors"].size(), std::size_t{10});
        for (const auto& neighbor : json["neighbors"]) QVERIFY(neighbor["id"].get<int>() != 3);
    }
    void severalRowsAtOnce() {
        const auto together = neighbors({"--table", "0", "--ids", "5,2-3", "-k", "4", "--json"}).json();
        QCOMPARE(together["queries"].size(), std::size_t{3});
        for (const auto& query : together["queries"]) {
            const auto alone =
                neighbors({"--table", "0", "--id", QString::number(query["id"].get<int>()), "-k", "4", "--json"})
                    .json();
            QVERIFY(alone["neighbors"] == query["neighbors"]);
        }
    }
    // Whoever reads "queries" need not know how many were asked for.
    void oneRowIsAmongTheQueriesToo() {
        for (const char* option : {"--id", "--ids"}) {
            const auto one = neighbors({"--table", "0", option, "5", "-k", "4", "--json"}).json();
            QVERIFY2(one.contains("queries") && one["queries"].is_array(), option);
            QCOMPARE(one["queries"].size(), std::size_t{1});
            const auto& query = one["queries"][0];
            QCOMPARE(query["id"].get<int>(), 5);
            QCOMPARE(query["neighbors"].size(), std::size_t{4});
            for (const char* key : {"id", "norm", "neighbors"}) QVERIFY2(query[key] == one[key], key);
        }
    }
    void smallTablesHaveFewer() {
        QCOMPARE(neighbors({"--table", "3", "--id", "0", "--json"}).json()["neighbors"].size(), std::size_t{2});
    }
    void textListsRankIdScoreAndNorm() {
        const auto answer = neighbors({"--table", "0", "--id", "3", "-k", "3"});
        QCOMPARE(answer.code, 0);
        for (const char* word : {"rank", "id", "cosine", "norm", "row 3"}) QVERIFY2(answer.out.contains(word), word);
        QCOMPARE(answer.out.count('\n'), 6);
    }
    void dictionaryNamesTheCategories() {
        const QStringList demo{
            "neighbors",    kDemo + "/checkpoint", "--table", "9", "--id", "5", "--data", kDemo + "/raw_rows.tsv",
            "--dictionary", kDemo + "/dictionary"};
        const auto json = cli(demo + QStringList{"--json"}).json();
        QCOMPARE(json["hex"].get<std::string>().size(), std::size_t{8});
        for (const auto& neighbor : json["neighbors"])
            QVERIFY(neighbor["id"].get<int>() == 0 ? neighbor["hex"].is_null()
                                                   : neighbor["hex"].get<std::string>().size() == 8);
        QVERIFY(cli(demo).out.contains(QByteArray::fromStdString(json["hex"].get<std::string>())));
    }
    void errors_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("table") << QStringList{"--table", "26", "--id", "0"} << QByteArray("E-ENGINE-001");
        QTest::newRow("row") << QStringList{"--table", "1", "--id", "7"} << QByteArray("E-ENGINE-002");
        QTest::newRow("metric") << QStringList{"--table", "1", "--id", "0", "--metric", "hamming"}
                                << QByteArray("E-KNN-004");
        QTest::newRow("k") << QStringList{"--table", "1", "--id", "0", "-k", "0"} << QByteArray("E-KNN-001");
        QTest::newRow("id") << QStringList{"--table", "1", "--id", "x"} << QByteArray("E-CLI-003");
        QTest::newRow("too many ids") << QStringList{"--table", "1", "--id", "0-9223372036854775806"}
                                      << QByteArray("E-CLI-004");
        QTest::newRow("no id") << QStringList{"--table", "1"} << QByteArray("E-CLI-001");
    }
    void errors() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, code);
        const auto answer = neighbors(arguments);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith(code + ": "), answer.err);
        QVERIFY2(answer.err.contains("what to do: "), answer.err);
        QVERIFY(answer.out.isEmpty());
    }
};

DLRM_TEST(TestCliNeighbors);

}  // namespace tst_cli_neighbors

#include "tst_cli_neighbors.moc"
