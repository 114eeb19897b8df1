// What the gateway answers, and how it is asked.

export interface Visitor {
  name: string;
  role: "viewer" | "annotator" | "operator" | "admin";
  cameras: string[];
  csrf: string;
  must_change: boolean;
}

export interface Latency { count: number; p50: number; p95: number; p99: number; max: number }

export interface NodeInfo {
  name: string; tier: string; address: string; version: string;
  state: string; problem: string; started: string;
  actors: number; restarts: number; down: number; rss_bytes?: number; threads?: number;
}

export interface Stream {
  stream: string; node: string; state: string; pipeline: string; outage: string;
  received: number; answered: number; in_flight: number; spooled: number;
  dropped: Record<string, number>; unaccounted: number; events: number;
  bytes_original: number; bytes_to_cloud: number; cloud_frames: number;
  labels_cloud: number; labels_fog: number; backup_frames: number;
  freshness: Latency; processing: Latency; last_error: string;
  camera: { state: string; node: string; last_error?: string; opened?: number; failures?: number } | null;
  decode?: Latency; encode?: Latency; cloud?: Latency; detect?: Latency; name?: Latency; publish?: Latency;
}

export interface Alarm { level: "bad" | "warn" | "notice"; subject: string; message: string; remedy: string }

export interface Overview { time: string; nodes: NodeInfo[]; streams: Stream[]; alarms: Alarm[] }

export interface TreeEntry {
  path: string; kind: string; state: string; node: string; detached: boolean;
  restarts: number; reason: string; mailbox: number; uptime: number;
}

export interface FoundObject {
  where: { x0: number; y0: number; x1: number; y1: number };
  label: string; score: number; by: "cloud" | "fog" | "backup"; track: number;
}

export interface FrameResult {
  stream: string; frame: number; pts_us: number; captured: string; answered: string;
  pipeline: string; located: string; revision: number; damaged: boolean; objects: FoundObject[];
}

export interface StreamEvent {
  id: number; stream: string; frame: number; time: string; kind: string; object: number;
  label: string; zone: string; value: string; lasted: number; node: string;
}

/** What went wrong, as the gateway says it: what, and what to do. */
export class Problem extends Error {
  constructor(public status: number, public code: string, message: string, public remedy: string) {
    super(message);
  }
}

let csrf = "";

export function keepCsrf(x: string) {
  csrf = x;
}

export async function problemOf(answer: Response): Promise<Problem> {
  const said = await answer.json().catch(() => ({}));
  return new Problem(answer.status, said.code ?? "io", said.message ?? answer.statusText,
    said.remedy ?? "try again");
}

export async function ask<T>(path: string, method = "GET", body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem(0, "io", "the gateway does not answer", "look at the network, or wait until it is back");
  }
  if (!answer.ok) throw await problemOf(answer);
  return (await answer.json()) as T;
}

/** Ends something when the page is left: browsers keep pages that were left, with
 *  their connections, and have only six for a server. */
export function atLeave(f: () => void): () => void {
  window.addEventListener("pagehide", f);
  return () => window.removeEventListener("pagehide", f);
}

// A page that was kept has ended what it heard.
window.addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });

/** Hears server-sent events until the returned function is called. */
export function hear(path: string, handlers: Record<string, (data: string) => void>,
  connected?: (is: boolean) => void): () => void {
  const source = new EventSource(path);
  for (const [name, f] of Object.entries(handlers))
    source.addEventListener(name, (e) => f((e as MessageEvent).data));
  source.onopen = () => connected?.(true);
  source.onerror = () => connected?.(false);
  const forget = atLeave(() => source.close());
  return () => { forget(); source.close(); };
}
