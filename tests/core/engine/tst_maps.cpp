// SPDX-License-Identifier: Apache-2.0
// The engine's neighbours and maps: which rows become points, what is said of them, errors.
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/analysis/maps/projection.h"
#include "core/analysis/neighbors/neighbors.h"
#include "tests/core/engine/fakes.h"
#include "tests/support/test_program.h"

namespace tst_maps {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr TableId kLarge{0};  // 1,000 rows of 16
const std::string kGolden = DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint";

std::shared_ptr<Engine> openEngine(const std::string& path = kGolden) {
    EngineOptions options;
    options.backend = fakeBackend(std::make_shared<FakeDevice>());
    auto engine = Engine::open(path, options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return *engine;
}

MapRows rowsById(std::vector<RowId> ids) {
    MapRows rows;
    rows.ids = std::move(ids);
    return rows;
}

template <class T>
std::string codeOf(const Result<T>& result) {
    return result ? "no error" : result.error().code;
}

// A copy of the golden checkpoint with row `row` of the large table set to `value`.
std::shared_ptr<Engine> withRow(const QTemporaryDir& directory, std::int64_t row, float value) {
    const std::filesystem::path to = directory.path().toStdString();
    std::filesystem::copy(kGolden, to,
                          std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
    const std::filesystem::path table = to / "feature_0_part0.npy";
    std::filesystem::permissions(table, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
    const auto header = static_cast<std::streamoff>(std::filesystem::file_size(table)) - 1000 * 16 * 4;
    std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(header + row * 16 * 4);
    const std::vector<float> values(16, value);
    file.write(reinterpret_cast<const char*>(values.data()), 16 * 4);
    file.close();
    return openEngine(to.string());
}

}  // namespace

#define COMPARE_CODE(result, code) QCOMPARE(codeOf(result), std::string(code))

class TestMaps : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void neighborsAreThoseOfTheTable() {
        const auto engine = openEngine();
        const auto found = engine->neighbors({kLarge, {RowId{4}, RowId{999}}, Similarity::L2, 7});
        QVERIFY(found.has_value());
        QCOMPARE((*found)->rowsCompared, std::int64_t{1000});
        QCOMPARE((*found)->rows.size(), std::size_t{2});
        const TableView& table = engine->checkpoint().table(kLarge);
        for (const RowNeighbors& row : (*found)->rows) {
            std::vector<float> query(16), other(16);
            table.copyRow(value(row.row), query);
            std::vector<Neighbor> all;
            for (std::int64_t r = 0; r < 1000; ++r) {
                table.copyRow(r, other);
                if (r != value(row.row)) all.push_back({RowId{r}, compareRows(query, other).distance});
            }
            std::sort(all.begin(), all.end(),
                      [](const Neighbor& a, const Neighbor& b) { return nearer(Similarity::L2, a, b); });
            QCOMPARE(row.neighbors.size(), std::size_t{7});
            for (std::size_t n = 0; n < 7; ++n) {
                QCOMPARE(value(row.neighbors[n].id), value(all[n].id));
                QCOMPARE(row.norms[n], engine->rows(kLarge, std::array{row.neighbors[n].id})->norms[0]);
            }
        }
    }

    void neighborErrors() {
        const auto engine = openEngine();
        COMPARE_CODE(engine->neighbors({TableId{5}, {RowId{0}}}), "E-ENGINE-001");
        COMPARE_CODE(engine->neighbors({kLarge, {RowId{1000}}}), "E-ENGINE-002");
        COMPARE_CODE(engine->neighbors({kLarge, {RowId{0}}, Similarity::Dot, 0}), "E-KNN-001");
        COMPARE_CODE(engine->neighbors({kLarge, {RowId{0}}, Similarity::Dot, kMostNeighbors + 1}), "E-KNN-001");
        COMPARE_CODE(engine->neighbors({kLarge, std::vector<RowId>(101), Similarity::Dot, kMostNeighbors}),
                     "E-KNN-003");
        QVERIFY(engine->neighbors({kLarge, {}})->get()->rows.empty());
        std::stop_source source;
        source.request_stop();
        COMPARE_CODE(engine->neighbors({kLarge, {RowId{0}}}, {.stop = source.get_token()}), "E-CANCELLED");
    }

    void rowsWithoutDirectionHaveNoNeighbours() {
        QTemporaryDir zeros, infinities;
        const auto zero = withRow(zeros, 3, 0);
        COMPARE_CODE(zero->neighbors({kLarge, {RowId{3}}}), "E-KNN-002");
        QVERIFY(zero->neighbors({kLarge, {RowId{3}}, Similarity::L2}).has_value());
        COMPARE_CODE(withRow(infinities, 3, INFINITY)->neighbors({kLarge, {RowId{3}}, Similarity::L2}), "E-KNN-002");
    }

    void pcaShowsEveryRow() {
        const auto engine = openEngine();
        const auto map = engine->pcaMap({kLarge, 3, {}});
        QVERIFY(map.has_value());
        QCOMPARE((*map)->points, std::int64_t{1000});
        QCOMPARE((*map)->coordinates.size(), std::size_t{3000});
        QVERIFY((*map)->ids.empty() && (*map)->final);
        QCOMPARE(value((*map)->rowOf(12)), std::int64_t{12});
        QCOMPARE((*map)->provenance, std::string("1,000 of 1,000 rows: all rows"));
        // Coordinates are centred, and their variances those of the components.
        for (std::size_t k = 0; k < 3; ++k) {
            double sum = 0, squares = 0;
            for (std::size_t i = 0; i < 1000; ++i) {
                sum += (*map)->coordinates[3 * i + k];
                squares += double((*map)->coordinates[3 * i + k]) * (*map)->coordinates[3 * i + k];
            }
            const double variance = (*map)->pca.variances[k];
            QVERIFY(std::abs(sum / 1000) <= 1e-5 * std::sqrt(variance));  // float32 coordinates
            QVERIFY(std::abs(squares / 999 - variance) <=
                    1e-4 * variance);  // kGramError of the matrix and float32 coordinates
        }
    }

    void mapsOfSomeRows() {
        const auto engine = openEngine();
        const auto all = engine->pcaMap({kLarge, 2, {}});
        MapRows rows;
        rows.atMost = 300;
        const auto sample = engine->pcaMap({kLarge, 2, rows});
        QVERIFY(all.has_value() && sample.has_value());
        QCOMPARE((*sample)->points, std::int64_t{250});
        QCOMPARE((*sample)->provenance, std::string("250 of 1,000 rows: every 4th row"));
        for (std::int64_t i = 0; i < 250; ++i) {
            QCOMPARE(value((*sample)->rowOf(i)), 4 * i);
            QCOMPARE((*sample)->coordinates[static_cast<std::size_t>(2 * i)],
                     (*all)->coordinates[static_cast<std::size_t>(8 * i)]);
        }
        rows.trained = [](RowId id) { return value(id) % 10 < 4; };
        const auto trained = engine->pcaMap({kLarge, 2, rows});
        QCOMPARE((*trained)->points, std::int64_t{200});
        QCOMPARE((*trained)->provenance, std::string("200 of 1,000 rows: every 2nd trained row"));
        QCOMPARE(value((*trained)->rowOf(1)), std::int64_t{2});
        QCOMPARE(value((*trained)->rowOf(2)), std::int64_t{10});
        rows.atMost = 0;
        QCOMPARE((*engine->pcaMap({kLarge, 2, rows}))->provenance, std::string("400 of 1,000 rows: all trained rows"));
        rows.trained = [](RowId) { return false; };
        const auto none = engine->pcaMap({kLarge, 2, rows});
        QVERIFY(none.has_value());
        QCOMPARE((*none)->points, std::int64_t{0});
        QCOMPARE((*engine->pcaMap({kLarge, 2, rowsById({RowId{1}, RowId{5}})}))->provenance,
                 std::string("2 of 1,000 rows: chosen by id"));
    }

    void umapShowsItsProgress() {
        const auto engine = openEngine();
        UmapRequest request;
        request.table = kLarge;
        request.rows.atMost = 250;
        request.options.epochs = 30;
        std::vector<std::shared_ptr<const TableMap>> pictures;
        const auto map = engine->umapMap(
            request, [&](std::shared_ptr<const TableMap> picture) { pictures.push_back(std::move(picture)); });
        QVERIFY(map.has_value());
        QVERIFY(!pictures.empty() && pictures.front()->epoch == 0 && !pictures.front()->final);
        QCOMPARE(pictures.front()->coordinates.size(), std::size_t{500});
        QCOMPARE((*map)->points, std::int64_t{250});
        QCOMPARE((*map)->epoch, 30);
        QVERIFY((*map)->final && (*map)->method == MapMethod::Umap);
        QCOMPARE((*map)->provenance, std::string("250 of 1,000 rows: every 4th row"));
        const auto again = engine->umapMap(request);
        QVERIFY((*again)->coordinates == (*map)->coordinates);
    }

    void umapLeavesOutRowsWithoutAPlace() {
        QTemporaryDir directory;
        const auto engine = withRow(directory, 8, 0);
        UmapRequest request;
        request.table = kLarge;
        request.options.epochs = 2;
        const auto map = engine->umapMap(request);
        QVERIFY(map.has_value());
        QCOMPARE((*map)->points, std::int64_t{999});
        QCOMPARE(value((*map)->rowOf(8)), std::int64_t{9});
        QVERIFY((*map)->provenance.find("1 of them without a place") != std::string::npos);
    }

    void mapErrors() {
        const auto engine = openEngine();
        COMPARE_CODE(engine->pcaMap({TableId{-1}, 2, {}}), "E-ENGINE-001");
        COMPARE_CODE(engine->pcaMap({kLarge, 4, {}}), "E-MAP-007");
        COMPARE_CODE(engine->pcaMap({kLarge, 2, rowsById({RowId{4}, RowId{4}})}), "E-MAP-005");
        COMPARE_CODE(engine->pcaMap({kLarge, 2, rowsById({RowId{4}, RowId{1000}})}), "E-ENGINE-002");
        UmapRequest request;
        request.table = kLarge;
        request.rows.ids.resize(static_cast<std::size_t>(kMostUmapRows) + 1);
        for (std::size_t i = 0; i < request.rows.ids.size(); ++i)
            request.rows.ids[i] = RowId{static_cast<std::int64_t>(i)};
        COMPARE_CODE(engine->umapMap(request), "E-MAP-006");
        request.rows.ids.resize(2);
        COMPARE_CODE(engine->umapMap(request), "E-MAP-004");
        std::stop_source source;
        source.request_stop();
        request.rows.ids.clear();
        COMPARE_CODE(engine->umapMap(request, {}, {.stop = source.get_token()}), "E-CANCELLED");
    }
};

DLRM_TEST(TestMaps);

}  // namespace tst_maps

#include "tst_maps.moc"
