// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+K: one field that goes anywhere and does anything. Lies over the window, closes with Escape or a click beside
// it.
#pragma once

#include <QFrame>
#include <QList>

#include <functional>

class QLabel;
class QLineEdit;
class QListWidget;

namespace dlrm::ui {

struct Command {
    enum class Kind {
        Action,
        Place,  // a page, a table or a row; found by scattered letters too
        File    // opens another model; after all that stays in this one
    };
    QString title;
    QString hint;  // shortcut or place, shown at the right
    std::function<void()> run;
    Kind kind = Kind::Action;
    QString also = {};  // further words that it is found by, not shown
};

class CommandPalette : public QFrame {
    Q_OBJECT
public:
    // `commands` is asked anew whenever the palette opens; `dynamic` for every text typed ("table 20", "C20 1234").
    CommandPalette(std::function<QList<Command>()> commands, std::function<QList<Command>(const QString&)> dynamic,
                   QWidget* window);
    void open(const QString& text = {});
    // What is listed, best first.
    QStringList titles() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void list(const QString& query);
    void runCurrent();
    void place();

    std::function<QList<Command>()> m_source;
    std::function<QList<Command>(const QString&)> m_dynamic;
    QList<Command> m_commands, m_listed;
    QLineEdit* m_field = nullptr;
    QListWidget* m_list = nullptr;
    QLabel* m_nothing = nullptr;  // in the list's place
};

}  // namespace dlrm::ui
