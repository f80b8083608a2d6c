// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/table_row_source.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr std::int64_t kCacheBytes = 16 << 20;
constexpr std::size_t kFewestBlocks = 4;      // what one screen may touch, whatever a row's size
constexpr std::int64_t kMaximumNumberColumns = 1024;
constexpr float kAboveScale = 1.25F, kBelowScale = 0.25F;  // the scale stays while the largest value in view is within these shares of it
constexpr int kNormDecimals = 5, kValueDecimals = 6;

void appendFloat(QByteArray& out, float value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end - digits);
}

}  // namespace

TableRowSource::TableRowSource(Session& session, QObject* parent) : QObject(parent), m_session(session) {
    connect(&session, &Session::tableRowsReady, this, &TableRowSource::store);
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
    m_blocks.clear();
    m_uses.clear();
    m_scale = 0;
    m_count = 0;
    m_asked.reset();
    m_failed = false;
    m_tokens.clear();
}

QStringList TableRowSource::columns() const {
    QStringList names;
    if (m_hex) names << tr("value");
    names << tr("norm");
    if (!m_numbers) return names << tr("values 0 … %1").arg(m_spec.dim - 1);
    for (std::int64_t i = 0; i < std::min(m_spec.dim, kMaximumNumberColumns); ++i) names << QString::number(i);
    return names;
}

std::optional<TableRowSource::Row> TableRowSource::row(qint64 id) const {
    const auto found = m_blocks.find(id / kBlockRows);
    if (id < 0 || found == m_blocks.end()) return {};
    const TableRows& rows = *found->second.rows;
    const std::size_t at = found->second.offset + static_cast<std::size_t>(id % kBlockRows);
    const auto dim = static_cast<std::size_t>(rows.dim);
    if (at >= rows.ids.size()) return {};
    return Row{std::span(rows.values).subspan(at * dim, dim), rows.norms[at], rows.minima[at], rows.maxima[at]};
}

QString TableRowSource::hexOf(qint64 row) const {
    const QString hex = m_session.hexOf(m_table, row);
    return hex.isEmpty() ? QStringLiteral("–") : hex;
}

QVariant TableRowSource::data(qint64 id, int column, int role) const {
    const int normColumn = m_hex ? 1 : 0;
    if (role == Qt::TextAlignmentRole) return QVariant((column == stripColumn() ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != VectorRole && role != Qt::ForegroundRole) return {};
    if (column < normColumn) return role == Qt::DisplayRole ? hexOf(id) : QVariant();
    const auto loadedRow = row(id);
    if (!loadedRow) return {};
    if (column == stripColumn()) {
        if (role != VectorRole) return {};
        return QVariant::fromValue(RowVector{loadedRow->values.data(), static_cast<int>(loadedRow->values.size()), m_scale});
    }
    const double value = column == normColumn ? loadedRow->norm : static_cast<double>(loadedRow->values[static_cast<std::size_t>(column - normColumn - 1)]);
    if (role == Qt::DisplayRole) return QString::number(value, 'f', column == normColumn ? kNormDecimals : kValueDecimals);
    if (role == Qt::ForegroundRole && !std::isfinite(value)) return QBrush(Theme::instance().colors().fail);
    return {};
}

QString TableRowSource::rowLabel(qint64 row) const { return formatCount(row); }

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

void TableRowSource::askForVisible() {
    if (m_table < 0 || m_count <= 0 || m_failed) return;
    const qint64 from = m_first / kBlockRows, to = (m_first + m_count - 1) / kBlockRows;
    std::vector<std::int64_t> ids;
    const auto ask = [&](qint64 block) {
        for (qint64 id = block * kBlockRows; id < std::min<qint64>((block + 1) * kBlockRows, m_spec.rows); ++id) ids.push_back(id);
    };
    for (qint64 block = from; block <= to; ++block) {
        if (m_blocks.contains(block))
            touch(block);
        else
            ask(block);
    }
    if (ids.empty() || m_asked == std::pair(from, to)) return;
    m_asked = {from, to};
    const quint64 token = newToken();
    m_tokens.insert(token);
    m_session.requestTableRows(m_table, std::move(ids), token);
}

void TableRowSource::touch(qint64 block) { m_uses.splice(m_uses.begin(), m_uses, m_blocks.at(block).use); }

void TableRowSource::store(const TableRowsPtr& rows, quint64 token) {
    if (!m_tokens.contains(token)) return;
    if (token == *m_tokens.rbegin()) m_asked.reset();
    m_tokens.erase(token);
    for (std::size_t i = 0; i < rows->ids.size(); ++i) {
        const qint64 id = value(rows->ids[i]);
        if (id % kBlockRows != 0 || m_blocks.contains(id / kBlockRows)) continue;
        m_uses.push_front(id / kBlockRows);
        m_blocks[id / kBlockRows] = {rows, i, m_uses.begin()};
    }
    findScale();
    dropOldBlocks();
    Q_EMIT loaded();
    askForVisible();
}

void TableRowSource::findScale() {
    if (m_count <= 0) return;
    float largest = 0;
    for (qint64 block = m_first / kBlockRows; block <= (m_first + m_count - 1) / kBlockRows; ++block) {
        const auto found = m_blocks.find(block);
        if (found == m_blocks.end()) return;
        const TableRows& rows = *found->second.rows;
        const std::size_t end = std::min(found->second.offset + kBlockRows, rows.ids.size());
        for (std::size_t i = found->second.offset; i < end; ++i)
            for (const float v : {rows.minima[i], rows.maxima[i]})
                if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
    }
    const float before = m_scale;
    if (largest == 0) m_scale = m_scale > 0 ? m_scale : 1;
    else if (largest > kAboveScale * m_scale || largest < kBelowScale * m_scale) m_scale = largest;
    if (m_scale != before) Q_EMIT scaleChanged();
}

void TableRowSource::dropOldBlocks() {
    const std::int64_t blockBytes = std::max<std::int64_t>(1, m_spec.dim) * kBlockRows * static_cast<std::int64_t>(sizeof(float));
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
