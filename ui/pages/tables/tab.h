// SPDX-License-Identifier: GPL-3.0-or-later
// One tab of the Tables page: what it shows of the current table, or what would be here and the button that gets there.
#pragma once

#include <QWidget>

#include <functional>
#include <optional>

#include "ui/session/table_analysis.h"

class QStackedWidget;

namespace dlrm::ui {

class EmptyState;

class TableTab : public QWidget {
    Q_OBJECT
public:
    explicit TableTab(Session& session, QWidget* parent = nullptr);

    // table < 0: none. Work starts when the tab is visible.
    void setTable(int table, const TableSpec& spec);
    int table() const { return m_table; }
    const TableSpec& spec() const { return m_spec; }
    // --render: whether what was asked for has arrived.
    virtual bool isSettled() const { return true; }

Q_SIGNALS:
    void rowRequested(qint64 id);
    void noticed(const QString& text);

protected:
    Session& session() const { return m_session; }
    TableAnalysis& analysis() const { return m_session.tables(); }
    TableStatisticsPtr statistics() const { return analysis().statistics(m_table); }

    // Another table, or something about it became known. Called while the tab is visible only.
    virtual void refresh() = 0;
    // Another table: forget what was shown of the last one. Always called.
    virtual void forget() {}
    void refreshSoon();
    // What its charts are of, for what is exported: "checkpoint · cat_3"; empty: no table.
    QString chartSource() const;

    void setContent(QWidget* content);
    void showContent();
    void showEmpty(const QString& sentence, const QString& buttonText = {}, std::function<void()> action = {});
    bool showsContent() const;
    // With statistics of the table: true. Else shows what would be here (`what`: "The norms of all rows"), and the
    // button that computes them.
    bool needStatistics(const QString& what);
    // A job this tab waits for failed: its sentence and Retry, of a file that was changed Reopen, stand in the tab.
    void showFailure(const Error& error, std::function<void()> retry);

    void showEvent(QShowEvent* event) override;

private:
    Session& m_session;
    int m_table = -1;
    TableSpec m_spec;
    bool m_stale = true;
    QStackedWidget* m_stack = nullptr;
    EmptyState* m_empty = nullptr;
    QWidget* m_content = nullptr;
    std::optional<Error> m_statisticsError;
};

}  // namespace dlrm::ui
