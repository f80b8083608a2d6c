// SPDX-License-Identifier: Apache-2.0
// with_instruction_set NAME PROGRAM [ARGUMENT…]: runs PROGRAM with the kernels limited to an instruction set, as ctest
// does for those that have kernels. Exit 77 (skipped) where the processor does not have it.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/base/instruction_sets.h"

int main(int argc, char** argv) {
    using namespace dlrm;
    const auto* const name = argc < 3 ? kInstructionSetNames.end()
                                      : std::find(kInstructionSetNames.begin(), kInstructionSetNames.end(), argv[1]);
    if (name == kInstructionSetNames.end()) {
        std::fputs("with_instruction_set baseline|avx2|avx512|avx512_bf16|amx PROGRAM [ARGUMENT…]\n", stderr);
        return 2;
    }
    if (static_cast<std::size_t>(processorInstructionSet()) <
        static_cast<std::size_t>(name - kInstructionSetNames.begin())) {
        std::printf("skipped: a processor without %s\n", argv[1]);
        return 77;
    }
    setenv(kInstructionSetLimit, argv[1], 1);
    execv(argv[2], argv + 2);
    std::perror(argv[2]);
    return 2;
}
