// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

class QImage;

namespace dlrm::ui {

// Makes `bytes` the whole content of `path`. Where that fails, what stood there stays. Empty: written, and on the disk;
// else why not, in the system's words. For pictures and texts of the window: blocks as long as the disk takes.
QString writeWhole(const QString& path, const QByteArray& bytes);
QString writePng(const QString& path, const QImage& picture);

}  // namespace dlrm::ui
