// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_table.h"

#include <QClipboard>
#include <QDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_export.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kRowHeight = 20, kWidth = 520, kMostWidth = 1000, kHeight = 560;
constexpr int kRowsMeasured = 100;  // for the widths of the columns
}

ChartTableModel::ChartTableModel(ChartView::Table table, QObject* parent) : QAbstractTableModel(parent), m_table(std::move(table)) {}

int ChartTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size()); }
int ChartTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_table.columns.size()); }

QVariant ChartTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const auto& row = m_table.rows[static_cast<std::size_t>(index.row())];
    if (static_cast<std::size_t>(index.column()) >= row.size()) return {};
    const double x = row[static_cast<std::size_t>(index.column())];
    switch (role) {
        case Qt::DisplayRole:
            if (std::isnan(x)) return QString();
            return x == std::floor(x) && std::abs(x) < 1e15 ? formatCount(static_cast<qint64>(x)) : formatNumber(x, 6);
        case Qt::TextAlignmentRole: return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
        case Qt::FontRole: return Theme::instance().monospace();
        default: return {};
    }
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole) return {};
    return orientation == Qt::Horizontal ? QVariant(m_table.columns.value(section)) : QVariant(formatCount(section));
}

void showChartTable(const QString& title, const ChartView::Table& table, QWidget* parent) {
    auto* window = new QDialog(parent);
    window->setObjectName(QStringLiteral("chartTable"));
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setWindowTitle(title);
    auto* view = new QTableView(window);
    view->setModel(new ChartTableModel(table, view));
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view->verticalHeader()->setDefaultSectionSize(kRowHeight);
    QHeaderView* titles = view->horizontalHeader();
    titles->setResizeContentsPrecision(kRowsMeasured);
    view->resizeColumnsToContents();
    for (int c = 0; c < titles->count(); ++c) titles->resizeSection(c, titles->sectionSize(c) + 2 * space::s);
    window->resize(std::clamp(titles->length() + view->verticalHeader()->sizeHint().width() + 2 * space::xl, kWidth, kMostWidth), kHeight);
    view->setAccessibleName(title);
    auto* rows = new QLabel(ChartView::tr("%1 rows").arg(formatCount(static_cast<qint64>(table.rows.size()))), window);
    rows->setProperty("muted", true);
    auto* copy = new QPushButton(ChartView::tr("&Copy all"), window);
    const auto copyAll = [table] { QGuiApplication::clipboard()->setText(tableText(table, QLatin1Char('\t'))); };
    QObject::connect(copy, &QPushButton::clicked, window, copyAll);
    QObject::connect(new QShortcut(QKeySequence::Copy, window), &QShortcut::activated, window, copyAll);
    auto* column = new QVBoxLayout(window);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(view, 1);
    auto* bottom = new QHBoxLayout;
    bottom->setContentsMargins(space::m, 0, space::m, space::s);
    bottom->addWidget(rows);
    bottom->addStretch();
    bottom->addWidget(copy);
    column->addLayout(bottom);
    window->show();
}

}  // namespace dlrm::ui
