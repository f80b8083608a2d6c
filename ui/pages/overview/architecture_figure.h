// SPDX-License-Identifier: GPL-3.0-or-later
// The model drawn from its ModelSpec: inputs and tables at the bottom, MLPs, interaction, logit and sigmoid above.
// Hover explains, click and keys select.
#pragma once

#include <QWidget>

#include "core/model/model_spec.h"
#include "ui/pages/overview/architecture_layout.h"

namespace dlrm::ui {

class ArchitectureFigure : public QWidget {
    Q_OBJECT
public:
    explicit ArchitectureFigure(QWidget* parent = nullptr);

    // Forgets what was found of the model before.
    void setSpec(const ModelSpec& spec);
    // What stands behind the interaction's order; doubtful: as a warning.
    void setOrder(const QString& standing, bool doubtful);
    void setHealth(std::vector<std::optional<TableHealth>> tables);
    // Marks the table or layer, without a signal; table -1: nothing.
    void mark(FigurePart::Kind kind, int index);
    const FigureLayout& figure() const { return m_layout; }
    int currentPart() const { return m_current; }

Q_SIGNALS:
    void tableClicked(int table);
    void layerClicked(bool topMlp, int layer);
    // Double click or Enter.
    void tableActivated(int table);
    void layerActivated(bool topMlp, int layer);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void layOut();
    int partAt(const QPointF& position) const;
    void makeCurrent(int part);
    void activate(int part);
    QString toolTipOf(int part) const;
    void paintEdges(QPainter& painter) const;
    void paintPart(QPainter& painter, int part) const;
    void paintBars(QPainter& painter) const;
    static void paintSeverity(QPainter& painter, const FigurePart& part);

    ModelSpec m_spec;
    FigureFindings m_findings;
    bool m_orderDoubtful = false;
    FigureLayout m_layout;
    int m_current = -1;
    int m_hovered = -1;
};

}  // namespace dlrm::ui
