// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF FORMATS. A new format is one file with two functions and one line here.
#include "core/checkpoint/checkpoint_format.h"
#include "core/checkpoint/layouts/layouts.h"

namespace dlrm {

std::span<const CheckpointFormat> checkpointFormats() {
    static constexpr CheckpointFormat kFormats[] = {
        {"C", "feature_<i>_part0.npy and MLP layers in one directory (NGC)", recognisesLayoutC, openLayoutC},
        {"B", "feature_<i>_<rows>_part<j>.npy and MLP layers in one directory", recognisesLayoutB, openLayoutB},
        {"A", "<prefix>_rank_<r>_<variable>_<chunk>.npy", recognisesLayoutA, openLayoutA},
        {"D", "dense/ with a TensorFlow checkpoint and sparse/ with feature_<i>.npy", recognisesLayoutD, openLayoutD},
        {"E", "a SavedModel, or a Triton repository of them", recognisesLayoutE, openLayoutE},
        {"F", "<version>/<table>/emb_vector of a Hierarchical Parameter Server", recognisesLayoutF, openLayoutF},
        {"TensorBundle", "<prefix>.index with <prefix>.data-00000-of-00001", recognisesBareBundle, openBareBundle},
        {"HDF5",
         "an .h5 file that convert wrote, or an .h5, .weights.h5 or .keras file with the layers that Keras saved",
         recognisesHdf5, openHdf5, true},
        {"NPZ", "an .npz archive of arrays", recognisesNpz, openNpz, true},
        {"NPY", "one .npy array", recognisesNpy, openNpy, true},
    };
    return kFormats;
}

}  // namespace dlrm
