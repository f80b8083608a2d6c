// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/render.h"

#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QPixmap>
#include <QTimer>

#include <optional>

#include "ui/pages/page.h"
#include "ui/session/desks/scenario_desk.h"
#include "ui/shell/presentation.h"
#include "ui/widgets/whole_file.h"

namespace dlrm::ui {
namespace {

constexpr int kLookMs = 20, kRestMs = 250;
constexpr int kOpenTimeoutMs = 120'000, kPageTimeoutMs = 600'000;

// Lets events run until `done` has held for `restMs` without a break. False when it takes longer than `timeoutMs`, or
// is stopped.
bool waitFor(const std::function<bool()>& done, int restMs, int timeoutMs, const std::stop_token& stop) {
    QElapsedTimer total, rest;
    total.start();
    QEventLoop loop;
    QTimer look;
    bool held = false;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (!done()) rest.invalidate();
        else if (!rest.isValid()) rest.start();
        held = rest.isValid() && rest.elapsed() >= restMs;
        if (held || stop.stop_requested() || total.elapsed() > timeoutMs) loop.quit();
    });
    look.start(kLookMs);
    loop.exec();
    return held;
}

// what: a page, or what was to be done before them.
Failure notAtRest(const std::string& what) {
    return fail(Error("E-RENDER-002", what + " did not come to rest in time.")
                    .withRemedy("Try again when the machine is less busy."));
}

Result<void> writePicture(const RenderRequest& request, const QString& name, QWidget& of, QStringList& written) {
    const QString path = QDir(request.directory).filePath(name + QStringLiteral(".png"));
    if (const QString why = writePng(path, of.grab().toImage()); !why.isEmpty())
        return fail(Error("E-RENDER-001", "A picture cannot be written.")
                        .inFile(path.toStdString())
                        .butFound(why.toStdString())
                        .withRemedy("Name a directory you may write to."));
    written << path;
    return {};
}

}  // namespace

Result<QStringList> renderPages(const RenderRequest& request, Session& session) {
    if (!QDir().mkpath(request.directory))
        return fail(Error("E-RENDER-001", "The directory for the pictures cannot be made.")
                        .inFile(request.directory.toStdString())
                        .withRemedy("Name a directory you may write to."));
    MainWindow window(session, false);
    std::optional<Error> failure;
    bool pageFailed = false;
    const auto isPart = [&session] { return session.model() && !session.model()->spec.missing.empty(); };
    // A page says what a part of a model lacks, or that a prediction is not finite, and shows the rest: worth a
    // picture, and no failure.
    const auto isFinding = [&isPart](const Error& error) {
        return error.code == "E-ENGINE-005" || error.code == "E-MEASURE-008" ||
               (isPart() && error.code == "E-ENGINE-014");
    };
    QObject::connect(&session, &Session::jobFailed, &window, [&](JobKind, const Error& error) {
        pageFailed = true;
        if (!failure && !isFinding(error)) failure = error;
    });
    window.resize(request.size);
    window.show();
    if (request.open.checkpoint.empty()) window.openDemo();
    else if (isWorkspaceFile(request.open.checkpoint))
        window.openWorkspace(QString::fromStdString(request.open.checkpoint), request.said);
    else window.open(request.open);
    const auto idle = [&session, &failure] { return failure || !session.isAnyRunning(); };
    const bool opened = waitFor(idle, 0, kOpenTimeoutMs, request.stop);
    if (request.stop.stop_requested()) return cancelled();
    if (!opened) return notAtRest("Opening");
    if (failure) return fail(std::move(*failure));

    QStringList written;
    for (const QString& id : MainWindow::pageIds()) {
        if (!window.showPage(id)) continue;
        Page* page = window.currentPage();
        pageFailed = false;
        page->prepareForRender();
        // The page itself, then each of its further views.
        QStringList views{QString()};
        for (int view = 0; view < views.size(); ++view) {
            if (view > 0) page->showRenderView(views[view]);
            // What a failed job was to bring never comes.
            const auto settled = [&] {
                return !session.isAnyRunning() && (pageFailed || isPart() || page->isSettled());
            };
            const bool rests = waitFor(settled, kRestMs, kPageTimeoutMs, request.stop);
            if (request.stop.stop_requested()) return cancelled();
            if (!rests) return notAtRest(id.toStdString());
            const QString name = views[view].isEmpty() ? id : id + QLatin1Char('-') + views[view];
            DLRM_TRY(writePicture(request, name, window, written));
            if (view == 0) views << page->renderViews();
        }
    }
    if (Presentation::count(session.scenarios()) > 0) {
        Presentation presentation(session, 0);
        presentation.resize(request.size);
        presentation.show();
        const bool rests = waitFor([&] { return presentation.isSettled(); }, kRestMs, kPageTimeoutMs, request.stop);
        if (request.stop.stop_requested()) return cancelled();
        if (!rests) return notAtRest("Present");
        DLRM_TRY(writePicture(request, QStringLiteral("present"), presentation, written));
    }
    if (failure) return fail(std::move(*failure));
    return written;
}

}  // namespace dlrm::ui
