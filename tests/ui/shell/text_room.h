// SPDX-License-Identifier: Apache-2.0
// Looks for text that its widget has no room for, and for widgets that no scrolling brings into view.
#pragma once

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QStyleOptionComboBox>
#include <QStyleOptionFrame>
#include <QTabBar>
#include <QTableView>

#include <algorithm>

namespace dlrm::test {

class TextRoom {
public:
    // A line for every widget of `top` whose text is cut or that cannot be reached.
    static QStringList problems(QWidget& top) {
        TextRoom room(top);
        for (QWidget* w : top.findChildren<QWidget*>())
            if (w->isVisible() && w->window() == &top) room.look(*w);
        return room.m_found;
    }

private:
    explicit TextRoom(QWidget& top) : m_top(top) {}

    void say(const QWidget& w, const QString& what) {
        m_found << QStringLiteral("%1 “%2”: %3")
                       .arg(QLatin1String(w.metaObject()->className()),
                            w.objectName().isEmpty() ? w.accessibleName() : w.objectName(), what);
    }

    void needs(const QWidget& w, const QString& text, int needed, int room) {
        if (needed > room) say(w, QStringLiteral("“%1” needs %2 pixels and has %3").arg(text).arg(needed).arg(room));
    }

    void look(QWidget& w) {
        if (auto* header = qobject_cast<QHeaderView*>(&w)) return lookAtHeader(*header);
        if (auto* table = qobject_cast<QTableView*>(&w)) return lookAtCells(*table);
        bool text = true;
        if (auto* button = qobject_cast<QAbstractButton*>(&w)) text = lookAtButton(*button);
        else if (auto* label = qobject_cast<QLabel*>(&w)) text = lookAtLabel(*label);
        else if (auto* box = qobject_cast<QComboBox*>(&w)) lookAtBox(*box);
        else if (auto* edit = qobject_cast<QLineEdit*>(&w)) lookAtEdit(*edit);
        else if (auto* tabs = qobject_cast<QTabBar*>(&w)) lookAtTabs(*tabs);
        else return;
        if (text) lookWhetherReachable(w);
    }

    bool lookAtButton(const QAbstractButton& button) {
        if (button.text().isEmpty()) return false;
        needs(button, button.text(), button.sizeHint().width(), button.width());
        return true;
    }

    bool lookAtLabel(const QLabel& label) {
        const QString text = label.text();
        if (text.trimmed().isEmpty()) return false;
        const QFontMetrics metrics(label.font());
        const QRect room = label.contentsRect();
        if (label.wordWrap()) {
            for (const QString& word : text.split(QLatin1Char(' ')))
                needs(label, word, metrics.horizontalAdvance(word), room.width());
            needs(label, text, label.heightForWidth(label.width()), label.height() + 1);
        } else if (!(text.contains(QChar(0x2026)) &&
                     !label.toolTip().isEmpty())) {  // cut with "…", and whole in the tool tip
            needs(label, text, metrics.size(Qt::TextShowMnemonic, text).width(), room.width());
        }
        needs(label, text, metrics.height(), room.height() + 2);
        return true;
    }

    void lookAtBox(const QComboBox& box) {
        QStyleOptionComboBox option;
        option.initFrom(&box);
        option.subControls = QStyle::SC_All;
        const QRect room =
            box.style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, &box);
        needs(box, box.currentText(), QFontMetrics(box.font()).horizontalAdvance(box.currentText()), room.width());
    }

    // What is typed may be longer and scrolls; what stands there unasked may not.
    void lookAtEdit(const QLineEdit& edit) {
        if (edit.hasFocus() || qobject_cast<QComboBox*>(edit.parentWidget())) return;
        const QString text = edit.text().isEmpty() ? edit.placeholderText() : edit.text();
        QStyleOptionFrame option;
        option.initFrom(&edit);
        option.lineWidth = 1;
        const QRect room = edit.style()->subElementRect(QStyle::SE_LineEditContents, &option, &edit);
        const int button = edit.isClearButtonEnabled() && !edit.text().isEmpty() ? 24 : 0;
        needs(edit, text, QFontMetrics(edit.font()).horizontalAdvance(text),
              room.width() - button - edit.textMargins().left() - edit.textMargins().right());
    }

    void lookAtTabs(const QTabBar& tabs) {
        for (int i = 0; i < tabs.count(); ++i) {
            needs(tabs, tabs.tabText(i), QFontMetrics(tabs.font()).size(Qt::TextShowMnemonic, tabs.tabText(i)).width(),
                  tabs.tabRect(i).width());
            needs(tabs, tabs.tabText(i), tabs.tabRect(i).right() + 1, tabs.width());
        }
    }

    void lookAtHeader(const QHeaderView& header) {
        if (header.orientation() != Qt::Horizontal || !header.model()) return;
        for (int i = 0; i < header.count(); ++i) {
            if (header.isSectionHidden(i)) continue;
            const QString text = header.model()->headerData(i, Qt::Horizontal).toString();
            constexpr int kPadding = 16;  // of the style sheet
            if (!text.isEmpty())
                needs(header, text, QFontMetrics(header.font()).horizontalAdvance(text) + kPadding,
                      header.sectionSize(i));
        }
    }

    // Numbers, at the right: cut ones read as other numbers.
    void lookAtCells(const QTableView& table) {
        const QAbstractItemModel* model = table.model();
        if (!model) return;
        for (int row = std::max(0, table.rowAt(0)); row < model->rowCount(); ++row) {
            if (!table.visualRect(model->index(row, 0))
                     .intersects(table.viewport()->rect().adjusted(-100000, 0, 100000, 0)))
                break;
            for (int column = 0; column < model->columnCount(); ++column) {
                const QModelIndex index = model->index(row, column);
                if (table.isColumnHidden(column) || !(index.data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight))
                    continue;
                const QVariant font = index.data(Qt::FontRole);
                const QString text = index.data().toString();
                needs(table, text,
                      QFontMetrics(font.isValid() ? font.value<QFont>() : table.font()).horizontalAdvance(text),
                      table.columnWidth(column));
            }
        }
    }

    void lookWhetherReachable(const QWidget& w) {
        bool across = true, down = true;  // no scroll bar goes there
        for (const QWidget* p = w.parentWidget(); p && (across || down); p = p->parentWidget()) {
            if (const auto* area = qobject_cast<const QAbstractScrollArea*>(p->parentWidget());
                area && area->viewport() == p) {
                if (area->horizontalScrollBarPolicy() != Qt::ScrollBarAlwaysOff) across = false;
                if (area->verticalScrollBarPolicy() != Qt::ScrollBarAlwaysOff) down = false;
            }
            const QRect at(w.mapTo(p, QPoint(0, 0)), w.size());
            if (across && (at.left() < 0 || at.right() > p->width()))
                return say(
                    w, QStringLiteral("sticks out sideways of %1").arg(QLatin1String(p->metaObject()->className())));
            if (down && (at.top() < 0 || at.bottom() > p->height()))
                return say(
                    w, QStringLiteral("sticks out above or below %1").arg(QLatin1String(p->metaObject()->className())));
            if (p == &m_top) return;
        }
    }

    QWidget& m_top;
    QStringList m_found;
};

}  // namespace dlrm::test
