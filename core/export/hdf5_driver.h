// SPDX-License-Identifier: Apache-2.0
// Lets libhdf5 write into an AtomicFile. Where that fails the library is told that all is well from then on, since version 1.10 cannot close a file
// that it could not write: it would end the process when it is unloaded.
#pragma once

#include <optional>

#include <hdf5.h>

#include "core/base/atomic_file.h"

namespace dlrm {

struct Hdf5Target {
    AtomicFile& file;
    std::optional<Error> failed;  // the first failure; nothing is written after it
};

// Makes the files that H5Fcreate opens with `access` write to `target`, which must outlive them. False: the library refuses.
bool writeHdf5Into(hid_t access, Hdf5Target& target);

}  // namespace dlrm
