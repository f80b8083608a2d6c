// SPDX-License-Identifier: GPL-3.0-or-later
// The split of the open dataset, to be chosen. Not there where the dataset has one only.
#pragma once

#include <QComboBox>

namespace dlrm::ui {

class Session;

class SplitChoice : public QComboBox {
    Q_OBJECT
public:
    explicit SplitChoice(Session& session, QWidget* parent = nullptr);

private:
    void fill();

    Session& m_session;
};

}  // namespace dlrm::ui
