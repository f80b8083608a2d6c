// SPDX-License-Identifier: GPL-3.0-or-later
// What the Samples page asks for about other values of a row's fields: what the prediction would be with each, and
// which single change brings it to the other side of a threshold.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/analysis/maps/density_grid.h"
#include "core/analysis/sweep/sweep_order.h"
#include "core/engine/results.h"
#include "core/engine/sweep_results.h"
#include "core/report/provenance.h"
#include "ui/session/desks/desk.h"

namespace dlrm::ui {

inline constexpr std::size_t kListedIds = 100;  // of either end

// A sweep as it is shown, reduced on the worker.
struct SweepFigures {
    InputRow row;  // that was swept
    SweptField field;
    bool final = false;
    std::shared_ptr<const Sweep> sweep;  // of a table only of a final one: the logits of all ids
    float current = 0;                   // the logit of the row as it is
    float ofMissing = 0;                 // of a table: with id 0
    BackendInfo backend;

    // Of a table:
    std::int64_t done = 0, all = 0;        // ids that were predicted, and all
    SweepOrder order;                      // of those that were
    std::vector<float> listed;             // logits of order.highest, then of order.lowest
    std::int64_t rank = 0;                 // of the row's own id; 0: not predicted yet, or not finite
    std::vector<std::uint32_t> hits;       // of the listed ids, in the same order; empty: lookups are not counted
    std::int64_t lookups = 0, raised = 0;  // of all ids that were predicted; of those among them that raise it
    bool untrainedKnown = false;
    std::vector<bool> untrained;  // of the listed ids, where they are known
    // Points: the id + 1 and the probability of each id, with 1 for a trained one and 0 for one that is not, where that
    // is known; or their counts by log10(id + 1) and probability where they are more than can be told apart.
    std::vector<float> x, y, trained;
    DensityGridPtr density;
    double lowest = 0, highest = 1;  // probability of any point
};
using SweepFiguresPtr = std::shared_ptr<const SweepFigures>;

// The smallest changes of a row's fields that cross a threshold, as far as they are known.
struct FoundChanges {
    InputRow row;
    Counterfactual found;
};
using FoundChangesPtr = std::shared_ptr<const FoundChanges>;

// The prediction of a row with every pair of values of two fields.
struct PairFigures {
    InputRow row;
    PairSweep sweep;
};
using PairFiguresPtr = std::shared_ptr<const PairFigures>;

class SweepDesk : public Desk {
    Q_OBJECT
public:
    using Desk::Desk;

    struct Results {
        // Whole sweeps of tables, the newest last: of a row that differs in the swept field alone they are the same.
        std::vector<SweepFiguresPtr> tables;
        // Averages over other rows, by numerical: they say nothing of the row.
        std::vector<std::optional<SweepAverage>> averages;
        FoundChangesPtr changes;  // the last final ones
    };
    const Results& results() const { return m_results; }

    // Answered by swept: of a table with the ids that are known, ever more of them until figures->final; of a numerical
    // without the average of other rows first. REQUIRES: the open model and dataset have the field. Nothing where
    // either is not open.
    void sweep(const InputRow& row, SweptField field);
    // Answered by pairSwept. REQUIRES: as above, of two fields.
    void sweepPair(const InputRow& row, SweptField a, SweptField b);
    // Answered by changesFound, after each field. Nothing: the share of clicks in the dataset.
    void findChanges(const InputRow& row, std::optional<double> threshold);
    // Writes a whole sweep (.npy .h5 .csv .tsv .json), as `dlrm-cli sweep --out` does. rowNumber: of the dataset;
    // -1: one that does not stand there. Answered by Session::exported or, for JobKind::Export, Session::jobFailed.
    void exportSweep(const SweepFiguresPtr& figures, std::int64_t rowNumber, std::optional<int> label,
                     const QString& path);
    // The same of a pair (.npy .csv .tsv .json).
    void exportPair(const PairFiguresPtr& figures, std::int64_t rowNumber, std::optional<int> label,
                    const QString& path);

    void forget() override;

Q_SIGNALS:
    void swept(dlrm::ui::SweepFiguresPtr figures);
    void pairSwept(dlrm::ui::PairFiguresPtr figures);
    void changesFound(dlrm::ui::FoundChangesPtr changes);

private:
    void sweepTable(const InputRow& row, std::size_t table);
    void sweepNumerical(const InputRow& row, std::size_t numerical);
    using ExportFn = std::function<Result<void>(const std::string& path, const Provenance& provenance)>;
    void startExport(const QString& path, ExportFn write);

    Results m_results;
};

// Whether both are the same but for this field; NaN is the same as NaN.
bool sameButFor(const InputRow& a, const InputRow& b, SweptField field);
bool sameRow(const InputRow& a, const InputRow& b);

}  // namespace dlrm::ui
