// SPDX-License-Identifier: Apache-2.0
// Lets libhdf5 write into a storage that the program lends (core/formats/hdf5_writer_abi.h).
#pragma once

#include <hdf5.h>

#include "core/formats/hdf5_writer_abi.h"

namespace dlrm {

// Makes the files that H5Fcreate opens with `access` lie in `storage`, which must outlive them. False: the library
// refuses.
bool writeHdf5Into(hid_t access, const dlrm_hdf5_storage& storage);

}  // namespace dlrm
