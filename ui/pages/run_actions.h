// SPDX-License-Identifier: GPL-3.0-or-later
// The header's buttons of a page that goes over rows of the dataset: Export…, and Run or, while it runs, Cancel.
#pragma once

#include <QObject>

#include <vector>

class QPushButton;
class QToolButton;
class QWidget;

namespace dlrm::ui {

class RunActions : public QObject {
    Q_OBJECT
public:
    // name: "Evaluation", for the buttons' object names: "exportEvaluation", "cancelEvaluation", "resumeEvaluation",
    // "runEvaluation". F5 runs as well.
    RunActions(const QString& name, QWidget* page);

    std::vector<QWidget*> widgets() const;  // in order, for the header
    // words: of the button that runs.
    void show(bool running, bool possible, const QString& words);
    // A run that was stopped can go on from where it was.
    void showResume(bool possible);
    // what: is exported; why: it is not now, empty: it is.
    void showExport(bool there, const QString& what, const QString& why);

Q_SIGNALS:
    void runAsked();
    void resumeAsked();
    void cancelAsked();
    void exportAsked();

private:
    QToolButton* m_export = nullptr;
    QPushButton *m_cancel = nullptr, *m_resume = nullptr, *m_run = nullptr;
};

}  // namespace dlrm::ui
