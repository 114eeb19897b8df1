#include "runtime/learning/logistic.hpp"

#include "runtime/learning/dot.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

using numbers = std::vector<float>;

constexpr int newton_steps = 30;
constexpr int gradient_steps = 60; // of one Newton step
constexpr double tolerance = 1e-4; // of the gradient, against its start

double product(const numbers& a, const numbers& b) {
  double result = 0;
  for (size_t i = 0; i < a.size(); ++i)
    result += double(a[i]) * double(b[i]);
  return result;
}

/// The problem at one point.
struct problem {
  row_view xs;
  const std::vector<uint32_t>& use;
  const std::vector<uint8_t>& yes;
  const numbers& penalty;
  const numbers& from;

  double loss(const numbers& w) const {
    double result = 0;
    for (auto i : use) {
      double z = dot(w.data(), xs[i], xs.width);
      auto margin = yes[i] != 0 ? z : -z;
      result += margin > 0 ? std::log1p(std::exp(-margin))
                           : -margin + std::log1p(std::exp(margin));
    }
    for (size_t k = 0; k < w.size(); ++k)
      result += .5 * double(penalty[k]) * std::pow(double(w[k] - from[k]), 2);
    return result;
  }

  /// Gradient, curvature of each row, and the diagonal of the Hessian.
  void slopes(const numbers& w, numbers& gradient, numbers& curvature,
              numbers& diagonal) const {
    diagonal = penalty;
    for (size_t k = 0; k < w.size(); ++k)
      gradient[k] = penalty[k] * (w[k] - from[k]);
    for (size_t n = 0; n < use.size(); ++n) {
      auto x = xs[use[n]];
      auto p = 1 / (1 + std::exp(-dot(w.data(), x, xs.width)));
      add_scaled(gradient.data(), p - (yes[use[n]] != 0 ? 1.f : 0.f), x,
                 xs.width);
      curvature[n] = std::max(p * (1 - p), 1e-6f);
      for (size_t k = 0; k < xs.width; ++k)
        diagonal[k] += curvature[n] * x[k] * x[k];
    }
  }

  /// The Hessian times `v`.
  void bend(const numbers& curvature, const numbers& v, numbers& out) const {
    std::transform(v.begin(), v.end(), penalty.begin(), out.begin(),
                   std::multiplies<>{});
    for (size_t n = 0; n < use.size(); ++n) {
      auto x = xs[use[n]];
      add_scaled(out.data(), curvature[n] * dot(v.data(), x, xs.width), x,
                 xs.width);
    }
  }
};

/// Solves Hessian * step = gradient, roughly: conjugate gradients,
/// preconditioned by the diagonal.
numbers newton_step(const problem& p, const numbers& gradient,
                    const numbers& curvature, const numbers& diagonal) {
  auto width = gradient.size();
  numbers step(width), rest = gradient, z(width), bent(width);
  auto precondition = [&] {
    for (size_t k = 0; k < width; ++k)
      z[k] = rest[k] / diagonal[k];
  };
  precondition();
  auto direction = z;
  auto now = product(rest, z);
  auto enough = now * .01; // a tenth of the length
  for (int i = 0; i < gradient_steps && now > enough; ++i) {
    p.bend(curvature, direction, bent);
    auto far = float(now / product(direction, bent));
    add_scaled(step.data(), far, direction.data(), width);
    add_scaled(rest.data(), -far, bent.data(), width);
    precondition();
    auto next = product(rest, z);
    for (size_t k = 0; k < width; ++k)
      direction[k] = z[k] + float(next / now) * direction[k];
    now = next;
  }
  return step;
}

} // namespace

numbers fit_logistic(row_view xs, const std::vector<uint32_t>& use,
                     const std::vector<uint8_t>& yes, const numbers& penalty,
                     const numbers& from) {
  auto w = from.empty() ? numbers(xs.width) : from;
  const auto start_at = w;
  problem p{xs, use, yes, penalty, start_at};
  numbers gradient(xs.width), curvature(use.size()), diagonal(xs.width);
  auto loss = p.loss(w);
  double start = 0;
  for (int i = 0; i < newton_steps; ++i) {
    p.slopes(w, gradient, curvature, diagonal);
    auto length = std::sqrt(product(gradient, gradient));
    start = i == 0 ? length : start;
    if (length <= tolerance * start)
      break;
    auto step = newton_step(p, gradient, curvature, diagonal);
    auto next = w;
    auto next_loss = loss;
    for (float share = 1; share > 1e-3f; share /= 2) {
      next = w;
      add_scaled(next.data(), -share, step.data(), xs.width);
      next_loss = p.loss(next);
      if (next_loss < loss)
        break;
    }
    if (next_loss >= loss)
      break; // as good as floats allow
    w = std::move(next);
    loss = next_loss;
  }
  return w;
}

} // namespace vpaas
