// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/what_if.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/pages/samples/field_form.h"
#include "ui/pages/samples/pair_chart.h"
#include "ui/pages/samples/what_if_panel.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/figures.h"
#include "ui/session/table_analysis.h"
#include "ui/session/window_error.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr int kWhatIfDecimals = 6;

QString probabilityText(float logit) {
    return std::isfinite(logit) ? formatFixed(sigmoid(static_cast<double>(logit)), kWhatIfDecimals)
                                : QStringLiteral("–");
}

QString changeText(float logit, float current) {
    if (!std::isfinite(logit) || !std::isfinite(current)) return QStringLiteral("–");
    const double change = sigmoid(static_cast<double>(logit)) - sigmoid(static_cast<double>(current));
    const QString digits = formatFixed(change, kWhatIfDecimals);
    return change > 0 ? QLatin1Char('+') + digits : digits;
}

}  // namespace

SampleWhatIf::SampleWhatIf(Session& session, SampleFieldForm& form, QObject* parent)
    : QObject(parent), m_session(session), m_form(form) {
    connect(&session.sweeps(), &SweepDesk::swept, this, &SampleWhatIf::showFigures);
    connect(&session.sweeps(), &SweepDesk::pairSwept, this, &SampleWhatIf::showPair);
    connect(&session.sweeps(), &SweepDesk::changesFound, this, &SampleWhatIf::showChanges);
    connect(&session.tables(), &TableAnalysis::trafficChanged, this, &SampleWhatIf::learnMore);
    connect(&session.tables(), &TableAnalysis::statisticsReady, this, [this](int table) {
        if (m_field.index == static_cast<std::size_t>(table)) learnMore();
    });
    connect(&session, &Session::jobStarted, this, &SampleWhatIf::follow);
    connect(&session, &Session::jobFinished, this, &SampleWhatIf::follow);
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == asking()) m_failure = sentences(forWindow(error));
    });
}

// The kind of job that the open panel asks for; nothing: none is open.
std::optional<JobKind> SampleWhatIf::asking() const {
    if (m_sweep) return JobKind::Sweep;
    return m_changes ? std::optional(JobKind::FindChanges) : std::nullopt;
}

WhatIfPanel* SampleWhatIf::panel() const {
    return m_sweep ? static_cast<WhatIfPanel*>(m_sweep) : static_cast<WhatIfPanel*>(m_changes);
}

void SampleWhatIf::follow(JobKind kind) {
    if (kind != asking()) return;
    const bool running = m_session.isRunning(kind);
    panel()->setRunning(running);
    if (running) return;
    m_asked = false;
    tellFacts();
}

// Lookups or untrained rows became known, of which the sweep can tell then.
void SampleWhatIf::learnMore() {
    if (!m_sweep || m_second || m_field.numerical) return;
    m_moreKnown = true;
    if (!m_asked && m_figures && m_figures->final) ask();
}

void SampleWhatIf::setRow(const std::optional<Shown>& row) {
    const bool same = m_row.has_value() == row.has_value() && (!row || sameRow(m_row->row.input, row->row.input));
    m_row = row;
    if (same || !isOpen()) return;
    showNothing();
    if (row) ask();
    else m_session.cancel(*asking());
}

bool SampleWhatIf::isOpen() const { return m_sweep || m_changes; }

bool SampleWhatIf::isSettled() const { return !isOpen() || !m_row || !m_asked; }

void SampleWhatIf::open(WhatIfPanel* panel, int field) {
    m_form.setPanel(field, panel);
    connect(panel, &WhatIfPanel::closeRequested, this, &SampleWhatIf::close);
    connect(panel, &WhatIfPanel::againRequested, this, &SampleWhatIf::ask);
    connect(panel, &WhatIfPanel::stopRequested, this, [this] { m_session.cancel(*asking()); });
    connect(panel, &WhatIfPanel::chosen, this, &SampleWhatIf::valueChosen);
    Q_EMIT layoutChanged();
}

void SampleWhatIf::openSweep(int field) {
    if (field < 0 || field >= m_form.fieldCount() || !m_row) return;
    close();
    m_field = fieldAt(field);
    m_second.reset();
    m_sweep = new SweepPanel(fieldNames(), field, m_field.numerical, m_form.widget());
    connect(m_sweep->chart(), &SweepChart::idChosen, this,
            [this, field](qint64 id) { Q_EMIT valueChosen(field, QStringLiteral("id:%1").arg(id)); });
    connect(m_sweep->chart(), &SweepChart::valueChosen, this,
            [this, field](float fed) { Q_EMIT valueChosen(field, m_session.samples().exactToken(fed)); });
    connect(m_sweep->pairs(), &PairChart::pairChosen, this, &SampleWhatIf::feedPair);
    connect(m_sweep, &SweepPanel::secondChosen, this, &SampleWhatIf::setSecond);
    connect(m_sweep, &SweepPanel::exportRequested, this, &SampleWhatIf::exportShown);
    open(m_sweep, field);
    ask();
}

void SampleWhatIf::openPair(int field, int second) {
    openSweep(field);
    if (m_sweep) m_sweep->chooseSecond(second);
}

void SampleWhatIf::openChanges() {
    if (!m_row) return;
    close();
    m_changes = new ChangesPanel(m_form.widget());
    m_threshold = m_session.evaluation().threshold();
    m_from = From::Evaluate;
    m_changes->setThreshold(*m_threshold);
    connect(m_changes, &ChangesPanel::thresholdChosen, this,
            [this](double threshold) { setThreshold(threshold, From::Typed); });
    connect(m_changes, &ChangesPanel::clickRateChosen, this, [this] { setThreshold(std::nullopt, From::Clicks); });
    connect(m_changes, &ChangesPanel::refused, this, [this](const QString& typed) {
        Q_EMIT noticed(
            tr("“%1” is no probability from 0 to 1 or 0 % to 100 %: the threshold stays as it is.").arg(typed));
    });
    open(m_changes, -1);
    ask();
}

void SampleWhatIf::setThreshold(std::optional<double> threshold, From from) {
    m_threshold = threshold;
    m_from = from;
    showNothing();
    ask();
}

void SampleWhatIf::followEvaluate() {
    const double threshold = m_session.evaluation().threshold();
    if (!m_changes || m_from != From::Evaluate || m_threshold == threshold) return;
    m_changes->setThreshold(threshold);
    setThreshold(threshold, From::Evaluate);
}

void SampleWhatIf::close() {
    if (!isOpen()) return;
    m_session.cancel(*asking());
    m_form.setPanel(-1, nullptr);
    panel()->deleteLater();
    m_sweep = nullptr;
    m_changes = nullptr;
    m_figures = nullptr;
    m_pair = nullptr;
    m_found = nullptr;
    m_asked = false;
    Q_EMIT layoutChanged();
}

void SampleWhatIf::ask() {
    if (!m_row || !isOpen()) return;
    m_asked = true;
    m_moreKnown = false;
    m_failure.clear();
    const InputRow& row = m_row->row.input;
    if (m_sweep && m_second) m_session.sweeps().sweepPair(row, m_field, *m_second);
    else if (m_sweep) m_session.sweeps().sweep(row, m_field);
    else m_session.sweeps().findChanges(row, m_threshold);
    tellFacts();
}

void SampleWhatIf::showNothing() {
    m_figures = nullptr;
    m_pair = nullptr;
    m_found = nullptr;
    m_failure.clear();
    if (m_sweep) {
        m_sweep->chart()->showNothing();
        m_sweep->pairs()->showNothing();
        m_sweep->setExportable(false);
    }
    panel()->setList({}, {});
    tellFacts();
}

// What is known, and what became of the rest.
void SampleWhatIf::tellFacts() {
    const bool all = m_figures ? m_figures->final : m_pair || (m_found && m_found->found.final());
    const QString known = m_figures ? factsOf(*m_figures)
                          : m_pair  ? factsOf(*m_pair)
                          : m_found ? factsOf(m_found->found)
                                    : QString();
    QString facts = known;
    if (!m_row) facts = tr("No row is shown.");
    else if (m_asked && known.isEmpty()) facts = m_sweep ? tr("Predicting …") : tr("Searching …");
    else if (!m_asked && m_failure.isEmpty() && !all) facts = tr("Stopped. %1").arg(known).trimmed();
    panel()->setFacts(facts, m_failure);
}

SweptField SampleWhatIf::fieldAt(int field) const {
    const DatasetInfoPtr dataset = m_session.dataset();
    const auto numericals = static_cast<int>(dataset ? dataset->schema.numericalNames.size() : 0);
    if (field < numericals) return {true, static_cast<std::size_t>(field)};
    return {false, static_cast<std::size_t>(field - numericals)};
}

int SampleWhatIf::placeOf(SweptField field) const {
    const DatasetInfoPtr dataset = m_session.dataset();
    const std::size_t numericals = dataset ? dataset->schema.numericalNames.size() : 0;
    return static_cast<int>(field.index + (field.numerical ? 0 : numericals));
}

QString SampleWhatIf::nameOf(SweptField field) const {
    const DatasetInfoPtr dataset = m_session.dataset();
    if (!dataset) return {};
    const auto& names = field.numerical ? dataset->schema.numericalNames : dataset->schema.categoricalNames;
    return field.index < names.size() ? QString::fromStdString(names[field.index]) : QString();
}

QString SampleWhatIf::idText(std::size_t table, qint64 id) const {
    const QString hex = m_session.hexOf(static_cast<int>(table), id);
    const QString text = hex.isEmpty() ? tr("id %1").arg(formatCount(id)) : tr("%1, id %2").arg(hex, formatCount(id));
    return id == 0 ? tr("%1: missing or rare").arg(text) : text;
}

QString SampleWhatIf::valueText(float fed) const {
    const QString token = m_session.samples().exactToken(fed);
    return token.isEmpty() ? tr("missing") : token;
}

QString SampleWhatIf::ownText(SweptField field) const {
    return field.numerical ? valueText(m_row->row.input.numerical[field.index])
                           : idText(field.index, m_row->row.input.ids[field.index]);
}

QStringList SampleWhatIf::fieldNames() const {
    QStringList names;
    for (int field = 0; field < m_form.fieldCount(); ++field) names << nameOf(fieldAt(field));
    return names;
}

QStringList SampleWhatIf::valuesOf(const SweptAxis& axis) const {
    QStringList out;
    for (const float fed : axis.values) out << valueText(fed);
    for (const std::int64_t id : axis.ids) {
        const QString hex = m_session.hexOf(static_cast<int>(axis.field.index), id);
        out << (hex.isEmpty() ? tr("id %1").arg(formatCount(id)) : hex);
    }
    return out;
}

QString SampleWhatIf::tokenOf(const FieldChange& change) const {
    return change.numerical ? m_session.samples().exactToken(change.fed) : QStringLiteral("id:%1").arg(change.id);
}

void SampleWhatIf::showFigures(const SweepFiguresPtr& figures) {
    if (!m_sweep || m_second || !m_row || figures->field != m_field || !sameRow(figures->row, m_row->row.input)) return;
    m_figures = figures;
    SweepChart::Words words{nameOf(m_field), {}, {}, {}};
    if (const DatasetInfoPtr dataset = m_session.dataset()) words.axis = fedAs(*dataset);
    words.id = [this, table = m_field.index](qint64 id) { return idText(table, id); };
    words.value = [this](float fed) { return valueText(fed); };
    m_sweep->chart()->setSource(m_row->source);
    m_sweep->chart()->setNoExport(figures->final ? QString() : tr("Exported once all values were predicted"));
    m_sweep->chart()->show(figures, words);
    m_sweep->setExportable(figures->final);
    if (!figures->field.numerical) listIds(*figures);
    tellFacts();
    if (figures->final && m_moreKnown) ask();
}

void SampleWhatIf::setSecond(int field) {
    m_second.reset();
    if (field >= 0) m_second = fieldAt(field);
    showNothing();
    m_sweep->showPairs(m_second.has_value());
    m_form.revealPanel();
    ask();
}

void SampleWhatIf::showPair(const PairFiguresPtr& figures) {
    const PairSweep& sweep = figures->sweep;
    if (!m_sweep || !m_second || !m_row || sweep.a.field != m_field || sweep.b.field != *m_second ||
        !sameRow(figures->row, m_row->row.input))
        return;
    m_pair = figures;
    const auto count = [model = m_session.model()](const SweptAxis& axis) -> qint64 {
        return axis.field.numerical || !model ? 0 : model->spec.tables[axis.field.index].rows;
    };
    m_sweep->pairs()->setSource(m_row->source);
    m_sweep->pairs()->show(figures, {nameOf(m_field), nameOf(*m_second), valuesOf(sweep.a), valuesOf(sweep.b),
                                     count(sweep.a), count(sweep.b)});
    m_sweep->setExportable(true);
    tellFacts();
}

void SampleWhatIf::feedPair(int down, int across) {
    if (!m_pair) return;
    const PairFiguresPtr pair = m_pair;  // the first value makes it another row
    for (const auto& [axis, place] : {std::pair{&pair->sweep.a, down}, std::pair{&pair->sweep.b, across}}) {
        const auto at = static_cast<std::size_t>(place);
        Q_EMIT valueChosen(placeOf(axis->field), axis->field.numerical
                                                     ? m_session.samples().exactToken(axis->values[at])
                                                     : QStringLiteral("id:%1").arg(axis->ids[at]));
    }
}

QString SampleWhatIf::factsOf(const PairFigures& figures) const {
    const PairSweep& sweep = figures.sweep;
    const auto best = std::max_element(sweep.logits.begin(), sweep.logits.end(), [](float a, float b) {
        return std::isfinite(b) && (!std::isfinite(a) || a < b);
    });
    const QString now = tr("%1 is %2 and %3 is %4: probability %5.")
                            .arg(nameOf(m_field), ownText(m_field), nameOf(*m_second), ownText(*m_second),
                                 probabilityText(sweep.current));
    if (best == sweep.logits.end()) return now;
    const auto raising =
        std::count_if(sweep.logits.begin(), sweep.logits.end(), [&](float logit) { return logit > sweep.current; });
    const auto place = static_cast<std::size_t>(best - sweep.logits.begin());
    return now + QLatin1Char(' ') +
           tr("%1 of %2 raise it, most of all %3 with %4: %5.")
               .arg(formatCount(raising), countedText(std::ssize(sweep.logits), "pair"),
                    valuesOf(sweep.a)[static_cast<qsizetype>(place / sweep.b.size())],
                    valuesOf(sweep.b)[static_cast<qsizetype>(place % sweep.b.size())], probabilityText(*best));
}

QString SampleWhatIf::factsOf(const SweepFigures& f) const {
    const QString now =
        tr("%1 is %2: probability %3.").arg(nameOf(f.field), ownText(f.field), probabilityText(f.current));
    if (f.field.numerical) return now;
    const auto share = [](std::int64_t part, std::int64_t all) {
        return all > 0 ? formatPercent(static_cast<double>(part) / static_cast<double>(all), 2) : QStringLiteral("–");
    };
    QString text = now + QLatin1Char(' ') +
                   (f.final ? tr("%1 of %2 raise it (%3)") : tr("So far %1 of the first %2 raise it (%3)"))
                       .arg(formatCount(f.order.raising), countedText(f.order.finite, "id"),
                            share(f.order.raising, f.order.finite));
    if (f.rank > 0) text += tr("; its own id is number %1").arg(formatCount(f.rank));
    const TrafficPtr traffic = m_session.tables().traffic();
    if (f.hits.empty() || !traffic)
        return text + tr(". What share of the lookups they are is known once lookups are counted (page Tables).");
    return text + tr(". They are %1 of the lookups of these ids in %2.")
                      .arg(share(f.raised, f.lookups), countedRows(*traffic));
}

void SampleWhatIf::listIds(const SweepFigures& f) {
    const bool hits = !f.hits.empty(), values = !m_session.hexOf(static_cast<int>(f.field.index), 1).isEmpty();
    std::vector<WhatIfList::Column> columns{{tr("Rank"), tr("1 for the id with the highest probability"), true},
                                            {tr("Id"), tr("Row of the table; 0: missing and rare values"), true}};
    if (values) columns.push_back({tr("Value"), tr("The category that the dictionary has for the id"), false});
    columns.push_back({tr("Probability"), tr("1 / (1 + e^−z), z: the logit with this id"), true});
    columns.push_back({tr("Change"), tr("Of the probability as it is"), true});
    if (hits) columns.push_back({tr("Lookups"), tr("Of this id in the dataset"), true});
    columns.push_back({tr("Remark"), tr("Row 0, rows that training never updated, and the row's own id"), false});
    std::vector<WhatIfList::Row> rows;
    for (std::size_t i = 0; i < f.listed.size(); ++i) {
        const bool high = i < f.order.highest.size();
        const qint64 id = high ? f.order.highest[i] : f.order.lowest[i - f.order.highest.size()];
        const qint64 rank =
            high ? static_cast<qint64>(i) + 1 : f.order.finite - std::ssize(f.listed) + static_cast<qint64>(i) + 1;
        WhatIfList::Row row;
        row.cells << formatCount(rank) << formatCount(id);
        if (values) row.cells << m_session.hexOf(static_cast<int>(f.field.index), id);
        row.cells << probabilityText(f.listed[i]) << changeText(f.listed[i], f.current);
        if (hits) row.cells << formatCount(f.hits[i]);
        const bool untrained = f.untrainedKnown && f.untrained[i];
        row.cells << (id == f.row.ids[f.field.index] ? tr("as it is")
                      : id == 0                      ? tr("missing, rare")
                      : untrained                    ? tr("untrained")
                                                     : QString());
        row.field = placeOf(f.field);
        row.token = QStringLiteral("id:%1").arg(id);
        row.muted = untrained || id == 0;
        rows.push_back(std::move(row));
    }
    m_sweep->setList(std::move(columns), std::move(rows));
}

void SampleWhatIf::showChanges(const FoundChangesPtr& changes) {
    if (!m_changes || !m_row || !sameRow(changes->row, m_row->row.input)) return;
    if (m_threshold ? changes->found.threshold != *m_threshold : !changes->found.byClicks) return;
    m_found = changes;
    const Counterfactual& found = changes->found;
    if (found.byClicks) m_changes->setThreshold(found.threshold);
    tellFacts();
    std::vector<WhatIfList::Column> columns{
        {tr("Field"), tr("A click feeds the value into it"), false},
        {QStringLiteral("✓"), tr("Whether any single value of the field crosses the threshold"), false},
        {tr("New value"),
         tr("Of a table the lowest id that crosses, which is the most frequent; of a numerical the "
            "nearest of the dataset's quantiles that crosses; where none does, the one that comes nearest"),
         false},
        {tr("Probability"), tr("With this value, all other fields as they are"), true},
        {tr("Change"), tr("Of the probability; the list has the smallest that crosses first"), true},
        {tr("Now"), tr("The row's own value"), false},
        {tr("Tried"), tr("Values that were predicted, of all others of the field"), true}};
    std::vector<WhatIfList::Row> rows;
    for (const FieldChange& change : found.changes) {
        const SweptField field{change.numerical, change.index};
        WhatIfList::Row row;
        row.cells << nameOf(field) << (change.crosses ? QStringLiteral("✓") : QString());
        if (change.any)
            row.cells << (change.numerical ? valueText(change.fed) : idText(change.index, change.id))
                      << probabilityText(change.logit) << changeText(change.logit, found.current);
        else row.cells << QStringLiteral("–") << QStringLiteral("–") << QStringLiteral("–");
        row.cells << ownText(field)
                  << (change.tried == change.others
                          ? tr("all %1").arg(formatCount(change.others))
                          : tr("%1 of %2").arg(formatCount(change.tried), formatCount(change.others)));
        if (change.any) row.field = placeOf(field);
        if (change.any) row.token = tokenOf(change);
        row.muted = !change.crosses;
        rows.push_back(std::move(row));
    }
    m_changes->setList(std::move(columns), std::move(rows));
}

QString SampleWhatIf::factsOf(const Counterfactual& found) const {
    const auto called = [](bool clicked) { return clicked ? tr("clicked") : tr("not clicked"); };
    const auto crossing = std::count_if(found.changes.begin(), found.changes.end(),
                                        [](const FieldChange& change) { return change.crosses; });
    const QString from = found.byClicks ? tr("the share of clicks in %1").arg(countedText(found.rowsLooked, "row"))
                         : m_from == From::Typed ? tr("as typed")
                                                 : tr("as on page Evaluate");
    const QString fields = found.final()
                               ? countedText(found.fields, "field")
                               : tr("%1 of %2 searched so far")
                                     .arg(countedText(std::ssize(found.changes), "field"), formatCount(found.fields));
    return tr("Probability %1: called %2 at %3 (%4). %5 of %6 can alone make it %7.")
        .arg(probabilityText(found.current), called(found.clicked), formatFixed(found.threshold, kWhatIfDecimals), from,
             formatCount(crossing), fields, called(!found.clicked));
}

void SampleWhatIf::exportShown() {
    if (!m_row || !(m_pair || (m_figures && m_figures->final))) return;
    const SweepFiguresPtr sweep = m_figures;  // the dialog runs events
    const PairFiguresPtr pair = m_pair;
    const QString path =
        pair ? askForExport(&m_form, tr("Export the pairs"),
                            QStringLiteral("sweep_%1_%2.csv").arg(nameOf(m_field), nameOf(*m_second)),
                            tr("Comma-separated (*.csv);;Tab-separated (*.tsv);;NumPy (*.npy);;JSON (*.json)"))
             : askForExport(&m_form, tr("Export the sweep"), QStringLiteral("sweep_%1.h5").arg(nameOf(sweep->field)),
                            tr("HDF5 (*.h5);;NumPy (*.npy);;Comma-separated (*.csv);;Tab-separated (*.tsv);;JSON "
                               "(*.json)"));
    if (path.isEmpty()) return;
    if (m_figures != sweep || m_pair != pair) {
        Q_EMIT noticed(tr("Nothing was exported: other figures came while the file was chosen."));
        return;
    }
    if (pair) m_session.sweeps().exportPair(pair, m_row->number, m_row->row.label, path);
    else m_session.sweeps().exportSweep(sweep, m_row->number, m_row->row.label, path);
}

}  // namespace dlrm::ui
