// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_menu.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>

#include "ui/charts/chart_export.h"
#include "ui/charts/chart_view.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/toast.h"

namespace dlrm::ui {
namespace {

constexpr double kClipboardScale = 2;

QString fileName(QString title) {
    for (QChar& c : title)
        if (!c.isLetterOrNumber()) c = QLatin1Char('_');
    return title.toLower();
}

// The form that was chosen comes first; the dialog offers the others too, and a name may end in one of theirs.
void exportAs(ChartView& view, const QString& title, const char* extension) {
    const QString suffix = QLatin1String(extension);
    QStringList forms{QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf"), QStringLiteral("csv")};
    forms.move(forms.indexOf(suffix), 0);
    QStringList filters;
    for (const QString& form : forms) filters << ChartView::tr("%1 files (*.%2)").arg(form.toUpper(), form);
    const QString path = askForExport(&view, ChartView::tr("Export chart"), fileName(title) + QLatin1Char('.') + suffix,
                                      filters.join(QStringLiteral(";;")));
    if (path.isEmpty()) return;
    const QString& why = view.whyNoExport();  // something may have begun while the dialog was open
    const QString failure = why.isEmpty() ? view.exportTo(path) : QString();
    if (auto* toast = view.window()->findChild<Toast*>())
        toast->showText(!why.isEmpty()      ? why
                        : failure.isEmpty() ? ChartView::tr("Written: %1").arg(path)
                                            : ChartView::tr("%1 cannot be written: %2").arg(path, failure));
}

}  // namespace

void fillChartMenu(QMenu& menu, ChartView& view, const QString& title) {
    menu.addAction(ChartView::tr("Show as &table"), &view, &ChartView::showTable);
    menu.addSeparator();
    if (!view.whyNoExport().isEmpty()) {
        menu.addAction(withoutShortcut(view.whyNoExport()))->setEnabled(false);
    } else {
        menu.addAction(ChartView::tr("Copy &image"), &view,
                       [&view] { QGuiApplication::clipboard()->setImage(chartImage(*view.scene(), kClipboardScale)); });
        menu.addAction(ChartView::tr("Copy &data"), &view,
                       [&view] { QGuiApplication::clipboard()->setText(tableText(view.table(), QLatin1Char('\t'))); });
        menu.addSeparator();
        menu.addAction(ChartView::tr("Export &PNG…"), &view, [&view, title] { exportAs(view, title, "png"); });
        menu.addAction(ChartView::tr("Export &SVG…"), &view, [&view, title] { exportAs(view, title, "svg"); });
        menu.addAction(ChartView::tr("Export PD&F…"), &view, [&view, title] { exportAs(view, title, "pdf"); });
        menu.addAction(ChartView::tr("Export &CSV…"), &view, [&view, title] { exportAs(view, title, "csv"); });
    }
    menu.addSeparator();
    menu.addAction(ChartView::tr("&Reset zoom"), &view, &ChartView::resetZoom);
}

void showChartMenu(ChartView& view, const QString& title, const QPoint& globalPosition) {
    auto* menu = new QMenu(&view);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillChartMenu(*menu, view, title);
    menu->popup(globalPosition);
}

}  // namespace dlrm::ui
