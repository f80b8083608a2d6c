// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/pair_chart.h"

#include <algorithm>
#include <cmath>

#include "ui/session/figures.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kPairDigits = 4;

// Where the row's own value stands among those of an axis; -1: not among them.
int ownPlace(const SweptAxis& axis, const InputRow& row) {
    const auto in = [](const auto& values, auto own) {
        const auto at = std::find(values.begin(), values.end(), own);
        return at == values.end() ? -1 : static_cast<int>(at - values.begin());
    };
    return axis.field.numerical ? in(axis.values, row.numerical[axis.field.index])
                                : in(axis.ids, static_cast<std::int64_t>(row.ids[axis.field.index]));
}

double pairProbability(float logit) { return sigmoid(static_cast<double>(logit)); }

}  // namespace

PairChart::PairChart(QWidget* parent) : CellMap(tr("Pairs"), parent) {
    setToolTip(
        tr("p = 1 / (1 + e^−z), where z is the logit with each pair of values in place of the row's own two and "
           "all other fields as they are"));
    setCellHover([this](int down, int across) { return textAt(down, across); });
    connect(this, &CellMap::cellClicked, this, &PairChart::pairChosen);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (m_figures) show(m_figures, Words(m_words));
    });
}

void PairChart::showNothing() {
    m_figures = nullptr;
    setCells({}, {}, {}, {});
    clear();
}

void PairChart::show(const PairFiguresPtr& figures, const Words& words) {
    m_figures = figures;
    m_words = words;
    const PairSweep& sweep = figures->sweep;
    double low = 1, high = 0;
    for (const float logit : sweep.logits)
        if (std::isfinite(logit)) {
            low = std::min(low, pairProbability(logit));
            high = std::max(high, pairProbability(logit));
        }
    if (low > high) low = 0, high = 1;  // none is finite
    std::vector<Cell> cells;
    Table twin;
    twin.wordColumns = {words.down, words.across};
    twin.columns = {tr("probability"), tr("change"), tr("logit")};
    const double now = pairProbability(sweep.current);
    for (std::size_t i = 0; i < sweep.logits.size(); ++i) {
        const double p = pairProbability(sweep.logits[i]);
        Cell cell;
        if (std::isfinite(p)) cell.shade = high > low ? (p - low) / (high - low) : 0.5;
        cell.hatched = !cell.shade;
        cells.push_back(std::move(cell));
        twin.words.push_back({words.downValues[static_cast<qsizetype>(i / sweep.b.size())],
                              words.acrossValues[static_cast<qsizetype>(i % sweep.b.size())]});
        twin.rows.push_back({p, p - now, static_cast<double>(sweep.logits[i])});
    }
    setCells(words.downValues, words.acrossValues, std::move(cells),
             {false, formatFixed(low, kPairDigits), {}, formatFixed(high, kPairDigits)});
    const int down = ownPlace(sweep.a, figures->row), across = ownPlace(sweep.b, figures->row);
    const bool among = down >= 0 && across >= 0;
    if (among) mark(down, across);
    setRings(among ? std::vector<Ring>{{tr("as it is"), Theme::instance().colors().accent, 5}} : std::vector<Ring>{});
    chart()->setTitle(tr("%1 down, %2 across").arg(words.down, words.across));
    const QString note = tr("%1; %2").arg(axisText(words.down, words.downValues.size(), words.downCount),
                                          axisText(words.across, words.acrossValues.size(), words.acrossCount));
    setFootnote(among ? note : tr("%1; the row's own pair is not among them").arg(note));
    setTable(std::move(twin));
    setAccessibleName(
        tr("Pairs of %1 and %2: probability from %3 to %4")
            .arg(words.down, words.across, formatFixed(low, kPairDigits), formatFixed(high, kPairDigits)));
}

QString PairChart::axisText(const QString& field, qsizetype values, qint64 ofIds) const {
    if (ofIds > 0)
        return ofIds == values ? tr("%1: all %2").arg(field, countedText(ofIds, "id"))
                               : tr("%1: the first %2 of %3").arg(field, formatCount(values), countedText(ofIds, "id"));
    return tr("%1: %2 of %3")
        .arg(field, countedText(values, "quantile"), countedText(m_figures->sweep.rowsLooked, "row"));
}

QString PairChart::textAt(int down, int across) const {
    if (!m_figures) return {};
    const PairSweep& sweep = m_figures->sweep;
    const float logit =
        sweep.logits[static_cast<std::size_t>(down) * sweep.b.size() + static_cast<std::size_t>(across)];
    const double p = pairProbability(logit), now = pairProbability(sweep.current);
    return tr("%1 = %2\n%3 = %4\nprobability %5, change %6\nclick to feed both")
        .arg(m_words.down, m_words.downValues[down], m_words.across, m_words.acrossValues[across],
             formatFixed(p, kPairDigits), formatFixed(p - now, kPairDigits));
}

}  // namespace dlrm::ui
