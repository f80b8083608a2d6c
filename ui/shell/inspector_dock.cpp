// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/inspector_dock.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMainWindow>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/session/session.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kLeastWidth = 320;  // nothing in it is cut

QString line(const QString& name, const QString& value) {
    return name + QStringLiteral(":  ") + value + QLatin1Char('\n');
}

QString describeTable(const TableSpec& table) {
    return line(InspectorDock::tr("rows"), formatCount(table.rows)) +
           line(InspectorDock::tr("dimension"), formatCount(table.dim)) +
           line(InspectorDock::tr("type"), QString::fromStdString(std::string(name(table.dtype)))) +
           line(InspectorDock::tr("size"), formatBytes(table.bytes)) +
           line(InspectorDock::tr("file"), QString::fromStdString(table.file));
}

QString describeLayer(const LayerSpec& layer) {
    QString out =
        line(InspectorDock::tr("inputs"), formatCount(layer.inputs)) +
        line(InspectorDock::tr("outputs"), formatCount(layer.outputs)) +
        line(InspectorDock::tr("parameters"), formatCount(layer.parameters())) +
        line(InspectorDock::tr("type"), QString::fromStdString(std::string(name(layer.dtype)))) +
        line(InspectorDock::tr("activation"), layer.relu ? QStringLiteral("ReLU") : InspectorDock::tr("none (logit)"));
    if (layer.paddingInputs > 0) out += line(InspectorDock::tr("padding inputs"), formatCount(layer.paddingInputs));
    return out;
}

}  // namespace

InspectorDock::InspectorDock(Session& session, QWidget* parent)
    : QDockWidget(tr("Inspector"), parent), m_session(session) {
    setObjectName(QStringLiteral("inspector"));
    setAllowedAreas(Qt::LeftDockWidgetArea | Qt::RightDockWidgetArea);
    setFeatures(DockWidgetClosable | DockWidgetMovable);

    auto* bar = new QFrame(this);
    bar->setObjectName(QStringLiteral("inspectorTitle"));
    constexpr int kTitleHeight = 50;  // as high as a page's header, so that the two lines meet
    bar->setMinimumHeight(kTitleHeight);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(space::l, 0, space::s, 0);
    auto* name = new QLabel(tr("Inspector"), bar);
    name->setFont(Theme::instance().font(font_size::section, true));
    name->setFixedHeight(kTitleHeight - 1);  // a dock asks its title bar's layout for the height
    auto* close = new QToolButton(bar);
    close->setIcon(themeIcon(QStringLiteral("close")));
    close->setToolTip(tr("Hide the inspector (Ctrl+I)"));
    close->setAccessibleName(tr("Hide the inspector"));
    connect(close, &QToolButton::clicked, this, [this] { choose(false); });
    row->addWidget(name);
    row->addStretch();
    row->addWidget(close);
    setTitleBarWidget(bar);

    m_stack = new QStackedWidget(this);
    m_stack->setObjectName(QStringLiteral("inspectorBody"));
    m_stack->setMinimumWidth(kLeastWidth);
    m_summary = new QWidget(m_stack);
    auto* column = new QVBoxLayout(m_summary);
    column->setContentsMargins(space::l, space::l, space::l, space::l);
    column->setSpacing(space::s);
    m_title = new QLabel(m_summary);
    m_title->setFont(Theme::instance().font(font_size::body, true));
    m_text = new QLabel(m_summary);
    m_text->setProperty("muted", true);
    for (QLabel* label : {m_title, m_text}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(label);
    }
    column->addStretch();
    m_stack->addWidget(m_summary);
    setWidget(m_stack);
    connect(&session, &Session::selectionChanged, this, &InspectorDock::summarise);
    connect(&session, &Session::modelOpened, this, &InspectorDock::summarise);
    connect(&session, &Session::modelClosed, this, &InspectorDock::summarise);
    m_toggle = new QAction(tr("&Inspector"), this);
    m_toggle->setObjectName(QStringLiteral("toggleInspector"));
    m_toggle->setCheckable(true);
    m_toggle->setShortcut(QKeySequence(tr("Ctrl+I")));
    connect(m_toggle, &QAction::triggered, this, &InspectorDock::choose);
    parent->installEventFilter(this);
    summarise();
    arrange();
}

void InspectorDock::setWanted(bool wanted) {
    m_wanted = wanted;
    arrange();
}

void InspectorDock::choose(bool shown) {
    (m_narrow ? m_wantedNarrow : m_wanted) = shown;
    arrange();
    auto* window = qobject_cast<QMainWindow*>(parentWidget());
    if (shown && m_narrow && window) window->resizeDocks({this}, {kLeastWidth}, Qt::Horizontal);
}

void InspectorDock::arrange() {
    const bool narrow = parentWidget()->width() < kRoomNeeded;
    if (narrow != m_narrow) m_wantedNarrow = false;
    m_narrow = narrow;
    const bool shown = m_useful && (narrow ? m_wantedNarrow : m_wanted);
    setVisible(shown);
    m_toggle->setChecked(shown);
    m_toggle->setEnabled(m_useful);
}

bool InspectorDock::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize) arrange();
    return QDockWidget::eventFilter(watched, event);
}

void InspectorDock::setInspector(QWidget* widget, bool useful) {
    m_useful = useful;
    arrange();
    if (!widget) widget = m_summary;
    if (m_stack->indexOf(widget) < 0) m_stack->addWidget(widget);
    m_stack->setCurrentWidget(widget);
}

void InspectorDock::summarise() {
    const ModelInfoPtr model = m_session.model();
    const Selection s = m_session.selection();
    QString title = tr("Nothing is selected"), words = tr("Click a table, a row or a layer to see its details here.");
    if (!model) words = tr("Open a checkpoint first.");
    const auto tableAt = [&model](int i) {
        return model && i >= 0 && i < static_cast<int>(model->spec.tables.size())
                   ? &model->spec.tables[static_cast<std::size_t>(i)]
                   : nullptr;
    };
    if (const TableSpec* table = tableAt(s.table);
        table && (s.kind == Selection::Kind::Table || s.kind == Selection::Kind::TableRow)) {
        title = QString::fromStdString(table->name);
        words = describeTable(*table);
        if (s.kind == Selection::Kind::TableRow) {
            title += tr(", row %1").arg(formatCount(s.row));
            const QString hex = m_session.hexOf(s.table, s.row);
            if (!hex.isEmpty()) words.prepend(line(tr("category"), hex));
        }
    } else if (s.kind == Selection::Kind::Sample) {
        title = s.row < 0 ? tr("Pasted row") : tr("Sample %1").arg(formatCount(s.row));
        words = tr("The Samples page shows it completely: inputs, probability, interactions and activations.");
    } else if (s.kind == Selection::Kind::Layer && model) {
        const auto& mlp = s.topMlp ? model->spec.topMlp : model->spec.bottomMlp;
        if (s.layer >= 0 && s.layer < static_cast<int>(mlp.size())) {
            const LayerSpec& layer = mlp[static_cast<std::size_t>(s.layer)];
            title = QString::fromStdString(layer.name);
            words = describeLayer(layer);
        }
    }
    m_title->setText(title);
    m_text->setText(words.trimmed());
}

}  // namespace dlrm::ui
