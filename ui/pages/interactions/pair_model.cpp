// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/interactions/pair_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kFigureDecimals = 4, kShareDecimals = 2;

std::pair<std::size_t, std::size_t> placesOf(const InteractionPair& pair) { return {pair.first, pair.second}; }

}  // namespace

QString pairName(const InteractionMatrices& matrices, std::size_t first, std::size_t second) {
    return QString::fromStdString(matrices.names[first] + " × " + matrices.names[second]);
}

QString pairFigure(double value) {
    return std::isnan(value) ? QStringLiteral("–") : formatFixed(value, kFigureDecimals);
}

QString effectInterval(const InteractionPair& pair) {
    if (std::isnan(pair.effectSize)) return QStringLiteral("–");
    return QStringLiteral("%1 – %2").arg(pairFigure(pair.effectLow), pairFigure(pair.effectHigh));
}

QString pairShare(double share) {
    return std::isnan(share) ? QStringLiteral("–") : formatPercent(share, kShareDecimals);
}

void InteractionPairModel::setFigures(const InteractionFiguresPtr& figures) {
    const InteractionFiguresPtr before = std::exchange(m_figures, figures);
    const bool stay =
        before && figures && !figures->found.final && before->found.matrices.names == figures->found.matrices.names;
    if (!stay) {
        beginResetModel();
        m_order.resize(figures ? figures->pairs.size() : 0);
        place();
        endResetModel();
        return;
    }
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> now;
    for (std::size_t i = 0; i < figures->pairs.size(); ++i) now[placesOf(figures->pairs[i])] = i;
    for (std::size_t& pair : m_order) pair = now.at(placesOf(before->pairs[pair]));
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

const InteractionPair* InteractionPairModel::pairAt(int row) const {
    return row >= 0 && row < rowCount() ? &m_figures->pairs[m_order[static_cast<std::size_t>(row)]] : nullptr;
}

int InteractionPairModel::rowOf(std::size_t first, std::size_t second) const {
    const std::pair wanted{std::max(first, second), std::min(first, second)};
    const auto found = std::find_if(m_order.begin(), m_order.end(),
                                    [&](std::size_t pair) { return placesOf(m_figures->pairs[pair]) == wanted; });
    return found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
}

QString InteractionPairModel::asText(QChar separator, const std::vector<int>& rows) const {
    static constexpr std::pair<const char*, double InteractionPair::*> kFigures[] = {
        {"mean", &InteractionPair::mean},
        {"std", &InteractionPair::std},
        {"effect_size", &InteractionPair::effectSize},
        {"effect_low", &InteractionPair::effectLow},
        {"effect_high", &InteractionPair::effectHigh},
        {"attribution", &InteractionPair::attribution},
        {"share", &InteractionPair::share}};
    QStringList lines{QString(QStringLiteral("first")) + separator + QStringLiteral("second")};
    for (const auto& [title, value] : kFigures) lines.last() += separator + QLatin1String(title);
    std::vector<int> chosen = rows;
    if (chosen.empty()) {
        chosen.resize(m_order.size());
        std::iota(chosen.begin(), chosen.end(), 0);
    }
    for (const int row : chosen) {
        const InteractionPair& pair = *pairAt(row);
        const std::vector<std::string>& names = m_figures->found.matrices.names;
        QString line =
            QString::fromStdString(names[pair.first]) + separator + QString::fromStdString(names[pair.second]);
        for (const auto& [title, value] : kFigures)
            line += separator + (std::isnan(pair.*value) ? QString() : QString::number(pair.*value, 'g', 17));
        lines << line;
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

int InteractionPairModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}
int InteractionPairModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

double InteractionPairModel::key(std::size_t pair, int column) const {
    const InteractionPair& p = m_figures->pairs[pair];
    const double keys[] = {static_cast<double>(p.first * m_figures->found.matrices.names.size() + p.second),
                           p.mean,
                           p.std,
                           p.effectSize,
                           p.effectLow,
                           p.attribution,
                           p.share};
    return keys[column];
}

QVariant InteractionPairModel::data(const QModelIndex& index, int role) const {
    const InteractionPair* pair = index.isValid() ? pairAt(index.row()) : nullptr;
    if (!pair) return {};
    switch (role) {
        case Qt::DisplayRole:
            if (index.column() == Pair) return pairName(m_figures->found.matrices, pair->first, pair->second);
            if (index.column() == Interval) return effectInterval(*pair);
            if (index.column() == Share) return pairShare(pair->share);
            return pairFigure(key(m_order[static_cast<std::size_t>(index.row())], index.column()));
        case Qt::TextAlignmentRole:
            return QVariant((index.column() == Pair ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case Qt::FontRole:
            return index.column() == Pair ? QVariant() : QVariant(Theme::instance().monospace(font_size::body));
        default:
            return {};
    }
}

QVariant InteractionPairModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == Pair ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("The two vectors that are multiplied, as the model has them in order"),
                                tr("Mean of their product over the rows"),
                                tr("Standard deviation of their product"),
                                tr("Clicked less not clicked, by the pooled standard deviation"),
                                tr("95 % interval of the effect size"),
                                tr("Mean of what the pair adds to the logit"),
                                tr("Share of the sizes of what all pairs add to the logit")};
        return tips[section];
    }
    if (role != Qt::DisplayRole) return {};
    const QString names[] = {tr("Pair"),          tr("Mean"),        tr("Std. dev."), tr("Effect"),
                             tr("95 % interval"), tr("Attribution"), tr("Share")};
    if (section != m_sortColumn) return names[section];
    return names[section] + (m_sortOrder == Qt::AscendingOrder ? QStringLiteral(" ▴") : QStringLiteral(" ▾"));
}

void InteractionPairModel::place() {
    std::iota(m_order.begin(), m_order.end(), 0);
    if (m_sortColumn < 0) return;
    std::stable_sort(m_order.begin(), m_order.end(), [this](std::size_t a, std::size_t b) {
        const double x = key(a, m_sortColumn), y = key(b, m_sortColumn);
        if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
        return m_sortOrder == Qt::AscendingOrder ? x < y : y < x;
    });
}

void InteractionPairModel::sort(int column, Qt::SortOrder order) {
    m_sortColumn = column < ColumnCount ? column : -1;
    m_sortOrder = order;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<std::size_t> pairs;
    for (const QModelIndex& i : before) pairs.push_back(m_order[static_cast<std::size_t>(i.row())]);
    place();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        const auto found = std::find(m_order.begin(), m_order.end(), pairs[static_cast<std::size_t>(i)]);
        after << index(static_cast<int>(found - m_order.begin()), before[i].column());
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

}  // namespace dlrm::ui
