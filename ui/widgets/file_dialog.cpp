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
#include <QPushButton>
#include <QRegularExpression>
#include <QStyle>

#include <utility>

namespace dlrm::ui {
namespace {

// By kind alone. Qt's own opens each file and looks at its first bytes, on the GUI thread where a path is typed. Asked
// from the thread that lists a folder, which has the kind already: the icons are made before.
class KindIcons : public QFileIconProvider {
public:
    QIcon icon(IconType type) const override {
        switch (type) {
            case Folder:
                return m_folder;
            case Drive:
                return m_drive;
            case File:
                return m_file;
            default:
                return QFileIconProvider::icon(type);
        }
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

// "csv" of "CSV (*.csv)"; empty: it names none.
QString suffixOf(const QString& filter) {
    static const QRegularExpression suffix(QStringLiteral("\\*\\.(\\w+)"));
    return suffix.match(filter).captured(1);
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

QString askForNewFile(QWidget* parent, const QString& title, const QString& folder, const QString& name,
                      const QString& filter, Existing existing) {
    const auto dialog = makeFileDialog(parent, title, folder, name, filter);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setOption(QFileDialog::DontConfirmOverwrite, existing == Existing::Used);
    // Before the dialog asks whether to overwrite.
    const auto useSuffix = [&dialog](const QString& chosen) { dialog->setDefaultSuffix(suffixOf(chosen)); };
    QObject::connect(dialog.get(), &QFileDialog::filterSelected, dialog.get(), useSuffix);
    useSuffix(dialog->selectedNameFilter());
    return chosenIn(*dialog);
}

}  // namespace dlrm::ui
