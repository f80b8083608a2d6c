// SPDX-License-Identifier: Apache-2.0
// The one door: everything the GUI shows and the command line prints is computed behind this class, so they cannot
// disagree.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/analysis/attribution/attribution.h"
#include "core/analysis/layers/statistics.h"
#include "core/analysis/layers/unit_atlas.h"
#include "core/analysis/reading/hypotheses.h"
#include "core/analysis/reference/parity.h"
#include "core/analysis/tables/click_rate.h"
#include "core/analysis/tables/row_order.h"
#include "core/analysis/tables/statistics.h"
#include "core/analysis/tables/traffic.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/checkpoint/convert/convert.h"
#include "core/checkpoint/verify/own_checksums.h"
#include "core/checkpoint/verify/verify.h"
#include "core/engine/evaluation.h"
#include "core/engine/interaction_results.h"
#include "core/engine/map_results.h"
#include "core/engine/neighbor_results.h"
#include "core/engine/results.h"
#include "core/engine/sweep_results.h"
#include "core/measure/row_pass.h"

namespace dlrm {

// A backend that can be chosen, as listed in THE TABLE OF BACKENDS (core/engine/backends.cpp) and handed to the engine.
struct BackendChoice {
    BackendInfo info;                                          // what it is and why it was chosen
    std::function<Result<std::unique_ptr<Backend>>()> create;  // called on the first prediction
    int threads = 0;                                           // asked for; 0: all that this process may use
};

struct EngineOptions {
    std::optional<InteractionOrder> interactionOrder;
    std::vector<int> tableOrder;              // layout A, see CheckpointOptions
    std::vector<std::int64_t> cardinalities;  // as CheckpointOptions; a dataset's own go before
    std::int64_t numericalFeatures = 0;       // the same; 0: not known
    // Set: in which order the tables take part in the interaction, whatever the layout says; recorded in every result.
    std::optional<TableOrder> interactionTables;
    bool orderDetected = false;  // interactionOrder is what the doctor found, not a person's choice: recorded as such
    std::optional<Combiner> combiner;  // for multi-hot rows, where the checkpoint does not say or says another one
    bool statisticsOnDisk = true;      // statistics of tables are kept in the cache on disk, and taken from there
    BackendChoice backend;
    // The dataset this model will be used with, if known already: settles table order and names. May be null.
    std::shared_ptr<const Dataset> dataset;
};

// One backend in one precision for Engine::parity(); `choice` may be the error that says why it cannot be had.
struct ParityCandidate {
    std::string backend;  // "cpu", "cuda"
    Precision precision = Precision::Fp32;
    Result<BackendChoice> choice;
};

struct ParityOptions {
    std::int64_t rows = 256;
    std::uint64_t seed = 1;
};

// An opened model. All methods may be called from any thread; predictions of one engine run one after the other, batch
// by batch; where the backend can, single rows are computed beside a batch.
class Engine {
public:
    static Result<std::shared_ptr<Engine>> open(const std::string& checkpointPath, const EngineOptions& options,
                                                const Job& job = {});
    ~Engine();

    const ModelInfo& info() const;
    const ModelSpec& spec() const { return info().spec; }
    // What computes now and why: as info().backend until the first prediction, then what the backend says of itself (a
    // GPU may be lost).
    BackendInfo backend() const;
    // Where the tables are, feature order: where they are planned while nothing is loaded. Empty: in the mapped files.
    // Opens the device if need be, which takes a good part of a second, but loads no table.
    Result<std::vector<TablePlacement>> placement(std::stop_token stop = {}) const;
    // The same of a model that is loaded, at once and from any thread; empty while none is.
    std::vector<TablePlacement> loadedPlacement() const;
    const Checkpoint& checkpoint() const;

    // Rows of one table, in the order asked. Error E-ENGINE-001 for a table, E-ENGINE-002 for a row that does not
    // exist.
    Result<TableRows> rows(TableId table, std::span<const RowId> ids) const;

    // The rows nearest to rows of one table, over the whole table in one pass, beside anything else the engine does.
    // Errors: E-ENGINE-001, E-KNN-001 k, E-KNN-003 too many pairs; where no row has an answer, that of the first:
    // E-ENGINE-002, or E-KNN-002 for one without neighbours (not finite; with Cosine also zero). Where some have, the
    // others are listed in `failed`.
    Result<std::shared_ptr<const NeighborResult>> neighbors(const NeighborRequest& request, const Job& job = {}) const;

    // Rows as points: by principal components (the table's statistics, then one pass that projects), or UMAP of a
    // sample. Beside anything else the engine does. Errors: E-ENGINE-001/002, E-MAP-00x.
    Result<std::shared_ptr<const TableMap>> pcaMap(const PcaRequest& request, const Job& job = {});
    Result<std::shared_ptr<const TableMap>> umapMap(const UmapRequest& request, const MapPartialFn& partial = {},
                                                    const Job& job = {}) const;

    // Whether this dataset fits this model: number of numericals and categoricals, cardinalities against rows.
    // E-ENGINE-01x.
    Result<void> checkFits(const Dataset& dataset) const;

    // Which columns a Prediction carries beside the numbers, and whether NaN and infinity are numbers like others: to
    // compare them, not to use them.
    struct PredictContent {
        bool inputs = false;
        bool raw = false;
        bool notFinite = false;
    };
    // Rows range.first..range.last of the dataset. Errors: E-ENGINE-003 rows outside the dataset, E-ENGINE-004 an id
    // outside its table (file, row, field), E-ENGINE-005 a prediction that is not finite (rows), unless asked for.
    Result<Prediction> predict(const Dataset& dataset, RowRange range, PredictContent content, const Job& job = {});

    // One row given by hand or taken from a prediction with its inputs. Under 10 ms. Errors: E-ENGINE-004 an id outside
    // its table, E-ENGINE-008 another shape,
    // E-ENGINE-005 a logit that is not finite, unless that is to be shown: Explanation::notFinite then says why.
    enum class NotFinite { Refuse, Show };
    Result<Explanation> explain(const InputRow& row, std::stop_token stop = {},
                                NotFinite notFinite = NotFinite::Refuse);

    // What each field adds to the logit of a row that was explained. Beside predictions; the weights of the MLPs are
    // kept once they were read. REQUIRES: its logit is finite. Errors: of a row of another model those of explain(),
    // those of reading layers, E-FILE-005, E-CANCELLED.
    Result<Attribution> attribute(const Explanation& explained, std::stop_token stop = {}) const;

    // What the row's logit would be with every row of a table. The CPU in fp32 computes once what does not change,
    // beside anything else the engine does, and gives the bits of a prediction of the edited row; all else predicts the
    // edited rows. `partial` is called once the first kFirstSwept ids are known, then about twice a second and ever
    // more rarely. Errors: E-ENGINE-001, those of explain(), E-FILE-005, E-CANCELLED.
    Result<Sweep> sweep(const InputRow& row, TableId table, const SweepPartialFn& partial = {}, const Job& job = {});
    // The same with up to kSweptValues quantiles of what the dataset has of a numerical; with the average of other rows
    // of the dataset where that is asked for, and then `partial` first without it. Errors: those of explain() and
    // Dataset::read(), E-ENGINE-004, E-ENGINE-017, E-CANCELLED. REQUIRES: the row has this numerical, and the dataset
    // fits the model.
    Result<Sweep> sweepNumerical(const InputRow& row, std::size_t numerical, const Dataset& dataset,
                                 const SweepAverageOptions& average = {}, const SweepPartialFn& partial = {},
                                 const Job& job = {});
    // What it would be with other values of two fields: each with each. Up to kPairValues quantiles of what the dataset
    // has of a numerical, of a table as many of the lowest ids. Errors: E-ENGINE-001, those of sweepNumerical().
    // REQUIRES: the same, and that the fields differ.
    Result<PairSweep> sweepPair(const InputRow& row, SweptField a, SweptField b, const Dataset& dataset,
                                const Job& job = {});
    // The smallest change of each single field that brings the prediction to the other side of a threshold: of a table
    // the lowest id, of a numerical the nearest of up to kSweptValues quantiles of what the dataset has. Numericals
    // first, then tables, the smaller before the larger ones; where no id crosses, all of the table are predicted.
    // Errors: those of sweepNumerical(); E-ENGINE-006 no threshold, and no labels to count clicks of.
    Result<Counterfactual> counterfactual(const InputRow& row, const Dataset& dataset,
                                          const CounterfactualOptions& options,
                                          const CounterfactualPartialFn& partial = {}, const Job& job = {});

    using PartialFn = std::function<void(const Evaluation&)>;
    // One pass over rows of the dataset that all measures share (core/measure/row_pass.h); whatever looks at all rows
    // is made of it, and what is to be saved or merged is measured here. `stage`: for the progress, static lifetime.
    // `progress`, may be null: what was done where it fails. Errors: those of runRowPass(), E-ENGINE-01x.
    Result<Provenance> measure(const Dataset& dataset, const EvaluateOptions& rows, std::span<Measure* const> measures,
                               std::string_view stage, const InterimFn& interim = {}, const Job& job = {},
                               PassProgress* progress = nullptr);
    // What evaluate() measures, to be shown by evaluationOf() (core/engine/evaluation.h), saved and merged.
    Result<EvaluationMeasures> measureEvaluation(const Dataset& dataset, const EvaluateOptions& options,
                                                 const PartialFn& partial = {}, const Job& job = {});
    // The same into `measures`, of newEvaluation() with these options, or as an earlier call that failed or was
    // cancelled left them: goes on behind the rows that they have seen. On failure they are new ones where they are of
    // no further use. REQUIRES: dataset and options as in the earlier call.
    Result<void> continueEvaluation(const Dataset& dataset, const EvaluateOptions& options,
                                    EvaluationMeasures& measures, const PartialFn& partial = {}, const Job& job = {});
    // Reads, predicts and measures. `partial` is called about 4 times a second with interim figures (final = false);
    // may be empty. Error E-ENGINE-006 when the dataset has no labels.
    Result<Evaluation> evaluate(const Dataset& dataset, const EvaluateOptions& options, const PartialFn& partial = {},
                                const Job& job = {});

    // Whether model and data are read with the right assumptions: interaction order from the weights alone and, with a
    // labelled dataset, interaction order × transform of the numbers × shift of the ids × table order ranked by log
    // loss. `dataset` may be null. Error E-ENGINE-006: no labels.
    Result<DoctorReport> doctor(const Dataset* dataset, const DoctorOptions& options, const Job& job = {});
    // Whether the tables were trained at all, from some rows of each. Errors: E-FILE-005, E-CANCELLED.
    Result<TrainedCheck> checkTables(const Job& job = {}) const;
    // NaN and infinity in every tensor: statistics of all tables (kept), and all layers. Errors: those of
    // tableStatistics() and layers().
    Result<ValueCheck> checkValues(const Job& job = {});
    // Every file of the checkpoint, compared with what it was when it was opened. One stat per file.
    std::vector<FileState> fileStates() const;
    // Compares the files' own checksums, hashes every byte and compares with what was recorded, see verifyCheckpoint().
    // A record in recordPlaces().cache gets its folder.
    Result<Verification> verify(const VerifyOptions& options, const Job& job = {}) const;
    // The files' own checksums alone, of every file that verify() looks at.
    Result<OwnChecksums> compareOwnChecksums(const Job& job = {}) const;
    // Where hashes of this checkpoint are, or may be, recorded. A few stats.
    RecordPlaces recordPlaces() const;
    // Refuses a checkpoint whose values nothing vouches for, see requireVerified(). Returns by what they are vouched
    // for, one sentence.
    Result<std::string> requireVerified(const Job& job = {}, const std::string& sidecar = {}) const;
    // The checkpoint in another container, see convertCheckpoint().
    Result<Conversion> convert(const std::string& out, const Job& job = {}) const;
    // The same rows through a double reference and every candidate, each loaded in turn. Rows: of the dataset by the
    // seed, or synthetic where it is null. A candidate that cannot be had, fails, or hands over to another backend is
    // listed as not run. Errors: as predict().
    Result<Parity> parity(const ParityOptions& options, std::span<const ParityCandidate> candidates,
                          const Dataset* dataset, const Job& job = {}) const;
    // Statistics of one table: from memory, else from the cache on disk, else by one pass over it (progress in bytes).
    // Tables take turns; each is computed once. A pass that was stopped goes on where it stopped when it is asked for
    // again. Errors: E-ENGINE-001, E-FILE-005, E-CANCELLED.
    Result<std::shared_ptr<const TableStatistics>> tableStatistics(TableId table, const Job& job = {});
    // Those of every table, with progress over all of them.
    Result<std::vector<std::shared_ptr<const TableStatistics>>> allStatistics(const Job& job = {});
    // The same of one table only if it is in memory or in the cache on disk; null otherwise. Reads no table.
    std::shared_ptr<const TableStatistics> knownStatistics(TableId table);
    // Cosine of every row with the mean of the table's finite rows; NaN for rows that are zero or not finite, and for
    // all rows of a table wider than kWidestGram. Statistics first, then one pass; kept.
    Result<std::shared_ptr<const std::vector<float>>> cosinesToMean(TableId table, const Job& job = {});
    // Hits per id in all tables: one pass over the dataset. Not kept. Errors as predict(); E-ANALYSIS-003 2³² rows or
    // more.
    Result<std::shared_ptr<const Traffic>> traffic(const Dataset& dataset, const Job& job = {});
    // Joined with the untrained rows: statistics of all tables where they are missing, then one pass over the dataset.
    Result<std::shared_ptr<const UntrainedTraffic>> untrainedTraffic(const Dataset& dataset, const Job& job = {});
    // Clicks per id of one table: one pass over the dataset. Not kept. Errors: E-ENGINE-001, E-ANALYSIS-004 the dataset
    // has no labels, those of traffic().
    Result<ClickCounts> clickCounts(const Dataset& dataset, TableId table, const Job& job = {});
    // Spectrum with every row weighted by its hits: one pass over the rows that have some.
    Result<Spectrum> trafficSpectrum(TableId table, const Traffic& traffic, const Job& job = {});
    // Statistics and cosines first where the query needs them. `traffic` may be null when it does not. Error
    // E-ANALYSIS-002 when it does.
    Result<std::shared_ptr<const RowOrder>> rowOrder(TableId table, const RowQuery& query, const Traffic* traffic,
                                                     const Job& job = {});
    // Statistics of every MLP layer, read from the checkpoint: 0.1 s for FL15.
    Result<ModelLayers> layers(const Job& job = {}) const;
    // Kernel and bias of one layer. Error E-LAYER-001 for a layer that does not exist.
    Result<DenseWeights> layerWeights(bool top, int layer) const;
    // Predicts the rows of the range and counts in how many of them every hidden unit is active. `partial` as in
    // evaluate(). Errors: those of predict(), E-LAYER-002 when the range is empty.
    using AtlasPartialFn = std::function<void(const UnitAtlas&)>;
    Result<UnitAtlas> unitAtlas(const Dataset& dataset, RowRange range, const AtlasPartialFn& partial = {},
                                const Job& job = {});
    // Predicts the rows and multiplies the interaction's vectors of each. `partial` as in evaluate(). Errors: those of
    // predict(), E-MEASURE-007 and 008, E-SLICE-006 a slice without rows.
    using InteractionsPartialFn = std::function<void(const Interactions&)>;
    Result<Interactions> interactions(const Dataset& dataset, const InteractionOptions& options,
                                      const InteractionsPartialFn& partial = {}, const Job& job = {});
    // What interactions() would say of the model whatever the dataset: E-MEASURE-007.
    Result<void> checkInteractions() const;

private:
    struct State;
    explicit Engine(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm
