import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '../../src/actions/build-scan-push/inputs.ts';
import { isHanded, pushScanned } from '../../src/actions/build-scan-push/pushScanned.ts';
import { buildScanPush } from '../../src/actions/build-scan-push/run.ts';
import type { Collaborators } from '../../src/actions/build-scan-push/run.ts';
import type { Builder, BuildRequest } from '../../src/domain/image/build.ts';
import type { LintFinding } from '../../src/domain/image/dockerfileLint.ts';
import type { ImageFacts } from '../../src/domain/image/facts.ts';
import type { AllowEntry } from '../../src/domain/scan/allowList.ts';
import type { ScanFinding } from '../../src/domain/scan/report.ts';
import { findContext } from '../../src/image/buildContext.ts';
import type { OciImage } from '../../src/image/ociLayout.ts';
import { makeWorkFolder, resultFiles } from '../../src/image/workFolder.ts';
import { verifyLayout } from '../../src/image/verifyLayout.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { ConnectionError } from '../../src/runtime/errors.ts';
import { stopwatch } from '../../src/runtime/stopwatch.ts';
import type { Sbom } from '../../src/tools/syft.ts';
import { FakeClock } from './clock.ts';
import { fakeCosign } from './fakeCosign.ts';

export const commit = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b';
export const live = `sha256:${'1'.repeat(64)}`;
export const liveImage = `localhost:5000/order-api@${live}`;
export const vulnerability: ScanFinding = {
  kind: 'vulnerability',
  id: 'CVE-2026-1',
  package: 'libx',
  installed: '1.0',
  fixed: '1.1',
  severity: 'critical',
  target: 'usr/lib',
};

interface Written {
  readonly layer: string;
  readonly created: string;
}

/** A layout of one layer, with the labels that were asked for. */
function writeLayout(layout: string, { labels }: BuildRequest, { layer, created }: Written): OciImage {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, content: string) => {
    const hex = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(layout, 'blobs/sha256', hex), content);
    return { mediaType, digest: `sha256:${hex}`, size: content.length };
  };
  const config = { os: 'linux', architecture: 'amd64', created, config: { Labels: labels } };
  const manifest = put(
    'application/vnd.oci.image.manifest.v1+json',
    JSON.stringify({ config: put('config', JSON.stringify(config)), layers: [put('layer', layer)] }),
  );
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest }] }),
  );
  return { layout, digest: manifest.digest };
}

export const sbomOf = (format: Sbom['format']): Readonly<Record<string, string>> =>
  format === 'cyclonedx' ? { bomFormat: 'CycloneDX' } : { spdxVersion: 'SPDX-2.3' };

/** Everything that the action works with, in memory but for the layout; it notes in which order it was asked. */
export class BuildStage {
  readonly order: string[] = [];
  readonly lines: string[] = [];
  readonly given = new Map<string, string>();
  readonly annotated: string[] = [];
  readonly tags = new Map<string, ImageFacts>();
  readonly secretsSeen: string[] = [];
  folder = '';
  layer = 'a layer';
  /** Of the repository, besides the Dockerfile. */
  files: Readonly<Record<string, string>> = {};
  findings: readonly ScanFinding[] = [];
  lint: readonly LintFinding[] = [];
  builder: Builder = { kind: 'buildx', title: 'buildx v1', name: null };
  sbomFormats: readonly Sbom['format'][] = ['spdx-json', 'cyclonedx'];
  /** What Snyk finds; null: there is no token. */
  dependencies: readonly ScanFinding[] | Error | null = null;
  allow: readonly AllowEntry[] = [];
  /** When the next run is. */
  at = '2026-11-21T00:00:00.000Z';
  /** What ECR's own scan finds; null: another registry. */
  ecrFindings: readonly ScanFinding[] | null = null;
  scannerFails: Error | null = null;
  /** What was attached, by the digest of the image; the file is read when it is attached. */
  readonly attached: {
    readonly image: string;
    readonly type: string;
    readonly text: string;
    readonly annotations: Readonly<Record<string, string>>;
  }[] = [];
  attachFails = false;
  /** Whether there is a signer; what it has said of the image. */
  signs = false;
  signerFails = false;
  signFails = false;
  readonly said: string[] = [];
  /** Of the last summary. */
  readonly facts = new Map<string, string>();
  /** In the image that serves now; null: the registry does not have it. */
  liveFindings: readonly ScanFinding[] | Error | null = null;

  async run(given: Readonly<Record<string, string>> = {}): Promise<void> {
    const inputs = parse({ repository: 'localhost:5000/order-api', ...given });
    const tools = await this.#tools();
    await (isHanded(inputs) ? pushScanned(inputs, tools) : buildScanPush(inputs, tools));
  }

  async #tools(): Promise<Collaborators> {
    const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'workspace-')));
    const files = { Dockerfile: 'FROM scratch\n', ...this.files };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(workspace, name), text);
    const given = { workspace, context: '.', dockerfile: null, hadolintConfig: null, snykFolder: null };
    const clock = new FakeClock(this.at);
    const say = (line: string): void => void this.lines.push(line);
    const env = { RUNNER_TEMP: workspace };
    const work = await makeWorkFolder(env);
    this.folder = work.path;
    return {
      context: await findContext(given),
      clock,
      watch: stopwatch(clock),
      work: () => Promise.resolve(work),
      results: resultFiles(env),
      allow: this.allow,
      ecr: this.#ecr(),
      signal: new AbortController().signal,
      run: { url: null, actor: null, sha: commit, ref: null },
      log: { info: say, warning: say, group: (title, lines) => this.lines.push(title, ...lines) },
      annotations: {
        add: ({ file, line, title }) => void this.annotated.push(`${file}:${String(line)} ${title}`),
      },
      outputs: { set: (name, value) => void this.given.set(name, String(value)) },
      summary: {
        heading: say,
        facts: (rows) => rows.forEach(([name, value]) => this.facts.set(name, value)),
        table: () => undefined,
        diagram: () => undefined,
      },
      cosign: this.signs ? fakeCosign(this) : null,
      hadolint: () =>
        Promise.resolve({
          lint: () => {
            this.order.push('lint');
            return Promise.resolve(this.lint);
          },
        }),
      docker: {
        builder: () => Promise.resolve(this.builder),
        build: (_builder, request, folder) => {
          this.order.push('build');
          for (const { id, file } of request.secrets)
            this.secretsSeen.push(`${id}=${readFileSync(file, 'utf8')}`);
          const created = new Date(clock.now()).toISOString();
          const image = writeLayout(join(folder, 'layout'), request, { layer: this.layer, created });
          return Promise.resolve(image);
        },
      },
      snyk:
        this.dependencies === null
          ? null
          : () => {
              this.order.push('snyk');
              return this.dependencies instanceof Error
                ? Promise.reject(this.dependencies)
                : Promise.resolve({
                    scanner: 'snyk',
                    scannerVersion: '1',
                    database: { service: true as const },
                    findings: this.dependencies ?? [],
                  });
            },
      scanner: () =>
        Promise.resolve({
          sboms: () =>
            Promise.resolve(
              this.sbomFormats.map((format) => {
                const path = join(work.path, `sbom-0.${format}.json`);
                writeFileSync(path, JSON.stringify(sbomOf(format)));
                return { format, path };
              }),
            ),
          scanner: {
            name: 'grype' as const,
            scan: (image) => {
              const isLive = image.digest === live;
              this.order.push(`scan ${image.digest}`);
              if (isLive && this.liveFindings instanceof Error) return Promise.reject(this.liveFindings);
              if (this.scannerFails !== null) return Promise.reject(this.scannerFails);
              const database = { built: new Date(clock.now()).toISOString() };
              return Promise.resolve({
                scanner: 'grype',
                scannerVersion: '1',
                database,
                findings:
                  isLive && !(this.liveFindings instanceof Error) ? (this.liveFindings ?? []) : this.findings,
              });
            },
          },
        }),
      registry: {
        pull: (digest, layout) => {
          this.order.push(`pull ${digest}`);
          return Promise.resolve(digest === live && this.liveFindings === null ? null : { layout, digest });
        },
        find: (tag) => Promise.resolve(this.#found(tag)),
        facts: (tag) => Promise.resolve(this.tags.get(tag) ?? null),
        ...this.#attachments(),
        push: async (image, tags) => {
          this.order.push(`push ${image.digest}`);
          const facts = await verifyLayout(image);
          for (const tag of tags) this.tags.set(tag, facts);
          const outcome = 'pushed' as const;
          return {
            digest: image.digest,
            tags: tags.map((tag) => ({ tag, outcome })),
            uploadedBytes: 7,
            reusedBlobs: 0,
          };
        },
      },
    };
  }

  #attachments(): Pick<Registry, 'referrers' | 'attach' | 'artifact'> {
    return {
      referrers: (image) =>
        Promise.resolve(
          this.attached.flatMap((one, place) =>
            one.image === image
              ? [
                  {
                    digest: `sha256:${String(place).repeat(64)}`,
                    artifactType: one.type,
                    annotations: one.annotations,
                  },
                ]
              : [],
          ),
        ),
      attach: (image, { artifactType: type, file, annotations }) => {
        this.order.push(`attach ${type}`);
        if (this.attachFails) return Promise.reject(new ConnectionError('it answers no more', 'Wait.'));
        this.attached.push({ image, type, text: readFileSync(file, 'utf8'), annotations });
        return Promise.resolve({ digest: `sha256:${'c'.repeat(64)}`, tag: null });
      },
      artifact: (digest, folder) => {
        const file = join(folder, 'artifact');
        writeFileSync(file, this.attached[Number(digest.at(-1))]?.text ?? '');
        return Promise.resolve(file);
      },
    };
  }

  #ecr(): Collaborators['ecr'] {
    const findings = this.ecrFindings;
    if (findings === null) return null;
    const never = (): Promise<never> => Promise.reject(new Error('not asked for'));
    return {
      credentials: { source: 'ECR', login: never },
      describe: never,
      ensure: never,
      scan: (digests) => {
        this.order.push(`ECR scan ${digests.join()}`);
        const scanned = { scanner: 'ecr', scannerVersion: 'basic', database: { service: true as const } };
        return Promise.resolve({ ...scanned, findings });
      },
    };
  }

  #found(tag: string) {
    const facts = this.tags.get(tag);
    return facts === undefined ? null : { digest: facts.digest, mediaType: facts.mediaType, size: 1 };
  }
}
