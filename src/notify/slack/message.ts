import { formatDuration } from '../../domain/report/phases.ts';
import type { ReportEvent } from '../../domain/report/outcome.ts';
import type { Report } from '../../domain/report/report.ts';
import { visible } from '../../runtime/visible.ts';

interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

/** Only for words of our own, and for a link: what comes from outside is plain text, which Slack reads nothing into. */
interface Markup {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Slack makes no links and mentions out of it by itself. */
  readonly verbatim: true;
}

export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: PlainText | Markup }
  | { readonly type: 'section'; readonly fields: readonly (PlainText | Markup)[] };

/** What an incoming webhook takes. Source: Slack, "Sending messages using incoming webhooks". */
export interface SlackMessage {
  /** What a notification shows, and where blocks are not. */
  readonly text: string;
  readonly mrkdwn: false;
  readonly unfurl_links: false;
  readonly unfurl_media: false;
  readonly blocks: readonly Block[];
}

/** Source: Slack, "Block Kit": header, section, text object. */
export const limits = { blocks: 50, header: 150, text: 3_000, field: 2_000, fields: 10 } as const;

const marks: Readonly<Record<ReportEvent, string>> = {
  started: '🚀',
  approval: '✋',
  success: '✅',
  failure: '❌',
  'rolled-back': '↩️',
};

/** More than this nobody reads in a message; the job summary has them all. */
const mostFindings = 5;

/** The report as Slack shows it: what, in two columns; how long; what is wrong; where to look. */
export function slackMessage(report: Report): SlackMessage {
  const { event, title, facts, phases, wrong, runUrl } = report;
  const took = phases
    .map(({ phase, fromMs, toMs }) => (toMs > fromMs ? `${phase} ${formatDuration(toMs - fromMs)}` : phase))
    .join(' → ');
  const blocks: readonly Block[] = [
    { type: 'header', text: plain(`${marks[event]} ${title}`, limits.header) },
    ...pairs(facts),
    ...(took === '' ? [] : [section(took)]),
    ...wrong.slice(0, mostFindings).map(({ what, remedy }) => section(`${what}\n${remedy}`)),
    ...link(runUrl, event === 'approval' ? 'Look, and decide' : 'Open the run'),
  ];
  return {
    text: escaped(clipped(oneLine(visible(title)), limits.header)),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: blocks.slice(0, limits.blocks),
  };
}

/** Five rows to a section: its ten fields stand in two columns. */
function pairs(facts: Report['facts']): readonly Block[] {
  const rows = limits.fields / 2;
  return Array.from({ length: Math.ceil(facts.length / rows) }, (_, index) => ({
    type: 'section',
    fields: facts
      .slice(index * rows, (index + 1) * rows)
      .flatMap(([label, value]) => [markup(`*${label}*`), plain(value, limits.field)]),
  }));
}

const section = (text: string): Block => ({ type: 'section', text: plain(text, limits.text) });

/** Of an address that does not fit nothing is left that leads anywhere. */
function link(url: string | null, words: string): readonly Block[] {
  if (url === null) return [];
  // A bar would end the address.
  const text = `<${escaped(url).replaceAll('|', '%7C')}|${words}>`;
  return text.length > limits.text ? [] : [{ type: 'section', text: markup(text) }];
}

const markup = (text: string): Markup => ({ type: 'mrkdwn', text, verbatim: true });

/** A text object is never empty. */
function plain(text: string, most: number): PlainText {
  const shown = clipped(visible(text).trim(), most);
  return { type: 'plain_text', text: shown === '' ? '-' : shown, emoji: false };
}

/** Slack counts UTF-16 units; a pair of them is not cut in two. */
function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** Source: Slack, "Formatting message text", escaping. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
