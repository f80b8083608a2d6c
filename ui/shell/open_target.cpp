// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/open_target.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace dlrm::ui {

TargetKind classifyTarget(const QString& path) {
    const QFileInfo info(path);
    if (info.isDir()) {
        const QDir directory(path);
        if (directory.exists(QStringLiteral("feature_spec.yaml"))) return TargetKind::Dataset;
        if (directory.exists(QStringLiteral("cat_0.tsv"))) return TargetKind::Dictionary;
        return TargetKind::Checkpoint;
    }
    static const QStringList kDatasetSuffixes{QStringLiteral("tsv"), QStringLiteral("csv"), QStringLiteral("txt"),
                                              QStringLiteral("yaml")};
    return kDatasetSuffixes.contains(info.suffix().toLower()) ? TargetKind::Dataset : TargetKind::Checkpoint;
}

namespace {

// By its name a file of a checkpoint's directory, and no model on its own.
bool isPart(const QString& path) {
    static const QRegularExpression kName(
        QStringLiteral("^feature_\\d+.*\\.npy$|_mlp_layer_\\d+_|_rank_\\d+_|\\.data-\\d+-of-\\d+$|^saved_model\\.pb$|^("
                       "key|emb_vector)$"));
    return kName.match(QFileInfo(path).fileName()).hasMatch();
}

bool holdsCheckpoint(const QString& path) {
    static const QStringList kNames{QStringLiteral("feature_*.npy"),  QStringLiteral("*_mlp_layer_*"),
                                    QStringLiteral("*_rank_*_*.npy"), QStringLiteral("saved_model.pb"),
                                    QStringLiteral("sparse"),         QStringLiteral("*.index")};
    return !QDir(path).entryList(kNames, QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot).isEmpty();
}

}  // namespace

OpenTargets sortTargets(const QStringList& paths) {
    OpenTargets out;
    for (const QString& path : paths) {
        switch (classifyTarget(path)) {
            case TargetKind::Dataset:
                out.dataset = path;
                break;
            case TargetKind::Dictionary:
                out.dictionary = path;
                break;
            case TargetKind::Checkpoint:
                // One file of a checkpoint means the checkpoint.
                out.checkpoint = QFileInfo(path).isFile() && isPart(path) ? QFileInfo(path).absolutePath() : path;
                break;
        }
    }
    return out;
}

OpenTargets targetsInside(const QString& directory) {
    constexpr int kMost = 200;  // entries that are looked at
    OpenTargets out;
    int seen = 0;
    for (const QFileInfo& entry : QDir(directory).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
        if (++seen > kMost) break;
        const QString path = entry.absoluteFilePath();
        const TargetKind kind = classifyTarget(path);
        if (kind == TargetKind::Dataset && out.dataset.isEmpty()) out.dataset = path;
        if (kind == TargetKind::Dictionary && out.dictionary.isEmpty()) out.dictionary = path;
        if (kind == TargetKind::Checkpoint && out.checkpoint.isEmpty() && holdsCheckpoint(path)) out.checkpoint = path;
    }
    return out;
}

}  // namespace dlrm::ui
