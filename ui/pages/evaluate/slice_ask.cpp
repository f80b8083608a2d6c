// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/slice_ask.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>

#include <limits>

#include "ui/pages/parts.h"
#include "ui/session/desks/slice_texts.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

SliceAsk::SliceAsk(QWidget* parent) : QWidget(parent) {
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(space::xs);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_slicesLine = line(tr("num_3 > 5 and cat_19 missing; cat_3 id 1-9"), "sliceLine");
    m_slicesLine->setToolTip(
        asToolTip(tr("Slices of the rows, several with semicolons, of terms joined by “and”:\n"
                     "num_3 > 5    also = != < <= >= and in 1,2,3\n"
                     "cat_3 = a73ee510    by the dictionary\n"
                     "cat_3 id 10-99    also 5, 10- and -9\n"
                     "cat_3 decade 2    ids of two digits\n"
                     "num_3 missing    or present; cat_3 missing: its value is missing, rare or unknown\n"
                     "cat_3 untrained    its row was never trained\n"
                     "unknown_fields > 3    also untrained_fields\n"
                     "row 0-999    by number")));
    m_groupsLine = line(tr("cat_19 decade; num_3 quantiles 8, cat_3 missing"), "groupLine");
    m_groupsLine->setToolTip(
        asToolTip(tr("A slice for each value of a key, or of two with a comma; several with semicolons:\n"
                     "cat_3 decade, cat_3 top 8, cat_3 missing\n"
                     "num_3 quantiles 8, num_3 missing\n"
                     "unknown_fields, untrained_fields, row blocks 10")));
    form->addRow(tr("Sli&ces"), m_slicesLine);
    form->addRow(tr("&By"), m_groupsLine);
    auto* judged = new QWidget(this);
    QHBoxLayout* limits = rowIn(judged, space::s);
    const SliceLimits standard;
    m_rowLimit = limit(standard.rows, tr(" rows"), "sliceMinRows");
    m_positiveLimit = limit(standard.positives, tr(" clicked"), "sliceMinPositives");
    for (QSpinBox* box : {m_rowLimit, m_positiveLimit}) limits->addWidget(box);
    limits->addStretch();
    auto* caption = new QLabel(tr("&Judged from"), this);
    caption->setBuddy(m_rowLimit);
    form->addRow(caption, judged);
    m_problem = problemLabel(this);
    m_problem->setObjectName(QStringLiteral("sliceProblem"));
    m_problem->setWordWrap(true);
    form->addRow(m_problem);
}

QSpinBox* SliceAsk::limit(std::int64_t value, const QString& unit, const char* name) {
    auto* out = new QSpinBox(this);
    out->setObjectName(QString::fromLatin1(name));
    out->setRange(0, std::numeric_limits<int>::max());
    out->setValue(static_cast<int>(value));
    out->setSuffix(unit);
    out->setGroupSeparatorShown(true);
    out->setButtonSymbols(QAbstractSpinBox::NoButtons);
    out->setAccessibleName(tr("Least%1 of a slice that is judged").arg(unit));
    out->setToolTip(tr("A slice with fewer is shown in grey and not judged. For the next run."));
    connect(out, &QSpinBox::valueChanged, this, &SliceAsk::changed);
    return out;
}

void SliceAsk::setGroups(const std::string& text) { m_groupsLine->setText(QString::fromStdString(text)); }

bool SliceAsk::setSlices(const std::vector<std::string>& slices) {
    QStringList all;
    for (const std::string& slice : slices) all << QString::fromStdString(slice);
    const QString line = all.join(QStringLiteral("; "));
    if (line.size() > m_slicesLine->maxLength()) return false;
    m_slicesLine->setText(line);
    return true;
}

SliceLimits SliceAsk::limits() const { return {m_rowLimit->value(), m_positiveLimit->value()}; }

QLineEdit* SliceAsk::line(const QString& placeholder, const char* name) {
    auto* out = new QLineEdit(this);
    out->setObjectName(QString::fromLatin1(name));
    out->setPlaceholderText(placeholder);
    out->setClearButtonEnabled(true);
    connect(out, &QLineEdit::textChanged, this, &SliceAsk::read);
    connect(out, &QLineEdit::returnPressed, this, [this, out] {
        if (m_readable) return Q_EMIT runAsked();
        const TypedSlices typed = out == m_slicesLine ? typedSlices(out->text()) : typedGroups(out->text());
        if (typed.error) out->setCursorPosition(typed.at);
    });
    return out;
}

void SliceAsk::read() {
    const TypedSlices slices = typedSlices(m_slicesLine->text()), groups = typedGroups(m_groupsLine->text());
    m_readable = !slices.error && !groups.error;
    m_slices = m_readable ? slices.texts : std::vector<std::string>();
    m_groups = m_readable ? groups.texts : std::vector<std::string>();
    say(slices.error ? &*slices.error : groups.error ? &*groups.error : nullptr);
    Q_EMIT changed();
}

void SliceAsk::say(const Error* error) {
    m_problem->setVisible(error != nullptr);
    m_problem->setText(error ? tr("%1 %2: expected %3, found %4 (%5)")
                                   .arg(QString::fromStdString(error->message), QString::fromStdString(error->field),
                                        QString::fromStdString(error->expected), QString::fromStdString(error->found),
                                        QString::fromStdString(error->code))
                             : QString());
}

bool SliceAsk::show(const Error& error) {
    for (QLineEdit* line : {m_slicesLine, m_groupsLine}) {
        const int at = placeIn(line->text(), error);
        if (at < 0) continue;
        say(&error);
        line->setFocus();
        line->setSelection(at, static_cast<int>(line->text().size()) - at);
        return true;
    }
    return false;
}

}  // namespace dlrm::ui
