// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/info_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/widgets/glossary.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kNameWidth = 80;
constexpr char kMarkProperty[] = "mark";
constexpr char kPathProperty[] = "fullPath";

// Text from files is shown as it is, never obeyed as markup.
QLabel* plainLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    return label;
}

}  // namespace

InfoCard::InfoCard(const QString& title, QWidget* parent) : QFrame(parent) {
    setProperty("card", true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::m, space::s, space::m, space::m);
    column->setSpacing(space::s);
    QLabel* heading = plainLabel(title, this);
    heading->setFont(Theme::instance().font(font_size::body, true));
    column->addWidget(heading);
    m_lines = new QVBoxLayout;
    m_lines->setSpacing(space::xs);
    column->addLayout(m_lines);
    setAccessibleName(title);
    connect(&Theme::instance(), &Theme::changed, this, &InfoCard::colourMarks);
}

void InfoCard::clear() {
    while (QLayoutItem* item = m_lines->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
}

QLabel* InfoCard::addLine(const QString& name, const QString& value) {
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::s);
    QLabel* left = plainLabel(name, line);
    left->setProperty("muted", true);
    left->setWordWrap(true);
    left->setFixedWidth(kNameWidth);
    left->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    linkTerm(left, findTermByTitle(name));
    row->addWidget(left);
    QLabel* right = plainLabel(value, line);
    right->setWordWrap(true);
    right->setMinimumWidth(1);
    right->setTextInteractionFlags(Qt::TextSelectableByMouse);
    right->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    row->addWidget(right, 1);
    m_lines->addWidget(line);
    return right;
}

void InfoCard::addFact(const QString& name, const QString& value, const QString& tip) {
    QLabel* label = addLine(name, value);
    if (!tip.isEmpty()) label->setToolTip(tip.toHtmlEscaped());
}

void InfoCard::addPath(const QString& name, const QString& path) {
    QLabel* label = addLine(name, path);
    label->setWordWrap(false);
    label->setMinimumWidth(1);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    label->setProperty(kPathProperty, path);
    label->setToolTip(QStringLiteral("<p style='white-space:pre'>%1</p>").arg(path.toHtmlEscaped()));
    elidePaths();
}

void InfoCard::addSentence(const QString& text) {
    QLabel* label = plainLabel(text, this);
    label->setWordWrap(true);
    label->setProperty("muted", true);
    label->setMinimumWidth(1);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_lines->addWidget(label);
}

void InfoCard::addMarked(Mark mark, const QString& text, const QString& tip) {
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::s);
    const QString signs[] = {QStringLiteral("✓"), QStringLiteral("!"), QStringLiteral("–")};
    QLabel* sign = plainLabel(signs[static_cast<int>(mark)], line);
    sign->setFont(Theme::instance().font(font_size::body, true));
    sign->setFixedWidth(space::m);
    sign->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    sign->setProperty(kMarkProperty, static_cast<int>(mark));
    row->addWidget(sign);
    QLabel* label = plainLabel(text, line);
    label->setWordWrap(true);
    label->setMinimumWidth(1);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setToolTip(tip);
    row->addWidget(label, 1);
    m_lines->addWidget(line);
    colourMarks();
}

void InfoCard::addWidget(QWidget* widget) { m_lines->addWidget(widget); }

void InfoCard::colourMarks() {
    const ThemeColors& c = Theme::instance().colors();
    const QColor colors[] = {c.pass, c.warn, c.muted};
    for (QLabel* label : findChildren<QLabel*>()) {
        const QVariant mark = label->property(kMarkProperty);
        if (!mark.isValid()) continue;
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, colors[mark.toInt()]);
        label->setPalette(palette);
    }
}

void InfoCard::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    elidePaths();
}

void InfoCard::elidePaths() {
    const int room = contentsRect().width() - 2 * space::m - kNameWidth - space::s;
    for (QLabel* label : findChildren<QLabel*>()) {
        const QVariant path = label->property(kPathProperty);
        if (path.isValid())
            label->setText(label->fontMetrics().elidedText(path.toString(), Qt::ElideMiddle, std::max(0, room)));
    }
}

}  // namespace dlrm::ui
