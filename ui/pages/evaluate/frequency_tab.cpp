// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/frequency_tab.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>

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

// "id 10–99 k": ids of five digits. zero: what the ids of no digit are, the id 0 or what is missing.
QString decadeName(std::size_t decade, const QString& zero) {
    if (decade == 0) return zero;
    static const QStringList units{QString(), QStringLiteral(" k"), QStringLiteral(" M"), QStringLiteral(" G")};
    const std::size_t unit = std::min((decade - 1) / 3, static_cast<std::size_t>(units.size()) - 1);
    const auto first = static_cast<qint64>(std::pow(10.0, static_cast<double>(decade - 1 - 3 * unit)));
    return EvaluateFrequencyTab::tr("id %1–%2%3")
        .arg(first)
        .arg(10 * first - 1)
        .arg(units[static_cast<qsizetype>(unit)]);
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
    m_map = new CellMap(tr("By frequency"), this);
    m_map->setObjectName(QStringLiteral("frequencyMap"));
    m_map->setCellHeight(kCellHeight);
    const auto under = [this](int field, int decade) {
        return sliceAt(static_cast<std::size_t>(field), static_cast<std::size_t>(decade));
    };
    m_map->setCellHover([this, under](int field, int decade) { return hover(*under(field, decade)); });
    column->addWidget(m_map, 1);
    connect(m_on, &QCheckBox::toggled, this, &EvaluateFrequencyTab::changed);
    connect(m_figure, &QComboBox::currentIndexChanged, this, &EvaluateFrequencyTab::draw);
    connect(&Theme::instance(), &Theme::changed, this, &EvaluateFrequencyTab::draw);
    connect(m_map, &CellMap::cellClicked, this, [this, under](int field, int decade) {
        Q_EMIT sliceChosen(QString::fromStdString(under(field, decade)->slice));
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
        any ? tr("Across: ids, which count by frequency, so that the lowest are the most frequent values. Click a cell "
                 "for all its figures and curves. Hatched: too few rows or clicks to be judged.")
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
    m_map->setFootnote(any ? tr("colours: of what is judged; share: of all rows") : QString());
    const bool missing = std::any_of(m_slices.begin(), m_slices.end(), [](const auto& of) {
        return !of.empty() && of[0] && QString::fromStdString(of[0]->slice).endsWith(QLatin1String(" missing"));
    });
    QStringList decades;
    for (std::size_t d = 0; d < m_decades; ++d) decades << decadeName(d, missing ? tr("missing") : tr("id 0"));
    std::vector<CellMap::Cell> cells;
    for (std::size_t f = 0; f < m_slices.size(); ++f)
        for (std::size_t d = 0; d < m_decades; ++d) cells.push_back(cellOf(sliceAt(f, d)));
    const bool traffic = m_figure->currentData().toString() == kTraffic;
    const auto told = [&](double value) { return traffic ? formatPercent(value) : formatNumber(value); };
    m_map->setCells(m_fields, decades, std::move(cells),
                    {calibration, told(m_low), calibration ? tr("(1 in the middle)") : QString(), told(m_high)});
}

CellMap::Cell EvaluateFrequencyTab::cellOf(const SliceResult* slice) const {
    if (!slice) return {.shade = {}, .text = {}, .hatched = false, .there = false};
    const auto value = valueOf(*slice);
    const bool traffic = m_figure->currentData().toString() == kTraffic, judged = slice->judged || traffic;
    return {.shade = value && judged ? std::optional(shadeOf(*value)) : std::nullopt,
            .text = !value    ? QStringLiteral("–")
                    : traffic ? formatPercent(*value)
                              : formatFixed(*value, 3),
            .hatched = !judged,
            .there = true};
}

double EvaluateFrequencyTab::shadeOf(double value) const {
    if (m_figure->currentData().toString() == kCalibrationKey)
        return value > 0 ? std::clamp(std::log(value) / std::log(m_high), -1.0, 1.0) : -1;
    return m_high > m_low ? std::clamp((value - m_low) / (m_high - m_low), 0.0, 1.0) : 0.5;
}

QString EvaluateFrequencyTab::hover(const SliceResult& slice) const {
    const SliceFigure* figure = figureOf(slice);
    return sliceTip(slice, figure ? *figure : slice.figures.front());
}

}  // namespace dlrm::ui
