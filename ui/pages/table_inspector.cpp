// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/table_inspector.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/pages/info_card.h"
#include "ui/pages/vector_bars.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

QPushButton* link(QWidget* parent) {
    auto* button = new QPushButton(parent);
    button->setProperty("link", true);
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

QString number(double value) { return QString::number(value, 'g', 7); }

}  // namespace

TableInspector::TableInspector(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::m, space::m, space::m, space::m);
    column->setSpacing(space::m);
    m_table = new InfoCard(tr("Table"), this);
    column->addWidget(m_table);

    m_rowPart = new QWidget(this);
    auto* part = new QVBoxLayout(m_rowPart);
    part->setContentsMargins(0, 0, 0, 0);
    part->setSpacing(space::s);
    m_row = new InfoCard(tr("Row"), m_rowPart);
    part->addWidget(m_row);
    m_bars = new VectorBars(m_rowPart);
    part->addWidget(m_bars);
    m_hover = new QLabel(m_rowPart);
    m_hover->setTextFormat(Qt::PlainText);
    m_hover->setProperty("muted", true);
    m_hover->setWordWrap(true);
    part->addWidget(m_hover);
    auto* links = new QHBoxLayout;
    links->setSpacing(space::m);
    m_previous = link(m_rowPart);
    m_next = link(m_rowPart);
    m_first = link(m_rowPart);
    links->addWidget(m_previous);
    links->addWidget(m_next);
    links->addStretch(1);
    links->addWidget(m_first);
    part->addLayout(links);
    column->addWidget(m_rowPart);
    column->addStretch(1);

    connect(m_bars, &VectorBars::hovered, this, [this](const QString& text) { m_hover->setText(text.isEmpty() ? m_scaleText : text); });
    connect(m_previous, &QPushButton::clicked, this, [this] { Q_EMIT rowRequested(m_current - 1); });
    connect(m_next, &QPushButton::clicked, this, [this] { Q_EMIT rowRequested(m_current + 1); });
    connect(m_first, &QPushButton::clicked, this, [this] { Q_EMIT rowRequested(0); });
    showNothing();
}

void TableInspector::showNothing() {
    m_table->hide();
    m_rowPart->hide();
    m_rows = 0;
    m_current = -1;
}

void TableInspector::showTable(const TableSpec& spec) {
    m_rows = spec.rows;
    m_table->clear();
    m_table->addFact(tr("Name"), QString::fromStdString(spec.name));
    m_table->addFact(tr("Rows"), formatCount(spec.rows));
    m_table->addFact(tr("Dimension"), formatCount(spec.dim));
    m_table->addFact(tr("Values"), QString::fromUtf8(dlrm::name(spec.dtype).data()));
    m_table->addFact(tr("Size"), formatBytes(spec.bytes), tr("%1 bytes").arg(formatCount(spec.bytes)));
    m_table->addFact(tr("Files"), formatCount(spec.parts));
    m_table->addPath(spec.parts == 1 ? tr("File") : tr("First file"), QString::fromStdString(spec.file));
    m_table->show();
    showNoRow();
}

void TableInspector::showNoRow() {
    m_current = -1;
    m_rowPart->hide();
}

void TableInspector::showRow(qint64 row, const std::optional<TableRowSource::Row>& values, float scale, const QString& hex) {
    m_current = row;
    m_row->clear();
    m_row->addFact(tr("Id"), formatCount(row));
    if (row == 0)
        m_row->addSentence(tr("Row 0 stands for missing, rare and unknown values."));
    else if (!hex.isEmpty())
        m_row->addFact(tr("Value"), hex);
    if (values) {
        m_row->addFact(tr("Norm"), number(values->norm));
        m_row->addFact(tr("Smallest"), number(static_cast<double>(values->minimum)));
        m_row->addFact(tr("Largest"), number(static_cast<double>(values->maximum)));
        m_bars->setValues({values->values.begin(), values->values.end()}, scale);
        m_scaleText = tr("from −%1 to %1").arg(formatNumber(static_cast<double>(scale)));
    } else {
        m_row->addSentence(tr("Loading…"));
        m_bars->setValues({}, scale);
        m_scaleText = QStringLiteral(" ");
    }
    m_hover->setText(m_scaleText);
    m_previous->setText(tr("‹ %1").arg(row > 0 ? formatCount(row - 1) : QStringLiteral("–")));
    m_previous->setEnabled(row > 0);
    m_next->setText(tr("%1 ›").arg(row + 1 < m_rows ? formatCount(row + 1) : QStringLiteral("–")));
    m_next->setEnabled(row + 1 < m_rows);
    m_first->setText(tr("row 0"));
    m_first->setEnabled(row != 0);
    m_rowPart->show();
}

}  // namespace dlrm::ui
