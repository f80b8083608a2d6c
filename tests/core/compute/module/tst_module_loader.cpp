// SPDX-License-Identifier: Apache-2.0
// Every way a backend module cannot be had, each with its own sentence.
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include "core/compute/module/loader.h"
#include "tests/support/test_program.h"

namespace tst_module_loader {

using namespace dlrm;

namespace {

const std::string kFakes = DLRM_FAKE_MODULES;

ModuleSearch fake(const std::string& name) { return {{}, "dlrm_cuda.so", {kFakes + "/" + name}, 0}; }

Error failureOf(const ModuleSearch& search) {
    const auto loaded = loadModule(search);
    return loaded ? Error("none", "it was loaded") : loaded.error();
}

}  // namespace

class ModuleLoaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFailureHasItsSentence_data() {
        QTest::addColumn<QString>("module");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("missing library") << "missing_library"
                                         << "E-MODULE-003"
                                         << "the GPU module cannot be loaded: libcublas.so.99: cannot open shared "
                                            "object file: No such file or directory";
        QTest::newRow("no symbol") << "no_symbol"
                                   << "E-MODULE-004"
                                   << "the GPU module has no entry point: ";
        QTest::newRow("other version") << "other_version"
                                       << "E-MODULE-005"
                                       << "the GPU module has version 7 of the interface, this program has version 2";
        QTest::newRow("incomplete") << "incomplete"
                                    << "E-MODULE-006"
                                    << "the GPU module's interface is incomplete";
        QTest::newRow("old GPU") << "old_gpu"
                                 << "E-MODULE-007"
                                 << "Fake GPU has compute capability 6.0, 7.5 or newer is needed";
        QTest::newRow("no device") << "no_device"
                                   << "E-CUDA-100"
                                   << "no CUDA-capable device is detected";
        QTest::newRow("no such directory") << "nowhere"
                                           << "E-MODULE-002"
                                           << "no GPU module (dlrm_cuda.so not found)";
    }
    void everyFailureHasItsSentence() {
        QFETCH(QString, module);
        QFETCH(QString, code);
        QFETCH(QString, sentence);
        const Error error = failureOf(fake(module.toStdString()));
        QCOMPARE(QString::fromStdString(error.code), code);
        QVERIFY2(QString::fromStdString(error.message).startsWith(sentence), error.message.c_str());
        QVERIFY(!error.remedy.empty());
    }

    void withoutADriverNothingElseIsLookedFor() {
        ModuleSearch search = fake("good");
        search.driver = "libdlrm_no_such_driver.so.1";
        QElapsedTimer timer;
        timer.start();
        const Error error = failureOf(search);
        QVERIFY(timer.elapsed() < 1000);  // it takes 0.1 ms; machines are shared
        QCOMPARE(error.code, std::string("E-MODULE-001"));
        QCOMPARE(error.message, std::string("no NVIDIA driver (libdlrm_no_such_driver.so.1 not found)"));
    }

    // A driver whose file is there and broken is not an absent one.
    void aBrokenDriverIsNamed() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("libcuda.so.1").toStdString();
        std::ofstream(path) << "not a library";
        ModuleSearch search = fake("good");
        search.driver = path;
        const Error error = failureOf(search);
        QCOMPARE(error.code, std::string("E-MODULE-001"));
        QVERIFY2(error.message.starts_with("the NVIDIA driver cannot be loaded: " + path), error.message.c_str());
    }

    void aFileThatIsNoLibraryIsNamed() {
        QTemporaryDir directory;
        std::ofstream(directory.filePath("dlrm_cuda.so").toStdString()) << "not a library";
        ModuleSearch search{{}, "dlrm_cuda.so", {directory.path().toStdString()}, 0};
        const Error error = failureOf(search);
        QCOMPARE(error.code, std::string("E-MODULE-003"));
        QCOMPARE(error.file, directory.filePath("dlrm_cuda.so").toStdString());
    }

    void theFirstDirectoryThatHasItDecides() {
        ModuleSearch search = fake("good");
        search.directories = {kFakes + "/nowhere", kFakes + "/other_version", kFakes + "/good"};
        QCOMPARE(failureOf(search).code, std::string("E-MODULE-005"));
        search.directories = {kFakes + "/nowhere", kFakes + "/good", kFakes + "/other_version"};
        const auto loaded = loadModule(search);
        QVERIFY(loaded);
        QCOMPARE(loaded->path, kFakes + "/good/dlrm_cuda.so");
        QCOMPARE(std::string(loaded->device.name), std::string("Fake GPU"));
        QVERIFY(loaded->health->lost().empty());
        loaded->health->markLost("first");
        loaded->health->markLost("second");
        QCOMPARE(loaded->health->lost(), std::string("first"));
    }

    void theSearchBeginsWhereTheUserSays() {
        qputenv("DLRM_BACKEND_DIR", "/some/where");
        const ModuleSearch named = cudaModule();
        QCOMPARE(named.directories.front(), std::string("/some/where"));
        qunsetenv("DLRM_BACKEND_DIR");
        const ModuleSearch plain = cudaModule();
        QCOMPARE(plain.directories.size() + 1, named.directories.size());
        QCOMPARE(plain.driver, std::string("libcuda.so.1"));
        const std::string beside = QCoreApplication::applicationDirPath().toStdString();
        QVERIFY(plain.directories.front().starts_with(beside));
        QVERIFY(plain.directories.back().ends_with("/dlrm-explorer"));
    }

    void anErrorWithoutWordsGetsSome() {
        dlrm_error error{};
        QCOMPARE(moduleError(error).code, std::string("E-MODULE-009"));
        QVERIFY(!moduleError(error).message.empty());
        // Not terminated: cut at its end.
        std::fill(std::begin(error.message), std::end(error.message), 'x');
        QCOMPARE(moduleError(error).message.size(), sizeof(error.message));
        for (const char* code : {"E-CUDA-02", "E-cuda-002", "CUDA-002", "E--002", "E-CUDA-00x", "-", "E-\n-002"}) {
            std::snprintf(error.code, sizeof(error.code), "%s", code);
            QCOMPARE(moduleError(error).code, std::string("E-MODULE-009"));
        }
        std::snprintf(error.code, sizeof(error.code), "E-CUDA-002");
        QCOMPARE(moduleError(error).code, std::string("E-CUDA-002"));
    }
};

DLRM_TEST(ModuleLoaderTest);

}  // namespace tst_module_loader

#include "tst_module_loader.moc"
