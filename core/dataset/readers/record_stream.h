// SPDX-License-Identifier: Apache-2.0
// One feature of a split_tfrecords dataset: a folder with format.json and TFRecord files, each record of which is a
// batch. Private to core/dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/random_access_file.h"
#include "core/base/result.h"
#include "core/formats/tf_example.h"
#include "core/formats/tfrecord.h"

namespace dlrm {

class RecordStream {
public:
    // `folder` inside `directory` must hold `batches` records of what the training code writes for such a feature:
    // values of type `dtype`, `width` of them in a row, ragged only where it may be multi-hot. Errors: E-FILE-…,
    // E-TFR-001, 005, 006.
    static Result<RecordStream> open(const std::string& directory, const std::string& folder, const std::string& field,
                                     const char* dtype, std::int64_t width, bool mayBeMultiHot, std::int64_t batches,
                                     const std::stop_token& stop);

    std::int64_t width() const { return m_width; }
    bool multiHot() const { return m_multiHot; }
    const std::vector<std::shared_ptr<RandomAccessFile>>& files() const { return m_files; }

    // The tensor of one batch; it points into `record`. Errors: E-FILE-…, E-TFR-002, 003, 004, and 007 for another
    // type.
    Result<SerializedTensor> readTensor(std::int64_t batch, std::vector<std::byte>& record, TfDtype dtype) const;

    // `error` with file, offset and field of a batch.
    Error at(std::int64_t batch, Error error) const;
    // Error E-TFR-007: a record holds something else than the rows of its batch.
    Failure wrongShape(std::int64_t batch, std::string expected, std::string found) const;

private:
    Result<void> readFormat(const std::string& directory, const std::string& folder, const char* dtype,
                            bool mayBeMultiHot);
    Result<void> openFiles(const std::string& directory, const std::string& folder, std::int64_t batches,
                           const std::stop_token& stop);

    struct Place {
        std::size_t file = 0;
        TfRecord record;
    };
    std::string m_field;  // name of the feature, for messages
    std::int64_t m_width = 1;
    bool m_multiHot = false;
    std::string m_key;  // name of the feature inside every example
    std::vector<std::shared_ptr<RandomAccessFile>> m_files;
    std::vector<Place> m_batches;
};

// The number of batches in a split, from its length.json. Errors: E-FILE-…, E-TFR-005.
Result<std::int64_t> readBatchCount(const std::string& directory, const std::string& split);

}  // namespace dlrm
