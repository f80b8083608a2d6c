// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/run.h"

#include <QApplication>
#include <QScreen>
#include <QSettings>
#include <QTimer>

#include <cstdio>

#include "app/program/program.h"
#include "ui/shell/render.h"
#include "ui/widgets/storage.h"

namespace dlrm::ui {
namespace {

ThemeMode storedTheme() {
    const QString name = QSettings(configFile(), QSettings::IniFormat).value(QStringLiteral("theme")).toString();
    if (name == QLatin1String("dark")) return ThemeMode::Dark;
    return name == QLatin1String("light") ? ThemeMode::Light : ThemeMode::System;
}

// How the first model is opened where none is named; what is said of a named one holds for that alone, but for what
// computes.
ModelSettings settingsOf(const Options& options) {
    ModelSettings out;
    if (options.open.checkpoint.empty()) static_cast<ModelChoices&>(out) = options.open.model;
    out.backend = options.open.model.backend;
    out.statisticsOnDisk = options.open.model.statisticsOnDisk;
    return out;
}

}  // namespace

void prepareEnvironment(int argc, char** argv) {
    if (asksForText(argc, argv)) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
        return;
    }
    const bool display = qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
    if (!display && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM") && asksForRender(argc, argv))
        qputenv("QT_QPA_PLATFORM", "offscreen");
}

int runWindow(const Options& options) {
    Theme::instance().apply(options.theme.value_or(storedTheme()));
    Session session;
    session.setProgram({QCoreApplication::applicationName(), QCoreApplication::applicationVersion(),
                        QString::fromStdString(programCommit())});
    session.setSettings(settingsOf(options));
    MainWindow window(session);
    QApplication::setWindowIcon(applicationIcon());
    // The screen that it was left on may be gone, or another one.
    const QScreen* at = QGuiApplication::screenAt(window.geometry().center());
    if (const QScreen* screen = at ? at : QGuiApplication::primaryScreen()) window.fitInto(screen->availableGeometry());
    if (options.size) {
        window.setWindowState(window.windowState() & ~(Qt::WindowMaximized | Qt::WindowFullScreen));  // as it was left
        window.resize(*options.size);
    }
    window.show();
    // After the first frame, so that nothing delays it.
    QTimer::singleShot(0, &window, [&] {
        if (options.demo && options.open.checkpoint.empty()) window.openDemo();
        else if (options.last && options.open.checkpoint.empty()) window.openRecent(0);
        else if (isWorkspaceFile(options.open.checkpoint))
            window.openWorkspace(QString::fromStdString(options.open.checkpoint), options.said);
        else window.open(options.open);
    });
    if (!options.page.isEmpty()) {
        if (!window.showPage(options.page))
            QObject::connect(
                &session, &Session::modelOpened, &window, [&] { window.showPage(options.page); },
                Qt::ConnectionType(Qt::QueuedConnection | Qt::SingleShotConnection));
    }
    return QApplication::exec();
}

int runRender(const Options& options, std::stop_token stop) {
    Theme::instance().apply(options.theme.value_or(ThemeMode::Dark));
    Session session;
    session.setSettings(settingsOf(options));
    RenderRequest request;
    request.directory = options.renderDirectory;
    request.open = options.open;
    request.said = options.said;
    request.stop = std::move(stop);
    if (options.size) request.size = *options.size;
    const auto written = renderPages(request, session);
    if (!written) {
        std::fprintf(stderr, "%s\n", written.error().text().c_str());
        return written.error().isCancelled() ? 130 : 2;
    }
    for (const QString& path : *written) std::printf("%s\n", qPrintable(path));
    return 0;
}

}  // namespace dlrm::ui
