// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/rows_choice.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>

#include "ui/session/desks/evaluation_desk.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/popup_form.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

RowsChoice::RowsChoice(Session& session, const QString& done, QWidget* parent)
    : QToolButton(parent), m_session(session), m_done(done) {
    setProperty("button", true);
    setToolTip(tr("Which rows are %1").arg(done));
    m_form = new PopupForm(parent);
    m_form->setObjectName(done + QStringLiteral("Rows"));
    m_range = new QLineEdit(m_form);
    m_range->setObjectName(QStringLiteral("rowRange"));
    m_range->setPlaceholderText(tr("all, a row, or first-last"));
    m_range->setClearButtonEnabled(true);
    m_range->setToolTip(tr("Rows of the dataset, counted from 0: one, 50, or a range with both its ends, 0-9999"));
    form()->addRow(tr("Ro&ws"), m_range);
    m_hint = new QLabel(m_form);
    m_hint->setObjectName(QStringLiteral("rangeHint"));
    m_hint->setFont(Theme::instance().font(font_size::caption));
    m_hint->setWordWrap(true);  // with room for what is wrong and what is usual
    m_hint->setMinimumSize(m_hint->fontMetrics().averageCharWidth() * 50, 2 * m_hint->fontMetrics().lineSpacing());
    form()->addRow(QString(), m_hint);
    m_form->setReady([this] { return rows().has_value(); });
    connect(m_range, &QLineEdit::textChanged, this, &RowsChoice::check);
    connect(this, &QToolButton::clicked, m_form, [this] { m_form->openUnder(this); });
    connect(m_form, &PopupForm::closed, this, &RowsChoice::leave);
    showChosen();
}

QFormLayout* RowsChoice::form() const { return m_form->form(); }

void RowsChoice::setMore(const QStringList& words) {
    m_more = words;
    showChosen();
}

void RowsChoice::setMoreReady(const std::function<bool()>& ready) {
    m_form->setReady([this, ready] { return rows().has_value() && ready(); });
}

bool RowsChoice::all() const {
    const QString typed = m_range->text().trimmed();
    return typed.isEmpty() || typed.compare(QLatin1String("all"), Qt::CaseInsensitive) == 0;
}

std::optional<RowRange> RowsChoice::rows() const {
    if (all()) return RowRange{0, -1};
    const auto range = EvaluationDesk::typedRange(m_range->text());
    const DatasetInfoPtr dataset = m_session.dataset();
    if (!range || (dataset && range->last >= dataset->rows)) return std::nullopt;
    return *range;
}

// What is no range does not stay behind a closed form.
void RowsChoice::leave() {
    if (!rows()) {
        const QString now = m_accepted.isEmpty() ? tr("all rows are %1 as before").arg(m_done)
                                                 : tr("rows %1 are %2 as before").arg(m_accepted, m_done);
        Q_EMIT noticed(tr("“%1” was taken back, %2: write %3.").arg(m_range->text(), now, usual()));
        m_range->setText(m_accepted);
    }
    if (all()) m_range->clear();
    m_accepted = m_range->text();
    Q_EMIT left();
}

void RowsChoice::reopen() {
    const ModelInfoPtr model = m_session.model();
    const DatasetInfoPtr dataset = m_session.dataset();
    if (model && dataset) {
        const QString now =
            QStringList{QString::fromStdString(model->path), dataset->path, dataset->split}.join(QLatin1Char('\n'));
        if (now != m_of && !m_of.isEmpty()) {
            if (!m_range->text().isEmpty())
                Q_EMIT noticed(tr("Rows %1 were chosen of what was open before: all rows are %2 now.")
                                   .arg(m_range->text().trimmed(), m_done));
            m_accepted.clear();
            m_range->clear();
        }
        m_of = now;
    }
    check();
}

// What is taken as a range.
QString RowsChoice::usual() const {
    const DatasetInfoPtr dataset = m_session.dataset();
    return dataset && dataset->rows > 0
               ? tr("all, a row or first-last, of rows 0 to %1").arg(formatCount(dataset->rows - 1))
               : tr("all, a row or first-last");
}

void RowsChoice::check() {
    const bool fine = rows().has_value();
    QString hint = usual();
    if (!fine) {
        const auto range = EvaluationDesk::typedRange(m_range->text());
        const QString problem = range ? tr("no row %1").arg(formatCount(range->last))
                                      : tr("expected %1").arg(QString::fromStdString(range.error().expected));
        hint = tr("%1: %2").arg(problem, hint);
    }
    const ThemeColors& colors = Theme::instance().colors();
    m_range->setStyleSheet(fine ? QString()
                                : QStringLiteral("QLineEdit { border: 1px solid %1; }").arg(colors.fail.name()));
    m_hint->setText(hint);
    m_hint->setStyleSheet(QStringLiteral("QLabel { color: %1; }").arg((fine ? colors.muted : colors.fail).name()));
    showChosen();
    Q_EMIT changed();
}

void RowsChoice::showChosen() {
    QStringList chosen = m_more;
    if (!all()) chosen.prepend(tr("rows %1").arg(m_range->text().trimmed()));
    setText((chosen.isEmpty() ? tr("All rows") : chosen.join(QStringLiteral(", "))) + QStringLiteral(" ▾"));
}

}  // namespace dlrm::ui
