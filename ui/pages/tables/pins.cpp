// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/pins.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include <algorithm>
#include <cmath>

#include "ui/pages/parts.h"
#include "ui/pages/vector_bars.h"
#include "ui/session/figures.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kHeight = 110;
constexpr double kDot = 1.8;

float largest(const std::vector<VectorLines::Line>& lines) {
    float out = 0;
    for (const auto& line : lines) out = std::max(out, largestMagnitude(line.values));
    return out;
}

}  // namespace

VectorLines::VectorLines(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Values of the pinned rows"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void VectorLines::setLines(std::vector<Line> lines) {
    m_lines = std::move(lines);
    update();
}

QSize VectorLines::sizeHint() const { return {240, kHeight}; }

void VectorLines::paintEvent(QPaintEvent*) {
    const ThemeColors& c = Theme::instance().colors();
    QPainter painter(this);
    const QRectF all = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(c.line);
    painter.setBrush(c.base);
    painter.drawRect(all);
    painter.setBrush(Qt::NoBrush);
    const double middle = all.center().y();
    painter.fillRect(QRectF(all.left(), middle, all.width(), 1), c.muted);
    const auto scale = static_cast<double>(largest(m_lines));
    if (scale <= 0) return;
    painter.setRenderHint(QPainter::Antialiasing);
    // Dots: the dimensions have no order that a line could follow.
    for (const Line& line : m_lines) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(line.color);
        for (std::size_t i = 0; i < line.values.size(); ++i) {
            if (!std::isfinite(line.values[i])) continue;
            painter.drawEllipse(QPointF(all.left() + (static_cast<double>(i) + 0.5) * all.width() /
                                                         static_cast<double>(line.values.size()),
                                        middle - static_cast<double>(line.values[i]) / scale * (all.height() / 2 - 3)),
                                kDot, kDot);
        }
    }
}

TablePins::TablePins(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = columnIn(this, space::xs);
    auto* line = new QHBoxLayout;
    line->addWidget(boldLabel(this, tr("Pinned rows")), 1);
    m_difference = toggleButton(this, tr("&Difference"), tr("Show each row minus the first pinned one"));
    line->addWidget(m_difference);
    column->addLayout(line);
    m_lines = new VectorLines(this);
    column->addWidget(m_lines);
    m_scale = plainLabel(this);
    m_scale->setProperty("muted", true);
    column->addWidget(m_scale);
    m_list = new QGridLayout;
    m_list->setHorizontalSpacing(space::s);
    m_list->setVerticalSpacing(0);
    m_list->setColumnStretch(0, 1);
    column->addLayout(m_list);
    connect(m_difference, &QPushButton::toggled, this, &TablePins::show);
    connect(&Theme::instance(), &Theme::changed, this, &TablePins::show);
    show();
}

void TablePins::setTable(int table) {
    if (table == m_table) return;
    m_table = table;
    m_pins.clear();
    m_current = {-1, {}};
    show();
    Q_EMIT changed();
}

void TablePins::setCurrent(qint64 id, std::span<const float> values) {
    if (id == m_current.id && values.size() == m_current.values.size()) return;
    m_current = {id, {values.begin(), values.end()}};
    if (!m_pins.empty()) show();
}

void TablePins::refresh(const TableRows& rows) {
    const auto dim = static_cast<std::size_t>(rows.dim);
    for (Pin& pin : m_pins)
        for (std::size_t i = 0; i < rows.ids.size(); ++i)
            if (value(rows.ids[i]) == pin.id)
                pin.values.assign(rows.values.begin() + static_cast<std::ptrdiff_t>(i * dim),
                                  rows.values.begin() + static_cast<std::ptrdiff_t>((i + 1) * dim));
    show();
}

bool TablePins::isPinned(qint64 id) const {
    return std::any_of(m_pins.begin(), m_pins.end(), [id](const Pin& p) { return p.id == id; });
}

std::vector<qint64> TablePins::ids() const {
    std::vector<qint64> out;
    for (const Pin& pin : m_pins) out.push_back(pin.id);
    return out;
}

void TablePins::setPinned(const std::vector<qint64>& ids) {
    m_pins.clear();
    for (const qint64 id : ids) m_pins.push_back({id, {}});
    show();
    Q_EMIT changed();
}

bool TablePins::toggleCurrent() {
    if (m_current.id < 0 || m_current.values.empty()) return true;
    if (isPinned(m_current.id)) std::erase_if(m_pins, [this](const Pin& p) { return p.id == m_current.id; });
    else if (count() == kMostPins) return false;
    else m_pins.push_back(m_current);
    show();
    Q_EMIT changed();
    return true;
}

std::vector<std::pair<qint64, double>> TablePins::cosines() const {
    std::vector<std::pair<qint64, double>> out;
    for (const Pin& pin : m_pins) out.emplace_back(pin.id, compareRows(m_current.values, pin.values).cosine);
    return out;
}

void TablePins::show() {
    setVisible(!m_pins.empty());
    for (QWidget* widget : takeWidgets(*m_list)) widget->deleteLater();
    if (m_pins.empty()) return;
    std::vector<Pin> rows = m_pins;
    if (m_current.id >= 0 && !m_current.values.empty() && !isPinned(m_current.id)) rows.push_back(m_current);
    const bool difference = m_difference->isChecked() && rows.size() > 1;
    m_difference->setEnabled(rows.size() > 1);
    std::vector<VectorLines::Line> lines;
    const auto colour = [this](std::size_t i) {
        return i < m_pins.size() ? Theme::instance().series(static_cast<int>(i)) : Theme::instance().colors().text;
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if ((difference && i == 0) || rows[i].values.empty()) continue;  // empty: not read yet
        VectorLines::Line line{rows[i].values, colour(i)};
        if (difference && !rows[0].values.empty())
            for (std::size_t k = 0; k < line.values.size(); ++k) line.values[k] -= rows[0].values[k];
        lines.push_back(std::move(line));
    }
    m_scale->setText(tr("scale ±%1%2")
                         .arg(formatNumber(static_cast<double>(largest(lines)), 3),
                              difference ? tr(", minus row %1").arg(formatCount(rows[0].id)) : QString()));
    m_lines->setLines(std::move(lines));

    const auto cell = [this](const QString& text, int row, int column, bool muted) {
        QLabel* label = plainLabel(this, text);
        label->setFont(Theme::instance().monospace(font_size::caption));
        label->setProperty("muted", muted);
        m_list->addWidget(label, row, column, Qt::AlignRight);
        return label;
    };
    cell(tr("cosine"), 0, 1, true)->setToolTip(tr("to the current row"));
    cell(tr("L2"), 0, 2, true)->setToolTip(tr("Euclidean distance to the current row"));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto id = rows[i].id;
        const QString words = id == m_current.id ? tr("■ %1 (current)") : QStringLiteral("■ %1");
        QPushButton* link = linkButton(this, words.arg(formatCount(id)));
        link->setStyleSheet(QStringLiteral("color: %1").arg(colour(i).name()));
        connect(link, &QPushButton::clicked, this, [this, id] { Q_EMIT rowRequested(id); });
        m_list->addWidget(link, static_cast<int>(i) + 1, 0, Qt::AlignLeft);
        if (m_current.values.empty() || rows[i].values.empty()) continue;
        const RowComparison c = compareRows(m_current.values, rows[i].values);
        cell(std::isfinite(c.cosine) ? formatFixed(c.cosine, 4) : QStringLiteral("–"), static_cast<int>(i) + 1, 1,
             false);
        cell(formatNumber(c.distance, 4), static_cast<int>(i) + 1, 2, false);
    }
}

}  // namespace dlrm::ui
