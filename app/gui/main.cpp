// SPDX-License-Identifier: GPL-3.0-or-later
// dlrm-explorer: the window, or with --render its pictures.
#include <QApplication>

#include <cstdio>
#include <cstdlib>
#include <stop_token>

#include "app/gui/options.h"
#include "app/gui/run.h"
#include "app/program/program.h"
#include "core/base/open_files.h"
#include "core/base/random_access_file.h"
#include "core/base/result.h"
#include "core/base/stop_signals.h"

namespace {

// Qt would end the program with a signal, and advise to install it again.
void endWithoutADisplay(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if (type != QtFatalMsg) {
        if (qstrcmp(context.category, "qt.qpa.plugin") != 0) std::fprintf(stderr, "%s\n", qPrintable(text));
        return;
    }
    const auto shown = [](const char* name) {
        const QString of = QString::fromLatin1(name);
        return qEnvironmentVariableIsSet(name) ? QStringLiteral("%1=%2").arg(of, qEnvironmentVariable(name))
                                               : QStringLiteral("%1 not set").arg(of);
    };
    const dlrm::Error error =
        dlrm::Error("E-GUI-001", "No window can be opened.")
            .butExpected("a display that this user may open")
            .butFound(QStringLiteral("%1, %2").arg(shown("DISPLAY"), shown("WAYLAND_DISPLAY")).toStdString())
            .withRemedy("Start it where there is a display, or write the pages as pictures: --render DIRECTORY.");
    std::fprintf(stderr, "%s\n", error.text().c_str());
    std::_Exit(2);
}

}  // namespace

int main(int argc, char** argv) {
    dlrm::allowManyOpenFiles();
    const std::stop_token stop = dlrm::stopOnSignals();
    dlrm::ui::prepareEnvironment(argc, argv);
    const QtMessageHandler usual = qInstallMessageHandler(endWithoutADisplay);
    QApplication application(argc, argv);
    qInstallMessageHandler(usual);
    QApplication::setApplicationName(QStringLiteral("dlrm-explorer"));
    QApplication::setApplicationVersion(QString::fromStdString(dlrm::programVersion()));
    QApplication::setDesktopFileName(QStringLiteral("dlrm-explorer"));
    const auto options = dlrm::ui::parseOptions(QApplication::arguments());
    if (!options) {
        std::fprintf(stderr, "%s\n", options.error().text().c_str());
        return 2;
    }
    if (!options->message.isEmpty()) {
        std::fputs(qPrintable(options->message), stdout);
        return 0;
    }
    if (options->open.followLinks) dlrm::RandomAccessFile::followLinks();
    if (!options->renderDirectory.isEmpty()) return dlrm::ui::runRender(*options, stop);
    // Ends the event loop, and with it every job, which removes what it has half written; nobody is asked as when the
    // window is closed.
    const std::stop_callback quit(stop, [&application] {
        QMetaObject::invokeMethod(
            &application, [] { QCoreApplication::exit(); }, Qt::QueuedConnection);
    });
    const int rc = dlrm::ui::runWindow(*options);
    return stop.stop_requested() ? 130 : rc;
}
