// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QLocale>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "ui/widgets/style_sheet.h"

namespace dlrm::ui {
namespace {

QColor rgb(unsigned value) { return QColor::fromRgb(value); }

ThemeColors colorsOf(bool dark) {
    constexpr struct {
        QColor ThemeColors::*color;
        unsigned onDark, onLight;
    } kColors[] = {
        {&ThemeColors::window, 0x1b1d23, 0xf4f5f7},     {&ThemeColors::base, 0x14161a, 0xffffff},
        {&ThemeColors::raised, 0x23262e, 0xffffff},     {&ThemeColors::line, 0x30343d, 0xd9dde3},
        {&ThemeColors::text, 0xe6e8eb, 0x1b1f24},       {&ThemeColors::muted, 0x9aa3ad, 0x5c6670},
        {&ThemeColors::disabled, 0x5c636d, 0xa4abb3},   {&ThemeColors::accent, 0x6ea8fe, 0x1f6feb},
        {&ThemeColors::accentText, 0x0b1220, 0xffffff}, {&ThemeColors::clicked, 0xf0883e, 0xb84f08},
        {&ThemeColors::notClicked, 0x58a6c9, 0x26708f}, {&ThemeColors::pass, 0x3fb950, 0x1a7f37},
        {&ThemeColors::warn, 0xd29922, 0x9a6700},       {&ThemeColors::fail, 0xf85149, 0xcf222e},
    };
    ThemeColors out;
    for (const auto& entry : kColors) out.*entry.color = rgb(dark ? entry.onDark : entry.onLight);
    return out;
}

// The system's choice, read from the palette the platform gave us before ours: dark when its window is darker than its
// text.
bool systemIsDark(const QPalette& system) {
    return system.color(QPalette::Window).lightness() < system.color(QPalette::WindowText).lightness();
}

QPalette paletteFor(const ThemeColors& c) {
    const std::pair<QColor, std::vector<QPalette::ColorRole>> roles[] = {
        {c.window, {QPalette::Window, QPalette::AlternateBase}},
        {c.base, {QPalette::Base}},
        {c.raised, {QPalette::ToolTipBase, QPalette::Button, QPalette::Light}},
        {c.line, {QPalette::Midlight, QPalette::Mid, QPalette::Dark, QPalette::Shadow}},
        {c.text, {QPalette::WindowText, QPalette::ToolTipText, QPalette::Text, QPalette::ButtonText}},
        {c.muted, {QPalette::PlaceholderText}},
        {c.accent, {QPalette::Highlight, QPalette::Link, QPalette::LinkVisited}},
        {c.accentText, {QPalette::HighlightedText}},
        {c.fail, {QPalette::BrightText}},
    };
    QPalette p;
    for (const auto& [color, all] : roles)
        for (const QPalette::ColorRole role : all) p.setColor(role, color);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, c.disabled);
    p.setColor(QPalette::Disabled, QPalette::Highlight, c.line);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, c.disabled);
    return p;
}

QColor mix(const QColor& a, const QColor& b, double t) {
    const auto channel = [t](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * t)); };
    return QColor(channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue()));
}

// Cividis (Nuñez, Anderton, Renslow 2018) at 0, 1/10, … 1; linear between.
constexpr std::array<unsigned, 11> kCividis{0x00224e, 0x083370, 0x35456c, 0x4f576c, 0x666970, 0x7d7c78,
                                            0x948e77, 0xaea371, 0xc8b866, 0xe5cf52, 0xfee838};

// Okabe–Ito without black; the yellow and sky blue are darkened on white, where they would vanish.
constexpr std::array<unsigned, 7> kSeriesDark{0x56b4e9, 0xe69f00, 0x009e73, 0xf0e442, 0x4d8fd6, 0xd55e00, 0xcc79a7};
constexpr std::array<unsigned, 7> kSeriesLight{0x0072b2, 0xd98a00, 0x009e73, 0x9c8f00, 0x3a93c4, 0xd55e00, 0xb85c90};

}  // namespace

Theme::Theme() : m_colors(colorsOf(true)) {}

Theme& Theme::instance() {
    static Theme* theme = new Theme;  // lives as long as the process: widgets may outlive any static order
    return *theme;
}

void Theme::apply(ThemeMode mode) {
    if (!m_applied) m_systemDark = systemIsDark(QApplication::palette());
    m_mode = mode;
    const bool dark = mode == ThemeMode::System ? m_systemDark : mode == ThemeMode::Dark;
    if (m_applied && dark == m_dark) return;
    if (!m_applied) QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    m_applied = true;
    m_dark = dark;
    m_colors = colorsOf(dark);
    const QPalette palette = paletteFor(m_colors);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    QApplication::setFont(font(font_size::body));
    qApp->setStyleSheet(styleSheet(m_colors));
    Q_EMIT changed();
}

QFont Theme::font(int points, bool bold) const {
    static const QFont system = QApplication::font();
    QFont f(system);
    f.setPointSize(points);
    f.setWeight(bold ? QFont::DemiBold : QFont::Normal);
    return f;
}

QFont Theme::monospace(int points) const {
    static const QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    QFont f(fixed);
    f.setStyleHint(QFont::Monospace);
    f.setPointSize(points);
    return f;
}

QColor Theme::series(int index) const {
    const auto& colors = isDark() ? kSeriesDark : kSeriesLight;
    return rgb(colors[static_cast<std::size_t>(std::max(index, 0)) % colors.size()]);
}

// More is brighter on the dark theme and darker on the light one, everywhere: what is faint is near the background.
QColor Theme::sequential(double t) const {
    if (!isDark()) t = 1 - std::clamp(std::isnan(t) ? 0.0 : t, 0.0, 1.0);
    if (!(t > 0)) return rgb(kCividis.front());
    if (t >= 1) return rgb(kCividis.back());
    const double position = t * (kCividis.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    return mix(rgb(kCividis[below]), rgb(kCividis[below + 1]), position - static_cast<double>(below));
}

QColor Theme::diverging(double t) const {
    if (std::isnan(t)) return colors().line;
    const double strength = std::min(std::abs(t), 1.0);
    const QColor end = t < 0 ? rgb(isDark() ? 0x4f9bff : 0x1f5fc4) : rgb(isDark() ? 0xff6b5e : 0xc22f2f);
    return mix(colors().base, end, std::pow(strength, 0.8));
}

QString formatCount(qint64 n) {
    static const QLocale english(QLocale::English, QLocale::UnitedStates);
    return english.toString(n);
}

QString formatNumber(double x, int significant) {
    if (std::isnan(x)) return QStringLiteral("NaN");
    if (std::isinf(x)) return x > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    if (x == 0) return QStringLiteral("0");
    const int exponent = static_cast<int>(std::floor(std::log10(std::abs(x))));
    QString text = exponent < -4 || exponent > 6
                       ? QString::number(x, 'e', std::max(significant - 1, 0))
                       : QString::number(x, 'f', std::clamp(significant - 1 - exponent, 0, 12));
    return text.replace(QLatin1Char('-'), QStringLiteral("−"));  // also of an exponent
}

QString formatShort(double n) {
    const double size = std::abs(n);
    if (size >= 1e9) return formatNumber(n / 1e9, 3) + QStringLiteral(" G");
    if (size >= 1e6) return formatNumber(n / 1e6, 3) + QStringLiteral(" M");
    if (size >= 1e3) return formatNumber(n / 1e3, 3) + QStringLiteral(" k");
    return n == std::floor(n) ? QString::number(n, 'f', 0) : formatNumber(n, 3);
}

QString formatBytes(qint64 bytes) {
    constexpr double kKiB = 1024, kMiB = kKiB * 1024, kGiB = kMiB * 1024;
    const auto size = static_cast<double>(bytes);
    if (size >= kGiB) return QString::number(size / kGiB, 'f', size >= 10 * kGiB ? 1 : 2) + QStringLiteral("\u00a0GiB");
    if (size >= kMiB)
        return QString::number(size / kMiB, 'f', size >= 100 * kMiB ? 0 : 1) + QStringLiteral("\u00a0MiB");
    if (size >= kKiB)
        return QString::number(size / kKiB, 'f', size >= 100 * kKiB ? 0 : 1) + QStringLiteral("\u00a0KiB");
    return QString::number(bytes) + QStringLiteral("\u00a0B");
}

QString formatPercent(double share, int decimals) {
    if (!std::isfinite(share)) return QStringLiteral("–");
    return QString::number(share * 100, 'f', decimals) + QStringLiteral("\u00a0%");
}

}  // namespace dlrm::ui
