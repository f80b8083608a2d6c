// SPDX-License-Identifier: Apache-2.0
// Builds YamlNode trees from yaml-cpp's parser events.
#include "core/formats/safe_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <new>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

namespace dlrm {

namespace {

// Leaves yaml-cpp's parser from inside an event; caught in parseSafeYaml().
class TreeBuilder final : public YAML::EventHandler {
public:
    explicit TreeBuilder(const std::string& file) : m_file(file) {}

    YamlNode::Ptr root() const { return m_root; }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        leaf(mark, anchor, YamlNode::Kind::Null, {});
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuseTag(mark, tag);
        if (value == "<<" && tag == "?" && expectsKey())
            refuse(mark, "E-SPEC-009", "A YAML merge key is not allowed here.", "a plain key", "<<",
                   "Write the merged entries out.");
        leaf(mark, anchor, YamlNode::Kind::Scalar, value);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (++m_aliases > kYamlMaxAliases)
            refuse(mark, "E-SPEC-007", "The YAML text uses too many aliases.",
                   fmt::format("at most {} aliases", kYamlMaxAliases), "more", "Write the repeated lists out.");
        const auto it = m_anchors.find(anchor);
        if (it == m_anchors.end())
            refuse(mark, "E-SPEC-012", "A YAML alias stands inside the node that it repeats.",
                   "an alias of a finished node", "a recursive alias", "Remove the recursion.");
        if (expectsKey()) refuseKey(mark);
        countNodes(mark, it->second->expandedNodes);
        add(it->second);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, YamlNode::Kind::Sequence);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, YamlNode::Kind::Map);
    }
    void OnMapEnd() override { close(); }

private:
    struct Level {
        std::shared_ptr<YamlNode> node;
        YAML::anchor_t anchor = 0;
        bool hasKey = false;
        std::string key;
        std::unordered_set<std::string> keys;
    };

    [[noreturn]] void refuse(const YAML::Mark& mark, std::string code, std::string message, std::string expected,
                             std::string found, std::string remedy) const {
        throw Error(std::move(code), fmt::format("{} (line {})", message, mark.line + 1))
            .inFile(m_file)
            .atOffset(mark.pos)
            .butExpected(std::move(expected))
            .butFound(std::move(found))
            .withRemedy(std::move(remedy));
    }
    [[noreturn]] void refuseKey(const YAML::Mark& mark) const {
        refuse(mark, "E-SPEC-013", "A key of a YAML map is not a plain text.", "a scalar key",
               "a list, a map, an alias or null", "Write the key as plain text.");
    }
    void refuseTag(const YAML::Mark& mark, const std::string& tag) const {
        if (tag.empty() || tag == "?" || tag == "!") return;
        refuse(mark, "E-SPEC-008", "YAML tags are not allowed here.", "a value without a tag", tag, "Remove the tag.");
    }
    bool expectsKey() const {
        return !m_levels.empty() && m_levels.back().node->kind == YamlNode::Kind::Map && !m_levels.back().hasKey;
    }

    void countNodes(const YAML::Mark& mark, std::int64_t nodes) {
        m_nodes += nodes;
        if (m_nodes > kYamlMaxNodes)
            refuse(mark, "E-SPEC-006", "The YAML text has too many nodes.",
                   fmt::format("at most {} nodes, aliases followed", kYamlMaxNodes), "more",
                   "Is this the feature_spec.yaml of the dataset?");
    }

    std::shared_ptr<YamlNode> make(const YAML::Mark& mark, YamlNode::Kind kind) {
        countNodes(mark, 1);
        auto node = std::make_shared<YamlNode>();
        node->kind = kind;
        node->line = mark.line + 1;
        node->offset = mark.pos;
        return node;
    }

    void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind, const std::string& text) {
        auto node = make(mark, kind);
        node->text = text;
        if (expectsKey()) {
            if (kind == YamlNode::Kind::Null) refuseKey(mark);
            Level& level = m_levels.back();
            if (!level.keys.insert(text).second)
                refuse(mark, "E-SPEC-011", "A YAML map has the same key twice.", "every key once", text,
                       "Remove one of the two.");
            level.key = text;
            level.hasKey = true;
            if (anchor != 0) m_anchors[anchor] = node;
            return;
        }
        if (anchor != 0) m_anchors[anchor] = node;
        add(std::move(node));
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
        refuseTag(mark, tag);
        if (expectsKey()) refuseKey(mark);
        if (m_levels.size() >= static_cast<std::size_t>(kYamlMaxDepth))
            refuse(mark, "E-SPEC-005", "The YAML text is nested too deeply.",
                   fmt::format("at most {} levels", kYamlMaxDepth), "more",
                   "Is this the feature_spec.yaml of the dataset?");
        Level level;
        level.node = make(mark, kind);
        level.anchor = anchor;
        m_levels.push_back(std::move(level));
    }

    void close() {
        Level level = std::move(m_levels.back());
        m_levels.pop_back();
        if (level.anchor != 0) m_anchors[level.anchor] = level.node;
        add(std::move(level.node));
    }

    void add(YamlNode::Ptr node) {
        if (m_levels.empty()) {
            m_root = std::move(node);
            return;
        }
        Level& level = m_levels.back();
        level.node->expandedNodes += node->expandedNodes;
        if (level.node->kind == YamlNode::Kind::Sequence) {
            level.node->items.push_back(std::move(node));
        } else {
            level.node->entries.emplace_back(std::move(level.key), std::move(node));
            level.hasKey = false;
        }
    }

    const std::string& m_file;
    std::vector<Level> m_levels;
    std::unordered_map<YAML::anchor_t, YamlNode::Ptr> m_anchors;
    YamlNode::Ptr m_root;
    std::int64_t m_nodes = 0;
    std::int64_t m_aliases = 0;
};

// Offset of the first byte that is not UTF-8 text (RFC 3629, no NUL), or npos.
std::size_t findNonText(std::string_view s) {
    for (std::size_t i = 0; i < s.size();) {
        const auto c = static_cast<unsigned char>(s[i]);
        std::size_t more = 0;
        if (c == 0) return i;
        if (c >= 0x80) {
            if (c >= 0xc2 && c <= 0xdf) more = 1;
            else if (c >= 0xe0 && c <= 0xef) more = 2;
            else if (c >= 0xf0 && c <= 0xf4) more = 3;
            else return i;
        }
        if (i + more >= s.size()) return i;
        for (std::size_t k = 1; k <= more; ++k) {
            const auto d = static_cast<unsigned char>(s[i + k]);
            unsigned char low = 0x80, high = 0xbf;
            if (k == 1 && c == 0xe0) low = 0xa0;
            if (k == 1 && c == 0xed) high = 0x9f;
            if (k == 1 && c == 0xf0) low = 0x90;
            if (k == 1 && c == 0xf4) high = 0x8f;
            if (d < low || d > high) return i;
        }
        i += more + 1;
    }
    return std::string_view::npos;
}

Result<void> checkText(const std::string& text, const std::string& file) {
    if (static_cast<std::int64_t>(text.size()) > kYamlMaxBytes)
        return fail(Error("E-SPEC-001", "The YAML file is too large.")
                        .inFile(file)
                        .butExpected(fmt::format("at most {} bytes", kYamlMaxBytes))
                        .butFound(fmt::format("{} bytes", text.size()))
                        .withRemedy("Is this the feature_spec.yaml of the dataset?"));
    if (const std::size_t bad = findNonText(text); bad != std::string_view::npos)
        return fail(Error("E-SPEC-002", "The file is not UTF-8 text.")
                        .inFile(file)
                        .atOffset(static_cast<std::int64_t>(bad))
                        .butExpected("UTF-8 text without NUL bytes")
                        .butFound(fmt::format("byte 0x{:02x}", static_cast<unsigned char>(text[bad])))
                        .withRemedy("Give the feature_spec.yaml of the dataset."));
    std::int64_t line = 1;
    bool inIndent = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') {
            ++line;
            inIndent = true;
        } else if (inIndent && c == '\t') {
            return fail(Error("E-SPEC-003", fmt::format("A tab is used as indentation (line {}).", line))
                            .inFile(file)
                            .atOffset(static_cast<std::int64_t>(i))
                            .butExpected("spaces")
                            .butFound("a tab")
                            .withRemedy("Replace the tab by spaces."));
        } else if (c != ' ') {
            inIndent = false;
        }
    }
    return {};
}

}  // namespace

const YamlNode* YamlNode::find(const std::string& key) const {
    const auto it = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.first == key; });
    return it == entries.end() ? nullptr : it->second.get();
}

Result<YamlNode::Ptr> parseSafeYaml(const std::string& text, const std::string& file) {
    DLRM_TRY(checkText(text, file));
    const auto malformed = [&](std::string what, std::int64_t offset) {
        return fail(Error("E-SPEC-004", "The YAML text is not well-formed.")
                        .inFile(file)
                        .atOffset(offset)
                        .butExpected("YAML as the dataset's preprocessing writes it")
                        .butFound(std::move(what))
                        .withRemedy("Compare with the feature_spec.yaml that the preprocessing wrote."));
    };
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        TreeBuilder builder(file);
        if (!parser.HandleNextDocument(builder) || !builder.root()) return malformed("an empty document", 0);
        TreeBuilder rest(file);
        if (parser.HandleNextDocument(rest))
            return fail(Error("E-SPEC-010", "The YAML file holds several documents.")
                            .inFile(file)
                            .butExpected("one document")
                            .butFound("at least two")
                            .withRemedy("Keep the document with feature_spec, source_spec and channel_spec."));
        return builder.root();
    } catch (Error& error) {
        return fail(std::move(error));
    } catch (const YAML::Exception& e) {
        return malformed(fmt::format("{} (line {})", e.msg, e.mark.line + 1), e.mark.pos);
    } catch (const std::bad_alloc&) {
        return fail(Error("E-SPEC-014", "The YAML text does not fit into memory.")
                        .inFile(file)
                        .withRemedy("Close other programs and try again."));
    } catch (const std::exception& e) {
        return malformed(e.what(), -1);
    }
}

}  // namespace dlrm
