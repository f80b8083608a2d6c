// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/architecture_layout.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

#include "ui/session/plain_words.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kLayerHeight = 26, kGap = 20, kTriangle = 92, kPill = 24, kBars = 96;  // at scale 1
constexpr double kMinimumScale = 0.7, kMaximumScale = 2.2;
constexpr double kMinimumShapeWidth = 6;
constexpr double kMinimumSlot = 5, kFoldedSlot = 16, kMaximumBar = 22;
constexpr int kFoldAbove = 40;
constexpr int kInputCellsShown = 64;
constexpr double kMargin = space::l;

QString text(const char* source) { return QCoreApplication::translate("ArchitectureFigure", source); }

QString count(std::int64_t n) { return formatCount(n); }

QPainterPath trapezoid(double cx, double top, double height, double bottomWidth, double topWidth) {
    QPainterPath path;
    path.moveTo(cx - bottomWidth / 2, top + height);
    path.lineTo(cx + bottomWidth / 2, top + height);
    path.lineTo(cx + topWidth / 2, top);
    path.lineTo(cx - topWidth / 2, top);
    path.closeSubpath();
    return path;
}

QPainterPath box(const QRectF& rect, double radius = 0) {
    QPainterPath path;
    path.addRoundedRect(rect, radius, radius);
    return path;
}

class Builder {
public:
    Builder(const ModelSpec& spec, double width, double height, double lineHeight, double characterWidth,
            const FigureFindings& findings)
        : m_spec(spec), m_findings(findings), m_width(width), m_line(lineHeight), m_character(characterWidth) {
        measure(height);
    }

    FigureLayout build() {
        m_centre = m_width / 2;
        if (hasBottom()) {
            addInputs();
            addBottomMlp();
        }
        addTables();
        m_spineTop = m_flowFrom = m_y;
        if (hasInteraction()) addInteraction();
        if (hasTop()) {
            addTopMlp();
            addOutputs();
        }
        m_out.height = m_height;
        return std::move(m_out);
    }

private:
    // Of a part of a model only what it holds is drawn; an interaction where there is something to join.
    bool isWhole() const { return m_spec.missing.empty(); }
    bool hasBottom() const { return isWhole() || !m_spec.bottomMlp.empty(); }
    bool hasTop() const { return isWhole() || !m_spec.topMlp.empty(); }
    bool hasInteraction() const { return isWhole() || (hasTop() && (hasBottom() || !m_spec.tables.empty())); }

    double gap() const { return std::max(kGap * m_scale, m_line + 2); }
    double layer() const { return std::max(kLayerHeight * m_scale, m_line + 4); }
    double pill() const { return std::max(kPill * m_scale, m_line + 6); }
    double mlpHeight(std::size_t layers) const { return static_cast<double>(layers) * (layer() + gap()); }
    double barBlock() const { return std::max(kBars * m_scale, 40.0) + nameHeight() + countHeight(); }
    double nameHeight() const {
        return m_labelled ? std::min(m_spec.tables.size() == 1 ? 24.0 : 10.0, m_longestName) * m_character + space::s
                          : space::xs;
    }
    double countHeight() const { return m_labelled ? 7 * m_character + space::s : space::xs; }

    double upperHeight() const {
        const double top = hasTop() ? 2 * pill() + 1.6 * gap() + mlpHeight(m_spec.topMlp.size()) : 0;
        return top + (hasInteraction() ? gap() + kTriangle * m_scale + 1.5 * gap() : 0);
    }
    double lowerHeight() const {
        const double left = hasBottom() ? mlpHeight(m_spec.bottomMlp.size()) + layer() + m_line : 0;
        const double right = m_barRows > 0 ? m_barRows * barBlock() + m_line + space::s : 0;
        return std::max(left, right);
    }

    void measure(double height) {
        m_leftWidth = std::clamp(m_width * 0.38, 170.0, 520.0);
        m_barsLeft = hasBottom() ? kMargin + m_leftWidth + space::l : kMargin;
        m_barsWidth = std::max(60.0, m_width - kMargin - m_barsLeft);
        const int tables = static_cast<int>(m_spec.tables.size());
        m_perRow = std::max(1, tables);
        if (tables > kFoldAbove) m_perRow = std::clamp(static_cast<int>(m_barsWidth / kFoldedSlot), 1, tables);
        m_barRows = tables == 0 ? 0 : (tables + m_perRow - 1) / m_perRow;
        m_slot = std::max(kMinimumSlot, m_barsWidth / m_perRow);
        m_labelled = m_slot >= m_line * 0.8;
        for (const TableSpec& t : m_spec.tables)
            m_longestName = std::max(m_longestName, static_cast<double>(t.name.size()));
        shareWidths();

        const double available = height - 2 * kMargin;
        const auto needed = [&](double scale) {
            m_scale = scale;
            return upperHeight() + lowerHeight();
        };
        double scale = kMinimumScale;
        for (double s = kMaximumScale; s > kMinimumScale; s -= 0.025)
            if (needed(s) <= available) {
                scale = s;
                break;
            }
        const double used = needed(scale);
        m_height = std::max(height, used + 2 * kMargin);
        const double slack = m_height - 2 * kMargin - used;
        m_y = kMargin + slack / 2 + upperHeight();  // upper edge of the lower region
        m_bottom = m_y + lowerHeight();
    }

    // One scale for both MLPs, so that what is wider has more values; each has room for its widest layer.
    void shareWidths() {
        m_shapeMost = m_leftWidth * 0.46;
        m_topMost = std::min(m_width * 0.34, 560.0);
        const auto unit = [](const std::vector<LayerSpec>& layers, double most) {
            std::int64_t widest = 1;
            for (const LayerSpec& l : layers) widest = std::max({widest, l.inputs, l.outputs});
            return most / std::sqrt(static_cast<double>(widest));
        };
        m_unitWidth = std::min(unit(m_spec.bottomMlp, m_shapeMost), unit(m_spec.topMlp, m_topMost));
    }

    double shapeWidth(std::int64_t n) const {
        return std::max(kMinimumShapeWidth, m_unitWidth * std::sqrt(static_cast<double>(std::max<std::int64_t>(n, 1))));
    }

    FigurePart& add(FigurePart::Kind kind, int index = -1) {
        m_out.parts.push_back({});
        m_out.parts.back().kind = kind;
        m_out.parts.back().index = index;
        return m_out.parts.back();
    }

    void edge(QPolygonF line, const QStringList& labels = {}, QRectF area = {}, bool arrow = true) {
        m_out.edges.push_back({std::move(line), arrow, labels, area});
    }

    void shapeLayer(FigurePart& part, const LayerSpec& spec, double centre, double top) {
        part.shape = trapezoid(centre, top, layer(), shapeWidth(spec.inputs), shapeWidth(spec.outputs));
        part.name = QString::fromStdString(spec.name);
        const QString shape = QStringLiteral("%1 × %2").arg(count(spec.inputs), count(spec.outputs));
        const QString activation = spec.relu ? text("ReLU") : text("linear");
        part.texts = {shape + QStringLiteral(" · ") + activation, shape};
        part.secondLines = {countedText(spec.parameters(), "parameter"),
                            formatShort(static_cast<double>(spec.parameters()))};
        part.details = text("kernel %1, bias %2, %3").arg(shape, count(spec.outputs), activation) + QLatin1Char('\n') +
                       text("%1, %2").arg(countedText(spec.parameters(), "parameter"),
                                          QString::fromUtf8(dlrm::name(spec.dtype).data()));
        if (spec.paddingInputs > 0)
            part.details += QLatin1Char('\n') + text("%1 of %2 input rows always meet zeros: nothing is learned there")
                                                    .arg(count(spec.paddingInputs), count(spec.inputs));
    }

    void placeBeside(FigurePart& part, double left, double right, double top, double height) {
        part.label = QRectF(left, top, std::max(0.0, right - left), height);
        part.hit = part.shape.boundingRect().united(part.label);
    }

    void addInputs() {
        const std::int64_t fed = m_spec.bottomMlp.empty() ? m_spec.numericalFeatures : m_spec.bottomMlp.front().inputs;
        std::int64_t padding = m_spec.bottomMlp.empty() ? 0 : m_spec.bottomMlp.front().paddingInputs;
        const std::int64_t numericals = m_spec.numericalFeatures > 0 ? m_spec.numericalFeatures : fed - padding;
        padding = std::max<std::int64_t>(0, fed - numericals);
        m_leftCentre = kMargin + m_shapeMost / 2;

        FigurePart& part = add(FigurePart::Kind::Numerical);
        const double top = m_bottom - m_line - layer() * 0.8;
        const double inputsWidth = m_shapeMost * 0.9;
        const QRectF row(m_leftCentre - inputsWidth / 2, top, inputsWidth, layer() * 0.8);
        const int cells = static_cast<int>(std::clamp<std::int64_t>(fed, 1, kInputCellsShown));
        const int hollow = static_cast<int>(
            std::lround(static_cast<double>(padding) * cells / static_cast<double>(std::max<std::int64_t>(fed, 1))));
        const double step = row.width() / cells;
        for (int i = 0; i < cells; ++i) {
            const QRectF cell(row.left() + i * step + 0.5, row.top(), std::max(1.0, step - 1), row.height());
            part.shape.addRect(cell);
            // A padding input is an outline only.
            if (i >= cells - hollow && step > 4) part.shape.addRect(cell.adjusted(1, 1, -1, -1));
        }
        part.shape.setFillRule(Qt::OddEvenFill);
        part.name = text("Numerical inputs");
        part.texts =
            padding > 0
                ? QStringList{text("%1 numericals + %2 zero").arg(numericals).arg(padding),
                              text("%1 + %2 zero").arg(numericals).arg(padding),
                              QStringLiteral("%1 + %2").arg(numericals).arg(padding)}
                : QStringList{
                      (m_spec.numericalFeatures > 0 ? text("%1 numericals") : text("%1 inputs")).arg(numericals),
                      QString::number(numericals)};
        part.details = m_spec.numericalFeatures > 0
                           ? text("%1 features fed by the data, padded with %2 zeros to %3 inputs")
                                 .arg(numericals)
                                 .arg(padding)
                                 .arg(fed)
                           : text("%1 inputs; how many of them are padding is known once a dataset is open").arg(fed);
        placeBeside(part, kMargin + m_shapeMost + space::s, kMargin + m_leftWidth, top, row.height());
        m_leftTop = top;
        m_inputs = fed;
    }

    void addBottomMlp() {
        std::int64_t tensor = m_inputs;
        for (std::size_t i = 0; i < m_spec.bottomMlp.size(); ++i) {
            const LayerSpec& spec = m_spec.bottomMlp[i];
            const double bottom = m_leftTop - gap();
            const double top = bottom - layer();
            edge(QPolygonF({{m_leftCentre, m_leftTop}, {m_leftCentre, bottom}}), {count(tensor)},
                 QRectF(m_leftCentre + space::s, bottom, 12 * m_character, m_leftTop - bottom));
            FigurePart& part = add(FigurePart::Kind::BottomLayer, static_cast<int>(i));
            shapeLayer(part, spec, m_leftCentre, top);
            placeBeside(part, kMargin + m_shapeMost + space::s, kMargin + m_leftWidth, top, layer());
            m_leftTop = top;
            tensor = spec.outputs;
        }
        m_bottomOutputs = tensor;
    }

    void addTables() {
        const auto& tables = m_spec.tables;
        if (tables.empty()) return;
        std::int64_t most = 1, rows = 0, bytes = 0;
        for (const TableSpec& t : tables) {
            most = std::max(most, t.rows);
            rows += t.rows;
            bytes += t.bytes;
        }
        const double areaTop = m_y;
        const double block = (m_bottom - m_line - space::s - areaTop) / m_barRows;
        const double usedWidth = m_slot * m_perRow;
        m_out.tableArea = QRectF(m_barsLeft, areaTop, usedWidth, block * m_barRows);
        m_out.tableCaption = QRectF(m_barsLeft, m_bottom - m_line, m_barsWidth, m_line);
        const QString number = countedText(tables.size(), holdsArrays(m_spec) ? "array" : "embedding table");
        const auto [narrow, wide] = widths();
        const QString shape = narrow == wide
                                  ? QStringLiteral("%1 × %2").arg(count(rows), count(wide))
                                  : text("%1, %2–%3 wide").arg(countedText(rows, "row"), count(narrow), count(wide));
        QStringList legend{text("height: log rows")};
        if (narrow != wide) legend << text("width: values of a row");
        std::size_t known = 0;
        for (std::size_t t = 0; t < std::min(tables.size(), m_findings.tables.size()); ++t)
            known += m_findings.tables[t].has_value();
        const bool grey = known > 0, outlined = grey && known < tables.size();
        if (grey)
            legend << (outlined ? text("grey: share untrained, outlined: not known") : text("grey: share untrained"));
        const QString explained = legend.join(QStringLiteral(", ")), size = formatBytes(bytes);
        const auto joined = [](const QStringList& parts) { return parts.join(QStringLiteral(" · ")); };
        m_out.tableTexts = {joined({number, shape, size, explained})};
        // What a colour means is said as long as it is used; the figures stand in the facts as well.
        m_out.tableTexts << joined({number, shape, explained}) << joined({number, explained}) << explained;
        m_out.tableTexts << (grey ? legend.last() : number);

        const double bar = std::clamp(m_slot * 0.72, 2.0, kMaximumBar);
        const double scale = 1 / std::log10(static_cast<double>(most) + 1);
        for (std::size_t i = 0; i < tables.size(); ++i) {
            const TableSpec& t = tables[i];
            const int line = static_cast<int>(i) / m_perRow, place = static_cast<int>(i) % m_perRow;
            const double left = m_barsLeft + place * m_slot;
            const double base = areaTop + (line + 1) * block - nameHeight();
            const double full = block - nameHeight() - countHeight();
            const double height = std::max(2.0, full * std::log10(static_cast<double>(t.rows) + 1) * scale);
            FigurePart& part = add(FigurePart::Kind::Table, static_cast<int>(i));
            const double barWidth = std::max(
                2.0,
                bar * std::sqrt(static_cast<double>(t.dim) / static_cast<double>(std::max<std::int64_t>(1, wide))));
            const QRectF rect(left + (m_slot - barWidth) / 2, base - height, barWidth, height);
            part.shape = box(rect, 1);
            part.hit = QRectF(left, areaTop + line * block, m_slot, block);
            part.name = QString::fromStdString(t.name);
            part.details = QStringLiteral("%1 × %2 %3\n")
                               .arg(count(t.rows), count(t.dim), QString::fromUtf8(dlrm::name(t.dtype).data())) +
                           text("%1, %2").arg(countedText(t.rows * t.dim, "parameter"), formatBytes(t.bytes)) +
                           QLatin1Char('\n') +
                           (t.parts == 1 ? text("1 file: %1") : text("%1 files, first: %2").arg(t.parts))
                               .arg(QString::fromStdString(t.file));
            if (i < m_findings.tables.size() && m_findings.tables[i]) describeHealth(part, *m_findings.tables[i]);
            else part.unknown = outlined;
            if (m_labelled)
                m_out.bars.push_back({static_cast<int>(m_out.parts.size()) - 1,
                                      QRectF(left, base + space::xs, m_slot, nameHeight() - space::xs),
                                      QRectF(left, rect.top() - countHeight(), m_slot, countHeight() - space::xs),
                                      part.name, formatShort(static_cast<double>(t.rows))});
        }
    }

    static void describeHealth(FigurePart& part, const TableHealth& health) {
        part.health = health;
        part.details +=
            QLatin1Char('\n') +
            (health.untrained >= 1 ? text("no row was ever trained")
                                   : text("%1 of its rows were never trained").arg(formatPercent(health.untrained, 3)));
        if (health.notFinite > 0)
            part.details +=
                QLatin1Char('\n') + text("%1 NaN or infinite").arg(countedText(health.notFinite, "value", "is", "are"));
    }

    // What all tables give for one row.
    QString tablesTensor() const {
        const auto [narrow, wide] = widths();
        const QString tables = count(static_cast<std::int64_t>(m_spec.tables.size()));
        if (narrow == wide) return QStringLiteral("%1 × %2").arg(tables, count(wide));
        std::int64_t values = 0;
        for (const TableSpec& t : m_spec.tables) values += t.dim;
        return text("%1, %2–%3 wide (%4)")
            .arg(countedText(m_spec.tables.size(), "table"), count(narrow), count(wide), countedText(values, "value"));
    }

    // Of the narrowest and the widest table.
    std::pair<std::int64_t, std::int64_t> widths() const {
        if (m_spec.tables.empty()) return {m_spec.embeddingDim, m_spec.embeddingDim};
        const auto [narrow, wide] =
            std::minmax_element(m_spec.tables.begin(), m_spec.tables.end(),
                                [](const TableSpec& a, const TableSpec& b) { return a.dim < b.dim; });
        return {narrow->dim, wide->dim};
    }

    void describeDots(FigurePart& part) const {
        part.name = text("Dot interaction");
        if (m_spec.tables.empty()) {  // a part of a model: how many vectors meet here stands in the tables
            part.texts = {text("dot interaction: no tables in this part"), text("no tables")};
            part.details = text("without its tables the number of vectors is not known");
            return;
        }
        const QString vectors = countedText(m_spec.vectors(), "vector"), pairs = countedText(m_spec.pairs(), "pair");
        part.texts = {text("dot interaction: %1 → %2").arg(vectors, pairs), text("%1 → %2").arg(vectors, pairs), pairs};
        const QString order = orderWords(m_spec.interactionOrder);
        const QString standing = m_findings.order.isEmpty() ? orderSourceWords(m_spec.orderSource) : m_findings.order;
        part.secondLines = {order + QStringLiteral(", ") + standing, order};
        part.details =
            text("%1 of %2; the products of all pairs j < i").arg(vectors, countedText(m_spec.embeddingDim, "value")) +
            QLatin1Char('\n') + text("%1, %2").arg(order, standing) + QLatin1Char('\n') + text("no parameters");
    }

    void describeCross(FigurePart& part) const {
        const QString number = count(std::ssize(m_spec.crossLayers)),
                      layers = countedText(m_spec.crossLayers.size(), "cross layer"),
                      width = countedText(m_spec.interactionWidth(), "value");
        const std::int64_t projection = m_spec.crossLayers.empty() ? 0 : m_spec.crossLayers.front().projection;
        std::int64_t parameters = 0;
        for (const CrossLayerSpec& c : m_spec.crossLayers) parameters += c.parameters();
        part.name = text("Cross layers");
        part.texts = {text("%1 of %2").arg(layers, width), layers, number};
        part.secondLines = {projection > 0 ? text("projection %1").arg(count(projection)) : text("full rank")};
        part.details = text("x' = x0 · (x U V + b) + x, %1").arg(countedText(m_spec.crossLayers.size(), "time")) +
                       QLatin1Char('\n') +
                       text("x0: %1 and every table's row").arg(countedText(m_spec.embeddingDim, "bottom output")) +
                       QLatin1Char('\n') + countedText(parameters, "parameter");
    }

    void addInteraction() {
        const double size = kTriangle * m_scale;
        const double bottom = m_y - 1.5 * gap(), top = bottom - size;
        const double left = m_centre - size / 2;
        const int steps = static_cast<int>(std::clamp<std::int64_t>(m_spec.vectors(), 2, 40));
        const double step = size / steps;
        FigurePart& part = add(FigurePart::Kind::Interaction);
        if (m_spec.interaction == InteractionKind::Cross) {
            describeCross(part);
            part.shape = box(QRectF(left, top + size * 0.5, size, size * 0.5), 3);
        }
        for (int i = 1; i < steps && m_spec.interaction == InteractionKind::Dot; ++i)
            for (int j = 0; j < i; ++j)
                part.shape.addRect(
                    QRectF(left + j * step, top + i * step, std::max(1.0, step - 0.7), std::max(1.0, step - 0.7)));
        if (m_spec.interaction == InteractionKind::Dot) describeDots(part);
        placeBeside(part, m_centre + size * 0.1, m_width - kMargin, top, size * 0.5);
        part.label.moveTop(top - 2);
        part.hit = QRectF(left, top, size, size).united(part.label);

        // Both inputs arrive at the triangle's lower half.
        const double y = bottom - size * 0.22;
        const double from = m_leftTop;
        const QString dim = count(m_bottomOutputs);
        if (hasBottom())
            edge(QPolygonF({{m_leftCentre, from}, {m_leftCentre, y}, {left - 3, y}}), {dim},
                 QRectF(m_leftCentre + space::s, y + 2, left - m_leftCentre, m_line));
        if (!m_spec.tables.empty()) {
            const QRectF& area = m_out.tableArea;
            const double bus = area.top() - space::xs;
            const double x = std::max(area.center().x(), m_centre + size * 0.5 + space::xl);
            edge(QPolygonF({{area.left(), bus + space::xs},
                            {area.left(), bus},
                            {area.right(), bus},
                            {area.right(), bus + space::xs}}),
                 {}, {}, false);
            edge(QPolygonF({{x, bus}, {x, y}, {left + size * 0.8 + 3, y}}), {tablesTensor()},
                 QRectF(x + space::s, y, std::max(0.0, m_width - kMargin - x - space::s), bus - y));
        }
        m_spineTop = top;
        m_flowFrom = top + size / 2 - 1;  // the middle of the staircase
    }

    void addTopMlp() {
        const std::int64_t padding = m_spec.topMlp.empty() ? 0 : m_spec.topMlp.front().paddingInputs;
        const bool cross = m_spec.interaction == InteractionKind::Cross;
        const bool unknown = !hasInteraction() || (!cross && m_spec.tables.empty());
        // What the first layer reads, in words and as a sum.
        QStringList parts{text("%1 bottom").arg(count(m_spec.embeddingDim)), countedText(m_spec.pairs(), "dot")},
            widths{count(m_spec.embeddingDim), count(m_spec.pairs())};
        if (m_spec.interactionOrder != InteractionOrder::CustomCuda) {
            parts.swapItemsAt(0, 1);
            widths.swapItemsAt(0, 1);
        }
        if (cross) {
            widths = {count(m_spec.interactionWidth())};
            parts = {text("%1 crossed").arg(widths.first())};
        }
        if (padding > 0) {
            parts << text("%1 zero").arg(count(padding));
            widths << count(padding);
        }
        const QString concat = parts.join(QStringLiteral(" | ")), sum = widths.join(QStringLiteral(" + "));
        std::int64_t tensor = m_spec.topMlp.empty() ? m_spec.interactionWidth() : m_spec.topMlp.front().inputs;
        for (std::size_t i = 0; i < m_spec.topMlp.size(); ++i) {
            const LayerSpec& spec = m_spec.topMlp[i];
            const double base = m_spineTop - gap(), top = base - layer();
            edge(QPolygonF({{m_centre, i == 0 ? m_flowFrom : m_spineTop}, {m_centre, base}}),
                 i == 0 && !unknown ? QStringList{QStringLiteral("%1 = %2").arg(count(tensor), concat),
                                                  QStringLiteral("%1 = %2").arg(count(tensor), sum), count(tensor)}
                                    : QStringList{count(tensor)},
                 QRectF(m_centre + space::s, base, m_width - kMargin - m_centre - space::s, m_spineTop - base));
            FigurePart& part = add(FigurePart::Kind::TopLayer, static_cast<int>(i));
            shapeLayer(part, spec, m_centre, top);
            placeBeside(part, m_centre + m_topMost / 2 + space::m, m_width - kMargin, top, layer());
            m_spineTop = top;
            tensor = spec.outputs;
        }
    }

    void addOutputs() {
        const double width = 12 * m_character;
        const auto place = [&](FigurePart::Kind kind, const QString& label, const QString& name, const QString& details,
                               double distance, const QString& tensor) {
            const double base = m_spineTop - distance;
            edge(QPolygonF({{m_centre, m_spineTop}, {m_centre, base}}), {tensor},
                 QRectF(m_centre + space::s, base, width, distance));
            FigurePart& part = add(kind);
            const QRectF rect(m_centre - width / 2, base - pill(), width, pill());
            part.shape = box(rect, pill() / 2);
            part.label = rect;
            part.labelInside = true;
            part.hit = rect;
            part.texts = {label};
            part.name = name;
            part.details = details;
            m_spineTop = rect.top();
        };
        place(FigurePart::Kind::Logit, text("logit"), text("Logit"), text("the last layer's output, one number a row"),
              gap(), QStringLiteral("1"));
        place(FigurePart::Kind::Sigmoid, text("sigmoid"), text("Sigmoid"),
              text("probability of a click = 1 / (1 + exp(−logit))"), 0.6 * gap(), {});
    }

    const ModelSpec& m_spec;
    const FigureFindings& m_findings;
    FigureLayout m_out;
    double m_width, m_line, m_character;
    double m_scale = 1, m_height = 0, m_y = 0, m_bottom = 0;
    double m_leftWidth = 0, m_leftCentre = 0, m_leftTop = 0;
    double m_shapeMost = 0, m_topMost = 0, m_unitWidth = 1;  // of MLPs: the widest shapes there is room for
    double m_barsLeft = 0, m_barsWidth = 0, m_slot = 0, m_longestName = 4;
    double m_centre = 0, m_spineTop = 0, m_flowFrom = 0;
    int m_perRow = 1, m_barRows = 0;
    bool m_labelled = true;
    std::int64_t m_inputs = 0, m_bottomOutputs = 0;
};

}  // namespace

FigureLayout layOutFigure(const ModelSpec& spec, double width, double height, double lineHeight, double characterWidth,
                          const FigureFindings& findings) {
    return Builder(spec, width, height, lineHeight, characterWidth, findings).build();
}

}  // namespace dlrm::ui
