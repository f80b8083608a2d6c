// SPDX-License-Identifier: Apache-2.0
// What dlrm-cli says of parts of the rows: which they are, what was left out, and what cannot be asked.
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>

#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_cli_slices {

using namespace dlrm::test;
using nlohmann::json;

namespace {

const QString kModel = kDemo + "/checkpoint";
const QStringList kData{"--data", kDemo + "/dataset", "--quiet"};
const QStringList kRaw{"--data", kDemo + "/raw_rows.tsv", "--quiet"};

bool said(const json& notes, const std::string& words) {
    for (const auto& note : notes)
        if (note.get<std::string>().find(words) != std::string::npos) return true;
    return false;
}

}  // namespace

class TestCliSlices : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;

    QString at(const QString& name) const { return m_directory.filePath(name); }
    static json evaluate(const QStringList& more) {
        const auto answer = cli(QStringList{"evaluate", kModel, "--json"} + kData + more);
        if (answer.code != 0) qFatal("%s", answer.err.constData());
        return answer.json();
    }

private Q_SLOTS:
    void eachKeyIsCountedOnce() {
        const json once = evaluate({"--rows", "0-4999", "--by", "cat_3 missing"}),
                   twice = evaluate({"--rows", "0-4999", "--by", "cat_3 missing", "--by", "cat_3  missing"});
        QCOMPARE(once["slices"].size(), 2U);
        QCOMPARE(QByteArray::fromStdString(twice["slices"].dump()), QByteArray::fromStdString(once["slices"].dump()));
        QCOMPARE(QByteArray::fromStdString(twice["calibration_by"].dump()),
                 QByteArray::fromStdString(once["calibration_by"].dump()));
    }

    // A slice's AUC is of scores in bins; the exact one lies within what is said of it.
    void theAucOfASliceSaysHowFarItMayBeOff() {
        const json auc = evaluate({"--slice", "row 0-999"})["slices"][0]["metrics"]["auc"];
        const double exact = evaluate({"--where", "row 0-999"})["auc"].get<double>();
        QVERIFY(auc["most_off"].get<double>() > 0 && auc["most_off"].get<double>() < 1e-3);
        QVERIFY(std::abs(auc["value"].get<double>() - exact) <= auc["most_off"].get<double>());
    }

    void aFigureThatIsUndefinedSaysWhy() {
        const json metrics = evaluate({"--rows", "0-0", "--slice", "row 0"})["slices"][0]["metrics"];
        QVERIFY(metrics["auc"]["value"].is_null() && !metrics["auc"]["note"].get<std::string>().empty());
        QVERIFY(!metrics["log_loss"].contains("note"));
    }

    void interactionsSayWhatEverybodySays() {
        const QStringList rows{"interactions", kModel, "--missing-dictionary", "row0", "--sample", "5000"};
        const auto people = cli(rows + kRaw);
        QVERIFY2(people.code == 0, people.err);
        QVERIFY2(people.out.contains("note: ") && people.out.contains("row 0") &&
                     people.out.contains("--sample 5,000 asks for more"),
                 people.out);
        QVERIFY(said(cli(rows + kRaw + QStringList{"--json"}).json()["notes"], "--sample 5,000 asks for more"));
    }

    void exportedInteractionsNameTheirSlice() {
        for (const char* name : {"pairs.csv", "pairs.tsv", "matrices.npy"}) {
            const auto answer = cli(QStringList{"interactions", kModel, "--rows", "0-1999", "--slice", "num_3 > 5",
                                                "--against", "all", "--out", at(name)} +
                                    kData);
            QVERIFY2(answer.code == 0, answer.err);
            const json notes = json::parse(readAll(at(name) + ".json").toStdString())["notes"];
            QVERIFY2(said(notes, "Only the rows where num_3 > 5 are") && said(notes, "compared with all rows"),
                     notes.dump().c_str());
        }
    }

    void whatIsNoNumberIsRefused() {
        const auto share = cli(QStringList{"evaluate", kModel, "--pcoc", "nan"} + kData);
        QVERIFY2(share.code == 2 && share.err.contains("--pcoc"), share.err);
        for (const char* value : {"fed:nan", "fed:inf", "fed:-inf"}) {
            const auto row =
                cli(QStringList{"predict", kModel, "--rows", "0-0", "--set", QString("num_3=") + value} + kData);
            QVERIFY2(row.code == 2 && row.err.contains(value) && row.err.contains("num_3") &&
                         row.err.contains("E-SESSION-013"),
                     row.err);
        }
    }

    // As its missing number is fed, so that it is neither the same nor another.
    void aMissingNumberIsNoOther() {
        for (const char* sentence : {"num_3 = -2", "num_3 != -2"}) {
            const auto answer = cli(QStringList{"evaluate", kModel, "--rows", "0-99", "--slice", sentence} + kData);
            QVERIFY2(answer.code == 2 && answer.err.contains("E-SLICE-003"), answer.err);
        }
    }

    void aStateThatCannotBeLookedAtIsTold() {
        const QByteArray loop = at("loop.h5").toLocal8Bit();
        QCOMPARE(::symlink("loop.h5", loop.constData()), 0);
        const auto answer = cli(QStringList{"evaluate", kModel, "--state", at("loop.h5"), "--resume"} + kData);
        QVERIFY2(answer.code == 2 && answer.err.contains("loop.h5") && !answer.err.contains("E-ENGINE-091"),
                 answer.err);
    }

    // What was measured of other rows is not lost by a run that does not go on from it.
    void aStateIsReplacedByOneOfItsOwnRowsOnly() {
        const QStringList run = QStringList{"evaluate", kModel, "--state", at("kept.h5"), "--rows"};
        QVERIFY(cli(run + QStringList{"0-999"} + kData).code == 0);
        const QByteArray kept = readAll(at("kept.h5"));
        for (const char* rows : {"0-99", "0-1999", "1000-1999"}) {
            const auto answer = cli(run + QStringList{rows} + kData);
            QVERIFY2(answer.code == 2 && answer.err.contains("E-STATE-001") && answer.err.contains("0-999") &&
                         answer.err.contains("--resume"),
                     answer.err);
            QCOMPARE(readAll(at("kept.h5")), kept);
        }
        QCOMPARE(cli(run + QStringList{"0-999"} + kData).code, 0);
        writeAll(at("kept.h5"), "no state");
        QCOMPARE(cli(run + QStringList{"0-99"} + kData).code, 0);
    }

    void withoutLabelsThereIsNoClickRateToCross() {
        QByteArray rows;
        for (const QByteArray& line : readAll(kDemo + "/raw_rows.tsv").split('\n'))
            if (!line.isEmpty()) rows += line.mid(line.indexOf('\t') + 1) + '\n';
        writeAll(at("unlabelled.tsv"), rows);
        const QStringList cross{
            "sweep", kModel,    "--data", at("unlabelled.tsv"), "--dictionary", kDemo + "/dictionary", "--row",
            "0",     "--quiet", "--cross"};
        const auto rate = cli(cross + QStringList{"click-rate"}), given = cli(cross + QStringList{"0.3"});
        QVERIFY2(rate.code == 2 && rate.err.contains("E-FIELD-009") && rate.err.contains("--cross") &&
                     rate.err.contains("0.5"),
                 rate.err);
        QVERIFY2(given.code == 0, given.err);
    }

    // Ids that are hashes of values mean no missing one, and say nothing of frequency.
    void noIdOfHashedValuesMeansMissing() {
        const QStringList cross{"sweep", kModel, "--row", "1", "--cross", "0.3"};
        const auto hashed = cli(cross + kRaw + QStringList{"--missing-dictionary", "hash"}),
                   ranked = cli(cross + kRaw + QStringList{"--dictionary", kDemo + "/dictionary"});
        QVERIFY2(hashed.code == 0 && !hashed.out.contains("(missing, rare)"), hashed.out);
        QVERIFY2(ranked.code == 0 && ranked.out.contains("(missing, rare)"), ranked.out);
    }
};

DLRM_TEST(TestCliSlices);

}  // namespace tst_cli_slices

#include "tst_cli_slices.moc"
