// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_bar.h"

#include <QActionGroup>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QTimer>
#include <QToolButton>

#include <unistd.h>

#include <algorithm>

#include "ui/session/plain_words.h"
#include "ui/session/session.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kMemoryIntervalMs = 1000;
constexpr int kWorthShowingMs = 300;
constexpr int kProgressWidth = 80, kProgressHeight = 4, kProgressSteps = 1000;

QString words(std::string_view s) { return QString::fromUtf8(s.data(), static_cast<qsizetype>(s.size())); }

QLabel* mutedLabel(QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setProperty("muted", true);
    label->setFont(Theme::instance().font(font_size::caption));
    return label;
}

}  // namespace

qint64 ownBytes() {
    QFile statm(QStringLiteral("/proc/self/statm"));
    if (!statm.open(QIODevice::ReadOnly)) return 0;
    const QList<QByteArray> fields = statm.readAll().split(' ');  // pages: size resident shared …
    return fields.size() > 2 ? (fields[1].toLongLong() - fields[2].toLongLong()) * sysconf(_SC_PAGESIZE) : 0;
}

StatusBar::StatusBar(Session& session, QWidget* parent) : QStatusBar(parent), m_session(session) {
    setObjectName(QStringLiteral("statusBar"));
    setSizeGripEnabled(false);
    m_backend = new QToolButton(this);
    m_backend->setObjectName(QStringLiteral("backendButton"));
    m_backend->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_backend->setIcon(themeIcon(QStringLiteral("chip")));
    m_backend->setPopupMode(QToolButton::InstantPopup);
    m_backend->setFont(Theme::instance().font(font_size::caption));
    m_menu = new QMenu(m_backend);
    m_backend->setMenu(m_menu);
    connect(m_menu, &QMenu::aboutToShow, this, [this] {
        m_session.findBackends();  // looked for when the menu is wanted: a driver takes its time
        fillBackendMenu();
    });
    connect(&session, &Session::backendsFound, this, [this] {
        if (m_menu->isVisible()) fillBackendMenu();
    });
    m_memory = mutedLabel(this);
    m_dataset = mutedLabel(this);
    m_job = mutedLabel(this);
    m_job->setObjectName(QStringLiteral("jobLabel"));
    m_cancel = new QToolButton(this);
    m_cancel->setObjectName(QStringLiteral("cancelJob"));
    m_cancel->setIcon(themeIcon(QStringLiteral("close")));
    m_progress = new QProgressBar(this);
    m_progress->setObjectName(QStringLiteral("jobProgress"));
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(kProgressWidth, kProgressHeight);
    m_progress->setAccessibleName(tr("Progress of the running job"));
    m_progress->hide();
    m_cancel->setToolTip(tr("Cancel this job"));
    m_cancel->setAccessibleName(tr("Cancel the running job"));
    connect(m_cancel, &QToolButton::clicked, this, &StatusBar::endShownJob);
    addWidget(m_backend);
    addWidget(m_memory);
    addWidget(m_dataset);
    addPermanentWidget(m_job);
    addPermanentWidget(m_progress);
    addPermanentWidget(m_cancel);
    m_cancel->hide();

    m_memoryTimer = new QTimer(this);
    m_memoryTimer->setInterval(kMemoryIntervalMs);
    connect(m_memoryTimer, &QTimer::timeout, this, [this] {
        showMemory();
        showBackend();  // a GPU may be lost
    });

    const auto refresh = [this] {
        showBackend();
        showMemory();
    };
    for (const auto change : {&Session::modelClosed, &Session::datasetClosed, &Session::settingsChanged})
        connect(&session, change, this, refresh);
    connect(&session, &Session::modelOpened, this, refresh);
    connect(&session, &Session::datasetOpened, this, refresh);
    connect(&session, &Session::jobStarted, this, [this](JobKind kind, const QString& title) {
        const int key = static_cast<int>(kind);
        Running started{title, {}, {}};
        started.since.start();
        m_jobs[key] = started;
        QTimer::singleShot(kWorthShowingMs, this, [this, key] {
            if (const auto job = m_jobs.find(key); job != m_jobs.end()) job->shown = true;
            showJob();
        });
    });
    connect(&session, &Session::jobProgressed, this,
            [this](JobKind kind, qint64 done, qint64 total, const QString& progress) {
                const auto job = m_jobs.find(static_cast<int>(kind));
                if (job == m_jobs.end()) return;
                job->text = progress;
                job->done = done;
                job->total = total;
                showJob();
            });
    connect(&session, &Session::jobsWaiting, this, [this](JobKind kind, int waiting) {
        const auto job = m_jobs.find(static_cast<int>(kind));
        if (job == m_jobs.end() || jobEntry(kind).loss != JobLoss::Always) return;
        if (waiting < job->waiting)
            *job = {job->title, {}, job->since, 0, 0, waiting, job->shown};  // the next one runs
        job->waiting = waiting;
        showJob();
    });
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        m_jobs.remove(static_cast<int>(kind));
        showJob();
    });
    refresh();
}

void StatusBar::showBackends() { m_menu->popup(m_backend->mapToGlobal(QPoint())); }
QString StatusBar::jobText() const { return m_job->text(); }

void StatusBar::showBackend() {
    const ModelInfoPtr model = m_session.model();
    if (!model) {
        const QString name = QString::fromStdString(m_session.settings().backend.name);
        m_backend->setText(tr("backend: %1 ▾").arg(name == QLatin1String("auto") ? tr("automatic") : name));
        m_backend->setToolTip(tr("What computes the predictions; chosen when a checkpoint is opened."));
        return;
    }
    const BackendInfo info = m_session.backend();
    m_backend->setText(tr("backend: %1 · %2 ▾").arg(words(info.name).toUpper(), words(name(info.precision))));
    m_backend->setToolTip(QStringLiteral("<p>%1</p><p>%2</p>")
                              .arg(words(info.device).toHtmlEscaped(), words(info.reason).toHtmlEscaped()));
    m_backend->setAccessibleDescription(words(info.device) + QStringLiteral(". ") + words(info.reason));
}

void StatusBar::showMemory() {
    const ModelInfoPtr model = m_session.model();
    m_memory->setVisible(model != nullptr);
    if (!model) {
        m_memoryTimer->stop();
        m_dataset->clear();
        return;
    }
    if (!m_memoryTimer->isActive()) m_memoryTimer->start();
    m_memory->setText(
        tr("model %1 mapped · program %2").arg(formatBytes(model->spec.bytes()), formatBytes(ownBytes())));
    m_memory->setToolTip(asToolTip(QString::fromStdString(model->path) + QLatin1Char('\n') +
                                   tr("The checkpoint's files are mapped, not loaded. The program's figure is the "
                                      "memory it holds itself: pages of mapped files are the system's to take back.")));
    const DatasetInfoPtr dataset = m_session.dataset();
    QString shown = dataset ? tr("│  data: %1").arg(countedText(dataset->rows, "row")) : QString();
    const auto applied = m_session.readsAsFilesMean() ? std::nullopt : m_session.settings().applied;
    if (applied) shown += tr("  │  read otherwise than stored");
    m_dataset->setText(shown);
    QStringList tip;
    if (dataset) tip << dataset->path << tr("split: %1").arg(dataset->split);
    if (dataset && !dataset->dictionary.isEmpty()) tip << tr("dictionary: %1").arg(dataset->dictionary);
    if (applied) tip << tr("In force: %1. The Overview page has the way back.").arg(applied->sentence());
    m_dataset->setToolTip(asToolTip(tip.join(QLatin1Char('\n'))));
}

std::vector<JobKind> StatusBar::shownJobs() const {
    std::vector<JobKind> out;
    for (const JobKind kind : jobsByRank())
        if (const auto job = m_jobs.constFind(static_cast<int>(kind));
            jobEntry(kind).shown && job != m_jobs.constEnd() && job->shown)
            out.push_back(kind);
    return out;
}

QString StatusBar::titleOf(JobKind kind) const {
    const Running job = m_jobs.value(static_cast<int>(kind));
    return job.waiting > 0 ? tr("%1 (%2 more waiting)").arg(job.title).arg(job.waiting) : job.title;
}

QStringList StatusBar::runningTitles() const {
    QStringList out;
    for (const JobKind kind : shownJobs())
        if (!isExport(kind)) out << titleOf(kind);
    return out;
}

void StatusBar::showJob() {
    const std::vector<JobKind> jobs = shownJobs();
    m_cancel->setVisible(!jobs.empty());
    m_progress->setVisible(!jobs.empty());
    if (jobs.empty()) return m_job->clear();
    const Running first = m_jobs.value(static_cast<int>(jobs.front()));
    QString text = titleOf(jobs.front());
    if (!first.text.isEmpty()) text += QLatin1Char(' ') + first.text;
    if (jobs.size() > 1) text += tr("  (+%1)").arg(jobs.size() - 1);
    m_job->setText(text);
    QStringList titles;
    for (const JobKind kind : jobs) titles << titleOf(kind);
    m_job->setToolTip(asToolTip(titles.join(QLatin1Char('\n'))));
    m_progress->setRange(0, first.total > 0 ? kProgressSteps : 0);
    if (first.total > 0)
        m_progress->setValue(
            static_cast<int>(kProgressSteps * static_cast<double>(first.done) / static_cast<double>(first.total)));
}

// Those behind "+1" go on, and so do exports that wait.
void StatusBar::endShownJob() {
    const std::vector<JobKind> jobs = shownJobs();
    if (jobs.empty()) return;
    const JobKind kind = jobs.front();
    const bool asks =
        jobEntry(kind).loss != JobLoss::Never && m_jobs.value(static_cast<int>(kind)).since.hasExpired(m_worthAskingMs);
    if (asks) Q_EMIT endingAsked(kind);
    else if (isExport(kind)) m_session.cancelExport(kind);
    else m_session.cancel(kind);
}

void StatusBar::fillBackendMenu() {
    m_menu->clear();
    const ModelSettings now = m_session.settings();
    const auto section = [this](const QString& title) {
        QAction* caption = m_menu->addAction(title);
        caption->setEnabled(false);
        return new QActionGroup(m_menu);
    };
    // unavailable: the reason, part of the text; such an entry cannot be chosen.
    const auto choice = [this](QActionGroup* group, const QString& title, bool checked, auto change,
                               const QString& unavailable = {}) {
        QAction* action = m_menu->addAction(unavailable.isEmpty() ? title : tr("%1 — %2").arg(title, unavailable));
        action->setEnabled(unavailable.isEmpty());
        action->setCheckable(true);
        action->setChecked(checked);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, change] { m_session.chooseSettings(change); });
    };
    if (const ModelInfoPtr model = m_session.model()) {
        const BackendInfo info = m_session.backend();
        QAction* reason = m_menu->addAction(words(info.device) + QStringLiteral(" — ") + words(info.reason));
        reason->setEnabled(false);
        m_menu->addSeparator();
    }
    QActionGroup* backends = section(tr("Backend"));
    const QString chosen = QString::fromStdString(now.backend.name);
    const std::vector<BackendState> found = m_session.backends();
    const auto state = [&found](const QString& name) {
        const auto it = std::find_if(found.begin(), found.end(), [&](const BackendState& b) { return b.name == name; });
        return it == found.end() ? nullptr : &*it;
    };
    for (const auto& [name, title] : {std::pair{QStringLiteral("auto"), tr("Automatic")},
                                      {QStringLiteral("cuda"), tr("CUDA")},
                                      {QStringLiteral("cpu"), tr("CPU")}})
        choice(
            backends, title, chosen == name, [name = name](ModelSettings& s) { s.backend.name = name.toStdString(); },
            state(name) ? state(name)->unavailable : QString());
    m_menu->addSeparator();
    QActionGroup* precisions = section(tr("Precision"));
    // Of the backend that would compute: the chosen one, or the best there is.
    const auto computing = std::find_if(found.begin(), found.end(), [&](const BackendState& b) {
        return b.unavailable.isEmpty() && (chosen == QLatin1String("auto") || b.name == chosen);
    });
    for (const Precision precision : {Precision::Fp32, Precision::Tf32, Precision::Bf16, Precision::Fp16}) {
        const bool missing = computing != found.end() &&
                             std::find(computing->precisions.begin(), computing->precisions.end(), precision) ==
                                 computing->precisions.end();
        choice(
            precisions, words(name(precision)), now.backend.precision == precision,
            [precision](ModelSettings& s) { s.backend.precision = precision; },
            missing ? tr("not on the %1").arg(computing->name.toUpper()) : QString());
    }
    m_menu->addSeparator();
    QActionGroup* orders = section(tr("Interaction order"));
    choice(orders, tr("as found"), !now.interactionOrder, [](ModelSettings& s) { s.chooseOrder(std::nullopt); });
    const ModelInfoPtr model = m_session.model();
    const QString fixed =
        model && model->spec.orderSource == OrderSource::Format ? orderSourceWords(OrderSource::Format) : QString();
    for (const InteractionOrder order : {InteractionOrder::CustomCuda, InteractionOrder::Tensorflow})
        choice(
            orders, orderWords(order), now.interactionOrder == order,
            [order](ModelSettings& s) { s.chooseOrder(order); }, fixed);
    m_menu->addSeparator();
    QActionGroup* combiners = section(tr("Several ids of a category are combined"));
    choice(combiners, tr("as the files say"), !now.combiner, [](ModelSettings& s) { s.combiner.reset(); });
    choice(combiners, tr("by sum"), now.combiner == Combiner::Sum,
           [](ModelSettings& s) { s.combiner = Combiner::Sum; });
    choice(combiners, tr("by mean"), now.combiner == Combiner::Mean,
           [](ModelSettings& s) { s.combiner = Combiner::Mean; });
}

}  // namespace dlrm::ui
