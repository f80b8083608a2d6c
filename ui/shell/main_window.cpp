// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <QCloseEvent>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QTimer>

#include "ui/pages/page.h"
#include "ui/shell/cardinalities_dialog.h"
#include "ui/shell/inspector_dock.h"
#include "ui/shell/open_target.h"
#include "ui/shell/rail.h"
#include "ui/shell/recent_files.h"
#include "ui/shell/status_bar.h"
#include "ui/shell/storage.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/toast.h"

namespace dlrm::ui {
namespace {

constexpr int kWidth = 1400, kHeight = 900;
constexpr int kInspectorWidth = 320;
constexpr int kPlaces = 100;
constexpr int kSamePlaceMs = 150;  // a jump changes page and selection at once: one place to go back to
constexpr int kLayoutVersion = 1;

// The directory of a feature_spec.yaml says more than its own name.
QString displayName(const QString& path) {
    const QFileInfo info(path);
    return info.suffix() == QLatin1String("yaml") ? info.absoluteDir().dirName() : info.fileName();
}

int pageIndex(const QString& id) {
    const auto& table = pageTable();
    for (std::size_t i = 0; i < table.size(); ++i)
        if (id == QLatin1String(table[i].id)) return static_cast<int>(i);
    return -1;
}

}  // namespace

MainWindow::MainWindow(Session& session, bool remember, QWidget* parent) : QMainWindow(parent), m_session(session), m_remember(remember) {
    setObjectName(QStringLiteral("mainWindow"));
    setMinimumSize(kLeastSize);
    setAcceptDrops(true);
    RecentFiles::instance().setRecording(remember);

    auto* centre = new QWidget(this);
    auto* row = new QHBoxLayout(centre);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_rail = new Rail(centre);
    m_stack = new QStackedWidget(centre);
    row->addWidget(m_rail);
    row->addWidget(m_stack, 1);
    setCentralWidget(centre);
    m_inspector = new InspectorDock(session, this);
    addDockWidget(Qt::RightDockWidgetArea, m_inspector);
    m_status = new StatusBar(session, this);
    setStatusBar(m_status);
    m_toast = new Toast(this);
    m_palette = new CommandPalette([this] { return commands(); }, [this](const QString& text) { return commandsFor(text); }, this);
    connect(m_rail, &Rail::chosen, this, &MainWindow::showPageAt);
    buildMenus();
    connectSession();
    resetLayout();
    if (m_remember) restoreLayout();
    showPageAt(0);
    showTitle();
    m_stack->setFocus();  // not the rail's first button, which would look chosen
}

MainWindow::~MainWindow() = default;

void MainWindow::connectSession() {
    connect(&m_session, &Session::modelOpened, this, [this](const ModelInfoPtr& model) {
        m_rail->setModelOpen(true);
        RecentFiles::instance().addModel(QString::fromStdString(model->path));
        if (m_failedPage) m_failedPage->clearError();
        if (currentPageId() == QLatin1String("welcome")) showPage(QStringLiteral("overview"));
        showTitle();
    });
    connect(&m_session, &Session::modelClosed, this, [this] {
        m_rail->setModelOpen(false);
        m_places.clear();
        showPageAt(0);
        showTitle();
    });
    connect(&m_session, &Session::datasetOpened, this, [this](const DatasetInfoPtr& opened) {
        if (m_failedPage) m_failedPage->clearError();
        m_lastDataset.dataset = opened->path;
        m_lastDataset.split = opened->split;
        m_lastDataset.dictionary = opened->dictionary;
        if (const ModelInfoPtr model = m_session.model())
            RecentFiles::instance().setDataset(QString::fromStdString(model->path), opened->path, opened->split, opened->dictionary);
        showTitle();
    });
    connect(&m_session, &Session::datasetClosed, this, &MainWindow::showTitle);
    // Later, so that a page that shows the failure itself, with its own Retry, comes first.
    connect(&m_session, &Session::jobFailed, this, &MainWindow::showFailure, Qt::QueuedConnection);
    connect(&m_session, &Session::noticed, m_toast, &Toast::showText);
    connect(&m_session, &Session::selectionChanged, this, [this](const Selection& selection) {
        const Place before = m_here;
        m_here.selection = selection;
        remember(before);
    });
}

void MainWindow::open(const OpenRequest& request) {
    if (!request.checkpoint.isEmpty()) {
        m_lastCheckpoint = QFileInfo(request.checkpoint).absoluteFilePath();
        openCheckpoint(request.cardinalities);
    }
    if (!request.dataset.isEmpty()) openDataset(QFileInfo(request.dataset).absoluteFilePath(), request.split, request.dictionary);
}

void MainWindow::openCheckpoint(std::vector<std::int64_t> cardinalities) {
    m_lastCardinalities = std::move(cardinalities);
    m_session.openWithCardinalities(m_lastCheckpoint, m_lastCardinalities);
}

void MainWindow::openDataset(const QString& path, const QString& split, const QString& dictionary) {
    m_lastDataset = {QString(), path, split.isEmpty() ? QStringLiteral("test") : split, dictionary};
    m_session.openDataset(m_lastDataset.dataset, m_lastDataset.split, m_lastDataset.dictionary);
}

void MainWindow::openDemo() {
    m_lastCheckpoint.clear();
    m_session.openDemo();
}

void MainWindow::openRecent(int index) {
    const QList<RecentEntry> entries = RecentFiles::instance().entries();
    if (index < 0 || index >= entries.size()) return;
    const RecentEntry& entry = entries[index];
    open({entry.model, entry.dataset, entry.split, entry.dictionary});
}

void MainWindow::openPaths(const QStringList& paths) {
    const OpenTargets targets = sortTargets(paths);
    open({targets.checkpoint, targets.dataset, QStringLiteral("test"), targets.dictionary});
    if (targets.dataset.isEmpty() && !targets.dictionary.isEmpty()) {
        if (m_lastDataset.dataset.isEmpty()) m_toast->showText(tr("Open the dataset that belongs to this dictionary first."));
        else openDataset(m_lastDataset.dataset, m_lastDataset.split, targets.dictionary);
    }
}

QStringList MainWindow::pageIds() {
    QStringList out;
    for (const PageEntry& entry : pageTable()) out << QString::fromLatin1(entry.id);
    return out;
}

bool MainWindow::showPage(const QString& id) {
    const int index = pageIndex(id);
    if (index < 0 || (pageTable()[static_cast<std::size_t>(index)].needsModel && !m_session.model())) return false;
    showPageAt(index);
    return true;
}

QString MainWindow::currentPageId() const { return m_current < 0 ? QString() : pageIds().at(m_current); }
Page* MainWindow::currentPage() const { return m_pages.value(m_current); }

Page* MainWindow::pageAt(int index) {
    if (Page* page = m_pages.value(index)) return page;
    Page* page = pageTable()[static_cast<std::size_t>(index)].create(m_session, m_stack);
    m_stack->addWidget(page);
    m_pages.insert(index, page);
    connect(page, &Page::pageRequested, this, &MainWindow::showPage);
    connect(page, &Page::actionRequested, this, &MainWindow::runAction);
    connect(page, &Page::noticed, m_toast, &Toast::showText);
    return page;
}

void MainWindow::showPageAt(int index) {
    if (index == m_current) return;
    Page* page = pageAt(index);
    const Place before = m_here;
    const bool first = m_current < 0;
    m_current = index;
    m_here.page = index;
    m_stack->setCurrentWidget(page);
    m_rail->setCurrent(index);
    m_inspector->setInspector(page->inspector());
    if (!first) remember(before);
}

void MainWindow::remember(const Place& place) {
    if (m_goingBack) return;
    if (!m_places.isEmpty() && m_lastPlace.isValid() && m_lastPlace.elapsed() < kSamePlaceMs) return;
    m_places.append(place);
    if (m_places.size() > kPlaces) m_places.removeFirst();
    m_lastPlace.start();
}

void MainWindow::goBack() {
    if (m_places.isEmpty()) return;
    const Place place = m_places.takeLast();
    m_goingBack = true;
    m_session.setSelection(place.selection);
    showPage(pageIds().at(place.page));
    m_here = {m_current, place.selection};
    m_goingBack = false;
    m_lastPlace.invalidate();
}

void MainWindow::showFailure(JobKind kind, const Error& error) {
    Page* page = currentPage();
    const bool opening = kind == JobKind::OpenModel || kind == JobKind::OpenDataset;
    if (!page || (!opening && page->errorText() == QString::fromStdString(error.text()))) return;
    std::function<void()> retry;
    if (kind == JobKind::OpenModel && !m_lastCheckpoint.isEmpty()) retry = [this] { openCheckpoint(m_lastCardinalities); };
    if (kind == JobKind::OpenDataset && !m_lastDataset.dataset.isEmpty())
        retry = [this] { m_session.openDataset(m_lastDataset.dataset, m_lastDataset.split, m_lastDataset.dictionary); };
    if (kind == JobKind::OpenModel && error.code == "E-FUSED-001") askForCardinalities();
    page->showError(error, std::move(retry));
    if (opening) m_failedPage = page;
}

void MainWindow::askForCardinalities() {
    if (m_lastCheckpoint.isEmpty() || findChild<CardinalitiesDialog*>()) return;
    auto* dialog = new CardinalitiesDialog(m_lastCheckpoint, [this](std::vector<std::int64_t> rows) { openCheckpoint(std::move(rows)); }, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::showTitle() {
    const ModelInfoPtr model = m_session.model();
    if (!model) {
        setWindowTitle(QStringLiteral("DLRM Explorer"));
        return;
    }
    QString title = QFileInfo(QString::fromStdString(model->path)).fileName();
    if (const DatasetInfoPtr dataset = m_session.dataset()) title += QStringLiteral(" · ") + displayName(dataset->path);
    setWindowTitle(title + QStringLiteral(" – DLRM Explorer"));
}

void MainWindow::resetLayout() {
    resize(kWidth, kHeight);
    addDockWidget(Qt::RightDockWidgetArea, m_inspector);
    m_inspector->show();
    resizeDocks({m_inspector}, {kInspectorWidth}, Qt::Horizontal);
}

void MainWindow::restoreLayout() {
    const QSettings state(stateFile(), QSettings::IniFormat);
    restoreGeometry(state.value(QStringLiteral("window/geometry")).toByteArray());
    restoreState(state.value(QStringLiteral("window/layout")).toByteArray(), kLayoutVersion);
}

void MainWindow::saveLayout() {
    QSettings state(stateFile(), QSettings::IniFormat);
    state.setValue(QStringLiteral("window/geometry"), saveGeometry());
    state.setValue(QStringLiteral("window/layout"), saveState(kLayoutVersion));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_remember) saveLayout();
    m_session.cancelAll();
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) {
            event->acceptProposedAction();
            return;
        }
}

void MainWindow::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) paths << url.toLocalFile();
    if (paths.isEmpty()) return;
    event->acceptProposedAction();
    openPaths(paths);
}

}  // namespace dlrm::ui
