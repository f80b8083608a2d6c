// SPDX-License-Identifier: GPL-3.0-or-later
// The Interactions page: what the products of the interaction's vectors are like over the rows of the dataset, as a map
// and as a list of pairs, live while they are computed.
#pragma once

#include "ui/pages/page.h"
#include "ui/session/desks/interaction_desk.h"

class QCheckBox;
class QLabel;
class QSplitter;

namespace dlrm::ui {

class InteractionMatrixView;
class InteractionPairs;
class RowsChoice;
class RunActions;
class SliceForm;

class InteractionsPage : public Page {
    Q_OBJECT
public:
    explicit InteractionsPage(Session& session, QWidget* parent = nullptr);

    bool usesInspector() const override { return false; }
    QString unsaved() const override;
    bool unsavedIsOfWhatIsOpen() const override { return true; }
    QString helpText() const override;
    void prepareForRender() override;
    QStringList renderViews() const override;
    void showRenderView(const QString& view) override;

    // The options as they stand; nothing when the row range is not one of this dataset.
    std::optional<InteractionOptions> options() const;
    void run();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    const InteractionDesk::Results& found() const { return session().interactions().results(); }
    QWidget* buildContent();
    void buildActions();
    void follow();
    void reopen();
    void updateState();
    void updateActions();
    void updateStatus();
    void showFigures(const InteractionFiguresPtr& figures);
    void finished();
    void divide();
    void askForRow();
    bool isPossible() const;
    QString noAttribution() const;  // why the figures hold none
    QString whyNoExport() const;    // only figures of a run that ended are exported
    QString sourceOf(const Interactions& figures) const;
    void exportResult();

    InteractionMatrixView* m_matrix = nullptr;
    InteractionPairs* m_pairs = nullptr;
    QSplitter* m_splitter = nullptr;
    bool m_divided = false;  // a person moved the splitter
    QLabel* m_status = nullptr;
    RowsChoice* m_rows = nullptr;
    QCheckBox* m_attributions = nullptr;
    SliceForm* m_slices = nullptr;
    qint64 m_row = -1;  // of the dataset, that the map can be told less the mean of; -1: none
    RunActions* m_actions = nullptr;

    InteractionFiguresPtr m_shown;  // figures that stand on the page, interim or final; null: none
    QString m_progress;             // of the running job
    bool m_running = false;
    bool m_failed = false;
};

}  // namespace dlrm::ui
