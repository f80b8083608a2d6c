// SPDX-License-Identifier: Apache-2.0
// What the Overview page draws and writes is what it says it is.
#include <QLabel>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/support/test_program.h"
#include "tests/ui/pages/overview/overview_fixture.h"
#include "ui/pages/info_card.h"
#include "ui/pages/overview/architecture_figure.h"

namespace tst_overview_look {

using namespace dlrm;
using namespace dlrm::ui;
using test_overview::modelWith;

class TestOverviewLook : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        test::failOnAnyWarning();
        test::useOwnCache();
    }

    // The share of its rows that were never trained, from its head down.
    void theUntrainedPartOfABarIsGrey() {
        ArchitectureFigure figure;
        figure.resize(900, 800);
        ModelSpec spec = modelWith(3);
        for (TableSpec& table : spec.tables) table.rows = 1'000'000;  // of one height
        figure.setSpec(spec);
        figure.setHealth({TableHealth{0.25, 0}, TableHealth{0, 0}, TableHealth{1, 0}});
        const QImage image = figure.grab().toImage();
        const auto at = [&](int table, double down) {
            for (const FigurePart& part : figure.figure().parts) {
                if (part.kind != FigurePart::Kind::Table || part.index != table) continue;
                const QRectF bar = part.shape.boundingRect();
                return image.pixel(QPointF(bar.center().x(), bar.top() + down * bar.height()).toPoint());
            }
            return QRgb(0);
        };
        const QRgb trained = at(1, 0.5);
        QCOMPARE(at(0, 0.5), trained);
        QVERIFY(at(0, 0.12) != trained);
        QCOMPARE(at(2, 0.12), at(0, 0.12));
        QCOMPARE(at(1, 0.12), trained);
    }

    void bothMlpsAreDrawnToOneScale() {
        for (const int width : {800, 1100, 1900}) {
            const FigureLayout figure = layOutFigure(modelWith(26), width, 900, 15, 7);
            std::vector<double> heads;  // of the layers with 256 units, one in each MLP
            const ModelSpec spec = modelWith(26);
            for (const FigurePart& part : figure.parts) {
                const bool bottom = part.kind == FigurePart::Kind::BottomLayer;
                if ((!bottom && part.kind != FigurePart::Kind::TopLayer) ||
                    (bottom ? spec.bottomMlp : spec.topMlp)[static_cast<std::size_t>(part.index)].outputs != 256)
                    continue;
                const QPolygonF outline = part.shape.toFillPolygon();
                double left = width, right = 0;
                for (const QPointF& corner : outline)
                    if (corner.y() <= outline.boundingRect().top() + 0.5) {
                        left = std::min(left, corner.x());
                        right = std::max(right, corner.x());
                    }
                heads.push_back(right - left);
            }
            QCOMPARE(heads.size(), std::size_t{2});
            QVERIFY2(std::abs(heads[0] - heads[1]) < 0.01, qPrintable(QString::number(heads[0] - heads[1])));
        }
    }

    // The training code's default model in the smallest window: nothing is below the edge.
    void fiveTopLayersFitTheSmallestWindow() {
        ModelSpec spec = modelWith(26);
        spec.topMlp.insert(spec.topMlp.begin() + 1, 2, spec.topMlp[1]);
        QCOMPARE(spec.topMlp.size(), std::size_t{5});
        QCOMPARE(layOutFigure(spec, 664, 598, 15, 7).height, 598.0);
    }

    void whatStandsInTheFigureIsNamed() {
        FigureFindings findings;
        findings.tables.assign(5, TableHealth{0.5, 0});
        const FigureLayout figure = layOutFigure(modelWith(5), 1100, 900, 15, 7, findings);
        // Colours are explained, and the size goes before the shape, which stands nowhere else.
        QVERIFY2(figure.tableTexts[1].contains(QStringLiteral("× 128")), qPrintable(figure.tableTexts[1]));
        QVERIFY2(figure.tableTexts[1].endsWith(QStringLiteral("grey: share untrained")),
                 qPrintable(figure.tableTexts[1]));
        QVERIFY(figure.parts.front().texts.contains(QStringLiteral("13 + 3 zero")));
    }

    // The folders give way first.
    void aPathKeepsItsFileName() {
        InfoCard card(QStringLiteral("Source"));
        card.resize(320, 200);
        const QString path = QStringLiteral("/data/a_folder_with_a_name/another_one/feature_spec.yaml");
        card.addPath(QStringLiteral("Path"), path);
        card.show();
        const auto shown = [&card] {
            for (const QLabel* label : card.findChildren<QLabel*>())
                if (label->text().endsWith(QStringLiteral(".yaml"))) return label->text();
            return QString();
        };
        QTRY_VERIFY2(shown().contains(QChar(0x2026)), qPrintable(shown()));
        QVERIFY2(shown().endsWith(QStringLiteral("/feature_spec.yaml")), qPrintable(shown()));
        card.resize(1200, 200);
        QTRY_COMPARE(shown(), path);
    }
};

DLRM_TEST(TestOverviewLook);

}  // namespace tst_overview_look

#include "tst_overview_look.moc"
