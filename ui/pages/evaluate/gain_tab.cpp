// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/gain_tab.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QSignalBlocker>

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_style.h"
#include "ui/pages/evaluate/ranking_ask.h"
#include "ui/pages/evaluate/slice_words.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kLowestGainChart = 260;
constexpr double kSteadyShare = 0.01;  // of the rows: the lift of fewer is one of chance, and may leave the chart
constexpr double kGainRoom = 1.05, kNamesRoom = 1.2;
constexpr double kClassRadius = 3;
constexpr int kNarrowestName = 48;  // pixels

ChartView::Line gainReference(std::vector<Point> points) {
    ChartView::Line line{.series = {}, .color = Theme::instance().colors().muted, .dashed = true};
    line.series.points = std::move(points);
    return line;
}

ChartView::Line gainLine(Series series) {
    series.name.clear();
    return {std::move(series), Theme::instance().series(0)};
}

const SliceFigure& calibrationOf(const SliceResult& slice) { return *slice.find("calibration"); }

}  // namespace

EvaluateGainTab::EvaluateGainTab(QWidget* parent) : QWidget(parent) {
    const auto chart = [this](const QString& title, const char* name) {
        auto* view = new ChartView(title, this);
        view->setObjectName(QString::fromLatin1(name));
        view->setAccessibleName(title);
        view->setMinimumHeight(kLowestGainChart);
        view->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);  // all the room there is, and no more
        return view;
    };
    m_gain = chart(tr("Gain"), "gain");
    m_lift = chart(tr("Lift"), "lift");
    m_fields = chart(tr("Calibration by field"), "fieldCalibration");
    m_gain->setAxes(tr("share of the rows, the highest scores first"), 0, 1, tr("share of the clicks"), 0, 1);
    for (ChartView* view : {m_gain, m_lift}) view->setHover([this](double x, double) { return gainHover(x); });
    m_fields->setOverlay([this](QPainter& painter, const ChartView::Mapper& map) { paintFields(painter, map); });
    m_fields->setHover([this](double x, double) { return fieldsHover(x); });
    auto* keys = new QWidget(this);
    QHBoxLayout* row = rowIn(keys, space::s);
    auto* caption = new QLabel(tr("Calibration wit&hin"), keys);
    m_key = new QComboBox(keys);
    m_key->setObjectName(QStringLiteral("calibrationKey"));
    m_key->setToolTip(tr("Keys of slices that were counted, those first whose slices are furthest off"));
    m_key->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    caption->setBuddy(m_key);
    row->addWidget(caption);
    row->addWidget(m_key);
    row->addStretch(1);
    connect(m_key, &QComboBox::currentIndexChanged, this, &EvaluateGainTab::showFields);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(space::s, space::s, space::s, space::s);
    grid->setSpacing(space::s);
    grid->addWidget(m_gain, 0, 0);
    grid->addWidget(m_lift, 0, 1);
    m_ranking = new RankingAsk(this);
    grid->addWidget(m_ranking, 1, 0, 1, 2);
    grid->addWidget(keys, 2, 0, 1, 2);
    grid->addWidget(m_fields, 3, 0, 1, 2);
    for (const int i : {0, 1}) grid->setColumnStretch(i, 1);
    for (const int i : {0, 3}) grid->setRowStretch(i, 1);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        showGain();
        showFields();
    });
    clear();
}

void EvaluateGainTab::clear() {
    setEvaluation(std::make_shared<Evaluation>());
    setSlices({});
}

void EvaluateGainTab::setEvaluation(const EvaluationPtr& evaluation) {
    m_evaluation = evaluation;
    showGain();
}

void EvaluateGainTab::showGain() {
    const MetricReport& report = m_evaluation->report;
    const double rate = report.rows > 0 ? static_cast<double>(report.positives) / static_cast<double>(report.rows) : 0;
    m_gain->setLines(
        {gainLine(report.gain), gainReference({{0, 0}, {1, 1}}), gainReference({{0, 0}, {rate, 1}, {1, 1}})});
    m_lift->setLines({gainLine(report.lift), gainReference({{0, 1}, {1, 1}})});
    double top = 1;
    for (const Point& point : report.lift.points)
        if (point.x >= kSteadyShare) top = std::max(top, point.y);
    m_lift->setAxes(tr("share of the rows, the highest scores first"), 0, 1, tr("click rate by that of all rows"), 0,
                    axisEnd(top * kGainRoom));
    for (ChartView* view : {m_gain, m_lift}) {
        const bool gain = view == m_gain;
        const QString how = QString::fromStdString(report.gain.howChosen);
        view->setFootnote(
            gain && !report.gain.points.empty() ? tr("%1; dashed: by chance, and the best there is").arg(how) : how);
        ChartView::Table table;
        table.columns = {tr("share of rows"), gain ? tr("share of clicks") : tr("lift")};
        for (const Point& point : (gain ? report.gain : report.lift).points) table.rows.push_back({point.x, point.y});
        view->setTable(std::move(table));
    }
}

QString EvaluateGainTab::gainHover(double x) const {
    const std::vector<Point>& points = m_evaluation->report.lift.points;
    if (points.empty()) return {};
    const auto nearest = std::min_element(points.begin(), points.end(), [x](const Point& a, const Point& b) {
        return std::abs(a.x - x) < std::abs(b.x - x);
    });
    return tr("the highest %1 of the rows\nhold %2 of the clicks\nlift %3")
        .arg(formatPercent(nearest->x, 2), formatPercent(nearest->x * nearest->y, 2), formatFixed(nearest->y, 3));
}

void EvaluateGainTab::setSlices(const EvaluationPtr& evaluation) {
    m_sliced = evaluation;
    m_ranking->setEvaluation(evaluation);
    const QString before = m_key->currentData().toString();
    {
        const QSignalBlocker blocker(m_key);
        m_key->clear();
        if (evaluation)
            for (const GroupCalibration& group : evaluation->byGroup)
                m_key->addItem(
                    tr("%1 · error %2").arg(QString::fromStdString(group.group), formatNumber(group.error, 3)),
                    QString::fromStdString(group.group));
        m_key->setCurrentIndex(std::max(0, m_key->findData(before)));
    }
    showFields();
}

void EvaluateGainTab::showFields() {
    m_classes.clear();
    const std::string key = m_key->currentData().toString().toStdString();
    if (m_sliced && !key.empty())
        for (const SliceResult& slice : m_sliced->slices)
            if (slice.group == key) m_classes.push_back(&slice);
    const bool any = !m_classes.empty();
    m_key->setEnabled(any);
    double low = 1, high = 1;
    ChartView::Table table;
    table.wordColumns = {tr("slice")};
    table.columns = {tr("rows"), tr("clicked"), tr("calibration"), tr("low"), tr("high")};
    for (const SliceResult* slice : m_classes) {
        const SliceFigure& figure = calibrationOf(*slice);
        table.words.push_back({QString::fromStdString(slice->slice)});
        table.rows.push_back({static_cast<double>(slice->rows), static_cast<double>(slice->positives),
                              figure.value.value_or(std::nan("")), figure.low.value_or(std::nan("")),
                              figure.high.value_or(std::nan(""))});
        if (!slice->judged || !figure.low || !figure.high) continue;
        low = std::min(low, *figure.low);
        high = std::max(high, *figure.high);
    }
    const double far = std::max({1 - low, high - 1, 0.05}) * kGainRoom;
    const double end = std::max<double>(1, static_cast<double>(m_classes.size()));
    // The title names the key; the names of its slices have room below the intervals.
    m_fields->setAxes(QString(), 0, end, tr("predicted by observed clicks"), std::max(0.0, 1 - kNamesRoom * far),
                      1 + far);
    for (QAbstractAxis* axis : m_fields->chart()->axes(Qt::Horizontal)) axis->setLabelsVisible(false);
    m_fields->setLines({gainReference({{0, 1}, {end, 1}})});
    m_fields->chart()->setTitle(any ? tr("Calibration by field · %1").arg(QString::fromStdString(key))
                                    : tr("Calibration by field"));
    m_fields->setAccessibleName(m_fields->chart()->title());
    m_fields->setFootnote(
        any ? tr("%1, 95 % intervals; grey: not judged. Error: mean of |predicted − observed clicks| of the slices, a "
                 "row")
                  .arg(countedText(static_cast<qint64>(m_classes.size()), "slice"))
            : tr("Ask for slices by a key, or tell all fields apart by frequency, and run the evaluation"));
    m_fields->setTable(std::move(table));
    m_fields->viewport()->update();
}

void EvaluateGainTab::paintFields(QPainter& painter, const ChartView::Mapper& map) const {
    const Theme& theme = Theme::instance();
    painter.setFont(theme.font(font_size::caption));
    const QFontMetrics metrics(painter.font());
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
        const SliceResult& slice = *m_classes[i];
        const SliceFigure& figure = calibrationOf(slice);
        const double left = map.x(static_cast<double>(i)), right = map.x(static_cast<double>(i + 1)),
                     x = (left + right) / 2;
        const QColor colour = slice.judged ? theme.series(0) : theme.colors().disabled;
        painter.setPen(QPen(colour, 1));
        if (figure.low && figure.high)
            painter.drawLine(QPointF(x, map.y(*figure.low)), QPointF(x, map.y(*figure.high)));
        if (figure.value) {
            painter.setBrush(colour);
            painter.drawEllipse(QPointF(x, map.y(*figure.value)), kClassRadius, kClassRadius);
        }
        if (right - left < kNarrowestName) continue;
        painter.setPen(theme.colors().muted);
        const QRectF room(left, map.plot.bottom() - metrics.height(), right - left, metrics.height());
        // The key's field stands in the title.
        const QString sentence = QString::fromStdString(slice.slice);
        const QString name = sentence.startsWith(QLatin1Char('"')) ? sentence : sentence.section(QLatin1Char(' '), 1);
        painter.drawText(room, Qt::AlignCenter,
                         metrics.elidedText(name, Qt::ElideRight, static_cast<int>(room.width()) - space::xs));
    }
}

QString EvaluateGainTab::fieldsHover(double x) const {
    if (x < 0 || x >= static_cast<double>(m_classes.size())) return {};
    const SliceResult& slice = *m_classes[static_cast<std::size_t>(x)];
    return sliceTip(slice, calibrationOf(slice));
}

}  // namespace dlrm::ui
