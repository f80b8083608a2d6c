// SPDX-License-Identifier: Apache-2.0
// SHA-256 of every tensor of an opened checkpoint, in the type it is stored in, by the plain meaning of TablePart.
#pragma once

#include <fstream>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <QCryptographicHash>
#include <QString>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/checkpoint/checkpoint.h"

namespace dlrm::test {

using Hashes = std::map<std::string, QByteArray>;  // SHA-256 of the stored values, by "cat_0" or "bottom_mlp/0 kernel"

inline QByteArray sha256(std::span<const std::byte> bytes) {
    return QCryptographicHash::hash(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())),
                                    QCryptographicHash::Sha256)
        .toHex();
}

// A table's values as they are stored, row by row, by the plain meaning of TablePart.
inline std::vector<std::byte> valuesOf(const TableView& table) {
    const std::int64_t item = itemSize(table.dtype());
    std::vector<std::byte> out(static_cast<std::size_t>(table.rows() * table.dim() * item));
    for (const TablePart& p : table.parts())
        for (std::int64_t r = 0; r < p.rows; ++r)
            for (std::int64_t c = 0; c < p.columns; ++c)
                for (std::int64_t b = 0; b < item; ++b)
                    out[static_cast<std::size_t>(((p.firstRow + r) * table.dim() + p.firstColumn + c) * item + b)] =
                        p.data[r * p.rowStride + c * p.columnStride + (p.byteSwapped ? item - 1 - b : b)];
    return out;
}

inline std::vector<std::pair<std::string, LayerTensor>> layerTensorsOf(const ModelSpec& spec) {
    using Stack = LayerTensor::Stack;
    using Part = LayerTensor::Part;
    std::vector<std::pair<std::string, LayerTensor>> out;
    for (const auto& [stack, layers] : {std::pair(Stack::Bottom, &spec.bottomMlp), {Stack::Top, &spec.topMlp}})
        for (std::size_t i = 0; i < layers->size(); ++i) {
            out.emplace_back((*layers)[i].name + "/kernel", LayerTensor{stack, static_cast<int>(i), Part::Kernel});
            out.emplace_back((*layers)[i].name + "/bias", LayerTensor{stack, static_cast<int>(i), Part::Bias});
        }
    for (std::size_t i = 0; i < spec.crossLayers.size(); ++i) {
        const bool low = spec.crossLayers[i].projection > 0;
        const std::string& name = spec.crossLayers[i].name;
        if (low) out.emplace_back(name + "/kernel_u", LayerTensor{Stack::Cross, static_cast<int>(i), Part::KernelU});
        out.emplace_back(name + (low ? "/kernel_v" : "/kernel"),
                         LayerTensor{Stack::Cross, static_cast<int>(i), Part::Kernel});
        out.emplace_back(name + "/bias", LayerTensor{Stack::Cross, static_cast<int>(i), Part::Bias});
    }
    return out;
}

inline Hashes hashesOf(const Checkpoint& checkpoint) {
    Hashes out;
    for (std::size_t t = 0; t < checkpoint.tables().size(); ++t)
        out[fmt::format("table {}", t)] = sha256(valuesOf(checkpoint.tables()[t]));
    for (const auto& [name, tensor] : layerTensorsOf(checkpoint.spec())) {
        const auto stored = checkpoint.storedTensor(tensor);
        if (!stored) qFatal("%s", stored.error().text().c_str());
        out[name] = sha256(stored->values);
    }
    return out;
}

inline nlohmann::json manifestOf(const QString& golden) {
    std::ifstream in((golden + "/expected/manifest.json").toStdString());
    return nlohmann::json::parse(in);
}

// The dataset of a golden checkpoint, as its manifest has it.
inline CheckpointOptions optionsOf(const nlohmann::json& manifest) {
    CheckpointOptions options;
    options.cardinalities = manifest["cardinalities_in_feature_order"].get<std::vector<std::int64_t>>();
    options.numericalFeatures = manifest["numerical_features"].get<std::int64_t>();
    options.interactionOrder =
        manifest["interaction"] == "tensorflow" ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    return options;
}

}  // namespace dlrm::test
