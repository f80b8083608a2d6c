// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow: menus, file dialogs, and the actions of the command palette.
#include <QAbstractButton>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QCoreApplication>
#include <QFileInfo>
#include <QLineEdit>
#include <QMap>
#include <QMenuBar>
#include <QPointer>
#include <QRegularExpression>
#include <QSettings>
#include <QShortcut>
#include <QToolButton>

#include <algorithm>

#include "ui/pages/page.h"
#include "ui/session/plain_words.h"
#include "ui/shell/help_window.h"
#include "ui/shell/inspector_dock.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/file_dialog.h"
#include "ui/widgets/glossary.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/storage.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/typed_numbers.h"

namespace dlrm::ui {
namespace {
constexpr char kPageAction[] = "pageAction";

// Greyed where `can` says no while the menu is open; else the shortcuts work without the menu.
void greyUnless(QMenu* menu, const QList<QAction*>& actions, const std::function<bool()>& can) {
    const auto enable = [actions](bool on) {
        for (QAction* action : actions) action->setEnabled(on);
    };
    QObject::connect(menu, &QMenu::aboutToShow, menu, [enable, can] { enable(can()); });
    QObject::connect(menu, &QMenu::aboutToHide, menu, [enable] { enable(true); });
}

}  // namespace

void MainWindow::buildMenus() {
    buildFileMenu();
    buildEditMenu();
    buildViewMenu();
    buildGoMenu();
    buildHelpMenu();
    connect(new QShortcut(Qt::Key_Escape, this), &QShortcut::activated, this, &MainWindow::escape);
}

void MainWindow::buildFileMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    menu->addAction(themeIcon(QStringLiteral("folder")), tr("&Open checkpoint…"), QKeySequence::Open, this,
                    &MainWindow::chooseCheckpoint);
    menu->addAction(tr("Open checkpoint &file…"), this, &MainWindow::chooseCheckpointFile);
    menu->addAction(themeIcon(QStringLiteral("dataset")), tr("Open &dataset…"), QKeySequence(tr("Ctrl+Shift+O")), this,
                    &MainWindow::chooseDataset);
    menu->addAction(tr("Open d&ictionary…"), this, &MainWindow::chooseDictionary);
    menu->addAction(tr("Open &workspace…"), this, &MainWindow::chooseWorkspace);
    menu->addAction(themeIcon(QStringLiteral("play")), tr("Open de&mo"), this, &MainWindow::openDemo);
    QAction* again = menu->addAction(tr("Reopen from fi&les"), QKeySequence(tr("Ctrl+R")), this,
                                     [this] { unlessLost(tr("&Reopen"), [this] { m_session.reopen(); }); });
    again->setObjectName(QStringLiteral("reopen"));
    m_recentMenu = menu->addMenu(themeIcon(QStringLiteral("clock")), tr("&Recent"));
    m_recentMenu->setToolTipsVisible(true);
    connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
    QAction* save =
        menu->addAction(tr("&Save workspace…"), QKeySequence(tr("Ctrl+S")), this, [this] { saveWorkspace(false); });
    QAction* saveAs = menu->addAction(tr("Save workspace &as…"), this, [this] { saveWorkspace(true); });
    save->setObjectName(QStringLiteral("saveWorkspace"));
    saveAs->setObjectName(QStringLiteral("saveWorkspaceAs"));
    QMenu* exports = menu->addMenu(tr("&Export"));
    QAction* hdf5 = exports->addAction(tr("Checkpoint as &HDF5…"), this, [this] { exportCheckpoint(false); });
    QAction* nvidia =
        exports->addAction(tr("Checkpoint as &NVIDIA directory…"), this, [this] { exportCheckpoint(true); });
    hdf5->setObjectName(QStringLiteral("exportHdf5"));
    nvidia->setObjectName(QStringLiteral("exportDirectory"));
    greyUnless(menu, {again, save, saveAs, exports->menuAction()}, [this] { return m_session.model() != nullptr; });
    menu->addSeparator();
    QAction* close = menu->addAction(tr("&Close"), QKeySequence(tr("Ctrl+W")), this, [this] {
        unlessLost(
            tr("&Close"), [this] { closeModel(); }, false, m_session.scenarios().unsaved());
    });
    greyUnless(menu, {close}, [this] { return m_session.model() || m_session.dataset(); });
    menu->addAction(tr("&Quit"), QKeySequence(tr("Ctrl+Q")), this, &QWidget::close);
}

void MainWindow::fillRecentMenu() {
    m_recentMenu->clear();
    const QList<RecentEntry> entries = RecentFiles::instance().entries();
    for (int i = 0; i < entries.size(); ++i) {
        const QString label = entries[i].label(entries).replace(QLatin1Char('&'), QStringLiteral("&&"));
        QString title = entries[i].exists() ? label : tr("%1 (missing)").arg(label);
        if (i == 0 && !m_session.model()) title = tr("Reopen last: %1").arg(title);
        // At the right, where shortcuts stand.
        QAction* action = m_recentMenu->addAction(title + QLatin1Char('\t') + entries[i].dateAndSize(), this,
                                                  [this, i] { openRecent(i); });
        action->setEnabled(entries[i].exists());
        action->setToolTip(entries[i].details().toHtmlEscaped());
    }
    if (entries.isEmpty()) m_recentMenu->addAction(tr("Nothing yet"))->setEnabled(false);
    m_recentMenu->addSeparator();
    m_recentMenu->addAction(tr("&Clear"), this, [] { RecentFiles::instance().clear(); })
        ->setEnabled(!entries.isEmpty());
}

// What the page in view can undo, copy and find. The pages own the keys, which depend on what has the focus; the menu
// shows and triggers them.
void MainWindow::buildEditMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Edit"));
    QList<QAction*> entries;
    const auto add = [menu](const QString& title, const QKeySequence& keys) {
        return menu->addAction(title + QLatin1Char('\t') + keys.toString(QKeySequence::NativeText));
    };
    const auto entry = [&](const QString& title, const QKeySequence& keys, const char* name) {
        QAction* action = add(title, keys);
        action->setProperty(kPageAction, QLatin1String(name));
        connect(action, &QAction::triggered, this, [this, name] {
            if (QAction* own = pageAction(name)) own->trigger();
        });
        entries << action;
    };
    // Of the field that has the focus, whose own keys they are.
    const auto ofField = [&](const QString& title, const QKeySequence& keys, const char* name, void (QLineEdit::*act)(),
                             bool (*can)(const QLineEdit&)) {
        QAction* action = add(title, keys);
        action->setObjectName(QLatin1String(name));
        const auto field = [this]() -> QLineEdit* {
            auto* edit = qobject_cast<QLineEdit*>(focusWidget());
            return edit && !m_palette->isAncestorOf(edit) ? edit
                                                          : nullptr;  // the palette is gone once it runs an action
        };
        connect(action, &QAction::triggered, this, [field, act] {
            if (QLineEdit* edit = field()) (edit->*act)();
        });
        connect(menu, &QMenu::aboutToShow, action,
                [action, field, can] { action->setEnabled(field() && !field()->isReadOnly() && can(*field())); });
    };
    entry(tr("&Undo"), QKeySequence(QStringLiteral("Ctrl+Z")), "edit-undo");
    entry(tr("&Redo"), QKeySequence(QStringLiteral("Ctrl+Shift+Z")), "edit-redo");
    menu->addSeparator();
    ofField(tr("Cu&t"), QKeySequence::Cut, "cutText", &QLineEdit::cut,
            [](const QLineEdit& edit) { return edit.hasSelectedText(); });
    entry(tr("&Copy"), QKeySequence::Copy, "edit-copy");
    ofField(tr("&Paste"), QKeySequence::Paste, "pasteText", &QLineEdit::paste,
            [](const QLineEdit&) { return !QGuiApplication::clipboard()->text().isEmpty(); });
    menu->addSeparator();
    entry(tr("&Find…"), QKeySequence::Find, "edit-find");
    connect(menu, &QMenu::aboutToShow, this, [this, entries] {
        for (QAction* action : entries) {
            const QAction* own = pageAction(action->property(kPageAction).toByteArray().constData());
            action->setEnabled(own && own->isEnabled());
        }
    });
}

QAction* MainWindow::pageAction(const char* name) const {
    return currentPage() ? currentPage()->findChild<QAction*>(QLatin1String(name)) : nullptr;
}

void MainWindow::buildViewMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    QMenu* themes = menu->addMenu(tr("&Theme"));
    m_themes = new QActionGroup(this);
    for (const auto& [mode, title, key] : {std::tuple{ThemeMode::System, tr("&System"), "system"},
                                           {ThemeMode::Dark, tr("&Dark"), "dark"},
                                           {ThemeMode::Light, tr("&Light"), "light"}}) {
        QAction* action = themes->addAction(title);
        action->setCheckable(true);
        action->setObjectName(QStringLiteral("theme-") + QLatin1String(key));
        m_themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, mode = mode, key = key] {
            Theme::instance().apply(mode);
            if (m_remember)
                QSettings(configFile(), QSettings::IniFormat).setValue(QStringLiteral("theme"), QLatin1String(key));
        });
        connect(themes, &QMenu::aboutToShow, action,
                [action, mode = mode] { action->setChecked(Theme::instance().mode() == mode); });
    }
    menu->addAction(m_inspector->toggleAction());
    menu->addAction(tr("&Reset layout"), this, &MainWindow::resetLayout);
    QAction* full = menu->addAction(tr("&Full screen"), QKeySequence(Qt::Key_F11), this,
                                    [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    full->setObjectName(QStringLiteral("fullScreen"));
    m_present = menu->addAction(themeIcon(QStringLiteral("play")), tr("&Present scenarios"), QKeySequence(Qt::Key_F5),
                                this, [this] { present(0); });
    m_present->setObjectName(QStringLiteral("present"));
    greyUnless(menu, {m_present}, [this] { return !m_session.scenarios().scenarios().empty(); });
}

void MainWindow::buildGoMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Go"));
    QList<QAction*> needModel;
    const auto& table = pageTable();
    for (std::size_t i = 0; i < table.size(); ++i) {
        const QString id = QString::fromLatin1(table[i].id);
        QAction* action = menu->addAction(
            themeIcon(QString::fromLatin1(table[i].icon)), QCoreApplication::translate("Page", table[i].title),
            QKeySequence(QStringLiteral("Ctrl+%1").arg(i + 1)), this, [this, id] { showPage(id); });
        if (table[i].needsModel) needModel << action;
    }
    menu->addSeparator();
    m_back = menu->addAction(themeIcon(QStringLiteral("back")), tr("&Back"), QKeySequence(Qt::ALT | Qt::Key_Left), this,
                             &MainWindow::goBack);
    m_forward = menu->addAction(tr("&Forward"), QKeySequence(Qt::ALT | Qt::Key_Right), this, &MainWindow::goForward);
    m_back->setObjectName(QStringLiteral("goBack"));
    m_forward->setObjectName(QStringLiteral("goForward"));
    showPlaceActions();
    needModel << menu->addAction(tr("Go to &row…"), QKeySequence(tr("Ctrl+G")), this, [this] {
        if (!currentPage() || currentPage()->goToId()) return;
        if (showPage(QStringLiteral("tables")) && currentPage()->goToId()) return;
        m_toast->showText(tr("Open a checkpoint first, then go to a row of a table."));
    });
    greyUnless(menu, needModel, [this] { return m_session.model() != nullptr; });
    menu->addAction(themeIcon(QStringLiteral("search")), tr("&Command palette…"), QKeySequence(tr("Ctrl+K")), this,
                    [this] { m_palette->open(); });
}

void MainWindow::buildHelpMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    menu->addAction(themeIcon(QStringLiteral("help")), tr("Explain this &page"), QKeySequence::HelpContents, this,
                    [this] { showHelp(); });
    menu->addAction(tr("Keyboard &shortcuts"), this, [this] { showShortcuts(this); });
    connect(&Glossary::instance(), &Glossary::asked, this, [this](const QString& term) {
        if (isVisible()) showHelp(term);
    });
    menu->addSeparator();
    menu->addAction(tr("&About DLRM Explorer"), this, [this] { showAboutWindow(this); });
}

void MainWindow::showHelp(const QString& term) {
    Page* page = currentPage();
    if (!page) return;
    const PageEntry& entry = pageTable()[static_cast<std::size_t>(m_current)];
    showPageHelp(this, currentPageId(), QCoreApplication::translate("Page", entry.title), page->helpText(), term);
}

void MainWindow::chooseCheckpoint() {
    const QString path = askForFolder(this, tr("Open checkpoint: the directory with its .npy files"),
                                      QString::fromStdString(m_lastModel.checkpoint));
    if (!path.isEmpty()) open(requestFor(path));
}

void MainWindow::chooseCheckpointFile() {
    const QString path =
        askForFile(this, tr("Open checkpoint: one file"), QString::fromStdString(m_lastModel.checkpoint),
                   tr("Checkpoints in one file (*.h5 *.hdf5 *.keras *.npz *.npy *.index);;All files (*)"));
    if (!path.isEmpty()) open(requestFor(path));
}

QString MainWindow::askForDataset() {
    return askForFile(
        this, tr("Open dataset: feature_spec.yaml or raw Criteo rows"), QString::fromStdString(m_lastDataset.data.path),
        tr("Datasets (feature_spec.yaml *.yaml *.tsv *.csv *.txt *.npz *.bin *.h5 *.hdf5);;All files (*)"));
}

void MainWindow::chooseDataset() {
    const QString path = askForDataset();
    if (path.isEmpty()) return;
    unlessLost(tr("&Open"), [this, path] { openDataset(requestFor({}, path, dictionaryInUse()).data); });
}

void MainWindow::chooseDatasetBeside(const Asked& failed) {
    const QString path = askForDataset();
    if (path.isEmpty()) return;
    static_cast<void>(openAgain(failed, [&](OpenRequest& request) -> Result<void> {
        request.model.cardinalities.clear();  // the dataset's are the answer
        request.data = requestFor({}, path).data;
        return {};
    }));
}

QString MainWindow::askForDictionary() {
    return askForFolder(this, tr("Open dictionary: the directory with cat_0.tsv, cat_1.tsv …"), dictionaryInUse());
}

void MainWindow::chooseDictionary() {
    const QString path = askForDictionary();
    if (!path.isEmpty()) useDictionary(path);
}

void MainWindow::chooseDictionaryFor(const DataChoices& rows) {
    const QString path = askForDictionary();
    if (!path.isEmpty()) openWithDictionary(rows, path);
}

void MainWindow::openWithDictionary(const DataChoices& rows, const QString& dictionary) {
    // The same dictionary once more is to be read anew, and everything with it.
    const DataChoices asked = withDictionary(rows, dictionary);
    unlessLost(
        tr("&Open"), [this, asked] { openDataset(asked); }, m_session.keepsFigures(asked));
}

DataChoices MainWindow::rowsForDictionary() const {
    if (m_session.isOpening()) return m_lastDataset.data;
    if (const DatasetInfoPtr open = m_session.dataset()) return open->asked;
    return refusedRows();
}

DataChoices MainWindow::refusedRows() const {
    const bool refused = m_failed.kind == JobKind::OpenDataset && m_failedPage && m_failedPage->showsError(m_failure);
    return refused ? m_failed.request.data : DataChoices();
}

void MainWindow::useDictionary(const QString& path) {
    const DataChoices rows = rowsForDictionary(), refused = refusedRows();
    if (!refused.path.empty() && refused.path != rows.path)
        m_toast->showText(tr("The dictionary goes to %1, which is open. %2 was not opened: open it again to use the "
                             "dictionary with it.")
                              .arg(datasetName(QString::fromStdString(rows.path)),
                                   datasetName(QString::fromStdString(refused.path))));
    if (!rows.path.empty()) return openWithDictionary(rows, path);
    m_lastDataset = {openCheckpointPath(), {}, {}, false};
    m_lastDataset.data.dictionary = path.toStdString();
    m_toast->showText(tr("The dictionary will be used with the next dataset that is opened."));
}

void MainWindow::exportCheckpoint(bool directory) {
    const ModelInfoPtr model = m_session.model();
    if (!model) {
        m_toast->showText(tr("Open a checkpoint first, then export it."));
        return;
    }
    const QString name = QFileInfo(QString::fromStdString(model->path)).completeBaseName();
    const QString path =
        directory
            ? askForExportFolder(this, tr("Export the checkpoint as a new directory in NVIDIA's layout"),
                                 name + QStringLiteral("-export"), {QStringLiteral(".h5"), QStringLiteral(".hdf5")})
            : askForExport(this, tr("Export the checkpoint as HDF5"), name + QStringLiteral(".h5"),
                           tr("HDF5 (*.h5 *.hdf5)"));
    if (!path.isEmpty()) m_session.exportCheckpoint(path);
}

void MainWindow::runAction(const QString& action) {
    const QString recent = QStringLiteral("open-recent:"), change = QStringLiteral("change:"),
                  presented = QStringLiteral("present:");
    if (action == QLatin1String("open-model")) chooseCheckpoint();
    else if (action == QLatin1String("open-dataset")) chooseDataset();
    else if (action == QLatin1String("open-dictionary")) chooseDictionary();
    else if (action == QLatin1String("open-demo")) openDemo();
    else if (action == QLatin1String("show-inspector")) m_inspector->choose(true);
    else if (action.startsWith(change)) changeChoice(action.mid(change.size()));
    else if (action.startsWith(presented)) present(action.mid(presented.size()).toInt());
    else if (action.startsWith(recent)) openRecent(action.mid(recent.size()).toInt());
}

namespace {

// What the buttons that are in view would do. Of those with the same words nobody could tell which is meant.
QList<Command> buttonsOf(const QWidget& place) {
    QList<Command> out;
    QMap<QString, int> count;
    for (auto* button : place.findChildren<QAbstractButton*>()) {
        const QString text = button->text().remove(QLatin1Char('&'));
        const QString title = text.isEmpty() ? button->accessibleName() : text;  // that of an icon
        const auto* tool = qobject_cast<QToolButton*>(button);
        const bool opens = tool && tool->menu();
        // One of several that exclude each other is a choice of a page, as its lists are.
        if (title.isEmpty() || button->autoExclusive() || button->group() || opens || !button->isVisible() ||
            !button->isEnabled())
            continue;
        ++count[title];
        const QString hint = !button->isCheckable() ? QObject::tr("button in view")
                             : button->isChecked()  ? QObject::tr("in view, on")
                                                    : QObject::tr("in view, off");
        out.append({title, hint, [button = QPointer(button)] {
                        if (button) button->click();
                    }});
    }
    out.removeIf([&](const Command& command) { return count[command.title] > 1; });
    return out;
}

}  // namespace

QList<Command> MainWindow::commands() {
    QList<Command> out;
    // Every action of the menus, so that the palette and the menus cannot differ.
    const auto collect = [&out](const auto& self, const QMenu* menu, const QString& place,
                                const QString& prefix) -> void {
        for (QAction* action : menu->actions()) {
            const QString title = action->text().section(QLatin1Char('\t'), 0, 0).remove(QLatin1Char('&'));
            if (action->menu()) {
                if (title != tr("Recent") && action->isEnabled())
                    self(self, action->menu(), title, title + QStringLiteral(": "));
            } else if (!action->isSeparator() && action->isEnabled()) {
                const QString shortcut = action->shortcut().toString(QKeySequence::NativeText);
                out.append({prefix + title, shortcut.isEmpty() ? place : shortcut, [action] { action->trigger(); }});
            }
        }
    };
    for (QAction* top : menuBar()->actions()) {
        if (!top->menu()) continue;
        Q_EMIT top->menu()->aboutToShow();  // disables what cannot be done now
        collect(collect, top->menu(), top->text().remove(QLatin1Char('&')), QString());
        Q_EMIT top->menu()->aboutToHide();
    }
    out += choiceCommands();
    QList<Command> buttons = buttonsOf(*m_inspector);
    if (currentPage()) buttons = buttonsOf(*currentPage()) + buttons;
    const auto isListed = [&out](const Command& command) {
        return std::any_of(out.begin(), out.end(), [&](const Command& c) { return c.title == command.title; });
    };
    buttons.removeIf(isListed);
    out += buttons;
    for (const PageEntry& page : pageTable()) {
        if (page.needsModel && !m_session.model()) continue;
        const QString name = QCoreApplication::translate("Page", page.title);
        for (Command& command : out)
            if (command.title == name) command.kind = Command::Kind::Place;
        if (QLatin1String(page.id) == currentPageId()) continue;  // its buttons are in view
        for (const char* words : page.does) {
            const Command there{QCoreApplication::translate("Page", words), tr("on %1").arg(name),
                                [this, id = QString::fromLatin1(page.id)] { showPage(id); }};
            if (!isListed(there)) out.append(there);
        }
    }
    if (const ModelInfoPtr model = m_session.model()) {
        for (std::size_t i = 0; i < model->spec.tables.size(); ++i) {
            const TableSpec& table = model->spec.tables[i];
            out.append({tr("Table %1").arg(QString::fromStdString(table.name)), countedText(table.rows, "row"),
                        [this, i] { goToTable(static_cast<int>(i), -1); }, Command::Kind::Place});
        }
        for (const bool top : {false, true}) {
            const std::vector<LayerSpec>& layers = top ? model->spec.topMlp : model->spec.bottomMlp;
            for (std::size_t i = 0; i < layers.size(); ++i)
                out.append({tr("Layer %1").arg(QString::fromStdString(layers[i].name)),
                            tr("%1 × %2").arg(formatCount(layers[i].inputs), formatCount(layers[i].outputs)),
                            [this, top, i] { goToLayer(top, static_cast<int>(i)); }, Command::Kind::Place});
        }
    }
    const QList<RecentEntry> recent = RecentFiles::instance().entries();
    for (int i = 0; i < recent.size(); ++i)
        if (recent[i].exists())
            out.append({tr("Open %1").arg(recent[i].label(recent)), tr("Recent"), [this, i] { openRecent(i); },
                        Command::Kind::File, tr("recent")});
    return out;
}

QList<Command> MainWindow::commandsFor(const QString& text) {
    const ModelInfoPtr model = m_session.model();
    if (!model) return {};
    const auto& tables = model->spec.tables;
    QList<Command> out;
    const auto addRow = [&](int table, qint64 row) {
        const TableSpec& spec = tables[static_cast<std::size_t>(table)];
        const QString name = QString::fromStdString(spec.name);
        if (row >= spec.rows)
            out.append({tr("%1 has no row %2: it has %3").arg(name, formatCount(row), countedText(spec.rows, "row")),
                        tr("Go to the table"), [this, table] { goToTable(table, -1); }});
        if (row < 0 || row >= spec.rows) return;
        out.append({tr("%1, row %2").arg(name, formatCount(row)), m_session.hexOf(table, row),
                    [this, table, row] { goToTable(table, row); }});
    };
    // A raw value: the rows it is read as, in every table whose dictionary has it.
    for (int table = 0; table < static_cast<int>(tables.size()); ++table)
        if (const auto row = m_session.rowOfValue(table, text)) addRow(table, *row);
    if (!out.isEmpty()) return out;
    // "table 20", "cat_19 1,234", "cat_19, row 1,234", "row 1,234 cat_19", or only a row number while a table is
    // selected.
    static const QRegularExpression rowFirst(QStringLiteral("^\\s*row\\s+([\\d,]+)\\s+(?:of\\s+|in\\s+)?(\\S.*)$"),
                                             QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression rowWord(QStringLiteral("(?:^|,?\\s)row\\s+(?=[\\d,]+\\s*$)"),
                                            QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression pattern(
        QStringLiteral("^\\s*(?:table\\s+)?(?:(\\S*[^\\s\\d,]\\S*|\\d+)\\s+)?([\\d,]+)\\s*$"),
        QRegularExpression::CaseInsensitiveOption);
    const QString inOrder =
        QString(text).replace(rowFirst, QStringLiteral("\\2 \\1")).replace(rowWord, QStringLiteral(" "));
    const QRegularExpressionMatch match = pattern.match(inOrder);
    if (!match.hasMatch()) return {};
    const QString tableText = match.captured(1);
    bool isNumber = false;
    const qint64 number = withoutGroups(match.captured(2)).toLongLong(&isNumber);
    if (!isNumber) return {};
    const bool saysTable = text.trimmed().startsWith(QLatin1String("table"), Qt::CaseInsensitive);
    if (tableText.isEmpty() || tableText.compare(QLatin1String("table"), Qt::CaseInsensitive) == 0) {
        if (saysTable && number < static_cast<qint64>(tables.size())) {
            const int index = static_cast<int>(number);
            out.append({tr("Table %1").arg(QString::fromStdString(tables[static_cast<std::size_t>(index)].name)),
                        tr("table number %1").arg(index), [this, index] { goToTable(index, -1); }});
        } else if (const Selection s = m_session.selection(); !saysTable && s.table >= 0) {
            addRow(s.table, number);
        }
        return out;
    }
    for (std::size_t i = 0; i < tables.size(); ++i)
        if (tableText.compare(QString::fromStdString(tables[i].name), Qt::CaseInsensitive) == 0 ||
            tableText == QString::number(i))
            addRow(static_cast<int>(i), number);
    return out;
}

void MainWindow::goToTable(int table, qint64 row) {
    showPage(QStringLiteral("tables"));
    const auto kind = row < 0 ? Selection::Kind::Table : Selection::Kind::TableRow;
    m_session.jumpTo({.kind = kind, .table = table, .row = row});
}

void MainWindow::goToLayer(bool top, int layer) {
    showPage(QStringLiteral("layers"));
    m_session.jumpTo({.kind = Selection::Kind::Layer, .topMlp = top, .layer = layer});
}

}  // namespace dlrm::ui
