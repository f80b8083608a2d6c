// SPDX-License-Identifier: Apache-2.0
#include "core/measure/dataset_fingerprint.h"

#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dlrm {
namespace {

template <class T>
void add(XXH3_state_t& hash, const std::vector<T>& values) {
    XXH3_64bits_update(&hash, values.data(), values.size() * sizeof(T));
}

}  // namespace

std::string datasetFingerprintOf(const Dataset& dataset) {
    XXH3_state_t hash{};
    XXH3_64bits_reset(&hash);
    const DatasetSchema& schema = dataset.schema();
    const std::string shape =
        fmt::format("{} rows, {} numericals, {} categoricals, labels {}\n", dataset.rows(),
                    schema.numericalNames.size(), schema.categoricalNames.size(), dataset.hasLabels());
    XXH3_64bits_update(&hash, shape.data(), shape.size());
    Batch row;
    const std::int64_t count = std::min<std::int64_t>(kDatasetFingerprintRows, dataset.rows());
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t number = count > 1 ? i * ((dataset.rows() - 1) / (count - 1)) +
                                                    i * ((dataset.rows() - 1) % (count - 1)) / (count - 1)
                                              : 0;
        if (!dataset.read(number, 1, row)) return "xxh3:----------------";
        add(hash, row.numerical);
        add(hash, row.ids);
        add(hash, row.labels);
        for (const Bags& bag : row.bags) {
            add(hash, bag.starts);
            add(hash, bag.ids);
        }
    }
    return fmt::format("xxh3:{:016x}", XXH3_64bits_digest(&hash));
}

}  // namespace dlrm
