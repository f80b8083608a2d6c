// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/info_card.h"

#include <QLabel>

#include <algorithm>

#include "ui/pages/parts.h"
#include "ui/widgets/glossary.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kNameWidth = 80;
constexpr int kLeastFolders = 24;  // pixels of a path beside its name
constexpr char kMarkProperty[] = "mark";
constexpr char kPathProperty[] = "fullPath";

// A value or a sentence, to be read and copied.
QLabel* textLabel(QWidget* parent, const QString& text) {
    QLabel* label = plainLabel(parent, text);
    label->setWordWrap(true);
    label->setMinimumWidth(1);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

// Its folders give way before its name does.
QString elidedPath(const QString& path, const QFontMetrics& metrics, int room) {
    const QString name = path.mid(std::max<qsizetype>(0, path.lastIndexOf(QLatin1Char('/')))),
                  folders = path.chopped(name.size());
    const int rest = room - metrics.horizontalAdvance(name);
    if (metrics.horizontalAdvance(path) <= room || folders.isEmpty() || rest < kLeastFolders)
        return metrics.elidedText(path, Qt::ElideMiddle, room);
    return metrics.elidedText(folders, Qt::ElideMiddle, rest) + name;
}

}  // namespace

InfoCard::InfoCard(const QString& title, QWidget* parent) : QFrame(parent) {
    setProperty("card", true);
    QVBoxLayout* column = columnIn(this, space::s, {space::m, space::s, space::m, space::m});
    column->addWidget(boldLabel(this, title));
    m_lines = columnIn(nullptr, space::xs);
    column->addLayout(m_lines);
    setAccessibleName(title);
    connect(&Theme::instance(), &Theme::changed, this, &InfoCard::colourMarks);
}

void InfoCard::clear() {
    for (QWidget* widget : takeWidgets(*m_lines)) {
        widget->hide();
        widget->deleteLater();
    }
}

QLabel* InfoCard::addLine(QLabel* left, QLabel* right) {
    auto* line = new QWidget(this);
    QHBoxLayout* row = rowIn(line, space::s);
    row->addWidget(left);
    row->addWidget(right, 1);
    m_lines->addWidget(line);
    return right;
}

QLabel* InfoCard::addFact(const QString& name, const QString& value, const QString& tip) {
    QLabel* left = mutedLabel(this, name);
    left->setFixedWidth(kNameWidth);
    left->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    linkTerm(left, findTermByTitle(name));
    QLabel* right = addLine(left, textLabel(this, value));
    right->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    right->setToolTip(tip.toHtmlEscaped());
    return right;
}

void InfoCard::addPath(const QString& name, const QString& path) {
    QLabel* label = addFact(name, path);
    label->setWordWrap(false);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    label->setProperty(kPathProperty, path);
    label->setToolTip(QStringLiteral("<p style='white-space:pre'>%1</p>").arg(path.toHtmlEscaped()));
    elidePaths();
}

void InfoCard::addSentence(const QString& text) {
    QLabel* label = textLabel(this, text);
    label->setProperty("muted", true);
    m_lines->addWidget(label);
}

void InfoCard::addMarked(Mark mark, const QString& text, const QString& tip) {
    const QString signs[] = {QStringLiteral("✓"), QStringLiteral("!"), QStringLiteral("–")};
    QLabel* sign = boldLabel(this, signs[static_cast<int>(mark)]);
    sign->setFixedWidth(space::m);
    sign->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    sign->setProperty(kMarkProperty, static_cast<int>(mark));
    addLine(sign, textLabel(this, text))->setToolTip(tip);
    colourMarks();
}

QPushButton* InfoCard::addButtonLine(const QString& text, const QString& objectName, const QString& tip,
                                     const std::function<void()>& action) {
    QWidget* line = buttonRow(this, space::m + space::s);
    m_lines->addWidget(line);
    return addButton(line, text, objectName, tip, action);
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
        if (path.isValid()) label->setText(elidedPath(path.toString(), label->fontMetrics(), std::max(0, room)));
    }
}

}  // namespace dlrm::ui
