// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/page.h"

#include <QStackedWidget>

#include "ui/pages/parts.h"
#include "ui/session/session.h"
#include "ui/session/window_error.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/error_banner.h"
#include "ui/widgets/page_header.h"

namespace dlrm::ui {

Page::Page(Session& session, const QString& title, QWidget* parent)
    : QWidget(parent), m_session(session), m_title(title) {
    QVBoxLayout* column = columnIn(this, 0);
    m_header = new PageHeader(title, this);
    m_stack = new QStackedWidget(this);
    m_banner = new ErrorBanner(m_stack, this);
    m_empty = new EmptyState(m_stack);
    m_stack->addWidget(m_empty);
    column->addWidget(m_header);
    column->addWidget(m_stack, 1);
}

Page::~Page() = default;

void Page::setSubtitle(const QString& text) { m_header->setSubtitle(text); }
void Page::addHeaderWidget(QWidget* widget) { m_header->addWidget(widget); }

void Page::setContent(QWidget* content) {
    if (m_content) {
        m_stack->removeWidget(m_content);
        m_content->deleteLater();
    }
    m_content = content;
    m_stack->addWidget(content);
    m_stack->setCurrentWidget(content);
}

void Page::showEmpty(const QString& sentence, const QString& buttonText, std::function<void()> action) {
    m_empty->setText(sentence, buttonText, std::move(action));
    m_stack->setCurrentWidget(m_empty);
}

void Page::showWithoutModel(const QString& sentence) {
    showEmpty(sentence, tr("Open checkpoint…"), [this] { Q_EMIT actionRequested(QStringLiteral("open-model")); });
}

void Page::showWithoutDataset(const QString& sentence) {
    showEmpty(sentence, tr("Open dataset…"), [this] { Q_EMIT actionRequested(QStringLiteral("open-dataset")); });
}

bool Page::canPredict(const QString& withoutModel, const QString& withoutDataset) {
    const ModelInfoPtr model = m_session.model();
    const QString missing = model ? missingParts(model->spec) : QString();
    if (!model) showWithoutModel(withoutModel);
    else if (!missing.isEmpty())
        showWithoutModel(tr("Nothing can be predicted with this part of a model: it has no %1. Open the checkpoint it "
                            "was taken from.")
                             .arg(missing));
    else if (!m_session.dataset()) showWithoutDataset(withoutDataset);
    else return true;
    return false;
}

void Page::followOpening(const std::function<void()>& showNothing) {
    connect(&m_session, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind != JobKind::OpenModel) return;
        clearError();
        showProgress(0, 0);
        if (!m_session.model()) showEmpty(tr("Opening the checkpoint…"), {}, {});
    });
    connect(&m_session, &Session::jobProgressed, this, [this](JobKind kind, qint64 done, qint64 total) {
        if (kind == JobKind::OpenModel) showProgress(done, total);
    });
    connect(&m_session, &Session::jobFinished, this, [this, showNothing](JobKind kind) {
        if (kind != JobKind::OpenModel) return;
        showProgress(-1, 0);
        if (!m_session.model()) showNothing();
    });
    connect(&m_session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::OpenModel && isVisible()) showError(error);  // said once, where one looks
    });
}

void Page::showContent() {
    if (m_content) m_stack->setCurrentWidget(m_content);
}

void Page::showError(const Error& error, std::function<void()> retry, std::vector<ErrorAction> actions) {
    // The files are others than those that were opened: only opening them again helps.
    const bool changed = error.code == "E-FILE-005" && m_session.model();
    if (changed) retry = [this] { m_session.afterAsking([this] { m_session.reopen(); }); };
    m_banner->showError(forWindow(error), std::move(retry), std::move(actions), changed ? tr("&Reopen") : QString());
}

bool Page::showsError(const Error& error) const {
    return m_banner->text() == QString::fromStdString(forWindow(error).text());
}
QString Page::errorText() const { return m_banner->text(); }
void Page::clearError() { m_banner->hide(); }
void Page::showProgress(qint64 done, qint64 total) { m_header->showProgress(done, total); }

QString missingParts(const ModelSpec& spec) { return toNames(spec.missing).join(Page::tr(", no ")); }

}  // namespace dlrm::ui
