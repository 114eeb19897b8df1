import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, hear, keepCsrf, Problem, type Overview, type Visitor } from "./api";
import { Account } from "./account";
import { Annotate } from "./annotate";
import { Events } from "./events";
import { Library } from "./library";
import { Login, NewPassword } from "./login";
import { Home } from "./home";
import { Nodes } from "./nodes";
import { StreamPage } from "./stream";
import { To, Trouble } from "./parts";
import "./style.css";

const places: [string, string][] = [["/", "Overview"], ["/nodes", "Nodes"], ["/events", "Events"],
  ["/label", "Label"],
  ["/library", "Library"], ["/account", "Account"]];

function usePath() {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const look = () => {
      setPath(location.pathname);
      document.getElementById("main")?.focus();
    };
    addEventListener("popstate", look);
    return () => removeEventListener("popstate", look);
  }, []);
  return path;
}

/** Light, dark, or as the system is. */
function Theme() {
  const [theme, setTheme] = useState(localStorage.getItem("theme") ?? "auto");
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  const next = theme === "auto" ? "dark" : theme === "dark" ? "light" : "auto";
  return <button class="quiet" onClick={() => setTheme(next)} aria-label={`colours: ${theme}; change to ${next}`}
    title={`colours: ${theme}`}>{theme === "auto" ? "◐" : theme === "dark" ? "●" : "○"}</button>;
}

function Page({ who, refresh }: { who: Visitor; refresh: () => void }) {
  const path = usePath();
  const [all, setAll] = useState<Overview | null>(null);
  const [connected, setConnected] = useState(true);
  useEffect(() => hear("/api/v1/overview/live", { overview: (x) => setAll(JSON.parse(x)) }, (is) => {
    setConnected(is);
    if (!is) ask("/api/v1/login").catch((x) => { if (x instanceof Problem && x.status === 401) refresh(); });
  }), []);
  const stream = /^\/streams\/([^/]+)$/.exec(path);
  const bad = all?.alarms.filter((x) => x.level !== "notice").length ?? 0;
  useEffect(() => { document.title = `${bad > 0 ? `(${bad}) ` : ""}VPaaS`; }, [bad]);
  return (
    <>
      <a class="skip" href="#main">to the content</a>
      <header>
        <To href="/" class="brand"><img src="/icon.svg" alt="" width="24" height="24" /> VPaaS</To>
        <nav aria-label="pages">
          {places.filter(([href]) => href !== "/label" || who.role !== "viewer").map(([href, name]) => (
            <To href={href} aria-current={path === href || (href === "/" && stream) ? "page" : undefined}>{name}</To>
          ))}
        </nav>
        <Theme />
      </header>
      {!connected && <p class="banner" role="status">The gateway does not answer; what is shown is old. Trying again…</p>}
      <main id="main" tabIndex={-1}>
        {stream ? <StreamPage name={decodeURIComponent(stream[1])} who={who} all={all} />
          : path === "/nodes" ? <Nodes all={all} />
          : path === "/events" ? <Events all={all} />
          : path === "/label" ? <Annotate who={who} />
          : path === "/library" ? <Library />
          : path === "/account" ? <Account who={who} refresh={refresh} />
          : <Home who={who} all={all} />}
      </main>
    </>
  );
}

function App() {
  const [who, setWho] = useState<Visitor | null | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(null);
  const take = (x: Visitor | null) => {
    keepCsrf(x?.csrf ?? "");
    setWho(x);
    setProblem(null);
  };
  const refresh = () => ask<Visitor>("/api/v1/login").then(take, (x) => {
    if (x instanceof Problem && x.status === 401) take(null);
    else setProblem(x);
  });
  useEffect(() => { refresh(); }, []);
  if (problem) return <main class="narrow"><Trouble of={problem} /><button onClick={refresh}>Try again</button></main>;
  if (who === undefined) return <main class="narrow" aria-busy="true" />;
  if (who === null) return <Login entered={take} />;
  if (who.must_change) return <NewPassword who={who} entered={take} />;
  return <Page who={who} refresh={refresh} />;
}

document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "auto";
render(<App />, document.getElementById("app")!);
