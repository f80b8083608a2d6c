// SPDX-License-Identifier: GPL-3.0-or-later
// SamplesPage: what is kept of the edits when something else is opened.
#include <algorithm>
#include <utility>

#include "ui/pages/samples/page.h"
#include "ui/pages/samples/paste_box.h"
#include "ui/session/plain_words.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr std::size_t kMostAside = 8;  // datasets with edits that wait

}  // namespace

bool SamplesPage::RowsOf::equals(const RowsOf& other) const {
    if (!dataset || !other.dataset) return false;
    const DatasetInfo &a = *dataset, &b = *other.dataset;
    return a.path == b.path && a.split == b.split && a.dictionary == b.dictionary && a.profile == b.profile &&
           a.rows == b.rows && a.schema.numericalNames == b.schema.numericalNames &&
           a.schema.categoricalNames == b.schema.categoricalNames && tableRows == other.tableRows;
}

// Edits of the rows of what was open wait until it is open again; pasted lines stay, with their edits.
void SamplesPage::putEditsAside() {
    std::map<SampleKey, EditableRow> edits = std::exchange(m_edits, {});
    for (auto& [key, row] : edits)
        if (key < 0) m_pastedEdits.insert({key, std::move(row)});
    std::erase_if(edits, [](const auto& entry) { return entry.first < 0; });
    if (edits.empty() || !m_of.dataset) return;
    const auto count = static_cast<std::int64_t>(edits.size());
    const DatasetInfoPtr now = session().dataset();
    const bool changed =
        now && now->path == m_of.dataset->path && now->split == m_of.dataset->split && now->rows != m_of.dataset->rows;
    const QString words = changed ? tr("%2 has other rows now: %1 of the former file will be there again when that is.")
                                  : tr("%1 of %2 will be there again when it is open again.");
    Q_EMIT noticed(
        words.arg(countedText(count, "edited row"), datasetName(m_of.dataset->path, now ? now->path : QString())));
    if (m_aside.size() == kMostAside) m_aside.erase(m_aside.begin());
    m_aside.emplace_back(m_of, std::move(edits));
}

void SamplesPage::takeEditsBack() {
    const auto found =
        std::find_if(m_aside.begin(), m_aside.end(), [this](const auto& aside) { return aside.first.equals(m_of); });
    if (found == m_aside.end()) return;
    m_edits = std::move(found->second);
    m_aside.erase(found);
}

QString SamplesPage::unsaved() const {
    const auto ofData = [](const std::map<SampleKey, EditableRow>& edits) {
        return std::count_if(edits.begin(), edits.end(), [](const auto& edit) { return edit.first >= 0; });
    };
    auto edited = ofData(m_edits);
    for (const auto& [of, edits] : m_aside) edited += ofData(edits);
    // Lines in the box too: those that do not fit what is open now are there again.
    const auto lines = m_pasteBox->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    const auto pasted = std::ssize(m_rows->pasted()) + std::ssize(lines);
    if (edited + pasted == 0) return {};
    const QString count = countedText(edited + pasted, "row");
    return edited + pasted == 1 ? tr("1 row that was edited or pasted on Samples is saved nowhere.")
                                : tr("%1 that were edited or pasted on Samples are saved nowhere.").arg(count);
}

}  // namespace dlrm::ui
