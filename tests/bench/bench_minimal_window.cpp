// SPDX-License-Identifier: Apache-2.0
// The peer for start-up: the smallest Qt main window, ended after its first paint.
#include <QApplication>
#include <QMainWindow>
#include <QTimer>

namespace {
class Window : public QMainWindow {
protected:
    void paintEvent(QPaintEvent* event) override {
        QMainWindow::paintEvent(event);
        QTimer::singleShot(0, qApp, &QCoreApplication::quit);
    }
};
}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    Window window;
    window.resize(1600, 1000);
    window.show();
    return QApplication::exec();
}
