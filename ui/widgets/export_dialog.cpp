// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/export_dialog.h"

#include <QFileInfo>
#include <QSettings>
#include <QWidget>

#include "ui/widgets/file_dialog.h"
#include "ui/widgets/storage.h"

namespace dlrm::ui {
namespace {

// `ask` is given the folder of the last export and what the window of `parent` refuses.
QString askAndRemember(const QWidget* parent, const std::function<QString(const QString&, const Refusal&)>& ask) {
    const QString key = QStringLiteral("exports/folder");
    QSettings state(stateFile(), QSettings::IniFormat);
    const auto* guard = parent ? dynamic_cast<const ExportGuard*>(parent->window()) : nullptr;
    const QString path = ask(state.value(key).toString(), [guard](const QString& chosen) {
        return guard ? guard->exportRefusal(chosen) : QString();
    });
    if (!path.isEmpty()) state.setValue(key, QFileInfo(path).absolutePath());
    return path;
}

}  // namespace

QString askForExport(QWidget* parent, const QString& title, const QString& name, const QString& filter) {
    return askAndRemember(parent, [&](const QString& folder, const Refusal& guard) {
        return askForNewFile(parent, title, folder, name, filter, Existing::AskedAbout, guard);
    });
}

QString askForExportFolder(QWidget* parent, const QString& title, const QString& name, const QStringList& filesEnd) {
    return askAndRemember(parent, [&](const QString& folder, const Refusal& guard) {
        return askForNewFolder(parent, title, folder, name, [&](const QString& path) {
            for (const QString& ending : filesEnd)
                if (path.endsWith(ending, Qt::CaseInsensitive))
                    return QWidget::tr("A name that ends in %1 is that of a file. Choose another one for the folder.")
                        .arg(ending);
            return guard(path);
        });
    });
}

}  // namespace dlrm::ui
