#include "runtime/node/checkup.hpp"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

namespace vpaas {

namespace {

constexpr double gib = 1073741824.;

std::set<std::string> installed(const std::string& status_file) {
  std::set<std::string> result;
  std::ifstream in{status_file};
  std::string line;
  std::string package;
  while (std::getline(in, line)) {
    if (line.rfind("Package: ", 0) == 0)
      package = line.substr(9);
    else if (line == "Status: install ok installed"
             || line == "Status: hold ok installed")
      result.insert(package);
  }
  return result;
}

std::string in_gib(double bytes) {
  auto tenths = static_cast<int64_t>(bytes / gib * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10)
         + " GiB";
}

} // namespace

finding check_packages(const std::vector<std::string>& wanted,
                       const std::string& status_file) {
  auto have = installed(status_file);
  if (have.empty())
    return {"packages", verdict::poor, "no list of Debian packages",
            "VPaaS is built for Debian 12; elsewhere check its libraries "
            "yourself"};
  std::string missing;
  for (const auto& x : wanted)
    if (have.count(x) == 0)
      missing += " " + x;
  if (missing.empty())
    return {"packages", verdict::good, "all installed", ""};
  return {"packages", verdict::bad, "missing:" + missing,
          "run scripts/setup, or apt-get install" + missing};
}

std::string blas_path() {
  auto library = dlopen("libblas.so.3", RTLD_LAZY | RTLD_LOCAL);
  if (!library)
    return "";
  Dl_info info{};
  auto symbol = dlsym(library, "sgemm_");
  std::error_code failed;
  auto result = symbol && dladdr(symbol, &info)
                  ? std::filesystem::canonical(info.dli_fname, failed).string()
                  : std::string{};
  dlclose(library);
  return result;
}

finding judge_blas(const std::string& path) {
  std::string mend = "apt-get install libopenblas0-openmp";
  if (path.empty())
    return {"blas", verdict::bad, "no libblas.so.3", mend};
  if (path.find("openblas-openmp") != std::string::npos)
    return {"blas", verdict::good, path, ""};
  if (path.find("openblas") != std::string::npos)
    return {"blas", verdict::poor,
            path + " makes threads of its own, beside those of inference",
            mend};
  return {"blas", verdict::poor, path + " is up to 30 times slower", mend};
}

finding check_cpu() {
  std::string found = std::to_string(std::thread::hardware_concurrency())
                      + " cores";
  __builtin_cpu_init();
  auto avx2 = __builtin_cpu_supports("avx2") != 0;
  auto avx512 = __builtin_cpu_supports("avx512f") != 0;
  if (avx2)
    found += ", AVX2";
  if (avx512)
    found += ", AVX-512";
  if (__builtin_cpu_supports("avx512bf16"))
    found += ", BF16";
  if (__builtin_cpu_supports("avx512vnni"))
    found += ", VNNI";
  if (avx2)
    return {"cpu", verdict::good, found, ""};
  return {"cpu", verdict::poor, found + ", no AVX2",
          "networks run several times slower; use a CPU with AVX2"};
}

finding check_disk(const std::string& folder) {
  std::error_code failed;
  auto space = std::filesystem::space(folder, failed);
  if (failed)
    return {"disk", verdict::bad, folder + ": " + failed.message(),
            "make the folder, or name another one with --folder="};
  auto bytes = static_cast<double>(space.available);
  auto found = in_gib(bytes) + " free in " + folder;
  if (access(folder.c_str(), W_OK) != 0)
    return {"disk", verdict::bad, folder + " is not writable",
            "chown it to the user that runs the nodes"};
  if (bytes < gib)
    return {"disk", verdict::bad, found, "free some: a fog spools video there"};
  if (bytes < 10 * gib)
    return {"disk", verdict::poor, found,
            "more than 10 GiB lets a fog bridge a longer outage"};
  return {"disk", verdict::good, found, ""};
}

finding check_clock() {
  timex state{};
  auto code = adjtimex(&state);
  if (code == -1)
    return {"clock", verdict::poor, std::strerror(errno),
            "run it where adjtimex is allowed"};
  if (code == TIME_ERROR || (state.status & STA_UNSYNC))
    return {"clock", verdict::poor, "not synchronised",
            "enable NTP (timedatectl set-ntp true): latencies across nodes "
            "compare clocks"};
  return {"clock", verdict::good,
          "synchronised, error below " + std::to_string(state.maxerror / 1000)
            + " ms",
          ""};
}

finding check_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  auto found = std::to_string(limit.rlim_cur) + " open files allowed";
  if (limit.rlim_cur >= 4096)
    return {"descriptors", verdict::good, found, ""};
  return {"descriptors", verdict::poor, found,
          "ulimit -n 65536 (LimitNOFILE= in systemd) for many streams"};
}

finding judge_certificate(const std::string& name, caf::timestamp ends,
                          caf::timestamp now) {
  auto days = std::chrono::duration_cast<std::chrono::hours>(ends - now).count()
              / 24;
  auto time = std::chrono::system_clock::to_time_t(
    std::chrono::system_clock::time_point{
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
        ends.time_since_epoch())});
  std::tm parts{};
  gmtime_r(&time, &parts);
  char date[16];
  std::strftime(date, sizeof date, "%F", &parts);
  auto whose = name.empty() ? "" : "that of " + name + " ";
  auto found = whose + "ends on " + date + ", in " + std::to_string(days)
               + " days";
  auto mend = "vpaas certs renew " + name
              + " beside ca.key, and put both files in place of the old ones: "
                "nodes take them while they run";
  if (ends <= now)
    return {"certificate", verdict::bad, whose + "ended on " + date, mend};
  if (days < 30)
    return {"certificate", verdict::poor, found, mend};
  return {"certificate", verdict::good, found, ""};
}

finding check_key(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0)
    return {"key", verdict::bad, path + ": " + std::strerror(errno),
            "name it in openssl.key"};
  if ((facts.st_mode & 077) != 0)
    return {"key", verdict::poor, path + " can be read by others",
            "chmod 600 " + path};
  return {"key", verdict::good, path + " is its owner's alone", ""};
}

finding check_port(const std::string& name, const std::string& host,
                   uint16_t port) {
  auto label = host + ":" + std::to_string(port);
  auto socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto yes = 1;
  setsockopt(socket_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  auto parsed = inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1;
  auto bound = parsed
               && bind(socket_fd, reinterpret_cast<sockaddr*>(&address),
                       sizeof address)
                    == 0
               && listen(socket_fd, 1) == 0;
  std::string cause = parsed ? std::strerror(errno) : "not an IPv4 address";
  close(socket_fd);
  if (bound)
    return {name, verdict::good, label + " is free", ""};
  return {name, verdict::poor, label + ": " + cause,
          "fine where the node runs already (vpaas inspect); else set "
          "node.port"};
}

} // namespace vpaas
