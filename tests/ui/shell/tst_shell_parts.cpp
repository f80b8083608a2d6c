// SPDX-License-Identifier: Apache-2.0
// The parts of the shell that need no window.
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "tests/support/test_program.h"
#include "ui/shell/fuzzy.h"
#include "ui/shell/open_target.h"
#include "ui/shell/status_bar.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/storage.h"
#include "ui/widgets/theme.h"

namespace tst_shell_parts {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

// WCAG 2 relative luminance and contrast.
double luminance(const QColor& c) {
    const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}
double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace

class TestShellParts : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;

private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("config")).toUtf8());
        qputenv("XDG_STATE_HOME", m_home.filePath(QStringLiteral("state")).toUtf8());
    }

    void filesStandWhereXdgSays() {
        QCOMPARE(configFile(), m_home.filePath(QStringLiteral("config/dlrm-explorer/settings.ini")));
        QCOMPARE(stateFile(), m_home.filePath(QStringLiteral("state/dlrm-explorer/state.ini")));
        qputenv("XDG_STATE_HOME", "relative");
        QCOMPARE(stateFile(), QDir::homePath() + QStringLiteral("/.local/state/dlrm-explorer/state.ini"));
        qputenv("XDG_STATE_HOME", m_home.filePath(QStringLiteral("state")).toUtf8());
    }

    void theFirstOfEachKindIsOpened() {
        const OpenTargets all = targetsOf({{PathKind::Dictionary, "/d"},
                                           {PathKind::Dataset, "/rows"},
                                           {PathKind::Checkpoint, "/c"},
                                           {PathKind::Checkpoint, "/c"},
                                           {PathKind::Checkpoint, "/other"},
                                           {PathKind::Dataset, "/more"}});
        QCOMPARE(all.checkpoint, QStringLiteral("/c"));
        QCOMPARE(all.dataset, QStringLiteral("/rows"));
        QCOMPARE(all.dictionary, QStringLiteral("/d"));
        QCOMPARE(all.left, (QStringList{QStringLiteral("/other"), QStringLiteral("/more")}));
    }

    void fuzzyFindsLettersInOrderAndPrefersWordStarts() {
        QVERIFY(fuzzyScore(QStringLiteral("tbl"), QStringLiteral("Tables")) > 0);
        QCOMPARE(fuzzyScore(QStringLiteral("xyz"), QStringLiteral("Tables")), 0);
        QCOMPARE(fuzzyScore(QStringLiteral("lbt"), QStringLiteral("Tables")), 0);
        QVERIFY(fuzzyScore(QString(), QStringLiteral("Tables")) > 0);
        QVERIFY(fuzzyScore(QStringLiteral("od"), QStringLiteral("Open demo")) >
                fuzzyScore(QStringLiteral("od"), QStringLiteral("Reload")));
        QVERIFY(fuzzyScore(QStringLiteral("demo"), QStringLiteral("Open demo")) >
                fuzzyScore(QStringLiteral("demo"), QStringLiteral("d e m o d")));
    }

    void recentFilesKeepTheNewestTen() {
        RecentFiles& recent = RecentFiles::instance();
        QSignalSpy changed(&recent, &RecentFiles::changed);
        for (int i = 0; i < 12; ++i) recent.addModel(QStringLiteral("/models/m%1").arg(i));
        QCOMPARE(recent.entries().size(), RecentFiles::kMost);
        QCOMPARE(recent.entries().first().model, QStringLiteral("/models/m11"));
        recent.setDataset(QStringLiteral("/models/m5"), QStringLiteral("/data/criteo"), QStringLiteral("test"),
                          QStringLiteral("/dict"));
        recent.addModel(QStringLiteral("/models/m5"));
        QCOMPARE(recent.entries().size(), RecentFiles::kMost);
        QCOMPARE(recent.entries().first().dataset, QStringLiteral("/data/criteo"));
        QCOMPARE(recent.entries().first().label(), QStringLiteral("models/m5 · criteo"));
        QVERIFY(!recent.entries().first().exists());
        QCOMPARE(changed.size(), 14);
        recent.setRecording(false);
        recent.addModel(QStringLiteral("/models/unseen"));
        QCOMPARE(recent.entries().first().model, QStringLiteral("/models/m5"));
        recent.setRecording(true);
        recent.clear();
        QVERIFY(recent.entries().isEmpty());
    }

    // Two checkpoints of the same name are told apart; no more of a path is shown than that needs.
    void recentNamesAreUnique() {
        const QString a = QStringLiteral("/data/a/demo/checkpoint"), b = QStringLiteral("/data/b/demo/checkpoint"),
                      c = QStringLiteral("/data/c/other");
        const QStringList all{a, b, c};
        QCOMPARE(shortPath(a, all), QStringLiteral("a/demo/checkpoint"));
        QCOMPARE(shortPath(b, all), QStringLiteral("b/demo/checkpoint"));
        QCOMPARE(shortPath(c, all), QStringLiteral("c/other"));
        QCOMPARE(shortPath(QStringLiteral("/one"), all), QStringLiteral("one"));
        QCOMPARE(shortPath(QStringLiteral("/demo/checkpoint"), all),
                 QStringLiteral("/demo/checkpoint"));  // the end of the others
        const QList<RecentEntry> entries{
            {a, QStringLiteral("/data/a/demo/dataset/feature_spec.yaml"), QStringLiteral("test"), {}}, {b, {}, {}, {}}};
        QCOMPARE(entries[0].label(entries), QStringLiteral("a/demo/checkpoint · dataset"));
        QCOMPARE(entries[1].label(entries), QStringLiteral("b/demo/checkpoint"));
        // So are two datasets; one alone has its own name.
        const QString fl15 = QStringLiteral("/data/fl15/dataset/feature_spec.yaml"),
                      fl16 = QStringLiteral("/data/fl16/dataset"), criteo = QStringLiteral("/data/criteo");
        QCOMPARE(dataName(fl15, {fl15, criteo, QString()}), QStringLiteral("dataset"));
        QCOMPARE(dataName(fl15, {fl15, fl16, criteo}), QStringLiteral("fl15/dataset"));
        QCOMPARE(dataName(fl16 + QLatin1Char('/'), {fl15}), QStringLiteral("fl16/dataset"));
        QCOMPARE(dataName(criteo, {fl15, fl16}), QStringLiteral("criteo"));
        QVERIFY(entries[0].details().contains(a) && entries[0].details().contains(QStringLiteral("test")));
    }

    void recentEntriesThatAreThereExist() {
        QVERIFY((RecentEntry{m_home.path(), {}, {}, {}}.exists()));
        QVERIFY(
            (RecentEntry{m_home.filePath(QStringLiteral("prefix")), {}, {}, {}}.exists()));  // layout A names a prefix
    }

    void textIsReadableInBothThemes() {
        constexpr double kLeast = 4.5;  // WCAG 2 AA for body text
        for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
            Theme::instance().apply(mode);
            const ThemeColors& c = Theme::instance().colors();
            for (const QColor& ground : {c.window, c.base, c.raised})
                for (const QColor& ink : {c.text, c.muted})
                    QVERIFY2(contrast(ink, ground) >= kLeast, qPrintable(ink.name() + ground.name()));
            QVERIFY(contrast(c.accentText, c.accent) >= kLeast);
        }
    }

    void numbersAreWrittenTheSameEverywhere() {
        QCOMPARE(formatCount(8'165'896), QStringLiteral("8,165,896"));
        QCOMPARE(formatShort(612'000), QStringLiteral("612 k"));
        QCOMPARE(formatShort(8'165'896), QStringLiteral("8.17 M"));
        QCOMPARE(formatBytes(4'180'938'752), QStringLiteral("3.89\u00a0GiB"));
        QCOMPARE(formatBytes(0), QStringLiteral("0\u00a0B"));
        QCOMPARE(formatNumber(-1.468), QStringLiteral("−1.468"));
        QCOMPARE(formatNumber(0), QStringLiteral("0"));
        QCOMPARE(formatNumber(std::nan("")), QStringLiteral("NaN"));
        QCOMPARE(formatPercent(0.3812), QStringLiteral("38.1\u00a0%"));
    }

    // Reading a large mapped checkpoint is no growth of the program.
    void mappedFilesAreNotTheProgramsMemory() {
        constexpr qint64 kBytes = 256 << 20, kPage = 4096;
        QFile file(m_home.filePath(QStringLiteral("large")));
        QVERIFY(file.open(QIODevice::ReadWrite) && file.resize(kBytes));
        const uchar* bytes = file.map(0, kBytes);
        QVERIFY(bytes);
        const qint64 before = ownBytes();
        qint64 sum = 0;
        for (qint64 at = 0; at < kBytes; at += kPage) sum += bytes[at];
        QCOMPARE(sum, qint64{0});
        QVERIFY(before > 0);
        QVERIFY(ownBytes() - before < kBytes / 4);
    }

    void everyIconOfTheListIsDrawn() {
        for (const char* name : {"home", "overview", "tables", "samples", "interactions", "evaluate", "folder",
                                 "dataset", "play", "close", "error", "chip"}) {
            const QImage image = themeIcon(QLatin1String(name)).pixmap(20).toImage();
            bool inked = false;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x) inked = inked || image.pixelColor(x, y).alpha() > 0;
            QVERIFY2(inked, name);
        }
    }
};

DLRM_TEST(TestShellParts);

}  // namespace tst_shell_parts

#include "tst_shell_parts.moc"
