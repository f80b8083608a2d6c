// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/parts.h"

#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QTableView>
#include <QTimer>

#include "ui/widgets/flow_layout.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kLineHeight = 20;

template <class Layout>
Layout* layoutIn(QWidget* widget, int spacing, const QMargins& margins) {
    auto* layout = new Layout(widget);
    layout->setContentsMargins(margins);
    layout->setSpacing(spacing);
    return layout;
}

}  // namespace

QVBoxLayout* columnIn(QWidget* widget, int spacing, const QMargins& margins) {
    return layoutIn<QVBoxLayout>(widget, spacing, margins);
}

QHBoxLayout* rowIn(QWidget* widget, int spacing, const QMargins& margins) {
    return layoutIn<QHBoxLayout>(widget, spacing, margins);
}

QScrollArea* scrolled(QWidget* content, QWidget* parent) {
    auto* area = new QScrollArea(parent);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(content);
    return area;
}

QVBoxLayout* scrolledColumnIn(QWidget* widget) {
    auto* body = new QWidget;
    body->setProperty("transparent", true);
    columnIn(widget, 0)->addWidget(scrolled(body, widget));
    return columnIn(body, space::m, {space::m, space::m, space::m, space::m});
}

QList<QWidget*> takeWidgets(QLayout& layout) {
    QList<QWidget*> widgets;
    while (QLayoutItem* item = layout.takeAt(0)) {
        if (item->widget()) widgets << item->widget();
        delete item;
    }
    return widgets;
}

QStringList toNames(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) list << QString::fromStdString(name);
    return list;
}

QLabel* plainLabel(QWidget* parent, const QString& text) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setText(text);
    return label;
}

QLabel* mutedLabel(QWidget* parent, const QString& text) {
    QLabel* label = plainLabel(parent, text);
    label->setProperty("muted", true);
    label->setWordWrap(true);
    return label;
}

QLabel* boldLabel(QWidget* parent, const QString& text) {
    QLabel* label = plainLabel(parent, text);
    label->setFont(Theme::instance().font(font_size::body, true));
    return label;
}

QLabel* problemLabel(QWidget* parent) {
    QLabel* label = plainLabel(parent);
    const auto restyle = [label] {
        label->setStyleSheet(QStringLiteral("QLabel { color: %1; }").arg(Theme::instance().colors().fail.name()));
    };
    QObject::connect(&Theme::instance(), &Theme::changed, label, restyle);
    restyle();
    label->hide();
    return label;
}

QWidget* buttonRow(QWidget* parent, int indent) {
    auto* row = new QWidget(parent);
    auto* layout = new FlowLayout(row);
    layout->setContentsMargins(indent, 0, 0, 0);
    return row;
}

QPushButton* addButton(QWidget* row, const QString& text, const QString& objectName, const QString& tip,
                       const std::function<void()>& action) {
    QPushButton* button = tippedButton(row, text, tip);
    button->setObjectName(objectName);
    row->layout()->addWidget(button);
    QObject::connect(button, &QPushButton::clicked, row, action);
    return button;
}

QPushButton* linkButton(QWidget* parent, const QString& text) {
    auto* button = new QPushButton(text, parent);
    button->setProperty("link", true);
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

QPushButton* tippedButton(QWidget* parent, const QString& text, const QString& tip) {
    auto* button = new QPushButton(text, parent);
    button->setToolTip(tip);
    return button;
}

QPushButton* toggleButton(QWidget* parent, const QString& text, const QString& tip) {
    QPushButton* button = tippedButton(parent, text, tip);
    button->setCheckable(true);
    return button;
}

QSplitter* sideBySide(QWidget* list, QWidget* details) {
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(list);
    splitter->addWidget(details);
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    return splitter;
}

void styleList(QTableView& list) {
    list.setSelectionBehavior(QAbstractItemView::SelectRows);
    list.setEditTriggers(QAbstractItemView::NoEditTriggers);
    list.setTabKeyNavigation(false);
    list.setShowGrid(false);
    list.setWordWrap(false);
    list.horizontalHeader()->setHighlightSections(false);
    list.verticalHeader()->hide();
    list.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    list.verticalHeader()->setDefaultSectionSize(kLineHeight);
}

QTimer* onceAfter(QObject* parent, int ms, const std::function<void()>& action) {
    auto* timer = new QTimer(parent);
    timer->setSingleShot(true);
    timer->setInterval(ms);
    QObject::connect(timer, &QTimer::timeout, parent, action);
    return timer;
}

}  // namespace dlrm::ui
