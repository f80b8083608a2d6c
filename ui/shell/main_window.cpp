// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <QCoreApplication>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QFrame>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QStyle>
#include <QTabBar>

#include <algorithm>

#include "ui/pages/page.h"
#include "ui/session/choices.h"
#include "ui/session/plain_words.h"
#include "ui/session/window_error.h"
#include "ui/shell/inspector_dock.h"
#include "ui/shell/open_target.h"
#include "ui/shell/rail.h"
#include "ui/shell/status_bar.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/storage.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/written_files.h"

namespace dlrm::ui {
namespace {

constexpr int kWindowWidth = 1400, kHeight = 900;
constexpr int kInspectorWidth = 320;
constexpr int kPlaces = 100;
constexpr int kSamePlaceMs = 150;  // a jump changes page and selection at once: one place to go back to
constexpr int kLayoutVersion = 1;

QString tabKey(int page) {
    return QStringLiteral("pages/%1/tab").arg(QLatin1String(pageTable()[static_cast<std::size_t>(page)].id));
}

int pageIndex(const QString& id) {
    const auto& table = pageTable();
    for (std::size_t i = 0; i < table.size(); ++i)
        if (id == QLatin1String(table[i].id)) return static_cast<int>(i);
    return -1;
}

QStringList filesOf(const QDropEvent& dropped) {
    QStringList out;
    for (const QUrl& url : dropped.mimeData()->urls())
        if (url.isLocalFile()) out << url.toLocalFile();
    return out;
}

}  // namespace

DataChoices withDictionary(DataChoices data, const QString& dictionary) {
    data.dictionary = dictionary.toStdString();
    data.missingDictionary = MissingDictionary::Refuse;
    return data;
}

MainWindow::MainWindow(Session& session, bool remember, QWidget* parent)
    : QMainWindow(parent), m_session(session), m_remember(remember) {
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
    m_palette = new CommandPalette([this] { return commands(); },
                                   [this](const QString& text) { return commandsFor(text); }, this);
    m_dropFrame = new QFrame(this);
    m_dropFrame->setObjectName(QStringLiteral("dropFrame"));
    m_dropFrame->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_dropFrame->hide();
    connect(m_rail, &Rail::chosen, this, &MainWindow::showPageAt);
    buildMenus();
    connectSession();
    resetLayout();
    if (m_remember) restoreLayout();
    showPageAt(0);
    showTitle();
    // A signal ends the program without closing the window.
    connect(qApp, &QCoreApplication::aboutToQuit, this, [this] {
        if (m_remember && isVisible()) saveLayout();
    });
    m_stack->setFocus();  // not the rail's first button, which would look chosen
}

MainWindow::~MainWindow() { m_session.setAsk({}); }

void MainWindow::connectSession() {
    m_session.setAsk([this](const std::function<void()>& act) { unlessLost(tr("&Go on"), act); });
    connect(&m_session, &Session::modelOpened, this, [this](const ModelInfoPtr& model) {
        // What was asked for beside one model says nothing of another; datasetOpened follows where it fits that as
        // well.
        const std::string& beside = m_lastDataset.checkpoint;
        if (!beside.empty() && beside != m_lastModel.checkpoint && beside != model->path) m_lastDataset = {};
        m_rail->setModelOpen(true);
        sayChoicesGone(QString::fromStdString(model->path));
        RecentFiles::instance().addModel(QString::fromStdString(model->path), model->spec.bytes());
        forgetFailure();
        if (currentPageId() == QLatin1String("welcome")) {
            showPlaceOf(QString::fromStdString(model->path));
            // While a model opens, what had the focus goes, and next in line is the rail.
            if (const QWidget* held = focusWidget(); !held || m_rail->isAncestorOf(held)) m_stack->setFocus();
            focusPage();
        }
        showTitle();
    });
    connect(&m_session, &Session::engineReplaced, this, [this] {
        forgetFailure();  // also where the model is the same to all pages
    });
    connect(&m_session, &Session::settingsChanged, this, [this] {
        if (m_lastModel.checkpoint == openCheckpointPath()) m_lastModel.model = m_session.settings();
    });
    connect(&m_session, &Session::modelClosed, this, [this] {
        m_rail->setModelOpen(false);
        m_shown.clear();
        m_lastDataset = {};  // also a dictionary that no dataset was opened with
        m_places.clear();
        m_undonePlaces.clear();
        showPlaceActions();
        showPageAt(0);
        showTitle();
    });
    connect(&m_session, &Session::datasetOpened, this, [this](const DatasetInfoPtr& opened) {
        forgetFailure();
        m_lastDataset.data = opened->asked;
        m_lastDataset.checkpoint = openCheckpointPath();
        if (const ModelInfoPtr model = m_session.model())
            RecentFiles::instance().setDataset(QString::fromStdString(model->path), opened->path, opened->split,
                                               opened->dictionary);
        else
            m_toast->showText(tr("%1 is open, %2. It is used as soon as a checkpoint is open.")
                                  .arg(datasetName(opened->path), countedText(opened->rows, "row")));
        showTitle();
    });
    connect(&m_session, &Session::datasetClosed, this, [this] {
        if (!m_session.model()) m_lastDataset = {};
        showTitle();
    });
    // Later, so that a page that shows the failure itself, with its own Retry, comes first.
    connect(&m_session, &Session::jobFailed, this, &MainWindow::showFailure, Qt::QueuedConnection);
    connect(&m_session, &Session::exported, this, [this] { forgetFailedExport(JobKind::Export); });
    connect(&m_session, &Session::checkpointExported, this, [this] { forgetFailedExport(JobKind::ExportCheckpoint); });
    connect(&m_session, &Session::noticed, m_toast, &Toast::showText);
    connect(&m_session, &Session::pathsTold, this, &MainWindow::openTold);
    connectWorkspace();
    connect(m_status, &StatusBar::endingAsked, this, [this](JobKind kind) {
        if (isExport(kind)) askToCancelExport(kind);
        else askToCancel({kind}, [this, kind] { m_session.cancel(kind); });
    });
    connect(new WrittenFiles(this), &WrittenFiles::tableWritten, &m_session, &Session::writeOrigin);
    connect(&m_session, &Session::selectionChanged, this, [this](const Selection& selection) {
        const Place before = m_here;
        m_here.selection = selection;
        if (m_session.isJumping() || !isSameList(before, m_here)) remember(before);
    });
}

void MainWindow::sayChoicesGone(const QString& model) {
    const QString now = chosenWords(m_session.settings()), before = chosenWords(m_chosen.value(model));
    if (m_shown != model && !before.isEmpty() && before != now)
        m_toast->showText(
            tr("What was chosen for %1 before is not in force any more: %2.").arg(checkpointName(model), before));
    m_chosen.insert(model, m_session.settings());
    m_shown = model;
}

void MainWindow::open(const OpenRequest& request) {
    if (isWorkspaceFile(request.checkpoint)) return openWorkspace(QString::fromStdString(request.checkpoint));
    unlessLost(tr("&Open"), [this, request] {
        const auto absolute = [](const std::string& path) {
            return QFileInfo(QString::fromStdString(path)).absoluteFilePath().toStdString();
        };
        DataChoices rows = request.data;
        if (!rows.path.empty()) rows.path = absolute(rows.path);
        if (!request.checkpoint.empty()) openCheckpoint({absolute(request.checkpoint), request.model, rows, false});
        else if (!rows.path.empty()) openDataset(rows);
    });
}

OpenRequest MainWindow::requestFor(const QString& checkpoint, const QString& dataset, const QString& dictionary,
                                   const QString& split) const {
    const QString path = checkpoint.isEmpty() ? QString() : QFileInfo(checkpoint).absoluteFilePath();
    OpenRequest out;
    out.checkpoint = path.toStdString();
    out.model = m_session.settingsFor(path);
    out.data.path = dataset.toStdString();
    out.data.dictionary = dictionary.toStdString();
    if (!split.isEmpty()) out.data.split = split.toStdString();
    return out;
}

QString MainWindow::exportRefusal(const QString& path) const {
    const std::optional<Error> refused = m_session.refusesAsOutput(path);
    return refused ? QString::fromStdString(forWindow(*refused).text()) : QString();
}

std::string MainWindow::openCheckpointPath() const {
    const ModelInfoPtr model = m_session.model();
    return model ? model->path : std::string();
}

void MainWindow::openCheckpoint(const OpenRequest& request) {
    forgetFailure();
    m_lastModel = {request.checkpoint, request.model, {}, false};
    if (!request.data.path.empty()) m_lastDataset = {request.checkpoint, {}, request.data, false};
    m_session.openModel(QString::fromStdString(request.checkpoint), request.model, request.data);
}

void MainWindow::openDataset(const DataChoices& rows) {
    forgetFailure();
    m_lastDataset = {openCheckpointPath(), {}, rows, false};
    m_session.openDataset(rows);
}

void MainWindow::openDemo() {
    unlessLost(
        tr("&Open"),
        [this] {
            forgetFailure();
            m_lastModel = {};
            m_session.openDemo();
        },
        false, m_session.scenarios().unsaved());
}

void MainWindow::openRecent(int index) {
    const QList<RecentEntry> entries = RecentFiles::instance().entries();
    if (index < 0 || index >= entries.size()) return;
    const RecentEntry& entry = entries[index];
    open(requestFor(entry.model, entry.dataset, entry.dictionary, entry.split));
}

void MainWindow::openPaths(const QStringList& paths) { m_session.tellPaths(paths); }

void MainWindow::openTold(const std::vector<ToldPath>& paths) {
    OpenTargets targets = targetsOf(paths);
    if (!targets.left.isEmpty()) {
        QStringList names;
        for (const QString& path : targets.left) names << QFileInfo(path).fileName();
        m_toast->showText(tr("Not opened: %1. One checkpoint, one dataset and one dictionary are opened at a time.")
                              .arg(names.join(QStringLiteral(", "))));
    }
    if (targets.dataset.isEmpty() && !targets.dictionary.isEmpty()) {
        if (!targets.checkpoint.isEmpty()) open(requestFor(targets.checkpoint));
        return useDictionary(targets.dictionary);
    }
    if (!targets.workspace.isEmpty()) return openWorkspace(targets.workspace);
    // As File, Open dataset: the dictionary in use stays.
    if (targets.checkpoint.isEmpty() && targets.dictionary.isEmpty()) targets.dictionary = dictionaryInUse();
    open(requestFor(targets.checkpoint, targets.dataset, targets.dictionary));
}

QString MainWindow::dictionaryInUse() const {
    const DatasetInfoPtr open = m_session.dataset();
    return QString::fromStdString((open ? open->asked : m_lastDataset.data).dictionary);
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
    // A file that is dropped on a field is meant for the window, not as text.
    for (QLineEdit* field : page->findChildren<QLineEdit*>()) field->setAcceptDrops(false);
    if (auto* tabs = page->findChild<QTabBar*>(); tabs && m_remember) {
        const int tab = QSettings(stateFile(), QSettings::IniFormat).value(tabKey(index), -1).toInt();
        if (tab >= 0 && tab < tabs->count()) tabs->setCurrentIndex(tab);
    }
    return page;
}

void MainWindow::showPageAt(int index) {
    if (index == m_current) return;
    m_palette->hide();
    Page* page = pageAt(index);
    const Place before = m_here;
    const bool first = m_current < 0;
    m_current = index;
    m_here.page = index;
    // Else the focus goes from the page that hides to any control, and a key changes what nobody meant.
    if (!first && focusWidget() && m_stack->isAncestorOf(focusWidget())) m_stack->setFocus();
    m_stack->setCurrentWidget(page);
    focusPage();
    sharePresentKey();
    m_rail->setCurrent(index);
    m_inspector->setInspector(page->inspector(), page->usesInspector());
    if (!first) remember(before);
}

bool MainWindow::isSameList(const Place& a, const Place& b) {
    const auto &x = a.selection, &y = b.selection;
    using Kind = Selection::Kind;
    const auto isTable = [](Kind kind) { return kind == Kind::Table || kind == Kind::TableRow; };
    if (a.page == b.page && x.kind == Kind::None) return true;  // the page as it was entered
    if (a.page != b.page || x.topMlp != y.topMlp || x.layer != y.layer) return false;
    if (isTable(x.kind) && isTable(y.kind)) return x.table == y.table;
    return x.kind == y.kind;
}

void MainWindow::remember(const Place& place) {
    if (m_goingBack) return;
    if (!m_places.isEmpty() && m_lastPlace.isValid() && m_lastPlace.elapsed() < kSamePlaceMs) return;
    m_places.append(place);
    if (m_places.size() > kPlaces) m_places.removeFirst();
    m_undonePlaces.clear();
    m_lastPlace.start();
    showPlaceActions();
}

void MainWindow::travel(QList<Place>& from, QList<Place>& to) {
    if (from.isEmpty()) return;
    to.append(m_here);
    const Place place = from.takeLast();
    m_goingBack = true;
    m_session.setSelection(place.selection);
    showPage(pageIds().at(place.page));
    m_here = {m_current, place.selection};
    m_goingBack = false;
    m_lastPlace.invalidate();
    showPlaceActions();
}

void MainWindow::goBack() { travel(m_places, m_undonePlaces); }
void MainWindow::goForward() { travel(m_undonePlaces, m_places); }

void MainWindow::showPlaceActions() {
    m_back->setEnabled(!m_places.isEmpty());
    m_forward->setEnabled(!m_undonePlaces.isEmpty());
}

void MainWindow::showTitle() {
    const ModelInfoPtr model = m_session.model();
    if (!model) {
        setWindowTitle(QStringLiteral("DLRM Explorer"));
        return;
    }
    QString title = checkpointName(QString::fromStdString(model->path));
    if (const DatasetInfoPtr dataset = m_session.dataset()) title += QStringLiteral(" · ") + datasetName(dataset->path);
    setWindowTitle(title + QStringLiteral(" – DLRM Explorer"));
}

void MainWindow::resetLayout() {
    resize(kWindowWidth, kHeight);
    addDockWidget(Qt::RightDockWidgetArea, m_inspector);
    m_inspector->setWanted(true);
    resizeDocks({m_inspector}, {kInspectorWidth}, Qt::Horizontal);
    if (isVisible()) fitInto(screen()->availableGeometry());
}

void MainWindow::fitInto(const QRect& available) {
    if (windowState().testAnyFlags(Qt::WindowMaximized | Qt::WindowFullScreen)) return;
    // Before the window is shown its frame is not known; most of it is the title bar.
    QSize frame = frameGeometry().size() - size();
    if (frame.isNull()) frame.setHeight(style()->pixelMetric(QStyle::PM_TitleBarHeight, nullptr, this));
    resize(size().boundedTo(available.size() - frame));
    if (!testAttribute(Qt::WA_Moved)) return;  // the window manager places it
    const auto within = [](int wanted, int length, int first, int room) {
        return std::max(first, std::min(wanted, first + room - length));
    };
    const QPoint to(within(x(), width() + frame.width(), available.left(), available.width()),
                    within(y(), height() + frame.height(), available.top(), available.height()));
    // Before the window is shown its place is that of its content, and move() would take it for the frame's.
    if (to != pos()) move(to);
}

void MainWindow::restoreLayout() {
    const QSettings state(stateFile(), QSettings::IniFormat);
    restoreGeometry(state.value(QStringLiteral("window/geometry")).toByteArray());
    restoreState(state.value(QStringLiteral("window/layout")).toByteArray(), kLayoutVersion);
    m_inspector->setWanted(state.value(QStringLiteral("window/inspector"), true).toBool());
}

void MainWindow::showPlaceOf(const QString& model) {
    RecentEntry left;
    for (const RecentEntry& entry : RecentFiles::instance().entries())
        if (m_remember && entry.model == model) left = entry;
    if (left.table >= 0 && left.table < static_cast<int>(m_session.model()->spec.tables.size()))
        m_session.setSelection({.kind = Selection::Kind::Table, .table = left.table});
    if (left.page == QLatin1String("welcome") || !showPage(left.page)) showPage(QStringLiteral("overview"));
}

void MainWindow::saveLayout() {
    if (const ModelInfoPtr model = m_session.model()) {
        const Selection selection = m_session.selection();
        const bool ofTable = selection.kind == Selection::Kind::Table || selection.kind == Selection::Kind::TableRow;
        RecentFiles::instance().setPlace(QString::fromStdString(model->path), currentPageId(),
                                         ofTable ? selection.table : -1);
    }
    QSettings state(stateFile(), QSettings::IniFormat);
    state.setValue(QStringLiteral("window/geometry"), saveGeometry());
    state.setValue(QStringLiteral("window/layout"), saveState(kLayoutVersion));
    state.setValue(QStringLiteral("window/inspector"), m_inspector->isWanted());
    for (auto page = m_pages.cbegin(); page != m_pages.cend(); ++page)
        if (const auto* tabs = page.value()->findChild<QTabBar*>())
            state.setValue(tabKey(page.key()), tabs->currentIndex());
}

// Where the page has a control to start from and nothing else has the focus.
void MainWindow::focusPage() {
    if (Page* page = currentPage(); page && page->focusProxy() && focusWidget() == m_stack) page->setFocus();
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    focusPage();  // its controls can have it now
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (filesOf(*event).isEmpty()) return;
    event->acceptProposedAction();
    m_dropFrame->setStyleSheet(QStringLiteral("#dropFrame { border: 3px solid %1; background: transparent; }")
                                   .arg(Theme::instance().colors().accent.name()));
    m_dropFrame->setGeometry(rect());
    m_dropFrame->raise();
    m_dropFrame->show();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) { m_dropFrame->hide(); }

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (m_dropFrame) m_dropFrame->setGeometry(rect());
}

void MainWindow::dropEvent(QDropEvent* event) {
    m_dropFrame->hide();
    const QStringList paths = filesOf(*event);
    if (paths.isEmpty()) return;
    event->acceptProposedAction();
    openPaths(paths);
}

}  // namespace dlrm::ui
