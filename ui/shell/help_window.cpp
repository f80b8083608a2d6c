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
#include <QTextBrowser>
#include <QVBoxLayout>

#include "ui/widgets/glossary.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kTextWidth = 520, kTextHeight = 460;

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
        else if (!action->shortcut().isEmpty())
            addKeys(grid, action->shortcut().toString(QKeySequence::NativeText),
                    action->text().remove(QLatin1Char('&')));
    }
}

}  // namespace

void showPageHelp(QMainWindow* window, const QString& page, const QString& title, const QString& text,
                  const QString& term) {
    const Sheet sheet = newSheet(window, title);
    auto* words = new QTextBrowser(sheet.dialog);
    words->setObjectName(QStringLiteral("helpText"));
    words->setFrameShape(QFrame::NoFrame);
    words->setMinimumSize(kTextWidth, kTextHeight);
    words->setOpenLinks(false);
    QString html;
    for (const QString& paragraph : text.split(QStringLiteral("\n\n")))
        html += QStringLiteral("<p>%1</p>").arg(paragraph.toHtmlEscaped());
    html +=
        QStringLiteral("<p>%1</p>")
            .arg(tr("Ctrl+K finds every page, table, layer, row and action. Help > Keyboard shortcuts lists the keys.")
                     .toHtmlEscaped());
    // The page's own terms first.
    const auto addTerms = [&html](const QString& heading, auto wanted) {
        QString terms;
        for (const Term& t : glossary())
            if (wanted(t))
                terms += QStringLiteral("<p><a name=\"%1\"></a><b>%2</b> — %3</p>")
                             .arg(QLatin1String(t.id), termTitle(t).toHtmlEscaped(), termText(t).toHtmlEscaped());
        if (!terms.isEmpty()) html += QStringLiteral("<h3>%1</h3>%2").arg(heading.toHtmlEscaped(), terms);
    };
    const auto onPage = [&page](const Term& t) {
        return QString::fromLatin1(t.pages).split(QLatin1Char(' ')).contains(page);
    };
    addTerms(tr("Terms on this page"), onPage);
    addTerms(tr("Other terms"), [&onPage](const Term& t) { return !onPage(t); });
    words->setHtml(html);
    sheet.body->addWidget(words);
    sheet.dialog->show();
    if (!term.isEmpty()) words->scrollToAnchor(term);
}

void showShortcuts(QMainWindow* window) {
    const Sheet sheet = newSheet(window, tr("Keyboard shortcuts"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::xl);
    grid->setVerticalSpacing(space::xs);
    for (QAction* top : window->menuBar()->actions())
        if (top->menu()) addMenu(grid, top->menu());
    addKeys(grid, tr("Ctrl+Z  Ctrl+Shift+Z"), tr("Samples: undo, redo"));
    addKeys(grid, tr("Ctrl+C  Ctrl+A"), tr("Copy rows, pairs, or the list of tables; select all of them"));
    addKeys(grid, tr("Ctrl+F  Ctrl+E"), tr("Tables: filter, export rows"));
    addKeys(grid, tr("Ctrl+V  Ctrl+Enter"), tr("Samples: paste lines, add what is typed"));
    addKeys(grid, tr("Enter"), tr("In a list: open the table or layer"));
    addKeys(grid, tr("F5"), tr("Evaluate: run; Interactions: count; elsewhere: present the scenarios"));
    addKeys(grid, tr("←  →  Home  End"), tr("While scenarios are presented: back, on, first, last"));
    addKeys(grid, tr("Page Up  Page Down  Home  End"), tr("In a list: a page on or back, first, last"));
    addKeys(grid, tr("Esc"), tr("Close an error, take back what is typed, or cancel what runs"));
    addKeys(grid, tr("+  −  0  arrows"), tr("In a chart: zoom, reset, pan or move the cursor"));
    sheet.body->addLayout(grid);
    sheet.dialog->show();
}

void showAboutWindow(QMainWindow* window) {
    const Sheet sheet = newSheet(window, QStringLiteral("DLRM Explorer"));
    addText(sheet, tr("Version %1").arg(QCoreApplication::applicationVersion()));
    addText(sheet, tr("Opens NVIDIA TensorFlow 2 DLRM checkpoints: tables, predictions, interactions and metrics."));
    addText(sheet, tr("The window is licensed under GPL-3.0-or-later, the engine and the command line under "
                      "Apache-2.0. Built with Qt %1.")
                       .arg(QLatin1String(qVersion())));
    sheet.dialog->show();
}

}  // namespace dlrm::ui
