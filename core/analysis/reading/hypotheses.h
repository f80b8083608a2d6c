// SPDX-License-Identifier: Apache-2.0
// The input-hypothesis doctor's ranking: which way of reading a model and its data explains the labels, and by how
// much.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/dataset/readers/reading.h"
#include "core/model/model_spec.h"

namespace dlrm {

// In which order the tables take part in the interaction.
enum class TableOrder : std::uint8_t { AsIs, ByCardinality };
std::string_view name(TableOrder);  // "as_is" (by their numbers), "by_cardinality" (descending, ties by number)

// The order in `spec`'s numbers: ModelSpec::interactionTableOrder. One that is neither by number nor by cardinality
// (layout A on several GPUs) counts as "as is".
std::vector<int> interactionTables(const ModelSpec& spec, TableOrder order);

struct Hypothesis {
    InteractionOrder interaction = InteractionOrder::CustomCuda;
    Reading reading;
    TableOrder tableOrder = TableOrder::AsIs;
    bool asOpened = false;     // how the model and the data are read now
    std::string impossible;    // why it cannot be: an id outside its table, a prediction that is not finite; then the
                               // figures are empty
    double logLoss = 0;        // as predicted
    double standardError = 0;  // of logLoss
    double calibration = 0;    // predicted clicks over clicks; 0 where that is not known
    double calibrationErrors = 0;  // standard errors by which they differ, > 0 for too many
    double fittedLogLoss = 0;      // mean of TestedHypothesis::losses: once an intercept is fitted
    double behind = 0;             // fittedLogLoss over that of the best, and the paired standard error
    double behindStandardError = 0;
};

// A hypothesis with its loss in every row, by which it is compared; `losses` is empty for an impossible one.
struct TestedHypothesis {
    Hypothesis hypothesis;
    std::vector<double> losses;
    bool fitted = false;  // setLosses() made them: hypothesis.logLoss and standardError are those as predicted
};

// Losses from finite logits, each with the intercept added that suits the labels best: a reading that only makes up for
// a model that predicts too many clicks, or too few, is no better one. Labels of one class fit none. Also sets what the
// hypothesis says of the prediction as it is. REQUIRES: equal sizes, at least one row.
void setLosses(TestedHypothesis& tested, std::span<const float> logits, std::span<const std::uint8_t> labels);

inline constexpr double kStandardErrorsToWin = 5;
inline constexpr double kStandardErrorsToLead =
    2;  // from here on a lead over the reading as opened is told, undecided as it is

// Of two readings' losses of the same rows: by how much the first is worse.
struct PairedDifference {
    double mean = 0, standardError = 0;
    double standardErrors() const;  // 0 where it is not worse; infinite where it is by the same amount in every row
};
PairedDifference pairedDifference(std::span<const double> losses, std::span<const double> others);

// The log loss of predicting the share of clicks for every row; 0 where all labels are the same. REQUIRES: rows.
double entropyOf(std::span<const std::uint8_t> labels);

// As every sentence tells a number of standard errors: in whole tenths, cut off, so that 4.99 are not told as the 5
// that decide.
double toldErrors(double standardErrors);

// "cannot be read this way: row 3 of the data would look up id 9 of cat_0, which has 9 rows". REQUIRES: impossible.
std::string cannotBeRead(const Hypothesis& hypothesis);

struct Ranking {
    std::vector<Hypothesis> hypotheses;  // best first, the impossible ones last
    bool decided = false;                // the first one is the winner
    bool possible = false;               // some reading is
    bool predicts = false;               // one of them beats the mean click rate: its normalized entropy is below 1
    // The least of any reading, as it predicts, without the intercept by which they are ranked; nothing where all
    // labels are the same, or no reading is possible.
    std::optional<double> normalizedEntropy;
    // Paired standard errors by which the reading as opened is behind the best, 0 where it is the best. Nothing where
    // it is impossible or not among them, or where the labels tell nothing: all are the same.
    std::optional<double> ownBehind;
    bool ownImpossible = false;  // the reading as opened is impossible, and another is not
    std::string reason;          // one sentence
    // Of the possible ones: "16 readings (2 interaction orders, 4 transforms of the numbers, 1 start of the ids, 2
    // orders of the tables)"
    std::string tried;

    const Hypothesis* asOpened() const;    // of `hypotheses`; null: not among them
    std::size_t possibleReadings() const;  // of `hypotheses`: those that were tried
    bool beaten() const { return ownImpossible || (ownBehind && *ownBehind >= kStandardErrorsToWin); }
};

// Ranks by the mean of `losses`. The best wins when it beats every other one by 5 standard errors of the paired
// difference and its normalized entropy is below 1. Readings that are not told apart from the best may all beat the one
// as opened: `reason` names both. `labels`: 0/1 per row.
Ranking rank(std::vector<TestedHypothesis> tested, std::span<const std::uint8_t> labels);

}  // namespace dlrm
