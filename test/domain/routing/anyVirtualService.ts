import fc from 'fast-check';

// Whatever Istio's API lets a VirtualService say (networking.istio.io/v1), with at least one route to order-api.

interface Entry {
  readonly destination: { readonly subset?: string; readonly host: string; readonly port?: object };
  weight?: number;
}
export interface Http {
  route?: Entry[];
  name?: string;
  [field: string]: unknown;
}
export interface AnyVirtualService {
  metadata: Record<string, unknown>;
  spec: { http: Http[]; [field: string]: unknown };
}

/** Whichever fields are there. */
const some = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] });
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const few = <T>(values: fc.Arbitrary<T>, maxLength = 2) => fc.array(values, { maxLength });

/** Among them words that mean something elsewhere in the object. */
const text = fc.constantFrom('a', 'x-y', 'v1-2', 'order-api', 'blue', 'green', 'weight', 'route', 'mesh');
const percent = fc.record({ value: fc.constantFrom(0, 0.1, 50, 100) });
const seconds = fc.constantFrom('0s', '0.025s', '5s', '30s');
const labels = fc.dictionary(text, text, { maxKeys: 2 });
const ports = fc.record({ number: fc.constantFrom(80, 8080, 443) });

const stringMatch = fc.oneof(
  text.map((exact) => ({ exact })),
  text.map((prefix) => ({ prefix: `/${prefix}` })),
  text.map((regex) => ({ regex })),
);
const textMap = fc.dictionary(text, fc.oneof(stringMatch, fc.constant({})), { maxKeys: 2 });
const match = some({
  name: text,
  uri: stringMatch,
  scheme: stringMatch,
  method: stringMatch,
  authority: stringMatch,
  headers: textMap,
  queryParams: textMap,
  withoutHeaders: textMap,
  port: fc.nat(65535),
  sourceLabels: labels,
  sourceNamespace: text,
  gateways: few(fc.constantFrom('mesh', 'ecommerce-gateway', 'other/gateway')),
  ignoreUriCase: fc.boolean(),
  statPrefix: text,
});

const headerChanges = some({ set: labels, add: labels, remove: few(text) });
const headers = some({ request: headerChanges, response: headerChanges });
const rewrite = fc.oneof(
  some({ uri: text, authority: text }),
  fc.record({ uriRegexRewrite: fc.record({ match: text, rewrite: text }) }),
);
const fault = some({
  delay: fc.record({ fixedDelay: seconds, percentage: percent }),
  abort: fc.oneof(
    fc.record({ httpStatus: fc.constantFrom(418, 503), percentage: percent }),
    fc.record({ grpcStatus: fc.constant('UNAVAILABLE'), percentage: percent }),
  ),
});
/** Copies may go to the service itself: that is no traffic. */
const mirrored = some({
  host: fc.constantFrom('order-api', 'other'),
  subset: fc.constantFrom('blue', 'green', 'x'),
  port: ports,
});

/** What a route can carry besides where it leads. */
const policy = some({
  name: text,
  match: few(match, 3),
  timeout: seconds,
  retries: some({
    attempts: fc.nat(5),
    perTryTimeout: seconds,
    retryOn: text,
    retryRemoteLocalities: fc.boolean(),
  }),
  fault,
  mirror: mirrored,
  mirrorPercent: fc.nat(100),
  mirrorPercentage: percent,
  mirrors: few(fc.record({ destination: mirrored, percentage: percent })),
  corsPolicy: some({
    allowOrigins: few(stringMatch),
    allowMethods: few(text),
    allowHeaders: few(text),
    exposeHeaders: few(text),
    maxAge: seconds,
    allowCredentials: fc.boolean(),
    unmatchedPreflights: fc.constant('FORWARD'),
  }),
  headers,
  rewrite,
});

export const serviceHost = fc.constantFrom(
  'order-api',
  'order-api.ecommerce',
  'order-api.ecommerce.svc',
  'order-api.ecommerce.svc.cluster.local',
);
const weight = optional(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 })));
const entryTo = (
  host: fc.Arbitrary<string>,
  subset: fc.Arbitrary<string | undefined>,
  port: fc.Arbitrary<object | undefined>,
) =>
  fc
    .record({ host, subset, port, share: weight, changes: optional(headers) })
    .map(({ host: to, subset: slot, port: number, share, changes }): Entry => ({
      destination: {
        host: to,
        ...(number === undefined ? {} : { port: number }),
        ...(slot === undefined ? {} : { subset: slot }),
      },
      ...(share === undefined ? {} : { weight: share }),
      ...(changes === undefined ? {} : { headers: changes }),
    }));
const port80 = optional(fc.constant({ number: 80 }));
const slotEntry = (slot: string) => entryTo(serviceHost, fc.constant(slot), port80);
const elsewhere = entryTo(
  fc.constantFrom('other', 'order-api-archive', 'order-api.other'),
  optional(text),
  optional(ports),
);

/** A route that a switch changes. */
export const managed = fc
  .tuple(policy, slotEntry('blue'), slotEntry('green'), fc.boolean())
  .map(([rest, blue, green, greenFirst]): Http => ({
    ...rest,
    route: greenFirst ? [green, blue] : [blue, green],
  }));

const ending = (field: string, values: fc.Arbitrary<unknown>) =>
  fc.tuple(policy, values).map(([rest, value]): Http => ({ ...rest, [field]: value }));
/** A route that leads elsewhere, or nowhere. */
const foreign = fc.oneof(
  ending('route', fc.array(elsewhere, { minLength: 1, maxLength: 3 })),
  ending(
    'redirect',
    some({
      uri: text,
      authority: text,
      port: fc.nat(65535),
      scheme: text,
      redirectCode: fc.constantFrom(301, 302, 308),
    }),
  ),
  ending(
    'directResponse',
    fc.record({
      status: fc.constantFrom(200, 503),
      body: fc.oneof(fc.record({ string: text }), fc.record({ bytes: text })),
    }),
  ),
  ending('delegate', some({ name: text, namespace: text })),
);
/** A route to the service that weights cannot steer: going back, it is left alone. */
export const odd = fc.oneof(
  fc.tuple(policy, slotEntry('blue')).map(([rest, blue]): Http => ({ ...rest, route: [blue] })),
  fc
    .tuple(policy, slotEntry('blue'), slotEntry('green'), elsewhere)
    .map(([rest, ...route]): Http => ({ ...rest, route })),
  fc
    .tuple(policy, slotEntry('blue'), slotEntry('green'), slotEntry('green'))
    .map(([rest, ...route]): Http => ({ ...rest, route })),
  fc
    .tuple(policy, entryTo(serviceHost, fc.constantFrom(undefined, 'canary'), port80))
    .map(([rest, one]): Http => ({ ...rest, route: [one] })),
);

const tcpOrTls = (more: object) =>
  optional(
    few(
      fc.record({
        match: few(
          some({
            ...more,
            port: fc.nat(65535),
            sourceLabels: labels,
            gateways: few(text, 1),
            destinationSubnets: few(text, 1),
          }),
          1,
        ),
        route: fc.array(elsewhere, { minLength: 1, maxLength: 2 }),
      }),
    ),
  );

const defined = (object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** Names that are not the preview's: what has that one is a preview. */
export const virtualServiceOf = (...others: readonly fc.Arbitrary<Http>[]): fc.Arbitrary<AnyVirtualService> =>
  fc
    .record({
      before: few(fc.oneof(managed, foreign, ...others), 3),
      one: managed,
      after: few(fc.oneof(managed, foreign, ...others), 3),
      annotations: labels,
      rest: fc
        .record({
          hosts: fc.constantFrom(['api.c4ang.com'], ['order-api', '*.c4ang.com', 'api.c4ang.com'], ['*']),
          gateways: fc.constantFrom(undefined, ['mesh'], ['ecommerce-gateway', 'mesh'], ['./a', 'b/c']),
          tcp: tcpOrTls({ sourceNamespace: text }),
          tls: tcpOrTls({ sniHosts: fc.constant(['*.c4ang.com']) }),
          exportTo: optional(few(fc.constantFrom('*', '.', 'istio-system'))),
        })
        .map(defined),
    })
    .map(({ before, one, after, annotations, rest }) => ({
      metadata: { name: 'order-api-vs', namespace: 'ecommerce', resourceVersion: '7', annotations },
      spec: { ...rest, http: [...before, one, ...after] },
    }));

export const target = fc.integer({ min: 0, max: 100 }).map((blue) => ({ blue, green: 100 - blue }));

/** Whether a destination is the service: by what its host says, read apart from the code under test. */
export const isOurs = ({ destination }: Entry): boolean =>
  /^order-api(\.ecommerce(\.svc(\.cluster\.local)?)?)?$/.test(destination.host);
