// SPDX-License-Identifier: GPL-3.0-or-later
// A small form that opens under a button and closes with Esc, Enter or a click elsewhere. Not a QMenu: there Tab does
// not lead from field to field.
#pragma once

#include <QFrame>

#include <functional>
#include <utility>

class QFormLayout;

namespace dlrm::ui {

class PopupForm : public QFrame {
    Q_OBJECT
public:
    explicit PopupForm(QWidget* parent);
    QFormLayout* form() const { return m_form; }
    // Opens under `button`, on its screen as a whole, with the keys in the first field.
    void openUnder(const QWidget* button);
    // Enter closes the form only when this holds: what is wrong is then said beside its field. Without it, always.
    void setReady(std::function<bool()> ready) { m_ready = std::move(ready); }

Q_SIGNALS:
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QFormLayout* m_form = nullptr;
    std::function<bool()> m_ready;
};

}  // namespace dlrm::ui
