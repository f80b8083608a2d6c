// SPDX-License-Identifier: Apache-2.0
// The cache on disk: what comes back is what went in, and anything else is a miss.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

#include "core/analysis/tables/pass.h"
#include "core/analysis/tables/statistics_cache.h"
#include "tests/core/analysis/tables/memory_table.h"
#include "tests/support/test_program.h"

namespace tst_statistics_cache {

using namespace dlrm;
using namespace dlrm::test;

namespace {

TableStatistics statisticsOf(std::int64_t rows) {
    auto values = normalValues(rows * 16, 1, 0, 3);
    std::fill_n(values.begin() + 3 * 16, 16, 0.0F);
    for (const int copy : {6, 9}) std::copy_n(values.begin() + 4 * 16, 16, values.begin() + copy * 16);
    const MemoryTable table(rows, 16, std::move(values));
    return *TablePass({TableId{0}, &table.view(), {}}).run({});
}

QByteArray contents(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void overwrite(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

}  // namespace

class TestStatisticsCache : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void returnsWhatItWasGiven() {
        const QTemporaryDir directory;
        const StatisticsCache cache(directory.filePath(QStringLiteral("a/b")).toStdString());
        QVERIFY(!cache.load("key", 500, 16).has_value());
        const TableStatistics s = statisticsOf(500);
        cache.store("key", s);
        const auto back = cache.load("key", 500, 16);
        QVERIFY(back.has_value());
        QVERIFY(back->fromCache && back->seconds == 0);
        QVERIFY(back->scan.norms == s.scan.norms && back->scan.histogram == s.scan.histogram &&
                back->untrained.bits == s.untrained.bits);
        QVERIFY(back->gram.products == s.gram.products && back->trainedGram.sums == s.trainedGram.sums);
        QVERIFY(back->spectrum.singularValues == s.spectrum.singularValues &&
                back->norms.histogram == s.norms.histogram);
        QCOMPARE(back->untrained.explanation, s.untrained.explanation);
        QCOMPARE(back->untrained.lattice.max, s.untrained.lattice.max);
        QCOMPARE(back->zeroRows, 1);
        QCOMPARE(back->duplicates.rows, 2);
        QCOMPARE(back->duplicates.most, 3);
        QCOMPARE(back->duplicates.first, 4);
        QCOMPARE(back->trainedRows, s.trainedRows);
        QVERIFY(back->trainedNorms.rows == s.trainedNorms.rows &&
                back->trainedNorms.histogram == s.trainedNorms.histogram);
        QCOMPARE(back->scan.sum, s.scan.sum);
        QCOMPARE(back->standardDeviation, s.standardDeviation);
        QCOMPARE(back->spectrum.effectiveRank, s.spectrum.effectiveRank);
        QVERIFY(!cache.load("another key", 500, 16).has_value());
        QVERIFY(!cache.load("key", 501, 16).has_value());
        QVERIFY(!cache.load("key", 500, 17).has_value());
    }

    void damagedFilesAreMisses() {
        const QTemporaryDir directory;
        const StatisticsCache cache(directory.path().toStdString());
        const TableStatistics s = statisticsOf(100);
        cache.store("key", s);
        const QString path = QString::fromStdString(cache.pathOf("key"));
        const QByteArray good = contents(path);
        QVERIFY(good.size() > 1000);
        // Every byte of the head, then some everywhere, changed; every length.
        for (qsizetype i = 0; i < good.size(); i += i < 200 ? 1 : 97) {
            QByteArray bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 0x41);
            overwrite(path, bad);
            QVERIFY2(!cache.load("key", 100, 16).has_value(), qPrintable(QString::number(i)));
        }
        for (qsizetype size = 0; size < good.size(); size += size < 200 ? 1 : 101) {
            overwrite(path, good.left(size));
            QVERIFY(!cache.load("key", 100, 16).has_value());
        }
        overwrite(path, good + QByteArray("x"));
        QVERIFY(!cache.load("key", 100, 16).has_value());
        overwrite(path, good);
        QVERIFY(cache.load("key", 100, 16).has_value());
        cache.store("key", s);  // repairs itself
        QVERIFY(cache.load("key", 100, 16).has_value());
    }

    void anotherKeyUnderTheSameNameIsAMiss() {
        const QTemporaryDir directory;
        const StatisticsCache cache(directory.path().toStdString());
        cache.store("one", statisticsOf(100));
        QVERIFY(QFile::copy(QString::fromStdString(cache.pathOf("one")), QString::fromStdString(cache.pathOf("two"))));
        QVERIFY(!cache.load("two", 100, 16).has_value());
    }

    void staysBelowItsLimit() {
        const QTemporaryDir directory;
        const TableStatistics s = statisticsOf(2000);
        const StatisticsCache cache(directory.path().toStdString(), 60000);
        for (int i = 0; i < 12; ++i) {
            cache.store("key " + std::to_string(i), s);
            QVERIFY(cache.load("key " + std::to_string(i), 2000, 16).has_value());
        }
        qint64 total = 0;
        const QFileInfoList files = QDir(directory.path()).entryInfoList(QDir::Files);
        for (const QFileInfo& f : files) total += f.size();
        QVERIFY(files.size() > 1);
        QVERIFY(total <= 60000);
        const StatisticsCache tiny(directory.path().toStdString(), 100);
        tiny.store("large", s);
        QVERIFY(!tiny.load("large", 2000, 16).has_value());
    }

    void worksWithoutADirectory() {
        const StatisticsCache none("");
        none.store("key", statisticsOf(10));
        QVERIFY(!none.load("key", 10, 16).has_value());
        const StatisticsCache impossible("/proc/nowhere");
        impossible.store("key", statisticsOf(10));
        QVERIFY(!impossible.load("key", 10, 16).has_value());
    }

    void followsTheEnvironment() {
        const QByteArray cache = qgetenv("XDG_CACHE_HOME"), home = qgetenv("HOME");
        qputenv("XDG_CACHE_HOME", "/x");
        QCOMPARE(statisticsDirectory(), std::string("/x/dlrm-explorer/statistics"));
        qputenv("XDG_CACHE_HOME", "relative");
        qputenv("HOME", "/home/a");
        QCOMPARE(statisticsDirectory(), std::string("/home/a/.cache/dlrm-explorer/statistics"));
        qputenv("HOME", "");
        QCOMPARE(statisticsDirectory(), std::string());
        qputenv("XDG_CACHE_HOME", cache);
        qputenv("HOME", home);
    }
};

DLRM_TEST(TestStatisticsCache);

}  // namespace tst_statistics_cache

#include "tst_statistics_cache.moc"
