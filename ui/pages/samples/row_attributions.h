// SPDX-License-Identifier: GPL-3.0-or-later
// What the fields of the row that the page shows, and of the one it is shown against, add to their logits.
#pragma once

#include <QObject>

#include <array>

#include "ui/session/desks/sample_desk.h"

namespace dlrm::ui {

// Each is asked for once, and kept while its explanation is wanted.
class RowAttributions : public QObject {
    Q_OBJECT
public:
    explicit RowAttributions(Session& session, QObject* parent = nullptr);

    // Asks for what is not known; what was wanted before and is not now is forgotten. Null: none. Of a logit that is
    // not finite there is none.
    void want(const ExplanationPtr& row, const ExplanationPtr& reference);
    // Null: not known (yet).
    AttributionPtr of(const ExplanationPtr& explanation) const;
    bool isWaiting() const;  // one of those wanted is still to come

Q_SIGNALS:
    void changed();  // one arrived, or will not come

private:
    struct Wanted {
        ExplanationPtr of;
        AttributionPtr attribution;
        bool asked = false;
    };

    Session& m_session;
    std::array<Wanted, 2> m_wanted;  // of the row, of the reference
};

}  // namespace dlrm::ui
