// SPDX-License-Identifier: Apache-2.0
// A feature_spec.yaml, or a link beside it, that names files outside the dataset: none is opened. The kernel's own
// notices are asked, not ours.
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

#include "core/base/unique_fd.h"
#include "tests/core/dataset/dataset_use.h"
#include "tests/support/test_program.h"

namespace tst_path_containment {

using namespace dlrm;
using namespace dlrm::test;
namespace fs = std::filesystem;

namespace {

// Tells whether a file was opened since the last question.
class Watch {
public:
    explicit Watch(const std::string& path) : m_fd(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
        if (!m_fd || inotify_add_watch(m_fd.get(), path.c_str(), IN_OPEN | IN_ACCESS) < 0)
            qFatal("cannot watch %s", path.c_str());
    }
    bool wasOpened() const {
        char events[4096];
        return read(m_fd.get(), events, sizeof events) > 0;
    }

private:
    UniqueFd m_fd;
};

QByteArray yamlQuoted(const std::string& path) {
    QByteArray out = "\"";
    for (const char c : path) c == '\0' ? out += "\\0" : out += c;
    return out + '"';
}

}  // namespace

class TestPathContainment : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theWatchSeesAnOpening() {
        QTemporaryDir temporary;
        const std::string file = writeFile(temporary.path(), QStringLiteral("sentinel"), "1234");
        const Watch watch(file);
        QVERIFY(!watch.wasOpened());
        QCOMPARE(readFile(file), QByteArray("1234"));
        QVERIFY(watch.wasOpened());
    }

    void nothingOutsideIsOpened_data() {
        QTest::addColumn<QByteArray>("named");
        // @ stands for the directory that holds the sentinel; the dataset lies in @/data.
        const auto row = [](const char* name, const QByteArray& path) { QTest::newRow(name) << path; };
        row("absolute", "@/sentinel");
        row("absolute, two slashes", "/@/sentinel");
        row("parent", "../sentinel");
        row("parent and back", "../data/../sentinel");
        row("parent in the middle", "test/../../sentinel");
        row("parent at the end", "test/..");
        row("parent after a dot", "./../sentinel");
        row("parent after slashes", "test//..//../sentinel");
        row("parent with a trailing slash", "../sentinel/");
        row("only the parent", "..");
        row("only a dot", ".");
        row("empty", "");
        row("NUL", QByteArray("test/c0.bin\0/../../sentinel", 27));
        row("link", "link");
        row("absolute link", "absolute-link");
        row("link to a link", "link-to-link");
        row("directory link", "up/sentinel");
        row("absolute directory link", "absolute-up/sentinel");
        row("link in a folder", "test/deep-link");
        row("dangling link", "dangling");
        row("link to itself", "itself");
        row("file descriptor", "/proc/self/fd/0");
        row("link to a file descriptor", "descriptor");
        row("working directory", "/proc/self/cwd/sentinel");
        row("root by /proc", "root@/sentinel");
        row("own memory", "/proc/self/mem");
        row("device", "/dev/zero");
        row("link to a device", "zero");
        row("FIFO", "fifo");
        row("directory", "test");
        row("full-width dots", "\xef\xbc\x8e\xef\xbc\x8e/sentinel");
        row("full-width slash", "..\xef\xbc\x8fsentinel");
        row("backslash", "..\\\\sentinel");
        row("escaped", "%2e%2e/sentinel");
        row("tilde", "~/sentinel");
        row("variable", "$PWD/sentinel");
        row("URL", "file://@/sentinel");
        row("name of 5,000 bytes", QByteArray(5000, 'a'));
        row("2,000 folders", QByteArray("a/").repeated(2000) + "c0.bin");
    }
    void nothingOutsideIsOpened() {
        QFETCH(QByteArray, named);
        QTemporaryDir temporary;
        const QString data = temporary.filePath(QStringLiteral("data"));
        const std::string root = temporary.path().toStdString(), inside = data.toStdString();
        const std::string sentinel = writeFile(temporary.path(), QStringLiteral("sentinel"), "1234");
        const std::string spec = writeSmallDataset(data);
        for (const auto& [target, name] : {std::pair<std::string, const char*>("../sentinel", "link"),
                                           {sentinel, "absolute-link"},
                                           {"link", "link-to-link"},
                                           {"..", "up"},
                                           {root, "absolute-up"},
                                           {"../../sentinel", "test/deep-link"},
                                           {"nowhere", "dangling"},
                                           {"itself", "itself"},
                                           {"/proc/self/fd/0", "descriptor"},
                                           {"/proc/self/root", "root"},
                                           {"/dev/zero", "zero"}})
            fs::create_symlink(target, inside + "/" + name);
        QCOMPARE(mkfifo((inside + "/fifo").c_str(), 0600), 0);
        QCOMPARE(codeOfUse(spec, {}), std::string());

        std::string path = named.toStdString();
        if (const auto at = path.find('@'); at != std::string::npos) path.replace(at, 1, root);
        writeFile(data, QStringLiteral("feature_spec.yaml"), smallSpec().replace("test/c0.bin", yamlQuoted(path)));
        const Watch watch(sentinel);
        Error error;
        const std::string code = codeOfUse(spec, {}, &error);
        QVERIFY2(!watch.wasOpened(), code.c_str());
        QVERIFY2(code.starts_with("E-SPEC-") || code.starts_with("E-FILE-"), code.c_str());
        QVERIFY(!error.file.empty() && !error.remedy.empty());
    }
};

DLRM_TEST(TestPathContainment);

}  // namespace tst_path_containment

#include "tst_path_containment.moc"
