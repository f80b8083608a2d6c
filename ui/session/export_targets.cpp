// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/export_targets.h"

#include <sys/stat.h>

#include <algorithm>
#include <system_error>

namespace dlrm::ui {
namespace {

namespace fs = std::filesystem;

fs::path placeOf(const std::string& path) {
    std::error_code none;
    const fs::path absolute = fs::absolute(path, none);
    const fs::path whole = fs::weakly_canonical(absolute, none);
    const fs::path place = whole.empty() ? absolute : whole;
    return place.has_filename() ? place : place.parent_path();  // "folder/" is "folder"
}

bool isAround(const fs::path& folder, const fs::path& path) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

fs::path originBeside(const fs::path& path) { return path.string() + ".json"; }

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
    const fs::path wanted = placeOf(path);
    for (const Entry& entry : m_targets) {
        const auto target = entry.target.lock();
        if (!target) continue;
        const fs::path& taken = target->place();
        if (!isAround(taken, wanted) && !isAround(wanted, taken) && wanted != originBeside(taken) &&
            originBeside(wanted) != taken)
            continue;
        return fail(Error("E-EXPORT-013", "An export that runs or waits is written there already.")
                        .inFile(path)
                        .butExpected("a path that no other export writes")
                        .butFound(taken.string())
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

void ExportTargets::forget(JobKind kind) {
    std::erase_if(m_targets, [kind](const Entry& entry) { return entry.kind == kind; });
}

}  // namespace dlrm::ui
