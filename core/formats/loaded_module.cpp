// SPDX-License-Identifier: Apache-2.0
#include "core/formats/loaded_module.h"

#include <dlfcn.h>

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "core/base/program_files.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;

Error unusable(const ModuleFile& about, const std::string& path, std::string found) {
    return Error(about.unusableCode, about.unusable)
        .inFile(path)
        .butExpected(fmt::format("{} of this version with the libraries it needs", about.name))
        .butFound(std::move(found))
        .withRemedy(about.remedy);
}

}  // namespace

Result<ModuleEntry> openModule(const ModuleFile& about) {
    const std::vector<std::string> directories = programDirectories();
    for (const std::string& directory : directories) {
        const std::string path = (fs::path(directory) / about.name).string();
        std::error_code ec;
        if (!fs::exists(path, ec)) continue;
        void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!library) return fail(unusable(about, path, dlerror()));
        void* const function = dlsym(library, about.symbol);
        if (!function) return fail(moduleOfOtherVersion(about, path));
        return ModuleEntry{function, path};
    }
    return fail(Error(about.missingCode, about.missing)
                    .inFile(directories.empty() ? about.name : (fs::path(directories.front()) / about.name).string())
                    .butExpected(fmt::format("{} beside the program", about.name))
                    .butFound("none")
                    .withRemedy(about.remedy));
}

Error moduleOfOtherVersion(const ModuleFile& about, const std::string& path) {
    return unusable(about, path, "a module of another version");
}

}  // namespace dlrm
