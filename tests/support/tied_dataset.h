// SPDX-License-Identifier: Apache-2.0
// A small split_binary dataset of zeros whose features have these cardinalities.
#pragma once

#include <QDir>
#include <QFile>

#include <cstdint>
#include <vector>

namespace dlrm::test {

// `rows` rows of 13 numbers, one id of each feature, and a label, into a directory that does not exist yet.
inline void writeZeros(const QString& directory, const std::vector<std::int64_t>& cardinalities, int rows = 4) {
    const auto write = [&](const QString& name, const QByteArray& bytes) {
        QFile file(directory + QLatin1Char('/') + name);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(name));
    };
    if (!QDir().mkpath(directory + QStringLiteral("/test"))) qFatal("cannot make a directory");
    QString categorical, features, sources, numerical;
    for (int k = 0; k < 13; ++k) {
        numerical += QStringLiteral("  - num_%1\n").arg(k);
        features += QStringLiteral("  num_%1:\n    dtype: float16\n").arg(k);
    }
    const auto source = [&](QString names, const QString& file) {
        names.replace(QStringLiteral("  - "), QStringLiteral("    - "));  // one level deeper
        sources +=
            QStringLiteral("  - features:\n%1    files:\n    - test/%2\n    type: split_binary\n").arg(names, file);
    };
    source(numerical, QStringLiteral("numerical.bin"));
    source(QStringLiteral("  - label\n"), QStringLiteral("label.bin"));
    for (std::size_t f = 0; f < cardinalities.size(); ++f) {
        const QString name = QStringLiteral("cat_%1.bin").arg(f);
        categorical += QStringLiteral("  - %1\n").arg(name);
        features += QStringLiteral("  %1:\n    cardinality: %2\n    dtype: int16\n").arg(name).arg(cardinalities[f]);
        source(QStringLiteral("  - %1\n").arg(name), name);
        write(QStringLiteral("test/") + name, QByteArray(2 * rows, '\0'));
    }
    write(QStringLiteral("test/numerical.bin"), QByteArray(2 * 13 * rows, '\0'));
    write(QStringLiteral("test/label.bin"), QByteArray(rows, '\0'));
    const QString spec = QStringLiteral(
                             "channel_spec:\n  categorical:\n%1  label:\n  - label\n  numerical:\n%2feature_spec:\n%3  "
                             "label:\n    dtype: bool\nmetadata: {}\nsource_spec:\n  test:\n%4  train:\n%4")
                             .arg(categorical, numerical, features, sources);  // both splits are of the same files
    write(QStringLiteral("feature_spec.yaml"), spec.toUtf8());
}

}  // namespace dlrm::test
