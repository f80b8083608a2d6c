// SPDX-License-Identifier: Apache-2.0
// A value that each option of opening takes, and one that it does not: for the table itself and for both programs.
#pragma once

#include <array>

namespace dlrm::test {

struct OptionValues {
    const char* name;
    const char* good;  // "" for a flag
    const char* bad;   // null: any text is taken
};

inline constexpr std::array kOptionValues{
    OptionValues{"data", "somewhere", nullptr},
    OptionValues{"split", "train", nullptr},
    OptionValues{"dictionary", "words", nullptr},
    OptionValues{"missing-dictionary", "hash", "row1"},
    OptionValues{"lenient", "", "yes"},
    OptionValues{"profile", "torchrec", "torchrek"},
    OptionValues{"numerical", "ln2", "ln4"},
    OptionValues{"id-shift", "-7", "1001"},
    OptionValues{"follow-links", "", "yes"},
    OptionValues{"table-order", "2,0,1", "2,,1"},
    OptionValues{"cardinalities", "1000,7,300", "1000,0"},
    OptionValues{"numericals", "13", "0"},
    OptionValues{"interaction", "tensorflow", "cross"},
    OptionValues{"interaction-tables", "by_cardinality", "by_name"},
    OptionValues{"combiner", "mean", "max"},
    OptionValues{"no-cache", "", "yes"},
    OptionValues{"backend", "cpu", "tpu"},
    OptionValues{"precision", "bf16", "fp8"},
    OptionValues{"threads", "3", "4097"},
    OptionValues{"gpu-memory", "1.5GiB", "much"},
    OptionValues{"table-precision", "int8", "int4"},
};

}  // namespace dlrm::test
