// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/page.h"

#include <QRadioButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>

#include <algorithm>

#include "ui/pages/info_card.h"
#include "ui/pages/overview/architecture_figure.h"
#include "ui/pages/overview/choices_card.h"
#include "ui/pages/overview/integrity_card.h"
#include "ui/pages/overview/reading_card.h"
#include "ui/pages/parts.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/order_standing.h"
#include "ui/session/plain_words.h"
#include "ui/session/table_analysis.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kNarrowestCards = 290, kWidestCards = 440;
constexpr int kBytesInGib = 1 << 30;
constexpr int kPlacementIntervalMs = 1000;
constexpr int kScrollMs = 100;  // until a card that grew is laid out

std::int64_t layerParameters(const auto& layers) {
    std::int64_t n = 0;
    for (const auto& layer : layers) n += layer.parameters();
    return n;
}

}  // namespace

OverviewPage::OverviewPage(Session& s, QWidget* parent) : Page(s, tr("Overview"), parent) {
    setContent(buildContent());
    connect(&s, &Session::modelOpened, this, &OverviewPage::showModel);
    connect(&s, &Session::modelClosed, this, &OverviewPage::showNothing);
    connect(&s, &Session::datasetOpened, this, &OverviewPage::fillData);
    connect(&s, &Session::datasetClosed, this, &OverviewPage::fillData);
    connect(&s, &Session::selectionChanged, this, &OverviewPage::showSelection);
    connect(&s.checks(), &CheckDesk::doctorReady, this, &OverviewPage::showOrder);
    connect(&s, &Session::engineReplaced, this, &OverviewPage::showOrder);
    connect(&s, &Session::declined, this, &OverviewPage::showOrder);
    // What a check found of the tables is known to all: the figure shows it.
    const auto findHealth = [this] {
        if (!session().isRunning(JobKind::TableStatistics)) session().tables().findKnown();
        showHealth();
    };
    connect(&s.checks(), &CheckDesk::valuesChecked, this, findHealth);
    connect(&s, &Session::engineReplaced, this, findHealth);
    connect(&s.tables(), &TableAnalysis::statisticsReady, this, &OverviewPage::showHealth);
    connect(&s, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind == JobKind::Doctor || kind == JobKind::Values || kind == JobKind::Verify) clearError();
    });
    connect(&s, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        CheckDesk& checks = session().checks();
        if (kind == JobKind::Doctor) showError(error, [&checks] { checks.requestDoctor(); });
        if (kind == JobKind::Values) showError(error, [&checks] { checks.checkValues(); });
        if (kind == JobKind::Verify) showError(error, [&checks] { checks.requestRecordPlaces(); });
    });
    followOpening([this] { showNothing(); });
    auto* placementTimer = new QTimer(this);
    placementTimer->setInterval(kPlacementIntervalMs);
    connect(placementTimer, &QTimer::timeout, this, [this] {
        if (isVisible()) fillPlacement();
    });
    placementTimer->start();
    if (s.model()) {
        showModel(s.model());
        findHealth();  // the page is made once a model is open
    } else {
        showNothing();
    }
}

QString OverviewPage::helpText() const {
    return tr(
        "The model as its files describe it, from the inputs at the bottom to the click probability at the top. A bar "
        "is an embedding table, its height the "
        "logarithm of its rows; a trapezoid is a layer of an MLP, from its inputs to its outputs. Point at a part for "
        "exact numbers, click it or use the arrow "
        "keys to select it, double-click a table to see its rows, a layer to see its weights. The cards at the right "
        "say where the model comes from, what is assumed and what was checked. The reading check tries on labelled "
        "rows whether model and data are "
        "read with the right assumptions, and applies what it found.");
}

QWidget* OverviewPage::buildContent() {
    auto* content = new QWidget;
    QHBoxLayout* columns = rowIn(content, 0);
    m_figure = new ArchitectureFigure;
    QScrollArea* figureArea = scrolled(m_figure, content);
    figureArea->setFocusPolicy(Qt::NoFocus);
    columns->addWidget(figureArea, 1);

    auto* cards = new QWidget;
    QVBoxLayout* stack = columnIn(cards, space::m, {space::xs, space::l, space::l, space::l});
    m_source = new InfoCard(tr("Source"), cards);
    m_data = new InfoCard(tr("Dataset"), cards);
    m_data->setObjectName(QStringLiteral("datasetCard"));
    m_parameters = new InfoCard(tr("Parameters"), cards);
    m_reading = new ReadingCard(session(), cards);
    auto* integrity = new IntegrityCard(session(), cards);
    const auto toTables = [this] { Q_EMIT pageRequested(QStringLiteral("tables")); };
    connect(integrity, &IntegrityCard::tablesRequested, this, toTables);
    connect(integrity, &IntegrityCard::asked, this, [this, integrity] {
        QTimer::singleShot(kScrollMs, integrity,
                           [this, integrity] { m_cardArea->ensureWidgetVisible(integrity, 0, space::m); });
    });
    m_placement = new InfoCard(tr("Placement"), cards);
    m_notes = new InfoCard(tr("Notes"), cards);
    m_notes->setObjectName(QStringLiteral("notesCard"));
    stack->addWidget(m_source);
    stack->addWidget(m_data);
    stack->addWidget(m_parameters);
    stack->addWidget(buildInteractionCard());
    auto* choices = new ChoicesCard(session(), cards);
    connect(choices, &ChoicesCard::changeRequested, this,
            [this](const QString& option) { Q_EMIT actionRequested(QStringLiteral("change:") + option); });
    stack->addWidget(choices);
    for (InfoCard* card : std::initializer_list<InfoCard*>{m_reading, integrity, m_placement, m_notes})
        stack->addWidget(card);
    stack->addStretch(1);
    m_cardArea = scrolled(cards, content);
    m_cardArea->setFocusPolicy(Qt::NoFocus);
    columns->addWidget(m_cardArea);

    connect(m_figure, &ArchitectureFigure::tableClicked, this,
            [this](int table) { session().setSelection({.kind = Selection::Kind::Table, .table = table}); });
    connect(m_figure, &ArchitectureFigure::layerClicked, this, [this](bool top, int layer) {
        session().setSelection({.kind = Selection::Kind::Layer, .topMlp = top, .layer = layer});
    });
    connect(m_figure, &ArchitectureFigure::layerActivated, this,
            [this] { Q_EMIT pageRequested(QStringLiteral("layers")); });
    connect(m_figure, &ArchitectureFigure::tableActivated, this, toTables);
    return content;
}

QWidget* OverviewPage::buildInteractionCard() {
    m_interaction = new InfoCard(tr("Interaction order"));
    m_interaction->setObjectName(QStringLiteral("interactionCard"));
    auto* choices = new QWidget(m_interaction);
    QVBoxLayout* column = columnIn(choices, space::xs, {0, space::xs, 0, 0});
    const auto choice = [&](InteractionOrder order) {
        auto* button = new QRadioButton(choices);
        column->addWidget(button);
        connect(button, &QRadioButton::clicked, this,
                [this, order] { session().chooseSettings([order](ModelSettings& s) { s.chooseOrder(order); }); });
        return button;
    };
    m_customCuda = choice(InteractionOrder::CustomCuda);
    m_tensorflow = choice(InteractionOrder::Tensorflow);
    m_interaction->layout()->addWidget(choices);
    return m_interaction;
}

void OverviewPage::showNothing() {
    setSubtitle({});
    showWithoutModel(
        tr("The architecture of a DLRM checkpoint, its size and what is assumed about it will stand here "
           "once one is open."));
}

void OverviewPage::showModel(const ModelInfoPtr& model) {
    clearError();
    setSubtitle(QStringLiteral("%1 · %2").arg(
        checkpointName(QString::fromStdString(model->path)),
        tr("%1 parameters").arg(formatShort(static_cast<double>(model->spec.parameters())))));
    m_figure->setSpec(model->spec);
    fillCards(*model);
    showOrder();
    showHealth();
    showSelection(session().selection());
    showContent();
}

void OverviewPage::fillCards(const ModelInfo& model) {
    const ModelSpec& spec = model.spec;
    m_source->clear();
    m_source->addPath(tr("Path"), QString::fromStdString(model.path));
    m_source->addFact(tr("Layout"), QString::fromStdString(spec.layout));
    m_source->addSentence(QString::fromStdString(spec.layoutDescription));
    m_source->addFact(tr("Files"), formatCount(session().fileCount()));
    QStringList types;
    const auto addTypes = [&types](const auto& parts) {
        for (const auto& part : parts) types << QString::fromUtf8(name(part.dtype));
    };
    addTypes(spec.tables);
    addTypes(spec.bottomMlp);
    addTypes(spec.topMlp);
    types.removeDuplicates();
    m_source->addFact(tr("Values"), types.join(QStringLiteral(", ")));
    const std::int64_t bytes = spec.bytes();
    m_source->addFact(tr("Size"),
                      bytes >= kBytesInGib ? tr("%1 (%2\u00a0bytes)").arg(formatBytes(bytes), formatCount(bytes))
                                           : formatBytes(bytes),
                      tr("%1 bytes").arg(formatCount(bytes)));

    const std::int64_t bottom = layerParameters(spec.bottomMlp), cross = layerParameters(spec.crossLayers),
                       top = layerParameters(spec.topMlp), all = spec.parameters(), tables = all - bottom - cross - top;
    const auto share = [all](std::int64_t n) {
        return all > 0 ? formatPercent(static_cast<double>(n) / static_cast<double>(all), 3)
                             .replace(QLatin1Char(' '), QChar(QChar::Nbsp))
                       : QString();
    };
    m_parameters->clear();
    m_parameters->addFact(tr("All"), formatCount(all));
    for (const auto& [title, n] : {std::pair{holdsArrays(spec) ? tr("Arrays") : tr("Tables"), tables},
                                   {tr("Bottom MLP"), bottom},
                                   {tr("Cross layers"), cross},
                                   {tr("Top MLP"), top}})
        if (n > 0 || (spec.missing.empty() && title != tr("Cross layers")))
            m_parameters->addFact(title, tr("%1 (%2)").arg(formatCount(n), share(n)));
    // A part of a model predicts nothing: no order and no reading to be right or wrong.
    m_interaction->setVisible(spec.missing.empty());
    m_reading->setVisible(spec.missing.empty());

    fillData();
    m_placementShown.clear();
    fillPlacement();
}

void OverviewPage::fillData() {
    const DatasetInfoPtr rows = session().dataset();
    m_data->clear();
    m_data->setVisible(rows != nullptr);
    if (!rows) return;
    m_data->addPath(tr("Path"), rows->path);
    m_data->addFact(tr("Rows"), rows->split.isEmpty() ? formatCount(rows->rows)
                                                      : tr("%1, split %2").arg(formatCount(rows->rows), rows->split));
    if (rows->dictionary.isEmpty()) m_data->addFact(tr("Dictionary"), tr("none"));
    else m_data->addPath(tr("Dictionary"), rows->dictionary);
    if (rows->foreignDictionary) m_data->addMarked(InfoCard::Mark::Warn, rows->unknownValues);
    else if (!rows->unknownValues.isEmpty()) m_data->addSentence(rows->unknownValues);
}

void OverviewPage::fillNotes(const ModelInfo& model) {
    const ModelSpec& spec = model.spec;
    m_notes->clear();
    if (!spec.tableOrderNote.empty()) m_notes->addSentence(inWords(spec.tableOrderNote));
    const OrderStanding standing = orderStanding(spec, session().checks().results().doctor.get());
    for (const std::string& note : model.notes) {
        if (note == spec.tableOrderNote) continue;
        // Written when the files were opened; what was checked since is said instead.
        const bool order = note.starts_with("Interaction order ");
        if (order && !spec.missing.empty()) continue;
        m_notes->addSentence(
            order && standing.state != OrderStanding::State::Assumed
                ? tr("Interaction order: %1, %2.").arg(orderWords(spec.interactionOrder), standing.words)
                : inWords(note));
    }
    m_notes->setVisible(!spec.tableOrderNote.empty() || !model.notes.empty());
}

void OverviewPage::showOrder() {
    const ModelInfoPtr model = session().model();
    if (!model) return;
    const OrderStanding standing = orderStanding(model->spec, session().checks().results().doctor.get());
    m_figure->setOrder(standing.words, standing.isDoubtful());
    fillInteraction(*model);
    fillNotes(*model);
}

void OverviewPage::showHealth() {
    const ModelInfoPtr model = session().model();
    if (!model) return;
    std::vector<std::optional<TableHealth>> health;
    for (int t = 0; t < static_cast<int>(model->spec.tables.size()); ++t) {
        const TableStatisticsPtr known = session().tables().statistics(t);
        health.push_back(known ? std::optional(TableHealth{known->untrained.share(), known->scan.nan + known->scan.inf})
                               : std::nullopt);
    }
    m_figure->setHealth(std::move(health));
}

// Tables that are on their way to the GPU arrive, and a GPU may be lost, while the page is looked at.
void OverviewPage::fillPlacement() {
    const ModelInfoPtr model = session().model();
    if (!model) return;
    const BackendInfo backend = session().backend();
    std::int64_t tables = 0, gpu = 0, gpuPlanned = 0, pinned = 0, pinnedPlanned = 0, fileRows = 0;
    for (const TableSpec& t : model->spec.tables) tables += t.bytes;
    const std::vector<TablePlacement> places = session().placement();
    for (const TablePlacement& p : places) {
        gpu += p.gpuRows * p.rowBytes;
        gpuPlanned += p.gpuRowsPlanned * p.rowBytes;
        pinned += p.pinnedRows * p.rowBytes;
        pinnedPlanned += p.pinnedRowsPlanned * p.rowBytes;
        fileRows += p.fileRows;
    }
    const auto arrived = [](std::int64_t now, std::int64_t planned) {
        return now >= planned ? formatBytes(planned)
                              : tr("%1 of %2, loading").arg(formatBytes(now), formatBytes(planned));
    };
    QList<QPair<QString, QString>> facts;
    if (places.empty()) {
        facts.append({tr("Tables"), tr("file-mapped, read-only: %1 left to the page cache").arg(formatBytes(tables))});
    } else {
        facts.append({tr("GPU memory"), arrived(gpu, gpuPlanned)});
        facts.append({tr("Pinned host"), arrived(pinned, pinnedPlanned)});
        facts.append({tr("Mapped files"), tr("%1, the least frequent").arg(countedText(fileRows, "row"))});
    }
    facts.append({tr("Computes"), QString::fromStdString(backend.name).toUpper() + QStringLiteral(", ") +
                                      QString::fromUtf8(name(backend.precision))});
    facts.append({tr("Device"), QString::fromStdString(backend.device)});
    const bool planned = places.empty() && backend.name == "cuda";
    const QString sentence =
        planned ? tr("Tables go to the GPU with the first prediction, the most frequent rows first.") : QString();
    const QString reason = QString::fromStdString(backend.reason);
    QString shown = sentence + reason;
    for (const auto& [title, value] : facts) shown += title + value;
    if (shown == m_placementShown) return;
    m_placementShown = shown;
    m_placement->clear();
    for (const auto& [title, value] : facts) m_placement->addFact(title, value);
    for (const QString& text : {sentence, reason})
        if (!text.isEmpty()) m_placement->addSentence(text);
}

void OverviewPage::fillInteraction(const ModelInfo& model) {
    const ModelSpec& spec = model.spec;
    const QString order = orderWords(spec.interactionOrder);
    m_interaction->clear();
    const bool dots = spec.interaction == InteractionKind::Dot;
    m_customCuda->setVisible(dots);
    m_tensorflow->setVisible(dots);
    if (!dots) {
        m_interaction->addMarked(InfoCard::Mark::Pass, tr("No dot interaction: %1 of %2.")
                                                           .arg(countedText(spec.crossLayers.size(), "cross layer"),
                                                                countedText(spec.interactionWidth(), "value")));
        m_interaction->addSentence(
            tr("Each computes x0 · (x U V + b) + x; x0 is the bottom MLP's output followed by every table's row."));
        return;
    }
    const OrderStanding standing = orderStanding(spec, session().checks().results().doctor.get());
    using State = OrderStanding::State;
    if (standing.state == State::Contradicted) {
        m_interaction->addMarked(InfoCard::Mark::Warn,
                                 tr("%1 is %2: the check says %3.").arg(order, standing.words, standing.other));
    } else if (standing.state == State::Assumed) {
        m_interaction->addMarked(InfoCard::Mark::Warn, tr("ASSUMPTION: %1, the training script's default.").arg(order));
        m_interaction->addSentence(tr(
            "The files do not record the order. With the wrong one every prediction is wrong and nothing else tells."));
    } else if (standing.state == State::Fixed) {
        m_interaction->addMarked(InfoCard::Mark::Pass, tr("%1: this layout knows no other.").arg(order));
    } else {
        const bool found = standing.state == State::Confirmed || standing.state == State::Detected;
        m_interaction->addMarked(found ? InfoCard::Mark::Pass : InfoCard::Mark::Open,
                                 tr("%1, %2. The files do not record it.").arg(order, standing.words));
    }
    const QString bottom = countedText(spec.embeddingDim, "output"), pairs = countedText(spec.pairs(), "dot");
    const auto offer = [&spec](QRadioButton* button, InteractionOrder choice, const QString& meaning) {
        button->setText(orderWords(choice));
        button->setToolTip(meaning);
        button->setEnabled(spec.orderSource != OrderSource::Format);
    };
    offer(m_customCuda, InteractionOrder::CustomCuda, tr("%1 of the bottom MLP, then %2").arg(bottom, pairs));
    offer(m_tensorflow, InteractionOrder::Tensorflow, tr("%2, then %1 of the bottom MLP").arg(bottom, pairs));
    (spec.interactionOrder == InteractionOrder::CustomCuda ? m_customCuda : m_tensorflow)->setChecked(true);
}

void OverviewPage::showSelection(const Selection& selection) {
    using Kind = Selection::Kind;
    const bool table = selection.kind == Kind::Table || selection.kind == Kind::TableRow;
    if (selection.kind == Kind::Layer)
        m_figure->mark(selection.topMlp ? FigurePart::Kind::TopLayer : FigurePart::Kind::BottomLayer, selection.layer);
    else m_figure->mark(FigurePart::Kind::Table, table ? selection.table : -1);
}

// The cards of what was checked, at the bottom.
void OverviewPage::showRenderView(const QString&) {
    session().checks().requestFiles();
    QTimer::singleShot(kScrollMs, m_cardArea, [area = m_cardArea] {
        area->verticalScrollBar()->setValue(area->verticalScrollBar()->maximum());
    });
}

void OverviewPage::prepareForRender() {
    if (session().model() && session().model()->spec.missing.empty())
        session().checks().requestDoctor();  // a part predicts nothing: no reading to check
}

bool OverviewPage::isSettled() const { return !session().isRunning(JobKind::OpenModel) && m_reading->isSettled(); }

void OverviewPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    m_cardArea->setFixedWidth(std::clamp(width() / 3, kNarrowestCards, kWidestCards));
}

}  // namespace dlrm::ui
