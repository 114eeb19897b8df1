// Functions of results as texts: NAME?KEY=VALUE&KEY=VALUE, and perhaps a script
// behind a line break. Zones and lines are parameters of some of them.

export interface Point { x: number; y: number }

export interface ResultFunction {
  name: string;
  parameters: Record<string, string>;
  script: string; // with its line break; empty: none
}

/** What can be drawn, by the function that watches it. */
export const drawable: Record<string, { key: "zone" | "line"; help: string }> = {
  zone_stay: { key: "zone", help: "zone: who enters, who leaves, how long he stays" },
  line_count: { key: "line", help: "line: who passes, and to which side" },
  mask: { key: "zone", help: "mask: what stands in it is left out" },
};

export function parse(text: string): ResultFunction {
  const end = text.indexOf("\n");
  const head = end < 0 ? text : text.slice(0, end);
  const [name, ...rest] = head.split("?");
  const parameters: Record<string, string> = {};
  for (const pair of rest.join("?").split("&").filter(Boolean)) {
    const at = pair.indexOf("=");
    parameters[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return { name, parameters, script: end < 0 ? "" : text.slice(end) };
}

export function format(x: ResultFunction): string {
  const pairs = Object.entries(x.parameters).map(([key, value]) => `${key}=${value}`);
  return x.name + (pairs.length ? `?${pairs.join("&")}` : "") + x.script;
}

/** "0.5,0 0.5,1" as points; shares of the picture. */
export function points(text: string): Point[] {
  return text.trim().split(/\s+/).filter(Boolean).map((pair) => {
    const [x, y] = pair.split(",").map(Number);
    return { x, y };
  }).filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y));
}

export function text(xs: Point[]): string {
  const share = (n: number) => String(Math.round(Math.min(1, Math.max(0, n)) * 1000) / 1000);
  return xs.map((p) => `${share(p.x)},${share(p.y)}`).join(" ");
}

/** What a function draws, if it does. */
export function shape(x: ResultFunction): { name: string; closed: boolean; points: Point[] } | null {
  const kind = drawable[x.name];
  if (!kind || !x.parameters[kind.key]) return null;
  return { name: x.parameters.name ?? x.name, closed: kind.key === "zone", points: points(x.parameters[kind.key]) };
}
