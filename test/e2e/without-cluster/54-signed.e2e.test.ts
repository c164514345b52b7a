import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inputsLabel, revisionLabel } from '../../../src/actions/build-scan-push/request.ts';
import { runStep } from '../../../lab/runner/step.ts';
import type { StepResult } from '../../../lab/runner/step.ts';
import { parseRepository } from '../../../src/domain/image/reference.ts';
import { openRegistry } from '../../../src/registry/openRegistry.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { workflowLog } from '../../../src/runtime/workflowLog.ts';
import { ImageLayout } from '../../fakes/imageLayout.ts';
import { ownReferrersRegistry, ownRegistry } from './ownRegistry.ts';
import type { OwnServer } from './ownRegistry.ts';

// SBOMs and signatures on two real registries, one that lists what refers to an image and one from before that, by the
// step that pushes. Cosign is a fake (test/fakes/bin/cosign): the real one takes nine minutes of a processor to build
// from its Go module. COSIGN=<path of a cosign 3> runs all of this with that one, as it was with 3.0.6.

const minutes = 60_000;
const root = join(import.meta.dirname, '..', '..', '..');
const real = process.env['COSIGN'];
const cosign = real ?? join(import.meta.dirname, '../../fakes/bin/cosign');
const ours = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b';
const index = 'application/vnd.oci.image.index.v1+json';
const bundle = 'application/vnd.dev.sigstore.bundle.v0.3+json';
// user:right, by htpasswd -B.
const users = ['user:$2y$05$abcdefghijklmnopqrstuu8xaCxxL82bnl.UY74PMksDxIJShppPC'];

let stage = '';
let path = '';
const servers: Record<string, OwnServer> = {};

beforeAll(async () => {
  stage = mkdtempSync(join(tmpdir(), 'signed-'));
  mkdirSync(join(stage, 'bin'));
  writeFileSync(join(stage, 'bin/cosign'), `#!/bin/sh\nexec ${cosign} "$@"\n`, { mode: 0o755 });
  path = [join(stage, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  for (const name of ['ours', 'other']) {
    const argv = ['generate-key-pair', '--output-key-prefix', join(stage, name)];
    execFileSync(cosign, argv, { cwd: stage, env: { PATH: path, HOME: stage, COSIGN_PASSWORD: 'pass' } });
  }
  servers['OCI 1.1'] = await ownReferrersRegistry();
  servers['from before'] = await ownRegistry(users);
}, 10 * minutes);
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  rmSync(stage, { recursive: true, force: true });
}, minutes);

/** What the job that builds and scans hands on, made by hand: an image of this commit, and its SBOM. */
function handed(
  content: string,
  commit = ours,
): { readonly layout: ImageLayout; readonly inputs: Record<string, string> } {
  const layout = new ImageLayout();
  const image = layout.manifest([layout.blob(content)], 'amd64', {
    [revisionLabel]: commit,
    [inputsLabel]: createHash('sha256').update(content).digest('hex'),
  });
  const sbom = layout.blob(JSON.stringify({ spdxVersion: 'SPDX-2.3', name: content, packages: [] }));
  const { mediaType, digest, size } = image;
  writeFileSync(
    join(layout.folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: [{ mediaType, digest, size }] }),
  );
  const inputs = { layout: layout.folder, digest, verdict: 'pass', 'sbom-digest': sbom.digest, commit };
  return { layout, inputs };
}

function open(text: string, login: Readonly<Record<string, string>>): Registry {
  const repository = parseRepository(text);
  if (repository === null) throw new Error('no repository');
  const [username, password] = [login['registry-username'], login['registry-password']];
  const known = username === undefined || password === undefined ? null : { username, password };
  const credentials = { source: 'the test', login: () => Promise.resolve(known) };
  const log = workflowLog({ write: () => undefined }, false);
  const { signal } = new AbortController();
  return openRegistry({ repository, credentials, clock: systemClock, signal, log, timeoutMs: minutes });
}

describe.each<[kind: string, login: Readonly<Record<string, string>>]>([
  ['OCI 1.1', {}],
  ['from before', { 'registry-username': 'user', 'registry-password': 'right' }],
])('a registry %s', (kind, login) => {
  const host = (): string => servers[kind]?.host ?? '';
  const authorization = `Basic ${Buffer.from('user:right').toString('base64')}`;
  const ask = async (to: string): Promise<unknown> => {
    const headers = {
      accept: `${index}, application/vnd.oci.image.manifest.v1+json`,
      ...(kind === 'OCI 1.1' ? {} : { authorization }),
    };
    const answer = await fetch(`http://${host()}/v2/${to}`, { headers });
    return answer.ok ? answer.json() : null;
  };
  const step = (inputs: Record<string, string>): Promise<StepResult> =>
    runStep({
      root,
      action: 'build-scan-push',
      inputs: {
        ...login,
        sign: 'key',
        'signing-key': readFileSync(join(stage, 'ours.key'), 'utf8'),
        'signing-password': 'pass',
        'signing-log': 'none',
        ...inputs,
      },
      env: { PATH: path, AWS_SECRET_ACCESS_KEY: 'not-a-real-secret', DOCKER_CONFIG: join(stage, 'none') },
    });
  /** What is attached, by type: from the registry's own list where it has one, else under the tag. */
  const attached = async (name: string, digest: string): Promise<readonly string[]> => {
    const list = await ask(
      kind === 'OCI 1.1' ? `${name}/referrers/${digest}` : `${name}/manifests/${digest.replace(':', '-')}`,
    );
    const { manifests = [] } = (list ?? {}) as { readonly manifests?: { readonly digest: string }[] };
    // This registry's list does not say what they are: each says it itself.
    const all = await Promise.all(manifests.map((one) => ask(`${name}/manifests/${one.digest}`)));
    return all.map((one) => (one as { readonly artifactType: string }).artifactType).toSorted();
  };
  /** As anybody else would see to it. */
  const verifies = (image: string, key: string, type: readonly string[] = ['verify']): boolean => {
    const docker = mkdtempSync(join(stage, 'docker-'));
    const auth = { auths: { [host()]: { auth: Buffer.from('user:right').toString('base64') } } };
    writeFileSync(join(docker, 'config.json'), JSON.stringify(kind === 'OCI 1.1' ? {} : auth));
    const argv = [...type, '--key', join(stage, `${key}.pub`), '--insecure-ignore-tlog', image];
    try {
      execFileSync(cosign, argv, {
        env: { PATH: path, HOME: stage, DOCKER_CONFIG: docker },
        stdio: 'pipe',
      });
      return true;
    } catch {
      return false;
    }
  };

  test(
    'has the image, its SBOM and the signatures of both; done again, nothing is added',
    async () => {
      const { layout, inputs } = handed(`one in ${kind}`);
      const name = 'order-api';
      const given = { ...inputs, repository: `${host()}/${name}` };
      const first = await step(given);
      expect([first.exitCode, first.log]).toEqual([0, expect.stringContaining(' signed by the key ')]);
      const { image = '', digest = '' } = first.outputs;
      expect(first.outputs).toMatchObject({
        'signed-by': expect.stringContaining('the key '),
        verdict: 'pass',
      });
      const wanted = ['application/spdx+json', bundle, bundle];
      expect(await attached(name, digest)).toEqual(wanted);
      expect([verifies(image, 'ours'), verifies(image, 'other')]).toEqual([true, false]);
      expect(first.summary).toContain('cosign verify --key cosign.pub --insecure-ignore-tlog ');

      const again = await step(given);
      expect([again.exitCode, again.log]).toEqual([
        0,
        expect.stringContaining('was signed already, by the key '),
      ]);
      expect(again.outputs).toMatchObject({ reused: 'true', image });
      expect(await attached(name, digest)).toEqual(wanted);
      const tags = ((await ask(`${name}/tags/list`)) as { readonly tags: readonly string[] }).tags;
      expect(tags.toSorted()).toEqual(
        (kind === 'OCI 1.1' ? [ours] : [ours, digest.replace(':', '-')]).toSorted(),
      );
      layout.remove();
    },
    2 * minutes,
  );

  test(
    'an image that was pushed unsigned is signed by the next run that asks for it',
    async () => {
      const { layout, inputs } = handed(`two in ${kind}`);
      const name = 'payment-api';
      const unsigned = {
        ...inputs,
        repository: `${host()}/${name}`,
        ...{ sign: 'none', 'signing-key': '', 'signing-password': '', 'signing-log': '' },
      };
      const pushed = await step(unsigned);
      expect([pushed.exitCode, pushed.outputs['signed-by']]).toEqual([0, undefined]);
      const { image = '' } = pushed.outputs;
      expect(verifies(image, 'ours')).toBe(false);
      const signed = await step({ ...inputs, repository: `${host()}/${name}` });
      expect([signed.exitCode, signed.log]).toEqual([0, expect.stringContaining(' signed by the key ')]);
      expect(verifies(image, 'ours')).toBe(true);

      // The signature of this one, moved to another one, is worth nothing.
      const other = handed(`three in ${kind}`, ours.replace('9f', '8e'));
      const forged = await step({ ...unsigned, ...other.inputs });
      expect(forged.exitCode).toBe(0);
      const registry = open(`${host()}/${name}`, login);
      const [signature] = await registry.referrers(image.split('@')[1] ?? '');
      const folder = mkdtempSync(join(stage, 'bundle-'));
      const file = await registry.artifact(signature?.digest ?? '', folder);
      await registry.attach(forged.outputs['digest'] ?? '', { artifactType: bundle, file, annotations: {} });
      expect(await attached(name, forged.outputs['digest'] ?? '')).toContain(bundle);
      expect(verifies(forged.outputs['image'] ?? '', 'ours')).toBe(false);
      other.layout.remove();
      layout.remove();
    },
    2 * minutes,
  );

  test(
    'a key that its password does not open is told before anything is pushed',
    async () => {
      const { layout, inputs } = handed(`four in ${kind}`);
      const name = 'customer-api';
      const result = await step({ ...inputs, repository: `${host()}/${name}`, 'signing-password': 'wrong' });
      expect([result.exitCode, result.log]).toEqual([1, expect.stringContaining('signing-password')]);
      expect(result.log).not.toContain('PRIVATE KEY');
      expect(await ask(`${name}/tags/list`)).toBeNull();
      layout.remove();
    },
    2 * minutes,
  );
});
