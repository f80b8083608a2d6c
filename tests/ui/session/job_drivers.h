// SPDX-License-Identifier: Apache-2.0
// How each kind of job is brought to run over the bundled demo, how its results are heard of, and where one is kept.
#pragma once

#include <QDir>
#include <QFileInfo>
#include <QPolygonF>
#include <QString>

#include <functional>
#include <map>
#include <memory>

#include "ui/session/desks/check_desk.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/desks/interaction_desk.h"
#include "ui/session/desks/layer_desk.h"
#include "ui/session/desks/sample_desk.h"
#include "ui/session/desks/scenario_desk.h"
#include "ui/session/desks/sweep_desk.h"
#include "ui/session/session.h"
#include "ui/session/table_analysis.h"

namespace dlrm::test {

using Got = std::function<void()>;

struct JobDriver {
    const char* page = nullptr;                 // that shows its results; null: none does
    std::function<void(ui::Session&)> prepare;  // asks for what `start` needs; run to its end before
    std::function<void(ui::Session&)>
        start;  // `start` of another time asks for something else where the first result is kept
    std::function<void(ui::Session&, QObject*, Got)> listen;
    std::function<bool(ui::Session&)> isKept;  // null: its results are not kept
};

inline QString demo(const char* part) {
    return QStringLiteral(DLRM_SOURCE_DIR "/resources/demo/") + QString::fromLatin1(part);
}

inline void openDemoDataset(ui::Session& s) {
    s.openDataset(demo("dataset"), QStringLiteral("test"), demo("dictionary"));
}

// A row of the demo's model that any dataset of it could hold.
inline InputRow anyRow() {
    InputRow row;
    row.numerical.assign(13, 0);
    row.ids.assign(26, 0);
    return row;
}

// What drivers of one test share: the next table or file to ask for, and points of a map.
struct JobProps {
    QString folder;
    int calls = 0;
    ui::MapPointsPtr points;
    ui::ExplanationPtr explained;
    int nextTable() { return calls++ % 26; }
    QString nextFile(const char* end) {
        return QDir(folder).filePath(QStringLiteral("%1%2").arg(++calls).arg(QLatin1String(end)));
    }
};
using PropsPtr = std::shared_ptr<JobProps>;

constexpr quint64 kJobToken = 4711;

// Listens to a signal of an object of the session; `means` says which of its arguments are a result.
template <class Find, class Signal, class Means>
std::function<void(ui::Session&, QObject*, Got)> hears(Find find, Signal signal, Means means) {
    return [=](ui::Session& s, QObject* context, const Got& got) {
        QObject::connect(&find(s), signal, context, [got, means](const auto&... values) {
            if (means(values...)) got();
        });
    };
}
template <class Find, class Signal>
std::function<void(ui::Session&, QObject*, Got)> hears(Find find, Signal signal) {
    return hears(find, signal, [](const auto&...) { return true; });
}

inline std::map<ui::JobKind, JobDriver> jobDrivers(const PropsPtr& props) {
    using ui::JobKind;
    using ui::Session;
    using ui::TableAnalysis;
    const auto session = [](Session& s) -> Session& { return s; };
    const auto tables = [](Session& s) -> TableAnalysis& { return s.tables(); };
    const auto samples = [](Session& s) -> ui::SampleDesk& { return s.samples(); };
    const auto sweeps = [](Session& s) -> ui::SweepDesk& { return s.sweeps(); };
    const auto evaluation = [](Session& s) -> ui::EvaluationDesk& { return s.evaluation(); };
    const auto interactions = [](Session& s) -> ui::InteractionDesk& { return s.interactions(); };
    const auto layers = [](Session& s) -> ui::LayerDesk& { return s.layers(); };
    const auto checks = [](Session& s) -> ui::CheckDesk& { return s.checks(); };
    const auto mine = [](const auto&, quint64 token) { return token == kJobToken; };
    const auto anyTable = [](const auto& found) {
        return [found](Session& s) {
            for (int t = 0; t < 26; ++t)
                if (found(s.tables(), t)) return true;
            return false;
        };
    };
    const auto needsMap = [props](Session& s) {
        QObject::connect(&s.tables(), &TableAnalysis::mapReady, &s,
                         [props](const ui::MapPointsPtr& points) { props->points = points; });
        ui::MapChoice choice;
        choice.table = 0;
        s.tables().requestMap(choice, kJobToken);
    };
    const auto evaluates = [](Session& s) { s.evaluation().start({}); };

    std::map<JobKind, JobDriver> all;
    all[JobKind::OpenModel] = {nullptr,
                               {},
                               [](Session& s) { s.openModel(demo("checkpoint")); },
                               hears(session, &Session::modelOpened),
                               [](Session& s) { return s.model() != nullptr; }};
    all[JobKind::OpenDataset] = {nullptr, {}, openDemoDataset, hears(session, &Session::datasetOpened), [](Session& s) {
                                     return s.dataset() != nullptr;
                                 }};
    all[JobKind::TableRows] = {"tables",
                               {},
                               [](Session& s) {
                                   s.tables().requestRows(0, {0, 1}, kJobToken);
                               },
                               hears(tables, &TableAnalysis::rowsReady, mine),
                               {}};
    all[JobKind::SampleRows] = {"samples",
                                {},
                                [](Session& s) { s.samples().requestRows(0, 3, kJobToken); },
                                hears(samples, &ui::SampleDesk::rowsReady, mine),
                                {}};
    const auto explained = [](bool pinned) {
        return [pinned](const auto&, quint64 token, bool ofPinned) { return token == kJobToken && ofPinned == pinned; };
    };
    all[JobKind::Explain] = {"samples",
                             {},
                             [](Session& s) { s.samples().explain(anyRow(), kJobToken); },
                             hears(samples, &ui::SampleDesk::explanationReady, explained(false)),
                             {}};
    all[JobKind::ExplainPinned] = {"samples",
                                   {},
                                   [](Session& s) { s.samples().explain(anyRow(), kJobToken, true); },
                                   hears(samples, &ui::SampleDesk::explanationReady, explained(true)),
                                   {}};
    const auto needsExplained = [props](Session& s) {
        QObject::connect(&s.samples(), &ui::SampleDesk::explanationReady, &s,
                         [props](const ui::ExplanationPtr& one) { props->explained = one; });
        s.samples().explain(anyRow(), kJobToken);
    };
    const auto attributes = [props](bool pinned) {
        return [props, pinned](Session& s) { s.samples().attribute(props->explained, pinned); };
    };
    const auto attributed = [props](bool pinned) {
        return [props, pinned](const auto&, const ui::ExplanationPtr& of, bool ofPinned) {
            return of == props->explained && ofPinned == pinned;
        };
    };
    all[JobKind::Attribute] = {"samples",
                               needsExplained,
                               attributes(false),
                               hears(samples, &ui::SampleDesk::attributionReady, attributed(false)),
                               {}};
    all[JobKind::AttributePinned] = {"samples",
                                     needsExplained,
                                     attributes(true),
                                     hears(samples, &ui::SampleDesk::attributionReady, attributed(true)),
                                     {}};
    all[JobKind::Sweep] = {"samples",
                           {},
                           [](Session& s) {
                               s.sweeps().sweep(anyRow(), {false, 19});
                           },
                           hears(sweeps, &ui::SweepDesk::swept),
                           [](Session& s) { return !s.sweeps().results().tables.empty(); }};
    all[JobKind::FindChanges] = {"samples",
                                 {},
                                 [](Session& s) { s.sweeps().findChanges(anyRow(), 0.5); },
                                 hears(sweeps, &ui::SweepDesk::changesFound),
                                 [](Session& s) { return s.sweeps().results().changes != nullptr; }};
    all[JobKind::Evaluate] = {
        "evaluate", {}, evaluates, hears(evaluation, &ui::EvaluationDesk::updated), [](Session& s) {
            return s.evaluation().results().newest || s.evaluation().results().finished;
        }};

    all[JobKind::SliceCurves] = {"evaluate", evaluates,
                                 [](Session& s) {
                                     static int asked = 0;  // another one each time: the same one is there already
                                     s.evaluation().showSlice("row " + std::to_string(++asked) + "-9999");
                                 },
                                 hears(evaluation, &ui::EvaluationDesk::sliceUpdated),
                                 [](Session& s) { return s.evaluation().results().ofSlice != nullptr; }};
    all[JobKind::Interactions] = {
        "interactions",
        {},
        [](Session& s) { s.interactions().start({}); },
        hears(interactions, &ui::InteractionDesk::updated),
        [](Session& s) { return s.interactions().results().newest || s.interactions().results().finished; }};

    all[JobKind::InteractionRow] = {"interactions",
                                    {},
                                    [](Session& s) { s.interactions().requestRow(7); },
                                    hears(interactions, &ui::InteractionDesk::rowReady),
                                    {}};

    all[JobKind::TableStatistics] = {"tables",
                                     {},
                                     [props](Session& s) { s.tables().computeStatistics({props->nextTable()}); },
                                     hears(tables, &TableAnalysis::statisticsReady),
                                     [](Session& s) { return s.tables().tablesKnown() > 0; }};
    all[JobKind::TableCosines] = {"tables",
                                  {},
                                  [props](Session& s) { s.tables().computeCosines(props->nextTable()); },
                                  hears(tables, &TableAnalysis::cosinesReady),
                                  anyTable([](const TableAnalysis& a, int t) { return a.cosines(t) != nullptr; })};
    const auto counted = [](Session& s) { return s.tables().traffic() || s.tables().untrainedTraffic(); };
    all[JobKind::Traffic] = {"tables",
                             {},
                             [](Session& s) { s.tables().countTraffic(); },
                             [counted](Session& s, QObject* context, const Got& got) {
                                 QObject::connect(&s.tables(), &TableAnalysis::trafficChanged, context,
                                                  [&s, counted, got] {
                                                      if (counted(s)) got();  // else it says that they are forgotten
                                                  });
                             },
                             counted};
    all[JobKind::TrafficSpectrum] = {
        "tables", [](Session& s) { s.tables().countTraffic(); },
        [props](Session& s) { s.tables().computeTrafficSpectrum(props->nextTable()); },
        hears(tables, &TableAnalysis::trafficSpectrumReady),
        anyTable([](const TableAnalysis& a, int t) { return a.trafficSpectrum(t).has_value(); })};
    all[JobKind::TablePictures] = {"tables",
                                   [](Session& s) { s.tables().computeStatistics({0}); },
                                   [](Session& s) { s.tables().requestPictures(0); },
                                   hears(tables, &TableAnalysis::picturesReady),
                                   {}};
    all[JobKind::RowOrder] = {"tables",
                              {},
                              [](Session& s) {
                                  RowQuery query;
                                  query.descending = true;
                                  s.tables().requestOrder(0, query, nullptr, kJobToken);
                              },
                              hears(tables, &TableAnalysis::orderReady, mine),
                              {}};
    all[JobKind::Neighbors] = {"tables",
                               {},
                               [](Session& s) { s.tables().requestNeighbors(0, 1, Similarity::Cosine, 5, kJobToken); },
                               hears(tables, &TableAnalysis::neighborsReady, mine),
                               {}};
    all[JobKind::TableMap] = {"tables",
                              {},
                              [](Session& s) {
                                  ui::MapChoice choice;
                                  choice.table = 0;
                                  s.tables().requestMap(choice, kJobToken);
                              },
                              hears(tables, &TableAnalysis::mapReady, mine),
                              {}};
    all[JobKind::MapColours] = {
        "tables",
        needsMap,
        [props](Session& s) { s.tables().requestColours(props->points, ui::MapColour::Rank, kJobToken); },
        hears(tables, &TableAnalysis::coloursReady, mine),
        {}};
    all[JobKind::MapLoop] = {"tables",
                             needsMap,
                             [props](Session& s) {
                                 const PlotWindow& b = props->points->bounds;
                                 s.tables().requestInside(
                                     props->points,
                                     QPolygonF(QRectF(QPointF(b.lowX, b.lowY), QPointF(b.highX, b.highY))), kJobToken);
                             },
                             hears(tables, &TableAnalysis::insideReady, mine),
                             {}};
    all[JobKind::Density] = {"tables",
                             needsMap,
                             [props](Session& s) {
                                 s.tables().requestDensity(props->points, nullptr, props->points->bounds, 32, 32,
                                                           kJobToken);
                             },
                             hears(tables, &TableAnalysis::densityReady, mine),
                             {}};

    all[JobKind::Layers] = {"layers",
                            {},
                            [](Session& s) { s.layers().requestLayers(); },
                            hears(layers, &ui::LayerDesk::layersReady),
                            [](Session& s) { return s.layers().results().layers != nullptr; }};
    all[JobKind::Kernel] = {"layers",
                            {},
                            [](Session& s) { s.layers().requestKernel(true, 0); },
                            hears(layers, &ui::LayerDesk::kernelReady),
                            [](Session& s) { return s.layers().results().kernel != nullptr; }};
    all[JobKind::UnitAtlas] = {"layers",
                               {},
                               [](Session& s) { s.layers().startUnitAtlas(2000); },
                               hears(layers, &ui::LayerDesk::unitAtlasUpdated),
                               [](Session& s) { return s.layers().results().atlas != nullptr; }};
    all[JobKind::Doctor] = {"overview",
                            {},
                            [](Session& s) { s.checks().requestDoctor(); },
                            hears(checks, &ui::CheckDesk::doctorReady),
                            [](Session& s) { return s.checks().results().doctor != nullptr; }};
    all[JobKind::Files] = {"overview",
                           {},
                           [](Session& s) { s.checks().requestFiles(); },
                           hears(checks, &ui::CheckDesk::filesReady),
                           [](Session& s) { return s.checks().results().files != nullptr; }};
    all[JobKind::Values] = {"overview",
                            {},
                            [](Session& s) { s.checks().checkValues(); },
                            hears(checks, &ui::CheckDesk::valuesChecked),
                            [](Session& s) { return s.checks().results().values != nullptr; }};
    all[JobKind::Verify] = {"overview",
                            {},
                            [props](Session& s) {
                                VerifyOptions options;
                                options.sidecar =
                                    QDir(props->folder).filePath(QStringLiteral("hashes.json")).toStdString();
                                s.checks().verifyFiles(options);
                            },
                            hears(checks, &ui::CheckDesk::verified),
                            [](Session& s) { return s.checks().results().verification != nullptr; }};

    all[JobKind::Export] = {nullptr,
                            evaluates,
                            [props](Session& s) {
                                s.evaluation().exportFigures(s.evaluation().results().finished,
                                                             props->nextFile(".json"));
                            },
                            hears(evaluation, &ui::EvaluationDesk::exported),
                            {}};
    all[JobKind::ExportOrigin] = {
        nullptr,
        [](Session& s) {
            s.setProgram({QStringLiteral("dlrm-explorer"), QStringLiteral("1.2.3"), QString()});
        },
        [props](Session& s) { s.writeOrigin(props->nextFile(".tsv"), QStringLiteral("figures")); },
        [props](Session& s, QObject* context, const Got& got) {
            // It has nothing to say where all went well.
            QObject::connect(&s, &Session::jobFinished, context, [props, got](JobKind kind) {
                const QString written = QDir(props->folder).filePath(QStringLiteral("%1.tsv.json").arg(props->calls));
                if (kind == JobKind::ExportOrigin && QFileInfo::exists(written)) got();
            });
        },
        {}};
    all[JobKind::ExportCheckpoint] = {nullptr,
                                      {},
                                      [props](Session& s) { s.exportCheckpoint(props->nextFile("")); },
                                      hears(session, &Session::noticed,
                                            [props](const QString& text) {
                                                return text.contains(props->folder) &&
                                                       text.startsWith(QLatin1String("Checkpoint exported"));
                                            }),
                                      {}};
    all[JobKind::FindBackends] = {nullptr,
                                  {},
                                  [](Session& s) { s.findBackends(); },
                                  hears(session, &Session::backendsFound),
                                  [](Session& s) { return !s.backends().empty(); }};
    all[JobKind::TellPaths] = {
        nullptr, {}, [](Session& s) { s.tellPaths({demo("dataset")}); }, hears(session, &Session::pathsTold), {}};
    const auto scenarios = [](Session& s) -> ui::ScenarioDesk& { return s.scenarios(); };
    all[JobKind::Workspace] = {nullptr,
                               {},
                               [](Session& s) { s.scenarios().read(demo("demo.dlrmx")); },
                               hears(scenarios, &ui::ScenarioDesk::fileRead),
                               {}};
    all[JobKind::PredictScenario] = {"samples",
                                     {},
                                     [](Session& s) {
                                         PredictedRow row;
                                         row.input = anyRow();
                                         const EditableRow same = s.samples().editable(row);
                                         s.scenarios().predict(s.scenarios().scenarioOf({same, same}), kJobToken);
                                     },
                                     hears(scenarios, &ui::ScenarioDesk::predicted, mine),
                                     {}};
    return all;
}

}  // namespace dlrm::test
