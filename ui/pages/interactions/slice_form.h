// SPDX-License-Identifier: GPL-3.0-or-later
// The slice whose rows are counted and the one that it is compared with: typed under the rows, shown as chips.
#pragma once

#include <QObject>

#include <optional>

#include "ui/session/desks/interaction_desk.h"

class QFormLayout;
class QLabel;
class QLineEdit;
class QToolButton;
class QWidget;

namespace dlrm::ui {

class SliceForm : public QObject {
    Q_OBJECT
public:
    // Adds its lines to the form; the chips are the page's to place.
    SliceForm(Session& session, QFormLayout* form, QWidget* page);

    // Nothing: one of them cannot be read, as is said beside it.
    std::optional<InteractionSlices> slices() const;
    // What is open may be other, and with it the fields.
    void reopen();
    // The form was closed: what cannot be read does not stay behind it.
    void leave();
    QWidget* chips() const { return m_chips; }

Q_SIGNALS:
    void changed();
    void noticed(const QString& text);

private:
    struct Line {
        QLineEdit* edit = nullptr;
        QLabel* hint = nullptr;
        QToolButton* chip = nullptr;
        QString accepted;  // as the form was left the last time
        bool fine = true;
    };
    void add(Line& line, QFormLayout* form, const QString& label, const char* name, const QString& tip);
    void check(Line& line);

    Session& m_session;
    QWidget* m_chips = nullptr;
    Line m_slice, m_against;
};

}  // namespace dlrm::ui
