// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/keras_layers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/checkpoint/parts/name_tail.h"
#include "core/formats/npy.h"

namespace dlrm {
namespace {

enum class Side { Unknown, Bottom, Top };

struct PlacedLayer {
    KerasLayer layer;
    Side side = Side::Unknown;
    std::string container;  // layers of one container follow one another
};

struct FoundLayers {
    std::vector<PlacedLayer> layers;  // in the order of the model
    std::vector<std::string> others;
    bool nvidia = false;  // NVIDIA's DenseModel wrote it
    bool dots = false;    // a layer of the dot interaction is named
};

Side sideOf(std::string_view name) {
    if (name.find("bottom") != std::string_view::npos) return Side::Bottom;
    return name.starts_with("top_mlp") || name == "top" ||
                   (name.starts_with("top_") && name != "top_level_model_weights")
               ? Side::Top
               : Side::Unknown;
}

std::string_view lastName(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string_view parentPath(std::string_view path) { return path.substr(0, path.rfind('/')); }

Error leadsNowhere(const Hdf5File& file, std::string_view group, const std::string& name) {
    return Error("E-KERAS-001", "A name in the Keras file leads nowhere.")
        .inFile(file.path())
        .inField(std::string(group))
        .butExpected("a group or weights of this name")
        .butFound(name)
        .withRemedy("Copy the file again, or save the model again.");
}

// ---- legacy: attributes tell the order ----

// Of "layer_names", or "layer_names0", "layer_names1", … where they were too long for one attribute. Nothing where
// there is neither.
std::optional<std::vector<std::string>> namesOf(const Hdf5Object& group, const std::string& name) {
    if (const Hdf5Attribute* whole = group.attribute(name)) return whole->texts;
    std::optional<std::vector<std::string>> out;
    for (int i = 0;; ++i) {
        const Hdf5Attribute* part = group.attribute(fmt::format("{}{}", name, i));
        if (!part) return out;
        if (!out) out.emplace();
        out->insert(out->end(), part->texts.begin(), part->texts.end());
    }
}

// Weights are "<layer>/kernel:0", with or without ":0", maybe inside other names.
Result<void> addLegacyWeights(const Hdf5File& file, const Hdf5Object& group, FoundLayers& found) {
    const auto names = namesOf(group, "weight_names");
    if (!names) return fail(leadsNowhere(file, group.path, "weight_names"));
    for (const std::string& name : *names) {
        const Hdf5Object* weights = file.find(group.path + "/" + name);
        if (!weights || !weights->isDataset) return fail(leadsNowhere(file, group.path, name));
        const std::string_view inFile = std::string_view(weights->path).substr(0, weights->path.rfind(':'));
        const std::string_view layer = parentPath(inFile), kind = lastName(inFile);
        if (layer.find("/bottom_mlp/dense") != std::string_view::npos ||
            layer.find("/top_mlp/dense") != std::string_view::npos)
            found.nvidia = true;
        const bool follows =
            !found.layers.empty() && found.layers.back().layer.path == layer && !found.layers.back().layer.bias;
        if (kind == "bias" && follows) {
            found.layers.back().layer.bias = weights;
        } else if (kind == "kernel") {
            PlacedLayer placed{{std::string(layer), weights, nullptr}, Side::Unknown, {}};
            for (std::string_view part = layer; !part.empty() && placed.side == Side::Unknown; part = parentPath(part))
                placed.side = sideOf(lastName(part));
            // A model inside the model has several layers in one group.
            placed.container = names->size() > 2 ? group.path : std::string();
            found.layers.push_back(std::move(placed));
        } else {
            found.others.push_back(weights->path);
        }
    }
    return {};
}

Result<FoundLayers> findLegacy(const Hdf5File& file, const Hdf5Object& root, const std::vector<std::string>& layers) {
    FoundLayers found;
    for (const std::string& name : layers) {
        const Hdf5Object* group = file.find((root.path == "/" ? "" : root.path) + "/" + name);
        if (!group || group->isDataset) return fail(leadsNowhere(file, root.path, name));
        if (name.starts_with("dot_interaction")) found.dots = true;
        DLRM_TRY(addLegacyWeights(file, *group, found));
    }
    return found;
}

// ---- .weights.h5: groups named after classes, numbered ----

// "dense_10" after "dense_9"; names without a number first.
std::pair<std::string_view, std::int64_t> numbered(std::string_view path) {
    NameTail tail(lastName(path));
    const auto number = tail.takeNumber();
    if (!number || tail.rest().empty()) return {lastName(path), number.value_or(-1)};
    return {tail.take("_") ? tail.rest() : lastName(path), *number};
}

class WeightsWalk {
public:
    WeightsWalk(const Hdf5File& file, FoundLayers& found) : m_file(file), m_found(found) {}

    // `side`: what names further out say.
    void group(std::size_t index, Side side) {
        const Hdf5Object& here = m_file.objects()[index];
        std::vector<std::size_t> groups;
        const Hdf5Object* vars = nullptr;
        std::vector<const Hdf5Object*> values;
        const std::string prefix = here.path == "/" ? "/" : here.path + "/";
        for (std::size_t i = index + 1; i < m_file.objects().size(); ++i) {
            const Hdf5Object& o = m_file.objects()[i];
            if (!o.path.starts_with(prefix)) break;
            const std::string_view rest = std::string_view(o.path).substr(prefix.size());
            if (rest == "vars") vars = &o;
            else if (rest.starts_with("vars/") && o.isDataset) values.push_back(&o);
            else if (rest.find('/') == std::string_view::npos && !o.isDataset && !isOptimizer(rest))
                groups.push_back(i);
        }
        for (const std::string_view name : {lastName(here.path), vars ? vars->text("name") : std::string_view()})
            if (const Side said = sideOf(name); said != Side::Unknown) side = said;
        if (here.path == "/bottom_mlp_layers") m_found.nvidia = true;
        if (here.path == "/interact_op" || lastName(here.path).starts_with("dot_interaction")) m_found.dots = true;
        layer(here, values, side);
        std::sort(groups.begin(), groups.end(), [&](std::size_t a, std::size_t b) {
            return numbered(m_file.objects()[a].path) < numbered(m_file.objects()[b].path);
        });
        for (const std::size_t g : groups) group(g, side);
    }

    static bool isOptimizer(std::string_view name) { return name.starts_with("optimizer"); }

private:
    void layer(const Hdf5Object& here, std::vector<const Hdf5Object*>& values, Side side) {
        if (values.empty()) return;
        std::sort(values.begin(), values.end(),
                  [](const Hdf5Object* a, const Hdf5Object* b) { return numbered(a->path) < numbered(b->path); });
        if (numbered(here.path).first != "dense") {
            for (const Hdf5Object* v : values) m_found.others.push_back(v->path);
            return;
        }
        m_found.layers.push_back({{here.path, values[0], values.size() == 2 ? values[1] : nullptr},
                                  side,
                                  std::string(parentPath(here.path))});
    }

    const Hdf5File& m_file;
    FoundLayers& m_found;
};

// ---- both ----

bool isNumbers(const Hdf5Object& o) {
    return o.type.kind == Hdf5Kind::Float || o.type.kind == Hdf5Kind::BFloat ||
           (o.type.kind == Hdf5Kind::Opaque && o.text("dtype") == "bfloat16");
}

Result<void> checkLayer(const Hdf5File& file, const KerasLayer& l) {
    const auto wrong = [&](std::string found) {
        return fail(Error("E-KERAS-003", "A layer of the Keras file is no Dense layer with a bias.")
                        .inFile(file.path())
                        .inField(l.path)
                        .butExpected("a kernel of floats (inputs, outputs) and a bias (outputs)")
                        .butFound(std::move(found))
                        .withRemedy("Save the bottom and the top MLP of a DLRM; every layer of theirs has a bias."));
    };
    const auto shown = [](const Hdf5Object& o) { return fmt::format("{} {}", name(o.type), shapeText(o.shape)); };
    if (!isNumbers(*l.kernel) || l.kernel->shape.size() != 2 || l.kernel->elements == 0)
        return wrong("kernel " + shown(*l.kernel));
    if (!l.bias) return wrong("no bias");
    if (!isNumbers(*l.bias) || l.bias->shape.size() != 1 || l.bias->shape[0] != l.kernel->shape[1])
        return wrong(fmt::format("kernel {}, bias {}", shown(*l.kernel), shown(*l.bias)));
    return {};
}

// Layers that follow one another: of the same side, or where no name says it of the same container, each fitting the
// one before.
std::vector<std::vector<PlacedLayer>> stacks(std::vector<PlacedLayer> layers) {
    std::vector<std::vector<PlacedLayer>> out;
    for (PlacedLayer& l : layers) {
        const PlacedLayer* before = out.empty() ? nullptr : &out.back().back();
        const bool follows = before && before->side == l.side &&
                             (l.side != Side::Unknown || (before->container == l.container &&
                                                          before->layer.kernel->shape[1] == l.layer.kernel->shape[0]));
        if (!follows) out.emplace_back();
        out.back().push_back(std::move(l));
    }
    return out;
}

Result<KerasMlps> assign(const Hdf5File& file, FoundLayers found) {
    for (const PlacedLayer& l : found.layers) DLRM_TRY(checkLayer(file, l.layer));
    std::vector<std::vector<PlacedLayer>> all = stacks(std::move(found.layers));
    if (all.empty())
        return fail(Error("E-KERAS-002", "The HDF5 file holds no Dense layers of a Keras model.")
                        .inFile(file.path())
                        .butExpected("weights of the bottom and the top MLP, as Keras saves them")
                        .butFound(fmt::format("{} objects{}", file.objects().size(),
                                              found.others.empty() ? "" : ", " + found.others[0]))
                        .withRemedy("Open a checkpoint; data and dictionaries in HDF5 are opened as such."));
    KerasMlps out;
    out.byNames =
        std::all_of(all.begin(), all.end(), [](const auto& stack) { return stack.front().side != Side::Unknown; });
    std::array<std::vector<PlacedLayer>*, 2> sides{};
    bool tooMany = all.size() > 2;
    for (std::vector<PlacedLayer>& stack : all) {
        Side side = stack.front().side;
        if (side == Side::Unknown) side = stack.back().layer.kernel->shape[1] == 1 ? Side::Top : Side::Bottom;
        auto& place = sides[side == Side::Top ? 1 : 0];
        tooMany = tooMany || place;
        place = &stack;
    }
    if (tooMany)
        return fail(Error("E-KERAS-004", "The Dense layers of the Keras file are not those of a bottom and a top MLP.")
                        .inFile(file.path())
                        .inField(all.back().front().layer.path)
                        .butExpected("one chain of layers, or two of which the second ends with one output")
                        .butFound(fmt::format("{} chains", all.size()))
                        .withRemedy("Name the models bottom_mlp and top_mlp, or save them alone."));
    if (found.nvidia && sides[0] && sides[1] && !found.dots)
        return fail(Error("E-KERAS-005", "The file does not say what stands between the two MLPs.")
                        .inFile(file.path())
                        .butExpected("the layer of the dot interaction beside the MLPs of NVIDIA's dense model")
                        .butFound("none: if the model had cross layers, they were lost when it was saved")
                        .withRemedy("Use the TensorFlow checkpoint (dense.index) instead: it holds the cross layers."));
    for (std::size_t s = 0; s < 2; ++s)
        if (sides[s])
            for (PlacedLayer& l : *sides[s]) (s == 0 ? out.bottom : out.top).push_back(std::move(l.layer));
    out.others = std::move(found.others);
    return out;
}

Result<void> refuseOddObjects(const Hdf5File& file) {
    for (const Hdf5Object& o : file.objects()) {
        if (o.refused.empty() || o.path.starts_with("/optimizer")) continue;
        return file.read(o, 0, 0, {});  // says why
    }
    return {};
}

}  // namespace

Result<KerasMlps> findKerasMlps(const Hdf5File& file) {
    DLRM_TRY(refuseOddObjects(file));
    const Hdf5Object* inside = file.find("/model_weights");
    const Hdf5Object& root = inside && !inside->isDataset ? *inside : file.objects().front();
    if (const auto layers = namesOf(root, "layer_names")) {
        DLRM_TRY(auto found, findLegacy(file, root, *layers));
        auto out = assign(file, std::move(found));
        if (out) out->kind = "legacy HDF5";
        return out;
    }
    // Groups that name their weights, and weights called kernel, are those of the older form, whose order only
    // layer_names tells.
    const auto isOlderForm = [](const Hdf5Object& o) {
        const std::string_view name = lastName(o.path);
        return namesOf(o, "weight_names").has_value() || (o.isDataset && name.substr(0, name.rfind(':')) == "kernel");
    };
    if (std::any_of(file.objects().begin(), file.objects().end(), isOlderForm))
        return fail(
            Error("E-KERAS-007", "The Keras file does not say which layers it has, and in which order.")
                .inFile(file.path())
                .inField(root.path)
                .butExpected("an attribute layer_names, as Keras writes it")
                .butFound("attribute layer_names is missing")
                .withRemedy(
                    "Save the model again with Keras; tools that copy only groups and datasets lose the attributes."));
    FoundLayers found;
    WeightsWalk(file, found).group(0, Side::Unknown);
    auto out = assign(file, std::move(found));
    if (out) out->kind = ".weights.h5";
    return out;
}

}  // namespace dlrm
