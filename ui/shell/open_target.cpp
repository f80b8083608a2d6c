// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/open_target.h"

#include <QDir>
#include <QFileInfo>

#include <utility>

namespace dlrm::ui {

OpenTargets targetsOf(const std::vector<ToldPath>& paths) {
    OpenTargets out;
    for (const ToldPath& told : paths) {
        QString& of = told.kind == PathKind::Checkpoint  ? out.checkpoint
                      : told.kind == PathKind::Dataset   ? out.dataset
                      : told.kind == PathKind::Workspace ? out.workspace
                                                         : out.dictionary;
        const QString path = QString::fromStdString(told.path);
        if (of.isEmpty()) of = path;
        else if (of != path && !out.left.contains(path)) out.left << path;
    }
    if (out.workspace.isEmpty()) return out;
    for (QString* beside : {&out.checkpoint, &out.dataset, &out.dictionary})
        if (!beside->isEmpty()) out.left << std::exchange(*beside, {});
    return out;
}

OpenTargets targetsInside(const QString& directory) {
    constexpr int kMost = 200;  // entries that are looked at
    std::vector<ToldPath> found;
    for (const QFileInfo& entry :
         QDir(directory).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name).mid(0, kMost))
        if (const auto kind = Session::kindOfFolder(entry.absoluteFilePath()))
            found.push_back({*kind, entry.absoluteFilePath().toStdString()});
    return targetsOf(found);
}

}  // namespace dlrm::ui
