// SPDX-License-Identifier: GPL-3.0-or-later
// The editors of a sample's fields: a line edit whose emptiness is a fact, and a slider whose keyboard focus is seen.
#pragma once

#include <QLineEdit>
#include <QSlider>

namespace dlrm::ui {

// While it is empty it says what that means ("missing"), as readable as any label.
class FactEdit : public QLineEdit {
public:
    explicit FactEdit(QWidget* parent = nullptr) : QLineEdit(parent) {}
    void setFact(const QString& fact);
    const QString& fact() const { return m_fact; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_fact;
};

class FocusSlider : public QSlider {
public:
    explicit FocusSlider(QWidget* parent = nullptr) : QSlider(Qt::Horizontal, parent) {}

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace dlrm::ui
