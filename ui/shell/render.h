// SPDX-License-Identifier: GPL-3.0-or-later
// --render: every page of the window to a PNG, for pictures in documents, for CI and for comparing.
#pragma once

#include <QSize>
#include <QString>

#include <stop_token>

#include "core/base/result.h"
#include "ui/shell/main_window.h"

namespace dlrm::ui {

struct RenderRequest {
    QString directory;  // made when it is not there
    OpenRequest open;   // no checkpoint: the bundled demo
    SaidOptions said;   // of a workspace in its place
    QSize size{1600, 1000};
    std::stop_token stop;
};

// Opens, shows each page, lets it load, writes DIRECTORY/ID.png, and ID-VIEW.png for each further view of a page, and
// where there are scenarios the first one as it is presented, DIRECTORY/present.png. Of a
// part of a model, what there is. A page whose job failed is pictured with what it says of that, and the others follow;
// unless it is about values that are not finite, the first such error is returned at the end. Returns the paths. Other
// errors: what opening said, E-RENDER-001 a file cannot be written,
// E-RENDER-002 a page did not come to rest in time, E-CANCELLED.
Result<QStringList> renderPages(const RenderRequest& request, Session& session);

}  // namespace dlrm::ui
