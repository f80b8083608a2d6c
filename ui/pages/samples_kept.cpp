// SPDX-License-Identifier: GPL-3.0-or-later
// SamplesPage: what is kept of the edits when something else is opened.
#include <algorithm>
#include <utility>

#include "ui/pages/samples_page.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr std::size_t kMostAside = 8;  // datasets with edits that wait

}  // namespace

bool SamplesPage::RowsOf::equals(const RowsOf& other) const {
    if (!dataset || !other.dataset) return false;
    const DatasetInfo &a = *dataset, &b = *other.dataset;
    return a.path == b.path && a.split == b.split && a.dictionary == b.dictionary && a.profile == b.profile && a.rows == b.rows &&
           a.schema.numericalNames == b.schema.numericalNames && a.schema.categoricalNames == b.schema.categoricalNames && tableRows == other.tableRows;
}

// Edits of the rows of what was open wait until it is open again; pasted lines stay, as they were edited.
void SamplesPage::putEditsAside() {
    std::map<SampleKey, EditableRow> edits = std::exchange(m_edits, {});
    for (auto& [key, row] : edits)
        if (key < 0) m_pastedEdits.insert({key, std::move(row)});
    std::erase_if(edits, [](const auto& entry) { return entry.first < 0; });
    if (edits.empty() || !m_of.dataset) return;
    const auto count = static_cast<std::int64_t>(edits.size());
    Q_EMIT noticed(tr("%1 of %2 will be there again when it is open again.")
                       .arg(countedText(count, "edited row"), m_of.dataset->path.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty)));
    if (m_aside.size() == kMostAside) m_aside.erase(m_aside.begin());
    m_aside.emplace_back(m_of, std::move(edits));
}

void SamplesPage::takeEditsBack() {
    const auto found = std::find_if(m_aside.begin(), m_aside.end(), [this](const auto& aside) { return aside.first.equals(m_of); });
    if (found == m_aside.end()) return;
    m_edits = std::move(found->second);
    m_aside.erase(found);
}

QString SamplesPage::unsaved() const {
    std::size_t count = m_edits.size();
    for (const auto& [of, edits] : m_aside) count += edits.size();
    if (count == 0) return {};
    return count == 1 ? tr("1 row was edited on Samples, and is saved nowhere.") : tr("%1 were edited on Samples, and are saved nowhere.").arg(countedText(count, "row"));
}

}  // namespace dlrm::ui
