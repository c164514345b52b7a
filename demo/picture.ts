import type { Timeline } from './timeline.ts';

/** Places in the picture, in its own units. */
const page = { width: 960, height: 388 } as const;
const plot = { left: 52, right: 944, top: 112, bottom: 290 } as const;
const lane = { top: 76, height: 16 } as const;

/** Shown as an image a picture has no page to take colours from: it brings both sets, and its own ground. */
const style = `
  :root { --ground: #ffffff; --ink: #1f2328; --dim: #59636e; --rule: #d1d9e0; --blue: #3b82d0; --green: #2f9e63; --bad: #d1242f; --step: #8c959f; --watch: #c8d0d8; }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #0d1117; --ink: #f0f6fc; --dim: #9198a1; --rule: #30363d; --blue: #3f83c9; --green: #2d9560; --bad: #ff7b72; --step: #6e7681; --watch: #3d444d; }
  }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: var(--ink); }
  .title { font-size: 16px; font-weight: 600; }
  .dim { fill: var(--dim); }
  .strong { font-weight: 600; }
  .on { fill: #ffffff; font-weight: 600; }
  .rule { stroke: var(--rule); }
  .mark { stroke: var(--ink); stroke-dasharray: 2 3; }
  .blue { fill: var(--blue); }
  .green { fill: var(--green); }
  .bad { fill: var(--bad); }
  .step { fill: var(--step); }
  .watch { fill: var(--watch); }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }`;

/** What the bars say, and how they look. */
const stepNames: Readonly<Record<string, readonly [string, string]>> = {
  'deploy-green': ['deploy', 'step'],
  'verify-green': ['verify', 'watch'],
  'switch-traffic': ['switch', 'step'],
  'monitor-and-rollback': ['watch', 'watch'],
};

/** A story of releases as an SVG: the steps, and who answered the users. Good on light and dark ground. */
export function renderPicture(timeline: Timeline): string {
  const parts = [
    `<rect width="${String(page.width)}" height="${String(page.height)}" rx="6" fill="var(--ground)"/>`,
    text(plot.left, 30, 'title', `Releases of ${timeline.service} under load`),
    text(
      plot.left,
      50,
      'dim',
      'Requests a second by the version that answered; colour: the slot; red: failed',
    ),
    text(plot.right, 50, 'dim end', 'above: deploy, verify, switch, watch; dotted: the weights move'),
    ...axes(timeline),
    ...areas(timeline),
    ...timeline.releases.flatMap((release) => story(timeline, release)),
  ];
  const { width, height } = page;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" role="img">
<title>${escape(summary(timeline))}</title>
<style>${style}
</style>
${parts.join('\n')}
</svg>
`;
}

/** What the picture shows, for whoever cannot see it. */
function summary({ service, releases }: Timeline): string {
  const told = releases.map(
    ({ version, slot, outcome, requests, failedRequests }) =>
      `${version} into slot ${slot}: ${outcome === 'live' ? 'live' : 'rolled back by itself'}, ${String(failedRequests)} of ${String(requests)} requests failed`,
  );
  return `Releases of ${service} under load. ${told.join('. ')}.`;
}

function axes(timeline: Timeline): readonly string[] {
  const top = peak(timeline);
  const levels = [0, top / 2, top].map((level) => {
    const at = y(timeline, level);
    return `${line(plot.left, at, plot.right, at, 'rule')}${text(plot.left - 8, at + 4, 'dim end', String(level))}`;
  });
  const seconds = timeline.durationMs / 1_000;
  const every = seconds > 40 ? 10 : 5;
  const ticks = Array.from({ length: Math.floor(seconds / every) + 1 }, (_, index) => index * every).map(
    (second) => text(x(timeline, second * 1_000), plot.bottom + 18, 'dim middle', `${String(second)} s`),
  );
  return [...levels, ...ticks];
}

/** Each version's answers on top of those of the versions before it; its failures on top of its own. */
function areas({ load, ...timeline }: Timeline): readonly string[] {
  const whole = { ...timeline, load };
  const below = load[0]?.answers.map(() => 0) ?? [];
  return load.flatMap(({ version, slot, answers, failed }) => {
    const from = [...below];
    const good = answers.map((count, index) => (from[index] ?? 0) + count - (failed[index] ?? 0));
    const all = answers.map((count, index) => (from[index] ?? 0) + count);
    all.forEach((sum, index) => (below[index] = sum));
    const label = labelOf(whole, version, answers);
    return [area(whole, from, good, slot), area(whole, good, all, 'bad'), label].filter(
      (part) => part !== '',
    );
  });
}

/** Between two series, slice by slice: a switch is a step, and drawn as one. */
function area(timeline: Timeline, from: readonly number[], to: readonly number[], name: string): string {
  const boxes = to
    .map((sum, index) => ({ index, low: from[index] ?? 0, sum }))
    .filter(({ low, sum }) => sum > low);
  if (boxes.length === 0) return '';
  const perSecond = 1_000 / timeline.sliceMs;
  const path = boxes.map(({ index, low, sum }) => {
    const left = x(timeline, index * timeline.sliceMs);
    const right = x(timeline, Math.min((index + 1) * timeline.sliceMs, timeline.durationMs));
    const [high, bottom] = [y(timeline, sum * perSecond), y(timeline, low * perSecond)];
    return `M${n(left)} ${n(bottom)}V${n(high)}H${n(right)}V${n(bottom)}Z`;
  });
  return `<path class="${name}" shape-rendering="crispEdges" d="${path.join('')}"/>`;
}

function labelOf(timeline: Timeline, version: string, answers: readonly number[]): string {
  const at = answers.flatMap((count, index) => (count > 0 ? [index * timeline.sliceMs] : []));
  const [first = 0, last = 0] = [at[0], at.at(-1)];
  const middle = x(timeline, (first + last) / 2);
  return last - first < 3_000 ? '' : text(middle, plot.bottom - 12, 'on middle', version);
}

/** The steps of one release as a strip, the moment when its users came, and what became of it. */
function story(timeline: Timeline, release: Timeline['releases'][number]): readonly string[] {
  const [begun] = release.steps;
  if (begun === undefined) return [];
  const bars = release.steps.map(({ action, fromMs, toMs }) => {
    const [name, look] = stepNames[action] ?? [action, 'step'];
    const [left, right] = [x(timeline, fromMs), x(timeline, toMs)];
    const box = `<rect class="${look}" x="${n(left)}" y="${n(lane.top)}" width="${n(right - left - 1)}" height="${n(lane.height)}"/>`;
    return right - left < 44 ? box : `${box}${text((left + right) / 2, lane.top + 12, 'middle', name)}`;
  });
  const at = x(timeline, release.patchedMs);
  const left = x(timeline, begun.fromMs);
  return [
    ...bars,
    line(at, lane.top, at, plot.bottom, 'mark'),
    text(left, plot.bottom + 42, 'strong', `${release.version} into slot ${release.slot}`),
    ...outcome(release).map((words, index) => text(left, plot.bottom + 58 + index * 15, 'dim', words)),
  ];
}

function outcome({ outcome: end, ...release }: Timeline['releases'][number]): readonly string[] {
  const { requests, failedRequests, switchMs, firstBadToLastBadMs } = release;
  const failures = `${String(failedRequests)} of ${requests.toLocaleString('en-US')} requests failed`;
  if (end === 'live') return [`live: switched in ${String(switchMs)} ms`, failures];
  if (firstBadToLastBadMs === null) return ['rolled back by itself', failures];
  const spread = `the first to the last: ${(firstBadToLastBadMs / 1_000).toFixed(1)} s`;
  return ['rolled back by itself', `${failures},`, spread];
}

/** The load's height, rounded up to something that halves well. */
function peak({ load, sliceMs }: Timeline): number {
  const slices = load[0]?.answers.length ?? 0;
  const sums = Array.from({ length: slices }, (_, index) =>
    load.reduce((sum, { answers }) => sum + (answers[index] ?? 0), 0),
  );
  return Math.max(20, Math.ceil((Math.max(0, ...sums) * 1_000) / sliceMs / 20) * 20);
}

const x = ({ durationMs }: Timeline, ms: number): number =>
  plot.left + (Math.min(ms, durationMs) / durationMs) * (plot.right - plot.left);

const y = (timeline: Timeline, perSecond: number): number =>
  plot.bottom - (perSecond / peak(timeline)) * (plot.bottom - plot.top);

const n = (value: number): string => String(Math.round(value * 10) / 10);

const line = (x1: number, y1: number, x2: number, y2: number, name: string): string =>
  `<line class="${name}" x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}"/>`;

const text = (left: number, top: number, name: string, words: string): string =>
  `<text class="${name}" x="${n(left)}" y="${n(top)}">${escape(words)}</text>`;

const escape = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
