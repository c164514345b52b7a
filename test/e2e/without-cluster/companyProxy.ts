import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exec } from '../../../lab/host/exec.ts';
import { pythonTool } from '../../../lab/build/pythonTool.ts';

/** A proxy as companies have it: it takes CONNECT, and reads what goes through, by a CA of its own. */
export interface CompanyProxy {
  /** For HTTPS_PROXY. */
  readonly url: string;
  /** For NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  /** `host:port` of each CONNECT. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

const certificate = `
import sys
from datetime import datetime, timedelta, timezone
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, 'a test')])
now = datetime.now(timezone.utc)
made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    .serial_number(x509.random_serial_number())
    .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    .add_extension(x509.SubjectAlternativeName([x509.DNSName(sys.argv[1])]), False)
    .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256()))
pem = serialization.Encoding.PEM
print(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode())
print(made.public_bytes(pem).decode())
`;

/** @param answers in the place of the host, which is asked for by https */
export async function companyProxy(host: string, answers: RequestListener): Promise<CompanyProxy> {
  // moto brings a library for certificates along.
  const site = dirname(dirname(await pythonTool('moto', 'moto_server')));
  const { stdout } = await exec('python3', ['-c', certificate, host], {
    env: { ...process.env, PYTHONPATH: site },
  });
  const [key = '', cert = ''] = stdout.split(/(?=-----BEGIN CERTIFICATE)/);
  const folder = mkdtempSync(join(tmpdir(), 'company-proxy-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, cert);

  const secure = createSecureServer({ key, cert }, answers);
  const asked: string[] = [];
  const proxy = createServer((_request, response) => response.writeHead(400).end('https only'));
  proxy.on('connect', ({ url }, socket) => {
    asked.push(url ?? '');
    socket.on('error', () => undefined);
    if (url !== `${host}:443`) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    secure.emit('connection', socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`,
    caFile,
    asked,
    async close() {
      secure.closeAllConnections();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
