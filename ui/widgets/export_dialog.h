// SPDX-License-Identifier: GPL-3.0-or-later
// Where to write an export: a file dialog that opens in the folder of the last one.
#pragma once

#include <QString>
#include <QStringList>

class QWidget;

namespace dlrm::ui {

// What a window is that knows which files must stay as they are.
class ExportGuard {
public:
    virtual ~ExportGuard() = default;
    // Why nothing may be written to `path`, a sentence or two for people; empty: it may.
    virtual QString exportRefusal(const QString& path) const = 0;
};

// GUI thread, blocks in the dialog. name: proposed, without a folder. Empty: nothing was chosen. Where the window of
// `parent` is an ExportGuard and refuses a choice, it is asked for again.
QString askForExport(QWidget* parent, const QString& title, const QString& name, const QString& filter);
// The same for a directory: a new one, or an empty one. Its name may end in none of `filesEnd` (".h5"), which are names
// of files.
QString askForExportFolder(QWidget* parent, const QString& title, const QString& name, const QStringList& filesEnd);

}  // namespace dlrm::ui
