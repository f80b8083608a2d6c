// SPDX-License-Identifier: Apache-2.0
// dlrm-cli evaluate --state and merge: states of shards give what one run over all rows gives, and what does not belong
// together is refused by name.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <random>

#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"

namespace tst_merge {

using namespace dlrm::test;
using nlohmann::json;

namespace {

const QString kModel = kDemo + "/checkpoint";
const QStringList kData{"--data", kDemo + "/dataset"};
constexpr int kRows = 20'000;  // of the demo

// Every digit of a result, without where it comes from and how long it took.
QByteArray figuresOf(const CliAnswer& answer) { return QByteArray::fromStdString(lasting(answer.json()).dump(2)); }

QByteArray readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestMerge : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    QStringList m_shards;  // of all rows, not in their order

    QString at(const QString& name) const { return m_dir.filePath(name); }
    // Evaluates and saves; fails the test where it cannot.
    QString saved(const QString& name, const QString& rows, const QStringList& more = {}, const QString& model = kModel,
                  const QStringList& data = kData) const {
        const auto answer =
            cli(QStringList{"evaluate", model, "--rows", rows, "--state", at(name), "--quiet"} + data + more);
        if (answer.code != 0) qFatal("%s", answer.err.constData());
        return at(name);
    }
    static QStringList merge(const QStringList& states, const QStringList& more = {}) {
        return QStringList{"merge"} + states + QStringList{"--quiet"} + more;
    }
    void isRefused(const QStringList& states, const QByteArray& code, const QByteArray& words) {
        const auto answer = cli(merge(states));
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith(code + ": "), answer.err);
        QVERIFY2(answer.err.contains(words) && answer.err.contains("what to do: "), answer.err);
        QVERIFY(answer.out.isEmpty());
    }

private Q_SLOTS:
    void initTestCase() {
        const int ends[] = {1, 700, 701, 2'048, 6'000, 19'500, kRows};
        int first = 0;
        for (const int end : ends) {
            const QString rows =
                end - first == 1 ? QString::number(first) : QStringLiteral("%1-%2").arg(first).arg(end - 1);
            m_shards << saved(QStringLiteral("shard_%1.h5").arg(first), rows);
            first = end;
        }
        std::shuffle(m_shards.begin(), m_shards.end(), std::mt19937(7));
    }

    void shardsInAnyOrderGiveEveryDigitOfOneRun() {
        const auto whole = cli(QStringList{"evaluate", kModel, "--json", "--quiet"} + kData);
        QCOMPARE(whole.code, 0);
        std::mt19937 random(11);
        for (int round = 0; round < 3; ++round) {
            std::shuffle(m_shards.begin(), m_shards.end(), random);
            const auto merged = cli(merge(m_shards, {"--json"}));
            QVERIFY2(merged.code == 0, merged.err);
            QCOMPARE(figuresOf(merged), figuresOf(whole));
        }
        QVERIFY(figuresOf(whole).contains("auc_ci"));
    }

    void aMergedResultHasTheKeysOfOneRun() {
        const json whole = cli(QStringList{"evaluate", kModel, "--json", "--quiet"} + kData).json(),
                   merged = cli(merge(m_shards, {"--json"})).json();
        const auto keys = [](const json& object) {
            QByteArrayList out;
            for (const auto& entry : object.items()) out << QByteArray::fromStdString(entry.key());
            return out;
        };
        QCOMPARE(keys(merged), keys(whole));
        QCOMPARE(keys(merged["provenance"]), keys(whole["provenance"]));
        for (const char* key : {"checkpoint", "fingerprint", "layout", "dataset", "split", "format", "profile",
                                "reading", "interaction", "backend", "table_precision", "version"})
            QCOMPARE(QByteArray::fromStdString(merged["provenance"][key].dump()),
                     QByteArray::fromStdString(whole["provenance"][key].dump()));
        QVERIFY(QByteArray::fromStdString(merged["provenance"]["command"].get<std::string>())
                    .startsWith("dlrm-cli merge "));
        // The time of all runs together.
        double seconds = 0;
        for (const QString& shard : m_shards)
            seconds += cli(merge({shard}, {"--allow-gaps", "--json"})).json()["seconds"].get<double>();
        QVERIFY(std::abs(merged["seconds"].get<double>() - seconds) < 1e-9);
        QVERIFY(std::abs(merged["rows_per_second"].get<double>() - kRows / seconds) < 1e-6 * kRows / seconds);
    }

    void filesOfAMergeAreThoseOfOneRun() {
        QVERIFY(cli(QStringList{"evaluate", kModel, "--quiet", "--out", at("whole.json")} + kData).code == 0);
        const auto merged = cli(merge(m_shards, {"--out", at("merged.json")}));
        QVERIFY2(merged.code == 0 && merged.out.contains("AUC (exact)"), merged.err + merged.out);
        const json a = json::parse(readAll(at("merged.json")).toStdString()),
                   b = json::parse(readAll(at("whole.json")).toStdString());
        QCOMPARE(QByteArray::fromStdString(lasting(a).dump()), QByteArray::fromStdString(lasting(b).dump()));
        QVERIFY(a.contains("roc"));
    }

    void theStateIsSavedBesideTheNormalResult() {
        const QStringList plain = QStringList{"evaluate", kModel, "--rows", "100-199", "--json", "--quiet"} + kData;
        const auto without = cli(plain), with = cli(plain + QStringList{"--state", at("beside.h5")});
        QCOMPARE(with.code, 0);
        QCOMPARE(figuresOf(with), figuresOf(without));
        QCOMPARE(figuresOf(cli(merge({at("beside.h5")}, {"--allow-gaps", "--json"}))), figuresOf(without));
    }

    void whatWasMergedIsMergedAgain() {
        const QStringList some = m_shards.mid(0, 4), others = m_shards.mid(4);
        QCOMPARE(cli(merge(some, {"--allow-gaps", "--state", at("some.h5")})).code, 0);
        QCOMPARE(cli(merge(others, {"--allow-gaps", "--state", at("others.h5")})).code, 0);
        const auto all = cli(merge({at("others.h5"), at("some.h5")}, {"--json", "--state", at("all.h5")})),
                   once = cli(merge(m_shards, {"--json"}));
        QVERIFY2(all.code == 0, all.err);
        QCOMPARE(figuresOf(all), figuresOf(once));
        QCOMPARE(figuresOf(cli(merge({at("all.h5")}, {"--json"}))), figuresOf(once));
        isRefused({at("all.h5"), m_shards[0]}, "E-MERGE-001", "all.h5");
    }

    void gapsAreAllowedOnRequestAndSaid() {
        const QStringList two{saved("low.h5", "0-99"), saved("high.h5", "200-299")};
        isRefused(two, "E-MERGE-002", "rows 100-199,300-19999");
        const auto allowed = cli(merge(two, {"--allow-gaps", "--json"}));
        QVERIFY2(allowed.code == 0, allowed.err);
        const auto one = cli(QStringList{"evaluate", kModel, "--rows", "0-99,200-299", "--json", "--quiet"} + kData);
        json a = lasting(allowed.json()), b = lasting(one.json());
        QVERIFY(QByteArray::fromStdString(a["notes"].dump()).contains("rows 0-99,200-299"));
        a.erase("notes");
        b.erase("notes");
        QCOMPARE(QByteArray::fromStdString(a.dump(2)), QByteArray::fromStdString(b.dump(2)));
    }

    void severalRangesAreOneState() {
        const QString ends = saved("ends.h5", "9000-19999,0-999"), middle = saved("middle.h5", "1000-8999");
        const auto merged = cli(merge({ends, middle}, {"--json"}));
        QVERIFY2(merged.code == 0, merged.err);
        QCOMPARE(figuresOf(merged), figuresOf(cli(QStringList{"evaluate", kModel, "--json", "--quiet"} + kData)));
    }

    void rowsOfTwoFilesAreRefused() {
        isRefused({saved("a.h5", "0-99"), saved("b.h5", "60-149")}, "E-MERGE-001", "rows 60-99");
        isRefused({at("a.h5"), at("a.h5")}, "E-MERGE-001", "rows 0-99");
    }

    void whatDoesNotBelongTogetherIsNamed_data() {
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<QString>("model");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("checkpoint") << QStringList() << kDemo + "/checkpoint_next" << QByteArray("checkpoint");
        QTest::newRow("split") << QStringList{"--split", "train"} << kModel << QByteArray("split");
        QTest::newRow("numbers") << QStringList{"--numerical", "ln3"} << kModel << QByteArray("numerical");
        QTest::newRow("order") << QStringList{"--interaction", "tensorflow"} << kModel
                               << QByteArray("interaction order");
        QTest::newRow("tables") << QStringList{"--interaction-tables", "by_cardinality"} << kModel
                                << QByteArray("order of the tables in the interaction");
        QTest::newRow("precision") << QStringList{"--precision", "bf16"} << kModel << QByteArray("precision");
    }
    void whatDoesNotBelongTogetherIsNamed() {
        QFETCH(QStringList, more);
        QFETCH(QString, model);
        QFETCH(QByteArray, words);
        const QString base = saved("base.h5", "0-99"), other = saved("other.h5", "100-199", more, model);
        isRefused({base, other}, "E-MERGE-003", words);
    }

    void anotherDatasetUnderTheSameNameIsTold() {
        const QString copy = at("dataset");
        for (const char* folder : {"", "/test", "/train"}) {
            QVERIFY(QDir().mkpath(copy + folder));
            for (const QString& name : QDir(kDemo + "/dataset" + folder).entryList(QDir::Files))
                QVERIFY(QFile::copy(kDemo + "/dataset" + folder + "/" + name, copy + folder + "/" + name));
        }
        const QString base = saved("base.h5", "0-99"),
                      same = saved("moved.h5", "100-199", {}, kModel, {"--data", copy});
        QCOMPARE(cli(merge({base, same}, {"--allow-gaps"})).code, 0);  // another place is no other dataset
        QFile file(copy + "/test/numerical.bin");
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && file.open(QIODevice::ReadWrite));
        QVERIFY(file.putChar('\x7f'));
        file.close();
        isRefused({base, saved("changed.h5", "100-199", {}, kModel, {"--data", copy})}, "E-MERGE-003", "dataset");
    }

    void aStateTakesNeitherSamplesNorWholeBatches() {
        for (const QStringList& more : {QStringList{"--sample", "10"}, {"--drop-last", "64"}}) {
            const auto answer =
                cli(QStringList{"evaluate", kModel, "--state", at("none.h5"), "--quiet"} + kData + more);
            QVERIFY2(answer.code == 2 && answer.err.contains("--state"), answer.err);
            QVERIFY(!QFile::exists(at("none.h5")));
        }
    }

    void inputsAreNotWrittenOver() {
        const QString only = saved("only.h5", "0-99");
        const QByteArray before = readAll(only);
        for (const char* option : {"--state", "--out"}) {
            const auto answer = cli(merge({only}, {"--allow-gaps", option, only}));
            QVERIFY2(answer.code == 2 && answer.err.startsWith("E-CLI-006"), answer.err);
        }
        QCOMPARE(readAll(only), before);
        const QString both = at("both.h5"), roundabout = m_dir.path() + "/./both.h5";
        for (const QStringList& arguments :
             {merge({only}, {"--allow-gaps", "--state", both, "--out", roundabout}),
              QStringList{"evaluate", kModel, "--state", both, "--out", roundabout, "--quiet"} + kData}) {
            const auto answer = cli(arguments);
            QVERIFY2(answer.code == 2 && answer.err.startsWith("E-CLI-020"), answer.err);
        }
        QVERIFY(!QFile::exists(both));
        const auto model =
            cli(QStringList{"evaluate", kModel, "--rows", "0-9", "--state", kModel + "/dense_0_kernel.npy", "--quiet"} +
                kData);
        QVERIFY2(model.code == 2, model.err);
    }

    void whatIsNoStateIsRefusedWithItsName() {
        QCOMPARE(cli({"convert", kCheckpoint, at("model.h5"), "--quiet"}).code, 0);
        isRefused({at("model.h5")}, "E-STATEFILE-001", "model.h5");
        isRefused({kDemo + "/raw_rows.tsv"}, "E-STATEFILE-001", "raw_rows.tsv");
        QCOMPARE(cli(merge({at("nothing.h5")})).code, 2);
    }
};

DLRM_TEST(TestMerge);

}  // namespace tst_merge

#include "tst_merge.moc"
