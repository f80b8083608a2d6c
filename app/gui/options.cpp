// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/options.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/engine/open_options.h"

namespace dlrm::ui {
namespace {

constexpr QSize kLargestSize(8192, 8192);  // a picture of 256 MiB

Failure wrong(const QString& option, const QString& expected, const QString& found) {
    return fail(Error("E-OPTION-001", "The command line is not understood.")
                    .inField(option.toStdString())
                    .butExpected(expected.toStdString())
                    .butFound(found.toStdString())
                    .withRemedy("See dlrm-explorer --help."));
}

// What the options of opening say, and the paths without an option's name.
Result<void> readOpening(const QCommandLineParser& parser, const QStringList& paths, OpenRequest& out,
                         SaidOptions& said) {
    out.checkpoint = paths.value(0).toStdString();
    out.data.path = paths.value(1).toStdString();
    if (paths.size() > 1) said.append({QStringLiteral("data"), QFileInfo(paths[1]).absoluteFilePath()});
    for (const OpenOption& option : openOptions()) {
        const QString name = QString::fromStdString(option.name);
        if (!parser.isSet(name)) continue;
        said.append({name, parser.value(name)});
        const auto applied = applyOption(out, option.name, parser.value(name).toStdString());
        if (applied) continue;
        const Error& error = applied.error();
        if (!error.file.empty()) return fail(error);  // of what the value names
        return wrong(QString::fromStdString(error.field), QString::fromStdString(error.expected),
                     QString::fromStdString(error.found));
    }
    return {};
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
        return std::any_of(kNames.begin(), kNames.end(),
                           [argument](const char* name) { return std::strcmp(argument, name) == 0; });
    });
}

Result<Options> parseOptions(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Opens a DLRM checkpoint: tables, predictions, interactions and metrics."));
    const auto help = parser.addHelpOption();
    const QCommandLineOption version({QStringLiteral("v"), QStringLiteral("V"), QStringLiteral("version")},
                                     QStringLiteral("Name and version of the program."));
    parser.addOption(version);
    const auto add = [&parser](const char* name, const char* description, const char* value = nullptr) {
        QCommandLineOption option{QString(QLatin1String(name)), QString(QLatin1String(description))};
        if (value) option.setValueName(QLatin1String(value));
        parser.addOption(option);
    };
    parser.addPositionalArgument(QStringLiteral("CHECKPOINT"),
                                 QStringLiteral("Directory with the checkpoint's .npy files, or a workspace (.dlrmx)."),
                                 QStringLiteral("[CHECKPOINT]"));
    parser.addPositionalArgument(QStringLiteral("DATASET"), QStringLiteral("The same as --data."),
                                 QStringLiteral("[DATASET]"));
    for (const OpenOption& option : openOptions()) {
        const std::string about =
            option.about + (option.byDefault.empty() ? "." : " (default: " + option.byDefault + ").");
        add(option.name.c_str(), about.c_str(), option.argument.empty() ? nullptr : option.argument.c_str());
    }
    add("theme", "system, dark or light.", "NAME");
    add("page", qPrintable(QStringLiteral("Page to show: %1.").arg(MainWindow::pageIds().join(QStringLiteral(", ")))),
        "ID");
    add("demo", "Open the bundled demo.");
    add("last", "Open the checkpoint and dataset of last time.");
    add("render", "Write one PNG per page into DIR and leave; without a checkpoint, of the bundled demo.", "DIR");
    add("size", "Size of the window or the pictures, 1600x1000.", "WxH");
    if (!parser.parse(arguments)) return wrong(QString(), QStringLiteral("known options"), parser.errorText());

    Options out;
    if (parser.isSet(help)) out.message = parser.helpText();
    if (parser.isSet(version))
        out.message = QCoreApplication::applicationName() + QLatin1Char(' ') + QCoreApplication::applicationVersion() +
                      QLatin1Char('\n');
    const auto value = [&parser](const char* name) { return parser.value(QLatin1String(name)); };

    const QStringList paths = parser.positionalArguments();
    if (paths.size() > 2) return wrong(QString(), QStringLiteral("at most a checkpoint and a dataset"), paths.last());
    DLRM_TRY(readOpening(parser, paths, out.open, out.said));
    out.demo = parser.isSet(QStringLiteral("demo"));
    out.last = parser.isSet(QStringLiteral("last"));
    out.renderDirectory = value("render");
    out.page = value("page");
    if (!out.page.isEmpty() && !MainWindow::pageIds().contains(out.page))
        return wrong(QStringLiteral("--page"), MainWindow::pageIds().join(QStringLiteral(", ")), out.page);

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
                         QStringLiteral("from %1x%2 to %3x%4")
                             .arg(MainWindow::kLeastSize.width())
                             .arg(MainWindow::kLeastSize.height())
                             .arg(kLargestSize.width())
                             .arg(kLargestSize.height()),
                         size);
        out.size = asked;
    }
    return out;
}

}  // namespace dlrm::ui
