// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the Samples page: pasted lines first, then the dataset's rows, loaded in blocks as they become visible.
#pragma once

#include <QObject>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ui/models/row_view.h"
#include "ui/session/desks/sample_desk.h"

namespace dlrm::ui {

// Identity of a row that survives scrolling and pasting: rows of the dataset are >= 0, pasted line k is -1 - k.
using SampleKey = qint64;

// What was seen of one numerical field in the rows loaded so far.
struct NumericalRange {
    double low = 0, high = 0;
    bool known = false;
    bool fed = false;  // of what the model is fed; else of raw numbers
};

// What a numerical is fed as for a raw number x: "ln(x + 3)", "fed as it is"; empty: its raw number is not known, it is
// fed as it is stored.
QString fedAs(const DatasetInfo& data);

class SampleRows : public QObject, public RowSource {
    Q_OBJECT
public:
    explicit SampleRows(Session& session, QObject* parent = nullptr);

    // Forgets loaded blocks (a new model or dataset); pasted lines stay.
    void reload();
    void addPasted(const std::vector<EditableRow>& rows);
    void clearPasted();
    const std::vector<EditableRow>& pasted() const { return m_pasted; }
    void setPastedResult(SampleKey key, float logit, double probability);
    // A row whose prediction has still to come, as it was edited or as it was pasted; nothing: there is none.
    struct Unpredicted {
        SampleKey key = 0;
        bool edited = false;
    };
    std::optional<Unpredicted> nextUnpredicted() const;
    std::int64_t unpredicted() const;  // how many there are

    SampleKey keyOf(qint64 row) const;  // of a row of the view
    qint64 rowOf(SampleKey key) const;  // -1: no such row
    // The row as read, or nothing while it is not loaded, or cannot be.
    std::optional<EditableRow> source(SampleKey key) const;
    // Why a row of the dataset could not be read; null: it could, or was not tried.
    std::shared_ptr<const Error> unreadable(SampleKey key) const;
    // Each time it is edited: the list shows the row as edited; its prediction has still to come then.
    void setEdited(SampleKey key, const EditableRow& row);
    void setUnedited(SampleKey key);
    // The list shows this instead of the row's own prediction while it is edited.
    void setEditedResult(SampleKey key, float logit, double probability);

    // Of the raw numbers, or of what the model is fed where a row has a number whose raw one is not known.
    NumericalRange range(int numerical) const;

    // RowSource
    qint64 rowCount() const override;
    QStringList columns() const override;
    QVariant data(qint64 row, int column, int role) const override;
    QString rowLabel(qint64 row) const override;
    QString widestLabel() const override;
    void rowsVisible(qint64 first, int count) override;

    // Whether nothing was read of the block that the row lies in, which unreadable() tells why: retry() may help.
    bool failedToLoad(SampleKey key) const;
    // The raw token of a field where it is known, else the value or id the model is fed; empty: it is missing.
    QString fieldText(const EditableRow& row, int field) const;

    // Tries again to load what is visible, after a failure.
    void retry();

Q_SIGNALS:
    void loaded();     // some rows arrived or changed: repaint
    void rowsReset();  // the number of rows changed

private:
    struct Read {
        EditableRow row;
        double probability = 0;
        std::shared_ptr<const Error> unreadable;  // then there is nothing else
    };
    using Block = std::vector<Read>;
    struct Edited {
        EditableRow row;
        std::optional<double> probability;  // of what it was edited to now, or just before
        bool due = true;
    };
    struct Pasted {
        std::optional<float> logit;
        double probability = 0;
    };

    void store(const PredictionPtr& rows, quint64 token);
    // Asks for the visible blocks that are not there, unless they are on their way or could not be read.
    void fetch();
    const Read* read(qint64 datasetRow) const;
    void widenRanges(const EditableRow& row);
    static bool rawKnown(const EditableRow& row, int field);
    QVariant copied(const EditableRow& row, int column, std::optional<double> probability) const;

    Session& m_session;
    std::map<qint64, Block> m_blocks;  // by number of the block
    std::vector<EditableRow> m_pasted;
    std::vector<Pasted> m_pastedResults;
    std::map<SampleKey, Edited> m_edited;
    struct Seen {
        NumericalRange raw, fed{.fed = true};
        bool withoutRaw = false;  // a number whose raw one is not known
    };
    std::vector<Seen> m_seen;                      // per numerical
    using BlockRange = std::pair<qint64, qint64>;  // first and last
    quint64 m_token = 0;
    std::optional<BlockRange> m_pending;  // asked for with m_token
    std::optional<BlockRange> m_visible;  // last seen on screen
    std::optional<BlockRange> m_failed;
    std::shared_ptr<const Error> m_failure;  // of m_failed
};

}  // namespace dlrm::ui
