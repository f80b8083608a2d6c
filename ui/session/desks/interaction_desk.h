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
    // Answered by updated.
    void start(const InteractionOptions& options);
    // Figures of a run, interim or final: what the job delivers.
    void take(const InteractionFiguresPtr& figures);
    // Writes the matrices (.h5 .npy .json) or the pairs (.csv .tsv). Answered by Session::exported and exported or, for
    // JobKind::Export, Session::jobFailed.
    void exportFigures(const InteractionFiguresPtr& figures, const QString& path);

    void forget() override;
    bool readsDictionary() const override { return false; }

Q_SIGNALS:
    void updated(dlrm::ui::InteractionFiguresPtr figures);  // interim ones while it runs, then final = true
    void exported(QString path);
    void finishedForgotten();  // finished figures were of what was open before

private:
    Results m_results;
};

}  // namespace dlrm::ui
