// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/fingerprint.h"

#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dlrm {
namespace {

class Hash {
public:
    Hash() { XXH3_64bits_reset(&m_state); }
    void add(const std::string& text) { XXH3_64bits_update(&m_state, text.data(), text.size()); }
    void add(std::span<const float> values) { XXH3_64bits_update(&m_state, values.data(), values.size_bytes()); }
    std::string text() const { return fmt::format("xxh3:{:016x}", XXH3_64bits_digest(&m_state)); }

private:
    XXH3_state_t m_state{};
};

void addTable(const TableSpec& spec, const TableView& table, Hash& hash) {
    hash.add(fmt::format("table {} {} {}\n", spec.rows, spec.dim, name(spec.dtype)));
    std::vector<float> row(static_cast<std::size_t>(table.dim()));
    const std::int64_t count = std::min<std::int64_t>(kFingerprintRows, table.rows());
    for (std::int64_t i = 0; i < count; ++i) {
        table.copyRow(count > 1 ? i * ((table.rows() - 1) / (count - 1)) : 0, row);
        hash.add(row);
    }
}

constexpr const char* kUnreadable =
    "xxh3:----------------";  // as long as any other, so that no file's size depends on it

bool addLayer(const LayerSpec& spec, const Result<DenseWeights>& weights, Hash& hash) {
    if (!weights) return false;
    hash.add(fmt::format("{} {} {} {}\n", spec.name, spec.inputs, spec.outputs, name(spec.dtype)));
    hash.add(weights->kernel);
    hash.add(weights->bias);
    return true;
}

}  // namespace

std::string fingerprintOf(const Checkpoint& checkpoint) {
    const ModelSpec& spec = checkpoint.spec();
    Hash hash;
    for (std::size_t t = 0; t < spec.tables.size() && t < checkpoint.tables().size(); ++t)
        addTable(spec.tables[t], checkpoint.tables()[t], hash);
    for (std::size_t i = 0; i < spec.bottomMlp.size(); ++i)
        if (!addLayer(spec.bottomMlp[i], checkpoint.bottomLayer(static_cast<int>(i)), hash)) return kUnreadable;
    for (std::size_t i = 0; i < spec.crossLayers.size(); ++i) {
        const auto cross = checkpoint.crossLayer(static_cast<int>(i));
        if (!cross) return kUnreadable;
        hash.add(fmt::format("cross {} {}\n", cross->width, cross->projection));
        for (const auto* values : {&cross->u, &cross->v, &cross->bias}) hash.add(*values);
    }
    for (std::size_t i = 0; i < spec.topMlp.size(); ++i)
        if (!addLayer(spec.topMlp[i], checkpoint.topLayer(static_cast<int>(i)), hash)) return kUnreadable;
    return checkpoint.checkUnchanged() ? hash.text() : kUnreadable;
}

}  // namespace dlrm
