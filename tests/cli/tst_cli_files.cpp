// SPDX-License-Identifier: Apache-2.0
// What lies on people's disks: pointers instead of files, symbolic links, parts of a model, odd values; and where
// output goes that nobody can take.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_cli_files {

using namespace dlrm::test;
namespace fs = std::filesystem;

namespace {

// Moves every file of a directory elsewhere and puts a link in its place.
void replaceByLinks(const QString& directory, const QString& elsewhere) {
    QDir().mkpath(elsewhere);
    for (const QString& name : QDir(directory).entryList(QDir::Files))
        if (!QFile::rename(directory + "/" + name, elsewhere + "/" + name) ||
            !QFile::link(elsewhere + "/" + name, directory + "/" + name))
            qFatal("link");
}

// Standard output is the full device.
CliAnswer cliToFullDevice(const QStringList& arguments) {
    QProcess process;
    process.setStandardOutputFile("/dev/full");
    process.start(kCli, arguments);
    return finish(process);
}

const QByteArray kPointer =
    "version https://git-lfs.github.com/spec/v1\noid "
    "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 128128\n";

}  // namespace

class TestCliFiles : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    QString path(const char* name) const { return m_dir.filePath(name); }

private Q_SLOTS:
    void gitLfsPointersAreNamedInEveryFormat() {
        copyTree(kCheckpoint, path("c"));
        writeAll(path("c/feature_2_part0.npy"), kPointer);
        copyTree(kDataset, path("data"));
        writeAll(path("data/test/numerical.bin"), kPointer);
        copyTree(kDataset, path("data_spec"));
        writeAll(path("data_spec/feature_spec.yaml"), kPointer);
        for (const char* name :
             {"t.npz", "t.npy", "m.h5", "m.keras", "rows.gz", "rows.tsv", "rows.h5", "rows.npz", "rows.bin"})
            writeAll(path(name), kPointer);
        QList<QStringList> all{{"info", path("c")}};
        for (const char* name : {"t.npz", "t.npy", "m.h5", "m.keras"}) all << QStringList{"info", path(name)};
        for (const char* name : {"data", "data_spec", "rows.gz", "rows.tsv", "rows.h5", "rows.npz", "rows.bin"})
            all << QStringList{"evaluate", kCheckpoint, "--data", path(name), "--missing-dictionary", "hash"};
        for (const QStringList& arguments : all) {
            const auto answer = cli(arguments);
            QVERIFY2(answer.code == 2 && answer.err.startsWith("E-FILE-018"),
                     arguments.join(' ').toUtf8() + ": " + answer.err);
            QVERIFY2(answer.err.contains("git lfs pull") && answer.err.contains("a Git LFS pointer"), answer.err);
        }
    }

    void linksOutOfADatasetAreFollowedWhenAsked() {
        copyTree(kDataset, path("linked"));
        replaceByLinks(path("linked/test"), path("storage"));
        const QStringList evaluate{"evaluate", kCheckpoint, "--data", path("linked"), "--json"};
        const auto refused = cli(evaluate);
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.startsWith("E-FILE-003") && refused.err.contains("--follow-links"), refused.err);
        const auto followed = cli(evaluate + QStringList{"--follow-links"});
        QVERIFY2(followed.code == 0, followed.err);
        const nlohmann::json logLoss = cli({"evaluate", kCheckpoint, "--data", kDataset, "--json"}).json()["log_loss"];
        QVERIFY(logLoss.is_object() || logLoss.is_number());
        QVERIFY(followed.json()["log_loss"] == logLoss);
        // A name that leads out by itself is refused either way.
        const QByteArray spec = readAll(path("linked/feature_spec.yaml"));
        writeAll(path("linked/feature_spec.yaml"), QByteArray(spec).replace("test/cat_1.bin", "../storage/cat_1.bin"));
        QCOMPARE(cli(evaluate + QStringList{"--follow-links"}).code, 2);
    }

    void linksOutOfACheckpointAreFollowedWhenAsked_data() {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("linked");  // its files are moved elsewhere
        QTest::newRow("layout C") << kCheckpoint << "";
        QTest::newRow("layout D") << QStringLiteral(DLRM_TEST_DATA
                                                    "/golden/newer_layouts/d_dlrm_dot_tensorflow/checkpoint")
                                  << "/sparse";
    }
    void linksOutOfACheckpointAreFollowedWhenAsked() {
        QFETCH(QString, source);
        QFETCH(QString, linked);
        QTemporaryDir dir;
        const QString model = dir.filePath("model");
        fs::copy(source.toStdString(), model.toStdString(), fs::copy_options::recursive);
        replaceByLinks(model + linked, dir.filePath("storage"));
        const QList<QStringList> all{{"info", model},
                                     {"evaluate", model, "--data", kDataset},
                                     {"verify", model, "--record"},
                                     {"verify", model, "--format", "sha256sum"},
                                     {"convert", model, dir.filePath("out.h5")}};
        for (const QStringList& arguments : all) {
            const auto refused = cli(arguments);
            QVERIFY2(
                refused.code == 2 && refused.err.startsWith("E-FILE-003") && refused.err.contains("--follow-links"),
                arguments.join(' ').toUtf8() + ": " + refused.err);
        }
        QVERIFY(!QFile::exists(model + "/verify.xxh3.json") && !QFile::exists(dir.filePath("out.h5")));
        for (const QStringList& arguments : all) {
            const auto followed = cli(arguments + QStringList{"--follow-links"});
            QVERIFY2(followed.code == 0, arguments.join(' ').toUtf8() + ": " + followed.err);
        }
        // Links inside the checkpoint, and one to the whole of it, lead nowhere else.
        const QString whole = dir.filePath("whole"), link = dir.filePath("link");
        fs::copy(source.toStdString(), whole.toStdString(), fs::copy_options::recursive);
        const QString file = QDir(whole + linked).entryList({"*.npy"}, QDir::Files).first();
        QVERIFY(QFile::rename(whole + linked + "/" + file, whole + linked + "/blob"));
        fs::create_symlink("blob", (whole + linked + "/" + file).toStdString());
        QVERIFY(QFile::link(whole, link));
        QCOMPARE(cli({"info", link}).code, 0);
        QCOMPARE(cli({"verify", link, "--record"}).code, 0);
    }
    void aFolderThatLeadsOutIsFollowedWhenAsked_data() {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("folder");
        const QString models = QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/");
        QTest::newRow("layout D, dense") << models + "d_dlrm_dot_tensorflow/checkpoint"
                                         << "dense";
        QTest::newRow("layout D, sparse") << models + "d_dlrm_dot_tensorflow/checkpoint"
                                          << "sparse";
        QTest::newRow("SavedModel") << models + "e_mono_dlrm_fused/dlrm/1/model.savedmodel"
                                    << "variables";
    }
    void aFolderThatLeadsOutIsFollowedWhenAsked() {
        QFETCH(QString, source);
        QFETCH(QString, folder);
        QTemporaryDir dir;
        const QString model = dir.filePath("model"), elsewhere = dir.filePath("elsewhere");
        fs::copy(source.toStdString(), model.toStdString(), fs::copy_options::recursive);
        QVERIFY(QFile::rename(model + "/" + folder, elsewhere) && QFile::link(elsewhere, model + "/" + folder));
        for (const char* verb : {"info", "verify"}) {
            const auto refused = cli({verb, model});
            QVERIFY2(
                refused.code == 2 && refused.err.startsWith("E-FILE-003") && refused.err.contains("--follow-links"),
                verb + (": " + refused.err));
            const auto followed = cli({verb, model, "--follow-links"});
            QVERIFY2(!followed.err.contains("E-FILE-003"), followed.err);
        }
    }
    // Who names a file has chosen it.
    void aFileThatIsNamedMayBeALink() {
        const QString file = path("table.npy");
        QVERIFY(QDir(m_dir.path()).mkdir("named") && QFile::copy(kCheckpoint + "/feature_2_part0.npy", file));
        QVERIFY(QFile::link(file, path("named/link.npy")));
        QCOMPARE(cli({"info", path("named/link.npy")}).code, 0);
        QCOMPARE(cli({"verify", path("named/link.npy")}).code, 0);
    }

    void aSplitsFolderPointsToItsDataset() {
        const auto answer = cli({"evaluate", kCheckpoint, "--data", kDataset + "/test"});
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-DATA-002") && answer.err.contains("one level up") &&
                     answer.err.contains("datasets/tiny"),
                 answer.err);
    }

    void aMissingLastTableIsNoted() {
        copyTree(kCheckpoint, path("short"));
        QVERIFY(QFile::remove(path("short/feature_4_part0.npy")));
        const auto text = cli({"info", path("short")});
        const auto json = cli({"info", path("short"), "--json"}).json();
        QVERIFY2(text.code == 0 && text.out.contains("inputs of the top MLP are fed by nothing"), text.out + text.err);
        QVERIFY(json["table_order_note"].get<std::string>().find("inputs of the top MLP are fed by nothing") !=
                std::string::npos);
    }

    // It is the part that does not suffice, not the dataset that is another one.
    void aPartOfAModelIsNamedBesideADataset() {
        for (const char* verb : {"evaluate", "predict"}) {
            const auto answer = cli({verb, kCheckpoint + "/feature_0_part0.npy", "--data", kDataset});
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith("E-ENGINE-014") && answer.err.contains("; 1 of 5 tables\n"), answer.err);
        }
    }

    // NaN and both infinities are findings of different kinds: three of them in one row.
    void rowsTellNanFromInfinity() {
        copyTree(kCheckpoint, path("odd"));
        QByteArray table = readAll(path("odd/feature_1_part0.npy"));
        const qsizetype at = table.indexOf('\n') + 1;
        const QByteArray odd("\x00\x00\xc0\x7f\x00\x00\x80\x7f\x00\x00\x80\xff", 12);
        table.replace(at, odd.size(), odd);
        writeAll(path("odd/feature_1_part0.npy"), table);
        const auto answer = cli({"rows", path("odd"), "--table", "1", "--ids", "0", "--json"});
        QVERIFY2(answer.code == 0, answer.err);
        const auto row = answer.json()["rows"][0];
        QCOMPARE(row["values"][0].get<std::string>(), std::string("NaN"));
        QCOMPARE(row["values"][1].get<std::string>(), std::string("Infinity"));
        QCOMPARE(row["values"][2].get<std::string>(), std::string("-Infinity"));
        QVERIFY(row["values"][3].is_number() && row["norm"].is_string());
    }

    void outputThatNobodyTakesIsAFailure() {
        for (const QStringList& arguments : {QStringList{"--help"}, QStringList{"--version"},
                                             QStringList{"info", "--help"}, QStringList{"info", kCheckpoint}})
            QVERIFY2(cliToFullDevice(arguments).code == 2, arguments.join(' ').toUtf8());
        QCOMPARE(cli({"--version"}).code, 0);
    }

    void negativeSeedsAreRefused() {
        const auto answer = cli({"demo", path("demo"), "--seed", "-1"});
        QVERIFY2(answer.code == 2 && answer.err.contains("--seed"), answer.err);
        QVERIFY(!QFile::exists(path("demo")));
    }
};

DLRM_TEST(TestCliFiles);

}  // namespace tst_cli_files

#include "tst_cli_files.moc"
