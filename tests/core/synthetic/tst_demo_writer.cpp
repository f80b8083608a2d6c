// SPDX-License-Identifier: Apache-2.0
// The demo writer: same seed, same bytes; what it writes opens, fits and makes sense; nothing stays behind when it does
// not finish.
#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>

#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "core/synthetic/demo_writer.h"
#include "core/synthetic/synthetic_values.h"
#include "tests/support/test_program.h"

namespace tst_demo_writer {

using namespace dlrm;

namespace {

constexpr std::int64_t kRows = 3000;

QMap<QString, QByteArray> hashes(const QString& directory) {
    QMap<QString, QByteArray> out;
    QDirIterator it(directory, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        if (!file.open(QIODevice::ReadOnly)) qFatal("open");
        out[QDir(directory).relativeFilePath(file.fileName())] =
            QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256);
    }
    return out;
}

std::string in(const QTemporaryDir& directory, const char* name) { return directory.filePath(name).toStdString(); }

QStringList entries(const QString& directory) {
    return QDir(directory).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
}

}  // namespace

class TestDemoWriter : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;
    DemoResult m_demo;

private Q_SLOTS:
    void initTestCase() {
        auto demo = writeDemo(in(m_directory, "demo"), {.likeFl15 = false, .rows = kRows, .seed = 1});
        QVERIFY2(demo.has_value(), demo ? "" : demo.error().text().c_str());
        m_demo = *demo;
    }

    void sameSeedGivesTheSameBytesAndAnotherSeedOthers() {
        QVERIFY(writeDemo(in(m_directory, "again"), {.likeFl15 = false, .rows = kRows, .seed = 1}).has_value());
        QVERIFY(writeDemo(in(m_directory, "other"), {.likeFl15 = false, .rows = kRows, .seed = 2}).has_value());
        const auto first = hashes(m_directory.filePath("demo"));
        QCOMPARE(first.size(), 26 + 2 * 6 + 1 + 2 * 28);
        QCOMPARE(hashes(m_directory.filePath("again")), first);
        const auto other = hashes(m_directory.filePath("other"));
        QCOMPARE(other.keys(), first.keys());
        QVERIFY(other["checkpoint/feature_3_part0.npy"] != first["checkpoint/feature_3_part0.npy"]);
        QVERIFY(other["dataset/test/cat_0.bin"] != first["dataset/test/cat_0.bin"]);
    }

    void announcedBytesAreWritten() {
        qint64 bytes = 0;
        QDirIterator it(m_directory.filePath("demo"), QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            it.next();
            bytes += it.fileInfo().size();
        }
        QCOMPARE(bytes, demoBytes({.likeFl15 = false, .rows = kRows, .seed = 1}));
        QCOMPARE(m_demo.bytes, bytes);
    }

    void writtenModelAndDatasetFitAndTheLabelsFollowTheModel() {
        for (const char* split : {"test", "train"}) {
            DatasetOptions options;
            options.split = split;
            const auto dataset = openDataset(m_demo.dataset, options);
            QVERIFY2(dataset.has_value(), dataset ? "" : dataset.error().text().c_str());
            QCOMPARE((*dataset)->rows(), std::string(split) == "test" ? kRows : kRows / 10);
            EngineOptions engineOptions;
            engineOptions.dataset = *dataset;
            engineOptions.backend = *chooseBackend({"cpu", Precision::Fp32, 0});
            const auto engine = Engine::open(m_demo.checkpoint, engineOptions);
            QVERIFY2(engine.has_value(), engine ? "" : engine.error().text().c_str());
            QCOMPARE((*engine)->spec().layout, std::string("C"));
            QCOMPARE((*engine)->spec().topMlp.front().paddingInputs, 1);
            QCOMPARE((*engine)->spec().bottomMlp.front().paddingInputs, 3);
            const auto evaluation = (*engine)->evaluate(**dataset, {});
            QVERIFY2(evaluation.has_value(), evaluation ? "" : evaluation.error().text().c_str());
            // Labels are drawn with the model's own probability: Σp and Σy differ by chance only, 5 standard deviations
            // of a binomial.
            const double n = static_cast<double>(evaluation->report.rows),
                         y = static_cast<double>(evaluation->report.positives);
            const double calibration = *evaluation->report.find("calibration")->value;
            QVERIFY(y > 0.1 * n && y < 0.5 * n);
            QVERIFY2(std::abs(calibration * y - y) < 5 * std::sqrt(n * 0.25), qPrintable(QString::number(calibration)));
            QVERIFY(*evaluation->report.find("auc")->value > 0.65);
        }
    }

    void anyRowCanBeRecomputed() {
        EngineOptions options;
        options.backend = *chooseBackend({"cpu", Precision::Fp32, 0});
        const auto engine = Engine::open(m_demo.checkpoint, options);
        QVERIFY(engine.has_value());
        for (const int table : {0, 5, 25}) {
            const TableSpec& spec = (*engine)->spec().tables[static_cast<std::size_t>(table)];
            const std::vector<RowId> ids{RowId{spec.rows - 1}, RowId{0}};
            const auto rows = (*engine)->rows(TableId{table}, ids);
            QVERIFY(rows.has_value());
            std::vector<float> expected(static_cast<std::size_t>(spec.dim));
            for (std::size_t i = 0; i < ids.size(); ++i) {
                fillTableRows(1, static_cast<std::uint64_t>(table), spec.rows, spec.dim, value(ids[i]), expected);
                QVERIFY(std::memcmp(expected.data(), rows->values.data() + i * expected.size(),
                                    expected.size() * sizeof(float)) == 0);
            }
        }
    }

    void cancelRemovesEverything_data() {
        QTest::addColumn<QString>("stage");
        QTest::newRow("tables") << "writing tables";
        QTest::newRow("rows") << "writing rows";
    }
    void cancelRemovesEverything() {
        QFETCH(QString, stage);
        QTemporaryDir directory;
        std::stop_source source;
        bool reached = false;
        const auto stopThere = [&](const Progress& p) {
            if (p.stage != stage.toStdString()) return;
            reached = true;
            source.request_stop();
        };
        const auto demo = writeDemo(in(directory, "new/demo"), {.likeFl15 = false, .rows = 100'000, .seed = 1},
                                    {stopThere, source.get_token()});
        QVERIFY(!demo.has_value());
        QVERIFY(reached);
        QVERIFY(demo.error().isCancelled());
        QCOMPARE(entries(directory.path()), QStringList());
    }
    void cancelKeepsAnEmptyDirectoryThatWasThere() {
        QTemporaryDir directory;
        std::stop_source source;
        source.request_stop();
        const auto demo = writeDemo(directory.path().toStdString(), {.likeFl15 = false, .rows = 100, .seed = 1},
                                    {.stop = source.get_token()});
        QVERIFY(!demo.has_value() && demo.error().isCancelled());
        QVERIFY(QDir(directory.path()).exists());
        QCOMPARE(entries(directory.path()), QStringList());
    }

    void tooLittleDiskSpaceIsFoundFirst() {
        QTemporaryDir directory;
        const auto demo = writeDemo(in(directory, "demo"), {.likeFl15 = true, .rows = 1'000'000'000'000, .seed = 1});
        QVERIFY(!demo.has_value());
        QCOMPARE(demo.error().code, std::string("E-DEMO-001"));
        QCOMPARE(entries(directory.path()), QStringList());
    }
    void directoryWithFilesIsRefusedAndLeftAlone() {
        QTemporaryDir directory;
        QFile file(directory.filePath("mine.txt"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        const auto demo = writeDemo(directory.path().toStdString(), {});
        QVERIFY(!demo.has_value());
        QCOMPARE(demo.error().code, std::string("E-DEMO-002"));
        const auto onFile = writeDemo(in(directory, "mine.txt"), {});
        QVERIFY(!onFile.has_value());
        QCOMPARE(onFile.error().code, std::string("E-DEMO-002"));
        QCOMPARE(entries(directory.path()), QStringList{"mine.txt"});
    }
    void placeThatCannotBeWrittenIsAnError() {
        QTemporaryDir directory;
        QFile file(directory.filePath("file"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        const auto demo = writeDemo(in(directory, "file/demo"), {});
        QVERIFY(!demo.has_value());
        QCOMPARE(demo.error().code, std::string("E-DEMO-003"));
    }
    void impossibleNumberOfRowsIsAnError() {
        for (const std::int64_t rows : {std::int64_t{0}, std::int64_t{-5}, std::numeric_limits<std::int64_t>::max()}) {
            const auto demo = writeDemo(in(m_directory, "never"), {.likeFl15 = false, .rows = rows, .seed = 1});
            QVERIFY(!demo.has_value());
            QCOMPARE(demo.error().code, std::string("E-DEMO-004"));
        }
    }
};

DLRM_TEST(TestDemoWriter);

}  // namespace tst_demo_writer

#include "tst_demo_writer.moc"
