// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/charts.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QSignalBlocker>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "ui/charts/chart_style.h"
#include "ui/pages/parts.h"
#include "ui/pages/probability_box.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kPointRadius = 3;
constexpr int kMinimumChartHeight = 224;
constexpr double kThresholdSteps = 10'000;

constexpr double kRoomAbove = 1.02;  // the highest bar

// A straight one that a curve is looked at against.
ChartView::Line reference(const Point& from, const Point& to) {
    ChartView::Line line{.series = {}, .color = Theme::instance().colors().muted, .dashed = true};
    line.series.points = {from, to};
    return line;
}

// One curve that the title names needs no legend.
Series unnamed(Series series) {
    series.name.clear();
    return series;
}

QString four(double x) { return QString::number(x, 'f', 4); }

// "ROC" while nothing is known, "ROC · AUC 0.7285" after.
void setTitle(ChartView& chart, const QString& name, const MetricValue* metric, const QString& shortName) {
    const QString title =
        metric && metric->value ? QStringLiteral("%1 · %2 %3").arg(name, shortName, four(*metric->value)) : name;
    chart.chart()->setTitle(title);
    chart.setAccessibleName(title);
}

// "95 % Wilson intervals of at most ±0.0044": they may be too short to be seen.
QString intervalsText(const std::vector<ReliabilityBin>& bins) {
    double widest = 0;
    for (const ReliabilityBin& bin : bins)
        if (bin.rows > 0) widest = std::max({widest, bin.rateHigh - bin.observedRate, bin.observedRate - bin.rateLow});
    return EvaluateCharts::tr("95 % Wilson intervals of at most ±%1").arg(formatNumber(widest, 2));
}

std::int64_t largestBin(const std::vector<ReliabilityBin>& bins) {
    std::int64_t most = 1;
    for (const ReliabilityBin& bin : bins) most = std::max(most, bin.rows);
    return most;
}

bool equalMass(const std::vector<ReliabilityBin>& bins) {
    constexpr double kAlike = 0.9;
    const auto most = static_cast<double>(largestBin(bins));
    return std::all_of(bins.begin(), bins.end(),
                       [&](const ReliabilityBin& bin) { return static_cast<double>(bin.rows) >= kAlike * most; });
}

}  // namespace

EvaluateCharts::EvaluateCharts(QWidget* parent) : QWidget(parent) {
    const auto chart = [this](const QString& title, const char* name) {
        auto* view = new ChartView(title, this);
        view->setObjectName(QString::fromLatin1(name));
        view->setAccessibleName(title);
        view->setMinimumHeight(kMinimumChartHeight);
        view->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);  // all the room there is, and no more
        return view;
    };
    m_roc = chart(tr("ROC"), "roc");
    m_precisionRecall = chart(tr("Precision–recall"), "precisionRecall");
    m_reliability = chart(tr("Reliability"), "reliability");
    m_histogram = chart(tr("Scores by label"), "histogram");
    m_roc->setAxes(tr("false positive rate"), 0, 1, tr("true positive rate"), 0, 1);
    m_precisionRecall->setAxes(tr("recall"), 0, 1, tr("precision"), 0, 1);

    // Two curves of the scores: what they say at `x` is of the score that is nearest there.
    const auto follow = [this](ChartView* view, int (OperatingPoints::*nearest)(double) const, auto text, auto place) {
        connect(view, &ChartView::cursorMoved, this, [this, nearest](double x) {
            if (const int score = (m_table.*nearest)(x); score >= 0) showThreshold(score);
        });
        view->setHover([this, nearest, text](double x, double) {
            return m_table.size() > 0 ? text(m_table.at((m_table.*nearest)(x))) : QString();
        });
        view->setHoverMark([this, nearest, place](double x, double) -> std::optional<QPointF> {
            return m_table.size() > 0 ? place(m_table.at((m_table.*nearest)(x))) : std::nullopt;
        });
    };
    follow(
        m_roc, &OperatingPoints::nearestFalsePositiveRate,
        [](const OperatingPoint& p) {
            return tr("false positive rate %1\ntrue positive rate %2\nthreshold %3")
                .arg(four(p.falsePositiveRate), four(p.recall), four(p.threshold));
        },
        [](const OperatingPoint& p) { return std::optional(QPointF(p.falsePositiveRate, p.recall)); });
    follow(
        m_precisionRecall, &OperatingPoints::nearestRecall,
        [](const OperatingPoint& p) {
            return tr("recall %1\nprecision %2\nthreshold %3")
                .arg(four(p.recall), p.precision ? four(*p.precision) : QStringLiteral("–"), four(p.threshold));
        },
        [](const OperatingPoint& p) {
            return p.precision ? std::optional(QPointF(p.recall, *p.precision)) : std::nullopt;
        });
    for (ChartView* view : {m_reliability, m_histogram})
        connect(view, &ChartView::cursorMoved, this,
                [this](double x) { setThreshold(std::round(x * kThresholdSteps) / kThresholdSteps); });

    m_reliability->setOverlay(
        [this](QPainter& painter, const ChartView::Mapper& map) { paintReliability(painter, map); });
    m_reliability->setHover([this](double x, double) { return reliabilityHover(x); });
    m_histogram->setOverlay([this](QPainter& painter, const ChartView::Mapper& map) { paintHistogram(painter, map); });
    m_histogram->setHover([this](double x, double) { return histogramHover(x); });
    auto* grid = new QGridLayout;
    grid->setSpacing(space::s);
    grid->addWidget(m_roc, 0, 0);
    grid->addWidget(m_precisionRecall, 0, 1);
    grid->addWidget(m_reliability, 1, 0);
    grid->addWidget(m_histogram, 1, 1);
    for (int i : {0, 1}) {
        grid->setColumnStretch(i, 1);
        grid->setRowStretch(i, 1);
    }
    QVBoxLayout* column = columnIn(this, space::s);
    column->addWidget(buildCounts());
    column->addLayout(grid, 1);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (m_evaluation) setEvaluation(m_evaluation);
    });
    clear();
}

QWidget* EvaluateCharts::buildCounts() {
    auto* line = new QWidget(this);
    auto* caption = new QLabel(tr("&Threshold"), line);
    auto* threshold = new ProbabilityBox(line);
    m_thresholdBox = threshold;
    m_thresholdBox->setObjectName(QStringLiteral("threshold"));
    m_thresholdBox->setValue(m_threshold);
    m_thresholdBox->setToolTip(
        tr("Rows with at least this probability are called clicked; drag the cursor of any chart to move it"));
    caption->setBuddy(m_thresholdBox);
    threshold->setRefused([this](const QString& typed) {
        Q_EMIT noticed(tr("“%1” is no probability from 0 to 1 or 0 % to 100 %: the threshold stays %2.")
                           .arg(typed, QString::number(m_threshold, 'f', kProbabilityDecimals)));
    });
    m_counts = plainLabel(line);
    m_counts->setObjectName(QStringLiteral("confusionCounts"));
    m_counts->setFont(Theme::instance().monospace());
    m_counts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_counts->setWordWrap(true);
    connect(m_thresholdBox, &QDoubleSpinBox::valueChanged, this, &EvaluateCharts::setThreshold);
    QHBoxLayout* row = rowIn(line, space::s);
    row->addWidget(caption);
    row->addWidget(m_thresholdBox);
    row->addSpacing(space::s);
    row->addWidget(m_counts, 1);
    return line;
}

void EvaluateCharts::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    m_evaluation = std::move(evaluation);
    m_table = OperatingPoints(m_evaluation->report);
    showRoc();
    showPrecisionRecall();
    showReliability();
    showHistogram();
    showThreshold();
}

void EvaluateCharts::setNoExport(const QString& why) {
    for (ChartView* chart : {m_roc, m_precisionRecall, m_reliability, m_histogram}) chart->setNoExport(why);
}

void EvaluateCharts::setSource(const QString& text) {
    for (ChartView* view : {m_roc, m_precisionRecall, m_reliability, m_histogram}) view->setSource(text);
}

void EvaluateCharts::clear() {
    m_evaluation = std::make_shared<Evaluation>();
    m_histogramTop = m_reliabilityTop = 0;
    setEvaluation(m_evaluation);
    for (ChartView* chart : findChildren<ChartView*>()) chart->resetZoom();  // made for other curves
}

void EvaluateCharts::setThreshold(double probability) {
    m_threshold = std::clamp(probability, 0.0, 1.0);
    showThreshold();
}

void EvaluateCharts::showRoc() {
    const MetricReport& report = m_evaluation->report;
    setTitle(*m_roc, tr("ROC"), report.find("auc"), tr("AUC"));
    m_roc->setLines({{unnamed(report.roc), Theme::instance().series(0)}, reference({0, 0}, {1, 1})});
    m_roc->setFootnote(QString::fromStdString(report.roc.howChosen));
    ChartView::Table table;
    table.columns = {tr("threshold"), tr("false positive rate"), tr("true positive rate"), tr("false positives"),
                     tr("true positives")};
    for (int i = 0; i < m_table.size(); ++i) {
        const OperatingPoint p = m_table.at(i);
        table.rows.push_back({p.threshold, p.falsePositiveRate, p.recall, static_cast<double>(p.falsePositives),
                              static_cast<double>(p.truePositives)});
    }
    m_roc->setTable(std::move(table));
}

void EvaluateCharts::showPrecisionRecall() {
    const MetricReport& report = m_evaluation->report;
    setTitle(*m_precisionRecall, tr("Precision–recall"), report.find("pr_auc"), tr("PR-AUC"));
    std::vector<ChartView::Line> lines{{unnamed(report.precisionRecall), Theme::instance().series(0)}};
    if (report.rows > 0 && report.positives > 0) {  // what calling every row clicked gives
        const double rate = static_cast<double>(report.positives) / static_cast<double>(report.rows);
        lines.push_back(reference({0, rate}, {1, rate}));
    }
    m_precisionRecall->setLines(lines);
    m_precisionRecall->setFootnote(QString::fromStdString(report.precisionRecall.howChosen));
    ChartView::Table table;
    table.columns = {tr("recall"), tr("precision")};
    for (const Point& p : report.precisionRecall.points) table.rows.push_back({p.x, p.y});
    m_precisionRecall->setTable(std::move(table));
}

void EvaluateCharts::showReliability() {
    const std::vector<ReliabilityBin>& bins = m_evaluation->report.reliability;
    double top = 0;
    for (const ReliabilityBin& bin : bins)
        if (bin.rows > 0) top = std::max({top, bin.rateHigh, bin.meanProbability});
    // Click rates are often far below 1: the axes end at the next tenth.
    const double limit = bins.empty() ? 1.0 : std::clamp(std::ceil(top * 10 + 1e-9) / 10, 0.1, 1.0);
    if (limit != m_reliabilityTop) {
        m_reliabilityTop = limit;
        m_reliability->setAxes(tr("mean predicted probability"), 0, limit, tr("observed click rate"), 0, limit);
    }
    m_reliability->setLines({reference({0, 0}, {1, 1})});
    const QString counts = bins.empty() ? QString()
                           : equalMass(bins)
                               ? tr("%1 of about %2 each, %3")
                                     .arg(countedText(bins.size(), "bin"),
                                          countedText(std::llround(static_cast<double>(m_evaluation->report.rows) /
                                                                   static_cast<double>(bins.size())),
                                                      "row"),
                                          intervalsText(bins))
                               : tr("%1, %2, %3; bars: rows of each bin")
                                     .arg(countedText(bins.size(), "bin"),
                                          countedText(m_evaluation->report.rows, "row"), intervalsText(bins));
    m_reliability->setFootnote(counts);
    ChartView::Table table;
    table.columns = {tr("from"),          tr("to"),           tr("rows"),         tr("clicked"), tr("mean probability"),
                     tr("observed rate"), tr("interval low"), tr("interval high")};
    for (const ReliabilityBin& b : bins)
        table.rows.push_back({b.low, b.high, static_cast<double>(b.rows), static_cast<double>(b.positives),
                              b.meanProbability, b.observedRate, b.rateLow, b.rateHigh});
    m_reliability->setTable(std::move(table));
    m_reliability->viewport()->update();
}

void EvaluateCharts::showHistogram() {
    const ScoreHistogram& histogram = m_evaluation->report.histogram;
    std::int64_t most = 0;
    for (const auto* counts : {&histogram.negatives, &histogram.positives})
        for (const std::int64_t n : *counts) most = std::max(most, n);
    const double top = axisEnd(static_cast<double>(most) * kRoomAbove);
    if (top != m_histogramTop) {
        m_histogramTop = top;
        m_histogram->setAxes(tr("predicted probability"), 0, 1, tr("rows per bin"), 0, top);
    }
    const std::size_t bins = histogram.negatives.size();
    m_histogram->setFootnote(
        bins == 0
            ? QString()
            : tr("%1 of equal width, %2").arg(countedText(bins, "bin"), countedText(m_evaluation->report.rows, "row")));
    ChartView::Table table;
    table.columns = {tr("from"), tr("to"), tr("not clicked"), tr("clicked")};
    for (std::size_t i = 0; i < bins; ++i) {
        const auto n = static_cast<double>(bins);
        table.rows.push_back({static_cast<double>(i) / n, static_cast<double>(i + 1) / n,
                              static_cast<double>(histogram.negatives[i]),
                              static_cast<double>(histogram.positives[i])});
    }
    m_histogram->setTable(std::move(table));
    m_histogram->viewport()->update();
}

void EvaluateCharts::showThreshold(int snapped) {
    if (snapped >= 0) m_threshold = std::clamp(m_table.at(snapped).threshold, 0.0, 1.0);
    Q_EMIT thresholdChanged(m_threshold);
    // Figures that come in while somebody types leave what is typed.
    if (m_thresholdBox->textFromValue(m_threshold) != m_thresholdBox->textFromValue(m_thresholdBox->value())) {
        const QSignalBlocker blocker(m_thresholdBox);
        m_thresholdBox->setValue(m_threshold);
    }
    m_point.reset();
    if (m_table.size() == 0) {
        for (ChartView* view : {m_roc, m_precisionRecall, m_reliability, m_histogram}) view->setCursor(0, false);
        m_counts->setText(m_evaluation->report.rows > 0 ? tr("Counts need both clicked and not clicked rows")
                                                        : QString());
        m_counts->setToolTip({});
        return;
    }
    if (snapped < 0) m_point = m_table.exactlyAt(m_threshold);
    const bool exact = m_point.has_value();
    if (!exact) m_point = m_table.at(snapped >= 0 ? snapped : m_table.nearestThreshold(m_threshold));
    const OperatingPoint& p = *m_point;
    m_roc->setCursor(p.falsePositiveRate);
    m_precisionRecall->setCursor(p.recall);
    m_reliability->setCursor(m_threshold);
    m_histogram->setCursor(m_threshold);
    const auto ratio = [](double x) { return QString::number(x, 'f', 3); };
    QString counts =
        tr("TP\u00a0%1  FP\u00a0%2  TN\u00a0%3  FN\u00a0%4  precision\u00a0%5  recall\u00a0%6  FPR\u00a0%7")
            .arg(formatCount(p.truePositives), formatCount(p.falsePositives), formatCount(p.trueNegatives),
                 formatCount(p.falseNegatives), p.precision ? ratio(*p.precision) : QStringLiteral("–"),
                 ratio(p.recall), ratio(p.falsePositiveRate));
    // Not at the value in the box: say where instead.
    if (!exact)
        counts += p.threshold > 1 ? tr("  above\u00a0every\u00a0score")
                                  : tr("  at\u00a0score\u00a0%1").arg(QString::number(p.threshold, 'f', 7));
    m_counts->setText(counts);
    m_counts->setToolTip(exact ? tr("Rows with probability ≥ %1 are called clicked")
                                     .arg(QString::number(m_threshold, 'f', kProbabilityDecimals))
                               : tr("The cursor stands at one of %1 of the curve; a typed threshold is kept as typed "
                                    "once all rows are evaluated")
                                     .arg(countedText(m_table.size(), "score")));
}

void EvaluateCharts::paintReliability(QPainter& painter, const ChartView::Mapper& map) const {
    const Theme& theme = Theme::instance();
    const std::vector<ReliabilityBin>& bins = m_evaluation->report.reliability;
    const std::int64_t most = largestBin(bins);
    painter.setRenderHint(QPainter::Antialiasing, false);
    // How many rows stand behind each point: bars over the lowest eighth. Bins of equal mass need none, the footnote
    // says it.
    QColor bar = theme.colors().muted;
    bar.setAlphaF(0.35F);
    for (const ReliabilityBin& bin : bins) {
        if (bin.rows == 0 || equalMass(bins)) continue;
        const double left = map.x(bin.low), right = std::max(map.x(bin.high), left + 2);
        const double height = map.plot.height() / 8 * static_cast<double>(bin.rows) / static_cast<double>(most);
        painter.fillRect(QRectF(left, map.plot.bottom() - height, right - left - 1, height), bar);
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    const QColor color = theme.series(0);
    QPolygonF path;
    for (const ReliabilityBin& bin : bins) {
        if (bin.rows == 0) continue;
        const QPointF point(map.x(bin.meanProbability), map.y(bin.observedRate));
        painter.setPen(QPen(color, 1));
        painter.drawLine(QPointF(point.x(), map.y(bin.rateLow)), QPointF(point.x(), map.y(bin.rateHigh)));
        for (const double end : {bin.rateLow, bin.rateHigh})
            painter.drawLine(QPointF(point.x() - 2, map.y(end)), QPointF(point.x() + 2, map.y(end)));
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(point, kPointRadius, kPointRadius);
        path << point;
    }
    painter.setBrush(Qt::NoBrush);
    QColor thin = color;
    thin.setAlphaF(0.5F);
    painter.setPen(QPen(thin, 1));
    painter.drawPolyline(path);
}

void EvaluateCharts::paintHistogram(QPainter& painter, const ChartView::Mapper& map) const {
    const ThemeColors& colors = Theme::instance().colors();
    const ScoreHistogram& histogram = m_evaluation->report.histogram;
    const std::size_t bins = histogram.negatives.size();
    if (bins == 0) return;
    const auto draw = [&](const std::vector<std::int64_t>& counts, const QColor& color) {
        QPainterPath path(QPointF(map.x(0), map.y(0)));
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const double y = map.y(static_cast<double>(counts[i]));
            path.lineTo(map.x(static_cast<double>(i) / static_cast<double>(bins)), y);
            path.lineTo(map.x(static_cast<double>(i + 1) / static_cast<double>(bins)), y);
        }
        path.lineTo(map.x(1), map.y(0));
        QColor fill = color;
        fill.setAlphaF(0.28F);
        painter.fillPath(path, fill);
        painter.strokePath(path, QPen(color, 1));
    };
    painter.setRenderHint(QPainter::Antialiasing, false);
    draw(histogram.negatives, colors.notClicked);
    draw(histogram.positives, colors.clicked);

    // Direct labels, as the two colours have no line of their own.
    painter.setFont(Theme::instance().font(font_size::caption));
    const QFontMetrics metrics(painter.font());
    double y = map.plot.top() + space::s + metrics.ascent();
    const std::pair<QString, QColor> entries[] = {{tr("not clicked"), colors.notClicked},
                                                  {tr("clicked"), colors.clicked}};
    const double x = map.plot.right() - space::s -
                     std::max(metrics.horizontalAdvance(entries[0].first), metrics.horizontalAdvance(entries[1].first));
    for (const auto& [name, color] : entries) {
        painter.fillRect(QRectF(x - space::m - space::xs, y - metrics.ascent() / 2.0 - 3, space::m, space::s), color);
        painter.setPen(colors.text);
        painter.drawText(QPointF(x, y), name);
        y += metrics.height();
    }
}

QString EvaluateCharts::reliabilityHover(double x) const {
    const ReliabilityBin* best = nullptr;
    for (const ReliabilityBin& bin : m_evaluation->report.reliability)
        if (bin.rows > 0 && (!best || std::abs(bin.meanProbability - x) < std::abs(best->meanProbability - x)))
            best = &bin;
    if (!best) return {};
    return tr("probability %1 – %2\nmean predicted %3\nobserved %4 (%5 – %6)\n%7, %8 clicked")
        .arg(four(best->low), four(best->high), four(best->meanProbability), four(best->observedRate),
             four(best->rateLow), four(best->rateHigh), countedText(best->rows, "row"), formatCount(best->positives));
}

QString EvaluateCharts::histogramHover(double x) const {
    const ScoreHistogram& histogram = m_evaluation->report.histogram;
    const auto bins = static_cast<double>(histogram.negatives.size());
    if (bins == 0 || x < 0 || x > 1) return {};
    const auto bin = std::min(histogram.negatives.size() - 1, static_cast<std::size_t>(x * bins));
    return tr("probability %1 – %2\nnot clicked %3\nclicked %4")
        .arg(QString::number(static_cast<double>(bin) / bins, 'f', 2),
             QString::number(static_cast<double>(bin + 1) / bins, 'f', 2), formatCount(histogram.negatives[bin]),
             formatCount(histogram.positives[bin]));
}

}  // namespace dlrm::ui
