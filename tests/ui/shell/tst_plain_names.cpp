// SPDX-License-Identifier: Apache-2.0
// Names from files are text and nothing else, in every widget, tool tip and menu of every page: no markup, no mark of a
// shortcut.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/job_spy.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"
#include "ui/pages/page.h"
#include "ui/shell/main_window.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/theme.h"

namespace tst_plain_names {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kWaitMs = 120'000, kMostRows = 60;

// A heading, which no text of the program's own uses.
const QString kTag = QStringLiteral("<h1>");

// The tiny dataset with features of other names.
void renameFeatures(const QString& specPath) {
    QFile spec(specPath);
    QVERIFY(spec.open(QIODevice::ReadOnly));
    QList<QByteArray> lines = spec.readAll().split('\n');
    spec.close();
    for (QByteArray& line : lines) {
        const auto is = [&line](const char* name) {
            return line.trimmed() == name || line.trimmed() == QByteArray("- ") + name ||
                   line.trimmed() == QByteArray(name) + ':';
        };
        if (is("cat_0.bin")) line.replace("cat_0.bin", "'<h1>c&0.bin'");
        if (is("cat_1.bin")) line.replace("cat_1.bin", "'a&b'");
        if (is("num_0")) line.replace("num_0", "'<h1>n&0'");
        if (is("num_1")) line.replace("num_1", "'x&y'");
    }
    QVERIFY(spec.open(QIODevice::WriteOnly | QIODevice::Truncate));
    spec.write(lines.join('\n'));
}

bool hasSingleAmpersand(QString text) {
    return text.replace(QStringLiteral("&&"), QString()).contains(QLatin1Char('&'));
}
bool isFromFile(const QString& text) {
    return text.contains(kTag) || text.contains(QStringLiteral("<h")) || text.contains(QStringLiteral("a&")) ||
           text.contains(QStringLiteral("x&"));
}

// What is wrong with a tool tip; empty: nothing.
QString wrongToolTip(const QString& tip) {
    if (tip.contains(kTag) && Qt::mightBeRichText(tip)) return QStringLiteral("markup of a name: ") + tip;
    if ((tip.contains(QStringLiteral("&lt;")) || tip.contains(QStringLiteral("&amp;"))) && !Qt::mightBeRichText(tip))
        return QStringLiteral("escaped, but shown as it is: ") + tip;
    return {};
}

QStringList wrongOf(const QAbstractItemView& view) {
    QStringList wrong;
    const QAbstractItemModel* model = view.model();
    if (!model) return wrong;
    const auto look = [&](const QVariant& tip) {
        if (const QString why = wrongToolTip(tip.toString()); !why.isEmpty()) wrong << why;
    };
    for (int c = 0; c < std::min(model->columnCount(), kMostRows); ++c) {
        look(model->headerData(c, Qt::Horizontal, Qt::ToolTipRole));
        for (int r = 0; r < std::min(model->rowCount(), kMostRows); ++r) look(model->index(r, c).data(Qt::ToolTipRole));
    }
    return wrong;
}

QStringList wrongOf(const QWidget& root) {
    QStringList wrong;
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        if (const QString why = wrongToolTip(widget->toolTip()); !why.isEmpty()) wrong << why;
        if (const auto* label = qobject_cast<const QLabel*>(widget); label && isFromFile(label->text())) {
            if (label->textFormat() != Qt::PlainText) wrong << QStringLiteral("label with markup: ") + label->text();
            if (label->buddy() && hasSingleAmpersand(label->text()))
                wrong << QStringLiteral("buddy with a shortcut: ") + label->text();
        }
        if (const auto* button = qobject_cast<const QAbstractButton*>(widget);
            button && isFromFile(button->text()) && hasSingleAmpersand(button->text()))
            wrong << QStringLiteral("button with a shortcut: ") + button->text();
        if (const auto* view = qobject_cast<const QAbstractItemView*>(widget);
            view && !qobject_cast<const QHeaderView*>(widget))
            wrong << wrongOf(*view);
    }
    for (const QAction* action : root.findChildren<QAction*>())
        if (isFromFile(action->text()) && hasSingleAmpersand(action->text()))
            wrong << QStringLiteral("action with a shortcut: ") + action->text();
    return wrong;
}

}  // namespace

class TestPlainNames : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

private Q_SLOTS:
    void initTestCase() {
        for (const char* variable : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"})
            qputenv(variable, m_dir.filePath(QStringLiteral("home")).toUtf8());
        Theme::instance().apply(ThemeMode::Dark);
    }

    void toolTipsShowTextAsItIs() {
        QCOMPARE(asToolTip(QString()), QString());
        QVERIFY(Qt::mightBeRichText(asToolTip(QStringLiteral("a&b"))));
        QVERIFY(asToolTip(QStringLiteral("<b>a&b</b>")).contains(QStringLiteral("&lt;b&gt;a&amp;b&lt;/b&gt;")));
        QCOMPARE(withoutShortcut(QStringLiteral("a&b&&c")), QStringLiteral("a&&b&&&&c"));
    }

    void namesFromFilesAreTextOnEveryPage() {
        const QString model = m_dir.filePath(QStringLiteral("<h1>ck&pt")),
                      data = m_dir.filePath(QStringLiteral("<h1>da&ta"));
        test::copyTree(QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint"), model);
        test::copyTree(QStringLiteral(DLRM_TEST_DATA "/golden/datasets/tiny"), data);
        renameFeatures(data + QStringLiteral("/feature_spec.yaml"));
        Session session;
        MainWindow window(session);
        window.resize(1600, 1000);
        window.show();
        OpenRequest request;
        request.checkpoint = model.toStdString();
        request.data.path = data.toStdString();
        test::JobSpy opened(&session, &Session::datasetOpened);
        window.open(request);
        QVERIFY(opened.wait(kWaitMs));
        QTRY_VERIFY_WITH_TIMEOUT(!session.isAnyRunning(), kWaitMs);
        QCOMPARE(session.model()->spec.tables[0].name, std::string("<h1>c&0"));

        int texts = 0;
        for (const QString& id : MainWindow::pageIds()) {
            if (!window.showPage(id)) continue;
            Page* page = window.currentPage();
            page->prepareForRender();
            for (const QString& view : QStringList{QString()} + page->renderViews()) {
                if (!view.isEmpty()) page->showRenderView(view);
                QTRY_VERIFY_WITH_TIMEOUT(!session.isAnyRunning() && page->isSettled(), kWaitMs);
                QTest::qWait(50);
                const QStringList wrong = wrongOf(window);
                QVERIFY2(wrong.isEmpty(), qPrintable(id + QLatin1Char(' ') + view + QStringLiteral(": ") +
                                                     wrong.join(QStringLiteral("\n"))));
            }
            for (const QLabel* label : page->findChildren<QLabel*>()) texts += isFromFile(label->text());
        }
        QVERIFY(texts > 3);  // the names are really there
        RecentFiles::instance().clear();
    }
};

DLRM_TEST(TestPlainNames);

}  // namespace tst_plain_names

#include "tst_plain_names.moc"
