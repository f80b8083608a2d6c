// SPDX-License-Identifier: GPL-3.0-or-later
// A desk is what one page asks for and what was found for it, without widgets. Requests return at once (GUI thread),
// work runs on workers as THE TABLE OF JOBS says, answers are immutable and come as signals. What a desk keeps stands
// in one struct, which forget() replaces by a new one: nothing can be forgotten to be forgotten.
#pragma once

#include <QObject>

#include "ui/session/session.h"

namespace dlrm::ui {

class Desk : public QObject {
    Q_OBJECT
public:
    // Registers itself: the session calls forget().
    Desk(Session& session, Session::State& state);
    Session& session() const { return m_session; }

    // Session's: model and dataset are others, or read otherwise, or closed. Signals of the session follow.
    virtual void forget() = 0;
    // The model's files are the same, and did not change: what says nothing of how they are read may stay.
    virtual void forgetReading() { forget(); }
    // Whether its results say anything of the values that ids stand for. Else they are not forgotten where only the
    // dictionary is another.
    virtual bool readsDictionary() const { return true; }

protected:
    Session::State& state() const { return m_state; }

private:
    Session& m_session;
    Session::State& m_state;
};

}  // namespace dlrm::ui
