// SPDX-License-Identifier: Apache-2.0
// The file beside a result, which tells where it comes from: nobody names it.
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <string>

#include "tests/core/report/whole_prediction.h"
#include "tests/support/whole_files.h"

using namespace dlrm;

namespace {

std::string contents(const std::string& path) { return test::readAll(QString::fromStdString(path)).toStdString(); }

Prediction onePrediction() {
    Prediction p;
    p.range = {10, 10};
    p.profile = "nvidia_spark";
    PredictedRow& row = p.rows.emplace_back();
    row.row = 10;
    row.logit = 0.25F;
    row.probability = 0.5;
    return p;
}

}  // namespace

class TestExportOrigin : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Another file there stays, and nothing is written.
    void anotherFileIsNotTakenForTheOrigin() {
        QTemporaryDir dir;
        Provenance provenance;
        provenance.program = "dlrm-cli";
        const std::string path = dir.filePath("p.csv").toStdString(), beside = path + ".json";
        const auto write = [&](const std::string& to) {
            return test::exportWhole(onePrediction(), to, [&] { return provenance; });
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
            QCOMPARE(exportOrigin(path, provenance).error().code, std::string("E-EXPORT-012"));
        }
        std::filesystem::remove(beside);
        QVERIFY(write(path));
        QCOMPARE(contents(beside).size(), own.size());
    }
};

QTEST_APPLESS_MAIN(TestExportOrigin)
#include "tst_export_origin.moc"
