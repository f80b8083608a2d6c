// SPDX-License-Identifier: GPL-3.0-or-later
// What the Evaluate page asks for: how good the model is on the dataset's labelled rows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/engine/results.h"
#include "ui/session/desks/desk.h"

namespace dlrm::ui {

using EvaluationPtr = std::shared_ptr<const Evaluation>;

class EvaluationDesk : public Desk {
    Q_OBJECT
public:
    EvaluationDesk(Session& session, Session::State& state);

    struct Results {
        EvaluationPtr newest;    // interim or final; null: none
        EvaluationPtr finished;  // the last final ones: a run that was stopped gives way to them
        EvaluationPtr exported;  // the finished ones that a file holds
        bool restored = false;   // newest is what a run that was stopped gave way to
        std::string sliceAsked;  // of the finished run's rows the slice whose figures are wanted too; empty: none
        EvaluationPtr ofSlice;   // those, interim or final; null: none yet
    };
    const Results& results() const { return m_results; }

    // The operating threshold: rows with at least this probability are called clicked. A person's choice, whatever is
    // open.
    double threshold() const { return m_threshold; }
    void setThreshold(double probability) { m_threshold = probability; }

    // Rows as the command line takes them, "50" or "0-9999", whatever rows there are; also with groups of digits, an en
    // dash, and spaces beside that and around it all. Errors of parseRowRange().
    static Result<RowRange> typedRange(const QString& text);

    // By how frequent the values of each categorical field are: groups for a choice of slices.
    std::vector<std::string> frequencyGroups() const;
    // A key that any dataset has, to begin with: its first numerical field in eighths.
    std::string exampleGroup() const;
    // Answered by updated. Of another run's slice no figures are wanted any more.
    void start(const EvaluateOptions& options, const SliceChoice& slices = {});
    // Whether the last run was stopped, by somebody or by an error, and goes on where it was: model and data are those
    // of then.
    bool canResume() const;
    // Goes on with it: the result is that of one run. Answered as start() is. REQUIRES: canResume().
    void resume();
    // All figures of one slice of the finished run's rows; nothing without a finished run. Answered by sliceUpdated.
    void showSlice(const std::string& sentence);
    void takeSlice(const EvaluationPtr& figures);
    // Of all rows again. Answered by sliceLeft.
    void leaveSlice();
    // Figures of a run, interim or final: what the job delivers.
    void take(const EvaluationPtr& figures);
    // Writes all figures and curves; the extension says how (.json .csv .tsv .h5). Answered by Session::exported and
    // exported or, for JobKind::Export, Session::jobFailed.
    void exportFigures(const EvaluationPtr& figures, const QString& path);

    void forget() override;
    bool readsDictionary() const override;  // a slice may name values

Q_SIGNALS:
    void updated(dlrm::ui::EvaluationPtr figures);  // interim ones while it runs, then final = true
    void sliceAsked();                              // for one that is to be shown
    void sliceUpdated(dlrm::ui::EvaluationPtr figures);
    void sliceLeft();
    void exported(QString path);
    void finishedForgotten();  // finished figures were of what was open before

private:
    struct Run;
    void go();

    Results m_results;
    bool m_sliced = false;       // of the finished run slices were asked for
    std::shared_ptr<Run> m_run;  // the last one; null: none of what is open now
    double m_threshold = 0.5;
};

}  // namespace dlrm::ui
