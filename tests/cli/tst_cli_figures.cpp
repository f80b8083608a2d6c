// SPDX-License-Identifier: Apache-2.0
// Figures that must not say more than is known: cast tables, rows of zeros, copies, units without effect.
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/metrics/metric.h"
#include "tests/cli/cli_process.h"
#include "tests/cli/text_cells.h"
#include "tests/support/npy_bytes.h"
#include "tests/support/sanitizer.h"
#include "tests/support/test_program.h"

namespace tst_cli_figures {

using namespace dlrm::test;
using nlohmann::json;

namespace {

constexpr std::size_t kDim = 32;  // of the demo's tables

void copyRow(std::span<float> values, std::size_t from, std::size_t to) {
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(from * kDim), kDim,
                values.begin() + static_cast<std::ptrdiff_t>(to * kDim));
}

}  // namespace

class TestCliFigures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8()); }

    void trainedRowsOfCastTablesAreNotKnown_data() {
        QTest::addColumn<bool>("back");  // float16 values stored as float32 again
        QTest::newRow("float16") << false;
        QTest::newRow("float16 and back") << true;
    }
    void trainedRowsOfCastTablesAreNotKnown() {
        QFETCH(bool, back);
        const QTemporaryDir directory;
        copyFiles(kDemo + "/checkpoint", directory.path());
        for (const QString& name : QDir(directory.path()).entryList(QDir::Files)) {
            if (back)
                changeNpy(directory.filePath(name), [](std::span<float> values) {
                    std::transform(values.begin(), values.end(), values.begin(), dlrm::throughHalf);
                });
            else castNpyToHalf(directory.filePath(name));
        }
        const auto answer = cli({"tables", directory.path(), "--json"});
        QCOMPARE(answer.code, 0);
        int looked = 0;
        const json tables = answer.json()["tables"];
        for (const json& table : tables) {
            QCOMPARE(table["untrained"]["method"].get<std::string>(), std::string("unknown"));
            QVERIFY(table["untrained"]["rows"].is_null() && table["untrained"]["share"].is_null() &&
                    table["trained"]["rows"].is_null());
            QVERIFY(table["trained"]["effective_rank"].is_null());
            ++looked;
        }
        QCOMPARE(looked, 26);
        QVERIFY(cli({"tables", directory.path()}).out.contains("unknown"));
        const auto one = cli({"tables", directory.path(), "--table", "19"});
        QVERIFY2(one.out.contains("not known: ") && one.out.contains("float16"), one.out);
        QVERIFY(cli({"tables", directory.path(), "--table", "19", "--untrained-ids", directory.filePath("ids.npy")})
                    .err.startsWith("E-ANALYSIS-005"));
        QVERIFY(!QFile::exists(directory.filePath("ids.npy")));
        const auto joined =
            cli({"tables", directory.path(), "--data", kDemo + "/dataset", "--table", "19", "--json"}).json();
        QVERIFY(joined["tables"][0]["traffic"]["untrained_share"].is_null());
    }

    void zerosAndCopiesAreNotUntrained() {
        const QTemporaryDir directory;
        copyFiles(kDemo + "/checkpoint", directory.path());
        changeNpy(directory.filePath("feature_19_part0.npy"),
                  [](std::span<float> values) { std::fill_n(values.begin() + 100 * kDim, 500 * kDim, 0.0F); });
        changeNpy(directory.filePath("feature_9_part0.npy"), [](std::span<float> values) {
            for (std::size_t row = 1000; row < 1500; ++row) copyRow(values, 7, row);
        });
        const auto before = cli({"tables", kDemo + "/checkpoint", "--json"}).json()["tables"],
                   after = cli({"tables", directory.path(), "--json"}).json()["tables"];
        int untrained = 0;
        for (const json& table : before) {
            untrained += table["untrained"]["rows"].get<int>();
            QCOMPARE(table["zero_rows"].get<int>() + table["duplicate_rows"].get<int>(), 0);
        }
        QCOMPARE(untrained, 1648);  // as planted: values launched on the last day, and ids that no row has
        QVERIFY(after[19]["untrained"]["rows"].get<int>() <= before[19]["untrained"]["rows"].get<int>());
        QCOMPARE(after[19]["zero_rows"].get<int>(), 500);
        QCOMPARE(after[19]["duplicate_rows"].get<int>(), 0);
        QVERIFY(after[19]["most_copied"].is_null());
        QVERIFY(after[9]["untrained"]["rows"].get<int>() <= before[9]["untrained"]["rows"].get<int>());
        QCOMPARE(after[9]["zero_rows"].get<int>(), 0);
        QCOMPARE(after[9]["duplicate_rows"].get<int>(), 500);
        QCOMPARE(after[9]["most_copied"]["first_row"].get<int>(), 7);
        QCOMPARE(after[9]["most_copied"]["rows"].get<int>(), 501);
        QVERIFY(cli({"tables", directory.path(), "--table", "9"})
                    .out.contains("most often that of row 7, which 501 rows hold"));
        const QByteArray list = cli({"tables", directory.path()}).out;
        QCOMPARE(cellOf(list, "cat_19", "zero"), QString("500"));
        QCOMPARE(cellOf(list, "cat_19", "copies"), QString("·"));
        QCOMPARE(cellOf(list, "cat_9", "zero"), QString("·"));
        QCOMPARE(cellOf(list, "cat_9", "copies"), QString("500"));
        QCOMPARE(cellOf(list, "cat_1", "zero") + cellOf(list, "cat_1", "copies"), QString("··"));
        const QByteArray one = cli({"tables", directory.path(), "--table", "19"}).out;
        QVERIFY2(one.simplified().contains("zero rows 500: every value is 0") && one.simplified().contains("copies 0:"),
                 one);
    }

    void unitsWithoutEffectAreNamedAndPrunable() {
        const QTemporaryDir directory;
        copyFiles(kDemo + "/checkpoint", directory.path());
        const auto before = cli({"layers", directory.path(), "--json"}).json();
        const auto outputs = [&](std::size_t layer) { return before["layers"][layer]["outputs"].get<std::size_t>(); };
        const auto learned = [&](std::size_t layer) {
            return before["layers"][layer]["inputs"].get<std::size_t>() -
                   before["layers"][layer]["padding_inputs"].get<std::size_t>();
        };
        QCOMPARE(before["layers"][3]["name"].get<std::string>(), std::string("top_mlp/0"));
        // What reads unit 7 of top_mlp/0 is 0; unit 5 of top_mlp/1 reads nothing and always gives 0.5.
        const std::size_t width = outputs(4);
        changeNpy(directory.filePath("top_mlp_layer_1_kernel_part0.npy"), [&](std::span<float> values) {
            std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(7 * width), width, 0.0F);
            for (std::size_t i = 5; i < values.size(); i += width) values[i] = 0;
        });
        changeNpy(directory.filePath("top_mlp_layer_1_bias_part0.npy"),
                  [](std::span<float> values) { values[5] = 0.5F; });
        const auto answer = cli({"layers", directory.path(), "--json"});
        QCOMPARE(answer.code, 0);
        const json after = answer.json();
        QCOMPARE(after["layers"][3]["units"][7]["state"].get<std::string>(), std::string("unread"));
        QCOMPARE(after["layers"][3]["unread"].get<int>(), 1);
        const json& units = after["prunable"]["units"];
        QVERIFY(std::find(units.begin(), units.end(), json{{"layer", "top_mlp/0"}, {"unit", 7}, {"why", "unread"}}) !=
                units.end());
        QVERIFY(std::find(units.begin(), units.end(), json{{"layer", "top_mlp/1"}, {"unit", 5}, {"why", "constant"}}) !=
                units.end());
        QCOMPARE(before["prunable"]["units"].size(), 0U);
        QCOMPARE(before["prunable"]["parameters"].get<int>(), 0);
        // Incoming weights, bias, outgoing weights of both; the weight between them once.
        QCOMPARE(after["prunable"]["parameters"].get<std::size_t>(),
                 learned(3) + 1 + width + learned(4) + 1 + outputs(5) - 1);
        const auto text = cli({"layers", directory.path()}).out;
        QVERIFY2(text.contains("top_mlp/0 unread: 7\n") && text.contains("top_mlp/1 constant: 5\n"), text);
        const QStringList data{"--data", kDemo + "/dataset", "--rows", "2000", "--json"};
        const auto prunable = [&](const QString& checkpoint) {
            return cli(QStringList{"layers", checkpoint} + data).json()["atlas"]["prunable_parameters"].get<int>();
        };
        QVERIFY(prunable(directory.path()) >= prunable(kDemo + "/checkpoint") + 100);
        for (const char* word : {"silent", "constant", "unread", "near dup.", "mergeable", "same pattern"})
            QVERIFY2(cli({"layers", "--help"}).out.contains(word), word);
    }

    // A float32 has the digits of a float32: read back and printed shortest it is the same text.
    void float32FiguresHaveTheirOwnDigits() {
        const QByteArray tables = cli({"tables", kDemo + "/checkpoint", "--json"}).out,
                         layers = cli({"layers", kDemo + "/checkpoint", "--json"}).out;
        int compared = 0;
        const auto compare = [&](const QByteArray& text, const QString& keys) {
            auto found =
                QRegularExpression("\"(" + keys + ")\": (-?[0-9][^,\\s}]*)").globalMatch(QString::fromUtf8(text));
            while (found.hasNext()) {
                const std::string token = found.next().captured(2).toStdString();
                std::string shortest = fmt::format("{}", std::strtof(token.c_str(), nullptr));
                if (shortest.find_first_of(".e") == std::string::npos) shortest += ".0";
                QCOMPARE(token, shortest);
                ++compared;
            }
        };
        compare(tables, "p01|p05|p50|p95|p99|low|high");
        compare(layers, "bias|low|high");
        compare(cli({"predict", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--rows", "0-9", "--explain",
                     "--json"})
                    .out,
                "logit");
        QVERIFY(compared > 400);
    }

    void evaluationSaysWhatItCounted() {
        const QStringList verb{"evaluate", kCheckpoint, "--data", kDataset, "--drop-last", "64"};
        const auto answer = cli(verb + QStringList{"--json"});
        QCOMPARE(answer.code, 0);
        const json all = answer.json();
        QCOMPARE(all["rows"].get<int>(), 960);
        QCOMPARE(all["total_rows"].get<int>(), 1000);
        QCOMPARE(all["ece_bins"]["count"].get<int>(), 100);
        QCOMPARE(all["ece_bins"]["fewest_rows"].get<int>(), 9);
        QCOMPARE(all["ece_bins"]["most_rows"].get<int>(), 10);
        QVERIFY(all["ece_bins"]["calibrated_model"].get<double>() > 0.01);
        QVERIFY(all["ece_bins"]["definition"].get<std::string>().find("equal scores share") != std::string::npos);
        QVERIFY(cli(verb).out.simplified().contains(
            "100 bins of 9 to 10 rows; a perfectly calibrated model would show about"));
        const QByteArray help = cli({"evaluate", "--help"}).out.simplified();
        QVERIFY2(help.contains("100 bins of equal mass") && help.contains("exp(x) - 3"), help);
    }

    void theHelpDefinesEveryMetric() {
        const std::pair<const char*, const char*> defined[] = {
            {"AUC (exact)", "P(score of a positive > score of a negative), ties count ½; 95 % interval by DeLong"},
            {"AUC (TF-8000)", "area under the ROC curve at 8,000 evenly spaced thresholds"},
            {"Log loss", "mean of softplus(z) − y·z"},
            {"Normalized entropy", "log loss / (−(p ln p + (1−p) ln(1−p))), p = mean label"},
            {"Calibration", "Σp / Σy"},
            {"Bias", "mean p − mean y"},
            {"Brier score", "mean of (p − y)²"},
            {"ECE", "Σ n_b/N · |ȳ_b − p̄_b| over at most 100 bins of equal mass"},
            {"PR-AUC", "average precision: Σ (R_k − R_k₋₁)·P_k over distinct thresholds"},
        };
        const QByteArray help = cli({"evaluate", "--help"}).out.simplified();
        QVERIFY2(help.contains("p: probability, y: label, z: logit"), help);
        for (const auto& [title, words] : defined)
            QVERIFY2(help.contains(QByteArray(" ") + title + " " + words), title);
        // Those are all that an evaluation prints.
        const QByteArray printed =
            cli({"evaluate", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--rows", "0-499"}).out.simplified();
        for (const dlrm::Metric& metric : dlrm::metricTable()) {
            QVERIFY2(printed.contains(metric.title), metric.title);
            QVERIFY2(std::any_of(std::begin(defined), std::end(defined),
                                 [&](const auto& one) { return one.first == std::string(metric.title); }),
                     metric.title);
        }
    }

    void aSliceWithoutRowsIsRefused() {
        const QStringList of{kDemo + "/checkpoint", "--data", kDemo + "/dataset"};
        for (const QStringList& asked : {QStringList{"evaluate", "--where"}, QStringList{"interactions", "--slice"}}) {
            const auto answer = cli(QStringList{asked[0]} + of + QStringList{asked[1], "row 20000-", "--quiet"});
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith("E-SLICE-006: ") && answer.err.contains("row 20000-"), answer.err);
        }
    }

    // Its figures are those of ranking_twin.py.
    void gaucIsOverACategoricalField() {
        const QStringList verb{"evaluate", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--rows", "0-999"};
        const auto answer = cli(verb + QStringList{"--gauc", "num_3"});
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-FIELD-008: ") && answer.err.contains("--gauc") &&
                     answer.err.contains("found: num_3\n"),
                 answer.err);
        const json all = cli(verb + QStringList{"--gauc", "cat_19", "--json"}).json();
        QCOMPARE(all["gauc"]["rows"].get<int>(), 1000);
        QVERIFY(all["gauc"]["skipped_groups"].get<int>() > 0 && all["gauc"]["value"].get<double>() > 0.5);
    }

    // Percentiles as NumPy's, between neighbours: the demo's cat_8 has 13 rows.
    void percentilesLieBetweenNeighbours() {
        const auto norm = cli({"tables", kDemo + "/checkpoint", "--table", "8", "--json"}).json()["tables"][0]["norm"];
        QVERIFY(std::abs(norm["p99"].get<double>() - 1.1127) < 1e-4);
        QVERIFY(std::abs(norm["max"].get<double>() - 1.1244) < 1e-4);
        QVERIFY(cli({"tables", "--help"}).out.contains("numpy.percentile"));
    }

    // The memory of a table that was read is given back; nothing is kept on disk unless it is wanted; progress tells
    // which table and of how many.
    void aLargeTableNeedsLittleMemory() {
        DLRM_NEEDS_NO_SANITIZER("the memory that this test counts");
        const QTemporaryDir directory;
        const QString path = directory.filePath("cat_0.npy");
        constexpr std::int64_t kRows = 400'000, kWide = 128, kMostKilobytes = 150 * 1024;
        {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            QByteArray head = "{'descr': '<f4', 'fortran_order': False, 'shape': (400000, 128), }";
            head = head.leftJustified(117, ' ') + '\n';
            file.write(QByteArray("\x93NUMPY\x01\x00\x76\x00", 10) + head);
            std::vector<float> row(kWide);
            for (std::int64_t r = 0; r < kRows; ++r) {
                for (std::size_t c = 0; c < row.size(); ++c)
                    row[c] = static_cast<float>(r) * 1e-6F + static_cast<float>(c) * 0.1F;
                file.write(reinterpret_cast<const char*>(row.data()), static_cast<qint64>(row.size() * sizeof(float)));
            }
        }
        const auto cached = [&] {
            return QDir(m_cache.filePath("dlrm-explorer/statistics")).entryList(QDir::Files).size();
        };
        const auto before = cached();
        // The most memory of any process so far is that of the largest one.
        const auto runLean = [&](const QStringList& arguments) {
            QProcess process;
            process.setChildProcessModifier([] {  // on two processors: what is under way grows with the threads
                cpu_set_t all, two;
                CPU_ZERO(&two);
                if (sched_getaffinity(0, sizeof all, &all) != 0) return;
                for (int c = 0, taken = 0; c < CPU_SETSIZE && taken < 2; ++c)
                    if (CPU_ISSET(c, &all)) CPU_SET(c, &two), ++taken;
                sched_setaffinity(0, sizeof two, &two);
            });
            process.start(kCli, arguments);
            return finish(process);
        };
        rusage used{};
        const auto near = runLean({"neighbors", path, "--table", "0", "--id", "5", "-k", "2", "--json"});
        QVERIFY2(near.code == 0, near.err);
        QCOMPARE(getrusage(RUSAGE_CHILDREN, &used), 0);
        QVERIFY2(used.ru_maxrss < kMostKilobytes, qPrintable(QString::number(used.ru_maxrss)));
        const auto answer = runLean({"tables", path, "--no-cache", "--json"});
        QVERIFY2(answer.code == 0, answer.err);
        QCOMPARE(answer.json()["tables"][0]["rows"].get<std::int64_t>(), kRows);
        QCOMPARE(getrusage(RUSAGE_CHILDREN, &used), 0);
        QVERIFY2(used.ru_maxrss < kMostKilobytes, qPrintable(QString::number(used.ru_maxrss)));
        QCOMPARE(cached(), before);
        if (!answer.err.isEmpty())
            QVERIFY2(answer.err.contains("reading the tables, ") && answer.err.contains("(1 of 1): "), answer.err);
        QCOMPARE(cli({"tables", path, "--json"}).code, 0);
        QCOMPARE(cached(), before + 1);
        const QByteArray help = cli({"tables", "--help"}).out;
        QVERIFY(help.contains("--no-cache") && help.contains(m_cache.filePath("dlrm-explorer/statistics").toUtf8()) &&
                help.contains("1.00 GiB"));
    }

private:
    QTemporaryDir m_cache;
};

DLRM_TEST(TestCliFigures);

}  // namespace tst_cli_figures

#include "tst_cli_figures.moc"
