// SPDX-License-Identifier: GPL-3.0-or-later
// What every page is: a header with title, subtitle and its own actions, a thin progress bar, an error banner that
// stays, and content or an empty state.
// A page is made when somebody first goes there, with a model open or not. It asks for what takes time in showEvent(),
// and only while it isVisible(). Session::modelOpened, modelClosed, datasetOpened and datasetClosed change what it
// shows; with Session::engineReplaced, which comes also where modelOpened has nothing to say, it asks anew, since what
// its desk had found is forgotten.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/model_spec.h"
#include "ui/widgets/error_banner.h"

class QHBoxLayout;
class QStackedWidget;

namespace dlrm::ui {

class Session;
class EmptyState;
class PageHeader;

class Page : public QWidget {
    Q_OBJECT
public:
    Page(Session& session, const QString& title, QWidget* parent = nullptr);
    ~Page() override;

    // Shown in the inspector dock while this page is the current one; null: the dock shows a summary of the selection.
    // Owned by the dock once asked for.
    virtual QWidget* inspector() { return nullptr; }
    // Whether the inspector has anything to say beside this page; where it has not, the page gets its room.
    virtual bool usesInspector() const { return true; }
    // Ctrl+G: puts the focus into the page's "go to id" field. False when the page has none.
    virtual bool goToId() { return false; }
    // A sentence about what somebody did here that is kept nowhere, so that it is lost when the program ends; empty:
    // nothing.
    virtual QString unsaved() const { return {}; }
    // Whether that is also lost when anything else is opened, or read otherwise.
    virtual bool unsavedIsOfWhatIsOpen() const { return false; }
    QString title() const { return m_title; }
    // F1: what this page shows and how to use it, a few plain sentences.
    virtual QString helpText() const = 0;
    // --render: bring the page into the state worth a picture (select a row, start the evaluation); called once the
    // page is shown.
    virtual void prepareForRender() {}
    // --render: further views worth a picture each (ID-VIEW.png), shown one after the other once the page itself has
    // been pictured.
    virtual QStringList renderViews() const { return {}; }
    virtual void showRenderView(const QString& view) { Q_UNUSED(view); }
    // Whether everything that this page and its prepareForRender() ask for by themselves has arrived or failed,
    // so that what it shows stays: for --render, which looks about 50 times a second, with no job running, and for
    // tests. True where it can ask for nothing, as without a model.
    virtual bool isSettled() const { return true; }

    // A banner under the header, over the top of the content, that stays until closed or until the next success:
    // sentence, file, remedy in the window's terms, Copy and (when given) Retry and what resolves it. Of a file that
    // was changed, Reopen opens model and dataset again.
    void showError(const dlrm::Error& error, std::function<void()> retry = {}, std::vector<ErrorAction> actions = {});
    bool showsError(const dlrm::Error& error) const;
    void clearError();
    // The text the banner shows; empty when it is closed.
    QString errorText() const;

Q_SIGNALS:
    // Go to another page, by its id in the table of pages ("tables").
    void pageRequested(const QString& id);
    // One of the window's own actions: "open-model", "open-dataset", "open-demo", "show-inspector", "present:2".
    void actionRequested(const QString& action);
    // One line worth a moment's attention, shown as a toast ("Copied 12 rows").
    void noticed(const QString& text);

protected:
    Session& session() const { return m_session; }
    void setSubtitle(const QString& text);
    // Buttons at the right of the header.
    void addHeaderWidget(QWidget* widget);
    // The page's content; shown unless an empty state is.
    void setContent(QWidget* content);
    // Shows a sentence saying what would be here and the one button that gets there; `action` is called on click. Keeps
    // the content alive.
    void showEmpty(const QString& sentence, const QString& buttonText, std::function<void()> action);
    // The same for want of a model or a dataset; the button opens one.
    void showWithoutModel(const QString& sentence);
    void showWithoutDataset(const QString& sentence);
    // For what predicts. False: a model that can, or a dataset, is missing, and the empty state says so.
    bool canPredict(const QString& withoutModel, const QString& withoutDataset);
    void showContent();
    // While a model is opened the bar shows it, and where none is open the empty state, which `showNothing` replaces
    // where none came; an error goes to the banner.
    void followOpening(const std::function<void()>& showNothing);
    // The 2 px bar under the header. total <= 0: indeterminate; done < 0: hidden.
    void showProgress(qint64 done, qint64 total);

private:
    Session& m_session;
    const QString m_title;
    PageHeader* m_header = nullptr;
    ErrorBanner* m_banner = nullptr;
    QStackedWidget* m_stack = nullptr;
    EmptyState* m_empty = nullptr;
    QWidget* m_content = nullptr;
};

// The parts a model lacks, for a sentence: "embedding tables, no bottom MLP"; empty: it can predict.
QString missingParts(const dlrm::ModelSpec& spec);

// The one of this name, as its number; -1: there is none.
template <class Part>
int namedIn(const std::vector<Part>& parts, const std::string& name) {
    const auto found =
        std::find_if(parts.begin(), parts.end(), [&name](const Part& part) { return part.name == name; });
    return found != parts.end() ? static_cast<int>(found - parts.begin()) : -1;
}

// One line of THE TABLE OF PAGES (pages.cpp), in the order of the rail.
struct PageEntry {
    const char* id;     // "tables"; file name of --render, argument of --page
    const char* title;  // translated with tr() in context "Page"
    const char* icon;   // name for themeIcon()
    Page* (*create)(Session&, QWidget* parent);
    bool needsModel;
    // What can be done there, in the words of its buttons: the palette finds it from everywhere and goes there.
    std::vector<const char*> does = {};
};
const std::vector<PageEntry>& pageTable();

}  // namespace dlrm::ui
