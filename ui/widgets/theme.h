// SPDX-License-Identifier: GPL-3.0-or-later
// Every colour, size and font of the window; no colour or size literal stands anywhere else in ui.
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

namespace dlrm::ui {

enum class ThemeMode { System, Dark, Light };

struct ThemeColors {
    QColor window, base, raised, line, text, muted, disabled, accent, accentText;
    QColor clicked, notClicked, pass, warn, fail;
};

namespace space {
inline constexpr int xs = 4, s = 8, m = 12, l = 16, xl = 24;
}
namespace font_size {
inline constexpr int caption = 9, body = 10, section = 13, figure = 20;  // points
// Read from the far end of a room; nothing there is smaller.
inline constexpr int presented = 20, presentedTitle = 30, presentedFigure = 88;
}  // namespace font_size

// One per application; widgets that cache colours connect to changed().
class Theme : public QObject {
    Q_OBJECT
public:
    static Theme& instance();
    void apply(ThemeMode mode);  // sets QPalette and style sheet of the application
    ThemeMode mode() const { return m_mode; }
    bool isDark() const { return m_dark; }
    const ThemeColors& colors() const { return m_colors; }

    QFont font(int points, bool bold = false) const;
    QFont monospace(int points = font_size::body) const;
    // Categorical series colours, Okabe–Ito order, readable on the theme's base.
    QColor series(int index) const;
    // t in 0..1: cividis.
    QColor sequential(double t) const;
    // t in -1..1: blue – base – red, symmetric.
    QColor diverging(double t) const;

Q_SIGNALS:
    void changed();

private:
    Theme();
    ThemeMode m_mode = ThemeMode::System;
    bool m_dark = true, m_systemDark = true, m_applied = false;
    ThemeColors m_colors;
};

// Own monochrome SVG from resources/icons, tinted with the palette's text colour (accent when checked, disabled when
// disabled).
QIcon themeIcon(const QString& name);
// The program's own, in its own colours.
QIcon applicationIcon();

// "8,165,896", "1.87", "3.89 GiB", "612 k": the same formatting everywhere; locale-independent separators.
QString formatCount(qint64 n);
QString formatShort(double n);      // 8.17 M, 612 k
QString formatBytes(qint64 bytes);  // GiB, MiB, KiB
QString formatNumber(double x, int significant = 4);
QString formatPercent(double share, int decimals = 1);

}  // namespace dlrm::ui
