// SPDX-License-Identifier: Apache-2.0
// dlrm-cli with a GPU module that needs no GPU: what is chosen and why, placement, predictions, a device that is lost;
// and the parity certificate.
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "cli_process.h"
#include "tests/support/npy_bytes.h"
#include "tests/support/test_program.h"

namespace tst_cli_gpu {

using namespace dlrm::test;

namespace {

// The fake computes in double and rounds each layer to float32; the CPU backend is within 1e-5 of TensorFlow's logits,
// and so of it.
constexpr double kLogitTolerance = 2e-5;
const QString kBoth = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/");

// As if a driver and this module were installed.
QProcessEnvironment with(const QString& module, const QString& faults = {}) {
    QProcessEnvironment environment = wide();
    environment.insert(QStringLiteral("LD_LIBRARY_PATH"), QStringLiteral(DLRM_FAKE_MODULES "/driver"));
    environment.insert(QStringLiteral("DLRM_BACKEND_DIR"), QStringLiteral(DLRM_FAKE_MODULES "/") + module);
    if (!faults.isEmpty()) environment.insert(QStringLiteral("DLRM_FAKE_FAULTS"), faults);
    return environment;
}

std::string textOf(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

class CliGpuTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyReasonIsShownWordByWord_data() {
        QTest::addColumn<QString>("module");
        QTest::addColumn<QString>("reason");
        QTest::newRow("missing library") << "missing_library"
                                         << "the GPU module cannot be loaded: libcublas.so.99: cannot open shared "
                                            "object file: No such file or directory";
        QTest::newRow("other version") << "other_version"
                                       << "the GPU module has version 7 of the interface, this program has version 2";
        QTest::newRow("old GPU") << "old_gpu"
                                 << "Fake GPU has compute capability 6.0, 7.5 or newer is needed";
        QTest::newRow("no device") << "no_device"
                                   << "no CUDA-capable device is detected";
    }
    void everyReasonIsShownWordByWord() {
        QFETCH(QString, module);
        QFETCH(QString, reason);
        const auto json = cli({"info", kCheckpoint, "--json"}, with(module)).json();
        QCOMPARE(textOf(json["backend"]["name"]), std::string("cpu"));
        QCOMPARE(textOf(json["backend"]["reason"]), reason.toStdString());
        QVERIFY(cli({"info", kCheckpoint}, with(module)).out.contains(reason.toUtf8()));
        const auto refused = cli({"info", kCheckpoint, "--backend", "cuda"}, with(module));
        QCOMPARE(refused.code, 2);
        QVERIFY(refused.err.startsWith("E-BACKEND-001"));
        QVERIFY2(refused.err.contains("found: " + reason.toUtf8()), refused.err);
    }

    void infoPlansWhereTablesGo() {
        const auto json = cli({"info", kCheckpoint, "--json"}, with("good")).json();
        QCOMPARE(textOf(json["backend"]["name"]), std::string("cuda"));
        QCOMPARE(textOf(json["backend"]["reason"]), std::string("the fastest backend of this machine"));
        const auto& tables = json["placement"]["tables"];
        QCOMPARE(tables.size(), json["tables"].size());
        for (std::size_t t = 0; t < tables.size(); ++t) {
            QVERIFY(tables[t]["gpu_rows"] == json["tables"][t]["rows"]);
            QVERIFY(tables[t]["gpu_bytes"] == json["tables"][t]["bytes"]);
            QCOMPARE(tables[t]["file_rows"].get<int>(), 0);
        }
        // The fake's weights take 1 MiB; what is left of the budget holds half a MiB of hot rows.
        const auto less = cli({"info", kDemo + "/checkpoint", "--json", "--gpu-memory", "1.5MiB"}, with("good")).json();
        std::int64_t gpu = 0;
        for (const auto& table : less["placement"]["tables"]) {
            gpu += table["gpu_bytes"].get<std::int64_t>();
            QVERIFY(table["gpu_rows"].get<std::int64_t>() > 0);
        }
        QVERIFY(gpu > 500 * 1024 && gpu <= 512 * 1024);
        QVERIFY(cli({"info", kCheckpoint}, with("good")).out.contains("Placement\n"));
        const auto onCpu = cli({"info", kCheckpoint, "--json", "--backend", "cpu"}, with("good")).json();
        QCOMPARE(textOf(onCpu["placement"]["where"]), std::string("all tables stay in the mapped files"));
        QVERIFY(onCpu["placement"]["tables"].empty());
        QVERIFY(cli({"info", kCheckpoint, "--backend", "cpu"}).out.contains("all tables stay in the mapped files"));
    }

    // A device that cannot be opened: auto goes on with the CPU and says why, cuda fails with it.
    void aDeviceThatDoesNotOpen() {
        const auto automatic = cli({"info", kCheckpoint, "--json"}, with("good", "open_device:1:plain")).json();
        QCOMPARE(textOf(automatic["backend"]["name"]), std::string("cpu"));
        QCOMPARE(textOf(automatic["backend"]["reason"]), std::string("The fake refuses."));
        const auto asked =
            cli({"predict", kCheckpoint, "--data", kDataset, "--backend", "cuda"}, with("good", "open_device:1:plain"));
        QCOMPARE(asked.code, 2);
        QVERIFY2(asked.err.startsWith("E-CUDA-900"), asked.err);
    }

    void everyLayoutPredictsTheSame_data() {
        QTest::addColumn<QString>("checkpoint");
        for (const char* name : {"a_custom_cuda", "a_split_embedding", "a_tensorflow", "b_custom_cuda", "c_tensorflow"})
            QTest::newRow(name) << kBoth + name + "/checkpoint";
    }
    void everyLayoutPredictsTheSame() {
        QFETCH(QString, checkpoint);
        const QStringList verb{"predict", checkpoint, "--data", kDataset, "--json"};
        const auto gpu = cli(verb, with("good")).json(), cpu = cli(verb + QStringList{"--backend", "cpu"}).json();
        QCOMPARE(textOf(gpu["backend"]["name"]), std::string("cuda"));
        QVERIFY(gpu["rows"].size() > 50);
        QCOMPARE(gpu["rows"].size(), cpu["rows"].size());
        for (std::size_t r = 0; r < gpu["rows"].size(); ++r)
            QVERIFY(std::fabs(gpu["rows"][r]["logit"].get<double>() - cpu["rows"][r]["logit"].get<double>()) <
                    kLogitTolerance);
    }

    void aDeviceLostWhileEvaluatingIsReported() {
        const QStringList verb{"evaluate", kCheckpoint, "--data", kDataset, "--json"};
        const auto cpu = cli(verb + QStringList{"--backend", "cpu"}).json();
        const auto lost = cli(verb, with("good", "forward:2:fatal")).json();
        QCOMPARE(textOf(lost["backend"]["name"]), std::string("cpu"));
        QVERIFY(lost["auc"] == cpu["auc"]);
        const auto predicted =
            cli({"predict", kCheckpoint, "--data", kDataset, "--json"}, with("good", "forward:1:fatal"));
        QCOMPARE(predicted.code, 0);
    }

    void badSizesAreRefused() {
        for (const char* size : {"0", "-1GiB", "8", "8XB", "GiB", "nan", "1e400GiB", "99999999TiB", "8GiB8"}) {
            const auto answer = cli({"info", kCheckpoint, "--gpu-memory", size});
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith("E-BACKEND-003"), answer.err);
        }
        QCOMPARE(cli({"info", kCheckpoint, "--gpu-memory", "8GiB", "--table-precision", "fp16"}).code, 0);
        QVERIFY(cli({"info", kCheckpoint, "--table-precision", "fp64"}).err.startsWith("E-CLI-001"));
    }

    void parityOfTheCpuIsWithinItsTolerances() {
        for (const QStringList& rows : {QStringList{}, QStringList{"--data", kDataset}}) {
            const auto answer =
                cli(QStringList{"parity", kCheckpoint, "--json", "--backend", "cpu", "--rows", "60"} + rows);
            QVERIFY2(answer.code == 0, answer.err);
            const auto json = answer.json();
            QCOMPARE(json["passed"].get<bool>(), true);
            QCOMPARE(json["rows"].get<int>(), 60);
            QCOMPARE(json["runs"].size(), std::size_t{2});
            const auto &fp32 = json["runs"][0], &bf16 = json["runs"][1];
            QVERIFY(fp32["max_abs_delta_logit"].get<double>() < 1e-5);
            QVERIFY(bf16["max_abs_delta_logit"].get<double>() > fp32["max_abs_delta_logit"].get<double>());
            QVERIFY(fp32["same_bits_second_run"].get<bool>() && fp32["same_bits_other_batch"].get<bool>());
            int counted = 0;
            for (const auto& bin : fp32["ulp_histogram"]) counted += bin["rows"].get<int>();
            QCOMPARE(counted, 60);
            std::vector<std::string> layers;
            for (const auto& layer : fp32["layers"]) layers.push_back(textOf(layer["name"]));
            QCOMPARE(layers, (std::vector<std::string>{"bottom_mlp/0", "bottom_mlp/1", "vectors", "interaction",
                                                       "top_input", "top_mlp/0", "top_mlp/1", "top_mlp/2"}));
        }
    }

    void parityWithAGpu() {
        const auto answer = cli({"parity", kCheckpoint, "--json", "--rows", "70"}, with("good"));
        QVERIFY2(answer.code == 0, answer.err);
        const auto json = answer.json();
        QCOMPARE(json["runs"].size(), std::size_t{6});
        for (const auto& run : json["runs"])
            QVERIFY2(run["ran"].get<bool>() && run["passed"].get<bool>(), run.dump().c_str());
        // Fewer bits, more distance.
        QVERIFY(json["runs"][2]["max_abs_delta_logit"].get<double>() <
                json["runs"][3]["max_abs_delta_logit"].get<double>());
        QVERIFY(json["runs"][3]["max_abs_delta_logit"].get<double>() <
                json["runs"][4]["max_abs_delta_logit"].get<double>());
        // A run that ended on the CPU says nothing about the GPU; those after it find no device.
        const auto lost =
            cli({"parity", kCheckpoint, "--json", "--rows", "70"}, with("good", "forward:3:fatal")).json();
        QCOMPARE(lost["runs"][2]["ran"].get<bool>(), false);
        QVERIFY(textOf(lost["runs"][2]["not_run"]).find("the GPU was lost") != std::string::npos);
        QVERIFY(textOf(lost["runs"][3]["not_run"]).starts_with("The GPU was lost."));
        QVERIFY(lost["runs"][2]["max_abs_delta_logit"].is_null());
        const auto none = cli({"parity", kCheckpoint, "--json"}, with("no_device")).json();
        QVERIFY(textOf(none["runs"][2]["not_run"]).ends_with("(no CUDA-capable device is detected)"));
        QCOMPARE(cli({"parity", kCheckpoint, "--backend", "cuda"}, with("no_device")).code, 2);
        // Asked for by name, each of its runs has to happen.
        const auto asked = cli({"parity", kCheckpoint, "--json", "--rows", "70", "--backend", "cuda"},
                               with("good", "forward:3:fatal"));
        QCOMPARE(asked.code, 1);
        QCOMPARE(asked.json()["passed"].get<bool>(), false);
        const auto runs = asked.json()["runs"];
        for (const auto& run : runs) QCOMPARE(textOf(run["backend"]["name"]), std::string("cuda"));
        QCOMPARE(cli({"parity", kCheckpoint, "--rows", "70", "--backend", "cuda"}, with("good")).code, 0);
    }

    void parityComputesWhatIsAsked() {
        const auto names = [](const QStringList& options, const QProcessEnvironment& environment) {
            const auto answer = cli(QStringList{"parity", kCheckpoint, "--json", "--rows", "9"} + options, environment);
            QStringList out{QString::number(answer.code)};
            const auto runs = answer.json()["runs"];
            for (const auto& run : runs)
                out << QString::fromStdString(textOf(run["name"])) + (run["ran"].get<bool>() ? "" : " not run");
            return out;
        };
        const auto none = with("no_device"), gpu = with("good");
        QCOMPARE(names({"--backend", "cpu", "--precision", "fp32"}, none), (QStringList{"0", "cpu fp32"}));
        QCOMPARE(names({"--backend", "cpu"}, gpu), (QStringList{"0", "cpu fp32", "cpu bf16"}));
        QCOMPARE(names({"--precision", "fp32"}, none), (QStringList{"0", "cpu fp32", "cuda fp32 not run"}));
        QCOMPARE(names({"--precision", "bf16"}, gpu), (QStringList{"0", "cpu bf16", "cuda bf16"}));
        QCOMPARE(names({"--backend", "cuda", "--precision", "tf32"}, gpu), (QStringList{"0", "cuda tf32"}));
        QCOMPARE(names({"--precision", "tf32"}, none),
                 (QStringList{"1", "cuda tf32 not run"}));  // nothing was compared
        const auto nowhere = cli({"parity", kCheckpoint, "--precision", "int8"}, none);
        QVERIFY2(nowhere.code == 2 && nowhere.err.startsWith("E-CLI-009"), nowhere.err);
        QCOMPARE(names({"--backend", "cpu", "--precision", "tf32"}, none), (QStringList{"1", "cpu tf32 not run"}));
    }

    // A thousand times larger weights in the last layer: a thousand times larger logits and errors, and as much
    // allowed.
    void theToleranceGrowsWithTheSums() {
        const QTemporaryDir directory;
        copyFiles(kDemo + "/checkpoint", directory.path());
        changeNpy(directory.filePath("top_mlp_layer_3_kernel_part0.npy"), [](std::span<float> values) {
            for (float& v : values) v *= 1000;
        });
        const QStringList rest{"--json", "--backend", "cpu"};
        const auto plain = cli(QStringList{"parity", kDemo + "/checkpoint"} + rest),
                   large = cli(QStringList{"parity", directory.path()} + rest);
        QCOMPARE(plain.code, 0);
        QCOMPARE(large.code, 0);
        for (std::size_t run = 0; run < 2; ++run) {
            const auto a = plain.json()["runs"][run], b = large.json()["runs"][run];
            const double growth = b["tolerance"].get<double>() / a["tolerance"].get<double>();
            QVERIFY2(growth > 900 && growth < 1100, std::to_string(growth).c_str());
            // Neither so wide that nothing is seen.
            for (const auto& one : {a, b})
                QVERIFY2(one["tolerance"].get<double>() < 100 * one["max_abs_delta_logit"].get<double>(),
                         one.dump().c_str());
        }
        QVERIFY(large.json()["runs"][0]["max_abs_delta_logit"].get<double>() > 1e-5);
        // The arithmetic of bf16 does not pass for fp32.
        QVERIFY(plain.json()["runs"][1]["max_abs_delta_logit"].get<double>() >
                100 * plain.json()["runs"][0]["tolerance"].get<double>());
    }

    // Nobody who asks for the GPU by name is given the CPU's figures for its own.
    void aBackendThatWasAskedForIsNotReplaced() {
        for (const char* verb : {"evaluate", "predict"}) {
            const auto asked =
                cli({verb, kCheckpoint, "--data", kDataset, "--backend", "cuda"}, with("good", "forward:1:fatal"));
            QCOMPARE(asked.code, 2);
            QVERIFY2(asked.err.startsWith("E-MODULE-013") && asked.err.contains("the GPU was lost"), asked.err);
            QCOMPARE(cli({verb, kCheckpoint, "--data", kDataset}, with("good", "forward:1:fatal")).code, 0);
        }
    }

    // The demo holds logits far from zero, whose bf16 error is larger than on the small models.
    void anExceededToleranceIsAFinding() {
        const auto answer =
            cli({"parity", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--json", "--backend", "cpu"});
        const auto json = answer.json();
        QCOMPARE(answer.code, json["passed"].get<bool>() ? 0 : 1);
        for (const auto& run : json["runs"])
            QCOMPARE(run["passed"].get<bool>(),
                     run["max_abs_delta_logit"].get<double>() <= run["tolerance"].get<double>());
    }

    void theBundleHoldsEverything() {
        QTemporaryDir directory;
        const QString path = directory.filePath("parity.h5");
        QCOMPARE(cli({"parity", kCheckpoint, "--rows", "5", "--out", path, "--backend", "cpu"}).code, 0);
        QVERIFY(QFile(path).size() > 10'000);
        QVERIFY(cli({"parity", kCheckpoint, "--out", directory.filePath("parity.csv")}).err.startsWith("E-EXPORT-001"));
        QCOMPARE(cli({"parity", kCheckpoint, "--rows", "0"}).code, 2);
        QCOMPARE(cli({"parity", kCheckpoint, "--rows", "100000"}).code, 2);
        const QString dump = QStandardPaths::findExecutable("h5dump");
        if (dump.isEmpty()) QSKIP("h5dump is not installed");
        QProcess process;
        process.start(dump, {"-n", "1", path});
        const QByteArray names = finish(process).out;
        for (const char* name :
             {"/row", "/input/numerical", "/input/id_0", "/reference/logit", "/reference/layers/bottom_mlp_0",
              "/runs/cpu_fp32/logit", "/runs/cpu_bf16/layers/interaction", "/runs/cpu_fp32/ulp_rows"})
            QVERIFY2(names.contains(name), name);
    }
};

DLRM_TEST(CliGpuTest);

}  // namespace tst_cli_gpu

#include "tst_cli_gpu.moc"
