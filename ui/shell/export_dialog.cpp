// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/export_dialog.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QSettings>

#include "ui/shell/storage.h"

namespace dlrm::ui {

QString askForExport(QWidget* parent, const QString& title, const QString& name, const QString& filter) {
    const QString key = QStringLiteral("exports/folder");
    QSettings state(stateFile(), QSettings::IniFormat);
    const QString folder = state.value(key).toString();
    const QString proposed = !folder.isEmpty() && QDir(folder).exists() ? QDir(folder).filePath(name) : name;
    const QString path = QFileDialog::getSaveFileName(parent, title, proposed, filter);
    if (!path.isEmpty()) state.setValue(key, QFileInfo(path).absolutePath());
    return path;
}

}  // namespace dlrm::ui
