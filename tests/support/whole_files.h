// SPDX-License-Identifier: Apache-2.0
// Whole files and folders at once, for tests that damage copies of them. What cannot be done ends the test program.
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>

namespace dlrm::test {

// Copies a folder with all below it; the copies can be written.
inline void copyTree(const QString& from, const QString& to) {
    QDir().mkpath(to);
    for (const QFileInfo& entry : QDir(from).entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot)) {
        const QString target = to + QLatin1Char('/') + entry.fileName();
        if (entry.isDir()) copyTree(entry.filePath(), target);
        else if (!QFile::copy(entry.filePath(), target) ||
                 !QFile::setPermissions(target, QFile::ReadOwner | QFile::WriteOwner))
            qFatal("copying %s", qPrintable(entry.filePath()));
    }
}

inline QByteArray readAll(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) qFatal("reading %s", qPrintable(path));
    return file.readAll();
}

inline void writeAll(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("writing %s", qPrintable(path));
}

}  // namespace dlrm::test
