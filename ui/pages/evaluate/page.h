// SPDX-License-Identifier: GPL-3.0-or-later
// The Evaluate page: metrics of the open model over the open dataset, live while they are computed, with charts and an
// operating threshold.
#pragma once

#include "ui/pages/page.h"
#include "ui/session/desks/evaluation_desk.h"

class QLabel;
class QPushButton;
class QSpinBox;
class QTabWidget;

namespace dlrm::ui {

class EvaluateCards;
class EvaluateCharts;
class EvaluateFrequencyTab;
class EvaluateGainTab;
class EvaluateSlicesTab;
class EvaluateWeakestTab;
class RowsChoice;
class RunActions;

class EvaluatePage : public Page {
    Q_OBJECT
public:
    explicit EvaluatePage(Session& session, QWidget* parent = nullptr);

    bool usesInspector() const override { return false; }
    QString unsaved() const override;
    bool unsavedIsOfWhatIsOpen() const override { return true; }
    QString helpText() const override;
    void prepareForRender() override;
    QStringList renderViews() const override;
    void showRenderView(const QString& view) override;
    bool isSettled() const override;

    // The options as they stand; nothing when the row range is not one of this dataset.
    std::optional<EvaluateOptions> options() const;
    // What is looked at beside all rows, as typed and ticked in the tabs; nothing when it cannot be read.
    std::optional<SliceChoice> slices() const;
    void run();

private:
    const EvaluationDesk::Results& found() const { return session().evaluation().results(); }
    QWidget* buildContent();
    QWidget* buildChip();
    void follow();
    void followWorkspace();
    void followSlice();
    void buildActions();
    void reopen();
    void forgetForeignBatch();
    void updateState();
    void updateActions();
    void updateStatus();
    void showEvaluation(const EvaluationPtr& evaluation);
    void draw();  // cards and curves, of all rows or of the slice
    void showSlices(const EvaluationPtr& evaluation);
    QString sourceOf(const Evaluation& evaluation) const;
    bool runs() const { return m_running || m_sliceRuns; }
    void finished();
    QString whyNoExport() const;  // only figures of a run that ended are exported
    void exportResult();
    bool isPossible() const;  // model and labelled rows are there

    EvaluateCards* m_cards = nullptr;
    EvaluateCharts* m_charts = nullptr;
    QLabel* m_status = nullptr;
    QWidget* m_chip = nullptr;  // says which slice cards and curves are of
    QLabel* m_chipText = nullptr;
    QTabWidget* m_tabs = nullptr;
    EvaluateGainTab* m_gain = nullptr;
    EvaluateSlicesTab* m_slices = nullptr;
    EvaluateFrequencyTab* m_frequency = nullptr;
    EvaluateWeakestTab* m_weakest = nullptr;
    RowsChoice* m_rows = nullptr;
    RunActions* m_actions = nullptr;
    QSpinBox* m_dropLast = nullptr;
    QString m_dropLastOf;  // dataset that the size of the batch was given for

    EvaluationPtr m_shown;  // figures of all rows that stand on the page, interim or final; null: none
    EvaluationPtr m_drawn;  // that cards and curves are of: those, or a slice's
    QString m_progress;     // of the running job
    bool m_running = false;
    bool m_sliceRuns = false;  // figures of the slice are computed
    bool m_failed = false;
};

}  // namespace dlrm::ui
