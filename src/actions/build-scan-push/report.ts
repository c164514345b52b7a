import { bytesText, compareSizes } from '../../domain/image/sizes.ts';
import type { SizeComparison } from '../../domain/image/sizes.ts';
import type { ImageFacts } from '../../domain/image/facts.ts';
import { byDigest, parseReference, repositoryText } from '../../domain/image/reference.ts';
import { signerText, verifyCommand } from '../../domain/image/signing.ts';
import type { Pushed } from '../../registry/registry.ts';
import { scanSection } from './gate.ts';
import type { Scan } from './gate.ts';
import type { Inputs } from './inputs.ts';
import type { Tags } from './request.ts';
import type { Collaborators } from './run.ts';
import type { Signature } from './sign.ts';

interface Result {
  readonly facts: ImageFacts;
  /** Of this run. */
  readonly scans: readonly Scan[];
  /** null: nothing was pushed now. */
  readonly pushed: Pushed | null;
  /** What is in the registry from a run before passed its gate then, or passes it once more now. */
  readonly was: 'new' | 'judged before' | 'judged again';
  /** null: nobody was to sign it. */
  readonly signature: Signature | null;
}

type Tools = Pick<Collaborators, 'registry' | 'watch' | 'log' | 'outputs' | 'summary'>;

export async function report(inputs: Inputs, { tags }: Tags, result: Result, tools: Tools): Promise<void> {
  const { repository } = inputs;
  const { facts, scans, pushed, was, signature } = result;
  const isReused = was !== 'new';
  const image = byDigest(repository, facts.digest);
  const isThere = pushed !== null || isReused;
  const { outputs, summary, log, watch } = tools;
  outputs.set('image', isThere ? image : '');
  outputs.set('digest', facts.digest);
  // Apart, because GitHub takes away an output that has a masked account id in it.
  outputs.set('registry', repository.registry);
  outputs.set('repository', repository.name);
  outputs.set('tags', isThere ? tags.join(',') : '');
  outputs.set('reused', isReused);
  if (signature !== null) outputs.set('signed-by', signerText(signature.signer));
  if (was === 'judged before') {
    outputs.set('verdict', 'pass');
    outputs.set(
      'scan-summary',
      'pass: it was scanned less than a day ago, before it was pushed, by the same rules',
    );
  }

  const how = {
    new: pushed === null ? 'built, not pushed' : 'pushed',
    'judged before': 'was there already',
    'judged again': 'was there already, scanned again',
  }[was];
  const sizes = await sizesOf(inputs, facts, tools);
  summary.heading(`${repositoryText(repository)}: ${how}`);
  summary.facts([
    ['image', image],
    [
      'tags',
      pushed === null
        ? tags.join(', ')
        : pushed.tags.map(({ tag, outcome }) => `${tag} (${outcome})`).join(', '),
    ],
    ...signatureRows(signature),
    ...sizes,
    ...(pushed === null
      ? []
      : [
          [
            'uploaded',
            `${bytesText(pushed.uploadedBytes)}; ${String(pushed.reusedBlobs)} blobs were there`,
          ] as const,
        ]),
  ]);
  for (const scan of scans) scanSection(scan, tools);
  const parts = watch.parts.map(([part, ms]) => [part, seconds(ms)] as const);
  summary.table(['part', 'time'], [...parts, ['all', seconds(watch.total())]]);
  log.group(
    `${how}: ${image}`,
    [...parts, ['all', seconds(watch.total())] as const].map(([part, time]) => `${part}: ${time}`),
  );
}

const signatureRows = (signature: Signature | null): readonly (readonly [string, string])[] =>
  signature === null
    ? []
    : [
        ['signed by', `${signerText(signature.signer)}${signature.wasThere ? ' (in an earlier run)' : ''}`],
        ['to verify', verifyCommand(signature.signer, signature.image)],
      ];

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

async function sizesOf(
  { 'live-image': live }: Inputs,
  facts: ImageFacts,
  { registry, log }: Tools,
): Promise<readonly (readonly [string, string])[]> {
  const digest = live === null ? null : (parseReference(live)?.digest ?? null);
  const before =
    digest === null
      ? null
      : await registry.facts(digest).catch((error: unknown) => {
          log.warning(`the live image could not be read, so nothing is compared with it: ${String(error)}`);
          return null;
        });
  return compareSizes(facts, before).map((sizes) => [sizes.platform, sizeText(sizes)] as const);
}

function sizeText({ bytes, layers, live }: SizeComparison): string {
  const own = `${bytesText(bytes)} in ${String(layers)} layers`;
  if (live === null) return own;
  const difference = `${live.difference < 0 ? '' : '+'}${bytesText(live.difference)} against the live version`;
  return `${own}; ${difference}: a node that runs it pulls ${bytesText(live.newBytes)} in ${String(live.newLayers)} layers`;
}
