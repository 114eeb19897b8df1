// How old a picture is when a browser shows it: from the camera's clock to
// requestVideoFrameCallback's time of display, on the page as it is. Prints one
// object of JSON. usage: node glass.mjs PAGE PASSWORD STREAM SECONDS; exit status
// 77 where there is no browser.
import { statSync } from "node:fs";

const [address, password, stream, seconds] = process.argv.slice(2);
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((x) => statSync(x, { throwIfNoEntry: false }));
const puppeteer = await import("puppeteer-core").then((x) => x.default, () => null);
if (!chromium || !puppeteer) {
  console.log("null");
  process.exit(77);
}

/** The page says when the picture was filmed that it draws boxes over. */
function watch(seconds) {
  const video = document.querySelector("video");
  const canvas = document.querySelector(".screen canvas");
  const known = new Map(), ages = [];
  let missed = 0, last = -1;
  return new Promise((done) => {
    const end = performance.now() + seconds * 1000;
    const look = (now, meta) => {
      if (last >= 0) missed += meta.presentedFrames - last - 1;
      last = meta.presentedFrames;
      known.set(String(meta.mediaTime), performance.timeOrigin + meta.expectedDisplayTime);
      const { time, captured } = canvas.dataset; // of the same, or of the one before
      if (known.has(time) && captured) {
        ages.push(known.get(time) - Number(captured) / 1000);
        known.delete(time);
      }
      if (performance.now() < end) return video.requestVideoFrameCallback(look);
      const sorted = ages.sort((a, b) => a - b);
      const at = (p) => sorted[Math.round(p * (sorted.length - 1))];
      done({ pictures: ages.length, skipped: missed, to_glass_ms: { p50: at(0.5), p99: at(0.99) } });
    };
    video.requestVideoFrameCallback(look);
  });
}

const browser = await puppeteer.launch({
  executablePath: chromium, headless: true, acceptInsecureCerts: true,
  args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"],
  defaultViewport: { width: 1280, height: 860 },
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(address);
  await page.waitForSelector("input[name=name]");
  await page.type("input[name=name]", "admin");
  await page.type("input[name=password]", password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("nav");
  await page.goto(new URL(`/streams/${stream}`, address));
  await page.waitForFunction(() => Number(document.querySelector(".screen canvas")?.dataset.frame) > 0);
  await new Promise((f) => setTimeout(f, 5000)); // the page finds its pace
  console.log(JSON.stringify(await page.evaluate(watch, Number(seconds))));
} finally {
  await browser.close();
}
