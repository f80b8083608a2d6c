// SPDX-License-Identifier: Apache-2.0
// What the doctor found: whether a model and its data are read with the right assumptions. THE TABLE OF FINDINGS is
// doctor_report.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/layers/padding_rows.h"
#include "core/analysis/reading/hypotheses.h"
#include "core/analysis/reading/layout_detection.h"
#include "core/analysis/tables/trained_check.h"
#include "core/engine/table_check.h"
#include "core/model/model_spec.h"

namespace dlrm {

// What a reading that is best of those tried does not say.
inline constexpr std::string_view kNotTold =
    "Not told by this: whether each table's rows and ids belong together (only a table that does harm is told), "
    "whether tables of equal size are exchanged, whether the rows of tables that were not looked at are "
    "finite (the statistics of all tables tell that), and whether the model is as good as an earlier one.";

struct DoctorOptions {
    std::int64_t rows = 10'000;  // of the dataset, from its first one; fewer when it has fewer
    // How the rows are read now, where that is not as the dataset means them; the dataset is given as stored, and every
    // reading is one of that.
    std::optional<Reading> inForce = std::nullopt;
};

struct DoctorReport {
    InteractionOrder interactionOrder{};  // as the model is opened
    OrderSource orderSource{};
    // From the weights alone. Where the format fixes the order, or there are no dot products, `evidence` says so and
    // gives no verdict.
    OrderEvidence evidence;
    PaddingEvidence padding;                  // how many numerical features the weights speak for
    Ranking ranking;                          // empty without a dataset
    std::vector<HarmfulTable> harmfulTables;  // without which the model as opened predicts better
    TrainedCheck tables;                      // whether the tables were trained at all, and none is lost
    std::string
        notFinite;  // one sentence: the first layer, or row of those looked at, that is not finite; empty where all are
    std::string foreignDictionary;  // one sentence where most category values are not in the dictionary
    std::int64_t rows = 0;          // looked at
    std::string datasetPath, split, profile;
    double seconds = 0;

    const Hypothesis* winner() const { return ranking.decided ? &ranking.hypotheses.front() : nullptr; }
    // A verdict that is not how the model and the data are read now: the winner's, or without data the weights'.
    bool disagrees() const {
        if (winner()) return !winner()->asOpened;
        return ranking.hypotheses.empty() && evidence.verdict && *evidence.verdict != interactionOrder;
    }
    // What is wrong with the model, the data, or how they are read, in the order of the table: complete sentences,
    // which the command line, its exit code, JSON and the window tell.
    std::vector<std::string> findings(const std::string& layout) const;
    // Nothing is wrong, and nothing is proved: neither the data nor, without data, the weights tell how to read them.
    bool undecided() const;
};

// One line of THE TABLE OF FINDINGS (doctor_report.cpp), the gravest first.
struct FindingEntry {
    const char* help;  // what it finds, as a part of the sentence in which `dlrm-cli doctor --help` lists them all
    // What the report says of it; empty where nothing is wrong. `layout` as in ModelSpec.
    std::vector<std::string> (*sentences)(const DoctorReport& report, const std::string& layout);
};
std::span<const FindingEntry> findingTable();

}  // namespace dlrm
