// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/page.h"

#include <QDate>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QTabBar>
#include <QTabWidget>

#include <algorithm>
#include <limits>
#include <utility>

#include "ui/pages/evaluate/cards.h"
#include "ui/pages/evaluate/charts.h"
#include "ui/pages/evaluate/frequency_tab.h"
#include "ui/pages/evaluate/gain_tab.h"
#include "ui/pages/evaluate/ranking_ask.h"
#include "ui/pages/evaluate/slice_ask.h"
#include "ui/pages/evaluate/slices_tab.h"
#include "ui/pages/evaluate/weakest_tab.h"
#include "ui/pages/parts.h"
#include "ui/pages/rows_choice.h"
#include "ui/pages/run_actions.h"
#include "ui/pages/run_words.h"
#include "ui/pages/split_choice.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/desks/scenario_desk.h"
#include "ui/session/plain_words.h"
#include "ui/widgets/current_tabs.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr std::int64_t kWeakestListed = 100;

}  // namespace

EvaluatePage::EvaluatePage(Session& session, QWidget* parent) : Page(session, tr("Evaluate"), parent) {
    setContent(buildContent());
    buildActions();
    follow();
    followSlice();
    followWorkspace();
    reopen();
}

// The slices that are typed are the workspace's.
void EvaluatePage::followWorkspace() {
    ScenarioDesk* desk = &session().scenarios();
    const auto take = [this, desk] {
        if (m_slices->ask()->setSlices(desk->slices())) return;
        Q_EMIT noticed(
            tr("The workspace has more slices than fit in the line on Evaluate; they stay in it until others "
               "are typed there."));
    };
    take();
    connect(desk, &ScenarioDesk::taken, this, take);
    connect(m_slices->ask(), &SliceAsk::changed, this, [this, desk, typed = m_slices->ask()->slices()]() mutable {
        const SliceAsk& ask = *m_slices->ask();
        if (ask.isReadable() && std::exchange(typed, ask.slices()) != typed) desk->setSlices(typed);
    });
}

void EvaluatePage::follow() {
    connect(&session(), &Session::modelOpened, this, &EvaluatePage::reopen);
    connect(&session(), &Session::modelClosed, this, &EvaluatePage::reopen);
    connect(&session(), &Session::datasetOpened, this, &EvaluatePage::reopen);
    connect(&session(), &Session::datasetClosed, this, &EvaluatePage::reopen);
    connect(&session().evaluation(), &EvaluationDesk::updated, this, &EvaluatePage::showEvaluation);
    connect(&session().checks(), &CheckDesk::verified, this, &EvaluatePage::updateStatus);
    connect(&session().checks(), &CheckDesk::doctorReady, this,
            &EvaluatePage::updateStatus);  // the order's standing is part of it
    connect(&session(), &Session::jobStarted, this, [this](JobKind kind) {
        if (kind == JobKind::OpenDataset) showProgress(0, 0);
        if (kind != JobKind::Evaluate) return;
        m_running = true;
        m_failed = false;
        m_progress.clear();
        clearError();
        showProgress(0, 0);
        updateState();
    });
    connect(&session(), &Session::jobProgressed, this,
            [this](JobKind kind, qint64 done, qint64 total, const QString& text) {
                if (kind != JobKind::Evaluate) return;
                m_progress = text;
                showProgress(done, total);
                updateStatus();
            });
    connect(&session(), &Session::jobFinished, this, [this](JobKind kind) {
        if (kind == JobKind::OpenDataset) showProgress(-1, 0);
        if (kind == JobKind::Evaluate) finished();
    });
    connect(&session().evaluation(), &EvaluationDesk::exported, this,
            [this](const QString& path) { Q_EMIT noticed(tr("Exported to %1").arg(path)); });
    connect(&session().evaluation(), &EvaluationDesk::finishedForgotten, this, [this] {
        if (session().model() && session().dataset())
            Q_EMIT noticed(tr("The evaluation's figures were of model and data as they were before: run it again."));
    });
    connect(&session(), &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::Export && isVisible()) showError(error);
        if (kind != JobKind::Evaluate) return;
        m_failed = true;
        if (m_slices->ask()->show(error)) m_tabs->setCurrentWidget(m_slices);
        showError(error, [this] { run(); });
        updateStatus();
    });
}

// Figures of one slice of the rows that were evaluated.
void EvaluatePage::followSlice() {
    const auto show = [this](const QString& slice) {
        if (m_running) Q_EMIT noticed(tr("A slice can be looked at once the evaluation has ended."));
        else session().evaluation().showSlice(slice.toStdString());
    };
    connect(m_slices, &EvaluateSlicesTab::sliceChosen, this, show);
    connect(m_frequency, &EvaluateFrequencyTab::sliceChosen, this, show);
    connect(m_weakest, &EvaluateWeakestTab::sliceChosen, this, show);
    EvaluationDesk* desk = &session().evaluation();
    connect(desk, &EvaluationDesk::sliceAsked, this, [this] {
        m_sliceRuns = true;
        m_progress.clear();
        clearError();
        showProgress(0, 0);
        draw();
    });
    connect(desk, &EvaluationDesk::sliceUpdated, this, &EvaluatePage::draw);
    connect(desk, &EvaluationDesk::sliceLeft, this, &EvaluatePage::draw);
    connect(&session(), &Session::jobProgressed, this,
            [this](JobKind kind, qint64 done, qint64 total, const QString& text) {
                if (kind != JobKind::SliceCurves) return;
                m_progress = text;
                showProgress(done, total);
                updateStatus();
            });
    connect(&session(), &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::SliceCurves) return;
        m_sliceRuns = false;
        if (!m_running) showProgress(-1, 0);
        draw();
    });
    connect(&session(), &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::SliceCurves) showError(error);
    });
}

QWidget* EvaluatePage::buildContent() {
    auto* content = new QWidget;
    m_status = mutedLabel(content);
    m_status->setObjectName(QStringLiteral("evaluationStatus"));
    m_status->setMinimumWidth(1);
    m_cards = new EvaluateCards(content);
    m_charts = new EvaluateCharts(content);
    connect(m_charts, &EvaluateCharts::noticed, this, &Page::noticed);
    connect(m_charts, &EvaluateCharts::thresholdChanged, this,
            [this](double probability) { this->session().evaluation().setThreshold(probability); });
    QVBoxLayout* column = columnIn(content, space::s, {space::m, space::s, space::m, space::m});
    m_gain = new EvaluateGainTab;
    m_slices = new EvaluateSlicesTab;
    m_frequency = new EvaluateFrequencyTab;
    m_weakest = new EvaluateWeakestTab;
    connect(m_slices->ask(), &SliceAsk::changed, this, &EvaluatePage::updateActions);
    connect(m_slices->ask(), &SliceAsk::runAsked, this, &EvaluatePage::run);
    connect(m_gain->ranking(), &RankingAsk::changed, this, &EvaluatePage::updateActions);
    connect(m_frequency, &EvaluateFrequencyTab::changed, this, &EvaluatePage::updateActions);
    connect(m_weakest, &EvaluateWeakestTab::changed, this, &EvaluatePage::updateActions);
    m_tabs = new CurrentTabs(content);
    m_tabs->setObjectName(QStringLiteral("evaluateTabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setDrawBase(false);
    m_tabs->addTab(m_charts, tr("C&urves"));
    m_tabs->addTab(m_gain, tr("&Gain, calibration by field"));
    m_tabs->addTab(m_slices, tr("S&lices"));
    m_tabs->addTab(m_frequency, tr("By fre&quency"));
    m_tabs->addTab(m_weakest, tr("&Weakest slices"));
    column->addWidget(m_status);
    column->addWidget(buildChip());
    column->addWidget(m_cards);
    column->addWidget(m_tabs, 1);
    content->setProperty("transparent", true);
    return scrolled(content);
}

QWidget* EvaluatePage::buildChip() {
    m_chip = new QFrame;
    m_chip->setProperty("card", true);
    m_chip->setObjectName(QStringLiteral("sliceChip"));
    QHBoxLayout* row = rowIn(m_chip, space::s, {space::s, space::xs, space::xs, space::xs});
    m_chipText = plainLabel(m_chip);
    m_chipText->setObjectName(QStringLiteral("sliceChipText"));
    m_chipText->setWordWrap(true);
    QPushButton* all = tippedButton(m_chip, tr("All &rows ✕"), tr("Figures and curves of all rows again"));
    all->setObjectName(QStringLiteral("leaveSlice"));
    connect(all, &QPushButton::clicked, this, [this] { session().evaluation().leaveSlice(); });
    row->addWidget(m_chipText, 1);
    row->addWidget(all);
    m_chip->hide();
    return m_chip;
}

void EvaluatePage::buildActions() {
    m_rows = new RowsChoice(session(), tr("evaluated"), this);
    m_rows->setObjectName(QStringLiteral("evaluateOptions"));
    m_dropLast = new QSpinBox(m_rows->form()->parentWidget());
    m_dropLast->setObjectName(QStringLiteral("dropLast"));
    m_dropLast->setRange(0, std::numeric_limits<int>::max());
    m_dropLast->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_dropLast->setSpecialValueText(tr("off"));
    m_dropLast->setGroupSeparatorShown(true);
    m_dropLast->setToolTip(
        tr("Leaves out the rows of the last batch of this size when it is not full, as the training repository's "
           "evaluation does"));
    m_rows->form()->addRow(tr("Drop last partial &batch of"), m_dropLast);
    connect(m_rows, &RowsChoice::changed, this, &EvaluatePage::updateActions);
    connect(m_rows, &RowsChoice::left, this, [this] {
        if (!m_shown && !m_running) updateState();  // it names the rows
    });
    connect(m_rows, &RowsChoice::noticed, this, &Page::noticed);
    connect(m_dropLast, &QSpinBox::valueChanged, this, &EvaluatePage::updateActions);

    addHeaderWidget(new SplitChoice(session(), this));
    addHeaderWidget(m_rows);

    m_actions = new RunActions(QStringLiteral("Evaluation"), this);
    for (QWidget* button : m_actions->widgets()) addHeaderWidget(button);
    connect(m_actions, &RunActions::runAsked, this, &EvaluatePage::run);
    connect(m_actions, &RunActions::resumeAsked, this, [this] {
        if (session().evaluation().canResume()) session().evaluation().resume();
    });
    connect(m_actions, &RunActions::cancelAsked, this, [this] { session().cancel(JobKind::Evaluate); });
    connect(m_actions, &RunActions::exportAsked, this, &EvaluatePage::exportResult);
}

// A batch is of all splits and models, but of no other dataset.
void EvaluatePage::forgetForeignBatch() {
    const DatasetInfoPtr dataset = session().dataset();
    if (!dataset) return;
    const QString before = std::exchange(m_dropLastOf, dataset->path);
    if (m_dropLast->value() == 0 || before.isEmpty() || before == dataset->path) return;
    Q_EMIT noticed(tr("The last partial batch of %1 was left out of what was open before: it is evaluated now.")
                       .arg(formatCount(m_dropLast->value())));
    m_dropLast->setValue(0);
}

void EvaluatePage::reopen() {
    forgetForeignBatch();
    m_shown = m_drawn = nullptr;
    m_progress.clear();
    clearError();
    m_cards->clear();
    m_charts->clear();
    m_gain->clear();
    showSlices({});
    setSubtitle(datasetLine(session()));
    m_rows->reopen();
    if (const DatasetInfoPtr dataset = session().dataset())
        m_gain->ranking()->setFields(dataset->schema.categoricalNames);
    updateState();
    if (found().newest) showEvaluation(found().newest);  // of the same rows
}

void EvaluatePage::updateState() {
    const DatasetInfoPtr dataset = session().dataset();
    const QString what = tr("How good the model is on labelled rows: AUC, log loss, calibration and their curves.");
    const bool can = canPredict(what + tr(" Open a checkpoint first."), what + tr(" Open a dataset to evaluate on."));
    if (can && !dataset->hasLabels) {
        showEmpty(tr("This dataset has no labels, so there is nothing to compare the predictions with. Its rows can be "
                     "looked at on the Samples page."),
                  tr("Open another dataset…"), [this] { Q_EMIT actionRequested(QStringLiteral("open-dataset")); });
    } else if (can && !m_shown && !m_running) {
        const auto chosen = options();
        const qint64 rows = chosen && chosen->range.size() > 0 ? chosen->range.size() : dataset->rows;
        showEmpty(tr("Nothing has been evaluated yet as model and data are open now. The figures and curves of %1 "
                     "appear here while they are computed.")
                      .arg(countedText(rows, "row")),
                  tr("Run evaluation"), [this] { run(); });
    } else if (can) {
        showContent();
    }
    updateActions();
    updateStatus();
}

bool EvaluatePage::isPossible() const {
    const ModelInfoPtr model = session().model();
    const DatasetInfoPtr dataset = session().dataset();
    return model && model->spec.missing.empty() && dataset && dataset->hasLabels;
}

void EvaluatePage::updateActions() {
    m_actions->show(m_running, isPossible() && options().has_value() && slices().has_value(),
                    m_shown ? tr("Run again") : tr("Run"));
    m_actions->showResume(isPossible() && session().evaluation().canResume());
    m_rows->setEnabled(isPossible());
    const QString why = whyNoExport();
    m_actions->showExport(m_shown != nullptr,
                          tr("Save all figures and curves of all rows, and the slices, as JSON, CSV, TSV or HDF5"),
                          why);
    m_charts->setNoExport(why);
    for (ChartView* chart :
         std::initializer_list<ChartView*>{m_gain->gain(), m_gain->lift(), m_gain->fields(), m_frequency->map()})
        chart->setNoExport(why);
    QStringList more;
    if (m_dropLast->value() > 0) more << tr("drop last of %1").arg(formatCount(m_dropLast->value()));
    if (const auto choice = slices(); choice && !choice->empty()) more << tr("with slices");
    if (const RankingAsk& ranking = *m_gain->ranking(); ranking.groupedBy() || ranking.topShare() > 0)
        more << tr("with ranking");
    m_rows->setMore(more);
}

void EvaluatePage::updateStatus() {
    QStringList parts;
    if (m_shown) {
        const Evaluation& e = *m_shown;
        if (e.final) {
            parts
                << tr("Final: %1, %2 clicked").arg(countedText(e.report.rows, "row"), formatCount(e.report.positives));
            if (e.range.size() > 0 && e.range.size() < e.datasetRows)
                parts << tr("rows %1 to %2").arg(formatCount(e.range.first), formatCount(e.range.last));
            parts << tookText(e.seconds) << tr("%1 rows/s").arg(formatShort(e.rowsPerSecond)) << computedBy(e.backend)
                  << orderAndStanding(session(), e.interactionOrder);
            if (const QString damage = session().checks().damage(); !damage.isEmpty()) parts << damage;
            for (const std::string& note : e.notes) parts << inWords(note);
            if (found().restored)
                parts.prepend(m_failed ? tr("The new run was stopped by an error; this is the last finished result")
                                       : tr("The new run was cancelled; this is the last finished result"));
        } else {
            parts << tr("Interim: %1 of %2").arg(formatCount(e.report.rows), countedText(e.totalRows, "row"));
            if (!m_running) parts << (m_failed ? tr("stopped by an error") : tr("cancelled"));
        }
    }
    if (m_running) {
        if (!m_shown) parts << tr("Evaluating");
        if (!m_progress.isEmpty()) parts << m_progress;
    }
    if (m_sliceRuns)
        parts.prepend(tr("Evaluating the slice") +
                      (m_progress.isEmpty() ? QString() : QStringLiteral(" ") + m_progress));
    m_status->setText(parts.join(QStringLiteral(" · ")));
    m_status->setToolTip(m_status->text());
}

std::optional<EvaluateOptions> EvaluatePage::options() const {
    EvaluateOptions options;
    options.dropLast = m_dropLast->value();
    const auto rows = m_rows->rows();
    if (!rows) return std::nullopt;
    options.range = *rows;
    options.groupedBy = m_gain->ranking()->groupedBy();
    options.topShare = m_gain->ranking()->topShare();
    return options;
}

std::optional<SliceChoice> EvaluatePage::slices() const {
    const SliceAsk& ask = *m_slices->ask();
    if (!ask.isReadable()) return std::nullopt;
    SliceChoice out;
    out.slices = ask.slices();
    out.groups = ask.groups();
    out.limits = ask.limits();
    if (m_frequency->isOn())
        for (const std::string& group : session().evaluation().frequencyGroups())
            if (std::find(out.groups.begin(), out.groups.end(), group) == out.groups.end()) out.groups.push_back(group);
    if (m_weakest->isOn()) out.weakest = kWeakestListed;
    return out;
}

void EvaluatePage::run() {
    const std::optional<EvaluateOptions> chosen = options();
    const std::optional<SliceChoice> sliced = slices();
    if (!chosen || !sliced || !isPossible()) return;
    const auto start = [this, options = *chosen, slices = *sliced] { session().evaluation().start(options, slices); };
    // Of a finished run that took long and was not exported, a person is asked first.
    if (unsaved().isEmpty()) return start();
    session().afterAsking(start);
}

void EvaluatePage::showEvaluation(const EvaluationPtr& evaluation) {
    if (!evaluation) return;
    const bool wasEmpty = !m_shown;
    m_shown = evaluation;
    draw();
    if (evaluation->final) showSlices(evaluation);
    if (wasEmpty || evaluation->final) updateState();
    else updateStatus();
}

void EvaluatePage::showSlices(const EvaluationPtr& evaluation) {
    m_gain->setSlices(evaluation);
    m_slices->setEvaluation(evaluation);
    m_frequency->setEvaluation(evaluation, session().evaluation().frequencyGroups());
    m_weakest->setEvaluation(evaluation);
    if (evaluation)
        for (ChartView* chart : std::initializer_list<ChartView*>{m_gain->fields(), m_frequency->map()})
            chart->setSource(sourceOf(*evaluation));
}

// Until figures of the slice come, those that stand there stay, and the chip says what is coming.
void EvaluatePage::draw() {
    const std::string& slice = found().sliceAsked;
    const EvaluationPtr& drawn = found().ofSlice ? found().ofSlice : m_shown;
    m_chip->setVisible(!slice.empty());
    if (!slice.empty())
        m_chipText->setText(!found().ofSlice ? tr("Rows where %1: on their way").arg(QString::fromStdString(slice))
                                             : tr("Figures and curves of %1 where %2%3")
                                                   .arg(countedText(found().ofSlice->report.rows, "row"),
                                                        QString::fromStdString(slice),
                                                        found().ofSlice->final ? QString() : tr(", so far")));
    if (drawn && (drawn != m_drawn)) {
        m_drawn = drawn;
        m_cards->setEvaluation(*drawn);
        m_charts->setEvaluation(drawn);
        m_charts->setSource(sourceOf(*drawn));
        m_gain->setEvaluation(drawn);
        for (ChartView* chart : {m_gain->gain(), m_gain->lift()}) chart->setSource(sourceOf(*drawn));
    }
    updateActions();
    updateStatus();
}

// What charts are of ("checkpoint · test · rows 0 to 99 · 2026-11-30").
QString EvaluatePage::sourceOf(const Evaluation& evaluation) const {
    const ModelInfoPtr model = session().model();
    QStringList source;
    const auto last = [](const QString& path) {
        return path.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
    };
    if (model) source << last(QString::fromStdString(model->path));
    source << QString::fromStdString(evaluation.split);
    if (const RowRange& rows = evaluation.range; rows.size() > 0 && rows.size() < evaluation.datasetRows)
        source << tr("rows %1 to %2").arg(formatCount(rows.first), formatCount(rows.last));
    source << QString::fromStdString(evaluation.where) << QDate::currentDate().toString(Qt::ISODate);
    if (!evaluation.final) source << tr("interim");
    source.removeAll(QString());
    return source.join(QStringLiteral(" · "));
}

void EvaluatePage::finished() {
    m_running = false;
    showProgress(-1, 0);
    // A run that was stopped does not take a finished result with it.
    if (found().restored && m_shown != found().newest) showEvaluation(found().newest);
    updateState();
}

QString EvaluatePage::whyNoExport() const {
    if (m_sliceRuns) return tr("A slice is being evaluated: figures are exported once it has ended.");
    if (m_running) return tr("The evaluation is running: its figures are exported once it has ended.");
    if (m_shown && !m_shown->final)
        return tr("The evaluation was stopped before its end: only finished figures are exported.");
    return {};
}

void EvaluatePage::exportResult() {
    const EvaluationPtr chosen = m_shown;
    if (!chosen || !whyNoExport().isEmpty()) return;
    const QString path = askForExport(this, tr("Export the evaluation"), QStringLiteral("evaluation.json"),
                                      tr("JSON (*.json);;CSV (*.csv);;TSV (*.tsv);;HDF5 (*.h5)"));
    if (path.isEmpty()) return;
    if (runs() || m_shown != chosen) {
        Q_EMIT noticed(tr("Nothing was exported: other figures came while the file was chosen."));
        return;
    }
    session().evaluation().exportFigures(chosen, path);
}

QString EvaluatePage::unsaved() const {
    const EvaluationPtr finished = found().finished;
    if (!finished || finished == found().exported || finished->seconds < kWorthAsking) return {};
    return tr("The evaluation of %1, which took %2, was not exported.")
        .arg(countedText(finished->report.rows, "row"), tookText(finished->seconds));
}

QString EvaluatePage::helpText() const {
    return tr(
        "Evaluates the model on the dataset's labelled rows. Figures grow while it runs and are final when the line "
        "above them says so; hover a card for its formula. Drag the "
        "cursor of any chart to choose an operating threshold: the counts beside it say what would be called clicked. "
        "Under All rows you choose a range of rows, or leave out the "
        "last partial batch as the training repository does. "
        "The other tabs look at slices of the rows: those you type, all fields by frequency, or the weakest ones; a "
        "click on one shows its own figures and curves.");
}

void EvaluatePage::prepareForRender() {
    if (m_shown || m_running) return;
    // Slices are of rows with one id of a feature.
    if (const DatasetInfoPtr dataset = session().dataset(); dataset && !dataset->multiHot) {
        m_frequency->turnOn();
        m_weakest->turnOn();
        m_slices->ask()->setGroups(session().evaluation().exampleGroup());
        m_gain->ranking()->choose(0, 0.01);
    }
    run();
}

QStringList EvaluatePage::renderViews() const {
    if (!m_shown || m_shown->slices.empty()) return {};
    return {QStringLiteral("gain"), QStringLiteral("slices"), QStringLiteral("frequency"), QStringLiteral("weakest")};
}

void EvaluatePage::showRenderView(const QString& view) {
    m_tabs->setCurrentIndex(1 + static_cast<int>(renderViews().indexOf(view)));
}

bool EvaluatePage::isSettled() const { return !isPossible() || (!runs() && (m_failed || (m_shown && m_shown->final))); }

}  // namespace dlrm::ui
