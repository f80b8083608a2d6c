// SPDX-License-Identifier: Apache-2.0
#include "core/compute/table_storage.h"

#include "core/base/enum_names.h"

namespace dlrm {
namespace {

constexpr std::string_view kStorages[] = {"stored", "fp16", "int8"};

}  // namespace

std::string_view name(TableStorage storage) { return nameIn(kStorages, storage); }

std::optional<TableStorage> tableStorageFromName(std::string_view text) {
    return valueNamed<TableStorage>(kStorages, text);
}

}  // namespace dlrm
