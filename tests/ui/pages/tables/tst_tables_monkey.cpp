// SPDX-License-Identifier: Apache-2.0
// Random clicks, keys, wheels and resizes over the Tables page with tables of full size, lazily from sparse files:
// nothing crashes, warns or blocks. DLRM_MONKEY_EVENTS and DLRM_MONKEY_SEEDS ask for more than the 1,500 events and one
// seed of a usual run (10,000 and 10 before a release).
#include <QApplication>
#include <QElapsedTimer>
#include <QMenu>
#include <QTemporaryDir>
#include <QTimer>
#include <QWheelEvent>

#include <random>

#include "tests/support/test_program.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/tables/page.h"

namespace tst_tables_monkey {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr qint64 kBlockedMs = 200;
constexpr qint64 kFullRows = 8'165'896;
constexpr int kDim = 32;

int fromEnvironment(const char* name, int usual) {
    bool ok = false;
    const int value = qEnvironmentVariableIntValue(name, &ok);
    return ok && value > 0 ? value : usual;
}

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

    std::mt19937 m_random;
    QString m_what;  // the last event, for the report
    int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(m_random); }

    // What waits for an answer, a menu or a dialog that a key opened, would keep the monkey for ever.
    static void closeWhatWaits() {
        if (QWidget* dialog = QApplication::activeModalWidget()) dialog->close();
        if (QWidget* popup = QApplication::activePopupWidget()) popup->close();
    }

    // A visible widget of the page that takes input; never one that opens a modal file dialog.
    QWidget* anyWidget(QWidget& page) {
        QList<QWidget*> all;
        for (QWidget* w : page.findChildren<QWidget*>())
            if (w->isVisible() && w->isEnabled() && w->width() > 2 && w->height() > 2 && !asksForAFile(*w)) all << w;
        return all.isEmpty() ? &page : all[below(static_cast<int>(all.size()))];
    }

    static bool asksForAFile(const QWidget& w) {
        return w.toolTip().contains(QStringLiteral("Ctrl+E")) || w.objectName() == QLatin1String("exportTables");
    }

    void act(QWidget& page) {
        static constexpr Qt::Key kKeys[] = {Qt::Key_Up,   Qt::Key_Down,   Qt::Key_Left,   Qt::Key_Right,
                                            Qt::Key_Home, Qt::Key_End,    Qt::Key_PageUp, Qt::Key_PageDown,
                                            Qt::Key_Tab,  Qt::Key_Return, Qt::Key_Plus,   Qt::Key_Minus,
                                            Qt::Key_0,    Qt::Key_5,      Qt::Key_Escape, Qt::Key_Space};
        QWidget* w = anyWidget(page);
        m_what = QString::fromLatin1(w->metaObject()->className());
        const QPoint at(below(w->width()), below(w->height()));
        const int action = below(7);
        m_what += QStringLiteral(", action %1").arg(action);
        switch (action) {
            case 0:
                QTest::mouseClick(w, Qt::LeftButton, below(4) == 0 ? Qt::ShiftModifier : Qt::NoModifier, at);
                break;
            case 1:
                QTest::mouseDClick(w, Qt::LeftButton, {}, at);
                break;
            case 2: {
                QWheelEvent wheel(at, w->mapToGlobal(at), QPoint(), QPoint(0, 120 * (below(7) - 3)), Qt::NoButton,
                                  Qt::NoModifier, Qt::NoScrollPhase, false);
                QApplication::sendEvent(w, &wheel);
                break;
            }
            case 3:
            case 4: {
                QWidget* focus = page.focusWidget() ? page.focusWidget() : w;
                QTest::keyClick(focus, kKeys[below(static_cast<int>(std::size(kKeys)))],
                                below(5) == 0   ? Qt::ControlModifier
                                : below(5) == 0 ? Qt::ShiftModifier
                                                : Qt::NoModifier);
                break;
            }
            case 5:
                QTest::mousePress(w, Qt::LeftButton, {}, at);
                for (int i = 0; i < 3; ++i) QTest::mouseMove(w, QPoint(below(w->width()), below(w->height())));
                QTest::mouseRelease(w, Qt::LeftButton, {}, QPoint(below(w->width()), below(w->height())));
                break;
            default:
                if (below(8) == 0) page.resize(500 + below(1200), 350 + below(700));
                else QTest::mouseMove(w, at);
        }
        // What popped up goes away again: a combo box's list or a menu would swallow all further events.
        closeWhatWaits();
    }

private Q_SLOTS:
    void initTestCase() { test::useOwnCache(); }
    void init() { test::failOnAnyWarning(); }

    void survives_data() {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= fromEnvironment("DLRM_MONKEY_SEEDS", 1); ++seed)
            QTest::addRow("seed %d", seed) << seed;
    }
    void survives() {
        QFETCH(int, seed);
        QTemporaryDir directory;
        if (!makeFullSize(directory.path())) QSKIP("sparse files are not supported here");
        m_random.seed(static_cast<unsigned>(seed));
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
        QTimer closer;
        connect(&closer, &QTimer::timeout, this, &TestTablesMonkey::closeWhatWaits);
        closer.start(20);

        const int events = fromEnvironment("DLRM_MONKEY_EVENTS", 1500);
        qint64 longest = 0;
        int blocked = 0;
        for (int i = 0; i < events; ++i) {
            if (i % 150 == 0) page.showTab(below(TablesPage::TabCount));
            if (i % 400 == 0) session.setSelection(selection);
            QElapsedTimer timer;
            timer.start();
            act(page);
            QCoreApplication::sendPostedEvents();
            const qint64 took = timer.elapsed();
            longest = std::max(longest, took);
            if (took > kBlockedMs) {
                ++blocked;
                qInfo("%lld ms: %s", static_cast<long long>(took), qPrintable(m_what));
            }
            QTest::qWait(1);
        }
        qInfo("seed %d: %d events, the longest took %lld ms, %d more than %lld ms", seed, events,
              static_cast<long long>(longest), blocked, static_cast<long long>(kBlockedMs));
        session.cancelAll();
        // Timed only where somebody asks for a run of their own: machines that build are shared.
        if (qEnvironmentVariableIsSet("DLRM_MONKEY_EVENTS")) QCOMPARE(blocked, 0);
        inspector->setParent(nullptr);
    }
};

DLRM_TEST(TestTablesMonkey);

}  // namespace tst_tables_monkey

#include "tst_tables_monkey.moc"
