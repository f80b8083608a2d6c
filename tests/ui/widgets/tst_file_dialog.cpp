// SPDX-License-Identifier: Apache-2.0
// Dialogs for files: what is typed is what is chosen, and nothing that is listed is opened.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "tests/support/test_program.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/file_dialog.h"

namespace tst_file_dialog {

using namespace dlrm::ui;

namespace {

constexpr int kTickMs = 20;
constexpr int kShown = 4;  // entries of the folder shown; one file has no extension that says its kind
constexpr int kWaitMs = 20'000;

struct Answered {
    QString path;
    QStringList messages;  // boxes that the dialog showed
    QStringList folders;   // what it showed after each line
};

enum class By { Keys, Setting };  // Setting: as input methods and assistive tools do, without the keyboard's focus

QAbstractItemView* visibleListOf(const QFileDialog& dialog) {
    for (const char* name : {"treeView", "listView"})
        if (auto* view = dialog.findChild<QAbstractItemView*>(QLatin1String(name)); view && view->isVisible())
            return view;
    return nullptr;
}

// Types the lines, each with Enter, into the dialog that `ask` opens; a dialog that is still there after the last one
// is left. Questions are answered with `reply`.
Answered answer(const QStringList& lines, By by, const std::function<QString()>& ask,
                QMessageBox::StandardButton reply = QMessageBox::No) {
    Answered out;
    qsizetype next = 0;
    QTimer tick, boxes;  // a box runs while the first one's timeout waits for it
    QObject::connect(&boxes, &QTimer::timeout, [&] {
        auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
        if (!box) return;
        out.messages << box->text();
        if (auto* button = box->button(reply)) button->click();
        else box->reject();
    });
    QObject::connect(&tick, &QTimer::timeout, [&] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        if (!dialog) return;
        if (next > 0) out.folders << dialog->directory().canonicalPath();
        if (next == lines.size()) return dialog->reject();
        auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
        const QString line = lines[next++];
        if (by == By::Keys) {
            name->setFocus();
            name->selectAll();
            QTest::keyClicks(name, line);
        } else {
            visibleListOf(*dialog)->setFocus();
            name->setText(line);
        }
        QTest::keyClick(name, Qt::Key_Return);  // returns once a box is closed
    });
    tick.start(kTickMs);
    boxes.start(kTickMs);
    out.path = ask();
    return out;
}

struct Guarded : QWidget, ExportGuard {
    QString refused;
    QString exportRefusal(const QString& path) const override {
        return QDir::cleanPath(path) == refused ? QStringLiteral("It is open.") : QString();
    }
};

void write(const QString& path) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("x\n");
}

}  // namespace

class TestFileDialog : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    QString m_root;

    QString in(const char* path) const { return m_root + QLatin1Char('/') + QLatin1String(path); }

    // What comes of lines typed while shown/feature_spec.yaml is proposed.
    Answered askedForFile(const QStringList& lines, By by) const {
        return answer(lines, by, [this] {
            return askForFile(nullptr, QStringLiteral("Open"), in("shown/feature_spec.yaml"),
                              QStringLiteral("Datasets (*.yaml *.tsv);;All files (*)"));
        });
    }

private Q_SLOTS:
    void initTestCase() {
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        m_root = QDir(m_dir.path()).canonicalPath();
        qputenv("XDG_STATE_HOME", m_root.toUtf8());
        QVERIFY(QDir(m_root).mkpath(QStringLiteral("shown/sub")) && QDir(m_root).mkpath(QStringLiteral("elsewhere")));
        for (const char* path : {"shown/feature_spec.yaml", "shown/other.yaml", "shown/nameless", "shown/sub/rows.tsv",
                                 "elsewhere/feature_spec.yaml"})
            write(in(path));
        qputenv("HOME", m_root.toUtf8());
    }

    void whatIsTypedIsChosen_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("chosen");
        QTest::addColumn<int>("by");
        for (const By by : {By::Keys, By::Setting}) {
            const QByteArray how = by == By::Keys ? " by keys" : " set";
            const auto row = [&](const char* what, const QString& line, const char* chosen) {
                QTest::newRow(what + how) << line << in(chosen) << static_cast<int>(by);
            };
            row("a whole path of the same name", in("elsewhere/feature_spec.yaml"), "elsewhere/feature_spec.yaml");
            row("a whole path", in("shown/sub/rows.tsv"), "shown/sub/rows.tsv");
            row("a name of the folder", QStringLiteral("other.yaml"), "shown/other.yaml");
            row("the name that is proposed", QStringLiteral("feature_spec.yaml"), "shown/feature_spec.yaml");
            row("relative to the folder", QStringLiteral("sub/rows.tsv"), "shown/sub/rows.tsv");
            row("relative to the folder above", QStringLiteral("../elsewhere/feature_spec.yaml"),
                "elsewhere/feature_spec.yaml");
            row("relative to home", QStringLiteral("~/elsewhere/feature_spec.yaml"), "elsewhere/feature_spec.yaml");
        }
    }
    void whatIsTypedIsChosen() {
        QFETCH(const QString, line);
        QFETCH(const QString, chosen);
        QFETCH(const int, by);
        const Answered answered = askedForFile({line}, static_cast<By>(by));
        QCOMPARE(QDir::cleanPath(answered.path), chosen);
        QCOMPARE(answered.messages, QStringList());
    }

    // A row of the list that was chosen before does not stand in for what is typed after it.
    void whatIsTypedAfterAChoiceInTheListIsChosen() {
        const auto dialog = makeFileDialog(nullptr, QStringLiteral("Open"), in("shown"), {}, {});
        dialog->setFileMode(QFileDialog::ExistingFile);
        dialog->show();
        auto* list = dialog->findChild<QListView*>(QStringLiteral("listView"));
        auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
        const auto rowOf = [&](const QString& wanted) -> QModelIndex {
            for (int i = 0; i < list->model()->rowCount(list->rootIndex()); ++i)
                if (const QModelIndex index = list->model()->index(i, 0, list->rootIndex());
                    index.data().toString() == wanted)
                    return index;
            return {};
        };
        QTRY_VERIFY_WITH_TIMEOUT(rowOf(QStringLiteral("other.yaml")).isValid(), kWaitMs);
        QVERIFY(QTest::qWaitForWindowActive(dialog.get()));
        visibleListOf(*dialog)->setFocus();
        QTRY_VERIFY(!name->hasFocus());
        list->selectionModel()->select(rowOf(QStringLiteral("other.yaml")),
                                       QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        QCOMPARE(name->text(), QStringLiteral("other.yaml"));
        QCOMPARE(dialog->selectedFiles(), QStringList{in("shown/other.yaml")});
        name->setText(in("elsewhere/feature_spec.yaml"));
        QCOMPARE(name->text(), in("elsewhere/feature_spec.yaml"));
        QCOMPARE(dialog->selectedFiles(), QStringList{in("elsewhere/feature_spec.yaml")});
    }

    void aFolderWhereAFileIsWantedIsGoneInto() {
        const Answered answered = askedForFile({QStringLiteral("sub"), QStringLiteral("rows.tsv")}, By::Keys);
        QCOMPARE(answered.folders, QStringList{in("shown/sub")});
        QCOMPARE(QDir::cleanPath(answered.path), in("shown/sub/rows.tsv"));
    }

    void aFileThatDoesNotExistIsSaid() {
        for (const QString& line : {QStringLiteral("nothing.yaml"), in("elsewhere/nothing.yaml")}) {
            const Answered answered = askedForFile({line}, By::Keys);
            QCOMPARE(answered.path, QString());
            QCOMPARE(answered.messages.size(), 1);
            QVERIFY2(answered.messages[0].contains(QStringLiteral("nothing.yaml")), qPrintable(answered.messages[0]));
        }
    }

    void aFolderThatIsTypedIsChosen() {
        for (const QString& line : {in("elsewhere"), QStringLiteral("../elsewhere"), QStringLiteral("~/elsewhere")}) {
            const Answered answered =
                answer({line}, By::Keys, [this] { return askForFolder(nullptr, QStringLiteral("Open"), in("shown")); });
            QCOMPARE(QDir::cleanPath(answered.path), in("elsewhere"));
        }
    }

    // A file that the window wants to stay as it is: it says why, and asks again.
    void whatTheWindowRefusesIsAskedForAgain() {
        Guarded window;
        window.refused = in("shown/open.csv");
        const Answered answered = answer({in("shown/open.csv"), in("elsewhere/new.csv")}, By::Keys, [&] {
            return askForExport(&window, QStringLiteral("Export"), QStringLiteral("rows.csv"),
                                QStringLiteral("CSV (*.csv)"));
        });
        QCOMPARE(QDir::cleanPath(answered.path), in("elsewhere/new.csv"));
        QCOMPARE(answered.messages, QStringList{QStringLiteral("It is open.")});
    }

    void aNewFileGetsTheFormatsExtension() {
        const auto ask = [this](const QStringList& lines) {
            return answer(lines, By::Keys, [this] {
                return askForNewFile(nullptr, QStringLiteral("Export"), in("shown"), QStringLiteral("rows.csv"),
                                     QStringLiteral("CSV (*.csv);;TSV (*.tsv)"));
            });
        };
        QCOMPARE(QDir::cleanPath(ask({in("elsewhere/plain")}).path), in("elsewhere/plain.csv"));
        QCOMPARE(QDir::cleanPath(ask({in("elsewhere/other.tsv")}).path), in("elsewhere/other.tsv"));
        QCOMPARE(QDir::cleanPath(ask({in("elsewhere/fig.v2")}).path), in("elsewhere/fig.v2.csv"));
        QCOMPARE(QDir::cleanPath(ask({in("elsewhere/feature_spec.yaml")}).path), in("elsewhere/feature_spec.yaml.csv"));
    }

    void theEndingOfANameChoosesTheFormat() {
        const QString filters = QStringLiteral("CSV (*.csv);;HDF5 (*.h5 *.hdf5);;All files (*)");
        const auto of = [&](const char* typed, const char* chosen) {
            return pathToWrite(QLatin1String(typed), filters, QLatin1String(chosen));
        };
        QCOMPARE(of("a", "CSV (*.csv)"), QStringLiteral("a.csv"));
        QCOMPARE(of("a.CSV", "CSV (*.csv)"), QStringLiteral("a.CSV"));
        QCOMPARE(of("a.v1.2", "CSV (*.csv)"), QStringLiteral("a.v1.2.csv"));
        QCOMPARE(of("a.csv.", "CSV (*.csv)"), QStringLiteral("a.csv..csv"));
        QCOMPARE(of("acsv", "CSV (*.csv)"), QStringLiteral("acsv.csv"));
        QCOMPARE(of("a.hdf5", "CSV (*.csv)"), QStringLiteral("a.hdf5"));
        QCOMPARE(of("a.png", "HDF5 (*.h5 *.hdf5)"), QStringLiteral("a.png.h5"));
        QCOMPARE(of("a", "All files (*)"), QStringLiteral("a"));
    }

    void whatStandsWhereItIsWrittenIsAskedAbout() {
        write(in("elsewhere/old.v2.csv"));
        const auto ask = [this] {
            return askForNewFile(nullptr, QStringLiteral("Export"), in("shown"), {}, QStringLiteral("CSV (*.csv)"));
        };
        for (const char* typed : {"elsewhere/old.v2", "elsewhere/old.v2.csv"}) {
            const Answered kept = answer({in(typed)}, By::Keys, ask);
            QCOMPARE(kept.path, QString());
            QCOMPARE(kept.messages,
                     QStringList{in("elsewhere/old.v2.csv") + QLatin1String(" exists already. Replace it?")});
            const Answered replaced = answer({in(typed)}, By::Keys, ask, QMessageBox::Yes);
            QCOMPARE(replaced.path, in("elsewhere/old.v2.csv"));
            QCOMPARE(replaced.messages, kept.messages);
        }
        QVERIFY(QFile::link(in("nowhere"), in("elsewhere/link.csv")));
        QCOMPARE(answer({in("elsewhere/link")}, By::Keys, ask).messages.size(), 1);
    }

    void whatTheWindowIsAskedAboutIsWhatIsWritten() {
        Guarded window;
        window.refused = in("shown/raw.v1.csv");
        const Answered answered = answer({in("shown/raw.v1"), in("shown/raw.v2")}, By::Keys, [&] {
            return askForExport(&window, QStringLiteral("Export"), QStringLiteral("chart.csv"),
                                QStringLiteral("CSV (*.csv)"));
        });
        QCOMPARE(answered.path, in("shown/raw.v2.csv"));
        QCOMPARE(answered.messages, QStringList{QStringLiteral("It is open.")});
    }

    void whereNothingCanBeWrittenIsSaidAtOnce() {
        QVERIFY(QDir(m_root).mkpath(QStringLiteral("elsewhere/taken.csv")));
        const Answered answered =
            answer({in("no/such/rows"), in("elsewhere/taken"), in("elsewhere/free")}, By::Keys, [&] {
                return askForNewFile(nullptr, QStringLiteral("Export"), in("shown"), {}, QStringLiteral("CSV (*.csv)"));
            });
        QCOMPARE(answered.path, in("elsewhere/free.csv"));
        QCOMPARE(answered.messages,
                 (QStringList{QLatin1String("There is no folder ") + in("no/such") + QLatin1Char('.'),
                              in("elsewhere/taken.csv") + QLatin1String(" is a folder. Choose another name.")}));
    }

    // A record of hashes: it is compared with, so its name stays as it is.
    void anExistingFileThatIsUsedKeepsItsName() {
        const auto ask = [this] {
            return askForNewFile(nullptr, QStringLiteral("Hashes"), in("shown"), {}, QStringLiteral("JSON (*.json)"),
                                 Existing::Used);
        };
        write(in("elsewhere/hashes.v1"));
        const Answered old = answer({in("elsewhere/hashes.v1")}, By::Keys, ask);
        QCOMPARE(old.path, in("elsewhere/hashes.v1"));
        QCOMPARE(old.messages, QStringList());
        QCOMPARE(answer({in("elsewhere/hashes.v2")}, By::Keys, ask).path, in("elsewhere/hashes.v2.json"));
    }

    void aFolderToWriteIsANewOrAnEmptyOne() {
        QVERIFY(QDir(m_root).mkpath(QStringLiteral("elsewhere/empty")));
        Guarded window;
        const auto ask = [&](const QStringList& lines) {
            return answer(lines, By::Keys, [&] {
                return askForExportFolder(&window, QStringLiteral("Export"), QStringLiteral("model-export"),
                                          {QStringLiteral(".h5")});
            });
        };
        const Answered empty = ask({in("elsewhere/empty")});
        QCOMPARE(empty.path, in("elsewhere/empty"));
        QCOMPARE(empty.messages, QStringList());
        QCOMPARE(ask({in("elsewhere/model.v2")}).path, in("elsewhere/model.v2"));
        const Answered refused = ask({in("elsewhere/feature_spec.yaml"), in("elsewhere/model.h5")});
        QCOMPARE(refused.path, QString());
        QCOMPARE(refused.messages,
                 (QStringList{
                     in("elsewhere/feature_spec.yaml") +
                         QLatin1String(" is a file. A new folder is written: choose another name."),
                     QStringLiteral("A name that ends in .h5 is that of a file. Choose another one for the folder.")}));
    }

    void aFolderWithSomethingInItIsGoneInto() {
        QString proposed;
        const Answered answered = answer({in("shown/sub"), QStringLiteral("below")}, By::Keys, [&] {
            QTimer look;
            connect(&look, &QTimer::timeout, this, [&] {
                const auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
                if (dialog && QDir(dialog->directory()).canonicalPath() == in("shown/sub") && proposed.isEmpty())
                    proposed = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->text();
            });
            look.start(1);
            return askForNewFolder(nullptr, QStringLiteral("Export"), in("elsewhere"), QStringLiteral("model-export"));
        });
        QCOMPARE(proposed, QStringLiteral("model-export"));
        QCOMPARE(answered.path, in("shown/sub/below"));
        QCOMPARE(answered.messages, QStringList());
    }

    void whatIsListedIsNotOpened() {
        const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        QVERIFY(watch >= 0);
        const QByteArray folder = QFile::encodeName(in("shown"));
        QVERIFY(inotify_add_watch(watch, folder.constData(), IN_OPEN) >= 0);
        // Files of the folder that were opened since the last call.
        const auto opened = [watch] {
            int files = 0;
            alignas(inotify_event) std::array<char, 4096> buffer{};
            for (ssize_t n = 0; (n = read(watch, buffer.data(), buffer.size())) > 0;)
                for (ssize_t at = 0; at < n;) {
                    const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
                    if (!(event->mask & IN_ISDIR)) ++files;
                    at += static_cast<ssize_t>(sizeof(inotify_event)) + event->len;
                }
            return files;
        };
        {
            const auto dialog = makeFileDialog(nullptr, QStringLiteral("Open"), in("shown"), {}, {});
            dialog->show();
            const auto* list = dialog->findChild<QListView*>(QStringLiteral("listView"));
            QTRY_COMPARE_WITH_TIMEOUT(list->model()->rowCount(list->rootIndex()), kShown, kWaitMs);
            for (int i = 0; i < kShown; ++i)
                QTRY_VERIFY_WITH_TIMEOUT(
                    !list->model()->index(i, 0, list->rootIndex()).data(Qt::DecorationRole).value<QIcon>().isNull(),
                    kWaitMs);
            dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->setText(in("shown/other.yaml"));
        }
        QCOMPARE(opened(), 0);
        QFile file(in("shown/other.yaml"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(opened(), 1);  // so it would have been seen
        close(watch);
    }

    // Some of its files never answer who reads them.
    void theFolderOfProcessesIsListed() {
        const Answered answered = askedForFile({QStringLiteral("/proc/")}, By::Keys);
        QCOMPARE(answered.folders, QStringList{QStringLiteral("/proc")});
        QCOMPARE(answered.path, QString());
    }
};

DLRM_TEST(TestFileDialog);

}  // namespace tst_file_dialog

#include "tst_file_dialog.moc"
