// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/file_dialog.h"

#include <QApplication>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileIconProvider>
#include <QFileInfo>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QPushButton>
#include <QRegularExpression>
#include <QStyle>

#include <algorithm>
#include <utility>

namespace dlrm::ui {
namespace {

// What a folder that is not empty has.
constexpr QDir::Filters kAnything = QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden | QDir::System;

// By kind alone. Qt's own opens each file and looks at its first bytes, on the GUI thread where a path is typed. Asked
// from the thread that lists a folder, which has the kind already: the icons are made before.
class KindIcons : public QFileIconProvider {
public:
    QIcon icon(IconType type) const override {
        if (type == Folder) return m_folder;
        if (type == Drive) return m_drive;
        return type == File ? m_file : QFileIconProvider::icon(type);
    }
    QIcon icon(const QFileInfo& info) const override {
        if (info.isRoot()) return m_drive;
        return info.isDir() ? m_folder : m_file;
    }
    QString type(const QFileInfo& info) const override {
        if (info.isRoot()) return QFileDialog::tr("Drive");
        return info.isDir() ? QFileDialog::tr("Folder") : QFileDialog::tr("File");
    }

private:
    static QIcon standard(QStyle::StandardPixmap which) { return QApplication::style()->standardIcon(which); }
    QIcon m_folder = standard(QStyle::SP_DirIcon), m_file = standard(QStyle::SP_FileIcon),
          m_drive = standard(QStyle::SP_DriveHDIcon);
};

// The icons are a base, and the first, because the dialog's listing thread uses them until the dialog is gone.
struct HasIcons {
    KindIcons icons;
};
class Dialog : private HasIcons, public QFileDialog {
public:
    // "/" has nothing but folders; `start` is listed once the icons are known.
    Dialog(QWidget* parent, const QString& title, const QString& filter)
        : QFileDialog(parent, title, QDir::rootPath(), filter) {
        setIconProvider(&icons);
    }
    // An empty folder that is chosen is taken, instead of gone into. name: proposed wherever it goes.
    void takeEmptyFolders(const QString& name) {
        m_takesEmptyFolders = true;
        m_proposed = name;
    }
    void accept() override {
        auto* name = m_takesEmptyFolders ? findChild<QLineEdit*>(QStringLiteral("fileNameEdit")) : nullptr;
        const QString chosen =
            name ? selectedFiles().value(0) : QString();  // a dialog of the desktop has no such field
        if (chosen.isEmpty() || !QFileInfo(chosen).isDir()) return QFileDialog::accept();
        if (QDir(chosen).isEmpty(kAnything)) return QDialog::accept();
        setDirectory(chosen);
        name->setText(m_proposed);
    }

private:
    bool m_takesEmptyFolders = false;
    QString m_proposed;
};

QString& lastFolder() {
    static QString folder;
    return folder;
}

// Qt selects in the list what is typed, takes over the selected row's name alone, and then means the file of that name
// in the folder that is shown. Here a selection lasts only while its name is what stands in the field. Not in a dialog
// of the desktop, which has no such fields.
void takeWhatIsTyped(QFileDialog& dialog) {
    auto* name = dialog.findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    auto* list = dialog.findChild<QListView*>(QStringLiteral("listView"));
    auto* buttons = dialog.findChild<QDialogButtonBox*>(QStringLiteral("buttonBox"));
    if (!name || !list || !buttons) return;
    name->disconnect(SIGNAL(textChanged(QString)), &dialog);
    QObject::connect(name, &QLineEdit::textChanged, &dialog, [&dialog, list, buttons](const QString& text) {
        const QModelIndexList rows = list->selectionModel()->selectedRows();
        if (!rows.isEmpty() && (rows.size() > 1 || rows.constFirst().data().toString() != text))
            list->selectionModel()->clearSelection();
        const auto which =
            dialog.acceptMode() == QFileDialog::AcceptSave ? QDialogButtonBox::Save : QDialogButtonBox::Open;
        // What does not exist is said when it is asked for.
        if (QPushButton* button = buttons->button(which))
            button->setEnabled(!text.isEmpty() || dialog.fileMode() == QFileDialog::Directory);
    });
}

// ".csv" and ".tsv" of "CSV (*.csv);;TSV (*.tsv)"; empty: it names none.
QStringList endingsOf(const QString& filters) {
    static const QRegularExpression ending(QStringLiteral("\\*(\\.\\w+)"));
    QStringList out;
    for (auto it = ending.globalMatch(filters); it.hasNext();) out << it.next().captured(1);
    return out;
}

// The folder to show first, and the file in it.
std::pair<QString, QString> placeOf(const QString& start) {
    const QFileInfo info(start);
    if (start.isEmpty() || info.isDir()) return {start, {}};
    return {info.absolutePath(), info.fileName()};
}

QString chosenIn(QFileDialog& dialog) {
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty()) return {};
    const QString path = dialog.selectedFiles().constFirst();
    lastFolder() = QFileInfo(path).absolutePath();
    return path;
}

// Why nothing can be written to `path` now; empty: it can.
QString whyNotWritable(const QString& path) {
    const QFileInfo folder(QFileInfo(path).absolutePath());
    if (!folder.isDir()) return QFileDialog::tr("There is no folder %1.").arg(folder.filePath());
    if (!folder.isWritable())
        return QFileDialog::tr("Nothing can be written to the folder %1. Choose one you may write to.")
            .arg(folder.filePath());
    return {};
}

// An entry of that name, a link that leads nowhere too.
bool stands(const QFileInfo& entry) { return entry.exists() || entry.isSymLink(); }

// Until a path is chosen that `mayBeWritten`, which says so to whoever chose another; empty: none was.
QString chosenToWrite(QWidget* parent, QFileDialog& dialog, const Refusal& refusal,
                      const std::function<QString(const QString& typed)>& toPath,
                      const std::function<bool(const QString& path, QString& why)>& mayBeWritten) {
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setFileMode(QFileDialog::AnyFile);
    dialog.setOption(QFileDialog::DontConfirmOverwrite);  // it would ask about what was typed
    for (;;) {
        const QString typed = chosenIn(dialog);
        if (typed.isEmpty()) return {};
        const QString path = toPath(typed);
        QString why = whyNotWritable(path);
        if (why.isEmpty() && refusal) why = refusal(path);
        if (why.isEmpty() && mayBeWritten(path, why)) return path;
        if (!why.isEmpty()) QMessageBox::warning(parent, dialog.windowTitle(), why);
    }
}

}  // namespace

std::unique_ptr<QFileDialog> makeFileDialog(QWidget* parent, const QString& title, const QString& folder,
                                            const QString& name, const QString& filter) {
    auto dialog = std::make_unique<Dialog>(parent, title, filter);
    takeWhatIsTyped(*dialog);
    QString shown = QDir::currentPath();
    for (const QString& wanted : {lastFolder(), folder})
        if (!wanted.isEmpty() && QDir(wanted).exists()) shown = wanted;
    dialog->setDirectory(shown);
    if (!name.isEmpty()) dialog->selectFile(name);
    return dialog;
}

QString askForFile(QWidget* parent, const QString& title, const QString& start, const QString& filter) {
    const auto [folder, name] = placeOf(start);
    const auto dialog = makeFileDialog(parent, title, folder, name, filter);
    dialog->setFileMode(QFileDialog::ExistingFile);
    return chosenIn(*dialog);
}

QString askForFolder(QWidget* parent, const QString& title, const QString& start) {
    const auto dialog = makeFileDialog(parent, title, placeOf(start).first, {}, {});
    dialog->setFileMode(QFileDialog::Directory);
    return chosenIn(*dialog);
}

QString pathToWrite(const QString& typed, const QString& filters, const QString& chosen) {
    const QStringList added = endingsOf(chosen), known = endingsOf(filters);
    const auto endsIn = [&](const QString& ending) { return typed.endsWith(ending, Qt::CaseInsensitive); };
    return added.isEmpty() || std::any_of(known.begin(), known.end(), endsIn) ? typed : typed + added.constFirst();
}

QString askForNewFile(QWidget* parent, const QString& title, const QString& folder, const QString& name,
                      const QString& filter, Existing existing, const Refusal& refusal) {
    const auto dialog = makeFileDialog(parent, title, folder, name, filter);
    const auto toPath = [&](const QString& typed) {
        if (existing == Existing::Used && stands(QFileInfo(typed))) return typed;
        return pathToWrite(typed, filter, dialog->selectedNameFilter());
    };
    return chosenToWrite(parent, *dialog, refusal, toPath, [&](const QString& path, QString& why) {
        const QFileInfo entry(path);
        if (entry.isDir()) why = QFileDialog::tr("%1 is a folder. Choose another name.").arg(path);
        if (entry.isDir() || existing == Existing::Used || !stands(entry)) return !entry.isDir();
        return QMessageBox::question(parent, title, QFileDialog::tr("%1 exists already. Replace it?").arg(path),
                                     QMessageBox::Yes | QMessageBox::No, QMessageBox::No) == QMessageBox::Yes;
    });
}

QString askForNewFolder(QWidget* parent, const QString& title, const QString& folder, const QString& name,
                        const Refusal& refusal) {
    const auto dialog = makeFileDialog(parent, title, folder, name, {});
    static_cast<Dialog&>(*dialog).takeEmptyFolders(name);
    const auto toPath = [](const QString& typed) { return QDir::cleanPath(typed); };
    return chosenToWrite(parent, *dialog, refusal, toPath, [](const QString& path, QString& why) {
        const QFileInfo entry(path);
        if (entry.isDir() && !QDir(path).isEmpty(kAnything))
            why = QFileDialog::tr("The folder %1 is not empty. Choose one that is, or a new name.").arg(path);
        if (!entry.isDir() && stands(entry))
            why = QFileDialog::tr("%1 is a file. A new folder is written: choose another name.").arg(path);
        return why.isEmpty();
    });
}

}  // namespace dlrm::ui
