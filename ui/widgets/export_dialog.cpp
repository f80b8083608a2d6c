// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/export_dialog.h"

#include <QFileInfo>
#include <QSettings>

#include "ui/widgets/file_dialog.h"
#include "ui/widgets/storage.h"

namespace dlrm::ui {

QString askForExport(QWidget* parent, const QString& title, const QString& name, const QString& filter) {
    const QString key = QStringLiteral("exports/folder");
    QSettings state(stateFile(), QSettings::IniFormat);
    const QString path = askForNewFile(parent, title, state.value(key).toString(), name, filter);
    if (!path.isEmpty()) state.setValue(key, QFileInfo(path).absolutePath());
    return path;
}

}  // namespace dlrm::ui
