// SPDX-License-Identifier: GPL-3.0-or-later
// The window: rail, pages, inspector, status bar, menus, palette, drag and drop. Pages come from THE TABLE OF PAGES and
// are made when first shown.
#pragma once

#include <QElapsedTimer>
#include <QHash>
#include <QList>
#include <QMainWindow>
#include <QPointer>
#include <QSize>

#include <functional>

#include "ui/session/desks/scenario_desk.h"
#include "ui/session/session.h"
#include "ui/shell/command_palette.h"
#include "ui/widgets/error_banner.h"
#include "ui/widgets/export_dialog.h"

class QAction;
class QActionGroup;
class QMessageBox;
class QStackedWidget;

namespace dlrm::ui {

class InspectorDock;
class Page;
class Rail;
class StatusBar;
class Toast;

// Options of opening by their names, each with its value.
using SaidOptions = QList<std::pair<QString, QString>>;

// The same rows with a dictionary: with it nothing is missing.
DataChoices withDictionary(DataChoices data, const QString& dictionary);

class MainWindow : public QMainWindow, public ExportGuard {
    Q_OBJECT
public:
    static constexpr QSize kLeastSize{960, 600};

    // remember: keep layout, recent files and choices (off for --render and tests that do not want them).
    explicit MainWindow(Session& session, bool remember = true, QWidget* parent = nullptr);
    ~MainWindow() override;

    QString exportRefusal(const QString& path) const override;

    // Exactly as it says; empty paths are left out. A workspace in place of the checkpoint is opened as it says.
    void open(const OpenRequest& request);
    // Paths with what is chosen for them now; an empty path is left out.
    OpenRequest requestFor(const QString& checkpoint, const QString& dataset = {}, const QString& dictionary = {},
                           const QString& split = QStringLiteral("test")) const;
    void openDemo();
    // A workspace file, which may be named wherever a checkpoint is. said: what is read otherwise than it says.
    void openWorkspace(const QString& path, const SaidOptions& said = {});
    void openRecent(int index);
    // By its id in the table of pages; false when there is none or it needs a model.
    bool showPage(const QString& id);
    QString currentPageId() const;
    Page* currentPage() const;
    // All the page table's ids, in order.
    static QStringList pageIds();
    CommandPalette* palette() const { return m_palette; }
    void goBack();
    void goForward();
    // Paths that were dropped: a checkpoint, a dataset, a dictionary, or several of them. Once it is known what they
    // are.
    void openPaths(const QStringList& paths);
    // Makes the window no larger than `available`, a screen's free area in its coordinates, and moves it there where it
    // was placed outside.
    void fitInto(const QRect& available);

protected:
    void closeEvent(QCloseEvent*) override;
    void showEvent(QShowEvent*) override;
    void dragEnterEvent(QDragEnterEvent*) override;
    void dragLeaveEvent(QDragLeaveEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void dropEvent(QDropEvent*) override;

private:
    // Where one was: what Alt+Left returns to. Moving within one list stays in one place.
    struct Place {
        int page = 0;
        Selection selection;
    };
    static bool isSameList(const Place& a, const Place& b);
    void buildMenus();
    void buildFileMenu();
    void buildEditMenu();
    QAction* pageAction(const char* name) const;  // of the page in view; null: it has none
    void buildViewMenu();
    void buildGoMenu();
    void buildHelpMenu();
    void fillRecentMenu();
    void connectSession();
    void showPageAt(int index);
    void focusPage();
    Page* pageAt(int index);
    void runAction(const QString& action);
    void remember(const Place& place);
    // To the last place of `from`; here becomes the last of `to`.
    void travel(QList<Place>& from, QList<Place>& to);
    void showPlaceActions();
    // What failed was asked for with. A message's buttons hold their own: what else is asked for later is not theirs.
    struct Asked {
        JobKind kind = JobKind::OpenModel;
        OpenRequest request;
        bool together = false;  // the dataset was asked for beside the model that failed
    };
    Asked asked(JobKind kind) const;
    std::vector<ErrorAction> actionsFor(const Asked& failed, const Error& error);
    void showFailure(JobKind kind, const Error& error);
    // What was refused is not asked for any more, but by its message: m_lastModel and m_lastDataset are what is open
    // again. Of a dataset the dictionary stays for the next one where none is open.
    void forgetRefused(const Error& error);
    void forgetFailure();                   // and its message goes
    void forgetFailedExport(JobKind kind);  // another try succeeded
    using Change = std::function<Result<void>(OpenRequest&)>;
    // refused: why, of which the dialog says that; null: nothing was tried.
    void askForCardinalities(const Asked& failed, const Error* refused = nullptr);
    // For another answer than that of `now`, with the dialog of the option; `open` opens with it.
    void askToChange(const QString& option, const OpenRequest& now,
                     const std::function<Result<void>(const Change&)>& open);
    // Of what is open, as the table of choices has it (ui/session/choices.h).
    void changeChoice(const QString& option);
    // Of a model that is opened again, where choices ended with it.
    void sayChoicesGone(const QString& model);
    // What is open, as it is open.
    OpenRequest opened() const;
    // What failed once more with a change of it; an error of `change` is returned, and nothing is opened.
    Result<void> openAgain(const Asked& failed, const Change& change);
    // The checkpoint that failed once more, choices that may be why taken back.
    void retryModel(const Asked& failed, const Error& error);
    // Running jobs whose work is lost when they end early.
    std::vector<JobKind> lastingJobs(bool whenQuitting) const;
    // Names jobs that are to be cancelled, and what is lost, before `cancel` is called.
    void askToCancel(const std::vector<JobKind>& jobs, const std::function<void()>& cancel);
    void askToCancelExport(JobKind kind);  // of its kind the one that runs
    // Names what is lost; `end` is the button that calls `then`, `stay` the one that calls nothing. Once one of the
    // jobs it names has ended the question goes, and `again` asks what is left to ask, or says false: there is nothing.
    void ask(const QString& title, const QString& text, const QString& loss, const QString& end, const QString& stay,
             const std::function<void()>& then, const std::vector<JobKind>& named, const std::function<bool()>& again);
    bool asksBeforeQuitting();  // false: nothing would be lost
    // What opens, closes or reads something otherwise ends long jobs and drops an evaluation's figures: then `act` only
    // once somebody has chosen `end`.
    // keepsFigures: it drops none.
    // scenarios: a sentence on those that are in no file and end with it; empty: none do.
    void unlessLost(const QString& end, const std::function<void()>& act, bool keepsFigures = false,
                    const QString& scenarios = {});
    bool asksWhetherLost(const QString& end, const std::function<void()>& act, bool keepsFigures,
                         const QString& scenarios);  // false: nothing is
    void closeModel();
    void cancelJobs();
    void escape();
    void showTitle();
    void showPlaceOf(const QString& model);  // where it was left, or the Overview
    void saveLayout();
    void restoreLayout();
    void resetLayout();
    void chooseCheckpoint();
    void chooseCheckpointFile();
    void connectWorkspace();
    void openRead(const WorkspaceFilePtr& file, const std::optional<Error>& missing);
    void chooseWorkspace();
    void saveWorkspace(bool elsewhere);
    void present(int index);  // scenarios on the full screen, this one first
    void sharePresentKey();
    void chooseDataset();
    void chooseDatasetBeside(const Asked& failed);  // and opens it together with the checkpoint that failed
    QString askForDataset();                        // its path; empty: none was chosen
    void chooseDictionary();
    void chooseDictionaryFor(const DataChoices& rows);
    QString askForDictionary();  // its path; empty: none was chosen
    // With the rows of rowsForDictionary(), else with the next ones.
    void useDictionary(const QString& path);
    void openWithDictionary(const DataChoices& rows, const QString& dictionary);
    // The dataset that is being opened, else that is open, else whose refusal is still in view.
    DataChoices rowsForDictionary() const;
    // Those that a message in some page says to be refused.
    DataChoices refusedRows() const;
    QString dictionaryInUse() const;  // of what is open, or for the next dataset; empty: none
    void openTold(const std::vector<ToldPath>& paths);
    void exportCheckpoint(bool directory);
    void openCheckpoint(const OpenRequest& request);  // and, where one is named, its dataset
    std::string openCheckpointPath() const;           // of the model that is open; empty: none
    void openDataset(const DataChoices& rows);
    // F1; scrolled to a term of the glossary where one is given.
    void showHelp(const QString& term = {});
    QList<Command> commands();
    QList<Command> commandsFor(const QString& text);
    QList<Command> choiceCommands();
    void goToTable(int table, qint64 row);
    void goToLayer(bool top, int layer);

    Session& m_session;
    bool m_remember = true;
    Rail* m_rail = nullptr;
    QStackedWidget* m_stack = nullptr;
    InspectorDock* m_inspector = nullptr;
    StatusBar* m_status = nullptr;
    CommandPalette* m_palette = nullptr;
    Toast* m_toast = nullptr;
    QMenu* m_recentMenu = nullptr;
    QActionGroup* m_themes = nullptr;
    QHash<int, Page*> m_pages;  // by index in the table, once made
    int m_current = -1;
    QList<Place> m_places, m_undonePlaces;  // before here, and those one went back from
    QAction* m_back = nullptr;
    QAction* m_forward = nullptr;
    QAction* m_present = nullptr;
    QWidget* m_dropFrame = nullptr;  // over everything while files are dragged over the window
    QElapsedTimer m_lastPlace;
    bool m_goingBack = false;
    Place m_here;
    // The last things asked for, or what is open once they were refused.
    OpenRequest m_lastModel;           // without a dataset; once it is open, with the settings of now
    OpenRequest m_lastDataset;         // its checkpoint: the model it was asked for beside; empty: any
    SaidOptions m_said;                // with the workspace that is being read
    QPointer<QMessageBox> m_question;  // whether running jobs shall end
    bool m_quits = false;              // and the answer
    // The last opening that failed: what it was asked for with, why, and the page that says so.
    Asked m_failed;
    Error m_failure;
    QPointer<Page> m_failedPage;
    struct {
        JobKind kind = JobKind::Export;
        QPointer<Page> page;
        Error error;
    } m_failedExport;  // the last one, and the page that says so
    // What was chosen of the models that were open in this window, by path, and the path of the one that is.
    QHash<QString, ModelSettings> m_chosen;
    QString m_shown;
};

}  // namespace dlrm::ui
