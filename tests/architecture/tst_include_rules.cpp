// SPDX-License-Identifier: Apache-2.0
// Which way the arrows point, checked over the sources themselves: each offender is named with file and line.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

namespace {

struct Include {
    QString file;  // relative to the source directory
    int line;
    QString target;
};

QStringList sources(const QString& folder) {
    QStringList files;
    QDirIterator it(QStringLiteral(DLRM_SOURCE_DIR "/") + folder, {QStringLiteral("*.h"), QStringLiteral("*.cpp"), QStringLiteral("*.cu")},
                    QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) files << it.next();
    files.sort();
    return files;
}

QList<Include> includes(const QString& folder) {
    static const QRegularExpression pattern(QStringLiteral("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]"));
    QList<Include> found;
    for (const QString& path : sources(folder)) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) continue;
        int line = 0;
        while (!file.atEnd()) {
            ++line;
            const auto match = pattern.match(QString::fromUtf8(file.readLine()));
            if (match.hasMatch()) found.append({QDir(QStringLiteral(DLRM_SOURCE_DIR)).relativeFilePath(path), line, match.captured(1)});
        }
    }
    return found;
}

QString where(const Include& i) { return QStringLiteral("%1:%2 includes %3").arg(i.file).arg(i.line).arg(i.target); }

bool isQt(const QString& target) { return target.startsWith(QLatin1Char('Q')) || target.startsWith(QLatin1String("Qt")); }

bool isCuda(const QString& target) {
    return target.startsWith(QLatin1String("cuda")) || target.startsWith(QLatin1String("cublas")) || target.startsWith(QLatin1String("gpu/"));
}

}  // namespace

class IncludeRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void coreSeesNeitherQtNorCuda() {
        QStringList offenders;
        const auto all = includes(QStringLiteral("core"));
        QVERIFY(all.size() > 100);
        for (const Include& i : all)
            if (isQt(i.target) || isCuda(i.target) || i.target.startsWith(QLatin1String("ui/")) || i.target.startsWith(QLatin1String("app/")))
                offenders << where(i);
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    // The CUDA module knows the program by the binary interface only; thread_safety.h is nothing but standard mutexes and attributes.
    void cudaModuleSeesTheInterfaceOnly() {
        QStringList offenders;
        const auto all = includes(QStringLiteral("gpu"));
        QVERIFY(all.size() > 50);
        for (const Include& i : all)
            if (isQt(i.target) || i.target.startsWith(QLatin1String("ui/")) || i.target.startsWith(QLatin1String("app/")) ||
                i.target.startsWith(QLatin1String("tests/")) || (i.target.startsWith(QLatin1String("core/")) && i.target != QLatin1String("core/compute/backend_abi.h") &&
                 i.target != QLatin1String("core/base/thread_safety.h")))
                offenders << where(i);
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    void commandLineSeesNoQt() {
        QStringList offenders;
        for (const char* folder : {"app/cli", "app/program"})
            for (const Include& i : includes(QLatin1String(folder)))
                if (isQt(i.target) || i.target.startsWith(QLatin1String("ui/"))) offenders << where(i);
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    // The parser's headers take longer to compile than all the rest of a verb.
    void oneSourceIncludesTheParser() {
        QStringList users;
        for (const char* folder : {"app", "core", "ui"})
            for (const Include& i : includes(QLatin1String(folder)))
                if (i.target.startsWith(QLatin1String("CLI/"))) users << i.file;
        QCOMPARE(users, QStringList{QStringLiteral("app/cli/verb_options.cpp")});
    }

    // Pages and models see plain data of core; what computes stands behind ui/session: jobs in the session, figures of results in ui/session/figures.h.
    void inUiOnlySessionCallsCore() {
        static const QStringList plainData{QStringLiteral("core/base/result.h"),          QStringLiteral("core/engine/results.h"),
                                           QStringLiteral("core/model/model_spec.h"),     QStringLiteral("core/analysis/series.h"),
                                           QStringLiteral("core/analysis/traffic.h"),     QStringLiteral("core/analysis/table_statistics.h"),
                                           QStringLiteral("core/analysis/row_query.h"),   QStringLiteral("core/analysis/density_grid.h")};
        QStringList unused = plainData;
        QStringList offenders;
        for (const Include& i : includes(QStringLiteral("ui"))) {
            if (i.file.startsWith(QLatin1String("ui/session/"))) continue;
            if (i.target.startsWith(QLatin1String("app/"))) offenders << where(i);
            if (i.target.startsWith(QLatin1String("core/")) && !plainData.contains(i.target)) offenders << where(i);
            unused.removeAll(i.target);
        }
        QVERIFY2(unused.isEmpty(), qPrintable(QStringLiteral("nothing in ui includes %1").arg(unused.join(QLatin1Char(' ')))));
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    // Layers of core: nothing below the engine includes it; byte formats know no checkpoint.
    void coreLayersPointDownwards() {
        const QList<std::pair<QString, QStringList>> forbidden{
            {QStringLiteral("core/base"), {QStringLiteral("core/")}},
            {QStringLiteral("core/formats"),
             {QStringLiteral("core/checkpoint"), QStringLiteral("core/dataset"), QStringLiteral("core/compute"), QStringLiteral("core/engine")}},
            {QStringLiteral("core/model"), {QStringLiteral("core/checkpoint"), QStringLiteral("core/dataset"), QStringLiteral("core/engine")}},
            {QStringLiteral("core/compute"), {QStringLiteral("core/checkpoint"), QStringLiteral("core/engine"), QStringLiteral("core/metrics")}},
            {QStringLiteral("core/dataset"), {QStringLiteral("core/checkpoint"), QStringLiteral("core/engine"), QStringLiteral("core/compute")}},
            {QStringLiteral("core/measure"), {QStringLiteral("core/engine"), QStringLiteral("core/export")}},
            {QStringLiteral("core/metrics"), {QStringLiteral("core/checkpoint"), QStringLiteral("core/engine"), QStringLiteral("core/compute")}},
        };
        QStringList offenders;
        for (const auto& [folder, targets] : forbidden)
            for (const Include& i : includes(folder))
                for (const QString& target : targets)
                    if (i.target.startsWith(target) && !i.target.startsWith(folder + QLatin1Char('/'))) offenders << where(i);
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    // QScatterSeries makes one graphics item per point; useOpenGL crashes offscreen and is lost in exports.
    void chartsAvoidTheKnownTraps() {
        QStringList offenders;
        for (const QString& path : sources(QStringLiteral("ui"))) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray text = file.readAll();
            for (const char* word : {"QScatterSeries", "setUseOpenGL", "QSortFilterProxyModel", "processEvents"})
                if (text.contains(word)) offenders << path + QStringLiteral(" uses ") + QLatin1String(word);
        }
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    // One place makes file dialogs: Qt's own open what they list, and some files of /proc never answer.
    void fileDialogsAreMadeInOnePlace() {
        QStringList offenders;
        for (const char* folder : {"ui", "app"})
            for (const QString& path : sources(QLatin1String(folder))) {
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                const bool theirPlace = path.contains(QLatin1String("/ui/widgets/file_dialog."));
                if (file.readAll().contains("QFileDialog") != theirPlace) offenders << path;
            }
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    void everyFileNamesItsLicence() {
        QStringList offenders;
        for (const char* folder : {"core", "gpu", "app", "ui", "tests"})
            for (const QString& path : sources(QLatin1String(folder))) {
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                const bool gui = path.contains(QLatin1String("/ui/")) && !path.contains(QLatin1String("/tests/"));
                const bool guiApp = path.contains(QLatin1String("/app/gui/"));
                const QByteArray wanted = gui || guiApp ? "SPDX-License-Identifier: GPL-3.0-or-later" : "SPDX-License-Identifier: Apache-2.0";
                if (!file.readLine().contains(wanted)) offenders << path;
            }
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }
};

QTEST_APPLESS_MAIN(IncludeRulesTest)
#include "tst_include_rules.moc"
