// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/split_choice.h"

#include "ui/session/session.h"

namespace dlrm::ui {

SplitChoice::SplitChoice(Session& session, QWidget* parent) : QComboBox(parent), m_session(session) {
    setObjectName(QStringLiteral("splitChoice"));
    setAccessibleName(tr("Split of the dataset"));
    setToolTip(tr("Split of the dataset: test, train …"));
    connect(&session, &Session::datasetOpened, this, &SplitChoice::fill);
    connect(&session, &Session::datasetClosed, this, &SplitChoice::fill);
    // A split that cannot be opened is not the one that is open.
    connect(&session, &Session::jobFailed, this, [this](JobKind kind) {
        if (kind == JobKind::OpenDataset) fill();
    });
    connect(&session, &Session::declined, this, &SplitChoice::fill);
    connect(this, &QComboBox::textActivated, this, [this](const QString& split) {
        const DatasetInfoPtr dataset = m_session.dataset();
        if (dataset && dataset->split != split) m_session.afterAsking([this, split] { m_session.chooseSplit(split); });
    });
    fill();
}

void SplitChoice::fill() {
    const DatasetInfoPtr dataset = m_session.dataset();
    clear();
    if (dataset) addItems(dataset->splits);
    if (dataset) setCurrentText(dataset->split);
    setVisible(count() > 1);
}

}  // namespace dlrm::ui
