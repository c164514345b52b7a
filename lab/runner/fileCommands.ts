/**
 * GITHUB_OUTPUT's format: `name=value`, or `name<<DELIMITER`, lines, `DELIMITER`.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions#multiline-strings
 * @throws Error on a line that is neither, or a value without its end
 */
export function parseFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name, delimiter] = /^([^=]+?)<<(.+)$/.exec(line) ?? [];
    if (name !== undefined && delimiter !== undefined) {
      const end = lines.indexOf(delimiter, at + 1);
      if (end === -1) throw new Error(`output ${name} has no closing ${delimiter}`);
      values[name] = lines.slice(at + 1, end).join('\n');
      at = end;
      continue;
    }
    const equals = line.indexOf('=');
    if (equals <= 0) throw new Error(`neither name=value nor name<<DELIMITER: ${line}`);
    values[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return values;
}
