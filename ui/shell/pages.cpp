// SPDX-License-Identifier: GPL-3.0-or-later
// THE TABLE OF PAGES, in the order of the rail. A new page is a folder of ui/pages and one line here.
#include "ui/pages/evaluate/page.h"
#include "ui/pages/interactions/page.h"
#include "ui/pages/layers/page.h"
#include "ui/pages/overview/page.h"
#include "ui/pages/page.h"
#include "ui/pages/samples/page.h"
#include "ui/pages/tables/page.h"
#include "ui/pages/welcome/page.h"

namespace dlrm::ui {
namespace {

template <class T>
Page* create(Session& session, QWidget* parent) {
    return new T(session, parent);
}

}  // namespace

const std::vector<PageEntry>& pageTable() {
    static const std::vector<PageEntry> table{
        {"welcome", QT_TRANSLATE_NOOP("Page", "Welcome"), "home", create<WelcomePage>, false},
        {"overview",
         QT_TRANSLATE_NOOP("Page", "Overview"),
         "overview",
         create<OverviewPage>,
         true,
         {QT_TRANSLATE_NOOP("Page", "Check the reading"), QT_TRANSLATE_NOOP("Page", "Check values"),
          QT_TRANSLATE_NOOP("Page", "Verify")}},
        {"tables",
         QT_TRANSLATE_NOOP("Page", "Tables"),
         "tables",
         create<TablesPage>,
         true,
         {QT_TRANSLATE_NOOP("Page", "Compute statistics"), QT_TRANSLATE_NOOP("Page", "Count lookups"),
          QT_TRANSLATE_NOOP("Page", "Nearest rows"), QT_TRANSLATE_NOOP("Page", "Map of a table"),
          QT_TRANSLATE_NOOP("Page", "Export rows"), QT_TRANSLATE_NOOP("Page", "Export the list of tables")}},
        {"layers",
         QT_TRANSLATE_NOOP("Page", "Layers"),
         "layers",
         create<LayersPage>,
         true,
         {QT_TRANSLATE_NOOP("Page", "Count active units")}},
        {"samples",
         QT_TRANSLATE_NOOP("Page", "Samples"),
         "samples",
         create<SamplesPage>,
         true,
         {QT_TRANSLATE_NOOP("Page", "Paste rows"), QT_TRANSLATE_NOOP("Page", "Sweep a field"),
          QT_TRANSLATE_NOOP("Page", "Smallest changes")}},
        {"interactions",
         QT_TRANSLATE_NOOP("Page", "Interactions"),
         "interactions",
         create<InteractionsPage>,
         true,
         {QT_TRANSLATE_NOOP("Page", "Count interactions")}},
        {"evaluate",
         QT_TRANSLATE_NOOP("Page", "Evaluate"),
         "evaluate",
         create<EvaluatePage>,
         true,
         {QT_TRANSLATE_NOOP("Page", "Run evaluation"), QT_TRANSLATE_NOOP("Page", "Export the evaluation")}},
    };
    return table;
}

}  // namespace dlrm::ui
