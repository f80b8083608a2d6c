// SPDX-License-Identifier: Apache-2.0
// A sweep of one table on the Samples page, from the click: bench_sweep CHECKPOINT DATASET [FIELD]. How long until the
// first ids are told, and until all are.
#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>
#include <QToolButton>

#include <cstdio>
#include <functional>

#include "tests/bench/wait_for.h"
#include "ui/pages/samples/page.h"
#include "ui/session/desks/sweep_desk.h"
#include "ui/session/session.h"
#include "ui/widgets/theme.h"

namespace {

void print(const char* what, double seconds, qint64 ids) {
    std::printf("{\"what\": \"%s\", \"value\": %.4f, \"unit\": \"s\", \"ids\": %lld}\n", what, seconds,
                static_cast<long long>(ids));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace dlrm::ui;
    QApplication app(argc, argv);
    if (argc < 3) {
        std::fprintf(stderr, "bench_sweep CHECKPOINT DATASET [FIELD]\n");
        return 2;
    }
    Theme::instance().apply(ThemeMode::Dark);
    Session session;
    if (!openBoth(session, argv[1], argv[2])) return 1;
    SamplesPage page(session);
    page.resize(1600, 1000);
    page.show();
    if (!waitFor([&] { return page.isSettled() && !session.isAnyRunning(); }, 60)) return 1;
    QTimer look;  // for the loop above to go on
    look.start(5);
    SweepFiguresPtr newest;
    QElapsedTimer time;
    QObject::connect(&session.sweeps(), &SweepDesk::swept, &page, [&](const SweepFiguresPtr& figures) {
        const double seconds = static_cast<double>(time.nsecsElapsed()) * 1e-9;
        if (!newest) print("first ids of a sweep", seconds, figures->done);
        if (figures->final) print("all ids of a sweep", seconds, figures->done);
        newest = figures;
    });
    auto* button = page.findChild<QToolButton*>(QLatin1String("sweep_") + QLatin1String(argc > 3 ? argv[3] : "cat_19"));
    if (!button) return 1;
    time.start();
    button->click();
    return waitFor([&] { return newest && newest->final; }, 3600) ? 0 : 1;
}
