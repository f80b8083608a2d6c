// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/row_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/models/copied_lines.h"
#include "ui/models/row_text.h"
#include "ui/models/viewport_table.h"

namespace dlrm::ui {
namespace {

constexpr int kMinimumRowHeight = 20;
constexpr int kRowPadding = 4;
constexpr int kHeaderPadding = 16;
constexpr qint64 kMaximumCopiedCells = 1'000'000;
// Scroll positions up to this many rows are exact; beyond it one step of the bar stands for several rows.
constexpr qint64 kMaximumBarSteps = std::numeric_limits<int>::max() / 2;

}  // namespace

struct RowView::State {
    RowView& view;
    ViewportModel* model = nullptr;
    ViewportTable* table = nullptr;
    QScrollBar* bar = nullptr;
    RowSource* source = nullptr;
    std::function<void()> copyHandler;
    qint64 rows = 0;
    qint64 top = 0;
    int offset = 0;  // pixels of row `top` hidden above the upper edge
    qint64 current = -1;
    qint64 anchor = -1;
    std::vector<std::pair<qint64, qint64>> kept;  // ranges that stay selected beside current and anchor
    int column = 0;
    std::pair<qint64, int> announced{-1, -1};
    bool centreWhenLaidOut = false;  // goTo() came before there was a height to centre in

    explicit State(RowView& v) : view(v) {}

    int rowHeight() const { return table->verticalHeader()->defaultSectionSize(); }
    int height() const { return table->viewport()->height(); }
    int wholeRows() const { return std::max(1, height() / rowHeight()); }
    int touchedRows() const { return std::max(1, (height() + rowHeight() - 1) / rowHeight()); }
    // The position that puts the last row's lower edge on the viewport's.
    qint64 lastTop() const { return std::max<qint64>(0, rows - touchedRows()); }
    int lastOffset() const { return rows < touchedRows() ? 0 : touchedRows() * rowHeight() - height(); }
    bool allFit() const { return rows <= wholeRows(); }

    qint64 topOfBar(int value) const {
        const qint64 steps = std::min(lastTop(), kMaximumBarSteps);
        if (steps == lastTop() || steps == 0) return value;
        return static_cast<qint64>(static_cast<long double>(value) / static_cast<long double>(steps) *
                                   static_cast<long double>(lastTop()));
    }
    int barOfTop(qint64 row) const {
        const qint64 steps = std::min(lastTop(), kMaximumBarSteps);
        if (steps == lastTop() || lastTop() == 0) return static_cast<int>(row);
        return static_cast<int>(static_cast<long double>(row) / static_cast<long double>(lastTop()) *
                                static_cast<long double>(steps));
    }

    void layOut() {
        const bool fit = !source || allFit();
        bar->setVisible(!fit);
        const QSignalBlocker blocker(bar);
        bar->setRange(0, fit ? 0 : static_cast<int>(std::min(lastTop(), kMaximumBarSteps)));
        bar->setPageStep(fit ? 1 : std::max(1, barOfTop(wholeRows())));
        moveTo(top, offset);
        if (centreWhenLaidOut && hasHeight() && current >= 0) centre(current);
    }

    bool hasHeight() const { return view.isVisible() && height() >= 2 * rowHeight(); }
    void centre(qint64 row) {
        centreWhenLaidOut = !hasHeight();
        moveTo(std::max<qint64>(0, row - wholeRows() / 2), 0);
        ensureVisible(row);
    }

    // Row `row` with `pixels` of it hidden stands at the upper edge afterwards, or the nearest possible position.
    void moveTo(qint64 row, int pixels) {
        if (allFit() || row < 0) {
            row = 0;
            pixels = 0;
        } else if (row > lastTop() || (row == lastTop() && pixels > lastOffset())) {
            row = lastTop();
            pixels = lastOffset();
        }
        top = row;
        offset = pixels;
        model->setWindow(top, source ? static_cast<int>(std::min<qint64>(rows, touchedRows() + 1)) : 0);
        table->setPixelOffset(offset);
        {
            const QSignalBlocker blocker(bar);
            bar->setValue(barOfTop(top));
        }
        showSelection();
        announce();
    }

    void announce() {
        if (!source || rows == 0) return;
        const std::pair<qint64, int> now{top, view.visibleRowCount()};
        if (now == announced) return;
        announced = now;
        source->rowsVisible(now.first, now.second);
    }

    void scrollPixels(double pixels) {
        const int h = rowHeight();
        const double position = offset + pixels;
        const double wholeRowsMoved = std::floor(position / h);
        moveTo(top + static_cast<qint64>(wholeRowsMoved), static_cast<int>(position - wholeRowsMoved * h));
    }

    void ensureVisible(qint64 row) {
        if (row < top || (row == top && offset > 0)) return moveTo(row, 0);
        const qint64 below = (row - top + 1) * rowHeight() - offset - height();
        if (row - top > touchedRows() || below > 0) {
            const int hidden = touchedRows() * rowHeight() - height();
            moveTo(row - touchedRows() + 1, hidden);
        }
    }

    void showSelection() {
        QItemSelectionModel* selection = table->selectionModel();
        const int lastColumn = model->columnCount() - 1;
        const qint64 bottom = std::min(top + model->rowCount() - 1, rows - 1);
        QItemSelection shown;
        for (const auto& [first, last] : view.selectedRanges()) {
            const qint64 from = std::max(first, top), to = std::min(last, bottom);
            if (from <= to && lastColumn >= 0)
                shown.select(model->index(static_cast<int>(from - top), 0),
                             model->index(static_cast<int>(to - top), lastColumn));
        }
        if (shown.isEmpty()) {
            selection->clear();
            return;
        }
        selection->select(shown, QItemSelectionModel::ClearAndSelect);
        if (current >= top && current <= bottom)
            selection->setCurrentIndex(model->index(static_cast<int>(current - top), std::clamp(column, 0, lastColumn)),
                                       QItemSelectionModel::NoUpdate);
        else selection->clearCurrentIndex();
    }

    // keep: what is selected stays so.
    void setCurrent(qint64 row, bool extend, bool scroll, bool keep = false) {
        if (!source || rows == 0) return;
        if (keep) kept = view.selectedRanges();
        row = std::clamp<qint64>(row, 0, rows - 1);
        const bool changed = row != current;
        current = row;
        if (!extend || anchor < 0) anchor = row;
        if (!extend && !keep) kept.clear();
        if (scroll) ensureVisible(row);
        showSelection();
        if (changed) Q_EMIT view.currentRowChanged(row);
    }

    void move(ViewportTable::CursorAction action, bool extend) {
        using Move = ViewportTable::CursorAction;
        if (rows == 0) return;
        const qint64 page = std::max(1, wholeRows() - 1);
        switch (action) {
            case Move::MoveUp:
            case Move::MovePrevious:
                return setCurrent(current >= 0 ? current - 1 : top, extend, true);
            case Move::MoveDown:
            case Move::MoveNext:
                return setCurrent(current >= 0 ? current + 1 : top, extend, true);
            case Move::MovePageUp:
                return movePage(-page, extend);
            case Move::MovePageDown:
                return movePage(page, extend);
            case Move::MoveHome:
                return setCurrent(0, extend, true);
            case Move::MoveEnd:
                return setCurrent(rows - 1, extend, true);
            case Move::MoveLeft:
            case Move::MoveRight:
                column += action == Move::MoveLeft ? -1 : 1;
                column = std::clamp(column, 0, std::max(0, model->columnCount() - 1));
                showSelection();
                return table->scrollTo(model->index(0, column));
        }
    }

    // The current row keeps its place in the viewport.
    void movePage(qint64 by, bool extend) {
        const qint64 from = current >= 0 ? current : top;
        const bool wasVisible = from >= top && from < top + touchedRows();
        if (wasVisible && top + by > 0 && top + by < lastTop()) moveTo(top + by, offset);
        setCurrent(from + by, extend, true);
    }

    void copy() {
        if (current < 0) return;
        if (copyHandler) return copyHandler();
        QString message;
        const QString text = view.copyText(&message);
        if (text.isEmpty()) Q_EMIT view.copyRefused(message);
        else QGuiApplication::clipboard()->setText(text);
    }

    void fitFonts() {
        const QFontMetrics metrics(table->font());
        table->verticalHeader()->setDefaultSectionSize(std::max(kMinimumRowHeight, metrics.height() + kRowPadding));
        const QString widest = source ? source->widestLabel() : QString();
        const QString title = source ? source->labelTitle() : QString();
        const int text = std::max(QFontMetrics(table->verticalHeader()->font()).horizontalAdvance(widest),
                                  table->horizontalHeader()->fontMetrics().horizontalAdvance(title));
        table->verticalHeader()->setFixedWidth(text + kHeaderPadding);
        table->setCornerTitle(title, source ? source->labelTip() : QString());
    }
};

RowView::RowView(QWidget* parent) : QWidget(parent), m_state(std::make_unique<State>(*this)) {
    State* s = m_state.get();
    ViewportTable::Owner owner;
    owner.pick = [s](int row, int column, bool extend, bool add) {
        if (column >= 0) s->column = column;
        s->setCurrent(s->top + row, extend, true, add);
    };
    owner.move = [s](ViewportTable::CursorAction action, bool extend) { s->move(action, extend); };
    owner.scroll = [s](double pixels) { s->scrollPixels(pixels); };
    owner.copy = [s] { s->copy(); };
    owner.selectAll = [s] {
        if (s->rows == 0) return;
        s->anchor = 0;
        s->kept.clear();
        s->setCurrent(s->rows - 1, true, false);
    };
    owner.resized = [s] { s->layOut(); };

    s->model = new ViewportModel(this);
    s->table = new ViewportTable(std::move(owner), this);
    s->bar = new QScrollBar(Qt::Vertical, this);
    s->table->setModel(s->model);
    s->bar->setVisible(false);
    setFocusProxy(s->table);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(s->table, 1);
    layout->addWidget(s->bar);

    connect(s->bar, &QScrollBar::actionTriggered, this, [s](int action) {
        // Steps count rows even when one step of the bar stands for many.
        const qint64 page = s->wholeRows();
        const qint64 by = action == QAbstractSlider::SliderSingleStepAdd   ? 1
                          : action == QAbstractSlider::SliderSingleStepSub ? -1
                          : action == QAbstractSlider::SliderPageStepAdd   ? page
                          : action == QAbstractSlider::SliderPageStepSub   ? -page
                                                                           : 0;
        if (by == 0) return;
        s->moveTo(s->top + by, s->offset);
        s->bar->setSliderPosition(s->barOfTop(s->top));
    });
    connect(s->bar, &QScrollBar::valueChanged, this, [s](int value) {
        if (value == s->barOfTop(s->top)) return;
        const bool atEnd = value == s->bar->maximum();
        s->moveTo(atEnd ? s->lastTop() : s->topOfBar(value), atEnd ? s->lastOffset() : 0);
    });
    s->fitFonts();
}

RowView::~RowView() = default;

void RowView::setSource(RowSource* source) {
    State& s = *m_state;
    s.source = source;
    s.rows = source ? source->rowCount() : 0;
    s.top = 0;
    s.offset = 0;
    s.column = 0;
    s.announced = {-1, -1};
    const bool hadCurrent = s.current >= 0;
    s.current = s.anchor = -1;
    s.kept.clear();
    s.model->setSource(source);
    s.fitFonts();
    s.layOut();
    if (hadCurrent) Q_EMIT currentRowChanged(-1);
}

void RowView::rowsChanged() {
    State& s = *m_state;
    if (!s.source) return;
    const qint64 rows = s.source->rowCount();
    if (rows != s.rows) {
        s.rows = rows;
        s.current = std::min(s.current, rows - 1);
        s.anchor = std::min(s.anchor, rows - 1);
        s.kept.clear();
        s.announced = {-1, -1};
        s.fitFonts();
        s.layOut();
    }
    s.model->refresh();
}

QTableView* RowView::table() const { return m_state->table; }

qint64 RowView::currentRow() const { return m_state->current; }

void RowView::setCurrentRow(qint64 row, bool scrollTo) {
    State& s = *m_state;
    if (row >= 0) return s.setCurrent(row, false, scrollTo);
    const bool changed = s.current >= 0;
    s.current = s.anchor = -1;
    s.kept.clear();
    s.showSelection();
    if (changed) Q_EMIT currentRowChanged(-1);
}

qint64 RowView::firstVisibleRow() const { return m_state->top; }

void RowView::setFirstVisibleRow(qint64 row) { m_state->moveTo(row, 0); }

int RowView::visibleRowCount() const {
    const State& s = *m_state;
    const int hiddenAndShown = (s.height() + s.offset + s.rowHeight() - 1) / s.rowHeight();
    return static_cast<int>(std::min<qint64>(hiddenAndShown, s.rows - s.top));
}

bool RowView::goTo(const QString& text) {
    State& s = *m_state;
    const auto row = parseRow(text, s.rows);
    if (!row) return false;
    const bool visible = *row >= s.top && *row < s.top + s.wholeRows();
    if (!visible || !s.hasHeight()) s.centre(*row);
    s.setCurrent(*row, false, true);
    return true;
}

std::pair<qint64, qint64> RowView::selectedRange() const {
    const State& s = *m_state;
    if (s.current < 0) return {-1, -1};
    return {std::min(s.current, s.anchor), std::max(s.current, s.anchor)};
}

std::vector<std::pair<qint64, qint64>> RowView::selectedRanges() const {
    std::vector<std::pair<qint64, qint64>> all = m_state->kept, merged;
    if (const auto last = selectedRange(); last.first >= 0) all.push_back(last);
    std::sort(all.begin(), all.end());
    for (const auto& range : all) {
        if (!merged.empty() && range.first <= merged.back().second + 1)
            merged.back().second = std::max(merged.back().second, range.second);
        else merged.push_back(range);
    }
    return merged;
}

void RowView::setCopyHandler(std::function<void()> handler) { m_state->copyHandler = std::move(handler); }

QString RowView::copyText(QString* message) const {
    const State& s = *m_state;
    const auto refuse = [&](const QString& why) {
        if (message) *message = why;
        return QString();
    };
    const auto ranges = selectedRanges();
    if (ranges.empty()) return refuse(tr("No row is selected."));
    const QStringList columns = s.source->columns();
    qint64 rows = 0;
    for (const auto& [first, last] : ranges) rows += last - first + 1;
    if (rows > kMaximumCopiedCells / std::max<qint64>(1, columns.size()))
        return refuse(tr("More than 1,000,000 cells are selected; select fewer rows to copy them."));
    QString text = columns.join(QLatin1Char('\t')) + QLatin1Char('\n');
    for (const auto& [first, last] : ranges)
        for (qint64 row = first; row <= last; ++row) {
            for (int column = 0; column < columns.size(); ++column) {
                const QVariant value = s.source->data(row, column, Qt::DisplayRole);
                if (!value.isValid()) return refuse(tr("Row %1 is not loaded yet.").arg(s.source->rowLabel(row)));
                if (column > 0) text += QLatin1Char('\t');
                text += copiedCell(s.source->data(row, column, kCopyRole), value);
            }
            text += QLatin1Char('\n');
        }
    return text;
}

void RowView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_state->layOut();
}

void RowView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    m_state->fitFonts();
    m_state->layOut();
}

}  // namespace dlrm::ui
