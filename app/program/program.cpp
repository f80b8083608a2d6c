// SPDX-License-Identifier: Apache-2.0
#include "app/program/program.h"

#include "dlrm_commit.h"

namespace dlrm {

std::string programVersion() { return DLRM_VERSION; }
std::string programCommit() { return DLRM_COMMIT; }

}  // namespace dlrm
