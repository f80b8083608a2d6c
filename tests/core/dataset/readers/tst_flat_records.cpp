// SPDX-License-Identifier: Apache-2.0
// Flat records of 160 bytes, preprocessing profiles, ids by hash, and other readings of the same rows.
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/float_conversions.h"
#include "core/dataset/preprocessing.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/dataset/readers/reading.h"
#include "tests/core/dataset/dataset_use.h"
#include "tests/support/test_program.h"

namespace tst_flat_records {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// Records of the demo's raw rows, their numbers as float32 logarithms or as int32 raw numbers.
QByteArray recordsOfDemo(bool integers, int rows) {
    const auto dataset = openDataset(kDemo + "raw_rows.tsv", withDictionary());
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    const Batch batch = all(**dataset);
    QByteArray out;
    const auto put = [&](auto value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); };
    for (int r = 0; r < rows; ++r) {
        put(static_cast<qint32>(batch.labels[static_cast<std::size_t>(r)]));
        const auto raw = (*dataset)->rawRow(r);
        for (const std::string& token : (*raw)->numerical) {
            const auto x = parseSparkInt(token);
            if (integers) put(static_cast<qint32>(x.value_or(0)));
            else put(x && *x + 3 > 0 ? static_cast<float>(std::log(static_cast<double>(*x) + 3)) : 0.0f);
        }
        for (std::int64_t t = 0; t < batch.tables; ++t)
            put(static_cast<qint32>(batch.ids[static_cast<std::size_t>(t * batch.rows + r)]));
    }
    return out;
}

}  // namespace

class TestFlatRecords : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void flatRecordsOfNvidiaEqualSplitBinary();
    void flatRecordsOfFacebookAreRawNumbers();
    void flatRecordsThatTellNothingAreAskedAbout();
    void damagedFlatRecordsAreRefused();
    void profilesAreNeverMixed();
    void facebooksNumbersFollowItsFormula();
    void hashedIdsAreTheValueModuloTheRows();
    void otherReadingsChangeNumbersAndIds();
};

void TestFlatRecords::flatRecordsOfNvidiaEqualSplitBinary() {
    QTemporaryDir directory;
    const std::string path = writeFile(directory.path(), QStringLiteral("train_data.bin"), recordsOfDemo(false, 2000));
    const auto dataset = openDataset(path, {});
    QVERIFY2(dataset, codeOf(dataset).c_str());
    QCOMPARE((*dataset)->profile(), std::string("nvidia_spark"));
    QCOMPARE((*dataset)->rows(), std::int64_t(2000));
    Batch split;
    const auto original = openDataset(kDemo + "dataset", {});  // its first test rows are those of raw_rows.tsv
    QVERIFY(original && (*original)->read(0, 2000, split));
    same(all(**dataset), split);
}

void TestFlatRecords::flatRecordsOfFacebookAreRawNumbers() {
    QTemporaryDir directory;
    const QByteArray records = recordsOfDemo(true, 500);
    const auto dataset = openDataset(writeFile(directory.path(), QStringLiteral("day.bin"), records), {});
    QVERIFY2(dataset, codeOf(dataset).c_str());
    QCOMPARE((*dataset)->profile(), std::string("facebookresearch"));
    const Batch batch = all(**dataset);
    for (int r = 0; r < 500; ++r)
        for (int k = 0; k < 13; ++k) {
            qint32 x;
            std::memcpy(&x, records.constData() + r * 160 + 4 + k * 4, 4);
            QCOMPARE(batch.numerical[std::size_t(r * 13 + k)], std::log(static_cast<float>(std::max(x, 0)) + 1.0f));
        }
    // Read as the other kind because the user says so: tiny numbers that are no logarithms, but at the user's word.
    DatasetOptions forced;
    forced.profile = "nvidia_spark";
    QCOMPARE((*openDataset(directory.filePath(QStringLiteral("day.bin")).toStdString(), forced))->profile(),
             std::string("nvidia_spark"));
}

void TestFlatRecords::flatRecordsThatTellNothingAreAskedAbout() {
    QTemporaryDir directory;
    const std::string path = writeFile(directory.path(), QStringLiteral("zeros.bin"), QByteArray(160 * 5, '\0'));
    QCOMPARE(codeOfUse(path, {}), std::string("E-RECORD-002"));
    DatasetOptions options;
    options.profile = "facebookresearch";
    QCOMPARE(codeOfUse(path, options), std::string());
}

void TestFlatRecords::damagedFlatRecordsAreRefused() {
    QTemporaryDir directory;
    QByteArray records = recordsOfDemo(false, 20);
    QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("a.bin"), records.left(records.size() - 1)), {}),
             std::string("E-RECORD-001"));
    QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("a.bin"), {}), {}), std::string("E-RECORD-001"));
    QByteArray label = records;
    label[7 * 160] = 2;
    Error error;
    QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("a.bin"), label), {}, &error),
             std::string("E-RECORD-003"));
    QCOMPARE(error.row, std::int64_t(7));
    QCOMPARE(error.offset, std::int64_t(7 * 160));
    for (const float odd :
         {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity(), 70000.0f}) {
        QByteArray number = records;
        std::memcpy(number.data() + 3 * 160 + 4, &odd, sizeof odd);
        DatasetOptions asTransformed;
        asTransformed.profile = "nvidia_spark";
        QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("a.bin"), number), asTransformed, &error),
                 std::string("E-RECORD-003"));
        QCOMPARE(error.row, std::int64_t(3));
        QCOMPARE(error.field, std::string("num_0"));
    }
    QByteArray id = records;
    id[9 * 160 + 14 * 4 + 3] = '\x80';
    QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("a.bin"), id), {}, &error),
             std::string("E-RECORD-004"));
    QCOMPARE(error.field, std::string("cat_0"));
}

void TestFlatRecords::profilesAreNeverMixed() {
    DatasetOptions options = withDictionary();
    options.profile = "facebookresearch";
    QCOMPARE(codeOfUse(kDemo + "raw_rows.tsv", options), std::string("E-PROFILE-002"));  // the dictionary is Spark's
    options.profile = "torchrec";
    QCOMPARE(codeOfUse(kDemo + "raw_rows.tsv", options), std::string("E-PROFILE-003"));
    options.profile = "somebody";
    QCOMPARE(codeOfUse(kDemo + "raw_rows.tsv", options), std::string("E-PROFILE-001"));
    options = {};
    options.profile = "nvidia_spark";
    QCOMPARE(codeOfUse(kData + "/npz/stored.npz", options), std::string("E-PROFILE-002"));
    // Stored as fed: recorded, and said.
    options.profile = "torchrec";
    const auto dataset = openDataset(kDemo + "dataset", options);
    QVERIFY(dataset);
    QCOMPARE((*dataset)->profile(), std::string("torchrec"));
    const auto notes = (*dataset)->notes();
    QVERIFY(std::any_of(notes.begin(), notes.end(),
                        [](const std::string& note) { return note.find("torchrec") != std::string::npos; }));
    QVERIFY(preprocessingProfiles().size() == 4);
}

void TestFlatRecords::facebooksNumbersFollowItsFormula() {
    const PreprocessingProfile& facebook = **findProfile("facebookresearch");
    QCOMPARE(transformed(facebook, std::nullopt), 0.0f);
    QCOMPARE(transformed(facebook, -7), 0.0f);
    QCOMPARE(transformed(facebook, 0), 0.0f);
    QCOMPARE(transformed(facebook, 99), std::log(100.0f));
    for (const std::int32_t x :
         {-2147483647 - 1, -4, -3, -2, -1, 0, 5, 10361, 704215, 2147483644, 2147483645, 2147483647})
        QCOMPARE(transformed(nvidiaSparkProfile(), x), nvidiaSparkNumerical(std::to_string(x)));
    QCOMPARE(transformed(nvidiaSparkProfile(), std::nullopt), 0.0f);
}

void TestFlatRecords::hashedIdsAreTheValueModuloTheRows() {
    DatasetOptions options;
    options.missingDictionary = MissingDictionary::Hash;
    QCOMPARE(codeOfUse(kData + "/packed/rows.tsv", options), std::string("E-DICT-016"));
    options.numericals = 13;
    for (int t = 0; t < 26; ++t) options.tableRows.push_back(100 + t);
    const auto dataset = openDataset(kData + "/packed/rows.tsv", options);
    QVERIFY2(dataset, codeOf(dataset).c_str());
    const Batch batch = all(**dataset);
    for (std::int64_t r = 0; r < batch.rows; ++r) {
        const auto raw = (*dataset)->rawRow(r);
        for (int t = 0; t < 26; ++t) {
            const auto hex = parseHexCategory((*raw)->categorical[std::size_t(t)]);
            QCOMPARE(std::int64_t(batch.ids[std::size_t(t * batch.rows + r)]),
                     hex ? std::int64_t(*hex) % (100 + t) : 0);
        }
    }
    const auto notes = (*dataset)->notes();
    QVERIFY(std::any_of(notes.begin(), notes.end(),
                        [](const std::string& note) { return note.find("modulo") != std::string::npos; }));
}

void TestFlatRecords::otherReadingsChangeNumbersAndIds() {
    QTemporaryDir directory;
    const auto stored =
        openDataset(test::writeSmallDataset(directory.path()), {});  // numbers 0 1 2 3 4 5 6 7, ids c0 = 0 1 4 2
    QVERIFY(stored);
    QCOMPARE(readAs(*stored, ownReading(**stored)), *stored);
    const auto logged = readAs(*stored, {NumericalReading::LnPlus3, 1});
    const Batch batch = all(*logged);
    QCOMPARE(batch.numerical[0], throughHalf(static_cast<float>(std::log(3.0))));
    QCOMPARE(batch.numerical[7], throughHalf(static_cast<float>(std::log(10.0))));
    QCOMPARE(batch.ids[2], 5);
    QVERIFY(logged->profile().find("ln(x+3)") != std::string::npos &&
            logged->profile().find("+1") != std::string::npos);
    const Batch raw = all(*readAs(*stored, {NumericalReading::Raw, 0}));
    QCOMPARE(raw.numerical[0], 0.0f);  // missing
    QCOMPARE(raw.numerical[3], static_cast<float>(std::round(std::exp(3.0) - 3)));
    // What is no number stays none in every reading.
    const float odd[] = {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity(),
                         std::numeric_limits<float>::infinity()};
    for (const NumericalReading reading :
         {NumericalReading::LnPlus2, NumericalReading::LnPlus3, NumericalReading::Raw}) {
        float out[3];
        reread(reading, odd, out);
        QVERIFY(std::isnan(out[0]) && out[1] == odd[1] && out[2] == odd[2]);
    }
    Batch below;
    const auto read = readAs(*stored, {NumericalReading::AlreadyLogged, -1})->read(0, 4, below);
    QCOMPARE(codeOf(read), std::string("E-DATA-016"));
    QCOMPARE(read.error().row, std::int64_t(0));
    QCOMPARE(read.error().field, std::string("c0"));
}

DLRM_TEST(TestFlatRecords);

}  // namespace tst_flat_records

#include "tst_flat_records.moc"
