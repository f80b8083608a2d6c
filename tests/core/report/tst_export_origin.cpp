// SPDX-License-Identifier: Apache-2.0
// Where a result comes from: said in it, or in a file beside it that nobody names.
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "core/checkpoint/fingerprint.h"
#include "core/engine/engine.h"
#include "tests/core/report/whole_prediction.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_export_origin {

using namespace dlrm;
using nlohmann::json;

namespace {

std::string contents(const std::string& path) { return test::readAll(QString::fromStdString(path)).toStdString(); }

}  // namespace

class TestExportOrigin : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void provenanceStandsInEveryFormat() {
        QTemporaryDir dir;
        Provenance from;
        from.program = "test";
        from.command = commandLine(std::array{"dlrm-cli", "it's", "a b"});
        from.checkpoint = "/models/a";
        from.fingerprint = "xxh3:0123456789abcdef";
        from.notes = {"One thing.", "Another."};
        QCOMPARE(from.command, std::string(R"(dlrm-cli 'it'\''s' 'a b')"));
        for (const char* name : {"p.csv", "p.tsv", "p.npy", "p.json", "p.h5"}) {
            const std::string path = dir.filePath(name).toStdString(),
                              plain = dir.filePath(QString("plain-") + name).toStdString();
            QVERIFY(test::exportWhole(test::somePrediction(), path, [&] { return from; }).has_value());
            QVERIFY(test::exportWhole(test::somePrediction(), plain).has_value());
            QVERIFY(!QFile::exists(QString::fromStdString(plain + ".json")));
            const bool beside = QByteArray("p.csv p.tsv p.npy").contains(name);
            QCOMPARE(QFile::exists(QString::fromStdString(path + ".json")), beside);
            if (beside) QVERIFY(contents(path) == contents(plain));  // as any reader of such files expects them
            const std::string text = contents(beside ? path + ".json" : path);
            for (const char* word : {"xxh3:0123456789abcdef", "16 rows of every table", "/models/a", "One thing."})
                QVERIFY2(text.find(word) != std::string::npos, name);
            if (beside) QCOMPARE(json::parse(text)["holds"].get<std::string>(), std::string("predictions"));
            if (QByteArray(name) == "p.h5") continue;
            const json parsed = json::parse(text);
            QCOMPARE(parsed["provenance"]["program"].get<std::string>(), std::string("test"));
            QCOMPARE(parsed["notes"].size(), std::size_t{2});
            QVERIFY(parsed.contains(beside ? "file" : "rows"));
        }
    }

    // A pass over rows made it; looking at every tensor once more would say the same.
    void aFingerprintThatIsKnownIsNotMadeAnew() {
        const auto engine = Engine::open(DLRM_SOURCE_DIR "/resources/demo/checkpoint", {});
        QVERIFY(engine);
        Provenance made, known;
        addOrigin(**engine, nullptr, made);
        QCOMPARE(made.fingerprint, fingerprintOf((*engine)->checkpoint()));
        known.fingerprint = "xxh3:0123456789abcdef";
        addOrigin(**engine, nullptr, known);
        QCOMPARE(known.fingerprint, std::string("xxh3:0123456789abcdef"));
        QCOMPARE(known.checkpoint, made.checkpoint);
    }

    // Another file there stays, and nothing is written.
    void anotherFileIsNotTakenForTheOrigin() {
        QTemporaryDir dir;
        Provenance provenance;
        provenance.program = "dlrm-cli";
        const std::string path = dir.filePath("p.csv").toStdString(), beside = path + ".json";
        const auto write = [&](const std::string& to) {
            return test::exportWhole(test::somePrediction(1), to, [&] { return provenance; });
        };
        QVERIFY(write(path));
        QVERIFY(write(path));  // its own may be replaced
        const std::string own = contents(beside);
        QVERIFY(own.find("\"file\": \"p.csv\"") != std::string::npos);

        QVERIFY(write(beside));  // a result by that name, which has a provenance as well
        const std::string result = contents(beside), before = contents(path);
        QVERIFY(result != own);
        for (const std::string& other : {result, std::string("{\"mine\": 1}"), std::string()}) {
            test::writeAll(QString::fromStdString(beside), QByteArray::fromStdString(other));
            const auto done = write(path);
            QVERIFY(!done);
            QCOMPARE(done.error().code, std::string("E-EXPORT-012"));
            QCOMPARE(done.error().file, beside);
            QCOMPARE(contents(beside), other);
            QCOMPARE(contents(path), before);
            QCOMPARE(exportOrigin(path, "predictions", provenance).error().code, std::string("E-EXPORT-012"));
        }
        std::filesystem::remove(beside);
        QVERIFY(write(path));
        QCOMPARE(contents(beside).size(), own.size());
    }
};

DLRM_TEST(TestExportOrigin);

}  // namespace tst_export_origin

#include "tst_export_origin.moc"
