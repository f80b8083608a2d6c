// SPDX-License-Identifier: GPL-3.0-or-later
// Where slices and the keys of groups of them are typed; what cannot be read is said below, and marked from the
// character on at which it begins.
#pragma once

#include <QWidget>

#include <string>
#include <vector>

#include "core/base/result.h"

class QLabel;
class QLineEdit;

namespace dlrm::ui {

class SliceAsk : public QWidget {
    Q_OBJECT
public:
    explicit SliceAsk(QWidget* parent = nullptr);

    bool isReadable() const { return m_readable; }
    // What is typed; empty where some of it cannot be read.
    const std::vector<std::string>& slices() const { return m_slices; }
    const std::vector<std::string>& groups() const { return m_groups; }
    // Says what a run answered about what was typed, and marks it. False: it is about something else.
    bool show(const Error& error);

Q_SIGNALS:
    void changed();
    void runAsked();  // Enter, with what can be read

private:
    QLineEdit* line(const QString& placeholder, const char* name);
    void read();
    void say(const Error* error);

    QLineEdit* m_slicesLine = nullptr;
    QLineEdit* m_groupsLine = nullptr;
    QLabel* m_problem = nullptr;
    std::vector<std::string> m_slices, m_groups;
    bool m_readable = true;
};

}  // namespace dlrm::ui
