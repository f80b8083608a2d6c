// SPDX-License-Identifier: Apache-2.0
// How many files the process may have open.
#pragma once

namespace dlrm {

// Raises the limit to what the administrator allows: a dataset of TFRecords has hundreds of files for every feature,
// and 1,024 is the usual start. Call once, at the start of main().
void allowManyOpenFiles();

}  // namespace dlrm
