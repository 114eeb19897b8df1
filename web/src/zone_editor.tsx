import { useEffect, useRef, useState } from "preact/hooks";
import { ask, hear, type StreamEvent } from "./api";
import { Trouble, useAnswer } from "./parts";
import { drawable, format, parse, points, shape, text, type Point } from "./zones";

export interface Draft { at: number | null; kind: string; name: string; points: Point[] }

/** Functions of a stream's results, and how they are changed. */
export function useFunctions(stream: string) {
  const [problem, setProblem] = useState<unknown>(null);
  const path = `/api/v1/streams/${encodeURIComponent(stream)}/functions`;
  // One that was just added is not seen at once; others may change them, too.
  const [found, , again] = useAnswer<{ functions: string[] }>(() => ask(path), stream, 3000);
  const save = (functions: string[]) => ask(path, "PUT", { functions })
    .then(() => { again(); setProblem(null); return true; }, (x) => { setProblem(x); return false; });
  return { all: found?.functions ?? null, save, problem };
}

/** Zones over the picture; the draft's points come and go with the mouse. */
export function ZoneLayer({ all, draft, change, size }: {
  all: string[]; draft: Draft | null; change: (x: Draft) => void; size: { width: number; height: number };
}) {
  const svg = useRef<SVGSVGElement>(null);
  const [held, setHeld] = useState<number | null>(null);
  const { width: w, height: h } = size;
  const place = (e: PointerEvent): Point => {
    const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.current!.getScreenCTM()!.inverse());
    return { x: Math.min(1, Math.max(0, p.x / w)), y: Math.min(1, Math.max(0, p.y / h)) };
  };
  const down = (e: PointerEvent) => {
    if (!draft || e.button !== 0) return;
    e.preventDefault();
    const p = place(e);
    const near = draft.points.findIndex((q) => Math.hypot((q.x - p.x) * w, (q.y - p.y) * h) < h * 0.035);
    svg.current!.setPointerCapture(e.pointerId);
    if (near >= 0) return setHeld(near);
    const full = drawable[draft.kind].key === "line" && draft.points.length === 2;
    if (full) return;
    change({ ...draft, points: [...draft.points, p] });
    setHeld(draft.points.length);
  };
  const move = (e: PointerEvent) => {
    if (draft && held !== null) change({ ...draft, points: draft.points.map((q, i) => (i === held ? place(e) : q)) });
  };
  const outline = (xs: Point[]) => xs.map((p) => `${p.x * w},${p.y * h}`).join(" ");
  const unit = Math.max(1, h / 360);
  return (
    <svg ref={svg} class={draft ? "zones editing" : "zones"} viewBox={`0 0 ${w} ${h}`} onPointerDown={down} onPointerMove={move}
      onPointerUp={() => setHeld(null)} role="img" aria-label="zones">
      {all.map((x, i) => {
        const s = shape(parse(x));
        if (!s || i === draft?.at || s.points.length === 0) return null;
        return (
          <g key={i} class={parse(x).name}>
            {s.closed ? <polygon points={outline(s.points)} stroke-width={2 * unit} /> : <polyline points={outline(s.points)} stroke-width={3 * unit} />}
            <text x={s.points[0].x * w + 4 * unit} y={Math.max(14 * unit, s.points[0].y * h - 4 * unit)} font-size={13 * unit}>{s.name}</text>
          </g>
        );
      })}
      {draft && <g class="draft">
        {drawable[draft.kind].key === "zone" ? <polygon points={outline(draft.points)} stroke-width={2 * unit} /> : <polyline points={outline(draft.points)} stroke-width={3 * unit} />}
        {draft.points.map((p, i) => <circle key={i} cx={p.x * w} cy={p.y * h} r={6 * unit} />)}
      </g>}
    </svg>
  );
}

/** Events of the last hour by zone, live. */
function useCounts(stream: string) {
  const [counts, setCounts] = useState<Record<string, number>>({});
  useEffect(() => {
    let on = true;
    const seen = new Set<string>(); // some come both ways
    const add = (all: StreamEvent[]) => {
      const xs = all.filter((x) => !seen.has(`${x.node}/${x.id}`));
      for (const x of xs) seen.add(`${x.node}/${x.id}`);
      if (on && xs.length > 0) setCounts((known) => {
        const next = { ...known };
        for (const x of xs) next[x.zone] = (next[x.zone] ?? 0) + 1;
        return next;
      });
    };
    const since = (Date.now() - 3600_000) * 1e6;
    ask<{ events: StreamEvent[] }>(`/api/v1/events?stream=${encodeURIComponent(stream)}&since=${since}&most=1000`).then((x) => add(x.events), () => undefined);
    const silence = hear(`/api/v1/events/live?stream=${encodeURIComponent(stream)}`, { event: (x) => add([JSON.parse(x)]) });
    return () => { on = false; silence(); };
  }, [stream]);
  return counts;
}

/** The list of zones, and the form for one. By keyboard points are written. */
export function ZoneList({ stream, functions, may, draft, change }: {
  stream: string; functions: ReturnType<typeof useFunctions>; may: boolean; draft: Draft | null; change: (x: Draft | null) => void;
}) {
  const { all, save, problem } = functions;
  const counts = useCounts(stream);
  const [busy, setBusy] = useState(false);
  if (!all) return null;
  const store = (xs: string[]) => {
    setBusy(true);
    save(xs).then((fine) => { if (fine) change(null); }).finally(() => setBusy(false));
  };
  const keep = (e: Event) => {
    e.preventDefault();
    if (!draft) return;
    const old = draft.at === null ? null : parse(all[draft.at]);
    const { key } = drawable[draft.kind];
    const parameters = { ...(old?.name === draft.kind ? old.parameters : {}), [key]: text(draft.points) };
    if (draft.kind !== "mask") parameters.name = draft.name;
    const made = format({ name: draft.kind, parameters, script: "" });
    store(draft.at === null ? [...all, made] : all.map((x, i) => (i === draft.at ? made : x)));
  };
  const enough = draft && (drawable[draft.kind].key === "line" ? draft.points.length === 2 : draft.points.length >= 3);
  return (
    <section class="card stack" aria-labelledby="zones">
      <div class="row"><h2 id="zones">Zones and lines</h2>
        {may && !draft && <button class="draw" onClick={() => change({ at: null, kind: "zone_stay", name: `zone-${all.length + 1}`, points: [] })}>Draw</button>}</div>
      {all.length === 0 && !draft && <p class="hint">None yet.</p>}
      {all.length > 0 && <ul class="plain">{all.map((x, i) => {
        const f = parse(x), s = shape(f);
        return (
          <li class="row" key={i} data-zone={s?.name ?? f.name}>
            <span><strong>{s?.name ?? f.name}</strong> <span class="hint">{f.name}{f.name !== "mask" && s ? `, ${counts[s.name] ?? 0} events in the last hour` : ""}</span></span>
            {may && <span class="row">
              {s && <button disabled={busy} aria-label={`change ${s.name}`} onClick={() => change({ at: i, kind: f.name, name: s.name, points: s.points })}>Change</button>}
              <button disabled={busy} aria-label={`remove ${s?.name ?? f.name}`} onClick={() => store(all.filter((_, j) => j !== i))}>Remove</button></span>}
          </li>
        );
      })}</ul>}
      {draft && <form class="stack" onSubmit={keep}>
        <p class="hint">Click into the picture for each corner; drag one to move it.</p>
        <label>What it does <select value={draft.kind} onChange={(e) => change({ ...draft, kind: (e.target as HTMLSelectElement).value, points: [] })}>
          {Object.entries(drawable).map(([name, x]) => <option value={name}>{x.help}</option>)}</select></label>
        {draft.kind !== "mask" && <label>Name <input name="zone" required maxLength={64} pattern="[A-Za-z0-9_][A-Za-z0-9_.\-]*" title="letters, digits, _ . -" value={draft.name}
          onInput={(e) => change({ ...draft, name: (e.target as HTMLInputElement).value })} /></label>}
        <label>Corners <input name="corners" value={text(draft.points)} placeholder="0.2,0.5 0.8,0.5 0.8,1"
          onChange={(e) => change({ ...draft, points: points((e.target as HTMLInputElement).value) })} /></label>
        <div class="row end"><button type="button" onClick={() => change({ ...draft, points: draft.points.slice(0, -1) })} disabled={draft.points.length === 0}>Undo</button>
          <button type="button" onClick={() => change(null)}>Cancel</button>
          <button class="main" disabled={busy || !enough}>{busy ? "Saving…" : "Save"}</button></div>
      </form>}
      <Trouble of={problem} />
    </section>
  );
}
