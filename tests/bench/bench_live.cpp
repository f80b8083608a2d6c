// SPDX-License-Identifier: Apache-2.0
// How long the window stands still while a page shows what is being computed: bench_live CHECKPOINT DATASET ROWS. For
// each page the longest time between two looks of a timer of 5 ms, from the start of the work to its final figures.
#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "tests/bench/wait_for.h"
#include "ui/pages/evaluate/page.h"
#include "ui/pages/interactions/page.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/desks/interaction_desk.h"
#include "ui/session/session.h"
#include "ui/widgets/theme.h"

namespace {

// The longest gap until `done`, in milliseconds.
qint64 longestGap(const std::function<bool()>& done) {
    QElapsedTimer since;
    qint64 longest = 0;
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &look, [&] {
        longest = std::max(longest, since.elapsed());
        since.restart();
    });
    since.start();
    look.start(5);
    waitFor(done, 3600);
    return longest;
}

void print(const char* what, qint64 milliseconds, int updates) {
    std::printf("{\"what\": \"%s\", \"value\": %lld, \"unit\": \"ms\", \"updates\": %d}\n", what,
                static_cast<long long>(milliseconds), updates);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace dlrm;
    using namespace dlrm::ui;
    QApplication app(argc, argv);
    if (argc < 4) {
        std::fprintf(stderr, "bench_live CHECKPOINT DATASET ROWS\n");
        return 2;
    }
    Theme::instance().apply(ThemeMode::Dark);
    Session session;
    session.openModel(QString::fromLocal8Bit(argv[1]));
    if (!waitFor([&] { return session.model() && !session.isAnyRunning(); }, 60)) return 1;
    session.openDataset(QString::fromLocal8Bit(argv[2]), QStringLiteral("test"));
    if (!waitFor([&] { return session.dataset() && !session.isAnyRunning(); }, 60)) return 1;
    const RowRange rows{0, std::atoll(argv[3]) - 1};
    {
        EvaluatePage page(session);
        page.resize(1600, 1000);
        page.show();
        waitFor([&] { return !session.isAnyRunning(); }, 60);
        int updates = 0;
        bool final = false;
        QObject::connect(&session.evaluation(), &EvaluationDesk::updated, &page, [&](const EvaluationPtr& figures) {
            ++updates;
            final = figures->final;
        });
        EvaluateOptions options;
        options.range = rows;
        SliceChoice slices;
        slices.groups = session.evaluation().frequencyGroups();
        slices.groups.emplace_back("row blocks 1000");
        slices.weakest = 20;
        session.evaluation().start(options, slices);
        print("evaluate with 26 fields by frequency, 1,000 blocks and the weakest slices",
              longestGap([&] { return final; }), updates);
    }
    {
        InteractionsPage page(session);
        page.resize(1600, 1000);
        page.show();
        waitFor([&] { return !session.isAnyRunning(); }, 60);
        int updates = 0;
        bool final = false;
        QObject::connect(&session.interactions(), &InteractionDesk::updated, &page,
                         [&](const InteractionFiguresPtr& figures) {
                             ++updates;
                             final = figures->found.final;
                         });
        InteractionOptions options;
        options.range = rows;
        session.interactions().start(options);
        print("interactions with attributions", longestGap([&] { return final; }), updates);
    }
    return 0;
}
