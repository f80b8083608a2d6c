// SPDX-License-Identifier: GPL-3.0-or-later
// The line at the top of every page: title, what is shown, the page's own actions at the right, and the thin progress
// bar under it.
#pragma once

#include <QFrame>

class QHBoxLayout;
class QProgressBar;

namespace dlrm::ui {

class ElidedLabel;

class PageHeader : public QFrame {
    Q_OBJECT
public:
    explicit PageHeader(const QString& title, QWidget* parent = nullptr);
    void setSubtitle(const QString& text);
    void addWidget(QWidget* widget);
    // total <= 0: indeterminate; done < 0: hidden. Keeps its height either way, so nothing jumps.
    void showProgress(qint64 done, qint64 total);

protected:
    void resizeEvent(QResizeEvent*) override;

private:
    ElidedLabel* m_subtitle = nullptr;
    QHBoxLayout* m_actions = nullptr;
    QProgressBar* m_progress = nullptr;
};

}  // namespace dlrm::ui
