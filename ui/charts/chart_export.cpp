// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_export.h"

#include <QBuffer>
#include <QFileInfo>
#include <QGraphicsScene>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <cmath>

#include "ui/widgets/plain_text.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/whole_file.h"

namespace dlrm::ui {
namespace {

constexpr double kPictureScale = 2;
constexpr int kPdfResolution = 96;  // dots per inch of the scene's pixels

// Whole pixels of the scene: its rectangle ends in fractions.
QRectF whole(const QGraphicsScene& scene) {
    const QRectF r = scene.sceneRect();
    return {0, 0, std::floor(r.right()), std::floor(r.bottom())};
}

QFont sourceFont() { return Theme::instance().font(font_size::caption); }

// Of the picture: the scene, and the line of the source below it.
QSizeF pageOf(const QGraphicsScene& scene, const QString& source) {
    const QSizeF size = whole(scene).size();
    return source.isEmpty() ? size : size + QSizeF(0, QFontMetrics(sourceFont()).height() + space::s);
}

// The scene into the painter's device; always with a target rectangle, else the device's pixel ratio crops it.
// `target` has the shape of pageOf().
void renderInto(QGraphicsScene& scene, QPainter& painter, const QRectF& target, const QString& source) {
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    const double scale = target.width() / whole(scene).width();
    const QRectF picture(target.topLeft(), whole(scene).size() * scale);
    scene.render(&painter, picture, whole(scene));
    if (source.isEmpty()) return;
    const ThemeColors& colors = Theme::instance().colors();
    const QRectF below(target.left(), picture.bottom(), target.width(), target.bottom() - picture.bottom());
    painter.fillRect(below, colors.base);
    painter.translate(target.left(), picture.bottom());
    painter.scale(scale, scale);
    painter.setFont(sourceFont());
    painter.setPen(colors.muted);
    const QRectF line(space::m, 0, whole(scene).width() - 2 * space::m, QFontMetrics(sourceFont()).height());
    const QString words =
        QFontMetrics(sourceFont()).elidedText(source, Qt::ElideMiddle, static_cast<int>(line.width()));
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, words);
}

QByteArray pdf(QGraphicsScene& scene, const QString& title, const QString& source) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setTitle(title);
        writer.setResolution(kPdfResolution);
        const QSizeF inches = pageOf(scene, source) / kPdfResolution;
        writer.setPageSize(QPageSize(inches, QPageSize::Inch, QString(), QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF());
        QPainter painter(&writer);
        renderInto(scene, painter, QRectF(QPointF(0, 0), QSizeF(writer.width(), writer.height())), source);
    }
    return bytes;
}

QByteArray svg(QGraphicsScene& scene, const QString& title, const QString& source) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setTitle(title);
    generator.setResolution(kPdfResolution);  // else its text is a quarter smaller than elsewhere
    const QRectF target(QPointF(0, 0), pageOf(scene, source));
    generator.setSize(target.size().toSize());
    generator.setViewBox(target);
    QPainter painter(&generator);
    renderInto(scene, painter, target, source);
    painter.end();
    return bytes;
}

QImage picture(QGraphicsScene& scene, double scale, const QString& source) {
    const QSizeF size = pageOf(scene, source);
    QImage image((size * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    if (image.isNull()) return image;
    image.fill(Qt::transparent);
    QPainter painter(&image);
    renderInto(scene, painter, QRectF(image.rect()), source);
    return image;
}

}  // namespace

QImage chartImage(QGraphicsScene& scene, double scale) { return picture(scene, scale, {}); }

QString exportPicture(QGraphicsScene& scene, const QString& title, const QString& path, const QString& source) {
    const QString kind = QFileInfo(path).suffix().toLower();
    if (kind == QLatin1String("svg")) return writeWhole(path, svg(scene, title, source));
    if (kind == QLatin1String("pdf")) return writeWhole(path, pdf(scene, title, source));
    if (kind == QLatin1String("png")) return writePng(path, picture(scene, kPictureScale, source));
    return ChartView::tr("a picture is a .png, .svg or .pdf");
}

QString tableText(const ChartView::Table& table, QChar separator) {
    QStringList lines, fields;
    for (const QString& name : table.wordColumns + table.columns) fields << quotedField(name, separator);
    lines << fields.join(separator);
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        fields.clear();
        if (r < table.words.size())
            for (const QString& word : table.words[r]) fields << quotedField(word, separator);
        for (const double x : table.rows[r]) fields << exactNumber(x);
        lines << fields.join(separator);
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

QString exportCsv(const ChartView::Table& table, const QString& path) {
    return writeWhole(path, tableText(table, QLatin1Char(',')).toUtf8());
}

}  // namespace dlrm::ui
