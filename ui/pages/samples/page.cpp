// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTabBar>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QUndoStack>

#include <algorithm>
#include <utility>

#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/pages/parts.h"
#include "ui/pages/run_words.h"
#include "ui/pages/samples/activations.h"
#include "ui/pages/samples/attribution_bars.h"
#include "ui/pages/samples/field_form.h"
#include "ui/pages/samples/paste_box.h"
#include "ui/pages/samples/row_attributions.h"
#include "ui/pages/samples/scenario_list.h"
#include "ui/pages/samples/summary.h"
#include "ui/pages/samples/undo.h"
#include "ui/pages/samples/what_if.h"
#include "ui/session/figures.h"
#include "ui/session/plain_words.h"
#include "ui/session/table_analysis.h"
#include "ui/session/window_error.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr std::int64_t kMostRenderedRows = 200'000;  // of all tables

std::vector<qint64> tableRows(const ModelInfo& model) {
    std::vector<qint64> rows;
    for (const TableSpec& table : model.spec.tables) rows.push_back(table.rows);
    return rows;
}

}  // namespace

SamplesPage::SamplesPage(Session& session, QWidget* parent) : Page(session, tr("Samples"), parent) {
    setAcceptDrops(true);
    m_rows = new SampleRows(session, this);
    m_undo = new QUndoStack(this);
    m_undo->setUndoLimit(1000);
    m_slowLoad = onceAfter(this, 300, [this] { showProgress(0, 0); });
    m_attributions = new RowAttributions(session, this);
    m_slowAttribution = onceAfter(this, 300, [this] {
        if (m_attributions->isWaiting()) m_bars->showNone(tr("Computing what each field adds …"));
    });

    QWidget* list = buildList();
    m_columns = sideBySide(list, buildDetails());
    setContent(m_columns);
    buildActions();
    connectSession();
    reopen();
}

// The view must let go of the rows before they go.
SamplesPage::~SamplesPage() { m_view->setSource(nullptr); }

void SamplesPage::connectSession() {
    Session& s = session();
    connect(&s, &Session::modelOpened, this, &SamplesPage::reopen);
    connect(&s, &Session::modelClosed, this, &SamplesPage::reopen);
    connect(&s, &Session::datasetOpened, this, &SamplesPage::reopen);
    connect(&s, &Session::datasetClosed, this, &SamplesPage::reopen);
    connect(&s.samples(), &SampleDesk::explanationReady, this, &SamplesPage::explanationArrived);
    connect(&s, &Session::selectionChanged, this, [this](const Selection& selection) {
        if (selection.kind != Selection::Kind::Sample || (m_key && *m_key == selection.row)) return;
        const qint64 row = m_rows->rowOf(selection.row);
        if (row >= 0) m_view->setCurrentRow(row);
    });
    connect(&s, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind == JobKind::SampleRows || kind == JobKind::OpenDataset) m_slowLoad->start();
    });
    connect(&s, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind == JobKind::Explain && m_currentInFlight) notExplained();  // it was cancelled
        if (kind != JobKind::SampleRows && kind != JobKind::OpenDataset) return;
        m_slowLoad->stop();
        showProgress(-1, 0);
    });
    connect(&s, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::SampleRows && error.code == "E-ENGINE-017")
            showEmpty(tr("The rows of this dataset have several ids of a category. They can be evaluated; rows to look "
                         "at and to edit have one id each."),
                      tr("Evaluate"), [this] { Q_EMIT pageRequested(QStringLiteral("evaluate")); });
        else if (kind == JobKind::SampleRows && m_awaited) showUnreadable(*m_awaited, error);
        else if (kind == JobKind::SampleRows) showRowError(error, [this] { m_rows->retry(); });
        if (kind == JobKind::Explain && m_currentInFlight) notExplained();
        if (kind == JobKind::Explain || kind == JobKind::ExplainPinned || kind == JobKind::Attribute ||
            kind == JobKind::AttributePinned)
            showError(error, [this] { explainCurrent(); });
    });
    const auto showUntrained = [this] {
        m_form->showUntrained([this](int table, qint64 id) { return isUntrained(table, id); });
        showAttribution();
    };
    connect(&s.tables(), &TableAnalysis::statisticsReady, this, showUntrained);
    showUntrained();
    connect(m_attributions, &RowAttributions::changed, this, &SamplesPage::showEvidence);
    connect(m_rows, &SampleRows::loaded, this, &SamplesPage::rowsLoaded);
    connect(m_rows, &SampleRows::rowsReset, this, [this] {
        m_goToProblem->hide();  // it tells which rows there were
        // Nothing is read or predicted for a page nobody looks at.
        m_stale = !isVisible();
        m_view->setSource(m_stale ? nullptr : m_rows);
        if (m_stale) return;
        QTableView* table = m_view->table();
        for (int c = 0; c < m_rows->columns().size(); ++c) table->setColumnWidth(c, c == 0 ? 52 : c == 1 ? 68 : 84);
        m_clearPasted->setVisible(!m_rows->pasted().empty());
    });
}

bool SamplesPage::isUntrained(int table, qint64 id) const {
    const TableStatisticsPtr known = session().tables().statistics(table);
    return known && known->untrained.count > 0 && id >= 0 && id < known->untrained.rows &&
           known->untrained.contains(id);
}

// --- what is open ---

void SamplesPage::reopen() {
    const ModelInfoPtr model = session().model();
    const DatasetInfoPtr dataset = session().dataset();
    const RowsOf now{model ? dataset : nullptr, model ? tableRows(*model) : std::vector<qint64>()};
    const bool sameRows = now.equals(m_of);
    if (!sameRows || !now.sameDictionary(m_of)) {
        const QString undone =
            sameRows && m_undo->count() > 0 ? tr("Undo begins anew with another dictionary.") : QString();
        m_undo->clear();
        const QString aside = putEditsAside();
        QStringList said{sameRows ? undone : aside, letForeignPinGo(now)};  // else they are taken back at once
        said.removeAll(QString());
        if (!said.isEmpty()) Q_EMIT noticed(said.join(QLatin1Char(' ')));
        m_stay = !sameRows ? std::nullopt : m_key ? m_key : m_awaited;
        m_pasteProblem->hide();  // it was of what was open before
        if (!sameRows) m_goTo->clear();
        m_key.reset();
        m_row = m_source = {};
        m_pastedMeanOthers = true;
        m_of = now;
        takeEditsBack();
    }
    if (!sameRows) m_whatIf->close();
    m_whatIf->setRow(std::nullopt);
    m_awaited.reset();
    m_holdScale->setChecked(false);  // another model's values are on another scale
    m_explanation = m_original = nullptr;
    if (m_pin) m_pin->explanation = nullptr;
    m_currentToken = m_pinToken = m_originalToken = m_listedToken = 0;
    m_currentInFlight = false;
    clearError();
    m_rows->reload();
    for (const auto& [key, row] : m_edits) m_rows->setEdited(key, row);
    updateState();
    updateSubtitle();
    display();
    showExplanation();
    if (!model || !dataset) return;
    m_form->setFields(toNames(dataset->schema.numericalNames), toNames(dataset->schema.categoricalNames),
                      m_of.tableRows);
    m_form->setKnown(fedAs(*dataset), dataset->hasDictionary);
    m_pasteBox->setFields(model->spec.numericalFeatures, static_cast<qint64>(model->spec.tables.size()));
    m_form->tabAfter(m_clearPasted);
    shareDetails();
    if (m_stale) return;
    if (std::exchange(m_pastedMeanOthers, false)) reparsePasted();
    if (const auto stay = std::exchange(m_stay, {}); stay && m_rows->rowOf(*stay) >= 0) {
        m_view->setCurrentRow(m_rows->rowOf(*stay));
        if (!m_key && !m_awaited) selectViewRow(m_rows->rowOf(*stay));
    } else if (m_key) {
        m_view->setCurrentRow(m_rows->rowOf(*m_key));
        m_awaited.reset();
        explainCurrent();
        explainOriginal();
    } else if (m_rows->rowCount() > 0) {
        m_view->setCurrentRow(0);
    }
    takePin();
    explainPinned();
    explainNextListed();
}

void SamplesPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (m_stale) reopen();
    m_whatIf->followEvaluate();
}

void SamplesPage::updateState() {
    if (canPredict(tr("One row of the data, completely explained: its prediction, its fields to edit, its interaction "
                      "matrix and activations. Open a checkpoint first."),
                   tr("Open a dataset to see its rows and to paste Criteo lines: it says how raw values become ids of "
                      "this model (a dictionary is needed for hex values).")))
        showContent();
}

void SamplesPage::updateSubtitle() {
    const DatasetInfoPtr dataset = session().dataset();
    if (!dataset) return setSubtitle({});
    QStringList parts{datasetLine(session())};
    if (dataset->asked.missingDictionary == MissingDictionary::Hash)
        parts << tr("no dictionary: categories are hashed");
    else if (!dataset->hasDictionary) parts << tr("no dictionary: ids only");
    setSubtitle(parts.join(QStringLiteral(" · ")));
}

// --- the current row ---

void SamplesPage::selectViewRow(qint64 row) {
    if (row < 0 || !session().dataset()) return;
    const SampleKey key = m_rows->keyOf(row);
    if (m_key && *m_key == key) return;
    if (const auto why = m_rows->unreadable(key)) return showUnreadable(key, *why);
    if (!m_rows->source(key)) {
        m_awaited = key;
        return;
    }
    showKey(key);
}

// A row of which nothing is known but why: nothing else stands in its place.
void SamplesPage::showUnreadable(SampleKey key, const Error& why) {
    m_awaited.reset();
    m_key.reset();
    m_row = m_source = {};
    m_explanation = m_original = nullptr;
    m_currentToken = m_originalToken = 0;
    m_form->clearErrors();
    m_form->markFields({});
    display();
    m_summary->setRow(tr("%1 cannot be read").arg(nameOf(key)), std::nullopt, false);
    showExplanation();
    if (!m_rows->failedToLoad(key)) return showRowError(why);
    showRowError(why, [this, key] {
        m_awaited = key;
        m_rows->retry();
    });
}

// Goes when a row is shown.
void SamplesPage::showRowError(const Error& error, std::function<void()> retry) {
    m_rowError = error;
    showError(error, std::move(retry));
}

void SamplesPage::rowsLoaded() {
    checkOrigins();
    checkCurrent();
    m_view->rowsChanged();
    const auto numericals =
        static_cast<int>(session().dataset() ? session().dataset()->schema.numericalNames.size() : 0);
    for (int i = 0; i < numericals; ++i) m_form->setRange(i, m_rows->range(i));
    if (!m_awaited) return;
    if (const auto why = m_rows->unreadable(*m_awaited)) return showUnreadable(*m_awaited, *why);
    if (m_rows->source(*m_awaited)) showKey(*m_awaited);
}

void SamplesPage::showKey(SampleKey key) {
    const std::optional<EditableRow> source = m_rows->source(key);
    if (!source) return;
    if (!m_key && m_rowError && showsError(*m_rowError)) clearError();
    m_awaited.reset();
    m_key = key;
    m_source = *source;
    const auto edited = m_edits.find(key);
    m_row = edited != m_edits.end() ? edited->second : m_source;
    m_explanation = m_original = nullptr;
    m_originalToken = 0;
    m_form->clearErrors();
    m_form->markFields({});
    display();
    showExplanation();
    explainCurrent();
    explainOriginal();
    session().setSelection({.kind = Selection::Kind::Sample, .row = key});
    if (m_applying) finishApplying();
    else m_scenarios->leave();
}

void SamplesPage::display() {
    const bool shown = m_key.has_value();
    const bool edited = isEdited();
    m_form->setEnabled(shown);
    m_copy->setEnabled(shown);
    m_scenarios->offer(shown, shown ? nameOf(*m_key) : QString());
    m_pinButton->setEnabled(shown || m_pin);
    m_pinButton->setChecked(m_pin.has_value());
    m_pinButton->setText(m_pin ? tr("Pinned") : tr("Pin"));
    m_pinButton->setToolTip(m_pin ? tr("All differences are shown against %1; click to let go").arg(pinName())
                                  : tr("Keep this row as the reference for all differences"));
    m_summary->setRow(shown ? nameOf(*m_key) : tr("no row"), shown ? m_row.label : std::nullopt, edited);
    if (!shown) {
        m_form->clearRow();
    } else {
        if (m_pin) m_form->setRow(m_row, &m_pin->row, tr("pinned"));
        else m_form->setRow(m_row, &m_source, tr("as read"));
    }
    showWhatIf();
    showMessage();
}

QString SamplesPage::nameOf(SampleKey key) const {
    return key < 0 ? tr("pasted %1").arg(-key) : tr("row %1").arg(formatCount(key));
}

QString SamplesPage::fieldName(int field) const {
    const DatasetInfoPtr dataset = session().dataset();
    if (!dataset || field < 0) return {};
    return (toNames(dataset->schema.numericalNames) + toNames(dataset->schema.categoricalNames)).value(field);
}

void SamplesPage::edit(int field, const Result<EditableRow>& changed, int gesture) {
    if (!m_key) return;
    if (!changed) {
        m_form->setFieldError(field, sentences(changed.error()));
        // The valid beginning of a text that is not valid was never meant: "1" of "1e300".
        const auto* last = dynamic_cast<const EditRowCommand*>(m_undo->command(m_undo->index() - 1));
        if (last && last->isOf(*m_key, field, gesture)) pushEdit(field, last->before(), gesture);
        showMessage();
        return;
    }
    m_form->setFieldError(field, {});
    if (!sameValues(*changed, m_row)) pushEdit(field, *changed, gesture);
    showMessage();
}

// The text of a field is not what the model is fed: said as long as it stands there. Else why a prediction is not
// finite, or that a number is fed as a missing one.
void SamplesPage::showMessage() {
    const auto refused = m_form->refusals();
    QStringList names;
    for (const auto& [field, reason] : refused) names << fieldName(field);
    m_summary->setMessage(
        refused.empty() ? (m_explanation && !m_explanation->notFinite.empty() ? inWords(m_explanation->notFinite)
                                                                              : typedAsMissing())
        : refused.size() == 1
            ? tr("%1 is not used. %2 Esc brings its value back.").arg(names.first(), refused.front().second)
            : tr("%1 are not used. Esc in a field brings its value back, Revert all of them.")
                  .arg(names.join(QStringLiteral(", "))));
    m_revert->setEnabled(m_key && (!refused.empty() || !sameValues(m_row, m_source)));
}

// That a number which somebody typed or pasted is fed as a missing one; empty: none is.
QString SamplesPage::typedAsMissing() const {
    if (!m_key) return {};
    QStringList names;
    for (std::size_t i = 0; i < m_row.asMissing.size(); ++i)
        if (m_row.asMissing[i] && (*m_key < 0 || m_row.raw.numerical[i] != m_source.raw.numerical[i]))
            names << fieldName(static_cast<int>(i));
    if (names.isEmpty()) return {};
    const WholeNumbers taken = session().samples().takenNumbers();
    return tr("%1: fed as 0, like a missing number. Whole numbers from %2 to %3 are taken.")
        .arg(names.join(QStringLiteral(", ")), formatCount(taken.first), formatCount(taken.last));
}

void SamplesPage::pushEdit(int field, const EditableRow& changed, int gesture) {
    if (*m_key >= 0) m_origins.try_emplace(*m_key, m_source);
    m_pushing = true;
    const QString words = field < 0 ? tr("scenario of %1").arg(nameOf(*m_key))
                                    : tr("edit %1 of %2").arg(fieldName(field), nameOf(*m_key));
    m_undo->push(new EditRowCommand(words, *m_key, field, gesture, m_row, changed,
                                    [this](SampleKey key, const EditableRow& row) { applyEdit(key, row); }));
    m_pushing = false;
}

void SamplesPage::applyEdit(SampleKey key, const EditableRow& row) {
    const std::optional<EditableRow> source = m_rows->source(key);
    const bool edited = !source || !sameValues(row, *source);
    if (edited) m_edits[key] = row;
    else m_edits.erase(key);
    if (edited) m_rows->setEdited(key, row);
    else m_rows->setUnedited(key);
    if (m_key != key) {
        m_view->setCurrentRow(m_rows->rowOf(key));
        return;
    }
    m_row = row;
    if (!m_pushing) m_form->clearErrors();  // undone or redone: every field shows the row again
    display();
    explainCurrent();
    explainOriginal();
}

void SamplesPage::revert() {
    if (!m_key) return;
    m_form->clearErrors();
    if (sameValues(m_row, m_source)) return display();
    m_undo->push(new EditRowCommand(tr("revert %1").arg(nameOf(*m_key)), *m_key, -1, 0, m_row, m_source,
                                    [this](SampleKey key, const EditableRow& row) { applyEdit(key, row); }));
}

void SamplesPage::togglePin(bool pinned) {
    m_pin.reset();
    m_pinToken = m_originalToken = 0;  // one lane for both: the newer request ends the other
    if (pinned && m_key) {
        m_pin = Pin{*m_key, isEdited(), *m_key < 0 ? QString() : session().dataset()->split,
                    m_row,  m_source,   m_currentInFlight ? nullptr : m_explanation};
        explainPinned();
    }
    tellPin();
    display();
    explainOriginal();
    showExplanation();
}

// --- hooks ---

bool SamplesPage::goToId() {
    m_goTo->setFocus(Qt::ShortcutFocusReason);
    m_goTo->selectAll();
    return true;
}

QString SamplesPage::helpText() const {
    const ModelInfoPtr model = session().model();
    const QString fields = model ? QStringLiteral(" (%1)").arg(SamplePasteBox::fieldsOfALine(
                                       model->spec.numericalFeatures, static_cast<qint64>(model->spec.tables.size())))
                                 : QString();
    return tr("Every row of the dataset with its prediction. Select a row to see why the model says what it says: the "
              "attribution tells what each field adds to the logit, the interaction matrix holds the dot products of "
              "all pairs of vectors or what they add, the strips show every layer's activations. Edit any field and "
              "the prediction changes at once; "
              "Ctrl+Z "
              "takes an edit back. The curve beside a field opens its sweep: what the prediction would be with "
              "every id of the table or with other values; a click on one feeds it, Esc closes. Smallest changes lists "
              "for every field what would bring the prediction to the other side of a threshold. Pin a row to see all "
              "differences "
              "against it. Paste or drop Criteo lines%1 to add rows of your own. Copy gives the row as such a line, "
              "which "
              "predicts the same when it is pasted: where no raw value is known it holds fed:X, what the model is fed "
              "for a "
              "number, or id:N, the row of a table. Both can be typed in a field too. Keep… keeps a row as it is "
              "edited now as "
              "a scenario, with a name and a note; a scenario that is chosen in their list is shown as an edit of its "
              "row. Present (F5) shows them on the full screen to people who do not know the field. File, Save "
              "workspace… "
              "keeps them, with the checkpoint, the data, the reading and the pinned row.")
        .arg(fields);
}

void SamplesPage::prepareForRender() {
    if (m_rows->rowCount() > 0 && !m_key) m_view->setCurrentRow(0);
}

QStringList SamplesPage::renderViews() const {
    QStringList views;
    if (hasDots()) views << QStringLiteral("pairs");
    if (m_parts->isVisible()) views << QStringLiteral("activations");
    std::int64_t rows = 0;
    for (const qint64 table : m_of.tableRows) rows += table;
    if (rows == 0) return views;
    views << QStringLiteral("curve") << QStringLiteral("pair");
    // Of a large model they take minutes.
    if (rows <= kMostRenderedRows) views << QStringLiteral("sweep") << QStringLiteral("changes");
    return views;
}

void SamplesPage::showRenderView(const QString& view) {
    const auto largest = std::max_element(m_of.tableRows.begin(), m_of.tableRows.end());
    const int table = m_form->fieldCount() - static_cast<int>(m_of.tableRows.end() - largest);
    if (view == QLatin1String("sweep")) return m_whatIf->openSweep(table);
    if (view == QLatin1String("curve")) return m_whatIf->openSweep(0);
    if (view == QLatin1String("pair")) return m_whatIf->openPair(table, 0);
    if (view == QLatin1String("changes")) return m_whatIf->openChanges();
    const bool pairs = view == QLatin1String("pairs");
    m_parts->setCurrentIndex(pairs ? 1 : 2);
    if (pairs) m_quantity->setCurrentIndex(1);
}

bool SamplesPage::isSettled() const {
    return !session().model() || !session().dataset() ||
           (m_explanation && !m_currentInFlight && !m_attributions->isWaiting() && m_whatIf->isSettled());
}

}  // namespace dlrm::ui
