// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/tab.h"

#include <QStackedWidget>

#include "ui/charts/chart_view.h"
#include "ui/pages/parts.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/focus.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

TableTab::TableTab(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    m_stack = new QStackedWidget(this);
    m_empty = new EmptyState(m_stack);
    m_stack->addWidget(m_empty);
    columnIn(this, 0)->addWidget(m_stack);

    TableAnalysis& tables = session.tables();
    connect(&tables, &TableAnalysis::statisticsReady, this, [this](int table) {
        if (table == m_table) refreshSoon();
    });
    connect(&session, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind != JobKind::TableStatistics) return;
        m_statisticsError.reset();
        refreshSoon();
    });
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind == JobKind::TableStatistics) refreshSoon();
    });
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind != JobKind::TableStatistics) return;
        m_statisticsError = error;
        refreshSoon();
    });
}

void TableTab::setTable(int table, const TableSpec& spec) {
    m_table = table;
    m_spec = spec;
    m_statisticsError.reset();
    for (ChartView* chart : findChildren<ChartView*>()) chart->setSource(chartSource());
    forget();
    refreshSoon();
}

QString TableTab::chartSource() const {
    const ModelInfoPtr model = m_session.model();
    if (!model || m_table < 0) return {};
    return QStringLiteral("%1 · %2").arg(checkpointName(QString::fromStdString(model->path)),
                                         QString::fromStdString(m_spec.name));
}

void TableTab::refreshSoon() {
    m_stale = !isVisible();
    if (!m_stale) refresh();
}

void TableTab::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_stale) refreshSoon();
}

void TableTab::setContent(QWidget* content) {
    m_content = content;
    m_stack->addWidget(content);
}

void TableTab::showContent() {
    if (showsContent()) return;
    // The button that asked for it is gone; its place is the first thing of what came.
    QWidget* heir = m_content;
    for (QWidget* w : m_content->findChildren<QWidget*>())
        if (heir->focusPolicy() == Qt::NoFocus && w->isEnabled() && (w->focusPolicy() & Qt::TabFocus)) heir = w;
    m_stack->setCurrentWidget(m_content);
    moveFocusOut(m_empty, heir);
}
bool TableTab::showsContent() const { return m_content && m_stack->currentWidget() == m_content; }

void TableTab::showEmpty(const QString& sentence, const QString& buttonText, std::function<void()> action) {
    m_empty->setText(sentence, buttonText, std::move(action));
    m_stack->setCurrentWidget(m_empty);
}

void TableTab::showFailure(const Error& error, std::function<void()> retry) {
    const bool changed = error.code == "E-FILE-005";
    if (changed) retry = [this] { m_session.afterAsking([this] { m_session.reopen(); }); };
    QString words = QString::fromStdString(error.message);
    if (!error.remedy.empty())
        words += QLatin1Char('\n') + tr("What to do: %1").arg(QString::fromStdString(error.remedy));
    showEmpty(words, changed ? tr("Reopen") : tr("Retry"), std::move(retry));
}

bool TableTab::needStatistics(const QString& what) {
    if (m_table < 0) {
        showEmpty(tr("Choose a table at the left."));
        return false;
    }
    if (statistics()) return true;
    const auto compute = [this] { analysis().computeStatistics({m_table}); };
    if (m_statisticsError) showFailure(*m_statisticsError, compute);
    else if (m_session.isRunning(JobKind::TableStatistics))
        showEmpty(tr("%1 will stand here as soon as the statistics are computed.").arg(what), tr("Cancel"),
                  [this] { m_session.cancel(JobKind::TableStatistics); });
    else
        showEmpty(tr("%1 will stand here. They come from one pass over this table of %2.")
                      .arg(what, formatBytes(m_spec.bytes)),
                  tr("Compute statistics"), compute);
    return false;
}

}  // namespace dlrm::ui
