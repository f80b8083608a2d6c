// SPDX-License-Identifier: Apache-2.0
// The failures of reading HDF5 through a child process. Private to core/formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace dlrm::hdf5 {

// E-HDF5-001, -002: the program `reader` is not there, or does not start.
Error noReader(const std::string& file, std::string places);
Error readerDoesNotStart(const std::string& reader, int error);
// E-HDF5-003, -010: no answer in time.
Error tookTooLong(const std::string& file, double seconds);
Error stalled(const std::string& file, const std::string& object, int seconds);
// E-HDF5-004: the child ended before its answer did. `status` is waitpid's.
Error readerEnded(const std::string& file, const std::string& object, int status);
// E-HDF5-006: the answer cannot be true.
Error contradiction(const std::string& file, const std::string& object, std::string expected, std::string found);
// E-HDF5-008: an object that is listed, but not read; E-HDF5-012: because it is of a newer form (kNewer).
Error refusedObject(const std::string& file, const std::string& object, const std::string& why);
// E-HDF5-011: the temporary file cannot be written (errno).
Error cannotUnpack(const std::string& folder, const std::string& object, int error);
// What the child itself says: E-HDF5-005, 007, 008 or 009 by `damage`, hdf5_protocol.h; any other number is a
// contradiction.
Error told(const std::string& file, std::uint8_t damage, std::string_view object, std::string_view expected,
           std::string_view found);

}  // namespace dlrm::hdf5
