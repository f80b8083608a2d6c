// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/open_target.h"

#include <QDir>
#include <QFileInfo>

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

bool isModelFile(const QString& path) {
    static const QStringList kModelSuffixes{QStringLiteral("h5"), QStringLiteral("hdf5"), QStringLiteral("keras")};
    return kModelSuffixes.contains(QFileInfo(path).suffix().toLower());
}

OpenTargets sortTargets(const QStringList& paths) {
    OpenTargets out;
    for (const QString& path : paths) {
        switch (classifyTarget(path)) {
            case TargetKind::Dataset: out.dataset = path; break;
            case TargetKind::Dictionary: out.dictionary = path; break;
            case TargetKind::Checkpoint:
                // One file of a checkpoint means the checkpoint, unless the file is one itself.
                out.checkpoint = QFileInfo(path).isFile() && !isModelFile(path) ? QFileInfo(path).absolutePath() : path;
                break;
        }
    }
    return out;
}

}  // namespace dlrm::ui
