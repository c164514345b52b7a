/** One entry of a tar archive; `content` undefined makes a folder. */
export interface TarEntry {
  readonly path: string;
  readonly mode: number;
  readonly content?: Uint8Array;
}

const blockSize = 512;

function field(block: Buffer, offset: number, length: number, value: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, length, 'ascii');
}

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(blockSize);
  const folder = entry.content === undefined;
  const path = folder ? `${entry.path}/` : entry.path;
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is longer than the 100 bytes of a ustar name`);
  block.write(path, 0, 'utf8');
  field(block, 100, 8, entry.mode);
  field(block, 108, 8, 0); // uid
  field(block, 116, 8, 0); // gid
  field(block, 124, 12, entry.content?.byteLength ?? 0);
  field(block, 136, 12, 0); // mtime: the same content must give the same digest
  block.write('        ', 148, 'ascii');
  block.write(folder ? '5' : '0', 156, 'ascii');
  block.write('ustar\x0000', 257, 'ascii');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return block;
}

/** A ustar archive (POSIX 1003.1-1988) that depends on nothing but its entries. */
export function tarArchive(entries: readonly TarEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    parts.push(header(entry));
    if (entry.content === undefined) continue;
    parts.push(entry.content, Buffer.alloc((blockSize - (entry.content.byteLength % blockSize)) % blockSize));
  }
  parts.push(Buffer.alloc(2 * blockSize));
  return Buffer.concat(parts);
}
