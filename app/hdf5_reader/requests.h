// SPDX-License-Identifier: Apache-2.0
// The two requests, and reading text for both.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <hdf5.h>

#include "describe.h"

namespace dlrm::hdf5 {

// Both write an answer to descriptor 1.
void list(hid_t file);
void read(hid_t file, const std::string& path, std::uint64_t first, std::uint64_t rows);

using Texts = std::vector<std::string>;
// `count` texts of `type` without their padding, as `fill(memory type, buffer)` reads them. False when it fails.
bool readTexts(hid_t type, const Type& described, std::uint64_t count, const std::function<herr_t(hid_t, void*)>& fill,
               Texts& out);

}  // namespace dlrm::hdf5
