// SPDX-License-Identifier: Apache-2.0
// Golden checkpoints of the layouts D, E and F with the rows that TensorFlow predicted. Some lie outside the
// repository.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "tests/support/golden_rows.h"

namespace dlrm::test {

inline const std::string kHere = DLRM_TEST_DATA "/golden/newer_layouts/";
inline const std::string kShared = DLRM_SOURCE_DIR "/../shared/golden/newer_layouts/";

struct NewerLayout {
    const char* name;
    const char* path;     // inside it
    const char* source;   // whose rows, probabilities and tables these are
    bool cardinalities;   // must be given
    bool random = false;  // tables that were deployed without their weights
};

inline constexpr NewerLayout kNewerLayouts[] = {
    {"d_dlrm_dot_tensorflow", "checkpoint", "d_dlrm_dot_tensorflow", false},
    {"d_dlrm_dot_custom_cuda", "checkpoint", "d_dlrm_dot_custom_cuda", false},
    {"d_dlrm_pad6", "checkpoint", "d_dlrm_pad6", false},
    {"d_dcnv2", "checkpoint", "d_dcnv2", false},
    {"d_dcnv2_fullrank", "checkpoint", "d_dcnv2_fullrank", false},
    {"d_dcnv2_hetero_dims", "checkpoint", "d_dcnv2_hetero_dims", false},
    {"d_dlrm_amp", "checkpoint", "d_dlrm_amp", false},
    {"d_dcnv2_amp", "checkpoint", "d_dcnv2_amp", false},
    {"d_dlrm_concat_embedding", "checkpoint", "d_dlrm_concat_embedding", false},
    {"d_dlrm_concat_offload", "checkpoint", "d_dlrm_concat_offload", false},
    {"e_dlrm_fp32", "", "d_dlrm_dot_tensorflow", true},
    {"e_dlrm_cuda_fp32_cputables", "", "d_dlrm_dot_custom_cuda", false},
    {"e_dcnv2_fp32", "", "d_dcnv2", true},
    {"e_mono_dlrm_cpu", "", "d_dlrm_dot_tensorflow", false},
    {"e_mono_dlrm_fused", "dlrm", "d_dlrm_dot_tensorflow", true},
    {"e_mono_dcnv2_cpu", "", "d_dcnv2", false},
    {"e_mono_original_random_tables", "", "d_dlrm_dot_tensorflow", false, true},
    {"f_hps_dlrm_unfused", "", "d_dlrm_dot_tensorflow", false},
};

inline std::string rootOf(const std::string& name) {
    return std::filesystem::exists(kHere + name + "/expected") ? kHere : kShared;
}

// Every row `draws` times, with labels of its own; null: they are outside the repository, and not there.
inline std::shared_ptr<const Dataset> rowsFor(const NewerLayout& c, std::int64_t draws) {
    const std::string expected = rootOf(c.source) + c.source + "/expected/";
    if (!std::filesystem::exists(expected + "logits.npy")) return nullptr;
    return GoldenRows::open(expected, draws);
}

// tables: in which order they are read in the interaction; nothing: as the layout has them.
inline std::shared_ptr<Engine> openModel(const NewerLayout& c, const std::shared_ptr<const Dataset>& dataset,
                                         std::optional<TableOrder> tables = {}) {
    EngineOptions options;
    options.dataset = dataset;
    options.interactionTables = tables;
    options.backend = *chooseBackend({"cpu", Precision::Fp32, 2});
    auto engine = Engine::open(rootOf(c.name) + c.name + "/" + c.path, options);
    if (!engine) qFatal("%s: %s", c.name, engine.error().text().c_str());
    return *engine;
}

}  // namespace dlrm::test
