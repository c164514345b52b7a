import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostNamed } from '../../../src/domain/exposure/hostNamed.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) };

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,12}[a-z0-9])?$/);
const service = fc.record({ service: label, namespace: label });
const scheme = fc.constantFrom('', 'http://', 'https://', 'grpc://', 'dns:///', 'http://me:secret@');
const port = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 65_535 }).map((n) => `:${String(n)}`),
);
const path = fc.constantFrom('', '/', '/api/v1/orders', '?x=1', '/a=b,c');
/** What stands around a host in a list, in JSON, in a script. */
const around = fc.constantFrom(
  ['', ''],
  ['a:1,', ',b:2'],
  ['{"url": "', '"}'],
  ['curl -s ', ' | jq .'],
  ['x=', ';'],
);
const suffixes = ['', '.svc', '.svc.cluster.local', '.svc.cluster.local.'] as const;

test('a namespaced host is found in every namespace, wherever a host may stand', () => {
  fc.assert(
    fc.property(
      service,
      label,
      fc.constantFrom(...suffixes),
      scheme,
      port,
      path,
      around,
      (name, from, suffix, before, number, after, [open = '', close = '']) => {
        const host = `${name.service}.${name.namespace}${suffix}`;
        const value = `${open}${before}${host}${number}${after}${close}`;
        // What stands around it may be called like the service.
        const bare = from === name.namespace ? [name.service] : [];
        expect([host.replace(/\.$/, ''), ...bare]).toContain(hostNamed({ key: 'X', value }, name, from));
      },
    ),
    runs,
  );
});

test('the bare name is found in a URL or with a port, from its own namespace and from no other', () => {
  fc.assert(
    fc.property(service, label, scheme, port, path, (name, other, before, number, after) => {
      fc.pre(before !== '' || number !== '');
      fc.pre(other !== name.namespace);
      const setting = { key: 'X', value: `${before}${name.service}${number}${after}` };
      expect(hostNamed(setting, name, name.namespace)).toBe(name.service);
      // A namespace may be called like the rest of the URL, but no host is then.
      expect(hostNamed(setting, name, other)).toBeNull();
    }),
    runs,
  );
});

test('a host that has more to it, before or behind, is another host', () => {
  const more = fc.stringMatching(/^[a-z0-9_-]{1,8}$/);
  fc.assert(
    fc.property(
      service,
      more,
      fc.constantFrom('', '.svc', '.svc.cluster.local'),
      scheme,
      port,
      (name, extra, suffix, before, number) => {
        const host = `${name.service}.${name.namespace}${suffix}`;
        for (const other of [
          `${extra}${host}`,
          `${host}${extra}`,
          `${extra}.${host}`,
          `${host}.${extra}x.com`,
        ]) {
          fc.pre(!suffixes.some((end) => other === `${name.service}.${name.namespace}${end}`));
          const value = `${before}${other}${number}`;
          expect(hostNamed({ key: 'ORDER_HOST', value }, name, name.namespace)).toBeNull();
        }
      },
    ),
    runs,
  );
});

test('any text is read, and what is found stands in it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), service, label, (key, value, name, from) => {
      const host = hostNamed({ key, value }, name, from);
      if (host !== null) expect(value.toLowerCase()).toContain(host);
    }),
    runs,
  );
});
