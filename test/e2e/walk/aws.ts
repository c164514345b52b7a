// Stands in for aws, of which there is none here: says so, and looks at what it can look at, the documents it is given.
import { readFileSync } from 'node:fs';

const known = [
  'ecr create-repository',
  'ecr get-login-password',
  'eks create-access-entry',
  'eks update-kubeconfig',
  'iam create-open-id-connect-provider',
  'iam create-role',
  'iam put-role-policy',
];

const argv = process.argv.slice(2);
const command = argv.slice(0, 2).join(' ');
if (!known.includes(command)) throw new Error(`this stand-in for aws does not know: ${command}`);
for (const document of argv.filter((word) => word.startsWith('file://'))) {
  const { Statement: statements } = JSON.parse(readFileSync(document.slice('file://'.length), 'utf8')) as {
    readonly Statement?: readonly { readonly Action?: unknown }[];
  };
  if (statements?.every(({ Action: action }) => action !== undefined) !== true) {
    throw new Error(`${document} is no policy`);
  }
}
console.error(`there is no AWS here, not done: aws ${command}`);
if (command === 'ecr get-login-password') console.log('no-password');
