// SPDX-License-Identifier: Apache-2.0
// A deployed table whose rows 800 and 1200 have each other's keys, where opening does not look: whoever asks the engine
// for anything made of its rows is refused, and gets no vector of another key.
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <functional>
#include <numeric>

#include "core/engine/backends.h"
#include "tests/core/engine/fakes.h"
#include "tests/support/test_program.h"

namespace tst_swapped_keys {

using namespace dlrm;
using dlrm::test::MemoryDataset;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kRows = 2000, kDim = 16;
constexpr std::size_t kNumericals = 13, kTables = 5;

// Every value of the first table's row r is r / kRows.
struct Deployed {
    explicit Deployed(bool swapped) {
        qputenv("XDG_CACHE_HOME", directory.filePath(QStringLiteral("cache")).toUtf8());
        fs::copy(DLRM_TEST_DATA "/golden/newer_layouts/f_hps_dlrm_unfused", path(), fs::copy_options::recursive);
        std::vector<std::int64_t> keys(kRows);
        std::iota(keys.begin(), keys.end(), std::int64_t{0});
        if (swapped) std::swap(keys[800], keys[1200]);
        std::vector<float> values;
        for (std::int64_t r = 0; r < kRows; ++r)
            values.insert(values.end(), kDim, static_cast<float>(r) / static_cast<float>(kRows));
        write("key", keys.data(), keys.size() * sizeof keys[0]);
        write("emb_vector", values.data(), values.size() * sizeof values[0]);
    }
    std::string path() const { return directory.filePath(QStringLiteral("model")).toStdString(); }
    void write(const char* name, const void* data, std::size_t bytes) const {
        std::ofstream(path() + "/sparse/1/0/" + name, std::ios::binary)
            .write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
    }
    std::shared_ptr<Engine> open() const {
        EngineOptions options;
        options.backend = *chooseBackend({"cpu", Precision::Fp32, 2});
        auto engine = Engine::open(path(), options);
        if (!engine) qFatal("%s", engine.error().text().c_str());
        return *engine;
    }
    QTemporaryDir directory;
};

// The error of what was asked; nothing where there is an answer.
using Question = std::function<std::optional<Error>(Engine&, const MemoryDataset&)>;

template <typename Answer>
std::optional<Error> errorOf(const Answer& answer) {
    return answer ? std::nullopt : std::optional<Error>(answer.error());
}

struct Asked {
    const char* name;
    Question ask;
};

const RowId kId{800};
const InputRow kRow{std::vector<float>(kNumericals), {800, 0, 0, 0, 0}};

const std::vector<Asked>& questions() {
    static const std::vector<Asked> all{
        {"a row",
         [](Engine& e, const MemoryDataset&) {
             return errorOf(e.rows(TableId{0}, {&kId, 1}));
         }},
        {"neighbours",
         [](Engine& e, const MemoryDataset&) {
             return errorOf(e.neighbors({TableId{0}, {kId}}));
         }},
        {"statistics", [](Engine& e, const MemoryDataset&) { return errorOf(e.tableStatistics(TableId{0})); }},
        {"statistics of all", [](Engine& e, const MemoryDataset&) { return errorOf(e.allStatistics()); }},
        {"a map",
         [](Engine& e, const MemoryDataset&) {
             return errorOf(e.pcaMap({TableId{0}, 2, {}}));
         }},
        {"trained at all", [](Engine& e, const MemoryDataset&) { return errorOf(e.checkTables()); }},
        {"finite at all", [](Engine& e, const MemoryDataset&) { return errorOf(e.checkValues()); }},
        {"a prediction",
         [](Engine& e, const MemoryDataset& d) {
             return errorOf(e.predict(d, {0, d.rows() - 1}, {}));
         }},
        {"a row explained", [](Engine& e, const MemoryDataset&) { return errorOf(e.explain(kRow)); }},
        {"a sweep", [](Engine& e, const MemoryDataset&) { return errorOf(e.sweep(kRow, TableId{0})); }},
        {"an evaluation", [](Engine& e, const MemoryDataset& d) { return errorOf(e.evaluate(d, {})); }},
        {"the doctor", [](Engine& e, const MemoryDataset&) { return errorOf(e.doctor(nullptr, {})); }},
        {"the doctor with data", [](Engine& e, const MemoryDataset& d) { return errorOf(e.doctor(&d, {d.rows()})); }},
    };
    return all;
}

class TestSwappedKeys : public QObject {
    Q_OBJECT

    MemoryDataset m_data{64, kNumericals, kTables};

private Q_SLOTS:
    void initTestCase() {
        m_data.m_id = [](std::int64_t row, std::size_t feature) {
            return feature == 0 ? static_cast<std::int32_t>(800 + row) : 0;
        };
    }

    void noQuestionIsAnswered_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < questions().size(); ++i) QTest::newRow(questions()[i].name) << static_cast<int>(i);
    }
    void noQuestionIsAnswered() {
        QFETCH(int, index);
        const Deployed deployed(true);
        const auto engine = deployed.open();  // asked first of all, each
        for (int time = 0; time < 2; ++time) {
            const auto error = questions()[static_cast<std::size_t>(index)].ask(*engine, m_data);
            QVERIFY(error);
            QVERIFY2(error->code == "E-LAYF-003", error->text().c_str());
            QCOMPARE(error->file, deployed.path() + "/sparse/1/0/key");
            QCOMPARE(error->row, std::int64_t{800});
            QCOMPARE(error->expected, std::string("800"));
            QCOMPARE(error->found, std::string("1200"));
        }
    }

    void withItsKeysInOrderEachIs() {
        const Deployed deployed(false);
        const auto engine = deployed.open();
        for (const Asked& question : questions()) {
            const auto error = question.ask(*engine, m_data);
            QVERIFY2(!error, error ? (question.name + (": " + error->text())).c_str() : "");
        }
        const auto rows = engine->rows(TableId{0}, {&kId, 1});
        QVERIFY(rows);
        QVERIFY(rows->values == std::vector<float>(kDim, 0.4F));
    }
};

}  // namespace

DLRM_TEST(TestSwappedKeys);

}  // namespace tst_swapped_keys

#include "tst_swapped_keys.moc"
