#include "runtime/nn/card.hpp"

#include "runtime/nn/card_keys.hpp"
#include "runtime/nn/ini.hpp"
#include "runtime/nn/weights.hpp"
#include "runtime/parameter.hpp"
#include "runtime/utf8.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

namespace vpaas {

namespace {

/// The value as JSON of the type that its specification asks for; text that
/// does not fit stays text, and the check refuses it.
json typed(const parameter_spec& spec, const std::string& value) {
  if (spec.type == parameter_type::integer) {
    if (int x = 0; to_number(value, x))
      return x;
  } else if (spec.type == parameter_type::number) {
    if (double x = 0; to_number(value, x))
      return x;
  } else if (spec.type == parameter_type::texts) {
    return words(value);
  }
  return value;
}

caf::expected<document> checked(const ini_section& section,
                                const parameter_specs& specs,
                                const std::string& where) {
  auto values = json::object();
  for (auto& x : section.entries) {
    auto spec = std::find_if(specs.begin(), specs.end(),
                             [&](auto& s) { return s.name == x.key; });
    values[x.key] = spec == specs.end() ? json(x.value) : typed(*spec, x.value);
  }
  return check(specs, values, where + ", section [" + section.name + "]");
}

template <class E>
E chosen(const document& x, const char* key) {
  E result{};
  from_string(x.get<std::string>(key), result);
  return result;
}

std::vector<float> floats(const document& x, const char* key, bool& ok) {
  std::vector<float> result;
  for (auto& word : x.get<std::vector<std::string>>(key)) {
    double value = 0;
    ok = to_number(word, value) && ok;
    result.push_back(float(value));
  }
  return result;
}

/// One value for all channels, or one for each.
bool colour(const document& x, const char* key, std::array<float, 3>& out) {
  auto ok = true;
  auto values = floats(x, key, ok);
  if (values.size() == 1)
    out.fill(values[0]);
  else if (values.size() == 3)
    std::copy(values.begin(), values.end(), out.begin());
  else if (!values.empty())
    return false;
  return ok;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
      line.pop_back();
    result.push_back(line);
  }
  return result;
}

/// Names of classes that a card does not name.
std::vector<std::string> numbered_labels(int classes) {
  std::vector<std::string> result;
  result.reserve(size_t(std::max(0, classes)));
  for (int i = 0; i < classes; ++i)
    result.push_back("class_" + std::to_string(i)); // as `model_card::label`
  return result;
}

/// Fills a card from its sections, and remembers the first thing wrong.
class card_reader {
public:
  card_reader(const std::string& where, const std::string* labels)
    : where_(where), labels_(labels) {
    // nop
  }

  caf::error read(const ini_text& ini) {
    if (ini.bad_line != 0)
      return wrong("line " + std::to_string(ini.bad_line),
                   "neither [section] nor key = value");
    std::set<std::string> seen;
    for (auto& section : ini.sections) {
      if (!seen.insert(section.name).second)
        return wrong("section [" + section.name + "]", "it is there twice");
      if (auto e = read(section))
        return e;
    }
    for (auto name : {"model", "input"})
      if (seen.count(name) == 0)
        return wrong("section [" + std::string(name) + "]", "it is missing");
    if (auto e = agree())
      return e;
    if (card.labels.empty())
      card.labels = numbered_labels(card.output.classes);
    return caf::none;
  }

  /// Whether people can read a text of the card.
  caf::error check_text(std::string_view text, const char* what) const {
    auto at = ill_formed_at(text);
    if (at == std::string_view::npos)
      return caf::none;
    auto before = text.substr(0, at);
    auto line = 1 + std::count(before.begin(), before.end(), '\n');
    return wrong(what + std::to_string(line),
                 "it is no UTF-8; save the file as UTF-8");
  }

  model_card card;

private:
  caf::error wrong(const std::string& what, const std::string& cause) const {
    return caf::make_error(ec::bad_config, where_ + ", " + what + ": " + cause);
  }

  caf::error read(const ini_section& x) {
    auto is = [&](const char* prefix) { return x.name.rfind(prefix, 0) == 0; };
    if (x.name == "model")
      return read(x, model_specs(), &card_reader::take_model);
    if (x.name == "input")
      return read(x, input_specs(), &card_reader::take_input);
    if (x.name == "output")
      return read(x, output_specs(), &card_reader::take_output);
    if (x.name == "regions")
      return read(x, region_specs(), &card_reader::take_regions);
    if (is("prior."))
      return read(x, prior_specs(), &card_reader::take_prior);
    if (is("file."))
      return read(x, file_specs(), &card_reader::take_file);
    return wrong("section [" + x.name + "]",
                 "unknown; allowed: model, input, output, regions, "
                 "prior.STEP, file.ROLE");
  }

  using taker = caf::error (card_reader::*)(const ini_section&,
                                            const document&);

  caf::error read(const ini_section& x, const parameter_specs& specs,
                  taker take) {
    auto values = checked(x, specs, where_);
    return values ? (this->*take)(x, *values) : values.error();
  }

  caf::error take_model(const ini_section&, const document& x) {
    card.name = x.get<std::string>("name");
    card.version = x.get<int>("version");
    card.task = chosen<model_task>(x, "task");
    card.engine = chosen<model_engine>(x, "engine");
    card.built_as = chosen<architecture>(x, "architecture");
    card.type = chosen<number_type>(x, "type");
    card.licence = x.get<std::string>("licence");
    card.source = x.get<std::string>("source");
    card.about = x.get<std::string>("about");
    card.depth = x.get<int>("depth");
    card.epsilon = x.get<double>("epsilon");
    card.made_by = chosen<darknet_program>(x, "made_by");
    card.anchor = x.get<int>("anchor");
    card.proposals = x.get<int>("proposals");
    card.scale = x.get<int>("scale");
    return caf::none;
  }

  caf::error take_input(const ini_section&, const document& x) {
    auto& in = card.input;
    in.width = x.get<int>("width");
    in.height = x.get<int>("height");
    in.bgr = x.get<std::string>("order") == "bgr";
    in.letterbox = x.get<std::string>("fit") == "letterbox";
    in.multiple = x.get<int>("multiple");
    in.max_batch = x.get<int>("max_batch");
    in.light = x.get<float>("light");
    if (!colour(x, "mean", in.mean) || !colour(x, "std", in.std)
        || !colour(x, "pad", in.pad))
      return wrong("section [input]",
                   "mean, std and pad are one number or three");
    if (std::any_of(in.std.begin(), in.std.end(),
                    [](float v) { return v <= 0; }))
      return wrong("section [input]", "std is above zero");
    if (in.width % in.multiple != 0 || in.height % in.multiple != 0)
      return wrong("section [input]", "width and height are multiples of "
                                        + std::to_string(in.multiple));
    return caf::none;
  }

  caf::error take_output(const ini_section&, const document& x) {
    auto& out = card.output;
    out.decoder = chosen<output_decoder>(x, "decoder");
    out.classes = x.get<int>("classes");
    out.limits.score = x.get<float>("score");
    out.limits.nms = x.get<float>("nms");
    out.limits.max_boxes = x.get<size_t>("max_boxes");
    out.feature = x.get<int>("feature");
    out.probability = x.get<int>("probability");
    card.labels = x.get<std::vector<std::string>>("names");
    if (auto file = x.get<std::string>("labels"); !file.empty()) {
      if (labels_ == nullptr)
        return wrong("section [output]", "labels = " + file
                                           + ": there is no such file beside "
                                             "the card");
      card.labels = lines(*labels_);
    }
    return caf::none;
  }

  caf::error take_regions(const ini_section&, const document& x) {
    auto& cfg = card.regions;
    cfg.theta_cls = x.get<float>("theta_cls");
    cfg.theta_loc = x.get<float>("theta_loc");
    cfg.theta_iou = x.get<float>("theta_iou");
    cfg.theta_back = x.get<float>("theta_back");
    cfg.theta_merge = x.get<float>("theta_merge");
    return caf::none;
  }

  caf::error take_prior(const ini_section& section, const document& x) {
    prior_level level;
    auto ok = to_number(section.name.substr(6), level.step) && level.step > 0;
    level.widths = floats(x, "widths", ok);
    level.heights = floats(x, "heights", ok);
    if (!ok || level.widths.empty()
        || level.widths.size() != level.heights.size())
      return wrong("section [" + section.name + "]",
                   "a step in pixels, and as many widths as heights");
    card.output.priors.push_back(std::move(level));
    return caf::none;
  }

  caf::error take_file(const ini_section& section, const document& x) {
    card_file file;
    file.role = section.name.substr(5);
    file.name = x.get<std::string>("name");
    file.sha256 = x.get<std::string>("sha256");
    file.bytes = x.get<uint64_t>("bytes");
    file.url = x.get<std::string>("url");
    auto is_digit = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    };
    if (file.sha256 == "any")
      file.sha256.clear();
    else if (file.sha256.size() < 8 || file.sha256.size() > 64
             || !std::all_of(file.sha256.begin(), file.sha256.end(), is_digit))
      return wrong("section [" + section.name + "]",
                   "sha256 is any, or 8 to 64 lower-case hexadecimal digits");
    if (file.name.empty() || file.name.find('/') != std::string::npos)
      return wrong("section [" + section.name + "]",
                   "name is a file name without folders");
    card.files.push_back(std::move(file));
    return caf::none;
  }

  /// What is right by itself and wrong together.
  caf::error agree() const {
    auto& x = card;
    auto opencv_only = x.built_as >= architecture::onnx;
    auto both = x.built_as == architecture::darknet;
    if (!both && opencv_only != (x.engine == model_engine::opencv))
      return wrong("engine", "architecture " + to_string(x.built_as)
                               + " is run by the other engine");
    if (x.file("weights") == nullptr)
      return wrong("section [file.weights]", "it is missing");
    if ((both || x.built_as == architecture::caffe)
        && x.file("config") == nullptr)
      return wrong("section [file.config]", "it is missing");
    auto detects = x.task == model_task::detect;
    if (detects != (x.output.decoder != output_decoder::none))
      return wrong("decoder", "a detector has one, and nothing else has");
    if ((detects || x.task == model_task::classify) && x.output.classes == 0)
      return wrong("classes", "it is missing");
    if (!x.labels.empty() && int(x.labels.size()) != x.output.classes)
      return wrong("labels", std::to_string(x.labels.size()) + " names for "
                               + std::to_string(x.output.classes) + " classes");
    if (x.output.decoder == output_decoder::ssd && x.output.priors.empty())
      return wrong("section [prior.STEP]", "decoder ssd needs one a level");
    if (x.task == model_task::embed && x.output.feature < 0)
      return wrong("feature", "task embed needs to know which output it is");
    return caf::none;
  }

  const std::string& where_;
  const std::string* labels_;
};

} // namespace

const card_file* model_card::file(std::string_view role) const {
  for (auto& x : files)
    if (x.role == role)
      return &x;
  return nullptr;
}

std::string model_card::label(int32_t i) const {
  return i >= 0 && size_t(i) < labels.size() ? labels[size_t(i)]
                                             : "class_" + std::to_string(i);
}

caf::expected<model_card> parse_card(std::string_view text,
                                     const std::string& where,
                                     const std::string* labels) {
  card_reader reader{where, labels};
  if (auto e = reader.check_text(text, "line "))
    return e;
  if (labels != nullptr)
    if (auto e = reader.check_text(*labels, "labels, line "))
      return e;
  if (auto e = reader.read(parse_ini(text)))
    return e;
  return std::move(reader.card);
}

caf::expected<model_card> read_card(const std::string& path) {
  auto text = read_file(path);
  if (!text)
    return text.error();
  for (auto& section : parse_ini(*text).sections)
    if (auto x = section.find("labels"); section.name == "output" && x) {
      auto beside = std::filesystem::path(path).parent_path() / x->value;
      auto names = read_file(beside.string());
      return parse_card(*text, path, names ? &*names : nullptr);
    }
  return parse_card(*text, path);
}

} // namespace vpaas
