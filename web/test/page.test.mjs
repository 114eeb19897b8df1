// The page as a person uses it: a real backend, cloud and fog, a real browser.
// usage: node page.test.mjs BIN PICTURES; exit status 0 where all is well, 77
// where something that it needs is not on this machine.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";

const [bin, pictures] = process.argv.slice(2).map((x) => resolve(x));
const folder = mkdtempSync(join(tmpdir(), "vpaas-page-"));
const processes = new Set();
const began = Date.now();
const password = "correct horse battery staple";
const every = 25; // frames from keyframe to keyframe
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((x) => statSync(x, { throwIfNoEntry: false }));

/** Puppeteer; without it, a browser or the page there is nothing to test. */
async function needed() {
  const skip = (why) => {
    console.log(`page test skipped: ${why}`);
    rmSync(folder, { recursive: true, force: true });
    process.exit(77);
  };
  if (!chromium) skip("there is no chromium");
  if (!statSync(join(bin, "../page/index.html"), { throwIfNoEntry: false })) skip("the page was not built, see scripts/build_page");
  return import("puppeteer-core").then((x) => x.default, () => skip("npm packages are missing: npm ci in web/"));
}

const puppeteer = await needed();
mkdirSync(pictures, { recursive: true });

const say = (x) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${x}`);

/** Polls until `f` gives something; there is a deadline. */
async function until(what, f, limit = 60_000) {
  const end = Date.now() + limit;
  let last;
  while (Date.now() < end) {
    last = await f().catch((x) => { last = x; });
    if (last) return last;
    await new Promise((g) => setTimeout(g, 100));
  }
  throw new Error(`not within ${limit} ms: ${what}`);
}

/** A node; `text` grows with what it prints. */
function start(tier, ...options) {
  const child = spawn(join(bin, `vpaas-${tier}`), ["--node.port=0", "--node.network=lan", `--log.file=${join(folder, tier)}.log`, ...options]);
  const node = { child, text: "", address: "" };
  child.stdout.on("data", (x) => { node.text += x; });
  child.stderr.on("data", (x) => { node.text += x; });
  processes.add(child);
  return node;
}

async function ready(node) {
  const found = await until("a node that is ready", async () => node.child.exitCode ?? / ready on (\S+)/.exec(node.text), 60_000);
  assert.equal(node.child.exitCode, null, node.text);
  node.address = found[1];
  return node;
}

function run(program, ...args) {
  const done = spawnSync(program, args, { encoding: "utf8", timeout: 60_000 });
  assert.equal(done.status, 0, `${program} ${args.join(" ")}: ${done.stderr}${done.stdout}`);
}

/** Each picture has its number in it: ten blocks, the lowest bit on the left. */
function numbered(path) {
  const bits = [...Array(10).keys()].map((i) => `drawbox=x=${i * 64}:y=300:w=64:h=60:color=white:t=fill:enable='mod(floor(n/${2 ** i}),2)'`);
  run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=24", "-vf",
    ["drawbox=x=0:y=300:w=640:h=60:color=black:t=fill", ...bits, "format=yuv420p"].join(","),
    "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "2", path);
}

/** A picture for people. A browser on a busy machine may not draw one, ever: that is
 *  said, and no fault of the page. */
async function shot(page, name) {
  const session = await page.createCDPSession();
  for (let i = 0; i < 3; ++i) {
    const taken = session.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: false }).catch(() => null);
    const got = await Promise.race([taken, new Promise((f) => setTimeout(f, 20_000))]);
    if (got) {
      writeFileSync(join(pictures, `${name}.png`), Buffer.from(got.data, "base64"));
      return session.detach().catch(() => undefined);
    }
    await page.bringToFront();
  }
  say(`no picture of ${name}: the browser did not draw it`);
  session.detach().catch(() => undefined);
}

/** The text of which elements is too pale: WCAG AA, 4.5 to 1, 3 to 1 where large. */
function pale() {
  const rgb = (x) => (x.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((x) => x / 255).map((x) => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
    .reduce((a, x, i) => a + x * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (x) => {
    for (; x; x = x.parentElement) {
      const c = rgb(getComputedStyle(x).backgroundColor);
      if (c.length === 3 || c[3] > 0.5) return c;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const x of document.querySelectorAll("main *, header *")) {
    if (![...x.childNodes].some((y) => y.nodeType === 3 && y.textContent.trim()) || !x.checkVisibility() || x.closest(".screen, dialog:not([open])") || x.disabled) continue;
    const style = getComputedStyle(x);
    const [a, b] = [light(rgb(style.color)), light(ground(x))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) bad.push(`${x.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return bad;
}

/** The number in the picture that is shown, and what the page says of the same. */
function compare() {
  const video = document.querySelector("video");
  const canvas = document.querySelector(".screen canvas");
  const seen = new Map(); // by media time: the page may draw after us
  return new Promise((done) => {
    const look = (now, meta) => {
      // Late by a picture the browser may show the next one already.
      if (performance.now() - meta.expectedDisplayTime < 20) {
        const copy = new OffscreenCanvas(video.videoWidth, video.videoHeight);
        const g = copy.getContext("2d");
        g.drawImage(video, 0, 0);
        let number = 0;
        for (let i = 0; i < 10; ++i) number += g.getImageData(i * 64 + 32, 330, 1, 1).data[0] > 128 ? 2 ** i : 0;
        seen.set(String(meta.mediaTime), number);
      }
      const { time, frame, result, boxes } = canvas.dataset;
      if (seen.has(time)) done({ seen: seen.get(time), said: Number(frame), from: Number(result), boxes: JSON.parse(boxes) });
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
}

async function addCamera(page, name, source) {
  await page.goto(new URL("/", page.url()));
  const open = await page.waitForSelector("button.main");
  await open.click();
  await until("a fog to choose", () => page.$eval("dialog[open] select[name=node]", (x) => x.value !== ""));
  await page.type("dialog[open] input[name=name]", name);
  await page.type("dialog[open] input[name=source]", source);
  await page.type("dialog[open] input[name=every]", String(every));
  await page.click("dialog[open] input[name=file]");
  if (name === "street") await shot(page, "03-add-a-camera");
  await page.click("dialog[open] button.main");
  await until(`${name} is added`, async () => page.url().endsWith(`/streams/${name}`));
}

/** A named set of what streams run, switched on and off. */
async function switchProfile(page, backend, fog, address) {
  const tool = (...args) => run(join(bin, "vpaas"), ...args, `--nodes=${fog.address},${backend.address}`);
  writeFileSync(join(folder, "quiet.lua"), 'return pipeline { help = "on the fog alone", found = fog.backup_detector { keyframes }, result = merge { found } }\n');
  tool("pipeline", "register", join(folder, "quiet.lua"));
  tool("policy", "use", "quiet", "--stream=s*", "--profile=night");
  await page.goto(new URL("/", address));
  await page.waitForSelector("select[name=profile]");
  const runs = (name) => until(`the stream runs ${name}`, () => page.evaluate(async (x) =>
    (await (await fetch("/api/v1/streams/street")).json()).pipeline === x, name));
  await page.select("select[name=profile]", "night");
  await runs("quiet@1");
  await page.reload();
  await until("the page knows what is on", () => page.$eval("select[name=profile]", (x) => x.value === "night"));
  assert.deepEqual(await page.evaluate(pale), []);
  await shot(page, "16-profile");
  await page.select("select[name=profile]", "");
  await runs("high_low");
  say("a profile was switched on and off");
}

/** Draws a zone with the mouse over most of the street, and waits for who enters it. */
async function drawZone(page) {
  await (await page.waitForSelector("button.draw")).click();
  const layer = await page.waitForSelector("svg.zones.editing");
  await layer.scrollIntoView();
  const area = await layer.boundingBox();
  for (const [x, y] of [[0.04, 0.4], [0.96, 0.4], [0.96, 0.97], [0.04, 0.97]])
    await page.mouse.click(area.x + x * area.width, area.y + y * area.height);
  const corners = await page.$eval("input[name=corners]", (x) => x.value);
  const drawn = corners.split(" ").map((x) => x.split(",").map(Number));
  assert.equal(drawn.length, 4, corners);
  assert.ok(Math.abs(drawn[1][0] - 0.96) < 0.01 && Math.abs(drawn[2][1] - 0.97) < 0.01, corners);
  await page.$eval("input[name=zone]", (x) => x.select());
  await page.type("input[name=zone]", "crossing");
  await shot(page, "05-draw-a-zone");
  await page.keyboard.press("Enter");
  const known = "li[data-zone=crossing]";
  await page.waitForSelector(known);
  await until("who enters the zone", () => page.$eval(known, (x) => /, [1-9]\d* events/.test(x.textContent)), 120_000);
  assert.deepEqual(await page.evaluate(pale), []);
  await shot(page, "06-zone");
  say("a zone was drawn, and has events");
}

/** Finds an event, waits until its clip is kept, and plays it. */
async function playClip(page, address) {
  await page.goto(new URL("/events", address));
  await page.waitForSelector("tbody tr");
  await page.type('input[placeholder="car"]', "zzz");
  await page.waitForSelector(".empty");
  await page.$eval('input[placeholder="car"]', (x) => { x.value = ""; x.dispatchEvent(new Event("input", { bubbles: true })); });
  await until("a clip that is kept", () => page.evaluate(async () => (await (await fetch("/api/v1/nodes/fog-1/actor?path=clip_store")).json()).details.kept > 0), 120_000);
  // The oldest event: its clip is whole.
  await page.waitForSelector("tbody tr");
  await page.$$eval("tbody tr button", (x) => x.at(-1).click());
  await until("the clip plays", () => page.$eval("dialog[open] video", (x) => x.videoWidth === 640 && x.currentTime > 0.3));
  await page.$eval("dialog[open] video", (x) => x.pause());
  await shot(page, "07-clip");
  say("the clip of an event was played");
}

/** Labels by keyboard alone; the fog's heads follow, and forget what was undone. */
async function annotate(page) {
  const at = () => page.$eval(".annotator section", (x) => ({ crop: x.dataset.crop, said: Number(x.dataset.said) }));
  const standing = () => page.evaluate(async () => (await (await fetch("/api/v1/learning")).json()).data_collector.standing);
  await until("a crop to name", async () => (await at()).crop, 90_000);
  await until("its picture", () => page.$eval(".annotator img", (x) => x.complete && x.naturalWidth > 0));
  await until("names to choose", () => page.$$eval(".names kbd", (x) => x.length > 10));
  await shot(page, "08-label");
  assert.deepEqual(await page.evaluate(pale), [], "/label");
  const label = async (key, other) => {
    const before = await at();
    await page.keyboard.press(key);
    if (other) {
      await until("a name to type", () => page.evaluate(() => document.activeElement.name === "label"));
      await page.keyboard.type(other);
      await page.keyboard.press("Enter");
    }
    await until("the label is kept", async () => (await at()).said === before.said + 1);
    await until("another crop, or none", async () => (await at()).crop !== before.crop);
    await until("a crop to name", async () => (await at()).crop, 90_000);
  };
  await label("o", "zebra");
  await label("1");
  await label("n");
  await until("heads with a zebra", () => page.evaluate(async () => (await (await fetch("/api/v1/learning")).json()).classes.includes("zebra")));
  assert.equal(await standing(), 3);
  const last = await at();
  await page.keyboard.press("u");
  await until("it is taken back", async () => (await at()).said === last.said - 1 && (await standing()) === 2);
  await shot(page, "08-labelled");
  const waits = 1000, began = Date.now();
  for (let i = 0; i < 3; ++i) {
    await new Promise((f) => setTimeout(f, waits)); // a person thinks
    await label("n");
  }
  say(`${(180_000 / (Date.now() - began)).toFixed(0)} labels a minute by who thinks a second each`);
}

async function test(page) {
  const street = join(folder, "street.mp4"), counted = join(folder, "counted.mp4");
  numbered(counted);
  run(join(bin, "vpaas"), "record", "synthetic://street?seed=3&seconds=20&size=640x360&fps=25", `--output=${street}`);
  const cloud = () => start("cloud", `--node.backend=${backend.address}`, "--cloud.detector=street-detector");
  const backend = await ready(start("backend", `--store.folder=${join(folder, "backend")}`, "--gateway.listen=127.0.0.1:0"));
  let above = await ready(cloud());
  const fogOptions = [`--node.backend=${backend.address}`, `--store.folder=${join(folder, "fog")}`];
  const fog = await ready(start("fog", `--node.cloud=${above.address}`, ...fogOptions));
  const address = (await until("the page", async () => /page on (\S+),/.exec(backend.text)))[1];
  const first = /with the password (\S+),/.exec(backend.text)[1];
  say("backend, cloud and fog are ready");

  await page.goto(address);
  await page.waitForSelector("input[name=name]");
  const script = statSync(join(bin, "../page/assets", readdirSync(join(bin, "../page/assets")).find((x) => x.endsWith(".js.br")))).size;
  say(`script compressed: ${(script / 1000).toFixed(1)} kB`);
  assert.ok(script <= 200_000);
  await shot(page, "01-login");
  await page.type("input[name=name]", "admin");
  await page.type("input[name=password]", "wrong password");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".trouble");
  await page.$eval("input[name=password]", (x) => { x.value = ""; });
  await page.type("input[name=password]", first);
  await page.keyboard.press("Enter");
  await page.waitForSelector("input[name=again]");
  for (const [key, value] of [["old", first], ["new", password], ["again", password]])
    await page.type(`input[name=${key}]`, value);
  await page.keyboard.press("Enter");
  await page.waitForSelector("nav");
  await until("three nodes", () => page.$$eval("tbody tr", (x) => x.length === 3));
  await shot(page, "02-overview-empty");
  say("logged in; the first password was changed");

  await addCamera(page, "counted", counted);
  await until("numbered video", () => page.$eval("canvas", (x) => Number(x.dataset.frame) > 60));
  for (let i = 0; i < 3; ++i) {
    const x = await page.evaluate(compare);
    say(`picture ${x.seen}, page says ${x.said} (${x.said % 600})`);
    const off = (x.seen - x.said + 600_000) % 600; // it begins anew
    assert.ok(Math.min(off, 600 - off) <= 1, "video and boxes are within one frame");
    await new Promise((f) => setTimeout(f, 700));
  }

  // By keyboard alone: the remove dialog is reached, and closed again.
  await page.waitForSelector("button.danger");
  for (let i = 0; i < 20 && !(await page.evaluate(() => document.activeElement.className === "danger")); ++i) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Escape");
  await until("the dialog is closed", () => page.evaluate(() => !document.querySelector("dialog[open]")));
  await page.click("button.danger");
  await page.click("dialog[open] button.danger");
  await until("no camera is left", () => page.$$eval(".empty", (x) => x.length === 1));
  say("a camera was removed");

  await addCamera(page, "street", street);
  await until("boxes on live video", () => page.$eval("canvas", (x) => JSON.parse(x.dataset.boxes ?? "[]").length > 1), 90_000);
  const inLedger = (n) => page.evaluate(async (x) => (await (await fetch(`/api/v1/results?stream=street&first=${x}&last=${x}`)).json()).results, n);
  // On a keyframe itself its own boxes are shown, unless they are corrected just now.
  const boxes = await until("boxes of the ledger on their own picture", async () => {
    const x = await page.evaluate(compare);
    if (x.from !== x.said || x.boxes.length === 0) return null;
    const [known] = await inLedger(x.from);
    return known && isDeepStrictEqual(x.boxes, known.objects.map((y) => y.where)) && x;
  }, 120_000);
  await new Promise((f) => setTimeout(f, 3000)); // some points for the charts
  await shot(page, "04-stream");
  assert.deepEqual(await page.evaluate(pale), []);
  say(`live video with ${boxes.boxes.length} boxes of frame ${boxes.from} on frame ${boxes.said}`);

  await drawZone(page);
  const [host, port] = fog.address.split(":");
  run(join(bin, "kill_actor"), host, port, "streams/street/result_functions");
  await until("the zone after a restart", () => page.evaluate(async () => {
    const ask = async (path) => (await fetch(path)).json();
    const { tree } = await ask("/api/v1/nodes/fog-1/tree");
    const { functions } = await ask("/api/v1/streams/street/functions");
    return tree.some((x) => x.path === "streams/street/result_functions" && x.restarts > 0 && x.state === "ready")
      && functions.some((x) => x.includes("name=crossing"));
  }));
  say("a zone outlives its actor");
  await playClip(page, address);
  await switchProfile(page, backend, fog, address);
  await page.goto(new URL("/label", address));
  await annotate(page);

  await page.goto(new URL("/nodes", address));
  const row = 'tr[data-path="streams/street/encoder"]';
  await page.waitForSelector(row);
  const restarts = await page.$eval(row, (x) => Number(x.dataset.restarts));
  run(join(bin, "kill_actor"), host, port, "streams/street/encoder");
  await until("the restart", () => page.$eval(row, (x, n) => Number(x.dataset.restarts) > n && x.textContent.includes("ready"), restarts));
  await page.$eval(row, (x) => x.scrollIntoView({ block: "center" }));
  await shot(page, "09-nodes-restart");
  say("an actor was killed, and its restart seen");

  above.child.kill("SIGKILL");
  await page.goto(new URL("/", address));
  await until("the outage", () => page.$$eval(".alarms li", (x) => x.some((y) => y.textContent.includes("the fog answers without the cloud"))));
  await until("the cloud is away", () => page.$$eval("tbody tr", (x) => x.some((y) => y.textContent.includes("cloud-1") && y.textContent.includes("away"))));
  await shot(page, "10-outage");
  say("an outage was seen");

  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await until("the tile", () => page.$$eval(".tile", (x) => x.length === 1));
  await shot(page, "11-overview-dark");
  assert.deepEqual(await page.evaluate(pale), []);
  await page.emulateMediaFeatures([]);

  for (const [path, name] of [["/library", "12-library"], ["/events", "13-events"], ["/account", "14-account"]]) {
    await page.goto(new URL(path, address));
    await page.waitForSelector("h1");
    await new Promise((f) => setTimeout(f, 700));
    await shot(page, name);
    assert.deepEqual(await page.evaluate(pale), [], path);
  }

  await page.goto(new URL("/", address));
  await page.waitForSelector(".tile");
  const useful = await page.evaluate(() => Math.round(performance.now()));
  const paint = await until("the first paint", () => page.evaluate(() => { // it may be booked after the tile is there
    const booked = performance.getEntriesByName("first-contentful-paint")[0];
    return booked && Math.max(1, Math.round(booked.startTime));
  }));
  say(`first paint ${paint} ms, useful after ${useful} ms at most`);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true });
  await page.goto(new URL("/streams/street", address));
  await until("video on a phone", () => page.$eval("canvas", (x) => Number(x.dataset.frame) > 0));
  await shot(page, "15-phone");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), "a phone scrolls one way");
  for (const [name, tier] of [["backend", backend], ["fog", fog]])
    assert.ok(!readFileSync(join(folder, `${name}.log`), "utf8").includes(first) && tier.child.exitCode === null, name);
}

const browser = await puppeteer.launch({
  executablePath: chromium, headless: true, acceptInsecureCerts: true,
  args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required", "--force-color-profile=srgb"],
  defaultViewport: { width: 1280, height: 860 },
});
let status = 0;
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const complaints = [];
  page.on("pageerror", (x) => complaints.push(String(x)));
  page.on("console", (x) => { if (x.type() === "error" && !/status of 4|net::ERR|Failed to load resource/.test(x.text())) complaints.push(x.text()); });
  try {
    await test(page);
    assert.deepEqual(complaints, [], "the browser complains of nothing");
  } catch (x) {
    status = 1;
    console.error(x, complaints, page.url());
    await shot(page, "failed").catch(() => undefined);
    for (const name of readdirSync(folder).filter((y) => y.endsWith(".log"))) console.error(name, readFileSync(join(folder, name), "utf8").split("\n").slice(-12).join("\n"));
  }
} finally {
  await browser.close();
  for (const x of processes) x.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
console.log(status === 0 ? "page test passed" : "page test failed");
process.exit(status);
