// SPDX-License-Identifier: Apache-2.0
// Preprocessing profiles as data: how each training pipeline turns raw Criteo numbers into inputs and raw categories
// into ids.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace dlrm {

struct PreprocessingProfile {
    std::string_view name;  // "nvidia_spark", as --profile takes it and results record it
    std::string_view title;
    // ln(max(x, lowest) + shift); wraps: x + shift is computed in int32 and an argument of the logarithm <= 0 gives 0.
    std::int32_t lowest;
    std::int32_t shift;
    bool wraps;
    bool throughHalf;    // double -> float32 -> float16; else the logarithm is taken in float32
    bool missingIsZero;  // a missing number is fed as 0.0; else it is taken as x = 0
    // Raw numbers cannot be transformed: that needs the training data's minimum, or mean and deviation, which no file
    // holds. So it is of unknownProfile().
    bool needsStatistics;
    std::int32_t firstId;  // id of the first value of a dictionary; those before it mean missing, unknown and the like
    std::string_view numbers;  // sentences for people
    std::string_view categories;
};

// THE TABLE OF PROFILES.
std::span<const PreprocessingProfile> preprocessingProfiles();
// Error E-PROFILE-001.
Result<const PreprocessingProfile*> findProfile(std::string_view name);
const PreprocessingProfile& nvidiaSparkProfile();
// "unknown", none of the table: of transformed numbers where nothing says what transformed them.
const PreprocessingProfile& unknownProfile();

// A raw number as the profile feeds it; nothing: missing. REQUIRES: !profile.needsStatistics.
float transformed(const PreprocessingProfile& profile, std::optional<std::int32_t> x);

// The profile to use for raw rows: the one asked for, or NVIDIA's where none is. Errors: E-PROFILE-001; E-PROFILE-002
// it is none of `fitting`;
// E-PROFILE-003 it needs statistics of the training data.
Result<const PreprocessingProfile*> profileForRawRows(const std::string& asked, std::string_view own,
                                                      std::span<const std::string_view> fitting,
                                                      const std::string& path);

}  // namespace dlrm
