// SPDX-License-Identifier: GPL-3.0-or-later
// Overview's card of what people chose where the files do not say it (ui/session/choices.h), each with a button that
// changes it. Hidden while there is nothing.
#pragma once

#include "ui/pages/info_card.h"
#include "ui/session/session.h"

namespace dlrm::ui {

class ChoicesCard : public InfoCard {
    Q_OBJECT
public:
    explicit ChoicesCard(Session& session, QWidget* parent = nullptr);

Q_SIGNALS:
    void changeRequested(QString option);

private:
    void fill();

    Session& m_session;
};

}  // namespace dlrm::ui
