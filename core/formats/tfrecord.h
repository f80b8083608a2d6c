// SPDX-License-Identifier: Apache-2.0
// TFRecord files: one length-prefixed record after the other, each with a masked CRC-32C of its length and of its data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

// Where a record's data stands in its file.
struct TfRecord {
    std::int64_t offset = 0, bytes = 0;
};

constexpr std::int64_t kMostTfRecordBytes = std::int64_t{1} << 30;
constexpr std::int64_t kMostTfRecords = std::int64_t{1} << 20;

// All records of the file. Reads and checks the lengths only. Errors: E-FILE-004, E-TFR-001 (cut short, a damaged
// length, a record or a number of records beyond the limits).
Result<std::vector<TfRecord>> listTfRecords(const RandomAccessFile& file, const std::stop_token& stop = {});

// The data of one record, checked against its checksum. Errors: E-FILE-004, E-TFR-002.
Result<std::vector<std::byte>> readTfRecord(const RandomAccessFile& file, const TfRecord& record);

}  // namespace dlrm
