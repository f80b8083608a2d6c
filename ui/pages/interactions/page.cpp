// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/interactions/page.h"

#include <QCheckBox>
#include <QDate>
#include <QFormLayout>
#include <QLabel>
#include <QSplitter>

#include <algorithm>

#include "ui/pages/interactions/matrix.h"
#include "ui/pages/interactions/pairs.h"
#include "ui/pages/interactions/slice_form.h"
#include "ui/pages/parts.h"
#include "ui/pages/rows_choice.h"
#include "ui/pages/run_actions.h"
#include "ui/pages/run_words.h"
#include "ui/pages/split_choice.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/plain_words.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kNarrowestMatrix = 320, kNarrowestPairs = 432, kWidestPairs = 760;

}  // namespace

InteractionsPage::InteractionsPage(Session& session, QWidget* parent) : Page(session, tr("Interactions"), parent) {
    setContent(buildContent());
    buildActions();
    follow();
    reopen();
}

void InteractionsPage::follow() {
    Session& s = session();
    connect(&s, &Session::modelOpened, this, &InteractionsPage::reopen);
    connect(&s, &Session::modelClosed, this, &InteractionsPage::reopen);
    connect(&s, &Session::datasetOpened, this, &InteractionsPage::reopen);
    connect(&s, &Session::datasetClosed, this, &InteractionsPage::reopen);
    connect(&s, &Session::engineReplaced, this, &InteractionsPage::reopen);
    connect(&s, &Session::selectionChanged, this, &InteractionsPage::askForRow);
    connect(&s.interactions(), &InteractionDesk::rowReady, this, [this](const InteractionRowPtr& row) {
        if (row->row == m_row) m_matrix->setRow(row, {});
    });
    connect(&s.interactions(), &InteractionDesk::updated, this, &InteractionsPage::showFigures);
    connect(&s.checks(), &CheckDesk::doctorReady, this, &InteractionsPage::updateStatus);  // it tells of the order
    connect(&s.checks(), &CheckDesk::verified, this, &InteractionsPage::updateStatus);
    connect(&s, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind == JobKind::OpenDataset) showProgress(0, 0);
        if (kind != JobKind::Interactions) return;
        m_running = true;
        m_failed = false;
        m_progress.clear();
        clearError();
        showProgress(0, 0);
        updateState();
    });
    connect(&s, &Session::jobProgressed, this, [this](JobKind kind, qint64 done, qint64 total, const QString& text) {
        if (kind != JobKind::Interactions) return;
        m_progress = text;
        showProgress(done, total);
        updateStatus();
    });
    connect(&s, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind == JobKind::OpenDataset) showProgress(-1, 0);
        if (kind == JobKind::Interactions) finished();
    });
    connect(&s.interactions(), &InteractionDesk::exported, this,
            [this](const QString& path) { Q_EMIT noticed(tr("Exported to %1").arg(path)); });
    connect(&s.interactions(), &InteractionDesk::finishedForgotten, this, [this] {
        if (session().model() && session().dataset())
            Q_EMIT noticed(tr("The interactions were of model and data as they were before: count them again."));
    });
    connect(&s, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::Export && isVisible()) showError(error);
        if (kind == JobKind::InteractionRow) m_matrix->setRow({}, QString::fromStdString(error.message));
        if (kind != JobKind::Interactions) return;
        m_failed = true;
        showError(error, [this] { run(); });
        updateStatus();
    });
}

QWidget* InteractionsPage::buildContent() {
    auto* content = new QWidget;
    m_status = mutedLabel(content);
    m_status->setObjectName(QStringLiteral("interactionsStatus"));
    m_status->setMinimumWidth(1);
    m_matrix = new InteractionMatrixView;
    m_matrix->setMinimumWidth(kNarrowestMatrix);
    m_pairs = new InteractionPairs;
    m_splitter = sideBySide(m_matrix, m_pairs);
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] { m_divided = true; });
    connect(m_matrix, &InteractionMatrixView::cellClicked, this, [this](int first, int second) {
        m_matrix->mark(first, second);
        m_pairs->choose(first, second);
    });
    connect(m_pairs, &InteractionPairs::chosen, m_matrix, &InteractionMatrixView::mark);
    connect(m_pairs, &InteractionPairs::noticed, this, &Page::noticed);
    connect(m_pairs, &InteractionPairs::rowAsked, this, [this](qint64 row) {
        session().jumpTo({.kind = Selection::Kind::Sample, .row = row});
        Q_EMIT pageRequested(QStringLiteral("samples"));
    });
    m_rows = new RowsChoice(session(), tr("counted"), this);
    m_slices = new SliceForm(session(), m_rows->form(), this);
    QVBoxLayout* column = columnIn(content, space::s, {space::m, space::s, space::m, space::m});
    column->addWidget(m_slices->chips());
    column->addWidget(m_status);
    column->addWidget(m_splitter, 1);
    content->setProperty("transparent", true);
    return content;
}

void InteractionsPage::buildActions() {
    m_rows->setObjectName(QStringLiteral("interactionsOptions"));
    m_attributions = new QCheckBox(tr("What pairs add to the &logit"), m_rows->form()->parentWidget());
    m_attributions->setObjectName(QStringLiteral("attributions"));
    m_attributions->setToolTip(tr("The exact attribution of every row to its pairs: about as much work again"));
    m_attributions->setChecked(true);
    m_rows->form()->addRow(QString(), m_attributions);
    connect(m_rows, &RowsChoice::changed, this, &InteractionsPage::updateActions);
    connect(m_rows, &RowsChoice::left, this, [this] {
        if (!m_shown && !m_running) updateState();  // it names the rows
    });
    connect(m_rows, &RowsChoice::noticed, this, &Page::noticed);
    connect(m_rows, &RowsChoice::left, m_slices, &SliceForm::leave);
    m_rows->setMoreReady([this] { return m_slices->slices().has_value(); });
    connect(m_slices, &SliceForm::changed, this, &InteractionsPage::updateActions);
    connect(m_slices, &SliceForm::noticed, this, &Page::noticed);
    connect(m_attributions, &QCheckBox::toggled, this, &InteractionsPage::updateActions);

    addHeaderWidget(new SplitChoice(session(), this));
    addHeaderWidget(m_rows);

    m_actions = new RunActions(QStringLiteral("Interactions"), this);
    for (QWidget* button : m_actions->widgets()) addHeaderWidget(button);
    connect(m_actions, &RunActions::runAsked, this, &InteractionsPage::run);
    connect(m_actions, &RunActions::cancelAsked, this, [this] { session().cancel(JobKind::Interactions); });
    connect(m_actions, &RunActions::exportAsked, this, &InteractionsPage::exportResult);
}

void InteractionsPage::reopen() {
    m_shown = nullptr;
    m_progress.clear();
    clearError();
    m_matrix->setFigures({}, false, {}, false);
    m_pairs->setFigures({});
    setSubtitle(datasetLine(session()));
    m_rows->reopen();
    m_slices->reopen();
    m_row = -1;  // of what was open before
    m_matrix->setRow({}, {});
    askForRow();
    const ModelInfoPtr model = session().model();
    m_attributions->setVisible(model && model->spec.interaction == InteractionKind::Dot);
    updateState();
    if (found().newest) showFigures(found().newest);  // of the same rows
}

bool InteractionsPage::isPossible() const {
    const ModelInfoPtr model = session().model();
    return model && model->spec.missing.empty() && session().dataset() && !session().interactions().refusal();
}

void InteractionsPage::updateState() {
    const QString what = tr("How pairs of fields go together: the dot products of their vectors over many rows.");
    const std::optional<Error> refusal = session().interactions().refusal();
    const ModelInfoPtr model = session().model();
    // Whatever the dataset: none is asked for.
    const bool refused = refusal && model && model->spec.missing.empty();
    const bool can =
        !refused && canPredict(what + tr(" Open a checkpoint first."), what + tr(" Open a dataset to count over."));
    if (refused) {
        showWithoutModel(tr("%1 Table %2 has a width of %3, expected %4 (%5).")
                             .arg(QString::fromStdString(refusal->message), QString::fromStdString(refusal->field),
                                  QString::fromStdString(refusal->found), QString::fromStdString(refusal->expected),
                                  QString::fromStdString(refusal->code)));
    } else if (can && !m_shown && !m_running) {
        const auto chosen = options();
        const qint64 rows = chosen && chosen->range.size() > 0 ? chosen->range.size() : session().dataset()->rows;
        showEmpty(tr("Nothing has been counted yet as model and data are open now. The matrices and the strongest "
                     "pairs of %1 appear here while they are computed.")
                      .arg(countedText(rows, "row")),
                  tr("Count interactions"), [this] { run(); });
    } else if (can) {
        showContent();
        divide();
    }
    updateActions();
    updateStatus();
}

void InteractionsPage::updateActions() {
    m_actions->show(m_running, isPossible() && options().has_value() && m_slices->slices().has_value(),
                    m_shown ? tr("Count again") : tr("Count"));
    m_rows->setEnabled(isPossible());
    QStringList more;
    if (!m_attributions->isHidden() && !m_attributions->isChecked()) more << tr("without attribution");
    if (const auto slices = m_slices->slices(); slices && !slices->slice.isEmpty()) more << tr("sliced");
    m_rows->setMore(more);
    const QString why = whyNoExport();
    m_actions->showExport(m_shown != nullptr,
                          tr("Save all matrices as JSON, HDF5 or NumPy, or the pairs as CSV or TSV"), why);
    m_matrix->setNoExport(why);
}

QString InteractionsPage::noAttribution() const {
    const ModelInfoPtr model = session().model();
    if (model && model->spec.interaction != InteractionKind::Dot)
        return tr("Cross layers feed no products to the model, so pairs have no attribution.");
    return tr("Attribution was left out of this run.");
}

void InteractionsPage::updateStatus() {
    QStringList parts;
    if (m_shown) {
        const InteractionMatrices& m = m_shown->found.matrices;
        const Provenance& pass = m_shown->found.provenance;
        if (m_shown->found.final) {
            parts << (m.labelled ? tr("Final: %1, %2 clicked").arg(countedText(m.rows, "row"), formatCount(m.positives))
                                 : tr("Final: %1 without labels").arg(countedText(m.rows, "row")));
            const Interactions& all = m_shown->found;
            if (!all.slice.empty()) parts << tr("slice %1").arg(QString::fromStdString(all.slice));
            if (all.against)
                parts << tr("against %1 of %2, %3 in both")
                             .arg(countedText(all.against->matrices.rows, "row"),
                                  QString::fromStdString(all.against->slice),
                                  formatCount(all.against->comparison.shared));
            if (pass.measuredRows() < pass.totalRows)
                parts << tr("rows %1 to %2")
                             .arg(formatCount(pass.rows.front().first), formatCount(pass.rows.back().last));
            parts << countedText(static_cast<qint64>(m_shown->pairs.size()), "pair") << tookText(pass.seconds)
                  << tr("%1 rows/s").arg(formatShort(pass.rowsPerSecond));
            if (pass.backend) parts << computedBy(*pass.backend);
            if (session().model()) parts << orderAndStanding(session(), session().model()->spec.interactionOrder);
            if (const QString damage = session().checks().damage(); !damage.isEmpty()) parts << damage;
            for (const std::string& note : pass.notes) parts << inWords(note);
            if (m.attribution.empty()) parts << noAttribution();
            if (found().restored)
                parts.prepend(m_failed ? tr("The new run was stopped by an error; this is the last finished result")
                                       : tr("The new run was cancelled; this is the last finished result"));
        } else {
            const Interactions& all = m_shown->found;
            parts << (all.slice.empty()
                          ? tr("Interim: %1 of %2").arg(formatCount(m.rows), countedText(all.totalRows, "row"))
                          : tr("Interim: %1 in the slice of %2 so far, of %3")
                                .arg(countedText(m.rows, "row"), formatCount(pass.measuredRows()),
                                     countedText(all.totalRows, "row")));
            if (!m_running) parts << (m_failed ? tr("stopped by an error") : tr("cancelled"));
        }
    }
    if (m_running) {
        if (!m_shown) parts << tr("Counting");
        if (!m_progress.isEmpty()) parts << m_progress;
    }
    m_status->setText(parts.join(QStringLiteral(" · ")));
    m_status->setToolTip(m_status->text());
}

std::optional<InteractionOptions> InteractionsPage::options() const {
    const auto rows = m_rows->rows();
    if (!rows) return std::nullopt;
    InteractionOptions out;
    out.range = *rows;
    out.attributions = m_attributions->isChecked();
    out.extremes = true;
    return out;
}

void InteractionsPage::run() {
    const std::optional<InteractionOptions> chosen = options();
    const std::optional<InteractionSlices> slices = m_slices->slices();
    if (!chosen || !slices || !isPossible()) return;
    // Of a finished run that took long and was not exported, a person is asked first.
    if (unsaved().isEmpty()) return session().interactions().start(*chosen, *slices);
    session().afterAsking(
        [this, options = *chosen, slices = *slices] { session().interactions().start(options, slices); });
}

// What the map is of ("checkpoint · test · rows 0 to 99 · 2026-11-30").
QString InteractionsPage::sourceOf(const Interactions& figures) const {
    const Provenance& pass = figures.provenance;
    QStringList source;
    if (session().model())
        source << QString::fromStdString(session().model()->path)
                      .section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
    source << QString::fromStdString(pass.split);
    if (pass.measuredRows() < pass.totalRows && !pass.rows.empty())
        source << tr("rows %1 to %2").arg(formatCount(pass.rows.front().first), formatCount(pass.rows.back().last));
    source << QString::fromStdString(figures.slice);
    if (figures.against) source << tr("against %1").arg(QString::fromStdString(figures.against->slice));
    source << QDate::currentDate().toString(Qt::ISODate);
    if (!figures.final) source << tr("interim");
    source.removeAll(QString());
    return source.join(QStringLiteral(" · "));
}

void InteractionsPage::showFigures(const InteractionFiguresPtr& figures) {
    if (!figures) return;
    const bool wasEmpty = !m_shown;
    const ModelInfoPtr model = session().model();
    m_shown = figures;
    m_matrix->setFigures(figures, m_running && !figures->found.final, noAttribution(),
                         model && model->spec.interaction == InteractionKind::Dot);
    m_matrix->setSource(sourceOf(figures->found));
    m_pairs->setFigures(figures);
    if (wasEmpty || figures->found.final) updateState();
    else updateStatus();
}

void InteractionsPage::finished() {
    m_running = false;
    showProgress(-1, 0);
    // A run that was stopped does not take a finished result with it.
    if (found().restored && m_shown != found().newest) showFigures(found().newest);
    updateState();
}

QString InteractionsPage::whyNoExport() const {
    if (m_running) return tr("The interactions are being counted: they are exported once that has ended.");
    if (m_shown && !m_shown->found.final)
        return tr("Counting was stopped before its end: only finished figures are exported.");
    return {};
}

void InteractionsPage::exportResult() {
    const InteractionFiguresPtr chosen = m_shown;
    if (!chosen || !whyNoExport().isEmpty()) return;
    const QString path =
        askForExport(this, tr("Export the interactions"), QStringLiteral("interactions.h5"),
                     tr("HDF5 (*.h5);;JSON (*.json);;NumPy (*.npy);;Pairs as CSV (*.csv);;Pairs as TSV (*.tsv)"));
    if (path.isEmpty()) return;
    if (m_running || m_shown != chosen) {
        Q_EMIT noticed(tr("Nothing was exported: other figures came while the file was chosen."));
        return;
    }
    session().interactions().exportFigures(chosen, path);
}

QString InteractionsPage::unsaved() const {
    const InteractionFiguresPtr finished = found().finished;
    if (!finished || finished == found().exported || finished->found.provenance.seconds < kWorthAsking) return {};
    return tr("The interactions of %1, which took %2, were not exported.")
        .arg(countedText(finished->found.matrices.rows, "row"), tookText(finished->found.provenance.seconds));
}

void InteractionsPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    askForRow();
}

// The row in view on Samples, once it can be seen here.
void InteractionsPage::askForRow() {
    const Selection selection = session().selection();
    const qint64 row = selection.kind == Selection::Kind::Sample ? selection.row : -1;
    if (row < 0 || !isPossible()) {
        m_row = -1;
        m_matrix->setRow({}, tr("Go to a row of the dataset on Samples first."));
    } else if (isVisible() && row != m_row) {
        m_row = row;
        m_matrix->setRow({}, tr("Row %1 is being multiplied.").arg(formatCount(row)));
        session().interactions().requestRow(row);
    }
}

void InteractionsPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    divide();
}

// A square for the map, what is left for the pairs, until somebody moves the splitter.
void InteractionsPage::divide() {
    if (m_divided || m_splitter->width() <= 0) return;
    const int width = m_splitter->width(), least = std::min(kNarrowestMatrix, width / 2);
    const int pairs = std::clamp(width - m_splitter->height(), kNarrowestPairs, kWidestPairs);
    m_splitter->setSizes({std::max(least, width - pairs), pairs});
}

QString InteractionsPage::helpText() const {
    return tr(
        "Multiplies the vectors of the interaction, one of the bottom MLP and one a table, over the rows of the "
        "dataset, and shows what every pair's product is like: its mean and spread, how it differs between clicked "
        "rows and others, the cosine, and what it adds to the logit. Choose the matrix above the map; hover a cell for "
        "its figures, click it, or a line of the list, to see all of them. The diagonal, a vector with itself, is "
        "hatched, and so is what is not defined. Click a column's title to sort by it, a third time for the strongest "
        "first again. Figures grow while it runs and are final when the line above them says so. Under All rows you "
        "choose a range of rows, a slice of them and another one to compare it with (each is a chip then, which a "
        "click takes out), or leave out what pairs add to the logit, which is about half of the work. Below a pair's "
        "figures stand the rows in which its product is smallest and largest: a click opens one on Samples. The row in "
        "view there can be looked at here, less the mean.");
}

void InteractionsPage::prepareForRender() {
    if (!m_shown && !m_running) run();
}

QStringList InteractionsPage::renderViews() const {
    if (!m_shown) return {};
    return {QStringLiteral("effect-size"), QStringLiteral("attribution-size")};
}

void InteractionsPage::showRenderView(const QString& view) {
    const bool effect = view == QLatin1String("effect-size");
    m_matrix->choose(effect ? &InteractionMatrices::effectSize : &InteractionMatrices::attributionAbs, effect);
}

}  // namespace dlrm::ui
