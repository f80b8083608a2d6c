// SPDX-License-Identifier: Apache-2.0
// Values of a small .npy file as doubles, for expected results; deliberately not the product's own reader.
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>

#include <cstring>
#include <vector>

namespace dlrm::test {

// Version 1 files of '<f4' or '<f8' in C order; anything else gives an empty vector.
inline std::vector<double> npyValues(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray bytes = file.readAll();
    if (bytes.size() < 10 || !bytes.startsWith("\x93NUMPY\x01")) return {};
    const int headerSize = static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
    const QByteArray header = bytes.mid(10, headerSize);
    const QByteArray body = bytes.mid(10 + headerSize);
    if (header.contains("'fortran_order': True")) return {};
    std::vector<double> out;
    if (header.contains("'<f4'")) {
        std::vector<float> v(static_cast<std::size_t>(body.size()) / 4);
        std::memcpy(v.data(), body.constData(), v.size() * 4);
        out.assign(v.begin(), v.end());
    } else if (header.contains("'<f8'")) {
        out.resize(static_cast<std::size_t>(body.size()) / 8);
        std::memcpy(out.data(), body.constData(), out.size() * 8);
    }
    return out;
}

}  // namespace dlrm::test
