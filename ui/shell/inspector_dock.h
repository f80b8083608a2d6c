// SPDX-License-Identifier: GPL-3.0-or-later
// The inspector at the right: the current page's own view of the selection, or a summary of it.
#pragma once

#include <QDockWidget>

class QLabel;
class QStackedWidget;

namespace dlrm::ui {

class Session;
struct Selection;

class InspectorDock : public QDockWidget {
    Q_OBJECT
public:
    InspectorDock(Session& session, QWidget* parent);
    // Null: the summary.
    void setInspector(QWidget* widget);

private:
    void summarise();

    Session& m_session;
    QStackedWidget* m_stack = nullptr;
    QWidget* m_summary = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_text = nullptr;
};

}  // namespace dlrm::ui
