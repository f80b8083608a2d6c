// SPDX-License-Identifier: GPL-3.0-or-later
// The Evaluate page: metrics of the open model over the open dataset, live while they are computed, with charts and an
// operating threshold.
#pragma once

#include "ui/pages/page.h"
#include "ui/session/desks/evaluation_desk.h"

class QLabel;
class QSpinBox;

namespace dlrm::ui {

class EvaluateCards;
class EvaluateCharts;
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
    bool isSettled() const override;

    // The options as they stand; nothing when the row range is not one of this dataset.
    std::optional<EvaluateOptions> options() const;
    void run();

private:
    const EvaluationDesk::Results& found() const { return session().evaluation().results(); }
    QWidget* buildContent();
    void buildActions();
    void reopen();
    void forgetForeignBatch();
    void updateState();
    void updateActions();
    void updateStatus();
    void showEvaluation(const EvaluationPtr& evaluation);
    void finished();
    QString whyNoExport() const;  // only figures of a run that ended are exported
    void exportResult();
    bool isPossible() const;  // model and labelled rows are there

    EvaluateCards* m_cards = nullptr;
    EvaluateCharts* m_charts = nullptr;
    QLabel* m_status = nullptr;
    RowsChoice* m_rows = nullptr;
    RunActions* m_actions = nullptr;
    QSpinBox* m_dropLast = nullptr;
    QString m_dropLastOf;  // dataset that the size of the batch was given for

    EvaluationPtr m_shown;       // figures that stand on the page, interim or final; null: none
    bool m_sourceFinal = false;  // what stands below the charts is of final figures
    QString m_progress;          // of the running job
    bool m_running = false;
    bool m_failed = false;
};

}  // namespace dlrm::ui
