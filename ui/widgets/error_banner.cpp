// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/error_banner.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <initializer_list>

#include "ui/widgets/plain_text.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kIconSize = 20;
constexpr int kCopiedMs = 1500;
constexpr int kEntryWidth = 280;
constexpr qsizetype kShortDetail = 60;  // characters
}  // namespace

ErrorBanner::ErrorBanner(QWidget* under, QWidget* parent) : QFrame(parent), m_under(under) {
    under->installEventFilter(this);
    setObjectName(QStringLiteral("errorBanner"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::l, space::s, space::m, space::s);
    row->setSpacing(space::m);

    auto* icon = new QLabel(this);
    const auto showIcon = [icon] { icon->setPixmap(themeIcon(QStringLiteral("error")).pixmap(kIconSize)); };
    showIcon();
    connect(&Theme::instance(), &Theme::changed, icon, showIcon);
    row->addWidget(icon, 0, Qt::AlignTop);

    auto* words = new QVBoxLayout;
    words->setSpacing(space::xs);
    for (QLabel** made : {&m_sentence, &m_remedy, &m_where, &m_details}) {
        QLabel* label = *made = new QLabel(this);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
        words->addWidget(label);
    }
    m_where->setObjectName(QStringLiteral("errorWhere"));
    m_details->setObjectName(QStringLiteral("errorDetails"));
    m_sentence->setFont(Theme::instance().font(font_size::body, true));
    m_actions = new QWidget(this);
    m_actionRow = new QHBoxLayout(m_actions);
    m_actionRow->setContentsMargins(0, space::xs, 0, 0);
    m_actionRow->setSpacing(space::s);
    m_actionRow->addStretch(1);
    words->addWidget(m_actions);
    m_problem = new QLabel(this);
    m_problem->setObjectName(QStringLiteral("errorProblem"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    words->addWidget(m_problem);
    row->addLayout(words, 1);

    m_retry = new QPushButton(tr("&Retry"), this);
    connect(m_retry, &QPushButton::clicked, this, [this] {
        const auto action = m_retryAction;
        if (action) action();
    });
    m_more = new QPushButton(tr("&Details"), this);
    m_more->setObjectName(QStringLiteral("errorMore"));
    m_more->setCheckable(true);
    m_more->setToolTip(tr("What was expected and what was found"));
    connect(m_more, &QPushButton::toggled, m_details, &QWidget::setVisible);
    auto* copy = new QPushButton(tr("&Copy"), this);
    copy->setObjectName(QStringLiteral("copyError"));
    copy->setToolTip(tr("Copy the whole message"));
    connect(copy, &QPushButton::clicked, this, [this, copy] {
        QGuiApplication::clipboard()->setText(m_text);
        copy->setText(tr("Copied"));
        QTimer::singleShot(kCopiedMs, copy, [copy] { copy->setText(tr("&Copy")); });
    });
    auto* close = new QToolButton(this);
    close->setObjectName(QStringLiteral("closeError"));
    close->setIcon(themeIcon(QStringLiteral("close")));
    close->setToolTip(tr("Close this message (Esc)"));
    close->setAccessibleName(tr("Close this message"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    for (QWidget* button : std::initializer_list<QWidget*>{m_retry, m_more, copy, close})
        row->addWidget(button, 0, Qt::AlignTop);
    hide();
}

void ErrorBanner::showError(const Error& error, std::function<void()> retry, std::vector<ErrorAction> actions,
                            const QString& retryText) {
    m_text = QString::fromStdString(error.text());
    // The first line of text() is "E-XXX-000: sentence"; the rest says where, expected, found, and what to do, a line
    // each.
    QStringList lines = m_text.split(QLatin1Char('\n')), where, details;
    const QString code = QString::fromStdString(error.code), start = QStringLiteral("what to do: ");
    QString remedy;
    m_sentence->setText(lines.takeFirst().mid(code.size() + 2));
    for (const QString& line : lines) {
        if (line.startsWith(start)) remedy = line.mid(start.size());
        else if (line.startsWith(QLatin1String("expected: ")) || line.startsWith(QLatin1String("found: ")))
            details << line;
        else where << line;
    }
    m_remedy->setText(remedy);
    m_remedy->setVisible(!remedy.isEmpty());
    m_where->setText((where << code).join(QStringLiteral(" · ")));
    m_details->setText(details.join(QLatin1Char('\n')));
    const bool isShort =
        std::all_of(details.begin(), details.end(), [](const QString& line) { return line.size() <= kShortDetail; });
    m_more->setChecked(false);
    m_details->setVisible(isShort && !details.isEmpty());
    m_more->setVisible(!isShort);
    m_retryAction = std::move(retry);
    m_retry->setText(retryText.isEmpty() ? tr("&Retry") : retryText);
    m_retry->setVisible(static_cast<bool>(m_retryAction));
    for (QWidget* old : m_actions->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
        m_actionRow->removeWidget(old);
        old->hide();
        old->deleteLater();  // it may be the one that was clicked
    }
    m_problem->hide();
    for (const ErrorAction& action : actions) addAction(action);
    m_actions->setVisible(!actions.empty());
    setAccessibleName(tr("Error: %1").arg(m_text));
    place();
    show();
    raise();
}

void ErrorBanner::addAction(const ErrorAction& action) {
    auto* button = new QPushButton(withoutShortcut(action.text), m_actions);
    button->setObjectName(QStringLiteral("errorAction"));
    const auto add = [this](QWidget* widget) {
        m_actionRow->insertWidget(m_actionRow->count() - 1, widget);
    };  // before the stretch
    if (!action.take) {
        connect(button, &QPushButton::clicked, this, [run = action.run] { run(); });
        return add(button);
    }
    auto* entry = new QLineEdit(action.typed, m_actions);
    entry->setObjectName(QStringLiteral("errorEntry"));
    entry->setPlaceholderText(action.placeholder);
    entry->setAccessibleName(action.placeholder);
    entry->setMinimumWidth(kEntryWidth);
    const auto hand = [this, entry, take = action.take] {
        const Result<void> taken = take(entry->text().trimmed());
        m_problem->setText(taken ? QString()
                                 : tr("Expected %1, found %2.")
                                       .arg(QString::fromStdString(taken.error().expected),
                                            QString::fromStdString(taken.error().found)));
        m_problem->setVisible(!taken);
    };
    connect(button, &QPushButton::clicked, this, hand);
    connect(entry, &QLineEdit::returnPressed, this, hand);
    add(entry);
    add(button);
}

void ErrorBanner::place() {
    const int width = m_under->width();
    setGeometry(m_under->x(), m_under->y(), width,
                std::min(m_under->height(), hasHeightForWidth() ? heightForWidth(width) : sizeHint().height()));
}

// Details open, a button comes or goes.
bool ErrorBanner::event(QEvent* event) {
    const bool done = QFrame::event(event);
    if (event->type() == QEvent::LayoutRequest) place();
    return done;
}

bool ErrorBanner::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_under && (event->type() == QEvent::Resize || event->type() == QEvent::Move)) place();
    return QFrame::eventFilter(watched, event);
}

QString ErrorBanner::text() const { return isHidden() ? QString() : m_text; }

}  // namespace dlrm::ui
