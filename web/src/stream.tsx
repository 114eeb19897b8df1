import { useEffect, useRef, useState } from "preact/hooks";
import { ask, type Overview, type Stream, type Visitor } from "./api";
import { Chart } from "./chart";
import { bytes, count, duration, millis } from "./format";
import { Live, type LiveState } from "./live";
import { go, State, To, Trouble, useAnswer } from "./parts";
import { useFunctions, ZoneLayer, ZoneList, type Draft } from "./zone_editor";

const stages: [keyof Stream, string][] = [["decode", "decode"], ["encode", "encode"], ["cloud", "cloud, there and back"],
  ["detect", "of it the detector"], ["name", "classifier"], ["publish", "ledger"], ["freshness", "capture to result"]];

export function StreamPage({ name, who, all }: { name: string; who: Visitor; all: Overview | null }) {
  const [x, problem] = useAnswer<Stream>(() => ask(`/api/v1/streams/${encodeURIComponent(name)}`), name, 2000);
  const brief = all?.streams.find((y) => y.stream === name);
  const functions = useFunctions(name);
  const [draft, setDraft] = useState<Draft | null>(null);
  const may = who.role === "operator" || who.role === "admin";
  return (
    <>
      <div class="row"><h1>{name} {x && <State of={x.camera?.state ?? "not seen"} />}</h1>
        {may && <Remove name={name} />}</div>
      {problem ? <Trouble of={problem} /> : null}
      <div class="watch"><LiveView key={name} name={name} zones={functions.all ?? []} draft={draft} change={setDraft} />
        <div class="stack">
          <ZoneList stream={name} functions={functions} may={may} draft={draft} change={setDraft} />
          {x && <Law of={x} />}
          {x && <Facts of={x} />}
        </div></div>
      {brief && all && <div class="charts">
        <Chart title="Freshness, p50 / p95" names={["p50", "p95"]} at={millis(all.time) / 1e3} format={duration}
          values={[brief.freshness.p50, brief.freshness.p95]} />
        <Chart title="In flight / on disk, keyframes" names={["in flight", "on disk"]} at={millis(all.time) / 1e3}
          values={[brief.in_flight, brief.spooled]} format={(n) => String(Math.round(n))} />
      </div>}
      {x && <Stages of={x} />}
    </>
  );
}

function LiveView({ name, zones, draft, change }: { name: string; zones: string[]; draft: Draft | null; change: (x: Draft) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const image = useRef<HTMLImageElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<LiveState | null>(null);
  useEffect(() => {
    let last = 0;
    const live = new Live(name, video.current!, canvas.current!, image.current!, (x) => {
      const now = performance.now();
      if (now - last < 200 && x.mode === state?.mode && !x.problem) return;
      last = now;
      setState(x);
    });
    return () => live.stop();
  }, []);
  const mode = state?.mode ?? "starting";
  return (
    <figure class="live" ref={frame}>
      <div class="screen">
        <video ref={video} muted playsInline hidden={mode === "pictures"} aria-label={`live video of ${name}`} />
        <img ref={image} hidden={mode !== "pictures"} alt={`newest picture of ${name}`} />
        <canvas ref={canvas} aria-hidden="true" />
        {state && state.width > 0 && <ZoneLayer all={zones} draft={draft} change={change} size={state} />}
        {mode === "starting" && <p class="over" aria-busy="true">Waiting for the camera…</p>}
        <button class="full" onClick={() => frame.current?.requestFullscreen()} aria-label="full screen"><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" fill="none" stroke="currentColor" stroke-width="2" /></svg></button>
      </div>
      <figcaption>
        <span class="key cloud">cloud</span><span class="key fog">fog</span><span class="key backup">fog alone</span>
        <span class="hint" data-live={mode}>{mode === "pictures" ? "single pictures: this browser cannot play the codec" : state && state.frame >= 0
          ? `frame ${state.frame}, boxes of ${state.result < 0 ? "none" : state.result}, ${duration(Math.max(0, state.behind))} behind the camera` : ""}</span>
      </figcaption>
      <Trouble of={state?.problem} />
    </figure>
  );
}

/** received = answered + in flight + on disk + dropped, at every moment. */
function Law({ of: x }: { of: Stream }) {
  const dropped = Object.entries(x.dropped);
  const lost = dropped.reduce((a, [, n]) => a + n, 0);
  return (
    <p class={`law card ${x.unaccounted === 0 ? "" : "broken"}`} aria-label="what became of all keyframes">
      <span><b>{count(x.received)}</b> received</span> = <span><b>{count(x.answered)}</b> answered</span>
      {" + "}<span><b>{count(x.in_flight)}</b> in flight</span>{" + "}<span><b>{count(x.spooled)}</b> on disk</span>
      {" + "}<span title={dropped.map(([why, n]) => `${why}: ${n}`).join(", ")}><b>{count(lost)}</b> dropped</span>
      {x.unaccounted !== 0 && <strong> {x.unaccounted} unaccounted for</strong>}
    </p>
  );
}

function Facts({ of: x }: { of: Stream }) {
  const saved = x.bytes_original > 0 ? 1 - x.bytes_to_cloud / x.bytes_original : 0;
  const facts: [string, preact.ComponentChildren][] = [
    ["Node", <To href="/nodes">{x.node}</To>], ["Camera on", x.camera?.node ?? "not seen"], ["Pipeline", x.pipeline],
    ["Answered by", <State of={x.outage || "cloud"} />], ["From the camera", bytes(x.bytes_original)],
    ["To the cloud", <>{bytes(x.bytes_to_cloud)}{saved > 0 && <span class="hint"> {Math.round(saved * 100)} % saved</span>}</>],
    ["Frames billed", `${count(x.cloud_frames)}${x.answered ? `, ${(x.cloud_frames / x.answered).toFixed(2)} a keyframe` : ""}`],
    ["Named by cloud / fog", `${count(x.labels_cloud)} / ${count(x.labels_fog)}`], ["Without the cloud", count(x.backup_frames)],
    ["Events", count(x.events)],
  ];
  return (
    <dl class="facts card">{facts.map(([name, value]) => <><dt>{name}</dt><dd>{value}</dd></>)}
      {x.last_error && <><dt>Last error</dt><dd class="wrap">{x.last_error}</dd></>}
      {x.camera?.last_error && <><dt>Camera's</dt><dd class="wrap">{x.camera.last_error}</dd></>}
    </dl>
  );
}

function Stages({ of: x }: { of: Stream }) {
  return (
    <section aria-labelledby="stages"><h2 id="stages">Time by stage</h2>
      <div class="scroll"><table>
        <thead><tr><th>Stage</th><th class="num">p50</th><th class="num">p95</th><th class="num">p99</th><th class="num">longest</th><th class="num">times</th></tr></thead>
        <tbody>{stages.map(([key, label]) => {
          const y = x[key] as Stream["freshness"] | undefined;
          return y && <tr><td>{label}</td><td class="num">{duration(y.p50)}</td><td class="num">{duration(y.p95)}</td>
            <td class="num">{duration(y.p99)}</td><td class="num">{duration(y.max)}</td><td class="num">{count(y.count)}</td></tr>;
        })}</tbody>
      </table></div></section>
  );
}

function Remove({ name }: { name: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const remove = () => {
    setBusy(true);
    ask(`/api/v1/streams/${encodeURIComponent(name)}`, "DELETE").then(() => go("/"), setProblem).finally(() => setBusy(false));
  };
  return (
    <>
      <button class="danger" onClick={() => dialog.current?.showModal()}>Remove</button>
      <dialog ref={dialog} aria-labelledby="remove">
        <h2 id="remove">Remove {name}?</h2>
        <p>Its camera is no longer read. What waits on disk for an answer is deleted; results that are in the ledger stay.</p>
        <Trouble of={problem} />
        <div class="row end"><button onClick={() => dialog.current?.close()}>Cancel</button>
          <button class="danger" onClick={remove} disabled={busy}>{busy ? "…" : "Remove it"}</button></div>
      </dialog>
    </>
  );
}
