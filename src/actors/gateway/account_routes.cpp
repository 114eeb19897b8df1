#include "actors/gateway/api.hpp"

#include "runtime/duration.hpp"
#include "runtime/error.hpp"

#include <algorithm>

namespace vpaas {

namespace {

std::string cookie(const std::string& token) {
  return std::string{login_cookie} + "=" + token
         + "; Path=/; Secure; HttpOnly; SameSite=Strict"
         + (token.empty() ? "; Max-Age=0" : "");
}

/// What the page gets of a login: its cookie alone proves it.
http_answer login_answer(const login& x) {
  auto result = json_answer(to_json_value(x.who));
  result.headers.emplace_back("Set-Cookie", cookie(x.token));
  return result;
}

/// Where a text is wanted and none is there, it is empty.
std::string text_in(const json& body, const char* key) {
  auto i = body.find(key);
  return i != body.end() && i->is_string() ? i->get<std::string>() : "";
}

/// Asks the accounts for a change. @returns the answer that it failed with
template <class T, class... Ts>
caf::expected<T> ask_accounts(const api_call& x, const Ts&... xs) {
  auto who = local_actor<accounts_actor>(x, x.world.accounts);
  if (!who)
    return std::move(who.error());
  node_asker patient{x.world.sys, x.world.change_timeout};
  return patient.ask<T>(*who, xs...);
}

template <class... Ts>
http_answer tell_accounts(const api_call& x, const Ts&... xs) {
  auto who = local_actor<accounts_actor>(x, x.world.accounts);
  if (!who)
    return error_answer(who.error());
  node_asker patient{x.world.sys, x.world.change_timeout};
  if (auto err = patient.tell(*who, xs...))
    return error_answer(err);
  return json_answer(json::object());
}

json shown(const pass& x) {
  return {{"id", x.id},
          {"owner", x.owner},
          {"role", to_string(x.may)},
          {"made", to_json_value(x.made)},
          {"used", to_json_value(x.used)},
          {"ends", to_json_value(x.ends)}};
}

} // namespace

http_answer show_login(const api_call& x) {
  return json_answer(to_json_value(x.who));
}

http_answer log_in(const api_call& x) {
  auto found = ask_accounts<login>(x, open_atom_v,
                                   login_wish{text_in(x.body, "name"),
                                              text_in(x.body, "password"),
                                              x.request.from});
  if (found)
    return login_answer(*found);
  auto result = error_answer(found.error());
  if (found.error() == ec::not_found)
    result.status = 401;
  if (found.error() == ec::overload)
    result.status = 429;
  return result;
}

http_answer log_out(const api_call& x) {
  auto result = tell_accounts(x, release_atom_v, x.token);
  result.headers.emplace_back("Set-Cookie", cookie(""));
  result.headers.emplace_back("Clear-Site-Data", "\"cache\", \"storage\"");
  return result;
}

http_answer change_password(const api_call& x) {
  auto found = ask_accounts<login>(
    x, configure_atom_v,
    password_change{x.token, text_in(x.body, "old"), text_in(x.body, "new")});
  if (found)
    return login_answer(*found);
  auto result = error_answer(found.error());
  if (found.error() == ec::not_found)
    result.status = 403;
  if (found.error() == ec::overload)
    result.status = 429;
  return result;
}

http_answer list_users(const api_call& x) {
  auto found = ask_accounts<std::vector<user>>(x, fetch_atom_v);
  if (!found)
    return error_answer(found.error());
  auto all = json::array();
  for (auto& y : *found) {
    auto entry = to_json_value(y);
    entry.erase("password");
    all.push_back(std::move(entry));
  }
  return json_answer({{"users", std::move(all)}});
}

http_answer keep_user(const api_call& x) {
  auto known = ask_accounts<std::vector<user>>(x, fetch_atom_v);
  if (!known)
    return error_answer(known.error());
  user wanted;
  for (auto& y : *known)
    if (y.name == x.at("user"))
      wanted = y;
  auto was_admin = wanted.may == role::admin && !wanted.disabled;
  wanted.name = x.at("user");
  for (auto* key : {"name", "changed"})
    if (x.body.contains(key))
      return error_answer(400, "bad_input", std::string{key} + " cannot be set",
                          "leave it out");
  // What is not said stays as it is.
  auto all = to_json_value(wanted);
  all.update(x.body);
  auto read = from_json<user>(all);
  if (!read)
    return error_answer(read.error());
  auto others = std::count_if(known->begin(), known->end(), [&](auto& y) {
    return y.may == role::admin && !y.disabled && y.name != wanted.name;
  });
  if (was_admin && others == 0 && (read->may != role::admin || read->disabled))
    return error_answer(400, "bad_input", wanted.name + " is the last admin",
                        "make another one first");
  // Somebody else chose it.
  if (!read->password.empty() && read->name != x.who.name)
    read->must_change = true;
  return tell_accounts(x, keep_atom_v, *read);
}

http_answer remove_user(const api_call& x) {
  return tell_accounts(x, remove_atom_v, x.at("user"));
}

http_answer list_tokens(const api_call& x) {
  auto owner = x.who.may == role::admin ? std::string{} : x.who.name;
  auto found = ask_accounts<std::vector<pass>>(x, fetch_atom_v, owner);
  if (!found)
    return error_answer(found.error());
  auto all = json::array();
  for (auto& y : *found)
    all.push_back(shown(y));
  return json_answer({{"tokens", std::move(all)}});
}

http_answer make_token(const api_call& x) {
  if (x.who.csrf.empty()) // who steals a token makes no other
    return error_answer(403, "bad_config", "a token makes no tokens",
                        "log in with a password");
  token_wish wish;
  wish.owner = x.who.name;
  wish.id = text_in(x.body, "id");
  if (x.body.contains("role")
      && !from_string(text_in(x.body, "role"), wish.may))
    return error_answer(400, "bad_input", "there is no such role",
                        "write viewer, annotator, operator or admin");
  wish.may = std::min(wish.may, x.who.may);
  auto lasts = parse_duration(
    x.body.contains("lasts") ? text_in(x.body, "lasts") : "720h");
  if (!lasts)
    return error_answer(lasts.error());
  wish.lasts = *lasts;
  auto token = ask_accounts<std::string>(x, start_atom_v, wish);
  if (!token)
    return error_answer(token.error());
  return json_answer({{"id", wish.id}, {"token", *token}});
}

http_answer end_token(const api_call& x) {
  auto owner = x.who.may == role::admin ? std::string{} : x.who.name;
  return tell_accounts(x, stop_atom_v, owner, x.at("id"));
}

http_answer show_audit(const api_call& x) {
  auto number = [&](const char* key, uint64_t otherwise) {
    auto text = x.request.get(key);
    return text.empty() ? otherwise : std::strtoull(text.c_str(), nullptr, 10);
  };
  auto found = ask_accounts<std::vector<audit_entry>>(
    x, find_atom_v, number("before", 0), number("most", 100));
  if (!found)
    return error_answer(found.error());
  return json_answer({{"entries", to_json_value(*found)}});
}

} // namespace vpaas
