// SPDX-License-Identifier: Apache-2.0
// What a written file says of its own origin, whatever its format.
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>

#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "core/formats/hdf5_file.h"

namespace dlrm::test {

// Of a .json file the "provenance" in it, of .csv, .tsv and .npy that of the file beside them; of .h5 attributes of
// "/". `name` is that of the attribute, as "profile", "missing_dictionary". Empty: the file does not say.
inline std::string originOf(const QString& path, const std::string& name) {
    if (path.endsWith(QLatin1String(".h5"))) {
        const auto bytes = RandomAccessFile::open(path.toStdString());
        const auto file = bytes ? Hdf5File::open(*bytes) : fail(bytes.error());
        const Hdf5Object* const root = file ? (*file)->find("/") : nullptr;
        return root ? std::string(root->text(name)) : std::string();
    }
    QFile file(path.endsWith(QLatin1String(".json")) ? path : path + QLatin1String(".json"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    const auto whole = nlohmann::json::parse(file.readAll().toStdString(), nullptr, false);
    constexpr std::pair<const char*, const char*> kDeeper[] = {{"backend", "/backend/name"},
                                                               {"device", "/backend/device"},
                                                               {"precision", "/backend/precision"},
                                                               {"profile", "/profile/name"},
                                                               {"numerical", "/reading/numerical"},
                                                               {"missing_dictionary", "/reading/missing_dictionary"},
                                                               {"interaction_order", "/interaction/order"}};
    std::string at = "/" + name;
    for (const auto& [attribute, pointer] : kDeeper)
        if (name == attribute) at = pointer;
    const nlohmann::json::json_pointer pointer("/provenance" + at);
    if (whole.is_discarded() || !whole.contains(pointer)) return {};
    const auto& value = whole[pointer];
    return value.is_string() ? value.get<std::string>() : std::string();
}

}  // namespace dlrm::test
