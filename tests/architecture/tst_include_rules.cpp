// SPDX-License-Identifier: Apache-2.0
// Which way the arrows point, checked over the sources themselves: each offender is named with file and line.
#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include "tests/support/test_program.h"

namespace tst_include_rules {

namespace {

struct Include {
    QString file;  // relative to the source directory
    int line;
    QString target;
};

QStringList sources(const QString& folder) {
    QStringList files;
    QDirIterator it(QStringLiteral(DLRM_SOURCE_DIR "/") + folder,
                    {QStringLiteral("*.h"), QStringLiteral("*.cpp"), QStringLiteral("*.cu")}, QDir::Files,
                    QDirIterator::Subdirectories);
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
            if (match.hasMatch())
                found.append({QDir(QStringLiteral(DLRM_SOURCE_DIR)).relativeFilePath(path), line, match.captured(1)});
        }
    }
    return found;
}

QString where(const Include& i) { return QStringLiteral("%1:%2 includes %3").arg(i.file).arg(i.line).arg(i.target); }

bool isQt(const QString& target) {
    return target.startsWith(QLatin1Char('Q')) || target.startsWith(QLatin1String("Qt"));
}

bool isCuda(const QString& target) {
    return target.startsWith(QLatin1String("cuda")) || target.startsWith(QLatin1String("cublas")) ||
           target.startsWith(QLatin1String("gpu/"));
}

// One line of the picture of rooms in HACKING.md: a room and those it may include. Lines that begin with a blank go on
// with the one above.
struct Room {
    QString name;
    QStringList below;
};

const QList<Room>& rooms() {
    static const QList<Room> all = [] {
        QList<Room> found;
        QFile file(QStringLiteral(DLRM_SOURCE_DIR "/HACKING.md"));
        if (!file.open(QIODevice::ReadOnly)) return found;
        bool inside = false;
        for (const QString& line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'))) {
            if (line.startsWith(QLatin1String("```"))) inside = line == QLatin1String("```rooms");
            else if (inside && !line.trimmed().isEmpty()) {
                QStringList words = line.split(QLatin1Char(' '), Qt::SkipEmptyParts);
                words.removeAll(QStringLiteral("\u2192"));
                if (!line.startsWith(QLatin1Char(' '))) found.append({words.takeFirst(), {}});
                if (!found.isEmpty()) found.back().below += words;
            }
        }
        return found;
    }();
    return all;
}

// A room is a folder; a session and its desks know each other and are one.
QString roomOf(const QString& path) {
    const QString folder = path.left(path.lastIndexOf(QLatin1Char('/')));
    return folder == QLatin1String("ui/session/desks") ? QStringLiteral("ui/session") : folder;
}

// The room of our own that an include leads to; empty for headers of others and of the same room.
QString leadsTo(const Include& i) {
    const QString room = roomOf(i.target);
    return QFile::exists(QStringLiteral(DLRM_SOURCE_DIR "/") + i.target) && room != roomOf(i.file) ? room : QString();
}

QList<Include> everyInclude() {
    QList<Include> all;
    for (const char* folder : {"app", "ui", "gpu", "core"}) all += includes(QLatin1String(folder));
    return all;
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
            if (isQt(i.target) || isCuda(i.target) || i.target.startsWith(QLatin1String("ui/")) ||
                i.target.startsWith(QLatin1String("app/")))
                offenders << where(i);
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    // The CUDA module knows the program by the binary interface only; thread_safety.h is nothing but standard mutexes
    // and attributes.
    void cudaModuleSeesTheInterfaceOnly() {
        QStringList offenders;
        const auto all = includes(QStringLiteral("gpu"));
        QVERIFY(all.size() > 50);
        for (const Include& i : all)
            if (isQt(i.target) || i.target.startsWith(QLatin1String("ui/")) ||
                i.target.startsWith(QLatin1String("app/")) || i.target.startsWith(QLatin1String("tests/")) ||
                (i.target.startsWith(QLatin1String("core/")) &&
                 i.target != QLatin1String("core/compute/backend_abi.h") &&
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

    // Pages and models see plain data of core; what computes stands behind ui/session: jobs in the session, figures of
    // results in ui/session/figures.h.
    void inUiOnlySessionCallsCore() {
        static const QStringList plainData{QStringLiteral("core/base/result.h"),
                                           QStringLiteral("core/engine/results.h"),
                                           QStringLiteral("core/model/model_spec.h"),
                                           QStringLiteral("core/base/series.h"),
                                           QStringLiteral("core/analysis/tables/traffic.h"),
                                           QStringLiteral("core/analysis/tables/statistics.h"),
                                           QStringLiteral("core/analysis/tables/row_query.h"),
                                           QStringLiteral("core/analysis/maps/density_grid.h")};
        QStringList unused = plainData;
        QStringList offenders;
        for (const Include& i : includes(QStringLiteral("ui"))) {
            if (i.file.startsWith(QLatin1String("ui/session/"))) continue;
            if (i.target.startsWith(QLatin1String("app/"))) offenders << where(i);
            if (i.target.startsWith(QLatin1String("core/")) && !plainData.contains(i.target)) offenders << where(i);
            unused.removeAll(i.target);
        }
        QVERIFY2(unused.isEmpty(),
                 qPrintable(QStringLiteral("nothing in ui includes %1").arg(unused.join(QLatin1Char(' ')))));
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    // The picture itself: every room with sources is in it once, and only rooms further down stand behind an arrow.
    void arrowsPointDownwards() {
        QStringList offenders, above;
        QVERIFY(rooms().size() > 20);
        for (const Room& room : rooms()) {
            if (above.contains(room.name)) offenders << room.name + QStringLiteral(" is drawn twice");
            above << room.name;
            for (const QString& name : room.below)
                if (above.contains(name)) offenders << room.name + QStringLiteral(" points up to ") + name;
        }
        QStringList found;
        for (const char* top : {"app", "ui", "gpu", "core"})
            for (const QString& path : sources(QLatin1String(top)))
                found << roomOf(QDir(QStringLiteral(DLRM_SOURCE_DIR)).relativeFilePath(path));
        found.removeDuplicates();
        for (const QString& name : found)
            if (!above.contains(name)) offenders << name + QStringLiteral(" is not drawn");
        for (const QString& name : above)
            if (!found.contains(name)) offenders << name + QStringLiteral(" is drawn and has no source");
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    // app/program says what both programs are built from, and needs none.
    void everyRoomHasAReadmeAndARowInTheMap() {
        QFile file(QStringLiteral(DLRM_SOURCE_DIR "/HACKING.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        QStringList offenders;
        for (const Room& room : rooms()) {
            if (room.name == QLatin1String("app/program")) continue;
            if (!QFile::exists(QStringLiteral(DLRM_SOURCE_DIR "/%1/README.md").arg(room.name)))
                offenders << room.name + QStringLiteral(" has no README.md");
            if (!text.contains(QStringLiteral("\n| [`%1`](%1/README.md) | ").arg(room.name)))
                offenders << room.name + QStringLiteral(" has no row in HACKING.md");
        }
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    void everyIncludeIsDrawn() {
        QHash<QString, QStringList> below;
        for (const Room& room : rooms()) below[room.name] = room.below;
        QStringList offenders;
        const auto all = everyInclude();
        QVERIFY(all.size() > 1000);
        for (const Include& i : all)
            if (const QString room = leadsTo(i); !room.isEmpty() && !below[roomOf(i.file)].contains(room))
                offenders << where(i);
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }

    void everyDrawnNameIsNeeded() {
        QSet<QString> needed;
        for (const Include& i : everyInclude()) needed.insert(roomOf(i.file) + QLatin1Char(' ') + leadsTo(i));
        QStringList offenders;
        for (const Room& room : rooms())
            for (const QString& name : room.below)
                if (!needed.contains(room.name + QLatin1Char(' ') + name))
                    offenders << room.name + QStringLiteral(" includes nothing of ") + name;
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

    // Two types of one name in a namespace are one to the linker, whatever they hold. Core and ui have a namespace
    // each.
    void aTypeIsDefinedOnce() {
        static const QRegularExpression pattern(QStringLiteral(
            "^(?:struct|class|enum class|enum) (?:DLRM_\\w+\\(\\S+\\) |\\[\\[\\w+\\]\\] )?(\\w+)\\b(?!::)[^;(]*\\{"));
        int types = 0;
        for (const char* folder : {"core", "ui"}) {
            QHash<QString, QString> defined;
            for (const QString& path : sources(QLatin1String(folder))) {
                if (!path.endsWith(QLatin1String(".h"))) continue;
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                for (const QString& line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'))) {
                    const auto match = pattern.match(line);
                    if (!match.hasMatch()) continue;
                    ++types;
                    const QString before = defined.value(match.captured(1));
                    QVERIFY2(before.isEmpty(),
                             qPrintable(QStringLiteral("%1: %2, %3").arg(match.captured(1), before, path)));
                    defined.insert(match.captured(1), path);
                }
            }
        }
        QVERIFY(types > 300);
    }
    void everyFileNamesItsLicence() {
        QStringList offenders;
        for (const char* folder : {"core", "gpu", "app", "ui", "tests"})
            for (const QString& path : sources(QLatin1String(folder))) {
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                const bool gui = path.contains(QLatin1String("/ui/")) && !path.contains(QLatin1String("/tests/"));
                const bool guiApp = path.contains(QLatin1String("/app/gui/"));
                const QByteArray wanted =
                    gui || guiApp ? "SPDX-License-Identifier: GPL-3.0-or-later" : "SPDX-License-Identifier: Apache-2.0";
                if (!file.readLine().contains(wanted)) offenders << path;
            }
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }
};

DLRM_TEST(IncludeRulesTest);

}  // namespace tst_include_rules

#include "tst_include_rules.moc"
