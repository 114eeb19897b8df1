import { useState } from "preact/hooks";
import { ask, type Visitor } from "./api";
import { moment } from "./format";
import { PasswordForm } from "./login";
import { Trouble, useAnswer } from "./parts";

interface User { name: string; role: string; cameras: string[]; disabled: boolean; must_change: boolean }
interface Token { id: string; owner: string; role: string; ends: string; used: string }
interface Entry { id: number; time: string; who: string; what: string; subject: string; outcome: string; origin: string }

export function Account({ who, refresh }: { who: Visitor; refresh: () => void }) {
  const [changed, setChanged] = useState(0);
  const out = () => ask("/api/v1/login", "DELETE").finally(refresh);
  return (
    <>
      <div class="row"><h1>{who.name} <span class="hint">{who.role}, {who.cameras.length === 0 ? "all cameras" : who.cameras.join(", ")}</span></h1>
        <button onClick={out}>Log out</button></div>
      <div class="two">
        <section><h2>Password</h2><PasswordForm key={changed} who={who} entered={() => { setChanged(changed + 1); refresh(); }} /></section>
        <Tokens who={who} />
      </div>
      {who.role === "admin" && <><Users /><Audit /></>}
    </>
  );
}

function Tokens({ who }: { who: Visitor }) {
  const [all, trouble, again] = useAnswer<{ tokens: Token[] }>(() => ask("/api/v1/tokens"), "");
  const [made, setMade] = useState<{ id: string; token: string } | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const make = (e: Event) => {
    e.preventDefault();
    const form = new FormData(e.target as HTMLFormElement);
    ask<{ id: string; token: string }>("/api/v1/tokens", "POST", { id: form.get("id"), role: form.get("role"), lasts: form.get("lasts") })
      .then((x) => { setMade(x); setProblem(null); again(); }, setProblem);
  };
  return (
    <section><h2>Tokens of programs</h2><Trouble of={trouble} />
      <form class="card stack" onSubmit={make}>
        <div class="two"><label>Name <input name="id" required /></label>
          <label>May <select name="role">{["viewer", "annotator", "operator", "admin"].slice(0, 1 + ["viewer", "annotator", "operator", "admin"].indexOf(who.role)).map((x) => <option>{x}</option>)}</select></label>
          <label>Lasts <input name="lasts" value="720h" required /></label></div>
        <Trouble of={problem} /><button class="main">Make a token</button>
        {made && <p role="status">{made.id}, shown this once: <code class="wrap">{made.token}</code></p>}
      </form>
      <ul class="plain">{all?.tokens.map((x) => <li key={x.id} class="row"><span>{x.id} <span class="hint">{x.owner}, {x.role}, ends {moment(x.ends)}</span></span>
        <button onClick={() => ask(`/api/v1/tokens/${encodeURIComponent(x.id)}`, "DELETE").then(again, setProblem)}>End</button></li>)}</ul>
    </section>
  );
}

function Users() {
  const [all, trouble, again] = useAnswer<{ users: User[] }>(() => ask("/api/v1/users"), "");
  const [problem, setProblem] = useState<unknown>(null);
  const keep = (e: Event) => {
    e.preventDefault();
    const target = e.target as HTMLFormElement;
    const form = new FormData(target);
    const cameras = String(form.get("cameras")).split(/[\s,]+/).filter(Boolean);
    ask(`/api/v1/users/${encodeURIComponent(String(form.get("name")))}`, "PUT", { password: form.get("password"), role: form.get("role"), cameras })
      .then(() => { target.reset(); setProblem(null); again(); }, setProblem);
  };
  return (
    <section aria-labelledby="users"><h2 id="users">Users</h2><Trouble of={trouble} />
      <div class="scroll"><table><thead><tr><th>Name</th><th>May</th><th>Cameras</th><th></th></tr></thead>
        <tbody>{all?.users.map((x) => <tr key={x.name}><td>{x.name}{x.must_change && <span class="hint"> must change the password</span>}</td><td>{x.role}</td>
          <td>{x.cameras.length ? x.cameras.join(", ") : "all"}</td>
          <td class="num"><button onClick={() => ask(`/api/v1/users/${encodeURIComponent(x.name)}`, "DELETE").then(again, setProblem)}>Remove</button></td></tr>)}</tbody></table></div>
      <form class="card stack" onSubmit={keep}>
        <div class="two"><label>Name <input name="name" required autocomplete="off" /></label>
          <label>First password <input name="password" type="password" autocomplete="new-password" minLength={12} /></label>
          <label>May <select name="role">{["viewer", "annotator", "operator", "admin"].map((x) => <option>{x}</option>)}</select></label>
          <label>Cameras <input name="cameras" placeholder="all; or door, yard*" /></label></div>
        <Trouble of={problem} /><button class="main">Add or change</button>
      </form>
    </section>
  );
}

function Audit() {
  const [all, trouble] = useAnswer<{ entries: Entry[] }>(() => ask("/api/v1/audit?most=50"), "", 5000);
  return (
    <section aria-labelledby="audit"><h2 id="audit">Who changed what</h2><Trouble of={trouble} />
      <div class="scroll"><table><thead><tr><th>Time</th><th>Who</th><th>What</th><th>Of</th><th>Outcome</th><th>From</th></tr></thead>
        <tbody>{all?.entries.map((x) => <tr key={x.id}><td>{moment(x.time)}</td><td>{x.who}</td><td>{x.what}</td><td>{x.subject}</td><td class="wrap">{x.outcome}</td><td>{x.origin}</td></tr>)}</tbody></table></div>
    </section>
  );
}
