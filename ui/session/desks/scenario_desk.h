// SPDX-License-Identifier: GPL-3.0-or-later
// The workspace of the window: scenarios, what a workspace file says beside them, and what the model says of each. It
// stays whatever is opened, until the workspace is closed or another one is opened: what of it fits what is open now is
// told when it is asked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/scenarios/reasons.h"
#include "core/scenarios/scenario_rows.h"
#include "core/scenarios/workspace_file.h"
#include "ui/session/desks/desk.h"

namespace dlrm::ui {

using WorkspaceFilePtr = std::shared_ptr<const WorkspaceFile>;
using ScenarioResultPtr = std::shared_ptr<const ScenarioResult>;

class ScenarioDesk : public Desk {
    Q_OBJECT
public:
    ScenarioDesk(Session& session, Session::State& state);

    // --- what is kept; GUI thread ---
    const std::vector<Scenario>& scenarios() const { return m_kept.scenarios; }
    const std::optional<Scenario>& pin() const { return m_kept.pin; }
    const std::optional<PinnedRows>& pinnedRows() const { return m_kept.pinnedRows; }
    const std::vector<std::string>& slices() const { return m_kept.slices; }
    QString path() const;                 // of the file that it was read from or written to; empty: none
    QString unsaved() const;              // a sentence where something is in no file; else empty
    void keep(const Scenario& scenario);  // says so where there are as many as a workspace may have
    void rename(int index, const QString& name, const QString& note);
    void remove(int index);
    void setPin(const std::optional<Scenario>& pin);
    void setPinnedRows(const std::optional<PinnedRows>& rows);
    void setSlices(const std::vector<std::string>& slices);
    void close();  // with all that is unsaved

    // --- between scenarios and rows of what is open; GUI thread, some ten microseconds ---
    // Error: why it does not fit, or that nothing is open.
    Result<ScenarioRows> rowsOf(const Scenario& scenario) const;
    // REQUIRES: both are rows of what is open.
    Scenario scenarioOf(const ScenarioRows& rows) const;

    // --- requests ---
    // Answered by fileRead; an error by Session::jobFailed with JobKind::Workspace.
    void read(const QString& path);
    // What was read is kept from now on, in place of what was. Once what it names is open, says what is other than when
    // it was saved.
    void take(const WorkspaceFilePtr& file);
    // Both, of a file that is no person's: it is not saved to.
    void takeFrom(const QString& path);
    // As a file, with the model and the data that are open and how they are read. Answered by saved, or by jobFailed
    // with JobKind::Export.
    void save(const QString& path);
    // What the model says of a scenario and why; answered by predicted with the same token, or by jobFailed. The newest
    // request is answered.
    void predict(const Scenario& scenario, quint64 token);

    void forget() override;

Q_SIGNALS:
    // missing: why the checkpoint that it names cannot be opened; nothing: it is there.
    void fileRead(dlrm::ui::WorkspaceFilePtr file, std::optional<dlrm::Error> missing);
    void taken();    // all of what is kept is other than before
    void changed();  // the list of scenarios, or one of them
    void saved(QString path);
    void predicted(dlrm::ui::ScenarioResultPtr result, quint64 token);

private:
    struct ReadFile {
        WorkspaceFilePtr file;
        std::optional<Error> missing;
    };
    void readFor(const QString& path, const std::function<void(const ReadFile&)>& use);
    void compareIfOpen();
    void touch();

    WorkspaceFile m_kept;
    quint64 m_version = 0, m_savedVersion = 0;  // of the scenarios, counted up with each change
    bool m_toCompare = false;                   // what is open with what it was when the file was saved
};

}  // namespace dlrm::ui
