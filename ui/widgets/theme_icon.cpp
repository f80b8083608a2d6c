// SPDX-License-Identifier: GPL-3.0-or-later
// themeIcon(): an icon engine that draws an SVG of resources/icons in the theme's colour of the moment, so a theme
// change needs no reloading.
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

#include "ui/widgets/theme.h"

static void initIconResources() { Q_INIT_RESOURCE(icons); }

namespace dlrm::ui {
namespace {

class ThemeIconEngine : public QIconEngine {
public:
    ThemeIconEngine(QString name, bool tinted) : m_name(std::move(name)), m_tinted(tinted) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        painter->drawPixmap(rect, render(rect.size() * ratio, mode, state));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return render(size, mode, state);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override {
        QPixmap p = render(size, mode, state);
        p.setDevicePixelRatio(scale);
        return p;
    }
    QIconEngine* clone() const override { return new ThemeIconEngine(m_name, m_tinted); }
    QString key() const override { return QStringLiteral("dlrm-theme-icon"); }

private:
    QPixmap render(const QSize& size, QIcon::Mode mode, QIcon::State state) const {
        QPixmap out(size);
        out.fill(Qt::transparent);
        QSvgRenderer svg(QStringLiteral(":/icons/%1.svg").arg(m_name));
        if (!svg.isValid() || size.isEmpty()) return out;
        const ThemeColors& c = Theme::instance().colors();
        const QColor color = mode == QIcon::Disabled ? c.disabled : state == QIcon::On ? c.accent : c.text;
        QPainter painter(&out);
        painter.setRenderHint(QPainter::Antialiasing);
        const int side = std::min(size.width(), size.height());
        svg.render(&painter, QRectF((size.width() - side) / 2.0, (size.height() - side) / 2.0, side, side));
        if (!m_tinted) return out;
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(out.rect(), color);
        return out;
    }

    QString m_name;
    bool m_tinted;
};

}  // namespace

QIcon themeIcon(const QString& name) {
    initIconResources();
    return QIcon(new ThemeIconEngine(name, true));
}

QIcon applicationIcon() {
    initIconResources();
    return QIcon(new ThemeIconEngine(QStringLiteral("dlrm-explorer"), false));
}

}  // namespace dlrm::ui
