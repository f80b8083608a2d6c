// SPDX-License-Identifier: Apache-2.0
// Our main window, ended after its first paint; the peer is bench_minimal_window. Time the whole process.
#include <QApplication>
#include <QEvent>
#include <QTimer>

#include "ui/session/session.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/theme.h"

namespace {

class QuitAfterPaint : public QObject {
public:
    bool eventFilter(QObject*, QEvent* event) override {
        if (event->type() == QEvent::Paint) QTimer::singleShot(0, qApp, &QCoreApplication::quit);
        return false;
    }
};

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    dlrm::ui::Theme::instance().apply(dlrm::ui::ThemeMode::Dark);
    dlrm::ui::Session session;
    dlrm::ui::MainWindow window(session);
    window.resize(1600, 1000);
    QuitAfterPaint quit;
    window.installEventFilter(&quit);
    window.show();
    return QApplication::exec();
}
