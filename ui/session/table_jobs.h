// SPDX-License-Identifier: GPL-3.0-or-later
// What the source files of TableAnalysis share.
#pragma once

#include <utility>

#include "ui/session/session.h"
#include "ui/session/session_state.h"

namespace dlrm::ui {

// Hands `result` to `use` on the GUI thread, an error to Session::jobFailed, a cancellation to nobody.
template <class T, class Use>
JobRunner::Delivery delivered(Session& session, JobKind kind, Result<T> result, Use use) {
    if (!result)
        return [&session, kind, error = std::move(result.error())] {
            if (!error.isCancelled()) Q_EMIT session.jobFailed(kind, error);
        };
    return [value = *std::move(result), use = std::move(use)] { use(value); };
}

}  // namespace dlrm::ui
