import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { between } from './action-tables.ts';
import { isOfTheImage, usersIn } from './error-users.ts';

/** One thing that the code can say when it goes no further. What differs from case to case is an ellipsis. */
export interface RaisedError {
  /** Class of the error, for example `PreconditionError`. */
  readonly kind: string;
  /** The first line of its message. */
  readonly says: string;
  /** What it prints to do; null where that depends on the case. */
  readonly remedy: string | null;
  /** Where it is raised. */
  readonly files: readonly string[];
}

const gap = '…';

/** Every error with words of its own in src/, and every problem and check that one is made of. */
export function raisedErrors(root: string): readonly RaisedError[] {
  const files = globSync('src/**/*.ts', { cwd: root }).sort();
  const sources = files.map((file) =>
    ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest),
  );
  const kinds = kindsByClass(sources, errorKinds(root));
  const unique = new Map<string, RaisedError>();
  for (const error of sources.flatMap((source) => errorsIn(source, kinds))) {
    const key = `${error.kind} ${error.says} ${error.remedy ?? ''}`;
    unique.set(key, { ...error, files: [...(unique.get(key)?.files ?? []), ...error.files] });
  }
  return [...unique.values()].toSorted((a, b) => (a.says < b.says ? -1 : 1));
}

/** What a class stands for: one of the kinds, and the remedy where it brings its own. */
interface Kind {
  readonly kind: string;
  readonly remedy: ts.Node | undefined;
}

/** The kinds themselves, and the classes that are made from one of them for a single case. */
function kindsByClass(
  sources: readonly ts.SourceFile[],
  kinds: readonly string[],
): ReadonlyMap<string, Kind> {
  const found = new Map(kinds.map((kind): [string, Kind] => [kind, { kind, remedy: undefined }]));
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node)) {
      const parent = node.heritageClauses?.[0]?.types[0]?.expression;
      if (
        node.name !== undefined &&
        parent !== undefined &&
        ts.isIdentifier(parent) &&
        kinds.includes(parent.text)
      ) {
        found.set(node.name.text, { kind: parent.text, remedy: ownRemedy(node) });
      }
    }
    ts.forEachChild(node, visit);
  };
  sources.forEach(visit);
  return found;
}

/** The second argument of `super(…)`. */
function ownRemedy(node: ts.Node): ts.Node | undefined {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword)
    return node.arguments[1];
  return ts.forEachChild(node, ownRemedy);
}

/** The classes of src/runtime/errors.ts that tell a person what to do. */
export function errorKinds(root: string): readonly string[] {
  const text = readFileSync(join(root, 'src', 'runtime', 'errors.ts'), 'utf8');
  return [...text.matchAll(/^export class (\w+) extends RemedyError/gm)].map(([, name = '']) => name);
}

/**
 * The runbook with the list of errors under each of its headings made anew.
 * @throws Error when a kind of error has no heading
 */
export function withErrors(runbook: string, root: string): string {
  const errors = raisedErrors(root);
  return errorKinds(root).reduce((text, kind) => {
    const own = errors.filter((error) => error.kind === kind);
    const [image, cluster] = [own.filter(isOfTheImage), own.filter((error) => !isOfTheImage(error))];
    return between(text, kind, [...cluster.map(line), ...ofTheImage(image)].join('\n'));
  }, runbook);
}

/** Apart, because there is nothing to worry about. */
const ofTheImage = (errors: readonly RaisedError[]): readonly string[] =>
  errors.length === 0
    ? []
    : [
        '',
        'While an image is built, scanned and pushed, or a program for that is looked for. **Users:** as before; nothing of it is in the cluster.',
        '',
        ...errors.map(line),
      ];

function line(error: RaisedError): string {
  const { says, remedy } = error;
  const users = usersIn(error);
  return `- \`${says}\`: ${remedy === null ? 'what to do is printed under it.' : plain(remedy)}${users === null ? '' : ` **Users:** ${users}`}`;
}

/** A sentence as Markdown shows it unchanged. */
const plain = (text: string): string => text.replaceAll('<', '&lt;').replaceAll(/([*_`])/g, '\\$1');

function errorsIn(source: ts.SourceFile, kinds: ReadonlyMap<string, Kind>): readonly RaisedError[] {
  const found: RaisedError[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
      const [message, remedy] = node.arguments ?? [];
      const raised = kinds.get(node.expression.text);
      if (raised !== undefined) add(raised.kind, message, raised.remedy ?? remedy);
    }
    if (ts.isObjectLiteralExpression(node)) {
      const { what, detail, remedy, timeoutMs, waitMs } = propertiesOf(node);
      const isWait = timeoutMs !== undefined || waitMs !== undefined;
      if (remedy !== undefined) add(isWait ? 'DeadlineError' : 'PreconditionError', what ?? detail, remedy);
    }
    ts.forEachChild(node, visit);
  };
  const add = (kind: string, message: ts.Node | undefined, remedy: ts.Node | undefined): void => {
    const [advice] = textsOf(remedy);
    // An empty remedy is that of a check which holds.
    if (advice === '') return;
    for (const text of textsOf(message)) {
      const says = firstLine(text);
      if (!/[a-z]{3}/.test(says)) continue;
      const words =
        kind === 'DeadlineError' && !says.includes(' ' + gap + ' s')
          ? `gave up after ${gap} s waiting for ${says}`
          : says;
      found.push({
        kind,
        says: words,
        remedy: advice === undefined ? null : advice.replaceAll(/\s*\n\s*/g, ' '),
        files: [source.fileName],
      });
    }
  };
  visit(source);
  return found;
}

function propertiesOf(node: ts.ObjectLiteralExpression): Readonly<Record<string, ts.Node | undefined>> {
  const named = node.properties.flatMap((property) =>
    ts.isPropertyAssignment(property) && ts.isIdentifier(property.name)
      ? [[property.name.text, property.initializer] as const]
      : ts.isShorthandPropertyAssignment(property)
        ? [[property.name.text, property.name] as const]
        : [],
  );
  return Object.fromEntries(named);
}

/** The texts that an expression can be; none when it is made elsewhere. */
function textsOf(node: ts.Node | undefined): readonly string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return [node.templateSpans.reduce((text, { literal }) => `${text}${gap}${literal.text}`, node.head.text)];
  }
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left = gap] = textsOf(node.left);
    const [right = gap] = textsOf(node.right);
    return [`${left}${right}`];
  }
  return [];
}

const firstLine = (text: string): string =>
  (text.split('\n').find((line) => /[a-z]{3}/.test(line)) ?? '')
    .trim()
    .replaceAll(/…{2,}/g, gap)
    .replace(/:$/, '');
