// SPDX-License-Identifier: Apache-2.0
// What holds for every verb: text no wider than 120 characters, ASCII where there is no UTF-8, JSON with its
// provenance, one type for each key.
#include <QDateTime>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <set>

#include "tests/cli/cli_process.h"
#include "tests/cli/written_origin.h"
#include "tests/support/test_program.h"

namespace tst_cli_contract {

using namespace dlrm::test;
using nlohmann::json;

namespace {

constexpr int kWidth = 120;
const QString kModel = kDemo + "/checkpoint";
const QStringList kData{"--data", kDemo + "/dataset"};
const QStringList kRaw{"--data", kDemo + "/raw_rows.tsv", "--dictionary", kDemo + "/dictionary"};

QProcessEnvironment locale(const char* name) {
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.remove("COLUMNS");
    environment.remove("LC_ALL");
    environment.remove("LC_CTYPE");
    environment.insert("LANG", name);
    return environment;
}

int widest(const QByteArray& text) {
    qsizetype widest = 0;
    for (const QString& line : QString::fromUtf8(text).split('\n')) widest = std::max(widest, line.size());
    return static_cast<int>(widest);
}

// "number", "string", "object", "array", "boolean"; empty for null.
std::string typeOf(const json& value) {
    return value.is_null() ? "" : value.is_number() ? "number" : value.type_name();
}

}  // namespace

class TestCliContract : public QObject {
    Q_OBJECT

    // Every verb, in its usual forms; no bench and demo, which are slow or write.
    QList<QPair<QString, QStringList>> calls() {
        return {
            {"info", {"info", kModel}},
            {"info with data", QStringList{"info", kModel, "--check-tables"} + kData},
            {"info of a part", {"info", kModel + "/feature_0_part0.npy"}},
            {"tables", {"tables", kModel}},
            {"tables with data", QStringList{"tables", kModel} + kData},
            {"tables sorted", {"tables", kModel, "--sort", "untrained", "--top", "3"}},
            {"one table", {"tables", kModel, "--table", "cat_9"}},
            {"headers", {"tables", kModel, "--no-statistics"}},
            {"rows", {"rows", kModel, "--table", "cat_9", "--ids", "0-4"}},
            {"layers", {"layers", kModel}},
            {"layers with data", QStringList{"layers", kModel, "--limit", "500"} + kData},
            {"neighbors", QStringList{"neighbors", kModel, "--table", "9", "--ids", "5,6"} + kRaw},
            {"predict", QStringList{"predict", kModel, "--rows", "0-3,7"} + kData},
            {"predict raw", QStringList{"predict", kModel, "--rows", "0-3"} + kRaw},
            {"predict hashed",
             {"predict", kModel, "--rows", "0-3", "--data", kDemo + "/raw_rows.tsv", "--missing-dictionary", "hash"}},
            {"explain", QStringList{"predict", kModel, "--rows", "0-1", "--explain"} + kData},
            {"edited", QStringList{"predict", kModel, "--rows", "0-3", "--set", "num_3=12", "--set", "cat_9="} + kRaw},
            {"sweep", QStringList{"sweep", kModel, "--row", "5", "--field", "cat_9"} + kRaw},
            {"sweep of a numerical", QStringList{"sweep", kModel, "--row", "5", "--field", "num_3"} + kData},
            {"sweep with an average",
             QStringList{"sweep", kModel, "--row", "5", "--field", "num_6", "--average"} + kData},
            {"sweep of a pair",
             QStringList{"sweep", kModel, "--row", "5", "--field", "num_6", "--with", "cat_9"} + kRaw},
            {"changes that cross", QStringList{"sweep", kModel, "--row", "5", "--cross", "0.3"} + kRaw},
            {"evaluate", QStringList{"evaluate", kModel, "--rows", "0-1999"} + kData},
            {"interactions", QStringList{"interactions", kModel, "--rows", "0-999"} + kData},
            {"merge", {"merge", m_folder.filePath("state.h5"), "--allow-gaps"}},
            {"compare", {"compare", kModel, kDemo + "/checkpoint_next"}},
            {"compare with data",
             QStringList{"compare", kModel, kDemo + "/checkpoint_next", "--rows", "0-999"} + kData},
            {"doctor", {"doctor", kModel}},
            {"doctor with data", QStringList{"doctor", kModel, "--limit", "2000", "--all"} + kData},
            {"verify", {"verify", kModel, "--sidecar", m_folder.filePath("hashes.json")}},
            {"verify again", {"verify", kModel, "--sidecar", m_folder.filePath("hashes.json")}},
            {"convert", {"convert", kModel, m_folder.filePath("model.h5")}},
            {"parity", QStringList{"parity", kModel, "--sample", "16", "--backend", "cpu"} + kData},
            {"bad verb", {"evalute", kModel}},
            {"bad option", {"info", kModel, "--dat", "x"}},
            {"no model", {"info", m_folder.filePath("nothing")}},
        };
    }
    void rowsOfCalls() {
        QTest::addColumn<QStringList>("arguments");
        for (const auto& [name, arguments] : calls()) QTest::newRow(qPrintable(name)) << arguments;
    }

private Q_SLOTS:
    void initTestCase() {
        QCOMPARE(
            cli(QStringList{"evaluate", kModel, "--rows", "0-1999", "--state", m_folder.filePath("state.h5")} + kData)
                .code,
            0);
    }

    void nothingIsWiderThanThePage_data() { rowsOfCalls(); }
    void nothingIsWiderThanThePage() {
        QFETCH(QStringList, arguments);
        const auto answer = cli(arguments + QStringList{"--quiet"}, locale("C.UTF-8"));
        QVERIFY2(answer.code != 2 || arguments.contains("--dat") || arguments[0] == "evalute" ||
                     arguments[1].endsWith("nothing"),
                 answer.err);
        QVERIFY2(widest(answer.out) <= kWidth, answer.out);
        QVERIFY(!answer.out.contains('\x1b'));
    }
    void helpFitsToo() {
        for (const QStringList& help : {QStringList{"--help"}, {"-V"}, {"help", "predict"}}) {
            const auto answer = cli(help, locale("C.UTF-8"));
            QCOMPARE(answer.code, 0);
            QVERIFY2(widest(answer.out) <= kWidth && answer.out.size() > 50, answer.out);
        }
        for (const char* verb :
             {"info", "tables", "rows", "layers", "neighbors", "predict", "sweep", "evaluate", "interactions", "merge",
              "compare", "doctor", "verify", "convert", "parity", "bench", "demo"}) {
            const auto answer = cli({verb, "--help"}, locale("C.UTF-8"));
            for (const char* flag : {"--json VALUE", "--quiet VALUE", "--help VALUE"})
                QVERIFY2(!answer.out.contains(flag), verb);  // they take none
            QCOMPARE(answer.code, 0);
            QVERIFY2(widest(answer.out) <= kWidth, answer.out);
            QVERIFY2(answer.out.contains("Examples\n  ") && answer.out.contains("Exit codes:"), answer.out);
        }
    }
    // The verb's own options come first, then those it shares with others, in one order everywhere.
    void helpListsWhatIsSharedBehindTheOwn_data() {
        QTest::addColumn<bool>("hasOwn");
        QTest::addColumn<QStringList>("shared");
        const QStringList model{"How the model is read"}, read = QStringList{"Data"} + model, computed{"Computing"};
        for (const char* verb : {"info", "layers", "predict", "sweep", "evaluate", "interactions", "parity"})
            QTest::newRow(verb) << true << read + computed;
        for (const char* verb : {"tables", "rows", "neighbors", "doctor"}) QTest::newRow(verb) << true << read;
        QTest::newRow("convert") << false << read;
        QTest::newRow("verify") << true << model;
        QTest::newRow("bench") << true << model + computed;
        for (const char* verb : {"merge", "demo"}) QTest::newRow(verb) << true << QStringList();
    }
    void helpListsWhatIsSharedBehindTheOwn() {
        QFETCH(bool, hasOwn);
        QFETCH(QStringList, shared);
        const QString verb = QTest::currentDataTag(), own = "Options of " + verb;
        const QStringList headings{own, "Data", "How the model is read", "Computing", "Output", "Examples"};
        QStringList found;
        const QString help = QString::fromUtf8(cli({verb, "--help"}).out);
        for (const QString& line : help.split('\n'))
            if (headings.contains(line)) found += line;
        QStringList expected = shared + QStringList{"Output", "Examples"};
        if (hasOwn) expected.prepend(own);
        QCOMPARE(found, expected);
        // What is only looked at beside the data of a model says what for.
        if (QStringList{"info", "tables", "rows", "neighbors"}.contains(verb))
            QVERIFY2(help.simplified().contains("--data VALUE The model's dataset, whose names and cardinalities are "
                                                "shown with the tables: feature_spec.yaml or its directory, or a raw "
                                                "Criteo TSV file"),
                     qPrintable(help));
    }
    void theHelpsParagraphsAreFilled() {
        QVERIFY(cli({"doctor", "--help"}).out.contains("nothing predicts (normalized entropy 1 or more)"));
        QVERIFY(cli({"doctor", "--help"}).out.contains("or the reading as opened is beaten by others that tie;"));
        QVERIFY(cli({"layers", "--help"}).out.contains("a constant one after its value times its outgoing weights"));
        auto environment = locale("C.UTF-8");
        environment.insert("COLUMNS", "80");
        const QString help = QString::fromUtf8(cli({"doctor", "--help"}, environment).out);
        const QStringList lines = help.mid(help.indexOf("Exit codes:")).trimmed().split('\n');
        QVERIFY2(lines.size() > 3, qPrintable(help));
        for (int i = 0; i + 1 < lines.size(); ++i) {
            const QString next = lines[i + 1].trimmed().section(' ', 0, 0);
            QVERIFY2(lines[i].size() <= 80 && lines[i].size() + 1 + next.size() > 80, qPrintable(lines[i]));
        }
    }
    void plainAsciiWithoutUtf8_data() { rowsOfCalls(); }
    void plainAsciiWithoutUtf8() {
        QFETCH(QStringList, arguments);
        const auto answer = cli(arguments, locale("C"));
        for (const QByteArray& text : {answer.out, answer.err})
            for (const char c : text) QVERIFY2(static_cast<unsigned char>(c) < 0x80, text);
        QVERIFY2(widest(answer.out) <= kWidth, answer.out);
    }
    void everyJsonSaysWhereItComesFrom_data() { rowsOfCalls(); }
    void everyJsonSaysWhereItComesFrom() {
        QFETCH(QStringList, arguments);
        const auto answer = cli(arguments + QStringList{"--json", "--quiet"});
        const json all = answer.json();
        QVERIFY2(all.is_object() && all.contains("provenance"), answer.out);
        const json& p = all["provenance"];
        for (const char* key : {"program", "version", "commit", "command", "created"})
            QVERIFY2(p[key].is_string() && !p[key].get<std::string>().empty(), key);
        QVERIFY(QRegularExpression(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$)")
                    .match(QString::fromStdString(p["created"].get<std::string>()))
                    .hasMatch());
        QVERIFY2(p["command"].get<std::string>().starts_with("dlrm-cli " + arguments[0].toStdString()),
                 p.dump().c_str());
        if (all.contains("error")) return;
        QVERIFY(all["notes"].is_array());
        for (const char* key : {"checkpoint", "layout", "fingerprint", "fingerprint_of", "table_precision"})
            QVERIFY2(p[key].is_string(), key);
        QVERIFY(QRegularExpression("^xxh3:[0-9a-f]{16}$")
                    .match(QString::fromStdString(p["fingerprint"].get<std::string>()))
                    .hasMatch());
        for (const char* key : {"name", "device", "reason", "precision"}) QVERIFY2(p["backend"][key].is_string(), key);
        for (const char* key : {"order", "source"}) QVERIFY2(p["interaction"][key].is_string(), key);
        const bool ofData = arguments.contains("--data") || arguments[0] == "merge";
        QCOMPARE(p["dataset"].is_string(), ofData);
        QCOMPARE(p["reading"].is_object() && p["profile"]["name"].is_string(), ofData);
    }
    // They are not among the calls above.
    void aBenchmarkAndADemoSayWhereTheyComeFromToo() {
        const auto isSaid = [](const json& p, const std::string& verb) {
            for (const char* key : {"program", "version", "commit", "command", "created"})
                if (!p[key].is_string() || p[key].get<std::string>().empty()) return false;
            return p["command"].get<std::string>().starts_with("dlrm-cli " + verb);
        };
        const auto bench = cli(QStringList{"bench", "open", "--checkpoint", kModel, "--json", "--quiet"} + kData);
        QVERIFY2(bench.code == 0, bench.err);
        const json machine = json::parse(bench.out.split('\n')[0].toStdString());
        QVERIFY2(isSaid(machine["provenance"], "bench open"), bench.out);
        QVERIFY2(machine["checkpoint"] == kModel.toStdString() && machine["backend"]["name"].is_string(), bench.out);
        const auto demo = cli({"demo", m_folder.filePath("demo"), "--rows", "100", "--json", "--quiet"});
        QVERIFY2(demo.code == 0 && isSaid(demo.json()["provenance"], "demo"), demo.err + demo.out);
        QVERIFY(demo.json()["notes"].is_array());
    }
    void everyFileSaysWhereItComesFrom_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("extensions");
        const QByteArray figures = "csv tsv json h5", all = figures + " npy";
        QTest::newRow("tables") << QStringList{"tables", kModel} << QByteArray("json h5");
        QTest::newRow("tables with data") << QStringList{"tables", kModel} + kData << QByteArray("json h5");
        QTest::newRow("rows") << QStringList{"rows", kModel, "--table", "cat_9", "--ids", "0-4"} << all;
        QTest::newRow("rows with data") << QStringList{"rows", kModel, "--table", "cat_9", "--ids", "0-4"} + kRaw
                                        << all;
        QTest::newRow("neighbors") << QStringList{"neighbors", kModel, "--table", "9", "--ids", "5,6"} << all;
        QTest::newRow("neighbors with data")
            << QStringList{"neighbors", kModel, "--table", "9", "--ids", "5,6"} + kRaw << all;
        QTest::newRow("predict") << QStringList{"predict", kModel, "--rows", "0-3"} + kData << all;
        QTest::newRow("evaluate") << QStringList{"evaluate", kModel, "--rows", "0-1999"} + kData << figures;
        QTest::newRow("merge") << QStringList{"merge", m_folder.filePath("state.h5"), "--allow-gaps"} << figures;
        QTest::newRow("sweep") << QStringList{"sweep", kModel, "--row", "5", "--field", "num_3"} + kData << all;
        QTest::newRow("interactions") << QStringList{"interactions", kModel, "--rows", "0-999"} + kData << all;
        QTest::newRow("parity") << QStringList{"parity", kModel, "--sample", "16", "--backend", "cpu"} + kData
                                << QByteArray("h5");
    }
    void everyFileSaysWhereItComesFrom() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, extensions);
        const std::string fingerprint =
            cli({"info", kModel, "--json"}).json()["provenance"]["fingerprint"].get<std::string>();
        const qsizetype data = arguments.indexOf("--data");
        const QString dataset = data < 0 ? QString() : arguments[data + 1];
        const bool ofData = data >= 0 || arguments[0] == "merge";
        QTemporaryDir folder;
        for (const QByteArray& extension : extensions.split(' ')) {
            const QString path = folder.filePath("result." + QString::fromLatin1(extension));
            const auto written = cli(arguments + QStringList{"--out", path, "--quiet"});
            QVERIFY2(written.code == 0 && QFile::exists(path), written.err);
            const auto says = [&](const char* key) { return originOf(path, key); };
            const auto at = [&](const char* key) -> QByteArray {
                return extension + ": " + key + " is " + says(key).c_str();
            };
            for (const char* key : {"version", "commit", "layout", "backend", "device", "precision"})
                QVERIFY2(!says(key).empty(), at(key));
            QCOMPARE(says("program"), std::string("dlrm-cli"));
            QVERIFY2(says("command").starts_with("dlrm-cli " + arguments[0].toStdString()), at("command"));
            QVERIFY2(QDateTime::fromString(QString::fromStdString(says("created")), Qt::ISODate).isValid(),
                     at("created"));
            QCOMPARE(says("checkpoint"), kModel.toStdString());
            QCOMPARE(says("fingerprint"), fingerprint);
            for (const char* key : {"dataset", "profile", "format", "numerical"})
                QVERIFY2(says(key).empty() != ofData, at(key));
            QVERIFY2(says("dataset").starts_with(dataset.toStdString()), at("dataset"));
        }
    }
    void aKeyHasOneTypeInEveryResult() {
        std::map<std::string, std::set<std::string>> types;
        for (const auto& [name, arguments] : calls()) {
            const json all = cli(arguments + QStringList{"--json", "--quiet"}).json();
            for (const auto& [key, value] : all.items()) {
                // The number of rows is called row_count; "rows" stands beside it for one version.
                if (key == "rows" && all.contains("row_count")) continue;
                if (const std::string type = typeOf(value); !type.empty()) types[key].insert(type);
            }
            for (const char* key : {"backend", "profile", "interaction"})
                if (all.contains(key))
                    QVERIFY2(all[key].is_object() || all[key].is_null(), qPrintable(name + ": " + key));
            if (all.contains("rows") && !all.contains("row_count")) QVERIFY2(all["rows"].is_array(), qPrintable(name));
        }
        QVERIFY(types.size() > 40);
        for (const auto& [key, all] : types) QVERIFY2(all.size() == 1, key.c_str());
    }
    void anExplanationHasTheObjectsOfAnyResult() {
        const json all =
            cli(QStringList{"predict", kModel, "--rows", "0-1", "--explain", "--json", "--quiet"} + kData).json();
        for (const char* key : {"profile", "interaction", "backend"}) {
            QVERIFY2(all.contains(key) && all[key].is_object(), key);
            QVERIFY2(all[key] == all["provenance"][key], key);
        }
        for (const char* key : {"name", "description"}) QVERIFY2(all["profile"][key].is_string(), key);
        for (const char* key : {"order", "source"}) QVERIFY2(all["interaction"][key].is_string(), key);
        for (const char* key : {"name", "device", "precision"}) QVERIFY2(all["backend"][key].is_string(), key);
        QCOMPARE(all["rows"].size(), std::size_t{2});
    }
    void aWidthThatIsAskedForIsKept() {
        auto environment = locale("C.UTF-8");
        environment.insert("COLUMNS", "72");
        for (const QStringList& arguments : {QStringList{"tables", kModel},
                                             {"predict", "--help"},
                                             QStringList{"evaluate", kModel, "--rows", "0-99"} + kData}) {
            const auto answer = cli(arguments, environment);
            QCOMPARE(answer.code, 0);
            QVERIFY2(widest(answer.out) <= 72, answer.out);
        }
    }
    // Messages fit as well; names and paths stay whole.
    void refusalsFit_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("path");
        const QString dictionary = kDemo + "/dictionary";
        QTest::newRow("no checkpoint") << QStringList{"info", dictionary} << dictionary.toUtf8();
        QTest::newRow("no record") << QStringList{"verify", kModel, "--check"}
                                   << (kModel + "/verify.xxh3.json").toUtf8();
        QTest::newRow("no model") << QStringList{"info", "/etc/passwd"} << QByteArray("/etc/passwd");
        const QString far = QStringLiteral("/no such folder/") + QStringLiteral("of a name with spaces/").repeated(5);
        QTest::newRow("spaces") << QStringList{"info", far + "model"} << ("file: " + far + "model").toUtf8();
        QTest::newRow("a verb") << QStringList{"compare", kModel} << QByteArray("compare");
    }
    void refusalsFit() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, path);
        auto environment = locale("C.UTF-8");
        environment.insert("COLUMNS", "80");
        const auto answer = cli(arguments, environment);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.contains(path), answer.err);
        for (const QByteArray& line : answer.err.split('\n')) {
            const bool isName = !line.trimmed().contains(' ') || line.startsWith("file: ");
            QVERIFY2(isName || QString::fromUtf8(line).size() <= 80, line);
        }
    }
    void theFingerprintIsOfTheValues() {
        const auto of = [](const QString& model) {
            return cli({"info", model, "--json"}).json()["provenance"]["fingerprint"].get<std::string>();
        };
        QTemporaryDir folder;
        const QString converted = folder.filePath("model.h5");
        QCOMPARE(cli({"convert", kModel, converted}).code, 0);
        QCOMPARE(of(converted), of(kModel));
        QVERIFY(of(kCheckpoint) != of(kModel));
        const json evaluated = cli(QStringList{"evaluate", kModel, "--rows", "0-9", "--json"} + kData).json();
        QCOMPARE(evaluated["provenance"]["fingerprint"].get<std::string>(), of(kModel));
    }
    // It does not cover every row, and all who show it say so.
    void whatTheFingerprintCoversIsSaid() {
        const QByteArray covers = "16 rows of every table", all = "verify compares all bytes";
        for (const QStringList& arguments : {QStringList{"--help"}, QStringList{"completion", "man"},
                                             QStringList{"evaluate", kModel, "--rows", "0-9"} + kData}) {
            auto environment = locale("C.UTF-8");
            environment.insert("COLUMNS", "10000");
            const QByteArray out = cli(arguments, environment).out;
            QVERIFY2(out.contains(covers) && out.contains(all), out);
        }
        const json said = cli({"info", kModel, "--json"}).json()["provenance"]["fingerprint_of"];
        QVERIFY2(said.is_string() && QByteArray::fromStdString(said.get<std::string>()).contains(covers),
                 said.dump().c_str());
    }
    void whatTheDoctorSaysCanBeTyped() {
        const json found = cli(QStringList{"doctor", kModel, "--interaction", "tensorflow", "--json"} + kData).json();
        const json& winner = found["winner"];
        QStringList again{"evaluate", kModel, "--rows", "0-99", "--json"};
        again += kData;
        again += {"--interaction", QString::fromStdString(winner["interaction"].get<std::string>()), "--numerical",
                  QString::fromStdString(winner["numerical"].get<std::string>())};
        again += {"--id-shift", QString::number(winner["id_shift"].get<int>()), "--interaction-tables",
                  QString::fromStdString(winner["interaction_tables"].get<std::string>())};
        QCOMPARE(cli(again).code, 0);
        for (const auto& hypothesis : found["hypotheses"])
            QVERIFY(QStringList({"already_logged", "ln3", "ln2", "ln1", "raw"})
                        .contains(QString::fromStdString(hypothesis["numerical"].get<std::string>())));
    }

private:
    QTemporaryDir m_folder;
};

DLRM_TEST(TestCliContract);

}  // namespace tst_cli_contract

#include "tst_cli_contract.moc"
