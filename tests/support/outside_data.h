// SPDX-License-Identifier: Apache-2.0
// Data that are not part of the repository but may lie beside it, in ../shared: a test of them is skipped where they
// are absent.
#pragma once

#include <QFileInfo>
#include <QString>
#include <QTest>

#include <string>

namespace dlrm::test {

inline QString pathText(const QString& path) { return path; }
inline QString pathText(const std::string& path) { return QString::fromStdString(path); }

}  // namespace dlrm::test

// Skips the test where `path` is absent, in words that tests/skips.py knows. What belongs to the repository must be
// there: its absence is a failure.
#define DLRM_NEEDS_OUTSIDE(path)                                                                      \
    do {                                                                                              \
        const QString wanted = dlrm::test::pathText(path);                                            \
        if (QFileInfo::exists(wanted)) break;                                                         \
        const qsizetype outside = wanted.indexOf(QStringLiteral("/../shared/"));                      \
        if (outside < 0) QFAIL(qPrintable(QStringLiteral("missing in the repository: ") + wanted));   \
        QSKIP(qPrintable(QStringLiteral("data outside the repository: ") + wanted.mid(outside + 1))); \
    } while (false)
