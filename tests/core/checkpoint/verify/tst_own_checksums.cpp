// SPDX-License-Identifier: Apache-2.0
// Checksums that a checkpoint's files hold themselves: every container, every kind of damage; who refuses damaged
// values.
#include <zlib.h>

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "core/checkpoint/convert/convert.h"
#include "core/checkpoint/verify/own_checksums.h"
#include "core/engine/engine.h"
#include "tests/support/test_program.h"

namespace tst_own_checksums {

using namespace dlrm;
namespace fs = std::filesystem;

namespace {

using Problem = VerifyFinding::Problem;

const std::string kNewer = DLRM_TEST_DATA "/golden/newer_layouts/";
const std::vector<std::int64_t> kCards{1000, 7, 300, 3, 50};

std::string bytesOf(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void flip(const fs::path& path, std::int64_t at) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(at);
    const char before = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(before ^ 0x10));
}

std::string le(std::uint64_t v, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(v >> (8 * i));
    return out;
}

// A ZIP archive of one stored member.
std::string archiveOf(const std::string& name, const std::string& content) {
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    const std::string common = le(0, 2) + le(0, 4) + le(sum, 4) + le(content.size(), 4) + le(content.size(), 4) +
                               le(name.size(), 2) + le(0, 2);
    const std::string member = "PK\x03\x04" + le(20, 2) + le(0, 2) + common + name + content;
    const std::string entry = "PK\x01\x02" + le(20, 2) + le(20, 2) + le(0, 2) + common + le(0, 2) + le(0, 2) +
                              le(0, 2) + le(0, 4) + le(0, 4) + name;
    return member + entry + "PK\x05\x06" + le(0, 4) + le(1, 2) + le(1, 2) + le(entry.size(), 4) + le(member.size(), 4) +
           le(0, 2);
}

OwnChecksums compared(const fs::path& path) {
    const auto files = everyFile(path.string());
    if (!files) qFatal("%s", files.error().text().c_str());
    auto done = compareOwnChecksums(*files, {});
    if (!done) qFatal("%s", done.error().text().c_str());
    return *std::move(done);
}

std::shared_ptr<const Checkpoint> opened(const fs::path& path, const std::vector<std::int64_t>& cardinalities = {}) {
    CheckpointOptions options;
    options.cardinalities = cardinalities;
    auto checkpoint = Checkpoint::open(path.string(), options);
    if (!checkpoint) qFatal("%s", checkpoint.error().text().c_str());
    return *checkpoint;
}

// The one thing that verify finds; it calls the checkpoint damaged and records nothing.
VerifyFinding damageOf(const Checkpoint& checkpoint) {
    const auto verified = verifyCheckpoint(checkpoint, {}, {});
    if (!verified) qFatal("%s", verified.error().text().c_str());
    if (verified->outcome != Verification::Outcome::Damaged || verified->findings.size() != 1 ||
        !verified->recordedAt.empty())
        return {};
    return verified->findings[0];
}

class TestOwnChecksums : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    fs::path m_here;

    fs::path copyOf(const std::string& source) {
        const fs::path to = m_here / "model";
        fs::copy(source, to, fs::copy_options::recursive);
        return to;
    }

private Q_SLOTS:
    void init() {
        m_here = fs::path(m_dir.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directories(m_here);
    }

    void wholeFilesAgree_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("holdsSome");
        const auto row = [](const char* name, const char* path, bool holdsSome) {
            QTest::newRow(name) << QString::fromLatin1(path) << holdsSome;
        };
        row("SavedModel", "golden/newer_layouts/e_mono_dlrm_fused", true);
        row("dense part", "golden/newer_layouts/d_dlrm_pad6/checkpoint", true);
        row("every type of tensor", "golden/newer_layouts/x_bundles/a_dtypes", true);
        row("three shards", "golden/newer_layouts/x_bundles/b_max_shard_size_2_21", true);
        row("a sliced tensor", "golden/newer_layouts/x_bundles/b_sliced_tensor", true);
        row("Keras archive", "golden/newer_layouts/x_keras/tf_keras_2_21/both.keras", true);
        row("stored members", "npz/stored.npz", true);
        row("deflated members", "npz/deflated.npz", true);
        row("none", "golden/checkpoints/c_custom_cuda/checkpoint", false);
    }
    void wholeFilesAgree() {
        QFETCH(QString, path);
        QFETCH(bool, holdsSome);
        const OwnChecksums own = compared(fs::path(DLRM_TEST_DATA) / path.toStdString());
        for (const VerifyFinding& f : own.damage) qWarning("%s %s", f.file.c_str(), f.tensors.c_str());
        QVERIFY(own.damage.empty());
        QCOMPARE(own.compared > 0, holdsSome);
    }

    void aFlippedBitOfATensorIsNamedAndRefused() {
        const fs::path model = copyOf(kNewer + "e_mono_dlrm_fused");
        const std::string data = "dlrm/1/model.savedmodel/variables/variables.data-00000-of-00001";
        flip(model / data, static_cast<std::int64_t>(fs::file_size(model / data)) / 2);
        const OwnChecksums own = compared(model);
        QCOMPARE(own.damage.size(), 1U);
        const VerifyFinding& f = own.damage[0];
        QVERIFY(f.problem == Problem::ChecksumDiffers);
        QCOMPARE(f.file, data);
        QVERIFY2(f.tensors.find("embedding_table") != std::string::npos, f.tensors.c_str());
        QVERIFY2(f.expected.starts_with("CRC-32C ") && f.offset >= 0 && f.bytes > 0, f.expected.c_str());

        const auto checkpoint = opened(model, kCards);  // opening reads no table
        const auto verified = verifyCheckpoint(*checkpoint, {}, {});
        QVERIFY2(verified, verified ? "" : verified.error().text().c_str());
        QVERIFY(verified->outcome == Verification::Outcome::Damaged);
        QCOMPARE(verified->findings.size(), 1U);
        QVERIFY(verified->recordedAt.empty());
        QVERIFY2(!fs::exists(model / "verify.xxh3.json"), "damage is never recorded as right");
        for (const char* out : {"out.h5", "out"}) {
            const auto converted = convertCheckpoint(*checkpoint, (m_here / out).string());
            QCOMPARE(converted ? std::string() : converted.error().code, std::string("E-CONVERT-006"));
            QCOMPARE(converted.error().file, (model / data).string());
            QVERIFY(!fs::exists(m_here / out));
        }
        const auto required = requireVerified(*checkpoint, {});
        QCOMPARE(required ? std::string() : required.error().code, std::string("E-VERIFY-007"));
        QVERIFY(required.error().found.find("embedding_table") != std::string::npos);
    }

    void whatHasChecksumsIsVouchedForByThem() {
        const auto whole = requireVerified(*opened(kNewer + "e_mono_dlrm_fused", kCards), {});
        QVERIFY2(whole && whole->find("checksums in the checkpoint's own files agree") != std::string::npos,
                 whole ? whole->c_str() : whole.error().text().c_str());
        // The dense part holds some, the tables beside it none.
        const auto half = requireVerified(*opened(kNewer + "d_dlrm_pad6/checkpoint"), {});
        QCOMPARE(half ? std::string() : half.error().code, std::string("E-VERIFY-005"));
    }

    void openingSaysThatTheTablesWereNotCompared() {
        const auto says = [](const std::string& path, const std::vector<std::int64_t>& cardinalities) {
            EngineOptions options;
            options.cardinalities = cardinalities;
            const auto engine = Engine::open(path, options);
            if (!engine) qFatal("%s", engine.error().text().c_str());
            const auto& notes = (*engine)->info().notes;
            return std::any_of(notes.begin(), notes.end(),
                               [](const std::string& n) { return n.find("which opening does not compare") != n.npos; });
        };
        QVERIFY(says(kNewer + "e_mono_dlrm_fused", kCards));
        QVERIFY(!says(kNewer + "d_dlrm_pad6/checkpoint", {}));  // its tables' files hold none
    }

    void theDensePartIsCompared() {
        const fs::path model = copyOf(kNewer + "d_dlrm_pad6/checkpoint");
        const std::string data = "dense/dense.data-00000-of-00001";
        flip(model / data, 100);
        const OwnChecksums own = compared(model);
        QCOMPARE(own.damage.size(), 1U);
        QVERIFY2(own.damage[0].tensors.find("mlp") != std::string::npos, own.damage[0].tensors.c_str());

        const auto checkpoint = opened(model);
        const VerifyFinding f = damageOf(*checkpoint);
        QCOMPARE(f.file, data);
        QVERIFY2(f.tensors.find("bottom_mlp/dense/kernel") != std::string::npos, f.tensors.c_str());
        QVERIFY(!fs::exists(model / "verify.xxh3.json"));
        for (const char* out : {"out.h5", "out"}) {
            const auto converted = convertCheckpoint(*checkpoint, (m_here / out).string());
            QCOMPARE(converted ? std::string() : converted.error().code, std::string("E-CONVERT-006"));
            QCOMPARE(converted.error().file, (model / data).string());
            QVERIFY(!fs::exists(m_here / out));
        }
    }

    void everyByteOfASmallBundleIsCovered() {
        const fs::path model = copyOf(kNewer + "x_bundles/b_two_shards_merged");
        for (const char* name : {"ckpt.index", "ckpt.data-00001-of-00002"}) {
            const auto size = static_cast<std::int64_t>(fs::file_size(model / name));
            for (std::int64_t at = 0; at < size; ++at) {
                flip(model / name, at);
                QVERIFY2(!compared(model).damage.empty(),
                         qPrintable(QStringLiteral("%1 %2").arg(QLatin1String(name)).arg(at)));
                flip(model / name, at);
            }
        }
        QVERIFY(compared(model).damage.empty());
    }

    void partsThatAreMissingOrShortAreNamed() {
        const fs::path model = copyOf(kNewer + "x_bundles/b_max_shard_size_2_21");
        const fs::path shard = model / "ckpt-1.data-00002-of-00003";
        fs::resize_file(shard, fs::file_size(shard) - 1);
        OwnChecksums own = compared(model);
        QCOMPARE(own.damage.size(), 1U);
        QVERIFY(own.damage[0].problem == Problem::SizeDiffers);
        QCOMPARE(own.damage[0].file, std::string("ckpt-1.data-00002-of-00003"));
        fs::remove(shard);
        own = compared(model);
        QCOMPARE(own.damage.size(), 1U);
        QVERIFY(own.damage[0].problem == Problem::Missing);
        QCOMPARE(own.damage[0].file, std::string("ckpt-1.data-00002-of-00003"));
        // What is called .index and is something else is nobody's damage.
        const fs::path other = m_here / "other";
        fs::create_directories(other);
        std::ofstream(other / "book.index") << "a, b, c";
        QVERIFY(compared(other).damage.empty());
    }

    void membersOfArchivesAreCompared() {
        for (const char* source :
             {"npz/stored.npz", "npz/deflated.npz", "golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"}) {
            const fs::path file = m_here / fs::path(source).filename();
            fs::copy_file(fs::path(DLRM_TEST_DATA) / source, file);
            QVERIFY(compared(file).damage.empty());
            flip(file, 2000);
            const OwnChecksums own = compared(file);
            QVERIFY2(own.damage.size() == 1 && own.damage[0].problem == Problem::ChecksumDiffers &&
                         !own.damage[0].tensors.empty(),
                     source);
        }
    }

    void aDamagedKerasArchiveIsDamagedWhetherItOpensOrNot() {
        const fs::path file = m_here / "both.keras";
        const std::string source = kNewer + "x_keras/tf_keras_2_21/both.keras";
        fs::copy_file(source, file);
        flip(file, 2000);  // in the configuration: it opens
        QCOMPARE(damageOf(*opened(file)).tensors, std::string("config.json"));
        fs::copy_file(source, file, fs::copy_options::overwrite_existing);
        flip(file, static_cast<std::int64_t>(fs::file_size(file)) / 2);  // in the weights: it does not
        const auto refused = Checkpoint::open(file.string(), {});
        QCOMPARE(refused ? std::string() : refused.error().code, std::string("E-PACK-003"));
        const auto verified = verifyUnopened(file.string(), refused.error(), {}, {});
        QVERIFY2(verified, verified ? "" : verified.error().text().c_str());
        QVERIFY(verified->outcome == Verification::Outcome::Damaged);
        QCOMPARE(verified->findings.size(), 1U);
        QCOMPARE(verified->findings[0].tensors, std::string("model.weights.h5"));
        QVERIFY(!fs::exists(file.string() + ".verify.xxh3.json"));
    }

    void aDamagedArrayIsNotConverted() {
        const fs::path file = m_here / "tables.npz";
        std::ofstream(file, std::ios::binary) << archiveOf(
            "table.npy", bytesOf(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint/feature_2_part0.npy"));
        QVERIFY(convertCheckpoint(*opened(file), (m_here / "whole.h5").string()));
        QVERIFY(requireVerified(*opened(file), {}));
        flip(file, 3000);
        QCOMPARE(damageOf(*opened(file)).tensors, std::string("table.npy"));
        QVERIFY(!fs::exists(file.string() + ".verify.xxh3.json"));
        const auto converted = convertCheckpoint(*opened(file), (m_here / "out.h5").string());
        QCOMPARE(converted ? std::string() : converted.error().code, std::string("E-CONVERT-006"));
        QCOMPARE(converted.error().field, std::string("table.npy"));
        QVERIFY(!fs::exists(m_here / "out.h5"));
    }

    // Two rows of a deployed table have each other's keys, where opening does not look.
    void keysAreLookedAtBeforeAnythingIsConverted() {
        const fs::path model = copyOf(kNewer + "f_hps_dlrm_unfused");
        std::vector<std::int64_t> keys(2000);
        std::iota(keys.begin(), keys.end(), 0);
        std::swap(keys[800], keys[1200]);
        std::ofstream(model / "sparse/1/0/key", std::ios::binary)
            .write(reinterpret_cast<const char*>(keys.data()), static_cast<std::streamsize>(8 * keys.size()));
        fs::resize_file(model / "sparse/1/0/emb_vector", 2000 * 16 * 4);
        const auto checkpoint = opened(model);
        int reports = 0;
        const auto converted =
            convertCheckpoint(*checkpoint, (m_here / "out.h5").string(), {[&](const Progress&) { ++reports; }});
        QCOMPARE(converted ? std::string() : converted.error().code, std::string("E-LAYF-003"));
        QCOMPARE(reports, 0);
        // The files are what they are: they have hashes all the same.
        const auto verified = verifyCheckpoint(*checkpoint, {}, {});
        QVERIFY2(verified, verified ? "" : verified.error().text().c_str());
        QVERIFY(verified->outcome == Verification::Outcome::Recorded);
    }

    void aStopEndsIt() {
        std::stop_source stop;
        stop.request_stop();
        const auto files = everyFile(kNewer + "e_mono_dlrm_fused");
        const auto done = compareOwnChecksums(*files, {.stop = stop.get_token()});
        QVERIFY(!done && done.error().isCancelled());
    }
};

}  // namespace

DLRM_TEST(TestOwnChecksums);

}  // namespace tst_own_checksums

#include "tst_own_checksums.moc"
