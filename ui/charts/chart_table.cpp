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

#include <cmath>

#include "ui/charts/chart_export.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kRowHeight = 20, kWidth = 520, kHeight = 560;
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
    window->resize(kWidth, kHeight);
    auto* view = new QTableView(window);
    view->setModel(new ChartTableModel(table, view));
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view->verticalHeader()->setDefaultSectionSize(kRowHeight);
    view->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
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
