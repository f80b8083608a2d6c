// SPDX-License-Identifier: Apache-2.0
// dlrm-cli: the options of opening are those of the table that the window has too.
#include <QTest>

#include "core/engine/open_options.h"
#include "tests/cli/cli_process.h"
#include "tests/support/open_option_values.h"
#include "tests/support/test_program.h"

namespace tst_cli_options {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// A verb that has the option, with what else it needs.
QStringList verbWith(const QString& option) {
    if (option == QLatin1String("no-cache")) return {"tables", kCheckpoint};
    return {"evaluate", kCheckpoint};
}

}  // namespace

class TestCliOptions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyOptionOfOpeningIsListed() {
        for (const OpenOption& option : openOptions()) {
            const QString name = QString::fromStdString(option.name);
            const QByteArray help = cli({verbWith(name).first(), "--help"}).out;
            QVERIFY2(help.contains("\n  --" + name.toUtf8() + " "), option.name.c_str());
            QVERIFY2(name == "data" || help.contains(QByteArray::fromStdString(option.about)), option.name.c_str());
        }
    }

    void aBadValueNamesItsOption_data() {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("value");
        for (const OptionValues& values : kOptionValues)
            if (values.bad && *values.good) QTest::newRow(values.name) << QString(values.name) << QString(values.bad);
    }
    void aBadValueNamesItsOption() {
        QFETCH(QString, option);
        QFETCH(QString, value);
        const auto answer = cli(verbWith(option) + QStringList{"--data", kDataset, "--" + option, value});
        QCOMPARE(answer.code, 2);
        QVERIFY2(
            answer.err.startsWith("E-CLI-001: --" + option.toUtf8() + " ") || answer.err.startsWith("E-BACKEND-00"),
            answer.err);
        QVERIFY2(answer.err.contains("--" + option.toUtf8()) && answer.err.contains("\nexpected: ") &&
                     answer.err.contains("\nfound: " + value.toUtf8() + "\n"),
                 answer.err);
    }

    void cardinalitiesMayStandInAFile() {
        const QString fused = QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/e_mono_dlrm_fused");
        const auto typed = cli({"info", fused, "--cardinalities", "1000,7,300,3,50", "--json"});
        const auto file = cli({"info", fused, "--cardinalities", kDataset + "/feature_spec.yaml", "--json"});
        QVERIFY2(typed.code == 0 && file.code == 0, typed.err + file.err);
        QVERIFY(typed.json()["tables"] == file.json()["tables"]);
        const auto none = cli({"info", fused, "--cardinalities", kDataset + "/test/label.bin"});
        QVERIFY2(none.code == 2 && none.err.startsWith("E-CARD-001") && none.err.contains("--cardinalities"), none.err);
    }

    void aListMayBeGivenInParts() {
        const QString layoutA = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/a_tensorflow/checkpoint");
        const auto one = cli({"tables", layoutA, "--no-statistics", "--json", "--table-order", "0,2,4,1,3"});
        const auto parts = cli({"tables", layoutA, "--no-statistics", "--json", "--table-order", "0,2", "4,1,3"});
        QVERIFY2(one.code == 0 && parts.code == 0, one.err + parts.err);
        QVERIFY(one.json()["tables"] == parts.json()["tables"]);
    }
};

DLRM_TEST(TestCliOptions);

}  // namespace tst_cli_options

#include "tst_cli_options.moc"
