// SPDX-License-Identifier: GPL-3.0-or-later
// What pages are put together from, as all of them have it: layouts, labels, lists, timers.
#pragma once

#include <QHBoxLayout>
#include <QList>
#include <QMargins>
#include <QString>
#include <QStringList>
#include <QVBoxLayout>

#include <functional>
#include <string>
#include <vector>

class QLabel;
class QPushButton;
class QScrollArea;
class QSplitter;
class QTableView;
class QTimer;

namespace dlrm::ui {

// Of this widget; null: for a layout or widget that takes it later.
QVBoxLayout* columnIn(QWidget* widget, int spacing, const QMargins& margins = {});
QHBoxLayout* rowIn(QWidget* widget, int spacing, const QMargins& margins = {});
// A column that is scrolled where it is higher than `widget`, for cards.
QVBoxLayout* scrolledColumnIn(QWidget* widget);
// As wide as there is room, scrolled where it is higher.
QScrollArea* scrolled(QWidget* content, QWidget* parent = nullptr);
// Empties the layout; its widgets are the caller's then.
QList<QWidget*> takeWidgets(QLayout& layout);

QStringList toNames(const std::vector<std::string>& names);
// Text from files is shown as it is, never obeyed as markup.
QLabel* plainLabel(QWidget* parent, const QString& text = {});
// The same muted, in as many lines as it takes.
QLabel* mutedLabel(QWidget* parent, const QString& text = {});
QLabel* boldLabel(QWidget* parent, const QString& text);
// What is wrong with what was typed, beside where it was typed: hidden until something is.
QLabel* problemLabel(QWidget* parent);

// Buttons beside each other, in as many lines as they take.
QWidget* buttonRow(QWidget* parent, int indent = 0);
QPushButton* addButton(QWidget* row, const QString& text, const QString& objectName, const QString& tip,
                       const std::function<void()>& action);

// Looks like a word that leads somewhere.
QPushButton* linkButton(QWidget* parent, const QString& text = {});

QPushButton* tippedButton(QWidget* parent, const QString& text, const QString& tip);
// Stays down until it is pressed again.
QPushButton* toggleButton(QWidget* parent, const QString& text, const QString& tip);

// Both stay in sight; what is given to the page goes to the second.
QSplitter* sideBySide(QWidget* list, QWidget* details);

// Lines without a grid, a line at a time, for the keyboard one stop.
void styleList(QTableView& list);

// Calls `action` once, `ms` after it was started last.
QTimer* onceAfter(QObject* parent, int ms, const std::function<void()>& action);

}  // namespace dlrm::ui
