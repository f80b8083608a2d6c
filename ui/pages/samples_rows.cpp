// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples_rows.h"

#include <algorithm>
#include <cmath>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr qint64 kBlockRows = 256;
constexpr std::size_t kMaxBlocks = 64;  // about 16 k rows, 10 MiB
constexpr int kLabelColumn = 0, kProbabilityColumn = 1, kFirstField = 2;

QString fromUtf8(const std::string& text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

}  // namespace

SampleRows::SampleRows(Session& session, QObject* parent) : QObject(parent), m_session(session) {
    connect(&session, &Session::sampleRowsReady, this, &SampleRows::store);
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error&) {
        if (kind != JobKind::SampleRows) return;
        m_pending.reset();
        m_failed = true;
    });
}

void SampleRows::reload() {
    m_blocks.clear();
    m_ranges.clear();
    m_edited.clear();
    m_pending.reset();
    m_failed = false;
    ++m_token;
    for (Pasted& p : m_pastedResults) p = {};
    for (const EditableRow& row : m_pasted) widenRanges(row.raw);
    Q_EMIT rowsReset();
}

void SampleRows::addPasted(const std::vector<EditableRow>& rows) {
    m_pasted.insert(m_pasted.end(), rows.begin(), rows.end());
    m_pastedResults.resize(m_pasted.size());
    for (const EditableRow& row : rows) widenRanges(row.raw);
    Q_EMIT rowsReset();
}

void SampleRows::clearPasted() {
    m_pasted.clear();
    m_pastedResults.clear();
    std::erase_if(m_edited, [](SampleKey key) { return key < 0; });
    Q_EMIT rowsReset();
}

void SampleRows::setPastedResult(SampleKey key, float logit, double probability) {
    const auto index = static_cast<std::size_t>(-1 - key);
    if (key >= 0 || index >= m_pastedResults.size()) return;
    m_pastedResults[index] = {logit, probability};
    Q_EMIT loaded();
}

std::optional<SampleKey> SampleRows::nextUnpredicted() const {
    for (std::size_t i = 0; i < m_pastedResults.size(); ++i)
        if (!m_pastedResults[i].logit) return -1 - static_cast<SampleKey>(i);
    return std::nullopt;
}

SampleKey SampleRows::keyOf(qint64 row) const {
    const auto pastedRows = static_cast<qint64>(m_pasted.size());
    return row < pastedRows ? -1 - row : row - pastedRows;
}

qint64 SampleRows::rowOf(SampleKey key) const {
    const auto pastedRows = static_cast<qint64>(m_pasted.size());
    if (key < 0) return -1 - key < pastedRows ? -1 - key : -1;
    return key + pastedRows < rowCount() ? key + pastedRows : -1;
}

std::optional<EditableRow> SampleRows::source(SampleKey key) const {
    if (key < 0) {
        const auto index = static_cast<std::size_t>(-1 - key);
        if (index >= m_pasted.size()) return std::nullopt;
        return m_pasted[index];
    }
    const PredictedRow* row = predicted(key);
    if (!row) return std::nullopt;
    return m_session.editable(*row);
}

void SampleRows::setEdited(SampleKey key, bool edited) {
    if (edited) m_edited.insert(key);
    else m_edited.erase(key);
    Q_EMIT loaded();
}

NumericalRange SampleRows::rawRange(int numerical) const {
    const auto index = static_cast<std::size_t>(numerical);
    return index < m_ranges.size() ? m_ranges[index] : NumericalRange{};
}

qint64 SampleRows::rowCount() const {
    const DatasetInfoPtr dataset = m_session.dataset();
    return static_cast<qint64>(m_pasted.size()) + (dataset ? dataset->rows : 0);
}

QStringList SampleRows::columns() const {
    QStringList names{tr("label"), QStringLiteral("p")};
    if (const DatasetInfoPtr dataset = m_session.dataset()) {
        for (const std::string& name : dataset->schema.numericalNames) names << fromUtf8(name);
        for (const std::string& name : dataset->schema.categoricalNames) names << fromUtf8(name);
    }
    return names;
}

QVariant SampleRows::fieldText(const RawRow* raw, const InputRow& input, int field) const {
    const auto index = static_cast<std::size_t>(field);
    const std::size_t numericals = input.numerical.size();
    if (index < numericals) {
        if (raw && index < raw->numerical.size()) return fromUtf8(raw->numerical[index]);
        return formatNumber(static_cast<double>(input.numerical[index]));
    }
    const std::size_t table = index - numericals;
    if (table >= input.ids.size()) return {};
    if (raw && table < raw->categorical.size() && !raw->categorical[table].empty()) return fromUtf8(raw->categorical[table]);
    return formatCount(input.ids[table]);
}

QVariant SampleRows::data(qint64 row, int column, int role) const {
    const SampleKey key = keyOf(row);
    const PredictedRow* read = key >= 0 ? predicted(key) : nullptr;
    const auto index = static_cast<std::size_t>(-1 - key);
    if (key >= 0 && !read) return {};
    if (key < 0 && index >= m_pasted.size()) return {};

    const std::optional<int> label = read ? read->label : m_pasted[index].label;
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((column == kLabelColumn ? Qt::AlignHCenter : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::FontRole && column != kLabelColumn) return Theme::instance().monospace(font_size::body);
    if (role == Qt::ForegroundRole && column == kLabelColumn && label)
        return *label ? Theme::instance().colors().clicked : Theme::instance().colors().notClicked;
    if (role == Qt::ToolTipRole && column == kLabelColumn && label) return *label ? tr("clicked") : tr("not clicked");
    if (role != Qt::DisplayRole) return {};

    if (column == kLabelColumn) {
        const QString mark = m_edited.contains(key) ? QStringLiteral(" ✎") : QString();
        return (label ? QString::number(*label) : QStringLiteral("–")) + mark;
    }
    if (column == kProbabilityColumn) {
        if (read) return QString::number(read->probability, 'f', 4);
        const Pasted& result = m_pastedResults[index];
        return result.logit ? QString::number(result.probability, 'f', 4) : QStringLiteral("…");
    }
    if (read) return fieldText(read->raw ? &*read->raw : nullptr, read->input, column - kFirstField);
    return fieldText(&m_pasted[index].raw, m_pasted[index].input, column - kFirstField);
}

QString SampleRows::rowLabel(qint64 row) const {
    const SampleKey key = keyOf(row);
    return key < 0 ? tr("pasted %1").arg(-key) : formatCount(key);
}

void SampleRows::rowsVisible(qint64 first, int count) {
    const DatasetInfoPtr dataset = m_session.dataset();
    if (!dataset || !m_session.model() || count <= 0) return;
    const auto pastedRows = static_cast<qint64>(m_pasted.size());
    const qint64 from = std::max<qint64>(0, first - pastedRows);
    const qint64 to = std::min(dataset->rows, first + count - pastedRows) - 1;
    if (to < from) return;
    m_visible = {from / kBlockRows, to / kBlockRows};
    if (m_failed) return;
    qint64 missingFirst = -1, missingLast = -1;
    for (qint64 block = m_visible.first; block <= m_visible.second; ++block) {
        if (m_blocks.contains(block)) continue;
        if (missingFirst < 0) missingFirst = block;
        missingLast = block;
    }
    if (missingFirst < 0) return;
    if (m_pending && m_pending->first <= missingFirst && missingLast <= m_pending->second) return;
    request(missingFirst, missingLast);
}

void SampleRows::request(qint64 first, qint64 last) {
    const qint64 rows = m_session.dataset()->rows;
    const qint64 firstRow = first * kBlockRows;
    const qint64 count = std::min(rows, (last + 1) * kBlockRows) - firstRow;
    m_pending = {first, last};
    m_session.requestSampleRows(firstRow, static_cast<int>(count), ++m_token);
}

void SampleRows::retry() {
    m_failed = false;
    Q_EMIT loaded();
}

void SampleRows::store(const PredictionPtr& rows, quint64 token) {
    if (token != m_token || !m_pending || !rows) return;
    for (qint64 block = m_pending->first; block <= m_pending->second; ++block) m_blocks[block] = rows;
    m_pending.reset();
    for (const PredictedRow& row : rows->rows)
        if (row.raw) widenRanges(*row.raw);
    // Blocks farthest from the screen go first.
    while (m_blocks.size() > kMaxBlocks) {
        const auto firstBlock = m_blocks.begin();
        const auto lastBlock = std::prev(m_blocks.end());
        const bool dropFirst = m_visible.first - firstBlock->first > lastBlock->first - m_visible.second;
        m_blocks.erase(dropFirst ? firstBlock : lastBlock);
    }
    Q_EMIT loaded();
}

const PredictedRow* SampleRows::predicted(qint64 datasetRow) const {
    const auto found = m_blocks.find(datasetRow / kBlockRows);
    if (found == m_blocks.end()) return nullptr;
    const Prediction& prediction = *found->second;
    const qint64 index = datasetRow - prediction.range.first;
    if (index < 0 || index >= static_cast<qint64>(prediction.rows.size())) return nullptr;
    return &prediction.rows[static_cast<std::size_t>(index)];
}

void SampleRows::widenRanges(const RawRow& raw) {
    if (m_ranges.size() < raw.numerical.size()) m_ranges.resize(raw.numerical.size());
    for (std::size_t i = 0; i < raw.numerical.size(); ++i) {
        bool ok = false;
        const double value = fromUtf8(raw.numerical[i]).toInt(&ok);
        if (!ok) continue;
        NumericalRange& range = m_ranges[i];
        range.low = range.known ? std::min(range.low, value) : value;
        range.high = range.known ? std::max(range.high, value) : value;
        range.known = true;
    }
}

}  // namespace dlrm::ui
