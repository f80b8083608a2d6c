// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/spectrum_tab.h"

#include <QLabel>
#include <QPushButton>

#include <algorithm>
#include <cmath>

#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kSmallestShare = 1e-4;  // of the largest singular value, the axis' lower end at least
constexpr double kAlike = 0.02;          // lines that are seen as one differ by less
constexpr double kNear = 0.06;           // of the axis' decades, that hover still finds a line in

// σ / σ₁ against its number; values below the axis are left out by it.
Series relative(const Spectrum& spectrum, const QString& name) {
    Series series;
    series.name = name.toStdString();
    series.represents = spectrum.rows;
    series.howChosen = "all";
    const double largest = spectrum.singularValues.empty() ? 0 : spectrum.singularValues.front();
    for (std::size_t i = 0; i < spectrum.singularValues.size(); ++i)
        if (largest > 0) series.points.push_back({static_cast<double>(i + 1), spectrum.singularValues[i] / largest});
    return series;
}

// The largest relative difference of two lines where both have a point.
double apart(const Series& one, const Series& other) {
    double most = 0;
    for (std::size_t i = 0; i < std::min(one.points.size(), other.points.size()); ++i)
        if (const double y = one.points[i].y; y > kSmallestShare)
            most = std::max(most, std::abs(other.points[i].y / y - 1));
    return most;
}

double lowest(const std::vector<ChartView::Line>& lines) {
    double low = 1;
    for (const auto& line : lines)
        for (const Point& p : line.series.points)
            if (p.y > 0) low = std::min(low, p.y);
    return std::max(low * 0.8, kSmallestShare);
}

QString figures(const Spectrum& s) {
    // A line may break between the figures, and inside the longest one's name, never before a number.
    QStringList parts{TableSpectrumTab::tr("effective rank %1").arg(formatNumber(s.effectiveRank, 4)),
                      TableSpectrumTab::tr("stable rank %1").arg(formatNumber(s.stableRank, 3)),
                      TableSpectrumTab::tr("information abundance %1").arg(formatNumber(s.informationAbundance, 3))};
    parts.replaceInStrings(QStringLiteral(" "), QStringLiteral("\u00a0"));
    QString text = parts.join(QStringLiteral("\u00a0· "));
    return text.replace(QStringLiteral("information\u00a0"), QStringLiteral("information "));
}

}  // namespace

TableSpectrumTab::TableSpectrumTab(Session& s, QWidget* parent) : TableTab(s, parent) {
    auto* content = new QWidget;
    QVBoxLayout* column = columnIn(content, 0);
    QHBoxLayout* tools = rowIn(nullptr, space::s, {space::m, space::s, space::m, space::s});
    m_figures = plainLabel(content);
    m_figures->setWordWrap(true);
    m_figures->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_figures->setToolTip(
        tr("<p>Effective rank: exp(H(σ/Σσ)), H the entropy in nats (Roy &amp; Vetterli 2007).</p><p>Stable rank: Σσ² / "
           "max σ².</p><p>Information abundance: Σσ / max σ (Guo et al. 2024).</p>"
           "<p>σ are the singular values of the table's rows, not centred.</p>"));
    tools->addWidget(m_figures, 1);
    m_weigh = new QPushButton(tr("&Weigh by traffic"), content);
    QSizePolicy policy = m_weigh->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_weigh->setSizePolicy(policy);
    tools->addWidget(m_weigh, 0, Qt::AlignTop);
    m_compare = toggleButton(content, tr("&All tables"),
                             tr("The spectra of all tables whose statistics are known in one chart"));
    tools->addWidget(m_compare, 0, Qt::AlignTop);
    column->addLayout(tools);
    m_chart = new ChartView(tr("Singular values"));
    m_chart->setScales(ChartView::Scale::Linear, ChartView::Scale::Log);
    column->addWidget(m_chart, 1);
    setContent(content);
    connect(m_compare, &QPushButton::toggled, this, &TableSpectrumTab::refreshSoon);
    connect(&Theme::instance(), &Theme::changed, this, &TableSpectrumTab::refreshSoon);
    connect(m_weigh, &QPushButton::clicked, this, [this] { analysis().computeTrafficSpectrum(table()); });
    connect(&s.tables(), &TableAnalysis::trafficSpectrumReady, this, &TableSpectrumTab::refreshSoon);
    connect(&s.tables(), &TableAnalysis::trafficChanged, this, &TableSpectrumTab::refreshSoon);
    connect(&s.tables(), &TableAnalysis::statisticsReady, this, [this](int ready) {
        if (m_compare->isChecked() && ready != table()) refreshSoon();
    });
}

void TableSpectrumTab::setComparing(bool on) { m_compare->setChecked(on); }

void TableSpectrumTab::refresh() {
    if (!needStatistics(tr("The singular values of this table, and how many directions they use"))) return;
    m_weigh->setVisible(!m_compare->isChecked());
    m_weigh->setEnabled(analysis().traffic() && !analysis().trafficSpectrum(table()));
    m_weigh->setToolTip(analysis().traffic()
                            ? tr("Count every row as often as the loaded dataset looks it up")
                            : tr("Count the lookups of a loaded dataset first (button “Count lookups”)"));
    m_compare->isChecked() ? showAll() : showOne();
    showContent();
}

void TableSpectrumTab::show(const std::vector<ChartView::Line>& lines, double dim) {
    m_chart->setAxes(tr("number of the singular value"), 1, dim, tr("share of the largest (log)"), lowest(lines), 1);
    m_chart->setLines(lines);
}

void TableSpectrumTab::showOne() {
    const TableStatisticsPtr known = statistics();
    std::vector<std::pair<QString, Spectrum>> shown{{tr("all rows"), known->spectrum}};
    if (known->trainedSpectrum.rows > 0) shown.emplace_back(tr("trained rows"), known->trainedSpectrum);
    if (const auto weighted = analysis().trafficSpectrum(table())) shown.emplace_back(tr("by traffic"), *weighted);
    std::vector<ChartView::Line> lines;
    QStringList words;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        lines.push_back({relative(shown[i].second, shown[i].first), Theme::instance().series(static_cast<int>(i)),
                         i > 0});  // dashed: the line below shows through where two are equal
        words << QStringLiteral("%1 (%2): %3")
                     .arg(shown[i].first, formatCount(shown[i].second.rows), figures(shown[i].second));
    }
    m_figures->setText(words.join(QLatin1Char('\n')));
    const auto dim = static_cast<double>(std::max<std::size_t>(2, known->spectrum.singularValues.size()));
    show(lines, dim);
    m_chart->setTable({});  // the lines themselves
    m_chart->setHover([shown](double x, double) {
        const auto i = static_cast<std::size_t>(std::max(1.0, std::round(x)));
        QStringList text{tr("singular value %1").arg(i)};
        for (const auto& [name, spectrum] : shown)
            if (i <= spectrum.singularValues.size())
                text << tr("%1: %2, %3 of the largest")
                            .arg(name, formatNumber(spectrum.singularValues[i - 1]),
                                 formatPercent(spectrum.singularValues[i - 1] / spectrum.singularValues.front(), 2));
        return text.join(QLatin1Char('\n'));
    });
    QString foot = tr("All %1 of %2 × %3, from XᵀX; rows that are not finite are left out")
                       .arg(countedText(known->spectrum.singularValues.size(), "singular value"))
                       .arg(formatCount(known->spectrum.rows))
                       .arg(known->gram.dim);
    if (known->trainedSpectrum.rows > 0)
        if (const double most = apart(lines[0].series, lines[1].series); most < kAlike)
            foot += tr("; the line of trained rows lies on that of all rows, to within %1")
                        .arg(formatPercent(std::ceil(most * 1000) / 1000));
    m_chart->setFootnote(foot);
    m_chart->setAccessibleName(
        tr("Singular values, effective rank %1").arg(formatNumber(known->spectrum.effectiveRank)));
}

// The current table in the accent colour over all others, which are named by hover: 26 colours would tell nothing.
void TableSpectrumTab::showAll() {
    const ModelInfoPtr model = session().model();
    std::vector<ChartView::Line> lines;
    std::vector<std::pair<QString, Spectrum>> known;
    std::size_t longest = 0;
    const auto add = [&](const std::string& name, const Spectrum& spectrum, const QColor& colour) {
        lines.push_back({relative(spectrum, {}), colour, false});
        known.emplace_back(QString::fromStdString(name), spectrum);
        longest = std::max(longest, spectrum.singularValues.size());
    };
    QColor faint = Theme::instance().colors().muted;
    faint.setAlphaF(0.55F);
    for (std::size_t t = 0; t < model->spec.tables.size(); ++t)
        if (const TableStatisticsPtr other = analysis().statistics(static_cast<int>(t));
            other && static_cast<int>(t) != table())
            add(model->spec.tables[t].name, other->spectrum, faint);
    add(spec().name, statistics()->spectrum, Theme::instance().colors().accent);
    const auto dim = static_cast<double>(std::max<std::size_t>(2, longest));
    show(lines, dim);
    const double decades = -std::log10(lowest(lines));
    m_chart->setHover([known, decades](double x, double y) {
        const auto i = static_cast<std::size_t>(std::max(1.0, std::round(x)));
        const std::pair<QString, Spectrum>* nearest = nullptr;
        double best = kNear * decades;
        for (const auto& one : known) {
            const std::vector<double>& values = one.second.singularValues;
            if (i > values.size() || !(values.front() > 0)) continue;
            const double distance = std::abs(std::log10(values[i - 1] / values.front()) - std::log10(y));
            if (!(distance < best)) continue;
            best = distance;
            nearest = &one;
        }
        return nearest ? QStringLiteral("%1: %2").arg(nearest->first, figures(nearest->second)) : QString();
    });
    m_figures->setText(tr("%1, highlighted: %2").arg(known.back().first, figures(known.back().second)));
    m_chart->setFootnote(tr("%1 of %2: those whose statistics are known; the pointer names the line below it")
                             .arg(known.size())
                             .arg(countedText(model->spec.tables.size(), "table")));
    ChartView::Table twin;
    twin.columns = QStringList{tr("number")};
    for (const auto& [title, _] : known) twin.columns << title;
    for (std::size_t i = 0; i < longest; ++i) {
        std::vector<double> row{static_cast<double>(i + 1)};
        for (const auto& [_, spectrum] : known)
            row.push_back(i < spectrum.singularValues.size() ? spectrum.singularValues[i] : std::nan(""));
        twin.rows.push_back(std::move(row));
    }
    m_chart->setTable(std::move(twin));
}

}  // namespace dlrm::ui
