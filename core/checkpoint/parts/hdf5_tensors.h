// SPDX-License-Identifier: Apache-2.0
// Datasets of an HDF5 file as tensors of a checkpoint. Private to core/checkpoint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/checkpoint/parts/tensors.h"
#include "core/formats/hdf5_file.h"

namespace dlrm {

// Nothing: the values are no floats.
std::optional<DType> hdf5FloatType(const Hdf5Type& type);

// A dataset of one or two dimensions. It is read on request, and what checksums there are is compared then:
// E-HCKPT-002, those of Hdf5File::read().
NpyTensor hdf5Tensor(const std::shared_ptr<const Hdf5File>& file, const Hdf5Object& dataset, DType dtype);

// Compares the bytes of a chunk with the checksum at their end, where the dataset has checksums. Error E-HCKPT-002.
Result<void> checkHdf5Chunk(const RandomAccessFile& file, const Hdf5Object& dataset, const Hdf5Chunk& chunk,
                            std::span<const std::byte> bytes);

// How many bytes the values of one file may take once they are unpacked, all together: a small file can declare any
// number of values that were never written, or that pack away.
class Hdf5Budget {
public:
    // `container`: what the user gave, which may hold the HDF5 file.
    explicit Hdf5Budget(const RandomAccessFile& container);
    // Error E-HCKPT-003 unless the values of this dataset fit as well.
    Result<void> take(const Hdf5Object& dataset);

private:
    const RandomAccessFile& m_container;
    std::int64_t m_most, m_taken = 0;
};

}  // namespace dlrm
