// SPDX-License-Identifier: GPL-3.0-or-later
// What an empty page shows: a sentence saying what would be here and the one button that gets there.
#pragma once

#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;

namespace dlrm::ui {

class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(QWidget* parent = nullptr);
    // No button when `buttonText` is empty.
    void setText(const QString& sentence, const QString& buttonText, std::function<void()> action);

private:
    QLabel* m_sentence = nullptr;
    QPushButton* m_button = nullptr;
    std::function<void()> m_action;
};

}  // namespace dlrm::ui
