// SPDX-License-Identifier: Apache-2.0
// Small files and datasets that the dataset tests write into a temporary directory.
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QString>
#include <QTest>

#include <string>

#include "core/base/result.h"

namespace dlrm::test {

inline std::string writeFile(const QString& directory, const QString& name, const QByteArray& contents) {
    const QString path = directory + QLatin1Char('/') + name;
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size())
        qFatal("cannot write %s", qPrintable(path));
    return path.toStdString();
}

inline QByteArray readFile(const std::string& path) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Code of a failed result, "" when it succeeded.
template <class T>
std::string codeOf(const Result<T>& result) {
    return result ? std::string() : result.error().code;
}

// The spec of the dataset that writeSmallDataset() writes: 2 numericals, 3 categorical features, 4 rows.
inline QByteArray smallSpec() {
    return R"(channel_spec:
  categorical:
  - c0.bin
  - c1.bin
  - c2.bin
  label:
  - y
  numerical: &id001
  - n0
  - n1
feature_spec:
  c0.bin:
    cardinality: 5
    dtype: int8
  c1.bin:
    cardinality: 300
    dtype: int16
  c2.bin:
    cardinality: 70000
    dtype: int32
  n0:
    dtype: float16
  n1:
    dtype: float16
  y:
    dtype: bool
metadata: {}
source_spec:
  test:
  - features: *id001
    files:
    - test/numerical.bin
    type: split_binary
  - features:
    - y
    files:
    - test/label.bin
    type: split_binary
  - features:
    - c0.bin
    files:
    - test/c0.bin
    type: split_binary
  - features:
    - c1.bin
    files:
    - test/c1.bin
    type: split_binary
  - features:
    - c2.bin
    files:
    - test/c2.bin
    type: split_binary
  train:
  - features: *id001
    files:
    - train/numerical.bin
    type: split_binary
  - features:
    - y
    files:
    - train/label.bin
    type: split_binary
  - features:
    - c0.bin
    files:
    - train/c0.bin
    type: split_binary
  - features:
    - c1.bin
    files:
    - train/c1.bin
    type: split_binary
  - features:
    - c2.bin
    files:
    - train/c2.bin
    type: split_binary
)";
}

// Little-endian bytes of the values.
template <class T>
QByteArray bytesOf(std::initializer_list<T> values) {
    QByteArray bytes;
    for (const T value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    return bytes;
}

// Writes spec and test files: ids c0 = 0 1 4 2, c1 = 299 0 7 8, c2 = 69999 0 1 2; labels 0 1 1 0; numericals 0 1 2 … as
// float16.
inline std::string writeSmallDataset(const QString& directory) {
    writeFile(directory, QStringLiteral("test/numerical.bin"),
              bytesOf<quint16>({0x0000, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700}));
    writeFile(directory, QStringLiteral("test/label.bin"), bytesOf<quint8>({0, 1, 1, 0}));
    writeFile(directory, QStringLiteral("test/c0.bin"), bytesOf<qint8>({0, 1, 4, 2}));
    writeFile(directory, QStringLiteral("test/c1.bin"), bytesOf<qint16>({299, 0, 7, 8}));
    writeFile(directory, QStringLiteral("test/c2.bin"), bytesOf<qint32>({69999, 0, 1, 2}));
    return writeFile(directory, QStringLiteral("feature_spec.yaml"), smallSpec());
}

}  // namespace dlrm::test
