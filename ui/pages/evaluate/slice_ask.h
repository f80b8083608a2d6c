// SPDX-License-Identifier: GPL-3.0-or-later
// Where slices and the keys of groups of them are typed, and how small ones are judged; what cannot be read is said
// below, and marked from the character on at which it begins.
#pragma once

#include <QWidget>

#include <string>
#include <vector>

#include "core/base/result.h"
#include "ui/session/desks/evaluation_desk.h"

class QLabel;
class QLineEdit;
class QSpinBox;

namespace dlrm::ui {

class SliceAsk : public QWidget {
    Q_OBJECT
public:
    explicit SliceAsk(QWidget* parent = nullptr);

    bool isReadable() const { return m_readable; }
    // What is typed; empty where some of it cannot be read.
    const std::vector<std::string>& slices() const { return m_slices; }
    const std::vector<std::string>& groups() const { return m_groups; }
    // From how many rows and clicked ones on a slice is judged.
    SliceLimits limits() const;
    void setGroups(const std::string& text);
    // In place of what is typed. False: they are more than the line takes, and it stays as it is.
    bool setSlices(const std::vector<std::string>& slices);
    // Says what a run answered about what was typed, and marks it. False: it is about something else.
    bool show(const Error& error);

Q_SIGNALS:
    void changed();
    void runAsked();  // Enter, with what can be read

private:
    QSpinBox* limit(std::int64_t value, const QString& unit, const char* name);
    QLineEdit* line(const QString& placeholder, const char* name);
    void read();
    void say(const Error* error);

    QLineEdit* m_slicesLine = nullptr;
    QLineEdit* m_groupsLine = nullptr;
    QSpinBox* m_rowLimit = nullptr;
    QSpinBox* m_positiveLimit = nullptr;
    QLabel* m_problem = nullptr;
    std::vector<std::string> m_slices, m_groups;
    bool m_readable = true;
};

}  // namespace dlrm::ui
