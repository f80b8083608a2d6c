// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow: workspaces as files, and their scenarios on the full screen.
#include <QAction>
#include <QFileInfo>
#include <QShortcut>

#include <utility>

#include "ui/pages/page.h"
#include "ui/session/desks/scenario_desk.h"
#include "ui/shell/main_window.h"
#include "ui/shell/presentation.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/file_dialog.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/toast.h"

namespace dlrm::ui {
namespace {

QString workspaceFilter() { return MainWindow::tr("Workspaces (*.dlrmx)"); }

}  // namespace

void MainWindow::connectWorkspace() {
    ScenarioDesk& desk = m_session.scenarios();
    connect(&desk, &ScenarioDesk::fileRead, this, &MainWindow::openRead);
    connect(&desk, &ScenarioDesk::saved, this, [this](const QString& path) {
        RecentFiles::instance().addModel(path);
        forgetFailedExport(JobKind::Export);
        m_toast->showText(tr("The workspace was saved as %1.").arg(path));
    });
}

void MainWindow::openWorkspace(const QString& path, const SaidOptions& said) {
    m_said = said;
    m_session.scenarios().read(QFileInfo(path).absoluteFilePath());
}

void MainWindow::openRead(const WorkspaceFilePtr& file, const std::optional<Error>& missing) {
    OpenRequest request = file->request;
    const ModelSettings now = m_session.settings();  // what computes is none of a workspace's
    request.model.backend = now.backend;
    request.model.statisticsOnDisk = now.statisticsOnDisk;
    for (const auto& [option, value] : std::exchange(m_said, {}))
        if (auto chosen = Session::choose(request, option.toUtf8().constData(), value); !chosen)
            return showFailure(JobKind::Workspace, chosen.error());
    unlessLost(
        tr("&Open"),
        [this, file, request, missing] {
            m_session.scenarios().take(file);
            if (missing) return showFailure(JobKind::Workspace, *missing);
            RecentFiles::instance().addModel(QString::fromStdString(file->path));
            forgetFailure();
            m_lastModel = {request.checkpoint, request.model, {}, false};
            if (!request.data.path.empty()) m_lastDataset = {request.checkpoint, {}, request.data, false};
            m_session.openAnew(request);
        },
        false, m_session.scenarios().unsaved());
}

void MainWindow::chooseWorkspace() {
    const QString path =
        askForFile(this, tr("Open workspace"), m_session.scenarios().path(), workspaceFilter() + tr(";;All files (*)"));
    if (!path.isEmpty()) openWorkspace(path);
}

void MainWindow::saveWorkspace(bool elsewhere) {
    const ModelInfoPtr model = m_session.model();
    if (!model) {
        m_toast->showText(tr("Open a checkpoint first, then save the workspace."));
        return;
    }
    QString path = m_session.scenarios().path();
    if (elsewhere || path.isEmpty()) {
        const QString name = path.isEmpty() ? QFileInfo(QString::fromStdString(model->path)).completeBaseName()
                                            : QFileInfo(path).completeBaseName();
        path = askForExport(this, tr("Save workspace"), name + QStringLiteral(".dlrmx"), workspaceFilter());
    }
    if (!path.isEmpty()) m_session.scenarios().save(path);
}

void MainWindow::present(int index) {
    const ScenarioDesk& desk = m_session.scenarios();
    if (Presentation::count(desk) == 0) {
        m_toast->showText(desk.scenarios().empty()
                              ? tr("There is no scenario to present: edit a row on Samples and keep it.")
                              : tr("No scenario fits what is open."));
        return;
    }
    auto* presentation = new Presentation(m_session, index, this);
    presentation->setAttribute(Qt::WA_DeleteOnClose);
    presentation->showFullScreen();
}

// F5 is Run on pages that run something.
void MainWindow::sharePresentKey() {
    bool own = false;
    for (const QShortcut* shortcut : currentPage()->findChildren<QShortcut*>(Qt::FindDirectChildrenOnly))
        own = own || shortcut->key() == QKeySequence(Qt::Key_F5);
    m_present->setShortcut(own ? QKeySequence() : QKeySequence(Qt::Key_F5));
}

}  // namespace dlrm::ui
