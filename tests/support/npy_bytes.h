// SPDX-License-Identifier: Apache-2.0
// Float32 .npy files changed in place, to make a checkpoint that is wrong in one way.
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>

#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

#include "core/base/float_conversions.h"

namespace dlrm::test {

// Copies the files of a folder; the copies can be written.
inline void copyFiles(const QString& from, const QString& to) {
    QDir().mkpath(to);
    for (const QString& name : QDir(from).entryList(QDir::Files)) {
        const QString target = to + QLatin1Char('/') + name;
        if (!QFile::copy(from + QLatin1Char('/') + name, target) ||
            !QFile::setPermissions(target, QFile::ReadOwner | QFile::WriteOwner))
            qFatal("copying %s", qPrintable(name));
    }
}

struct NpyBytes {
    QByteArray header;
    std::vector<float> values;
};

inline NpyBytes readNpyBytes(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) qFatal("opening %s", qPrintable(path));
    const QByteArray all = file.readAll();
    const qsizetype length = 10 + static_cast<unsigned char>(all[8]) + 256 * static_cast<unsigned char>(all[9]);
    NpyBytes out{all.left(length), std::vector<float>(static_cast<std::size_t>(all.size() - length) / sizeof(float))};
    std::memcpy(out.values.data(), all.constData() + length, out.values.size() * sizeof(float));
    return out;
}

inline void writeNpyBytes(const QString& path, const QByteArray& header, const void* data, std::size_t bytes) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) qFatal("writing %s", qPrintable(path));
    file.write(header);
    file.write(static_cast<const char*>(data), static_cast<qint64>(bytes));
}

// change(values): all of them, row-major.
inline void changeNpy(const QString& path, const std::function<void(std::span<float>)>& change) {
    NpyBytes npy = readNpyBytes(path);
    change(npy.values);
    writeNpyBytes(path, npy.header, npy.values.data(), npy.values.size() * sizeof(float));
}

// The file as float16.
inline void castNpyToHalf(const QString& path) {
    NpyBytes npy = readNpyBytes(path);
    std::vector<std::uint16_t> halves;
    for (const float v : npy.values) halves.push_back(floatToHalf(v));
    writeNpyBytes(path, npy.header.replace("<f4", "<f2"), halves.data(), halves.size() * sizeof(std::uint16_t));
}

}  // namespace dlrm::test
