// SPDX-License-Identifier: Apache-2.0
// dlrm-cli tables: statistics, the contract's keys, untrained ids, traffic.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <span>

#include <fcntl.h>
#include <unistd.h>

#include "tests/cli/cli_process.h"
#include "tests/cli/text_cells.h"
#include "tests/support/npy_bytes.h"
#include "tests/support/test_program.h"

namespace tst_cli_tables {

using namespace dlrm::test;
using nlohmann::json;

namespace {

const QString kTensorflow = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_tensorflow/checkpoint");

json untrainedExpected() {
    std::ifstream in(DLRM_TEST_DATA "/golden/checkpoints/c_tensorflow/expected/untrained_rows.json");
    return json::parse(in);
}

// With a terminal as its stdout, where text may have colours; short answers only, since nobody reads meanwhile.
CliAnswer onTerminal(const QStringList& arguments, const char* noColour) {
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) qFatal("no terminal");
    const int shown = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    auto environment = wide();
    environment.insert("NO_COLOR", noColour);
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setChildProcessModifier([shown] { ::dup2(shown, STDOUT_FILENO); });
    process.start(kCli, arguments);
    CliAnswer answer = finish(process);
    ::close(shown);
    char bytes[4096];
    for (ssize_t n = 0; (n = ::read(terminal, bytes, sizeof bytes)) > 0;)  // fails at the end: none writes any more
        answer.out.append(bytes, static_cast<qsizetype>(n));
    ::close(terminal);
    return answer;
}

}  // namespace

class TestCliTables : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8()); }

    void jsonHasTheContractsKeys() {
        const auto answer = cli({"tables", kTensorflow, "--json"});
        QCOMPARE(answer.code, 0);
        QVERIFY2(answer.err.isEmpty(), answer.err);
        const json tables = answer.json()["tables"];
        QCOMPARE(tables.size(), 5U);
        const json expected = untrainedExpected();
        for (std::size_t t = 0; t < 5; ++t) {
            const json& table = tables[t];
            for (const char* key : {"rows", "dim", "bytes", "nan", "inf", "subnormal"})
                QVERIFY2(table[key].is_number_integer(), key);
            for (const char* key :
                 {"mean", "std", "min", "max", "effective_rank", "stable_rank", "information_abundance"})
                QVERIFY2(table[key].is_number(), key);
            for (const char* key : {"mean", "std", "min", "max", "p01", "p50", "p99"})
                QVERIFY2(table["norm"][key].is_number(), key);
            QCOMPARE(table["singular_values"].size(), 16U);
            QCOMPARE(table["untrained"]["rows"].get<int>(), expected[std::to_string(t)]["untrained"].get<int>());
            QCOMPARE(table["untrained"]["method"].get<std::string>(), std::string("lattice"));
            QVERIFY(!table.contains("traffic"));
        }
    }

    void sameFiguresFromTheCache() {
        const auto first = cli({"tables", kTensorflow, "--json"}), second = cli({"tables", kTensorflow, "--json"});
        QVERIFY(!first.out.isEmpty());
        QVERIFY(lasting(first.json()) == lasting(second.json()));
        QVERIFY(!QDir(m_cache.filePath(QStringLiteral("dlrm-explorer/statistics"))).entryList(QDir::Files).isEmpty());
    }

    void headersOnlyWhenAskedFor() {
        const auto answer = cli({"tables", kTensorflow, "--json", "--no-statistics"});
        QCOMPARE(answer.code, 0);
        QVERIFY(!answer.json()["tables"][0].contains("norm"));
        QVERIFY(cli({"tables", kTensorflow, "--no-statistics"}).out.contains("1,000"));
    }

    void textForPeople() {
        const auto all = cli({"tables", kTensorflow});
        QCOMPARE(all.code, 0);
        QVERIFY(all.out.contains("untrained") && all.out.contains("85.70 %"));
        const auto one = cli({"tables", kTensorflow, "--table", "0"});
        QVERIFY2(one.out.contains("857 of 1,000 rows, bit-exact"), one.out);
        QVERIFY(one.out.contains("█"));
    }

    void writesTheIdsOfUntrainedRows() {
        const QString path = m_cache.filePath(QStringLiteral("ids.npy"));
        QCOMPARE(cli({"tables", kTensorflow, "--table", "2", "--untrained-ids", path}).code, 0);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.contains("'<i8'"));
        const auto expected = untrainedExpected()["2"]["ids"].get<std::vector<std::int64_t>>();
        std::vector<std::int64_t> ids(expected.size());
        const QByteArray body = bytes.right(static_cast<qsizetype>(8 * ids.size()));
        QCOMPARE(bytes.size() % 64, static_cast<qsizetype>(8 * ids.size() % 64));
        std::memcpy(ids.data(), body.constData(), 8 * ids.size());
        QVERIFY(!ids.empty() && ids == expected);
        QVERIFY(cli({"tables", kTensorflow, "--table", "2", "--untrained-ids", path + QStringLiteral(".txt")})
                    .err.startsWith("E-EXPORT-008"));
        QVERIFY(cli({"tables", kTensorflow, "--untrained-ids", path}).err.startsWith("E-CLI-001"));
        QVERIFY(cli({"tables", kTensorflow, "--table", "2", "--no-statistics", "--untrained-ids", path})
                    .err.startsWith("E-CLI-001"));
    }

    void theListOfTheDemoCountsWhatWasNeverTrained() {
        const QByteArray list = cli({"tables", kDemo + "/checkpoint"}).out;
        QVERIFY2(list.contains("\n  26 tables, 20,253 rows, 2.47 MiB: 1,648 untrained rows, no NaN, no infinity\n"),
                 list);
        QCOMPARE(cellOf(list, "cat_0", "untrained") + cellOf(list, "cat_0", "zero"), QString("%·"));
        for (const char* title :
             {"untrained", "zero", "copies", "NaN", "inf"})  // none is a dot, not one 0 more to read
            QCOMPARE(cellOf(list, "cat_1", title), QString("·"));
    }

    void valuesThatAreNotFiniteAreRedOnATerminal() {
        const QTemporaryDir directory;
        copyFiles(kDemo + "/checkpoint", directory.path());
        changeNpy(directory.filePath("feature_9_part0.npy"), [](std::span<float> values) {
            std::fill_n(values.begin() + 320, 3, std::numeric_limits<float>::quiet_NaN());
            values[640] = std::numeric_limits<float>::infinity();
        });
        const QStringList ofTwo{"tables", directory.path(), "--sort", "nan", "--top", "2", "--quiet"};
        const auto coloured = onTerminal(ofTwo, "");
        QCOMPARE(coloured.code, 1);
        const QList<QByteArray> lines = coloured.out.split('\n');
        QVERIFY2(lines.size() > 4 && lines[1].contains(" cat_9 "), coloured.out);
        QVERIFY2(lines[1].contains(" \x1b[31m3\x1b[0m ") && lines[1].contains(" \x1b[31m1\x1b[0m "), lines[1]);
        QVERIFY2(!lines[2].contains('\x1b'), lines[2]);  // a table that has none
        QVERIFY2(coloured.out.contains(", \x1b[31m3 NaN, 1 infinite\x1b[0m"), coloured.out);
        QCOMPARE(coloured.out.count("\x1b[31m"), 3);
        // Neither where colours are not wanted nor in a pipe.
        for (const auto& plain : {onTerminal(ofTwo, "1"), cli(ofTwo)}) {
            QCOMPARE(plain.code, 1);
            QVERIFY2(plain.out.contains("3 NaN, 1 infinite") && !plain.out.contains('\x1b'), plain.out);
            QCOMPARE(cellOf(plain.out, "cat_9", "NaN") + cellOf(plain.out, "cat_9", "inf"), QString("31"));
        }
    }

    // Tables that were cast do not tell: that is not "none".
    void whatNoTableTellsIsNotCountedAsNone() {
        const QString half = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_fp16/checkpoint");
        const auto text = cli({"tables", half});
        QVERIFY2(text.out.contains(": untrained rows unknown, no NaN") && !text.out.contains("0 untrained"), text.out);
        QVERIFY(cli({"tables", kTensorflow}).out.contains(" untrained row"));
    }

    void joinsADataset() {
        const auto answer = cli({"tables", kTensorflow, "--data", kDataset, "--json"});
        QVERIFY2(answer.code == 0, answer.err);
        const json all = answer.json();
        QCOMPARE(all["traffic"]["rows"].get<int>(), 1000);
        double shares = 0, untrained = 0;
        for (const json& table : all["tables"]) {
            QCOMPARE(table["traffic"]["lookups"].get<int>(), 1000);
            shares += table["traffic"]["lookups_share"].get<double>();
            untrained += table["traffic"]["untrained_share"].get<double>();
            QVERIFY(table["traffic"]["effective_rank"].is_number());
        }
        QVERIFY(std::abs(shares - 1) < 1e-12);
        QVERIFY(std::abs(all["traffic"]["untrained"]["lookups_share"].get<double>() - untrained / 5) < 1e-12);
        QVERIFY(cli({"tables", kTensorflow, "--data", kDataset}).out.contains("hit untrained rows"));
        QCOMPARE(cli({"tables", kTensorflow, "--data", kDataset, "--json", "--table", "1"})
                     .json()["tables"][0]["traffic"]["lookups"]
                     .get<int>(),
                 1000);
    }

private:
    QTemporaryDir m_cache;
};

DLRM_TEST(TestCliTables);

}  // namespace tst_cli_tables

#include "tst_cli_tables.moc"
