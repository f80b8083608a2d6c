// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/export_dialog.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSettings>

#include "ui/shell/storage.h"

namespace dlrm::ui {
namespace {

// "csv" of "CSV (*.csv)"; empty: it names none.
QString suffixOf(const QString& filter) {
    static const QRegularExpression suffix(QStringLiteral("\\*\\.(\\w+)"));
    return suffix.match(filter).captured(1);
}

}  // namespace

QString askForExport(QWidget* parent, const QString& title, const QString& name, const QString& filter) {
    const QString key = QStringLiteral("exports/folder");
    QSettings state(stateFile(), QSettings::IniFormat);
    const QString folder = state.value(key).toString();
    QFileDialog dialog(parent, title, !folder.isEmpty() && QDir(folder).exists() ? folder : QString(), filter);
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setFileMode(QFileDialog::AnyFile);
    // A name that is typed without an extension gets that of the chosen format, before the dialog asks whether to overwrite.
    const auto useSuffix = [&dialog](const QString& chosen) { dialog.setDefaultSuffix(suffixOf(chosen)); };
    QObject::connect(&dialog, &QFileDialog::filterSelected, &dialog, useSuffix);
    useSuffix(dialog.selectedNameFilter());
    dialog.selectFile(name);
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty()) return {};
    const QString path = dialog.selectedFiles().constFirst();
    state.setValue(key, QFileInfo(path).absolutePath());
    return path;
}

}  // namespace dlrm::ui
