// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/welcome/page.h"

#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>

#include "ui/pages/parts.h"
#include "ui/session/session.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kColumnWidth = 620, kLogoSize = 64;

}  // namespace

WelcomePage::WelcomePage(Session& session, QWidget* parent) : Page(session, tr("Welcome"), parent) {
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* canvas = new QWidget(scroll);
    canvas->setProperty("transparent", true);
    auto* centre = new QHBoxLayout(canvas);
    auto* middle = new QWidget(canvas);
    middle->setFixedWidth(kColumnWidth);
    QVBoxLayout* column = columnIn(middle, space::l);
    centre->addStretch(1);
    centre->addWidget(middle);
    centre->addStretch(1);
    column->addStretch(2);

    QHBoxLayout* head = rowIn(nullptr, space::l);
    auto* logo = new QLabel(canvas);
    logo->setPixmap(applicationIcon().pixmap(QSize(kLogoSize, kLogoSize), devicePixelRatioF()));
    logo->setFixedSize(kLogoSize, kLogoSize);
    head->addWidget(logo);
    QVBoxLayout* words = columnIn(nullptr, space::xs);
    auto* title = new QLabel(tr("DLRM Explorer"), canvas);
    title->setFont(Theme::instance().font(font_size::figure, true));
    words->addWidget(title);
    words->addWidget(mutedLabel(canvas, tr("Look inside a trained DLRM: its tables, what it predicts, and how well.")));
    head->addLayout(words, 1);
    column->addLayout(head);

    QHBoxLayout* buttons = rowIn(nullptr, space::s);
    const auto button = [this, canvas, buttons](const QString& text, const QString& icon, const QString& action,
                                                bool primary) {
        auto* b = new QPushButton(text, canvas);
        b->setObjectName(QStringLiteral("welcome-") + action);
        if (primary) {
            b->setProperty("primary", true);
            setFocusProxy(b);
        } else b->setIcon(themeIcon(icon));
        connect(b, &QPushButton::clicked, this, [this, action] { Q_EMIT actionRequested(action); });
        buttons->addWidget(b);
    };
    button(tr("&Open checkpoint…"), QStringLiteral("folder"), QStringLiteral("open-model"), true);
    button(tr("Open &demo"), QStringLiteral("play"), QStringLiteral("open-demo"), false);
    button(tr("Open d&ataset…"), QStringLiteral("dataset"), QStringLiteral("open-dataset"), false);
    buttons->addStretch();
    column->addLayout(buttons);
    m_goOn = new QPushButton(tr("Go on with the open model"), canvas);
    m_goOn->setObjectName(QStringLiteral("welcome-go-on"));
    m_goOn->setProperty("link", true);
    connect(m_goOn, &QPushButton::clicked, this, [this] { Q_EMIT pageRequested(QStringLiteral("overview")); });
    column->addWidget(m_goOn, 0, Qt::AlignLeft);
    column->addWidget(mutedLabel(
        canvas,
        tr("Or drop a checkpoint folder, a feature_spec.yaml folder or a Criteo TSV file anywhere in this window. "
           "The demo is a small trained model with 26 tables, its dictionary and test rows; nothing is downloaded.")));

    m_recentBox = new QFrame(canvas);
    m_recentBox->setProperty("card", true);
    QVBoxLayout* box = columnIn(m_recentBox, space::s, {space::l, space::m, space::l, space::m});
    box->addWidget(boldLabel(m_recentBox, tr("Recent")));
    m_recent = columnIn(nullptr, space::xs);
    box->addLayout(m_recent);
    column->addWidget(m_recentBox);
    column->addStretch(3);
    scroll->setWidget(canvas);
    setContent(scroll);
    setSubtitle(tr("open a checkpoint, a dataset or the demo"));
    connect(&RecentFiles::instance(), &RecentFiles::changed, this, &WelcomePage::listRecent);
    const auto showGoOn = [this] { m_goOn->setVisible(this->session().model() != nullptr); };
    connect(&session, &Session::modelOpened, this, showGoOn);
    connect(&session, &Session::modelClosed, this, showGoOn);
    showGoOn();
    connect(&session, &Session::modelOpened, this, &WelcomePage::listRecent);
    connect(&session, &Session::modelClosed, this, &WelcomePage::listRecent);
    listRecent();
}

void WelcomePage::listRecent() {
    for (QWidget* line : takeWidgets(*m_recent)) {
        line->hide();
        line->deleteLater();  // the entry that was clicked may be in it
    }
    const QList<RecentEntry> entries = RecentFiles::instance().entries();
    for (int i = 0; i < entries.size(); ++i) {
        const RecentEntry& entry = entries[i];
        auto* line = new QWidget(m_recentBox);
        auto* row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        auto* link = new QPushButton(line);
        link->setObjectName(QStringLiteral("recentEntry"));
        link->setProperty("link", true);
        const QFontMetrics metrics(link->font());
        QString label = entry.label(entries);
        if (i == 0 && !session().model()) label = tr("Reopen last: %1").arg(label);
        QLabel* about = mutedLabel(line, entry.dateAndSize());
        about->setWordWrap(false);
        const int room = kColumnWidth - 3 * space::xl - about->sizeHint().width();
        link->setText(metrics.elidedText(label, Qt::ElideMiddle, room).replace(QLatin1Char('&'), QStringLiteral("&&")));
        link->setEnabled(entry.exists());
        link->setToolTip(QStringLiteral("<span>%1</span>")
                             .arg((entry.exists() ? entry.details() : tr("%1 is not there any more").arg(entry.model))
                                      .toHtmlEscaped()
                                      .replace(QLatin1Char('\n'), QStringLiteral("<br>"))));
        connect(link, &QPushButton::clicked, this,
                [this, i] { Q_EMIT actionRequested(QStringLiteral("open-recent:%1").arg(i)); });
        row->addWidget(link, 0, Qt::AlignLeft);
        row->addStretch();
        row->addWidget(about);
        m_recent->addWidget(line);
    }
    m_recentBox->setVisible(!entries.isEmpty());
}

QString WelcomePage::helpText() const {
    return tr(
        "Open a checkpoint: the directory with the .npy files that the training wrote. It is mapped, not read, so even "
        "16 GiB open at once. "
        "Then open a dataset to see predictions and metrics: a directory with feature_spec.yaml, or raw Criteo rows "
        "(TSV) with their dictionary.");
}

}  // namespace dlrm::ui
