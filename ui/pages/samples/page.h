// SPDX-License-Identifier: GPL-3.0-or-later
// The Samples page: rows of the dataset or pasted lines; one row with its prediction, its editors, its interaction
// matrix and its activations.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "ui/pages/page.h"
#include "ui/pages/samples/rows.h"
#include "ui/session/desks/scenario_desk.h"

class QAction;
class QBoxLayout;
class QCheckBox;
class QComboBox;
class QLabel;
class QLayout;
class QLineEdit;
class QPushButton;
class QSplitter;
class QTabBar;
class QTimer;
class QToolButton;
class QUndoStack;

namespace dlrm::ui {

class AttributionBars;
class FlowLayout;
class HeatmapView;
class RowAttributions;
class RowView;
class SampleActivations;
class SampleFieldForm;
class SamplePasteBox;
class SampleSummary;
class ScenarioList;
class SampleWhatIf;
struct PastedRows;

class SamplesPage : public Page {
    Q_OBJECT
public:
    explicit SamplesPage(Session& session, QWidget* parent = nullptr);
    ~SamplesPage() override;

    bool usesInspector() const override { return false; }
    bool goToId() override;
    QString helpText() const override;
    QString unsaved() const override;
    void prepareForRender() override;
    QStringList renderViews() const override;
    void showRenderView(const QString& view) override;
    bool isSettled() const override;

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    // The reference all differences are shown against; without one, an edited row is shown against the row as read.
    struct Pin {
        SampleKey key = 0;
        bool edited = false;
        QString split;  // that the row is of; empty: a pasted one
        EditableRow row;
        EditableRow original;        // of an edited one: before that
        ExplanationPtr explanation;  // null until it arrives
    };

    // Editors and evidence; narrow: beside one column of editors.
    enum class Arrangement { Unknown, Stacked, Narrow, Beside, Above };

    // What rows and their edits belong to: the data, and the rows of each table of the model they are for.
    struct RowsOf {
        DatasetInfoPtr dataset;
        std::vector<qint64> tableRows;
        // What a row feeds means the same in both, which may be two splits; nothing that is open means nothing.
        bool meansAs(const RowsOf& other) const;
        // A number names the same row in both, whatever the dictionary is.
        bool equals(const RowsOf& other) const;
        bool sameDictionary(const RowsOf& other) const;

    private:
        bool sameForm(const RowsOf& other) const;
    };

    QWidget* buildList();
    QWidget* buildDetails();
    QWidget* buildEvidence();
    QLayout* buildChoices(QWidget* evidence);
    void buildActions();
    void connectWhatIf();
    void showWhatIf();  // of the row that is shown now
    void feed(int field, const QString& token);
    void connectSession();
    void arrange();
    void shareDetails();
    void fitStrips();
    void showParts();

    // What is open changed. Edits, pin and current row stay when they still mean the same: the same data with a model
    // of the same shape. The pin stays in another split of the data too. Where only the dictionary is another, edits
    // are carried over once their rows are read again, and the pin stays where rows hold ids.
    void reopen();
    QString putEditsAside();
    QString letForeignPinGo(const RowsOf& now);
    void takeEditsBack();
    bool carryOver(SampleKey key, EditableRow& origin, const EditableRow& now);
    void checkOrigins();
    void checkCurrent();
    void updateState();
    void updateSubtitle();
    void reparsePasted();

    // The current row.
    void selectViewRow(qint64 row);
    void showKey(SampleKey key);
    void showUnreadable(SampleKey key, const Error& why);
    void showRowError(const Error& error, std::function<void()> retry = {});
    void rowsLoaded();
    void display();
    void pushEdit(int field, const EditableRow& changed, int gesture);
    void applyEdit(SampleKey key, const EditableRow& row);
    void edit(int field, const Result<EditableRow>& changed, int gesture);
    void revert();
    void showMessage();
    QString typedAsMissing() const;
    void copyRow();
    void togglePin(bool pinned);
    QString nameOf(SampleKey key) const;
    QString sourceOf(const QString& differenceFrom) const;  // of a chart; differenceFrom: empty: the row itself
    QString pinName() const;
    QString fieldName(int field) const;

    // Predictions.
    void explainCurrent();
    void notExplained();
    void explainPinned();
    void explainOriginal();
    bool isEdited() const;
    // The explanation that differences are shown against, and its name; null: none, or not there yet.
    ExplanationPtr reference(QString* name) const;
    void explainNextListed();
    void explanationArrived(const ExplanationPtr& explanation, quint64 token, bool pinned);
    void showExplanation();
    void showEvidence();
    void showInteraction();
    bool isUntrained(int table, qint64 id) const;  // as far as the statistics of its table are known
    void showAttribution();
    bool hasDots() const;     // of the model; else it has cross layers
    bool showsPairs() const;  // the matrix: what pairs add to the logit, not their products
    QString pairText(int row, int column, float value) const;
    void selectPair(int row, int column);

    void buildScenarios(QWidget* panel);
    void keepScenario(const QString& name, const QString& note);
    void applyScenario(int index);
    void finishApplying();
    void applyAsPasted();
    void tellPin();
    void takePin();

    void goToTyped();
    void addLines(const QString& text);
    void refuseLines(const Error& why);
    void removePasted();
    PastedRows takePasted();
    void showRowAgain();
    void putBackPasted(const PastedRows& rows);

    SampleRows* m_rows = nullptr;
    RowView* m_view = nullptr;
    SamplePasteBox* m_pasteBox = nullptr;
    QLabel* m_pasteProblem = nullptr;  // why the lines in the box were not taken
    QPushButton* m_clearPasted = nullptr;
    ScenarioList* m_scenarios = nullptr;
    QLineEdit* m_goTo = nullptr;
    QLabel* m_goToProblem = nullptr;
    SampleSummary* m_summary = nullptr;
    SampleFieldForm* m_form = nullptr;
    SampleWhatIf* m_whatIf = nullptr;
    RowAttributions* m_attributions = nullptr;
    AttributionBars* m_bars = nullptr;
    HeatmapView* m_heatmap = nullptr;
    QComboBox* m_quantity = nullptr;    // of the heatmap
    QLabel* m_noInteraction = nullptr;  // in the heatmap's place for a model of cross layers
    SampleActivations* m_activations = nullptr;
    QCheckBox* m_showDifference = nullptr;
    QCheckBox* m_holdScale = nullptr;
    QSplitter* m_columns = nullptr;  // list | details
    QSplitter* m_details = nullptr;  // editors and evidence, side by side or stacked
    QTabBar* m_parts = nullptr;      // where there is no room for all of the evidence
    QBoxLayout* m_evidence = nullptr;
    QBoxLayout* m_matrix = nullptr;   // the heatmap with what belongs to it alone
    FlowLayout* m_choices = nullptr;  // of all the evidence
    QBoxLayout* m_editing = nullptr;  // the editors, and below them the activations where there is room
    QWidget* m_strips = nullptr;      // the activations with their title
    QToolButton* m_revert = nullptr;
    QToolButton* m_copy = nullptr;
    QToolButton* m_pinButton = nullptr;
    QUndoStack* m_undo = nullptr;
    QTimer* m_slowLoad = nullptr;
    QTimer* m_slowAttribution = nullptr;

    RowsOf m_of;
    struct Aside {
        RowsOf of;
        std::map<SampleKey, EditableRow> edits, origins;
        std::set<SampleKey> foreign;
    };
    std::vector<Aside> m_aside;                      // edits of what is not open now, the oldest first
    std::map<SampleKey, EditableRow> m_pastedEdits;  // of pasted lines, until they are parsed again
    std::optional<SampleKey> m_key;                  // shown
    std::optional<Error> m_rowError;                 // the last one of rows; another message may stand there
    std::optional<SampleKey> m_awaited;              // current in the list, not loaded yet
    std::optional<SampleKey> m_stay;                 // the row to go back to once its page is in view
    EditableRow m_source, m_row;                     // as read, as edited
    std::map<SampleKey, EditableRow> m_edits;
    std::map<SampleKey, EditableRow> m_origins;  // of the dataset: each row that was edited, as it was read then
    std::set<SampleKey> m_foreign;               // of these: not carried over to the dictionary of now yet
    std::optional<Pin> m_pin;
    ExplanationPtr m_explanation;  // of m_row; null while it is computed for the first time
    quint64 m_lastToken = 0, m_currentToken = 0, m_pinToken = 0, m_listedToken = 0;
    SampleRows::Unpredicted m_listed;  // asked for with m_listedToken
    bool m_currentInFlight = false;
    bool m_pushing = false;  // an edit is made, not undone
    Arrangement m_arrangement = Arrangement::Unknown;
    ExplanationPtr m_original;  // of m_source, once known
    quint64 m_originalToken = 0;
    bool m_pastedMeanOthers = false;         // pasted rows hold ids of a dictionary or model before
    std::optional<ScenarioRows> m_applying;  // a scenario whose row is to be shown, and edited then
    std::optional<Scenario> m_pinToTake;     // that of a workspace, until what it is of is open
    bool m_stale = false;                    // something was opened while the page was hidden
};

}  // namespace dlrm::ui
