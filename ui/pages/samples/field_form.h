// SPDX-License-Identifier: GPL-3.0-or-later
// The editors of one sample row: a token, a slider and the transformed value per numerical; a token and the id it
// resolves to per categorical.
#pragma once

#include <QPointer>
#include <QScrollArea>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

#include "ui/pages/samples/rows.h"

class QGridLayout;
class QLabel;
class QLineEdit;
class QSlider;
class QToolButton;

namespace dlrm::ui {

class FactEdit;

class SampleFieldForm : public QScrollArea {
    Q_OBJECT
public:
    explicit SampleFieldForm(QWidget* parent = nullptr);

    // Fields in order; rebuilds the editors when they differ from what is there. tableRows: rows of each table, for the
    // tooltips.
    void setFields(const QStringList& numericals, const QStringList& categoricals,
                   const std::vector<qint64>& tableRows);
    // For the headings: what stands beside a raw number, "ln(x + 3)", empty: raw numbers are not known; whether a
    // dictionary tells which row a category value stands for.
    void setKnown(const QString& fedAs, bool values);
    void setRange(int numerical, const NumericalRange& range);
    // Shows the row. Fields that differ from `reference` (null: none) are highlighted; `referenceName` says what it is
    // ("pinned"). An editor that has the focus and already means the same value keeps its text, and so does one whose
    // text was refused.
    void setRow(const EditableRow& row, const EditableRow* reference, const QString& referenceName);
    // Ids whose row is known never to have been trained are marked; to be called anew when more is known.
    void showUntrained(std::function<bool(int table, qint64 id)> isUntrained);
    void clearRow();  // no row: empty fields
    // Marks a field's text as refused, with the reason as tooltip; empty clears. Field: numericals first, then
    // categoricals.
    void setFieldError(int field, const QString& reason);
    void clearErrors();
    // Fields whose text is refused, with the reasons: the model is not fed what they show.
    std::vector<std::pair<int, QString>> refusals() const;
    // Puts the editors, in the order of the fields, behind `before` in the order of Tab.
    void tabAfter(QWidget* before);
    // Scrolls to these fields and marks them (an interaction pair).
    void markFields(const std::vector<int>& fields);

    // Opens a panel as wide as the form under a field, -1: above all fields, and scrolls to it; it is a child of
    // widget(). Null: none. The panel before is no part of the form any more, and the caller's.
    void setPanel(int field, QWidget* panel);
    // Scrolls to the panel once more, which has another height now. REQUIRES: one is open.
    void revealPanel();
    int nextGesture() { return ++m_gesture; }  // of an edit that is made elsewhere

    // The height at which all fields are in view, for this width of the form.
    int heightFor(int width) const;
    QLineEdit* editor(int field) const;
    QSlider* slider(int numerical) const;
    int fieldCount() const { return static_cast<int>(m_fields.size()); }

Q_SIGNALS:
    // The id of a category was clicked: its row in the table of this feature.
    void rowRequested(int categorical, qint64 id);
    // `gesture` is the same for all edits of one drag or one stay in an editor, which Enter ends too: they are undone
    // together, and taken back together when the text turns out not to be valid.
    void numericalEdited(int index, const QString& token, int gesture);
    void categoricalEdited(int index, const QString& token, int gesture);
    // What the prediction would be with other values of this field.
    void sweepRequested(int field);
    // Escape in an editor: its text is to be the row's again.
    void restoreRequested(int field);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Field {
        QWidget* box = nullptr;
        QLabel* name = nullptr;
        FactEdit* edit = nullptr;
        QSlider* slider = nullptr;  // numericals
        QLabel* meaning = nullptr;  // transformed value, or the id
        QToolButton* sweep = nullptr;
        QString fullName;
        NumericalRange range;
        qint64 tableRows = 0;
        qint64 id = -1;  // the row that the category is fed as; -1: none
        bool changed = false, refused = false, marked = false;
        bool halfTyped = false;     // a token that is not complete yet: it is not taken
        std::optional<double> raw;  // numericals: the row's whole number, where it is known, and what is fed for it
        double fed = 0;
        QString tip, refusal;
        QString meant;  // by the row's value, shown as long as the editor holds that
    };

    Field& makeField(const QString& name, bool numerical);
    void connectNumerical(int index);
    void connectCategorical(int field, int index);
    void showHalfTyped(int field);
    void addSweep(int field);
    void scrollToPanel();
    int columnsFor(int width) const;
    void relayout();
    void restyle(Field& field);
    void showMeaning(const Field& field);
    bool isUntrained(const Field& field) const;
    static void placeSlider(const Field& field);
    void showNumerical(Field& field, const EditableRow& row, std::size_t index);
    void showCategorical(Field& field, const EditableRow& row, std::size_t index);

    QWidget* m_body = nullptr;
    QGridLayout* m_grid = nullptr;
    QLabel* m_numericalTitle = nullptr;
    QLabel* m_categoricalTitle = nullptr;
    std::vector<Field> m_fields;
    std::function<bool(int table, qint64 id)> m_isUntrained;
    int m_numericals = 0;
    QPointer<QWidget> m_panel;
    int m_panelField = -1;  // above whose next line it stands; -1: above all
    int m_columns = 0;
    int m_gesture = 0;
    bool m_rawKnown = true;  // of the dataset's numbers
    bool m_showing = false;  // setRow is writing into the editors
};

}  // namespace dlrm::ui
