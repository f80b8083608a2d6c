// SPDX-License-Identifier: Apache-2.0
#include "core/dataset/preprocessing_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/float_conversions.h"

namespace dlrm {

namespace {

constexpr std::int32_t kNoLimit = INT32_MIN;

// Sources: spark_data_utils.py and parquet_to_binary.py; data_utils.py and dlrm_data_pytorch.py; torchrec's criteo.py;
// NVTabular's examples.
constexpr std::array kProfiles{
    PreprocessingProfile{"nvidia_spark", "NVIDIA Spark", kNoLimit, 3, true, true, true, false, 1,
                         "Numbers are transformed as NVIDIA's Spark preprocessing does: ln(x + 3), rounded to float16.",
                         "Ids count from 1 by falling frequency; 0 is missing, rare or unknown."},
    PreprocessingProfile{"facebookresearch", "facebookresearch/dlrm", 0, 1, false, false, false, false, 0,
                         "Numbers are transformed as facebookresearch/dlrm does: ln(max(x, 0) + 1) in float32.",
                         "Ids count from 0 in order of first appearance."},
    PreprocessingProfile{"torchrec", "TorchRec", kNoLimit, 2, false, false, false, true, 0,
                         "Numbers are transformed as TorchRec does: ln(x - minimum + 2) in float32, with the minimum "
                         "of the training data.",
                         "Ids are the hexadecimal value modulo the table's rows."},
    PreprocessingProfile{"nvtabular", "NVTabular", 0, 0, false, false, false, true, 3,
                         "Numbers are transformed as NVTabular does: filled, clipped at 0 and normalized with the "
                         "training data's mean and deviation.",
                         "Ids count from 3 by falling frequency; 0 is padding, 1 missing, 2 unknown."},
};

constexpr PreprocessingProfile kUnknown{"unknown",
                                        "Unknown",
                                        kNoLimit,
                                        0,
                                        false,
                                        false,
                                        true,
                                        true,
                                        0,
                                        "Numbers are fed as they are stored: nothing says what transformed them.",
                                        "Ids are fed as they are stored."};

}  // namespace

std::span<const PreprocessingProfile> preprocessingProfiles() { return kProfiles; }

const PreprocessingProfile& nvidiaSparkProfile() { return kProfiles.front(); }

const PreprocessingProfile& unknownProfile() { return kUnknown; }

Result<const PreprocessingProfile*> findProfile(std::string_view name) {
    const auto found =
        std::find_if(kProfiles.begin(), kProfiles.end(), [&](const auto& profile) { return profile.name == name; });
    if (found != kProfiles.end()) return &*found;
    std::vector<std::string_view> names;
    for (const auto& profile : kProfiles) names.push_back(profile.name);
    return fail(Error("E-PROFILE-001", "There is no such preprocessing profile.")
                    .butExpected(fmt::format("{}", fmt::join(names, ", ")))
                    .butFound(std::string(name))
                    .withRemedy("Name the preprocessing that the model was trained with."));
}

float transformed(const PreprocessingProfile& profile, std::optional<std::int32_t> x) {
    if (!x && profile.missingIsZero) return 0.0f;
    const std::int32_t raised = std::max(x.value_or(0), profile.lowest);
    if (profile.wraps) {
        const auto shifted =
            static_cast<std::int32_t>(static_cast<std::uint32_t>(raised) + static_cast<std::uint32_t>(profile.shift));
        if (shifted <= 0) return 0.0f;
        const auto logged = static_cast<float>(std::log(static_cast<double>(shifted)));
        return profile.throughHalf ? throughHalf(logged) : logged;
    }
    return std::log(static_cast<float>(raised) + static_cast<float>(profile.shift));
}

Result<const PreprocessingProfile*> profileForRawRows(const std::string& asked, std::string_view own,
                                                      std::span<const std::string_view> fitting,
                                                      const std::string& path) {
    DLRM_TRY(const auto profile, findProfile(asked.empty() ? own : std::string_view(asked)));
    if (profile->needsStatistics)
        return fail(Error("E-PROFILE-003", "Raw numbers cannot be transformed in this profile.")
                        .inFile(path)
                        .butExpected("statistics of the training data")
                        .butFound("none: they are neither in the checkpoint nor in the rows")
                        .withRemedy(fmt::format("Open data that {} has transformed already.", profile->title)));
    if (std::find(fitting.begin(), fitting.end(), profile->name) == fitting.end())
        return fail(Error("E-PROFILE-002", "The preprocessing profile does not fit this dataset.")
                        .inFile(path)
                        .butExpected(fmt::format("{}", fmt::join(fitting, " or ")))
                        .butFound(std::string(profile->name))
                        .withRemedy("Leave --profile out, or open data of that preprocessing: ids of two "
                                    "preprocessings must not be mixed."));
    return profile;
}

}  // namespace dlrm
