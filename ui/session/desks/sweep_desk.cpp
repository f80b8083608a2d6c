// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/sweep_desk.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "core/analysis/maps/density.h"
#include "core/metrics/probability.h"
#include "core/report/sweep_report.h"
#include "core/report/what_if_report.h"
#include "ui/session/session_state.h"
#include "ui/session/table_analysis.h"

namespace dlrm::ui {
namespace {

constexpr std::int64_t kMostPoints = 20'000;        // above: density, never dots
constexpr int kGridColumns = 400, kGridRows = 160;  // of a density
constexpr std::size_t kMostKept = 8;                // sweeps of tables: 33 MB each for the largest of FL15

// What is known of a table beside its weights, when a sweep of it begins.
struct TableFacts {
    TableStatisticsPtr statistics;
    TrafficPtr traffic;
};

bool sameNumber(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

Result<void> addPoints(SweepFigures& out, std::span<const float> known, const UntrainedRows* untrained,
                       const std::stop_token& stop) {
    std::vector<float> probabilities(known.size()), trained;
    out.lowest = 1;
    out.highest = 0;
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (i % 65'536 == 0 && stop.stop_requested()) return cancelled();
        const double p = sigmoid(static_cast<double>(known[i]));
        probabilities[i] = static_cast<float>(p);
        if (untrained) trained.push_back(untrained->contains(static_cast<std::int64_t>(i)) ? 0.0F : 1.0F);
        if (!std::isfinite(known[i])) continue;
        out.lowest = std::min(out.lowest, p);
        out.highest = std::max(out.highest, p);
    }
    if (out.lowest > out.highest) out.lowest = 0, out.highest = 1;  // none is finite
    std::vector<float> places(known.size());
    if (std::ssize(known) <= kMostPoints) {
        for (std::size_t i = 0; i < known.size(); ++i) places[i] = static_cast<float>(i + 1);
        out.x = std::move(places);
        out.y = std::move(probabilities);
        out.trained = std::move(trained);
        return {};
    }
    for (std::size_t i = 0; i < known.size(); ++i)
        places[i] = static_cast<float>(std::log10(static_cast<double>(i) + 1));
    // Rounded as the points are, of which none is to lie outside.
    const auto rounded = [](double value) { return static_cast<double>(static_cast<float>(value)); };
    const PlotWindow window{0, rounded(std::log10(static_cast<double>(out.all))), rounded(out.lowest),
                            std::max(rounded(out.highest), rounded(out.lowest) + 1e-9)};
    DLRM_TRY(auto grid, density(places, probabilities, trained, window, kGridColumns, kGridRows, stop));
    out.density = std::make_shared<const DensityGrid>(std::move(grid));
    return {};
}

Result<SweepFiguresPtr> tableFigures(const Sweep& sweep, const InputRow& row, std::size_t table,
                                     const TableFacts& facts, const std::stop_token& stop) {
    auto out = std::make_shared<SweepFigures>();
    const std::span<const float> known = sweep.known();
    out->row = row;
    out->field = {false, table};
    out->current = sweep.current;
    out->backend = sweep.backend;
    out->done = sweep.done;
    out->all = std::ssize(sweep.logits);
    out->ofMissing = known.front();
    out->final = out->done == out->all;
    out->order = sweepOrder(known, sweep.current, kListedIds);
    if (row.ids[table] < out->done) out->rank = rankInSweep(known, row.ids[table]);
    const UntrainedRows* untrained = facts.statistics ? &facts.statistics->untrained : nullptr;
    if (untrained && (!untrained->known() || untrained->bits.empty())) untrained = nullptr;
    out->untrainedKnown = untrained != nullptr;
    const TableTraffic* traffic = facts.traffic ? &facts.traffic->tables[table] : nullptr;
    for (const auto* end : {&out->order.highest, &out->order.lowest})
        for (const std::int64_t id : *end) {
            out->listed.push_back(known[static_cast<std::size_t>(id)]);
            if (traffic) out->hits.push_back(traffic->hits[static_cast<std::size_t>(id)]);
            if (untrained) out->untrained.push_back(untrained->contains(id));
        }
    if (traffic)
        for (std::size_t i = 0; i < known.size(); ++i) {
            out->lookups += traffic->hits[i];
            if (known[i] > sweep.current) out->raised += traffic->hits[i];  // none where it is not finite
        }
    DLRM_TRY(addPoints(*out, known, untrained, stop));
    return SweepFiguresPtr(std::move(out));
}

Result<SweepFiguresPtr> finalFigures(std::shared_ptr<const Sweep> sweep, const InputRow& row, std::size_t table,
                                     const TableFacts& facts, const std::stop_token& stop) {
    DLRM_TRY(const auto reduced, tableFigures(*sweep, row, table, facts, stop));
    auto out = std::make_shared<SweepFigures>(*reduced);
    out->sweep = std::move(sweep);
    return SweepFiguresPtr(std::move(out));
}

SweepFiguresPtr numericalFigures(Sweep sweep, const InputRow& row, std::size_t numerical, bool final) {
    auto out = std::make_shared<SweepFigures>();
    out->row = row;
    out->field = {true, numerical};
    out->final = final;
    out->current = sweep.current;
    out->backend = sweep.backend;
    out->done = out->all = std::ssize(sweep.values);
    out->sweep = std::make_shared<const Sweep>(std::move(sweep));
    return out;
}

}  // namespace

bool sameButFor(const InputRow& a, const InputRow& b, SweptField field) {
    if (a.numerical.size() != b.numerical.size() || a.ids.size() != b.ids.size()) return false;
    for (std::size_t k = 0; k < a.numerical.size(); ++k)
        if (!(field.numerical && k == field.index) && !sameNumber(a.numerical[k], b.numerical[k])) return false;
    for (std::size_t t = 0; t < a.ids.size(); ++t)
        if ((field.numerical || t != field.index) && a.ids[t] != b.ids[t]) return false;
    return true;
}

bool sameRow(const InputRow& a, const InputRow& b) {
    return a.ids == b.ids &&
           std::equal(a.numerical.begin(), a.numerical.end(), b.numerical.begin(), b.numerical.end(), sameNumber);
}

void SweepDesk::forget() { m_results = {}; }

void SweepDesk::sweep(const InputRow& row, SweptField field) {
    if (!state().engine || !state().data) return;
    if (field.numerical) sweepNumerical(row, field.index);
    else sweepTable(row, field.index);
}

void SweepDesk::sweepTable(const InputRow& row, std::size_t table) {
    const TableFacts facts{session().tables().statistics(static_cast<int>(table)), session().tables().traffic()};
    const auto kept = std::find_if(m_results.tables.begin(), m_results.tables.end(), [&](const SweepFiguresPtr& one) {
        return one->field.index == table && sameButFor(one->row, row, one->field);
    });
    std::shared_ptr<const Sweep> known = kept != m_results.tables.end() ? (*kept)->sweep : nullptr;
    const auto use = [this](const SweepFiguresPtr& figures) {
        if (figures->final) {
            std::erase_if(m_results.tables, [&](const SweepFiguresPtr& one) { return one->field == figures->field; });
            m_results.tables.push_back(figures);
            if (m_results.tables.size() > kMostKept) m_results.tables.erase(m_results.tables.begin());
        }
        Q_EMIT swept(figures);
    };
    state().startAsking(
        JobKind::Sweep,
        [row, table, facts, known, use](Engine& engine, const JobRunner::Running& job) -> Result<SweepFiguresPtr> {
            if (known) {
                auto again = std::make_shared<Sweep>(*known);
                again->current = again->logits[static_cast<std::size_t>(row.ids[table])];
                return finalFigures(std::move(again), row, table, facts, job.stop);
            }
            const auto partial = [&](const Sweep& soFar) {
                if (auto figures = tableFigures(soFar, row, table, facts, job.stop))
                    job.interim([use, figures = *std::move(figures)] { use(figures); });
            };
            DLRM_TRY(auto found, engine.sweep(row, TableId{static_cast<std::int32_t>(table)}, partial, job));
            return finalFigures(std::make_shared<const Sweep>(std::move(found)), row, table, facts, job.stop);
        },
        use);
}

void SweepDesk::sweepNumerical(const InputRow& row, std::size_t numerical) {
    m_results.averages.resize(row.numerical.size());
    const std::optional<SweepAverage> known = m_results.averages[numerical];
    const auto use = [this, numerical](const SweepFiguresPtr& figures) {
        if (figures->final && numerical < m_results.averages.size())
            m_results.averages[numerical] = figures->sweep->average;
        Q_EMIT swept(figures);
    };
    state().startAsking(
        JobKind::Sweep,
        [row, numerical, known, use, data = state().data](Engine& engine,
                                                          const JobRunner::Running& job) -> Result<SweepFiguresPtr> {
            const auto partial = [&](const Sweep& soFar) {
                job.interim([use, figures = numericalFigures(soFar, row, numerical, false)] { use(figures); });
            };
            SweepAverageOptions average;
            if (!known) average.rows = kAveragedRows;
            DLRM_TRY(auto found, engine.sweepNumerical(row, numerical, *data, average, partial, job));
            if (known) found.average = known;
            return numericalFigures(std::move(found), row, numerical, true);
        },
        use);
}

void SweepDesk::sweepPair(const InputRow& row, SweptField a, SweptField b) {
    if (!state().engine || !state().data) return;
    state().startAsking(
        JobKind::Sweep,
        [row, a, b, data = state().data](Engine& engine, const JobRunner::Running& job) -> Result<PairFiguresPtr> {
            DLRM_TRY(auto found, engine.sweepPair(row, a, b, *data, job));
            return std::make_shared<const PairFigures>(PairFigures{row, std::move(found)});
        },
        [this](const PairFiguresPtr& figures) { Q_EMIT pairSwept(figures); });
}

void SweepDesk::findChanges(const InputRow& row, std::optional<double> threshold) {
    if (!state().engine || !state().data) return;
    const auto use = [this](const FoundChangesPtr& changes) {
        if (changes->found.final()) m_results.changes = changes;
        Q_EMIT changesFound(changes);
    };
    state().startAsking(
        JobKind::FindChanges,
        [row, threshold, use, data = state().data](Engine& engine,
                                                   const JobRunner::Running& job) -> Result<FoundChangesPtr> {
            const auto partial = [&](const Counterfactual& soFar) {
                job.interim(
                    [use, changes = std::make_shared<const FoundChanges>(FoundChanges{row, soFar})] { use(changes); });
            };
            DLRM_TRY(auto found, engine.counterfactual(row, *data, {threshold}, partial, job));
            return std::make_shared<const FoundChanges>(FoundChanges{row, std::move(found)});
        },
        use);
}

void SweepDesk::exportSweep(const SweepFiguresPtr& figures, std::int64_t rowNumber, std::optional<int> label,
                            const QString& path) {
    if (!figures || !figures->final || !figures->sweep || !state().model || !state().dataset) return;
    SweptRow about;
    const DatasetInfo& dataset = *state().dataset;
    const ModelSpec& spec = state().model->spec;
    const SweptField field = figures->field;
    about.field = field.numerical ? dataset.schema.numericalNames[field.index] : spec.tables[field.index].name;
    about.row = rowNumber;
    about.label = label;
    about.profile = local(dataset.profile);
    about.interactionOrder = spec.interactionOrder;
    about.orderSource = spec.orderSource;
    const TypedRows typed = state().typedRows();
    if (field.numerical) {
        about.fed = figures->row.numerical[field.index];
        about.ownTyped = typed.typedFor(about.fed);
        for (const float fed : figures->sweep->values) about.typed.push_back(typed.typedFor(fed));
    } else {
        about.id = figures->row.ids[field.index];
        if (const auto dictionary = state().dictionary)
            about.category = [dictionary, model = state().model, data = state().data, reading = state().reading,
                              table = static_cast<int>(field.index)](RowId id) {
                return TypedRows(&model->spec, data.get(), dictionary.get(), reading).hexOf(table, value(id));
            };
    }
    startExport(path, [figures, about = std::move(about)](const std::string& to, const Provenance& provenance) {
        return dlrm::exportSweep(*figures->sweep, about, to, provenance);
    });
}

void SweepDesk::exportPair(const PairFiguresPtr& figures, std::int64_t rowNumber, std::optional<int> label,
                           const QString& path) {
    if (!figures || !state().model || !state().dataset) return;
    const ModelSpec& spec = state().model->spec;
    WhatIfRow about;
    about.row = rowNumber;
    about.label = label;
    about.input = figures->row;
    about.numericals = state().dataset->schema.numericalNames;
    for (const TableSpec& table : spec.tables) about.tables.push_back(table.name);
    // What is open may have changed by the time it is written.
    const auto typed = [dictionary = state().dictionary, model = state().model, data = state().data,
                        reading = state().reading] {
        return TypedRows(&model->spec, data.get(), dictionary.get(), reading);
    };
    if (state().dictionary)
        about.category = [typed](std::size_t table, std::int64_t id) {
            return typed().hexOf(static_cast<int>(table), id);
        };
    about.typed = [typed](float fed) { return typed().typedFor(fed); };
    about.token = [typed](float fed) { return typed().exactToken(fed); };
    about.profile = local(state().dataset->profile);
    about.interactionOrder = spec.interactionOrder;
    about.orderSource = spec.orderSource;
    startExport(path, [figures, about = std::move(about)](const std::string& to, const Provenance& provenance) {
        return dlrm::exportPair(figures->sweep, about, to, provenance);
    });
}

void SweepDesk::startExport(const QString& path, ExportFn write) {
    const auto work = [this, write = std::move(write), path,
                       provenance = state().provenance()](const JobRunner::Running&) -> JobRunner::Delivery {
        Result<void> written = write(local(path), provenance());
        if (!written) return failed(session(), JobKind::Export, std::move(written.error()));
        return [this, path] { Q_EMIT session().exported(path); };
    };
    state().startExport(JobKind::Export, path, work);
}

}  // namespace dlrm::ui
