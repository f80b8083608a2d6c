// SPDX-License-Identifier: GPL-3.0-or-later
// All dialogs that ask for a file or a folder. They open no file that they list (some files of /proc never answer who
// reads them), and what is typed is what is chosen, whatever stands in the folder that is shown.
#pragma once

#include <QFileDialog>
#include <QString>

#include <functional>
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

// The file that is written where `typed` was given: a name that ends in none of the extensions of `filters`
// ("CSV (*.csv);;TSV (*.tsv)") gets the first one of `chosen`, that of them in force; "All files (*)" adds none. So the
// ending of another filter chooses that one.
QString pathToWrite(const QString& typed, const QString& filters, const QString& chosen);

// Why nothing may be written to a path, a sentence or two for people; empty: it may.
using Refusal = std::function<QString(const QString& path)>;
// Existing::Used: one that exists is taken as it was typed, and not asked about.
enum class Existing { AskedAbout, Used };
// A file to write, as pathToWrite() has it: that path, and no other, is refused where nothing can be written or
// `refusal` says so, and asked about where something stands there. Then it is asked for again.
QString askForNewFile(QWidget* parent, const QString& title, const QString& folder, const QString& name,
                      const QString& filter, Existing existing = Existing::AskedAbout, const Refusal& refusal = {});
// A directory to write: one that does not exist, or an empty one. One with something in it is gone into, where `name`
// is proposed again.
QString askForNewFolder(QWidget* parent, const QString& title, const QString& folder, const QString& name,
                        const Refusal& refusal = {});

}  // namespace dlrm::ui
