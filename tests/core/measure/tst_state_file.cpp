// SPDX-License-Identifier: Apache-2.0
// Files of states: what is written is read again bit by bit, what was changed, cut, added or made by somebody else is
// refused.
#include <bit>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/formats/hdf5_stream.h"
#include "core/measure/state_file.h"
#include "core/report/export.h"
#include "tests/support/test_program.h"

namespace tst_state_file {

using namespace dlrm;

namespace {

SavedMeasures small() {
    SavedMeasures out;
    Provenance& p = out.provenance;
    p.program = "dlrm-cli";
    p.version = "0.1.0";
    p.commit = "5009da6c1f20";
    p.checkpoint = "/models/a";
    p.fingerprint = "xxh3:0123456789abcdef";
    p.interactionOrder = "custom_cuda";
    p.backend = BackendInfo{"cpu", "a processor, 2 threads", "", Precision::Bf16};
    p.dataset = "/data/ü";
    p.datasetFingerprint = "xxh3:fedcba9876543210";
    p.idShift = -1;
    p.lenient = true;
    p.notes = {"One note.", "Another, with\ntwo lines."};
    p.rows = {{0, 4}, {6, 6}, {90, 99}};
    p.totalRows = 100;
    p.seconds = 0.125;
    p.rowsPerSecond = 16 / 0.125;
    MeasureState& scores = out.states["scores"];
    scores.put("counts", std::vector<std::int64_t>{-1, std::numeric_limits<std::int64_t>::max(), 7});
    scores.put("keys", std::vector<std::uint32_t>{0, 0xffffffffU, 12});
    scores.put("sums", std::vector<double>{-0.0, std::nan("5"), std::numeric_limits<double>::denorm_min()});
    scores.put("nothing", std::vector<double>{});
    out.states["traffic"].put("ids", std::vector<std::int64_t>{3, 4});
    out.states["without_arrays"];
    return out;
}

bool same(const SavedMeasures& a, const SavedMeasures& b) {
    const Provenance &p = a.provenance, &q = b.provenance;
    const auto backends = [](const Provenance& of) {
        return std::tie(of.backend->name, of.backend->device, of.backend->reason, of.backend->precision);
    };
    const auto texts = [](const Provenance& of) {
        return std::tie(of.program, of.version, of.commit, of.command, of.created, of.checkpoint, of.layout,
                        of.fingerprint, of.interactionOrder, of.interactionSource, of.interactionStanding,
                        of.interactionTables, of.combiner, of.tablePrecision, of.dataset, of.datasetFingerprint,
                        of.split, of.format, of.profile, of.numerical, of.missingDictionary, of.idShift, of.lenient,
                        of.notes, of.rows, of.totalRows, of.seconds, of.rowsPerSecond);
    };
    return a.states == b.states && texts(p) == texts(q) && p.backend.has_value() == q.backend.has_value() &&
           (!p.backend || backends(p) == backends(q));
}

void write(const SavedMeasures& saved, const std::string& path) {
    if (const auto done = writeStateFile(saved, path); !done) qFatal("%s", done.error().text().c_str());
}

QByteArray readAll(const std::string& path) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void put(const std::string& path, const QByteArray& bytes) {
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write");
}

// A file that begins as one of ours; `fill` adds what is to be refused.
void writeOther(const std::string& path, const std::function<void(Hdf5Stream&)>& fill, std::int64_t version = 1) {
    auto file = Hdf5Stream::create(path, 0);
    if (!file) qFatal("%s", file.error().text().c_str());
    (*file)->attribute("/", "format", "dlrm-measures");
    (*file)->attribute("/", "format_version", version);
    fill(**file);
    if (auto done = (*file)->finish(); !done) qFatal("%s", done.error().text().c_str());
}

}  // namespace

class TestStateFile : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    std::string at(const char* name) const { return m_dir.filePath(name).toStdString(); }

    void isRefused(const std::string& path, const char* code, const char* words) {
        const auto read = readStateFile(path);
        QVERIFY(!read);
        QVERIFY2(read.error().code == code && read.error().text().find(words) != std::string::npos &&
                     read.error().file == path && !read.error().remedy.empty(),
                 read.error().text().c_str());
    }

private Q_SLOTS:
    void whatIsWrittenIsReadBitByBit() {
        const SavedMeasures saved = small();
        write(saved, at("state.h5"));
        const auto read = readStateFile(at("state.h5"));
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QVERIFY(same(*read, saved));
        QCOMPARE(read->provenance.rows.size(), std::size_t{3});
        QCOMPARE(read->provenance.notes[1], std::string("Another, with\ntwo lines."));
    }

    void theSameStateIsTheSameBytes() {
        write(small(), at("one.h5"));
        write(small(), at("two.h5"));
        QVERIFY(readAll(at("one.h5")) == readAll(at("two.h5")));
    }

    void longTextsAreCut() {
        SavedMeasures saved = small();
        saved.provenance.command = std::string(200'001, ' ');
        saved.provenance.command.front() = 'x';
        for (int i = 0; i < 2000; ++i)
            saved.provenance.notes.push_back("Note number " + std::to_string(i) +
                                             " with some more words, as notes have them.");
        write(saved, at("long.h5"));
        const auto read = readStateFile(at("long.h5"));
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QVERIFY(read->provenance.command.size() < 40'000 && read->provenance.command.ends_with("…"));
        QCOMPARE(read->provenance.notes.size(), std::size_t{1001});
        QCOMPARE(read->provenance.notes.back(), std::string("1002 more notes had no room in the file of the state."));
        QVERIFY(read->states == saved.states);
    }

    // Some bytes mean nothing, such as free space inside of HDF5's own blocks.
    void everyChangedByteIsRefusedOrHarmless() {
        SavedMeasures saved = small();
        saved.states.erase("traffic");
        saved.states.erase("without_arrays");
        write(saved, at("whole.h5"));
        const QByteArray whole = readAll(at("whole.h5"));
        std::mutex mutex;
        std::string wrong;
        int refused = 0;
        const auto look = [&](qsizetype first) {
            const std::string path = at(first == 0 ? "damaged_0.h5" : "damaged_1.h5");
            for (qsizetype n = first; n < whole.size(); n += 2) {
                QByteArray bytes = whole;
                bytes[n] = static_cast<char>(bytes[n] ^ (1 << (n / 2 % 8)));
                put(path, bytes);
                const auto read = readStateFile(path);
                const std::lock_guard lock(mutex);
                if (!read && (read.error().code.empty() || read.error().remedy.empty()))
                    wrong += " " + std::to_string(n) + " incomplete";
                if (read && !same(*read, saved)) wrong += " " + std::to_string(n);
                refused += !read;
            }
        };
        std::thread odd(look, 1);
        look(0);
        odd.join();
        QVERIFY2(wrong.empty(), wrong.c_str());
        QVERIFY(refused > 1000);
    }

    void aChangedValueIsFoundByItsSum() {
        write(small(), at("changed.h5"));
        QByteArray bytes = readAll(at("changed.h5"));
        const std::int64_t value = std::numeric_limits<std::int64_t>::max();
        const qsizetype place = bytes.indexOf(QByteArray(reinterpret_cast<const char*>(&value), sizeof value) +
                                              QByteArray("\x07\0\0\0\0\0\0\0", 8));
        QVERIFY(place > 0);
        bytes[place + 8] = '\x08';
        put(at("changed.h5"), bytes);
        isRefused(at("changed.h5"), "E-STATEFILE-004", "SHA-256");
    }

    void aFileThatIsCutShortIsRefused() {
        write(small(), at("whole.h5"));
        const QByteArray whole = readAll(at("whole.h5"));
        for (qsizetype size = 0; size < whole.size(); size += 97) {
            put(at("short.h5"), whole.left(size));
            QVERIFY2(!readStateFile(at("short.h5")), qPrintable(QString::number(size)));
        }
    }

    void anotherVersionIsRefused() {
        writeOther(
            at("version.h5"), [](Hdf5Stream&) {}, 2);
        isRefused(at("version.h5"), "E-STATEFILE-002", "found: 2");
    }

    void foreignFilesAreNoStates() {
        put(at("text.h5"), "some text");
        isRefused(at("text.h5"), "E-STATEFILE-001", "no HDF5");
        auto file = Hdf5Stream::create(at("foreign.h5"), 0);
        QVERIFY(file);
        (*file)->attribute("/", "format", "dlrm-checkpoint");
        QVERIFY((*file)->finish());
        isRefused(at("foreign.h5"), "E-STATEFILE-001", "another kind");
        QVERIFY(!readStateFile(at("missing.h5")));
    }

    void whatIsNeverWrittenIsRefused_data() {
        using Fill = std::function<void(Hdf5Stream&)>;
        QTest::addColumn<Fill>("fill");
        QTest::addColumn<QByteArray>("words");
        static const std::uint64_t two[] = {2}, square[] = {2, 2}, three[] = {1, 3};
        static const double values[] = {1, 2, 3, 4};
        QTest::newRow("group inside a group")
            << Fill([](Hdf5Stream& f) { f.group("/scores"), f.group("/scores/more"); })
            << QByteArray("a group inside one");
        QTest::newRow("array outside") << Fill([](Hdf5Stream& f) {
            f.dataset("/keys", DLRM_HDF5_FLOAT64, two, values);
        }) << QByteArray("an array outside");
        QTest::newRow("another type") << Fill([](Hdf5Stream& f) {
            f.group("/scores"), f.dataset("/scores/keys", DLRM_HDF5_FLOAT32, two, values);
        }) << QByteArray("float32");
        QTest::newRow("two dimensions") << Fill([](Hdf5Stream& f) {
            f.group("/scores"), f.dataset("/scores/keys", DLRM_HDF5_FLOAT64, square, values);
        }) << QByteArray("one dimension");
        QTest::newRow("rows of three") << Fill([](Hdf5Stream& f) {
            f.dataset("/rows", DLRM_HDF5_INT64, three, values);
        }) << QByteArray("(ranges, 2)");
        QTest::newRow("attributes of an array")
            << Fill([](Hdf5Stream& f) { f.group("/scores"), f.attribute("/scores", "color", "red"); })
            << QByteArray("color");
        QTest::newRow("never written values") << Fill([](Hdf5Stream& f) {
            static const std::uint64_t many[] = {std::uint64_t{1} << 40};
            f.group("/scores");
            f.dataset("/scores/keys", DLRM_HDF5_FLOAT64, many, nullptr);
        }) << QByteArray("E-");  // libhdf5's reader or this one refuses 8 TB
        QTest::newRow("chunks") << Fill([](Hdf5Stream& f) {
            f.group("/scores");
            f.beginColumn("/scores/keys", DLRM_HDF5_FLOAT64, Hdf5Stream::kColumnChunk + 1);
            const std::vector<double> many(Hdf5Stream::kColumnChunk), one(1);
            if (!f.writeColumn(std::as_bytes(std::span(many))) || !f.writeColumn(std::as_bytes(std::span(one))))
                qFatal("cannot write");
        }) << QByteArray("in one piece");
    }
    void whatIsNeverWrittenIsRefused() {
        QFETCH(std::function<void(Hdf5Stream&)>, fill);
        QFETCH(QByteArray, words);
        writeOther(at("never.h5"), fill);
        const auto read = readStateFile(at("never.h5"));
        QVERIFY(!read);
        QVERIFY2(read.error().text().find(words.constData()) != std::string::npos, read.error().text().c_str());
        if (!words.startsWith("E-")) QCOMPARE(read.error().code, std::string("E-STATEFILE-003"));
    }

    // Each array lies inside the file, but all of them in the same place.
    void arraysOfMoreThanTheFileAreRefused() {
        constexpr std::int64_t kMany = 60'000;
        static const std::uint64_t size[] = {kMany};
        writeOther(at("overlapping.h5"), [&](Hdf5Stream& f) {
            const std::vector<double> values(kMany, 1.25);
            f.group("/scores");
            f.dataset("/scores/a", DLRM_HDF5_FLOAT64, size, values.data());
            for (const char* path : {"/scores/b", "/scores/c"}) f.dataset(path, DLRM_HDF5_FLOAT64, size, nullptr);
        });
        QByteArray bytes = readAll(at("overlapping.h5"));
        const auto eight = [](std::int64_t value) {
            return QByteArray(reinterpret_cast<const char*>(&value), sizeof value);
        };
        const std::int64_t place = bytes.indexOf(eight(std::bit_cast<std::int64_t>(1.25)).repeated(100));
        QVERIFY(place > 0);
        const QByteArray nowhere = eight(-1) + eight(8 * kMany), somewhere = eight(place) + eight(8 * kMany);
        QCOMPARE(bytes.count(nowhere), 2);
        put(at("overlapping.h5"), bytes.replace(nowhere, somewhere));
        isRefused(at("overlapping.h5"), "E-STATEFILE-003", "arrays of more together");
    }

    void whatCannotBeIsRefused_data() {
        using Change = std::function<void(Provenance&)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("no rows") << Change([](Provenance& p) { p.rows.clear(); }) << QByteArray("at least one range");
        QTest::newRow("backwards") << Change([](Provenance& p) { p.rows = {{5, 3}}; }) << QByteArray("5-3");
        QTest::newRow("not ascending") << Change([](Provenance& p) { p.rows = {{5, 6}, {0, 1}}; }) << QByteArray("0-1");
        QTest::newRow("in common") << Change([](Provenance& p) { p.rows = {{0, 6}, {6, 9}}; }) << QByteArray("6-9");
        QTest::newRow("negative") << Change([](Provenance& p) { p.rows = {{-1, 6}}; }) << QByteArray("-1-6");
        QTest::newRow("behind the last") << Change([](Provenance& p) { p.rows = {{0, 100}}; }) << QByteArray("0-100");
        QTest::newRow("too many") << Change([](Provenance& p) {
            p.totalRows = std::numeric_limits<std::int64_t>::max();
        }) << QByteArray("total_rows");
        QTest::newRow("time") << Change([](Provenance& p) { p.seconds = std::nan(""); }) << QByteArray("seconds");
        QTest::newRow("negative time") << Change([](Provenance& p) { p.seconds = -1; }) << QByteArray("seconds");
    }
    void whatCannotBeIsRefused() {
        QFETCH(std::function<void(Provenance&)>, change);
        QFETCH(QByteArray, words);
        SavedMeasures saved = small();
        change(saved.provenance);
        write(saved, at("cannot.h5"));
        isRefused(at("cannot.h5"), "E-STATEFILE-003", words.constData());
    }

    void aStopEndsTheReading() {
        write(small(), at("stop.h5"));
        std::stop_source stop;
        stop.request_stop();
        const auto read = readStateFile(at("stop.h5"), stop.get_token());
        QVERIFY(!read && read.error().isCancelled());
    }

    void pathsAreCheckedBeforeTheWork() {
        QVERIFY(checkStatePath(at("new.h5")));
        QVERIFY(!std::filesystem::exists(at("new.h5")));
        QCOMPARE(checkStatePath(at("new.csv")).error().code, std::string("E-EXPORT-001"));
        QCOMPARE(checkStatePath(at("no/such/new.h5")).error().code, std::string("E-FILE-010"));
    }
};

DLRM_TEST(TestStateFile);

}  // namespace tst_state_file

#include "tst_state_file.moc"
