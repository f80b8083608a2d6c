// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers/kernel_image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kColors = 511;  // odd: zero has a colour of its own

struct Palette {
    std::array<QRgb, kColors> colors{};
    QRgb notFinite = 0;
    float scale = 0;

    explicit Palette(float limit) : scale(limit > 0 ? 1 / limit : 0) {
        const Theme& theme = Theme::instance();
        for (int i = 0; i < kColors; ++i)
            colors[static_cast<std::size_t>(i)] = theme.diverging(2.0 * i / (kColors - 1) - 1).rgb();
        notFinite = theme.colors().warn.rgb();
    }
    QRgb of(float v) const {
        if (strength(v) >= strength(std::numeric_limits<float>::infinity())) return notFinite;
        const float t = std::clamp(v * scale, -1.0F, 1.0F);
        return colors[static_cast<std::size_t>((t + 1) * ((kColors - 1) / 2) + 0.5F)];
    }
};

// First value of the level under every pixel's left edge, and one more for the end.
std::vector<std::int64_t> edges(double first, double size, int pixels, std::int64_t shrink, std::int64_t count) {
    std::vector<std::int64_t> out(static_cast<std::size_t>(pixels) + 1);
    for (int p = 0; p <= pixels; ++p) {
        const double cell = first + size * p / pixels;
        out[static_cast<std::size_t>(p)] =
            std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(cell)) / shrink, 0, count);
    }
    return out;
}

}  // namespace

QImage kernelImage(const KernelView& kernel, const QRectF& window, const QSize& pixels, float limit) {
    QImage image(pixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    if (pixels.isEmpty() || window.width() <= 0 || window.height() <= 0 || kernel.rows == 0) return image;
    const double perPixel = std::min(window.width() / pixels.width(), window.height() / pixels.height());
    std::size_t level = 0;
    while (level < kernel.levels.size() && perPixel >= static_cast<double>(std::int64_t{2} << level)) ++level;
    const std::int64_t shrink = std::int64_t{1} << level;
    const std::int64_t columns = kernel.columnsOf(level);
    const float* const values = kernel.values(level).data();
    const Palette palette(limit);
    const auto across = edges(window.left(), window.width(), pixels.width(), shrink, columns);
    const auto down = edges(window.top(), window.height(), pixels.height(), shrink, kernel.rowsOf(level));
    const std::int64_t firstColumn = across.front(),
                       lastColumn = std::min(columns, std::max(across.back(), firstColumn) + 1);
    std::vector<float> strongest(static_cast<std::size_t>(lastColumn - firstColumn));
    const auto pixelOf = [&](double column) {
        return std::clamp(static_cast<int>(std::ceil((column - window.left()) / window.width() * pixels.width() - 0.5)),
                          0, pixels.width());
    };
    const int firstPixel = pixelOf(0),
              lastPixel = pixelOf(static_cast<double>(kernel.columns()));  // whose middle lies on a column
    int drawn = -1;  // the line that shows the same values as this one
    for (int y = 0; y < pixels.height(); ++y) {
        const double cell = window.top() + window.height() * (y + 0.5) / pixels.height();
        if (cell < 0 || cell >= static_cast<double>(kernel.rows)) continue;
        const std::int64_t row = std::min(down[static_cast<std::size_t>(y)], kernel.rowsOf(level) - 1);
        const std::int64_t end = std::max(row + 1, down[static_cast<std::size_t>(y) + 1]);
        auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
        if (drawn >= 0 && end == row + 1 && down[static_cast<std::size_t>(drawn)] == row &&
            down[static_cast<std::size_t>(drawn) + 1] <= row + 1) {
            std::memcpy(line, image.constScanLine(drawn), static_cast<std::size_t>(pixels.width()) * sizeof(QRgb));
            continue;
        }
        const float* source = values + row * columns + firstColumn;
        if (end > row + 1) {
            std::copy_n(source, strongest.size(), strongest.data());
            for (std::int64_t r = row + 1; r < end; ++r) {
                const float* const next = values + r * columns + firstColumn;
                for (std::size_t c = 0; c < strongest.size(); ++c)
                    strongest[c] = strength(next[c]) > strength(strongest[c]) ? next[c] : strongest[c];
            }
            source = strongest.data();
        }
        for (int x = firstPixel; x < lastPixel; ++x) {
            const std::int64_t from = std::min(across[static_cast<std::size_t>(x)], columns - 1),
                               to = std::max(from + 1, across[static_cast<std::size_t>(x) + 1]);
            float v = source[from - firstColumn];
            for (std::int64_t c = from + 1; c < to; ++c) {
                const float other = source[c - firstColumn];
                v = strength(other) > strength(v) ? other : v;
            }
            line[x] = palette.of(v);
        }
        drawn = y;
    }
    return image;
}

}  // namespace dlrm::ui
