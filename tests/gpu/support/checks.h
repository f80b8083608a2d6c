// SPDX-License-Identifier: Apache-2.0
// Counting checks of a test that runs without a test framework, and the module it tests.
#pragma once

#include <cstdio>
#include <string>

#include "core/compute/backend_abi.h"

namespace dlrm::test {

struct Checks {
    int passed = 0, failed = 0;
    bool that(bool holds, const std::string& what) {
        (holds ? passed : failed)++;
        if (!holds) std::printf("FAIL  %s\n", what.c_str());
        return holds;
    }
};

inline std::string text(const dlrm_error& e) {
    return std::string(e.code) + ": " + e.message + " [" + e.expected + " | " + e.found + "]";
}

// Frees what the ABI hands out.
struct OpenModel {
    const dlrm_backend_table& module;
    dlrm_device* device = nullptr;
    dlrm_model* model = nullptr;
    dlrm_error error{};
    explicit OpenModel(const dlrm_backend_table& m) : module(m) {}
    OpenModel(const OpenModel&) = delete;
    ~OpenModel() {
        if (model) module.free_model(model);
        if (device) module.close_device(device);
    }
    bool open(const dlrm_options& options, const dlrm_model_description& description) {
        return module.open_device(&options, &device, &error) == DLRM_OK &&
               module.load_model(device, &description, nullptr, &model, &error) == DLRM_OK;
    }
};

void checkForward(Checks& checks, const dlrm_backend_table& module, bool bf16);

}  // namespace dlrm::test
