// SPDX-License-Identifier: Apache-2.0
// Recorded hashes: recording, comparing, every kind of finding, damaged records.
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <functional>

#include <nlohmann/json.hpp>

#include "checkpoint_maker.h"
#include "core/checkpoint/verify.h"

using namespace dlrm;
namespace fs = std::filesystem;

namespace {

std::string textOf(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void overwrite(const fs::path& path, std::streamoff at, char value) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(at);
    file.put(value);
}

std::shared_ptr<const Checkpoint> opened(const fs::path& path) {
    auto checkpoint = Checkpoint::open(path.string(), {});
    if (!checkpoint) qFatal("%s", checkpoint.error().text().c_str());
    return *checkpoint;
}

Verification verified(const fs::path& path, const VerifyOptions& options = {}) {
    auto done = verifyCheckpoint(*opened(path), options, {}, {});
    if (!done) qFatal("%s", done.error().text().c_str());
    return *std::move(done);
}

std::string failureOf(const fs::path& path, const VerifyOptions& options = {}) {
    const auto done = verifyCheckpoint(*opened(path), options, {}, {});
    return done ? "no failure" : done.error().code;
}

class TestVerify : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    fs::path m_checkpoint;

    static void edit(const fs::path& sidecar, const std::function<void(nlohmann::ordered_json&)>& change) {
        auto json = nlohmann::ordered_json::parse(textOf(sidecar));
        change(json);
        std::ofstream(sidecar) << json.dump();
    }

private Q_SLOTS:
    void init() {
        m_checkpoint = fs::path(m_dir.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directories(m_checkpoint);
        writeLayoutC(m_checkpoint.string(), TestModel());
    }

    void firstTimeRecordsThenComparesEqual() {
        const Verification first = verified(m_checkpoint);
        QVERIFY(first.outcome == Verification::Outcome::Recorded);
        QCOMPARE(first.sidecar, (m_checkpoint / "verify.xxh3.json").string());
        std::int64_t bytes = 0, files = 0;
        for (const auto& entry : fs::directory_iterator(m_checkpoint))
            if (entry.path().extension() == ".npy") bytes += static_cast<std::int64_t>(entry.file_size()), ++files;
        QCOMPARE(first.bytes, bytes);
        QCOMPARE(first.files, files);
        const Verification second = verified(m_checkpoint);
        QVERIFY(second.outcome == Verification::Outcome::Unchanged);
        QCOMPARE(second.recordedAt, first.recordedAt);
        QVERIFY(second.findings.empty());
        QVERIFY(opened(m_checkpoint)->ignoredFiles().empty());  // the record is no stray file
    }

    void anyChangedByteIsFoundWithItsBlock() {
        verified(m_checkpoint);
        const fs::path file = m_checkpoint / "feature_2_part0.npy";
        const std::string before = textOf(file);
        for (const std::size_t at : {before.size() - 1, before.size() / 2, std::size_t{128}}) {
            overwrite(file, static_cast<std::streamoff>(at), static_cast<char>(before[at] ^ 1));
            const Verification v = verified(m_checkpoint);
            QVERIFY(v.outcome == Verification::Outcome::Different);
            QCOMPARE(v.findings.size(), 1U);
            const VerifyFinding& f = v.findings[0];
            QVERIFY(f.problem == VerifyFinding::Problem::BlockDiffers);
            QCOMPARE(f.file, std::string("feature_2_part0.npy"));
            QCOMPARE(f.tensors, std::string("table 2"));
            QCOMPARE(f.block, 0);
            QCOMPARE(f.offset, 0);
            QCOMPARE(f.bytes, static_cast<std::int64_t>(before.size()));
            overwrite(file, static_cast<std::streamoff>(at), before[at]);
        }
        QVERIFY(verified(m_checkpoint).outcome == Verification::Outcome::Unchanged);
    }

    void aBlockBeyondTheFirstIsNamed() {
        TestModel model;
        model.cardinalities = {50, 7, 4'300'000, 7};  // 69 MB: two blocks
        for (const auto& entry : fs::directory_iterator(m_checkpoint)) fs::remove(entry.path());
        writeLayoutC(m_checkpoint.string(), model);
        verified(m_checkpoint);
        const fs::path file = m_checkpoint / "feature_2_part0.npy";
        const auto last = static_cast<std::streamoff>(fs::file_size(file)) - 3;
        overwrite(file, last, 'X');
        const Verification v = verified(m_checkpoint);
        QCOMPARE(v.findings.size(), 1U);
        QCOMPARE(v.findings[0].block, 1);
        QCOMPARE(v.findings[0].offset, kVerifyBlockBytes);
        QCOMPARE(v.findings[0].offset + v.findings[0].bytes, static_cast<std::int64_t>(fs::file_size(file)));
    }

    void sizesMissingAndNewFilesAreFound() {
        verified(m_checkpoint);
        const fs::path sidecar = m_checkpoint / "verify.xxh3.json";
        edit(sidecar, [](auto& json) {
            json["files"][0]["name"] = "gone.npy";  // that file is now missing, and another not recorded
            json["files"][1]["bytes"] = json["files"][1]["bytes"].template get<std::int64_t>() + 1;
        });
        const Verification v = verified(m_checkpoint);
        QCOMPARE(v.findings.size(), 3U);
        QVERIFY(v.findings[0].problem == VerifyFinding::Problem::Missing);
        QVERIFY(v.findings[1].problem == VerifyFinding::Problem::SizeDiffers);
        QVERIFY(v.findings[2].problem == VerifyFinding::Problem::NotRecorded);
    }

    void updateRecordsAnew() {
        verified(m_checkpoint);
        overwrite(m_checkpoint / "feature_0_part0.npy", 200, 'X');
        QVERIFY(verified(m_checkpoint, {{}, true}).outcome == Verification::Outcome::Recorded);
        QVERIFY(verified(m_checkpoint).outcome == Verification::Outcome::Unchanged);
    }

    void sidecarMayStandElsewhere() {
        const std::string sidecar = m_dir.filePath("elsewhere.json").toStdString();
        QVERIFY(verified(m_checkpoint, {sidecar, false}).outcome == Verification::Outcome::Recorded);
        QVERIFY(!fs::exists(m_checkpoint / "verify.xxh3.json"));
        QVERIFY(verified(m_checkpoint, {sidecar, false}).outcome == Verification::Outcome::Unchanged);
        QCOMPARE(failureOf(m_checkpoint, {m_dir.filePath("no/such/folder.json").toStdString(), false}), std::string("E-FILE-010"));
    }

    void recordsThatCannotBeUsedAreRefused() {
        verified(m_checkpoint);
        const fs::path sidecar = m_checkpoint / "verify.xxh3.json";
        const std::string good = textOf(sidecar);
        std::ofstream(sidecar) << "no JSON";
        QCOMPARE(failureOf(m_checkpoint), std::string("E-VERIFY-002"));
        std::ofstream(sidecar) << "{\"format\": \"dlrm-explorer-verify\"}";
        QCOMPARE(failureOf(m_checkpoint), std::string("E-VERIFY-002"));
        fs::resize_file(sidecar, 17 << 20);
        QCOMPARE(failureOf(m_checkpoint), std::string("E-VERIFY-001"));
        const auto damage = [&](const std::function<void(nlohmann::ordered_json&)>& change) {
            std::ofstream(sidecar) << good;
            edit(sidecar, change);
            return failureOf(m_checkpoint);
        };
        const std::string damaged = "E-VERIFY-003";
        QCOMPARE(damage([](auto& json) { json["files"] = 3; }), damaged);
        QCOMPARE(damage([](auto& json) { json["files"][0] = 3; }), damaged);
        QCOMPARE(damage([](auto& json) { json["files"][0]["bytes"] = -1; }), damaged);
        QCOMPARE(damage([](auto& json) { json["files"][0]["bytes"] = std::int64_t{1} << 62; }), damaged);  // a count nobody may allocate from
        QCOMPARE(damage([](auto& json) { json["files"][0]["blocks"][0] = "xyz"; }), damaged);
        QCOMPARE(damage([](auto& json) { json["files"][0]["blocks"] = nlohmann::ordered_json::array(); }), damaged);
    }

    // Not knowing whether there is a record is no reason to write a new one.
    void aPlaceThatCannotBeLookedAtIsAnError() {
        const auto checkpoint = opened(m_checkpoint);
        const fs::path moved = m_checkpoint.string() + "-moved";
        fs::rename(m_checkpoint, moved);
        fs::create_symlink(m_checkpoint, m_checkpoint);  // to itself
        const auto done = verifyCheckpoint(*checkpoint, {}, {}, {});
        QCOMPARE(done ? std::string() : done.error().code, std::string("E-VERIFY-004"));
        const auto elsewhere = verifyCheckpoint(*opened(moved), {(m_checkpoint / "x.json").string(), false}, {}, {});
        QCOMPARE(elsewhere ? std::string() : elsewhere.error().code, std::string("E-FILE-001"));
        fs::remove(m_checkpoint);
        fs::rename(moved, m_checkpoint);
    }

    void aStopEndsIt() {
        std::stop_source stop;
        stop.request_stop();
        const auto done = verifyCheckpoint(*opened(m_checkpoint), {}, {}, stop.get_token());
        QVERIFY(!done && done.error().isCancelled());
        QVERIFY(!fs::exists(m_checkpoint / "verify.xxh3.json"));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestVerify)
#include "tst_verify.moc"
