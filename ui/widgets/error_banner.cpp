// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/error_banner.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kIconSize = 20;
constexpr int kCopiedMs = 1500;
}  // namespace

ErrorBanner::ErrorBanner(QWidget* parent) : QFrame(parent) {
    setObjectName(QStringLiteral("errorBanner"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::l, space::s, space::m, space::s);
    row->setSpacing(space::m);

    m_icon = new QLabel(this);
    m_icon->setPixmap(themeIcon(QStringLiteral("error")).pixmap(kIconSize));
    connect(&Theme::instance(), &Theme::changed, this, [this] { m_icon->setPixmap(themeIcon(QStringLiteral("error")).pixmap(kIconSize)); });
    row->addWidget(m_icon, 0, Qt::AlignTop);

    auto* words = new QVBoxLayout;
    words->setSpacing(space::xs);
    m_sentence = new QLabel(this);
    m_details = new QLabel(this);
    m_sentence->setFont(Theme::instance().font(font_size::body, true));
    for (QLabel* label : {m_sentence, m_details}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
        words->addWidget(label);
    }
    m_actions = new QWidget(this);
    m_actionRow = new QHBoxLayout(m_actions);
    m_actionRow->setContentsMargins(0, space::xs, 0, 0);
    m_actionRow->setSpacing(space::s);
    m_actionRow->addStretch(1);
    words->addWidget(m_actions);
    row->addLayout(words, 1);

    m_retry = new QPushButton(tr("&Retry"), this);
    connect(m_retry, &QPushButton::clicked, this, [this] {
        const auto action = m_retryAction;
        if (action) action();
    });
    m_copy = new QPushButton(tr("&Copy"), this);
    m_copy->setObjectName(QStringLiteral("copyError"));
    m_copy->setToolTip(tr("Copy the whole message"));
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_text);
        m_copy->setText(tr("Copied"));
        QTimer::singleShot(kCopiedMs, m_copy, [button = m_copy] { button->setText(tr("&Copy")); });
    });
    auto* close = new QToolButton(this);
    close->setObjectName(QStringLiteral("closeError"));
    close->setIcon(themeIcon(QStringLiteral("close")));
    close->setToolTip(tr("Close this message"));
    close->setAccessibleName(tr("Close this message"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    row->addWidget(m_retry, 0, Qt::AlignTop);
    row->addWidget(m_copy, 0, Qt::AlignTop);
    row->addWidget(close, 0, Qt::AlignTop);
    hide();
}

void ErrorBanner::showError(const Error& error, std::function<void()> retry, std::vector<ErrorAction> actions) {
    m_text = QString::fromStdString(error.text());
    // The first line of text() is "E-XXX-000: sentence"; the rest says where, expected, found, and what to do.
    const qsizetype lineEnd = m_text.indexOf(QLatin1Char('\n'));
    m_sentence->setText(lineEnd < 0 ? m_text : m_text.left(lineEnd));
    m_details->setText(lineEnd < 0 ? QString() : m_text.mid(lineEnd + 1));
    m_details->setVisible(lineEnd >= 0);
    m_retryAction = std::move(retry);
    m_retry->setVisible(static_cast<bool>(m_retryAction));
    for (QPushButton* old : m_actions->findChildren<QPushButton*>()) {
        m_actionRow->removeWidget(old);
        old->hide();
        old->deleteLater();  // it may be the one that was clicked
    }
    for (std::size_t i = 0; i < actions.size(); ++i) {
        auto* button = new QPushButton(m_actions);
        button->setText(QString(actions[i].text).replace(QLatin1Char('&'), QStringLiteral("&&")));  // names of files are no shortcuts
        button->setObjectName(QStringLiteral("errorAction"));
        connect(button, &QPushButton::clicked, this, [run = actions[i].run] { run(); });
        m_actionRow->insertWidget(static_cast<int>(i), button);
    }
    m_actions->setVisible(!actions.empty());
    setAccessibleName(tr("Error: %1").arg(m_text));
    show();
}

QString ErrorBanner::text() const { return isHidden() ? QString() : m_text; }

}  // namespace dlrm::ui
