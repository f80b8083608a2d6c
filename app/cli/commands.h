// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF COMMANDS (commands.cpp). A new verb is one file and one line there.
#pragma once

#include <span>

#include "app/cli/command.h"

namespace dlrm::cli {

// In the order --help lists them.
std::span<const Command> commands();

Run setUpInfo(CLI::App& app, CommonOptions& common);
Run setUpTables(CLI::App& app, CommonOptions& common);
Run setUpRows(CLI::App& app, CommonOptions& common);
Run setUpLayers(CLI::App& app, CommonOptions& common);
Run setUpNeighbors(CLI::App& app, CommonOptions& common);
Run setUpPredict(CLI::App& app, CommonOptions& common);
Run setUpEvaluate(CLI::App& app, CommonOptions& common);
Run setUpMerge(CLI::App& app, CommonOptions& common);
Run setUpVerify(CLI::App& app, CommonOptions& common);
Run setUpConvert(CLI::App& app, CommonOptions& common);
Run setUpParity(CLI::App& app, CommonOptions& common);
Run setUpBench(CLI::App& app, CommonOptions& common);
Run setUpDoctor(CLI::App& app, CommonOptions& common);
Run setUpDemo(CLI::App& app, CommonOptions& common);
Run setUpCompletion(CLI::App& app, CommonOptions& common);

}  // namespace dlrm::cli
