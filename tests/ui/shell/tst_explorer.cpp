// SPDX-License-Identifier: Apache-2.0
// The program itself: pictures and exit codes.
#include <QDir>
#include <QFileInfo>
#include <QImage>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include "core/engine/open_options.h"
#include "tests/support/open_option_values.h"
#include "tests/support/test_program.h"

namespace tst_explorer {

using dlrm::test::kOptionValues;

namespace {
constexpr int kRunMs = 240'000;
}

class TestExplorer : public QObject {
    Q_OBJECT

    struct Run {
        int exitCode = -1;
        QString out, err;
    };
    static Run run(const QStringList& arguments, const QString& display = {}) {
        QProcess process;
        QTemporaryDir home;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("XDG_CONFIG_HOME"), home.path());
        environment.insert(QStringLiteral("XDG_STATE_HOME"), home.path());
        environment.remove(QStringLiteral("QT_QPA_PLATFORM"));  // the program must find out by itself
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), home.path());
        environment.remove(QStringLiteral("DISPLAY"));
        if (!display.isEmpty()) environment.insert(QStringLiteral("DISPLAY"), display);
        environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(DLRM_BINARY_DIR "/dlrm-explorer"), arguments);
        process.waitForFinished(kRunMs);
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(process.readAllStandardError())};
    }

private Q_SLOTS:
    void renderWritesOnePictureAPageWithoutADisplay() {
        QTemporaryDir dir;
        const Run r = run({QStringLiteral("--render"), dir.path(), QStringLiteral("--size"), QStringLiteral("1100x700"),
                           QStringLiteral("--theme"), QStringLiteral("light")});
        QVERIFY2(r.exitCode == 0, qPrintable(r.err));
        const QStringList paths = r.out.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QVERIFY(paths.size() >= 4);
        QCOMPARE(paths.last(), dir.filePath(QStringLiteral("present.png")));
        for (const QString& path : paths) {
            const QImage image(path);
            QCOMPARE(image.size(), QSize(1100, 700));
        }
        QVERIFY2(r.err.isEmpty(), qPrintable(r.err));
    }

    void withoutADisplayItSaysSo() {
        for (const QStringList& arguments : {QStringList{}, {QStringLiteral("--demo")}}) {
            const Run r = run(arguments, QStringLiteral(":7777"));
            QCOMPARE(r.exitCode, 2);
            QVERIFY2(r.err.startsWith(QStringLiteral("E-GUI-001: No window can be opened.\n")) &&
                         r.err.contains(QStringLiteral("DISPLAY=:7777")) && r.err.contains(QStringLiteral("--render")),
                     qPrintable(r.err));
            QVERIFY2(!r.err.contains(QStringLiteral("einstalling")), qPrintable(r.err));
        }
    }

    // Nothing of ctest's surroundings, and no display.
    void aTestThatIsStartedByHandPasses() {
        QProcess test;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* variable : {"QT_QPA_PLATFORM", "QT_LOGGING_RULES", "DISPLAY", "WAYLAND_DISPLAY"})
            environment.remove(QLatin1String(variable));
        test.setProcessEnvironment(environment);
        test.setProcessChannelMode(QProcess::MergedChannels);
        test.start(QCoreApplication::applicationFilePath(),
                   {QStringLiteral("tst_explorer"), QStringLiteral("withoutADisplayItSaysSo")});
        QVERIFY(test.waitForFinished(kRunMs));
        QVERIFY2(test.exitStatus() == QProcess::NormalExit && test.exitCode() == 0, test.readAll().constData());
    }

    void renderOfAPartPutsTheDatasetOfTheWholeAside() {
        QTemporaryDir dir;
        const QString demo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo");
        const Run r =
            run({QStringLiteral("--render"), dir.path(), demo + QStringLiteral("/checkpoint/feature_3_part0.npy"),
                 QStringLiteral("--data"), demo + QStringLiteral("/dataset")});
        QVERIFY2(r.exitCode == 0, qPrintable(r.err));
        for (const char* page : {"overview", "tables"})
            QVERIFY2(QFileInfo::exists(dir.filePath(QLatin1String(page) + QStringLiteral(".png"))), page);
    }

    // Weights of the two MLPs alone: the pages that have something to show, and no failure for those that have not.
    void renderOfAPartOfAModelShowsWhatThereIs() {
        for (const QString& part :
             {QStringLiteral("/x_keras/tf_keras_2_21/both.keras"),
              QStringLiteral("/x_keras/tf_keras_2_21/both_legacy_weights.h5"), QStringLiteral("/x_bundles/a_dtypes")}) {
            const QString path = QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts") + part;
            for (const bool withData : {false, true}) {
                QTemporaryDir dir;
                QStringList arguments{QStringLiteral("--render"), dir.path(), path};
                if (withData && part.contains(QLatin1String("keras")))
                    arguments << QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/dataset");
                const Run r = run(arguments);
                QVERIFY2(r.exitCode == 0, qPrintable(path + QLatin1Char(' ') + r.err));
                for (const char* page :
                     {"welcome", "overview", "tables", "layers", "samples", "interactions", "evaluate"})
                    QVERIFY2(QFileInfo::exists(dir.filePath(QLatin1String(page) + QStringLiteral(".png"))), page);
            }
        }
    }

    // One NaN among trained weights: every page is drawn all the same, and it comes to an end.
    void renderOfAModelThatIsNotFiniteShowsEveryPage() {
        QTemporaryDir model;
        const QDir demo(QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/checkpoint"));
        for (const QString& name : demo.entryList(QDir::Files)) {
            const QString copy = model.filePath(name);
            QVERIFY(QFile::copy(demo.filePath(name), copy));
            QVERIFY(QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner));
        }
        QFile table(model.filePath(QStringLiteral("feature_19_part0.npy")));
        constexpr qint64 kHeader = 128;  // the first value: of row 0, which every unknown category is
        QVERIFY(table.open(QIODevice::ReadWrite) && table.seek(kHeader));
        QCOMPARE(table.write(QByteArray("\x00\x00\xc0\x7f", 4)), 4);
        table.close();
        // With data every prediction of a row that looks it up is not finite either: a finding of the pages that
        // predict.
        for (const bool withData : {false, true}) {
            QTemporaryDir pictures;
            QStringList arguments{QStringLiteral("--render"), pictures.path(), model.path()};
            if (withData)
                arguments << QStringLiteral("--data") << QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/dataset");
            const Run r = run(arguments);
            QVERIFY2(r.exitCode == 0, qPrintable(r.err));
            for (const char* page : {"overview", "overview-checks", "tables", "tables-norms", "layers", "samples",
                                     "interactions", "evaluate"})
                QVERIFY2(QFileInfo::exists(pictures.filePath(QLatin1String(page) + QStringLiteral(".png"))), page);
        }
    }

    void renderOfSomethingElseExitsTwoWithTheError() {
        QTemporaryDir dir, empty;
        const Run r = run({QStringLiteral("--render"), dir.path(), empty.path()});
        QCOMPARE(r.exitCode, 2);
        QVERIFY(r.err.startsWith(QStringLiteral("E-")));
    }

    void helpAndVersionNeedNoDisplay() {
        for (const char* option : {"--help", "-h"}) {
            const Run help = run({QLatin1String(option)});
            QVERIFY2(help.exitCode == 0 && help.err.isEmpty(), qPrintable(help.err));
            QString words = help.out;
            words.replace(QRegularExpression(QStringLiteral("\\s+")), QStringLiteral(" "));
            QVERIFY2(
                words.contains(QStringLiteral("welcome, overview, tables, layers, samples, interactions, evaluate")),
                qPrintable(help.out));
        }
        for (const char* option : {"--version", "-v", "-V"}) {
            const Run version = run({QLatin1String(option)});
            QVERIFY2(version.exitCode == 0 && version.err.isEmpty(), qPrintable(version.err));
            QVERIFY(version.out.startsWith(QStringLiteral("dlrm-explorer ")));
        }
    }

    // Every row of THE TABLE OF OPTIONS of opening.
    void everyOptionOfOpeningIsTaken() {
        QStringList all{QStringLiteral("--help")};
        for (const auto& option : kOptionValues) {
            all << QStringLiteral("--") + QLatin1String(option.name);
            if (*option.good) all << QLatin1String(option.good);
        }
        const Run help = run(all);
        QVERIFY2(help.exitCode == 0 && help.err.isEmpty(), qPrintable(help.err));
        for (const dlrm::OpenOption& option : dlrm::openOptions())
            QVERIFY2(help.out.contains(
                         QRegularExpression(QStringLiteral("\\n  --%1[ \n]").arg(QString::fromStdString(option.name)))),
                     option.name.c_str());
    }
    void aBadValueOfAnOptionIsNamed_data() {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("value");
        for (const auto& option : kOptionValues)
            if (option.bad && *option.good)
                QTest::newRow(option.name)
                    << QStringLiteral("--") + QLatin1String(option.name) << QString::fromLatin1(option.bad);
    }
    void aBadValueOfAnOptionIsNamed() {
        QFETCH(QString, option);
        QFETCH(QString, value);
        const Run r = run({QStringLiteral("--help"), option, value});
        QCOMPARE(r.exitCode, 2);
        QVERIFY2(r.err.startsWith(QStringLiteral("E-OPTION-001")) && r.err.contains(option) &&
                     r.err.contains(QStringLiteral("\nexpected: ")) &&
                     r.err.contains(QStringLiteral("\nfound: ") + value),
                 qPrintable(r.err));
    }
    void renderOpensAsTheOptionsSay() {
        QTemporaryDir dir;
        const QStringList render{QStringLiteral("--render"), dir.path(),
                                 QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/a_tensorflow/checkpoint")};
        const Run wrong = run(render + QStringList{QStringLiteral("--table-order"), QStringLiteral("0,1")});
        QVERIFY2(wrong.exitCode == 2 && wrong.err.startsWith(QStringLiteral("E-CKPT-022")), qPrintable(wrong.err));
        const Run right = run(render + QStringList{QStringLiteral("--table-order"), QStringLiteral("0,2,4,1,3")});
        QVERIFY2(right.exitCode == 0, qPrintable(right.err));
    }

    void wrongArgumentsExitTwo_data() {
        QTest::addColumn<QStringList>("arguments");
        const auto row = [](const char* name, const QStringList& more) {
            QTest::newRow(name) << QStringList{QStringLiteral("--render"), QStringLiteral("x")} + more;
        };
        row("unknown option", {QStringLiteral("--colour")});
        row("theme", {QStringLiteral("--theme"), QStringLiteral("pink")});
        row("size", {QStringLiteral("--size"), QStringLiteral("big")});
        row("size too small", {QStringLiteral("--size"), QStringLiteral("10x10")});
        row("size too large", {QStringLiteral("--size"), QStringLiteral("99999x99999")});
        row("page", {QStringLiteral("--page"), QStringLiteral("nowhere")});
        row("order", {QStringLiteral("--interaction"), QStringLiteral("random")});
        row("precision", {QStringLiteral("--precision"), QStringLiteral("fp3")});
    }
    void wrongArgumentsExitTwo() {
        QFETCH(QStringList, arguments);
        const Run r = run(arguments);
        QCOMPARE(r.exitCode, 2);
        QVERIFY(r.err.startsWith(QStringLiteral("E-OPTION-001")));
    }
};

DLRM_TEST(TestExplorer);

}  // namespace tst_explorer

#include "tst_explorer.moc"
