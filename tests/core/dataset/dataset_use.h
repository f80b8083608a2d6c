// SPDX-License-Identifier: Apache-2.0
// Opening datasets and reading all their rows, in one step, for the dataset tests.
#pragma once

#include <QTest>

#include <string>

#include "core/dataset/dataset.h"
#include "tests/core/dataset/dataset_files.h"

namespace dlrm::test {

inline const std::string kData = DLRM_TEST_DATA;
inline const std::string kDemo = DLRM_SOURCE_DIR "/resources/demo/";
inline DatasetOptions withDictionary() {
    DatasetOptions options;
    options.dictionary = kDemo + "dictionary";
    return options;
}

inline Batch all(const Dataset& dataset) {
    Batch batch;
    if (auto ok = dataset.read(0, dataset.rows(), batch); !ok) qFatal("%s", ok.error().text().c_str());
    return batch;
}

inline Batch rowsOf(const std::string& path, const DatasetOptions& options) {
    const auto dataset = openDataset(path, options);
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    return all(**dataset);
}

// The first failure of opening and reading everything.
inline std::string codeOfUse(const std::string& path, const DatasetOptions& options, Error* error = nullptr) {
    const auto dataset = openDataset(path, options);
    if (!dataset) {
        if (error) *error = dataset.error();
        return dataset.error().code;
    }
    Batch batch;
    const auto read = (*dataset)->read(0, (*dataset)->rows(), batch);
    if (!read && error) *error = read.error();
    return codeOf(read);
}

inline void same(const Batch& a, const Batch& b) {
    QCOMPARE(a.rows, b.rows);
    QVERIFY(a.numerical == b.numerical);
    QVERIFY(a.ids == b.ids);
    QVERIFY(a.labels == b.labels);
}

}  // namespace dlrm::test
