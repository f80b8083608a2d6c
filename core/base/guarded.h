// SPDX-License-Identifier: Apache-2.0
// Turns what libraries throw into an Error.
#pragma once

#include <exception>
#include <new>

#include "core/base/result.h"

namespace dlrm {

// Runs `work`, which returns a Result. Errors: E-ENGINE-090 out of memory, E-ENGINE-091 any other exception.
template <class Work>
auto guarded(Work&& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return fail(Error("E-ENGINE-090", "There is not enough memory for this.")
                        .withRemedy("Ask for fewer rows at a time, or close other programs."));
    } catch (const std::exception& e) {
        return fail(Error("E-ENGINE-091", "An unexpected failure inside a library.")
                        .butFound(e.what())
                        .withRemedy("Try again; if it happens again, report it with the steps that led here."));
    }
}

}  // namespace dlrm
