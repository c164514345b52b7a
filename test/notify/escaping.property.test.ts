import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { phaseChart, splitChart } from '../../src/domain/report/charts.ts';
import { ganttChart } from '../../src/domain/gantt.ts';
import { reportOf } from '../../src/domain/report/report.ts';
import type { Report } from '../../src/domain/report/report.ts';
import { slackMessage } from '../../src/notify/slack/message.ts';
import { markdownText } from '../../src/runtime/markdown.ts';
import { complaintsOf, shownIn } from '../fakes/slack.ts';
import { releaseOf, situation, statusWith } from '../fakes/report.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 300);

/** Text as somebody would write it who wants to be more than text. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<!channel>',
        '<!here>',
        '<@U012AB3CD>',
        '<https://evil.example|click>',
        'https://evil.example',
        'www.evil.example',
        'mailto:a@evil.example',
        '@everyone',
        '#1',
        '[x](javascript:alert(1))',
        '![x](https://evil.example/x.png)',
        '<img src=x>',
        '|',
        '\\',
        '`',
        '```',
        '**',
        '_',
        '~',
        '\n',
        '\r',
        '\n\n# head\n',
        '&lt;!channel&gt;',
        '%%{init: {}}%%',
        '"];\n  click',
        '\u202e',
        '\u0000',
      ),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('long '.repeat(800), '😀'.repeat(1_600)),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const anyReport = fc
  .record({
    version: hostile,
    note: hostile,
    actor: hostile,
    ref: hostile,
    reason: hostile,
    what: hostile,
    url: hostile,
  })
  .map(({ version, note, actor, ref, reason, what, url }): Report => {
    const release = releaseOf({
      actor,
      commit: ref,
      runUrl: url,
      slots: { green: { version, image: note } },
      verdicts: { monitor: { verdict: 'fail', reason } },
      timeline: releaseOf().timeline.map((entry) => ({ ...entry, note })),
    });
    const findings = Array.from({ length: 8 }, () => ({ severity: 'wrong' as const, what, remedy: note }));
    return reportOf(
      situation(release, {
        status: { value: statusWith(release, { findings, serving: what }) },
        run: { url: `https://github.com/${url}`, actor, sha: ref, ref },
        version,
      }),
    );
  });

test('whatever is written, Slack takes it, and reads no mention, link or emphasis into it', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const body = JSON.stringify(slackMessage(report));
      expect(complaintsOf(body)).toEqual([]);
      for (const { kind, text } of shownIn(body)) {
        // Markup is of our own making: a label, or the one link to the run.
        if (kind === 'mrkdwn') {
          expect(text).toMatch(
            /^\*[A-Z][A-Za-z ]+\*$|^<https?:\/\/[^\s<>|]+\|(?:Open the run|Look, and decide)>$/,
          );
        }
        if (kind === 'fallback') expect(text).not.toMatch(/[<>]/);
      }
    }),
    { numRuns },
  );
});

test('whatever is written, in Markdown it is text in one cell', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = markdownText(text);
      expect(shown).not.toMatch(/[\r\n\0\u202a-\u202e]/);
      const bare = shown.replaceAll('<!-- -->', '→').replaceAll('<br>', '');
      // No tag, and nothing of Markdown's own without its backslash.
      expect(bare).not.toMatch(/[<>]/);
      expect(bare.replaceAll(/\\[\\`*_~[\]|!]/g, '')).not.toMatch(/[\\`*_~[\]|!]/);
      // Nothing that GitHub links by itself.
      expect(bare).not.toMatch(/:\/\/|www\.|@(?!→)|#(?!→)/i);
    }),
    { numRuns },
  );
});

test('what is shown is what was written', () => {
  expect(markdownText('a|b_c <d> & @kim')).toBe('a\\|b\\_c &lt;d&gt; &amp; @<!-- -->kim');
  expect(markdownText('see https://x.example')).toBe('see https:<!-- -->//x.example');
});

test('whatever is written, the charts of a report do not change', () => {
  const own = reportOf(situation());
  fc.assert(
    fc.property(anyReport, ({ phases, splits }) => {
      expect(phaseChart(phases)).toBe(phaseChart(own.phases));
      expect(splitChart(splits)).toBe(splitChart(own.splits));
    }),
    { numRuns },
  );
});

test('whatever a label says, a chart of times has the lines that it should have, and no directive', () => {
  fc.assert(
    fc.property(hostile, hostile, (title, label) => {
      const chart = ganttChart(title, [{ title: label, bars: [{ label, fromMs: 0, toMs: 10 }] }]);
      expect(chart.split(/[\n\r\u2028\u2029]/)).toHaveLength(6);
      expect(chart).not.toMatch(/%%|[{}`]/);
    }),
    { numRuns },
  );
});
