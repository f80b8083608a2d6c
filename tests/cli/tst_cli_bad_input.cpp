// SPDX-License-Identifier: Apache-2.0
// Bad input of each kind ends in exit code 2 with a coded error that names the file; --json says the same as an object.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <functional>

#include <unistd.h>

#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_cli_bad_input {

using namespace dlrm::test;

namespace {

// The first lines of the demo's raw rows, 40 fields each.
QList<QByteArray> rawLines() { return readAll(kDemo + "/raw_rows.tsv").split('\n').mid(0, 5); }
QByteArray joined(const QList<QByteArray>& lines) { return lines.join('\n') + "\n"; }
QByteArray withoutField(const QByteArray& line, int field) {
    auto fields = line.split('\t');
    fields.removeAt(field);
    return fields.join('\t');
}

using Damage = std::function<void(const QString& path)>;

}  // namespace
class TestCliBadInput : public QObject {
    Q_OBJECT

    void checkRefused(const QStringList& arguments, const QString& code) {
        const auto people = cli(arguments);
        QVERIFY2(people.code == 2, people.err + people.out);
        QVERIFY2(people.err.startsWith(code.toUtf8() + ": "), people.err);
        QVERIFY2(people.err.contains("\nfile: "), people.err);
        QVERIFY(people.out.isEmpty());
        const auto programs = cli(arguments + QStringList{"--json"});
        QCOMPARE(programs.code, 2);
        const auto json = programs.json();
        QVERIFY2(json.contains("error") && json["error"].is_object(), programs.out);
        QCOMPARE(QString::fromStdString(json["error"]["code"].get<std::string>()), code);
        QVERIFY(json["error"]["message"].is_string() && json["error"]["file"].is_string());
    }

private Q_SLOTS:
    void damagedCheckpointIsRefused_data() {
        QTest::addColumn<QString>("checkpoint");
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("code");
        const auto row = [](const char* name, const QString& checkpoint, const Damage& damage, const char* code) {
            QTest::newRow(name) << checkpoint << damage << code;
        };
        row(
            "truncated", "c_custom_cuda", [](const QString& d) { QFile::resize(d + "/feature_0_part0.npy", 60000); },
            "E-NPY-023");
        row(
            "bytes after the data", "c_custom_cuda",
            [](const QString& d) { writeAll(d + "/feature_3_part0.npy", readAll(d + "/feature_3_part0.npy") + "x"); },
            "E-NPY-024");
        row(
            "empty file", "c_custom_cuda", [](const QString& d) { writeAll(d + "/feature_3_part0.npy", ""); },
            "E-NPY-001");
        row(
            "no array at all", "c_custom_cuda",
            [](const QString& d) { writeAll(d + "/feature_3_part0.npy", QByteArray(4000, 'x')); }, "E-NPY-002");
        row(
            "renamed table", "c_custom_cuda",
            [](const QString& d) { QFile::rename(d + "/feature_2_part0.npy", d + "/other.npy"); }, "E-CKPT-010");
        row(
            "renamed kernel", "c_custom_cuda",
            [](const QString& d) { QFile::rename(d + "/top_mlp_layer_1_kernel_part0.npy", d + "/top.npy"); },
            "E-CKPT-012");
        row(
            "mixed layouts", "c_custom_cuda",
            [](const QString& d) {
                QFile::copy(
                    QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/b_custom_cuda/checkpoint/feature_1_7_part0.npy"),
                    d + "/feature_1_7_part0.npy");
            },
            "E-CKPT-006");
        row(
            "missing part", "b_custom_cuda", [](const QString& d) { QFile::remove(d + "/feature_0_1000_part2.npy"); },
            "E-CKPT-011");
        row(
            "bias of another layer", "c_custom_cuda",
            [](const QString& d) {
                writeAll(d + "/top_mlp_layer_0_bias_part0.npy", readAll(d + "/bottom_mlp_layer_1_bias_part0.npy"));
            },
            "E-CKPT-017");
        row(
            "bottom kernel as top kernel", "c_custom_cuda",
            [](const QString& d) {
                writeAll(d + "/top_mlp_layer_1_kernel_part0.npy", readAll(d + "/bottom_mlp_layer_0_kernel_part0.npy"));
            },
            "E-CKPT-016");
        row(
            "nothing in the directory", "c_custom_cuda",
            [](const QString& d) {
                for (const QString& name : QDir(d).entryList(QDir::Files)) QFile::remove(d + "/" + name);
            },
            "E-CKPT-004");
    }
    void damagedCheckpointIsRefused() {
        QFETCH(QString, checkpoint);
        QFETCH(Damage, damage);
        QFETCH(QString, code);
        QTemporaryDir directory;
        const QString copy = directory.filePath("checkpoint");
        copyTree(QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/") + checkpoint + "/checkpoint", copy);
        damage(copy);
        checkRefused({"info", copy}, code);
    }
    // The limit acts on every kernel, so a name that is none is told by every verb, also by those that need no backend.
    void aLimitThatNamesNoInstructionSetIsTold_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("verify") << QStringList{"verify", kDemo + "/checkpoint", "--check"};
        QTest::newRow("tables") << QStringList{"tables", kDemo + "/checkpoint"};
        QTest::newRow("rows") << QStringList{"rows", kDemo + "/checkpoint", "--table", "0", "--rows", "0-3"};
        QTest::newRow("predict") << QStringList{
            "predict", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--rows", "0-3"};
    }
    void aLimitThatNamesNoInstructionSetIsTold() {
        QFETCH(QStringList, arguments);
        auto environment = wide();
        environment.insert("DLRM_MAX_CPU_ISA", "sse9");
        const auto people = cli(arguments, environment);
        QCOMPARE(people.code, 2);
        QVERIFY2(
            people.err.startsWith("E-CPU-005: ") && people.err.contains("sse9") && people.err.contains("avx512_bf16"),
            people.err);
        QCOMPARE(people.err.count("E-CPU-005"), 1);
        QVERIFY2(people.out.isEmpty(), people.out);
        const auto programs = cli(arguments + QStringList{"--json"}, environment);
        QCOMPARE(programs.code, 2);
        const auto json = programs.json();
        QVERIFY2(json.contains("error") && json["error"]["code"].get<std::string>() == "E-CPU-005", programs.out);
    }

    void weightsThatAreNoNumbersAreFoundByThePrediction() {
        QTemporaryDir directory;
        const QString copy = directory.filePath("checkpoint");
        copyTree(kCheckpoint, copy);
        const QString bias = copy + "/top_mlp_layer_2_bias_part0.npy";
        QByteArray bytes = readAll(bias);
        bytes.replace(bytes.size() - 4, 4, QByteArray("\x00\x00\xc0\x7f", 4));  // a quiet NaN
        writeAll(bias, bytes);
        QCOMPARE(cli({"info", copy}).code, 0);
        checkRefused({"predict", copy, "--data", kDataset}, "E-ENGINE-005");
        checkRefused({"evaluate", copy, "--data", kDataset}, "E-ENGINE-005");
        QVERIFY(cli({"predict", copy, "--data", kDataset}).err.contains("rows 0, 1, 2"));
    }
    void controlBytesInNamesStayOffTheScreen() {
        QTemporaryDir directory;
        const QString copy = directory.filePath("a\x1b[31m\nb");
        copyTree(kCheckpoint, copy);
        const auto answer = cli({"info", copy});
        QCOMPARE(answer.code, 0);
        QVERIFY2(answer.out.contains("a?[31m?b") && !answer.out.contains('\x1b'), answer.out);
    }
    void otherFilesBesideTheCheckpointAreNamed() {
        QTemporaryDir directory;
        const QString copy = directory.filePath("checkpoint");
        copyTree(kCheckpoint, copy);
        for (const char* name : {"README.txt", "b\x1b[31m.txt", "c.txt", "top_mlp_layer_0_kernel_part1.npy"})
            writeAll(copy + "/" + name, "x");
        const auto answer = cli({"info", copy});
        QCOMPARE(answer.code, 0);
        QVERIFY2(answer.out.contains("left alone: README.txt, b?[31m.txt, c.txt and 1 more."), answer.out);
    }
    void directoryWithoutRightsIsRefused() {
        if (::geteuid() == 0) QSKIP("root may read everything: modes are ignored");
        QTemporaryDir directory;
        const QString copy = directory.filePath("checkpoint");
        copyTree(kCheckpoint, copy);
        QVERIFY(QFile::setPermissions(copy, {}));
        checkRefused({"info", copy}, "E-CKPT-002");
        QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void damagedDatasetIsRefused_data() {
        QTest::addColumn<Damage>("damage");
        QTest::addColumn<QString>("code");
        QTest::newRow("id outside its table") << Damage([](const QString& d) {
            QByteArray bytes = readAll(d + "/test/cat_1.bin");
            bytes[17] = 100;
            writeAll(d + "/test/cat_1.bin", bytes);
        }) << "E-DATA-013";
        QTest::newRow("truncated") << Damage([](const QString& d) { QFile::resize(d + "/test/numerical.bin", 1001); })
                                   << "E-DATA-010";
        QTest::newRow("missing file") << Damage([](const QString& d) { QFile::remove(d + "/test/cat_2.bin"); })
                                      << "E-FILE-001";
        QTest::newRow("spec cut short") << Damage([](const QString& d) {
            QFile::resize(d + "/feature_spec.yaml", 300);
        }) << "E-SPEC-020";
        QTest::newRow("empty spec") << Damage([](const QString& d) { writeAll(d + "/feature_spec.yaml", ""); })
                                    << "E-SPEC-004";
        QTest::newRow("another cardinality") << Damage([](const QString& d) {
            writeAll(d + "/feature_spec.yaml",
                     readAll(d + "/feature_spec.yaml").replace("cardinality: 1000", "cardinality: 1001"));
        }) << "E-ENGINE-013";
    }
    void damagedDatasetIsRefused() {
        QFETCH(Damage, damage);
        QFETCH(QString, code);
        QTemporaryDir directory;
        const QString copy = directory.filePath("dataset");
        copyTree(kDataset, copy);
        damage(copy);
        checkRefused({"predict", kCheckpoint, "--data", copy}, code);
        checkRefused({"evaluate", kCheckpoint, "--data", copy}, code);
    }
    void idErrorNamesFileRowAndField() {
        QTemporaryDir directory;
        const QString copy = directory.filePath("dataset");
        copyTree(kDataset, copy);
        QByteArray bytes = readAll(copy + "/test/cat_1.bin");
        bytes[17] = 100;
        writeAll(copy + "/test/cat_1.bin", bytes);
        const auto error = cli({"evaluate", kCheckpoint, "--data", copy, "--json"}).json()["error"];
        QVERIFY(QString::fromStdString(error["file"].get<std::string>()).endsWith("test/cat_1.bin"));
        QCOMPARE(error["row"].get<int>(), 17);
        QVERIFY(QString::fromStdString(error["field"].get<std::string>()).startsWith("cat_1"));
        QCOMPARE(error["found"].get<std::string>(), std::string("100"));
    }

    // The data are to blame, not the weights that they meet.
    void aNumberThatIsNotFiniteIsNamedWithItsFileAndRow_data() {
        QTest::addColumn<QByteArray>("half");
        QTest::addColumn<QString>("found");
        QTest::newRow("NaN") << QByteArray("\x00\x7e", 2) << "NaN";
        QTest::newRow("infinity") << QByteArray("\x00\x7c", 2) << "infinity";
        QTest::newRow("minus infinity") << QByteArray("\x00\xfc", 2) << "-infinity";
    }
    void aNumberThatIsNotFiniteIsNamedWithItsFileAndRow() {
        QFETCH(QByteArray, half);
        QFETCH(QString, found);
        QTemporaryDir directory;
        const QString copy = directory.filePath("dataset"), numbers = copy + "/test/numerical.bin";
        copyTree(kDataset, copy);
        QByteArray bytes = readAll(numbers);
        bytes.replace((3 * 13 + 4) * 2, 2, half);
        writeAll(numbers, bytes);
        for (const char* verb : {"predict", "evaluate", "doctor"}) {
            const QStringList arguments{verb, kCheckpoint, "--data", copy};
            checkRefused(arguments, "E-DATA-018");
            const auto error = cli(arguments + QStringList{"--json"}).json()["error"];
            QVERIFY(QString::fromStdString(error["file"].get<std::string>()).endsWith("test/numerical.bin"));
            QCOMPARE(error["row"].get<int>(), 3);
            QCOMPARE(error["field"].get<std::string>(), std::string("num_4"));
            QCOMPARE(QString::fromStdString(error["found"].get<std::string>()), found);
        }
    }

    void oddNumbersOfStandardInputAreNamed() {
        auto lines = rawLines();
        const auto answer = [&](const QByteArray& number, const QStringList& options) {
            auto fields = lines[3].split('\t');
            fields[5] = number;
            lines[3] = fields.join('\t');
            QProcess process;
            process.setProcessEnvironment(wide());
            process.start(kCli, QStringList{"predict", kDemo + "/checkpoint", "--data", "-", "--dictionary",
                                            kDemo + "/dictionary", "--json"} +
                                    options);
            process.write(joined(lines));
            process.closeWriteChannel();
            return finish(process);
        };
        const auto whole = answer("47", {});
        QVERIFY2(whole.code == 0, whole.err);
        for (const char* number : {"47.0", "1e3", " 5", "nan", "\\N", "inf"}) {
            const auto refused = answer(number, {});
            QVERIFY2(refused.code == 2, number + (": " + refused.out));
            const auto error = refused.json()["error"];
            QCOMPARE(error["code"].get<std::string>(), std::string("E-TSV-011"));
            QCOMPARE(error["row"].get<int>(), 3);
            QCOMPARE(error["field"].get<std::string>(), std::string("num_4"));
            const auto lenient = answer(number, {"--lenient"});
            QVERIFY2(lenient.code == 0, lenient.err);
            QVERIFY2(lenient.json()["notes"].dump().find("row 3, num_4") != std::string::npos, lenient.out);
        }
    }

    void damagedRawRowsAreRefused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("code");
        auto lines = rawLines();
        auto changed = lines;
        changed[3] = withoutField(withoutField(lines[3], 39), 38);
        QTest::newRow("38 fields") << joined(changed) << "E-TSV-001";
        changed[3] = lines[3] + "\tdeadbeef";
        QTest::newRow("41 fields") << joined(changed) << "E-TSV-001";
        changed[3] = withoutField(lines[3], 0);
        QTest::newRow("39 among 40") << joined(changed) << "E-TSV-002";
        auto fields = lines[3].split('\t');
        fields[20] = "nothexxx";
        changed[3] = fields.join('\t');
        QTest::newRow("not hexadecimal") << joined(changed) << "E-TSV-009";
        fields = lines[3].split('\t');
        fields[5] = "47.0";
        changed[3] = fields.join('\t');
        QTest::newRow("a number with a fraction") << joined(changed) << "E-TSV-011";
        QTest::newRow("empty file") << QByteArray() << "E-TSV-010";
    }
    void damagedRawRowsAreRefused() {
        QFETCH(QByteArray, text);
        QFETCH(QString, code);
        QTemporaryDir directory;
        const QString path = directory.filePath("rows.tsv");
        writeAll(path, text);
        checkRefused({"predict", kDemo + "/checkpoint", "--data", path, "--dictionary", kDemo + "/dictionary"}, code);
    }
    void rowsWithoutLabelsPredictButDoNotEvaluate() {
        QTemporaryDir directory;
        const QString path = directory.filePath("rows.tsv");
        QList<QByteArray> lines;
        for (const QByteArray& line : rawLines()) lines << withoutField(line, 0);
        writeAll(path, joined(lines));
        const QStringList data{kDemo + "/checkpoint", "--data", path, "--dictionary", kDemo + "/dictionary"};
        const auto predicted = cli(QStringList{"predict", "--json"} + data);
        QVERIFY2(predicted.code == 0, predicted.err);
        QCOMPARE(predicted.json()["rows"].size(), 5U);
        QVERIFY(predicted.json()["rows"][0]["label"].is_null());
        checkRefused(QStringList{"evaluate"} + data, "E-ENGINE-006");
    }
};

DLRM_TEST(TestCliBadInput);

}  // namespace tst_cli_bad_input

#include "tst_cli_bad_input.moc"
