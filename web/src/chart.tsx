import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

const kept = 300; // points

/** The last minutes of some numbers; `at` seconds since 1970. */
export function Chart({ title, names, values, at, format }: {
  title: string; names: string[]; values: number[]; at: number; format: (x: number) => string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = useRef<number[][]>([[], ...names.map(() => [])]);
  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const of = (x: string) => style.getPropertyValue(x).trim();
    const axis = { stroke: of("--text"), grid: { stroke: of("--line") }, ticks: { stroke: of("--line") } };
    plot.current = new uPlot({
      width: place.current!.clientWidth, height: 150, legend: { show: names.length > 1, live: false }, cursor: { show: false },
      series: [{ label: "time" }, ...names.map((label, i) => ({ label, stroke: of(`--line-${i + 1}`), width: 2, points: { show: false } }))],
      axes: [{ ...axis, space: 90, values: (_: uPlot, xs: number[]) => xs.map((x) => new Date(x * 1000).toTimeString().slice(0, 8)) }, { ...axis, size: 64, values: (_: uPlot, xs: number[]) => xs.map(format) }],
    }, data.current as uPlot.AlignedData, place.current!);
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: place.current!.clientWidth, height: 150 }));
    resized.observe(place.current!);
    return () => { resized.disconnect(); plot.current?.destroy(); };
  }, []);
  useEffect(() => {
    const last = data.current[0].at(-1);
    if (!at || (last && at <= last)) return;
    data.current[0].push(at);
    values.forEach((x, i) => data.current[i + 1].push(x));
    for (const x of data.current) if (x.length > kept) x.shift();
    plot.current?.setData(data.current as uPlot.AlignedData);
  }, [at]);
  return <figure class="chart"><figcaption>{title}: <strong>{values.map(format).join(" / ")}</strong></figcaption><div ref={place} role="img" aria-label={title} /></figure>;
}
