// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/slice_texts.h"

#include <QList>

#include <algorithm>

#include "core/analysis/slices/expression.h"

namespace dlrm::ui {
namespace {

struct SlicePiece {
    QString text;
    qsizetype first = 0;  // in the line
};

std::vector<SlicePiece> slicePieces(const QString& line) {
    std::vector<SlicePiece> out;
    bool quoted = false;
    for (qsizetype at = 0, first = 0; at <= line.size(); ++at) {
        if (at < line.size()) quoted ^= line[at] == QLatin1Char('"');
        if (at < line.size() && (quoted || line[at] != QLatin1Char(';'))) continue;
        while (first < at && line[first].isSpace()) ++first;
        const QString piece = line.mid(first, at - first).trimmed();
        if (!piece.isEmpty()) out.push_back({piece, first});
        first = at + 1;
    }
    return out;
}

int placeInLine(const SlicePiece& piece, std::size_t column) {
    return static_cast<int>(piece.first) + characterAt(piece.text, column);
}

template <class Parse>
TypedSlices typed(const QString& line, Parse parse) {
    TypedSlices out;
    for (const SlicePiece& piece : slicePieces(line)) {
        const std::string text = piece.text.toStdString();
        const auto parsed = parse(text);
        if (parsed) {
            out.texts.push_back(text);
            continue;
        }
        const auto place = dlrm::placeIn(parsed.error());
        return {{}, parsed.error(), placeInLine(piece, place ? place->column : 1)};
    }
    return out;
}

}  // namespace

int characterAt(const QString& text, std::size_t column) {
    const auto characters = text.toUcs4();
    const auto before = std::min(static_cast<qsizetype>(column) - 1, characters.size());
    return static_cast<int>(
        QString::fromUcs4(reinterpret_cast<const char32_t*>(characters.data()), std::max<qsizetype>(before, 0)).size());
}

TypedSlices typedSlices(const QString& line) { return typed(line, parseSlice); }
TypedSlices typedGroups(const QString& line) { return typed(line, parseSliceGroup); }

int placeIn(const QString& line, const Error& error) {
    const auto place = dlrm::placeIn(error);
    if (!place) return -1;
    for (const SlicePiece& piece : slicePieces(line))
        if (piece.text.toStdString() == place->text) return placeInLine(piece, place->column);
    return -1;
}

}  // namespace dlrm::ui
