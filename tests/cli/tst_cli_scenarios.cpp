// SPDX-License-Identifier: Apache-2.0
// Workspaces on the command line: opened wherever a checkpoint is, with options that say otherwise, and their scenarios
// against what the window computes. The figures themselves stand in scenarios_twin.py.
#include <QTemporaryDir>
#include <QTest>

#include "core/engine/workspace.h"
#include "core/scenarios/reasons.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_cli_scenarios {

using namespace dlrm::test;
using nlohmann::json;

namespace {

const QString kWorkspace = kDemo + "/demo.dlrmx";
const QStringList kAsItSays{"--data", kDemo + "/dataset", "--dictionary", kDemo + "/dictionary"};

bool hasNote(const json& answer, const char* words) {
    for (const auto& note : answer["notes"])
        if (note.get<std::string>().find(words) != std::string::npos) return true;
    return false;
}

}  // namespace

class TestCliScenarios : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;

    // The demo's workspace, changed, in a directory of its own beside links to what it names.
    QString changed(const std::function<void(nlohmann::ordered_json&)>& change) {
        auto kept = nlohmann::ordered_json::parse(readAll(kWorkspace).toStdString());
        change(kept);
        for (const char* part : {"checkpoint", "dataset", "dictionary"})
            QFile::link(kDemo + "/" + part, m_directory.filePath(part));
        const QString path = m_directory.filePath("own.dlrmx");
        writeAll(path, QByteArray::fromStdString(kept.dump()));
        return path;
    }

private Q_SLOTS:
    // What the window does with a scenario is rowsOf() and predictScenario().
    void scenariosAreThoseOfTheWindow() {
        const auto answer = cli({"predict", kWorkspace, "--scenarios", "--explain", "--json", "--quiet"});
        QCOMPARE(answer.code, 0);
        const json said = answer.json();
        QVERIFY(!hasNote(said, "another one"));
        const auto file = dlrm::readWorkspaceFile(kWorkspace.toStdString());
        QVERIFY(file);
        QCOMPARE(said["scenarios"].size(), file->scenarios.size());
        const auto opened = dlrm::openWorkspace(file->request);
        QVERIFY(opened);
        const dlrm::TypedRows typed(&opened->engine->spec(), opened->dataset.get(), opened->dictionary.get(),
                                    opened->reading);
        const dlrm::FieldNames names = dlrm::fieldNamesOf(opened->engine->spec(), opened->dataset->schema());
        for (std::size_t i = 0; i < file->scenarios.size(); ++i) {
            const json& one = said["scenarios"][i];
            const auto rows = dlrm::rowsOf(file->scenarios[i], names, typed);
            QVERIFY(rows);
            const auto result = dlrm::predictScenario(*opened->engine, *rows, names, dlrm::WithReasons::Yes);
            QVERIFY(result);
            QCOMPARE(one["logit"].get<float>(), result->logit);
            QCOMPARE(one["probability"].get<double>(), result->probability);
            QCOMPARE(one["probability_before"].get<double>(), result->probabilityBefore);
            QCOMPARE(one["reasons"].size(), result->reasons.size());
            for (std::size_t r = 0; r < result->reasons.size(); ++r) {
                QCOMPARE(one["reasons"][r]["adds"].get<double>(), result->reasons[r].adds);
                QCOMPARE(one["reasons"][r]["sentence"].get<std::string>(), result->reasons[r].sentence);
            }
            // Its row of the dataset, edited by hand.
            QStringList by{"predict", kDemo + "/checkpoint", "--rows", QString::number(one["row"].get<int>()), "--json",
                           "--quiet"};
            for (const dlrm::FieldValue& edit : file->scenarios[i].edits)
                by += {"--set", QString::fromStdString(edit.field + "=" + edit.value)};
            const json edited = cli(by + kAsItSays).json()["rows"][0];
            QCOMPARE(one["logit"].get<float>(), edited["logit"].get<float>());
        }
    }

    void textSaysTheSame() {
        const auto answer = cli({"predict", kWorkspace, "--scenarios", "--quiet"});
        QCOMPARE(answer.code, 0);
        QVERIFY(answer.out.startsWith("One number tips the balance (row 27)\n"));
        QVERIFY(answer.out.contains("  probability 0.615507, before 0.472189, change +0.143318\n"));
        QVERIFY(answer.out.contains("  edited: num_5 is 15 instead of missing.\n"));
        QVERIFY(!answer.out.contains("speaks"));
        const auto explained = cli({"predict", kWorkspace, "--scenarios", "--explain", "--quiet"});
        QCOMPARE(explained.out.count(" speaks "), 20);
        QVERIFY(explained.out.contains("num_5 is 15, which speaks strongly for a click."));
    }

    void opensWhereACheckpointDoes_data() {
        QTest::addColumn<QStringList>("verb");
        const auto row = [](const char* verb, const QStringList& more = {}) {
            QTest::newRow(verb) << QStringList{verb} + more;
        };
        row("info");
        row("tables");
        row("rows", {"--table", "cat_3", "--ids", "0-3"});
        row("layers", {"--limit", "1000"});
        row("neighbors", {"--table", "cat_3", "--id", "5"});
        row("predict", {"--rows", "5-9"});
        row("sweep", {"--row", "5", "--field", "cat_3"});
        row("evaluate");
        row("interactions", {"--rows", "0-999"});
    }
    void opensWhereACheckpointDoes() {
        QFETCH(QStringList, verb);
        const QStringList more = verb.mid(1) + QStringList{"--json", "--quiet"};
        const auto by = cli(QStringList{verb[0], kWorkspace} + more);
        const auto plain = cli(QStringList{verb[0], kDemo + "/checkpoint"} + more + kAsItSays);
        QCOMPARE(by.err, plain.err);
        QCOMPARE(by.code, plain.code);
        json a = lasting(by.json()), b = lasting(plain.json());
        for (json* one : {&a, &b}) {
            one->erase("open_seconds");
            if (one->contains("atlas")) (*one)["atlas"] = lasting((*one)["atlas"]);
        }
        QVERIFY(a.size() > 1);
        QCOMPARE(QByteArray::fromStdString(a.dump()), QByteArray::fromStdString(b.dump()));
    }

    void optionsSayOtherwise() {
        const QString path = changed([](auto& kept) {
            kept["options"]["interaction"] = "tensorflow";
            kept["options"]["numerical"] = "ln2";
        });
        const auto reading = [&](const QStringList& more) {
            const auto answer = cli(QStringList{"predict", path, "--rows", "0", "--json", "--quiet"} + more);
            if (answer.code != 0) qFatal("%s", answer.err.constData());
            const json from = answer.json()["provenance"];
            return from["interaction"]["order"].get<std::string>() + " " +
                   from["reading"]["numerical"].get<std::string>() + " " + from["split"].get<std::string>();
        };
        QCOMPARE(reading({}), std::string("tensorflow ln2 test"));
        QCOMPARE(reading({"--interaction", "custom_cuda"}), std::string("custom_cuda ln2 test"));
        QCOMPARE(reading({"--numerical", "ln3"}), std::string("tensorflow ln3 test"));
        // Other data are read as they mean themselves.
        const QStringList raw{"--data", kDemo + "/raw_rows.tsv", "--dictionary", kDemo + "/dictionary"};
        const auto other = cli(QStringList{"predict", path, "--rows", "0", "--json", "--quiet"} + raw);
        QCOMPARE(other.code, 0);
        QCOMPARE(other.json()["provenance"]["reading"]["numerical"].get<std::string>(), std::string("ln3"));
        QVERIFY(hasNote(other.json(), "The dataset is another one"));
        QVERIFY(!hasNote(other.json(), "name it with --dictionary"));
        const auto without = cli({"predict", kWorkspace, "--data", kDemo + "/dataset", "--rows", "0", "--json"});
        QVERIFY(hasNote(without.json(), "name it with --dictionary"));
    }

    void whatDoesNotFitIsAFinding() {
        const QString path = changed([](auto& kept) {
            auto& values = kept["scenarios"][1]["values"];
            values["cat_99"] = values["cat_3"];
            kept["scenarios"][2]["edits"]["cat_9"] = "id:99999999";
        });
        const auto answer = cli({"predict", path, "--scenarios", "--json", "--quiet"});
        QCOMPARE(answer.code, 1);
        const json said = answer.json()["scenarios"];
        QVERIFY(said[0]["fits"].get<bool>() && said[3]["fits"].get<bool>());
        QCOMPARE(said[1]["error"]["code"].get<std::string>(), std::string("E-DLRMX-006"));
        QCOMPARE(said[2]["error"]["code"].get<std::string>(), std::string("E-SESSION-004"));
        const auto text = cli({"predict", path, "--scenarios", "--quiet"});
        QCOMPARE(text.code, 1);
        QVERIFY(text.out.contains(
            "does not fit: E-DLRMX-006 The scenario has other fields than what is open. Expected: num_0 to "
            "cat_25; found: cat_99."));
    }

    void anEditThatIsNotFiniteIsOfItsScenarioOnly() {
        const QString path = changed([](auto& kept) { kept["scenarios"][1]["edits"] = {{"num_3", "fed:nan"}}; });
        const auto answer = cli({"predict", path, "--scenarios", "--json", "--quiet"});
        QCOMPARE(answer.code, 1);
        const json said = answer.json()["scenarios"];
        QCOMPARE(said[1]["error"]["code"].get<std::string>(), std::string("E-SESSION-013"));
        for (const int other : {0, 2, 3}) QVERIFY(said[other]["fits"].get<bool>());
    }

    void changesAndUnknownKeysAreNoted() {
        const QString path = changed([](auto& kept) {
            kept["checkpoint"]["path"] = (kDemo + "/checkpoint_next").toStdString();
            kept["mood"] = "good";
        });
        const json said = cli({"predict", path, "--scenarios", "--json", "--quiet"}).json();
        QVERIFY(hasNote(said, "The checkpoint is another one since the workspace was saved"));
        QVERIFY(hasNote(said, "keys that this version does not know: /mood"));
        QVERIFY(!hasNote(said, "The dataset is another one"));
        QCOMPARE(said["scenarios"].size(), std::size_t{4});
    }

    void slicesOfTheWorkspaceAreEvaluated() {
        const QString path = changed([](auto& kept) {
            kept["slices"] = {"num_3 > 5", "cat_19 missing"};
            kept["checkpoint"]["fingerprint"] = "xxh3:0";
        });
        const json kept = cli({"evaluate", path, "--json", "--quiet"}).json();
        const json asked = cli(QStringList{"evaluate", kDemo + "/checkpoint", "--slice", "num_3 > 5", "--slice",
                                           "cat_19 missing", "--json", "--quiet"} +
                               kAsItSays)
                               .json();
        QCOMPARE(kept["slices"].size(), std::size_t{2});
        QVERIFY(kept["slices"] == asked["slices"]);
        QVERIFY(hasNote(kept, "The checkpoint is another one since the workspace was saved"));
        const json other = cli({"evaluate", path, "--slice", "num_3 > 6", "--json", "--quiet"}).json();
        QCOMPARE(other["slices"].size(), std::size_t{1});
        const QString state = m_directory.filePath("state.h5");
        QCOMPARE(cli({"evaluate", path, "--rows", "0-99", "--state", state, "--quiet"}).code, 0);
    }

    // Those of the workspace are not looked at where others are asked for, and are where only more is.
    void slicesOfTheWorkspaceGiveWay() {
        const QString bad = changed([](auto& kept) { kept["slices"] = {"num_99 > 5"}; });
        const auto where = cli({"evaluate", bad, "--where", "num_3 > 5", "--rows", "0-99", "--json", "--quiet"});
        QVERIFY2(where.code == 0, where.err);
        QVERIFY(cli({"evaluate", bad, "--rows", "0-99", "--quiet"}).err.contains("E-SLICE-002"));
        const QString good = changed([](auto& kept) { kept["slices"] = {"num_3 > 5"}; });
        const json weakest = cli({"evaluate", good, "--weakest", "3", "--json", "--quiet"}).json();
        QVERIFY(weakest["slices"].size() == 1 && weakest.contains("weakest_tested"));
    }

    void whatIsNotThereIsSaid() {
        const QString path = changed([](auto& kept) { kept["data"]["path"] = "gone"; });
        const auto answer = cli({"predict", path, "--scenarios", "--quiet"});
        QCOMPARE(answer.code, 2);
        QVERIFY(answer.err.startsWith("E-DLRMX-005: The dataset that the workspace names is not there."));
        QVERIFY(answer.err.contains("/data/path") && answer.err.contains("own.dlrmx"));
        // What does not need it opens.
        QCOMPARE(cli({"verify", path, "--sidecar", m_directory.filePath("hashes.json"), "--quiet"}).code, 0);
        QCOMPARE(cli(QStringList{"predict", path, "--scenarios", "--quiet"} + kAsItSays).code, 0);
    }

    void whatIsNoneIsRefused() {
        const auto plain = cli(QStringList{"predict", kDemo + "/checkpoint", "--scenarios", "--quiet"} + kAsItSays);
        QCOMPARE(plain.code, 2);
        QVERIFY(plain.err.startsWith("E-DLRMX-007"));
        const QString path = changed([](auto& kept) { kept["scenarios"] = nlohmann::ordered_json::array(); });
        QVERIFY(cli({"predict", path, "--scenarios", "--quiet"}).err.startsWith("E-DLRMX-007"));
        const QString broken = changed([](auto& kept) { kept["scenarios"][0]["row"] = "x"; });
        const auto refused = cli({"info", broken, "--quiet"});
        QCOMPARE(refused.code, 2);
        QVERIFY(refused.err.startsWith("E-DLRMX-003") && refused.err.contains("/scenarios/0/row"));
        QVERIFY(cli({"predict", kWorkspace, "--scenarios", "--rows", "3"}).err.startsWith("E-CLI-001"));
        // Without data it needs --data as a checkpoint does.
        const QString alone = changed([](auto& kept) {
            kept.erase("data");
            kept.erase("options");
        });
        const auto needs = cli({"predict", alone, "--scenarios"});
        QCOMPARE(needs.code, 2);
        QVERIFY(needs.err.contains("--data"));
    }
};

DLRM_TEST(TestCliScenarios);

}  // namespace tst_cli_scenarios
#include "tst_cli_scenarios.moc"
