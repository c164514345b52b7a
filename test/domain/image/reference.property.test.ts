import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseReference, parseRepository, repositoryText } from '../../../src/domain/image/reference.ts';
import type { ImageReference, Repository } from '../../../src/domain/image/reference.ts';

/** More of them where there is time: PROPERTY_RUNS=10000. */
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 500) };

const letters = (alphabet: string, most: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...alphabet.split('')), { minLength: 1, maxLength: most })
    .map((characters) => characters.join(''));
const word = letters('abcxyz019', 5);
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: null });
const host = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('localhost', '127.0.0.1', '[::1]', '111122223333.dkr.ecr.ap-northeast-2.amazonaws.com'),
      fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => [...parts, 'example'].join('.')),
      fc.tuple(word, word).map(([a, b]) => `${a}-${b}.example`),
    ),
    port,
  )
  .map(([name, at]) =>
    name === '[::1]' ? `${name}:${String(at ?? 5000)}` : at === null ? name : `${name}:${String(at)}`,
  );
const component = fc
  .tuple(word, fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), word), { maxLength: 2 }))
  .map(([first, rest]) => [first, ...rest.map(([between, next]) => `${between}${next}`)].join(''));
const repository: fc.Arbitrary<Repository> = fc
  .tuple(host, fc.array(component, { minLength: 1, maxLength: 3 }))
  .map(([registry, parts]) => ({ registry, name: parts.join('/') }));
const tag = fc
  .tuple(letters('abcXYZ019_', 3), letters('abcXYZ019_.-', 8))
  .map(([first, rest]) => first + rest);
const digest = letters('0123456789abcdef', 1).chain((one) =>
  fc.constant(`sha256:${one.repeat(63)}${one === 'a' ? 'b' : 'a'}`),
);
const reference: fc.Arbitrary<ImageReference> = fc.oneof(
  fc.record({ repository, tag, digest: fc.constant(null) }),
  fc.record({ repository, tag: fc.constant(null), digest }),
  fc.record({ repository, tag, digest }),
);

const print = ({ repository: of, tag: named, digest: is }: ImageReference): string =>
  `${repositoryText(of)}${named === null ? '' : `:${named}`}${is === null ? '' : `@${is}`}`;

test('what is printed is read as what it was', () => {
  fc.assert(
    fc.property(reference, (given) => {
      expect(parseReference(print(given))).toEqual(given);
      expect(parseRepository(repositoryText(given.repository))).toEqual(given.repository);
    }),
    runs,
  );
});

/** References with something put in, taken out or doubled, and what is made of the signs that part them. */
const garbage = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom('a', 'A', '1', '.', ':', '/', '@', '-', '_', '[', ']', '%', ' ', '\n', 'sha256:'),
      {
        maxLength: 20,
      },
    )
    .map((signs) => signs.join('')),
  fc
    .record({
      text: reference.map(print),
      at: fc.nat(120),
      cut: fc.nat(3),
      put: fc.constantFrom(
        '',
        ':',
        '/',
        '@',
        '//',
        '..',
        '@sha256:',
        ' ',
        '\n',
        '\0',
        'Ä',
        'https://',
        'u:p@',
      ),
    })
    .map(({ text, at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut)),
);

test('what is read prints as what was given, or is not read at all', () => {
  fc.assert(
    fc.property(garbage, (text) => {
      const read = parseReference(text);
      if (read !== null) expect(print(read)).toBe(text);
      const only = parseRepository(text);
      if (only !== null) expect(repositoryText(only)).toBe(text);
    }),
    runs,
  );
});

test('what is read is safe in an address and in an argument: one host, no way up, no sign to hide behind', () => {
  fc.assert(
    fc.property(fc.oneof(garbage, reference.map(print)), (text) => {
      const read = parseReference(text);
      if (read === null) return;
      const { registry, name } = read.repository;
      const url = new URL(`https://${registry}/v2/${name}/tags/list`);
      // Node writes the port that https has anyway without it.
      expect(url.host).toBe(registry.replace(/:443$/, ''));
      expect(url.pathname).toBe(`/v2/${name}/tags/list`);
      expect(text).toMatch(/^[A-Za-z0-9[][\x21-\x7e]*$/);
    }),
    runs,
  );
});
