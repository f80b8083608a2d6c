// SPDX-License-Identifier: GPL-3.0-or-later
// What is opened of paths that were dropped.
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

#include "ui/session/session.h"

namespace dlrm::ui {

// At most one of each kind.
struct OpenTargets {
    QString checkpoint, dataset, dictionary;
    QString workspace;  // where there is one, nothing else is opened
    QStringList left;   // what is not opened: others of a kind
};
// The first of each kind; several files of one checkpoint are one path.
OpenTargets targetsOf(const std::vector<ToldPath>& paths);
// What the folders directly inside this one are, the first of each kind: for one who names the folder that holds
// checkpoint and dataset.
OpenTargets targetsInside(const QString& directory);

}  // namespace dlrm::ui
