import type { Artifacts } from '../build/artifacts.ts';
import type { Layout } from '../layout.ts';

/** What the parts of the cluster are started with. */
export interface PartContext {
  readonly layout: Layout;
  readonly artifacts: Artifacts;
  /** Environment of every part: PATH and libraries of the lab, nothing of the user's shell. */
  readonly env: Readonly<Record<string, string>>;
}

/** A native process of the lab. */
export interface Part {
  readonly name: string;
  /** The parts that must be ready before this one starts. */
  readonly after: readonly string[];
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Text of configuration files: when it changes, the part is started anew. */
  readonly config?: string;
  /** Whether the part does its work; asked every 50 ms until it does. */
  readonly ready: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
}
