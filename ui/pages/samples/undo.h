// SPDX-License-Identifier: GPL-3.0-or-later
// What can be undone on the Samples page: an edit of a row, where those of one gesture in one field merge into one
// step, and taking the pasted rows away.
#pragma once

#include <QUndoCommand>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "ui/pages/samples/rows.h"

namespace dlrm::ui {

// NaN is the same value as NaN.
inline bool sameValues(const EditableRow& a, const EditableRow& b) {
    const auto same = [](float x, float y) { return x == y || (std::isnan(x) && std::isnan(y)); };
    return std::equal(a.input.numerical.begin(), a.input.numerical.end(), b.input.numerical.begin(),
                      b.input.numerical.end(), same) &&
           a.input.ids == b.input.ids && a.raw.numerical == b.raw.numerical && a.raw.categorical == b.raw.categorical;
}

class EditRowCommand : public QUndoCommand {
public:
    using Apply = std::function<void(SampleKey, const EditableRow&)>;

    // field: numericals first, then categoricals; -1: the whole row (revert), which never merges.
    EditRowCommand(const QString& text, SampleKey key, int field, int gesture, EditableRow before, EditableRow after,
                   Apply apply)
        : QUndoCommand(text),
          m_key(key),
          m_field(field),
          m_gesture(gesture),
          m_before(std::move(before)),
          m_after(std::move(after)),
          m_apply(std::move(apply)) {}

    void undo() override { m_apply(m_key, m_before); }
    void redo() override { m_apply(m_key, m_after); }
    int id() const override { return m_field < 0 ? -1 : m_field; }
    bool mergeWith(const QUndoCommand* next) override {
        const auto* edit = static_cast<const EditRowCommand*>(next);
        if (edit->m_key != m_key || edit->m_gesture != m_gesture) return false;
        m_after = edit->m_after;
        setObsolete(sameValues(m_before, m_after));
        return true;
    }
    bool isOf(SampleKey key, int field, int gesture) const {
        return m_key == key && m_field == field && m_gesture == gesture;
    }
    const EditableRow& before() const { return m_before; }

private:
    SampleKey m_key;
    int m_field, m_gesture;
    EditableRow m_before, m_after;
    Apply m_apply;
};

struct PastedRows {
    std::vector<EditableRow> rows;
    std::map<SampleKey, EditableRow> edits;  // of theirs
};

class RemovePastedCommand : public QUndoCommand {
public:
    using Take = std::function<PastedRows()>;
    using PutBack = std::function<void(const PastedRows&)>;

    RemovePastedCommand(const QString& text, Take take, PutBack putBack)
        : QUndoCommand(text), m_take(std::move(take)), m_putBack(std::move(putBack)) {}

    void undo() override { m_putBack(std::exchange(m_taken, {})); }
    void redo() override { m_taken = m_take(); }

private:
    Take m_take;
    PutBack m_putBack;
    PastedRows m_taken;
};

}  // namespace dlrm::ui
