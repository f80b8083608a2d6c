// SPDX-License-Identifier: Apache-2.0
// Rows of files, copied as lines and pasted.
#include <QTest>

#include "core/dataset/dataset.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/readers/reading.h"
#include "core/engine/typed_rows.h"
#include "tests/core/engine/copied_rows.h"
#include "tests/support/test_program.h"

namespace tst_copied_rows {

using namespace dlrm;

class CopiedRowsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Rows of the demo, of which some fields are edited, in every reading of them as text and as what was stored.
    void aRowOfAFileIsPastedToTheBit_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("dictionary");
        QTest::addColumn<QString>("profile");
        QTest::newRow("stored") << QStringLiteral("dataset") << true << QString();
        QTest::newRow("stored, no dictionary") << QStringLiteral("dataset") << false << QString();
        QTest::newRow("stored, torchrec") << QStringLiteral("dataset") << false << QStringLiteral("torchrec");
        QTest::newRow("text") << QStringLiteral("raw_rows.tsv") << true << QString();
        QTest::newRow("text, facebookresearch, no dictionary")
            << QStringLiteral("raw_rows.tsv") << false << QStringLiteral("facebookresearch");
    }
    void aRowOfAFileIsPastedToTheBit() {
        QFETCH(QString, file);
        QFETCH(bool, dictionary);
        QFETCH(QString, profile);
        const std::string demo = DLRM_SOURCE_DIR "/resources/demo/";
        DatasetOptions options;
        options.dictionary = dictionary ? demo + "dictionary" : std::string();
        options.profile = profile.toStdString();
        options.missingDictionary = MissingDictionary::Hash;
        options.numericals = 13;
        const auto known = Dictionary::open(demo + "dictionary");
        QVERIFY(known);
        ModelSpec spec;
        spec.numericalFeatures = 13;
        for (int t = 0; t < 26; ++t) {
            TableSpec& table = spec.tables.emplace_back();
            table.name = "cat_" + std::to_string(t);
            options.tableRows.push_back((*known)->cardinality(static_cast<std::size_t>(t)));
            table.rows = options.tableRows.back() + 1;  // the highest id has a row when ids are shifted too
        }
        const auto opened = openDataset(demo + file.toStdString(), options);
        QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
        std::int64_t fed = 0;
        for (const NumericalReading numbers : numericalReadings(**opened)) {
            const Reading reading{numbers, 1};
            const auto data = readAs(*opened, reading);
            const TypedRows typed(&spec, data.get(), data->dictionary().get(), reading);
            constexpr std::int64_t kRows = 100;
            Batch batch;
            QVERIFY(data->read(0, kRows, batch));
            for (std::int64_t r = 0; r < kRows; ++r) {
                PredictedRow predicted;
                predicted.row = r;
                if (!batch.labels.empty()) predicted.label = batch.labels[static_cast<std::size_t>(r)];
                for (std::int64_t i = 0; i < 13; ++i)
                    predicted.input.numerical.push_back(batch.numerical[static_cast<std::size_t>(r * 13 + i)]);
                for (std::int64_t t = 0; t < 26; ++t)
                    predicted.input.ids.push_back(batch.ids[static_cast<std::size_t>(t * kRows + r)]);
                predicted.raw = *data->rawRow(r);
                EditableRow row = typed.editable(predicted);
                std::string lost = test::lostByCopying(typed, row);
                QVERIFY2(lost.empty(), lost.c_str());
                const auto number = typed.withNumerical(row, 3, "fed:0.3");
                QVERIFY(number);
                const auto category = typed.withCategorical(*number, 0, "id:77");
                QVERIFY2(category, category ? "" : category.error().text().c_str());
                row = *category;
                lost = test::lostByCopying(typed, row);
                QVERIFY2(lost.empty(), lost.c_str());
                fed += static_cast<std::int64_t>(typed.lineOf(row).find("\tfed:") != std::string::npos);
            }
        }
        QVERIFY(fed > 0);
    }
};

DLRM_TEST(CopiedRowsTest);

}  // namespace tst_copied_rows

#include "tst_copied_rows.moc"
