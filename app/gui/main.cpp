// SPDX-License-Identifier: GPL-3.0-or-later
// dlrm-explorer: the window, or with --render its pictures.
#include <QApplication>

#include <cstdio>

#include "app/common/open_files.h"
#include "app/common/stop_signals.h"
#include "app/gui/options.h"
#include "app/gui/run.h"
#include "core/base/random_access_file.h"

int main(int argc, char** argv) {
    dlrm::allowManyOpenFiles();
    // Ends the event loop, and with it every job, which removes what it has half written.
    dlrm::stopOnSignals([] {
        if (QCoreApplication* application = QCoreApplication::instance()) QMetaObject::invokeMethod(application, &QCoreApplication::quit, Qt::QueuedConnection);
    });
    dlrm::ui::prepareEnvironment(argc, argv);
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("dlrm-explorer"));
    QApplication::setApplicationVersion(QStringLiteral(DLRM_VERSION));
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
    if (options->followLinks) dlrm::RandomAccessFile::followLinks();
    return options->renderDirectory.isEmpty() ? dlrm::ui::runWindow(*options) : dlrm::ui::runRender(*options);
}
