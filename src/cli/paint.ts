import { plain } from '../domain/status/text.ts';
import type { Paint } from '../domain/status/text.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Colours only where a person sees them, and never against their will. Source: https://no-color.org */
export function paintFor(isTerminal: boolean, env: Env): Paint {
  const isUnwanted = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return isTerminal && !isUnwanted ? colours : plain;
}

/** Source: ECMA-48, Select Graphic Rendition. The sixteen colours that every theme has made readable. */
const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001b[${String(on)}m${text}\u001b[${String(off)}m`;

const colours: Paint = {
  strong: sgr(1, 22),
  faint: sgr(2, 22),
  good: sgr(32, 39),
  bad: sgr(31, 39),
  command: sgr(36, 39),
};
