// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/desk.h"

#include "ui/session/session_state.h"

namespace dlrm::ui {

Desk::Desk(Session& session, Session::State& state) : m_session(session), m_state(state) {
    state.desks.push_back(this);
}

}  // namespace dlrm::ui
