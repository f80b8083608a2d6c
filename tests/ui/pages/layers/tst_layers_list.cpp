// SPDX-License-Identifier: Apache-2.0
// Text of the Layers page's list and bars of its inspector in the room they have.
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "core/analysis/layers/kernel_pyramid.h"
#include "tests/support/test_program.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/pages/layers/kernel_map.h"
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
            QVERIFY(!list->isColumnHidden(LayersListModel::Never));  // there is room beside it
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

    // Where a pixel stands for several weights, or an end of the colours for more than its number.
    void theMapSaysWhatItsColoursLeaveOut() {
        DenseWeights weights;
        weights.inputs = weights.outputs = 1000;
        weights.kernel.assign(1000 * 1000, 1.0F);
        weights.bias.resize(1000);
        const auto kernel = kernelView(weights, 1000, {});
        QVERIFY(kernel.has_value());
        LayerStatistics statistics;
        statistics.rowNorms.resize(1000);
        statistics.units.resize(1000);
        statistics.displayLimit = 1;
        statistics.weights.min = -2;
        statistics.weights.max = 1;
        LayersKernelMap map;
        map.resize(500, 400);
        map.setKernel(std::make_shared<const KernelView>(*kernel), nullptr, statistics, {});
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        QTRY_VERIFY2(map.labels()[0].contains(QStringLiteral(" weights a pixel, the strongest shown")),
                     qPrintable(map.labels()[0]));
        QVERIFY2(map.labels()[1].startsWith(QLatin1Char('1')), qPrintable(map.labels()[1]));
        QVERIFY2(map.labels()[2].startsWith(QStringLiteral("≤ −1")), qPrintable(map.labels()[2]));
        map.resize(1400, 1400);
        QTRY_COMPARE(map.labels()[0], QStringLiteral("unit"));
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
