import { useState } from "preact/hooks";
import { ask, type NodeInfo, type Overview, type TreeEntry } from "./api";
import { bytes, duration, moment } from "./format";
import { State, Trouble, useAnswer } from "./parts";

export function Nodes({ all }: { all: Overview | null }) {
  if (!all) return <p aria-busy="true">Looking at the nodes…</p>;
  return <><h1>Nodes</h1>{all.nodes.map((x) => <NodeCard key={x.name} of={x} />)}</>;
}

function NodeCard({ of: x }: { of: NodeInfo }) {
  const [shown, setShown] = useState<string | null>(null);
  const [found, problem] = useAnswer<{ tree: TreeEntry[] }>(() => ask(`/api/v1/nodes/${encodeURIComponent(x.name)}/tree`), x.name, 1000);
  return (
    <section class="card" aria-label={x.name}>
      <div class="row"><h2>{x.name} <State of={x.state} /></h2>
        <p class="hint">{x.tier} · {x.address} · {x.version} · since {moment(x.started)} · {bytes(x.rss_bytes)}, {x.threads ?? 0} threads</p></div>
      {x.problem && <Trouble of={x.problem} />}
      {problem ? <Trouble of={problem} /> : null}
      <div class="scroll"><table class="tree">
        <thead><tr><th>Actor</th><th>Kind</th><th>State</th><th class="num">Restarts</th><th class="num">Mailbox</th><th class="num">Up</th><th>Last restart</th></tr></thead>
        <tbody>{found?.tree.filter((y) => y.path).map((y) => {
          const depth = y.path.split("/").length - 1;
          const name = y.path.slice(y.path.lastIndexOf("/") + 1);
          const fresh = y.restarts > 0 && y.uptime < 15;
          return (
            <tr key={y.path} class={fresh ? "fresh" : ""} data-path={y.path} data-restarts={y.restarts}>
              <td style={{ paddingLeft: `${0.6 + depth * 1.2}rem` }}>
                {y.kind === "supervisor" ? name : <button class="link" onClick={() => setShown(shown === y.path ? null : y.path)} aria-expanded={shown === y.path}>{name}</button>}
              </td><td>{y.kind}{y.node && `@${y.node}`}</td><td><State of={y.state} /></td>
              <td class="num">{y.restarts || ""}</td><td class="num">{y.mailbox || ""}</td><td class="num">{duration(y.uptime)}</td><td class="wrap">{y.reason}</td>
            </tr>
          );
        })}</tbody>
      </table></div>
      {shown !== null && <Status node={x.name} path={shown} close={() => setShown(null)} />}
    </section>
  );
}

function Status({ node, path, close }: { node: string; path: string; close: () => void }) {
  const [x, problem] = useAnswer<{ kind: string; state: string; details: Record<string, unknown> }>(
    () => ask(`/api/v1/nodes/${encodeURIComponent(node)}/actor?path=${encodeURIComponent(path)}`), node + path, 2000);
  return (
    <div class="details" role="region" aria-label={`status of ${path}`}>
      <div class="row"><h3>{path}</h3><button class="quiet" onClick={close} aria-label="close">✕</button></div>
      {problem ? <Trouble of={problem} /> : null}
      <dl class="facts">{Object.entries(x?.details ?? {}).map(([key, value]) => (
        <><dt>{key}</dt><dd class="wrap">{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd></>
      ))}</dl>
    </div>
  );
}
