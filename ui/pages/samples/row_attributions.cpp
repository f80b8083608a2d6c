// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/row_attributions.h"

#include <algorithm>
#include <cmath>

namespace dlrm::ui {

RowAttributions::RowAttributions(Session& session, QObject* parent) : QObject(parent), m_session(session) {
    connect(&session.samples(), &SampleDesk::attributionReady, this,
            [this](const AttributionPtr& attribution, const ExplanationPtr& of, bool pinned) {
                Wanted& wanted = m_wanted[pinned ? 1 : 0];
                if (wanted.of != of) return;
                wanted.attribution = attribution;
                wanted.asked = false;
                Q_EMIT changed();
            });
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::Attribute && kind != JobKind::AttributePinned) return;
        Wanted& wanted = m_wanted[kind == JobKind::AttributePinned ? 1 : 0];
        if (!wanted.asked) return;
        wanted.asked = false;  // it was cancelled or failed
        Q_EMIT changed();
    });
}

void RowAttributions::want(const ExplanationPtr& row, const ExplanationPtr& reference) {
    const std::array<ExplanationPtr, 2> wanted{row, reference};
    const std::array<Wanted, 2> before = m_wanted;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (before[i].of == wanted[i]) continue;
        const auto known = std::find_if(before.begin(), before.end(),
                                        [&](const Wanted& w) { return w.of == wanted[i] && w.attribution != nullptr; });
        m_wanted[i] =
            known != before.end() ? Wanted{known->of, known->attribution, false} : Wanted{wanted[i], {}, false};
        if (!wanted[i] || known != before.end() || !std::isfinite(wanted[i]->logit)) continue;
        m_wanted[i].asked = true;
        m_session.samples().attribute(wanted[i], i == 1);
    }
}

AttributionPtr RowAttributions::of(const ExplanationPtr& explanation) const {
    for (const Wanted& wanted : m_wanted)
        if (explanation && wanted.of == explanation && wanted.attribution) return wanted.attribution;
    return nullptr;
}

bool RowAttributions::isWaiting() const {
    return std::any_of(m_wanted.begin(), m_wanted.end(), [](const Wanted& wanted) { return wanted.asked; });
}

}  // namespace dlrm::ui
