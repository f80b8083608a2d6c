// SPDX-License-Identifier: Apache-2.0
// What each format file gives to THE TABLE OF FORMATS. Private to core/checkpoint.
#pragma once

#include <stop_token>
#include <string>

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/directory.h"

namespace dlrm {

bool recognisesLayoutA(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openLayoutA(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job);

bool recognisesLayoutB(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openLayoutB(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job);

bool recognisesLayoutC(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openLayoutC(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job);

bool recognisesLayoutD(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openLayoutD(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job);

bool recognisesLayoutE(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openLayoutE(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job);

bool recognisesLayoutF(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openLayoutF(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job);

bool recognisesBareBundle(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openBareBundle(const std::string& path, const CheckpointDirectory& directory,
                                            const CheckpointOptions& options, const Job& job);

bool recognisesHdf5(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openHdf5(const std::string& path, const CheckpointDirectory& directory,
                                      const CheckpointOptions& options, const Job& job);

bool recognisesNpz(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openNpz(const std::string& path, const CheckpointDirectory& directory,
                                     const CheckpointOptions& options, const Job& job);

bool recognisesNpy(const CheckpointDirectory& directory);
Result<Checkpoint::Contents> openNpy(const std::string& path, const CheckpointDirectory& directory,
                                     const CheckpointOptions& options, const Job& job);

}  // namespace dlrm
