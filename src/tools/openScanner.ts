import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OciImage } from '../image/ociLayout.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Exec } from './exec.ts';
import { grypeScanner } from './grype.ts';
import type { Fetch } from './pinned/download.ts';
import { findTool } from './pinned/findTool.ts';
import type { FoundTool } from './pinned/findTool.ts';
import type { ToolName } from './pinned/releases.ts';
import { scannerExec } from './scannerHome.ts';
import type { Scanner } from './scanner.ts';
import { trivySboms, trivyScanner } from './trivy.ts';
import { syftSboms } from './syft.ts';
import type { Sbom } from './syft.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface ScannerChoice {
  readonly name: Scanner['name'];
  /** A folder of this scan's own; the caller removes it. */
  readonly folder: string;
  /** For the vulnerability database; kept between runs. */
  readonly cacheFolder: string;
  readonly timeoutMs: number;
  /** Mirrors of the vulnerability database, the first that answers is taken; empty for the scanner's own. */
  readonly mirrors: readonly string[];
}

export interface OpenScanner {
  readonly scanner: Scanner;
  readonly tool: FoundTool;
  /** The SBOMs of the image that was scanned last: Trivy's own, from that scan; beside Grype, Syft's. */
  sboms(image: OciImage, signal?: AbortSignal): Promise<readonly Sbom[]>;
}

/** Tools as a step looks for them: on its PATH, else pinned, fetched and checked; always without credentials. */
export async function openTool(
  name: ToolName,
  { env, folder, clock, fetch, runsIn }: ToolsOf,
): Promise<FoundTool & { readonly exec: Exec }> {
  const exec = scannerExec(env, folder, runsIn);
  const found = await findTool(name, {
    path: env['PATH'] ?? '',
    cacheFolder: env['RUNNER_TOOL_CACHE'] ?? join(folder, 'tools'),
    platform: `${process.platform}-${process.arch}`,
    exec,
    fetch,
    clock,
    timeoutMs: 300_000,
  });
  return { ...found, exec };
}

export interface ToolsOf {
  readonly env: Env;
  readonly folder: string;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Where the program runs; an empty folder when absent, so that it finds no settings of the repository. */
  readonly runsIn?: string;
}

/** Trivy has a database of its own for Java archives; mirrors keep its name. */
const isJava = (mirror: string): boolean => mirror.includes('java-db');

/** The scanner, ready: found, its version checked, in an environment without credentials. */
export async function openScanner(
  choice: ScannerChoice,
  { env, clock, fetch }: Omit<ToolsOf, 'folder' | 'runsIn'>,
): Promise<OpenScanner> {
  const { name, folder, cacheFolder, timeoutMs, mirrors } = choice;
  mkdirSync(cacheFolder, { recursive: true });
  const { exec, ...tool } = await openTool(name, { env, folder, clock, fetch });
  if (name === 'trivy') {
    const scanner = trivyScanner(exec, tool.program, {
      folder,
      cacheFolder,
      timeoutMs,
      databases: mirrors.filter((one) => !isJava(one)),
      javaDatabases: mirrors.filter(isJava),
    });
    return { scanner, tool, sboms: () => trivySboms(exec, tool.program, { folder, timeoutMs }) };
  }
  const scanner = grypeScanner(exec, tool.program, {
    folder,
    cacheFolder,
    timeoutMs,
    databaseUrl: mirrors[0] ?? null,
    updateDatabase: true,
  });
  return {
    scanner,
    tool,
    sboms: async (image, signal) => {
      const syft = await openTool('syft', { env, folder, clock, fetch });
      return syftSboms(syft.exec, syft.program, image, { folder, timeoutMs }, signal);
    },
  };
}
