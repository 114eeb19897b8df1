// Numbers and times as people read them.

/** Of seconds. */
export function duration(x: number | undefined): string {
  const s = x ?? 0;
  if (s === 0) return "0";
  if (s < 1e-3) return `${Math.round(s * 1e6)} µs`;
  if (s < 1) return `${Math.round(s * 1e3)} ms`;
  if (s < 120) return `${s.toFixed(s < 10 ? 1 : 0)} s`;
  if (s < 7200) return `${Math.round(s / 60)} min`;
  return s < 172800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} d`;
}

export function bytes(x: number | undefined): string {
  if (!x) return "0 B";
  const i = Math.min(Math.floor(Math.log2(x) / 10), 4);
  const n = x / 1024 ** i;
  return `${n.toFixed(i === 0 || n >= 100 ? 0 : 1)} ${["B", "KiB", "MiB", "GiB", "TiB"][i]}`;
}

export function count(x: number | undefined): string {
  return (x ?? 0).toLocaleString("en");
}

/** "2026-03-01T14:30:00.000000000Z" in milliseconds since 1970. */
export function millis(x: string): number {
  return Date.parse(x.replace(/(\.\d{3})\d*/, "$1"));
}

export function moment(x: string): string {
  return new Date(millis(x)).toLocaleString(undefined,
    { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
