import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ask, type Visitor } from "./api";
import { duration } from "./format";
import { Empty, Trouble, useAnswer } from "./parts";

interface Crop { id: string; stream: string; frame: number; captured: string; said: string; hint: string; score: number; alike: string[] }

interface Learning {
  data_collector: { crops: number; standing: number; disputed: number; labels: number };
  trainer: { heads: string; before: number; now: number; why: string; click_to_live: { count: number; p50: number; p95: number } };
  heads: { version: string; learnt: number; time: string; verdict: { passed: boolean; why: string; before: number; now: number; held_out: number } }[];
  classes: string[];
}

interface Said { crop: Crop; label: string; ids: number[] }

const letters = "123456789abcdefhijklmpqrtvwxyz"; // without keys that mean something else
const percent = (x: number) => `${Math.round(x * 100)} %`;
const picture = (x: string) => `/api/v1/crops/${encodeURIComponent(x)}/picture`;
const own = () => crypto.randomUUID();

/** Crops that are waiting, the next one first; more are fetched in time. */
function useQueue(done: Set<string>): [Crop[], unknown, (f: (known: Crop[]) => Crop[]) => void] {
  const [queue, setQueue] = useState<Crop[]>([]);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    if (queue.length > 4) return;
    let on = true;
    const look = () => ask<{ crops: Crop[] }>("/api/v1/crops?most=20").then((x) => {
      if (!on) return;
      setProblem(null);
      setQueue((known) => {
        const there = new Set(known.map((y) => y.id));
        return [...known, ...x.crops.filter((y) => !there.has(y.id) && !done.has(y.id))];
      });
    }, (x) => on && setProblem(x));
    look();
    const timer = setInterval(look, 2000);
    return () => { on = false; clearInterval(timer); };
  }, [queue.length > 4]);
  return [queue, problem, setQueue];
}

/** One key a label: what fogs were not sure of, the most telling first. */
export function Annotate({ who }: { who: Visitor }) {
  const done = useRef(new Set<string>()).current;
  const [queue, missing, setQueue] = useQueue(done);
  const [said, setSaid] = useState<Said[]>([]);
  const [problem, setProblem] = useState<unknown>(null);
  const [together, setTogether] = useState(false);
  const [other, setOther] = useState(false);
  const [more, setMore] = useState<string[]>([]);
  const [learning, , again] = useAnswer(() => ask<Learning>("/api/v1/learning"), who.name, 1000);
  const now = queue[0];
  const classes = useMemo(() => [...new Set([...(learning?.classes ?? []), ...more])], [learning?.classes.join(), more]);

  const pass = (ids: string[]) => {
    for (const x of ids) done.add(x);
    setQueue((known) => known.filter((x) => !done.has(x.id)));
    setOther(false);
  };
  const name = (label: string) => {
    if (!now) return;
    const crops = together ? [now.id, ...now.alike] : [now.id];
    pass(crops);
    ask<{ entries: { id: number }[] }>("/api/v1/labels", "POST", { crops, label, once: own() }).then((x) => {
      setSaid((known) => [...known, { crop: now, label, ids: x.entries.map((y) => y.id) }]);
      setProblem(null);
      again();
    }, (x) => {
      for (const y of crops) done.delete(y);
      setQueue((known) => [now, ...known]);
      setProblem(x);
    });
  };
  const undo = () => {
    const last = said[said.length - 1];
    if (!last) return;
    setSaid(said.slice(0, -1));
    Promise.all(last.ids.map((x) => ask(`/api/v1/labels/${x}`, "DELETE"))).then(() => {
      done.delete(last.crop.id);
      setQueue((known) => [last.crop, ...known]);
      setProblem(null);
    }, setProblem);
  };

  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      const at = e.target as HTMLElement;
      if (e.ctrlKey || e.altKey || e.metaKey || at.matches("input, select, textarea")) return;
      const i = letters.indexOf(e.key);
      if (i >= 0 && i < classes.length) name(classes[i]);
      else if (e.key === "n") name("");
      else if (e.key === "s") now && pass([now.id]);
      else if (e.key === "u") undo();
      else if (e.key === "g") setTogether(!together);
      else if (e.key === "o") setOther(true);
      else return;
      e.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  useEffect(() => { for (const x of queue.slice(1, 4)) new Image().src = picture(x.id); }, [queue[1]?.id, queue[2]?.id]);

  const add = (e: Event) => {
    e.preventDefault();
    const label = (new FormData(e.target as HTMLFormElement).get("label") as string).trim();
    if (!label) return;
    setMore([...more, label]);
    name(label);
  };
  return (
    <>
      <h1>What is this?</h1>
      <Trouble of={problem ?? missing} />
      <div class="annotator">
        <section class="card" aria-labelledby="crop" data-crop={now?.id} data-said={said.length}>
          <h2 id="crop">{now ? now.stream : "Nothing is waiting"}</h2>
          {now ? <>
            <img src={picture(now.id)} alt={`place ${now.id}, unnamed`} />
            <p class="hint">The fog said {now.said || "nothing"} ({percent(now.score)}){now.hint && `, the cloud perhaps ${now.hint}`}; frame {now.frame}.</p>
            {now.alike.length > 0 && <p><label class="check"><input type="checkbox" checked={together} onChange={() => setTogether(!together)} />
              <span>with {now.alike.length} that look alike <kbd>g</kbd></span></label></p>}
            {together && <div class="alike">{now.alike.map((x) => <img key={x} src={picture(x)} alt="" />)}</div>}
          </> : <Empty>Fogs are sure of all that they see, or see nothing.</Empty>}
        </section>
        <section class="card" aria-label="names">
          <div class="names">
            {classes.map((x, i) => <button key={x} disabled={!now} onClick={() => name(x)}>{letters[i] && <kbd>{letters[i]}</kbd>} {x}</button>)}
            <button disabled={!now} onClick={() => name("")}><kbd>n</kbd> nothing</button>
            <button disabled={!now} onClick={() => setOther(true)}><kbd>o</kbd> another…</button>
            <button class="quiet" disabled={!now} onClick={() => now && pass([now.id])}><kbd>s</kbd> skip</button>
            <button class="quiet" disabled={said.length === 0} onClick={undo}><kbd>u</kbd> undo</button>
          </div>
          {other && <form onSubmit={add}><label>Its name <input name="label" maxLength={64} required autocomplete="off"
            ref={(x) => x?.focus()} onKeyDown={(e) => e.key === "Escape" && setOther(false)} /></label></form>}
        </section>
      </div>
      {learning && <Effect of={learning} said={said} />}
    </>
  );
}

/** What labels have changed. */
function Effect({ of: x, said }: { of: Learning; said: Said[] }) {
  const last = said[said.length - 1];
  return (
    <section aria-labelledby="effect" aria-live="polite">
      <h2 id="effect">What it changed</h2>
      {last && <p>Said {said.length} time{said.length > 1 && "s"}, last “{last.label || "nothing"}”.</p>}
      <p>{x.data_collector.standing} crops have a name{x.data_collector.disputed > 0 && `, ${x.data_collector.disputed} of them disputed`}; {x.data_collector.crops} are waiting.
        {x.trainer.click_to_live.count > 0 && ` From a click to the fog: ${duration(x.trainer.click_to_live.p50)}.`}</p>
      {x.heads.length > 0 && <div class="scroll"><table>
        <thead><tr><th>Heads</th><th class="num">Learnt from</th><th class="num">Held out</th><th class="num">Right before</th><th class="num">Now</th><th>Live</th></tr></thead>
        <tbody>{x.heads.slice(0, 8).map((y) => (
          <tr key={y.version}><td>{y.version}</td><td class="num">{y.learnt}</td><td class="num">{y.verdict.held_out}</td>
            <td class="num">{percent(y.verdict.before)}</td><td class="num">{percent(y.verdict.now)}</td>
            <td>{y.verdict.passed ? (y.version === x.trainer.heads ? "yes" : "was") : `no: ${y.verdict.why}`}</td></tr>
        ))}</tbody>
      </table></div>}
    </section>
  );
}
