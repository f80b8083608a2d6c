// SPDX-License-Identifier: GPL-3.0-or-later
// Where everything of the architecture figure stands: parts with their outlines, texts and edges, laid out for one
// width and height. No painting.
#pragma once

#include <QPainterPath>
#include <QPolygonF>
#include <QRectF>
#include <QString>

#include <optional>
#include <vector>

#include "core/model/model_spec.h"

namespace dlrm::ui {

// What a pass over a table found.
struct TableHealth {
    double untrained = 0;        // share of its rows that were never trained, 0..1
    std::int64_t notFinite = 0;  // values
    enum class Severity { None, Warning, Failure };
    // Failure: values that are not finite. Warning: no row was ever trained.
    Severity severity() const {
        return notFinite > 0 ? Severity::Failure : untrained >= 1 ? Severity::Warning : Severity::None;
    }
};

struct FigurePart {
    enum class Kind { Numerical, BottomLayer, Table, Interaction, TopLayer, Logit, Sigmoid };
    Kind kind = Kind::Numerical;
    int index = -1;                     // of the table or layer
    QPainterPath shape;                 // filled
    QRectF hit;                         // what the pointer selects, the text beside the shape included
    QRectF label;                       // where the text stands; empty: none
    bool labelInside = false;           // centred on the shape instead of left-aligned in `label`
    QStringList texts;                  // from long to short: the first that fits is drawn
    QStringList secondLines;            // likewise, muted, under or else beside the first where there is room
    QString name;                       // first line of the tooltip; accessible name
    QString details;                    // exact numbers, one a line
    std::optional<TableHealth> health;  // of a table that was looked at
    bool unknown = false;               // a table that was not looked at, where others were
};

// A connector with an optional tensor shape beside it.
struct FigureEdge {
    QPolygonF line;
    bool arrow = true;
    QStringList texts;  // from long to short
    QRectF textArea;
};

// Name below and row count above a table's bar, written upwards.
struct FigureBar {
    int part = -1;
    QRectF nameArea, countArea;
    QString name, count;
};

struct FigureLayout {
    std::vector<FigurePart>
        parts;  // in the order of the flow: inputs, bottom MLP, tables, interaction, top MLP, logit, sigmoid
    std::vector<FigureEdge> edges;
    std::vector<FigureBar> bars;
    QRectF tableArea;  // all bars
    QRectF tableCaption;
    QStringList tableTexts;  // caption of the tables, from long to short
    double height = 0;       // needed; at least the height asked for
};

// What is known beside the shapes.
struct FigureFindings {
    QString order;  // what stands behind the interaction's order: "assumed", "confirmed on 10,000 rows"
    std::vector<std::optional<TableHealth>> tables;  // by table; nothing: not looked at
};

// lineHeight, characterWidth: of the caption font. Above 40 tables the bars fold into several rows and the figure grows
// in height.
FigureLayout layOutFigure(const ModelSpec& spec, double width, double height, double lineHeight, double characterWidth,
                          const FigureFindings& findings = {});

}  // namespace dlrm::ui
