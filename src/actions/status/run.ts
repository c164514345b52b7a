import { statusOf } from '../../domain/status/status.ts';
import { plain, statusLines } from '../../domain/status/text.ts';
import type { Paint } from '../../domain/status/text.ts';
import { VerificationError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Outputs } from '../../runtime/outputs.ts';
import type { Summary } from '../../runtime/summary.ts';
import type { Inputs } from './inputs.ts';
import { readFacts } from '../../status/readFacts.ts';
import type { Sources } from '../../status/readFacts.ts';
import { report } from './report.ts';

export interface Collaborators extends Sources {
  /** Colours, where somebody sees them. */
  readonly paint?: Paint;
  readonly log: Log;
  readonly outputs: Outputs;
  readonly summary: Summary;
}

/** What serves the users, what is under way, what is wrong and what to type next. Reads, and changes nothing. */
export async function showStatus(inputs: Inputs, tools: Collaborators): Promise<void> {
  const status = statusOf(await readFacts(tools));
  for (const line of statusLines(status, tools.paint ?? plain)) tools.log.info(line);
  report(status, tools);
  const [first] = status.findings;
  if (!inputs['fail-when-wrong'] || status.health === 'well' || first === undefined) return;
  throw new VerificationError(`something is wrong: ${first.what}`, first.remedy);
}
