// SPDX-License-Identifier: GPL-3.0-or-later
// The inspector at the right: the current page's own view of the selection, or a summary of it. It stands there while
// the page has a use for it and the window has room; in a narrow window only once it is asked for.
#pragma once

#include <QDockWidget>

class QAction;
class QLabel;
class QStackedWidget;

namespace dlrm::ui {

class Session;
struct Selection;

class InspectorDock : public QDockWidget {
    Q_OBJECT
public:
    InspectorDock(Session& session, QWidget* parent);
    // Null: the summary. useful: whether the page has anything to say there.
    void setInspector(QWidget* widget, bool useful);
    // Shows or hides it, for the menu and Ctrl+I; checked while it is shown.
    QAction* toggleAction() const { return m_toggle; }
    // The user wants it, or wants it no more, in a window as wide as this.
    void choose(bool shown);
    // The user's wish where there is room.
    bool isWanted() const { return m_wanted; }
    void setWanted(bool wanted);
    // Below this width of the window the pages need all of it.
    static constexpr int kRoomNeeded = 1280;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void arrange();
    void summarise();

    Session& m_session;
    QStackedWidget* m_stack = nullptr;
    QWidget* m_summary = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_text = nullptr;
    QAction* m_toggle = nullptr;
    bool m_useful = true, m_narrow = false;
    bool m_wanted = true, m_wantedNarrow = false;
};

}  // namespace dlrm::ui
