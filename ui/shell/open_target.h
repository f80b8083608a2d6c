// SPDX-License-Identifier: GPL-3.0-or-later
// What a path that was dropped or named on the command line is, from names alone.
#pragma once

#include <QString>
#include <QStringList>

namespace dlrm::ui {

enum class TargetKind { Checkpoint, Dataset, Dictionary };
TargetKind classifyTarget(const QString& path);

// Several paths at once, at most one of each kind; the last one named wins.
struct OpenTargets {
    QString checkpoint, dataset, dictionary;
};
OpenTargets sortTargets(const QStringList& paths);
// What the folders directly inside this one are, the first of each kind: for one who names the folder that holds
// checkpoint and dataset.
OpenTargets targetsInside(const QString& directory);

}  // namespace dlrm::ui
