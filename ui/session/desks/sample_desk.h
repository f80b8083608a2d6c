// SPDX-License-Identifier: GPL-3.0-or-later
// What the Samples page asks for: rows with their predictions, everything about one of them, and what people type or
// paste as rows of the open model. It keeps nothing: rows and explanations are of what the page shows.
#pragma once

#include <memory>
#include <vector>

#include "core/analysis/attribution/attribution.h"
#include "core/engine/results.h"
#include "core/engine/typed_rows.h"
#include "ui/session/desks/desk.h"

namespace dlrm::ui {

using PredictionPtr = std::shared_ptr<const Prediction>;
using ExplanationPtr = std::shared_ptr<const Explanation>;
using AttributionPtr = std::shared_ptr<const Attribution>;

class SampleDesk : public Desk {
    Q_OBJECT
public:
    using Desk::Desk;

    // Rows first..first+count-1 of the dataset with prediction (finite or not), inputs and raw tokens, and those that
    // cannot be read as such; answered by rowsReady with the same `token`. The newest few requests are all answered, in
    // order; older ones are dropped.
    void requestRows(qint64 first, int count, quint64 token);
    // Everything about one row, also where its prediction is not finite; answered by explanationReady (pinned: the
    // reference row, its own kind of job). title: of the job; empty: that of the table.
    void explain(const InputRow& input, quint64 token, bool pinned = false, const QString& title = {});
    // What each field of an explained row adds to its logit, which is finite; answered by attributionReady with the
    // same explanation (pinned: of the reference row, its own kind of job). Slower than explaining: with cross layers
    // by far.
    void attribute(const ExplanationPtr& explanation, bool pinned = false);

    // --- pure helpers for editing, GUI thread, microseconds ---
    // A row of a rowsReady answer as something to edit.
    EditableRow editable(const PredictedRow& row) const;
    // Lines of pasted or dropped text, as TypedRows reads them. Error names line and field; nothing is taken then.
    Result<std::vector<EditableRow>> parseLines(const QString& text) const;
    // What was edited of a row before the dictionary was another, and the row as it is read now; the values that this
    // dictionary knows a row's ids by (core/engine/typed_rows.h).
    EditableRow carriedOver(const EditableRow& edited, const EditableRow& before, const EditableRow& now) const;
    EditableRow retold(const EditableRow& row) const;
    // The line that parseLines() reads as this row again, with its values to the bit.
    QString lineOf(const EditableRow& row) const;
    // Applies a token to numerical `index` ("12", "fed:1.5") / categorical `index` (8 hex digits looked up in the
    // dictionary, or "id:123"); the row is unchanged on error.
    Result<EditableRow> withNumerical(const EditableRow& row, int index, const QString& token) const;
    Result<EditableRow> withCategorical(const EditableRow& row, int index, const QString& token) const;
    // The token that withNumerical() takes for exactly this value; empty: that of a missing number.
    QString exactToken(float value) const;
    // The whole numbers that are fed as what they are; others are fed as a missing one is.
    WholeNumbers takenNumbers() const;

    void forget() override {}

Q_SIGNALS:
    void rowsReady(dlrm::ui::PredictionPtr rows, quint64 token);
    void explanationReady(dlrm::ui::ExplanationPtr explanation, quint64 token, bool pinned);
    void attributionReady(dlrm::ui::AttributionPtr attribution, dlrm::ui::ExplanationPtr of, bool pinned);
};

}  // namespace dlrm::ui
