import { visible } from './visible.ts';

/** Splits what GitHub would link, and is not seen: a copy of the shown text is the text. */
const seam = '<!-- -->';

/**
 * Text from outside as it stands, in one line of GitHub's Markdown: no emphasis, link, image, mention, reference or
 * HTML, and no end of a table's cell. Source: GitHub Flavored Markdown, "Autolinks (extension)", "Tables".
 */
export const markdownText = (text: string): string =>
  visible(text)
    .replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char)
    .replaceAll(/[\\`*_~[\]|!]/g, String.raw`\$&`)
    .replaceAll(/[@#]|:(?=\/\/)|(?<=www)(?=\.)/gi, (char) => `${char}${seam}`)
    .replaceAll(/\r\n|[\r\n]/g, '<br>');
