/**
 * Without what is not seen and changes what is read: control characters (line breaks and tabs stay), and marks that
 * turn the direction of writing. Source: Unicode, "Bidirectional Algorithm", explicit directional characters.
 */
export const visible = (text: string): string =>
  text.replaceAll(/(?![\n\r\t])[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, '');
