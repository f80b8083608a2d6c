// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/table_list_model.h"

#include <QBrush>
#include <QFont>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "ui/models/cell_delegate.h"
#include "ui/session/table_analysis.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kMeanDigits = 3;          // significant ones
constexpr double kMostUntrained = 0.5;  // share of a table's rows from which on it is marked

// What is not nothing does not read as nothing.
QString smallPercent(double share) {
    constexpr double kLeast = 0.0005;  // rounds to 0.1 %
    return share > 0 && share < kLeast ? QStringLiteral("< 0.1\u00a0%") : formatPercent(share);
}

}  // namespace

void TableListModel::setSpec(const ModelSpec& spec) {
    beginResetModel();
    m_tables = spec.tables;
    m_order.resize(m_tables.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    m_bytes = m_mostBytes = 0;
    for (const TableSpec& t : m_tables) {
        m_bytes += t.bytes;
        m_mostBytes = std::max(m_mostBytes, t.bytes);
    }
    m_statistics.assign(m_tables.size(), nullptr);
    m_traffic.reset();
    m_untrained.reset();
    endResetModel();
    sort(m_sortColumn, m_sortOrder);
}

void TableListModel::setStatistics(int table, std::shared_ptr<const TableStatistics> statistics) {
    if (table < 0 || static_cast<std::size_t>(table) >= m_statistics.size()) return;
    m_statistics[static_cast<std::size_t>(table)] = std::move(statistics);
    const int row = rowOf(table);
    Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void TableListModel::setTraffic(std::shared_ptr<const dlrm::Traffic> traffic,
                                std::shared_ptr<const UntrainedTraffic> untrained) {
    m_traffic = std::move(traffic);
    m_untrained = std::move(untrained);
    if (!m_order.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

bool TableListModel::isKnown(Column column) const {
    for (int t = 0; t < static_cast<int>(m_tables.size()); ++t)
        if (!std::isnan(number(t, column))) return true;
    return false;
}

std::int64_t TableListModel::notFinite(int table) const {
    const TableStatistics* s = m_statistics[static_cast<std::size_t>(table)].get();
    return s ? s->scan.nan + s->scan.inf : 0;
}

double TableListModel::number(int table, int column) const {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    const auto t = static_cast<std::size_t>(table);
    const TableStatistics* s = m_statistics[t].get();
    switch (column) {
        case Name:
            return table;
        case Rows:
            return static_cast<double>(m_tables[t].rows);
        case Size:
        case Share:
            return static_cast<double>(m_tables[t].bytes);
        case Norm:
            return s ? s->norms.mean : kNone;
        case Untrained:
            return s && s->untrained.known() ? s->untrained.share() : kNone;
        case NotFinite:
            return s ? static_cast<double>(s->scan.nan + s->scan.inf) : kNone;
        case EffectiveRank:
            return s ? s->spectrum.effectiveRank : kNone;
        case Traffic:
            return m_traffic ? static_cast<double>(m_traffic->tables[t].distinct) /
                                   static_cast<double>(std::max<std::int64_t>(1, m_tables[t].rows))
                             : kNone;
        case UntrainedHits:
            return m_untrained && m_untrained->tables[t].known ? m_untrained->tables[t].share() : kNone;
        default:
            return kNone;
    }
}

QVariant TableListModel::text(int table, int column) const {
    const TableSpec& t = m_tables[static_cast<std::size_t>(table)];
    const double n = number(table, column);
    if (std::isnan(n))
        return column == Untrained && m_statistics[static_cast<std::size_t>(table)] ? tr("unknown")
                                                                                    : QStringLiteral("–");
    switch (column) {
        case Name:
            return QString::fromStdString(t.name);
        case Rows:
            return formatCount(t.rows);
        case Size:
            return formatBytes(t.bytes);
        case Share:
            return smallPercent(m_bytes > 0 ? static_cast<double>(t.bytes) / static_cast<double>(m_bytes) : 0);
        case Norm:
            return formatNumber(n, kMeanDigits);
        case NotFinite:
            return formatCount(static_cast<qint64>(n));
        case EffectiveRank:
            return QString::number(n, 'f', 1);
        default:
            return formatPercent(n);
    }
}

QString TableListModel::tip(int table, int column) const {
    const auto i = static_cast<std::size_t>(table);
    const TableSpec& t = m_tables[i];
    QStringList lines{
        QStringLiteral("%1: %2 × %3, %4")
            .arg(QString::fromStdString(t.name), formatCount(t.rows), formatCount(t.dim), formatBytes(t.bytes))};
    if (column == Name && notFinite(table) > 0)
        lines << tr("Values that are NaN or infinite: %1").arg(formatCount(notFinite(table)));
    if (const auto& s = m_statistics[i]) {
        const auto normsOf = [&lines](const QString& what, const NormSummary& n) {
            lines << tr("%1: mean %2, standard deviation %3, median %4, from %5 to %6")
                         .arg(what, formatNumber(n.mean), formatNumber(n.standardDeviation),
                              formatNumber(static_cast<double>(n.p50)), formatNumber(static_cast<double>(n.min)),
                              formatNumber(static_cast<double>(n.max)));
        };
        if (column == Norm) {
            normsOf(tr("norms"), s->norms);
            if (s->untrained.count > 0 && s->trainedNorms.rows > 0)
                normsOf(tr("of %1").arg(countedText(s->trainedNorms.rows, "trained row")), s->trainedNorms);
        }
        const QString told = QString::fromStdString(s->untrained.explanation);
        if (column == Untrained) {
            lines << (s->untrained.known()
                          ? tr("%1 never updated. %2").arg(countedText(s->untrained.count, "row", "was", "were"), told)
                          : told);
            lines << tr("%1 of zeros only, %2 of another row; neither counts as untrained")
                         .arg(countedText(s->zeroRows, "row"),
                              s->duplicates.rows == 1 ? tr("1 copy")
                                                      : tr("%1 copies").arg(formatCount(s->duplicates.rows)));
        }
        if (column == NotFinite)
            lines << tr("%1 NaN, %2 infinite, %3 subnormal values")
                         .arg(formatCount(s->scan.nan), formatCount(s->scan.inf), formatCount(s->scan.subnormal));
        if (column == EffectiveRank)
            lines << tr("effective rank %1, stable rank %2, information abundance %3; trained rows: %4")
                         .arg(formatNumber(s->spectrum.effectiveRank), formatNumber(s->spectrum.stableRank),
                              formatNumber(s->spectrum.informationAbundance),
                              formatNumber(s->trainedSpectrum.effectiveRank));
    }
    if (m_traffic && column == Traffic) {
        const TableTraffic& traffic = m_traffic->tables[i];
        lines << tr("%1 of its ids are looked up by the dataset's %2; %3 of all lookups, %4 of the bytes they read, %5 "
                    "of its lookups meet row 0")
                     .arg(formatCount(traffic.distinct), countedRows(*m_traffic), formatPercent(traffic.lookupsShare),
                          formatPercent(traffic.bytesShare),
                          formatPercent(traffic.lookups > 0
                                            ? static_cast<double>(traffic.row0) / static_cast<double>(traffic.lookups)
                                            : 0));
    }
    if (m_untrained && column == UntrainedHits)
        lines << tr("%1 of %2 lookups meet a row that was never trained; over all tables %3 of the dataset's rows have "
                    "at least one such lookup")
                     .arg(formatCount(m_untrained->tables[i].untrained), formatCount(m_untrained->tables[i].lookups),
                          formatPercent(m_untrained->rowsShare()));
    if (std::isnan(number(table, column))) {
        const bool counted = column == Traffic || column == UntrainedHits;
        lines << (counted && m_traffic ? tr("Not known yet: “Compute statistics” of all tables tells which rows were "
                                            "trained; “Join lookups” then counts")
                  : counted ? tr("Not known yet: open a dataset, then “Count lookups” counts what it looks up")
                            : tr("Not known yet: “Compute statistics” reads the table"));
    }
    for (QString& line : lines) line = line.toHtmlEscaped();
    return QStringLiteral("<p>") + lines.join(QStringLiteral("<br/>")) + QStringLiteral("</p>");
}

QString TableListModel::asText(QChar separator, const std::vector<int>& rows) const {
    static constexpr std::pair<Column, const char*> kNumbers[] = {{Rows, "rows"},
                                                                  {Size, "bytes"},
                                                                  {Norm, "norm_mean"},
                                                                  {Untrained, "untrained_share"},
                                                                  {NotFinite, "not_finite_values"},
                                                                  {EffectiveRank, "effective_rank"},
                                                                  {Traffic, "ids_hit_share"},
                                                                  {UntrainedHits, "untrained_hits_share"}};
    QStringList lines{QString(QStringLiteral("table")) + separator + QStringLiteral("dimension")};
    for (const auto& [column, title] : kNumbers) lines.last() += separator + QLatin1String(title);
    std::vector<int> chosen;
    for (const int row : rows) chosen.push_back(tableAt(row));
    for (const int table : rows.empty() ? m_order : chosen) {
        if (table < 0) continue;
        const TableSpec& t = m_tables[static_cast<std::size_t>(table)];
        QString line = quotedField(QString::fromStdString(t.name), separator) + separator + QString::number(t.dim);
        for (const auto& [column, title] : kNumbers) {
            line += separator + exactNumber(number(table, column));
        }
        lines << line;
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

int TableListModel::tableAt(int row) const {
    return row >= 0 && row < static_cast<int>(m_order.size()) ? m_order[static_cast<std::size_t>(row)] : -1;
}

int TableListModel::rowOf(int table) const {
    const auto found = std::find(m_order.begin(), m_order.end(), table);
    return found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
}

int TableListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int TableListModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant TableListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const int table = tableAt(index.row());
    const TableSpec& t = m_tables[static_cast<std::size_t>(table)];
    if (role == Qt::DisplayRole) return text(table, index.column());
    if (role == ShareRole && index.column() == Share)
        return m_mostBytes > 0 ? static_cast<double>(t.bytes) / static_cast<double>(m_mostBytes) : 0.0;
    if (role == HistogramRole && index.column() == Norm) {
        const auto& statistics = m_statistics[static_cast<std::size_t>(table)];
        if (!statistics || statistics->norms.histogram.empty()) return {};
        const auto& bins = statistics->norms.histogram;
        // Beside a bin of nearly all rows the others would not be seen otherwise.
        const auto height = [](std::int64_t n) { return std::log2(1 + static_cast<double>(n)); };
        const double highest = height(std::max<std::int64_t>(1, *std::max_element(bins.begin(), bins.end())));
        QVariantList shares;
        for (const std::int64_t n : bins) shares << height(n) / highest;
        return shares;
    }
    const bool broken = notFinite(table) > 0;
    if (role == CellDelegate::MarkRole && index.column() == Name)
        return broken ? QVariant(QStringLiteral("!")) : QVariant();
    if (role == Qt::AccessibleTextRole && index.column() == Name && broken)
        return tr("%1, not finite").arg(QString::fromStdString(t.name));
    if (role == Qt::ForegroundRole) {
        const ThemeColors& c = Theme::instance().colors();
        const double n = number(table, index.column());
        if (std::isnan(n)) return QBrush(c.disabled);
        if (broken && (index.column() == Name || index.column() == NotFinite)) return QBrush(c.fail);
        if (index.column() == Untrained && n >= kMostUntrained) return QBrush(c.warn);
        return {};
    }
    if (role == Qt::TextAlignmentRole)
        return QVariant((index.column() == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::FontRole && index.column() != Name) {
        QFont font = Theme::instance().monospace(font_size::body);
        font.setBold(index.column() == Untrained && number(table, Untrained) >= kMostUntrained);  // not by colour alone
        return font;
    }
    if (role == Qt::ToolTipRole) return tip(table, index.column());
    return {};
}

QVariant TableListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    const QString names[] = {tr("Table"),          tr("Rows"),          tr("Size"),           tr("Mean norm"),
                             tr("Untrained"),      tr("Not finite"),    tr("Effective rank"), tr("Ids hit"),
                             tr("Untrained hits"), tr("Share of bytes")};
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {
            tr("In feature order"),
            tr("Rows of the table"),
            tr("Bytes of its values"),
            tr("Mean L2 norm of its rows, and their histogram from the smallest to the largest; heights are "
               "logarithms"),
            tr("Share of rows that training never updated: bit for bit what the initializer gave them"),
            tr("Values that are NaN or infinite"),
            tr("exp(H(σ/Σσ)) of its singular values: how many directions it uses"),
            tr("Share of its ids that the loaded dataset looks up"),
            tr("Share of the dataset's lookups that meet an untrained row"),
            tr("Share of the bytes of all tables")};
        return tips[section];
    }
    if (section != m_sortColumn) return names[section];
    return names[section] + (m_sortOrder == Qt::AscendingOrder ? QStringLiteral(" ▴") : QStringLiteral(" ▾"));
}

void TableListModel::sort(int column, Qt::SortOrder order) {
    if (column < 0 || column >= ColumnCount) return;
    m_sortColumn = column;
    m_sortOrder = order;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<int> tables;
    for (const QModelIndex& i : before) tables.push_back(tableAt(i.row()));
    std::iota(m_order.begin(), m_order.end(), 0);
    std::stable_sort(m_order.begin(), m_order.end(), [&](int a, int b) {
        const double x = number(a, column), y = number(b, column);
        if (std::isnan(x) || std::isnan(y))
            return !std::isnan(x) && std::isnan(y);  // what is not known stands last either way
        return order == Qt::AscendingOrder ? x < y : y < x;
    });
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after << index(rowOf(tables[static_cast<std::size_t>(i)]), before[i].column());
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

}  // namespace dlrm::ui
