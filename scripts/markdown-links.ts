/** A link of a Markdown file that leads into the repository. */
export interface RelativeLink {
  /** Without it, to the file itself. */
  readonly path: string;
  /** Without `#`; empty when there is none. */
  readonly anchor: string;
}

/** Code is no text: what looks like a link in it is none. */
const withoutCode = (markdown: string): string =>
  markdown.replaceAll(/^(```+|~~~+)[\s\S]*?^\1\s*$/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** Every relative link and image, in Markdown or as `src`, `srcset` or `href`. */
export function relativeLinks(markdown: string): readonly RelativeLink[] {
  const text = withoutCode(markdown);
  const targets = [
    ...text.matchAll(/\]\(([^)\s]+)\)/g),
    ...text.matchAll(/\b(?:src|srcset|href)="([^"\s]+)"/g),
  ].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#');
      return { path, anchor };
    });
}

/**
 * The anchors that GitHub gives a file's headings: lower case, punctuation gone, spaces as hyphens, repeated ones
 * numbered from 1.
 */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = markdown.replaceAll(/^(```+|~~~+)[\s\S]*?^\1\s*$/gm, '').matchAll(/^#{1,6} (.+?)\s*$/gm);
  const anchors = [...headings].map(([, heading = '']) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${String(before)}`;
  });
  return new Set(anchors);
}
