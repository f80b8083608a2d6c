// SPDX-License-Identifier: Apache-2.0
// Reads HDF5 files whole, for the tests of Hdf5File.
#pragma once

#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include <QDebug>

#include "core/formats/hdf5_file.h"

namespace dlrm::test {

inline Result<std::shared_ptr<const Hdf5File>> openFile(const std::string& path) {
    DLRM_TRY(auto file, RandomAccessFile::open(path));
    return Hdf5File::open(std::move(file));
}

template <class T>
std::vector<T> readAll(const Hdf5File& file, const Hdf5Object& dataset, std::int64_t first = 0,
                       std::int64_t rows = -1) {
    std::vector<T> out;
    const auto ok = file.read(dataset, first, rows < 0 ? (dataset.shape.empty() ? 1 : dataset.shape[0]) : rows,
                              [&](std::span<const std::byte> piece) -> Result<void> {
                                  const std::size_t at = out.size();
                                  out.resize(at + piece.size() / sizeof(T));
                                  std::memcpy(out.data() + at, piece.data(), piece.size());
                                  return {};
                              });
    if (!ok) qWarning("%s", ok.error().text().c_str());
    return ok ? out : std::vector<T>();
}

inline std::vector<float> ramp(std::size_t n) {
    std::vector<float> v(n);
    std::iota(v.begin(), v.end(), 0.5f);
    return v;
}

}  // namespace dlrm::test
