// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/storage.h"

#include <QDir>

namespace dlrm::ui {
namespace {

// XDG Base Directory: a relative value is to be ignored.
QString baseDirectory(const char* variable, const char* fallback) {
    const QString set = qEnvironmentVariable(variable);
    return QDir::isAbsolutePath(set) ? set : QDir::homePath() + QLatin1String(fallback);
}

}  // namespace

QString configFile() {
    return baseDirectory("XDG_CONFIG_HOME", "/.config") + QStringLiteral("/dlrm-explorer/settings.ini");
}
QString stateFile() {
    return baseDirectory("XDG_STATE_HOME", "/.local/state") + QStringLiteral("/dlrm-explorer/state.ini");
}

}  // namespace dlrm::ui
