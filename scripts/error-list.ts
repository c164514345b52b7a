import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { between } from './action-tables.ts';

/** One thing that the code can say when it goes no further. What differs from case to case is an ellipsis. */
export interface RaisedError {
  /** Class of the error, for example `PreconditionError`. */
  readonly kind: string;
  /** The first line of its message. */
  readonly says: string;
  /** What it prints to do; null where that depends on the case. */
  readonly remedy: string | null;
}

const gap = '…';

/** Every error with words of its own in src/, and every problem and check that one is made of. */
export function raisedErrors(root: string): readonly RaisedError[] {
  const files = globSync('src/**/*.ts', { cwd: root }).sort();
  const kinds = errorKinds(root);
  const found = files.flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest);
    return errorsIn(source, kinds);
  });
  const unique = new Map(found.map((error) => [`${error.kind} ${error.says} ${error.remedy ?? ''}`, error]));
  return [...unique.values()].toSorted((a, b) => (a.says < b.says ? -1 : 1));
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
    const lines = errors.filter((error) => error.kind === kind).map(line);
    return between(text, kind, lines.join('\n'));
  }, runbook);
}

const line = ({ says, remedy }: RaisedError): string =>
  `- \`${says}\`: ${remedy === null ? 'what to do is printed under it.' : plain(remedy)}`;

/** A sentence as Markdown shows it unchanged. */
const plain = (text: string): string => text.replaceAll('<', '&lt;').replaceAll(/([*_`])/g, '\\$1');

function errorsIn(source: ts.SourceFile, kinds: readonly string[]): readonly RaisedError[] {
  const found: RaisedError[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isNewExpression(node) &&
      ts.isIdentifier(node.expression) &&
      kinds.includes(node.expression.text)
    ) {
      const [message, remedy] = node.arguments ?? [];
      add(node.expression.text, message, remedy);
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
