// SPDX-License-Identifier: Apache-2.0
// dlrm-cli verify as a gate: outcomes and exit codes, every file, damaged and missing ones, a place that cannot be
// written; who else refuses damage.
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <memory>
#include <set>

#include "cli_process.h"
#include "tests/support/test_program.h"

namespace tst_cli_verify {

using namespace dlrm::test;
namespace fs = std::filesystem;

namespace {

const QString kSavedModel = QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/e_mono_dlrm_fused");
const QStringList kCards{"--cardinalities", "1000,7,300,3,50"};
const QString kVariables = QStringLiteral("/dlrm/1/model.savedmodel/variables/variables.data-00000-of-00001");

const QByteArray kNotCompared = "The files hold checksums of the tables, which opening does not compare: verify does.";

std::string outcome(const CliAnswer& answer) { return answer.json().value("outcome", ""); }

void flip(const QString& path, qint64 at) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(at));
    const QByteArray before = file.read(1);
    QVERIFY(file.seek(at) && file.putChar(static_cast<char>(before[0] ^ 0x10)));
}

class TestCliVerify : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_dir;

    QString copyOf(const QString& source) {
        const QString to = m_dir->filePath("model");
        fs::copy(source.toStdString(), to.toStdString(), fs::copy_options::recursive);
        return to;
    }

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void recordingAndCheckingAreToldApart() {
        const QString model = copyOf(kCheckpoint);
        const auto before = cli({"verify", model, "--check"});
        QCOMPARE(before.code, 2);
        QVERIFY2(before.err.startsWith("E-VERIFY-005") && before.err.contains("--record"), before.err);
        QVERIFY(!QFile::exists(model + "/verify.xxh3.json"));
        const auto json = cli({"verify", model, "--check", "--json"});
        QCOMPARE(json.code, 2);
        QCOMPARE(json.json()["error"]["code"].get<std::string>(), std::string("E-VERIFY-005"));
        const auto recorded = cli({"verify", model, "--record", "--json"});
        QCOMPARE(recorded.code, 0);
        QCOMPARE(outcome(recorded), std::string("recorded"));
        QCOMPARE(recorded.json()["sidecar"].get<std::string>(), (model + "/verify.xxh3.json").toStdString());
        const auto checked = cli({"verify", model, "--check", "--json"});
        QCOMPARE(checked.code, 0);
        QCOMPARE(outcome(checked), std::string("unchanged"));
        QVERIFY(checked.json()["not_opened"].is_null() && checked.json()["findings"].empty());
        const auto first = cli({"verify", model, "--record", "--sidecar", m_dir->filePath("first.json")});
        QVERIFY2(first.code == 0 && first.out.contains("There was nothing to compare with") &&
                     !first.out.contains("replaces"),
                 first.out);
        // A record that is replaced is not compared with, and that is said.
        const auto again = cli({"verify", model, "--record"});
        QVERIFY2(again.code == 0 && again.out.contains("which this one replaces") &&
                     !again.out.contains("There was nothing"),
                 again.out);
        // A mistyped path is no record.
        QCOMPARE(cli({"verify", model, "--check", "--sidecar", model + "/verify.xxh3.jsn"}).code, 2);
        QCOMPARE(cli({"verify", model, "--check", "--record"}).code, 2);
    }

    void everyFileAndAllThatIsMissingIsListed() {
        const QString model = copyOf(kSavedModel), graph = model + "/dlrm/1/model.savedmodel/saved_model.pb";
        QFile file(graph);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("a graph") == 7);
        file.close();
        QCOMPARE(cli(QStringList{"verify", model} + kCards).code, 0);
        flip(graph, 3);
        const auto flipped = cli(QStringList{"verify", model, "--json"} + kCards);
        QCOMPARE(flipped.code, 1);
        QCOMPARE(outcome(flipped), std::string("different"));
        QCOMPARE(flipped.json()["findings"].size(), 1U);
        QCOMPARE(flipped.json()["findings"][0]["file"].get<std::string>(),
                 std::string("dlrm/1/model.savedmodel/saved_model.pb"));
        flip(graph, 3);
        QCOMPARE(cli(QStringList{"verify", model} + kCards).code, 0);
        QVERIFY(QFile::remove(graph) && QFile::remove(model + kVariables));
        const auto missing = cli(QStringList{"verify", model, "--json"} + kCards);
        QCOMPARE(missing.code, 1);
        QVERIFY(missing.json()["not_opened"].is_string());
        int named = 0;
        const auto json = missing.json();
        for (const auto& f : json["findings"])
            if (f["problem"] == "missing" && (f["file"] == "dlrm/1/model.savedmodel/saved_model.pb" ||
                                              "/" + f["file"].get<std::string>() == kVariables.toStdString()))
                ++named;
        QCOMPARE(named, 2);
        QCOMPARE(outcome(missing), std::string("different"));
        const auto text = cli(QStringList{"verify", model} + kCards);
        QVERIFY2(text.code == 1 && text.out.contains("does not open") && text.out.contains("saved_model.pb"), text.out);
        for (const char* width : {"60", "80", "120"}) {
            auto narrow = wide();
            narrow.insert("COLUMNS", width);
            const auto lines = cli(QStringList{"verify", model} + kCards, narrow);
            QVERIFY2(lines.out.contains("dlrm/1/model.savedmodel/saved_model.pb"), lines.out);
            QVERIFY2(lines.out.contains(kVariables.mid(1).toUtf8()), lines.out);
        }
    }

    void aRecordOfAnotherCheckpointIsCalledThatFirst() {
        const QString record = m_dir->filePath("hashes.json"), model = copyOf(kCheckpoint);
        const QStringList check{"verify", model, "--check", "--sidecar", record};
        QCOMPARE(cli(QStringList{"verify", kSavedModel, "--sidecar", record} + kCards).code, 0);
        const auto text = cli(check);
        QVERIFY2(text.code == 1 && text.out.startsWith("This record seems to be of another checkpoint: none of its "),
                 text.out + text.err);
        QVERIFY2(text.out.contains("\nDIFFERENT from") && text.out.contains("name the record of this checkpoint"),
                 text.out);
        const auto json = cli(check + QStringList{"--json"});
        QCOMPARE(json.code, 1);
        QCOMPARE(outcome(json), std::string("different"));
        const auto answer = json.json();
        std::set<std::string> problems;
        for (const auto& f : answer["findings"]) problems.insert(f["problem"].get<std::string>());
        QVERIFY((problems == std::set<std::string>{"missing", "not recorded"}));
        QVERIFY(answer["findings"].size() > answer["files"].get<std::size_t>());
        // What lost a file is not another checkpoint.
        const QStringList own{"verify", model, "--sidecar", m_dir->filePath("own.json")};
        QCOMPARE(cli(own).code, 0);
        QVERIFY(QFile::remove(model + "/feature_2_part0.npy"));
        const auto lost = cli(own);
        QVERIFY2(lost.code == 1 && lost.out.startsWith("DIFFERENT"), lost.out + lost.err);
    }

    void damageIsNamedWithoutARecord() {
        const QString model = copyOf(kSavedModel);
        flip(model + kVariables, QFileInfo(model + kVariables).size() / 2);
        const auto verified = cli(QStringList{"verify", model} + kCards);
        QCOMPARE(verified.code, 1);
        QVERIFY2(verified.out.startsWith("DAMAGED") && verified.out.contains("embedding_table") &&
                     verified.out.contains("nothing was recorded"),
                 verified.out);
        for (const QStringList& mode : {QStringList{}, {"--record"}, {"--check"}}) {
            const auto json = cli(QStringList{"verify", model, "--json"} + kCards + mode);
            QCOMPARE(json.code, 1);
            QCOMPARE(outcome(json), std::string("damaged"));
            QCOMPARE(json.json()["findings"][0]["problem"].get<std::string>(), std::string("checksum differs"));
            QVERIFY(!QFile::exists(model + "/verify.xxh3.json"));
        }
        const auto sums = cli({"verify", model, "--format", "sha256sum"});
        QVERIFY2(sums.code == 1 && sums.out.startsWith("DAMAGED"), sums.out);
        const auto converted = cli(QStringList{"convert", model, m_dir->filePath("out.h5")} + kCards);
        QCOMPARE(converted.code, 2);
        QVERIFY2(converted.err.startsWith("E-CONVERT-006") && converted.err.contains("variables/"), converted.err);
        const QStringList evaluate{"evaluate", model, "--data", kDataset};
        const auto evaluated = cli(evaluate + QStringList{"--verified"});
        QCOMPARE(evaluated.code, 2);
        QVERIFY2(evaluated.err.startsWith("E-VERIFY-007") && evaluated.err.contains("embedding_table"), evaluated.err);
        const auto predicted = cli({"predict", model, "--data", kDataset, "--rows", "0-1"});
        QVERIFY2(predicted.code == 0 && predicted.out.contains(kNotCompared), predicted.out + predicted.err);
    }

    // Tables are not the only values that have checksums.
    void damageOfOtherPartsIsNamedToo_data() {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("file");  // inside it, empty: the source itself
        QTest::addColumn<qint64>("at");
        QTest::addColumn<QByteArray>("tensor");
        QTest::addColumn<QByteArray>("conversion");  // how it begins
        const QString data = QStringLiteral(DLRM_TEST_DATA), newer = data + "/golden/newer_layouts/";
        QTest::newRow("dense part") << newer + "d_dlrm_pad6/checkpoint"
                                    << "/dense/dense.data-00000-of-00001" << qint64{100}
                                    << QByteArray("bottom_mlp/dense/kernel") << QByteArray("E-CONVERT-006");
        QTest::newRow("Keras archive, weights")
            << newer + "x_keras/tf_keras_2_21/both.keras" << QString() << qint64{26000}
            << QByteArray("model.weights.h5") << QByteArray("E-PACK-003");
        QTest::newRow("stored array") << data + "/npz/stored.npz" << QString() << qint64{2000}
                                      << QByteArray("X_int.npy") << QByteArray("E-PART-001");
        QTest::newRow("deflated array") << data + "/npz/deflated.npz" << QString() << qint64{2000}
                                        << QByteArray("X_int.npy") << QByteArray("E-PACK-003");
    }
    void damageOfOtherPartsIsNamedToo() {
        QFETCH(QString, source);
        QFETCH(QString, file);
        QFETCH(qint64, at);
        QFETCH(QByteArray, tensor);
        QFETCH(QByteArray, conversion);
        const QString model = m_dir->filePath(QFileInfo(source).fileName());
        fs::copy(source.toStdString(), model.toStdString(), fs::copy_options::recursive);
        flip(model + file, at);
        const auto text = cli({"verify", model});
        QVERIFY2(text.code == 1 && text.out.startsWith("DAMAGED") && text.out.contains(tensor) &&
                     text.out.contains("nothing was recorded"),
                 text.out + text.err);
        const auto json = cli({"verify", model, "--json"});
        QCOMPARE(json.code, 1);
        QCOMPARE(outcome(json), std::string("damaged"));
        const auto findings = json.json()["findings"];
        QCOMPARE(findings.size(), 1U);
        QCOMPARE(findings[0]["problem"].get<std::string>(), std::string("checksum differs"));
        QVERIFY(QByteArray::fromStdString(findings[0]["tensors"].get<std::string>()).contains(tensor));
        QVERIFY(!QFile::exists(model + "/verify.xxh3.json") && !QFile::exists(model + ".verify.xxh3.json"));
        for (const char* name : {"out.h5", "out"}) {
            const auto converted = cli({"convert", model, m_dir->filePath(name)});
            QVERIFY2(converted.code == 2 && converted.err.startsWith(conversion), converted.err);
            QVERIFY(!QFile::exists(m_dir->filePath(name)));
        }
    }

    // Without a record --check still compares what the files hold of themselves.
    void checkingWithoutARecordTellsWhatAgreed() {
        const QString model = copyOf(kSavedModel);
        const auto whole = cli(QStringList{"verify", model, "--check"} + kCards);
        QCOMPARE(whole.code, 2);
        const QRegularExpression agreed(
            "^E-VERIFY-005: .*; [1-9][0-9]* checksums in the files themselves were compared and agree\n",
            QRegularExpression::DotMatchesEverythingOption);
        QVERIFY2(agreed.match(QString::fromUtf8(whole.err)).hasMatch(), whole.err);
        flip(model + kVariables, QFileInfo(model + kVariables).size() / 2);
        const auto damaged = cli(QStringList{"verify", model, "--check"} + kCards);
        QCOMPARE(damaged.code, 1);
        QVERIFY2(damaged.out.startsWith("DAMAGED") && damaged.out.contains("checksum differs") &&
                     damaged.out.contains("nothing was recorded"),
                 damaged.out + damaged.err);
        QVERIFY(!QFile::exists(model + "/verify.xxh3.json"));
        // Files that hold no checksums: as before.
        const auto none = cli({"verify", kCheckpoint, "--check"});
        QVERIFY2(none.code == 2 && none.err.contains("found: no such file\n"), none.err);
    }

    // What does not open is not to be recorded.
    void withoutARecordDamageIsWhatIsTold() {
        const QString model = copyOf(kCheckpoint);
        QFile table(model + "/feature_0_part0.npy");
        QVERIFY(table.resize(table.size() - 8));
        const auto answer = cli({"verify", model, "--check"});
        QVERIFY2(answer.code == 2 && answer.err.startsWith("E-NPY-") && !answer.err.contains("--record"), answer.err);
    }

    void evaluationsSayThatChecksumsWereNotCompared() {
        const QStringList evaluate{"evaluate", kSavedModel, "--data", kDataset};
        const auto text = cli(evaluate);
        QVERIFY2(text.code == 0 && text.out.contains(kNotCompared), text.out + text.err);
        const auto json = cli(evaluate + QStringList{"--json"}).json();
        QVERIFY(json["notes"].dump().find(kNotCompared.toStdString()) != std::string::npos);
        for (const char* name : {"figures.json", "figures.tsv", "figures.h5"}) {
            const QString out = m_dir->filePath(name);
            QCOMPARE(cli(evaluate + QStringList{"--out", out}).code, 0);
            QFile written(out.endsWith(".tsv") ? out + ".json" : out);
            QVERIFY(written.open(QIODevice::ReadOnly));
            QVERIFY2(written.readAll().contains(kNotCompared), name);
        }
        // With --verified they were.
        QVERIFY(!cli(evaluate + QStringList{"--verified"}).out.contains(kNotCompared));
    }

    void evaluationsSayWhatVouchedForTheCheckpoint() {
        const auto own = cli({"evaluate", kSavedModel, "--data", kDataset, "--verified", "--json"});
        QVERIFY2(own.code == 0, own.err);
        QVERIFY(own.out.contains("checksums in the checkpoint's own files agree"));
        const QString model = copyOf(kCheckpoint);
        const auto without = cli({"evaluate", model, "--data", kDataset, "--verified"});
        QVERIFY2(without.code == 2 && without.err.startsWith("E-VERIFY-005"), without.err);
        QCOMPARE(cli({"verify", model}).code, 0);
        const auto with = cli({"evaluate", model, "--data", kDataset, "--verified", "--json"});
        QVERIFY2(with.code == 0 && with.out.contains("files are as recorded on"), with.out + with.err);
        flip(model + "/feature_2_part0.npy", 200);
        QCOMPARE(cli({"evaluate", model, "--data", kDataset, "--verified"}).code, 2);
    }

    void evaluationsTakeTheRecordFromWhereItIs() {
        const QString model = copyOf(kCheckpoint), record = m_dir->filePath("hashes.json");
        const QStringList evaluate{"evaluate", model, "--data", kDataset, "--verified"};
        const auto missing = cli(evaluate + QStringList{"--sidecar", record});
        QVERIFY2(missing.code == 2 && missing.err.startsWith("E-VERIFY-005") && missing.err.contains(record.toUtf8()),
                 missing.err);
        QCOMPARE(cli({"verify", model, "--sidecar", record}).code, 0);
        const auto with = cli(evaluate + QStringList{"--sidecar", record});
        QVERIFY2(with.code == 0 && with.out.contains("files are as recorded on"), with.out + with.err);
        QCOMPARE(cli(evaluate).code, 2);  // there is none beside it
        const auto over = cli(evaluate + QStringList{"--sidecar", record, "--out", record});
        QVERIFY2(over.code == 2 && over.err.startsWith("E-CLI-006"), over.err);
        QCOMPARE(cli({"evaluate", model, "--data", kDataset, "--sidecar", record}).code, 2);  // would not be looked at
        flip(model + "/feature_2_part0.npy", 200);
        const auto damaged = cli(evaluate + QStringList{"--sidecar", record});
        QVERIFY2(damaged.code == 2 && damaged.err.startsWith("E-VERIFY-007"), damaged.err);
        // A record that was named is the one that counts, whatever the files say of themselves.
        const auto own =
            cli({"evaluate", kSavedModel, "--data", kDataset, "--verified", "--sidecar", m_dir->filePath("none.json")});
        QVERIFY2(own.code == 2 && own.err.startsWith("E-VERIFY-005"), own.err);
    }

    void aPlaceThatCannotBeWrittenAsksForASidecar() {
        // A name so long that no file with a longer one can be created beside it: root meets that as well.
        const QString model = m_dir->filePath(QString(229, 'n') + ".npy"), sidecar = m_dir->filePath("record.json");
        QVERIFY(QFile::copy(kCheckpoint + "/feature_2_part0.npy", model));
        const auto refused = cli({"verify", model});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.startsWith("E-VERIFY-006") && refused.err.contains("--sidecar FILE"), refused.err);
        QCOMPARE(cli({"verify", model, "--sidecar", sidecar}).code, 0);
        QCOMPARE(cli({"verify", model, "--check", "--sidecar", sidecar}).code, 0);
        if (::geteuid() == 0) return;  // may write anywhere
        const QString folder = copyOf(kCheckpoint);
        QVERIFY(::chmod(folder.toLocal8Bit().constData(), 0555) == 0);
        const auto readOnly = cli({"verify", folder});
        QVERIFY(::chmod(folder.toLocal8Bit().constData(), 0755) == 0);
        QVERIFY2(readOnly.code == 2 && readOnly.err.startsWith("E-VERIFY-006"), readOnly.err);
    }

    void aPlaceThatCannotBeWrittenHidesNoDamage() {
        const QString model = m_dir->filePath(QString(230, 'n') + ".h5"), written = m_dir->filePath("model.h5");
        QCOMPARE(cli({"convert", kCheckpoint, written}).code, 0);
        QVERIFY(QFile::rename(written, model));
        const auto whole = cli({"verify", model});
        QCOMPARE(whole.code, 2);
        QVERIFY2(whole.err.startsWith("E-VERIFY-006") && whole.err.contains("--sidecar FILE"), whole.err);
        QVERIFY2(whole.err.contains("checksums in the files themselves were compared and agree"), whole.err);
        QFile table(kCheckpoint + "/feature_0_part0.npy"), file(model);
        QVERIFY(table.open(QIODevice::ReadOnly) && table.seek(128) && file.open(QIODevice::ReadOnly));
        const qsizetype at = file.readAll().indexOf(table.read(64));
        QVERIFY(at > 0);
        flip(model, at);
        const auto damaged = cli({"verify", model});
        QCOMPARE(damaged.code, 1);
        QVERIFY2(damaged.out.startsWith("DAMAGED") && damaged.out.contains("fletcher32"), damaged.out + damaged.err);
    }

    void sumsAreTakenBySha256sum() {
        if (!QFile::exists("/usr/bin/sha256sum")) QSKIP("sha256sum is not installed");
        const QString model = copyOf(kSavedModel);
        const auto sums = cli({"verify", model, "--format", "sha256sum", "--quiet"});
        QVERIFY2(sums.code == 0 && sums.out.count('\n') >= 3, sums.out + sums.err);
        QVERIFY2(!QFile::exists(model + "/verify.xxh3.json"), "nothing is recorded");
        QVERIFY2(sums.out.contains("  " + kVariables.mid(1).toUtf8() + "\n"), "no line is broken");
        const auto check = [&] {
            QProcess process;
            process.setWorkingDirectory(model);
            process.start("/usr/bin/sha256sum", {"-c", "--strict"});
            process.write(sums.out);
            process.closeWriteChannel();
            return finish(process).code;
        };
        QCOMPARE(check(), 0);
        flip(model + kVariables, 0);
        QCOMPARE(check(), 1);
        QCOMPARE(cli({"verify", model, "--format", "sha256sum", "--check"}).code, 2);
        QCOMPARE(cli({"verify", m_dir->filePath("nothing"), "--format", "sha256sum"}).code, 2);
        QVERIFY(QDir(m_dir->path()).mkdir("empty"));
        const auto empty = cli({"verify", m_dir->filePath("empty"), "--format", "sha256sum"});
        QVERIFY2(empty.code == 2 && empty.err.startsWith("E-VERIFY-009"), empty.err);
    }

    void whatIsNoCheckpointIsNotVerified() {
        const auto nothing = cli({"verify", m_dir->filePath("nothing")});
        QVERIFY2(nothing.code == 2 && nothing.err.startsWith("E-CKPT-001"), nothing.err);
        QVERIFY(QDir().mkpath(m_dir->filePath("folder/in")));
        QFile file(m_dir->filePath("folder/letter.txt"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("x") == 1);
        file.close();
        const auto folder = cli({"verify", m_dir->filePath("folder")});
        QVERIFY2(folder.code == 2 && folder.err.startsWith("E-CKPT-005"), folder.err);
        const auto option = cli({"verify", kCheckpoint, "--cardinalities", "much"});
        QVERIFY2(option.code == 2 && !option.err.startsWith("E-VERIFY"), option.err);
    }
};

}  // namespace

DLRM_TEST(TestCliVerify);

}  // namespace tst_cli_verify

#include "tst_cli_verify.moc"
