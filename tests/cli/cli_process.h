// SPDX-License-Identifier: Apache-2.0
// Runs dlrm-cli as a process and keeps what it said.
#pragma once

#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <nlohmann/json.hpp>

namespace dlrm::test {

inline const QString kCli = QStringLiteral(DLRM_BINARY_DIR "/dlrm-cli");
inline const QString kCheckpoint = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint");
inline const QString kDataset = QStringLiteral(DLRM_TEST_DATA "/golden/datasets/tiny");
inline const QString kDemo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo");

struct CliAnswer {
    int code = -1;  // -1: crashed or did not end
    QByteArray out, err;
    // Empty object when stdout is no JSON.
    nlohmann::json json() const {
        auto parsed = nlohmann::json::parse(out.begin(), out.end(), nullptr, false);
        return parsed.is_discarded() ? nlohmann::json::object() : parsed;
    }
};

// Without what differs from run to run: where it comes from and how long it took.
inline nlohmann::json lasting(nlohmann::json json) {
    for (const char* key : {"provenance", "seconds", "rows_per_second"}) json.erase(key);
    return json;
}

inline CliAnswer finish(QProcess& process) {
    CliAnswer answer;
    if (process.waitForFinished(120'000) && process.exitStatus() == QProcess::NormalExit)
        answer.code = process.exitCode();
    answer.out = process.readAllStandardOutput();
    answer.err = process.readAllStandardError();
    return answer;
}

// So wide that no sentence is broken: tests look for words. That it fits is tst_cli_contract's.
inline QProcessEnvironment wide() {
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("COLUMNS"), QStringLiteral("10000"));
    return environment;
}

inline CliAnswer cli(const QStringList& arguments, const QProcessEnvironment& environment = wide()) {
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(kCli, arguments);
    return finish(process);
}

}  // namespace dlrm::test
