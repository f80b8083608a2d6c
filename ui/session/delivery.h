// SPDX-License-Identifier: GPL-3.0-or-later
// How what a worker found reaches who asked for it.
#pragma once

#include <memory>
#include <utility>

#include "core/base/result.h"
#include "ui/session/job_runner.h"
#include "ui/session/session.h"

namespace dlrm::ui {

// Hands a value to `use` on the GUI thread, an error to Session::jobFailed, a cancellation to nobody.
template <class T, class Use>
JobRunner::Delivery delivered(Session& session, JobKind kind, Result<T> result, Use use) {
    if (!result)
        return [&session, kind, error = std::move(result.error())] {
            if (!error.isCancelled()) Q_EMIT session.jobFailed(kind, error);
        };
    return [value = *std::move(result), use = std::move(use)] { use(value); };
}

// The same of work that failed before there was a result.
inline JobRunner::Delivery failed(Session& session, JobKind kind, Error error) {
    return delivered(session, kind, Result<bool>(fail(std::move(error))), [](bool) {});
}

// For interim results of a job: each, as pages keep it, to `use` on the GUI thread.
template <class T, class Use>
auto interimTo(const JobRunner::Running& job, Use use) {
    return
        [&job, use](const T& interim) { job.interim([use, copy = std::make_shared<const T>(interim)] { use(copy); }); };
}

// A result as pages keep it: many may hold it, nobody changes it.
template <class T>
Result<std::shared_ptr<const T>> shared(Result<T> result) {
    DLRM_TRY(result);
    return std::make_shared<const T>(*std::move(result));
}

}  // namespace dlrm::ui
