// SPDX-License-Identifier: GPL-3.0-or-later
// The model in one look: the architecture drawn from the opened files, and cards with source, parameters, interaction
// order, reading, integrity and placement.
#pragma once

#include "ui/pages/page.h"
#include "ui/session/session.h"

class QRadioButton;
class QScrollArea;

namespace dlrm::ui {

class ArchitectureFigure;
class InfoCard;
class ReadingCard;

class OverviewPage : public Page {
    Q_OBJECT
public:
    OverviewPage(Session& session, QWidget* parent = nullptr);

    QString helpText() const override;
    bool isSettled() const override;
    void prepareForRender() override;
    QStringList renderViews() const override { return {QStringLiteral("checks")}; }
    void showRenderView(const QString& view) override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* buildContent();
    QWidget* buildInteractionCard();
    void showModel(const ModelInfoPtr& model);
    void showNothing();
    void fillCards(const ModelInfo& model);
    void fillData();
    void fillPlacement();
    void fillInteraction(const ModelInfo& model);
    void fillNotes(const ModelInfo& model);
    void showOrder();  // wherever the page names the interaction's order
    void showHealth();
    void showSelection(const Selection& selection);

    ArchitectureFigure* m_figure = nullptr;
    QScrollArea* m_cardArea = nullptr;
    InfoCard* m_source = nullptr;
    InfoCard* m_data = nullptr;
    InfoCard* m_parameters = nullptr;
    InfoCard* m_interaction = nullptr;
    ReadingCard* m_reading = nullptr;
    InfoCard* m_placement = nullptr;
    QString m_placementShown;  // what the card says, so that it is only filled anew when that changes
    InfoCard* m_notes = nullptr;
    QRadioButton* m_customCuda = nullptr;
    QRadioButton* m_tensorflow = nullptr;
};

}  // namespace dlrm::ui
