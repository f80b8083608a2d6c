// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/export_targets.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/engine/outputs.h"

namespace dlrm::ui {
namespace {

namespace fs = std::filesystem;

std::string placeOf(const std::string& path) {
    std::error_code none;
    const fs::path absolute = fs::absolute(path, none);
    const fs::path whole = fs::weakly_canonical(absolute, none);
    const fs::path place = whole.empty() ? absolute : whole;
    return (place.has_filename() ? place : place.parent_path()).string();  // "folder/" is "folder"
}

bool isOrHolds(const std::string& folder, const std::string& path) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string originBeside(const std::string& path) { return path + ".json"; }

}  // namespace

ExportTarget::ExportTarget(const std::string& path) : m_path(path), m_place(placeOf(path)), m_entry(entryAt(m_path)) {}

ExportTarget::Entry ExportTarget::entryAt(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

Result<void> ExportTarget::checkUnchanged() const {
    const Entry now = entryAt(m_path);
    if (now == m_entry) return {};
    const char* found = now == Entry()       ? "nothing any more"
                        : m_entry == Entry() ? "something that came meanwhile"
                                             : "something else, or the same written anew";
    return fail(Error("E-EXPORT-014", "What stands there is not what it was when the export was asked for.")
                    .inFile(m_path)
                    .butExpected(m_entry == Entry() ? "nothing" : "what was there")
                    .butFound(found)
                    .withRemedy("Look at what is there, then export once more."));
}

Result<void> ExportTargets::check(const std::string& path) const {
    const std::string wanted = placeOf(path), origin = originBeside(wanted);
    for (const Entry& entry : m_targets) {
        const auto target = entry.target.lock();
        if (!target) continue;
        const std::string& taken = target->place();
        const bool together = isOrHolds(taken, wanted) || isOrHolds(wanted, taken);
        if (!together && wanted != originBeside(taken) && origin != taken) continue;
        return fail(Error("E-EXPORT-013", "An export that runs or waits is written there already.")
                        .inFile(path)
                        .butExpected("a path that no other export writes")
                        .butFound(taken)
                        .withRemedy("Choose another name, or wait until that export has ended."));
    }
    return {};
}

std::shared_ptr<const ExportTarget> ExportTargets::add(JobKind kind, const std::string& path) {
    std::erase_if(m_targets, [](const Entry& entry) { return entry.target.expired(); });
    auto target = std::make_shared<const ExportTarget>(path);
    m_targets.push_back({kind, target});
    return target;
}

std::vector<std::string> ExportTargets::pathsOf(JobKind kind) const {
    std::vector<std::string> out;
    for (const Entry& entry : m_targets)
        if (const auto target = entry.target.lock(); target && entry.kind == kind) out.push_back(target->path());
    return out;
}

Result<void> ExportTargets::checkOpening(const Workspace& opened) const {
    for (const Entry& entry : m_targets) {
        const auto target = entry.target.lock();
        if (!target) continue;
        const auto free = refuseInputAsOutput(target->path(), opened);
        if (free) continue;
        return fail(Error("E-EXPORT-015", "An export that runs or waits will replace a file of what is to be opened.")
                        .inFile(target->path())
                        .butExpected("files that stay as they are while they are open")
                        .butFound(free.error().found)
                        .withRemedy("Open it when that export has ended, or cancel the export."));
    }
    return {};
}

void ExportTargets::forgetOldest(JobKind kind) {
    const auto oldest = std::find_if(m_targets.begin(), m_targets.end(), [kind](const Entry& entry) {
        return entry.kind == kind && !entry.target.expired();
    });
    if (oldest != m_targets.end()) m_targets.erase(oldest);
}

void ExportTargets::forget(JobKind kind) {
    std::erase_if(m_targets, [kind](const Entry& entry) { return entry.kind == kind; });
}

}  // namespace dlrm::ui
