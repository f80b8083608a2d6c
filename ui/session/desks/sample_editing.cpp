// SPDX-License-Identifier: GPL-3.0-or-later
// SampleDesk: what people type or paste as input rows, by the preprocessing, the dictionary and the reading of what is
// open.
#include "ui/session/desks/sample_desk.h"

#include "ui/session/session_state.h"

namespace dlrm::ui {

EditableRow SampleDesk::editable(const PredictedRow& row) const { return state().typedRows().editable(row); }

Result<std::vector<EditableRow>> SampleDesk::parseLines(const QString& lines) const {
    if (!state().model) return fail(nothingOpen("checkpoint"));
    return state().typedRows().parseLines(local(lines));
}

EditableRow SampleDesk::carriedOver(const EditableRow& edited, const EditableRow& before,
                                    const EditableRow& now) const {
    return state().typedRows().carriedOver(edited, before, now);
}

EditableRow SampleDesk::retold(const EditableRow& row) const { return state().typedRows().retold(row); }

QString SampleDesk::lineOf(const EditableRow& row) const {
    return QString::fromStdString(state().typedRows().lineOf(row));
}

Result<EditableRow> SampleDesk::withNumerical(const EditableRow& row, int index, const QString& token) const {
    return state().typedRows().withNumerical(row, index, local(token.trimmed()));
}

Result<EditableRow> SampleDesk::withCategorical(const EditableRow& row, int index, const QString& token) const {
    return state().typedRows().withCategorical(row, index, local(token.trimmed()));
}

QString SampleDesk::exactToken(float value) const {
    return QString::fromStdString(state().typedRows().exactToken(value));
}

WholeNumbers SampleDesk::takenNumbers() const { return state().typedRows().taken(); }

}  // namespace dlrm::ui
