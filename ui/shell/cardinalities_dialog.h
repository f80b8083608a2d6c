// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for the rows of every embedding table where all tables were saved as one and no file says where each begins.
#pragma once

#include <QDialog>

#include <functional>
#include <vector>

#include "core/base/result.h"

class QLabel;
class QLineEdit;

namespace dlrm::ui {

class CardinalitiesDialog : public QDialog {
    Q_OBJECT
public:
    // Closes itself once the numbers are understood, after `use` got them.
    CardinalitiesDialog(const QString& checkpoint, std::function<void(std::vector<std::int64_t>)> use, QWidget* parent = nullptr);

    void accept() override;
    // Before it is opened: what was given before stands there with what is wrong with it.
    void refuse(const QString& text, const Error& error);

private:
    void chooseFile();

    std::function<void(std::vector<std::int64_t>)> m_use;
    QLineEdit* m_text = nullptr;
    QLabel* m_problem = nullptr;
};

}  // namespace dlrm::ui
