#!/usr/bin/env bash
# Chromium keeps the event stream (EventSource) of a page that was left: the page
# lies in the back/forward cache with its connection open, and the server goes on
# sending. Each counts against the six HTTP/1.1 connections of a host, so that
# after six such pages the next one waits for its own document. Closed at
# pagehide, or with Cache-Control: no-store on the page, one is open.
#
# Packages: chromium (Debian 12), puppeteer-core 24.2.0 (npm), node. Visits five
# pages one after the other and prints how many streams the server sees then;
# fails where that changes.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' chromium
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund puppeteer-core@24.2.0 >/dev/null

cat >visit.mjs <<'JS'
import { createServer } from "node:http";
import puppeteer from "puppeteer-core";

const stream = `const x = new EventSource("/stream" + location.pathname);`;
const ways = {
  "nothing done": { script: stream, headers: {} },
  "closed at pagehide": { script: stream + `addEventListener("pagehide", () => x.close());`, headers: {} },
  "page not stored": { script: stream, headers: { "Cache-Control": "no-store" } },
};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function openAfterFivePages(way) {
  let open = 0;
  const server = createServer((request, answer) => {
    if (request.url.startsWith("/stream")) {
      answer.writeHead(200, { "Content-Type": "text/event-stream" });
      answer.write(": begins\n\n");
      ++open;
      request.on("close", () => --open);
    } else {
      answer.writeHead(200, { "Content-Type": "text/html", ...way.headers });
      answer.end(`<title>a page</title><script>${way.script}</script>`);
    }
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const browser = await puppeteer.launch({
    executablePath: "/usr/bin/chromium", headless: true, args: ["--no-sandbox", "--disable-gpu"],
  });
  const page = await browser.newPage();
  for (let i = 1; i <= 5; ++i) {
    await page.goto(`http://127.0.0.1:${server.address().port}/${i}`);
    await pause(1000);
  }
  const seen = open;
  await browser.close();
  server.closeAllConnections();
  server.close();
  return seen;
}

const expected = { "nothing done": 5, "closed at pagehide": 1, "page not stored": 1 };
let status = 0;
for (const [name, way] of Object.entries(ways)) {
  const seen = await openAfterFivePages(way);
  console.log(`${name}: ${seen} streams open after five pages`);
  if (seen !== expected[name]) status = 1;
}
process.exit(status);
JS
node visit.mjs
