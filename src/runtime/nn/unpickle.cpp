#include "runtime/nn/unpickle.hpp"

#include <cstring>
#include <unordered_map>

namespace vpaas {

namespace {

using kind = pickled::kind;
using ref = pickled::ref;

/// Far above what a state dictionary needs, far below what memory holds.
constexpr size_t most_values = 1u << 22;
/// Bytes that a pickle may make of each of its own. A short opcode makes one
/// value; nothing that is honest makes more.
constexpr size_t most_growth = sizeof(pickled) + 16;
/// Longest name of a class or a storage. Python joins names of any length, so
/// that a text could double with every opcode.
constexpr size_t most_name = 1000;
/// Most axes of a tensor, PyTorch's own bound.
constexpr size_t most_axes = 64;

class machine {
public:
  explicit machine(std::string_view bytes)
    : bytes_(bytes), budget_((bytes.size() + 256) * most_growth) {
    // nop
  }

  std::optional<pickle> run() {
    while (ok_ && !done_)
      step(uint8_t(take<char>()));
    if (!ok_ || stack_.empty())
      return {};
    result_.root = stack_.back();
    result_.bytes = at_;
    return std::move(result_);
  }

private:
  template <class T>
  T take() {
    T result{};
    if (auto raw = take_bytes(sizeof(T)); raw.size() == sizeof(T))
      std::memcpy(&result, raw.data(), sizeof(T));
    return result;
  }

  std::string_view take_bytes(uint64_t n) {
    if (n > bytes_.size() - at_) {
      ok_ = false;
      return {};
    }
    auto result = bytes_.substr(at_, n);
    at_ += n;
    return result;
  }

  std::string_view take_line() {
    auto end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) {
      ok_ = false;
      return {};
    }
    auto result = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return result;
  }

  pickled& at(ref i) {
    return result_.values[i];
  }

  /// Counts what is made against what the file's length allows.
  bool afford(size_t bytes) {
    ok_ = ok_ && bytes <= budget_;
    if (ok_)
      budget_ -= bytes;
    return ok_;
  }

  void push(pickled x) {
    auto dims = x.layout.shape.size() + x.layout.strides.size();
    if (result_.values.size() >= most_values || stack_.size() >= most_values
        || !afford(sizeof x + x.text.size() + x.data.key.size()
                   + dims * sizeof(int64_t) + x.items.size() * sizeof(ref))) {
      ok_ = false;
      return;
    }
    result_.values.push_back(std::move(x));
    stack_.push_back(ref(result_.values.size() - 1));
  }

  void push(kind is) {
    pickled x;
    x.is = is;
    push(std::move(x));
  }

  void push_number(int64_t value) {
    pickled x;
    x.is = kind::number;
    x.number = value;
    push(std::move(x));
  }

  void push_text(kind is, std::string_view text) {
    pickled x;
    x.is = is;
    x.text = text;
    push(std::move(x));
  }

  void push_global(std::string_view module, std::string_view name) {
    if (module.size() + name.size() > most_name)
      ok_ = false;
    else
      push_text(kind::global, std::string{module} + '.' + std::string{name});
  }

  void push_sequence(std::vector<ref> items) {
    pickled x;
    x.is = kind::sequence;
    x.items = std::move(items);
    push(std::move(x));
  }

  ref pop() {
    if (stack_.empty() || (!marks_.empty() && stack_.size() <= marks_.back())) {
      ok_ = false;
      return 0;
    }
    auto result = stack_.back();
    stack_.pop_back();
    return result;
  }

  std::vector<ref> pop_many(size_t n) {
    std::vector<ref> result(n);
    for (size_t i = n; i-- > 0 && ok_;)
      result[i] = pop();
    return result;
  }

  std::vector<ref> pop_to_mark() {
    if (marks_.empty()) {
      ok_ = false;
      return {};
    }
    auto from = stack_.begin() + ptrdiff_t(marks_.back());
    std::vector<ref> result(from, stack_.end());
    stack_.erase(from, stack_.end());
    marks_.pop_back();
    return result;
  }

  void append(const std::vector<ref>& items, kind expected) {
    if (!ok_ || stack_.empty()
        || (!marks_.empty() && stack_.size() <= marks_.back())) {
      ok_ = false;
      return;
    }
    auto& x = at(stack_.back());
    // What is set on an opaque object is dropped with it.
    if (x.is == kind::opaque)
      return;
    if (x.is != expected || x.items.size() + items.size() > most_values
        || !afford(items.size() * sizeof(ref))) {
      ok_ = false;
      return;
    }
    x.items.insert(x.items.end(), items.begin(), items.end());
  }

  void memoize(uint64_t key) {
    if (stack_.empty() || memo_.size() >= most_values)
      ok_ = false;
    else
      memo_[key] = stack_.back();
  }

  void recall(uint64_t key) {
    auto i = memo_.find(key);
    if (i == memo_.end() || stack_.size() >= most_values)
      ok_ = false;
    else
      stack_.push_back(i->second);
  }

  void push_long(uint64_t n) {
    auto raw = take_bytes(n);
    if (n > 8) { // PyTorch's magic number; nothing that is read needs it
      push(kind::opaque);
      return;
    }
    int64_t value = n > 0 && uint8_t(raw.empty() ? 0 : raw.back()) > 127 ? -1
                                                                         : 0;
    std::memcpy(&value, raw.data(), raw.size());
    push_number(value);
  }

  std::vector<int64_t> numbers(ref i) {
    std::vector<int64_t> result;
    if (at(i).items.size() > most_axes)
      ok_ = false;
    else
      for (auto item : at(i).items)
        result.push_back(at(item).number);
    return result;
  }

  /// ("storage", torch.FloatStorage, key, device, number of values, ...)
  void push_storage(const pickled& id) {
    pickled x;
    x.is = kind::opaque;
    if (id.is == kind::sequence && id.items.size() >= 5
        && at(id.items[0]).text == "storage") {
      auto &name = at(id.items[1]).text, &key = at(id.items[2]).text;
      if (name.size() > most_name || key.size() > most_name) {
        ok_ = false;
      } else if (auto type
                 = element_of_storage(name.substr(name.rfind('.') + 1))) {
        x.is = kind::stored;
        x.data = {key, *type, at(id.items[4]).number};
      } else {
        x.text = name;
      }
    }
    push(std::move(x));
  }

  /// Runs the few calls that a state dictionary makes; what others would make
  /// is opaque and keeps their name.
  void reduce(ref function, ref arguments) {
    if (ok_)
      push(made_by(function, arguments, 0));
  }

  pickled made_by(ref function, ref arguments, int depth) {
    auto& name = at(function).text;
    auto& args = at(arguments).items;
    auto calls = [&](const char* x) { return name == x; };
    pickled x;
    x.is = kind::opaque;
    if (at(function).is != kind::global)
      return x;
    if (calls("collections.OrderedDict")) {
      x.is = kind::dictionary;
    } else if ((calls("torch._utils._rebuild_tensor_v2")
                || calls("torch._utils._rebuild_tensor"))
               && args.size() >= 4 && at(args[0]).is == kind::stored) {
      x.is = kind::tensor;
      x.data = at(args[0]).data;
      x.layout = {numbers(args[2]), numbers(args[3]), at(args[1]).number};
    } else if ((calls("torch._utils._rebuild_parameter")
                || calls("torch._utils._rebuild_parameter_with_state"))
               && !args.empty()
               && (at(args[0]).is == kind::tensor
                   || at(args[0]).is == kind::opaque)) {
      return at(args[0]);
    } else if (calls("torch._tensor._rebuild_from_type_v2") && args.size() >= 3
               && depth == 0) { // a tensor with attributes of its own
      return made_by(args[0], args[2], 1);
    } else {
      // A storage of unknown numbers says more than who would read it.
      auto what = args.empty() ? kind::none : at(args[0]).is;
      x.text = what == kind::opaque && !at(args[0]).text.empty()
                 ? name + " of " + at(args[0]).text
                 : name;
      if (x.text.size() > 2 * most_name)
        ok_ = false;
    }
    return x;
  }

  void step(uint8_t opcode);

  std::string_view bytes_;
  size_t at_ = 0;
  size_t budget_; ///< bytes that may still be made
  bool ok_ = true, done_ = false;
  pickle result_;
  std::vector<ref> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint64_t, ref> memo_;
};

// One case an opcode, in the order of Python's pickletools.
void machine::step(uint8_t opcode) {
  if (!ok_)
    return;
  switch (opcode) {
    case 'J':
      return push_number(take<int32_t>());
    case 'K':
      return push_number(take<uint8_t>());
    case 'M':
      return push_number(take<uint16_t>());
    case 0x8a: // LONG1
      return push_long(take<uint8_t>());
    case 'G': // a big-endian double: no weight file has one that matters
      take<uint64_t>();
      return push(kind::opaque);
    case 'U':
    case 0x8c: // SHORT_BINUNICODE
      return push_text(kind::text, take_bytes(take<uint8_t>()));
    case 'T':
    case 'X':
      return push_text(kind::text, take_bytes(take<uint32_t>()));
    case 'N':
      return push(kind::none);
    case 0x88: // NEWTRUE
      return push_number(1);
    case 0x89: // NEWFALSE
      return push_number(0);
    case ']':
    case ')':
      return push_sequence({});
    case '}':
      return push(kind::dictionary);
    case 'a':
      return append(pop_many(1), kind::sequence);
    case 'e':
      return append(pop_to_mark(), kind::sequence);
    case 't':
      return push_sequence(pop_to_mark());
    case 0x85: // TUPLE1
    case 0x86:
    case 0x87:
      return push_sequence(pop_many(opcode - 0x84u));
    case 's':
      return append(pop_many(2), kind::dictionary);
    case 'u': {
      auto items = pop_to_mark();
      if (items.size() % 2 != 0)
        ok_ = false;
      return append(items, kind::dictionary);
    }
    case '0':
      pop();
      return;
    case '(':
      return marks_.push_back(stack_.size());
    case 'q':
      return memoize(take<uint8_t>());
    case 'r':
      return memoize(take<uint32_t>());
    case 0x94: // MEMOIZE
      return memoize(memo_.size());
    case 'h':
      return recall(take<uint8_t>());
    case 'j':
      return recall(take<uint32_t>());
    case 'c': {
      auto module = take_line();
      return push_global(module, take_line());
    }
    case 0x93: { // STACK_GLOBAL
      auto parts = pop_many(2);
      if (ok_)
        push_global(at(parts[0]).text, at(parts[1]).text);
      return;
    }
    case 'R':
    case 0x81: { // NEWOBJ
      auto parts = pop_many(2);
      return reduce(parts[0], parts[1]);
    }
    case 'b': // BUILD sets attributes, such as _metadata: dropped
      pop();
      return;
    case 'Q': {
      auto id = pop();
      if (ok_)
        push_storage(at(id));
      return;
    }
    case 0x80: // PROTO
      take<uint8_t>();
      return;
    case 0x95: // FRAME
      take<uint64_t>();
      return;
    case '.':
      done_ = true;
      return;
    default:
      ok_ = false;
  }
}

} // namespace

std::optional<pickle> unpickle(std::string_view bytes) {
  return machine{bytes}.run();
}

} // namespace vpaas
