// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

class QImage;

namespace dlrm::ui {

// Makes `bytes` the whole content of `path`. Where that fails, what stood there stays. Empty: written; else
// why not, in the system's words. For pictures and texts of the window, on its thread: the system is not waited for
// until they are on the disk, which may take longer than a window may stand still.
QString writeWhole(const QString& path, const QByteArray& bytes);
QString writePng(const QString& path, const QImage& picture);

}  // namespace dlrm::ui
