// SPDX-License-Identifier: GPL-3.0-or-later
// Session: what people type or paste as input rows, by the preprocessing, the dictionary and the reading of what is open.
#include "ui/session/session_state.h"

namespace dlrm::ui {
namespace {

TypedRows typedRows(const Session::State& s) {
    return {s.model ? &s.model->spec : nullptr, s.data.get(), s.dictionary.get(), s.reading};
}

}  // namespace

EditableRow Session::editable(const PredictedRow& row) const { return typedRows(*m_state).editable(row); }

Result<std::vector<EditableRow>> Session::parseLines(const QString& lines) const {
    if (!m_state->model) return fail(Error("E-SESSION-002", "There is no open checkpoint.").withRemedy("open a checkpoint first"));
    return typedRows(*m_state).parseLines(local(lines));
}

Result<EditableRow> Session::withNumerical(const EditableRow& row, int index, const QString& token) const {
    return typedRows(*m_state).withNumerical(row, index, local(token.trimmed()));
}

Result<EditableRow> Session::withCategorical(const EditableRow& row, int index, const QString& token) const {
    return typedRows(*m_state).withCategorical(row, index, local(token.trimmed()));
}

QString Session::hexOf(int table, std::int64_t id) const { return text(typedRows(*m_state).hexOf(table, id)); }

std::optional<qint64> Session::rowOfValue(int table, const QString& hex) const { return typedRows(*m_state).rowOfValue(table, local(hex.trimmed())); }

}  // namespace dlrm::ui
