// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/scenario_list.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QToolButton>

#include <algorithm>

#include "ui/pages/parts.h"
#include "ui/session/desks/scenario_desk.h"
#include "ui/session/window_error.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/popup_form.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kFieldWidth = 320;
constexpr int kMostListed = 5;  // without scrolling

QToolButton* toolButton(QWidget* parent, const QString& text, const char* name, const QString& tip) {
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setToolTip(tip);
    button->setObjectName(QLatin1String(name));
    button->setProperty("button", true);
    return button;
}

// As many letters as a workspace takes: of those that are more than a byte, fewer.
QLineEdit* lineFor(QWidget* parent, const char* name, std::size_t most) {
    auto* line = new QLineEdit(parent);
    line->setObjectName(QLatin1String(name));
    line->setMaxLength(static_cast<int>(most / 4));
    line->setMinimumWidth(kFieldWidth);
    return line;
}

// A workspace has no control characters, which a paste may bring.
QString plainText(const QLineEdit& line) {
    QString out = line.text();
    std::replace_if(
        out.begin(), out.end(), [](QChar c) { return c.category() == QChar::Other_Control; }, QLatin1Char(' '));
    return out.simplified();
}

}  // namespace

ScenarioList::ScenarioList(ScenarioDesk& desk, QWidget* parent) : QWidget(parent), m_desk(desk) {
    m_list = new QListWidget(this);
    m_list->setObjectName(QStringLiteral("scenarios"));
    m_list->setAccessibleName(tr("Scenarios"));
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_keep = toolButton(this, tr("Keep…"), "keepScenario",
                        tr("Keep this row as it is edited now, with a name and a note, as a scenario"));
    m_rename = toolButton(this, tr("Rename…"), "renameScenario", tr("Another name or note for this scenario"));
    m_remove = toolButton(this, tr("Delete"), "deleteScenario", tr("Take this scenario out of the workspace"));
    m_present = toolButton(this, tr("Present"), "presentScenarios",
                           tr("Show the scenarios one by one on the full screen, without numbers of the field (F5)"));
    m_form = new PopupForm(this);
    m_name = lineFor(m_form, "scenarioName", kLongestName);
    m_note = lineFor(m_form, "scenarioNote", kLongestNote);
    m_note->setPlaceholderText(tr("what it shows, for those who see it"));
    m_form->form()->addRow(tr("&Name"), m_name);
    m_form->form()->addRow(tr("N&ote"), m_note);
    m_form->setReady([this] {
        answer();
        return true;
    });
    connect(m_keep, &QToolButton::clicked, this, [this] { ask(false); });
    connect(m_rename, &QToolButton::clicked, this, [this] { ask(true); });
    connect(m_remove, &QToolButton::clicked, this, [this] {
        if (current() >= 0) m_desk.remove(current());
    });
    connect(m_present, &QToolButton::clicked, this, [this] { Q_EMIT presentAsked(std::max(0, current())); });
    connect(m_list, &QListWidget::currentRowChanged, this, [this](int row) {
        m_rename->setEnabled(row >= 0);
        m_remove->setEnabled(row >= 0);
        if (row >= 0) Q_EMIT chosen(row);
    });
    connect(m_list, &QListWidget::itemClicked, this, [this] {
        if (m_list->selectedItems().isEmpty()) return;
        Q_EMIT chosen(current());
    });

    auto* buttons = new FlowLayout(nullptr);
    for (QToolButton* button : {m_keep, m_rename, m_remove, m_present}) buttons->addWidget(button);
    QVBoxLayout* column = columnIn(this, space::xs, {space::s, space::s, space::s, 0});
    column->addWidget(boldLabel(this, tr("Scenarios")));
    column->addWidget(m_list);
    column->addLayout(buttons);
    connect(&m_desk, &ScenarioDesk::changed, this, &ScenarioList::fill);
    connect(&Theme::instance(), &Theme::changed, this, &ScenarioList::fill);
    fill();
}

int ScenarioList::current() const { return m_list->currentRow(); }

void ScenarioList::fill() {
    const int before = current();
    const QSignalBlocker quiet(m_list);
    m_list->clear();
    for (const Scenario& scenario : m_desk.scenarios()) {
        const QString name = QString::fromStdString(scenario.name), note = QString::fromStdString(scenario.note);
        const auto rows = m_desk.rowsOf(scenario);
        auto* item = new QListWidgetItem(name, m_list);
        QStringList tip{name, note};
        if (!rows) {
            tip << tr("It does not fit what is open: %1").arg(sentences(rows.error()));
            item->setForeground(Theme::instance().colors().disabled);
        }
        tip.removeAll(QString());
        item->setToolTip(tip.join(QLatin1Char('\n')).toHtmlEscaped());
    }
    const int count = m_list->count();
    if (before >= 0) m_list->setCurrentRow(std::min(before, count - 1));
    m_list->setVisible(count > 0);
    m_list->setVerticalScrollBarPolicy(count > kMostListed ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    const int line = std::max(1, m_list->sizeHintForRow(0));
    m_list->setFixedHeight(line * std::clamp(count, 1, kMostListed) + 2 * m_list->frameWidth() + space::s);
    m_rename->setVisible(count > 0);
    m_remove->setVisible(count > 0);
    m_present->setVisible(count > 0);
    m_rename->setEnabled(current() >= 0);
    m_remove->setEnabled(current() >= 0);
}

void ScenarioList::leave() {
    const QSignalBlocker quiet(m_list);
    m_list->setCurrentRow(-1);
    m_rename->setEnabled(false);
    m_remove->setEnabled(false);
}

void ScenarioList::offer(bool possible, const QString& name) {
    m_keep->setEnabled(possible);
    m_proposed = name;
}

void ScenarioList::ask(bool rename) {
    m_renaming = rename ? current() : -1;
    if (rename && m_renaming < 0) return;
    const Scenario* scenario = rename ? &m_desk.scenarios()[static_cast<std::size_t>(m_renaming)] : nullptr;
    m_name->setText(scenario ? QString::fromStdString(scenario->name) : m_proposed);
    m_note->setText(scenario ? QString::fromStdString(scenario->note) : QString());
    m_name->selectAll();
    m_form->openUnder(rename ? m_rename : m_keep);
}

// Enter; Esc or a click elsewhere does nothing.
void ScenarioList::answer() {
    const QString name = plainText(*m_name), note = plainText(*m_note);
    if (name.isEmpty()) return;
    if (m_renaming < 0) Q_EMIT keepAsked(name, note);
    else if (m_renaming < m_list->count()) m_desk.rename(m_renaming, name, note);
}

}  // namespace dlrm::ui
