// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_export.h"

#include <QFileInfo>
#include <QGraphicsScene>
#include <QImage>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

#include <cmath>

namespace dlrm::ui {
namespace {

constexpr double kPictureScale = 2;
constexpr int kPdfResolution = 96;  // dots per inch of the scene's pixels

// Whole pixels of the scene: its rectangle ends in fractions.
QRectF whole(const QGraphicsScene& scene) {
    const QRectF r = scene.sceneRect();
    return {0, 0, std::floor(r.right()), std::floor(r.bottom())};
}

// The scene into the painter's device; always with a target rectangle, else the device's pixel ratio crops it.
void renderInto(QGraphicsScene& scene, QPainter& painter, const QRectF& target) {
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    scene.render(&painter, target, whole(scene));
}

bool exportPdf(QGraphicsScene& scene, const QString& title, const QString& path) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) return false;
    {
        QPdfWriter writer(&file);
        writer.setTitle(title);
        writer.setResolution(kPdfResolution);
        const QSizeF inches = whole(scene).size() / kPdfResolution;
        writer.setPageSize(QPageSize(inches, QPageSize::Inch, QString(), QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF());
        QPainter painter;
        if (!painter.begin(&writer)) return false;
        renderInto(scene, painter, QRectF(QPointF(0, 0), QSizeF(writer.width(), writer.height())));
    }
    return file.commit();
}

bool exportSvg(QGraphicsScene& scene, const QString& title, const QString& path) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) return false;
    QSvgGenerator generator;
    generator.setOutputDevice(&file);
    generator.setTitle(title);
    const QRectF target = whole(scene);
    generator.setSize(target.size().toSize());
    generator.setViewBox(target);
    QPainter painter;
    if (!painter.begin(&generator)) return false;
    renderInto(scene, painter, target);
    painter.end();
    return file.commit();
}

QString cell(double x) { return std::isnan(x) ? QString() : QString::number(x, 'g', 17); }

QString quoted(QString name, QChar separator) {
    if (!name.contains(separator) && !name.contains(QLatin1Char('"')) && !name.contains(QLatin1Char('\n'))) return name;
    name.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + name + QLatin1Char('"');
}

}  // namespace

QImage chartImage(QGraphicsScene& scene, double scale) {
    const QSizeF size = whole(scene).size();
    QImage image((size * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    if (image.isNull()) return image;
    image.fill(Qt::transparent);
    QPainter painter(&image);
    renderInto(scene, painter, QRectF(image.rect()));
    return image;
}

bool exportPicture(QGraphicsScene& scene, const QString& title, const QString& path) {
    const QString kind = QFileInfo(path).suffix().toLower();
    if (kind == QLatin1String("svg")) return exportSvg(scene, title, path);
    if (kind == QLatin1String("pdf")) return exportPdf(scene, title, path);
    if (kind != QLatin1String("png")) return false;
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && chartImage(scene, kPictureScale).save(&file, "PNG") && file.commit();
}

QString tableText(const ChartView::Table& table, QChar separator) {
    QStringList lines, fields;
    for (const QString& name : table.columns) fields << quoted(name, separator);
    lines << fields.join(separator);
    for (const std::vector<double>& row : table.rows) {
        fields.clear();
        for (const double x : row) fields << cell(x);
        lines << fields.join(separator);
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

bool exportCsv(const ChartView::Table& table, const QString& path) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) return false;
    file.write(tableText(table, QLatin1Char(',')).toUtf8());
    return file.commit();
}

}  // namespace dlrm::ui
