// SPDX-License-Identifier: Apache-2.0
// When table rows are read ahead, when whole tables are, and that reading ahead changes no result.
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "core/compute/placement.h"
#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "core/measure/page_warmer.h"
#include "tests/support/test_program.h"

namespace tst_page_warmer {

using namespace dlrm;

namespace {

constexpr std::int64_t kGigabyte = 1'000'000'000;
const std::string kGolden = DLRM_TEST_DATA "/golden/";

// A copy of a checkpoint of this test's own: the kernel tells what is cached only of files one may write.
std::string copyOfCheckpoint(const QTemporaryDir& dir) {
    const std::string path = dir.path().toStdString() + "/checkpoint";
    std::filesystem::copy(kGolden + "checkpoints/c_custom_cuda/checkpoint", path,
                          std::filesystem::copy_options::recursive);
    return path;
}

// A file system in memory keeps its pages nevertheless.
void dropFromCache(const std::string& directory) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const int fd = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
        fdatasync(fd);
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        ::close(fd);
    }
}

}  // namespace

class TestPageWarmer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void warmTableIsLeftAlone() {
        QVERIFY(chooseWarming(
                    {.sampled = 32, .cold = 0, .rowsToCome = 100'000'000, .tableBytes = 1, .spareBytes = kGigabyte}) ==
                Warming::Nothing);
    }

    void fewRowsOfALargeTableAreReadOneByOne() {
        // 60,000 pages: 1 s against 2 s in order.
        QVERIFY(chooseWarming({.sampled = 32,
                               .cold = 32,
                               .rowsToCome = 60'000,
                               .tableBytes = 4 * kGigabyte,
                               .spareBytes = 100 * kGigabyte}) == Warming::Rows);
    }

    void manyRowsAreReadAsWholeTable() {
        // 1,000,000 pages: 17 s against 2 s in order.
        QVERIFY(chooseWarming({.sampled = 32,
                               .cold = 32,
                               .rowsToCome = 1'000'000,
                               .tableBytes = 4 * kGigabyte,
                               .spareBytes = 4 * kGigabyte}) == Warming::Table);
        QVERIFY(chooseWarming({.sampled = 32,
                               .cold = 1,
                               .rowsToCome = 1'000'000,
                               .tableBytes = 4 * kGigabyte,
                               .spareBytes = 4 * kGigabyte}) == Warming::Rows);
    }

    void tableLargerThanTheSpareMemoryIsReadByRows() {
        QVERIFY(chooseWarming({.sampled = 32,
                               .cold = 32,
                               .rowsToCome = 1'000'000,
                               .tableBytes = 4 * kGigabyte,
                               .spareBytes = 4 * kGigabyte - 1}) == Warming::Rows);
    }

    void smallTableIsReadWholeForOneBatch() {
        QVERIFY(
            chooseWarming(
                {.sampled = 32, .cold = 32, .rowsToCome = 2'000, .tableBytes = 1'000'000, .spareBytes = kGigabyte}) ==
            Warming::Table);
    }

    void availableMemoryIsKnown() { QVERIFY(availableMemory() > 0); }

    void predictionsOfAColdCheckpointAreThoseOfAWarmOne() {
        QTemporaryDir dir;
        const std::string path = copyOfCheckpoint(dir);
        const auto dataset = openDataset(kGolden + "datasets/tiny", {});
        QVERIFY(dataset);
        EngineOptions options;
        options.dataset = *dataset;
        options.backend = *chooseBackend({"cpu", Precision::Fp32, 2});
        std::vector<float> logits[2];
        for (const bool cold : {true, false}) {
            if (cold) dropFromCache(path);
            const auto engine = Engine::open(path, options);
            QVERIFY2(engine.has_value(), engine ? "" : engine.error().text().c_str());
            const auto prediction = (*engine)->predict(**dataset, {0, (*dataset)->rows() - 1}, {});
            QVERIFY2(prediction.has_value(), prediction ? "" : prediction.error().text().c_str());
            for (const PredictedRow& row : prediction->rows) logits[cold].push_back(row.logit);
        }
        QVERIFY(logits[0].size() >= 64);
        QCOMPARE(logits[1], logits[0]);
    }

    void rowsAreNoLongerColdOnceRead() {
        QTemporaryDir dir;
        const std::string path = copyOfCheckpoint(dir);
        dropFromCache(path);
        const auto checkpoint = Checkpoint::open(path, {});
        QVERIFY(checkpoint);
        std::size_t largest = 0;
        const auto tables = (*checkpoint)->tables();
        for (std::size_t t = 0; t < tables.size(); ++t)
            if (tables[t].rows() > tables[largest].rows()) largest = t;
        const auto table = static_cast<TableId>(largest);
        const RowId last[] = {RowId{tables[largest].rows() - 1}};
        if ((*checkpoint)->coldRows(table, last) == 0) QSKIP("This file system keeps its pages in memory.");
        (*checkpoint)->prefetchTable(table, {});
        std::vector<float> values(static_cast<std::size_t>(tables[largest].dim()));
        tables[largest].copyRow(value(last[0]), values);
        QCOMPARE((*checkpoint)->coldRows(table, last), std::int64_t{0});
    }
};

DLRM_TEST(TestPageWarmer);

}  // namespace tst_page_warmer

#include "tst_page_warmer.moc"
