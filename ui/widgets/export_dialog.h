// SPDX-License-Identifier: GPL-3.0-or-later
// Where to write an export: a file dialog that opens in the folder of the last one.
#pragma once

#include <QString>

class QWidget;

namespace dlrm::ui {

// GUI thread, blocks in the dialog. name: proposed, without a folder. Empty: nothing was chosen.
QString askForExport(QWidget* parent, const QString& title, const QString& name, const QString& filter = {});

}  // namespace dlrm::ui
