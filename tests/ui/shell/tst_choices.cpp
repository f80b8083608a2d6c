// SPDX-License-Identifier: Apache-2.0
// A refused opening offers in place what resolves it, and choosing opens: table order, preprocessing, dictionary,
// number of numericals, backend, links.
#include <QDirIterator>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "tests/core/checkpoint/checkpoint_maker.h"
#include "tests/support/test_program.h"
#include "tests/support/tied_dataset.h"
#include "ui/pages/page.h"
#include "ui/session/session.h"
#include "ui/session/window_error.h"
#include "ui/shell/main_window.h"

namespace tst_choices {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWaitMs = 60'000;
const QString kGolden = QStringLiteral(DLRM_TEST_DATA "/golden/");
const QString kDemo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/");
const QString kLayoutA = kGolden + QStringLiteral("checkpoints/a_tensorflow/checkpoint");
const QString kModel = kGolden + QStringLiteral("checkpoints/c_custom_cuda/checkpoint");

using Change = std::function<void(OpenRequest&)>;

// A window, and what stands in the banner of the page in view.
struct Shown {
    Session session;
    MainWindow window{session, false};
    QSignalSpy models{&session, &Session::modelOpened}, datasets{&session, &Session::datasetOpened};

    Shown() { window.show(); }
    void open(const QString& checkpoint, const QString& data = {}, const Change& change = {}) {
        OpenRequest request = window.requestFor(checkpoint, data);
        if (change) change(request);
        window.open(request);
    }
    bool says(const char* code) {
        return QTest::qWaitFor([&] { return window.currentPage()->errorText().startsWith(QLatin1String(code)); },
                               kWaitMs);
    }
    bool settles() {
        return QTest::qWaitFor([&] { return !session.isAnyRunning() && window.currentPage()->errorText().isEmpty(); },
                               kWaitMs);
    }
    QStringList offers() {
        QStringList out;
        for (const QPushButton* b : window.currentPage()->findChildren<QPushButton*>(QStringLiteral("errorAction")))
            if (b->isVisible()) out << b->text();
        return out;
    }
    bool choose(const QString& text) {
        for (QPushButton* b : window.currentPage()->findChildren<QPushButton*>(QStringLiteral("errorAction")))
            if (b->isVisible() && b->text() == text) {
                QTest::mouseClick(b, Qt::LeftButton);
                return true;
            }
        return false;
    }
    bool type(const QString& text) {
        for (QLineEdit* line : window.currentPage()->findChildren<QLineEdit*>(QStringLiteral("errorEntry")))
            if (line->isVisible()) {
                line->setText(text);
                QTest::keyClick(line, Qt::Key_Return);
                return true;
            }
        return false;
    }
    QString typed() {
        for (const QLineEdit* line : window.currentPage()->findChildren<QLineEdit*>(QStringLiteral("errorEntry")))
            if (line->isVisible()) return line->text();
        return {};
    }
    QString problem() {
        const auto* label = window.currentPage()->findChild<QLabel*>(QStringLiteral("errorProblem"));
        return label && label->isVisible() ? label->text() : QString();
    }
};

}  // namespace

class TestChoices : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTableOrderIsTypedBesideTheError() {
        Shown shown;
        shown.open(kLayoutA, {}, [](OpenRequest& r) { r.model.tableOrder = {1, 0}; });
        QVERIFY(shown.says("E-CKPT-022"));
        QVERIFY2(!shown.window.currentPage()->errorText().contains(QStringLiteral("--")),
                 qPrintable(shown.window.currentPage()->errorText()));
        QCOMPARE(shown.offers(),
                 (QStringList{QStringLiteral("Open with this order"), QStringLiteral("Open without an order")}));
        QVERIFY(shown.problem().isEmpty());
        QVERIFY(shown.type(QStringLiteral("0,2,4,first,3")));  // no numbers: nothing is opened
        QVERIFY2(shown.problem().contains(QStringLiteral("whole numbers")) &&
                     shown.problem().contains(QStringLiteral("first")),
                 qPrintable(shown.problem()));
        QVERIFY(!shown.session.isAnyRunning());
        QSignalSpy failed(&shown.session, &Session::jobFailed);
        QVERIFY(shown.type(QStringLiteral("0,2,4,1,1")));  // no permutation: refused as before
        QVERIFY(failed.wait(kWaitMs));
        QVERIFY(shown.says("E-CKPT-022"));
        QTRY_VERIFY(shown.problem().isEmpty());
        // What was refused stands there to be mended.
        QTRY_COMPARE(shown.typed(), QStringLiteral("0, 2, 4, 1, 1"));
        QVERIFY(shown.type(QStringLiteral("0, 2, 4, 1, 3")));
        QVERIFY(shown.models.wait(kWaitMs));
        QVERIFY(shown.settles());
        QVERIFY(shown.session.model()->spec.tableOrderKnown);
        QCOMPARE(shown.session.settings().tableOrder, (std::vector<int>{0, 2, 4, 1, 3}));
    }

    void aTableOrderIsTakenBack() {
        Shown shown;
        shown.open(kModel, {}, [](OpenRequest& r) { r.model.tableOrder = {0, 1, 2, 3, 4}; });
        QVERIFY(shown.says("E-CKPT-022"));
        QVERIFY(shown.choose(QStringLiteral("Open without an order")));
        QVERIFY(shown.models.wait(kWaitMs));
        QVERIFY(shown.session.settings().tableOrder.empty());
    }

    // The model opens without an order; its dataset has two features of one size, and tells nothing.
    void theOrderThatADatasetCannotTellIsTypedAndTheDatasetOpens() {
        const QTemporaryDir directory;
        const TestModel model;
        writeLayoutA(directory.filePath(QStringLiteral("ckpt")).toStdString(), model, {{1, 2, 3, 0}});
        const QString rows = directory.filePath(QStringLiteral("rows"));
        test::writeZeros(rows, model.cardinalities);
        Shown shown;
        shown.open(directory.path(), rows);
        QVERIFY(shown.says("E-CKPT-021"));
        QVERIFY(shown.session.model() && !shown.session.model()->spec.tableOrderKnown);
        QVERIFY(shown.type(QStringLiteral("1,2,3,0")));
        QVERIFY(shown.datasets.wait(kWaitMs));
        QVERIFY(shown.settles());
        QVERIFY(shown.session.model()->spec.tableOrderKnown && shown.session.dataset());
        QCOMPARE(shown.session.model()->spec.tables[2].rows, std::int64_t{300});
    }

    void thePreprocessingOfRecordsIsChosen_data() {
        QTest::addColumn<QString>("offer");
        QTest::addColumn<QString>("profile");
        QTest::newRow("nvidia") << QStringLiteral("Read as NVIDIA Spark") << QStringLiteral("nvidia_spark");
        QTest::newRow("meta") << QStringLiteral("Read as facebookresearch/dlrm") << QStringLiteral("facebookresearch");
    }
    void thePreprocessingOfRecordsIsChosen() {
        QFETCH(QString, offer);
        QFETCH(QString, profile);
        const QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("zeros.bin"));
        QFile records(path);
        QVERIFY(records.open(QIODevice::WriteOnly) && records.write(QByteArray(160 * 5, '\0')) > 0);
        records.close();
        Shown shown;
        shown.open({}, path);
        QVERIFY(shown.says("E-RECORD-002"));
        QVERIFY(shown.choose(offer));
        QVERIFY(shown.datasets.wait(kWaitMs));
        QCOMPARE(shown.session.dataset()->profile, profile);
        QCOMPARE(shown.session.dataset()->asked.profile, profile.toStdString());
        QVERIFY(shown.settles());
    }

    void aProfileThatDoesNotFitIsTakenBack_data() {
        QTest::addColumn<QString>("profile");
        QTest::addColumn<QString>("code");
        QTest::newRow("of another dictionary") << QStringLiteral("facebookresearch") << QStringLiteral("E-PROFILE-002");
        QTest::newRow("of statistics") << QStringLiteral("torchrec") << QStringLiteral("E-PROFILE-003");
    }
    void aProfileThatDoesNotFitIsTakenBack() {
        QFETCH(QString, profile);
        QFETCH(QString, code);
        Shown shown;
        shown.open({}, kDemo + QStringLiteral("raw_rows.tsv"), [&](OpenRequest& r) {
            r.data.dictionary = (kDemo + QStringLiteral("dictionary")).toStdString();
            r.data.profile = profile.toStdString();
        });
        QVERIFY(shown.says(qPrintable(code)));
        QVERIFY(shown.choose(QStringLiteral("Read as the format implies")));
        QVERIFY(shown.datasets.wait(kWaitMs));
        QCOMPARE(shown.session.dataset()->profile, QStringLiteral("nvidia_spark"));
        QVERIFY(shown.session.dataset()->hasDictionary);
    }

    void categoriesWithoutADictionaryAreHashed() {
        Shown shown;
        shown.open(kDemo + QStringLiteral("checkpoint"), kDemo + QStringLiteral("raw_rows.tsv"));
        QVERIFY(shown.says("E-DICT-001"));
        QVERIFY(shown.choose(QStringLiteral("Hash categories")));
        QVERIFY(shown.datasets.wait(kWaitMs));
        QCOMPARE(shown.session.dataset()->asked.missingDictionary, MissingDictionary::Hash);
        QVERIFY(shown.settles());
    }

    void aReadingThatIsImpossibleIsTakenBack() {
        Shown shown;
        shown.open({}, kDemo + QStringLiteral("raw_rows.tsv"), [](OpenRequest& r) {
            r.data.missingDictionary = MissingDictionary::Row0;
            r.data.numerical = NumericalReading::AlreadyLogged;
        });
        QVERIFY(shown.says("E-DATA-017"));
        QVERIFY(shown.choose(QStringLiteral("Read the numbers as the dataset means them")));
        QVERIFY(shown.datasets.wait(kWaitMs));
        QVERIFY(!shown.session.dataset()->asked.numerical);
    }

    void aNumberOfNumericalsThatTheFilesContradictIsTakenBack() {
        Shown shown;
        shown.open(kGolden + QStringLiteral("newer_layouts/d_dcnv2/checkpoint"), {},
                   [](OpenRequest& r) { r.model.numericals = 1; });
        QVERIFY(shown.says("E-CLI-012"));
        QVERIFY(shown.choose(QStringLiteral("Open as the files say")));
        QVERIFY(shown.models.wait(kWaitMs));
        QCOMPARE(shown.session.settings().numericals, std::int64_t{0});
    }

    void aBackendThatIsNotThereGivesWay() {
        Shown shown;
        shown.open(kModel, kGolden + QStringLiteral("datasets/tiny"),
                   [](OpenRequest& r) { r.model.backend.name = "tpu"; });
        QVERIFY(shown.says("E-BACKEND-002"));
        QVERIFY(shown.choose(QStringLiteral("Choose the backend automatically")));
        // With the dataset that was asked for beside it.
        QVERIFY(shown.datasets.wait(kWaitMs));
        QVERIFY(shown.session.model() && shown.session.dataset());
        QVERIFY(shown.settles());
    }

    void anArithmeticThatTheCpuLacksGivesWay() {
        Shown shown;
        shown.open(kModel, {}, [](OpenRequest& r) {
            r.model.backend.name = "cpu";
            r.model.backend.precision = Precision::Fp16;
        });
        QVERIFY(shown.says("E-CPU-001"));
        QVERIFY(shown.choose(QStringLiteral("Compute in fp32")));
        QVERIFY(shown.models.wait(kWaitMs));
        QCOMPARE(shown.session.model()->backend.precision, Precision::Fp32);
    }

    void aReadingFromTheStartIsInForce() {
        Shown shown;
        shown.open(kModel, kGolden + QStringLiteral("datasets/tiny"), [](OpenRequest& r) { r.data.idShift = 1; });
        QVERIFY(shown.datasets.wait(kWaitMs));
        QVERIFY(shown.settles());
        QCOMPARE(shown.session.dataset()->reading.idShift, 1);
        QCOMPARE(shown.session.dataset()->profile, QStringLiteral("nvidia_spark, ids +1"));
    }

    // Last: what is followed once is followed as long as the program runs.
    void linksAreFollowedOnRequest() {
        namespace fs = std::filesystem;
        const QTemporaryDir directory;
        const fs::path links = directory.filePath(QStringLiteral("links")).toStdString();
        fs::create_directory(links);
        for (const auto& entry : fs::directory_iterator(kModel.toStdString()))
            fs::create_symlink(entry.path(), links / entry.path().filename());
        Shown shown;
        shown.open(QString::fromStdString(links.string()));
        QVERIFY(shown.says("E-FILE-003"));
        QVERIFY(shown.choose(QStringLiteral("Follow links")));
        QVERIFY(shown.models.wait(kWaitMs));
        QVERIFY(shown.settles());
    }

    // A remedy that names an option has other words in the window.
    void everyRemedyWithAnOptionHasWordsOfTheWindow() {
        static const QStringList ofVerbs{QStringLiteral("E-DEMO-"), QStringLiteral("E-EXPECT-"),
                                         QStringLiteral("E-MERGE-"), QStringLiteral("E-PIPE-"),
                                         QStringLiteral("E-STATEFILE-")};  // of dlrm-cli alone
        static const QRegularExpression error(QStringLiteral("Error\\(\"(E-[A-Z0-9]+-\\d+)\"([^;]*)"));
        static const QRegularExpression remedy(QStringLiteral("withRemedy\\(.*--[a-z]"),
                                               QRegularExpression::DotMatchesEverythingOption);
        const std::string otherwise = forWindow(Error("E-NEW-001", "x").withRemedy("Give --option.")).remedy;
        QDirIterator files(QStringLiteral(DLRM_SOURCE_DIR "/core"), {QStringLiteral("*.cpp"), QStringLiteral("*.h")},
                           QDir::Files, QDirIterator::Subdirectories);
        int seen = 0;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            for (auto it = error.globalMatch(text); it.hasNext();) {
                const auto match = it.next();
                if (!remedy.match(match.captured(2)).hasMatch()) continue;
                const QString code = match.captured(1);
                if (std::any_of(ofVerbs.begin(), ofVerbs.end(),
                                [&](const QString& family) { return code.startsWith(family); }))
                    continue;
                ++seen;
                const std::string words = forWindow(Error(code.toStdString(), "x").withRemedy("Give --option.")).remedy;
                QVERIFY2(words != otherwise, qPrintable(file.fileName() + QLatin1Char(' ') + code));
            }
        }
        QVERIFY(seen > 10);
    }
};

DLRM_TEST(TestChoices);

}  // namespace tst_choices

#include "tst_choices.moc"
