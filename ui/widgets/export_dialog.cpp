// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/export_dialog.h"

#include <QFileInfo>
#include <QMessageBox>
#include <QSettings>
#include <QWidget>

#include "ui/widgets/file_dialog.h"
#include "ui/widgets/storage.h"

namespace dlrm::ui {

QString askForExport(QWidget* parent, const QString& title, const QString& name, const QString& filter) {
    const QString key = QStringLiteral("exports/folder");
    QSettings state(stateFile(), QSettings::IniFormat);
    const auto* guard = parent ? dynamic_cast<const ExportGuard*>(parent->window()) : nullptr;
    for (;;) {
        const QString path = askForNewFile(parent, title, state.value(key).toString(), name, filter);
        if (path.isEmpty()) return {};
        state.setValue(key, QFileInfo(path).absolutePath());
        const QString refusal = guard ? guard->exportRefusal(path) : QString();
        if (refusal.isEmpty()) return path;
        QMessageBox::warning(parent, title, refusal);
    }
}

}  // namespace dlrm::ui
