// SPDX-License-Identifier: GPL-3.0-or-later
// What if: one panel in the form of the row that is shown, for the sweep of a field or for the smallest changes that
// cross a threshold. It asks for what it shows, and never shows what is of another row.
#pragma once

#include <QObject>
#include <QPointer>
#include <QStringList>

#include <optional>

#include "ui/pages/samples/rows.h"
#include "ui/pages/samples/sweep_chart.h"
#include "ui/session/desks/sweep_desk.h"
#include "ui/session/jobs.h"

namespace dlrm::ui {

class ChangesPanel;
class SampleFieldForm;
class SweepPanel;
class WhatIfPanel;

class SampleWhatIf : public QObject {
    Q_OBJECT
public:
    SampleWhatIf(Session& session, SampleFieldForm& form, QObject* parent);

    // The row that the page shows.
    struct Shown {
        qint64 number = -1;  // in the dataset; -1: a pasted one, or not as it stands there
        EditableRow row;
        QString source;  // of a chart
    };
    // Nothing: none, as when something else is opened. Any other one than before is asked for anew.
    void setRow(const std::optional<Shown>& row);
    // field: numericals first, then categoricals.
    void openSweep(int field);
    void openPair(int field, int second);
    void openChanges();
    bool isOpen() const;
    void close();
    // Page Evaluate may have another threshold by now.
    void followEvaluate();
    // What it shows is all that it asked for.
    bool isSettled() const;

Q_SIGNALS:
    // A value was chosen for a field: as a token of the form.
    void valueChosen(int field, const QString& token);
    void layoutChanged();  // a panel was opened or closed
    void noticed(const QString& text);

private:
    // Where the threshold comes from; clicks: their share in the dataset.
    enum class From { Evaluate, Clicks, Typed };

    void open(WhatIfPanel* panel, int field);
    void ask();
    std::optional<JobKind> asking() const;
    WhatIfPanel* panel() const;
    void follow(JobKind kind);
    void learnMore();
    void setThreshold(std::optional<double> threshold, From from);
    void tellFacts();
    void showFigures(const SweepFiguresPtr& figures);
    void showPair(const PairFiguresPtr& figures);
    void setSecond(int field);
    void feedPair(int down, int across);
    void showChanges(const FoundChangesPtr& changes);
    void showNothing();
    void exportShown();
    QString factsOf(const SweepFigures& figures) const;
    QString factsOf(const PairFigures& figures) const;
    QString factsOf(const Counterfactual& found) const;
    void listIds(const SweepFigures& figures);
    SweptField fieldAt(int field) const;
    int placeOf(SweptField field) const;
    QString nameOf(SweptField field) const;
    QString idText(std::size_t table, qint64 id) const;
    QString valueText(float fed) const;
    QString ownText(SweptField field) const;
    QStringList fieldNames() const;
    QStringList valuesOf(const SweptAxis& axis) const;
    QString tokenOf(const FieldChange& change) const;

    Session& m_session;
    SampleFieldForm& m_form;
    QPointer<SweepPanel> m_sweep;
    QPointer<ChangesPanel> m_changes;
    SweptField m_field;                  // of m_sweep
    std::optional<SweptField> m_second;  // that is changed with it
    std::optional<Shown> m_row;
    SweepFiguresPtr m_figures;  // shown; null: none of this row yet
    PairFiguresPtr m_pair;      // where there is a second field
    FoundChangesPtr m_found;
    std::optional<double> m_threshold;  // of the changes; nothing: the share of clicks
    From m_from = From::Evaluate;
    bool m_asked = false;      // and the answer is not complete
    bool m_moreKnown = false;  // since then, of the table
    QString m_failure;         // why there was no answer
};

}  // namespace dlrm::ui
