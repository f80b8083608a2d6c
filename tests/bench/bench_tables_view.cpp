// SPDX-License-Identifier: Apache-2.0
// The row grid at any size beside a stock QTableView, and a million points as a density picture beside a stock
// QScatterSeries. Offscreen: a frame is what it takes to paint the widget again after it changed. Prints JSON lines
// {what, value, unit}.
#include <QAbstractTableModel>
#include <QApplication>
#include <QChart>
#include <QChartView>
#include <QElapsedTimer>
#include <QFile>
#include <QKeyEvent>
#include <QPainter>
#include <QScatterSeries>
#include <QTableView>
#include <QValueAxis>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "core/analysis/maps/density.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/density_layer.h"
#include "ui/models/row_view.h"
#include "ui/widgets/theme.h"

namespace {

using namespace dlrm::ui;

constexpr int kColumns = 5, kJumps = 60, kZooms = 60;
constexpr int kWidth = 1000, kHeight = 700;
constexpr std::size_t kPoints = 1'000'000;

void print(const QString& what, double value, const char* unit) {
    std::printf("{\"what\": \"%s\", \"value\": %.6g, \"unit\": \"%s\"}\n", qPrintable(what), value, unit);
}

double residentMiB() {
    QFile statm(QStringLiteral("/proc/self/statm"));
    if (!statm.open(QIODevice::ReadOnly)) return 0;
    return statm.readAll().split(' ').value(1).toDouble() * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

double milliseconds(const QElapsedTimer& timer) { return static_cast<double>(timer.nsecsElapsed()) / 1e6; }

void printFrames(const QString& what, std::vector<double> frames) {
    std::sort(frames.begin(), frames.end());
    print(what + QStringLiteral(": frame, median"), frames[frames.size() / 2], "ms");
    print(what + QStringLiteral(": frame, p99"), frames[std::min(frames.size() - 1, frames.size() * 99 / 100)], "ms");
}

QString cell(qint64 row, int column) {
    return QString::number(std::sin(static_cast<double>(row % 100003) + column), 'f', 5);
}

class Rows : public RowSource {
public:
    explicit Rows(qint64 rows) : m_rows(rows) {}
    qint64 rowCount() const override { return m_rows; }
    QStringList columns() const override {
        return {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("d"),
                QStringLiteral("e")};
    }
    QVariant data(qint64 row, int column, int role) const override {
        return role == Qt::DisplayRole ? QVariant(cell(row, column)) : QVariant();
    }
    QString rowLabel(qint64 row) const override { return formatCount(row); }
    void rowsVisible(qint64, int) override {}

private:
    qint64 m_rows;
};

class StockModel : public QAbstractTableModel {
public:
    explicit StockModel(int rows) : m_rows(rows) {}
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : m_rows; }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : kColumns; }
    QVariant data(const QModelIndex& index, int role) const override {
        return role == Qt::DisplayRole ? QVariant(cell(index.row(), index.column())) : QVariant();
    }

private:
    int m_rows;
};

void ours(qint64 rows, const QString& name) {
    Rows source(rows);
    const double before = residentMiB();
    QElapsedTimer timer;
    RowView view;
    view.resize(kWidth, kHeight);
    view.show();
    timer.start();
    view.setSource(&source);
    print(name + QStringLiteral(": set the source"), milliseconds(timer), "ms");
    view.grab();
    print(name + QStringLiteral(": set and first paint"), milliseconds(timer), "ms");
    print(name + QStringLiteral(": memory"), residentMiB() - before, "MiB");
    std::mt19937_64 random(1);
    std::vector<double> frames;
    for (int i = 0; i < kJumps; ++i) {
        timer.start();
        view.goTo(QString::number(random() % static_cast<std::uint64_t>(rows)));
        view.grab();
        frames.push_back(milliseconds(timer));
    }
    printFrames(name, frames);
}

void stock(int rows, const QString& name) {
    StockModel model(rows);
    const double before = residentMiB();
    QElapsedTimer timer;
    QTableView view;
    view.resize(kWidth, kHeight);
    view.show();
    timer.start();
    view.setModel(&model);
    print(name + QStringLiteral(": set the model"), milliseconds(timer), "ms");
    view.grab();
    print(name + QStringLiteral(": set and first paint"), milliseconds(timer), "ms");
    print(name + QStringLiteral(": memory"), residentMiB() - before, "MiB");
    std::mt19937_64 random(1);
    std::vector<double> frames;
    for (int i = 0; i < kJumps; ++i) {
        timer.start();
        view.scrollTo(model.index(static_cast<int>(random() % static_cast<std::uint64_t>(rows)), 0),
                      QAbstractItemView::PositionAtCenter);
        view.grab();
        frames.push_back(milliseconds(timer));
    }
    printFrames(name, frames);
}

void densityPicture() {
    std::mt19937 random(2);
    std::normal_distribution<float> normal;
    std::vector<float> x(kPoints), y(kPoints);
    for (std::size_t i = 0; i < kPoints; ++i) {
        x[i] = normal(random);
        y[i] = normal(random) + x[i];
    }
    const dlrm::PlotWindow window{-5, 5, -7, 7};
    ChartView chart(QStringLiteral("points"));
    chart.resize(800, 600);
    chart.setAxes(QStringLiteral("x"), window.lowX, window.highX, QStringLiteral("y"), window.lowY, window.highY);
    chart.show();
    chart.grab();
    QElapsedTimer timer;
    timer.start();
    auto grid = dlrm::density(x, y, {}, window, 720, 500, {});
    print(QStringLiteral("density, 1 M points: counting (worker)"), milliseconds(timer), "ms");
    DensityLayer layer;
    layer.setGrid(std::make_shared<const dlrm::DensityGrid>(*std::move(grid)));
    timer.start();
    chart.setBackdrop([&layer, window](QPainter& painter, const ChartView::Mapper& m) {
        layer.paint(painter,
                    QRectF(QPointF(m.x(window.lowX), m.y(window.highY)), QPointF(m.x(window.highX), m.y(window.lowY))));
    });
    chart.grab();
    print(QStringLiteral("density, 1 M points: first paint"), milliseconds(timer), "ms");
    std::vector<double> frames;
    for (int i = 0; i < kZooms; ++i) {
        timer.start();
        QKeyEvent key(QEvent::KeyPress, i % 20 < 10 ? Qt::Key_Plus : Qt::Key_Minus, Qt::NoModifier);
        QApplication::sendEvent(&chart, &key);
        chart.grab();
        frames.push_back(milliseconds(timer));
    }
    printFrames(QStringLiteral("density, 1 M points: zoom"), frames);
}

void scatterSeries(int points) {
    std::mt19937 random(2);
    std::normal_distribution<double> normal;
    QList<QPointF> values;
    for (int i = 0; i < points; ++i) values << QPointF(normal(random), normal(random));
    QChartView view;
    view.resize(800, 600);
    auto* series = new QScatterSeries;
    series->replace(values);
    QElapsedTimer timer;
    timer.start();
    view.chart()->addSeries(series);
    view.chart()->createDefaultAxes();
    view.show();
    view.grab();
    const QString name = QStringLiteral("QScatterSeries, %1 points").arg(points);
    print(name + QStringLiteral(": first paint"), milliseconds(timer), "ms");
    timer.start();
    for (QAbstractAxis* axis : view.chart()->axes(Qt::Horizontal)) axis->setRange(-2, 2);
    view.grab();
    print(name + QStringLiteral(": zoom, one frame"), milliseconds(timer), "ms");
}

}  // namespace

// bench_tables_view [POINTS of QScatterSeries, 100,000 by default: a quarter of a minute]
int main(int argc, char** argv) {
    QApplication app(argc, argv);
    Theme::instance().apply(ThemeMode::Dark);
    const int peerPoints = argc > 1 ? std::atoi(argv[1]) : 100'000;
    ours(8'165'896, QStringLiteral("row view, 8.2 M rows"));
    stock(8'165'896, QStringLiteral("QTableView, 8.2 M rows"));
    ours(89'137'319, QStringLiteral("row view, 89.1 M rows"));
    ours(1'000'000'000'000, QStringLiteral("row view, 10^12 rows"));
    densityPicture();
    scatterSeries(peerPoints);
    return 0;
}
