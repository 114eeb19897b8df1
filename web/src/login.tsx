import { useState } from "preact/hooks";
import { ask, keepCsrf, type Visitor } from "./api";
import { Trouble } from "./parts";

export function Login({ entered }: { entered: (x: Visitor) => void }) {
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const send = (e: Event) => {
    e.preventDefault();
    const form = new FormData(e.target as HTMLFormElement);
    setBusy(true);
    ask<Visitor>("/api/v1/login", "POST", { name: form.get("name"), password: form.get("password") })
      .then(entered, setProblem).finally(() => setBusy(false));
  };
  return (
    <main class="narrow">
      <h1><img src="/icon.svg" alt="" width="36" height="36" /> VPaaS</h1>
      <form onSubmit={send} class="card stack">
        <label>Name <input name="name" autocomplete="username" required autofocus /></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" required /></label>
        <Trouble of={problem} />
        <button class="main" disabled={busy}>{busy ? "…" : "Log in"}</button>
      </form>
      <p class="hint">The first start of the node prints the first password.</p>
    </main>
  );
}

export function NewPassword({ who, entered }: { who: Visitor; entered: (x: Visitor) => void }) {
  return (
    <main class="narrow">
      <h1>Choose a password</h1>
      <p>{who.name}, the one that you were given works only once.</p>
      <PasswordForm who={who} entered={entered} />
    </main>
  );
}

export function PasswordForm({ who, entered }: { who: Visitor; entered: (x: Visitor) => void }) {
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const send = (e: Event) => {
    e.preventDefault();
    const form = new FormData(e.target as HTMLFormElement);
    if (form.get("new") !== form.get("again")) return setProblem("the two new passwords differ");
    setBusy(true);
    keepCsrf(who.csrf);
    ask<Visitor>("/api/v1/password", "POST", { old: form.get("old"), new: form.get("new") })
      .then(entered, setProblem).finally(() => setBusy(false));
  };
  return (
    <form onSubmit={send} class="card stack">
      <input type="hidden" name="username" autocomplete="username" value={who.name} />
      <label>Old password <input name="old" type="password" autocomplete="current-password" required /></label>
      <label>New password, 12 characters at least
        <input name="new" type="password" autocomplete="new-password" minLength={12} maxLength={128} required /></label>
      <label>The same again <input name="again" type="password" autocomplete="new-password" required /></label>
      <Trouble of={problem} />
      <button class="main" disabled={busy}>{busy ? "…" : "Change it"}</button>
    </form>
  );
}
