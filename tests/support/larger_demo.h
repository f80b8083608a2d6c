// SPDX-License-Identifier: Apache-2.0
// The demo with one table larger than a chart draws as dots, and than a sweep tells of at once.
#pragma once

#include <cstring>
#include <vector>

#include "tests/support/whole_files.h"

namespace dlrm::test {

inline constexpr int kLargerTable = 19, kLargerRows = 25'000;

// Copies checkpoint and dataset of the demo into `folder`. Rows that its table does not have are those that it has, a
// little longer each time.
inline void writeLargerDemo(const QString& folder) {
    constexpr int kDemoRows = 4666, kDim = 32, kHead = 128;
    const QString demo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/");
    for (const char* part : {"checkpoint", "dataset"})
        copyTree(demo + QLatin1String(part), folder + QLatin1Char('/') + QLatin1String(part));
    const QString table = folder + QStringLiteral("/checkpoint/feature_%1_part0.npy").arg(kLargerTable);
    const QByteArray before = readAll(table);
    if (before.size() != kHead + qsizetype{4} * kDemoRows * kDim) qFatal("the demo's table is another one");
    std::vector<float> values(static_cast<std::size_t>(kLargerRows) * kDim);
    for (std::size_t i = 0; i < values.size(); ++i) {
        float value = 0;
        std::memcpy(&value, before.constData() + kHead + 4 * (i % (std::size_t{kDemoRows} * kDim)), sizeof value);
        values[i] = value * (1 + 0.01F * static_cast<float>(i / (std::size_t{kDemoRows} * kDim)));
    }
    QByteArray head = before.first(kHead);
    head.replace("(4666, 32), }", "(25000, 32), }");  // one letter more
    head.remove(kHead - 1, 1);
    writeAll(table, head + QByteArray(reinterpret_cast<const char*>(values.data()),
                                      static_cast<qsizetype>(values.size() * sizeof(float))));
    const QString spec = folder + QStringLiteral("/dataset/feature_spec.yaml");
    writeAll(spec, readAll(spec).replace("cat_19.bin:\n    cardinality: 4666", "cat_19.bin:\n    cardinality: 25000"));
}

}  // namespace dlrm::test
