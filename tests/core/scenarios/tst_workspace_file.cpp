// SPDX-License-Identifier: Apache-2.0
// Workspaces as files: what is written is what is read, wherever both lie, and no file whatever leads further than to
// an error that says where it is wrong.
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <random>
#include <set>

#include <nlohmann/json.hpp>

#include "core/engine/open_options.h"
#include "core/engine/path_kind.h"
#include "core/scenarios/fit.h"
#include "core/scenarios/workspace_file.h"
#include "tests/support/open_option_values.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_workspace_file {

using namespace dlrm;
using namespace dlrm::test;
using Json = nlohmann::ordered_json;

namespace {

Scenario scenario(const std::string& name) {
    return {name,
            "A note with ä and \"quotes\".",
            17,
            1,
            {{"num_0", "12"}, {"num/1~", ""}, {"cat_0", "id:7"}, {"cat_1", "a73ee510"}},
            {{"num_0", "fed:2.5"}, {"cat_1", ""}}};
}

WorkspaceFile workspace(const std::string& directory) {
    WorkspaceFile out;
    out.request.checkpoint = directory + "/models/today";
    out.request.data.path = directory + "/data/feature_spec.yaml";
    out.request.data.dictionary = directory + "/words";
    out.checkpointFingerprint = "xxh3:0123456789abcdef";
    out.dataFingerprint = "xxh3:fedcba9876543210";
    out.scenarios = {scenario("One"), scenario("Two")};
    out.scenarios[1].row = -1;
    out.scenarios[1].label.reset();
    out.scenarios[1].note.clear();
    out.scenarios[1].edits.clear();
    out.pin = scenario("");
    out.pin->note.clear();
    out.pinnedRows = PinnedRows{"cat_3", {7, 0, 41}};
    out.slices = {"cat_3 is missing", "num_1 >= 4"};
    return out;
}

// All but where it lies and where its paths lead.
bool alike(const WorkspaceFile& a, const WorkspaceFile& b) {
    OpenRequest x = a.request, y = b.request;
    for (OpenRequest* request : {&x, &y}) request->checkpoint = request->data.path = request->data.dictionary = "";
    return x == y && a.checkpointFingerprint == b.checkpointFingerprint && a.dataFingerprint == b.dataFingerprint &&
           a.scenarios == b.scenarios && a.pin == b.pin && a.pinnedRows == b.pinnedRows && a.slices == b.slices;
}

}  // namespace

class WorkspaceFileTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;
    std::string m_root, m_path;

    Json valid() {
        if (auto written = writeWorkspaceFile(workspace(m_root), m_path); !written)
            qFatal("%s", written.error().text().c_str());
        return Json::parse(readAll(QString::fromStdString(m_path)).toStdString());
    }
    Result<WorkspaceFile> read(const std::string& text) {
        writeAll(QString::fromStdString(m_path), QByteArray::fromStdString(text));
        return readWorkspaceFile(m_path);
    }
    // What every file has to bear: an error that is complete, or a workspace that is written and read as itself.
    QString trouble(const std::string& text) {
        const auto out = read(text);
        if (!out) {
            const Error& e = out.error();
            const bool complete = e.file == m_path && !e.remedy.empty() && !e.expected.empty() && !e.found.empty();
            const bool known = e.code.starts_with("E-DLRMX-00") || e.code.starts_with("E-OPTION-00");
            return complete && known ? QString() : QString::fromStdString(e.text());
        }
        if (auto written = writeWorkspaceFile(*out, m_path); !written)
            return QString::fromStdString(written.error().text());
        const auto again = readWorkspaceFile(m_path);
        if (!again) return QString::fromStdString(again.error().text());
        return alike(*out, *again) && again->request == out->request ? QString() : QStringLiteral("another workspace");
    }

private Q_SLOTS:
    void init() {
        m_root = m_directory.path().toStdString();
        m_path = m_root + "/models/file.dlrmx";
        QDir(m_directory.path()).mkpath("models");
    }

    void isToldByItsName() {
        QVERIFY(isWorkspaceFile("a/b.dlrmx") && isWorkspaceFile("B.DLRMX"));
        QVERIFY(!isWorkspaceFile("dlrmx") && !isWorkspaceFile("a.dlrmx/b") && !isWorkspaceFile(""));
    }

    void whatIsWrittenIsWhatIsRead() {
        const WorkspaceFile saved = workspace(m_root);
        QVERIFY(writeWorkspaceFile(saved, m_path).has_value());
        const auto out = readWorkspaceFile(m_path);
        QVERIFY2(out, out ? "" : out.error().text().c_str());
        QVERIFY(alike(saved, *out) && out->unknown.empty());
        QVERIFY(out->request == saved.request);
        QCOMPARE(out->path, m_path);
        // Nothing of where it lies stands in it.
        QVERIFY(!readAll(QString::fromStdString(m_path)).contains(m_directory.path().toUtf8()));
    }

    void pathsMoveWithTheFile() {
        const WorkspaceFile saved = workspace(m_root);
        QVERIFY(writeWorkspaceFile(saved, m_path).has_value());
        QTemporaryDir other;
        QDir(other.path()).mkpath("models");
        const QString moved = other.path() + "/models/file.dlrmx";
        QVERIFY(QFile::copy(QString::fromStdString(m_path), moved));
        const auto out = readWorkspaceFile(moved.toStdString());
        QVERIFY(out);
        const std::string root = other.path().toStdString();
        QCOMPARE(out->request.checkpoint, root + "/models/today");
        QCOMPARE(out->request.data.path, root + "/data/feature_spec.yaml");
        QCOMPARE(out->request.data.dictionary, root + "/words");
    }

    void everyOptionOfReadingIsKept() {
        WorkspaceFile saved = workspace(m_root);
        std::set<std::string> left;
        for (const OptionValues& option : kOptionValues) {
            const OpenOption* row = openOption(option.name);
            if (!row->said) {
                left.insert(option.name);
                continue;
            }
            if (row->name != "dictionary")
                QVERIFY2(applyOption(saved.request, option.name, option.good).has_value(), option.name);
        }
        QVERIFY(writeWorkspaceFile(saved, m_path).has_value());
        const auto out = readWorkspaceFile(m_path);
        QVERIFY2(out, out ? "" : out.error().text().c_str());
        QVERIFY(out->request == saved.request);
        QVERIFY(saved.request.model.combiner && saved.request.data.idShift == -7);
        const std::set<std::string> ofThisRun{"data",      "follow-links", "no-cache",   "backend",
                                              "precision", "threads",      "gpu-memory", "table-precision"};
        QVERIFY(left == ofThisRun);
    }

    void whatIsWrongIsSaidWithItsPlace_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");  // JSON; empty: the member is taken away
        QTest::addColumn<QString>("at");
        QTest::addColumn<QString>("code");
        const auto row = [](const char* name, const char* pointer, const char* value, const char* code,
                            const char* at = nullptr) {
            QTest::newRow(name) << QString(pointer) << QString(value) << QString(at ? at : pointer) << QString(code);
        };
        row("no version", "/dlrmx", "", "E-DLRMX-003");
        row("version 0", "/dlrmx", "0", "E-DLRMX-003");
        row("version of another type", "/dlrmx", "\"1\"", "E-DLRMX-003");
        row("newer", "/dlrmx", "2", "E-DLRMX-004");
        row("far newer", "/dlrmx", "18446744073709551615", "E-DLRMX-004");
        row("no checkpoint", "/checkpoint", "", "E-DLRMX-003");
        row("a checkpoint that is text", "/checkpoint", "\"x\"", "E-DLRMX-003");
        row("an empty path", "/checkpoint/path", "\"\"", "E-DLRMX-003");
        row("a path of another type", "/checkpoint/path", "7", "E-DLRMX-003");
        row("a path with a line feed", "/data/path", "\"a\\nb\"", "E-DLRMX-003");
        row("a path with a zero", "/data/path", "\"a\\u0000b\"", "E-DLRMX-003");
        row("a control character of two bytes", "/data/path", "\"a\\u009bb\"", "E-DLRMX-003");
        row("options without data", "/data", "", "E-DLRMX-003");
        row("an option that there is not", "/options/treads", "\"4\"", "E-OPTION-003");
        row("an option of the machine", "/options/backend", "\"cuda\"", "E-DLRMX-003");
        row("an option that opens more", "/options/follow-links", "true", "E-DLRMX-003");
        row("the data as an option", "/options/data", "\"x\"", "E-DLRMX-003");
        row("an option's value", "/options/id-shift", "\"1001\"", "E-OPTION-002");
        row("a value of another type", "/options/id-shift", "1", "E-DLRMX-003");
        row("a flag that is off", "/options/lenient", "false", "E-DLRMX-003");
        row("a file for numbers", "/options/cardinalities", "\"/etc/passwd\"", "E-DLRMX-003");
        row("options in a list", "/options", "[1]", "E-DLRMX-003");
        row("scenarios in an object", "/scenarios", "{}", "E-DLRMX-003");
        row("a scenario that is none", "/scenarios/0", "null", "E-DLRMX-003");
        row("no name", "/scenarios/1/name", "", "E-DLRMX-003");
        row("an empty name", "/scenarios/1/name", "\"\"", "E-DLRMX-003");
        row("a note of another type", "/scenarios/1/note", "[]", "E-DLRMX-003");
        row("a negative row", "/scenarios/0/row", "-1", "E-DLRMX-003");
        row("half a row", "/scenarios/0/row", "1.5", "E-DLRMX-003");
        row("a row beyond 64 bits", "/scenarios/0/row", "9223372036854775808", "E-DLRMX-003");
        row("a label", "/scenarios/0/label", "2", "E-DLRMX-003");
        row("no values", "/scenarios/0/values", "", "E-DLRMX-003");
        row("empty values", "/scenarios/0/values", "{}", "E-DLRMX-003");
        row("a number for a value", "/scenarios/0/values/num_0", "12", "E-DLRMX-003");
        row("a value without a field", "/scenarios/0/values/", "\"1\"", "E-DLRMX-003");
        row("an edit of no field", "/scenarios/0/edits/num_9", "\"1\"", "E-DLRMX-003", "/scenarios/0/edits");
        row("a pin that is none", "/pin", "7", "E-DLRMX-003");
        row("pinned rows", "/pinned_rows", "[7]", "E-DLRMX-003");
        row("pinned rows of no table", "/pinned_rows/table", "\"\"", "E-DLRMX-003");
        row("too many pinned rows", "/pinned_rows/ids", "[1,2,3,4,5]", "E-DLRMX-003");
        row("a pinned row that is none", "/pinned_rows/ids/1", "-1", "E-DLRMX-003");
        row("a pinned row of no table", "/pinned_rows/ids/1", "2147483648", "E-DLRMX-003");
        row("a row that is pinned twice", "/pinned_rows/ids/2", "7", "E-DLRMX-003");
        row("slices", "/slices", "\"x\"", "E-DLRMX-003");
        row("an empty slice", "/slices/1", "\"\"", "E-DLRMX-003");
    }
    void whatIsWrongIsSaidWithItsPlace() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, at);
        QFETCH(QString, code);
        Json json = valid();
        QCOMPARE(trouble(json.dump()), QString());
        const Json::json_pointer place(pointer.toStdString());
        if (value.isEmpty()) json[place.parent_pointer()].erase(place.back());
        else json[place] = Json::parse(value.toStdString());
        const auto out = read(json.dump());
        QVERIFY(!out);
        QCOMPARE(QString::fromStdString(out.error().code), code);
        QCOMPARE(QString::fromStdString(out.error().field), at);
        QCOMPARE(trouble(json.dump()), QString());
    }

    void howMuchIsTakenIsLimited() {
        Json json = valid();
        const auto pointerOf = [&](const Json& changed) {
            const auto out = read(changed.dump());
            return out ? std::string() : out.error().field;
        };
        Json longName = json, longNote = json, manyScenarios = json, longToken = json;
        longName["scenarios"][0]["name"] = std::string(kLongestName, 'x');
        longNote["scenarios"][0]["note"] = std::string(kLongestNote, 'x');
        QCOMPARE(pointerOf(longName), std::string());
        QCOMPARE(pointerOf(longNote), std::string());
        longName["scenarios"][0]["name"] = std::string(kLongestName + 1, 'x');
        longNote["scenarios"][0]["note"] = std::string(kLongestNote + 1, 'x');
        QCOMPARE(pointerOf(longName), std::string("/scenarios/0/name"));
        QCOMPARE(pointerOf(longNote), std::string("/scenarios/0/note"));
        longToken["scenarios"][0]["values"]["num_0"] = std::string(1000, '1');
        QCOMPARE(pointerOf(longToken), std::string("/scenarios/0/values/num_0"));
        const Json one = json["scenarios"][0];
        while (manyScenarios["scenarios"].size() < kMostScenarios) manyScenarios["scenarios"].push_back(one);
        QCOMPARE(pointerOf(manyScenarios), std::string());
        manyScenarios["scenarios"].push_back(one);
        QCOMPARE(pointerOf(manyScenarios), std::string("/scenarios"));
    }

    void textThatIsNoWorkspace() {
        const auto codeAndFound = [&](const std::string& text) {
            const auto out = read(text);
            return out ? std::string() : out.error().code + " " + out.error().found;
        };
        QCOMPARE(codeAndFound(""), std::string("E-DLRMX-002 text that is none"));
        QCOMPARE(codeAndFound("{\"dlrmx\": 1, }"), std::string("E-DLRMX-002 text that is none"));
        QCOMPARE(read("{\"dlrmx\": 1, }").error().offset, 13);
        QCOMPARE(codeAndFound("{\"a\": \"\xff\"}"), std::string("E-DLRMX-002 text that is none"));
        QCOMPARE(codeAndFound("{\"dlrmx\": 1, \"dlrmx\": 1}"),
                 std::string("E-DLRMX-002 the key dlrmx twice in one object"));
        QVERIFY(codeAndFound("{\"a\": " + std::string(1'000'000, '[')).starts_with("E-DLRMX-002 lists and objects"));
        std::string keys = "{\"0\": 0";
        for (int i = 1; i <= 2000; ++i) keys += ", \"" + std::to_string(i) + "\": 0";
        QVERIFY(codeAndFound(keys + "}").starts_with("E-DLRMX-002 more than 2000 keys"));
        QVERIFY(codeAndFound("[]").starts_with("E-DLRMX-003"));
        QVERIFY(codeAndFound(std::string((std::size_t{8} << 20) + 1, ' ')).starts_with("E-DLRMX-001"));
        QCOMPARE(readWorkspaceFile(m_root + "/none.dlrmx").error().code, std::string("E-FILE-001"));
        QCOMPARE(readWorkspaceFile(m_root).error().code, std::string("E-FILE-002"));
    }

    void keysOfOthersAreNamed() {
        Json json = valid();
        json["author"] = "somebody";
        json["scenarios"][1]["colour/hue"] = 3;
        const auto out = read(json.dump());
        QVERIFY(out);
        QVERIFY((out->unknown == std::vector<std::string>{"/scenarios/1/colour~1hue", "/author"}));
        QCOMPARE(unknownKeys(*out), std::string("The workspace has keys that this version does not know: "
                                                "/scenarios/1/colour~1hue, /author."));
    }

    void whatIsTooLargeToBeReadIsNotWritten() {
        WorkspaceFile large = workspace(m_root);
        large.scenarios.assign(kMostScenarios, scenario("One"));
        for (Scenario& one : large.scenarios) one.note.assign(kLongestNote, 'x');
        QVERIFY(writeWorkspaceFile(large, m_path).has_value());
        for (Scenario& one : large.scenarios)
            for (int i = 0; i < 100; ++i) one.values.push_back({"field_" + std::to_string(i), std::string(60, '0')});
        const auto written = writeWorkspaceFile(large, m_path);
        QVERIFY(!written);
        QCOMPARE(written.error().code, std::string("E-DLRMX-001"));
        QVERIFY(written.error().remedy.starts_with("Delete scenarios"));
        QVERIFY(readWorkspaceFile(m_path).has_value());  // the one before stays
    }

    void whatCannotBeReadIsNotWritten() {
        WorkspaceFile saved = workspace(m_root);
        QVERIFY(writeWorkspaceFile(saved, m_path).has_value());
        const QByteArray before = readAll(QString::fromStdString(m_path));
        saved.scenarios[0].name = "two\nlines";
        const auto refused = writeWorkspaceFile(saved, m_path);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("E-DLRMX-003"));
        QCOMPARE(readAll(QString::fromStdString(m_path)), before);
    }

    void noEndAndNoByteDoesHarm() {
        const std::string text = valid().dump(1);
        for (std::size_t size = 0; size < text.size(); size += 3) QCOMPARE(trouble(text.substr(0, size)), QString());
        std::mt19937 random(20261130);
        int taken = 0;
        for (int i = 0; i < 1500; ++i) {
            std::string damaged = text;
            for (std::uint32_t n = random() % 4 + 1; n > 0; --n)
                damaged[random() % damaged.size()] = static_cast<char>(random());
            const QString wrong = trouble(damaged);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong + QString::fromLatin1(QByteArray::fromStdString(damaged))));
            taken += readWorkspaceFile(m_path).has_value();
        }
        QVERIFY(taken > 20);  // else only the parser was tried
    }

    // Every value of the file in turn as everything else that JSON has.
    void noValueDoesHarm() {
        const Json json = valid();
        std::vector<Json::json_pointer> places;
        const std::function<void(const Json&, const Json::json_pointer&)> collect = [&](const Json& value,
                                                                                        const auto& at) {
            places.push_back(at);
            if (value.is_object())
                for (const auto& [key, inner] : value.items()) collect(inner, at / key);
            if (value.is_array())
                for (std::size_t i = 0; i < value.size(); ++i) collect(value[i], at / i);
        };
        collect(json, Json::json_pointer());
        QVERIFY(places.size() > 40);
        const std::vector<Json> others{nullptr,
                                       true,
                                       -1,
                                       0,
                                       1e300,
                                       18446744073709551615U,
                                       "",
                                       "x",
                                       "id:1",
                                       "\x01",
                                       std::string(5000, 'y'),
                                       Json::array(),
                                       Json::object(),
                                       Json::array({1}),
                                       Json::object({{"a", "b"}})};
        for (const auto& place : places)
            for (const Json& other : others) {
                Json changed = json;
                changed[place] = other;
                const QString wrong = trouble(changed.dump());
                QVERIFY2(wrong.isEmpty(), qPrintable(wrong + QString::fromStdString(place.to_string())));
            }
    }

    void whatIsNotThereIsNamed() {
        WorkspaceFile file = workspace(m_root);
        file.path = m_path;
        const auto pointerOf = [&](const OpenRequest& request) {
            const auto there = checkThere(file, request);
            if (there) return std::string();
            return there.error().code + " " + there.error().field + " " + there.error().expected;
        };
        QCOMPARE(pointerOf(file.request), "E-DLRMX-005 /checkpoint/path " + m_root + "/models/today");
        writeAll(QString::fromStdString(m_root + "/models/today_next.npy"), "x");  // is another one
        QCOMPARE(pointerOf(file.request), "E-DLRMX-005 /checkpoint/path " + m_root + "/models/today");
        writeAll(QString::fromStdString(m_root + "/models/today_rank_0_x_0.npy"), "x");  // a prefix of layout A
        QCOMPARE(pointerOf(file.request), "E-DLRMX-005 /data/path " + m_root + "/data/feature_spec.yaml");
        OpenRequest other = file.request;
        other.data = {};
        other.data.path = "/dev/null";
        QCOMPARE(pointerOf(other), std::string());
        QDir(m_directory.path()).mkpath("data");
        writeAll(QString::fromStdString(m_root + "/data/feature_spec.yaml"), "x");
        QCOMPARE(pointerOf(file.request), "E-DLRMX-005 /options/dictionary " + m_root + "/words");
        QDir(m_directory.path()).mkpath("words");
        QCOMPARE(pointerOf(file.request), std::string());
    }
};

DLRM_TEST(WorkspaceFileTest);

}  // namespace tst_workspace_file
#include "tst_workspace_file.moc"
