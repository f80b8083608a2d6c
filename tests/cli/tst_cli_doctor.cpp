// SPDX-License-Identifier: Apache-2.0
// dlrm-cli doctor as a gate: what is wrong ends with exit code 1 and a sentence that names it, and nothing keeps it
// from its end.
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "core/base/float_conversions.h"
#include "core/engine/doctor_report.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_cli_doctor {

using namespace dlrm::test;

namespace {

// A copy of the golden checkpoint whose file has another value so many bytes before its end: the last one.
QString withLastValue(const QTemporaryDir& dir, const QString& file, float value, qint64 fromEnd = 4) {
    for (const QString& name : QDir(kCheckpoint).entryList(QDir::Files))
        QFile::copy(kCheckpoint + "/" + name, dir.filePath(name));
    QFile changed(dir.filePath(file));
    changed.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    if (!changed.open(QIODevice::ReadWrite) || !changed.seek(changed.size() - fromEnd) ||
        changed.write(reinterpret_cast<const char*>(&value), 4) != 4)
        qFatal("cannot be changed");
    return dir.path();
}

}  // namespace

class TestCliDoctor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aValueThatIsNotFiniteIsNamed_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<float>("value");
        QTest::addColumn<qint64>("fromEnd");
        QTest::addColumn<QByteArray>("named");
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInf = std::numeric_limits<float>::infinity();
        const auto row = [](const char* name, const char* file, float value, const char* named, qint64 fromEnd = 4) {
            QTest::newRow(name) << QString::fromLatin1(file) << value << fromEnd << QByteArray(named);
        };
        constexpr qint64 kRowBytes = 16 * 4;
        row("NaN in a table", "feature_2_part0.npy", kNan, "Row 299 of table cat_2");
        row("NaN in one of its first rows", "feature_2_part0.npy", kNan, "Row 7 of table cat_2",
            (300 - 7) * kRowBytes - 12);
        row("infinity in a table", "feature_0_part0.npy", -kInf, "Row 999 of table cat_0");
        row("NaN in the bottom MLP", "bottom_mlp_layer_0_kernel_part0.npy", kNan, "The kernel of bottom_mlp/0");
        row("infinity in the bottom MLP", "bottom_mlp_layer_0_bias_part0.npy", kInf, "The bias of bottom_mlp/0");
        row("infinity in its last layer", "bottom_mlp_layer_1_kernel_part0.npy", kInf, "The kernel of bottom_mlp/1");
        row("NaN in the kernel whose inputs are ranked", "top_mlp_layer_0_kernel_part0.npy", kNan,
            "The kernel of top_mlp/0");
        row("NaN in the top MLP", "top_mlp_layer_0_bias_part0.npy", kNan, "The bias of top_mlp/0");
        row("NaN in its last layer", "top_mlp_layer_2_bias_part0.npy", kNan, "The bias of top_mlp/2");
    }
    void aValueThatIsNotFiniteIsNamed() {
        QFETCH(QString, file);
        QFETCH(float, value);
        QFETCH(qint64, fromEnd);
        QFETCH(QByteArray, named);
        QTemporaryDir dir;
        const QString model = withLastValue(dir, file, value, fromEnd);
        const QByteArray sentence = named + " holds a value that is not finite.";
        for (const QStringList& data : {QStringList{}, QStringList{"--data", kDataset}}) {
            const auto answer = cli(QStringList{"doctor", model} + data);
            QCOMPARE(answer.code, 1);
            QVERIFY2(answer.out.startsWith(sentence + '\n'), answer.out);
            const auto findings = cli(QStringList{"doctor", model, "--json"} + data).json()["findings"];
            QVERIFY(findings.size() >= 1);
            QCOMPARE(findings[0].get<std::string>(), sentence.toStdString());
        }
    }
    // Of 48 impossible ones the one as opened is listed; the others are 47.
    void theReadingAsOpenedIsNoOtherOne() {
        QTemporaryDir dir;
        const QString model =
            withLastValue(dir, "top_mlp_layer_0_bias_part0.npy", std::numeric_limits<float>::quiet_NaN());
        const auto few = cli({"doctor", model, "--data", kDataset}),
                   all = cli({"doctor", model, "--data", kDataset, "--all"});
        QVERIFY2(few.out.contains("  The data cannot be read in 47 other ways: --all says why"), few.out);
        QCOMPARE(all.out.count("cannot be read this way: "), 49);  // and once in the verdict
        QCOMPARE(few.out.count("cannot be read this way: the prediction of row 0 is not finite"), 2);
        for (const QByteArray& out : {few.out, all.out}) QVERIFY2(!out.contains("impossible"), out);
    }

    void tablesAndLayersWithSuchAValueFail() {
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
        QTemporaryDir table, layer;
        const QString badTable = withLastValue(table, "feature_2_part0.npy", kNan),
                      badLayer = withLastValue(layer, "top_mlp_layer_0_bias_part0.npy", kNan);
        for (const char* form : {"--json", "--quiet"}) {
            QCOMPARE(cli({"tables", badTable, form}).code, 1);
            QCOMPARE(cli({"layers", badTable, form}).code, 0);
            QCOMPARE(cli({"layers", badLayer, form}).code, 1);
            QCOMPARE(cli({"tables", badLayer, form}).code, 0);
        }
        // How often units are active cannot be counted then, and the finding is what counts.
        const auto withData = cli({"layers", badLayer, "--data", kDataset});
        QCOMPARE(withData.code, 1);
        QVERIFY2(withData.out.contains("was not counted"), withData.out);
        QCOMPARE(cli({"tables", badTable, "--no-statistics"}).code, 0);
    }
    void aModelThatPredictsNothingFails() {
        QTemporaryDir dir;
        // Every logit is 40 too large.
        const auto answer =
            cli({"doctor", withLastValue(dir, "top_mlp_layer_2_bias_part0.npy", 40), "--data", kDataset});
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.out.startsWith("Nothing predicts"), answer.out);
    }
    // The last bias is 1 too large: no reading is to make up for that.
    void aModelThatPredictsTooManyClicksIsMiscalibrated() {
        QTemporaryDir dir;
        const QString model = dir.filePath("model"), bias = model + "/top_mlp_layer_3_bias_part0.npy";
        copyTree(kDemo + "/checkpoint", model);
        QByteArray bytes = readAll(bias);
        float value = 0;
        std::memcpy(&value, bytes.constData() + bytes.size() - 4, 4);
        value += 1;
        std::memcpy(bytes.data() + bytes.size() - 4, &value, 4);
        writeAll(bias, bytes);
        const QStringList command{"doctor", model, "--data", kDemo + "/dataset"};
        const auto answer = cli(command);
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.out.startsWith("Miscalibrated: the model as opened predicts 1.59 times the clicks") ||
                     answer.out.startsWith("Miscalibrated: the model as opened predicts 1.60 times the clicks"),
                 answer.out);
        QVERIFY2(answer.out.contains("the one as opened is best") && !answer.out.contains("This is not how"),
                 answer.out);
        const auto json = cli(command + QStringList{"--json"}).json();
        QVERIFY(json["findings"].size() == 1 && json["winner"]["numerical"] == "already_logged");
        QVERIFY(std::fabs(json["hypotheses"][0]["calibration"].get<double>() - 1.595) <
                0.005);  // by NumPy's double forward pass
        const auto right = cli({"doctor", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--json"}).json();
        QVERIFY(right["findings"].empty() &&
                std::fabs(right["hypotheses"][0]["calibration"].get<double>() - 0.966) < 0.005);
    }
    // Its rows are one further on: the model predicts better without it, by 11.1 standard errors as NumPy has it.
    void aTableThatDoesHarmIsNamed() {
        QTemporaryDir dir;
        const QString model = dir.filePath("model"), table = model + "/feature_20_part0.npy";
        copyTree(kDemo + "/checkpoint", model);
        const QByteArray bytes = readAll(table);
        const qsizetype head = 10 + static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
        constexpr qsizetype kRow = 32 * 4;
        QVERIFY(bytes.size() > head + kRow && (bytes.size() - head) % kRow == 0);
        const QByteArray rows = bytes.mid(head);
        writeAll(table, bytes.left(head) + rows.right(kRow) + rows.chopped(kRow));
        const QStringList command{"doctor", model, "--data", kDemo + "/dataset"};
        const auto answer = cli(command);
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.out.startsWith(
                     "The model predicts better without cat_20 (log loss 0.0224 smaller, 11.0 standard errors)") &&
                     answer.out.contains("the rows or ids of this table are probably wrong. Without cat_4 as well, but "
                                         "not once this one is left out."),
                 answer.out);
        const auto harmful = cli(command + QStringList{"--json"}).json()["harmful_tables"];
        QCOMPARE(harmful.size(), std::size_t{1});
        QVERIFY(harmful[0]["name"] == "cat_20" && std::fabs(harmful[0]["standard_errors"].get<double>() - 11.1) < 0.2);
        QVERIFY(harmful[0]["partners"].size() == 1 &&
                harmful[0]["partners"][0] == "cat_4");  // it is multiplied with cat_20
        const auto right = cli({"doctor", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--json"}).json();
        QVERIFY(right["harmful_tables"].is_array() && right["harmful_tables"].empty());
    }
    void anEnormousLossKeepsItsTableTogether() {
        QTemporaryDir dir;
        const QString model = withLastValue(dir, "top_mlp_layer_2_bias_part0.npy", 1e33F);
        for (const char* verb : {"evaluate", "doctor"}) {
            const auto answer = cli({verb, model, "--data", kDataset});
            QVERIFY2(answer.out.contains("e+32") || answer.out.contains("e+33"), answer.out);
            QVERIFY2(!answer.out.contains("00000000000"), answer.out);
        }
    }
    // Numbers that were stored as they came, opened as if they were logged: ln(x+3) and ln(x+2) tie on 1,000 rows, and
    // both beat that.
    void aBeatenReadingFailsThoughTwoOthersTie() {
        QTemporaryDir dir;
        const QString data = dir.filePath("data"), numbers = data + "/test/numerical.bin";
        copyTree(kDemo + "/dataset", data);
        QByteArray bytes = readAll(numbers);
        for (qsizetype at = 0; at + 1 < bytes.size(); at += 2) {
            std::uint16_t half = 0;
            std::memcpy(&half, bytes.constData() + at, 2);
            if (half == 0) continue;  // missing
            half = dlrm::floatToHalf(std::clamp(std::round(std::exp(dlrm::halfToFloat(half)) - 3), -3.0F, 60'000.0F));
            std::memcpy(bytes.data() + at, &half, 2);
        }
        writeAll(numbers, bytes);
        const auto answer = cli({"doctor", kDemo + "/checkpoint", "--data", data, "--limit", "1000"});
        QCOMPARE(answer.code, 1);
        const QByteArray verdict = answer.out.left(answer.out.indexOf('\n'));
        QVERIFY2(verdict.startsWith("The reading as opened is beaten by") && verdict.contains("standard errors"),
                 verdict);
        QVERIFY2(verdict.contains("ln(x+3)") && verdict.contains("ln(x+2)") && verdict.contains("not told apart"),
                 verdict);
    }
    // Every weight is finite, and no prediction is: its largest are multiplied with each other.
    void aModelThatCanBeReadInNoWayFails() {
        QTemporaryDir dir;
        withLastValue(dir, "top_mlp_layer_1_bias_part0.npy", 3e38F);
        const QString model = withLastValue(dir, "top_mlp_layer_2_kernel_part0.npy", 3e38F);
        QCOMPARE(cli({"doctor", model}).code, 0);
        const QStringList command{"doctor", model, "--data", kDataset};
        const auto answer = cli(command);
        QCOMPARE(answer.code, 1);
        const QByteArray reason =
            "No reading of the data fits this model; as opened they cannot be read this way: the prediction of row 0 "
            "is not finite.";
        QVERIFY2(answer.out.startsWith(reason + '\n'), answer.out);
        const auto json = cli(command + QStringList{"--json"});
        QCOMPARE(json.code, 1);
        const auto findings = json.json()["findings"];
        QCOMPARE(findings.size(), 1U);
        QCOMPARE(findings[0].get<std::string>(), reason.toStdString());
        QVERIFY(json.json()["winner"].is_null() && json.json()["undecided"].get<bool>());
    }
    // Every value is replaced by one that the dictionary does not hold; then all but a few are known.
    void aForeignDictionaryIsAFinding() {
        QTemporaryDir dir;
        const QString foreign = dir.filePath("foreign.tsv");
        QByteArray rows;
        const QList<QByteArray> lines = readAll(kDemo + "/raw_rows.tsv").split('\n');
        int values = 0;
        for (const QByteArray& line : lines) {
            if (line.isEmpty()) continue;
            QList<QByteArray> fields = line.split('\t');
            for (qsizetype f = 14; f < fields.size(); ++f)
                if (!fields[f].isEmpty()) fields[f] = QByteArray::number(0xfedcba00U + ++values % 16, 16);
            rows += fields.join('\t') + '\n';
        }
        writeAll(foreign, rows);
        QCOMPARE(values, 47018);
        const QByteArray said =
            "The dictionary does not fit the rows: 47018 of 47018 category values (100 %) in 2000 rows "
            "are not in the dictionary and read as row 0; the first is \"fedcba01\", row 0, cat_0.";
        const QStringList data{kDemo + "/checkpoint", "--dictionary", kDemo + "/dictionary", "--data"};
        for (const char* verb : {"doctor", "evaluate"}) {
            const auto answer = cli(QStringList{verb} + data + QStringList{foreign});
            QCOMPARE(answer.code, verb == QByteArray("doctor") ? 1 : 0);
            QVERIFY2(answer.out.startsWith(said), answer.out);
        }
        const auto json = cli(QStringList{"doctor", "--json"} + data + QStringList{foreign}).json();
        QVERIFY(json["foreign_dictionary"].get<bool>() && json["findings"][0].get<std::string>() == said.toStdString());
        QVERIFY(cli(QStringList{"predict", "--json", "--rows", "0-1"} + data + QStringList{foreign})
                    .json()["notes"]
                    .dump()
                    .find("47018 of 47018") != std::string::npos);
        const QStringList own = data + QStringList{kDemo + "/raw_rows.tsv"};
        const auto few = cli(QStringList{"evaluate", "--json"} + own).json();
        QVERIFY(few["notes"].dump().find("3 of 47018 category values (0.00638 %) in 2000 rows are not in the "
                                         "dictionary and read as row 0; the first is "
                                         "\\\"4c3d21f7\\\", row 55, cat_22.") != std::string::npos);
        QVERIFY(!cli(QStringList{"doctor", "--json"} + own).json()["foreign_dictionary"].get<bool>());
    }
    // What was looked up when the file was opened says nothing of the rows that are judged.
    void aForeignDictionaryIsFoundBehindTheFirstRows() {
        QTemporaryDir dir;
        QByteArray rows;
        const QList<QByteArray> lines = readAll(kDemo + "/raw_rows.tsv").split('\n');
        const qsizetype there = lines.size() - 1;
        for (qsizetype r = 0; r < 17'500; ++r) {
            QList<QByteArray> fields = lines[r % there].split('\t');
            if (r >= 16'500) fields[14 + 9] = "ffffffff";
            rows += fields.join('\t') + '\n';
        }
        const QString path = dir.filePath("rows.tsv");
        writeAll(path, rows);
        const QStringList data{kDemo + "/checkpoint", "--dictionary", kDemo + "/dictionary", "--data", path, "--rows",
                               "16500-17499"};
        const auto doctor = cli(QStringList{"doctor", "--json"} + data);
        QCOMPARE(doctor.code, 1);
        QVERIFY(doctor.json()["foreign_dictionary"].get<bool>());
        const std::string found = doctor.json()["findings"][0].get<std::string>();
        QVERIFY2(found.starts_with("The dictionary of cat_9 does not fit the rows: ") &&
                     found.find("in 1000 chosen rows") != std::string::npos &&
                     found.ends_with("the first is \"ffffffff\", row 16500, cat_9."),
                 found.c_str());
        const auto healthy = cli(QStringList{"doctor", "--json"} + data.mid(0, 5) + QStringList{"--rows", "0-999"});
        QVERIFY(!healthy.json()["foreign_dictionary"].get<bool>());
    }
    // Rows are named as the data numbers them, whichever were chosen.
    void rowsKeepTheirNumbers() {
        const QStringList data{kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--all", "--rows"};
        const auto numbers = [&](const char* rows) {
            const auto answer = cli(QStringList{"doctor"} + data + QStringList{rows});
            std::vector<int> out;
            auto found = QRegularExpression("row (\\d+) of the data would look up")
                             .globalMatch(QString::fromUtf8(answer.out).simplified());
            while (found.hasNext()) out.push_back(found.next().captured(1).toInt());
            return out;
        };
        const auto later = numbers("1000-1999");
        QVERIFY(!later.empty());
        for (const int row : later) QVERIFY2(row >= 1000 && row <= 1999, qPrintable(QString::number(row)));
    }
    // The small model's weights tell no order, and there are no rows: nothing is wrong, and nothing is proved.
    void undecidedFailsOnlyWhenStrict() {
        QCOMPARE(cli({"doctor", kCheckpoint}).code, 0);
        QCOMPARE(cli({"doctor", kCheckpoint, "--strict"}).code, 1);
    }
    void theDemoIsReadRightly() {
        const auto answer = cli({"doctor", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--strict"});
        QCOMPARE(answer.code, 0);
        // What was tried, and what that does not tell.
        QVERIFY2(
            answer.out.startsWith(
                "Of 16 readings (2 interaction orders, 4 transforms of the numbers, 1 start of the ids, 2 orders of "
                "the tables), the one as opened is best: it beats every other one by 5 standard errors or more.\n"
                "Not told by this: whether each table's rows and ids belong together (only a table that does harm "
                "is told), whether tables of equal size are exchanged, whether the rows of tables that were not looked "
                "at "
                "are finite (the statistics of all tables tell that), and whether the model is as good as an earlier "
                "one.\n"),
            answer.out);
        const auto json = cli({"doctor", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--json"}).json();
        QVERIFY(json["not_told"].get<std::string>().starts_with("Not told by this") &&
                json["tried"].get<std::string>().starts_with("16 readings (2 interaction orders,"));
        QVERIFY(!answer.out.contains("ightly") && cli({"doctor", "--help"}).out.contains("tables of equal size"));
        QVERIFY(!answer.out.contains("would look up id"));
        QVERIFY(cli({"doctor", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--all"})
                    .out.contains("would look up id"));
    }
    void theHelpListsEveryFinding() {
        const QString help = QString::fromUtf8(cli({"doctor", "--help"}).out).simplified();
        for (const dlrm::FindingEntry& entry : dlrm::findingTable())
            QVERIFY2(help.contains(QString::fromUtf8(entry.help)), qPrintable(help));
    }
    // 16 inputs, 13 of them fed: which layout C does not record.
    void theNumberOfNumericalsIsWeighed() {
        const auto right = cli({"doctor", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--json"}).json();
        QCOMPARE(right["numericals"]["fed"].get<int>(), 13);
        QCOMPARE(right["numericals"]["learned_rows"].get<int>(), 13);
        QVERIFY(!right["numericals"]["contradicts"].get<bool>() && right["findings"].empty());
        const auto none = cli({"doctor", kDemo + "/checkpoint"});
        QVERIFY2(none.out.contains("probably trained with 13 numerical features."), none.out);
        const auto fewer = cli({"doctor", kDemo + "/checkpoint", "--numericals", "12"});
        QCOMPARE(fewer.code, 1);
        QVERIFY2(fewer.out.startsWith("Row 12 of bottom_mlp/0's kernel was trained"), fewer.out);
        const auto more = cli({"doctor", kDemo + "/checkpoint", "--numericals", "16"});
        QVERIFY2(more.code == none.code && more.out.contains("probably trained with 13 numerical features, not 16."),
                 more.out);
    }
    // Raw rows: ln(x+2) and ln(x+3) are not told apart on 2,000 rows, the interaction is.
    void whatIsBeatenFailsThoughTheBestTie() {
        const QStringList raw{"doctor",       kDemo + "/checkpoint", "--data", kDemo + "/raw_rows.tsv",
                              "--dictionary", kDemo + "/dictionary"};
        const auto wrong = cli(raw + QStringList{"--interaction", "tensorflow"});
        QCOMPARE(wrong.code, 1);
        const auto right = cli(raw);
        QCOMPARE(right.code, 0);
        if (right.out.startsWith("Undecided")) QCOMPARE(cli(raw + QStringList{"--strict"}).code, 1);
    }
};

DLRM_TEST(TestCliDoctor);

}  // namespace tst_cli_doctor

#include "tst_cli_doctor.moc"
