// SPDX-License-Identifier: Apache-2.0
// Files that the window writes say where they come from, as those of the command line do.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include <nlohmann/json.hpp>

#include "core/dataset/dataset.h"
#include "tests/support/test_program.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/export_targets.h"
#include "ui/session/order_standing.h"
#include "ui/session/session.h"
#include "ui/session/table_analysis.h"
#include "ui/widgets/numbers.h"

namespace tst_session_exports {

using namespace dlrm;
using namespace dlrm::ui;
using nlohmann::json;

namespace {

constexpr int kWait = 60'000;

QByteArray readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// null where it is no JSON.
json parsed(const QString& path) { return json::parse(readAll(path).toStdString(), nullptr, false); }

// Whether one of its notes begins like this.
bool noted(const json& file, const QString& start) {
    for (const json& note : file["notes"])
        if (note.get<std::string>().starts_with(start.toStdString())) return true;
    return false;
}

}  // namespace

class TestSessionExports : public QObject {
    Q_OBJECT

    std::unique_ptr<Session> m_session;
    QTemporaryDir m_folder;
    EvaluationPtr m_evaluation;

    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    bool exported(const std::function<void()>& request) {
        QSignalSpy done(m_session.get(), &Session::exported);
        request();
        return !done.isEmpty() || done.wait(kWait);
    }

private Q_SLOTS:
    void initTestCase() {
        m_session = std::make_unique<Session>();
        QSignalSpy opened(m_session.get(), &Session::datasetOpened);
        m_session->openDemo();
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        connect(&m_session->evaluation(), &EvaluationDesk::updated, this,
                [this](const EvaluationPtr& e) { m_evaluation = e; });
        EvaluateOptions options;
        options.range = {0, 1999};
        m_session->evaluation().start(options);
        QTRY_VERIFY_WITH_TIMEOUT(m_evaluation && m_evaluation->final, kWait);
    }
    void cleanupTestCase() { m_session.reset(); }

    void withoutAProgramNothingIsSaid() {
        QVERIFY(exported([this] { m_session->evaluation().exportFigures(m_evaluation, path("plain.csv")); }));
        QVERIFY(readAll(path("plain.csv")).size() > 100);
        QVERIFY(!QFile::exists(path("plain.csv.json")));
        m_session->writeOrigin(path("plain.csv"), QStringLiteral("figures"));
        QVERIFY(!m_session->isRunning(JobKind::ExportOrigin));
    }

    // Whoever reads figures of files that are known to be others learns of it, in every form.
    void whatVerifyingFoundStandsWithTheFigures() {
        m_session->setProgram({QStringLiteral("dlrm-explorer"), QStringLiteral("9.8.7"), QString()});
        const auto verify = [this](VerifyOptions::Mode mode) {
            QSignalSpy verified(&m_session->checks(), &CheckDesk::verified);
            m_session->checks().verifyFiles({path("hashes.json").toStdString(), mode});
            return verified.wait(kWait);
        };
        QVERIFY(verify(VerifyOptions::Mode::Record));
        QVERIFY(m_session->checks().damage().isEmpty());
        QByteArray record = readAll(path("hashes.json"));
        const qsizetype hash = record.indexOf("\"blocks\"") + 8;
        record.replace(record.indexOf('"', hash), 17, "\"0000000000000000");
        QFile file(path("hashes.json"));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(record) == record.size());
        file.close();
        QVERIFY(verify(VerifyOptions::Mode::Compare));
        const QString damage = m_session->checks().damage();
        QCOMPARE(damage, QStringLiteral("Verifying found the model's files different from what was recorded: "
                                        "bottom_mlp_layer_0_bias_part0.npy."));
        QVERIFY(exported([this] { m_session->evaluation().exportFigures(m_evaluation, path("bad.json")); }));
        QVERIFY(exported([this] { m_session->evaluation().exportFigures(m_evaluation, path("bad.csv")); }));
        QVERIFY(noted(parsed(path("bad.json")), damage) && noted(parsed(path("bad.csv.json")), damage));
        QVERIFY(verify(VerifyOptions::Mode::Record));
        QVERIFY(m_session->checks().damage().isEmpty());
    }

    void theProgramNamesWhereItsFilesComeFrom() {
        m_session->setProgram(
            {QStringLiteral("dlrm-explorer"), QStringLiteral("9.8.7"), QStringLiteral("0123456789ab")});
        QVERIFY(exported([this] { m_session->evaluation().exportFigures(m_evaluation, path("e.csv")); }));
        QVERIFY(exported([this] { m_session->evaluation().exportFigures(m_evaluation, path("e.json")); }));
        QVERIFY(exported([this] { m_session->tables().exportRows(3, nullptr, 0, 2, path("rows.tsv")); }));
        m_session->writeOrigin(path("list.csv"), QStringLiteral("list of tables"));
        m_session->writeOrigin(path("chart.csv"),
                               QStringLiteral("Norms of the rows · cat_3"));  // the first one is not dropped for it
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isRunning(JobKind::ExportOrigin), kWait);

        // The columns are what they were.
        QCOMPARE(readAll(path("e.csv")).split('\n').first(), readAll(path("plain.csv")).split('\n').first());
        QVERIFY(readAll(path("rows.tsv")).startsWith("id\tnorm\t"));

        const json whole = parsed(path("e.json"));
        QVERIFY(whole.contains("provenance") && whole.contains("auc"));
        const json origin = whole["provenance"];
        QCOMPARE(origin["program"].get<std::string>(), std::string("dlrm-explorer"));
        QCOMPARE(origin["version"].get<std::string>(), std::string("9.8.7"));
        QCOMPARE(origin["commit"].get<std::string>(), std::string("0123456789ab"));
        QVERIFY(origin["command"].is_null());
        QCOMPARE(origin["checkpoint"].get<std::string>(), m_session->model()->path);
        QVERIFY(!origin["fingerprint"].get<std::string>().empty());
        QCOMPARE(origin["dataset"].get<std::string>(), m_session->dataset()->path.toStdString());
        QCOMPARE(origin["split"].get<std::string>(), std::string("test"));
        QCOMPARE(origin["reading"]["numerical"].get<std::string>(), std::string("already_logged"));
        QCOMPARE(origin["reading"]["id_shift"].get<int>(), 0);
        QCOMPARE(origin["backend"]["name"].get<std::string>(), m_session->backend().name);
        QCOMPARE(origin["backend"]["precision"].get<std::string>(), std::string("fp32"));
        static const QRegularExpression utc(QStringLiteral("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$"));
        QVERIFY(utc.match(QString::fromStdString(origin["created"].get<std::string>())).hasMatch());

        const std::pair<const char*, const char*> kHeld[] = {{"e.csv", "metrics"},
                                                             {"rows.tsv", "rows of cat_3"},
                                                             {"list.csv", "list of tables"},
                                                             {"chart.csv", "Norms of the rows · cat_3"}};
        for (const auto& [name, holds] : kHeld) {
            const json beside = parsed(m_folder.filePath(QLatin1String(name) + QStringLiteral(".json")));
            QVERIFY2(beside.is_object(), name);
            QCOMPARE(beside["file"].get<std::string>(), std::string(name));
            QCOMPARE(beside["holds"].get<std::string>(), std::string(holds));
            QVERIFY2(beside.contains("notes"), name);
            json same = beside["provenance"];
            same["created"] = origin["created"];
            QVERIFY2(same == origin, name);
        }
    }

    // A file of some rows says which ones.
    void aPartOfAWholeSaysWhichRowsItHolds() {
        m_session->setProgram({QStringLiteral("dlrm-explorer"), QStringLiteral("9.8.7"), QString()});
        const EvaluationPtr before = m_evaluation;
        EvaluateOptions options;
        options.range = {100, 1099};
        m_session->evaluation().start(options);
        QTRY_VERIFY_WITH_TIMEOUT(m_evaluation != before && m_evaluation->final && !m_session->isAnyRunning(), kWait);
        for (const char* name : {"part.json", "part.csv"})
            QVERIFY2(exported([&] {
                         m_session->evaluation().exportFigures(m_evaluation, m_folder.filePath(QLatin1String(name)));
                     }),
                     name);
        for (const char* name : {"part.json", "part.csv.json"}) {
            const json file = parsed(m_folder.filePath(QLatin1String(name)));
            QVERIFY2(file.contains("exported"), name);
            const json rows = file["exported"];
            QCOMPARE(rows["first_row"].get<int>(), 100);
            QCOMPARE(rows["last_row"].get<int>(), 1099);
            QCOMPARE(rows["rows"].get<int>(), 1000);
            QCOMPARE(rows["of"].get<std::int64_t>(), m_session->dataset()->rows);
            QVERIFY2(noted(file, QStringLiteral("A part was evaluated: rows 100 to 1,099 of 20,000 rows.")), name);
        }
        auto order = std::make_shared<GridOrder>();
        order->table = 3;
        order->whole = true;
        order->ids = {7, 2, 5};
        order->passing = 3;
        QVERIFY(exported(
            [&] { m_session->tables().exportRows(3, order, 1, 2, path("picked.npy"), QStringLiteral("norm > 0.1")); }));
        const json beside = parsed(path("picked.npy.json"));
        QVERIFY(beside.is_object() && beside.contains("exported") && beside.contains("ids"));
        const json rows = beside["exported"], ids = beside["ids"];
        const TableSpec table = m_session->model()->spec.tables[3];
        QCOMPARE(rows["table"].get<std::string>(), table.name);
        QCOMPARE(rows["rows"].get<int>(), 2);
        QCOMPARE(rows["of"].get<std::int64_t>(), table.rows);
        QCOMPARE(rows["query"].get<std::string>(), std::string("norm > 0.1"));
        QVERIFY(!rows.contains("filter"));
        QVERIFY(noted(beside, QStringLiteral("A part was exported: 2 of the %1 of %2.")
                                  .arg(countedText(table.rows, "row"), QString::fromStdString(table.name))));
        QVERIFY(ids == json::array({2, 5}));
        // However many they are: nobody could tell else which row of the file is which.
        order->ids.clear();
        for (std::uint32_t i = 0; i < 20'000; ++i)
            order->ids.push_back((7 * i + 3) % static_cast<std::uint32_t>(table.rows));
        order->passing = 20'000;
        QVERIFY(exported([&] { m_session->tables().exportRows(3, order, 0, 19'999, path("many.npy")); }));
        const json many = parsed(path("many.npy.json"));
        QVERIFY(many.contains("ids") && many["ids"].size() == 20'000);
        for (const std::size_t i : {0, 1, 19'999})
            QCOMPARE(many["ids"][i].get<std::int64_t>(), static_cast<std::int64_t>(order->ids[i]));
        // The whole table as it is stored is no part; sorted it says how.
        QVERIFY(exported([&] { m_session->tables().exportRows(3, nullptr, 0, table.rows - 1, path("whole.npy")); }));
        const json whole = parsed(path("whole.npy.json"));
        QVERIFY(whole.is_object() && whole.contains("provenance") && !whole.contains("exported") &&
                !noted(whole, QStringLiteral("A part was")));
        QCOMPARE(whole["holds"].get<std::string>(), "rows of " + table.name);
        QVERIFY(exported([&] {
            m_session->tables().exportRows(3, nullptr, 0, table.rows - 1, path("sorted.npy"),
                                           QStringLiteral("sorted by norm"));
        }));
        const json sorted = parsed(path("sorted.npy.json"));
        QVERIFY(sorted.is_object() && sorted.contains("exported"));
        const json sortedRows = sorted["exported"];
        QCOMPARE(sortedRows["rows"].get<std::int64_t>(), table.rows);
        QCOMPARE(sortedRows["query"].get<std::string>(), std::string("sorted by norm"));
    }

    // Once the reading check confirmed the order it is no longer assumed.
    void whatTheReadingCheckFoundIsSaid() {
        m_session->setProgram({QStringLiteral("dlrm-explorer"), QStringLiteral("9.8.7"), QString()});
        QSignalSpy ready(&m_session->checks(), &CheckDesk::doctorReady);
        m_session->checks().requestDoctor();
        QVERIFY(!ready.isEmpty() || ready.wait(kWait));
        const OrderStanding standing =
            orderStanding(m_session->model()->spec, m_session->checks().results().doctor.get());
        QVERIFY2(standing.state == OrderStanding::State::Confirmed, qPrintable(standing.words));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
        QVERIFY(exported([this] { m_session->evaluation().exportFigures(m_evaluation, path("checked.csv")); }));
        const json beside = parsed(path("checked.csv.json"));
        QVERIFY(beside.is_object());
        const json interaction = beside["provenance"]["interaction"];
        QCOMPARE(QString::fromStdString(interaction["standing"].get<std::string>()), standing.words);
        const std::string notes = beside["notes"].dump();
        QVERIFY2(notes.find("is assumed") == std::string::npos, notes.c_str());
        QVERIFY2(notes.find(" is " + standing.words.toStdString() + ".") != std::string::npos, notes.c_str());
    }

    // What the grid shows beside a row's values stands in its file as well.
    void rowsAreWrittenWithWhatIsKnownOfThem() {
        constexpr int kTable = 3;
        TableAnalysis& tables = m_session->tables();
        tables.computeStatistics({kTable});
        QTRY_VERIFY_WITH_TIMEOUT(tables.statistics(kTable) && !m_session->isAnyRunning(), kWait);
        tables.computeCosines(kTable);
        QTRY_VERIFY_WITH_TIMEOUT(tables.cosines(kTable) && !m_session->isAnyRunning(), kWait);
        tables.countTraffic();
        QTRY_VERIFY_WITH_TIMEOUT(tables.traffic() && !m_session->isAnyRunning(), kWait);
        QVERIFY(exported([&] { tables.exportRows(kTable, nullptr, 0, 2, path("known.csv")); }));
        const QList<QByteArray> lines = readAll(path("known.csv")).split('\n');
        QCOMPARE(lines.size(), 5);
        QVERIFY2(lines[0].startsWith("id,norm,value,cos_mean,trained,hits,0,1,"), lines[0].constData());
        for (int id = 0; id < 3; ++id) {
            const QList<QByteArray> cells = lines[id + 1].split(',');
            QCOMPARE(cells.size(), lines[0].split(',').size());
            QCOMPARE(cells[0].toInt(), id);
            QCOMPARE(QString::fromLatin1(cells[2]), m_session->hexOf(kTable, id));
            QCOMPARE(cells[3].toFloat(), (*tables.cosines(kTable))[static_cast<std::size_t>(id)]);
            QCOMPARE(cells[4], QByteArray(tables.statistics(kTable)->untrained.contains(id) ? "no" : "yes"));
            QCOMPARE(cells[5].toUInt(), tables.traffic()->tables[kTable].hits[static_cast<std::size_t>(id)]);
        }
        QCOMPARE(lines[1].split(',')[2], QByteArray());  // row 0 is no value's
        QVERIFY(!lines[2].split(',')[2].isEmpty());
        QVERIFY(exported([&] { tables.exportRows(kTable, nullptr, 0, 2, path("known.npy")); }));
        QVERIFY(readAll(path("known.npy")).contains("(3, 32)"));
    }

    // Estimated from some rows as they are written: digits differ from table to table, and so do columns beside them.
    void theSizeOfTextIsThatOfItsLines() {
        const auto& tables = m_session->model()->spec.tables;
        for (const int table : {3, 20}) {
            const std::int64_t rows = tables[static_cast<std::size_t>(table)].rows;
            QSignalSpy ready(&m_session->tables(), &TableAnalysis::rowsReady);
            std::vector<std::int64_t> some;
            for (std::int64_t i = 0; i < 200; ++i) some.push_back(i * rows / 200);
            m_session->tables().requestRows(table, some, 77);
            QVERIFY(!ready.isEmpty() || ready.wait(kWait));
            const auto sample = ready[0][0].value<TableRowsPtr>();
            const auto said = static_cast<double>(m_session->tables().textBytes(table, *sample, rows));
            QVERIFY(exported([&] { m_session->tables().exportRows(table, nullptr, 0, rows - 1, path("whole.csv")); }));
            const auto written = static_cast<double>(QFileInfo(path("whole.csv")).size());
            QVERIFY2(std::abs(said / written - 1) < 0.03,
                     qPrintable(QStringLiteral("%1 of %2").arg(said).arg(written)));
        }
    }

    // One that is asked for while another runs is written after it.
    void noExportTakesThePlaceOfAnother() {
        QSignalSpy done(m_session.get(), &Session::exported), noticed(m_session.get(), &Session::noticed),
            failed(m_session.get(), &Session::jobFailed);
        const QStringList rows{path("first.csv"), path("second.csv"), path("third.csv")};
        for (const QString& file : rows) m_session->tables().exportRows(3, nullptr, 0, 2, file);
        m_session->evaluation().exportFigures(m_evaluation, path("figures.json"));
        QTRY_COMPARE_WITH_TIMEOUT(done.size(), 4, kWait);
        for (const QString& file : rows) QCOMPARE(readAll(file).split('\n').size(), 5);
        QVERIFY(!parsed(path("figures.json")).is_discarded());
        const QStringList models{path("one.h5"), path("two.h5")};
        for (const QString& file : models) m_session->exportCheckpoint(file);
        QTRY_COMPARE_WITH_TIMEOUT(noticed.size(), 2, kWait);
        for (const QString& file : models) QVERIFY2(readAll(file).startsWith("\x89HDF"), qPrintable(file));
        QCOMPARE(failed.size(), 0);
    }

    // None of them can end before the GUI thread comes to rest.
    void whereAnExportWritesNoOtherOneDoes() {
        const QString folder = path("taken");
        QVERIFY(QDir().mkpath(folder) && QFile::link(folder, path("link")));
        const auto at = [&](const char* name) { return folder + QLatin1Char('/') + QLatin1String(name); };
        QSignalSpy done(m_session.get(), &Session::exported), failed(m_session.get(), &Session::jobFailed),
            noticed(m_session.get(), &Session::noticed);
        m_session->tables().exportRows(3, nullptr, 0, 2, at("first.csv"));
        m_session->tables().exportRows(3, nullptr, 0, 2, at("same.csv"));  // waits
        m_session->exportCheckpoint(at("model"));
        for (const QString& taken : {at("first.csv"), at("same.csv"), at("same.csv.json"), at("../taken/same.csv"),
                                     path("link/same.csv"), at("model"), at("model/"), at("model/a.npy"), folder}) {
            const auto refused = m_session->refusesAsOutput(taken);
            QVERIFY2(refused && refused->code == "E-EXPORT-013", qPrintable(taken));
        }
        for (const QString& free : {at("other.csv"), at("same"), at("same.csv2"), at("models"), path("same.csv")})
            QVERIFY2(!m_session->refusesAsOutput(free), qPrintable(free));
        m_session->tables().exportRows(3, nullptr, 0, 0, at("same.csv"));
        QCOMPARE(failed.size(), 1);
        QCOMPARE(failed[0][1].value<Error>().code, std::string("E-EXPORT-013"));
        QTRY_COMPARE_WITH_TIMEOUT(done.size() + noticed.size(), 3, kWait);
        QCOMPARE(readAll(at("same.csv")).split('\n').size(), 5);
        for (const QString& ended : {at("first.csv"), at("same.csv"), at("model")})
            QVERIFY2(!m_session->refusesAsOutput(ended), qPrintable(ended));
        m_session->tables().exportRows(3, nullptr, 0, 2, at("cancelled.csv"));
        m_session->cancel(JobKind::Export);
        QVERIFY(!m_session->refusesAsOutput(at("cancelled.csv")));
    }

    void theExportThatRunsIsCancelledAloneAndNamed() {
        QSignalSpy done(m_session.get(), &Session::exported), noticed(m_session.get(), &Session::noticed),
            finished(m_session.get(), &Session::jobFinished);
        const QStringList files{QStringLiteral("ended.csv"), QStringLiteral("next.csv"), QStringLiteral("last.csv")};
        for (const QString& file : files) m_session->tables().exportRows(3, nullptr, 0, 2, m_folder.filePath(file));
        QCOMPARE(m_session->exporting(JobKind::Export), files);
        m_session->cancelExport(JobKind::Export);
        QCOMPARE(m_session->exporting(JobKind::Export), files.mid(1));
        QCOMPARE(noticed.size(), 1);
        QCOMPARE(noticed[0][0].toString(), QStringLiteral("1 export was cancelled: ended.csv"));
        QVERIFY(!m_session->refusesAsOutput(path("ended.csv")) && m_session->refusesAsOutput(path("next.csv")));
        QTRY_COMPARE_WITH_TIMEOUT(done.size(), 2, kWait);
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, kWait);
        QCOMPARE(done[0][0].toString(), path("next.csv"));
        QCOMPARE(m_session->exporting(JobKind::Export), QStringList());
        // The last one of all.
        m_session->tables().exportRows(3, nullptr, 0, 2, path("alone.csv"));
        m_session->cancelExport(JobKind::Export);
        QVERIFY(!m_session->isRunning(JobKind::Export) && finished.size() == 2);
    }

    // What stands where a waiting export is to be written was not there, or was another file, when it was asked about.
    void aWaitingExportReplacesNothingThatCameMeanwhile() {
        QSignalSpy done(m_session.get(), &Session::exported), failed(m_session.get(), &Session::jobFailed);
        const auto write = [](const QString& file, const QByteArray& text) {
            QFile out(file);
            QVERIFY(out.open(QIODevice::WriteOnly) && out.write(text) == text.size());
        };
        write(path("replaced.csv"), "old");
        write(path("changed.csv"), "old");
        write(path("gone.csv"), "old");
        constexpr int kLargest = 19, kLongOnes = 10;
        const qint64 rows = m_session->model()->spec.tables[kLargest].rows;
        QVERIFY(rows > 4000);
        for (int i = 0; i < kLongOnes; ++i)
            m_session->tables().exportRows(kLargest, nullptr, 0, rows - 1, path("long%1.csv").arg(i));
        for (const char* name : {"replaced.csv", "changed.csv", "gone.csv", "came.csv"})
            m_session->tables().exportRows(3, nullptr, 0, 2, path(name));
        write(path("came.csv"), "mine");
        write(path("changed.csv"), "newer");
        QVERIFY(QFile::remove(path("gone.csv")));
        QTRY_COMPARE_WITH_TIMEOUT(done.size() + failed.size(), kLongOnes + 4, kWait);
        QCOMPARE(failed.size(), 3);
        for (const auto& failure : failed) QCOMPARE(failure[1].value<Error>().code, std::string("E-EXPORT-014"));
        QCOMPARE(readAll(path("came.csv")), QByteArray("mine"));
        QCOMPARE(readAll(path("changed.csv")), QByteArray("newer"));
        QVERIFY(!QFile::exists(path("gone.csv")));
        QVERIFY(readAll(path("replaced.csv")).startsWith("id,norm,"));
    }

    // What an export will replace is not opened meanwhile: it would be gone while it is looked at.
    void whatAnExportWillReplaceIsNotOpened() {
        const QString wanted = path("raw_rows.tsv"), to = path("waiting/%1.csv"), before = m_session->dataset()->path,
                      demo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/");
        QVERIFY(QFile::copy(demo + QStringLiteral("raw_rows.tsv"), wanted) && QDir().mkpath(path("waiting")));
        const auto openRows = [&] {
            m_session->openDataset(wanted, QStringLiteral("test"), demo + QStringLiteral("dictionary"));
        };
        constexpr int kLargest = 19, kLongOnes = 30;
        const qint64 rows = m_session->model()->spec.tables[kLargest].rows;
        QSignalSpy done(m_session.get(), &Session::exported), failed(m_session.get(), &Session::jobFailed),
            opened(m_session.get(), &Session::datasetOpened);
        for (int i = 0; i < kLongOnes; ++i) m_session->tables().exportRows(kLargest, nullptr, 0, rows - 1, to.arg(i));
        m_session->tables().exportRows(3, nullptr, 0, 2, wanted);
        openRows();
        QVERIFY(failed.wait(kWait));
        QVERIFY2(done.size() < kLongOnes, "the export's turn came before the dataset was read");
        QCOMPARE(failed[0][0].value<JobKind>(), JobKind::OpenDataset);
        QCOMPARE(failed[0][1].value<Error>().code, std::string("E-EXPORT-015"));
        QCOMPARE(failed[0][1].value<Error>().file, wanted.toStdString());
        QCOMPARE(m_session->dataset()->path, before);
        QCOMPARE(opened.size(), 0);
        m_session->cancel(JobKind::Export);  // none lives any more
        openRows();
        QVERIFY(opened.wait(kWait));
        QCOMPARE(m_session->dataset()->path, wanted);
        opened.clear();
        m_session->openDemo();
        QVERIFY(opened.wait(kWait));
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->isAnyRunning(), kWait);
    }

    // Also where nobody asked before.
    void anExportToAFileOfWhatIsOpenFails() {
        QSignalSpy failed(m_session.get(), &Session::jobFailed);
        const QByteArray before = readAll(m_session->dataset()->path);
        m_session->tables().exportRows(3, nullptr, 0, 2, m_session->dataset()->path);
        QCOMPARE(failed.size(), 1);
        QCOMPARE(failed[0][1].value<Error>().code, std::string("E-CLI-006"));
        QCOMPARE(readAll(m_session->dataset()->path), before);
    }

    void filesOfWhatIsOpenAreNoOutputs() {
        const QString table = QString::fromStdString(m_session->model()->path) + QStringLiteral("/feature_0_part0.npy");
        for (const QString& file : {table, m_session->dataset()->path}) {
            const auto refused = m_session->refusesAsOutput(file);
            QVERIFY2(refused && refused->code == "E-CLI-006", qPrintable(file));
        }
        QVERIFY(!m_session->refusesAsOutput(path("new.csv")));
        // The demo's dataset holds ids: its dictionary was named beside it.
        const QString dictionary = m_session->dataset()->dictionary;
        const QStringList files = QDir(dictionary).entryList(QDir::Files);
        QVERIFY(!files.isEmpty());
        const auto refused = m_session->refusesAsOutput(dictionary + QLatin1Char('/') + files.first());
        QVERIFY(refused && refused->code == "E-CLI-006");
        QCOMPARE(refused->found, std::string("one of the dictionary"));
    }

    void anOriginThatCannotBeWrittenIsANotice() {
        m_session->setProgram({QStringLiteral("dlrm-explorer"), QStringLiteral("9.8.7"), QString()});
        QSignalSpy noticed(m_session.get(), &Session::noticed);
        m_session->writeOrigin(path("no/such/folder/list.csv"), QStringLiteral("list of tables"));
        QVERIFY(!noticed.isEmpty() || noticed.wait(kWait));
        QVERIFY(noticed.first().first().toString().contains(QStringLiteral("list.csv")));
    }
};

DLRM_TEST(TestSessionExports);

}  // namespace tst_session_exports

#include "tst_session_exports.moc"
