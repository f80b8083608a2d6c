// SPDX-License-Identifier: Apache-2.0
// How long the window stands still while a page shows what is being computed: bench_live CHECKPOINT DATASET ROWS. For
// each page the longest event, and the longest time between two looks of a timer of 5 ms, in which the thread may also
// have waited for a core, from the start of the work to its final figures.
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

// Tells the longest event that the window's thread worked at.
class Watched : public QApplication {
public:
    using QApplication::QApplication;
    bool notify(QObject* receiver, QEvent* event) override {
        QElapsedTimer time;
        time.start();
        ++m_depth;
        const bool out = QApplication::notify(receiver, event);
        if (--m_depth == 0) longest = std::max(longest, time.elapsed());
        return out;
    }
    qint64 longest = 0;  // ms

private:
    int m_depth = 0;
};

struct Gap {
    qint64 longest = 0;  // ms
    qint64 at = 0;       // ms since the start, its end
    qint64 all = 0;      // until it was done
};

Gap longestGap(const std::function<bool()>& done) {
    QElapsedTimer since, all;
    Gap out;
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &look, [&] {
        if (since.elapsed() > out.longest) out = {since.elapsed(), all.elapsed(), 0};
        since.restart();
    });
    since.start();
    all.start();
    look.start(5);
    waitFor(done, 3600);
    out.all = all.elapsed();
    return out;
}

void print(const char* what, const Gap& gap, qint64 event, int updates) {
    std::printf(
        "{\"what\": \"%s\", \"value\": %lld, \"unit\": \"ms\", \"longest_gap\": %lld, \"at\": %lld, "
        "\"of\": %lld, \"updates\": %d}\n",
        what, static_cast<long long>(event), static_cast<long long>(gap.longest), static_cast<long long>(gap.at),
        static_cast<long long>(gap.all), updates);
    std::fflush(stdout);
}
}  // namespace

int main(int argc, char** argv) {
    using namespace dlrm;
    using namespace dlrm::ui;
    Watched app(argc, argv);
    if (argc < 4) {
        std::fprintf(stderr, "bench_live CHECKPOINT DATASET ROWS\n");
        return 2;
    }
    Theme::instance().apply(ThemeMode::Dark);
    Session session;
    if (!openBoth(session, argv[1], argv[2])) return 1;
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
        app.longest = 0;
        const Gap gap = longestGap([&] { return final; });
        print("evaluate with 26 fields by frequency, 1,000 blocks and the weakest slices", gap, app.longest, updates);
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
        app.longest = 0;
        const Gap gap = longestGap([&] { return final; });
        print("interactions with attributions", gap, app.longest, updates);
    }
    return 0;
}
