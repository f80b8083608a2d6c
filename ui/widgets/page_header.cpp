// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/page_header.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

#include "ui/widgets/elided_label.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {
constexpr int kHeight = 48, kBarHeight = 2, kSteps = 1000;
}

PageHeader::PageHeader(const QString& title, QWidget* parent) : QFrame(parent) {
    setObjectName(QStringLiteral("pageHeader"));
    setFixedHeight(kHeight + kBarHeight);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, kBarHeight);
    column->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(space::l, 0, space::l, 0);
    row->setSpacing(space::m);
    auto* name = new QLabel(title, this);
    name->setFont(Theme::instance().font(font_size::section, true));
    m_subtitle = new ElidedLabel(Qt::ElideMiddle, this);
    m_subtitle->setProperty("muted", true);
    m_subtitle->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_actions = new QHBoxLayout;
    m_actions->setSpacing(space::s);
    row->addWidget(name);
    row->addWidget(m_subtitle, 1);
    row->addLayout(m_actions);
    column->addLayout(row, 1);
    m_progress = new QProgressBar(this);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(kBarHeight);
    m_progress->setAccessibleName(tr("Progress of the page's job"));
    m_progress->hide();  // outside the layout, so that showing it moves nothing
}

void PageHeader::setSubtitle(const QString& text) { m_subtitle->setFullText(text); }

void PageHeader::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    m_progress->setGeometry(0, height() - kBarHeight, width(), kBarHeight);
}

void PageHeader::addWidget(QWidget* widget) { m_actions->addWidget(widget); }

void PageHeader::showProgress(qint64 done, qint64 total) {
    if (done < 0) {
        m_progress->hide();
        return;
    }
    m_progress->setRange(0, total > 0 ? kSteps : 0);
    if (total > 0)
        m_progress->setValue(static_cast<int>(static_cast<double>(done) / static_cast<double>(total) * kSteps));
    m_progress->show();
}

}  // namespace dlrm::ui
