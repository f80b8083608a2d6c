// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/architecture_figure.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kArrowLength = 5, kArrowHalfWidth = 3;
constexpr double kMarkSize = 14, kSmallestMark = 6;
constexpr double kFillShare = 0.62, kHoverShare = 0.85;

QColor mix(const QColor& a, const QColor& b, double share) {
    const auto channel = [share](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * share)); };
    return QColor(channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue()));
}

bool isLayer(FigurePart::Kind kind) {
    return kind == FigurePart::Kind::BottomLayer || kind == FigurePart::Kind::TopLayer;
}

QColor colorOf(FigurePart::Kind kind) {
    const Theme& theme = Theme::instance();
    if (kind == FigurePart::Kind::Table) return theme.series(0);
    if (kind == FigurePart::Kind::Interaction) return theme.series(1);
    return isLayer(kind) ? theme.series(2) : theme.colors().muted;
}

// The first of `texts` that fits, else the last one elided.
QString fitting(const QStringList& texts, const QFontMetricsF& metrics, double width) {
    for (const QString& t : texts)
        if (metrics.horizontalAdvance(t) <= width) return t;
    return texts.isEmpty() ? QString() : metrics.elidedText(texts.last(), Qt::ElideRight, width);
}

}  // namespace

ArchitectureFigure::ArchitectureFigure(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Architecture of the model"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ArchitectureFigure::setSpec(const ModelSpec& spec) {
    m_spec = spec;
    m_findings = {};
    m_orderDoubtful = spec.orderSource == OrderSource::Default;
    m_current = m_hovered = -1;
    layOut();
}

void ArchitectureFigure::setOrder(const QString& standing, bool doubtful) {
    m_findings.order = standing;
    m_orderDoubtful = doubtful;
    layOut();
}

void ArchitectureFigure::setHealth(std::vector<std::optional<TableHealth>> tables) {
    m_findings.tables = std::move(tables);
    layOut();
}

void ArchitectureFigure::layOut() {
    const QFontMetricsF metrics(Theme::instance().font(font_size::caption));
    const double height = parentWidget() ? parentWidget()->height() : this->height();
    m_layout = layOutFigure(m_spec, std::max(1, width()), height, metrics.height(),
                            metrics.horizontalAdvance(QLatin1Char('0')), m_findings);
    setMinimumHeight(static_cast<int>(std::ceil(m_layout.height)));
    update();
}

void ArchitectureFigure::mark(FigurePart::Kind kind, int index) {
    const auto found = std::find_if(m_layout.parts.begin(), m_layout.parts.end(),
                                    [&](const FigurePart& p) { return p.kind == kind && p.index == index; });
    m_current = found == m_layout.parts.end() ? -1 : static_cast<int>(found - m_layout.parts.begin());
    update();
}

int ArchitectureFigure::partAt(const QPointF& position) const {
    for (std::size_t i = 0; i < m_layout.parts.size(); ++i)
        if (m_layout.parts[i].hit.contains(position)) return static_cast<int>(i);
    return -1;
}

void ArchitectureFigure::makeCurrent(int part) {
    if (part < 0 || part >= static_cast<int>(m_layout.parts.size())) return;
    m_current = part;
    const FigurePart& p = m_layout.parts[static_cast<std::size_t>(part)];
    setAccessibleDescription(p.name + QStringLiteral(": ") + p.details);
    update();
    if (p.kind == FigurePart::Kind::Table) Q_EMIT tableClicked(p.index);
    if (isLayer(p.kind)) Q_EMIT layerClicked(p.kind == FigurePart::Kind::TopLayer, p.index);
}

void ArchitectureFigure::activate(int part) {
    if (part < 0) return;
    const FigurePart& p = m_layout.parts[static_cast<std::size_t>(part)];
    if (p.kind == FigurePart::Kind::Table) Q_EMIT tableActivated(p.index);
    if (isLayer(p.kind)) Q_EMIT layerActivated(p.kind == FigurePart::Kind::TopLayer, p.index);
}

// Names come from files: escaped, so that no markup in them is obeyed.
QString ArchitectureFigure::toolTipOf(int part) const {
    const FigurePart& p = m_layout.parts[static_cast<std::size_t>(part)];
    return QStringLiteral("<p style='white-space:pre'><b>%1</b><br>%2</p>")
        .arg(p.name.toHtmlEscaped(), p.details.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>")));
}

bool ArchitectureFigure::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const int part = partAt(help->pos());
    if (part >= 0)
        QToolTip::showText(help->globalPos(), toolTipOf(part), this,
                           m_layout.parts[static_cast<std::size_t>(part)].hit.toAlignedRect());
    else QToolTip::hideText();
    return true;
}

void ArchitectureFigure::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

void ArchitectureFigure::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) layOut();
}

void ArchitectureFigure::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) makeCurrent(partAt(event->position()));
}

void ArchitectureFigure::mouseMoveEvent(QMouseEvent* event) {
    const int part = partAt(event->position());
    if (part == m_hovered) return;
    m_hovered = part;
    setCursor(part >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void ArchitectureFigure::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const int part = partAt(event->position());
    makeCurrent(part);
    activate(part);
}

void ArchitectureFigure::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    m_hovered = -1;
    update();
}

// Right and Up follow the flow of the data, Left and Down go against it.
void ArchitectureFigure::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_layout.parts.size()) - 1;
    if (last < 0) return QWidget::keyPressEvent(event);
    switch (event->key()) {
        case Qt::Key_Right:
        case Qt::Key_Up:
            makeCurrent(std::min(last, m_current + 1));
            break;
        case Qt::Key_Left:
        case Qt::Key_Down:
            makeCurrent(std::max(0, m_current - 1));
            break;
        case Qt::Key_Home:
            makeCurrent(0);
            break;
        case Qt::Key_End:
            makeCurrent(last);
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            activate(m_current);
            break;
        default:
            QWidget::keyPressEvent(event);
    }
}

void ArchitectureFigure::paintEdges(QPainter& painter) const {
    const ThemeColors& c = Theme::instance().colors();
    const QColor line = mix(c.line, c.muted, 0.5);
    for (const FigureEdge& e : m_layout.edges) {
        painter.setPen(QPen(line, 1.2));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(e.line);
        if (e.arrow && e.line.size() >= 2) {
            const QPointF tip = e.line.last(), before = e.line.at(e.line.size() - 2);
            const double length = std::hypot(tip.x() - before.x(), tip.y() - before.y());
            if (length > kArrowLength) {
                const QPointF along = (tip - before) / length, across(-along.y(), along.x());
                painter.setPen(Qt::NoPen);
                painter.setBrush(line);
                painter.drawPolygon(QPolygonF({tip, tip - along * kArrowLength + across * kArrowHalfWidth,
                                               tip - along * kArrowLength - across * kArrowHalfWidth}));
            }
        }
        if (e.texts.isEmpty()) continue;
        painter.setPen(c.muted);
        painter.drawText(e.textArea, Qt::AlignLeft | Qt::AlignVCenter,
                         fitting(e.texts, QFontMetricsF(painter.font()), e.textArea.width()));
    }
}

void ArchitectureFigure::paintPart(QPainter& painter, int part) const {
    const ThemeColors& c = Theme::instance().colors();
    const FigurePart& p = m_layout.parts[static_cast<std::size_t>(part)];
    const QColor color = colorOf(p.kind);
    const bool current = part == m_current;
    const double share = part == m_hovered || current ? kHoverShare : kFillShare;
    // Whether its rows were trained is not known while it is of others: an outline, no colour of either.
    painter.setPen(p.unknown ? QPen(mix(c.base, color, share), 1) : QPen(Qt::NoPen));
    painter.setBrush(p.unknown ? c.base : mix(c.base, color, share));
    painter.drawPath(p.shape);
    if (p.health && p.health->untrained > 0) {  // the head of its bar, by their share of the rows
        QRectF untrained = p.shape.boundingRect();
        untrained.setHeight(std::max(1.0, untrained.height() * p.health->untrained));
        painter.save();
        painter.setClipPath(p.shape);
        painter.fillRect(untrained, mix(c.base, c.muted, share));
        painter.restore();
    }
    if (p.health && p.health->severity() != TableHealth::Severity::None) paintSeverity(painter, p);
    if (current) {
        const QRectF ring = p.shape.boundingRect().adjusted(-3, -3, 3, 3);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(c.accent, hasFocus() ? 2 : 1));
        painter.drawRoundedRect(ring, 3, 3);
    }
    if (p.texts.isEmpty() || p.label.isEmpty()) return;
    const QFontMetricsF metrics(painter.font());
    if (p.labelInside) {
        painter.setPen(c.text);
        painter.drawText(p.label, Qt::AlignCenter, p.texts.first());
        return;
    }
    QRectF area = p.label;
    const bool two = !p.secondLines.isEmpty() && area.height() >= 2 * metrics.height() - 2;
    const QString first = fitting(p.texts, metrics, area.width());
    painter.setPen(c.text);
    if (two) area.setHeight(area.height() / 2);
    painter.drawText(area, Qt::AlignLeft | (two ? Qt::AlignBottom : Qt::AlignVCenter), first);
    painter.setPen(p.kind == FigurePart::Kind::Interaction && m_orderDoubtful ? c.warn : c.muted);
    if (two) {
        painter.drawText(area.translated(0, area.height()), Qt::AlignLeft | Qt::AlignTop,
                         fitting(p.secondLines, metrics, area.width()));
        return;
    }
    const QRectF rest = area.adjusted(metrics.horizontalAdvance(first) + space::m, 0, 0, 0);
    for (const QString& second : p.secondLines) {
        if (metrics.horizontalAdvance(second) > rest.width()) continue;
        painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter, second);
        break;
    }
}

// A "!" on a disc at the bar's foot; the tooltip says what it is about.
void ArchitectureFigure::paintSeverity(QPainter& painter, const FigurePart& part) {
    const ThemeColors& c = Theme::instance().colors();
    const QRectF bar = part.shape.boundingRect();
    const double size = std::min(kMarkSize, std::max(bar.width(), kSmallestMark));
    const QRectF disc(bar.center().x() - size / 2, bar.bottom() - size - 1, size, size);
    painter.setPen(QPen(c.base, 1));
    painter.setBrush(part.health->severity() == TableHealth::Severity::Failure ? c.fail : c.warn);
    painter.drawEllipse(disc);
    painter.setPen(QPen(c.base, size / 6));
    painter.drawLine(disc.center() - QPointF(0, size * 0.26), disc.center() + QPointF(0, size * 0.06));
    painter.drawPoint(disc.center() + QPointF(0, size * 0.26));
}

void ArchitectureFigure::paintBars(QPainter& painter) const {
    const ThemeColors& c = Theme::instance().colors();
    const QFontMetricsF metrics(painter.font());
    // Written upwards, centred on the bar: names end at the bar's foot, counts start at its head.
    const auto upwards = [&](const QRectF& area, const QString& t, Qt::Alignment alignment) {
        painter.save();
        painter.translate(area.left(), area.bottom());
        painter.rotate(-90);
        painter.drawText(QRectF(0, 0, area.height(), area.width()), static_cast<int>(alignment),
                         metrics.elidedText(t, Qt::ElideRight, area.height()));
        painter.restore();
    };
    for (const FigureBar& bar : m_layout.bars) {
        const bool lit = bar.part == m_current || bar.part == m_hovered;
        painter.setPen(lit ? c.text : c.muted);
        upwards(bar.nameArea, bar.name, Qt::AlignRight | Qt::AlignVCenter);
        upwards(bar.countArea, bar.count, Qt::AlignLeft | Qt::AlignVCenter);
    }
    painter.setPen(c.muted);
    painter.drawText(m_layout.tableCaption, Qt::AlignLeft | Qt::AlignVCenter,
                     fitting(m_layout.tableTexts, metrics, m_layout.tableCaption.width()));
}

void ArchitectureFigure::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(Theme::instance().font(font_size::caption));
    paintEdges(painter);
    for (int i = 0; i < static_cast<int>(m_layout.parts.size()); ++i) paintPart(painter, i);
    paintBars(painter);
}

}  // namespace dlrm::ui
