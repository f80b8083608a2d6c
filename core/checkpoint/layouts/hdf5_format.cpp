// SPDX-License-Identifier: Apache-2.0
// HDF5 files given as checkpoints: ours whole, or the layers that Keras saved.
#include "core/base/extension.h"
#include "core/checkpoint/layouts/hdf5_checkpoint.h"
#include "core/checkpoint/layouts/keras_format.h"
#include "core/checkpoint/layouts/layouts.h"

namespace dlrm {

bool recognisesHdf5(const CheckpointDirectory& directory) {
    const std::string file = directory.file.value_or("");
    return hasHdf5Extension(file) || lowerExtension(file) == ".keras";
}

Result<Checkpoint::Contents> openHdf5(const std::string& path, const CheckpointDirectory&,
                                      const CheckpointOptions& options, const Job& job) {
    DLRM_TRY(auto file, RandomAccessFile::open(path));
    if (looksLikeArchive(*file)) return openKerasArchive(path, file, options, job);
    DLRM_TRY(const auto hdf5, Hdf5File::open(std::move(file), job.stop));
    return isHdf5Checkpoint(*hdf5) ? openHdf5Checkpoint(path, hdf5, options, job) : openKeras(path, hdf5, options);
}

}  // namespace dlrm
