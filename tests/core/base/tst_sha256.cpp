// SPDX-License-Identifier: Apache-2.0
// SHA-256 against the standard's examples and Qt's, for every place in a block where the bytes may end.
#include <QCryptographicHash>
#include <QTest>

#include "core/base/sha256.h"
#include "tests/support/test_program.h"

namespace tst_sha256 {

using namespace dlrm;

class TestSha256 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void examplesOfTheStandard() {
        Sha256 none;
        QCOMPARE(none.finish(), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        Sha256 abc;
        abc.update(std::as_bytes(std::span("abc", 3)));
        QCOMPARE(abc.finish(), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        Sha256 million;
        const std::string thousand(1000, 'a');
        for (int i = 0; i < 1000; ++i) million.update(std::as_bytes(std::span(thousand)));
        QCOMPARE(million.finish(), std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    }
    void everyLengthInEveryPiece() {
        QByteArray text;
        for (int i = 0; i < 200; ++i) text += static_cast<char>(i * 37);
        for (qsizetype length = 0; length <= text.size(); ++length) {
            const auto bytes = std::as_bytes(std::span(text.constData(), static_cast<std::size_t>(length)));
            const std::string expected =
                QCryptographicHash::hash(text.first(length), QCryptographicHash::Sha256).toHex().toStdString();
            for (const std::size_t cut : {std::size_t{0}, bytes.size() / 3, bytes.size()}) {
                Sha256 sum;
                sum.update(bytes.first(cut));
                sum.update(bytes.subspan(cut));
                QCOMPARE(sum.finish(), expected);
            }
        }
    }
};

DLRM_TEST(TestSha256);

}  // namespace tst_sha256

#include "tst_sha256.moc"
