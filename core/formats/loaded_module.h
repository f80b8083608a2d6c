// SPDX-License-Identifier: Apache-2.0
// Modules that are loaded with their first use, because the libraries they need are large and most runs do without.
// Private to core/formats.
#pragma once

#include <atomic>

#include "core/base/result.h"

namespace dlrm {

struct ModuleFile {
    const char* name;         // "dlrm_hdf5.so", looked for in programDirectories()
    const char* symbol;       // of its one function, which gives the table of all others
    const char* missingCode;  // no such file in any directory
    const char* missing;
    const char* unusableCode;  // a file that cannot be loaded, lacks the function, or is of another version
    const char* unusable;
    const char* remedy;
};

// Address of the function of the first such file, and the file's path. A module that was opened stays loaded. Errors:
// both of `about`.
struct ModuleEntry {
    void* function = nullptr;
    std::string path;
};
Result<ModuleEntry> openModule(const ModuleFile& about);
Error moduleOfOtherVersion(const ModuleFile& about, const std::string& path);

// The table of the module, of version `abi`; opened once in a process, tried again after a failure. Any thread.
template <class Table>
Result<const Table*> loadModule(const ModuleFile& about, decltype(Table::abi) abi) {
    static std::atomic<const Table*> s_loaded = nullptr;
    if (const Table* loaded = s_loaded.load()) return loaded;
    DLRM_TRY(const auto entry, openModule(about));
    const Table* const table = reinterpret_cast<const Table* (*)()>(entry.function)();
    if (!table || table->abi != abi) return fail(moduleOfOtherVersion(about, entry.path));
    s_loaded = table;
    return table;
}

}  // namespace dlrm
