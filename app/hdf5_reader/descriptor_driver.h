// SPDX-License-Identifier: Apache-2.0
// libhdf5's way to the bytes of a file that is open already: nothing is ever opened by name, and nothing is written.
#pragma once

#include <cstddef>

#include <hdf5.h>

namespace dlrm::hdf5 {

// The file on descriptor 0, or a negative id where it holds no HDF5. REQUIRES: called once.
hid_t openDescriptor();

// While set, libhdf5's reads of values are noted there instead of done: a way to learn where they lie.
struct Place {
    haddr_t at = HADDR_UNDEF;
    std::size_t bytes = 0;
};
void noteReads(Place* place);

}  // namespace dlrm::hdf5
