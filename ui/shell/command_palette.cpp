// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/command_palette.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyle>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <tuple>

#include "ui/shell/fuzzy.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kPaletteWidth = 560, kTop = 72, kRowHeight = 30, kRowsShown = 11, kMostListed = 60;
constexpr int kHintRole = Qt::UserRole;

class CommandDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {0, kRowHeight}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, option.palette.color(QPalette::Midlight));
        const QRect row = option.rect.adjusted(space::m, 0, -space::m, 0);
        const QString hint = index.data(kHintRole).toString();
        painter->setFont(theme.font(font_size::caption));
        painter->setPen(theme.colors().muted);
        painter->drawText(row, Qt::AlignRight | Qt::AlignVCenter, hint);
        const int hintWidth = painter->fontMetrics().horizontalAdvance(hint) + space::m;
        painter->setFont(theme.font(font_size::body));
        painter->setPen(theme.colors().text);
        const QRect words = row.adjusted(0, 0, -hintWidth, 0);
        painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, words.width()));
    }
};

}  // namespace

CommandPalette::CommandPalette(std::function<QList<Command>()> commands,
                               std::function<QList<Command>(const QString&)> dynamic, QWidget* window)
    : QFrame(window), m_source(std::move(commands)), m_dynamic(std::move(dynamic)) {
    setObjectName(QStringLiteral("palette"));
    setAccessibleName(tr("Command palette"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::s, space::s, space::s, space::s);
    column->setSpacing(space::s);
    m_field = new QLineEdit(this);
    m_field->setPlaceholderText(tr("Page, action, table, layer, table and row (cat_19 1234), or raw value"));
    m_field->setAccessibleName(tr("Command"));
    m_list = new QListWidget(this);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFixedHeight(kRowsShown * kRowHeight);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_nothing = new QLabel(tr("Nothing that can be done now has this name, and no table, row or raw value."), this);
    m_nothing->setObjectName(QStringLiteral("nothingFound"));
    m_nothing->setProperty("muted", true);
    m_nothing->setWordWrap(true);
    column->addWidget(m_field);
    column->addWidget(m_list);
    column->addWidget(m_nothing);
    setFixedWidth(kPaletteWidth);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::list);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    m_field->installEventFilter(this);
    window->installEventFilter(this);
    hide();
}

void CommandPalette::open(const QString& text) {
    m_commands = m_source();
    m_field->setText(text);
    list(text);
    place();
    show();
    raise();
    m_field->setFocus(Qt::PopupFocusReason);
}

QStringList CommandPalette::titles() const {
    QStringList out;
    for (const Command& command : m_listed) out << command.title;
    return out;
}

void CommandPalette::place() {
    adjustSize();
    const int width = parentWidget()->width();
    move((width - this->width()) / 2, kTop);
}

void CommandPalette::list(const QString& query) {
    struct Found {
        // Less comes first: what was typed exactly, words before scattered letters, this model before other files,
        // beginnings of words before the inside of some, then how well.
        std::tuple<bool, bool, bool, bool, int> place;
        Command command;
    };
    QList<Found> found;
    for (const Command& command : m_dynamic(query)) found.append({{}, command});
    for (const Command& command : m_commands) {
        const QString text = command.also.isEmpty() ? command.title : command.title + QLatin1Char(' ') + command.also;
        const TextMatch match = matchOf(query, text);
        const bool scattered = match == TextMatch::Scattered;
        if (match == TextMatch::None || (scattered && command.kind != Command::Kind::Place)) continue;
        found.append({{true, scattered, command.kind == Command::Kind::File, match != TextMatch::Starts,
                       -fuzzyScore(query, text)},
                      command});
    }
    std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.place < b.place; });
    m_listed.clear();
    m_list->clear();
    for (const Found& entry : found) {
        if (m_listed.size() == kMostListed) break;
        m_listed.append(entry.command);
        auto* item = new QListWidgetItem(entry.command.title, m_list);
        item->setData(kHintRole, entry.command.hint);
    }
    m_list->setCurrentRow(m_listed.isEmpty() ? -1 : 0);
    m_list->setVisible(!m_listed.isEmpty());
    m_nothing->setVisible(m_listed.isEmpty());
    adjustSize();
}

void CommandPalette::runCurrent() {
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_listed.size()) return;
    const auto run = m_listed[row].run;
    hide();
    run();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_field && event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();  // Escape closes the palette before it cancels a job
        return true;
    }
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const int rows = static_cast<int>(m_listed.size());
        switch (key) {
            case Qt::Key_Escape:
                hide();
                parentWidget()->setFocus();
                return true;
            case Qt::Key_Return:
            case Qt::Key_Enter:
                runCurrent();
                return true;
            case Qt::Key_Down:
            case Qt::Key_Up:
                m_list->setCurrentRow(rows ? (m_list->currentRow() + (key == Qt::Key_Down ? 1 : rows - 1)) % rows : -1);
                return true;
            default:
                return false;
        }
    }
    if (watched == m_field && event->type() == QEvent::FocusOut &&
        static_cast<QFocusEvent*>(event)->reason() != Qt::ActiveWindowFocusReason)
        hide();
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) place();
    return QFrame::eventFilter(watched, event);
}

}  // namespace dlrm::ui
