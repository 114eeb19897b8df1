import { ask } from "./api";
import { State, Trouble, useAnswer } from "./parts";

interface Pipeline { name: string; good: boolean; help?: string; cause?: string; parameters?: Record<string, unknown>; crossings?: number; drawing?: string }
interface Model { name: string; version: string; task: string; engine: string; type: string; licence: string; state: string }
interface Fun { name: string; help: string; input: string; output: string; tiers: string[] }

export function Library() {
  const [pipelines, trouble1] = useAnswer<{ pipelines: Pipeline[] }>(() => ask("/api/v1/pipelines"), "");
  const [models, trouble2] = useAnswer<{ models: Model[] }>(() => ask("/api/v1/models"), "");
  const [functions, trouble3] = useAnswer<{ functions: Fun[] }>(() => ask("/api/v1/functions"), "");
  return (
    <>
      <h1>Pipelines</h1><Trouble of={trouble1} />
      {pipelines?.pipelines.map((x) => (
        <section class="card pipeline" aria-label={x.name} key={x.name}>
          <h2>{x.name} {!x.good && <State of="broken" />}</h2>
          <p>{x.help ?? x.cause}</p>
          {x.parameters && Object.keys(x.parameters).length > 0 && <p class="hint">{Object.entries(x.parameters).map(([k, v]) => `${k} = ${JSON.stringify(v)}`).join(", ")}</p>}
          {x.drawing && <div class="scroll drawing"><img src={`data:image/svg+xml,${encodeURIComponent(x.drawing)}`} alt={`the stages of ${x.name}`} /></div>}
        </section>
      ))}
      <h1>Models</h1><Trouble of={trouble2} />
      <div class="scroll"><table>
        <thead><tr><th>Model</th><th>Task</th><th>Engine</th><th>Numbers</th><th>Licence</th><th>State</th></tr></thead>
        <tbody>{models?.models.map((x) => <tr key={x.name}><td>{x.name}</td><td>{x.task}</td><td>{x.engine}</td><td>{x.type}</td><td>{x.licence}</td>
          <td><State of={x.state} /></td></tr>)}</tbody>
      </table></div>
      <h1>Functions</h1><Trouble of={trouble3} />
      <div class="scroll"><table>
        <thead><tr><th>Function</th><th>Takes</th><th>Gives</th><th>On</th><th>What it does</th></tr></thead>
        <tbody>{functions?.functions.map((x) => <tr key={x.name}><td>{x.name}</td><td>{x.input}</td><td>{x.output}</td><td>{x.tiers.join(", ")}</td><td class="wrap">{x.help}</td></tr>)}</tbody>
      </table></div>
    </>
  );
}
