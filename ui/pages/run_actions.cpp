// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/run_actions.h"

#include <QPushButton>
#include <QShortcut>
#include <QToolButton>

#include "ui/widgets/theme.h"

namespace dlrm::ui {

RunActions::RunActions(const QString& name, QWidget* page) : QObject(page) {
    m_export = new QToolButton(page);
    m_export->setObjectName(QStringLiteral("export") + name);
    m_export->setProperty("button", true);
    m_export->setText(tr("Export…"));
    m_export->setIcon(themeIcon(QStringLiteral("export")));
    m_export->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_export, &QToolButton::clicked, this, &RunActions::exportAsked);

    m_cancel = new QPushButton(tr("Cancel"), page);
    m_cancel->setObjectName(QStringLiteral("cancel") + name);
    connect(m_cancel, &QPushButton::clicked, this, &RunActions::cancelAsked);
    m_resume = new QPushButton(tr("Resume"), page);
    m_resume->setObjectName(QStringLiteral("resume") + name);
    m_resume->setToolTip(tr("Goes on from where the run was stopped"));
    m_resume->hide();
    connect(m_resume, &QPushButton::clicked, this, &RunActions::resumeAsked);
    m_run = new QPushButton(page);
    m_run->setObjectName(QStringLiteral("run") + name);
    m_run->setProperty("primary", true);
    connect(m_run, &QPushButton::clicked, this, &RunActions::runAsked);
    // Not the button's own, which ends when the button gets another text.
    connect(new QShortcut(QKeySequence(Qt::Key_F5), page), &QShortcut::activated, this, [this] {
        if (!m_run->isHidden() && m_run->isEnabled()) Q_EMIT runAsked();
    });
}

std::vector<QWidget*> RunActions::widgets() const { return {m_export, m_cancel, m_resume, m_run}; }

void RunActions::show(bool running, bool possible, const QString& words) {
    const bool focused =
        m_run->hasFocus() || m_cancel->hasFocus();  // one stands in for the other, for the keyboard too
    QPushButton* shown = running ? m_cancel : m_run;
    QPushButton* hidden = running ? m_run : m_cancel;
    shown->setVisible(true);
    if (!running) m_run->setEnabled(possible);
    if (focused) shown->setFocus();
    hidden->setVisible(false);
    m_run->setText(words);
}

void RunActions::showResume(bool possible) { m_resume->setVisible(possible); }

void RunActions::showExport(bool there, const QString& what, const QString& why) {
    m_export->setEnabled(there && why.isEmpty());
    m_export->setToolTip(why.isEmpty() ? what : what + QLatin1Char('\n') + why);
}

}  // namespace dlrm::ui
