// SPDX-License-Identifier: Apache-2.0
// What a verb of dlrm-cli is, and what it gets to work with.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "app/cli/common_options.h"
#include "app/cli/output.h"
#include "app/cli/progress_line.h"
#include "app/cli/verb_options.h"
#include "core/base/job.h"
#include "core/base/result.h"

namespace dlrm::cli {

struct Context {
    const CommonOptions& common;
    Output& out;             // results
    ProgressLine& progress;  // stderr
    std::stop_token stop;    // SIGINT, SIGTERM, SIGHUP
    bool findings = false;   // set by a verb that checked something and found it wanting: exit code 1

    Job job() const { return {progress.callback(), stop}; }
};

// Runs a verb whose options were parsed. Exit code 0, 1 with findings; any error ends in 2 (130 when cancelled).
using Run = std::function<Result<void>(Context&)>;

struct Command {
    std::string_view name;
    std::string_view summary;
    // Declares the verb's options and says how to run it; `common` is filled by the time it runs.
    Run (*setUp)(VerbOptions& verb, CommonOptions& common);
    std::string_view example;  // one or more lines, each a whole command
};

}  // namespace dlrm::cli
