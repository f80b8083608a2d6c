// SPDX-License-Identifier: Apache-2.0
// The bundled demo and the tiny golden dataset, read through every reader, agree with each other and with plain file
// reads.
#include <cmath>
#include <cstring>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/dataset/dataset.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/preprocessing.h"
#include "tests/support/test_program.h"

namespace tst_demo_dataset {

using namespace dlrm;

namespace {

const std::string kDemo = DLRM_SOURCE_DIR "/resources/demo";
const std::string kTiny = DLRM_TEST_DATA "/golden/datasets/tiny";
constexpr std::int64_t kRawRows = 2000;

QByteArray contents(const std::string& path) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Value of a float16, computed from its definition.
double halfValue(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31;
    const double mantissa = (bits & 1023) / 1024.0;
    const double magnitude = exponent == 0 ? std::ldexp(mantissa, -14) : std::ldexp(1.0 + mantissa, exponent - 15);
    return bits & 0x8000 ? -magnitude : magnitude;
}

}  // namespace

class TestDemoDataset : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rawRowsGiveTheIdsAndNumbersOfTheSplit();
    void rawRowsWithoutADictionaryAreRefused();
    void missingDictionaryCanBeRow0();
    void splitBinaryHoldsWhatTheFilesHold();
    void readingInPiecesEqualsReadingAtOnce();
    void dictionaryGivesBackRawRowsOfTheSplit();
};

void TestDemoDataset::rawRowsGiveTheIdsAndNumbersOfTheSplit() {
    DatasetOptions options;
    const auto binary = openDataset(kDemo + "/dataset", options);
    QVERIFY2(binary, binary ? "" : binary.error().text().c_str());
    options.dictionary = kDemo + "/dictionary";
    options.tableRows = (*binary)->schema().cardinalities;
    options.numericals = 13;
    const auto raw = openDataset(kDemo + "/raw_rows.tsv", options);
    QVERIFY2(raw, raw ? "" : raw.error().text().c_str());
    QCOMPARE((*raw)->rows(), kRawRows);
    QCOMPARE((*raw)->schema().cardinalities, (*binary)->schema().cardinalities);
    Batch a, b;
    QVERIFY((*raw)->read(0, kRawRows, a));
    QVERIFY((*binary)->read(0, kRawRows, b));
    QVERIFY(a.numerical == b.numerical);
    QVERIFY(a.ids == b.ids);
    QVERIFY(a.labels == b.labels);
    // Some of everything is in there, so the comparison means something.
    QVERIFY(std::count(a.ids.begin(), a.ids.end(), 0) > 1000);
    QVERIFY(std::count(a.labels.begin(), a.labels.end(), 1) > 100);
}

void TestDemoDataset::rawRowsWithoutADictionaryAreRefused() {
    const auto raw = openDataset(kDemo + "/raw_rows.tsv", {});
    QVERIFY(!raw);
    QCOMPARE(raw.error().code, std::string("E-DICT-001"));
    QVERIFY(raw.error().remedy.find("--dictionary DIR") != std::string::npos);
    QVERIFY(raw.error().remedy.find("--missing-dictionary row0") != std::string::npos);
}

void TestDemoDataset::missingDictionaryCanBeRow0() {
    DatasetOptions options;
    options.missingDictionary = MissingDictionary::Row0;
    const auto raw = openDataset(kDemo + "/raw_rows.tsv", options);
    QVERIFY2(raw, raw ? "" : raw.error().text().c_str());
    Batch batch;
    QVERIFY((*raw)->read(0, kRawRows, batch));
    QVERIFY(std::all_of(batch.ids.begin(), batch.ids.end(), [](std::int32_t id) { return id == 0; }));
    QVERIFY((*raw)->schema().cardinalities.empty());
    QVERIFY(!(*raw)->notes().empty());
}

void TestDemoDataset::splitBinaryHoldsWhatTheFilesHold() {
    const auto tiny = openDataset(kTiny + "/feature_spec.yaml", {});
    QVERIFY2(tiny, tiny ? "" : tiny.error().text().c_str());
    QCOMPARE((*tiny)->rows(), 1000);
    QCOMPARE((*tiny)->schema().cardinalities, (std::vector<std::int64_t>{1000, 7, 300, 3, 50}));
    QCOMPARE((*tiny)->schema().categoricalNames.front(), std::string("cat_0"));
    QCOMPARE((*tiny)->split(), std::string("test"));
    QCOMPARE((*tiny)->splits(), (std::vector<std::string>{"test", "train"}));
    Batch batch;
    QVERIFY((*tiny)->read(0, 1000, batch));
    const QByteArray label = contents(kTiny + "/test/label.bin"), numerical = contents(kTiny + "/test/numerical.bin");
    QCOMPARE(label.size(), 1000);
    for (int r = 0; r < 1000; ++r) {
        QCOMPARE(int(batch.labels[std::size_t(r)]), int(label[r]));
        for (int k = 0; k < 13; ++k) {
            std::uint16_t bits;
            std::memcpy(&bits, numerical.constData() + (r * 13 + k) * 2, 2);
            QCOMPARE(double(batch.numerical[std::size_t(r * 13 + k)]), halfValue(bits));
        }
    }
    for (int t = 0; t < 5; ++t) {
        const QByteArray ids = contents(kTiny + "/test/cat_" + std::to_string(t) + ".bin");
        const bool wide = ids.size() == 2000;
        QVERIFY(wide || ids.size() == 1000);
        for (int r = 0; r < 1000; ++r) {
            const int expected = wide ? qint16(quint8(ids[2 * r]) | quint8(ids[2 * r + 1]) << 8) : qint8(ids[r]);
            QCOMPARE(batch.ids[std::size_t(t * 1000 + r)], expected);
        }
    }
}

void TestDemoDataset::readingInPiecesEqualsReadingAtOnce() {
    DatasetOptions options;
    options.dictionary = kDemo + "/dictionary";
    for (const std::string& path : {kDemo + "/dataset", kDemo + "/raw_rows.tsv"}) {
        const auto dataset = openDataset(path, options);
        QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
        const std::int64_t rows = (*dataset)->rows();
        Batch all, piece;
        QVERIFY((*dataset)->read(0, rows, all));
        for (std::int64_t first = 0; first < rows; first += 777) {
            const std::int64_t count = std::min<std::int64_t>(777, rows - first);
            QVERIFY((*dataset)->read(first, count, piece));
            QCOMPARE(piece.firstRow, first);
            for (std::int64_t t = 0; t < piece.tables; ++t)
                QVERIFY(std::equal(piece.ids.begin() + t * count, piece.ids.begin() + (t + 1) * count,
                                   all.ids.begin() + t * rows + first));
            QVERIFY(std::equal(piece.numerical.begin(), piece.numerical.end(),
                               all.numerical.begin() + first * piece.numericals));
            QVERIFY(std::equal(piece.labels.begin(), piece.labels.end(), all.labels.begin() + first));
        }
        QVERIFY((*dataset)->read(rows, 0, piece));
        QCOMPARE(piece.rows, 0);
    }
}

void TestDemoDataset::dictionaryGivesBackRawRowsOfTheSplit() {
    DatasetOptions options;
    const auto without = openDataset(kDemo + "/dataset", options);
    QVERIFY(without);
    const auto numbers = (*without)->rawRow(0);
    QVERIFY(numbers && *numbers && (*numbers)->categorical.empty());
    options.dictionary = kDemo + "/dictionary";
    const auto binary = openDataset(kDemo + "/dataset", options);
    const auto tsv = openDataset(kDemo + "/raw_rows.tsv", options);
    QVERIFY(binary && tsv);
    Batch batch;
    QVERIFY((*binary)->read(0, 200, batch));
    for (std::int64_t row = 0; row < 200; ++row) {
        const auto a = (*binary)->rawRow(row), b = (*tsv)->rawRow(row);
        QVERIFY(a && *a && b && *b);
        const auto alone = (*without)->rawRow(row);
        QVERIFY(alone && *alone);
        QCOMPARE((*alone)->numerical, (*a)->numerical);
        for (std::size_t t = 0; t < 26; ++t) {
            const std::string& expected =
                batch.ids[t * 200 + std::size_t(row)] == 0 ? std::string() : (*b)->categorical[t];
            QCOMPARE((*a)->categorical[t], expected);
        }
        for (std::size_t k = 0; k < 13; ++k) {
            const std::string& token = (*a)->numerical[k];
            QCOMPARE(nvidiaSparkNumerical(token), batch.numerical[std::size_t(row) * 13 + k]);
        }
    }
}

DLRM_TEST(TestDemoDataset);

}  // namespace tst_demo_dataset

#include "tst_demo_dataset.moc"
