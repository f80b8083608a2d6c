// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of one embedding table for a RowView, in any order: blocks of rows are asked from the session as they become
// visible and the newest used are kept.
#pragma once

#include <QObject>

#include <list>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "ui/models/row_view.h"
#include "ui/session/session.h"
#include "ui/session/table_analysis.h"

namespace dlrm::ui {

// The values of one row, valid until control returns to the event loop.
struct RowVector {
    const float* values = nullptr;
    int size = 0;
    float scale = 0;  // value drawn in the full colour; 0: not known yet
};

class TableRowSource : public QObject, public RowSource {
    Q_OBJECT
public:
    static constexpr int kBlockRows = 256;
    enum Role { VectorRole = Qt::UserRole };  // RowVector of the strip column

    explicit TableRowSource(Session& session, QObject* parent = nullptr);

    // table < 0: none. Forgets all rows.
    void setTable(int table, const TableSpec& spec);
    int table() const { return m_table; }
    // Positions 0, 1, … of the view are these ids; null: the ids themselves. Call RowView::setSource() again
    // afterwards.
    void setOrder(GridOrderPtr order);
    const GridOrderPtr& order() const { return m_order; }
    qint64 idAt(qint64 position) const {
        return m_order ? static_cast<qint64>(m_order->ids[static_cast<std::size_t>(position)]) : position;
    }
    qint64 positionOf(qint64 id) const;  // -1: not in this order
    // Columns beside the rows' own values, from whole-table work; null: not known, no such column. traffic: hits of
    // this table. cosinesCome: their column stands before them, empty, so that no other moves when they are there.
    void setKnown(TableStatisticsPtr statistics, FloatsPtr cosines, TrafficPtr traffic, bool cosinesCome = false);
    // What a column can be sorted by; nothing for values. And back; -1: no such column.
    std::optional<RowKey> keyOf(int column) const;

    // One column per value instead of the strip. Call RowView::setSource() again afterwards: the columns differ.
    void setNumbers(bool numbers) { m_numbers = numbers; }
    bool numbers() const { return m_numbers; }
    int stripColumn() const { return m_numbers ? -1 : static_cast<int>(leading().size()); }
    // Colours of the strip reach their ends at ± this. 0: nothing read yet.
    //   Table: the table's own, from its statistics: the same wherever one looks. As View where they are not known.
    //   Trained: the same of the table's trained rows: beside many untrained rows the table's own is theirs. As Table
    //   where they are not known.
    //   View: about the largest |value| of the blocks in view. It stays while scrolling unless the values become much
    //   larger or smaller, as rare rows'
    //         are beside the frequent ones' at the table's top.
    //   Held: as it is now, until another table comes.
    enum class ScaleMode { Table, Trained, View, Held };
    void setScaleMode(ScaleMode mode);
    // What was set; until then Trained where more than half of the rows are known to be untrained, else Table.
    ScaleMode scaleMode() const;
    float scale() const { return m_scale; }
    bool isLoading() const { return m_asked.has_value(); }

    struct Row {
        std::span<const float> values;
        double norm = 0;
        float minimum = 0, maximum = 0;
    };
    // Nothing while the row at this position is not loaded.
    std::optional<Row> row(qint64 position) const;
    // Asks again for what is visible, after a failure.
    void retry();

    // RowSource
    qint64 rowCount() const override { return m_order ? static_cast<qint64>(m_order->ids.size()) : m_spec.rows; }
    QStringList columns() const override;
    QString columnTip(int column) const override;
    QString labelTitle() const override { return tr("id"); }
    QString labelTip() const override;
    // The longest text a cell of this column may have; empty for the strip.
    QString widestText(int column) const;
    QVariant data(qint64 position, int column, int role) const override;
    QString rowLabel(qint64 position) const override;
    QString widestLabel() const override;
    void rowsVisible(qint64 first, int count) override;

    // TSV as it is copied: id, hex where a dictionary is loaded, norm, every value with all its digits. Lines of
    // rows.ids[first .. first + count).
    QString copyHeader() const;
    QString copyLines(const TableRows& rows, std::size_t first, std::size_t count) const;
    qint64 copyColumns() const { return m_spec.dim + (m_hex ? 3 : 2); }

    // A token no other request of this process carries.
    static quint64 newToken();

Q_SIGNALS:
    void loaded();
    void scaleChanged();

private:
    enum class Lead { Hex, Norm, Cosine, Trained, Hits };
    struct LeadColumn {
        Lead lead;
        const char* title;  // translated by tr()
        std::optional<RowKey> key = {};
    };
    struct Block {
        TableRowsPtr rows;
        std::size_t offset = 0;           // of the block's first row in `rows`
        std::list<qint64>::iterator use;  // in m_uses
    };
    void forgetRows();
    void store(const TableRowsPtr& rows, quint64 token);
    void askForVisible();
    void touch(qint64 block);
    void dropOldBlocks();
    void findScale();
    std::vector<LeadColumn> leading() const;  // columns before the values
    qint64 blockRows(qint64 block) const;
    QString text(Lead column, qint64 position, qint64 id) const;

    Session& m_session;
    TableSpec m_spec;
    int m_table = -1;
    bool m_numbers = false;
    bool m_hex = false;
    float m_scale = 0;
    std::optional<ScaleMode> m_scaleMode;  // as it was set
    std::map<qint64, Block> m_blocks;
    std::list<qint64> m_uses;  // newest first
    qint64 m_first = 0;
    int m_count = 0;
    GridOrderPtr m_order;
    TableStatisticsPtr m_statistics;
    FloatsPtr m_cosines;
    bool m_cosinesCome = false;
    TrafficPtr m_traffic;
    std::map<quint64, std::vector<qint64>>
        m_tokens;  // requests that are not answered and their blocks; the last one is m_asked's
    std::optional<std::pair<qint64, qint64>> m_asked;  // blocks first..last of the request under way
    bool m_failed = false;
};

}  // namespace dlrm::ui

Q_DECLARE_METATYPE(dlrm::ui::RowVector)
