// SPDX-License-Identifier: Apache-2.0
// A session with the bundled demo open, for page tests; every Qt warning fails the test that made it.
#pragma once

#include <QApplication>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <cmath>
#include <memory>

#include "tests/support/job_spy.h"
#include "ui/session/session.h"
#include "ui/widgets/theme.h"

namespace dlrm::test {

inline QString demoPath(const char* part) {
    return QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/") + QString::fromLatin1(part);
}

inline void failOnAnyWarning() {
    // Everything but what the offscreen platform says about itself.
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support)")));
}

// Statistics that another run kept would be found again: every test starts with an empty cache.
inline void useOwnCache() {
    static std::unique_ptr<QTemporaryDir> directory;
    directory = std::make_unique<QTemporaryDir>();
    qputenv("XDG_CACHE_HOME", directory->path().toUtf8());
}

// What the labels in a widget say, of those that are not hidden in it; a line each.
inline QString textOf(const QWidget& widget) {
    QString text;
    for (const QLabel* label : widget.findChildren<QLabel*>())
        if (label->isVisibleTo(&widget)) text += label->text() + QLatin1Char('\n');
    return text;
}

// Types `path` into the next file dialog that opens, and Enter.
inline void answerFileDialog(const QString& path) {
    auto* look = new QTimer(qApp);
    QObject::connect(look, &QTimer::timeout, look, [look, path] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        if (!dialog) return;
        look->deleteLater();
        auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
        name->setText(path);
        QTest::keyClick(name, Qt::Key_Return);
    });
    look->start(20);
}

inline bool openModel(ui::Session& session) {
    JobSpy opened(&session, &ui::Session::modelOpened);
    session.openModel(demoPath("checkpoint"));
    return opened.wait(30000);
}

inline bool openDataset(ui::Session& session, const QString& dictionary = demoPath("dictionary")) {
    JobSpy opened(&session, &ui::Session::datasetOpened);
    session.openDataset(demoPath("dataset"), QStringLiteral("test"), dictionary);
    return opened.wait(30000);
}

}  // namespace dlrm::test
