// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_table.h"

#include <QClipboard>
#include <QDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_export.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kRowHeight = 20, kWidth = 520, kMostWidth = 1000, kHeight = 560;
constexpr int kRowsMeasured = 100;  // for the widths of the columns
constexpr int kWhole = -1, kScientific = -2, kDigits = 4, kMostDecimals = 12, kScientificDecimals = 5;
constexpr double kLargestWhole = 1e15;

// One form for a whole column: whole numbers, or as many decimals as its smallest value needs.
int decimalsOf(const ChartView::Table& table, std::size_t column) {
    bool whole = true;
    double smallest = 0;
    for (const std::vector<double>& row : table.rows) {
        if (column >= row.size() || !std::isfinite(row[column])) continue;
        const double x = std::abs(row[column]);
        whole = whole && x == std::floor(x) && x < kLargestWhole;
        if (x > 0 && (smallest == 0 || x < smallest)) smallest = x;
    }
    if (whole) return kWhole;
    const double needed = std::ceil(-std::log10(smallest)) + kDigits - 1;
    return needed > kMostDecimals ? kScientific : std::max(kDigits, static_cast<int>(needed));
}

QString inForm(double x, int decimals) {
    static const QLocale english(QLocale::English, QLocale::UnitedStates);
    if (std::isnan(x)) return {};
    if (std::isinf(x)) return formatNumber(x);
    if (decimals == kWhole) return formatCount(static_cast<qint64>(x));
    const QString digits = decimals == kScientific ? QString::number(std::abs(x), 'e', kScientificDecimals)
                                                   : english.toString(std::abs(x), 'f', decimals);
    return x < 0 ? QStringLiteral("−") + digits : digits;
}
}  // namespace

ChartTableModel::ChartTableModel(ChartView::Table table, QObject* parent)
    : QAbstractTableModel(parent), m_table(std::move(table)) {
    for (int c = 0; c < m_table.columns.size(); ++c)
        m_decimals.push_back(decimalsOf(m_table, static_cast<std::size_t>(c)));
}

int ChartTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size());
}
int ChartTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_table.wordColumns.size() + m_table.columns.size());
}

QVariant ChartTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const auto at = static_cast<std::size_t>(index.row());
    const auto words = static_cast<int>(m_table.wordColumns.size());
    if (index.column() < words)
        return role == Qt::DisplayRole && at < m_table.words.size() ? m_table.words[at].value(index.column())
                                                                    : QVariant();
    const auto column = static_cast<std::size_t>(index.column() - words);
    if (column >= m_table.rows[at].size()) return {};
    switch (role) {
        case Qt::DisplayRole:
            return inForm(m_table.rows[at][column], m_decimals[column]);
        case Qt::TextAlignmentRole:
            return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
        case Qt::FontRole:
            return Theme::instance().monospace();
        default:
            return {};
    }
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole) return {};
    return orientation == Qt::Horizontal ? QVariant((m_table.wordColumns + m_table.columns).value(section))
                                         : QVariant(formatCount(section));
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
    window->resize(
        std::clamp(titles->length() + view->verticalHeader()->sizeHint().width() + 2 * space::xl, kWidth, kMostWidth),
        kHeight);
    view->setAccessibleName(title);
    auto* rows = new QLabel(countedText(table.rows.size(), "row"), window);
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
