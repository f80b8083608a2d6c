// SPDX-License-Identifier: Apache-2.0
// Fields of a made-up model and some rows of its data.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/analysis/slices/compile.h"
#include "core/base/float_conversions.h"
#include "core/dataset/batch.h"

namespace dlrm::test {

// ln(x + 3) through float16, a missing number as 0, as NVIDIA's preprocessing feeds them.
inline float fedAs(std::optional<std::int32_t> x) {
    const std::int64_t shifted = x ? std::int64_t{*x} + 3 : 0;
    if (shifted <= 0 || shifted > 2147483647) return 0;
    return throughHalf(static_cast<float>(std::log(static_cast<double>(shifted))));
}

// Numericals num_0, "page views", tables cat_0 (3 rows), cat_1 (1000 rows), in which ids of 7 and more are untrained.
class SlicedWorld {
public:
    static constexpr std::int64_t kRows = 2000, kFirstNumber = 500;

    SlicedWorld() {
        fields.numericals = {"num_0", "page views"};
        fields.otherNumericals = {"num_0", "num_1"};
        fields.categoricals = {"cat_0", "cat_1"};
        fields.otherCategoricals = {"C1", "C2"};
        fields.tableRows = {3, 1000};
        fields.rows = 10'000;
        fields.feed = fedAs;
        fields.idOf = [](std::size_t table, std::uint32_t hex) {
            return table == 1 && hex == 0xa73ee510 ? 5 : table == 1 && hex == 0x1 ? 2 : 0;
        };
        untrained.resize(2);
        for (std::size_t t = 0; t < 2; ++t) {
            untrained[t].method = UntrainedMethod::Lattice;
            untrained[t].rows = fields.tableRows[t];
            untrained[t].bits.resize(static_cast<std::size_t>((fields.tableRows[t] + 63) / 64));
            for (std::int64_t id = 7; id < fields.tableRows[t]; ++id)
                untrained[t].bits[static_cast<std::size_t>(id / 64)] |= std::uint64_t{1} << (id % 64);
            fields.untrained.push_back(&untrained[t]);
        }
        batch.resize(kRows, 2, 2, false);
        for (std::int64_t r = 0; r < kRows; ++r) {
            const auto row = static_cast<std::size_t>(r);
            counts[0].push_back(r % 11 == 0 ? std::nullopt : std::optional(static_cast<std::int32_t>(r * 37 % 97) - 2));
            counts[1].push_back(r % 5 == 0 ? std::nullopt : std::optional(static_cast<std::int32_t>(r * 7919)));
            for (std::size_t f = 0; f < 2; ++f) batch.numerical[row * 2 + f] = fedAs(counts[f].back());
            batch.ids[row] = static_cast<std::int32_t>(r % 3);
            batch.ids[static_cast<std::size_t>(kRows) + row] = static_cast<std::int32_t>(r * 37 % 1000);
            numbers.push_back(kFirstNumber + r);
        }
        fields.sortedNumbers = [this](std::size_t field) -> Result<std::vector<float>> {
            std::vector<float> out;
            for (const auto& count : counts[field])
                if (fedAs(count) != 0) out.push_back(fedAs(count));
            std::sort(out.begin(), out.end());
            return out;
        };
    }
    SlicedWorld(const SlicedWorld&) = delete;
    SlicedWorld& operator=(const SlicedWorld&) = delete;

    std::int32_t id(std::int64_t row, std::size_t table) const {
        return batch.ids[table * static_cast<std::size_t>(kRows) + static_cast<std::size_t>(row)];
    }
    std::vector<std::uint16_t> classesBy(const SlicePartition& partition) const {
        std::vector<std::uint16_t> out(static_cast<std::size_t>(kRows));
        partition.classify({batch.view(), numbers}, out);
        return out;
    }
    Result<std::shared_ptr<const SlicePartition>> slice(std::string_view text) const {
        DLRM_TRY(const auto parsed, parseSlice(text));
        return compileSlice(parsed, fields);
    }
    Result<std::shared_ptr<const SlicePartition>> group(std::string_view text) const {
        DLRM_TRY(const auto parsed, parseSliceGroup(text));
        return compileSliceGroup(parsed, fields);
    }

    SliceFields fields;
    std::vector<UntrainedRows> untrained;
    std::vector<std::optional<std::int32_t>> counts[2];  // of the numericals
    Batch batch;
    std::vector<std::int64_t> numbers;
};

}  // namespace dlrm::test
