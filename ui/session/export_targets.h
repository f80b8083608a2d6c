// SPDX-License-Identifier: GPL-3.0-or-later
// Where exports that run or wait write: no other one may be asked for there, and none replaces what its person was not
// asked about.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/engine/workspace.h"
#include "ui/session/jobs.h"

namespace dlrm::ui {

// A path as it was when somebody asked for an export there; held by the export's work as long as that lives.
class ExportTarget {
public:
    explicit ExportTarget(const std::string& path);
    const std::string& path() const { return m_path; }
    const std::string& place() const { return m_place; }  // absolute, without links
    // Error E-EXPORT-014 where something else stands there by now, or nothing any more. Any thread.
    Result<void> checkUnchanged() const;

private:
    // What stands at a path; all 0: nothing.
    struct Entry {
        std::uint64_t device = 0, inode = 0;
        std::int64_t size = 0, seconds = 0, nanoseconds = 0;  // when it was written last
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    static Entry entryAt(const std::string& path);

    std::string m_path, m_place;
    Entry m_entry;
};

// GUI thread, where nothing else is said.
class ExportTargets {
public:
    // Error E-EXPORT-013 where an export that lives writes `path`, or the NAME.json beside either, or where one of both
    // paths is a folder around the other.
    Result<void> check(const std::string& path) const;
    std::shared_ptr<const ExportTarget> add(JobKind kind, const std::string& path);
    // Paths of the kind's exports that live, in the order in which they were added.
    std::vector<std::string> pathsOf(JobKind kind) const;
    // Error E-EXPORT-015 where an export that lives would replace a file of `opened`. Waits for the disk while there
    // are exports.
    Result<void> checkOpening(const Workspace& opened) const;
    // All exports of the kind have ended or are cancelled, or the oldest one is: those that still stop write nothing
    // more.
    void forget(JobKind kind);
    void forgetOldest(JobKind kind);

private:
    struct Entry {
        JobKind kind;
        std::weak_ptr<const ExportTarget> target;
    };
    std::vector<Entry> m_targets;
};

}  // namespace dlrm::ui
