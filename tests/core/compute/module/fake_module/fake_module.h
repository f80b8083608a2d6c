// SPDX-License-Identifier: Apache-2.0
// What a test can tell the fake backend module, and what it can ask it. The module reads the faults of
// $DLRM_FAKE_FAULTS when it is loaded: "forward:2:fatal,load_model:1:oom". Shared as plain C, since the test finds it
// by name.
#pragma once

#include <cstdint>

namespace dlrm::test {

enum class FakeFunction : int { Probe, OpenDevice, WorkingMemory, LoadModel, WaitLoaded, Forward, Count };
inline constexpr const char* kFakeFunctions[] = {"probe",      "open_device", "working_memory",
                                                 "load_model", "wait_loaded", "forward"};
enum class FakeFault : int {
    None,
    Plain,
    OutOfMemory,
    Fatal,
    Cancelled,
    Wordless,
    Hangs
};  // Hangs: until it is asked to stop
inline constexpr const char* kFakeFaults[] = {"none", "plain", "oom", "fatal", "cancelled", "wordless", "hangs"};

struct FakeControls {
    struct Function {
        int faultyCall = 0;  // counted from 1; 0: none
        FakeFault fault = FakeFault::None;
        bool everyCallAfter = false;
        int calls = 0;  // since it was loaded or reset
    };
    Function functions[static_cast<int>(FakeFunction::Count)];
    std::int64_t memoryBytes = std::int64_t{8} << 30;  // what really fits: working memory and tables
    std::int64_t freeBytes = std::int64_t{8} << 30;    // what probe() says is free
    std::int64_t workingBytes = 1 << 20;
    std::int64_t preferredBatch = 64;
    bool tablesArrive = true;                   // placement() says that everything is where it was planned
    int devices = 0, models = 0;                // alive
    std::int64_t mostRows = 0;                  // of one forward()
    std::int64_t gpuRows = 0, pinnedRows = 0;   // planned for the model loaded last, all tables
    std::int32_t precision = -1, storage = -1;  // of the device opened last
    std::int64_t usedBottomInputs = 0, usedTopInputs = 0;
};

}  // namespace dlrm::test

using dlrm_fake_controls_fn = dlrm::test::FakeControls* (*)();
#define DLRM_FAKE_CONTROLS_SYMBOL "dlrm_fake_controls"
