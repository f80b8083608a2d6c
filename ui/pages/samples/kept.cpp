// SPDX-License-Identifier: GPL-3.0-or-later
// SamplesPage: what is kept of the edits and of the pin when something else is opened, or the files are others.
#include <QUndoStack>

#include <algorithm>
#include <utility>

#include "ui/models/row_view.h"
#include "ui/pages/samples/page.h"
#include "ui/pages/samples/paste_box.h"
#include "ui/pages/samples/undo.h"
#include "ui/session/plain_words.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/recent_files.h"

namespace dlrm::ui {
namespace {

constexpr std::size_t kMostAside = 8;  // datasets with edits that wait

bool sameRow(const EditableRow& a, const EditableRow& b) { return a.label == b.label && sameValues(a, b); }

// The same where the dictionary may be another: of ids by these, of values by those that both know.
bool sameRecord(EditableRow a, const EditableRow& b, bool rawCategories) {
    for (std::size_t t = 0; t < std::min(a.input.ids.size(), b.input.ids.size()); ++t) {
        const std::string &one = a.raw.categorical[t], &other = b.raw.categorical[t];
        if (rawCategories ? one.empty() || other.empty() || one == other : a.input.ids[t] == b.input.ids[t]) {
            a.input.ids[t] = b.input.ids[t];
            a.raw.categorical[t] = other;
        }
    }
    return sameRow(a, b);
}

}  // namespace

bool SamplesPage::RowsOf::sameForm(const RowsOf& other) const {
    if (!dataset || !other.dataset) return false;
    const DatasetInfo &a = *dataset, &b = *other.dataset;
    return a.path == b.path && a.profile == b.profile && a.schema.numericalNames == b.schema.numericalNames &&
           a.schema.categoricalNames == b.schema.categoricalNames && tableRows == other.tableRows;
}

bool SamplesPage::RowsOf::sameDictionary(const RowsOf& other) const {
    return dataset && other.dataset && dataset->dictionary == other.dataset->dictionary &&
           dataset->asked.missingDictionary == other.dataset->asked.missingDictionary;
}

bool SamplesPage::RowsOf::meansAs(const RowsOf& other) const {
    return sameForm(other) && (sameDictionary(other) || !dataset->rawCategories);
}

bool SamplesPage::RowsOf::equals(const RowsOf& other) const {
    return sameForm(other) && dataset->split == other.dataset->split && dataset->rows == other.dataset->rows;
}

// Edits of the rows of what was open wait until it is open again; pasted lines stay, with their edits. A sentence that
// says so; empty: there are none.
QString SamplesPage::putEditsAside() {
    std::map<SampleKey, EditableRow> edits = std::exchange(m_edits, {}), origins = std::exchange(m_origins, {});
    for (auto& [key, row] : edits)
        if (key < 0) m_pastedEdits.insert({key, std::move(row)});
    std::erase_if(edits, [](const auto& entry) { return entry.first < 0; });
    const std::set<SampleKey> foreign = std::exchange(m_foreign, {});
    if (edits.empty() || !m_of.dataset) return {};
    const auto count = static_cast<std::int64_t>(edits.size());
    const DatasetInfoPtr now = session().dataset();
    const bool changed =
        now && now->path == m_of.dataset->path && now->split == m_of.dataset->split && now->rows != m_of.dataset->rows;
    const QString words = changed ? tr("%2 has other rows now: %1 of the former file will be there again when that is.")
                                  : tr("%1 of %2 will be there again when it is open again.");
    m_aside.push_back({m_of, std::move(edits), std::move(origins), foreign});
    return words.arg(countedText(count, "edited row"), datasetName(m_of.dataset->path, now ? now->path : QString()));
}

// A pinned row stays the reference in the other splits of its data; elsewhere its values mean something else. A
// sentence where it is let go; else empty.
QString SamplesPage::letForeignPinGo(const RowsOf& now) {
    if (!m_pin) return {};
    if (now.meansAs(m_of)) {
        if (!now.sameDictionary(m_of))
            for (EditableRow* row : {&m_pin->row, &m_pin->original}) *row = session().samples().retold(*row);
        return {};
    }
    const QString name = nameOf(m_pin->key);
    m_pin.reset();
    tellPin();
    return tr("%1 is not pinned any more: it was of what was open before.").arg(name);
}

void SamplesPage::takeEditsBack() {
    const auto found =
        std::find_if(m_aside.begin(), m_aside.end(), [this](const Aside& aside) { return aside.of.equals(m_of); });
    if (found == m_aside.end()) {
        if (m_aside.size() > kMostAside) m_aside.erase(m_aside.begin());
        return;
    }
    m_edits = std::move(found->edits);
    m_origins = std::move(found->origins);
    m_foreign = std::move(found->foreign);
    if (!found->of.sameDictionary(m_of))
        for (const auto& [key, row] : m_origins) m_foreign.insert(key);
    m_aside.erase(found);
}

// The row was read with another dictionary when it was edited. False: it is another row now. The list is told later.
bool SamplesPage::carryOver(SampleKey key, EditableRow& origin, const EditableRow& now) {
    if (!sameRecord(now, origin, m_of.dataset && m_of.dataset->rawCategories)) return false;
    if (const auto edit = m_edits.find(key); edit != m_edits.end()) {
        edit->second = session().samples().carriedOver(edit->second, origin, now);
        if (sameValues(edit->second, now)) m_edits.erase(edit);
    }
    origin = now;
    return true;
}

// A file that was written anew may hold another row where one was edited. What that was edited to is then a pasted row
// of its own, and nothing of it can be undone or redone on the other.
void SamplesPage::checkOrigins() {
    std::vector<SampleKey> others, carried;
    for (auto& [key, origin] : m_origins) {
        const auto now = m_rows->source(key);
        if (!now) continue;
        const bool foreign = m_foreign.erase(key) > 0;
        if (!(foreign ? carryOver(key, origin, *now) : sameRow(*now, origin))) others.push_back(key);
        else if (foreign) carried.push_back(key);
    }
    for (const SampleKey key : carried) {
        const auto edit = m_edits.find(key);
        if (edit != m_edits.end()) m_rows->setEdited(key, edit->second);
        else m_rows->setUnedited(key);
    }
    if (others.empty()) return;
    m_undo->clear();
    std::vector<EditableRow> moved;
    QStringList names;
    for (const SampleKey key : others) {
        m_origins.erase(key);
        const auto edit = m_edits.extract(key);
        if (edit.empty()) continue;
        names << nameOf(key);
        moved.push_back(edit.mapped());
        moved.back().row = -1;
        m_rows->setUnedited(key);
    }
    if (moved.empty()) return;
    const auto first = -1 - static_cast<SampleKey>(m_rows->pasted().size());
    const qint64 shown = m_key ? *m_key : m_awaited ? *m_awaited : 0;
    m_rows->addPasted(moved);
    m_view->setCurrentRow(m_rows->rowOf(shown));
    Q_EMIT noticed(moved.size() == 1
                       ? tr("%1 is another row since its file was changed. What it was edited to is %2 now.")
                             .arg(names.first(), nameOf(first))
                       : tr("%1 are other rows since their file was changed. What they were edited to are pasted rows "
                            "now, from %2 on.")
                             .arg(names.join(QStringLiteral(", ")), nameOf(first)));
    explainNextListed();
}

// The current row as it was read before its file was changed is not there any more.
void SamplesPage::checkCurrent() {
    if (!m_key || *m_key < 0) return;
    const SampleKey key = *m_key;
    const auto now = m_rows->source(key);
    if (now && !sameRow(*now, m_source)) showKey(key);
}

// With its split where that is not the one that is open.
QString SamplesPage::pinName() const {
    const DatasetInfoPtr dataset = session().dataset();
    QString name = nameOf(m_pin->key);
    if (!m_pin->split.isEmpty() && dataset && dataset->split != m_pin->split)
        name = tr("%1 of %2").arg(name, m_pin->split);
    return m_pin->edited ? tr("%1, edited").arg(name) : name;
}

// What an exported chart, or its table, is of: "checkpoint · dataset · test · row 3, edited · difference from row 7".
QString SamplesPage::sourceOf(const QString& differenceFrom) const {
    QStringList parts;
    if (const ModelInfoPtr model = session().model()) parts << checkpointName(QString::fromStdString(model->path));
    if (const DatasetInfoPtr dataset = session().dataset(); dataset && m_key && *m_key >= 0)
        parts << datasetName(dataset->path) << dataset->split;
    if (m_key) parts << (isEdited() ? tr("%1, edited").arg(nameOf(*m_key)) : nameOf(*m_key));
    if (!differenceFrom.isEmpty()) parts << tr("difference from %1").arg(differenceFrom);
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

QString SamplesPage::unsaved() const {
    const auto ofData = [](const std::map<SampleKey, EditableRow>& edits) {
        return std::count_if(edits.begin(), edits.end(), [](const auto& edit) { return edit.first >= 0; });
    };
    auto edited = ofData(m_edits);
    for (const Aside& aside : m_aside) edited += ofData(aside.edits);
    // Lines in the box too: those that do not fit what is open now are there again.
    const auto lines = m_pasteBox->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    const auto pasted = std::ssize(m_rows->pasted()) + std::ssize(lines);
    if (edited + pasted == 0) return {};
    const QString count = countedText(edited + pasted, "row");
    return edited + pasted == 1 ? tr("1 row that was edited or pasted on Samples is saved nowhere.")
                                : tr("%1 that were edited or pasted on Samples are saved nowhere.").arg(count);
}

}  // namespace dlrm::ui
