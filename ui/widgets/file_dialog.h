// SPDX-License-Identifier: GPL-3.0-or-later
// All dialogs that ask for a file or a folder. They open no file that they list (some files of /proc never answer who
// reads them), and what is typed is what is chosen, whatever stands in the folder that is shown.
#pragma once

#include <QFileDialog>
#include <QString>

#include <memory>

namespace dlrm::ui {

// GUI thread. Shows `folder`; empty or gone: that of the last choice. name: proposed, may be empty. filter:
// QFileDialog's name filters; empty: all files.
std::unique_ptr<QFileDialog> makeFileDialog(QWidget* parent, const QString& title, const QString& folder,
                                            const QString& name, const QString& filter);

// Each blocks in its dialog; empty: nothing was chosen. start: a folder, or a file, whose folder is shown and whose
// name is proposed.
QString askForFile(QWidget* parent, const QString& title, const QString& start,
                   const QString& filter);                                          // one that exists
QString askForFolder(QWidget* parent, const QString& title, const QString& start);  // shows files too
// A file to write. A name that is typed without an extension gets that of the chosen filter. Existing::Used: one that
// exists is not asked about.
enum class Existing { AskedAbout, Used };
QString askForNewFile(QWidget* parent, const QString& title, const QString& folder, const QString& name,
                      const QString& filter, Existing existing = Existing::AskedAbout);

}  // namespace dlrm::ui
