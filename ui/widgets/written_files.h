// SPDX-License-Identifier: GPL-3.0-or-later
// A child of the window: widgets that know no session tell it of the tables they write, so that where those come from
// is written beside them.
#pragma once

#include <QObject>

namespace dlrm::ui {

class WrittenFiles : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

Q_SIGNALS:
    void tableWritten(const QString& path, const QString& holds);  // holds: what is in it, in a few words
};

}  // namespace dlrm::ui
