import { events, pods, virtualServices } from '../../src/cluster/api/resources.ts';
import { guarded } from '../../src/cluster/api/guardedApi.ts';
import { clusterLease } from '../../src/cluster/lease/releaseLease.ts';
import type { OwnLease } from '../../src/cluster/lease/releaseLease.ts';
import { configMapRecord } from '../../src/cluster/record/releaseRecord.ts';
import { transitionEvents } from '../../src/cluster/record/transitionEvents.ts';
import type { TransitionEvents } from '../../src/cluster/record/transitionEvents.ts';
import type { ReleaseRecord } from '../../src/cluster/record/releaseRecord.ts';
import type { KubeObject, Resource } from '../../src/cluster/api/kubeApi.ts';
import { listAt, objectAt, objectsAt, numberAt, textAt } from '../../src/domain/json.ts';
import type { Phase, Release } from '../../src/domain/release/release.ts';
import { clusterMesh } from '../../src/mesh/clusterMesh.ts';
import type { Mesh } from '../../src/mesh/mesh.ts';
import { FakeClock } from './clock.ts';
import { FakeEnvoys } from './envoys.ts';
import { fakeHolder } from './holder.ts';
import { FakeKubeApi } from './kubeApi.ts';
import { gatewayAndMesh, shop, shopObjects } from './shop.ts';
import type { Weights } from './shop.ts';

/** A shop with everything that an action works with: the real mesh on a Kubernetes and Envoys in memory. */
export class Bench {
  readonly clock = new FakeClock();
  readonly api: FakeKubeApi;
  readonly envoys: FakeEnvoys;
  readonly mesh: Mesh;
  readonly record: ReleaseRecord;
  /** Apart from the rest, so that `api.writes` holds what a test is about. */
  readonly leases = new FakeKubeApi();
  readonly lease: OwnLease;
  readonly events: TransitionEvents;
  readonly name = shop;
  readonly lines: string[] = [];
  readonly given = new Map<string, string>();
  readonly diagrams: string[] = [];
  /** What the step has left for its post step. */
  readonly state = new Map<string, string>();
  readonly stop = new AbortController();

  /** Later objects replace those of the shop with the same kind and name. */
  constructor(...objects: readonly (readonly [Resource, KubeObject])[]) {
    this.api = new FakeKubeApi(...shopObjects(), ...objects);
    this.envoys = new FakeEnvoys(this.api, this.clock);
    const { api, lease } = guarded(this.api, this.leaseOf('this step'));
    this.lease = lease;
    this.mesh = clusterMesh(api, this.envoys, this.clock);
    this.events = transitionEvents((event) => api.create(events, event), this.clock);
    this.record = configMapRecord(api, this.events.tell);
  }

  /** A release on record, and gateway and mesh with a VirtualService each. */
  static async inTwo(
    gateway: Weights,
    mesh: Weights,
    phase: Phase,
    changes: Partial<Release> = {},
  ): Promise<Bench> {
    const bench = new Bench(...gatewayAndMesh(gateway, mesh));
    await bench.begin(phase, changes);
    return bench;
  }

  /** The lease as another process has it. */
  leaseOf(title: string): OwnLease {
    return clusterLease(this.leases, this.clock, this.#log, fakeHolder(title));
  }

  /** How another process holds it. */
  readonly forOthers = { onBusy: 'fail', timeoutMs: 0, signal: new AbortController().signal } as const;

  get #log() {
    const say = (line: string): void => {
      this.lines.push(line);
    };
    return {
      info: say,
      warning: say,
      error: say,
      group: (title: string, lines: readonly string[]) => {
        this.lines.push(title, ...lines);
      },
    };
  }

  /** What an action receives besides its inputs. */
  get tools() {
    const nothing = (): void => undefined;
    return {
      name: this.name,
      mesh: this.mesh,
      record: this.record,
      lease: this.lease,
      clock: this.clock,
      podHttp: this.envoys,
      signal: this.stop.signal,
      log: this.#log,
      outputs: {
        set: (name: string, value: string | number | boolean) => {
          this.given.set(name, String(value));
        },
      },
      state: {
        save: (name: string, value: string) => {
          this.state.set(name, value);
        },
        saved: (name: string) => this.state.get(name) ?? null,
      },
      summary: {
        heading: nothing,
        facts: nothing,
        table: nothing,
        diagram: (mermaid: string) => {
          this.diagrams.push(mermaid);
        },
      },
    };
  }

  async begin(phase: Phase, changes: Partial<Release> = {}): Promise<void> {
    const release: Release = {
      id: 'rel-1',
      ...shop,
      phase,
      candidate: 'green',
      slots: {
        blue: { version: 'v1.0.0', image: 'x@sha256:1' },
        green: { version: 'v1.1.0', image: 'x@sha256:2' },
      },
      splitBefore: { blue: 100, green: 0 },
      splitAfter: null,
      verdicts: { verify: { verdict: 'pass', reason: 'well' } },
      timeline: [],
      runUrl: null,
      actor: null,
      ...changes,
    };
    await this.record.save(release, await this.record.read(shop));
    await this.events.sent();
    this.api.writes.length = 0;
  }

  async release(): Promise<Release> {
    const state = await this.record.read(shop);
    if (state.kind !== 'release') throw new Error(`the record is ${state.kind}`);
    return state.release;
  }

  /** The weights of every route to the service, by VirtualService: `order-api-vs: 100/0`. */
  weights(): readonly string[] {
    return this.api.all(virtualServices).flatMap((vs) =>
      objectsAt(objectAt(vs, 'spec'), 'http').map(([, http]) => {
        const weightOf = (subset: string): number =>
          objectsAt(http, 'route')
            .filter(([, entry]) => textAt(objectAt(entry, 'destination'), 'subset') === subset)
            .map(([, entry]) => numberAt(entry, 'weight') ?? 0)[0] ?? 0;
        return `${vs.metadata.name}: ${String(weightOf('blue'))}/${String(weightOf('green'))}`;
      }),
    );
  }

  routeCount(): number {
    return listAt(objectAt(this.api.peek(virtualServices, 'ecommerce', 'order-api-vs'), 'spec'), 'http')
      .length;
  }

  dropPods(...names: readonly string[]): void {
    for (const name of names)
      this.api.drop(pods, name.startsWith('gateway') ? 'istio-system' : 'ecommerce', name);
  }
}
