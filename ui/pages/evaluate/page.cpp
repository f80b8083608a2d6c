// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/page.h"

#include <QDate>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSpinBox>
#include <QToolButton>

#include <cmath>
#include <limits>
#include <utility>

#include "ui/pages/evaluate/cards.h"
#include "ui/pages/evaluate/charts.h"
#include "ui/pages/parts.h"
#include "ui/pages/split_choice.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/order_standing.h"
#include "ui/session/plain_words.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/popup_form.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kWorthAsking = 10;  // seconds: what takes less is run again sooner than a question is answered

QString seconds(double s) {
    return s < 1 ? EvaluatePage::tr("%1 ms").arg(std::lround(s * 1000))
                 : EvaluatePage::tr("%1 s").arg(QString::number(s, 'f', 1));
}

// "CPU, bf16, 8 threads, AVX-512", as `dlrm-cli evaluate` tells it: the device says how it holds the tables.
QString computedBy(const BackendInfo& backend) {
    return QStringLiteral("%1, %2, %3")
        .arg(QString::fromStdString(backend.name).toUpper(), QString::fromUtf8(name(backend.precision)),
             QString::fromStdString(backend.device));
}

bool allRows(const QString& typed) {
    return typed.trimmed().isEmpty() || typed.trimmed().compare(QLatin1String("all"), Qt::CaseInsensitive) == 0;
}

}  // namespace

EvaluatePage::EvaluatePage(Session& session, QWidget* parent) : Page(session, tr("Evaluate"), parent) {
    setContent(buildContent());
    buildActions();

    connect(&session, &Session::modelOpened, this, &EvaluatePage::reopen);
    connect(&session, &Session::modelClosed, this, &EvaluatePage::reopen);
    connect(&session, &Session::datasetOpened, this, &EvaluatePage::reopen);
    connect(&session, &Session::datasetClosed, this, &EvaluatePage::reopen);
    connect(&session.evaluation(), &EvaluationDesk::updated, this, &EvaluatePage::showEvaluation);
    connect(&session.checks(), &CheckDesk::doctorReady, this,
            &EvaluatePage::updateStatus);  // the order's standing is part of it
    connect(&session, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind == JobKind::OpenDataset) showProgress(0, 0);
        if (kind != JobKind::Evaluate) return;
        m_running = true;
        m_failed = false;
        m_progress.clear();
        clearError();
        showProgress(0, 0);
        updateState();
    });
    connect(&session, &Session::jobProgressed, this,
            [this](JobKind kind, qint64 done, qint64 total, const QString& text) {
                if (kind != JobKind::Evaluate) return;
                m_progress = text;
                showProgress(done, total);
                updateStatus();
            });
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind == JobKind::OpenDataset) showProgress(-1, 0);
        if (kind == JobKind::Evaluate) finished();
    });
    connect(&session.evaluation(), &EvaluationDesk::exported, this,
            [this](const QString& path) { Q_EMIT noticed(tr("Exported to %1").arg(path)); });
    connect(&session.evaluation(), &EvaluationDesk::finishedForgotten, this, [this] {
        if (this->session().model() && this->session().dataset())
            Q_EMIT noticed(tr("The evaluation's figures were of model and data as they were before: run it again."));
    });
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::Export && isVisible()) showError(error);
        if (kind != JobKind::Evaluate) return;
        m_failed = true;
        showError(error, [this] { run(); });
        updateStatus();
    });
    reopen();
}

QWidget* EvaluatePage::buildContent() {
    auto* content = new QWidget;
    m_status = mutedLabel(content);
    m_status->setObjectName(QStringLiteral("evaluationStatus"));
    m_status->setMinimumWidth(1);
    m_cards = new EvaluateCards(content);
    m_charts = new EvaluateCharts(content);
    connect(m_charts, &EvaluateCharts::noticed, this, &Page::noticed);
    QVBoxLayout* column = columnIn(content, space::s, {space::m, space::s, space::m, space::m});
    column->addWidget(m_status);
    column->addWidget(m_cards);
    column->addWidget(m_charts, 1);
    content->setProperty("transparent", true);
    return scrolled(content);
}

void EvaluatePage::buildActions() {
    auto* rows = new PopupForm(this);
    rows->setObjectName(QStringLiteral("evaluatedRows"));
    m_range = new QLineEdit(rows);
    m_range->setObjectName(QStringLiteral("rowRange"));
    m_range->setPlaceholderText(tr("all, a row, or first-last"));
    m_range->setClearButtonEnabled(true);
    m_range->setToolTip(tr("Rows of the dataset, counted from 0: one, 50, or a range with both its ends, 0-9999"));
    m_dropLast = new QSpinBox(rows);
    m_dropLast->setObjectName(QStringLiteral("dropLast"));
    m_dropLast->setRange(0, std::numeric_limits<int>::max());
    m_dropLast->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_dropLast->setSpecialValueText(tr("off"));
    m_dropLast->setGroupSeparatorShown(true);
    m_dropLast->setToolTip(
        tr("Leaves out the rows of the last batch of this size when it is not full, as the training repository's "
           "evaluation does"));
    rows->form()->addRow(tr("Ro&ws"), m_range);
    m_rangeHint = new QLabel(rows);
    m_rangeHint->setObjectName(QStringLiteral("rangeHint"));
    m_rangeHint->setFont(Theme::instance().font(font_size::caption));
    m_rangeHint->setWordWrap(true);  // with room for what is wrong and what is usual
    m_rangeHint->setMinimumSize(m_rangeHint->fontMetrics().averageCharWidth() * 50,
                                2 * m_rangeHint->fontMetrics().lineSpacing());
    rows->form()->addRow(QString(), m_rangeHint);
    rows->form()->addRow(tr("Drop last partial &batch of"), m_dropLast);
    connect(m_range, &QLineEdit::textChanged, this, &EvaluatePage::checkRange);
    connect(m_dropLast, &QSpinBox::valueChanged, this, &EvaluatePage::updateActions);

    addHeaderWidget(new SplitChoice(session(), this));
    m_options = new QToolButton(this);
    m_options->setObjectName(QStringLiteral("evaluateOptions"));
    m_options->setProperty("button", true);
    connect(m_options, &QToolButton::clicked, rows, [this, rows] { rows->openUnder(m_options); });
    connect(rows, &PopupForm::closed, this, &EvaluatePage::leaveOptions);
    rows->setReady([this] { return options().has_value(); });
    m_options->setToolTip(tr("Which rows are evaluated"));
    addHeaderWidget(m_options);

    m_export = new QToolButton(this);
    m_export->setObjectName(QStringLiteral("exportEvaluation"));
    m_export->setProperty("button", true);
    m_export->setText(tr("Export…"));
    m_export->setIcon(themeIcon(QStringLiteral("export")));
    m_export->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_export, &QToolButton::clicked, this, &EvaluatePage::exportResult);
    addHeaderWidget(m_export);

    m_cancel = new QPushButton(tr("Cancel"), this);
    m_cancel->setObjectName(QStringLiteral("cancelEvaluation"));
    connect(m_cancel, &QPushButton::clicked, this, [this] { session().cancel(JobKind::Evaluate); });
    addHeaderWidget(m_cancel);
    m_run = new QPushButton(tr("Run"), this);
    m_run->setObjectName(QStringLiteral("runEvaluation"));
    m_run->setProperty("primary", true);
    connect(m_run, &QPushButton::clicked, this, &EvaluatePage::run);
    // Not the button's own, which ends when the button gets another text.
    connect(new QShortcut(QKeySequence(Qt::Key_F5), this), &QShortcut::activated, this, [this] {
        if (!m_running && m_run->isEnabled()) run();
    });
    addHeaderWidget(m_run);
}

// What is no range does not stay behind a closed form.
void EvaluatePage::leaveOptions() {
    if (!options()) {
        const QString now = m_acceptedRange.isEmpty() ? tr("all rows are evaluated as before")
                                                      : tr("rows %1 are evaluated as before").arg(m_acceptedRange);
        Q_EMIT noticed(tr("“%1” was taken back, %2: write %3.").arg(m_range->text(), now, usualRange()));
        m_range->setText(m_acceptedRange);
    }
    if (allRows(m_range->text())) m_range->clear();
    m_acceptedRange = m_range->text();
    if (!m_shown && !m_running) updateState();  // it names the rows
}

// The rows of one dataset and model say nothing about another; the same ones read otherwise keep theirs. A batch is of
// all splits and models.
void EvaluatePage::forgetForeignRange() {
    const ModelInfoPtr model = session().model();
    const DatasetInfoPtr dataset = session().dataset();
    if (!model || !dataset) return;
    if (const QString before = std::exchange(m_dropLastOf, dataset->path);
        m_dropLast->value() > 0 && !before.isEmpty() && before != dataset->path) {
        Q_EMIT noticed(tr("The last partial batch of %1 was left out of what was open before: it is evaluated now.")
                           .arg(formatCount(m_dropLast->value())));
        m_dropLast->setValue(0);
    }
    const QString now =
        QStringList{QString::fromStdString(model->path), dataset->path, dataset->split}.join(QLatin1Char('\n'));
    if (now == m_rangeOf) return;
    if (!m_rangeOf.isEmpty()) {
        if (!m_range->text().isEmpty())
            Q_EMIT noticed(tr("Rows %1 were chosen of what was open before: all rows are evaluated now.")
                               .arg(m_range->text().trimmed()));
        m_acceptedRange.clear();
        m_range->clear();
    }
    m_rangeOf = now;
}

void EvaluatePage::reopen() {
    forgetForeignRange();
    m_shown = nullptr;
    m_progress.clear();
    clearError();
    m_cards->clear();
    m_charts->clear();
    const DatasetInfoPtr dataset = session().dataset();
    QStringList parts;
    if (dataset) {
        parts << datasetName(dataset->path) << dataset->split << countedText(dataset->rows, "row")
              << inWords(dataset->profile);
        parts.removeAll(QString());
    }
    setSubtitle(parts.join(QStringLiteral(" · ")));
    checkRange();
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
    const bool focused =
        m_run->hasFocus() || m_cancel->hasFocus();  // one stands in for the other, for the keyboard too
    QPushButton* shown = m_running ? m_cancel : m_run;
    QPushButton* hidden = m_running ? m_run : m_cancel;
    shown->setVisible(true);
    if (!m_running) m_run->setEnabled(isPossible() && options().has_value());
    if (focused) shown->setFocus();
    hidden->setVisible(false);
    m_run->setText(m_shown ? tr("Run again") : tr("Run"));
    m_options->setEnabled(isPossible());
    const QString why = whyNoExport();
    const QString what = tr("Save all figures and curves as JSON, CSV, TSV or HDF5");
    m_export->setEnabled(m_shown && why.isEmpty());
    m_export->setToolTip(why.isEmpty() ? what : what + QLatin1Char('\n') + why);
    m_charts->setNoExport(why);
    QStringList chosen;
    if (!allRows(m_range->text())) chosen << tr("rows %1").arg(m_range->text().trimmed());
    if (m_dropLast->value() > 0) chosen << tr("drop last of %1").arg(formatCount(m_dropLast->value()));
    m_options->setText((chosen.isEmpty() ? tr("All rows") : chosen.join(QStringLiteral(", "))) + QStringLiteral(" ▾"));
}

QString EvaluatePage::orderAndStanding(const Evaluation& e) const {
    const ModelInfoPtr model = session().model();
    const QString order = orderWords(e.interactionOrder);
    if (!model || model->spec.interaction != InteractionKind::Dot || e.orderSource == OrderSource::Format) return order;
    return QStringLiteral("%1, %2").arg(order,
                                        orderStanding(model->spec, session().checks().results().doctor.get()).words);
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
            parts << seconds(e.seconds) << tr("%1 rows/s").arg(formatShort(e.rowsPerSecond)) << computedBy(e.backend)
                  << orderAndStanding(e);
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
    m_status->setText(parts.join(QStringLiteral(" · ")));
    m_status->setToolTip(m_status->text());
}

std::optional<EvaluateOptions> EvaluatePage::options() const {
    EvaluateOptions options;
    options.dropLast = m_dropLast->value();
    if (allRows(m_range->text())) return options;
    const auto range = EvaluationDesk::typedRange(m_range->text());
    if (!range) return std::nullopt;
    options.range = *range;
    const DatasetInfoPtr dataset = session().dataset();
    if (dataset && options.range.last >= dataset->rows) return std::nullopt;
    return options;
}

// What is taken as a range.
QString EvaluatePage::usualRange() const {
    const DatasetInfoPtr dataset = session().dataset();
    return dataset && dataset->rows > 0
               ? tr("all, a row or first-last, of rows 0 to %1").arg(formatCount(dataset->rows - 1))
               : tr("all, a row or first-last");
}

void EvaluatePage::checkRange() {
    const bool fine = options().has_value();
    QString hint = usualRange();
    if (!fine) {
        const auto range = EvaluationDesk::typedRange(m_range->text());
        const QString problem = range ? tr("no row %1").arg(formatCount(range->last))
                                      : tr("expected %1").arg(QString::fromStdString(range.error().expected));
        hint = tr("%1: %2").arg(problem, hint);
    }
    m_range->setStyleSheet(
        fine ? QString()
             : QStringLiteral("QLineEdit { border: 1px solid %1; }").arg(Theme::instance().colors().fail.name()));
    const ThemeColors& colors = Theme::instance().colors();
    m_rangeHint->setText(hint);
    m_rangeHint->setStyleSheet(QStringLiteral("QLabel { color: %1; }").arg((fine ? colors.muted : colors.fail).name()));
    updateActions();
}

void EvaluatePage::run() {
    const std::optional<EvaluateOptions> chosen = options();
    if (!chosen || !isPossible()) return;
    // Of a finished run that took long and was not exported, a person is asked first.
    if (unsaved().isEmpty()) return session().evaluation().start(*chosen);
    session().afterAsking([this, options = *chosen] { session().evaluation().start(options); });
}

void EvaluatePage::showEvaluation(const EvaluationPtr& evaluation) {
    if (!evaluation) return;
    const bool wasEmpty = !m_shown;
    m_shown = evaluation;
    m_cards->setEvaluation(*evaluation);
    m_charts->setEvaluation(evaluation);
    if (wasEmpty || evaluation->final || m_sourceFinal) {
        m_sourceFinal = evaluation->final;
        const ModelInfoPtr model = session().model();
        QStringList source;
        const auto last = [](const QString& path) {
            return path.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
        };
        if (model) source << last(QString::fromStdString(model->path));
        source << QString::fromStdString(evaluation->split) << QDate::currentDate().toString(Qt::ISODate);
        if (const RowRange& rows = evaluation->range; rows.size() > 0 && rows.size() < evaluation->datasetRows)
            source.insert(source.size() - 1, tr("rows %1 to %2").arg(formatCount(rows.first), formatCount(rows.last)));
        if (!evaluation->final) source << tr("interim");
        source.removeAll(QString());
        m_charts->setSource(source.join(QStringLiteral(" · ")));
    }
    if (wasEmpty || evaluation->final) updateState();
    else updateStatus();
}

void EvaluatePage::finished() {
    m_running = false;
    showProgress(-1, 0);
    // A run that was stopped does not take a finished result with it.
    if (found().restored && m_shown != found().newest) showEvaluation(found().newest);
    updateState();
}

QString EvaluatePage::whyNoExport() const {
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
    if (m_running || m_shown != chosen) {
        Q_EMIT noticed(tr("Nothing was exported: other figures came while the file was chosen."));
        return;
    }
    session().evaluation().exportFigures(chosen, path);
}

QString EvaluatePage::unsaved() const {
    const EvaluationPtr finished = found().finished;
    if (!finished || finished == found().exported || finished->seconds < kWorthAsking) return {};
    return tr("The evaluation of %1, which took %2, was not exported.")
        .arg(countedText(finished->report.rows, "row"), seconds(finished->seconds));
}

QString EvaluatePage::helpText() const {
    return tr(
        "Evaluates the model on the dataset's labelled rows. Figures grow while it runs and are final when the line "
        "above them says so; hover a card for its formula. Drag the "
        "cursor of any chart to choose an operating threshold: the counts beside it say what would be called clicked. "
        "Under All rows you choose a range of rows, or leave out the "
        "last partial batch as the training repository does.");
}

void EvaluatePage::prepareForRender() {
    if (!m_shown && !m_running) run();
}

bool EvaluatePage::isSettled() const {
    return !isPossible() || (!m_running && (m_failed || (m_shown && m_shown->final)));
}

}  // namespace dlrm::ui
