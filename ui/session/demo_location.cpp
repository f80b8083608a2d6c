// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/demo_location.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStringList>

namespace dlrm::ui {

QString demoDirectory() {
    QStringList places;
    if (const QString chosen = qEnvironmentVariable("DLRM_DEMO_DIR"); !chosen.isEmpty()) places << chosen;
    places << QCoreApplication::applicationDirPath() + QStringLiteral("/../share/dlrm-explorer/demo")
           << QStringLiteral(DLRM_DEMO_SOURCE_DIR);
    for (const QString& place : places)
        if (QFileInfo(place + QStringLiteral("/checkpoint")).isDir()) return QDir(place).absolutePath();
    return {};
}

}  // namespace dlrm::ui
