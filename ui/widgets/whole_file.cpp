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
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered)) return file.errorString();
    // A write that ends early has no reason yet: the next one has.
    for (qint64 done = 0; done < bytes.size();) {
        const qint64 n = file.write(bytes.constData() + done, bytes.size() - done);
        if (n <= 0) return file.errorString();
        done += n;
    }
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
