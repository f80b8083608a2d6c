// SPDX-License-Identifier: Apache-2.0
// A session with the bundled demo open, for page tests; every Qt warning fails the test that made it.
#pragma once

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

#include "ui/session/session.h"
#include "ui/widgets/theme.h"

namespace dlrm::test {

inline QString demoPath(const char* part) { return QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/") + QString::fromLatin1(part); }

inline void failOnAnyWarning() {
    // Everything but what the offscreen platform says about itself.
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support)")));
}

inline bool openModel(ui::Session& session) {
    QSignalSpy opened(&session, &ui::Session::modelOpened);
    session.openModel(demoPath("checkpoint"));
    return opened.wait(30000);
}

inline bool openDataset(ui::Session& session, const QString& dictionary = demoPath("dictionary")) {
    QSignalSpy opened(&session, &ui::Session::datasetOpened);
    session.openDataset(demoPath("dataset"), QStringLiteral("test"), dictionary);
    return opened.wait(30000);
}

}  // namespace dlrm::test
