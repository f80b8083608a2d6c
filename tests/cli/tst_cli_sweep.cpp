// SPDX-License-Identifier: Apache-2.0
// predict --set and sweep as a person calls them: each against the other and against what the window computes, in every
// form of output, and what is refused.
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "core/engine/typed_rows.h"
#include "core/engine/workspace.h"
#include "tests/cli/cli_process.h"
#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_cli_sweep {

using namespace dlrm::test;
using nlohmann::json;

namespace {

const QString kModel = kDemo + "/checkpoint";
const QStringList kIds{"--data", kDemo + "/dataset"};
const QStringList kValues{"--data", kDemo + "/raw_rows.tsv", "--dictionary", kDemo + "/dictionary"};

json rowsOf(const QStringList& data, const QString& rows, const QStringList& set, const QStringList& more = {}) {
    QStringList arguments = QStringList{"predict", kModel, "--rows", rows, "--json", "--quiet"} + data + more;
    for (const QString& one : set) arguments += {"--set", one};
    const auto answer = cli(arguments);
    if (answer.code != 0) qFatal("%s", answer.err.constData());
    return answer.json()["rows"];
}

json swept(const QStringList& data, const QStringList& more) {
    const auto answer = cli(QStringList{"sweep", kModel, "--row", "5", "--json", "--quiet"} + data + more);
    if (answer.code != 0) qFatal("%s", answer.err.constData());
    return answer.json();
}

}  // namespace

class TestCliSweep : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // The form of the Samples page is TypedRows and Engine::explain().
    void editedRowsAreThoseOfTheWindow() {
        for (const QStringList& data : {kIds, kValues}) {
            dlrm::OpenRequest request;
            request.checkpoint = kModel.toStdString();
            request.data.path = data[1].toStdString();
            if (data.size() > 2) request.data.dictionary = data[3].toStdString();
            const auto opened = dlrm::openWorkspace(request);
            QVERIFY(opened);
            const dlrm::TypedRows typed(&opened->engine->spec(), opened->dataset.get(), opened->dictionary.get(),
                                        opened->reading);
            const auto before = opened->engine->predict(*opened->dataset, {3, 9}, {.inputs = true, .raw = true});
            QVERIFY(before);
            const bool byValue = opened->dictionary != nullptr;
            const std::string value = byValue ? dlrm::formatHex(*opened->dictionary->hexValue(9, 7)) : "id:7";
            const json rows = rowsOf(
                data, "3-9",
                {"num_3=12", QString::fromStdString("cat_9=" + value), "cat_20=id 3", "num_0=", "num_1=fed:2.5"});
            QCOMPARE(rows.size(), before->rows.size());
            for (std::size_t r = 0; r < rows.size(); ++r) {
                dlrm::EditableRow row = typed.editable(before->rows[r]);
                for (const auto& [index, token] : {std::pair{3, "12"}, {0, ""}, {1, "fed:2.5"}})
                    row = *typed.withNumerical(row, index, token);
                row = *typed.withCategorical(row, 9, value);
                row = *typed.withCategorical(row, 20, "id:3");
                QCOMPARE(row.input.ids[9], 7);
                const auto explained = opened->engine->explain(row.input);
                QVERIFY(explained);
                QCOMPARE(rows[r]["logit"].get<float>(), explained->logit);
                QCOMPARE(rows[r]["probability"].get<double>(), explained->probability);
                QCOMPARE(rows[r]["row"].get<int>(), 3 + static_cast<int>(r));
                QVERIFY(rows[r]["logit"].get<float>() != before->rows[r].logit);
            }
        }
    }

    void anEditThatChangesNothingChangesNothing() {
        const json explained = cli(QStringList{"predict", kModel, "--rows", "4", "--explain", "--json"} + kIds).json();
        const int id = explained["rows"][0]["ids"][9].get<int>();
        json row = rowsOf(kIds, "4", {QStringLiteral("cat_9=id:%1").arg(id)})[0];
        QCOMPARE(row["logit_before"].get<float>(), row["logit"].get<float>());
        QCOMPARE(row["change"].get<double>(), 0.0);
        for (const char* key : {"logit_before", "probability_before", "change"}) row.erase(key);
        QVERIFY(row == rowsOf(kIds, "4", {})[0]);
    }

    void explanationsAreOfTheEditedRows() {
        const auto answer = cli(QStringList{"predict", kModel, "--rows", "4", "--explain", "--json", "--set",
                                            "cat_9=id:7", "--set", "num_3=12"} +
                                kIds);
        const json explained = answer.json()["rows"][0];
        QCOMPARE(explained["ids"][9].get<int>(), 7);
        QVERIFY(std::abs(explained["numerical"][3].get<double>() - std::log(15)) < 1e-3);  // float16
        QVERIFY(explained["logit"] == rowsOf(kIds, "4", {"cat_9=id:7", "num_3=12"})[0]["logit"]);
        QVERIFY(answer.json()["notes"].dump().find("num_3=12") != std::string::npos);
    }

    void editedRowsInEveryForm() {
        const QTemporaryDir folder;
        const QStringList edited =
            QStringList{"predict", kModel, "--rows", "4,9", "--set", "num_3=12", "--set", "cat_9=id:7", "--quiet"} +
            kIds;
        const json rows = rowsOf(kIds, "4,9", {"num_3=12", "cat_9=id:7"});
        const auto lines = cli(edited + QStringList{"--jsonl"}).out.trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QVERIFY(json::parse(lines[2].toStdString()) == rows[1]);
        QVERIFY(lines[0].contains("num_3=12, cat_9=id:7"));
        QCOMPARE(cli(edited + QStringList{"--out", folder.filePath("rows.npy")}).code, 0);
        QCOMPARE(npyValues(folder.filePath("rows.npy")),
                 (std::vector<double>{rows[0]["logit"].get<float>(), rows[1]["logit"].get<float>()}));
        QVERIFY(readAll(folder.filePath("rows.npy.json")).contains("The rows were edited"));
        // What they were before: the rows that are not edited.
        QCOMPARE(cli(edited + QStringList{"--out", folder.filePath("rows.csv")}).code, 0);
        const auto table = readAll(folder.filePath("rows.csv")).trimmed().split('\n');
        QCOMPARE(table.size(), 3);
        QCOMPARE(table[0], "row,label,logit,probability,logit_before,probability_before,change");
        const json before = rowsOf(kIds, "4,9", {});
        for (std::size_t r = 0; r < 2; ++r) {
            QVERIFY(rows[r]["logit_before"] == before[r]["logit"]);
            QVERIFY(rows[r]["probability_before"] == before[r]["probability"]);
            QCOMPARE(rows[r]["change"].get<double>(),
                     rows[r]["probability"].get<double>() - before[r]["probability"].get<double>());
            const auto cells = table[static_cast<qsizetype>(r) + 1].split(',');
            QCOMPARE(cells.size(), 7);
            QCOMPARE(cells[4].toFloat(), before[r]["logit"].get<float>());
            QCOMPARE(cells[5].toDouble(), before[r]["probability"].get<double>());
            QCOMPARE(cells[6].toDouble(), rows[r]["change"].get<double>());
        }
        const auto text = cli(edited).out;
        QVERIFY2(
            text.contains("logit before") && text.contains("note: The rows were edited before they were predicted"),
            text);
        QVERIFY(cli(QStringList{"predict", kModel, "--set", "num_3=12"} + kIds).out.contains("the first 20 of"));
    }

    // What an edit does to a field that is not as typed is said.
    void whatIsFedOtherwiseIsSaid() {
        const auto notes = [](const QStringList& data, const QString& set) {
            return cli(QStringList{"predict", kModel, "--rows", "0", "--json", "--set", set} + data)
                .json()["notes"]
                .dump();
        };
        QVERIFY(notes(kIds, "num_3=-9").find("num_3=-9 is fed as a missing value") != std::string::npos);
        QVERIFY(notes(kIds, "num_3=9").find("missing") == std::string::npos);
        QVERIFY(notes(kValues, "cat_5=00000001").find("cat_5=00000001 is not in the dictionary") != std::string::npos);
        QVERIFY(rowsOf(kValues, "0", {"cat_5=00000001"}) == rowsOf(kValues, "0", {"cat_5=id:0"}));
        // Numbers of a preprocessing that is not known are fed as they are.
        QVERIFY(rowsOf(kIds, "0", {"num_3=2.5"}, {"--profile", "torchrec"}) == rowsOf(kIds, "0", {"num_3=fed:2.5"}));
        const auto unknown =
            cli(QStringList{"predict", kModel, "--rows", "0", "--json", "--set", "num_3=2.5", "--profile", "torchrec"} +
                kIds);
        QVERIFY2(unknown.json()["notes"].dump().find("num_3=fed:2.5 is what the model is fed") != std::string::npos,
                 unknown.out + unknown.err);
    }

    void aSweepIsThePredictionOfEditedRows_data() {
        QTest::addColumn<QString>("interaction");
        QTest::newRow("custom_cuda") << "custom_cuda";
        QTest::newRow("tensorflow") << "tensorflow";
    }
    void aSweepIsThePredictionOfEditedRows() {
        QFETCH(QString, interaction);
        const QStringList order{"--interaction", interaction};
        const json table = swept(kValues, QStringList{"--field", "cat_9", "--top", "4"} + order);
        QCOMPARE(table["kind"].get<std::string>(), std::string("table"));
        QCOMPARE(table["count"].get<int>(), 2588);
        QCOMPARE(table["values"].size(), 8U);
        json all = table["values"];
        all.push_back(table["current"]);
        int named = 0;
        double before = 1e9;
        for (const json& one : all) {
            const QString id = QString::number(one["id"].get<int>());
            QVERIFY(rowsOf(kValues, "5", {"cat_9=id:" + id}, order)[0]["logit"] == one["logit"]);
            if (one["rank"] != table["current"]["rank"]) {
                QVERIFY(one["logit"].get<double>() <= before);
                before = one["logit"].get<double>();
            }
            if (one["category"].is_null()) continue;
            const QString value = QString::fromStdString(one["category"].get<std::string>());
            QVERIFY(rowsOf(kValues, "5", {"cat_9=" + value}, order)[0]["logit"] == one["logit"]);
            ++named;
        }
        QVERIFY(named >= 8);
        QCOMPARE(all[0]["rank"].get<int>(), 1);
        QCOMPARE(all[7]["rank"].get<int>(), 2588);
        QVERIFY(table["current"]["logit"] == rowsOf(kValues, "5", {}, order)[0]["logit"]);
        QCOMPARE(table["raising"].get<int>(), table["current"]["rank"].get<int>() - 1);

        const json numerical = swept(kIds, QStringList{"--field", "num_3"} + order);
        QCOMPARE(numerical["kind"].get<std::string>(), std::string("numerical"));
        QVERIFY(numerical["values"].size() > 20 && numerical["values"].size() <= 200);
        QCOMPARE(numerical["rows_looked_at"].get<int>(), 20000);
        int raw = 0;
        for (std::size_t i = 0; i < numerical["values"].size(); i += 9) {
            const json& one = numerical["values"][i];
            const bool missing = one["value"].is_null();
            QCOMPARE(missing, one["fed"] == 0);
            const QString value = missing ? QString() : QString::number(one["value"].get<int>());
            QVERIFY(rowsOf(kIds, "5", {"num_3=" + value}, order)[0]["logit"] == one["logit"]);
            raw += !missing;
        }
        QVERIFY(raw > 2);
        QVERIFY(numerical["current"]["logit"] == rowsOf(kIds, "5", {}, order)[0]["logit"]);
    }

    void threadsChangeNoBit() {
        const QTemporaryDir folder;
        std::vector<std::vector<double>> logits;
        for (const char* threads : {"1", "2", "0"}) {
            const QString path = folder.filePath(QStringLiteral("%1.npy").arg(threads));
            QCOMPARE(cli(QStringList{"sweep", kModel, "--row", "7", "--field", "cat_19", "--out", path} +
                         (*threads == '0' ? QStringList() : QStringList{"--threads", threads}) + kIds)
                         .code,
                     0);
            logits.push_back(npyValues(path));
        }
        QCOMPARE(logits[0].size(), 4666U);
        QCOMPARE(logits[1], logits[0]);
        QCOMPARE(logits[2], logits[0]);
    }

    void filesHoldAllOfThem() {
        const QTemporaryDir folder;
        const auto write = [&](const QString& field, const char* extension) {
            const QString path = folder.filePath(field + "." + extension);
            const auto answer = cli(
                QStringList{"sweep", kModel, "--row", "5", "--field", field, "--top", "1", "--out", path} + kValues);
            if (answer.code != 0 || !answer.out.contains("written to")) qFatal("%s", answer.err.constData());
            return readAll(path);
        };
        for (const QString field : {"cat_19", "num_3"}) {
            const json all = json::parse(write(field, "json").toStdString());
            QVERIFY(all["provenance"].is_object() && all["current"].is_object());
            const json& values = all["values"];
            QCOMPARE(values.size(), all["count"].get<std::size_t>());
            write(field, "npy");
            const std::vector<double> npy = npyValues(folder.filePath(field + ".npy"));
            const bool numerical = field == "num_3";
            QCOMPARE(npy.size(), values.size() * (numerical ? 2 : 1));
            const auto lines = write(field, "csv").trimmed().split('\n');
            QCOMPARE(lines[0], QByteArray(numerical ? "value,fed,logit,probability" : "id,category,logit,probability"));
            QCOMPARE(static_cast<std::size_t>(lines.size()), values.size() + 1);
            QVERIFY(write(field, "h5").size() > 1000 && write(field, "tsv").contains("\tlogit\t"));
            for (std::size_t i = 0; i < values.size(); ++i) {
                const auto cells = lines[static_cast<int>(i) + 1].split(',');
                const double logit = values[i]["logit"].get<float>();
                QCOMPARE(npy[numerical ? 2 * i + 1 : i], logit);
                if (numerical) QCOMPARE(npy[2 * i], static_cast<double>(values[i]["fed"].get<float>()));
                QCOMPARE(static_cast<double>(cells[2].toFloat()), logit);
                if (!numerical) QCOMPARE(values[i]["id"].get<std::size_t>(), i);
            }
        }
    }

    // Each change of the list, fed through predict --set, gives what the list says and crosses or does not.
    void changesAreThePredictionsOfEditedRows_data() {
        QTest::addColumn<bool>("values");
        QTest::addColumn<QString>("threshold");
        QTest::newRow("ids, up") << false << "0.3";
        QTest::newRow("values, click rate") << true << "click-rate";
        QTest::newRow("values, none crosses") << true << "0.9999";
    }
    void changesAreThePredictionsOfEditedRows() {
        QFETCH(bool, values);
        QFETCH(QString, threshold);
        const QStringList& data = values ? kValues : kIds;
        const QTemporaryDir folder;
        const QString file = folder.filePath("changes.csv");
        const json found = swept(data, {"--cross", threshold, "--out", file});
        QCOMPARE(found["changes"].size(), 39U);
        QCOMPARE(found["threshold_source"] == "click_rate", threshold == "click-rate");
        const double at = found["threshold"].get<double>();
        const auto lines = readAll(file).trimmed().split('\n');
        QCOMPARE(lines.size(), 40);
        QCOMPARE(lines[0], QByteArray("field,crosses,current,value,set,logit,probability,change,tried,others"));
        int crossing = 0, named = 0;
        for (std::size_t i = 0; i < 39; ++i) {
            const json& change = found["changes"][i];
            const auto cells = lines[static_cast<int>(i) + 1].split(',');
            QCOMPARE(cells[0].toStdString(), change["field"].get<std::string>());
            QCOMPARE(cells[4].toStdString(), change["set"].get<std::string>());
            QCOMPARE(cells[1], QByteArray(change["crosses"].get<bool>() ? "1" : "0"));
            QCOMPARE(static_cast<double>(cells[5].toFloat()), static_cast<double>(change["logit"].get<float>()));
            const json row = rowsOf(data, "5", {QString::fromStdString(change["set"].get<std::string>())})[0];
            QVERIFY2(row["logit"] == change["logit"], change.dump().c_str());
            const double probability = row["probability"].get<double>();
            QCOMPARE(change["probability"].get<double>(), probability);
            QCOMPARE(change["crosses"].get<bool>(), (probability >= at) != found["above_threshold"].get<bool>());
            QCOMPARE(change["change"].get<double>(), probability - found["probability"].get<double>());
            crossing += change["crosses"].get<bool>();
            named += change["value"].contains("category") && change["value"]["category"].is_string();
        }
        QCOMPARE(found["crossing"].get<int>(), crossing);
        QCOMPARE(crossing > 0, threshold != "0.9999");
        QCOMPARE(named > 10, values);
        const auto text = cli(QStringList{"sweep", kModel, "--row", "5", "--cross", threshold} + data).out;
        QVERIFY2(text.contains("can alone make it clicked") && text.contains("cat_25"), text);
    }

    void pairsArePredictionsOfEditedRows() {
        const QTemporaryDir folder;
        const QString file = folder.filePath("pair.npy");
        const json pair = swept(kValues, {"--field", "cat_9", "--with", "num_3", "--out", file});
        QCOMPARE(pair["kind"].get<std::string>(), std::string("pair"));
        const json &ids = pair["fields"][0]["values"], &numbers = pair["fields"][1]["values"];
        QCOMPARE(ids.size(), 30U);
        QVERIFY(numbers.size() > 20 && numbers.size() <= 30);
        const std::vector<double> npy = npyValues(file);
        QCOMPARE(npy.size(), ids.size() * numbers.size());
        for (std::size_t i = 0; i < ids.size(); i += 7)
            for (std::size_t j = 0; j < numbers.size(); j += 9) {
                const QString id = QString::number(ids[i]["id"].get<int>());
                const QString fed = QString::number(numbers[j]["fed"].get<double>(), 'g', 9);
                const json row = rowsOf(kValues, "5", {"cat_9=id:" + id, "num_3=fed:" + fed})[0];
                QVERIFY(row["logit"] == pair["logits"][i][j] && row["probability"] == pair["probabilities"][i][j]);
                QCOMPARE(npy[i * numbers.size() + j], static_cast<double>(row["logit"].get<float>()));
            }
        const QString csv = folder.filePath("pair.csv");
        QCOMPARE(cli(QStringList{"sweep", kModel, "--row", "5", "--field", "cat_9", "--with", "num_3", "--out", csv} +
                     kValues)
                     .code,
                 0);
        const auto lines = readAll(csv).trimmed().split('\n');
        QCOMPARE(lines[0], QByteArray("cat_9,num_3,logit,probability"));
        QCOMPARE(static_cast<std::size_t>(lines.size()), npy.size() + 1);
        QCOMPARE(static_cast<double>(lines[40].split(',')[2].toFloat()), npy[39]);
    }

    void fewIdsAreAllListed() {
        const json few = swept(kIds, {"--field", "cat_5", "--top", "100"});
        QCOMPARE(few["values"].size(), few["count"].get<std::size_t>());
        QVERIFY(few["count"].get<int>() < 200);
        for (std::size_t i = 0; i < few["values"].size(); ++i)
            QCOMPARE(few["values"][i]["rank"].get<std::size_t>(), i + 1);
        const auto text = cli(QStringList{"sweep", kModel, "--row", "5", "--field", "cat_5"} + kIds).out;
        QVERIFY2(text.contains("as it is") && !text.contains("--top N"), text);
    }

    void badInputIsRefused_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("words");
        const auto set = [](const char* name, const QStringList& edits, const char* code, const char* words) {
            QStringList arguments{"predict", kModel, "--rows", "0"};
            for (const QString& edit : edits) arguments += {"--set", edit};
            QTest::newRow(name) << arguments + kIds << code << words;
        };
        set("unknown field", {"cat_99=id:1"}, "E-FIELD-001", "Did you mean cat_9");
        set("no sign", {"cat_9"}, "E-FIELD-002", "FIELD=VALUE");
        set("no name", {"=5"}, "E-FIELD-002", "=5");
        set("twice", {"cat_9=id:1", "num_3=1", "cat_9=id:2"}, "E-FIELD-003", "cat_9=id:1 and cat_9=id:2");
        set("number for a category", {"cat_9=12"}, "E-SESSION-005", "cat_9");
        set("row for a number", {"num_3=id:4"}, "E-SESSION-007", "num_3");
        set("no whole number", {"num_3=1.5"}, "E-SESSION-007", "1.5");
        set("too large", {"num_3=99999999999"}, "E-SESSION-007", "99999999999");
        set("id outside", {"cat_9=id:2588"}, "E-SESSION-004", "id:2587");
        set("negative id", {"cat_9=id:-1"}, "E-SESSION-004", "id:-1");
        set("value without dictionary", {"cat_9=a73ee510"}, "E-SESSION-003", "dictionary");
        set("not finite", {"num_3=fed:nan"}, "E-SESSION-013", "finite");
        QTest::newRow("too many rows") << QStringList{"predict", kModel, "--rows", "0-100", "--set", "num_3=1"} + kIds
                                       << "E-CLI-004"
                                       << "at most 100";
        QTest::newRow("with --expect") << QStringList{"predict", kModel, "--set", "num_3=1", "--expect", "x.npy"} + kIds
                                       << "E-CLI-001"
                                       << "--set";
        QTest::newRow("nothing set") << QStringList{"predict", kModel, "--set", ""} + kIds << "E-CLI-001"
                                     << "--set";
        const auto sweep = [](const char* name, const QStringList& more, const char* code, const char* words) {
            QTest::newRow(name) << QStringList{"sweep", kModel} + kIds + more << code << words;
        };
        sweep("row outside", {"--row", "20000", "--field", "cat_9"}, "E-ENGINE-003", "20000");
        sweep("negative row", {"--row", "-1", "--field", "cat_9"}, "E-CLI-001", "--row");
        sweep("no row", {"--field", "cat_9"}, "E-CLI-001", "--row");
        sweep("no field", {"--row", "1"}, "E-FIELD-007", "--cross");
        sweep("both", {"--row", "1", "--field", "cat_9", "--cross", "0.5"}, "E-CLI-001", "--cross");
        sweep("average of ids", {"--row", "1", "--field", "cat_9", "--average"}, "E-FIELD-004", "cat_9");
        sweep("average of a pair", {"--row", "1", "--field", "num_9", "--with", "num_3", "--average"}, "E-CLI-001",
              "--average");
        sweep("one field twice", {"--row", "1", "--field", "cat_9", "--with", "cat_9"}, "E-FIELD-006", "cat_9");
        sweep("unknown second", {"--row", "1", "--field", "cat_9", "--with", "cat_26"}, "E-FIELD-001", "Did you mean");
        sweep("second alone", {"--row", "1", "--with", "cat_9"}, "E-CLI-001", "--field");
        for (const char* threshold : {"0", "1", "1.5", "-0.1", "nan", "0.5x", "half"})
            sweep(threshold, {"--row", "1", "--cross", threshold}, "E-FIELD-005", threshold);
        sweep("changes as npy", {"--row", "1", "--cross", "0.5", "--out", "x.npy"}, "E-EXPORT-001", ".json");
        sweep("a pair as h5", {"--row", "1", "--field", "cat_9", "--with", "num_1", "--out", "x.h5"}, "E-EXPORT-001",
              ".npy");
        sweep("unknown numerical", {"--row", "1", "--field", "num_13"}, "E-FIELD-001", "Did you mean num_1");
        sweep("a table's number", {"--row", "1", "--field", "19"}, "E-FIELD-001", "cat_19");
        sweep("a layer", {"--row", "1", "--field", "bottom_mlp"}, "E-FIELD-001", "Name one of these");
        sweep("no top", {"--row", "1", "--field", "cat_9", "--top", "0"}, "E-CLI-001", "--top");
        sweep("over the data", {"--row", "1", "--field", "cat_9", "--out", kModel + "/feature_9_part0.npy"},
              "E-CLI-006", "checkpoint");
        sweep("unknown form", {"--row", "1", "--field", "cat_9", "--out", "x.txt"}, "E-EXPORT-001", ".npy");
    }
    void badInputIsRefused() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, code);
        QFETCH(QString, words);
        const auto answer = cli(arguments);
        QVERIFY2(answer.code == 2 && answer.err.startsWith(code.toUtf8() + ": "), answer.err + answer.out);
        QVERIFY2(answer.err.contains(words.toUtf8()), answer.err);
        QVERIFY2(answer.err.contains("what to do: ") && answer.out.isEmpty(), answer.err);
    }

    void rowsOfSeveralIdsHaveNoFieldToSweep() {
        const QString multiHot = QStringLiteral(DLRM_TEST_DATA "/golden/datasets/multihot_tfrecords");
        const auto answer = cli({"sweep", QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint"),
                                 "--data", multiHot, "--row", "0", "--field", "num_3"});
        QVERIFY2(answer.code == 2, answer.err);
        QVERIFY2(answer.err.startsWith("E-ENGINE-017"), answer.err);
    }
};

DLRM_TEST(TestCliSweep);

}  // namespace tst_cli_sweep

#include "tst_cli_sweep.moc"
