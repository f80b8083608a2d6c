// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/choices_card.h"

#include <QPushButton>

#include "ui/session/choices.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

ChoicesCard::ChoicesCard(Session& session, QWidget* parent)
    : InfoCard(tr("Chosen by you"), parent), m_session(session) {
    setObjectName(QStringLiteral("choicesCard"));
    for (const auto change :
         {&Session::engineReplaced, &Session::modelClosed, &Session::datasetClosed, &Session::settingsChanged})
        connect(&session, change, this, &ChoicesCard::fill);
    connect(&session, &Session::modelOpened, this, &ChoicesCard::fill);
    connect(&session, &Session::datasetOpened, this, &ChoicesCard::fill);
    fill();
}

void ChoicesCard::fill() {
    clear();
    const ModelInfoPtr model = m_session.model();
    const DatasetInfoPtr dataset = m_session.dataset();
    OpenRequest now;
    now.model = m_session.settings();
    if (dataset) now.data = dataset->asked;
    bool any = false;
    for (const ChoiceEntry& choice : choiceTable()) {
        const QString option = QLatin1String(choice.option);
        QString said = words(choice, now);
        // Rows with several ids cannot be predicted without it: it stands here as long as they are open.
        if (said.isEmpty() && option == QLatin1String("combiner") && model && dataset && dataset->multiHot) {
            OpenRequest files;
            files.model.combiner = model->spec.combiner;
            said = model->spec.combiner ? tr("%1, as the files say").arg(words(choice, files))
                                        : tr("not chosen: nothing can be predicted");
        }
        if (!model || said.isEmpty()) continue;
        any = true;
        addFact(title(choice), said);
        auto* line = new QWidget(this);
        auto* row = new FlowLayout(line);
        row->setContentsMargins(space::m + space::s, 0, 0, 0);
        auto* button = new QPushButton(tr("Change…"), line);
        button->setObjectName(QStringLiteral("change-") + option);
        button->setAccessibleName(tr("Change: %1").arg(title(choice)));
        row->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, option] { Q_EMIT changeRequested(option); });
        addWidget(line);
    }
    setVisible(any);
}

}  // namespace dlrm::ui
