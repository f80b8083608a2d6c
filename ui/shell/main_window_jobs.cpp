// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow: what Esc and closing the window mean for jobs that run.
#include <QCloseEvent>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>

#include <algorithm>
#include <vector>

#include "ui/pages/page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/status_bar.h"
#include "ui/widgets/toast.h"

namespace dlrm::ui {
namespace {

QStringList sentencesOf(const std::vector<JobKind>& jobs) {
    QStringList out;
    for (const JobKind kind : jobs) out << jobRunning(kind);
    return out;
}

}  // namespace

// What they have done is lost when they end early; other jobs keep it, or are done again at once.
std::vector<JobKind> MainWindow::lastingJobs(bool whenQuitting) const {
    std::vector<JobKind> out = m_session.running();
    std::erase_if(out, [whenQuitting](JobKind kind) {
        const JobLoss loss = jobEntry(kind).loss;
        return loss == JobLoss::Never || (whenQuitting && loss != JobLoss::Always);
    });
    return out;
}

void MainWindow::askToCancel(const std::vector<JobKind>& jobs, const std::function<void()>& cancel) {
    const QString loss =
        std::any_of(jobs.begin(), jobs.end(),
                    [](JobKind kind) { return kind != JobKind::Evaluate && kind != JobKind::Interactions; })
            ? tr("What it has done so far is lost if it is cancelled.")
            : tr("If it is cancelled, its figures so far stay as interim ones, or give way to the last finished result "
                 "where there is one; it starts anew when it is run again.");
    ask(tr("Still running"), sentencesOf(jobs).join(QLatin1Char('\n')), loss, tr("&Cancel it"), tr("&Keep running"),
        cancel, jobs, [this, jobs, cancel] {
            std::vector<JobKind> left = jobs;
            std::erase_if(left, [this](JobKind kind) { return !m_session.isRunning(kind); });
            if (!left.empty()) askToCancel(left, cancel);
            return !left.empty();
        });
}

// Those that wait go on; the question goes when the next one has begun.
void MainWindow::askToCancelExport(JobKind kind) {
    const QStringList files = m_session.exporting(kind);
    if (files.isEmpty()) return;
    const auto ended = [this, kind, files] { return m_session.exporting(kind).mid(0, files.size()) != files; };
    const bool another = m_question != nullptr;
    ask(
        tr("Still running"), tr("%1 It writes %2.").arg(jobRunning(kind), files.first()),
        tr("What it has done so far is lost if it is cancelled."), tr("&Cancel it"), tr("&Keep running"),
        [this, kind] { m_session.cancelExport(kind); }, {kind}, [] { return false; });
    if (another) return;
    connect(&m_session, &Session::jobsWaiting, m_question, [ended, question = m_question.data()] {
        if (ended()) question->close();
    });
}

void MainWindow::ask(const QString& title, const QString& text, const QString& loss, const QString& end,
                     const QString& stay, const std::function<void()>& then, const std::vector<JobKind>& named,
                     const std::function<bool()>& again) {
    if (m_question) {
        m_question->raise();
        Q_EMIT m_session.declined();
        return;
    }
    m_question = new QMessageBox(QMessageBox::NoIcon, title, text, QMessageBox::NoButton, this);
    m_question->setObjectName(QStringLiteral("runningQuestion"));
    m_question->setTextFormat(Qt::PlainText);
    m_question->setInformativeText(loss);
    m_question->setAttribute(Qt::WA_DeleteOnClose);
    const auto* yes = m_question->addButton(end, QMessageBox::DestructiveRole);
    QPushButton* no = m_question->addButton(stay, QMessageBox::RejectRole);
    m_question->setDefaultButton(no);
    m_question->setEscapeButton(no);
    connect(m_question, &QMessageBox::finished, this, [this, yes, then, question = m_question.data()] {
        const bool ends = question->clickedButton() == yes;
        m_question.clear();
        if (ends) then();
        else Q_EMIT m_session.declined();
    });
    const auto renew = [this, again, question = m_question.data()] {
        if (m_question != question) return;  // renewed or answered meanwhile
        question->disconnect(this);
        m_question.clear();
        question->close();
        if (again()) return;
        Q_EMIT m_session.declined();
        m_toast->showText(
            tr("What was asked about has ended, so the question is gone and nothing was done. If you still "
               "want it, ask for it again."));
    };
    connect(&m_session, &Session::jobFinished, m_question, [named, renew, question = m_question.data()](JobKind kind) {
        // Pages hear of the end before it is asked what they would lose.
        if (std::find(named.begin(), named.end(), kind) != named.end())
            QMetaObject::invokeMethod(question, renew, Qt::QueuedConnection);
    });
    m_question->open();
}

// What takes minutes and is of what is open now. Exports go on with what they were asked for, which is said where
// something else is lost.
void MainWindow::unlessLost(const QString& end, const std::function<void()>& act, bool keepsFigures,
                            const QString& scenarios) {
    if (!asksWhetherLost(end, act, keepsFigures, scenarios)) act();
}

bool MainWindow::asksWhetherLost(const QString& end, const std::function<void()>& act, bool keepsFigures,
                                 const QString& scenarios) {
    QStringList running, goesOn;
    std::vector<JobKind> named = m_session.running();
    std::erase_if(named, [](JobKind kind) {
        return jobEntry(kind).loss == JobLoss::Never || jobEntry(kind).end == JobEnd::Closed;
    });
    for (const JobKind kind : named) {
        if (isExport(kind)) goesOn << tr("%1 It goes on to its end.").arg(jobRunning(kind));
        else running << jobRunning(kind);
    }
    QStringList figures, pages;
    for (const Page* page : m_pages)
        if (const QString work = page->unsaved(); !keepsFigures && page->unsavedIsOfWhatIsOpen() && !work.isEmpty()) {
            figures << work;
            pages << page->title();
        }
    const bool runs = !running.isEmpty();
    if (!runs && figures.isEmpty() && scenarios.isEmpty()) return false;
    figures.sort();
    pages.sort();
    const QString there = pages.join(tr(" and on "));
    const QString loss =
        figures.isEmpty()
            ? (runs ? tr("What it has done so far is lost when anything else is opened or read otherwise.") : QString())
        : !runs
            ? tr("Its figures go when anything else is opened or read otherwise; Export… on %1 keeps them.").arg(there)
            : tr("What runs has done so far is lost when anything else is opened or read otherwise, and the "
                 "finished figures go too; Export… on %1 keeps those.")
                  .arg(there);
    running << figures << scenarios;
    running.removeAll(QString());
    QStringList losses{loss, scenarios.isEmpty() ? QString() : tr("File, Save workspace… keeps the scenarios.")};
    losses.removeAll(QString());
    ask(runs ? tr("Still running") : tr("Not saved"), running.join(QLatin1Char('\n')),
        (losses + goesOn).join(QLatin1Char('\n')), end, runs ? tr("&Keep running") : tr("&Stay"), act, named,
        [this, end, act, keepsFigures, scenarios] { return asksWhetherLost(end, act, keepsFigures, scenarios); });
    return true;
}

void MainWindow::closeModel() {
    QStringList goesOn;
    for (const JobKind kind : m_session.running())
        if (isExport(kind)) goesOn << tr("%1 It goes on to its end.").arg(jobRunning(kind));
    m_session.closeModel();
    m_session.scenarios().close();
    if (!goesOn.isEmpty()) m_toast->showText(goesOn.join(QLatin1Char(' ')));
}

void MainWindow::cancelJobs() {
    const QStringList titles = m_status->runningTitles();
    QStringList files, said;
    for (const JobKind kind : m_session.running()) files << m_session.exporting(kind);
    m_session.cancelAll();
    if (!titles.isEmpty()) said << tr("Cancelled: %1").arg(titles.join(QStringLiteral(", ")));
    if (!files.isEmpty()) said << cancelledExports(files);
    if (!said.isEmpty()) m_toast->showText(said.join(QStringLiteral(". ")));
}

// First what covers the page, then what runs.
void MainWindow::escape() {
    if (Page* page = currentPage(); page && !page->errorText().isEmpty()) return page->clearError();
    const std::vector<JobKind> jobs = lastingJobs(false);
    if (jobs.empty()) return cancelJobs();
    askToCancel(jobs, [this] { cancelJobs(); });
}

bool MainWindow::asksBeforeQuitting() {
    const std::vector<JobKind> lasting = lastingJobs(true);
    const QStringList jobs = sentencesOf(lasting);
    QStringList unsaved, loss, kept;
    for (const Page* page : m_pages) {
        const QString work = page->unsaved();
        if (work.isEmpty()) continue;
        unsaved << work;
        kept << (page->unsavedIsOfWhatIsOpen()
                     ? tr("Export… on %1 keeps its figures.").arg(page->title())
                     : tr("Copy on Samples writes a row as a line of text that can be pasted again."));
    }
    if (const QString scenarios = m_session.scenarios().unsaved(); !scenarios.isEmpty()) {
        unsaved << scenarios;
        kept << tr("File, Save workspace… keeps the scenarios.");
    }
    if ((jobs + unsaved).isEmpty()) return false;
    if (!jobs.isEmpty())
        loss << (unsaved.isEmpty()
                     ? tr("What it has done so far is lost if you quit now.")
                     : tr("What runs has done so far is lost if you quit now, and what is not saved too."));
    loss += kept;
    const auto quit = [this] {
        m_quits = true;
        close();
    };
    ask(jobs.isEmpty() ? tr("Not saved") : tr("Still running"), (jobs + unsaved).join(QLatin1Char('\n')),
        loss.join(QLatin1Char(' ')), tr("&Quit"), jobs.isEmpty() ? tr("&Stay") : tr("&Keep running"), quit, lasting,
        [this] { return asksBeforeQuitting(); });
    return true;
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!m_quits && asksBeforeQuitting()) return event->ignore();
    if (m_remember) saveLayout();
    m_session.cancelAll();
    QMainWindow::closeEvent(event);
}

}  // namespace dlrm::ui
