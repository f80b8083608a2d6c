// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/summary.h"

#include <QLabel>

#include <cmath>

#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

QString signedNumber(double x, int decimals) {
    const QString digits = QString::number(x < 0 ? -x : x, 'f', decimals);
    return (x < 0 ? QStringLiteral("−") : QStringLiteral("+")) + digits;
}

QString plainNumber(double x, int decimals) {
    return x < 0 ? signedNumber(x, decimals) : QString::number(x, 'f', decimals);
}

QLabel* captionLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("muted", true);
    label->setFont(Theme::instance().font(font_size::caption));
    return label;
}

// A caption over its value.
QVBoxLayout* stacked(QLabel* caption, QLabel* value) {
    QVBoxLayout* column = columnIn(nullptr, 0);
    column->addWidget(caption);
    column->addWidget(value);
    column->addStretch(1);
    return column;
}

}  // namespace

SampleSummary::SampleSummary(QWidget* parent) : QWidget(parent) {
    const auto number = [this](int points, const char* name) {
        auto* label = new QLabel(this);
        label->setObjectName(QString::fromLatin1(name));
        label->setFont(Theme::instance().monospace(points));
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        return label;
    };
    m_probability = number(font_size::figure, "probability");
    m_logit = number(font_size::section, "logit");
    m_difference = number(font_size::section, "difference");
    m_label = new QLabel(this);
    m_label->setObjectName(QStringLiteral("labelWord"));
    m_label->setFont(Theme::instance().font(font_size::section));
    m_name = captionLabel(QString(), this);
    m_name->setObjectName(QStringLiteral("rowName"));
    m_message = plainLabel(this, QStringLiteral(" "));
    m_message->setObjectName(QStringLiteral("editMessage"));
    m_message->setFont(Theme::instance().font(font_size::caption));
    m_message->setWordWrap(true);
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Minimum);  // as many lines as its words need
    policy.setHeightForWidth(true);
    m_message->setSizePolicy(policy);

    QHBoxLayout* figures = rowIn(nullptr, space::xl);
    figures->addLayout(stacked(captionLabel(tr("probability"), this), m_probability));
    figures->addLayout(stacked(captionLabel(tr("logit"), this), m_logit));
    m_differenceCaption = captionLabel(QString(), this);
    setReferenceKind(tr("original"));
    figures->addLayout(stacked(m_differenceCaption, m_difference));
    figures->addLayout(stacked(captionLabel(tr("label"), this), m_label));
    figures->addStretch(1);
    figures->addWidget(m_name, 0, Qt::AlignTop | Qt::AlignRight);

    QVBoxLayout* column = columnIn(this, 0, {space::m, space::s, space::m, 0});
    column->addLayout(figures);
    column->addWidget(m_message);
    connect(&Theme::instance(), &Theme::changed, this, &SampleSummary::restyle);
    restyle();
    setPrediction(std::nullopt, 0, std::nullopt);
}

void SampleSummary::setRow(const QString& name, std::optional<int> label, bool edited) {
    m_labelValue = label;
    m_edited = edited;
    m_name->setText(edited ? tr("%1 · edited").arg(name) : name);
    m_label->setText(!label ? QStringLiteral("–") : *label ? tr("clicked") : tr("not clicked"));
    m_label->setToolTip(label ? QString() : tr("This row has no label"));
    restyle();
}

void SampleSummary::setPrediction(std::optional<double> probability, double logit,
                                  const std::optional<Reference>& reference) {
    const QString none = QStringLiteral("–");
    const bool finite = std::isfinite(logit);
    m_probability->setText(!probability ? none : finite ? QString::number(*probability, 'f', 4) : tr("not finite"));
    m_probability->setToolTip(probability && finite ? QString::number(*probability, 'g', 17) : QString());
    m_logit->setText(!probability ? none : finite ? plainNumber(logit, 3) : formatFixed(logit, 3));
    m_logit->setToolTip(probability && finite ? formatDigits(logit, 9) : QString());
    m_probability->setAccessibleName(tr("probability %1").arg(m_probability->text()));
    m_logit->setAccessibleName(tr("logit %1").arg(m_logit->text()));
    const bool compared = probability && reference, told = compared && finite && std::isfinite(reference->logit);
    m_difference->setText(told ? signedNumber(*probability - reference->probability, 4) : none);
    m_difference->setToolTip(told
                                 ? tr("%1: probability %2, logit %3; Δ logit %4")
                                       .arg(reference->name, QString::number(reference->probability, 'f', 4),
                                            plainNumber(reference->logit, 3), signedNumber(logit - reference->logit, 3))
                             : compared ? tr("%1: logit %2. What is not finite has no difference")
                                              .arg(reference->name, formatFixed(reference->logit, 3))
                                        : tr("Nothing is edited and nothing is pinned"));
}

void SampleSummary::setReferenceKind(const QString& kind) { m_differenceCaption->setText(tr("Δ from %1").arg(kind)); }

void SampleSummary::setMessage(const QString& text) {
    m_message->setText(text.isEmpty() ? QStringLiteral(" ") : text);
    m_message->setToolTip(text);
}

void SampleSummary::restyle() {
    const ThemeColors& colors = Theme::instance().colors();
    const auto color = [](QLabel* label, const QColor& c) {
        label->setStyleSheet(QStringLiteral("QLabel { color: %1; }").arg(c.name()));
    };
    color(m_label, !m_labelValue ? colors.muted : *m_labelValue ? colors.clicked : colors.notClicked);
    color(m_message, colors.fail);
    color(m_name, m_edited ? colors.accent : colors.muted);
}

}  // namespace dlrm::ui
