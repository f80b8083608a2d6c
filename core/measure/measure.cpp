// SPDX-License-Identifier: Apache-2.0
#include "core/measure/measure.h"

#include <string>
#include <utility>

namespace dlrm {
namespace {

constexpr const char* kShape = "shape";

Error otherShape(std::string_view key, std::string expected, std::string found) {
    return Error("E-MEASURE-006", "What was measured of other rows was measured of something else.")
        .inField(std::string(key))
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy("Merge states of the same model, the same dataset and the same choices.");
}

std::string words(const std::vector<std::int64_t>& shape) {
    constexpr std::size_t kTold = 40;
    std::string out = "shape (";
    for (std::size_t i = 0; i < shape.size() && i < kTold; ++i) out += (i > 0 ? ", " : "") + std::to_string(shape[i]);
    return out + (shape.size() > kTold ? ", …)" : ")");
}

}  // namespace

Result<void> Measure::finish(const std::stop_token&) { return {}; }

std::pair<std::string, std::string> Measure::differsBy(const Measure& other) const {
    return {words(shape()), words(other.shape())};
}

Result<void> Measure::merge(Measure&& other) {
    if (key() != other.key()) return fail(otherShape(key(), std::string(key()), std::string(other.key())));
    if (shape() != other.shape()) {
        auto [mine, its] = differsBy(other);
        return fail(otherShape(key(), std::move(mine), std::move(its)));
    }
    return mergeSame(other);
}

MeasureState Measure::save() {
    MeasureState out;
    out.put(kShape, shape());
    saveInto(out);
    return out;
}

Result<void> Measure::load(MeasureState&& state) {
    DLRM_TRY(const auto its, state.take<std::int64_t>(kShape));
    if (const auto mine = shape(); mine != its) return fail(otherShape(key(), words(mine), words(its)));
    DLRM_TRY(loadFrom(state));
    return state.requireEmpty();
}

}  // namespace dlrm
