// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/choices_card.h"

#include <QPushButton>

#include "ui/session/choices.h"

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
        QPushButton* button = addButtonLine(tr("Change…"), QStringLiteral("change-") + option, {},
                                            [this, option] { Q_EMIT changeRequested(option); });
        button->setAccessibleName(tr("Change: %1").arg(title(choice)));
    }
    setVisible(any);
}

}  // namespace dlrm::ui
