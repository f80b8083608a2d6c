// SPDX-License-Identifier: Apache-2.0
// Recorded hashes: recording, comparing, every kind of finding, damaged records.
#include <QCryptographicHash>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include <nlohmann/json.hpp>

#include "core/checkpoint/verify/verify.h"
#include "tests/core/checkpoint/checkpoint_maker.h"
#include "tests/support/test_program.h"

namespace tst_verify {

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
    auto done = verifyCheckpoint(*opened(path), options, {});
    if (!done) qFatal("%s", done.error().text().c_str());
    return *std::move(done);
}

std::string failureOf(const fs::path& path, const VerifyOptions& options = {}) {
    const auto done = verifyCheckpoint(*opened(path), options, {});
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

    // No file of the record is there; one that is, or none beside it, and files are missing or new.
    void aRecordOfAnotherCheckpointIsCalledThat() {
        const fs::path other = m_checkpoint / "other", record = fs::path(m_dir.path().toStdString()) / "other.json";
        QCOMPARE(verified(m_checkpoint, {.sidecar = record.string()}).ofAnother(), std::string());
        fs::create_directories(other);
        for (const auto& entry : fs::directory_iterator(m_checkpoint))
            if (entry.is_regular_file()) fs::rename(entry.path(), other / entry.path().filename());
        const std::int64_t files = std::distance(fs::directory_iterator(other), {});
        edit(record, [](nlohmann::ordered_json& json) {
            for (auto& file : json["files"]) file["name"] = "variables/" + file["name"].get<std::string>();
        });
        const VerifyOptions against{record.string(), VerifyOptions::Mode::Compare};
        const Verification v = verified(other, against);
        QVERIFY(v.outcome == Verification::Outcome::Different);
        QCOMPARE(std::ssize(v.findings), 2 * files);
        QCOMPARE(v.ofAnother(), "This record seems to be of another checkpoint: none of its " + std::to_string(files) +
                                    " files is here.");
        const auto refused = requireVerified(*opened(other), {}, record.string());
        QVERIFY(!refused && refused.error().code == "E-VERIFY-007");
        QCOMPARE(refused.error().found, v.ofAnother());
        QVERIFY2(refused.error().remedy.starts_with("Name the file"), refused.error().remedy.c_str());
        edit(record, [](nlohmann::ordered_json& json) { json["files"][0]["name"] = "feature_2_part0.npy"; });
        QCOMPARE(verified(other, against).ofAnother(), std::string());
        edit(record, [](nlohmann::ordered_json& json) { json["files"].clear(); });
        QCOMPARE(verified(other, against).ofAnother(), std::string());
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
        QVERIFY(verified(m_checkpoint, {{}, VerifyOptions::Mode::Record}).outcome == Verification::Outcome::Recorded);
        QVERIFY(verified(m_checkpoint).outcome == Verification::Outcome::Unchanged);
    }

    void sidecarMayStandElsewhere() {
        const std::string sidecar = m_dir.filePath("elsewhere.json").toStdString();
        QVERIFY(verified(m_checkpoint, {sidecar, {}}).outcome == Verification::Outcome::Recorded);
        QVERIFY(!fs::exists(m_checkpoint / "verify.xxh3.json"));
        QVERIFY(verified(m_checkpoint, {sidecar, {}}).outcome == Verification::Outcome::Unchanged);
        QCOMPARE(failureOf(m_checkpoint, {m_dir.filePath("no/such/folder.json").toStdString(), {}}),
                 std::string("E-FILE-010"));
    }

    void theRecordIsNoFileOfTheCheckpointWhateverItsName() {
        const std::string sidecar = (m_checkpoint / "hashes.json").string();
        for (const auto outcome :
             {Verification::Outcome::Recorded, Verification::Outcome::Unchanged, Verification::Outcome::Unchanged})
            QVERIFY(verified(m_checkpoint, {sidecar, {}}).outcome == outcome);
        QVERIFY(verified(m_checkpoint, {sidecar, VerifyOptions::Mode::Record}).outcome ==
                Verification::Outcome::Recorded);
    }

    // Also those that are not read as a model: what a server runs, and what appeared.
    void everyFileIsCovered() {
        fs::create_directories(m_checkpoint / "1/assets");
        const fs::path graph = m_checkpoint / "1/saved_model.pb", config = m_checkpoint / "config.pbtxt";
        std::ofstream(graph) << "graph";
        std::ofstream(config) << "config";
        std::ofstream(m_checkpoint / ".hidden") << "not of the checkpoint";
        std::ofstream(m_checkpoint / "odd\xff.bin") << "a name that is no UTF-8";
        std::ofstream(m_checkpoint / "empty") << "";
        fs::create_directory_symlink(m_checkpoint, m_checkpoint / "1/circle");
        fs::create_directory_symlink("1", m_checkpoint / "0-latest");  // what is in it stands under its own name
        const Verification first = verified(m_checkpoint);
        QVERIFY(first.outcome == Verification::Outcome::Recorded);
        QVERIFY(verified(m_checkpoint).outcome == Verification::Outcome::Unchanged);
        std::ofstream(m_checkpoint / ".hidden") << "may change";
        QVERIFY(verified(m_checkpoint).outcome == Verification::Outcome::Unchanged);
        overwrite(graph, 0, 'G');
        std::ofstream(m_checkpoint / "1/assets/new.txt") << "appeared";
        fs::remove(config);
        const Verification v = verified(m_checkpoint);
        QVERIFY(v.outcome == Verification::Outcome::Different);
        QCOMPARE(v.findings.size(), 3U);
        const auto has = [&](VerifyFinding::Problem problem, const char* file) {
            return std::any_of(v.findings.begin(), v.findings.end(),
                               [&](const VerifyFinding& f) { return f.problem == problem && f.file == file; });
        };
        QVERIFY(has(VerifyFinding::Problem::BlockDiffers, "1/saved_model.pb"));
        QVERIFY(has(VerifyFinding::Problem::NotRecorded, "1/assets/new.txt"));
        QVERIFY(has(VerifyFinding::Problem::Missing, "config.pbtxt"));
        fs::remove_all(m_checkpoint);  // Qt would not find the odd name
    }

    void allThatIsMissingOrShortIsListedWhereTheCheckpointDoesNotOpen() {
        verified(m_checkpoint);
        for (const char* gone : {"feature_0_part0.npy", "feature_3_part0.npy"}) fs::remove(m_checkpoint / gone);
        fs::resize_file(m_checkpoint / "feature_2_part0.npy", 300);
        const auto failed = Checkpoint::open(m_checkpoint.string(), {});
        QVERIFY(!failed);
        const auto found = verifyUnopened(m_checkpoint.string(), failed.error(), {}, {});
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QVERIFY(found->outcome == Verification::Outcome::Different);
        QVERIFY(found->notOpened.starts_with(failed.error().code));
        QCOMPARE(found->findings.size(), 3U);
        QCOMPARE(found->findings[0].file, std::string("feature_0_part0.npy"));
        QCOMPARE(found->findings[0].tensors, std::string("table 0"));
        QVERIFY(found->findings[1].problem == VerifyFinding::Problem::SizeDiffers);
        QCOMPARE(found->findings[1].found, std::string("300 bytes"));
        QVERIFY(found->findings[2].problem == VerifyFinding::Problem::Missing);
        // All gone but the record.
        for (const auto& entry : fs::directory_iterator(m_checkpoint))
            if (entry.path().extension() == ".npy") fs::remove(entry.path());
        const auto empty = Checkpoint::open(m_checkpoint.string(), {});
        const auto all = verifyUnopened(m_checkpoint.string(), empty.error(), {}, {});
        QVERIFY2(all && all->findings.size() > 6, all ? "" : all.error().text().c_str());
        // Nothing tells what should be here: the failure to open is the answer, and nothing is recorded.
        fs::remove(m_checkpoint / "verify.xxh3.json");
        std::ofstream(m_checkpoint / "feature_0_part0.npy") << "short";
        const auto short0 = Checkpoint::open(m_checkpoint.string(), {});
        const auto nothing = verifyUnopened(m_checkpoint.string(), short0.error(), {}, {});
        QVERIFY(!nothing);
        QCOMPARE(nothing.error().code, short0.error().code);
        QVERIFY(!fs::exists(m_checkpoint / "verify.xxh3.json"));
    }

    void comparingNeverWrites() {
        const VerifyOptions compare{{}, VerifyOptions::Mode::Compare};
        QCOMPARE(failureOf(m_checkpoint, compare), std::string("E-VERIFY-005"));
        QVERIFY(!fs::exists(m_checkpoint / "verify.xxh3.json"));
        verified(m_checkpoint);
        QVERIFY(verified(m_checkpoint, compare).outcome == Verification::Outcome::Unchanged);
    }

    // A name so long that no file with a longer one can be created beside it: root meets that as well.
    void aPlaceThatCannotBeWrittenIsNoticedBeforeAnythingIsRead() {
        const fs::path file = m_checkpoint / (std::string(229, 'n') + ".npy");
        fs::rename(m_checkpoint / "feature_0_part0.npy", file);
        int reports = 0;
        const ProgressFn count = [&](const Progress&) { ++reports; };
        const auto done = verifyCheckpoint(*opened(file), {}, {count, {}});
        QCOMPARE(done ? std::string() : done.error().code, std::string("E-VERIFY-006"));
        QVERIFY(done.error().remedy.find("another file") != std::string::npos);
        QCOMPARE(reports, 0);
        const auto elsewhere = verifyCheckpoint(*opened(file), {(m_checkpoint / "r.json").string(), {}}, {count, {}});
        QVERIFY(elsewhere && elsewhere->outcome == Verification::Outcome::Recorded);
        QVERIFY(reports > 0);
    }

    void aFolderOfOtherThingsIsRefused() {
        fs::create_directories(m_checkpoint / "data");
        for (int i = 0; i <= 20'000; ++i) std::ofstream(m_checkpoint / "data" / std::to_string(i)) << "";
        QCOMPARE(failureOf(m_checkpoint), std::string("E-VERIFY-008"));
        fs::remove_all(m_checkpoint / "data");
    }

    void aRecordVouchesForFilesWithoutChecksums() {
        const auto required = [&] {
            const auto done = requireVerified(*opened(m_checkpoint), {});
            return done ? *done : done.error().code;
        };
        QCOMPARE(required(), std::string("E-VERIFY-005"));
        const std::string day = verified(m_checkpoint).recordedAt;
        QVERIFY(required().find("files are as recorded on " + day) != std::string::npos);
        overwrite(m_checkpoint / "feature_1_part0.npy", 150, 'X');
        QCOMPARE(required(), std::string("E-VERIFY-007"));
    }

    void sha256SumsAreThoseOfEveryFile() {
        fs::create_directories(m_checkpoint / "a b");
        std::ofstream(m_checkpoint / "a b/back\\slash") << "x";
        const auto sums = sha256Sums(m_checkpoint.string(), {});
        QVERIFY2(sums, sums ? "" : sums.error().text().c_str());
        const auto sumOf = [](const std::string& text) {
            return QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha256)
                .toHex()
                .toStdString();
        };
        QVERIFY(sums->lines.find(sumOf(textOf(m_checkpoint / "feature_1_part0.npy")) + "  feature_1_part0.npy\n") !=
                std::string::npos);
        QVERIFY(sums->lines.starts_with("\\" + sumOf("x") + "  a b/back\\\\slash\n"));
        const auto listed = std::count(sums->lines.begin(), sums->lines.end(), '\n');
        QCOMPARE(listed, static_cast<std::ptrdiff_t>(verified(m_checkpoint).files));
    }

    void recordsThatCannotBeUsedAreRefused() {
        verified(m_checkpoint);
        const fs::path sidecar = m_checkpoint / "verify.xxh3.json";
        const std::string good = textOf(sidecar);
        std::ofstream(sidecar) << "no JSON";
        QCOMPARE(failureOf(m_checkpoint), std::string("E-VERIFY-002"));
        std::ofstream(sidecar) << "{\"format\": \"dlrm-explorer-verify\"}";
        QCOMPARE(failureOf(m_checkpoint), std::string("E-VERIFY-002"));
        // Nor is another file ever replaced by a record.
        std::ofstream(m_checkpoint / "saved_model.pb") << "a graph";
        QCOMPARE(failureOf(m_checkpoint, {(m_checkpoint / "saved_model.pb").string(), VerifyOptions::Mode::Record}),
                 std::string("E-VERIFY-002"));
        QCOMPARE(textOf(m_checkpoint / "saved_model.pb"), std::string("a graph"));
        fs::remove(m_checkpoint / "saved_model.pb");
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
        QCOMPARE(damage([](auto& json) { json["files"][0]["bytes"] = std::int64_t{1} << 62; }),
                 damaged);  // a count nobody may allocate from
        QCOMPARE(damage([](auto& json) { json["files"][0]["blocks"][0] = "xyz"; }), damaged);
        QCOMPARE(damage([](auto& json) { json["files"][0]["blocks"] = nlohmann::ordered_json::array(); }), damaged);
        QVERIFY(verified(m_checkpoint, {{}, VerifyOptions::Mode::Record}).outcome == Verification::Outcome::Recorded);
    }

    // Not knowing whether there is a record is no reason to write a new one.
    void aPlaceThatCannotBeLookedAtIsAnError() {
        const auto checkpoint = opened(m_checkpoint);
        const fs::path moved = m_checkpoint.string() + "-moved";
        fs::rename(m_checkpoint, moved);
        fs::create_symlink(m_checkpoint, m_checkpoint);  // to itself
        const auto done = verifyCheckpoint(*checkpoint, {}, {});
        QCOMPARE(done ? std::string() : done.error().code, std::string("E-VERIFY-004"));
        const auto elsewhere = verifyCheckpoint(*opened(moved), {(m_checkpoint / "x.json").string(), {}}, {});
        QCOMPARE(elsewhere ? std::string() : elsewhere.error().code, std::string("E-FILE-001"));
        fs::remove(m_checkpoint);
        fs::rename(moved, m_checkpoint);
    }

    void aStopEndsIt() {
        std::stop_source stop;
        stop.request_stop();
        const auto done = verifyCheckpoint(*opened(m_checkpoint), {}, {.stop = stop.get_token()});
        QVERIFY(!done && done.error().isCancelled());
        QVERIFY(!fs::exists(m_checkpoint / "verify.xxh3.json"));
    }
};

}  // namespace

DLRM_TEST(TestVerify);

}  // namespace tst_verify

#include "tst_verify.moc"
