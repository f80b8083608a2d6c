// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/interactions/slice_form.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include "ui/pages/parts.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kHintCharacters = 60;

// The text, and below it a mark at the character that is wrong with what was expected there.
QString pointedAt(const QString& text, const SliceProblem& problem) {
    if (problem.column < 0) return problem.sentence;
    return text + QLatin1Char('\n') + QString(problem.column, QLatin1Char(' ')) + QStringLiteral("↑\n") +
           problem.sentence;
}

}  // namespace

SliceForm::SliceForm(Session& session, QFormLayout* form, QWidget* page) : QObject(page), m_session(session) {
    m_chips = new QWidget(page);
    m_chips->setObjectName(QStringLiteral("sliceChips"));
    m_chips->setLayout(new FlowLayout(m_chips));
    add(m_slice, form, tr("&Slice"), "slice",
        tr("Only rows that this is true of: num_3 > 5 and cat_19 missing, cat_2 id 1-9, row 0-999"));
    add(m_against, form, tr("&Against"), "against",
        tr("Rows that the slice is compared with; all: all rows. Without a slice all rows are compared with these"));
    m_chips->hide();
}

void SliceForm::add(Line& line, QFormLayout* form, const QString& label, const char* name, const QString& tip) {
    const QString object = QString::fromLatin1(name);
    line.edit = new QLineEdit(form->parentWidget());
    line.edit->setObjectName(object + QStringLiteral("Text"));
    line.edit->setPlaceholderText(name == std::string("slice") ? tr("all rows") : tr("compared with nothing"));
    line.edit->setClearButtonEnabled(true);
    line.edit->setToolTip(tip);
    form->addRow(label, line.edit);
    line.hint = plainLabel(form->parentWidget());
    line.hint->setObjectName(object + QStringLiteral("Hint"));
    line.hint->setFont(Theme::instance().monospace());
    line.hint->setMinimumWidth(line.hint->fontMetrics().averageCharWidth() * kHintCharacters);
    line.hint->hide();
    form->addRow(QString(), line.hint);
    line.chip = new QToolButton(m_chips);
    line.chip->setObjectName(object + QStringLiteral("Chip"));
    line.chip->setProperty("button", true);
    line.chip->setToolTip(tr("Takes it out again"));
    m_chips->layout()->addWidget(line.chip);
    line.chip->hide();
    connect(line.edit, &QLineEdit::textChanged, this, [this, &line] { check(line); });
    connect(line.chip, &QToolButton::clicked, this, [this, &line] {
        line.edit->clear();
        leave();
    });
}

std::optional<InteractionSlices> SliceForm::slices() const {
    if (!m_slice.fine || !m_against.fine) return std::nullopt;
    InteractionSlices out{m_slice.edit->text().trimmed(), m_against.edit->text().trimmed()};
    if (out.slice.isEmpty() && !out.against.isEmpty()) out.slice = QStringLiteral("all");
    return out;
}

void SliceForm::check(Line& line) {
    const QString text = line.edit->text();
    const std::optional<SliceProblem> problem =
        text.trimmed().isEmpty() ? std::nullopt : m_session.interactions().problemOf(text);
    line.fine = !problem;
    const ThemeColors& colors = Theme::instance().colors();
    line.edit->setStyleSheet(line.fine ? QString()
                                       : QStringLiteral("QLineEdit { border: 1px solid %1; }").arg(colors.fail.name()));
    line.hint->setStyleSheet(QStringLiteral("QLabel { color: %1; }").arg(colors.fail.name()));
    line.hint->setText(problem ? pointedAt(text, *problem) : QString());
    line.hint->setVisible(!line.fine);
    const QString said = text.trimmed();
    line.chip->setText((&line == &m_against ? tr("against %1").arg(said) : said) + QStringLiteral("  ✕"));
    line.chip->setVisible(line.fine && !said.isEmpty());
    m_chips->setVisible(!m_slice.chip->isHidden() || !m_against.chip->isHidden());
    Q_EMIT changed();
}

void SliceForm::reopen() {
    for (Line* line : {&m_slice, &m_against}) {
        check(*line);
        if (line->fine) continue;
        Q_EMIT noticed(tr("“%1” was a slice of what was open before.").arg(line->edit->text().trimmed()));
        line->accepted.clear();
        line->edit->clear();
    }
}

void SliceForm::leave() {
    for (Line* line : {&m_slice, &m_against}) {
        if (!line->fine) {
            Q_EMIT noticed(tr("“%1” was taken back: it is no slice of these rows.").arg(line->edit->text().trimmed()));
            line->edit->setText(line->accepted);
        }
        line->accepted = line->edit->text();
    }
}

}  // namespace dlrm::ui
