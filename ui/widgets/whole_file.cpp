// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/whole_file.h"

#include <QBuffer>
#include <QImage>
#include <QSaveFile>

#include <cerrno>

namespace dlrm::ui {

QString writeWhole(const QString& path, const QByteArray& bytes) {
    QSaveFile file(path);
    // Unbuffered: a QSaveFile commits although the last flush of its buffer failed, on a full disk.
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || file.write(bytes) != bytes.size())
        return file.errorString();
    return file.commit() ? QString() : file.errorString();
}

QString writePng(const QString& path, const QImage& picture) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (!picture.save(&buffer, "PNG")) return qt_error_string(ENOMEM);  // nothing else fails in memory
    return writeWhole(path, bytes);
}

}  // namespace dlrm::ui
