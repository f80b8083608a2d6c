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
    static const QStringList kDatasetSuffixes{QStringLiteral("tsv"), QStringLiteral("csv"), QStringLiteral("txt"), QStringLiteral("yaml")};
    return kDatasetSuffixes.contains(info.suffix().toLower()) ? TargetKind::Dataset : TargetKind::Checkpoint;
}

namespace {

bool standsAlone(const QString& path) {
    static const QStringList kSuffixes{QStringLiteral("h5"), QStringLiteral("hdf5"), QStringLiteral("keras"), QStringLiteral("npz")};
    static const QRegularExpression kNvidiaName(QStringLiteral("^feature_\\d+|_mlp_layer_\\d+_|_rank_\\d+_"));
    const QFileInfo info(path);
    const QString suffix = info.suffix().toLower();
    return kSuffixes.contains(suffix) || (suffix == QLatin1String("npy") && !kNvidiaName.match(info.fileName()).hasMatch());
}

}  // namespace

OpenTargets sortTargets(const QStringList& paths) {
    OpenTargets out;
    for (const QString& path : paths) {
        switch (classifyTarget(path)) {
            case TargetKind::Dataset: out.dataset = path; break;
            case TargetKind::Dictionary: out.dictionary = path; break;
            case TargetKind::Checkpoint:
                // One file of a checkpoint means the checkpoint, unless it is a model on its own.
                out.checkpoint = QFileInfo(path).isFile() && !standsAlone(path) ? QFileInfo(path).absolutePath() : path;
                break;
        }
    }
    return out;
}

}  // namespace dlrm::ui
