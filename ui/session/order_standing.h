// SPDX-License-Identifier: GPL-3.0-or-later
// What stands behind the interaction's order now: where it comes from, and what the reading check said of it. The same
// words wherever the order is named.
#pragma once

#include <QString>

#include "ui/session/session.h"

namespace dlrm::ui {

struct OrderStanding {
    enum class State { Fixed, Assumed, Chosen, Detected, Confirmed, Contradicted };
    State state = State::Assumed;
    QString
        words;  // to stand after the order's name: "assumed", "confirmed on 10,000 rows", "contradicted on 10,000 rows"
    QString other;  // Contradicted: the order that is right
    bool isDoubtful() const { return state == State::Assumed || state == State::Contradicted; }
};

// report: of this model as it is open now; null: not checked.
OrderStanding orderStanding(const ModelSpec& spec, const DoctorReport* report);

}  // namespace dlrm::ui
