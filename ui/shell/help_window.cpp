// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/help_window.h"

#include <QAction>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kTextWidth = 460;

QString tr(const char* text) { return QCoreApplication::translate("Help", text); }

struct Sheet {
    QDialog* dialog;
    QVBoxLayout* body;
};

// One at a time: the next explanation takes the place of the last.
Sheet newSheet(QMainWindow* window, const QString& title) {
    for (QDialog* before : window->findChildren<QDialog*>(QStringLiteral("help"))) before->close();
    auto* dialog = new QDialog(window);
    dialog->setObjectName(QStringLiteral("help"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::l);
    column->setSpacing(space::l);
    auto* head = new QLabel(title, dialog);
    head->setFont(Theme::instance().font(font_size::section, true));
    column->addWidget(head);
    auto* body = new QVBoxLayout;
    body->setSpacing(space::s);
    column->addLayout(body);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    column->addWidget(buttons);
    return {dialog, body};
}

void addText(const Sheet& sheet, const QString& text) {
    auto* label = new QLabel(text, sheet.dialog);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setMinimumWidth(kTextWidth);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    sheet.body->addWidget(label);
}

void addKeys(QGridLayout* grid, const QString& keys, const QString& what) {
    const int row = grid->rowCount();
    auto* left = new QLabel(keys);
    left->setFont(Theme::instance().monospace());
    grid->addWidget(left, row, 0);
    auto* right = new QLabel(what);
    right->setProperty("muted", true);
    grid->addWidget(right, row, 1);
}

void addMenu(QGridLayout* grid, const QMenu* menu) {
    for (QAction* action : menu->actions()) {
        if (action->menu()) addMenu(grid, action->menu());
        else if (!action->shortcut().isEmpty()) addKeys(grid, action->shortcut().toString(QKeySequence::NativeText), action->text().remove(QLatin1Char('&')));
    }
}

}  // namespace

void showPageHelp(QMainWindow* window, const QString& title, const QString& text) {
    const Sheet sheet = newSheet(window, title);
    addText(sheet, text.isEmpty() ? tr("This page has no explanation yet.") : text);
    addText(sheet, tr("Ctrl+K finds every page, table, row and action. Help > Keyboard shortcuts lists the keys."));
    sheet.dialog->show();
}

void showShortcuts(QMainWindow* window) {
    const Sheet sheet = newSheet(window, tr("Keyboard shortcuts"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::xl);
    grid->setVerticalSpacing(space::xs);
    for (QAction* top : window->menuBar()->actions())
        if (top->menu()) addMenu(grid, top->menu());
    addKeys(grid, tr("Esc"), tr("Cancel the running job"));
    addKeys(grid, tr("+  −  0  arrows"), tr("In a chart: zoom, reset, pan or move the cursor"));
    sheet.body->addLayout(grid);
    sheet.dialog->show();
}

void showAboutWindow(QMainWindow* window) {
    const Sheet sheet = newSheet(window, QStringLiteral("DLRM Explorer"));
    addText(sheet, tr("Version %1").arg(QCoreApplication::applicationVersion()));
    addText(sheet, tr("Opens NVIDIA TensorFlow 2 DLRM checkpoints: tables, predictions, interactions and metrics."));
    addText(sheet, tr("The window is licensed under GPL-3.0-or-later, the engine and the command line under Apache-2.0. Built with Qt %1.").arg(QLatin1String(qVersion())));
    sheet.dialog->show();
}

}  // namespace dlrm::ui
