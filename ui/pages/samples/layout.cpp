// SPDX-License-Identifier: GPL-3.0-or-later
// How the Samples page is put together: its widgets, actions and the arrangement for wide and narrow windows.
#include <QAction>
#include <QApplication>
#include <QBoxLayout>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSplitter>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>
#include <QUndoStack>

#include "ui/charts/heatmap_view.h"
#include "ui/pages/parts.h"
#include "ui/pages/samples/activations.h"
#include "ui/pages/samples/attribution_bars.h"
#include "ui/pages/samples/field_form.h"
#include "ui/pages/samples/page.h"
#include "ui/pages/samples/paste_box.h"
#include "ui/pages/samples/scenario_list.h"
#include "ui/pages/samples/summary.h"
#include "ui/pages/samples/what_if.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/typed_numbers.h"

namespace dlrm::ui {
namespace {

constexpr int kWide = 900;  // of the page; below, the list gives room to the details
constexpr int kListWidth = 300, kNarrowListWidth = 210;
constexpr int kEditorShare = 550, kEvidenceShare = 450;
constexpr int kOneColumn = 660;    // details at least this wide: one column of editors beside the matrix
constexpr int kSideBySide = 1060;  // wider: several columns of editors beside the matrix
constexpr int kEditorColumn = 320, kFormWidth = 296;  // of one column of editors: usual, narrowest
constexpr int kPanelColumn = 380;                     // while a panel is open in it
constexpr int kEditorsAbove = 1700;  // wider still: all editors in a few lines, matrix and activations below them
// Of the height; the matrix takes no more than it can fill.
constexpr int kBarsShare = 5, kMatrixShare = 7, kStripsShare = 2;
constexpr int kStripsHeight = 132;  // at least: the legend and two layers

QLabel* smallProblem(const QString& name, QWidget* parent) {
    QLabel* label = problemLabel(parent);
    label->setObjectName(name);
    label->setFont(Theme::instance().font(font_size::caption));
    label->setWordWrap(true);
    label->setMinimumWidth(1);
    return label;
}

}  // namespace

QWidget* SamplesPage::buildList() {
    auto* panel = new QWidget;
    panel->setMinimumWidth(200);
    m_goTo = new QLineEdit(panel);
    m_goTo->setObjectName(QStringLiteral("goToRow"));
    m_goTo->setPlaceholderText(tr("go to row: 1234, 50%, end"));
    m_goTo->setAccessibleName(tr("Go to row"));
    m_goToProblem = smallProblem(QStringLiteral("goToProblem"), panel);
    connect(m_goTo, &QLineEdit::returnPressed, this, &SamplesPage::goToTyped);
    connect(m_goTo, &QLineEdit::textEdited, m_goToProblem, &QWidget::hide);
    m_view = new RowView(panel);
    m_view->setObjectName(QStringLiteral("sampleRows"));
    m_view->table()->setAccessibleName(tr("Rows of the dataset"));
    connect(m_view, &RowView::currentRowChanged, this, &SamplesPage::selectViewRow);
    connect(m_view, &RowView::copyRefused, this, &SamplesPage::noticed);
    m_pasteBox = new SamplePasteBox(panel);
    connect(m_pasteBox, &SamplePasteBox::linesOffered, this, &SamplesPage::addLines);
    m_pasteProblem = smallProblem(QStringLiteral("pasteProblem"), panel);
    // Both were about the lines before.
    connect(m_pasteBox, &QPlainTextEdit::textChanged, this, &Page::clearError);
    connect(m_pasteBox, &QPlainTextEdit::textChanged, m_pasteProblem, &QWidget::hide);
    connect(m_pasteBox, &SamplePasteBox::refused, this,
            [this](const QString& reason) { showError(Error("E-UI-011", reason.toStdString())); });
    auto* add = new QPushButton(tr("&Add rows"), panel);
    add->setObjectName(QStringLiteral("addRows"));
    connect(add, &QPushButton::clicked, this, [this] { addLines(m_pasteBox->toPlainText()); });
    m_clearPasted = new QPushButton(tr("Remove pasted"), panel);
    m_clearPasted->setObjectName(QStringLiteral("clearPasted"));
    m_clearPasted->setVisible(false);
    connect(m_clearPasted, &QPushButton::clicked, this, &SamplesPage::removePasted);

    auto* buttons = new FlowLayout(nullptr);
    buttons->addWidget(add);
    buttons->addWidget(m_clearPasted);
    QVBoxLayout* below = columnIn(nullptr, space::s, {space::s, space::s, space::s, space::s});
    below->addWidget(m_pasteProblem);
    below->addWidget(m_pasteBox);
    below->addLayout(buttons);
    auto* above = new QVBoxLayout;
    above->setContentsMargins(space::s, space::s, space::s, space::s);
    above->addWidget(m_goTo);
    above->addWidget(m_goToProblem);

    QVBoxLayout* column = columnIn(panel, 0);
    column->addLayout(above);
    column->addWidget(m_view, 1);
    buildScenarios(panel);
    column->addWidget(m_scenarios);
    column->addLayout(below);
    return panel;
}

// Rows are counted as in the dataset; pasted lines stand before them, and are called +1, +2 …
void SamplesPage::goToTyped() {
    bool isNumber = false;
    const QString typed = withoutGroups(m_goTo->text()).trimmed();
    const qint64 row = typed.toLongLong(&isNumber);
    const qint64 viewRow = isNumber ? m_rows->rowOf(typed.startsWith(QLatin1Char('+')) ? -row : row) : -1;
    const bool found = isNumber ? row >= 0 && viewRow >= 0 : m_view->goTo(m_goTo->text());
    if (isNumber && found) m_view->setCurrentRow(viewRow);
    m_goToProblem->setVisible(!found);
    if (found) return;
    const auto pasted = static_cast<qint64>(m_rows->pasted().size());
    const QString rows = tr("No such row. Rows are 0 … %1").arg(formatCount(m_rows->rowCount() - pasted - 1));
    const QString lines = pasted > 0 ? tr(", pasted ones +1 … +%1").arg(pasted) : QString();
    m_goToProblem->setText(rows + lines + tr("; a share like 50% and “end” work too."));
    m_goTo->selectAll();
}

QWidget* SamplesPage::buildDetails() {
    auto* panel = new QWidget;
    m_summary = new SampleSummary(panel);
    m_form = new SampleFieldForm;
    m_form->setObjectName(QStringLiteral("fieldForm"));
    m_form->setMinimumWidth(kFormWidth);
    m_form->setMinimumHeight(120);
    connect(m_form, &SampleFieldForm::numericalEdited, this, [this](int index, const QString& token, int gesture) {
        edit(index, session().samples().withNumerical(m_row, index, token), gesture);
    });
    connect(m_form, &SampleFieldForm::restoreRequested, this, [this](int field) {
        m_form->setFieldError(field, {});
        display();
    });
    connect(m_form, &SampleFieldForm::categoricalEdited, this, [this](int index, const QString& token, int gesture) {
        const auto numericals = static_cast<int>(m_row.input.numerical.size());
        edit(numericals + index, session().samples().withCategorical(m_row, index, token), gesture);
    });

    connect(m_form, &SampleFieldForm::rowRequested, this, [this](int table, qint64 id) {
        session().setSelection({.kind = Selection::Kind::TableRow, .table = table, .row = id});
        Q_EMIT pageRequested(QStringLiteral("tables"));
    });

    connectWhatIf();
    auto* editing = new QWidget;
    m_editing = columnIn(editing, 0);
    m_editing->addWidget(m_form, 1);
    m_details = new QSplitter(Qt::Horizontal);
    m_details->setChildrenCollapsible(false);
    m_details->addWidget(editing);
    m_details->addWidget(buildEvidence());
    QVBoxLayout* column = columnIn(panel, space::xs);
    column->addWidget(m_summary);
    column->addWidget(m_details, 1);
    return panel;
}

QWidget* SamplesPage::buildEvidence() {
    auto* evidence = new QWidget;
    m_parts = new QTabBar(evidence);
    m_parts->setObjectName(QStringLiteral("evidenceParts"));
    m_parts->setDrawBase(false);
    m_parts->setExpanding(false);
    m_parts->addTab(tr("Attribution"));
    m_parts->addTab(tr("Interaction"));
    m_parts->addTab(tr("Activations"));
    connect(m_parts, &QTabBar::currentChanged, this, &SamplesPage::showParts);

    m_bars = new AttributionBars(evidence);
    m_bars->setObjectName(QStringLiteral("attribution"));
    connect(m_bars, &AttributionBars::fieldClicked, this, [this](int field) { m_form->markFields({field}); });

    m_heatmap = new HeatmapView(tr("Interaction"), evidence);
    m_heatmap->setObjectName(QStringLiteral("interaction"));
    m_heatmap->setMinimumSize(200, 200);
    m_heatmap->setHoverText([this](int row, int column, float value) { return pairText(row, column, value); });
    connect(m_heatmap, &HeatmapView::cellClicked, this, &SamplesPage::selectPair);
    m_noInteraction = new QLabel(tr("No dot interaction: cross layers"), evidence);
    m_noInteraction->setObjectName(QStringLiteral("noInteraction"));
    m_noInteraction->setAlignment(Qt::AlignCenter);
    m_noInteraction->setProperty("muted", true);
    m_noInteraction->hide();
    // A layout, not a widget: it hands on that the matrix has a largest height, and what is left goes to the others.
    m_matrix = columnIn(nullptr, space::xs);
    m_matrix->addWidget(m_heatmap, 1);
    m_matrix->addWidget(m_noInteraction);

    m_strips = new QWidget(evidence);
    m_activations = new SampleActivations;
    m_activations->setObjectName(QStringLiteral("activations"));
    m_activations->setProperty("transparent", true);
    QVBoxLayout* stripsColumn = columnIn(m_strips, space::xs);
    stripsColumn->addWidget(boldLabel(m_strips, tr("Activations, bottom to top")));
    stripsColumn->addWidget(scrolled(m_activations, m_strips), 1);

    m_evidence = new QBoxLayout(QBoxLayout::TopToBottom);
    m_evidence->setSpacing(space::m);
    m_evidence->addWidget(m_bars, kBarsShare);
    m_evidence->addLayout(m_matrix, kMatrixShare);
    m_evidence->addWidget(m_strips, kStripsShare);

    QVBoxLayout* column = columnIn(evidence, space::s, {space::m, space::s, space::m, space::s});
    column->addWidget(m_parts);
    column->addLayout(m_evidence, 1);
    column->addLayout(buildChoices(evidence));
    return evidence;
}

// Of all the evidence; arrange() places what only the matrix shows.
QLayout* SamplesPage::buildChoices(QWidget* evidence) {
    m_quantity = new QComboBox(evidence);
    m_quantity->setObjectName(QStringLiteral("interactionQuantity"));
    m_quantity->addItems({tr("Dot products"), tr("Adds to the logit")});
    m_quantity->setAccessibleName(tr("What the interaction matrix shows"));
    m_quantity->setToolTip(tr("The matrix shows the products of all pairs of vectors, or what each adds to the logit"));
    connect(m_quantity, &QComboBox::currentIndexChanged, this, &SamplesPage::showInteraction);
    m_showDifference = new QCheckBox(tr("&Difference from pinned"), evidence);
    m_showDifference->setObjectName(QStringLiteral("showDifference"));
    m_showDifference->setEnabled(false);
    connect(m_showDifference, &QCheckBox::toggled, this, &SamplesPage::showEvidence);
    m_holdScale = new QCheckBox(tr("Hold &scale"), evidence);
    m_holdScale->setObjectName(QStringLiteral("holdScale"));
    m_holdScale->setToolTip(
        tr("Colours and bars keep the values they stand for now, so that rows can be compared; "
           "larger values get the strongest colour and the longest bar"));
    connect(m_holdScale, &QCheckBox::toggled, m_heatmap, &HeatmapView::holdScale);
    connect(m_holdScale, &QCheckBox::toggled, m_activations, &SampleActivations::holdScale);
    connect(m_holdScale, &QCheckBox::toggled, m_bars, &AttributionBars::holdScale);
    // Another quantity is on a scale of its own.
    connect(m_showDifference, &QCheckBox::toggled, m_holdScale, [this] { m_holdScale->setChecked(false); });
    connect(m_quantity, &QComboBox::currentIndexChanged, m_holdScale, [this] { m_holdScale->setChecked(false); });
    m_choices = new FlowLayout(nullptr);
    m_choices->setSpacing(space::m);
    for (QWidget* choice : {m_showDifference, m_holdScale}) m_choices->addWidget(choice);
    return m_choices;
}

void SamplesPage::buildActions() {
    const auto step = [this](QAction* action, const QString& name, const QKeySequence& keys) {
        action->setObjectName(QStringLiteral("edit-") + name);
        action->setIcon(themeIcon(name));
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        action->setToolTip(QStringLiteral("%1 (%2)").arg(action->toolTip(), keys.toString(QKeySequence::NativeText)));
        addAction(action);
        auto* button = new QToolButton(this);
        button->setDefaultAction(action);
        button->setObjectName(name);
        addHeaderWidget(button);
    };
    step(m_undo->createUndoAction(this, tr("Undo")), QStringLiteral("undo"), QKeySequence(QStringLiteral("Ctrl+Z")));
    step(m_undo->createRedoAction(this, tr("Redo")), QStringLiteral("redo"),
         QKeySequence(QStringLiteral("Ctrl+Shift+Z")));
    auto* copy = new QAction(this);
    copy->setObjectName(QStringLiteral("edit-copy"));
    connect(copy, &QAction::triggered, this, &SamplesPage::copyRow);

    const auto plain = [this](const QString& text, const QString& tip, const char* icon, const char* name) {
        auto* b = new QToolButton(this);
        b->setText(text);
        b->setToolTip(tip);
        b->setIcon(themeIcon(QString::fromLatin1(icon)));
        b->setObjectName(QString::fromLatin1(name));
        b->setProperty("button", true);
        b->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        addHeaderWidget(b);
        return b;
    };
    QToolButton* changes = plain(tr("Smallest changes"),
                                 tr("Of every field the smallest change that brings the prediction to the other side "
                                    "of a threshold"),
                                 "sweep", "smallestChanges");
    connect(changes, &QToolButton::clicked, m_whatIf, &SampleWhatIf::openChanges);
    m_revert = plain(tr("Revert"), tr("Take back all edits of this row"), "reset", "revert");
    connect(m_revert, &QToolButton::clicked, this, &SamplesPage::revert);
    m_copy = plain(tr("Copy"), tr("Copy this row as a tab-separated line"), "copy", "copyRow");
    connect(m_copy, &QToolButton::clicked, this, &SamplesPage::copyRow);
    m_pinButton = plain(tr("Pinned"), QString(), "pin", "pin");
    m_pinButton->setMinimumWidth(m_pinButton->sizeHint().width());  // its other word moves nothing
    m_pinButton->setCheckable(true);
    connect(m_pinButton, &QToolButton::clicked, this, &SamplesPage::togglePin);

    auto* paste = new QShortcut(QKeySequence(QKeySequence::Paste), this);
    paste->setContext(Qt::WidgetWithChildrenShortcut);
    connect(paste, &QShortcut::activated, this, [this] {
        const QMimeData* clipboard = QApplication::clipboard()->mimeData();
        if (clipboard && clipboard->hasText()) m_pasteBox->offer(clipboard->text());
    });
}

void SamplesPage::arrange() {
    const int list = width() < kWide ? kNarrowListWidth : kListWidth;
    const int room = width() - list;
    const Arrangement wanted = room >= kEditorsAbove ? Arrangement::Above
                               : room >= kSideBySide ? Arrangement::Beside
                               : room >= kOneColumn  ? Arrangement::Narrow
                                                     : Arrangement::Stacked;
    if (m_arrangement == wanted) return;
    m_arrangement = wanted;
    const bool sideBySide = wanted == Arrangement::Beside || wanted == Arrangement::Narrow;
    m_details->setOrientation(sideBySide ? Qt::Horizontal : Qt::Vertical);
    m_evidence->setDirection(sideBySide ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_evidence->setAlignment(m_evidence->itemAt(1)->layout(), sideBySide ? Qt::Alignment() : Qt::AlignTop);
    // What the matrix shows is chosen under it; in a column the line of all choices is there, and costs it no height.
    if (sideBySide)
        for (QWidget* choice : {static_cast<QWidget*>(m_quantity), static_cast<QWidget*>(m_showDifference),
                                static_cast<QWidget*>(m_holdScale)})
            m_choices->addWidget(choice);
    else m_matrix->addWidget(m_quantity, 0, Qt::AlignLeft);
    // Below several columns of editors there is room for the activations.
    if (wanted == Arrangement::Beside) m_editing->addWidget(m_strips);
    else m_evidence->addWidget(m_strips, kStripsShare);
    m_details->setStretchFactor(1, wanted == Arrangement::Narrow ? 1 : 0);  // one column of editors needs no more room
    m_columns->setSizes({list, std::max(1, width() - list)});
    shareDetails();
    showParts();
}

void SamplesPage::shareDetails() {
    const int editors = m_form->heightFor(width() - kListWidth),
              column = m_whatIf->isOpen() ? kPanelColumn : kEditorColumn;
    if (m_arrangement == Arrangement::Above) m_details->setSizes({editors, std::max(1, height() - editors)});
    else if (m_arrangement == Arrangement::Narrow)
        m_details->setSizes({column, std::max(1, width() - kListWidth - column)});
    else m_details->setSizes({kEditorShare, kEvidenceShare});
    fitStrips();
}

// Below the editors the activations have what those leave, as far as they need it.
void SamplesPage::fitStrips() {
    const bool below = m_arrangement == Arrangement::Beside;
    const int margin = below ? space::m : 0;
    m_strips->layout()->setContentsMargins(margin, below ? space::s : 0, margin, below ? space::s : 0);
    const int title = m_strips->layout()->itemAt(0)->sizeHint().height() + space::xs + 2 * space::s;
    const int all = m_activations->sizeHint().height() + title;
    const int room = m_editing->parentWidget()->height() - m_form->widget()->sizeHint().height();
    m_strips->setMinimumHeight(below ? std::clamp(room, kStripsHeight, std::max(kStripsHeight, all)) : kStripsHeight);
    m_strips->setMaximumHeight(below ? m_strips->minimumHeight() : QWIDGETSIZE_MAX);
}

// Where there is no room for all the evidence, one part of it at a time.
void SamplesPage::showParts() {
    const bool all = m_arrangement == Arrangement::Beside || m_arrangement == Arrangement::Above;
    const auto shows = [&](int part) { return all || m_parts->currentIndex() == part; };
    m_parts->setVisible(!all);
    m_bars->setVisible(shows(0));
    m_heatmap->setVisible(shows(1) && hasDots());
    m_quantity->setVisible(shows(1) && hasDots());
    m_noInteraction->setVisible(shows(1) && !hasDots());
    m_strips->setVisible(shows(2));
    const bool column = m_evidence->direction() == QBoxLayout::TopToBottom;
    m_evidence->setStretch(1, !hasDots() && shows(0) ? 0 : column ? kMatrixShare : kBarsShare);
}

void SamplesPage::connectWhatIf() {
    m_whatIf = new SampleWhatIf(session(), *m_form, this);
    connect(m_form, &SampleFieldForm::sweepRequested, m_whatIf, &SampleWhatIf::openSweep);
    connect(m_whatIf, &SampleWhatIf::valueChosen, this, &SamplesPage::feed);
    connect(m_whatIf, &SampleWhatIf::noticed, this, &SamplesPage::noticed);
    connect(m_whatIf, &SampleWhatIf::layoutChanged, this, [this] {
        if (m_arrangement == Arrangement::Above || m_arrangement == Arrangement::Narrow) shareDetails();
    });
}

void SamplesPage::showWhatIf() {
    m_whatIf->setRow(m_key && !m_stale ? std::optional(SampleWhatIf::Shown{isEdited() || *m_key < 0 ? -1 : *m_key,
                                                                           m_row, sourceOf({})})
                                       : std::nullopt);
}

// As if it had been typed: it can be undone.
void SamplesPage::feed(int field, const QString& token) {
    const auto numericals = static_cast<int>(m_row.input.numerical.size());
    edit(field,
         field < numericals ? session().samples().withNumerical(m_row, field, token)
                            : session().samples().withCategorical(m_row, field - numericals, token),
         m_form->nextGesture());
}

// Esc closes the panel before it is the window's, which cancels what runs.
bool SamplesPage::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && m_whatIf->isOpen() &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return Page::event(event);
}

void SamplesPage::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && m_whatIf->isOpen()) m_whatIf->close();
    else Page::keyPressEvent(event);
}

void SamplesPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    arrange();
    fitStrips();
}

}  // namespace dlrm::ui
