// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/rows.h"

#include <algorithm>
#include <cmath>

#include "ui/models/copied_lines.h"
#include "ui/session/window_error.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr qint64 kBlockRows = 256;
constexpr std::size_t kMaxBlocks = 16;  // about 4,000 rows, 10 MiB
constexpr int kLabelColumn = 0, kProbabilityColumn = 1, kFirstField = 2;

// An infinite logit has a probability of 0 or 1 that nobody predicted.
double shownProbability(float logit, double probability) {
    return std::isfinite(logit) ? probability : static_cast<double>(logit);
}

}  // namespace

QString fedAs(const DatasetInfo& data) {
    const NumericalReading reading = data.reading.numerical;
    const auto loggedBy = [&](const char* profile) {
        return reading == NumericalReading::AlreadyLogged && data.profile.startsWith(QLatin1String(profile));
    };
    if (reading == NumericalReading::Raw) return SampleRows::tr("fed as it is");
    if (reading == NumericalReading::LnPlus3 || loggedBy("nvidia_spark")) return QStringLiteral("ln(x + 3)");
    if (reading == NumericalReading::LnPlus2) return QStringLiteral("ln(x + 2)");
    if (reading == NumericalReading::LnPlus1 || loggedBy("facebookresearch")) return QStringLiteral("ln(x + 1)");
    return {};
}

SampleRows::SampleRows(Session& session, QObject* parent) : QObject(parent), m_session(session) {
    connect(&session.samples(), &SampleDesk::rowsReady, this, &SampleRows::store);
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind != JobKind::SampleRows) return;
        m_failed = m_pending;
        m_failure = std::make_shared<const Error>(error);
        m_pending.reset();
    });
}

void SampleRows::reload() {
    m_blocks.clear();
    m_seen.clear();
    m_edited.clear();
    m_pending.reset();
    m_visible.reset();
    m_failed.reset();
    ++m_token;
    for (Pasted& p : m_pastedResults) p = {};
    for (const EditableRow& row : m_pasted) widenRanges(row);
    Q_EMIT rowsReset();
}

void SampleRows::addPasted(const std::vector<EditableRow>& rows) {
    m_pasted.insert(m_pasted.end(), rows.begin(), rows.end());
    m_pastedResults.resize(m_pasted.size());
    for (const EditableRow& row : rows) widenRanges(row);
    Q_EMIT rowsReset();
}

void SampleRows::clearPasted() {
    m_pasted.clear();
    m_pastedResults.clear();
    std::erase_if(m_edited, [](const auto& entry) { return entry.first < 0; });
    Q_EMIT rowsReset();
}

void SampleRows::setPastedResult(SampleKey key, float logit, double probability) {
    const auto index = static_cast<std::size_t>(-1 - key);
    if (key >= 0 || index >= m_pastedResults.size()) return;
    m_pastedResults[index] = {logit, shownProbability(logit, probability)};
    Q_EMIT loaded();
}

std::optional<SampleRows::Unpredicted> SampleRows::nextUnpredicted() const {
    for (const auto& [key, edited] : m_edited)
        if (edited.due) return Unpredicted{key, true};
    for (std::size_t i = 0; i < m_pastedResults.size(); ++i)
        if (!m_pastedResults[i].logit) return Unpredicted{-1 - static_cast<SampleKey>(i), false};
    return std::nullopt;
}

std::int64_t SampleRows::unpredicted() const {
    return std::count_if(m_edited.begin(), m_edited.end(), [](const auto& entry) { return entry.second.due; }) +
           std::count_if(m_pastedResults.begin(), m_pastedResults.end(),
                         [](const auto& result) { return !result.logit; });
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
    const Read* found = read(key);
    if (!found || found->unreadable) return std::nullopt;
    return found->row;
}

std::shared_ptr<const Error> SampleRows::unreadable(SampleKey key) const {
    const Read* found = key < 0 ? nullptr : read(key);
    return found ? found->unreadable : failedToLoad(key) ? m_failure : nullptr;
}

bool SampleRows::failedToLoad(SampleKey key) const {
    const qint64 block = key / kBlockRows;
    return key >= 0 && m_failed && m_failed->first <= block && block <= m_failed->second && !read(key);
}

void SampleRows::setEdited(SampleKey key, const EditableRow& row) {
    Edited& edited = m_edited[key];
    edited.row = row;
    edited.due = true;
    Q_EMIT loaded();
}

void SampleRows::setUnedited(SampleKey key) {
    m_edited.erase(key);
    Q_EMIT loaded();
}

void SampleRows::setEditedResult(SampleKey key, float logit, double probability) {
    const auto found = m_edited.find(key);
    if (found == m_edited.end()) return;
    found->second.probability = shownProbability(logit, probability);
    found->second.due = false;
    Q_EMIT loaded();
}

NumericalRange SampleRows::range(int numerical) const {
    const auto index = static_cast<std::size_t>(numerical);
    if (index >= m_seen.size()) return {};
    return m_seen[index].withoutRaw ? m_seen[index].fed : m_seen[index].raw;
}

qint64 SampleRows::rowCount() const {
    const DatasetInfoPtr dataset = m_session.dataset();
    return static_cast<qint64>(m_pasted.size()) + (dataset ? dataset->rows : 0);
}

QStringList SampleRows::columns() const {
    QStringList names{tr("label"), QStringLiteral("p")};
    if (const DatasetInfoPtr dataset = m_session.dataset()) {
        for (const std::string& name : dataset->schema.numericalNames) names << QString::fromUtf8(name);
        for (const std::string& name : dataset->schema.categoricalNames) names << QString::fromUtf8(name);
    }
    return names;
}

// Whether a field is a category, or a number whose raw one is known.
bool SampleRows::rawKnown(const EditableRow& row, int field) {
    const auto index = static_cast<std::size_t>(field);
    return index >= row.input.numerical.size() || row.input.numerical[index] == 0.0F ||
           !(row.raw.numerical[index].empty() || fedNumber(row.raw.numerical[index]));
}

QString SampleRows::fieldText(const EditableRow& row, int field) const {
    const auto index = static_cast<std::size_t>(field);
    const std::size_t numericals = row.input.numerical.size();
    if (index < numericals) {
        const float value = row.input.numerical[index];
        const DatasetInfoPtr data = m_session.dataset();
        const QString as = data ? fedAs(*data) : QString();
        if (!row.raw.numerical[index].empty() || (value == 0.0F && !as.isEmpty()))
            return QString::fromUtf8(row.raw.numerical[index]);
        return as.startsWith(QLatin1String("ln"))
                   ? QStringLiteral("ln %1").arg(formatNumber(static_cast<double>(value), 3))
                   : QString::number(static_cast<double>(value), 'g', 9);
    }
    const std::size_t table = index - numericals;
    if (table >= row.input.ids.size()) return {};
    const bool onlyId0 = table < row.onlyId0.size() && row.onlyId0[table];
    if (!row.raw.categorical[table].empty() || (row.input.ids[table] == 0 && !onlyId0))
        return QString::fromUtf8(row.raw.categorical[table]);
    return QStringLiteral("id:%1").arg(row.input.ids[table]);
}

QVariant SampleRows::data(qint64 row, int column, int role) const {
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((column == kLabelColumn ? Qt::AlignHCenter : Qt::AlignRight) | Qt::AlignVCenter);
    const SampleKey key = keyOf(row);
    const auto index = static_cast<std::size_t>(-1 - key);
    const Read* fromDataset = key >= 0 ? read(key) : nullptr;
    if (key >= 0 ? !fromDataset : index >= m_pasted.size()) return {};
    if (fromDataset && fromDataset->unreadable) {
        if (role == Qt::ForegroundRole) return Theme::instance().colors().fail;
        if (role == Qt::ToolTipRole) return sentences(*fromDataset->unreadable);
        if (role == kCopyRole) return QString();
        if (role != Qt::DisplayRole) return {};
        return column == kLabelColumn ? QStringLiteral("–") : column == kProbabilityColumn ? tr("not read") : QString();
    }
    const EditableRow& asRead = fromDataset ? fromDataset->row : m_pasted[index];
    const auto edited = m_edited.find(key);
    const EditableRow& shown = edited != m_edited.end() ? edited->second.row : asRead;

    if (role == Qt::FontRole && column != kLabelColumn) return Theme::instance().monospace(font_size::body);
    if (column == kLabelColumn && shown.label) {
        if (role == Qt::ForegroundRole)
            return *shown.label ? Theme::instance().colors().clicked : Theme::instance().colors().notClicked;
        if (role == Qt::ToolTipRole) return *shown.label ? tr("clicked") : tr("not clicked");
    }
    if (edited != m_edited.end() && column >= kFirstField && (role == Qt::ForegroundRole || role == Qt::ToolTipRole)) {
        const QString before = fieldText(asRead, column - kFirstField);
        if (fieldText(shown, column - kFirstField) == before) return {};
        if (role == Qt::ForegroundRole) return Theme::instance().colors().accent;
        return before.isEmpty() ? tr("edited; missing as read") : tr("edited; %1 as read").arg(before);
    }
    if (role == Qt::ToolTipRole && column >= kFirstField && !rawKnown(shown, column - kFirstField))
        return tr("what the model is fed; the raw value is not known");
    // An edited row never has the unedited one's.
    const std::optional<double> probability = edited != m_edited.end() ? edited->second.probability
                                              : fromDataset            ? fromDataset->probability
                                              : m_pastedResults[index].logit
                                                  ? std::optional(m_pastedResults[index].probability)
                                                  : std::nullopt;
    if (role == kCopyRole) return copied(shown, column, probability);
    if (role != Qt::DisplayRole) return {};
    if (column == kLabelColumn) {
        const QString mark = edited != m_edited.end() ? QStringLiteral(" ✎") : QString();
        return (shown.label ? QString::number(*shown.label) : QStringLiteral("–")) + mark;
    }
    if (column == kProbabilityColumn) return probability ? formatFixed(*probability, 4) : QStringLiteral("…");
    QString text = fieldText(shown, column - kFirstField);
    bool whole = false;
    const qint64 number = text.toLongLong(&whole);
    if (whole && static_cast<std::size_t>(column - kFirstField) < shown.input.numerical.size())
        text = formatCount(number);
    if (text.startsWith(QLatin1Char('-'))) text.replace(0, 1, QStringLiteral("−"));  // as of all other figures
    return text;
}

// Nothing where nothing is known; what is fed for a number as a pasted line has it.
QVariant SampleRows::copied(const EditableRow& row, int column, std::optional<double> probability) const {
    if (column == kLabelColumn) return row.label ? QString::number(*row.label) : QString();
    if (column == kProbabilityColumn) return probability ? QVariant(*probability) : QVariant(QString());
    const QString text = fieldText(row, column - kFirstField);
    if (!text.startsWith(QLatin1String("ln "))) return text;
    return QString::fromStdString(fedToken(row.input.numerical[static_cast<std::size_t>(column - kFirstField)]));
}

QString SampleRows::rowLabel(qint64 row) const {
    const SampleKey key = keyOf(row);
    return key < 0 ? QStringLiteral("+%1").arg(-key) : formatCount(key);
}

// Of a short file more lines may be pasted than it has.
QString SampleRows::widestLabel() const {
    const QString last = RowSource::widestLabel(),
                  pasted = m_pasted.empty() ? QString() : rowLabel(static_cast<qint64>(m_pasted.size()) - 1);
    return pasted.size() >= last.size() ? pasted : last;
}

void SampleRows::rowsVisible(qint64 first, int count) {
    const DatasetInfoPtr dataset = m_session.dataset();
    if (!dataset || !m_session.model() || count <= 0) return;
    const auto pastedRows = static_cast<qint64>(m_pasted.size());
    const qint64 from = std::max<qint64>(0, first - pastedRows);
    const qint64 to = std::min(dataset->rows, first + count - pastedRows) - 1;
    if (to < from) return;
    m_visible = {from / kBlockRows, to / kBlockRows};
    fetch();
}

void SampleRows::fetch() {
    const DatasetInfoPtr dataset = m_session.dataset();
    if (!m_visible || !dataset) return;
    const auto covers = [](const std::optional<BlockRange>& range, qint64 first, qint64 last) {
        return range && range->first <= first && last <= range->second;
    };
    std::optional<BlockRange> missing;
    for (qint64 block = m_visible->first; block <= m_visible->second; ++block)
        if (!m_blocks.contains(block)) missing = BlockRange{missing ? missing->first : block, block};
    if (!missing || covers(m_pending, missing->first, missing->second) ||
        covers(m_failed, missing->first, missing->second))
        return;
    const qint64 firstRow = missing->first * kBlockRows;
    const qint64 count = std::min(dataset->rows, (missing->second + 1) * kBlockRows) - firstRow;
    m_pending = missing;
    m_session.samples().requestRows(firstRow, static_cast<int>(count), ++m_token);
}

void SampleRows::retry() {
    m_failed.reset();
    fetch();
}

void SampleRows::store(const PredictionPtr& rows, quint64 token) {
    if (token != m_token || !m_pending || !rows) return;
    for (const PredictedRow& row : rows->rows) {
        Block& block = m_blocks[row.row / kBlockRows];
        if (row.row % kBlockRows == 0) block.clear();
        if (row.unreadable) {
            block.push_back({{}, 0, row.unreadable});
            continue;
        }
        block.push_back({m_session.samples().editable(row), shownProbability(row.logit, row.probability), nullptr});
        widenRanges(block.back().row);
    }
    m_pending.reset();
    m_failed.reset();
    // Blocks farthest from the screen go first.
    while (m_visible && m_blocks.size() > kMaxBlocks) {
        const auto firstBlock = m_blocks.begin();
        const auto lastBlock = std::prev(m_blocks.end());
        const bool dropFirst = m_visible->first - firstBlock->first > lastBlock->first - m_visible->second;
        m_blocks.erase(dropFirst ? firstBlock : lastBlock);
    }
    Q_EMIT loaded();
}

const SampleRows::Read* SampleRows::read(qint64 datasetRow) const {
    const auto found = m_blocks.find(datasetRow / kBlockRows);
    if (found == m_blocks.end()) return nullptr;
    const auto index = static_cast<std::size_t>(datasetRow % kBlockRows);
    return index < found->second.size() ? &found->second[index] : nullptr;
}

void SampleRows::widenRanges(const EditableRow& row) {
    const auto widen = [](NumericalRange& range, double value) {
        range.low = range.known ? std::min(range.low, value) : value;
        range.high = range.known ? std::max(range.high, value) : value;
        range.known = true;
    };
    if (m_seen.size() < row.input.numerical.size()) m_seen.resize(row.input.numerical.size());
    for (std::size_t i = 0; i < row.input.numerical.size(); ++i) {
        const float value = row.input.numerical[i];
        const QString token = QString::fromUtf8(row.raw.numerical[i]);
        if (std::isfinite(value)) widen(m_seen[i].fed, static_cast<double>(value));
        m_seen[i].withoutRaw = m_seen[i].withoutRaw || (token.isEmpty() && value != 0.0F);
        bool ok = false;
        if (const int raw = token.toInt(&ok); ok) widen(m_seen[i].raw, raw);
    }
}

}  // namespace dlrm::ui
