// SPDX-License-Identifier: Apache-2.0
// The MLPs that Keras saved (.h5, .weights.h5, .keras), as a model without tables. Private to core/checkpoint.
#pragma once

#include <memory>
#include <string>

#include "core/checkpoint/checkpoint.h"
#include "core/formats/hdf5_file.h"

namespace dlrm {

// Whether the file begins as a ZIP archive does.
bool looksLikeArchive(const RandomAccessFile& file);

// Errors: E-ZIP-…, E-PACK-…, E-HDF5-…, E-KERAS-006 no weights in the archive, E-HCKPT-003 values that would take much
// more than the file, those of findKerasMlps(), wholeLayer() and buildContents().
Result<Checkpoint::Contents> openKerasArchive(const std::string& path, const std::shared_ptr<RandomAccessFile>& file,
                                              const CheckpointOptions& options, const Job& job);
// The same of a file that is HDF5 itself.
Result<Checkpoint::Contents> openKeras(const std::string& path, const std::shared_ptr<const Hdf5File>& file,
                                       const CheckpointOptions& options);

}  // namespace dlrm
