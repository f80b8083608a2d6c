// SPDX-License-Identifier: GPL-3.0-or-later
// A card of facts: a title and lines of name and value, plain sentences, and marked lines (checked, warning, not
// checked).
#pragma once

#include <QFrame>
#include <QString>

#include <functional>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace dlrm::ui {

class InfoCard : public QFrame {
    Q_OBJECT
public:
    explicit InfoCard(const QString& title, QWidget* parent = nullptr);

    enum class Mark { Pass, Warn, Open };
    void clear();
    // Returns the value's label.
    QLabel* addFact(const QString& name, const QString& value, const QString& tip = {});
    // A path, whose folders are shortened before its name is; the tooltip has all of it.
    void addPath(const QString& name, const QString& path);
    void addSentence(const QString& text);
    void addMarked(Mark mark, const QString& text, const QString& tip = {});
    // Under the text of the line before.
    QPushButton* addButtonLine(const QString& text, const QString& objectName, const QString& tip,
                               const std::function<void()>& action);
    void addWidget(QWidget* widget);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QLabel* addLine(QLabel* left, QLabel* right);  // returns the right one
    void elidePaths();
    void colourMarks();

    QVBoxLayout* m_lines = nullptr;
};

}  // namespace dlrm::ui
