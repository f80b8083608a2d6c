// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/frequency_tab.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ui/pages/evaluate/slice_words.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kNameColumns = 1.2;  // room for the names of the fields, in columns
constexpr int kCellHeight = 18;
constexpr QLatin1String kTraffic("traffic"), kCalibrationKey("calibration");

// Of the values of a class: digits of its ids, 0 for what is missing.
std::size_t decadeOf(const SliceResult& slice) {
    const QString sentence = QString::fromStdString(slice.slice);
    const qsizetype at = sentence.lastIndexOf(QLatin1String(" id "));
    if (at < 0) return 0;
    const QString first = sentence.mid(at + 4).section(QLatin1Char('-'), 0, 0);
    return first == QLatin1String("0") ? 0 : static_cast<std::size_t>(first.size());
}

// Of the contrast of two colours, as WCAG 2 defines it, each side of the ratio.
double luminous(const QColor& colour) {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(static_cast<double>(colour.redF())) + 0.7152 * linear(static_cast<double>(colour.greenF())) +
           0.0722 * linear(static_cast<double>(colour.blueF())) + 0.05;
}

// zero: what the ids of no digit are, the id 0 or what is missing.
QString decadeName(std::size_t decade, const QString& zero) {
    if (decade == 0) return zero;
    if (decade == 1) return QStringLiteral("1–9");
    const double first = std::pow(10.0, static_cast<double>(decade) - 1);
    return decade < 4 ? QStringLiteral("%1–%2").arg(formatCount(static_cast<qint64>(first)),
                                                    formatCount(static_cast<qint64>(first) * 10 - 1))
                      : EvaluateFrequencyTab::tr("from %1").arg(formatCount(static_cast<qint64>(first)));
}

}  // namespace

EvaluateFrequencyTab::EvaluateFrequencyTab(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = columnIn(this, space::s, {space::s, space::s, space::s, space::s});
    auto* bar = new QWidget(this);
    QHBoxLayout* row = rowIn(bar, space::s);
    m_on = new QCheckBox(tr("Tell all fields apart by &frequency"), bar);
    m_on->setObjectName(QStringLiteral("frequencyOn"));
    m_on->setToolTip(tr(
        "Ids count by frequency: the fewer digits, the more frequent the value. Each field is cut into "
        "ids of one digit, of two, and so on. Of hashed values or other preprocessing ids say nothing of frequency"));
    auto* caption = new QLabel(tr("Fi&gure"), bar);
    m_figure = new QComboBox(bar);
    m_figure->setObjectName(QStringLiteral("frequencyFigure"));
    m_figure->addItem(tr("Normalized entropy"), QStringLiteral("normalized_entropy"));
    m_figure->addItem(tr("Calibration"), QString(kCalibrationKey));
    m_figure->addItem(tr("AUC"), QStringLiteral("auc"));
    m_figure->addItem(tr("Traffic"), QString(kTraffic));
    caption->setBuddy(m_figure);
    row->addWidget(m_on);
    row->addStretch(1);
    row->addWidget(caption);
    row->addWidget(m_figure);
    column->addWidget(bar);
    m_words = mutedLabel(this);
    m_words->setObjectName(QStringLiteral("frequencyWords"));
    column->addWidget(m_words);
    m_map = new ChartView(tr("By frequency"), this);
    m_map->setObjectName(QStringLiteral("frequencyMap"));
    m_map->setOverlay([this](QPainter& painter, const ChartView::Mapper& map) { paint(painter, map); });
    m_map->setHover([this](double x, double y) { return hover(x, y); });
    column->addWidget(m_map, 1);
    connect(m_on, &QCheckBox::toggled, this, &EvaluateFrequencyTab::changed);
    connect(m_figure, &QComboBox::currentIndexChanged, this, &EvaluateFrequencyTab::draw);
    connect(&Theme::instance(), &Theme::changed, this, &EvaluateFrequencyTab::draw);
    connect(m_map, &ChartView::clicked, this, [this](double x, double y) {
        if (const SliceResult* slice = sliceUnder(x, y)) Q_EMIT sliceChosen(QString::fromStdString(slice->slice));
    });
    setEvaluation({}, {});
}

bool EvaluateFrequencyTab::isOn() const { return m_on->isChecked(); }

void EvaluateFrequencyTab::turnOn() { m_on->setChecked(true); }

void EvaluateFrequencyTab::setEvaluation(const EvaluationPtr& evaluation, const std::vector<std::string>& groups) {
    m_evaluation = evaluation;
    m_fields.clear();
    m_slices.clear();
    m_decades = 0;
    std::map<std::string, std::vector<const SliceResult*>> found;
    if (evaluation)
        for (const SliceResult& slice : evaluation->slices) {
            auto& of = found[slice.group];
            const std::size_t decade = decadeOf(slice);
            if (of.size() <= decade) of.resize(decade + 1);
            of[decade] = &slice;
        }
    for (const std::string& group : groups) {
        const auto slices = found.find(group);
        if (slices == found.end()) continue;
        m_fields << QString::fromStdString(group).section(QLatin1Char(' '), 0, -2);  // without "decade"
        m_slices.push_back(slices->second);
        m_decades = std::max(m_decades, slices->second.size());
    }
    draw();
}

const SliceResult* EvaluateFrequencyTab::sliceAt(std::size_t field, std::size_t decade) const {
    return field < m_slices.size() && decade < m_slices[field].size() ? m_slices[field][decade] : nullptr;
}

// Cells lie at x = decade … decade + 1 and, line by line from the top, y = fields − field − 1 … fields − field.
const SliceResult* EvaluateFrequencyTab::sliceUnder(double x, double y) const {
    const double line = static_cast<double>(m_slices.size()) - y;
    return x >= 0 && line >= 0 ? sliceAt(static_cast<std::size_t>(line), static_cast<std::size_t>(x)) : nullptr;
}

const SliceFigure* EvaluateFrequencyTab::figureOf(const SliceResult& slice) const {
    return slice.find(m_figure->currentData().toString().toStdString());
}

std::optional<double> EvaluateFrequencyTab::valueOf(const SliceResult& slice) const {
    if (m_figure->currentData().toString() == kTraffic) return slice.share;
    const SliceFigure* figure = figureOf(slice);
    return figure ? figure->value : std::nullopt;
}

void EvaluateFrequencyTab::draw() {
    const bool any = !m_slices.empty(), calibration = m_figure->currentData().toString() == kCalibrationKey;
    m_words->setText(
        any ? tr("Click a cell for all its figures and curves. Hatched: too few rows or clicks to be judged.")
            : tr("Nothing was told apart yet: tick the line above and run the evaluation."));
    m_map->setVisible(any);
    m_figure->setEnabled(any);
    m_low = std::numeric_limits<double>::infinity();
    m_high = -m_low;
    ChartView::Table table;
    table.wordColumns = {tr("slice")};
    table.columns = {tr("rows"), tr("clicked"), tr("share"), m_figure->currentText(), tr("low"), tr("high")};
    for (const auto& field : m_slices)
        for (const SliceResult* slice : field) {
            if (!slice) continue;
            const auto value = valueOf(*slice);
            const SliceFigure* figure = figureOf(*slice);
            const auto end = [&](std::optional<double> SliceFigure::*which) {
                return figure && figure->*which ? *(figure->*which) : std::nan("");
            };
            table.words.push_back({QString::fromStdString(slice->slice)});
            table.rows.push_back({static_cast<double>(slice->rows), static_cast<double>(slice->positives), slice->share,
                                  value.value_or(std::nan("")), end(&SliceFigure::low), end(&SliceFigure::high)});
            if (!value || !(slice->judged || figure == nullptr)) continue;
            m_low = std::min(m_low, *value);
            m_high = std::max(m_high, *value);
        }
    if (!(m_low <= m_high)) m_low = m_high = calibration ? 1 : 0;
    if (calibration) {  // as far below 1 as above, in its logarithm
        const double far = std::max({std::abs(std::log(m_low)), std::abs(std::log(m_high)), 0.01});
        m_low = std::exp(-far);
        m_high = std::exp(far);
    }
    m_map->chart()->setTitle(tr("%1 by field and frequency").arg(m_figure->currentText()));
    m_map->setAccessibleName(m_map->chart()->title());
    m_map->setTable(std::move(table));
    m_map->setFootnote(any ? tr("colours from %1 to %2, of what is judged; share: of all rows")
                                 .arg(formatNumber(m_low), formatNumber(m_high))
                           : QString());
    m_map->setAxes(QString(), -kNameColumns, std::max(1.0, static_cast<double>(m_decades)), QString(), 0,
                   static_cast<double>(m_slices.size()) + 1);
    for (QAbstractAxis* axis : m_map->chart()->axes()) axis->setVisible(false);
    m_map->setPlotHeight(kCellHeight * static_cast<int>(m_slices.size() + 1));
    m_map->viewport()->update();
}

QColor EvaluateFrequencyTab::colourOf(double value) const {
    const Theme& theme = Theme::instance();
    if (m_figure->currentData().toString() == kCalibrationKey)
        return theme.diverging(value > 0 ? std::clamp(std::log(value) / std::log(m_high), -1.0, 1.0) : -1);
    return theme.sequential(m_high > m_low ? std::clamp((value - m_low) / (m_high - m_low), 0.0, 1.0) : 0.5);
}

void EvaluateFrequencyTab::paint(QPainter& painter, const ChartView::Mapper& map) const {
    const ThemeColors& colors = Theme::instance().colors();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(Theme::instance().font(font_size::caption));
    const QFontMetrics metrics(painter.font());
    const auto fields = static_cast<double>(m_slices.size());
    const auto cell = [&](double left, double right, double line) {
        return QRectF(QPointF(map.x(left), map.y(fields - line)), QPointF(map.x(right), map.y(fields - line - 1)));
    };
    const auto write = [&](const QRectF& room, const QString& text, Qt::Alignment alignment, const QColor& colour) {
        painter.setPen(colour);
        const QRectF inner = room.adjusted(space::xs, 0, -space::xs, 0);
        painter.drawText(inner, static_cast<int>(alignment | Qt::AlignVCenter),
                         metrics.elidedText(text, Qt::ElideRight, static_cast<int>(inner.width())));
    };
    const bool missing = std::any_of(m_slices.begin(), m_slices.end(), [](const auto& of) {
        return !of.empty() && of[0] && QString::fromStdString(of[0]->slice).endsWith(QLatin1String(" missing"));
    });
    const QString zero = missing ? tr("missing") : tr("id 0");
    for (std::size_t d = 0; d < m_decades; ++d)
        write(cell(static_cast<double>(d), static_cast<double>(d + 1), -1), decadeName(d, zero), Qt::AlignHCenter,
              colors.muted);
    for (std::size_t f = 0; f < m_slices.size(); ++f) {
        const auto line = static_cast<double>(f);
        write(cell(-kNameColumns, 0, line), m_fields[static_cast<qsizetype>(f)], Qt::AlignLeft, colors.text);
        for (std::size_t d = 0; d < m_slices[f].size(); ++d) {
            const SliceResult* slice = m_slices[f][d];
            if (!slice) continue;
            const QRectF room = cell(static_cast<double>(d), static_cast<double>(d + 1), line).adjusted(0, 0, -1, -1);
            const auto value = valueOf(*slice);
            const bool traffic = m_figure->currentData().toString() == kTraffic, judged = slice->judged || traffic;
            const QColor colour = value && judged ? colourOf(*value) : colors.base;
            painter.fillRect(room, colour);
            if (!judged) painter.fillRect(room, QBrush(colors.line, Qt::BDiagPattern));
            const auto away = [&](const QColor& ink) { return std::abs(std::log(luminous(ink) / luminous(colour))); };
            const QColor& ink = !judged                                 ? colors.muted
                                : away(colors.text) > away(colors.base) ? colors.text
                                                                        : colors.base;
            write(room,
                  !value    ? QStringLiteral("–")
                  : traffic ? formatPercent(*value)
                            : formatFixed(*value, 3),
                  Qt::AlignHCenter, ink);
        }
    }
}

QString EvaluateFrequencyTab::hover(double x, double y) const {
    const SliceResult* slice = sliceUnder(x, y);
    if (!slice) return {};
    const SliceFigure* figure = figureOf(*slice);
    return sliceTip(*slice, figure ? *figure : slice->figures.front());
}

}  // namespace dlrm::ui
