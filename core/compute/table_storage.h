// SPDX-License-Identifier: Apache-2.0
// How tables are stored on a device.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dlrm {

enum class TableStorage : std::uint8_t { AsStored, Fp16, Int8 };  // in the order of DLRM_TABLES_…
std::string_view name(TableStorage);                              // "stored", "fp16", "int8"
std::optional<TableStorage> tableStorageFromName(std::string_view);

}  // namespace dlrm
