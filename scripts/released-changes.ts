const unreleased = '## Unreleased\n';

/**
 * The changelog as it should be after `changeset version`, which writes a new version right below the title: above what
 * stands there for all versions, and beside what was written by hand under "Unreleased".
 */
export function withReleased(changelog: string): string {
  const [title = '', ...rest] = changelog.split(/(?<=\n)(?=## )/);
  const open = rest.findIndex((section) => section.startsWith(unreleased));
  const [newest, ...others] = rest.filter((_, index) => index !== open);
  const written = open === -1 ? '' : (rest[open] ?? '').slice(unreleased.length);
  if (newest === undefined || written.trim() === '') return changelog;
  // The last section that changesets wrote ends with what stood below the title before.
  const [changes = '', intro = ''] = newest.split(/\n(?=All notable changes)/);
  const head = intro === '' ? title : `${title.trimEnd()}\n\n${intro.trim()}\n\n`;
  return `${head}${changes.trimEnd()}\n\n${written.trim()}\n${others.length === 0 ? '' : `\n${others.join('')}`}`;
}
