// SPDX-License-Identifier: Apache-2.0
// A monkey on the pages that compute over rows, with the demo open.
#include "tests/support/test_program.h"
#include "tests/ui/pages/monkey.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/evaluate/page.h"
#include "ui/pages/interactions/page.h"
#include "ui/pages/samples/page.h"

namespace tst_pages_monkey {

using namespace dlrm;
using namespace dlrm::ui;

class TestPagesMonkey : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnCache(); }
    void init() { test::failOnAnyWarning(); }

    void survives_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("seed");
        for (const char* id : {"interactions", "samples", "evaluate"})
            for (int seed = 1; seed <= test::Monkey::seeds(); ++seed)
                QTest::addRow("%s, seed %d", id, seed) << QString::fromLatin1(id) << seed;
    }
    void survives() {
        QFETCH(QString, id);
        QFETCH(int, seed);
        Session session;
        QVERIFY(test::openModel(session) && test::openDataset(session));
        std::unique_ptr<Page> page;
        if (id == QLatin1String("interactions")) page = std::make_unique<InteractionsPage>(session);
        else if (id == QLatin1String("samples")) page = std::make_unique<SamplesPage>(session);
        else page = std::make_unique<EvaluatePage>(session);
        page->resize(1200, 800);
        page->show();
        page->prepareForRender();
        test::Monkey monkey(seed);
        // Each view of the page gets its turn.
        monkey.play(*page, 700, [&](int event) {
            const QStringList views = page->renderViews();
            if (event % 100 == 0 && !views.isEmpty())
                page->showRenderView(views[monkey.below(static_cast<int>(views.size()))]);
        });
        session.cancelAll();
    }
};

DLRM_TEST(TestPagesMonkey);

}  // namespace tst_pages_monkey

#include "tst_pages_monkey.moc"
