// SPDX-License-Identifier: Apache-2.0
// split_tfrecords datasets written by the training code under TensorFlow
// (tests/data/golden/datasets/{multihot,ragged}_tfrecords): values, multi-hot rows, every refusal with its code, and a
// damaged byte anywhere.
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <thread>

#include "core/dataset/dataset.h"
#include "core/dataset/readers/reading.h"
#include "core/formats/byte_cursor.h"
#include "core/formats/crc32c.h"
#include "core/formats/tf_example.h"
#include "core/formats/tfrecord.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"

namespace tst_split_tfrecords {

using namespace dlrm;
namespace fs = std::filesystem;

namespace {

const std::string kGolden = DLRM_TEST_DATA "/golden/";
const std::string kMultiHot = kGolden + "datasets/multihot_tfrecords", kRagged = kGolden + "datasets/ragged_tfrecords";

std::shared_ptr<const Dataset> opened(const std::string& path, const std::string& split = "test") {
    DatasetOptions options;
    options.split = split;
    auto dataset = openDataset(path, options);
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    return *dataset;
}

Batch rowsOf(const Dataset& dataset, std::int64_t first, std::int64_t count) {
    Batch batch;
    if (auto ok = dataset.read(first, count, batch); !ok) qFatal("%s", ok.error().text().c_str());
    return batch;
}

std::string varint(std::uint64_t value) {
    std::string out;
    for (; value > 127; value >>= 7) out += static_cast<char>(value | 0x80);
    return out + static_cast<char>(value);
}
std::string field(int number, const std::string& bytes) {
    return varint(static_cast<std::uint64_t>(number) << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string tensor(int dtype, const std::vector<std::int64_t>& shape, const std::string& content,
                   int contentField = 4) {
    std::string dimensions;
    for (const std::int64_t size : shape)
        dimensions += field(2, std::string("\x08", 1) + varint(static_cast<std::uint64_t>(size)));
    return std::string("\x08", 1) + static_cast<char>(dtype) + field(2, dimensions) +
           (contentField ? field(contentField, content) : content);
}
std::string int32Tensor(const std::vector<std::int32_t>& values) {
    return tensor(3, {static_cast<std::int64_t>(values.size())},
                  std::string(reinterpret_cast<const char*>(values.data()), values.size() * 4));
}
// A ragged tensor as the training code composes it.
std::string raggedTensor(const std::vector<std::int32_t>& values, const std::vector<std::int32_t>& splits) {
    return tensor(7, {2}, field(8, int32Tensor(values)) + field(8, int32Tensor(splits)), 0);
}
std::string example(const std::string& value, const std::string& key = "data") {
    return field(1, field(1, field(1, key) + field(2, field(1, field(1, value)))));
}
std::string record(const std::string& data) {
    const auto number = [](std::uint64_t value, int bytes) {
        std::string out;
        for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
        return out;
    };
    const auto crc = [&](const std::string& bytes) {
        return number(maskCrc32c(crc32c(std::as_bytes(std::span(bytes.data(), bytes.size())))), 4);
    };
    const std::string length = number(data.size(), 8);
    return length + crc(length) + data + crc(data);
}

// A copy of the ragged dataset (2 batches of 32 rows) that may be spoiled.
struct Copy {
    QTemporaryDir temporary;
    std::string path = temporary.path().toStdString() + "/d";
    Copy() { fs::copy(kRagged, path, fs::copy_options::recursive); }
    void write(const std::string& file, const std::string& bytes) const {
        std::ofstream(path + "/test/" + file, std::ios::binary) << bytes;
    }
    void replace(const std::string& file, const std::string& what, const std::string& by) const {
        std::ifstream in(path + "/test/" + file, std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(in), {}};
        in.close();
        const auto at = text.find(what);
        if (at == std::string::npos) qFatal("%s does not hold %s", file.c_str(), what.c_str());
        write(file, text.replace(at, what.size(), by));
    }
    // Of opening, or else of reading all rows.
    std::string code() const {
        const auto complete = [](const Error& e) {
            return e.file.empty() || e.remedy.empty() ? "incomplete: " + e.text() : e.code;
        };
        const auto dataset = openDataset(path, {});
        if (!dataset) return complete(dataset.error());
        Batch batch;
        const auto read = (*dataset)->read(0, (*dataset)->rows(), batch);
        return read ? std::string() : complete(read.error());
    }
};

}  // namespace

class TestSplitTfrecords : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void idsAndNumbersAreThoseThatWereWritten() {
        const auto dataset = opened(kMultiHot);
        QCOMPARE(dataset->rows(), std::int64_t{256});
        QCOMPARE(dataset->format(), std::string("split_tfrecords"));
        QCOMPARE(dataset->splits(), (std::vector<std::string>{"test", "train"}));
        QVERIFY(dataset->multiHot() && dataset->hasLabels());
        QCOMPARE(dataset->schema().cardinalities, (std::vector<std::int64_t>{1000, 7, 300, 3, 50}));
        const Batch batch = rowsOf(*dataset, 0, 256);
        QVERIFY(batch.ids.empty());
        const std::vector<double> numerical = test::npyValues(
            QString::fromStdString(kGolden + "newer_layouts/d_dlrm_dot_tensorflow/expected/numerical.npy"));
        QCOMPARE(batch.numerical.size(), numerical.size());
        for (std::size_t i = 0; i < numerical.size(); ++i)
            QCOMPARE(static_cast<double>(batch.numerical[i]), numerical[i]);
        const std::size_t hotness[] = {3, 1, 4, 2, 1};
        const BatchView view = batch.view();
        for (std::size_t t = 0; t < 5; ++t)
            for (std::int64_t r = 0; r < 256; ++r) QCOMPARE(view.bag(t, r).size(), hotness[t]);
        const auto ids = [&](std::size_t t, std::int64_t r) {
            const auto bag = view.bag(t, r);
            return std::vector<std::int32_t>(bag.begin(), bag.end());
        };
        QCOMPARE(ids(0, 0), (std::vector<std::int32_t>{732, 418, 190}));
        QCOMPARE(ids(2, 1), (std::vector<std::int32_t>{118, 54, 240, 37}));
        QCOMPARE(ids(3, 1), (std::vector<std::int32_t>{2, 0}));
        QCOMPARE(std::count(batch.labels.begin(), batch.labels.end(), 1), std::ptrdiff_t{101});
        QCOMPARE(opened(kMultiHot, "train")->rows(), std::int64_t{64});
        QVERIFY(dataset->checkUnchanged());
        QVERIFY(*dataset->rawRow(0) == std::nullopt);
    }

    // Any cut of the rows gives the same rows, across batches and files.
    void partsAreTheSameAsTheWhole() {
        for (const std::string& path : {kMultiHot, kRagged}) {
            const auto dataset = opened(path);
            const Batch whole = rowsOf(*dataset, 0, dataset->rows());
            for (const auto& [first, count] :
                 {std::pair<std::int64_t, std::int64_t>{0, 1}, {31, 2}, {30, 34}, {dataset->rows() - 1, 1}, {5, 0}}) {
                const Batch part = rowsOf(*dataset, first, count);
                QCOMPARE(part.rows, count);
                const BatchView a = whole.view().slice(first, count), b = part.view();
                for (std::size_t t = 0; t < 5; ++t)
                    for (std::int64_t r = 0; r < count; ++r) QVERIFY(std::ranges::equal(a.bag(t, r), b.bag(t, r)));
                QVERIFY(std::ranges::equal(a.labels, b.labels) && std::ranges::equal(a.numerical, b.numerical));
            }
        }
        const Batch ragged = rowsOf(*opened(kRagged), 0, 64);
        for (std::int64_t r = 0; r < 64; ++r) {
            const auto bag = ragged.view().bag(0, r);
            QCOMPARE(static_cast<std::int32_t>(bag.size()), 1 + bag[0] % 3);
        }
    }

    void shiftedIdsAreShiftedInEveryBag() {
        const auto dataset = opened(kRagged);
        const Batch as = rowsOf(*dataset, 3, 20),
                    shifted = rowsOf(*readAs(dataset, {NumericalReading::AlreadyLogged, 1}), 3, 20);
        for (std::size_t t = 0; t < 5; ++t)
            for (std::size_t i = 0; i < as.bags[t].ids.size(); ++i)
                QCOMPARE(shifted.bags[t].ids[i], as.bags[t].ids[i] + 1);
        Batch batch;
        const auto below = readAs(dataset, {NumericalReading::AlreadyLogged, -1})->read(0, 64, batch);
        QCOMPARE(test::codeOf(below), std::string("E-DATA-016"));
        const Batch all = rowsOf(*dataset, 0, 64);
        const std::size_t table = below.error().field == "cat_0"   ? 0
                                  : below.error().field == "cat_1" ? 1
                                  : below.error().field == "cat_2" ? 2
                                  : below.error().field == "cat_3" ? 3
                                                                   : 4;
        const auto bag = all.view().bag(table, below.error().row);
        QVERIFY(std::find(bag.begin(), bag.end(), 0) != bag.end());
    }

    // The training code's FeatureSpec writes `source_spec: {}` where it was given null, and its transcribe leaves the
    // chunks of the dataset that it read: the folders say what the data are.
    void theFoldersAreTheDataWhateverTheSpecificationSaysOfFiles() {
        const auto chunks = [](const std::string& type) {
            std::string out;
            for (const char* split : {"test", "train"}) {
                out += std::string("\n  ") + split + ":";
                const auto add = [&](const std::string& features) {
                    out += "\n  - {features: [" + features + "], files: [x], type: " + type + "}";
                };
                add("label");
                for (int i = 0; i < 5; ++i) add("cat_" + std::to_string(i) + ".bin");
                std::string numericals;
                for (int i = 0; i < 13; ++i) numericals += (i ? ", num_" : "num_") + std::to_string(i);
                add(numericals);
            }
            return out;
        };
        const auto whole = openDataset(kRagged, {});
        QVERIFY(whole);
        Batch expected;
        QVERIFY((*whole)->read(0, (*whole)->rows(), expected));
        for (const std::string& sources : {std::string(" {}"), chunks("split_tfrecords"), chunks("split_binary")}) {
            for (const bool withHotness : {true, false}) {
                const Copy c;
                c.replace("../feature_spec.yaml", " null", sources);
                for (int i = 0; i < 5 && !withHotness; ++i)
                    c.replace("../feature_spec.yaml", "    hotness", "    other");
                const auto dataset = openDataset(c.path, {});
                QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
                QVERIFY((*dataset)->multiHot());
                Batch batch;
                QVERIFY((*dataset)->read(0, (*dataset)->rows(), batch));
                QCOMPARE(batch.bags.size(), expected.bags.size());
                for (std::size_t t = 0; t < batch.bags.size(); ++t) {
                    QCOMPARE(batch.bags[t].ids, expected.bags[t].ids);
                    QCOMPARE(batch.bags[t].starts, expected.bags[t].starts);
                }
                fs::remove_all(c.path + "/train");
                fs::remove_all(c.path + "/test");
                const bool none = sources == " {}", records = sources == chunks("split_tfrecords");
                QCOMPARE(c.code(), std::string(none          ? "E-DATA-003"
                                               : records     ? "E-DATA-005"
                                               : withHotness ? "E-SPEC-025"
                                                             : "E-FILE-001"));
            }
        }
    }

    void spoiledDatasetsAreRefused() {
        const auto code = [](const std::function<void(const Copy&)>& spoil) {
            Copy c;
            spoil(c);
            return c.code();
        };
        QCOMPARE(code([](const Copy&) {}), std::string());
        const auto bad = [&](const std::string& file, const std::string& bytes) {
            return code([&](const Copy& c) { c.write(file, bytes); });
        };
        const auto changed = [&](const std::string& file, const std::string& what, const std::string& by) {
            return code([&](const Copy& c) { c.replace(file, what, by); });
        };
        QCOMPARE(bad("length.json", "3"), std::string("E-TFR-006"));
        QCOMPARE(bad("length.json", "0"), std::string("E-DATA-012"));
        for (const char* length : {"-1", "2.5", "\"2\"", "99999999999", "x", "", "[2]"})
            QCOMPARE(bad("length.json", length), std::string("E-TFR-005"));
        QCOMPARE(bad("label/format.json", std::string(5000, ' ')), std::string("E-TFR-005"));
        QCOMPARE(bad("label/format.json", "[]"), std::string("E-TFR-005"));
        QCOMPARE(changed("label/format.json", "int8", "int32"), std::string("E-TFR-005"));
        QCOMPARE(changed("label/format.json", "false", "true"), std::string("E-TFR-005"));
        QCOMPARE(changed("numerical/format.json", "13", "12"), std::string("E-TFR-005"));
        QCOMPARE(changed("categorical_1/format.json", "tfrecords", "parquet"), std::string("E-TFR-005"));
        QCOMPARE(changed("categorical_1/format.json", "\"data\"", "7"), std::string("E-TFR-005"));
        QCOMPARE(changed("categorical_1/format.json", "\"data\"", "\"ids\""), std::string("E-TFR-003"));
        QCOMPARE(changed("categorical_1/format.json", "false", "true"), std::string("E-TFR-007"));
        QCOMPARE(changed("categorical_0/format.json", "true", "false"), std::string("E-TFR-007"));
        QCOMPARE(code([](const Copy& c) { fs::remove(c.path + "/test/categorical_2/data_0.tfrecords"); }),
                 std::string("E-FILE-001"));
        QCOMPARE(code([](const Copy& c) { fs::remove(c.path + "/test/categorical_2/data_1.tfrecords"); }),
                 std::string("E-TFR-006"));
        QCOMPARE(code([](const Copy& c) { fs::remove_all(c.path + "/test/categorical_4"); }),
                 std::string("E-FILE-001"));
        const std::vector<std::int32_t> ids(32, 1);
        const auto labels = [](const std::string& bytes, std::vector<std::int64_t> shape) {
            return record(example(tensor(6, shape, bytes)));
        };
        QCOMPARE(bad("label/data_1.tfrecords", labels(std::string(32, '\1'), {32, 1})), std::string());
        QCOMPARE(bad("label/data_1.tfrecords", labels(std::string(31, '\1'), {31, 1})), std::string("E-TFR-007"));
        QCOMPARE(bad("label/data_1.tfrecords", labels(std::string(31, '\1'), {32, 1})), std::string("E-TFR-004"));
        QCOMPARE(bad("label/data_1.tfrecords", labels(std::string(32, '\2'), {32})), std::string("E-TFR-009"));
        QCOMPARE(bad("numerical/data_1.tfrecords", record(example(tensor(19, {31, 13}, std::string(31 * 26, '\0'))))),
                 std::string("E-TFR-007"));
        std::string notANumber(32 * 26, '\0');
        notANumber.replace(2 * (5 * 13 + 4), 2, std::string("\0\x7e", 2));
        QCOMPARE(bad("numerical/data_1.tfrecords", record(example(tensor(19, {32, 13}, notANumber)))),
                 std::string("E-DATA-018"));
        QCOMPARE(bad("categorical_1/data_1.tfrecords", record(example(int32Tensor(ids)))), std::string());
        QCOMPARE(bad("categorical_1/data_1.tfrecords", record(example(int32Tensor(std::vector<std::int32_t>(32, 7))))),
                 std::string("E-TFR-010"));
        QCOMPARE(bad("categorical_1/data_1.tfrecords", record(example(int32Tensor(std::vector<std::int32_t>(32, -1))))),
                 std::string("E-TFR-010"));
        QCOMPARE(bad("categorical_1/data_1.tfrecords", record(example(tensor(9, {32}, std::string(256, '\0'))))),
                 std::string("E-TFR-007"));
        QCOMPARE(bad("categorical_1/data_1.tfrecords", record("x")), std::string("E-TFR-003"));
        QCOMPARE(bad("categorical_1/data_1.tfrecords", ""), std::string("E-TFR-006"));
        std::vector<std::int32_t> splits(33);
        for (std::size_t i = 0; i < 33; ++i) splits[i] = static_cast<std::int32_t>(i);
        const auto ragged = [&](const std::vector<std::int32_t>& values, std::vector<std::int32_t> rows) {
            return bad("categorical_0/data_1.tfrecords", record(example(raggedTensor(values, rows))));
        };
        QCOMPARE(ragged(ids, splits), std::string());
        splits[3] = 2;  // an empty row: no combiner says what that is
        QCOMPARE(ragged(ids, splits), std::string("E-TFR-008"));
        splits[3] = 200;
        QCOMPARE(ragged(ids, splits), std::string("E-TFR-008"));
        splits[3] = 3;
        splits[32] = 31;
        QCOMPARE(ragged(ids, splits), std::string("E-TFR-008"));
        splits.pop_back();
        QCOMPARE(ragged(ids, splits), std::string("E-TFR-007"));
        QCOMPARE(bad("categorical_0/data_1.tfrecords", record(example(tensor(7, {1}, field(8, int32Tensor(ids)), 0)))),
                 std::string("E-TFR-007"));
        QCOMPARE(bad("categorical_0/data_1.tfrecords",
                     record(example(tensor(
                         7, {2}, field(8, int32Tensor(ids)) + field(8, tensor(1, {33}, std::string(132, '\0'))), 0)))),
                 std::string("E-TFR-007"));
        QCOMPARE(
            bad("categorical_0/data_1.tfrecords", record(example(tensor(7, {2}, field(8, "x") + field(8, "y"), 0)))),
            std::string("E-TFR-004"));
    }

    void theErrorNamesRowAndFeature() {
        Copy c;
        std::vector<std::int32_t> splits(33), ids(33, 1);
        for (std::size_t i = 0; i < 33; ++i) splits[i] = static_cast<std::int32_t>(i + (i > 4));  // row 4 has two ids
        ids[5] = 1000;
        c.write("categorical_0/data_1.tfrecords", record(example(raggedTensor(ids, splits))));
        Batch batch;
        const auto read = opened(c.path)->read(0, 64, batch);
        QCOMPARE(test::codeOf(read), std::string("E-TFR-010"));
        QCOMPARE(read.error().row, std::int64_t{32 + 4});
        QCOMPARE(read.error().field, std::string("cat_0.bin"));
        QVERIFY(read.error().file.ends_with("categorical_0/data_1.tfrecords"));
    }

    // Lengths and data have checksums: no single damaged byte is taken for data, and nothing but an error comes of it.
    void everyDamagedByteIsFound() {
        const std::string file = kRagged + "/test/categorical_3/data_0.tfrecords";
        std::ifstream in(file, std::ios::binary);
        const std::string good{std::istreambuf_iterator<char>(in), {}};
        QTemporaryDir temporary;
        const std::string path = temporary.path().toStdString() + "/x";
        const auto code = [&](const std::string& bytes) -> std::string {
            std::ofstream(path, std::ios::binary) << bytes;
            const auto there = RandomAccessFile::open(path);
            const auto records = listTfRecords(**there);
            if (!records) return records.error().code;
            for (const TfRecord& r : *records)
                if (const auto data = readTfRecord(**there, r); !data) return data.error().code;
            return records->size() == 1 ? "" : "other records";
        };
        QCOMPARE(code(good), std::string());
        for (std::size_t i = 0; i < good.size(); ++i)
            for (const int flip : {1, 0x80, 0xff}) {
                std::string bytes = good;
                bytes[i] = static_cast<char>(bytes[i] ^ flip);
                const std::string found = code(bytes);
                QVERIFY2(found == "E-TFR-001" || found == "E-TFR-002",
                         qPrintable(QStringLiteral("byte %1: %2").arg(i).arg(QString::fromStdString(found))));
            }
        for (std::size_t n = 1; n < good.size(); ++n) QCOMPARE(code(good.substr(0, n)), std::string("E-TFR-001"));
        QCOMPARE(code(good + "x"), std::string("E-TFR-001"));
    }

    void foreignMessagesAreRefused() {
        const auto bytesOf = [](const std::string& s) { return std::as_bytes(std::span(s.data(), s.size())); };
        const auto exampleCode = [&](const std::string& s) { return test::codeOf(exampleBytes(bytesOf(s), "data")); };
        QCOMPARE(exampleCode(example("value")), std::string());
        QCOMPARE(exampleCode(example("value", "other")), std::string("E-TFR-003"));
        QCOMPARE(exampleCode(""), std::string("E-TFR-003"));
        QCOMPARE(exampleCode(field(1, field(1, field(1, "data") + field(2, field(3, "ints"))))),
                 std::string("E-TFR-003"));
        QCOMPARE(exampleCode(field(1, field(1, field(1, "data") + field(2, field(1, field(1, "a") + field(1, "b")))))),
                 std::string("E-TFR-003"));
        const auto tensorCode = [&](const std::string& s) { return test::codeOf(parseSerializedTensor(bytesOf(s))); };
        QCOMPARE(tensorCode(int32Tensor({1, 2})), std::string());
        QCOMPARE(tensorCode(tensor(3, {}, "abcd")), std::string());
        QCOMPARE(tensorCode(tensor(2, {1}, std::string(8, '\0'))), std::string("E-TFR-004"));  // float64 is not read
        QCOMPARE(tensorCode(tensor(3, {std::int64_t{1} << 40, std::int64_t{1} << 40}, "")), std::string("E-TFR-004"));
        QCOMPARE(tensorCode(tensor(3, {-1}, "")), std::string("E-TFR-004"));
        QCOMPARE(tensorCode(tensor(3, {1, 1, 1, 1, 1, 1, 1, 1, 1}, "abcd")), std::string("E-TFR-004"));
        QCOMPARE(tensorCode(tensor(7, {std::int64_t{1} << 40}, "", 0)), std::string("E-TFR-004"));
        QCOMPARE(tensorCode(std::string("\x08\x03\x12\x02\x18\x01", 6)), std::string("E-TFR-004"));  // unknown rank
        QCOMPARE(tensorCode(""), std::string("E-TFR-004"));
    }

    void readingCanBeCancelled() {
        std::stop_source stop;
        stop.request_stop();
        Batch batch;
        const auto read = opened(kMultiHot)->read(0, 256, batch, stop.get_token());
        QVERIFY(!read && read.error().isCancelled());
    }
};

DLRM_TEST(TestSplitTfrecords);

}  // namespace tst_split_tfrecords

#include "tst_split_tfrecords.moc"
