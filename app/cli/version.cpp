// SPDX-License-Identifier: Apache-2.0
#include "app/cli/version.h"

#include <fmt/format.h>

#include "app/program/program.h"
#include "core/base/instruction_sets.h"
#include "core/engine/backends.h"
#include "core/formats/hdf5_writer.h"
#include "core/formats/parquet.h"

namespace dlrm::cli {

std::string versionText() {
    std::string out = fmt::format("dlrm-cli {} (commit {})\n", programVersion(), programCommit());
    const auto feature = [&](const char* name, const std::string& missing) {
        out += fmt::format("  {:<10}{}\n", name, missing.empty() ? "yes" : "no: " + missing);
    };
    out += fmt::format("  {:<10}{}\n", "processor",
                       kInstructionSetNames[static_cast<std::size_t>(processorInstructionSet())]);
    for (const BackendOption& backend : backendOptions()) feature(backend.name.c_str(), backend.unavailable);
    const auto hdf5 = hdf5WriterAvailable();
    feature("HDF5", hdf5 ? "" : hdf5.error().message);
    const auto parquet = parquetAvailable();
    feature("Parquet", parquet ? "" : parquet.error().message);
    return out;
}

}  // namespace dlrm::cli
