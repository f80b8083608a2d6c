// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/table_row_source.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ui/session/table_analysis.h"
#include "ui/widgets/glossary.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr std::int64_t kCacheBytes = 16 << 20;
constexpr std::size_t kFewestBlocks = 4;  // what one screen may touch, whatever a row's size
constexpr std::int64_t kMaximumNumberColumns = 1024;
constexpr float kAboveScale = 1.25F,
                kBelowScale = 0.25F;  // the scale stays while the largest value in view is within these shares of it
constexpr double kLeftOut = 0.001;    // of all values, the largest ones, which are drawn in the full colour
constexpr double kMostlyUntrained =
    0.5;  // share of the rows above which the trained ones' scale is the better one unasked
constexpr int kNormDigits = 5, kValueDigits = 4;  // significant ones: norms of rare rows are small
constexpr int kCosineDecimals = 3;

// The largest |value| once the largest 0.1 % of all values are left out, to a bin of the histogram. onlyTrained: 0.1 %
// of as many values as trained rows have; the table's largest values are theirs, since untrained ones lie within the
// initializer's limits. 0: no finite value.
float tableScale(const TableStatistics& statistics, bool onlyTrained) {
    const TableScan& scan = statistics.scan;
    if (scan.finite == 0) return 0;
    const std::int64_t values =
        onlyTrained && statistics.trainedRows > 0 ? statistics.trainedRows * scan.dim : scan.finite;
    const double largest = std::max(std::abs(static_cast<double>(scan.min)), std::abs(static_cast<double>(scan.max)));
    const auto bins = static_cast<std::int64_t>(scan.histogram.size());
    std::int64_t spare = static_cast<std::int64_t>(kLeftOut * static_cast<double>(values)) - scan.below - scan.above;
    const double low = scan.request.low,
                 width = bins > 0 ? (static_cast<double>(scan.request.high) - low) / static_cast<double>(bins) : 0;
    const auto outer = [&](std::int64_t bin) {
        return std::max(std::abs(low + static_cast<double>(bin) * width),
                        std::abs(low + static_cast<double>(bin + 1) * width));
    };
    std::int64_t first = 0, last = bins - 1;
    while (spare >= 0 && first < last) {
        const bool left = outer(first) > outer(last);
        const std::int64_t bin = left ? first : last;
        spare -= scan.histogram[static_cast<std::size_t>(bin)];
        if (spare < 0) return static_cast<float>(std::min(largest, outer(bin)));
        (left ? first : last) += left ? 1 : -1;
    }
    return static_cast<float>(largest);
}

bool allFinite(std::span<const float> values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

void appendFloat(QByteArray& out, float value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end - digits);
}

}  // namespace

TableRowSource::TableRowSource(Session& session, QObject* parent) : QObject(parent), m_session(session) {
    connect(&session.tables(), &TableAnalysis::rowsReady, this, &TableRowSource::store);
    connect(&session, &Session::jobFailed, this, [this](JobKind kind) {
        if (kind != JobKind::TableRows || !m_asked) return;
        m_asked.reset();
        m_failed = true;
    });
    // The request was dropped in favour of newer ones: what is visible may still be missing.
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::TableRows || !m_asked) return;
        m_asked.reset();
        m_tokens.clear();
        askForVisible();
    });
}

quint64 TableRowSource::newToken() {
    static quint64 token = 0;
    return ++token;
}

void TableRowSource::setTable(int table, const TableSpec& spec) {
    m_table = table;
    m_spec = table >= 0 ? spec : TableSpec();
    m_hex = table >= 0 && m_session.dataset() && m_session.dataset()->hasDictionary;
    m_order.reset();
    m_statistics.reset();
    m_cosines.reset();
    m_cosinesCome = false;
    m_traffic.reset();
    forgetRows();
    m_scale = 0;
}

void TableRowSource::forgetRows() {
    m_blocks.clear();
    m_uses.clear();
    m_count = 0;
    m_asked.reset();
    m_failed = false;
    m_tokens.clear();
}

void TableRowSource::setOrder(GridOrderPtr order) {
    // The whole order of the same query begins with the rows that were shown while it was sorted: they stay.
    const bool goesOn = m_order && order && order->ids.size() >= m_order->ids.size() &&
                        std::equal(m_order->ids.begin(), m_order->ids.end(), order->ids.begin());
    const qint64 before = rowCount();
    m_order = std::move(order);
    if (!goesOn) return forgetRows();
    if (before % kBlockRows == 0) return;
    if (const auto last = m_blocks.find(before / kBlockRows); last != m_blocks.end()) {  // it was cut off
        m_uses.erase(last->second.use);
        m_blocks.erase(last);
    }
}

qint64 TableRowSource::positionOf(qint64 id) const {
    if (!m_order) return id >= 0 && id < m_spec.rows ? id : -1;
    const auto found = std::find(m_order->ids.begin(), m_order->ids.end(), static_cast<std::uint32_t>(id));
    return id < 0 || found == m_order->ids.end() ? -1 : found - m_order->ids.begin();
}

void TableRowSource::setKnown(TableStatisticsPtr statistics, FloatsPtr cosines, TrafficPtr traffic, bool cosinesCome) {
    m_statistics = std::move(statistics);
    m_cosines = std::move(cosines);
    m_cosinesCome = m_statistics && cosinesCome;
    m_traffic = std::move(traffic);
    findScale();
}

TableRowSource::ScaleMode TableRowSource::scaleMode() const {
    if (m_scaleMode) return *m_scaleMode;
    const bool mostlyUntrained =
        m_statistics && m_statistics->untrained.known() && m_statistics->untrained.share() > kMostlyUntrained;
    return mostlyUntrained && m_statistics->trainedRows > 0 ? ScaleMode::Trained : ScaleMode::Table;
}

void TableRowSource::setScaleMode(ScaleMode mode) {
    m_scaleMode = mode;
    if (mode == ScaleMode::View) m_scale = 0;  // that of the rows in view, whatever it was before
    findScale();
}

std::vector<TableRowSource::LeadColumn> TableRowSource::leading() const {
    std::vector<LeadColumn> columns;
    if (m_hex) columns.push_back({Lead::Hex, QT_TR_NOOP("value")});
    columns.push_back({Lead::Norm, QT_TR_NOOP("norm"), RowKey::Norm});
    if (m_cosines || m_cosinesCome) columns.push_back({Lead::Cosine, QT_TR_NOOP("cos. mean"), RowKey::CosineToMean});
    if (m_statistics) columns.push_back({Lead::Trained, QT_TR_NOOP("trained"), RowKey::Trained});
    if (m_traffic) columns.push_back({Lead::Hits, QT_TR_NOOP("hits"), RowKey::Hits});
    return columns;
}

std::optional<RowKey> TableRowSource::keyOf(int column) const {
    const auto columns = leading();
    if (column < 0 || column >= static_cast<int>(columns.size())) return {};
    return columns[static_cast<std::size_t>(column)].key;
}

QStringList TableRowSource::columns() const {
    QStringList names;
    for (const LeadColumn& column : leading()) {
        names << tr(column.title);
        if (m_order && column.key == m_order->query.sortBy)
            names.last() += m_order->query.descending ? QStringLiteral(" ▾") : QStringLiteral(" ▴");
    }
    if (!m_numbers) return names << tr("values 0 … %1").arg(m_spec.dim - 1);
    for (std::int64_t i = 0; i < std::min(m_spec.dim, kMaximumNumberColumns); ++i) names << QString::number(i);
    return names;
}

QString TableRowSource::columnTip(int column) const {
    const auto leads = leading();
    if (column == stripColumn())
        return tr("The row's values in colours, from dimension 0 on; the scale stands above the grid.");
    if (column >= static_cast<int>(leads.size()))
        return tr("Dimension %1 of the row").arg(column - static_cast<int>(leads.size()));
    const auto term = [](const char* id) { return termText(*findTerm(QLatin1String(id))); };
    switch (leads[static_cast<std::size_t>(column)].lead) {
        case Lead::Hex:
            return tr("The raw value that the dictionary maps to this row");
        case Lead::Norm:
            return term("norm");
        case Lead::Cosine:
            return term("cos-mean");
        case Lead::Trained:
            return tr("“no”: the row holds, bit for bit, what the initializer gave it.");
        case Lead::Hits:
            return QStringLiteral("<p>%1</p>")
                .arg(tr("How often the dataset looks up this row: %1").arg(countedRows(*m_traffic)).toHtmlEscaped());
    }
    return {};
}

QString TableRowSource::labelTip() const { return termText(*findTerm(QStringLiteral("row-id"))); }

QString TableRowSource::widestText(int column) const {
    const auto leads = leading();
    if (column == stripColumn()) return {};
    if (column >= static_cast<int>(leads.size())) return formatNumber(-1e-9, kValueDigits);
    switch (leads[static_cast<std::size_t>(column)].lead) {
        case Lead::Hex:
            return QStringLiteral("00000000");
        case Lead::Norm:
            return formatNumber(1e-9, kNormDigits);
        case Lead::Cosine:
            return formatFixed(-1, kCosineDecimals);
        case Lead::Trained:
            return m_statistics->scan.nan + m_statistics->scan.inf > 0 ? tr("not finite") : tr("unknown");
        case Lead::Hits:
            return formatCount(m_traffic->rows);
    }
    return {};
}

std::optional<TableRowSource::Row> TableRowSource::row(qint64 position) const {
    const auto found = m_blocks.find(position / kBlockRows);
    if (position < 0 || found == m_blocks.end()) return {};
    const TableRows& rows = *found->second.rows;
    const std::size_t at = found->second.offset + static_cast<std::size_t>(position % kBlockRows);
    const auto dim = static_cast<std::size_t>(rows.dim);
    if (at >= rows.ids.size()) return {};
    return Row{std::span(rows.values).subspan(at * dim, dim), rows.norms[at], rows.minima[at], rows.maxima[at]};
}

QString TableRowSource::text(Lead column, qint64 position, qint64 id) const {
    const auto at = static_cast<std::size_t>(id);
    switch (column) {
        case Lead::Hex: {
            const QString hex = m_session.hexOf(m_table, id);
            return hex.isEmpty() ? QStringLiteral("–") : hex;
        }
        case Lead::Norm: {
            const auto loadedRow = row(position);
            return loadedRow ? formatNumber(loadedRow->norm, kNormDigits) : QString();
        }
        case Lead::Cosine: {
            if (!m_cosines) return {};
            const auto cosine = static_cast<double>((*m_cosines)[at]);
            return std::isfinite(cosine) ? formatFixed(cosine, kCosineDecimals) : QStringLiteral("–");
        }
        case Lead::Trained:
            if (!std::isfinite(m_statistics->scan.norms[at])) {  // or too long for a float
                const auto loadedRow = row(position);
                if (!loadedRow) return {};
                if (!allFinite(loadedRow->values)) return tr("not finite");
            }
            return !m_statistics->untrained.known()       ? tr("unknown")
                   : m_statistics->untrained.contains(id) ? tr("no")
                                                          : tr("yes");
        case Lead::Hits:
            return formatCount(m_traffic->tables[static_cast<std::size_t>(m_table)].hits[at]);
    }
    return {};
}

QVariant TableRowSource::data(qint64 position, int column, int role) const {
    if (m_table < 0 || position < 0 || position >= rowCount()) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((column == stripColumn() ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != VectorRole && role != Qt::ForegroundRole) return {};
    const auto leads = leading();
    const auto first = static_cast<int>(leads.size());
    const qint64 id = idAt(position);
    if (column < first) {
        const Lead lead = leads[static_cast<std::size_t>(column)].lead;
        if (role == Qt::DisplayRole) {
            const QString words = text(lead, position, id);
            return words.isEmpty() ? QVariant() : QVariant(words);
        }
        if (role != Qt::ForegroundRole) return {};
        const auto loadedRow = row(position);
        const bool broken = loadedRow && !std::isfinite(loadedRow->norm);
        if (broken && (lead == Lead::Norm || (lead == Lead::Trained && !allFinite(loadedRow->values))))
            return QBrush(Theme::instance().colors().fail);
        if (lead == Lead::Trained && m_statistics->untrained.contains(id))
            return QBrush(Theme::instance().colors().muted);
        return {};
    }
    const auto loadedRow = row(position);
    if (!loadedRow) return {};
    if (column == stripColumn()) {
        if (role != VectorRole) return {};
        return QVariant::fromValue(
            RowVector{loadedRow->values.data(), static_cast<int>(loadedRow->values.size()), m_scale});
    }
    const auto value = static_cast<double>(loadedRow->values[static_cast<std::size_t>(column - first)]);
    if (role == Qt::DisplayRole) return formatNumber(value, kValueDigits);
    if (role == Qt::ForegroundRole && !std::isfinite(value)) return QBrush(Theme::instance().colors().fail);
    return {};
}

QString TableRowSource::rowLabel(qint64 position) const { return formatCount(idAt(position)); }

// The largest id of the table, whichever rows are shown and in whatever order.
QString TableRowSource::widestLabel() const { return m_spec.rows > 0 ? formatCount(m_spec.rows - 1) : QString(); }

void TableRowSource::rowsVisible(qint64 first, int count) {
    m_first = first;
    m_count = count;
    m_failed = false;
    askForVisible();
    findScale();
}

void TableRowSource::retry() {
    m_failed = false;
    askForVisible();
}

qint64 TableRowSource::blockRows(qint64 block) const {
    return std::min<qint64>(kBlockRows, rowCount() - block * kBlockRows);
}

void TableRowSource::askForVisible() {
    if (m_table < 0 || m_count <= 0 || m_failed) return;
    const qint64 from = m_first / kBlockRows, to = (m_first + m_count - 1) / kBlockRows;
    std::vector<std::int64_t> ids;
    std::vector<qint64> blocks;
    for (qint64 block = from; block <= to; ++block) {
        if (m_blocks.contains(block)) {
            touch(block);
            continue;
        }
        blocks.push_back(block);
        for (qint64 i = 0; i < blockRows(block); ++i) ids.push_back(idAt(block * kBlockRows + i));
    }
    if (ids.empty() || m_asked == std::pair(from, to)) return;
    m_asked = {from, to};
    const quint64 token = newToken();
    m_tokens.emplace(token, std::move(blocks));
    m_session.tables().requestRows(m_table, std::move(ids), token);
}

void TableRowSource::touch(qint64 block) { m_uses.splice(m_uses.begin(), m_uses, m_blocks.at(block).use); }

void TableRowSource::store(const TableRowsPtr& rows, quint64 token) {
    const auto asked = m_tokens.find(token);
    if (asked == m_tokens.end()) return;
    if (token == m_tokens.rbegin()->first) m_asked.reset();
    std::size_t offset = 0;
    for (const qint64 block : asked->second) {
        const std::size_t begin = offset;
        offset += static_cast<std::size_t>(blockRows(block));
        if (m_blocks.contains(block)) continue;
        m_uses.push_front(block);
        m_blocks[block] = {rows, begin, m_uses.begin()};
    }
    m_tokens.erase(asked);
    findScale();
    dropOldBlocks();
    Q_EMIT loaded();
    askForVisible();
}

void TableRowSource::findScale() {
    const float before = m_scale;
    const ScaleMode mode = scaleMode();
    if (mode == ScaleMode::Held && m_scale > 0) return;
    if ((mode == ScaleMode::Table || mode == ScaleMode::Trained) && m_statistics) {
        if (const float own = tableScale(*m_statistics, mode == ScaleMode::Trained); own > 0) m_scale = own;
        if (m_scale != before) Q_EMIT scaleChanged();
        return;
    }
    if (m_count <= 0) return;
    float largest = 0;
    for (qint64 block = m_first / kBlockRows; block <= (m_first + m_count - 1) / kBlockRows; ++block) {
        const auto found = m_blocks.find(block);
        if (found == m_blocks.end()) return;
        const TableRows& rows = *found->second.rows;
        const std::size_t end =
            std::min(found->second.offset + static_cast<std::size_t>(blockRows(block)), rows.ids.size());
        for (std::size_t i = found->second.offset; i < end; ++i)
            for (const float v : {rows.minima[i], rows.maxima[i]})
                if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
    }
    if (largest == 0) m_scale = m_scale > 0 ? m_scale : 1;
    else if (largest > kAboveScale * m_scale || largest < kBelowScale * m_scale) m_scale = largest;
    if (m_scale != before) Q_EMIT scaleChanged();
}

void TableRowSource::dropOldBlocks() {
    const std::int64_t blockBytes =
        std::max<std::int64_t>(1, m_spec.dim) * kBlockRows * static_cast<std::int64_t>(sizeof(float));
    const std::size_t most = std::max(kFewestBlocks, static_cast<std::size_t>(kCacheBytes / blockBytes));
    while (m_blocks.size() > most) {
        m_blocks.erase(m_uses.back());
        m_uses.pop_back();
    }
}

QString TableRowSource::copyHeader() const {
    QStringList names{tr("id")};
    if (m_hex) names << tr("value");
    names << tr("norm");
    for (std::int64_t i = 0; i < m_spec.dim; ++i) names << QString::number(i);
    return names.join(QLatin1Char('\t')) + QLatin1Char('\n');
}

QString TableRowSource::copyLines(const TableRows& rows, std::size_t first, std::size_t count) const {
    QByteArray text;
    const auto dim = static_cast<std::size_t>(rows.dim);
    for (std::size_t i = first; i < std::min(first + count, rows.ids.size()); ++i) {
        text += QByteArray::number(static_cast<qlonglong>(value(rows.ids[i])));
        if (m_hex) text += '\t' + m_session.hexOf(m_table, value(rows.ids[i])).toLatin1();
        text += '\t' + QByteArray::number(rows.norms[i], 'g', 10);
        for (const float v : std::span(rows.values).subspan(i * dim, dim)) {
            text += '\t';
            appendFloat(text, v);
        }
        text += '\n';
    }
    return QString::fromLatin1(text);
}

}  // namespace dlrm::ui
