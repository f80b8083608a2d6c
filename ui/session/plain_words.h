// SPDX-License-Identifier: GPL-3.0-or-later
// THE WORDS for what the files, the results and the command line spell as identifiers: "NVIDIA order (bottom first)"
// for custom_cuda. Whatever the window shows of an identifier goes through here, so that a list, a title, the inspector
// and a tool tip say the same.
#pragma once

#include <QString>

#include <string_view>

#include "core/analysis/reading/hypotheses.h"
#include "core/analysis/reading/questions.h"
#include "core/dataset/readers/reading.h"
#include "core/model/model_spec.h"

namespace dlrm::ui {

// As dataName(), told apart from the recent datasets and from `beside`, one that may be meant as well; empty: none.
QString datasetName(const QString& path, const QString& beside = {});
QString orderWords(InteractionOrder order);  // "NVIDIA order (bottom first)"
QString orderSourceWords(
    OrderSource source);  // "assumed", "chosen by you", "found by the reading check", "fixed by the layout"
QString numbersWords(NumericalReading reading);  // "numbers already logged"
QString idShiftWords(std::int64_t shift);        // "ids as stored", "ids plus 1"
QString tableOrderWords(TableOrder order);       // "tables in file order"
// The tables are arrays of a file that says nothing of them: tables or kernels.
bool holdsArrays(const ModelSpec& spec);
// All four: "NVIDIA order (bottom first) · numbers already logged · ids as stored · tables in file order".
QString readingWords(const Hypothesis& hypothesis);
// A sentence that core composed, its identifiers replaced: "nvidia_spark, numbers raw, ids +1" → "NVIDIA Spark, numbers
// raw, ids plus 1".
QString inWords(QString sentence);
QString inWords(std::string_view sentence);

}  // namespace dlrm::ui
