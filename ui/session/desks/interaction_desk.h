// SPDX-License-Identifier: GPL-3.0-or-later
// What the Interactions page asks for: what the products of the interaction's vectors are like over the dataset's rows.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/engine/interaction_results.h"
#include "ui/session/desks/desk.h"

namespace dlrm::ui {

struct InteractionFigures {
    Interactions found;
    std::vector<InteractionPair> pairs;     // the strongest first
    std::vector<std::size_t> bySimilarity;  // the vectors, those beside each other that go together
};
using InteractionFiguresPtr = std::shared_ptr<const InteractionFigures>;

// The products of one row of the dataset, as it is read.
struct InteractionRow {
    qint64 row = 0;
    std::vector<double> products;  // (vectors, vectors)
};
using InteractionRowPtr = std::shared_ptr<const InteractionRow>;

// As somebody types them; empty: all rows, compared with nothing.
struct InteractionSlices {
    QString slice, against;
    friend bool operator==(const InteractionSlices&, const InteractionSlices&) = default;
};

// What is wrong with the text of a slice.
struct SliceProblem {
    int column = -1;   // of the first character that is, counted from 0; -1: none of them
    QString sentence;  // what was expected and found
};

class InteractionDesk : public Desk {
    Q_OBJECT
public:
    InteractionDesk(Session& session, Session::State& state);

    struct Results {
        InteractionFiguresPtr newest;    // interim or final; null: none
        InteractionFiguresPtr finished;  // the last final ones: a run that was stopped gives way to them
        InteractionFiguresPtr exported;  // the finished ones that a file holds
        bool restored = false;           // newest is what a run that was stopped gave way to
    };
    const Results& results() const { return m_results; }

    // Why the open model has no products, whatever the dataset (E-MEASURE-007). Nothing: it has, or none is open.
    std::optional<Error> refusal() const;
    // Whether a slice can be told of what is open, GUI thread, microseconds; whatever is untrained is not looked at.
    // Nothing: it can, or nothing is open.
    std::optional<SliceProblem> problemOf(const QString& slice) const;
    // Answered by updated.
    void start(const InteractionOptions& options, const InteractionSlices& slices = {});
    // Answered by rowReady, or Session::jobFailed for JobKind::InteractionRow.
    void requestRow(qint64 row);
    // Figures of a run, interim or final: what the job delivers.
    void take(const InteractionFiguresPtr& figures);
    // Writes the matrices (.h5 .npy .json) or the pairs (.csv .tsv). Answered by Session::exported and exported or, for
    // JobKind::Export, Session::jobFailed.
    void exportFigures(const InteractionFiguresPtr& figures, const QString& path);

    void forget() override;
    bool readsDictionary() const override;  // a slice may name values

Q_SIGNALS:
    void updated(dlrm::ui::InteractionFiguresPtr figures);  // interim ones while it runs, then final = true
    void rowReady(dlrm::ui::InteractionRowPtr row);
    void exported(QString path);
    void finishedForgotten();  // finished figures were of what was open before

private:
    Results m_results;
};

}  // namespace dlrm::ui
