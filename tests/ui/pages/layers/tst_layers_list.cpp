// SPDX-License-Identifier: Apache-2.0
// Text of the Layers page's list and bars of its inspector in the room they have.
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "tests/support/test_program.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/layers/list_model.h"
#include "ui/pages/layers/page.h"
#include "ui/pages/vector_bars.h"
#include "ui/widgets/theme.h"

namespace tst_layers_list {

using namespace dlrm;
using namespace dlrm::ui;

class LayersListTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnAnyWarning(); }

    // Of large layers too, with room or without.
    void noTextOfTheListIsCut() {
        Session session;
        QVERIFY(test::openModel(session));
        LayersPage page(session);
        page.resize(1100, 800);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled(), 20000);
        const auto* list = page.findChild<QTableView*>(QStringLiteral("layerList"));
        auto* model = qobject_cast<LayersListModel*>(list->model());
        auto large = std::make_shared<ModelInfo>(*session.model());
        for (LayerSpec& layer : large->spec.topMlp) layer.inputs = layer.outputs = 65'536;
        model->setModel(large);
        for (const int width : {2488, 1028}) {
            page.resize(width, 800);
            QCOMPARE(list->isColumnHidden(LayersListModel::Parameters), width < 2000);
            for (int row = 0; row < model->rowCount(); ++row)
                for (int column = 0; column < LayersListModel::ColumnCount; ++column) {
                    if (list->isColumnHidden(column)) continue;
                    const QModelIndex index = model->index(row, column);
                    const QVariant font = index.data(Qt::FontRole);
                    const QFontMetrics metrics(font.isValid() ? font.value<QFont>() : list->font());
                    const QString text = index.data().toString();
                    QVERIFY2(metrics.horizontalAdvance(text) + 2 * space::s <= list->columnWidth(column),
                             qPrintable(QStringLiteral("%1 at %2").arg(text).arg(width)));
                }
        }
    }

    // A bar that is longer than the room says so.
    void aCutBarIsMarked() {
        VectorBars bars;
        bars.resize(160, 132);
        const QRgb mark = Theme::instance().colors().text.rgb();
        const auto marked = [&](float value, int y) {
            bars.setValues({value}, 1);
            return bars.grab().toImage().pixel(80, y) == mark;
        };
        QVERIFY(marked(1.5F, 1) && !marked(1.5F, 130));
        QVERIFY(marked(-1.5F, 130) && !marked(-1.5F, 1));
        QVERIFY(!marked(1, 1) && !marked(-1, 130));
    }

    void theValueUnderThePointerHasAMinusSign() {
        VectorBars bars;
        bars.resize(160, 132);
        bars.setValues({-0.25F}, 1);
        QSignalSpy hovered(&bars, &VectorBars::hovered);
        QMouseEvent move(QEvent::MouseMove, QPointF(80, 60), QPointF(80, 60), Qt::NoButton, Qt::NoButton, {});
        QCoreApplication::sendEvent(&bars, &move);
        QCOMPARE(hovered.count(), 1);
        QCOMPARE(hovered[0][0].toString(), QStringLiteral("value 0: −0.25"));
    }
};

DLRM_TEST(LayersListTest);

}  // namespace tst_layers_list

#include "tst_layers_list.moc"
