// Small pieces that pages are made of.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "./api";

/** States that need nobody. */
const calm = new Set(["up", "ready", "streaming", "cloud", "ended", "good"]);
const between = new Set(["starting", "connecting", "waiting", "stopping", "settling", "opening", "probing", "missing"]);

export function State({ of }: { of: string | undefined }) {
  const text = of || "unknown";
  const tone = calm.has(text) ? "good" : between.has(text) ? "warn" : "bad";
  return <span class={`state ${tone}`}>{text}</span>;
}

export function Trouble({ of }: { of: unknown }) {
  if (!of) return null;
  const x = of instanceof Problem ? of : new Problem(0, "io", String(of), "");
  return <p class="trouble" role="alert"><strong>{x.message}.</strong> {x.remedy && `To do: ${x.remedy}.`}</p>;
}

export function go(path: string) {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** A link within the page. */
export function To({ href, children, ...rest }: { href: string; children: ComponentChildren; [x: string]: unknown }) {
  const follow = (e: MouseEvent) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return;
    e.preventDefault();
    go(href);
  };
  return <a href={href} onClick={follow} {...rest}>{children}</a>;
}

/** What a question is answered, asked again whenever `key` changes. */
export function useAnswer<T>(f: () => Promise<T>, key: unknown, every = 0): [T | null, unknown, () => void] {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let on = true;
    let timer = 0;
    const look = () => f().then((x) => on && (setValue(x), setProblem(null)), (x) => on && setProblem(x))
      .finally(() => { if (on && every > 0) timer = window.setTimeout(look, every); });
    look();
    return () => { on = false; clearTimeout(timer); };
  }, [key, turn]);
  return [value, problem, () => setTurn(turn + 1)];
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
