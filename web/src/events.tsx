import { useEffect, useRef, useState } from "preact/hooks";
import { ask, hear, problemOf, type Overview, type StreamEvent } from "./api";
import { duration, moment } from "./format";
import { Empty, To, Trouble } from "./parts";

const spans: [string, number][] = [["15 minutes", 900], ["hour", 3600], ["day", 86400], ["week", 604800]];

export function Events({ all }: { all: Overview | null }) {
  const [wish, setWish] = useState({ stream: "", kind: "", zone: "", label: "", span: 3600 });
  const [found, setFound] = useState<StreamEvent[] | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [played, setPlayed] = useState<StreamEvent | null>(null);
  useEffect(() => {
    let on = true;
    const since = (Date.now() - wish.span * 1000) * 1e6;
    const query = new URLSearchParams({ stream: wish.stream, kind: wish.kind, zone: wish.zone, since: String(since), most: "1000" });
    const wait = setTimeout(() => ask<{ events: StreamEvent[] }>(`/api/v1/events?${query}`)
      .then((x) => { if (on) { setFound(x.events.reverse()); setProblem(null); } }, setProblem), 250);
    const fits = (x: StreamEvent) => (!wish.stream || x.stream === wish.stream) && (!wish.kind || x.kind === wish.kind) && (!wish.zone || x.zone === wish.zone);
    // Drawn a few times a second at most, each once.
    let fresh: StreamEvent[] = [];
    let timer = 0;
    const draw = () => {
      const xs = fresh.reverse();
      fresh = [];
      timer = 0;
      setFound((known) => {
        const ids = new Set((known ?? []).map((x) => `${x.node}/${x.id}`));
        return [...xs.filter((x) => !ids.has(`${x.node}/${x.id}`)), ...(known ?? [])].slice(0, 1000);
      });
    };
    const silence = hear(`/api/v1/events/live?stream=${encodeURIComponent(wish.stream)}`, {
      event: (text) => {
        const x = JSON.parse(text) as StreamEvent;
        if (!fits(x)) return;
        fresh.push(x);
        timer ||= window.setTimeout(draw, 300);
      },
    });
    return () => { on = false; clearTimeout(wait); clearTimeout(timer); silence(); };
  }, [wish.stream, wish.kind, wish.zone, wish.span]);
  const set = (key: string) => (e: Event) => setWish({ ...wish, [key]: (e.target as HTMLInputElement).value });
  const shown = found?.filter((x) => !wish.label || x.label.includes(wish.label));
  return (
    <>
      <h1>Events</h1>
      <form class="filters" onSubmit={(e) => e.preventDefault()}>
        <label>Camera <select onChange={set("stream")}><option value="">all</option>{all?.streams.map((x) => <option>{x.stream}</option>)}</select></label>
        <label>Last <select onChange={(e) => setWish({ ...wish, span: Number((e.target as HTMLSelectElement).value) })}>
          {spans.map(([name, s]) => <option value={s} selected={s === wish.span}>{name}</option>)}</select></label>
        <label>Kind <input value={wish.kind} onInput={set("kind")} placeholder="passed" /></label>
        <label>Zone or line <input value={wish.zone} onInput={set("zone")} /></label>
        <label>Class <input value={wish.label} onInput={set("label")} placeholder="car" /></label>
      </form>
      {problem ? <Trouble of={problem} /> : null}
      {shown?.length === 0 && <Empty>No event in this time. Functions of a stream raise them: lines, zones, motion.</Empty>}
      {shown && shown.length > 0 && <div class="scroll"><table>
        <thead><tr><th>Time</th><th>Camera</th><th>Kind</th><th>Class</th><th>Zone</th><th>Value</th><th class="num">Lasted</th><th class="num">Frame</th><th>Clip</th></tr></thead>
        <tbody>{shown.map((x) => (
          <tr key={`${x.node}/${x.id}`}><td>{moment(x.time)}</td><td><To href={`/streams/${encodeURIComponent(x.stream)}`}>{x.stream}</To></td>
            <td>{x.kind}</td><td>{x.label}</td><td>{x.zone}</td><td>{x.value}</td><td class="num">{duration(x.lasted)}</td><td class="num">{x.frame}</td>
            <td><button class="link" onClick={() => setPlayed(x)} aria-label={`play ${x.kind} ${x.zone} of frame ${x.frame}`}>Play</button></td></tr>
        ))}</tbody>
      </table></div>}
      {played && <Clip key={`${played.node}/${played.id}`} of={played} close={() => setPlayed(null)} />}
    </>
  );
}

/** The video around an event, as a file that is played and kept. */
function Clip({ of: x, close }: { of: StreamEvent; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [url, setUrl] = useState("");
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    dialog.current?.showModal();
    const ending = new AbortController();
    let made = "";
    fetch(`/api/v1/streams/${encodeURIComponent(x.stream)}/clip?frame=${x.frame}`, { signal: ending.signal })
      .then(async (answer) => {
        if (!answer.ok) throw await problemOf(answer);
        made = URL.createObjectURL(await answer.blob());
        setUrl(made);
      }).catch((why) => { if (!ending.signal.aborted) setProblem(why); });
    return () => { ending.abort(); if (made) URL.revokeObjectURL(made); };
  }, []);
  return (
    <dialog ref={dialog} class="wide" aria-labelledby="clip" onClose={close}>
      <h2 id="clip">{x.stream}: {x.kind} {x.zone}, {x.label} <span class="hint">{moment(x.time)}</span></h2>
      {url ? <video src={url} controls autoPlay muted playsInline /> : !problem && <p aria-busy="true">Fetching…</p>}
      <Trouble of={problem} />
      <div class="row end">{url && <a href={url} download={`${x.stream}-${x.frame}.mp4`}>Download</a>}
        <button onClick={() => dialog.current?.close()}>Close</button></div>
    </dialog>
  );
}
