// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/style_sheet.h"

#include <QHash>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

// @name@ stands for a colour of the theme; sizes are the theme's spacing steps. Editors have their text's colour from
// the palette: of one that stands here Qt makes placeholders at half its opacity.
constexpr auto kSheet = R"(
QMainWindow::separator { background: @line@; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @accent@; }
QToolTip { background: @raised@; color: @text@; border: 1px solid @line@; padding: 4px; }

QFrame[card="true"] { background: @raised@; border: 1px solid @line@; border-radius: 6px; }
QLabel[muted="true"] { color: @muted@; }
QLabel { background: transparent; }

QPushButton, QToolButton[button="true"] {
    background: @raised@; color: @text@; border: 1px solid @line@; border-radius: 4px; padding: 4px 12px; min-height: 18px;
}
QPushButton:hover, QToolButton[button="true"]:hover { background: @hover@; }
QPushButton:pressed, QToolButton[button="true"]:pressed { background: @line@; }
QPushButton:focus, QToolButton[button="true"]:focus { border-color: @accent@; }
QPushButton:disabled, QToolButton[button="true"]:disabled { color: @disabled@; }
QPushButton:checked { background: @selected@; border-color: @accent@; }
QPushButton[primary="true"] { background: @accent@; color: @accentText@; border-color: @accent@; }
QPushButton[primary="true"]:hover { background: @accentHover@; }
QPushButton[primary="true"]:focus { border: 2px solid @text@; padding: 3px 11px; }
QPushButton[primary="true"]:disabled { background: @line@; color: @disabled@; border-color: @line@; }
QPushButton[link="true"] { background: transparent; border: 1px solid transparent; color: @accent@; padding: 0 2px; text-align: left; }
QPushButton[link="true"]:hover { text-decoration: underline; }
QPushButton[link="true"]:focus { border-color: @accent@; }
QPushButton[link="true"]:disabled { color: @disabled@; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 3px; }
QToolButton:hover { background: @hover@; }
QToolButton:pressed, QToolButton:checked { background: @selected@; }
QToolButton:focus { border-color: @accent@; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit {
    background: @base@; border: 1px solid @line@; border-radius: 4px; padding: 3px 6px;
    selection-background-color: @accent@; selection-color: @accentText@;
}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: @accent@; }
QLineEdit:disabled { color: @disabled@; }
QComboBox { background: @raised@; border: 1px solid @line@; border-radius: 4px; padding: 3px 8px; min-height: 18px; }
QComboBox:focus { border-color: @accent@; }
QComboBox:hover { background: @hover@; }
QComboBox::drop-down { border: none; width: 18px; }
QComboBox::down-arrow { image: url(:/icons/@chevron@.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @raised@; border: 1px solid @line@; selection-background-color: @selected@; selection-color: @text@; }

QAbstractSpinBox { padding-right: 18px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { background: transparent; border: none; width: 18px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: @hover@; }
QAbstractSpinBox::up-arrow { image: url(:/icons/@chevronUp@.svg); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url(:/icons/@chevron@.svg); width: 10px; height: 10px; }
QRadioButton, QCheckBox { spacing: 8px; }
QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid @muted@; border-radius: 7px; background: @base@; outline: none; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 4px solid @accent@; background: @accentText@; }
QCheckBox::indicator { width: 12px; height: 12px; border: 1px solid @muted@; border-radius: 3px; background: @base@; }
QCheckBox::indicator:checked { border-color: @accent@; image: url(:/icons/@check@.svg); }
QRadioButton::indicator:disabled, QCheckBox::indicator:disabled { border-color: @line@; }
QRadioButton:focus, QCheckBox:focus { color: @accent@; }

QAbstractItemView { background: @base@; alternate-background-color: @alternate@; border: none; gridline-color: @line@; outline: 0; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected { background: @selected@; color: @text@; }
QTreeView::item { border: none; padding: 0 5px; }
QTableView, QTreeView, QListView { selection-background-color: @selected@; selection-color: @text@; }
QHeaderView { background: @window@; border: none; }
QHeaderView::section { background: @window@; color: @muted@; border: none; border-bottom: 1px solid @line@; padding: 4px 8px; }
QHeaderView::section:vertical { border-bottom: none; border-right: 1px solid @line@; padding: 0 8px; }
QTableCornerButton::section { background: @window@; border: none; border-bottom: 1px solid @line@; }

QTabBar::tab { background: transparent; color: @muted@; border: none; border-bottom: 2px solid transparent; padding: 5px 10px; }
QTabBar::tab:selected { color: @text@; border-bottom-color: @accent@; }
QTabBar::tab:hover { color: @text@; }
QTabBar::tab:focus { color: @accent@; }
QTabWidget::pane { border: none; border-top: 1px solid @line@; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[transparent="true"] { background: transparent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: @handle@; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 28px; margin: 2px; }
QScrollBar::handle:horizontal { min-width: 28px; margin: 2px; }
QScrollBar::handle:hover { background: @muted@; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QSplitter::handle { background: @line@; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: @accent@; }

QMenuBar { background: @window@; border-bottom: 1px solid @line@; padding: 0 4px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: @hover@; }
QMenu { background: @raised@; border: 1px solid @line@; padding: 4px; }
QFrame[popup="true"] { background: @raised@; border: 1px solid @line@; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selected@; }
QMenu::item:disabled { color: @disabled@; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 6px; }
QMenu::indicator:checked { image: url(:/icons/@check@.svg); }
QMenu::separator { height: 1px; background: @line@; margin: 4px 8px; }

QSlider::groove:horizontal { background: @handle@; height: 2px; }
QSlider::sub-page:horizontal { background: @accent@; }
QSlider::sub-page:horizontal:disabled { background: @line@; }
QSlider::handle:horizontal { background: @raised@; border: 1px solid @muted@; border-radius: 3px; width: 9px; margin: -5px 0; }
QSlider::handle:horizontal:hover { border-color: @accent@; }
QSlider::handle:horizontal:disabled { border-color: @line@; }

QProgressBar { border: none; background: transparent; }
QProgressBar[groove="true"] { background: @line@; }
QProgressBar::chunk { background: @accent@; }
#jobProgress { background: @line@; }

#rail { background: @window@; border-right: 1px solid @line@; }
#rail QToolButton { color: @muted@; border: none; border-left: 2px solid transparent; border-radius: 0; padding: 6px 0 4px 0; }
#rail QToolButton:hover { background: @hover@; color: @text@; }
#rail QToolButton:checked { color: @text@; border-left-color: @accent@; background: @hover@; }
#rail QToolButton:focus { color: @accent@; }
#rail QToolButton:disabled { color: @disabled@; }
#pageHeader { background: @window@; border-bottom: 1px solid @line@; }
#errorBanner { background: @failTint@; border: none; border-bottom: 1px solid @fail@; }
#toast { background: @raised@; border: 1px solid @line@; border-radius: 6px; }
#palette { background: @raised@; border: 1px solid @line@; border-radius: 6px; }
#palette QListView { background: @raised@; }
#statusBar { background: @window@; border-top: 1px solid @line@; }
#statusBar QToolButton { padding: 1px 6px; }
#statusBar::item { border: none; }
#inspectorTitle { background: @window@; border-bottom: 1px solid @line@; }
#inspectorBody { background: @window@; }
)";

QColor blend(const QColor& a, const QColor& b, double share) {
    const auto channel = [share](int x, int y) { return static_cast<int>(x + (y - x) * share); };
    return QColor(channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue()));
}

}  // namespace

QString styleSheet(const ThemeColors& c) {
    const QString tone = c.window.lightness() < c.text.lightness() ? QStringLiteral("-dark") : QStringLiteral("-light");
    const QHash<QString, QString> values{
        {QStringLiteral("window"), c.window.name()},
        {QStringLiteral("base"), c.base.name()},
        {QStringLiteral("alternate"), blend(c.base, c.window, 0.5).name()},
        {QStringLiteral("raised"), c.raised.name()},
        {QStringLiteral("hover"), blend(c.window, c.text, 0.07).name()},
        {QStringLiteral("selected"), blend(c.base, c.accent, 0.24).name()},
        {QStringLiteral("line"), c.line.name()},
        {QStringLiteral("handle"), blend(c.line, c.muted, 0.35).name()},
        {QStringLiteral("text"), c.text.name()},
        {QStringLiteral("muted"), c.muted.name()},
        {QStringLiteral("disabled"), c.disabled.name()},
        {QStringLiteral("accent"), c.accent.name()},
        {QStringLiteral("accentHover"), blend(c.accent, c.text, 0.12).name()},
        {QStringLiteral("accentText"), c.accentText.name()},
        {QStringLiteral("fail"), c.fail.name()},
        {QStringLiteral("failTint"), blend(c.window, c.fail, 0.10).name()},
        {QStringLiteral("chevron"), QStringLiteral("chevron-down") + tone},
        {QStringLiteral("chevronUp"), QStringLiteral("chevron-up") + tone},
        {QStringLiteral("check"), QStringLiteral("check") + tone},
    };
    QString sheet = QString::fromLatin1(kSheet);
    for (auto it = values.cbegin(); it != values.cend(); ++it)
        sheet.replace(QLatin1Char('@') + it.key() + QLatin1Char('@'), it.value());
    return sheet;
}

}  // namespace dlrm::ui
