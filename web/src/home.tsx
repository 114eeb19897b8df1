import { useRef, useState } from "preact/hooks";
import { ask, type Alarm, type Overview, type Stream, type Visitor } from "./api";
import { bytes, count, duration } from "./format";
import { Empty, go, State, To, Trouble, useAnswer } from "./parts";

const operators = new Set(["operator", "admin"]);

export function Home({ who, all }: { who: Visitor; all: Overview | null }) {
  if (!all) return <p aria-busy="true">Looking at the nodes…</p>;
  return (
    <>
      <Alarms all={all.alarms} />
      <section aria-labelledby="streams">
        <div class="row"><h1 id="streams">Streams</h1>{operators.has(who.role) && <AddCamera all={all} />}</div>
        <Profiles may={operators.has(who.role) && who.cameras.length === 0} />
        {all.streams.length === 0 ? <Empty>No camera yet. {operators.has(who.role) ? "Add the first one." : "An operator adds them."}</Empty>
          : <div class="tiles">{all.streams.map((x) => <Tile key={x.node + x.stream} of={x} />)}</div>}
      </section>
      <section aria-labelledby="nodes">
        <h2 id="nodes">Nodes</h2>
        <div class="scroll"><table>
          <thead><tr><th>Node</th><th>Tier</th><th>State</th><th class="num">Actors</th><th class="num">Restarts</th><th class="num">Memory</th><th>Address</th></tr></thead>
          <tbody>{all.nodes.map((x) => (
            <tr key={x.name}><td><To href="/nodes">{x.name}</To></td><td>{x.tier}</td>
              <td><State of={x.state} />{x.down > 0 && <span class="hint"> {x.down} not ready</span>}</td>
              <td class="num">{x.actors}</td><td class="num">{x.restarts}</td><td class="num">{bytes(x.rss_bytes)}</td><td>{x.address}</td></tr>
          ))}</tbody>
        </table></div>
      </section>
    </>
  );
}

function Alarms({ all }: { all: Alarm[] }) {
  const shown = all.slice(0, 12);
  return (
    <section aria-labelledby="alarms" aria-live="polite">
      <h2 id="alarms">Alarms</h2>
      {all.length === 0 ? <p class="fine"><span class="state good">none</span> Everything is as it should be.</p>
        : <ul class="alarms">{shown.map((x) => (
            <li class={x.level} key={x.subject + x.message}><strong>{x.subject}</strong> {x.message}. <span class="hint">{x.remedy}.</span></li>
          ))}</ul>}
      {all.length > shown.length && <p class="hint">and {all.length - shown.length} more</p>}
    </section>
  );
}

function Tile({ of: x }: { of: Stream }) {
  const saved = x.bytes_original > 0 ? 1 - x.bytes_to_cloud / x.bytes_original : 0;
  return (
    <To href={`/streams/${encodeURIComponent(x.stream)}`} class="tile card">
      <h3>{x.stream}</h3>
      <p><State of={x.camera?.state ?? "not seen"} /> <State of={x.outage === "cloud" || !x.outage ? "cloud" : x.outage} /></p>
      <dl>
        <dt>Fresh</dt><dd>{x.freshness.count ? duration(x.freshness.p50) : "–"}</dd>
        <dt>Answered</dt><dd>{count(x.answered)}</dd>
        <dt>To the cloud</dt><dd>{bytes(x.bytes_to_cloud)}{x.bytes_to_cloud > 0 && saved > 0 && <span class="hint"> {Math.round(saved * 100)} % saved</span>}</dd>
        <dt>On</dt><dd>{x.node}</dd>
      </dl>
    </To>
  );
}

/** Named sets of what streams run; nothing where there are none. */
function Profiles({ may }: { may: boolean }) {
  const [all, , again] = useAnswer<{ profiles: Record<string, unknown[]>; on: string }>(() => ask("/api/v1/profiles"), "", 5000);
  const [problem, setProblem] = useState<unknown>(null);
  if (!all || Object.keys(all.profiles).length === 0) return null;
  const use = (e: Event) => {
    setProblem(null);
    ask("/api/v1/profile", "PUT", { profile: (e.target as HTMLSelectElement).value }).then(again, setProblem);
  };
  return (
    <>
      <p class="row"><label>Profile <select name="profile" value={all.on} disabled={!may} onChange={use}>
        <option value="">none</option>{Object.keys(all.profiles).map((x) => <option>{x}</option>)}
      </select></label></p>
      <Trouble of={problem} />
    </>
  );
}

/** A camera's address, and what a stream may be told. */
function AddCamera({ all }: { all: Overview }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const fogs = all.nodes.filter((x) => x.tier === "fog" && x.state === "up");
  const clients = all.nodes.filter((x) => x.tier === "client" && x.state === "up");
  const send = (e: Event) => {
    e.preventDefault();
    const form = new FormData(e.target as HTMLFormElement);
    const text = (key: string) => String(form.get(key) ?? "").trim();
    const parameters: Record<string, unknown> = { source: text("source") };
    if (text("pipeline")) parameters.pipeline = text("pipeline");
    if (form.get("file")) parameters.loop = parameters.real_time = true;
    if (text("every")) parameters.every = Number(text("every"));
    setBusy(true);
    setProblem(null);
    ask(`/api/v1/streams/${encodeURIComponent(text("name"))}`, "POST", { node: text("node"), client: text("client"), parameters })
      .then(() => { dialog.current?.close(); go(`/streams/${encodeURIComponent(text("name"))}`); }, setProblem)
      .finally(() => setBusy(false));
  };
  return (
    <>
      <button class="main" onClick={() => { setProblem(null); dialog.current?.showModal(); }}>Add a camera</button>
      <dialog ref={dialog} aria-labelledby="add">
        <form onSubmit={send} class="stack">
          <h2 id="add">Add a camera</h2>
          <label>Name <input name="name" required maxLength={100} pattern="[A-Za-z0-9_][A-Za-z0-9_.\-]*" title="letters, digits, _ . -" /></label>
          <label>Address <input name="source" required placeholder="rtsp://10.0.0.7/1" /></label>
          <p class="hint">RTSP or HTTP address, file or device of the fog. A password in it is shown nowhere.</p>
          <label class="check"><input type="checkbox" name="file" /> a file, played in real time again and again</label>
          <div class="two">
            <label>Fog <select name="node" required>{fogs.map((x) => <option>{x.name}</option>)}</select></label>
            <label>Read by <select name="client"><option value="">the fog itself</option>{clients.map((x) => <option>{x.name}</option>)}</select></label>
            <label>Pipeline <input name="pipeline" placeholder="high_low" /></label>
            <label>Keyframe: one of <input name="every" type="number" min={1} max={1000} placeholder="15" /></label>
          </div>
          <Trouble of={problem} />
          <div class="row end"><button type="button" onClick={() => dialog.current?.close()}>Cancel</button>
            <button class="main" disabled={busy}>{busy ? "Starting…" : "Add"}</button></div>
        </form>
      </dialog>
    </>
  );
}

