// Live video of a stream with what was found on it. The gateway sends records: a
// letter, four bytes of size, the bytes: 'i' {type}, 'h' header, 'm' [[frame,
// media time, captured]], 's' pictures, 'k' still here, 'e' what is wrong.

import { ask, atLeave, hear, problemOf, Problem, type FoundObject, type FrameResult } from "./api";
import { millis } from "./format";

interface Shown { frame: number; time: number; captured: number }

export interface LiveState {
  mode: "starting" | "video" | "pictures" | "ended";
  frame: number;       // of the picture that is shown
  result: number;      // frame whose boxes are shown; -1: none
  boxes: number;
  behind: number;      // seconds since it was captured
  width: number;       // of the picture; 0: none was shown yet
  height: number;
  problem: Problem | null;
}

const colors = { cloud: "#ffb000", fog: "#38d6ff", backup: "#ff7ad9" };
const kept = 400; // results
const ahead = 0.4; // seconds of pictures beyond the one that is shown

export class Live {
  private stopping = new AbortController();
  private results = new Map<number, FrameResult>();
  private pictures: Shown[] = [];
  private source: MediaSource | null = null;
  private buffer: SourceBuffer | null = null;
  private queue: BufferSource[] = [];
  private silence: () => void;
  private forget: () => void;
  private state: LiveState = { mode: "starting", frame: -1, result: -1, boxes: 0, behind: 0, width: 0, height: 0, problem: null };
  private timer = 0;
  private delay = 1.2; // seconds behind the newest picture: results need them

  constructor(private stream: string, private video: HTMLVideoElement, private canvas: HTMLCanvasElement,
    private image: HTMLImageElement, private told: (x: LiveState) => void) {
    this.silence = hear(`/api/v1/results/live?stream=${encodeURIComponent(stream)}`,
      { result: (x) => this.keep(JSON.parse(x)) });
    this.forget = atLeave(() => this.stopping.abort());
    this.watch();
    this.follow();
  }

  stop() {
    this.stopping.abort();
    this.forget();
    this.silence();
    clearTimeout(this.timer);
    if (this.video.src) URL.revokeObjectURL(this.video.src);
    this.video.removeAttribute("src");
  }

  private tell(x: Partial<LiveState>) {
    this.state = { ...this.state, ...x };
    this.told(this.state);
  }

  private keep(x: FrameResult) {
    this.results.set(x.frame, x);
    const late = (Date.now() - millis(x.captured)) / 1e3;
    // Boxes are to be there when their picture is shown.
    if (this.state.mode === "video" && late < 20)
      this.delay = Math.min(8, Math.max(0.8, this.delay * 0.95 + (late + 0.3 - this.lead()) * 0.05));
    if (this.results.size > kept) this.results.delete(this.results.keys().next().value!);
  }

  /** How old the newest picture was when it came, seconds. */
  private lead() {
    const newest = this.pictures.at(-1);
    return newest ? Math.min(5, Math.max(0, Date.now() / 1e3 - newest.captured / 1e6)) : 0;
  }

  private async watch() {
    for (let pause = 500; !this.stopping.signal.aborted; pause = Math.min(pause * 2, 5000)) {
      try {
        await this.read();
      } catch (x) {
        if (this.stopping.signal.aborted) return;
        if (x instanceof Problem && x.code === "codec") return this.showPictures();
        this.tell({ problem: x instanceof Problem ? x : null });
      }
      await new Promise((f) => { this.timer = window.setTimeout(f, pause); });
    }
  }

  private async read() {
    const answer = await fetch(`/api/v1/streams/${encodeURIComponent(this.stream)}/video`,
      { signal: this.stopping.signal });
    if (!answer.ok) throw await problemOf(answer);
    const reader = answer.body!.getReader();
    let rest = new Uint8Array(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const all = new Uint8Array(rest.length + value.length);
      all.set(rest);
      all.set(value, rest.length);
      let at = 0;
      for (;;) {
        if (all.length - at < 5) break;
        const size = new DataView(all.buffer, at + 1, 4).getUint32(0);
        if (all.length - at < 5 + size) break;
        await this.take(String.fromCharCode(all[at]), all.slice(at + 5, at + 5 + size));
        at += 5 + size;
      }
      rest = all.slice(at);
    }
  }

  private async take(kind: string, data: Uint8Array<ArrayBuffer>) {
    const json = () => JSON.parse(new TextDecoder().decode(data));
    if (kind === "e") {
      const x = json();
      throw new Problem(0, x.code, x.message, x.remedy);
    }
    if (kind === "i") await this.open(json().type);
    if (kind === "m")
      for (const [frame, time, captured] of json() as number[][])
        this.pictures.push({ frame, time: time / 1e6, captured });
    if (kind === "h" || kind === "s") {
      this.queue.push(data);
      this.feed();
    }
    if (this.pictures.length > 3000) this.pictures.splice(0, 1000);
  }

  private async open(type: string) {
    if (typeof MediaSource === "undefined" || !MediaSource.isTypeSupported(type))
      throw new Problem(0, "codec", `this browser plays no ${type}`, "pictures are shown instead");
    this.pictures = [];
    this.queue = [];
    this.source = new MediaSource();
    this.video.src = URL.createObjectURL(this.source);
    await new Promise((f) => this.source!.addEventListener("sourceopen", f, { once: true }));
    this.buffer = this.source.addSourceBuffer(type);
    this.buffer.addEventListener("updateend", () => this.feed());
    this.tell({ mode: "video", problem: null });
    this.video.muted = true;
    this.video.play().catch(() => undefined);
    this.step();
  }

  private feed() {
    const x = this.buffer;
    if (!x || x.updating || this.source?.readyState !== "open") return;
    const next = this.queue.shift();
    try {
      if (next) x.appendBuffer(next);
      else if (x.buffered.length && this.video.currentTime - x.buffered.start(0) > 20)
        x.remove(0, this.video.currentTime - 10);
    } catch {
      this.queue = [];
    }
  }

  /** Stays a little behind the newest picture, whatever the camera's clock does. */
  private pace() {
    const x = this.video.buffered;
    if (!x.length) return;
    const end = x.end(x.length - 1);
    const target = Math.max(x.start(x.length - 1), end - this.delay);
    const off = target - this.video.currentTime;
    if (Math.abs(off) > 1.5 || (off < 0 && end - this.video.currentTime < 0.05)) this.video.currentTime = target;
    this.video.playbackRate = off > 0.25 ? 1.06 : off < -ahead ? 0.94 : 1;
    if (this.video.paused) this.video.play().catch(() => undefined);
  }

  private step() {
    const again = () => {
      if (this.stopping.signal.aborted || this.state.mode !== "video") return;
      this.video.requestVideoFrameCallback((_, x) => {
        this.show(x.mediaTime);
        this.pace();
        again();
      });
    };
    again();
    const tick = () => {
      if (this.stopping.signal.aborted || this.state.mode !== "video") return;
      this.pace();
      setTimeout(tick, 500);
    };
    tick();
  }

  private show(time: number) {
    let near: Shown | undefined;
    for (let i = this.pictures.length - 1; i >= 0; --i) {
      const x = this.pictures[i];
      if (!near || Math.abs(x.time - time) < Math.abs(near.time - time)) near = x;
      else if (time - x.time > 1) break;
    }
    this.canvas.dataset.time = String(time);
    this.canvas.dataset.captured = String(near?.captured ?? "");
    if (near) this.draw(near.frame, Date.now() / 1e3 - near.captured / 1e6, this.video.videoWidth, this.video.videoHeight);
  }

  private draw(frame: number, behind: number, width: number, height: number) {
    const { boxes, from } = this.boxesAt(frame);
    const c = this.canvas;
    if (c.width !== width || c.height !== height) {
      c.width = width;
      c.height = height;
    }
    const g = c.getContext("2d")!;
    g.clearRect(0, 0, width, height);
    const unit = Math.max(1, height / 360);
    g.lineWidth = 2 * unit;
    g.font = `600 ${Math.round(12 * unit)}px system-ui, sans-serif`;
    g.textBaseline = "bottom";
    for (const x of boxes) {
      const left = x.where.x0 * width, top = x.where.y0 * height;
      g.strokeStyle = colors[x.by];
      g.strokeRect(left, top, (x.where.x1 - x.where.x0) * width, (x.where.y1 - x.where.y0) * height);
      const text = `${x.label} ${Math.round(x.score * 100)}%`;
      const wide = g.measureText(text).width + 6 * unit;
      const high = 15 * unit;
      const y = top > high ? top : top + high;
      g.fillStyle = colors[x.by];
      g.fillRect(left - unit, y - high, wide, high);
      g.fillStyle = "#000";
      g.fillText(text, left + 2 * unit, y - unit);
    }
    c.dataset.frame = String(frame);
    c.dataset.result = String(from);
    c.dataset.boxes = JSON.stringify(boxes.map((x) => x.where));
    this.tell({ frame, result: from, boxes: boxes.length, behind, width, height });
  }

  /** Those of the keyframe itself, or between two keyframes where their tracks are then. */
  private boxesAt(frame: number): { boxes: FoundObject[]; from: number } {
    let before: FrameResult | undefined, after: FrameResult | undefined;
    for (const x of this.results.values()) {
      if (x.frame <= frame && (!before || x.frame > before.frame)) before = x;
      if (x.frame > frame && (!after || x.frame < after.frame)) after = x;
    }
    // Beyond the next keyframe they would no longer be in step.
    const numbers = [...this.results.keys()].sort((a, b) => a - b).slice(-8);
    const every = numbers.length > 1 ? Math.max(1, Math.min(...numbers.slice(1).map((x, i) => x - numbers[i]))) : 15;
    if (!before || frame - before.frame > 1.5 * every) return { boxes: [], from: -1 };
    if (!after || after.frame - before.frame > 4 * every || before.frame === frame) return { boxes: before.objects, from: before.frame };
    const part = (frame - before.frame) / (after.frame - before.frame);
    const mix = (a: number, b: number) => a + (b - a) * part;
    const boxes = before.objects.map((x) => {
      const y = x.track ? after!.objects.find((z) => z.track === x.track) : undefined;
      if (!y) return x;
      return { ...x, where: { x0: mix(x.where.x0, y.where.x0), y0: mix(x.where.y0, y.where.y0),
        x1: mix(x.where.x1, y.where.x1), y1: mix(x.where.y1, y.where.y1) } };
    });
    return { boxes, from: before.frame };
  }

  // -- where the codec is not playable --------------------------------------------

  private async showPictures() {
    this.tell({ mode: "pictures", problem: null });
    while (!this.stopping.signal.aborted) {
      try {
        const answer = await fetch(`/api/v1/streams/${encodeURIComponent(this.stream)}/picture`,
          { signal: this.stopping.signal });
        if (!answer.ok) throw await problemOf(answer);
        const url = URL.createObjectURL(await answer.blob());
        await new Promise((f) => { this.image.onload = f; this.image.onerror = f; this.image.src = url; });
        this.draw(Number(answer.headers.get("X-Frame") ?? -1), 0, this.image.naturalWidth, this.image.naturalHeight);
        URL.revokeObjectURL(url);
        this.tell({ problem: null });
      } catch (x) {
        if (this.stopping.signal.aborted) return;
        this.tell({ problem: x instanceof Problem ? x : null });
      }
      await new Promise((f) => { this.timer = window.setTimeout(f, 700); });
    }
  }

  /** What was found just before somebody looked. */
  private async follow() {
    const since = (Date.now() - 10_000) * 1e6;
    const found = await ask<{ results: FrameResult[] }>(
      `/api/v1/results?stream=${encodeURIComponent(this.stream)}&since=${since}&most=200`).catch(() => null);
    for (const x of found?.results ?? [])
      if (!this.results.has(x.frame)) this.results.set(x.frame, x);
  }
}
