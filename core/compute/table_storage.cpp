// SPDX-License-Identifier: Apache-2.0
#include "core/compute/table_storage.h"

namespace dlrm {

std::string_view name(TableStorage storage) {
    switch (storage) {
        case TableStorage::AsStored:
            return "stored";
        case TableStorage::Fp16:
            return "fp16";
        case TableStorage::Int8:
            return "int8";
    }
    return "?";
}

std::optional<TableStorage> tableStorageFromName(std::string_view text) {
    for (const TableStorage storage : {TableStorage::AsStored, TableStorage::Fp16, TableStorage::Int8})
        if (text == name(storage)) return storage;
    return std::nullopt;
}

}  // namespace dlrm
