// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers/kernel_map.h"

#include <QGraphicsItem>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QValueAxis>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/chart_view.h"
#include "ui/pages/layers/kernel_image.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kClickSlop = 4;                     // pixels a press may move and still be a click, not a pan
constexpr int kNorms = 30, kBias = 10, kGap = 3;  // pixels: norm margins, bias strip
constexpr int kTickSpacing = 56, kRowTickSpacing = 28, kTickLength = 4;
constexpr std::size_t kLargestTable = 2'000'000;  // cells of "Show as table"; larger kernels list their inputs' norms

double niceStep(double range, double pixels, int spacing) {
    const double wanted = std::max(1.0, range / std::max(1.0, std::floor(pixels / spacing)));
    const double magnitude = std::pow(10.0, std::floor(std::log10(wanted)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (magnitude * factor >= wanted * (1 - 1e-9)) return magnitude * factor;
    return magnitude * 10;
}

}  // namespace

class KernelItem : public QGraphicsItem {
public:
    explicit KernelItem(QChart* chart) : QGraphicsItem(chart), m_chart(chart) { setZValue(100); }

    KernelViewPtr kernel;
    ModelLayersPtr layers;
    const LayerStatistics* statistics = nullptr;
    qint64 unit = -1;
    std::vector<std::pair<qint64, QString>> parts;  // first row and name, where the inputs are of several kinds
    double largestNorm = 0, largestRowNorm = 0, largestBias = 0;

    QRectF boundingRect() const override { return QRectF(QPointF(0, 0), m_chart->size()); }
    void geometryChanged() { prepareGeometryChange(); }
    QRectF plot() const { return m_chart->plotArea(); }
    qint64 inputs() const { return kernel ? kernel->weights.inputs : 0; }
    qint64 units() const { return kernel ? kernel->columns() : 0; }

    // Columns and rows in view; the chart's y axis counts upwards, row 0 stands at the top.
    QRectF window() const {
        QRectF shown(0, 0, 1, 1);
        for (QAbstractAxis* axis : m_chart->axes()) {
            const auto* value = qobject_cast<QValueAxis*>(axis);
            if (!value) continue;
            if (axis->orientation() == Qt::Horizontal) {
                shown.setLeft(value->min());
                shown.setWidth(value->max() - value->min());
            } else {
                shown.setTop(static_cast<double>(inputs()) - value->max());
                shown.setHeight(value->max() - value->min());
            }
        }
        return shown;
    }
    double x(double column, const QRectF& w) const {
        return plot().left() + (column - w.left()) / w.width() * plot().width();
    }
    double y(double row, const QRectF& w) const {
        return plot().top() + (row - w.top()) / w.height() * plot().height();
    }

    QString unitTitle(const QRectF& w) const {
        const auto each = [](double cells, double pixels) { return std::max(1.0, cells / std::max(1.0, pixels)); };
        const auto shared = std::lround(each(w.width(), plot().width()) * each(w.height(), plot().height()));
        return shared < 2 ? LayersKernelMap::tr("unit")
                          : LayersKernelMap::tr("unit · about %1 weights a pixel, the strongest shown")
                                .arg(formatCount(shared));
    }

    // A thousandth of the weights may lie beyond the ends.
    QString scaleEnd(bool high) const {
        const auto limit = static_cast<double>(statistics->displayLimit);
        const QString number = formatNumber(high ? limit : -limit, 2);
        if (high) return statistics->weights.max > limit ? QStringLiteral("≥ ") + number : number;
        return statistics->weights.min < -limit ? QStringLiteral("≤ ") + number : number;
    }

    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override {
        if (!kernel || plot().isEmpty()) return;
        const ThemeColors& c = Theme::instance().colors();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->setFont(Theme::instance().font(font_size::caption));
        const QRectF w = window();
        paintCells(*painter, w);
        painter->setBrush(Qt::NoBrush);
        painter->setPen(c.line);
        painter->drawRect(plot());
        paintUnits(*painter, w);
        paintRowNorms(*painter, w);
        paintTicks(*painter, w);
        paintScale(*painter);
        painter->restore();
    }

private:
    void paintCells(QPainter& painter, const QRectF& w) const {
        const ThemeColors& c = Theme::instance().colors();
        const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
        const QSize pixels((plot().size() * ratio).toSize());
        painter.save();
        painter.setClipRect(plot());
        painter.drawImage(plot(), kernelImage(*kernel, w, pixels, statistics->displayLimit));
        const double padding = y(static_cast<double>(kernel->rows), w);
        if (padding < plot().bottom()) {
            const QRectF area(plot().left(), std::max(plot().top(), padding), plot().width(),
                              plot().bottom() - std::max(plot().top(), padding));
            painter.fillRect(area, c.window);
            painter.fillRect(area, QBrush(c.muted, Qt::BDiagPattern));
            painter.setPen(c.muted);
            painter.drawLine(area.topLeft(), area.topRight());
            const QFontMetrics metrics(painter.font());
            const QString words = LayersKernelMap::tr("padding: meets zeros only, not learned");
            const int width = metrics.horizontalAdvance(words) + 2 * space::s;
            if (area.height() >= metrics.height() + 2 && area.width() > width) {
                const QRectF label(area.center().x() - width / 2.0, area.center().y() - metrics.height() / 2.0 - 1,
                                   width, metrics.height() + 2);
                painter.fillRect(label, c.base);
                painter.setPen(c.text);
                painter.drawText(label, Qt::AlignCenter, words);
            }
        }
        paintParts(painter, w);
        if (unit >= 0) {
            const double left = x(static_cast<double>(unit), w),
                         right = std::max(left + 1, x(static_cast<double>(unit) + 1, w));
            painter.setPen(c.accent);
            painter.drawLine(QPointF(left - 1, plot().top()), QPointF(left - 1, plot().bottom()));
            painter.drawLine(QPointF(right, plot().top()), QPointF(right, plot().bottom()));
        }
        painter.restore();
    }

    // Where bottom outputs end and dots begin, each named beside its border.
    void paintParts(QPainter& painter, const QRectF& w) const {
        const ThemeColors& c = Theme::instance().colors();
        const QFontMetrics metrics(painter.font());
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const double top = y(static_cast<double>(parts[i].first), w);
            const double bottom = y(static_cast<double>(i + 1 < parts.size() ? parts[i + 1].first : kernel->rows), w);
            if (bottom < plot().top() || top > plot().bottom()) continue;
            painter.setPen(c.text);
            if (i > 0 && top > plot().top())
                painter.drawLine(QPointF(plot().left(), top), QPointF(plot().right(), top));
            const int width = metrics.horizontalAdvance(parts[i].second) + space::s;
            const QRectF label(plot().left() + space::xs, std::max(top, plot().top()) + 2, width, metrics.height());
            if (label.bottom() + 1 > std::min(bottom, plot().bottom()) || label.right() > plot().right()) continue;
            painter.fillRect(label, c.base);
            painter.drawText(label, Qt::AlignCenter, parts[i].second);
        }
    }

    // The largest of `value` over the units or inputs under a pixel, so that no bar hides behind another. NaN counts as
    // the largest.
    template <class Value>
    static double largest(double first, double last, qint64 count, Value value) {
        const qint64 from = std::clamp<qint64>(static_cast<qint64>(std::floor(first)), 0, count),
                     to = std::clamp<qint64>(std::max(from + 1, static_cast<qint64>(std::floor(last))), 0, count);
        double found = from < to ? value(from) : 0;
        for (qint64 i = from + 1; i < to; ++i)
            if (const double v = value(i); !(v <= found)) found = v;
        return found;
    }

    void paintUnits(QPainter& painter, const QRectF& w) const {
        const Theme& theme = Theme::instance();
        const ThemeColors& c = theme.colors();
        const double foot = plot().top() - kGap, bias = plot().bottom() + kGap;
        painter.save();
        painter.setClipRect(QRectF(plot().left(), 0, plot().width(), m_chart->size().height()));
        for (double px = std::floor(plot().left()); px < plot().right(); ++px) {
            const double first = w.left() + (px - plot().left()) / plot().width() * w.width(),
                         last = w.left() + (px + 1 - plot().left()) / plot().width() * w.width();
            if (first >= static_cast<double>(units()) || last <= 0) continue;
            const double norm = largest(first, last, units(),
                                        [&](qint64 u) { return statistics->units[static_cast<std::size_t>(u)].norm; });
            const double height =
                std::isfinite(norm) && largestNorm > 0 ? norm / largestNorm * (kNorms - 2) : kNorms - 2;
            painter.fillRect(QRectF(px, foot - height, 1, height), std::isfinite(norm) ? c.muted : c.warn);
            const qint64 from = std::clamp<qint64>(static_cast<qint64>(std::floor(first)), 0, units() - 1),
                         to = std::clamp<qint64>(static_cast<qint64>(std::floor(last)), from + 1, units());
            float strongest = 0;
            for (qint64 u = from; u < to; ++u)
                if (const float b = statistics->units[static_cast<std::size_t>(u)].bias;
                    strength(b) > strength(strongest))
                    strongest = b;
            const double t = largestBias > 0 ? std::clamp(static_cast<double>(strongest) / largestBias, -1.0, 1.0) : 0;
            painter.fillRect(QRectF(px, bias, 1, kBias), std::isfinite(strongest) ? theme.diverging(t) : c.warn);
        }
        if (unit >= 0) {
            const double left = x(static_cast<double>(unit), w),
                         width = std::max(1.0, x(static_cast<double>(unit) + 1, w) - left);
            painter.fillRect(QRectF(left, foot - kNorms, width, 3), c.accent);
        }
        painter.restore();
        painter.setPen(c.line);
        painter.drawRect(QRectF(plot().left(), bias, plot().width(), kBias));
        painter.drawLine(QPointF(plot().left(), foot), QPointF(plot().right(), foot));
        const QFontMetrics metrics(painter.font());
        painter.setPen(c.muted);
        painter.drawText(QRectF(0, bias, plot().left() - space::s, kBias),
                         Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, LayersKernelMap::tr("bias"));
        // It has a scale of its own.
        if (largestBias > 0)
            painter.drawText(QRectF(0, bias + kBias, plot().left() - space::s, metrics.height()),
                             Qt::AlignRight | Qt::AlignTop | Qt::TextDontClip,
                             QStringLiteral("±") + formatNumber(largestBias, 2));
        painter.drawText(QRectF(0, foot - metrics.height(), plot().left() - space::s, metrics.height()),
                         Qt::AlignRight | Qt::AlignBottom, LayersKernelMap::tr("norm"));
    }

    void paintRowNorms(QPainter& painter, const QRectF& w) const {
        const ThemeColors& c = Theme::instance().colors();
        const double foot = plot().right() + kGap;
        painter.save();
        painter.setClipRect(QRectF(0, plot().top(), m_chart->size().width(), plot().height()));
        for (double py = std::floor(plot().top()); py < plot().bottom(); ++py) {
            const double first = w.top() + (py - plot().top()) / plot().height() * w.height(),
                         last = w.top() + (py + 1 - plot().top()) / plot().height() * w.height();
            if (first >= static_cast<double>(kernel->rows) || last <= 0) continue;
            const double norm = largest(first, last, kernel->rows,
                                        [&](qint64 i) { return statistics->rowNorms[static_cast<std::size_t>(i)]; });
            const double length =
                std::isfinite(norm) && largestRowNorm > 0 ? norm / largestRowNorm * (kNorms - 2) : kNorms - 2;
            painter.fillRect(QRectF(foot, py, length, 1), std::isfinite(norm) ? c.muted : c.warn);
        }
        painter.restore();
        painter.setPen(c.line);
        painter.drawLine(QPointF(foot, plot().top()), QPointF(foot, plot().bottom()));
        painter.setPen(c.muted);
        painter.drawText(QRectF(foot, plot().bottom() + kGap, kNorms, QFontMetrics(painter.font()).height()),
                         Qt::AlignLeft | Qt::AlignTop | Qt::TextDontClip, LayersKernelMap::tr("norm"));
    }

    void paintTicks(QPainter& painter, const QRectF& w) const {
        const ThemeColors& c = Theme::instance().colors();
        const QFontMetrics metrics(painter.font());
        painter.setPen(c.muted);
        const double step = niceStep(w.width(), plot().width(), kTickSpacing);
        const double under = plot().bottom() + kGap + kBias;
        for (double at = std::ceil(w.left() / step) * step; at < std::min(w.right(), static_cast<double>(units()));
             at += step) {
            const double px = x(at + 0.5, w);
            if (px > plot().right()) break;
            painter.drawLine(QPointF(px, under), QPointF(px, under + kTickLength));
            painter.drawText(QRectF(px - kTickSpacing / 2.0, under + kTickLength, kTickSpacing, metrics.height()),
                             Qt::AlignHCenter | Qt::AlignTop, formatCount(static_cast<qint64>(at)));
        }
        painter.drawText(
            QRectF(plot().left(), under + kTickLength + metrics.height(), plot().width(), metrics.height()),
            Qt::AlignHCenter | Qt::AlignTop | Qt::TextDontClip, unitTitle(w));
        const double rowStep = niceStep(w.height(), plot().height(), kRowTickSpacing);
        for (double at = std::ceil(w.top() / rowStep) * rowStep;
             at < std::min(w.bottom(), static_cast<double>(inputs())); at += rowStep) {
            const double py = y(at + 0.5, w);
            if (py > plot().bottom()) break;
            painter.drawLine(QPointF(plot().left() - kTickLength, py), QPointF(plot().left(), py));
            painter.drawText(QRectF(0, py - metrics.height() / 2.0, plot().left() - kTickLength - 2, metrics.height()),
                             Qt::AlignRight | Qt::AlignVCenter, formatCount(static_cast<qint64>(at)));
        }
        painter.save();
        painter.translate(space::s, plot().center().y());
        painter.rotate(-90);
        painter.drawText(QRectF(-plot().height() / 2, -2, plot().height(), metrics.height()),
                         Qt::AlignHCenter | Qt::AlignTop, LayersKernelMap::tr("input"));
        painter.restore();
    }

    // The colour bar, at the right edge.
    void paintScale(QPainter& painter) const {
        const Theme& theme = Theme::instance();
        const QFontMetrics metrics(painter.font());
        const QRectF bar(plot().right() + kGap + kNorms + space::s, plot().top(), space::m, plot().height());
        const auto height = static_cast<int>(bar.height());
        for (int i = 0; i < height; ++i)
            painter.fillRect(QRectF(bar.left(), bar.top() + i, bar.width(), 1),
                             theme.diverging(1 - 2.0 * i / std::max(1, height - 1)));
        painter.setPen(theme.colors().line);
        painter.drawRect(bar);
        painter.setPen(theme.colors().muted);
        const double text = bar.right() + space::xs;
        painter.drawText(QPointF(text, bar.top() + metrics.ascent()), scaleEnd(true));
        painter.drawText(QPointF(text, bar.center().y() + metrics.ascent() / 2.0), QStringLiteral("0"));
        painter.drawText(QPointF(text, bar.bottom()), scaleEnd(false));
    }

    QChart* m_chart;
};

struct LayersKernelMap::State : public QObject {
    LayersKernelMap* map = nullptr;
    ChartView* chart = nullptr;
    KernelItem* item = nullptr;  // owned by the chart
    QLabel* readout = nullptr;
    std::function<QString(qint64)> inputName;
    QPoint pressedAt;
    bool pressed = false;

    void layOut() {
        QChart* inner = chart->chart();
        const QFontMetrics metrics(Theme::instance().font(font_size::caption));
        const int left = metrics.horizontalAdvance(QStringLiteral("00,000")) + metrics.height() + space::s,
                  right = kGap + kNorms + space::s + space::m + space::xs +
                          metrics.horizontalAdvance(QStringLiteral("≤ −0.000")) + space::xs;
        const int title = space::s + QFontMetrics(inner->titleFont()).height() + space::s;
        const int top = title + kNorms + kGap, bottom = kGap + kBias + kTickLength + 2 * metrics.height() + space::xs;
        const QSizeF all = inner->size();
        item->geometryChanged();
        inner->setPlotArea(QRectF(left, top, std::max(16.0, std::floor(all.width() - left - right)),
                                  std::max(16.0, std::floor(all.height() - top - bottom))));
        item->update();
    }

    void restyle() {
        chart->scene()->setBackgroundBrush(Theme::instance().colors().base);
        for (QAbstractAxis* axis : chart->chart()->axes()) axis->setVisible(false);
        layOut();
    }

    std::pair<qint64, qint64> cellAt(const QPoint& position) const {  // (input, unit), -1 outside
        const QPointF at = item->mapFromScene(chart->mapToScene(position));
        const QRectF plot = item->plot(), w = item->window();
        if (!item->kernel || plot.isEmpty()) return {-1, -1};
        const auto column =
            static_cast<qint64>(std::floor(w.left() + (at.x() - plot.left()) / plot.width() * w.width()));
        const auto row = static_cast<qint64>(std::floor(w.top() + (at.y() - plot.top()) / plot.height() * w.height()));
        const bool across = at.x() >= plot.left() && at.x() < plot.right() && column >= 0 && column < item->units();
        const bool down = at.y() >= plot.top() && at.y() < plot.bottom() && row >= 0 && row < item->inputs();
        const bool above = at.y() >= plot.top() - kGap - kNorms && at.y() < plot.top(),
                   below = at.y() >= plot.bottom() && at.y() < plot.bottom() + kGap + kBias;
        const bool beside = at.x() >= plot.right() && at.x() < plot.right() + kGap + kNorms;
        return {down && (across || beside) ? row : -1, across && (down || above || below) ? column : -1};
    }

    QString describe(const QPoint& position) const {
        const auto [row, column] = cellAt(position);
        if (row < 0 && column < 0) return {};
        const LayerStatistics& s = *item->statistics;
        const QString unit =
            column < 0 ? QString()
                       : LayersKernelMap::tr("unit %1 (norm %2, bias %3)")
                             .arg(formatCount(column), formatNumber(s.units[static_cast<std::size_t>(column)].norm),
                                  formatNumber(static_cast<double>(s.units[static_cast<std::size_t>(column)].bias)));
        if (row < 0) return unit;
        if (row >= item->kernel->rows)
            return LayersKernelMap::tr("input %1: padding, meets zeros only and holds no learned value")
                .arg(formatCount(row));
        const QString input =
            LayersKernelMap::tr("input %1, %2").arg(formatCount(row), inputName ? inputName(row) : QString());
        if (column < 0)
            return LayersKernelMap::tr("%1: norm %2")
                .arg(input, formatNumber(s.rowNorms[static_cast<std::size_t>(row)]));
        const double value =
            static_cast<double>(item->kernel->weights.kernel[static_cast<std::size_t>(row * item->units() + column)]);
        return LayersKernelMap::tr("%1 → %2: %3").arg(input, unit, formatDigits(value, 7));
    }

    bool eventFilter(QObject*, QEvent* event) override {
        if (event->type() == QEvent::MouseMove) {
            const QString words = describe(static_cast<QMouseEvent*>(event)->position().toPoint());
            readout->setText(words.isEmpty() ? QStringLiteral(" ") : words);
        } else if (event->type() == QEvent::Leave) {
            readout->setText(QStringLiteral(" "));
        } else if (event->type() == QEvent::MouseButtonPress) {
            pressedAt = static_cast<QMouseEvent*>(event)->position().toPoint();
            pressed = static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton;
        } else if (event->type() == QEvent::MouseButtonRelease && std::exchange(pressed, false)) {
            const QPoint position = static_cast<QMouseEvent*>(event)->position().toPoint();
            if (const qint64 unit = cellAt(position).second;
                unit >= 0 && (position - pressedAt).manhattanLength() <= kClickSlop)
                Q_EMIT map->unitClicked(unit);
        }
        return false;
    }

    void fillTable() {
        const LayerStatistics& s = *item->statistics;
        const auto rows = static_cast<std::size_t>(item->kernel->rows),
                   columns = static_cast<std::size_t>(item->units());
        ChartView::Table table;
        table.columns << LayersKernelMap::tr("input") << LayersKernelMap::tr("norm");
        const bool whole = rows * columns <= kLargestTable;
        for (std::size_t j = 0; whole && j < columns; ++j) table.columns << LayersKernelMap::tr("unit %1").arg(j);
        for (std::size_t i = 0; i < rows; ++i) {
            std::vector<double> line{static_cast<double>(i), s.rowNorms[i]};
            if (whole)
                line.insert(line.end(), item->kernel->weights.kernel.begin() + static_cast<std::ptrdiff_t>(i * columns),
                            item->kernel->weights.kernel.begin() + static_cast<std::ptrdiff_t>((i + 1) * columns));
            table.rows.push_back(std::move(line));
        }
        chart->setTable(std::move(table));
    }
};

LayersKernelMap::LayersKernelMap(QWidget* parent) : QWidget(parent), m_state(std::make_unique<State>()) {
    State& s = *m_state;
    s.map = this;
    s.chart = new ChartView(tr("Weights"), this);
    s.chart->setAccessibleDescription(
        tr("Map of a kernel, units across and inputs down. Plus and minus zoom, arrows move, 0 resets; the context "
           "menu shows the weights as a table."));
    s.chart->viewport()->installEventFilter(&s);
    s.item = new KernelItem(s.chart->chart());
    s.readout = plainLabel(this, QStringLiteral(" "));
    s.readout->setObjectName(QStringLiteral("kernelReadout"));
    s.readout->setAlignment(Qt::AlignHCenter);
    s.readout->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    QVBoxLayout* column = columnIn(this, space::xs);
    column->addWidget(s.chart, 1);
    column->addWidget(s.readout);
    connect(s.chart->chart(), &QGraphicsWidget::geometryChanged, &s, [this] { m_state->layOut(); });
    connect(&Theme::instance(), &Theme::changed, &s, [this] { m_state->restyle(); });
    s.restyle();
}

LayersKernelMap::~LayersKernelMap() = default;

void LayersKernelMap::setKernel(const KernelViewPtr& kernel, const ModelLayersPtr& layers,
                                const LayerStatistics& statistics, std::function<QString(qint64)> inputName) {
    State& s = *m_state;
    KernelItem& item = *s.item;
    item.kernel = kernel;
    item.layers = layers;
    item.statistics = &statistics;
    item.unit = -1;
    s.inputName = std::move(inputName);
    item.parts.clear();
    for (qint64 row = 0; row < kernel->rows && row < static_cast<qint64>(statistics.inputNames.size()); ++row) {
        const std::string& name = statistics.inputNames[static_cast<std::size_t>(row)];
        const bool dot = name.find("×") != std::string::npos;
        const QString part = dot ? tr("dots") : name.starts_with("bottom ") ? tr("bottom") : QString();
        if (item.parts.empty() ? !part.isEmpty() : item.parts.back().second != part) item.parts.emplace_back(row, part);
    }
    item.largestNorm = item.largestRowNorm = item.largestBias = 0;
    for (const UnitStatistics& u : statistics.units) {
        if (std::isfinite(u.norm)) item.largestNorm = std::max(item.largestNorm, u.norm);
        if (std::isfinite(u.bias)) item.largestBias = std::max(item.largestBias, std::abs(static_cast<double>(u.bias)));
    }
    for (const double norm : statistics.rowNorms)
        if (std::isfinite(norm)) item.largestRowNorm = std::max(item.largestRowNorm, norm);
    s.chart->setAxes(QString(), 0, static_cast<double>(item.units()), QString(), 0, static_cast<double>(item.inputs()));
    s.chart->resetZoom();
    s.fillTable();
    s.restyle();
}

void LayersKernelMap::clear() {
    m_state->item->kernel.reset();
    m_state->item->layers.reset();
    m_state->item->statistics = nullptr;
    m_state->chart->setTable({});
    m_state->readout->setText(QStringLiteral(" "));
    m_state->item->update();
}

void LayersKernelMap::setUnit(qint64 unit) {
    m_state->item->unit = unit;
    m_state->item->update();
}

ChartView* LayersKernelMap::chart() const { return m_state->chart; }
QStringList LayersKernelMap::parts() const {
    QStringList out;
    for (const auto& [row, name] : m_state->item->parts) out << QStringLiteral("%1 from %2").arg(name).arg(row);
    return out;
}
QStringList LayersKernelMap::labels() const {
    const KernelItem& item = *m_state->item;
    return {item.unitTitle(item.window()), item.scaleEnd(true), item.scaleEnd(false)};
}
QString LayersKernelMap::describe(const QPoint& position) const { return m_state->describe(position); }

}  // namespace dlrm::ui
