// Stands in for docker, of which the lab has none: it knows the Dockerfile of docs/getting-started.md, and nothing else
// (FROM busybox, COPY, USER, EXPOSE, CMD), and pushes to the lab's registry what such a build would hold.
//   STAND_IN_STATE=FOLDER STAND_IN_BUSYBOX=FILE docker login|build|push|inspect …
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage } from '../../../lab/build/image.ts';
import type { ImageSpec } from '../../../lab/build/image.ts';
import { pushImage } from '../../../lab/build/registryPush.ts';

const state = process.env['STAND_IN_STATE'] ?? '.';
const busybox = process.env['STAND_IN_BUSYBOX'] ?? '';
const fileOf = (reference: string, kind: string): string =>
  join(state, `${reference.replaceAll(/[^\w.-]/g, '_')}.${kind}`);

type Entries = ImageSpec['files'];

function copied(from: string, to: string): Entries {
  return readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(from, path)).isFile())
    .sort()
    .map((path) => ({
      path: `${to.slice(1)}/${path}`,
      mode: 0o644,
      content: readFileSync(join(from, path)),
    }));
}

function build(context: string): ImageSpec {
  const lines = readFileSync(join(context, 'Dockerfile'), 'utf8').trim().split('\n');
  let spec: ImageSpec = { files: [], entrypoint: [] };
  for (const line of lines) {
    const [instruction = '', ...words] = line.split(' ');
    if (instruction === 'FROM' && words[0]?.startsWith('busybox:')) {
      const program = { path: 'bin/httpd', mode: 0o755, content: readFileSync(busybox) };
      spec = { ...spec, files: [program] };
    } else if (instruction === 'COPY') {
      const [from = '', to = ''] = words;
      spec = { ...spec, files: [...spec.files, ...copied(join(context, from), to)] };
    } else if (instruction === 'USER') spec = { ...spec, user: words[0] ?? '' };
    else if (instruction === 'EXPOSE') spec = { ...spec, ports: words.map(Number) };
    else if (instruction === 'CMD') {
      const [program = '', ...argv] = JSON.parse(words.join(' ')) as string[];
      spec = { ...spec, entrypoint: [`/bin/${program}`, ...argv] };
    } else throw new Error(`this stand-in for docker does not know: ${line}`);
  }
  return spec;
}

async function push(reference: string): Promise<string> {
  const [, registry = '', name = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(reference) ?? [];
  const [context = '.'] = readFileSync(fileOf(reference, 'built'), 'utf8').split('\n');
  const digest = await pushImage(`http://${registry}`, name, tag, buildImage(build(context)));
  writeFileSync(fileOf(reference, 'pushed'), `${registry}/${name}@${digest}`);
  return `${tag}: digest: ${digest}`;
}

const [command = '', ...argv] = process.argv.slice(2);
const last = argv.at(-1) ?? '';
if (command === 'login') console.log('there is no docker here, and the registry wants no login: not done');
else if (command === 'build') {
  build(last);
  writeFileSync(fileOf(argv[argv.indexOf('--tag') + 1] ?? '', 'built'), join(process.cwd(), last));
} else if (command === 'push') console.log(await push(last));
else if (command === 'inspect' && existsSync(fileOf(last, 'pushed'))) {
  console.log(readFileSync(fileOf(last, 'pushed'), 'utf8'));
} else throw new Error(`this stand-in for docker does not know: ${command} ${argv.join(' ')}`);
