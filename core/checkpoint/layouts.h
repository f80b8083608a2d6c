// SPDX-License-Identifier: Apache-2.0
// What each format file gives to THE TABLE OF FORMATS. Private to core/checkpoint.
#pragma once

#include <stop_token>
#include <string>

#include "core/checkpoint/checkpoint.h"

namespace dlrm {

bool recognisesLayoutA(const std::string& path);
Result<Checkpoint::Contents> openLayoutA(const std::string& path, const CheckpointOptions& options, const ProgressFn& progress, std::stop_token stop);

bool recognisesLayoutB(const std::string& path);
Result<Checkpoint::Contents> openLayoutB(const std::string& path, const CheckpointOptions& options, const ProgressFn& progress, std::stop_token stop);

bool recognisesLayoutC(const std::string& path);
Result<Checkpoint::Contents> openLayoutC(const std::string& path, const CheckpointOptions& options, const ProgressFn& progress, std::stop_token stop);

}  // namespace dlrm
