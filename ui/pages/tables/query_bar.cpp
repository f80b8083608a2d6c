// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/query_bar.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStandardItemModel>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <ranges>
#include <utility>

#include "ui/pages/parts.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/typed_numbers.h"

namespace dlrm::ui {
namespace {

constexpr int kNumberWidth = 84;
constexpr double kUnbounded = std::numeric_limits<double>::infinity();

QString keyName(RowKey key) {
    const QString names[] = {TableQueryBar::tr("id"), TableQueryBar::tr("norm"),
                             TableQueryBar::tr("cosine to the mean"), TableQueryBar::tr("trained"),
                             TableQueryBar::tr("hits")};
    return names[static_cast<std::size_t>(key)];
}

// The filter of a quantity that a row has one value of.
constexpr std::pair<RowKey, std::optional<ValueRange> RowQuery::*> kRanges[] = {
    {RowKey::Norm, &RowQuery::norm}, {RowKey::CosineToMean, &RowQuery::cosine}, {RowKey::Hits, &RowQuery::hits}};

constexpr RowKey kKeys[] = {RowKey::Id, RowKey::Norm, RowKey::CosineToMean, RowKey::Trained, RowKey::Hits};
constexpr RowKey kQuantities[] = {RowKey::Norm, RowKey::CosineToMean, RowKey::Hits, RowKey::Id};

}  // namespace

TableQueryBar::TableQueryBar(QWidget* parent) : QWidget(parent) {
    auto* line = new FlowLayout(this);
    line->setContentsMargins(space::m, 0, space::m, space::s);
    m_key = new QComboBox(this);
    for (const RowKey key : kKeys) m_key->addItem(tr("by %1").arg(keyName(key)), static_cast<int>(key));
    m_key->setAccessibleName(tr("Sort rows by"));
    m_direction = new QPushButton(this);
    m_direction->setCheckable(true);
    m_state = new QComboBox(this);
    m_state->addItems({tr("all rows"), tr("trained rows"), tr("untrained rows")});
    m_state->setAccessibleName(tr("Which rows"));
    m_quantity = new QComboBox(this);
    for (const RowKey key : kQuantities) m_quantity->addItem(keyName(key), static_cast<int>(key));
    m_quantity->setAccessibleName(tr("Quantity to filter by"));
    m_low = new QLineEdit(this);
    m_high = new QLineEdit(this);
    m_low->setPlaceholderText(tr("from"));
    m_high->setPlaceholderText(tr("to"));
    m_low->setAccessibleName(tr("Filter from"));
    m_high->setAccessibleName(tr("Filter to"));
    QPushButton* clear = tippedButton(this, tr("&Clear"), tr("All rows, by id"));
    m_error = problemLabel(this);
    for (QLineEdit* edit : {m_low, m_high}) {
        edit->setFixedWidth(kNumberWidth);
        connect(edit, &QLineEdit::editingFinished, this, &TableQueryBar::read);
        connect(edit, &QLineEdit::returnPressed, this, &TableQueryBar::entered);
    }
    for (QWidget* w :
         std::initializer_list<QWidget*>{m_key, m_direction, m_state, m_quantity, m_low, m_high, clear, m_error})
        line->addWidget(w);
    for (QComboBox* box : {m_key, m_state, m_quantity})
        connect(box, &QComboBox::currentIndexChanged, this, &TableQueryBar::read);
    connect(m_direction, &QPushButton::toggled, this, &TableQueryBar::read);
    connect(clear, &QPushButton::clicked, this, [this] {
        this->clear();
        Q_EMIT cleared();
    });
    show();
}

bool TableQueryBar::isPlain() const { return m_query.sortBy == RowKey::Id && !m_query.descending && !filters(); }

bool TableQueryBar::filters() const {
    return m_query.ids || m_query.trained || m_query.norm || m_query.cosine || m_query.hits;
}

void TableQueryBar::sortBy(RowKey key) {
    RowQuery query = m_query;
    // Large norms and many hits are what one looks for first; ids count up.
    query.descending = key == query.sortBy ? !query.descending : key != RowKey::Id && key != RowKey::Trained;
    query.sortBy = key;
    setQuery(query);
}

void TableQueryBar::setQuery(const RowQuery& query) {
    m_query = query;
    show();
    Q_EMIT changed();
}

void TableQueryBar::setHitsKnown(bool known) {
    const auto enable = [known](QComboBox* box) {
        auto* model = qobject_cast<QStandardItemModel*>(box->model());
        if (QStandardItem* item = model->item(box->findData(static_cast<int>(RowKey::Hits)))) {
            item->setEnabled(known);
            item->setToolTip(known ? QString() : tr("Count the lookups of a loaded dataset first"));
        }
    };
    enable(m_key);
    enable(m_quantity);
    if (known) return;
    // Also where nothing was typed yet: what is chosen can be filtered by.
    if (m_quantity->currentData().toInt() == static_cast<int>(RowKey::Hits)) {
        const QSignalBlocker blocker(m_quantity);
        m_quantity->setCurrentIndex(0);
    }
    if (m_query.needsHits()) clear();
}

void TableQueryBar::focusFilter() { m_low->setFocus(Qt::ShortcutFocusReason); }

// The controls show m_query.
void TableQueryBar::show() {
    m_showing = true;
    m_key->setCurrentIndex(m_key->findData(static_cast<int>(m_query.sortBy)));
    m_direction->setChecked(m_query.descending);
    m_direction->setText(m_query.descending ? QStringLiteral("▾") : QStringLiteral("▴"));
    m_direction->setToolTip(m_query.descending ? tr("Largest first") : tr("Smallest first"));
    m_direction->setAccessibleName(m_direction->toolTip());
    m_state->setCurrentIndex(!m_query.trained ? 0 : *m_query.trained ? 1 : 2);
    const auto range = [this](RowKey key, double low, double high) {
        m_quantity->setCurrentIndex(m_quantity->findData(static_cast<int>(key)));
        m_low->setText(std::isfinite(low) ? QString::number(low, 'g', 10) : QString());
        m_high->setText(std::isfinite(high) ? QString::number(high, 'g', 10) : QString());
    };
    m_low->clear();
    m_high->clear();
    if (m_query.ids)
        range(RowKey::Id, static_cast<double>(m_query.ids->first),
              m_query.ids->last == std::numeric_limits<std::int64_t>::max() ? kUnbounded
                                                                            : static_cast<double>(m_query.ids->last));
    for (const auto& [key, filter] : kRanges | std::views::reverse)  // of several the first one stands
        if (const auto& given = m_query.*filter) range(key, given->low, given->high);
    m_error->hide();
    m_showing = false;
}

void TableQueryBar::read() {
    if (m_showing) return;
    RowQuery query;
    query.sortBy = static_cast<RowKey>(m_key->currentData().toInt());
    query.descending = m_direction->isChecked();
    if (m_state->currentIndex() > 0) query.trained = m_state->currentIndex() == 1;
    const auto number = [this](const QLineEdit* edit, double empty) -> std::optional<double> {
        return edit->text().trimmed().isEmpty() ? std::optional(empty) : typedNumber(edit->text());
    };
    const auto low = number(m_low, -kUnbounded), high = number(m_high, kUnbounded);
    if (!low || !high || *low > *high) {
        m_error->setText(!low || !high ? tr("These are no numbers.") : tr("“From” is larger than “to”."));
        m_error->show();
        return;
    }
    m_error->hide();
    if (std::isfinite(*low) || std::isfinite(*high)) {
        const auto quantity = static_cast<RowKey>(m_quantity->currentData().toInt());
        constexpr double kLargestId = 9e15;
        if (quantity == RowKey::Id)
            query.ids = RowRange{static_cast<std::int64_t>(std::ceil(std::clamp(*low, 0.0, kLargestId))),
                                 *high > kLargestId ? std::numeric_limits<std::int64_t>::max()
                                                    : static_cast<std::int64_t>(std::floor(std::max(*high, -1.0)))};
        for (const auto& [key, filter] : kRanges)
            if (key == quantity) query.*filter = ValueRange{*low, *high};
    }
    if (query != m_query) setQuery(query);
}

QString TableQueryBar::words() const {
    QStringList parts;
    if (m_query.trained) parts << (*m_query.trained ? tr("trained") : tr("untrained"));
    for (const auto& [key, filter] : kRanges) {
        const auto& range = m_query.*filter;
        if (!range) continue;
        if (std::isinf(range->low)) parts << tr("%1 up to %2").arg(keyName(key), formatNumber(range->high));
        else if (std::isinf(range->high)) parts << tr("%1 from %2").arg(keyName(key), formatNumber(range->low));
        else parts << tr("%1 %2 … %3").arg(keyName(key), formatNumber(range->low), formatNumber(range->high));
    }
    if (m_query.ids)
        parts << (m_query.ids->last == std::numeric_limits<std::int64_t>::max()
                      ? tr("id from %1").arg(formatCount(m_query.ids->first))
                      : tr("id %1 … %2").arg(formatCount(m_query.ids->first), formatCount(m_query.ids->last)));
    if (m_query.sortBy != RowKey::Id || m_query.descending)
        parts << tr("by %1, %2")
                     .arg(keyName(m_query.sortBy), m_query.descending ? tr("largest first") : tr("smallest first"));
    return parts.join(QStringLiteral(" · "));
}

}  // namespace dlrm::ui
