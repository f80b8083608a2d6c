// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/options.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/engine/backends.h"

namespace dlrm::ui {
namespace {

constexpr QSize kLargestSize(8192, 8192);  // a picture of 256 MiB

Failure wrong(const QString& option, const QString& expected, const QString& found) {
    return fail(Error("E-OPTION-001", "The command line is not understood.")
                    .inField(option.toStdString())
                    .butExpected(expected.toStdString())
                    .butFound(found.toStdString())
                    .withRemedy("see dlrm-explorer --help"));
}

}  // namespace

bool asksForRender(int argc, char** argv) {
    for (int i = 1; i < argc; ++i)
        if (std::strcmp(argv[i], "--render") == 0 || std::strncmp(argv[i], "--render=", 9) == 0) return true;
    return false;
}

bool asksForText(int argc, char** argv) {
    static constexpr std::array kNames{"-h", "--help", "--help-all", "-v", "-V", "--version"};
    return std::any_of(argv + 1, argv + std::max(argc, 1), [](const char* argument) {
        return std::any_of(kNames.begin(), kNames.end(), [argument](const char* name) { return std::strcmp(argument, name) == 0; });
    });
}

Result<Options> parseOptions(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Opens a DLRM checkpoint: tables, predictions, interactions and metrics."));
    const auto help = parser.addHelpOption();
    const QCommandLineOption version({QStringLiteral("v"), QStringLiteral("V"), QStringLiteral("version")}, QStringLiteral("Name and version of the program."));
    parser.addOption(version);
    const auto add = [&parser](const char* name, const char* description, const char* value = nullptr) {
        QCommandLineOption option{QString(QLatin1String(name)), QString(QLatin1String(description))};
        if (value) option.setValueName(QLatin1String(value));
        parser.addOption(option);
    };
    parser.addPositionalArgument(QStringLiteral("CHECKPOINT"), QStringLiteral("Directory with the checkpoint's .npy files."), QStringLiteral("[CHECKPOINT]"));
    parser.addPositionalArgument(QStringLiteral("DATASET"), QStringLiteral("The same as --data."), QStringLiteral("[DATASET]"));
    add("data", "Dataset: feature_spec.yaml, its directory, or raw Criteo rows.", "PATH");
    add("split", "Split of the dataset, test by default.", "NAME");
    add("dictionary", "Directory with the category dictionaries cat_N.tsv.", "DIR");
    add("interaction", "Interaction order: custom_cuda or tensorflow.", "ORDER");
    add("combiner", "How several ids of a feature become one vector, for multi-hot rows: sum or mean.", "NAME");
    add("cardinalities", "Rows of every table, as 1000,7,300, or a file that holds them; for a model whose tables were saved as one.", "ROWS");
    add("follow-links", "Follow symbolic links that lead out of the directory of the dataset or the checkpoint.");
    add("backend", "auto, cpu or cuda.", "NAME");
    add("precision", "fp32 or bf16; on a GPU also tf32 and fp16.", "NAME");
    add("gpu-memory", "Most GPU memory to use, as 8GiB.", "SIZE");
    add("table-precision", "How tables are stored on a GPU: stored, fp16 or int8.", "NAME");
    add("theme", "system, dark or light.", "NAME");
    add("page", qPrintable(QStringLiteral("Page to show: %1.").arg(MainWindow::pageIds().join(QStringLiteral(", ")))), "ID");
    add("demo", "Open the bundled demo.");
    add("last", "Open the checkpoint and dataset of last time.");
    add("render", "Write one PNG per page into DIR and leave; without a checkpoint, of the bundled demo.", "DIR");
    add("size", "Size of the window or the pictures, 1600x1000.", "WxH");
    if (!parser.parse(arguments)) return wrong(QString(), QStringLiteral("known options"), parser.errorText());

    Options out;
    if (parser.isSet(help)) out.message = parser.helpText();
    if (parser.isSet(version)) out.message = QCoreApplication::applicationName() + QLatin1Char(' ') + QCoreApplication::applicationVersion() + QLatin1Char('\n');
    const auto value = [&parser](const char* name) { return parser.value(QLatin1String(name)); };

    const QStringList paths = parser.positionalArguments();
    if (paths.size() > 2) return wrong(QString(), QStringLiteral("at most a checkpoint and a dataset"), paths.last());
    out.open.checkpoint = paths.value(0);
    out.open.dataset = parser.isSet(QStringLiteral("data")) ? value("data") : paths.value(1);
    if (parser.isSet(QStringLiteral("split"))) out.open.split = value("split");
    out.open.dictionary = value("dictionary");
    out.demo = parser.isSet(QStringLiteral("demo"));
    out.last = parser.isSet(QStringLiteral("last"));
    out.followLinks = parser.isSet(QStringLiteral("follow-links"));
    out.renderDirectory = value("render");
    out.page = value("page");
    if (!out.page.isEmpty() && !MainWindow::pageIds().contains(out.page)) return wrong(QStringLiteral("--page"), MainWindow::pageIds().join(QStringLiteral(", ")), out.page);

    if (const QString order = value("interaction"); order == QLatin1String("custom_cuda")) out.settings.interactionOrder = InteractionOrder::CustomCuda;
    else if (order == QLatin1String("tensorflow")) out.settings.interactionOrder = InteractionOrder::Tensorflow;
    else if (!order.isEmpty()) return wrong(QStringLiteral("--interaction"), QStringLiteral("custom_cuda or tensorflow"), order);

    if (const QString combiner = value("combiner"); combiner == QLatin1String("sum")) out.settings.combiner = Combiner::Sum;
    else if (combiner == QLatin1String("mean")) out.settings.combiner = Combiner::Mean;
    else if (!combiner.isEmpty()) return wrong(QStringLiteral("--combiner"), QStringLiteral("sum or mean"), combiner);
    if (const QString rows = value("cardinalities"); !rows.isEmpty()) {
        auto read = Session::cardinalities(rows);
        if (!read) return fail(std::move(read).error());
        out.open.cardinalities = *std::move(read);
    }

    if (const QString backend = value("backend"); !backend.isEmpty()) out.settings.backend = backend;
    if (const QString precision = value("precision"); !precision.isEmpty()) {
        const auto known = precisionFromName(precision.toStdString());
        if (!known) return wrong(QStringLiteral("--precision"), QStringLiteral("fp32, tf32, bf16 or fp16"), precision);
        out.settings.precision = *known;
    }
    if (parser.isSet(QStringLiteral("gpu-memory"))) {
        const auto bytes = parseMemorySize(value("gpu-memory").toStdString());
        if (!bytes) return wrong(QStringLiteral("--gpu-memory"), QString::fromStdString(bytes.error().expected), value("gpu-memory"));
        out.settings.gpuMemoryBytes = *bytes;
    }
    if (const QString storage = value("table-precision"); !storage.isEmpty()) {
        if (!tableStorageFromName(storage.toStdString())) return wrong(QStringLiteral("--table-precision"), QStringLiteral("stored, fp16 or int8"), storage);
        out.settings.tablePrecision = storage;
    }
    if (const QString theme = value("theme"); theme == QLatin1String("dark")) out.theme = ThemeMode::Dark;
    else if (theme == QLatin1String("light")) out.theme = ThemeMode::Light;
    else if (theme == QLatin1String("system")) out.theme = ThemeMode::System;
    else if (!theme.isEmpty()) return wrong(QStringLiteral("--theme"), QStringLiteral("system, dark or light"), theme);

    if (const QString size = value("size"); !size.isEmpty()) {
        static const QRegularExpression pattern(QStringLiteral("^(\\d{2,5})x(\\d{2,5})$"));
        const auto match = pattern.match(size);
        if (!match.hasMatch()) return wrong(QStringLiteral("--size"), QStringLiteral("WxH, as 1600x1000"), size);
        const QSize asked(match.captured(1).toInt(), match.captured(2).toInt());
        if (asked != asked.expandedTo(MainWindow::kLeastSize).boundedTo(kLargestSize))
            return wrong(QStringLiteral("--size"),
                         QStringLiteral("from %1x%2 to %3x%4").arg(MainWindow::kLeastSize.width()).arg(MainWindow::kLeastSize.height()).arg(kLargestSize.width()).arg(kLargestSize.height()),
                         size);
        out.size = asked;
    }
    return out;
}

}  // namespace dlrm::ui
