// SPDX-License-Identifier: Apache-2.0
// A monkey on the Tables page with tables of full size, lazily from sparse files.
#include <QTemporaryDir>

#include "tests/support/test_program.h"
#include "tests/ui/pages/monkey.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/tables/page.h"

namespace tst_tables_monkey {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr qint64 kFullRows = 8'165'896;
constexpr int kDim = 32;

// The demo with its table 19 at the full model's 8,165,896 rows, all zero, in a sparse file.
bool makeFullSize(const QString& directory) {
    for (const QFileInfo& file : QDir(test::demoPath("checkpoint")).entryInfoList(QDir::Files))
        if (file.fileName() != QLatin1String("feature_19_part0.npy") &&
            !QFile::copy(file.filePath(), directory + QLatin1Char('/') + file.fileName()))
            return false;
    QByteArray dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + QByteArray::number(kFullRows) +
                            ", " + QByteArray::number(kDim) + "), }";
    while ((10 + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
    dictionary += '\n';
    QByteArray head = QByteArray("\x93NUMPY\x01\x00", 8);
    head += static_cast<char>(dictionary.size() & 0xff);
    head += static_cast<char>(dictionary.size() >> 8);
    QFile file(directory + QStringLiteral("/feature_19_part0.npy"));
    return file.open(QIODevice::WriteOnly) && file.write(head + dictionary) > 0 &&
           file.resize(head.size() + dictionary.size() + kFullRows * kDim * 4);
}

}  // namespace

class TestTablesMonkey : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnCache(); }
    void init() { test::failOnAnyWarning(); }

    void survives_data() {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= test::Monkey::seeds(); ++seed) QTest::addRow("seed %d", seed) << seed;
    }
    void survives() {
        QFETCH(int, seed);
        QTemporaryDir directory;
        if (!makeFullSize(directory.path())) QSKIP("sparse files are not supported here");
        test::Monkey monkey(seed);
        Session session;
        TablesPage page(session);
        std::unique_ptr<QWidget> inspector(page.inspector());
        inspector->setParent(&page);  // a part of what is clicked at
        page.resize(1200, 800);
        page.show();
        session.openModel(directory.path());
        QVERIFY(QTest::qWaitFor([&] { return session.model() != nullptr; }, 20000));
        Selection selection;
        selection.kind = Selection::Kind::Table;
        selection.table = 19;
        session.setSelection(selection);
        inspector->setGeometry(0, 400, 320, 400);
        inspector->show();
        monkey.play(page, 1500, [&](int event) {
            if (event % 150 == 0) page.showTab(monkey.below(TablesPage::TabCount));
            if (event % 400 == 0) session.setSelection(selection);
        });
        session.cancelAll();
        inspector->setParent(nullptr);
    }
};

DLRM_TEST(TestTablesMonkey);

}  // namespace tst_tables_monkey

#include "tst_tables_monkey.moc"
