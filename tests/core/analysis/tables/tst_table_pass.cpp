// SPDX-License-Identifier: Apache-2.0
// The pass over a table against a naive twin in double, over every storage, any number of threads, stops, and tables
// that are hostile.
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "core/analysis/maps/projection.h"
#include "core/analysis/neighbors/neighbors.h"
#include "core/analysis/tables/kernels.h"
#include "core/analysis/tables/pass.h"
#include "core/base/random_access_file.h"
#include "tests/core/analysis/tables/memory_table.h"
#include "tests/support/test_program.h"

namespace tst_table_pass {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// Sums of so many doubles in another order.
constexpr double kSumTolerance = 1e-12;
// A float32 norm is rounded once from a double.
constexpr float kNormTolerance = 0x1p-24f;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

TableStatistics statisticsOf(const TableView& view) {
    TablePass pass({TableId{3}, &view, {}});
    auto result = pass.run({});
    if (!result) qFatal("%s", result.error().text().c_str());
    return *std::move(result);
}

struct Twin {
    std::int64_t finite = 0, nan = 0, inf = 0, subnormal = 0, below = 0, above = 0, gramRows = 0;
    double sum = 0, sumSquares = 0, sumMagnitudes = 0;
    float min = kInf, max = -kInf;
    std::vector<float> norms;
    std::vector<std::int64_t> histogram;
    std::vector<double> products, columnSums;
};

Twin twinOf(const TableView& view, const ScanRequest& request) {
    Twin t;
    const auto dim = static_cast<std::size_t>(view.dim());
    t.histogram.resize(static_cast<std::size_t>(request.bins));
    t.products.resize(dim * dim);
    t.columnSums.resize(dim);
    std::vector<float> row(dim);
    for (std::int64_t r = 0; r < view.rows(); ++r) {
        view.copyRow(r, row);
        double squares = 0;
        bool isFinite = true, hasNan = false;
        for (const float v : row) {
            squares += static_cast<double>(v) * v;
            isFinite = isFinite && std::isfinite(v);
            hasNan = hasNan || std::isnan(v);
            if (std::isnan(v)) ++t.nan;
            else if (std::isinf(v)) ++t.inf;
            else {
                ++t.finite;
                t.subnormal += std::fpclassify(v) == FP_SUBNORMAL;
                t.sum += v;
                t.sumMagnitudes += std::fabs(v);
                t.sumSquares += static_cast<double>(v) * v;
                t.min = std::min(t.min, v);
                t.max = std::max(t.max, v);
                const float scale = static_cast<float>(request.bins) / (request.high - request.low) * (1 - 0x1p-20f);
                const float at = std::floor((v - request.low) * scale);
                if (at < 0) ++t.below;
                else if (at >= static_cast<float>(request.bins)) ++t.above;
                else ++t.histogram[static_cast<std::size_t>(at)];
            }
        }
        t.norms.push_back(hasNan ? kNan : isFinite ? static_cast<float>(std::sqrt(squares)) : kInf);
        if (!isFinite) continue;
        ++t.gramRows;
        for (std::size_t i = 0; i < dim; ++i) {
            t.columnSums[i] += row[i];
            for (std::size_t j = 0; j < dim; ++j) t.products[i * dim + j] += static_cast<double>(row[i]) * row[j];
        }
    }
    return t;
}

void compareWithTwin(const TableView& view) {
    const TableStatistics s = statisticsOf(view);
    const Twin t = twinOf(view, s.scan.request);
    QCOMPARE(s.table, TableId{3});
    QCOMPARE(s.scan.rows, view.rows());
    QCOMPARE(s.scan.finite, t.finite);
    QCOMPARE(s.scan.nan, t.nan);
    QCOMPARE(s.scan.inf, t.inf);
    QCOMPARE(s.scan.subnormal, t.subnormal);
    QVERIFY(std::abs(s.scan.sum - t.sum) <= kSumTolerance * t.sumMagnitudes);
    QVERIFY(std::abs(s.scan.sumSquares - t.sumSquares) <= kSumTolerance * t.sumSquares);
    QCOMPARE(s.scan.min, t.finite > 0 ? t.min : kNan);
    QCOMPARE(s.scan.max, t.finite > 0 ? t.max : kNan);
    QCOMPARE(s.scan.norms.size(), t.norms.size());
    std::vector<float> finiteNorms;
    for (std::size_t i = 0; i < t.norms.size(); ++i) {
        if (std::isfinite(t.norms[i])) {
            QVERIFY(std::abs(s.scan.norms[i] - t.norms[i]) <= kNormTolerance * t.norms[i] * 2);
            finiteNorms.push_back(s.scan.norms[i]);
        } else {
            QCOMPARE(std::isnan(s.scan.norms[i]), std::isnan(t.norms[i]));
            QVERIFY(!std::isfinite(s.scan.norms[i]));
        }
    }
    QCOMPARE(s.scan.histogram, t.histogram);
    QCOMPARE(s.scan.below, t.below);
    QCOMPARE(s.scan.above, t.above);
    QCOMPARE(s.norms.rows, static_cast<std::int64_t>(finiteNorms.size()));
    if (!finiteNorms.empty()) {
        std::sort(finiteNorms.begin(), finiteNorms.end());
        const auto at = [&](std::size_t percent) {  // as numpy.percentile, linear between neighbours
            const std::size_t hundredths = percent * (finiteNorms.size() - 1), low = hundredths / 100;
            const double next = finiteNorms[std::min(low + 1, finiteNorms.size() - 1)];
            return static_cast<float>(finiteNorms[low] +
                                      (next - finiteNorms[low]) * static_cast<double>(hundredths % 100) / 100);
        };
        QCOMPARE(s.norms.min, finiteNorms.front());
        QCOMPARE(s.norms.p01, at(1));
        QCOMPARE(s.norms.p05, at(5));
        QCOMPARE(s.norms.p50, at(50));
        QCOMPARE(s.norms.p95, at(95));
        QCOMPARE(s.norms.p99, at(99));
        QCOMPARE(s.norms.max, finiteNorms.back());
        std::int64_t counted = 0;
        for (const std::int64_t n : s.norms.histogram) counted += n;
        QCOMPARE(counted, s.norms.rows);
    }
    QCOMPARE(s.gram.rows, t.gramRows);
    const auto dim = static_cast<std::size_t>(view.dim());
    for (std::size_t i = 0; i < dim; ++i) {
        QVERIFY(std::abs(s.gram.sums[i] - t.columnSums[i]) <= kSumTolerance * (t.sumMagnitudes + 1e-300));
        for (std::size_t j = 0; j < dim; ++j)
            QVERIFY(std::abs(s.gram.products[i * dim + j] - t.products[i * dim + j]) <=
                    kGramError * std::sqrt(t.products[i * dim + i] * t.products[j * dim + j]));
    }
    QCOMPARE(s.trainedGram.rows + s.untrained.count <= s.gram.rows || t.nan + t.inf > 0, true);
}

void compareBits(const TableStatistics& a, const TableStatistics& b) {
    QCOMPARE(a.scan.sum, b.scan.sum);
    QCOMPARE(a.scan.sumSquares, b.scan.sumSquares);
    QVERIFY(a.scan.norms == b.scan.norms);
    QVERIFY(a.scan.histogram == b.scan.histogram);
    QVERIFY(a.gram.products == b.gram.products);
    QVERIFY(a.gram.sums == b.gram.sums);
    QVERIFY(a.trainedGram.products == b.trainedGram.products);
    QVERIFY(a.untrained.bits == b.untrained.bits);
    QCOMPARE(a.untrained.count, b.untrained.count);
    QCOMPARE(a.duplicates.rows, b.duplicates.rows);
    QCOMPARE(a.zeroRows, b.zeroRows);
}

// How much of the mapping that begins at `address` is in this process' memory.
std::int64_t mappedBytes(const std::byte* address) {
    QFile maps(QStringLiteral("/proc/self/smaps"));
    if (!maps.open(QIODevice::ReadOnly)) qFatal("smaps");
    const QByteArray begin = QByteArray::number(reinterpret_cast<qulonglong>(address), 16) + '-';
    bool here = false;
    const QList<QByteArray> lines = maps.readAll().split('\n');
    for (const QByteArray& line : lines) {
        if (line.startsWith(begin)) here = true;
        if (here && line.startsWith("Rss:")) return line.simplified().split(' ').at(1).toLongLong() * 1024;
    }
    return -1;
}

constexpr std::int64_t kRows = 400'000, kDim = 128, kRowBytes = kDim * 4;

// 200 MB: the same thousand rows, again and again.
void writeLargeTable(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) qFatal("%s", qPrintable(path));
    const auto part = normalValues(1000 * kDim, 1, 0, 9);
    for (std::int64_t r = 0; r < kRows; r += 1000)
        if (file.write(reinterpret_cast<const char*>(part.data()), 1000 * kRowBytes) != 1000 * kRowBytes)
            qFatal("%s", qPrintable(path));
}

}  // namespace

class TestTablePass : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // A pass over 200 MB keeps few of the file's pages in this process, and finds the same.
    void pagesBehindTheCursorAreGivenBack() {
        constexpr std::int64_t kMostBytes = 100 << 20;
        const QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("table.bin"));
        writeLargeTable(path);
        const auto file = RandomAccessFile::open(path.toStdString());
        QVERIFY(file.has_value());
        const auto bytes = (*file)->map(Access::Random);
        QVERIFY(bytes.has_value());
        const TableView view(kRows, kDim, DType::Float32, {{0, kRows, 0, kDim, bytes->data(), kRowBytes, 4, false}});
        const tbb::global_control two(tbb::global_control::max_allowed_parallelism, 2);
        const auto run = [&](bool release, std::int64_t& most) {
            TableInput input{TableId{0}, &view};
            if (release)
                input.release = [&](std::int64_t first, std::int64_t count) {
                    (*file)->release(first * kRowBytes, count * kRowBytes);
                };
            most = 0;
            TablePass pass(std::move(input));
            auto found = pass.run({[&](const Progress&) { most = std::max(most, mappedBytes(bytes->data())); }, {}});
            if (!found) qFatal("%s", found.error().text().c_str());
            return *std::move(found);
        };
        std::int64_t given = 0, kept = 0;
        const TableStatistics lean = run(true, given);
        QVERIFY2(given < kMostBytes, qPrintable(QString::number(given)));
        QVERIFY(mappedBytes(bytes->data()) < (1 << 20));
        const TableStatistics whole = run(false, kept);
        QVERIFY2(kept > kRows * kRowBytes * 9 / 10, qPrintable(QString::number(kept)));
        compareBits(lean, whole);
        QCOMPARE(lean.duplicates.rows, kRows - 1000);
        // The ends of a range share their pages with neighbours, who keep them.
        QVERIFY(mappedBytes(bytes->data()) > kRows * kRowBytes * 9 / 10);
        (*file)->release(1, 4094);
        const std::int64_t before = mappedBytes(bytes->data());
        (*file)->release(1, 8191);
        QVERIFY(mappedBytes(bytes->data()) < before);
        QVERIFY((*file)->checkUnchanged().has_value());
    }

    // So do neighbours, and maps of all rows and of chosen ones.
    void comparisonsAndMapsGiveThemBackToo() {
        constexpr std::int64_t kMostBytes = 100 << 20;
        const QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("table.bin"));
        writeLargeTable(path);
        const auto file = RandomAccessFile::open(path.toStdString());
        QVERIFY(file.has_value());
        const auto bytes = (*file)->map(Access::Random);
        QVERIFY(bytes.has_value());
        const TableView view(kRows, kDim, DType::Float32, {{0, kRows, 0, kDim, bytes->data(), kRowBytes, 4, false}});
        const tbb::global_control two(tbb::global_control::max_allowed_parallelism, 2);
        std::vector<std::atomic<int>> given(static_cast<std::size_t>(kRows));  // how often a row was given back
        const ReleaseRows release = [&](std::int64_t first, std::int64_t count) {
            for (std::int64_t r = first; r < first + count; ++r) ++given[static_cast<std::size_t>(r)];
            (*file)->release(first * kRowBytes, count * kRowBytes);
        };
        std::int64_t most = 0, calls = 0;
        const ProgressFn look = [&](const Progress&) {
            if (calls++ % 8 == 0) most = std::max(most, mappedBytes(bytes->data()));
        };
        const auto everyRowOnce = [&](std::int64_t rows) {
            bool once = true;
            for (std::int64_t r = 0; r < kRows; ++r)
                once = once && given[static_cast<std::size_t>(r)].exchange(0) == (r < rows ? 1 : 0);
            return once;
        };

        std::vector<float> query(kDim);
        view.copyRow(5, query);
        const std::array<std::int64_t, 1> itself{5};
        const auto lean = nearestRows(view, query, itself, Similarity::L2, 3, {look, {}}, release);
        QVERIFY(lean.has_value());
        QVERIFY(most > 0);
        QVERIFY2(most < kMostBytes, qPrintable(QString::number(most)));
        QVERIFY(mappedBytes(bytes->data()) < (8 << 20));
        QVERIFY(everyRowOnce(kRows));
        QCOMPARE(lean->front().size(), std::size_t{3});
        for (std::size_t i = 0; i < 3; ++i) {  // the copies of row 5
            QCOMPARE(value(lean->front()[i].id), static_cast<std::int64_t>(1005 + 1000 * i));
            QCOMPARE(lean->front()[i].score, 0.0);
        }

        Pca axes;
        axes.dim = kDim;
        axes.components = 2;
        axes.mean.resize(kDim);
        axes.axes.resize(2 * kDim);
        axes.axes[0] = axes.axes[kDim + 1] = 1;
        most = 0;
        const auto all = projectRows(view, axes, {}, {look, {}}, release);
        QVERIFY(all.has_value());
        QVERIFY(most > 0);
        QVERIFY2(most < kMostBytes, qPrintable(QString::number(most)));
        QVERIFY(mappedBytes(bytes->data()) < (8 << 20));
        QVERIFY(everyRowOnce(kRows));
        QCOMPARE((*all)[10], query[0]);
        QCOMPARE((*all)[11], query[1]);

        std::vector<RowId> even;
        for (std::int64_t r = 0; r < kRows; r += 2) even.push_back(RowId{r});
        most = 0;
        const auto some = projectRows(view, axes, even, {look, {}}, release);
        QVERIFY(some.has_value());
        QVERIFY2(most < kMostBytes, qPrintable(QString::number(most)));
        QVERIFY(mappedBytes(bytes->data()) < (8 << 20));
        QCOMPARE((*some)[10], (*all)[20]);

        const auto kept =
            nearestRows(view, query, itself, Similarity::L2, 3);  // and whoever does not ask for it keeps them
        QVERIFY(kept.has_value());
        QVERIFY(mappedBytes(bytes->data()) > kRows * kRowBytes * 9 / 10);
    }

    void equalsTheTwin_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("dim");
        for (const auto& [rows, dim] : {std::pair{0, 16},
                                        {1, 1},
                                        {1, 128},
                                        {3, 5},
                                        {7, 17},
                                        {257, 32},
                                        {1000, 130},
                                        {300, 1},
                                        {40000, 128},
                                        {70000, 8}})
            QTest::addRow("%d x %d", rows, dim) << rows << dim;
    }
    void equalsTheTwin() {
        QFETCH(int, rows);
        QFETCH(int, dim);
        const MemoryTable table(rows, dim, normalValues(static_cast<std::int64_t>(rows) * dim, 0.1f, 0.02f, 7));
        compareWithTwin(table.view());
    }

    void readsEveryStorage_data() {
        QTest::addColumn<Storage>("storage");
        QTest::newRow("big endian") << Storage::BigEndian;
        QTest::newRow("column parts") << Storage::ColumnParts;
        QTest::newRow("row parts") << Storage::RowParts;
        QTest::newRow("fortran") << Storage::Fortran;
        QTest::newRow("unaligned") << Storage::Unaligned;
        QTest::newRow("half") << Storage::Half;
        QTest::newRow("bfloat") << Storage::BFloat;
        QTest::newRow("double") << Storage::Double;
    }
    void readsEveryStorage() {
        QFETCH(Storage, storage);
        const MemoryTable table(1234, 33, normalValues(1234 * 33, 1.0f, 0.0f, 11), storage);
        compareWithTwin(table.view());
    }

    void countsWhatIsNotANumber() {
        auto values = normalValues(5000 * 24, 1.0f, 0.0f, 5);
        values[100] = kNan;
        values[24 * 77] = kInf;
        values[24 * 77 + 1] = -kInf;
        values[24 * 78] = kInf;
        values[24 * 78 + 5] = kNan;
        values[24 * 78 + 6] = 0x1p-130f;  // subnormal beside it
        values[24 * 4999 + 23] = -0x1p-149f;
        values[24 * 300] = 0x1.fffffcp-127f;
        values[24 * 301] = 0x1p-126f;  // the smallest normal one
        values[24 * 302] = -0.0f;
        values[24 * 400] = std::numeric_limits<float>::max();
        values[24 * 401] = std::numeric_limits<float>::lowest();
        const MemoryTable table(5000, 24, values);
        const TableStatistics s = statisticsOf(table.view());
        QCOMPARE(s.scan.nan, 2);
        QCOMPARE(s.scan.inf, 3);
        QCOMPARE(s.scan.subnormal, 3);
        QCOMPARE(s.gram.rows, 4997);
        const Twin t = twinOf(table.view(), s.scan.request);
        QCOMPARE(s.scan.finite, t.finite);
        QCOMPARE(s.scan.min, std::numeric_limits<float>::lowest());
        QCOMPARE(s.scan.max, std::numeric_limits<float>::max());
        std::int64_t counted = s.scan.below + s.scan.above;
        for (const std::int64_t n : s.scan.histogram) counted += n;
        QCOMPARE(counted, s.scan.finite);
        QVERIFY(std::isnan(s.spectrum.effectiveRank));  // the squares of the largest numbers overflow
        QVERIFY(std::isnan(s.scan.norms[4]) && std::isinf(s.scan.norms[77]) && std::isnan(s.scan.norms[78]));
    }

    void tablesOfOneKindOfValue_data() {
        QTest::addColumn<float>("value");
        for (const float v : {0.0f, -0.0f, 1.0f, 0x1p-149f, std::numeric_limits<float>::max(), kNan, kInf, -kInf})
            QTest::addRow("%g", static_cast<double>(v)) << v;
    }
    void tablesOfOneKindOfValue() {
        QFETCH(float, value);
        const MemoryTable table(1000, 16, std::vector<float>(16000, value));
        const TableStatistics s = statisticsOf(table.view());
        std::int64_t counted = s.scan.below + s.scan.above;
        for (const std::int64_t n : s.scan.histogram) counted += n;
        QCOMPARE(counted, std::isfinite(value) ? 16000 : 0);
        QCOMPARE(s.scan.finite, counted);
        QCOMPARE(s.norms.rows,
                 std::isfinite(value * 4) ? 1000 : 0);  // of 16 values; a norm that float32 cannot hold is infinite
        QCOMPARE(std::isnan(s.mean), !std::isfinite(value));
        if (value == 0) QVERIFY(std::isnan(s.spectrum.effectiveRank));
        if (value == 1)
            QVERIFY(std::abs(s.spectrum.effectiveRank - 1) < 1e-3 && std::abs(s.spectrum.stableRank - 1) < 1e-9);
    }

    void wideTablesHaveNoGram() {
        const MemoryTable table(70, kWidestGram + 1, normalValues(70 * (kWidestGram + 1), 1.0f, 0.0f, 3));
        const TableStatistics s = statisticsOf(table.view());
        QCOMPARE(s.gram.dim, 0);
        QVERIFY(s.spectrum.singularValues.empty() && std::isnan(s.spectrum.effectiveRank));
        QCOMPARE(s.norms.rows, 70);
    }

    void sameBitsForAnyNumberOfThreads() {
        auto values = initialValues(60000 * 128, static_cast<float>(std::sqrt(1.0 / 60000)), 9);
        for (std::size_t i = 0; i < values.size() / 3; ++i) values[i] *= 1.1f;
        const MemoryTable table(60000, 128, std::move(values));
        const TableStatistics reference = statisticsOf(table.view());
        QVERIFY(reference.untrained.count > 30000 && reference.untrained.count < 50000);
        const tbb::global_control workers(tbb::global_control::max_allowed_parallelism, 5);
        for (const int threads : {1, 2, 5}) {
            tbb::task_arena arena(threads);
            arena.execute([&] { compareBits(statisticsOf(table.view()), reference); });
        }
    }

    void goesOnWhereItWasStopped() {
        const MemoryTable table(200000, 64, normalValues(200000 * 64, 1.0f, 0.0f, 21));
        TablePass pass({TableId{3}, &table.view(), {}});
        int stops = 0;
        std::int64_t before = 0;
        Result<TableStatistics> result = cancelled();
        while (!result) {
            QVERIFY2(result.error().isCancelled(), result.error().text().c_str());
            QVERIFY(pass.rowsDone() >= before);
            before = pass.rowsDone();
            std::stop_source stop;
            std::jthread stopper([&stop, stops] {
                // A slow machine, or one that watches every access to memory, needs more for one block.
                std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(5 * std::pow(1.05, stops)));
                stop.request_stop();
            });
            result = pass.run({.stop = stop.get_token()});
            stops += !result;
            if (stops > 200) QFAIL("makes no headway");
        }
        if (stops == 0) QSKIP("the machine read the table before it could be stopped");
        compareBits(*result, statisticsOf(table.view()));
    }

    void stopsWithin100Milliseconds() {
        const MemoryTable table(400000, 128, std::vector<float>(400000 * 128, 0.5f));
        TablePass pass({TableId{0}, &table.view(), {}});
        std::stop_source stop;
        std::chrono::steady_clock::time_point requested;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            requested = std::chrono::steady_clock::now();
            stop.request_stop();
        });
        const auto result = pass.run({.stop = stop.get_token()});
        const auto ended = std::chrono::steady_clock::now();
        stopper.join();
        if (result) QSKIP("the machine read the table before it could be stopped");
        QVERIFY(ended - requested < std::chrono::milliseconds(100));
    }

    void progressCountsBytesUpToAll() {
        const MemoryTable table(50000, 128, std::vector<float>(50000 * 128, 0.5f), Storage::Half);
        TablePass pass({TableId{0}, &table.view(), {}});
        std::int64_t last = 0;
        bool rises = true;
        const auto caller = std::this_thread::get_id();
        QVERIFY(pass.run({[&](const Progress& p) {
                              rises = rises && p.done >= last && p.total == 50000 * 128 * 2 &&
                                      std::this_thread::get_id() == caller;
                              last = p.done;
                          },
                          {}})
                    .has_value());
        QVERIFY(rises);
        QCOMPARE(last, 50000 * 128 * 2);
    }

    void asksForEveryRowAhead() {
        const MemoryTable table(100000, 128, std::vector<float>(100000 * 128, 0.5f));
        std::vector<int> asked(100000);
        TablePass pass({TableId{0}, &table.view(), [&](std::int64_t first, std::int64_t count) {
                            for (std::int64_t r = first; r < first + count; ++r) ++asked[static_cast<std::size_t>(r)];
                        }});
        std::fill(asked.begin(), asked.end(), 0);  // of the sample
        QVERIFY(pass.run({}).has_value());
        QVERIFY(std::all_of(asked.begin(), asked.end(), [](int n) { return n == 1; }));
    }

    void percentileAndMean() {
        const MemoryTable table(4, 2, {3, 4, 0, 1, 6, 8, kNan, 0});
        const TableStatistics s = statisticsOf(table.view());
        QCOMPARE(s.normPercentile(1), 0.0);
        QCOMPARE(s.normPercentile(5), 1.0 / 3);
        QCOMPARE(s.normPercentile(11), 1.0);
        QCOMPARE(s.meanVector(), (std::vector<double>{3, 13.0 / 3}));
    }
};

DLRM_TEST(TestTablePass);

}  // namespace tst_table_pass

#include "tst_table_pass.moc"
