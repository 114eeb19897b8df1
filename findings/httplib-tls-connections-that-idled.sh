#!/usr/bin/env bash
# cpp-httplib's client with keep-alive notices that an idle server closed a plain
# connection, and opens another; over TLS it does not (the farewell of TLS waits
# in the socket, which so looks alive): the next request fails with "Read", and
# only the one after it opens another connection.
#
# Packages (Debian 12): libcpp-httplib-dev 0.11.4, libssl-dev, python3, openssl,
# g++. The server is Python's http.server, which closes after 0.5 s of silence.
# Prints what each request came to; fails where that is no longer so.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' libcpp-httplib-dev
folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

cat >server.py <<'PY'
import http.server, ssl, threading

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 0.5

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def finish(self):
        super().finish()
        if isinstance(self.connection, ssl.SSLSocket):
            try:
                self.connection.unwrap()  # says farewell, as servers should
            except OSError:
                pass

    def log_message(self, *_):
        pass

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
for tls in (False, True):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
threading.Event().wait()
PY

cat >main.cpp <<'CPP'
#include <httplib.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>

template <class Client>
std::string requests(Client& x) {
  std::string result;
  x.set_keep_alive(true);
  for (int i = 0; i < 3; ++i) {
    auto found = x.Get("/");
    result += found ? std::to_string(found->status) + " "
                    : httplib::to_string(found.error()) + " ";
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  }
  return result;
}

int main(int, char** ports) {
  std::signal(SIGPIPE, SIG_IGN);
  httplib::Client plain{"127.0.0.1", std::stoi(ports[1])};
  httplib::SSLClient tls{"127.0.0.1", std::stoi(ports[2])};
  tls.enable_server_certificate_verification(false);
  auto a = requests(plain), b = requests(tls);
  std::cout << "http: " << a << "\nhttps: " << b << '\n';
  return a == "200 200 200 " && b == "200 Read 200 " ? 0 : 1;
}
CPP
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem \
  -days 2 -subj /CN=localhost 2>/dev/null
g++ -std=c++17 -DCPPHTTPLIB_OPENSSL_SUPPORT main.cpp \
  $(pkg-config --cflags --libs cpp-httplib) -lssl -lcrypto -lpthread -o main
python3 server.py >ports &
server=$!
until [[ $(wc -l <ports) == 2 ]]; do sleep 0.1; done
# shellcheck disable=SC2046
./main $(cat ports)
