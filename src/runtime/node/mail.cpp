#include "runtime/node/mail.hpp"

#include "runtime/json.hpp"

#include <caf/actor_system.hpp>
#include <caf/all.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/monitorable_actor.hpp>

namespace vpaas {

namespace {

namespace basp = caf::io::basp;

using strings = std::vector<std::string>;

/// "@<>+@atom+child_spec+@str" as "@atom", "child_spec", "@str".
strings types_in(const std::string& name) {
  strings result;
  for (auto from = name.find('+'); from != std::string::npos;) {
    auto to = name.find('+', from + 1);
    result.push_back(name.substr(from + 1, to - from - 1));
    from = to;
  }
  return result;
}

std::string shown(const std::string& type) {
  return type.rfind('@', 0) == 0 ? type.substr(1) : type;
}

/// What a message names first. Of structs it takes what stands there by their
/// `fields()`: kind of a `child_spec`, target of a `transfer_offer`.
std::string subject(caf::binary_deserializer& source, const std::string& type) {
  std::string first, second;
  uint64_t seq = 0;
  if (type == "@str" && !source(first))
    return first;
  if (type == "child_spec" && !source(first, second))
    return second;
  if (type == "transfer_offer" && !source(first, seq, second))
    return second;
  if (type != "document" || source(first))
    return "";
  auto all = json::parse(first, nullptr, false);
  auto fog = all.is_object() ? all.find("fog") : all.end();
  return all.is_object() && fog != all.end() && fog->is_string()
           ? fog->get<std::string>()
           : "";
}

bool read_letter(caf::binary_deserializer& source, letter& out) {
  uint16_t number = 0;
  std::string name;
  if (source.begin_object(number, name) || number != 0)
    return false;
  auto types = types_in(name);
  size_t next = 0;
  if (!types.empty() && types.front() == "@atom") {
    auto verb = caf::atom_value{};
    if (source(verb))
      return false;
    out.what = to_string(verb);
    next = 1;
  }
  for (auto i = next; i < types.size(); ++i)
    out.what += (out.what.empty() ? "" : " ") + shown(types[i]);
  if (next < types.size())
    out.about = subject(source, types[next]);
  return true;
}

void append(std::vector<char>& to, const std::vector<char>& x) {
  to.insert(to.end(), x.begin(), x.end());
}

} // namespace

std::optional<mail> read_mail(caf::execution_unit* context,
                              const basp::header& header, const char* payload,
                              size_t size) {
  caf::binary_deserializer source{context, payload, size};
  mail result;
  if (header.operation == basp::message_type::routed_message
      && source(result.from, result.to))
    return std::nullopt;
  size_t stages = 0;
  if (source.begin_sequence(stages))
    return std::nullopt;
  result.goes_on = stages > 0;
  if (stages == 0 && !read_letter(source, result.says))
    return std::nullopt;
  return result;
}

std::string kind_of(const caf::strong_actor_ptr& x) {
  return static_cast<caf::monitorable_actor*>(x->get())->name();
}

std::vector<char> make_refusal(caf::execution_unit* context,
                               const basp::header& request,
                               const caf::node_id& to, const caf::error& why) {
  std::vector<char> payload, result;
  caf::binary_serializer body{context, payload};
  auto routed = request.operation == basp::message_type::routed_message;
  auto here = context->system().node();
  auto there = to;
  if (routed && body(here, there))
    return {};
  std::vector<caf::strong_actor_ptr> stages;
  auto text = caf::make_message(why);
  if (body(stages, text))
    return {};
  auto id = caf::make_message_id(request.operation_data).response_id();
  basp::header header{request.operation,
                      0,
                      static_cast<uint32_t>(payload.size()),
                      id.integer_value(),
                      caf::invalid_actor_id,
                      request.source_actor};
  caf::binary_serializer head{context, result};
  if (head(header))
    return {};
  append(result, payload);
  return result;
}

} // namespace vpaas
