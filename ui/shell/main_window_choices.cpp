// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow: what resolves an error, offered beside it, and choices that are changed. THE TABLE OF WAYS OUT says which
// option of opening resolves what.
#include <QFileInfo>

#include <string_view>
#include <utility>

#include "ui/pages/page.h"
#include "ui/session/choices.h"
#include "ui/session/window_error.h"
#include "ui/shell/cardinalities_dialog.h"
#include "ui/shell/choice_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/open_target.h"
#include "ui/shell/status_bar.h"

namespace dlrm::ui {
namespace {

// An option (core/engine/open_options.h) with which what failed is opened again.
struct WayOut {
    std::string_view code;                    // of the error
    const char* option;                       // null: see `without`
    const char* value;                        // null: it is typed
    const char* text;                         // of the button
    const char* placeholder = nullptr;        // of the line to type in
    void (*without)(OpenRequest&) = nullptr;  // takes a choice back
};

constexpr const char* kOrderWords = QT_TRANSLATE_NOOP("MainWindow", "Open with this order");
constexpr const char* kOrderLine = QT_TRANSLATE_NOOP("MainWindow", "Feature number of each table, as 19,0,21");
constexpr const char* kAsNvidia = QT_TRANSLATE_NOOP("MainWindow", "Read as NVIDIA Spark");
constexpr const char* kAsMeta = QT_TRANSLATE_NOOP("MainWindow", "Read as facebookresearch/dlrm");
constexpr const char* kOwnProfile = QT_TRANSLATE_NOOP("MainWindow", "Read as the format implies");
constexpr const char* kAnyBackend = QT_TRANSLATE_NOOP("MainWindow", "Choose the backend automatically");

constexpr WayOut kWaysOut[] = {
    {"E-BACKEND-001", "backend", "auto", kAnyBackend},
    {"E-BACKEND-002", "backend", "auto", kAnyBackend},
    {"E-CKPT-021", "table-order", nullptr, kOrderWords, kOrderLine},
    {"E-CKPT-022", "table-order", nullptr, kOrderWords, kOrderLine},
    {"E-CKPT-022", nullptr, nullptr, QT_TRANSLATE_NOOP("MainWindow", "Open without an order"), nullptr,
     [](OpenRequest& r) { r.model.tableOrder.clear(); }},
    {"E-CLI-012", nullptr, nullptr, QT_TRANSLATE_NOOP("MainWindow", "Open as the files say"), nullptr,
     [](OpenRequest& r) { r.model.numericals = 0; }},
    {"E-CONVERT-001", "table-order", nullptr, kOrderWords, kOrderLine},
    {"E-CPU-001", "precision", "fp32", QT_TRANSLATE_NOOP("MainWindow", "Compute in fp32")},
    {"E-DATA-017", nullptr, nullptr, QT_TRANSLATE_NOOP("MainWindow", "Read the numbers as the dataset means them"),
     nullptr, [](OpenRequest& r) { r.data.numerical.reset(); }},
    {"E-DICT-001", "missing-dictionary", "row0", QT_TRANSLATE_NOOP("MainWindow", "Read categories as missing")},
    {"E-DICT-001", "missing-dictionary", "hash", QT_TRANSLATE_NOOP("MainWindow", "Hash categories")},
    {"E-DICT-016", "table-order", nullptr, kOrderWords, kOrderLine},
    {"E-ENGINE-007", "table-order", nullptr, kOrderWords, kOrderLine},
    {"E-ENGINE-018", "combiner", "sum", QT_TRANSLATE_NOOP("MainWindow", "Combine ids by sum")},
    {"E-ENGINE-018", "combiner", "mean", QT_TRANSLATE_NOOP("MainWindow", "Combine ids by mean")},
    {"E-FILE-003", "follow-links", "", QT_TRANSLATE_NOOP("MainWindow", "Follow links")},
    {"E-PROFILE-002", nullptr, nullptr, kOwnProfile, nullptr, [](OpenRequest& r) { r.data.profile.clear(); }},
    {"E-PROFILE-003", nullptr, nullptr, kOwnProfile, nullptr, [](OpenRequest& r) { r.data.profile.clear(); }},
    {"E-RECORD-002", "profile", "nvidia_spark", kAsNvidia},
    {"E-RECORD-002", "profile", "facebookresearch", kAsMeta},
    {"E-RECORD-003", "profile", "nvidia_spark", kAsNvidia},
    {"E-RECORD-003", "profile", "facebookresearch", kAsMeta},
    {"E-TSV-011", "lenient", "", QT_TRANSLATE_NOOP("MainWindow", "Count as missing")},
};

bool isDataOption(std::string_view option) {
    return option == "lenient" || option == "missing-dictionary" || option == "profile";
}

}  // namespace

MainWindow::Asked MainWindow::asked(JobKind kind) const {
    Asked out{kind, opened(), false};
    if (kind == JobKind::OpenModel && !m_lastModel.checkpoint.empty()) out.request = m_lastModel;
    if (kind == JobKind::OpenModel || kind == JobKind::OpenDataset) out.request.data = m_lastDataset.data;
    out.together = kind == JobKind::OpenModel && m_lastDataset.checkpoint == out.request.checkpoint;
    return out;
}

// A dictionary that was refused is not opened with the next rows.
void MainWindow::forgetRefused(const Error& error) {
    if (m_session.isOpening()) return;  // others since
    if (m_session.model()) m_lastModel = {openCheckpointPath(), m_session.settings(), {}, false};
    DataChoices next;
    if (!error.code.starts_with("E-DICT-")) next.dictionary = m_lastDataset.data.dictionary;
    if (const DatasetInfoPtr open = m_session.dataset()) m_lastDataset = {openCheckpointPath(), {}, open->asked, false};
    else m_lastDataset.data = next;
}

void MainWindow::forgetFailure() {
    if (m_failedPage && m_failedPage->showsError(m_failure)) m_failedPage->clearError();
    m_failedPage.clear();
}

OpenRequest MainWindow::opened() const {
    OpenRequest out;
    out.checkpoint = openCheckpointPath();
    out.model = m_session.settings();
    if (const DatasetInfoPtr dataset = m_session.dataset()) out.data = dataset->asked;
    return out;
}

Result<void> MainWindow::openAgain(const Asked& failed, const Change& change) {
    OpenRequest now = failed.request;
    DLRM_TRY(change(now));
    unlessLost(tr("&Open"), [this, failed, now] {
        if (now.followLinks) Session::followLinks();
        const OpenRequest& before = failed.request;
        const DatasetInfoPtr opened = m_session.dataset();
        const bool together =
            failed.together && before.checkpoint == now.checkpoint && !(opened && opened->asked == now.data);
        const bool withData = failed.kind == JobKind::OpenDataset || now.data != before.data || together;
        const bool withModel =
            !now.checkpoint.empty() && (failed.kind == JobKind::OpenModel || now.model != before.model);
        if (withModel) openCheckpoint({now.checkpoint, now.model, withData ? now.data : DataChoices(), false});
        else if (withData && !now.data.path.empty()) openDataset(now.data);
    });
    return {};
}

std::vector<ErrorAction> MainWindow::actionsFor(const Asked& failed, const Error& error) {
    std::vector<ErrorAction> actions;
    const auto add = [&](const QString& text, auto run) { actions.push_back({text, run}); };
    const bool ofDictionary = error.code.starts_with("E-DICT-") && error.code != "E-DICT-016";
    if (ofDictionary || error.code == "E-HDATA-003")
        add(tr("Open dictionary…"), [this, rows = failed.request.data] { chooseDictionaryFor(rows); });
    if (ofDictionary && !failed.request.data.dictionary.empty())
        add(tr("Without this dictionary"), [this, failed] {
            static_cast<void>(openAgain(failed, [](OpenRequest& request) -> Result<void> {
                request.data.dictionary.clear();
                return {};
            }));
        });
    if (error.code == "E-FUSED-001" || error.code == "E-FUSED-002") {
        add(tr("Give the rows of the tables…"), [this, failed] { askForCardinalities(failed); });
        add(tr("Open dataset…"), [this, failed] { chooseDatasetBeside(failed); });
    }
    for (const ChoiceEntry* choice : choicesBehind(error, failed.request)) {
        const auto again = [this, failed](const Change& change) { return openAgain(failed, change); };
        if (failed.kind == JobKind::OpenDataset && choice->saidByDataset)
            add(tr("%1: as the dataset says").arg(title(*choice)), [choice, again] {
                static_cast<void>(again([choice](OpenRequest& request) -> Result<void> {
                    choice->takeBack(request);
                    return {};
                }));
            });
        add(tr("Change: %1…").arg(title(*choice)),
            [this, failed, again, option = QString(QLatin1String(choice->option))] {
                askToChange(option, failed.request, again);
            });
    }
    for (const WayOut& choice : kWaysOut) {
        if (error.code != choice.code) continue;
        const bool byLink = error.remedy.find("--follow-links") != std::string::npos;
        if (error.code == "E-FILE-003" && !byLink) continue;  // a name that leads out, which no choice mends
        if (choice.option && isDataOption(choice.option) && failed.request.data.path.empty())
            continue;  // nothing to read otherwise
        const auto apply = [this, failed, &choice](const QString& value) {
            return openAgain(failed, [&](OpenRequest& request) -> Result<void> {
                if (choice.option) return Session::choose(request, choice.option, value);
                choice.without(request);
                return {};
            });
        };
        const QString text = tr(choice.text);
        if (choice.option && !choice.value)
            actions.push_back({text,
                               {},
                               apply,
                               tr(choice.placeholder),
                               choiceOf(QString::fromLatin1(choice.option))->value(failed.request)});
        else add(text, [apply, value = QString::fromLatin1(choice.value)] { static_cast<void>(apply(value)); });
    }
    if (error.code == "E-CKPT-021" || error.code == "E-ENGINE-007" || error.code == "E-DICT-016")
        add(tr("Open dataset…"), [this] { chooseDataset(); });
    if (failed.kind == JobKind::OpenModel && error.code == "E-CKPT-005") {
        const OpenTargets inside = targetsInside(QString::fromStdString(failed.request.checkpoint));
        if (!inside.checkpoint.isEmpty()) {
            const auto name = [](const QString& path) { return QFileInfo(path).fileName(); };
            const QString what = inside.dataset.isEmpty()
                                     ? tr("Open %1").arg(name(inside.checkpoint))
                                     : tr("Open %1 with %2").arg(name(inside.checkpoint), name(inside.dataset));
            add(what, [this, inside] { open(requestFor(inside.checkpoint, inside.dataset, inside.dictionary)); });
        }
    }
    return actions;
}

void MainWindow::showFailure(JobKind kind, const Error& error) {
    Page* page = currentPage();
    const bool opening = kind == JobKind::OpenModel || kind == JobKind::OpenDataset;
    if (!page) return;
    const Asked failed = asked(kind);
    std::vector<ErrorAction> actions = actionsFor(failed, error);
    const Error shown = withChoices(error, choicesBehind(error, failed.request), failed.request);
    if (isExport(kind)) m_failedExport = {kind, page, shown};
    if (!opening && page->showsError(error) && actions.empty()) return;  // the page shows it with a Retry of its own
    if (kind == JobKind::SampleRows && actions.empty()) return;          // Samples says it in its own way
    std::function<void()> retry;
    if (kind == JobKind::OpenModel && !failed.request.checkpoint.empty())
        retry = [this, failed, error] { retryModel(failed, error); };
    if (kind == JobKind::OpenDataset && !failed.request.data.path.empty())
        retry = [this, failed] { unlessLost(tr("&Open"), [this, failed] { openDataset(failed.request.data); }); };
    const bool beside = failed.together && !failed.request.data.path.empty();
    if (kind == JobKind::OpenModel && error.code == "E-FUSED-001")
        askForCardinalities(failed, beside ? &error : nullptr);
    if (kind == JobKind::OpenModel && error.code == "E-FUSED-002" && !failed.request.model.cardinalities.empty())
        askForCardinalities(failed, &error);
    if (opening) forgetFailure();  // also on another page
    page->showError(shown, std::move(retry), std::move(actions));
    if (!opening) return;
    m_failed = failed;
    m_failure = shown;
    m_failedPage = page;
    forgetRefused(error);
}

// What a page exports is exported from there.
void MainWindow::forgetFailedExport(JobKind kind) {
    const auto& [failed, page, error] = m_failedExport;
    const bool same = failed == kind && (kind == JobKind::ExportCheckpoint || page == currentPage());
    if (same && page && page->showsError(error)) page->clearError();
}

void MainWindow::retryModel(const Asked& failed, const Error& error) {
    OpenRequest again = failed.request;
    if (!failed.together) again.data = {};
    for (const ChoiceEntry* choice : choicesBehind(error, again)) choice->takeBack(again);
    open(again);
}

void MainWindow::askForCardinalities(const Asked& failed, const Error* refused) {
    if (failed.request.checkpoint.empty() || findChild<CardinalitiesDialog*>()) return;
    // What was given for it before in this window stands there: nobody has to type it again.
    OpenRequest now = failed.request;
    const QString path = QString::fromStdString(now.checkpoint);
    if (now.model.cardinalities.empty()) now.model.cardinalities = m_chosen.value(path).cardinalities;
    askToChange(QStringLiteral("cardinalities"), now,
                [this, failed](const Change& change) { return openAgain(failed, change); });
    if (auto* dialog = findChild<CardinalitiesDialog*>(); dialog && refused) dialog->refuse(forWindow(*refused));
}

void MainWindow::askToChange(const QString& option, const OpenRequest& now,
                             const std::function<Result<void>(const Change&)>& open) {
    const ChoiceEntry* const choice = choiceOf(option);
    if (!choice) return;
    const auto use = [choice, open](const std::optional<QString>& value) {
        return open([&](OpenRequest& request) -> Result<void> {
            if (value) return Session::choose(request, choice->option, *value);
            choice->takeBack(request);
            return {};
        });
    };
    QDialog* dialog = nullptr;
    if (option == QLatin1String("cardinalities"))
        dialog = new CardinalitiesDialog(QString::fromStdString(now.checkpoint), choice->value(now), use, this);
    else dialog = new ChoiceDialog(*choice, now, use, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

// Of what is open: what Overview and the status bar offer to choose.
QList<Command> MainWindow::choiceCommands() {
    QList<Command> out;
    for (const QString& words : {tr("Backend…"), tr("Precision: fp32, tf32, bf16, fp16…"), tr("Interaction order…")})
        out.append({words, tr("in the status bar"), [this] { m_status->showBackends(); }});
    const DatasetInfoPtr dataset = m_session.dataset();
    if (!m_session.model()) return out;
    const OpenRequest now = opened();
    for (const ChoiceEntry& choice : choiceTable()) {
        const QString option = QLatin1String(choice.option);
        const bool tablesInOne = option == QLatin1String("cardinalities"), rows = isDataOption(choice.option),
                   rawRows = rows && option != QLatin1String("profile");
        const bool acts = !tablesInOne && (!rows || dataset) && (!rawRows || dataset->rawCategories);
        if (!acts && choice.value(now).isEmpty()) continue;
        out.append({tr("Change: %1…").arg(title(choice)), tr("how files are read"),
                    [this, option] { changeChoice(option); }, Command::Kind::Action, option});
    }
    return out;
}

void MainWindow::changeChoice(const QString& option) {
    const OpenRequest before = opened();
    askToChange(option, before, [this, before](const Change& change) -> Result<void> {
        OpenRequest now = before;
        DLRM_TRY(change(now));
        if (now == before) return {};
        unlessLost(tr("&Open"), [this, before, now] {
            if (now.model != before.model) openCheckpoint({now.checkpoint, now.model, {}, false});
            else openDataset(now.data);
        });
        return {};
    });
}

}  // namespace dlrm::ui
