// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF COMMANDS (commands.cpp). A new verb is one file and one line there.
#pragma once

#include <span>

#include "app/cli/command.h"

namespace dlrm::cli {

// In the order --help lists them.
std::span<const Command> commands();

Run setUpInfo(VerbOptions& verb, CommonOptions& common);
Run setUpTables(VerbOptions& verb, CommonOptions& common);
Run setUpRows(VerbOptions& verb, CommonOptions& common);
Run setUpLayers(VerbOptions& verb, CommonOptions& common);
Run setUpNeighbors(VerbOptions& verb, CommonOptions& common);
Run setUpPredict(VerbOptions& verb, CommonOptions& common);
Run setUpSweep(VerbOptions& verb, CommonOptions& common);
Run setUpEvaluate(VerbOptions& verb, CommonOptions& common);
Run setUpInteractions(VerbOptions& verb, CommonOptions& common);
Run setUpMerge(VerbOptions& verb, CommonOptions& common);
Run setUpCompare(VerbOptions& verb, CommonOptions& common);
Run setUpVerify(VerbOptions& verb, CommonOptions& common);
Run setUpConvert(VerbOptions& verb, CommonOptions& common);
Run setUpParity(VerbOptions& verb, CommonOptions& common);
Run setUpBench(VerbOptions& verb, CommonOptions& common);
Run setUpDoctor(VerbOptions& verb, CommonOptions& common);
Run setUpDemo(VerbOptions& verb, CommonOptions& common);
Run setUpCompletion(VerbOptions& verb, CommonOptions& common);

}  // namespace dlrm::cli
