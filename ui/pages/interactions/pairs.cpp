// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/interactions/pairs.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QScopedValueRollback>
#include <QTableView>
#include <QTimer>

#include <algorithm>
#include <optional>
#include <utility>

#include "ui/models/cell_delegate.h"
#include "ui/pages/interactions/extreme_rows.h"
#include "ui/pages/interactions/pair_facts.h"
#include "ui/pages/interactions/pair_model.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

struct PairColumn {
    InteractionPairModel::Column column;
    int characters;
};
// Most wanted first: what does not fit any more is left out.
constexpr PairColumn kPairColumns[] = {
    {InteractionPairModel::Pair, 16},     {InteractionPairModel::Mean, 8},  {InteractionPairModel::Effect, 8},
    {InteractionPairModel::Share, 8},     {InteractionPairModel::Adds, 13}, {InteractionPairModel::Deviation, 10},
    {InteractionPairModel::Interval, 18},
};

int pairColumnWidth(int characters) {
    return QFontMetrics(Theme::instance().monospace()).horizontalAdvance(QLatin1Char('0')) * characters + 2 * space::s;
}

// What puts the strongest first, as interactionPairs() has it.
QString orderWordsOf(const InteractionMatrices& m) {
    switch (pairOrder(m)) {
        case PairOrder::Share:
            return InteractionPairs::tr("by share of the size of all attributions");
        case PairOrder::Effect:
            return InteractionPairs::tr("by the size of the effect");
        case PairOrder::Mean:
            break;
    }
    return InteractionPairs::tr("by the size of the mean");
}

}  // namespace

InteractionPairs::InteractionPairs(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = columnIn(this, space::s, {space::m, 0, 0, 0});
    QLabel* title = boldLabel(this, tr("Strongest pairs"));
    title->setMinimumHeight(QComboBox().sizeHint().height());  // in line with the choices beside it
    column->addWidget(title);
    m_words = mutedLabel(this);
    m_words->setObjectName(QStringLiteral("pairsWords"));
    column->addWidget(m_words);
    m_model = new InteractionPairModel(this);
    m_view = new QTableView(this);
    m_view->setObjectName(QStringLiteral("pairTable"));
    m_view->setModel(m_model);
    styleList(*m_view);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setItemDelegate(new CellDelegate(m_view));
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setAccessibleName(tr("Pairs of vectors"));
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);  // has its new size by then
    QHeaderView* header = m_view->horizontalHeader();
    header->setSortIndicator(-1, Qt::DescendingOrder);
    header->setSortIndicatorClearable(true);  // a third click: the strongest first again
    m_view->setSortingEnabled(true);
    header->setSortIndicatorShown(false);  // the titles carry it, right behind the word
    header->setMinimumSectionSize(1);
    header->setSectionResizeMode(InteractionPairModel::Pair, QHeaderView::Stretch);
    column->addWidget(m_view, 1);
    m_facts = new InteractionPairFacts(this);
    m_facts->setObjectName(QStringLiteral("pairFacts"));
    column->addWidget(m_facts);
    m_extremes = new ExtremeRows(this);
    column->addWidget(m_extremes);

    connect(m_view, &QWidget::customContextMenuRequested, this, &InteractionPairs::showMenu);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        showFacts();
        const InteractionPair* pair = m_model->pairAt(index.row());
        if (!m_following && pair) Q_EMIT chosen(static_cast<int>(pair->first), static_cast<int>(pair->second));
    });
    connect(m_extremes, &ExtremeRows::rowAsked, this, &InteractionPairs::rowAsked);
    connect(&Theme::instance(), &Theme::changed, this, &InteractionPairs::fitColumns);
}

void InteractionPairs::setFigures(const InteractionFiguresPtr& figures) {
    take(figures);
    // The figures of one stand there without a click.
    if (figures && figures->found.final && !m_view->currentIndex().isValid())
        m_view->setCurrentIndex(m_model->index(0, 0));
}

void InteractionPairs::take(const InteractionFiguresPtr& figures) {
    const QScopedValueRollback following(m_following, true);
    std::optional<InteractionPair> kept;
    if (const InteractionPair* pair = m_model->pairAt(m_view->currentIndex().row())) kept = *pair;
    const bool same = m_figures && figures && m_figures->found.matrices.names == figures->found.matrices.names;
    m_figures = figures;
    m_model->setFigures(figures);
    m_words->setText(figures ? orderWordsOf(figures->found.matrices) : QString());
    fitColumns();
    if (kept && same) choose(static_cast<int>(kept->first), static_cast<int>(kept->second));
    else choose(-1, -1);
}

void InteractionPairs::choose(int first, int second) {
    const QScopedValueRollback following(m_following, true);
    const int row = first < 0 || second < 0
                        ? -1
                        : m_model->rowOf(static_cast<std::size_t>(first), static_cast<std::size_t>(second));
    if (row >= 0 && m_view->currentIndex().row() != row) m_view->setCurrentIndex(m_model->index(row, 0));
    if (row < 0) m_view->setCurrentIndex({});
    showFacts();
    // Once the figures have their room.
    if (row >= 0) QTimer::singleShot(0, m_view, [this] { m_view->scrollTo(m_view->currentIndex()); });
}

void InteractionPairs::showFacts() {
    const InteractionPair* const pair = m_model->pairAt(m_view->currentIndex().row());
    m_facts->setPair(m_figures, pair);
    m_extremes->setPair(m_figures, pair);
}

void InteractionPairs::fitColumns() {
    const bool labelled = m_figures && m_figures->found.matrices.labelled;
    const bool attributed = m_figures && !m_figures->found.matrices.attribution.empty();
    int left = m_view->viewport()->width();
    bool fits = true;
    for (const auto& [column, characters] : kPairColumns) {
        const bool there = column == InteractionPairModel::Effect || column == InteractionPairModel::Interval ? labelled
                           : column == InteractionPairModel::Adds || column == InteractionPairModel::Share ? attributed
                                                                                                           : true;
        const int width = pairColumnWidth(characters);
        fits = fits && (!there || width <= left);
        const bool shown = column == InteractionPairModel::Pair || (there && fits);
        m_view->setColumnHidden(column, !shown);
        if (!shown) continue;
        left -= width;
        if (column != InteractionPairModel::Pair) m_view->setColumnWidth(column, width);
    }
}

bool InteractionPairs::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_view->viewport() && event->type() == QEvent::Resize) fitColumns();
    if (watched == m_view && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

std::vector<int> InteractionPairs::selectedLines() const {
    std::vector<int> lines;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows()) lines.push_back(index.row());
    std::sort(lines.begin(), lines.end());
    return lines;
}

void InteractionPairs::copy() {
    const std::vector<int> lines = selectedLines();
    QGuiApplication::clipboard()->setText(m_model->asText(QLatin1Char('\t'), lines));
    Q_EMIT noticed(
        tr("Copied %1").arg(countedText(lines.empty() ? m_model->rowCount() : static_cast<int>(lines.size()), "pair")));
}

void InteractionPairs::showMenu(const QPoint& position) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const std::size_t lines = selectedLines().size();
    menu->addAction(lines == 0   ? tr("&Copy all pairs")
                    : lines == 1 ? tr("&Copy pair")
                                 : tr("&Copy %1 pairs").arg(lines),
                    this, &InteractionPairs::copy);
    menu->popup(m_view->viewport()->mapToGlobal(position));
}

}  // namespace dlrm::ui
