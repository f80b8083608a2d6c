// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of dlrm-explorer.
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>

#include "core/base/result.h"
#include "core/engine/open_request.h"
#include "ui/session/session.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

struct Options {
    // Of a window that opens nothing at once: how the first model and dataset are opened. The checkpoint may be a
    // workspace, of which `said` is read otherwise.
    OpenRequest open;
    SaidOptions said;
    std::optional<ThemeMode> theme;
    QString page;
    bool demo = false;  // open the bundled demo
    bool last = false;
    QString renderDirectory;  // empty: show the window
    std::optional<QSize> size;
    QString message;  // --help or --version: print this and leave
};

// Errors: E-OPTION-001 naming the argument that is not understood, or what is wrong with the file that it names.
Result<Options> parseOptions(const QStringList& arguments);

// Before there is a QApplication: whether the arguments ask for pictures, so that no display is needed.
bool asksForRender(int argc, char** argv);
// The same for --help or --version.
bool asksForText(int argc, char** argv);

}  // namespace dlrm::ui
