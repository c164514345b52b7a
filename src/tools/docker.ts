import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Builder, BuildRequest } from '../domain/image/build.ts';
import { fromDockerSave } from '../image/fromDockerSave.ts';
import { openLayout } from '../image/ociLayout.ts';
import type { OciImage } from '../image/ociLayout.ts';
import { PreconditionError } from '../runtime/errors.ts';
import { buildKitEnv, exportArgv, loadArgv, saveArgv, untagArgv } from './dockerArgv.ts';
import { findBuilder } from './dockerBuilder.ts';
import { buildFailure, parseMetadata } from './dockerOutput.ts';
import type { DiskSpace } from './dockerOutput.ts';
import type { Exec, ExecResult } from './exec.ts';

/** Docker as far as an image needs it: from a Dockerfile to an OCI layout on this disk. */
export interface Docker {
  /**
   * @param name of a buildx builder; null: the current one
   * @throws PreconditionError, ConnectionError when nothing here can build
   */
  builder(name: string | null, signal: AbortSignal): Promise<Builder>;
  /**
   * @param folder for the layout and what else the build leaves: empty, and removed by whoever made it
   * @throws ToolError, PreconditionError (the disk is full, with numbers), DeadlineError
   */
  build(builder: Builder, request: BuildRequest, folder: string, signal: AbortSignal): Promise<OciImage>;
}

export interface DockerOptions {
  readonly exec: Exec;
  readonly buildTimeoutMs: number;
  readonly space: DiskSpace;
  /** What a build says, when it ended well. */
  readonly onBuilt?: (lines: readonly string[]) => void;
}

const shortMs = 60_000;

export function dockerProgram({ exec, buildTimeoutMs, space, onBuilt }: DockerOptions): Docker {
  const run = async (
    argv: readonly string[],
    signal: AbortSignal,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ExecResult> => {
    const whole = ['docker', ...argv];
    const result = await exec.run(whole, { timeoutMs: buildTimeoutMs, signal, env });
    if (result.exitCode !== 0) throw await buildFailure(whole, result, buildTimeoutMs, space);
    return result;
  };

  async function exported(builder: Builder, request: BuildRequest, folder: string, signal: AbortSignal) {
    const paths = { layout: join(folder, 'layout'), metadata: join(folder, 'metadata.json') };
    const { stderr } = await run(exportArgv(builder, request, paths), signal, buildKitEnv(builder));
    onBuilt?.(stderr.split('\n'));
    const image = await openLayout(paths.layout);
    const told = parseMetadata(await readFile(paths.metadata, 'utf8').catch(() => ''));
    if (told !== null && told !== image.digest) {
      throw new PreconditionError(
        `buildx says that it built ${told}, but its layout holds ${image.digest}`,
        'Run the step again. Nothing was pushed.',
      );
    }
    return image;
  }

  async function loaded(builder: Builder, request: BuildRequest, folder: string, signal: AbortSignal) {
    const tag = `c4ang-build:${randomUUID()}`;
    const archive = join(folder, 'image.tar');
    try {
      const { stdout, stderr } = await run(loadArgv(builder, request, tag), signal, buildKitEnv(builder));
      onBuilt?.(`${stdout}\n${stderr}`.split('\n'));
      await run(saveArgv(tag, archive), signal);
    } finally {
      // Without the signal: a cancelled build may have made it all the same.
      await exec.run(['docker', ...untagArgv(tag)], { timeoutMs: shortMs }).catch(() => undefined);
    }
    const image = await fromDockerSave(exec, archive, join(folder, 'layout'), signal);
    await rm(archive);
    return image;
  }

  return {
    builder: (name, signal) => findBuilder(exec, name, signal),
    build: (builder, request, folder, signal) =>
      builder.kind === 'buildx'
        ? exported(builder, request, folder, signal)
        : loaded(builder, request, folder, signal),
  };
}
