/** What a reader of a page does, in its order: writes a file, or types commands. */
export type PageStep =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'shell'; readonly text: string };

const languages = ['dockerfile', 'json', 'sh', 'yaml', 'yml'];

/**
 * The code blocks of a page. A block that is not for a shell belongs to the file that the text before it names last,
 * as code: "The way in, `deploy/gateway.yaml`:".
 * @throws Error when a block is for nobody: then a reader does not know what to do with it either
 */
export function stepsOf(markdown: string): readonly PageStep[] {
  const parts = markdown.split(/^```/m);
  return parts.flatMap((part, index): readonly PageStep[] => {
    if (index % 2 === 0) return [];
    const [language = '', ...lines] = part.split('\n');
    const text = lines.join('\n');
    if (language === 'sh') return [{ kind: 'shell', text }];
    const before = parts[index - 1]?.trimEnd().split('\n\n').at(-1) ?? '';
    const path = [...before.matchAll(/`([\w./-]+\/[\w.-]+|[A-Z]\w+)`/g)].at(-1)?.[1];
    if (path === undefined || !languages.includes(language)) {
      throw new Error(`a block of ${language || 'no language'} after "${before.slice(-80)}" names no file`);
    }
    return [{ kind: 'file', path, text }];
  });
}
