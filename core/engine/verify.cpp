// SPDX-License-Identifier: Apache-2.0
// Engine: whether the checkpoint's files are what they were.
#include "core/checkpoint/verify/verify.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/analysis/tables/statistics_cache.h"
#include "core/base/guarded.h"
#include "core/checkpoint/checkpoint_files.h"
#include "core/engine/engine.h"
#include "core/engine/engine_state.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;

// Beside the statistics in the user's cache, by the path without links: the same model, wherever it is opened from.
// Empty: no cache.
std::string recordInCache(const std::string& checkpoint) {
    const std::string statistics = statisticsDirectory();
    if (statistics.empty()) return {};
    std::error_code error;
    const fs::path real = fs::weakly_canonical(checkpoint, error);
    if (error) return {};
    const std::string key = real.string();
    return fmt::format("{}/verify/{:016x}.{}", fs::path(statistics).parent_path().string(),
                       XXH3_64bits(key.data(), key.size()), kVerifySidecarName);
}

}  // namespace

Result<Verification> Engine::verify(const VerifyOptions& options, const Job& job) const {
    return guarded([&]() -> Result<Verification> {
        if (!options.sidecar.empty() && options.sidecar == recordInCache(m_state->info.path)) {
            std::error_code ignored;  // creating the file says what is wrong
            fs::create_directories(fs::path(options.sidecar).parent_path(), ignored);
        }
        return verifyCheckpoint(*m_state->checkpoint, options, job);
    });
}

Result<OwnChecksums> Engine::compareOwnChecksums(const Job& job) const {
    return guarded([&]() -> Result<OwnChecksums> {
        DLRM_TRY(const auto list, everyFile(m_state->info.path));
        return dlrm::compareOwnChecksums(list, job);
    });
}

RecordPlaces Engine::recordPlaces() const {
    std::error_code ignored;
    RecordPlaces out;
    out.beside = defaultRecord(m_state->info.path);
    out.besideExists = fs::exists(out.beside, ignored);
    const std::string folder = fs::path(out.beside).parent_path().string();
    out.besideWritable = ::faccessat(AT_FDCWD, folder.empty() ? "." : folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
    out.cache = recordInCache(m_state->info.path);
    out.cacheExists = !out.cache.empty() && fs::exists(out.cache, ignored);
    return out;
}

Result<std::string> Engine::requireVerified(const Job& job, const std::string& sidecar) const {
    return guarded([&] { return dlrm::requireVerified(*m_state->checkpoint, job, sidecar); });
}

}  // namespace dlrm
