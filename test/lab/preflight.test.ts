import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { collisions } from '../../lab/host/collisions.ts';
import { goIsNewEnough, hostProblems, PreflightError, type Host } from '../../lab/host/preflight.ts';

const good: Host = {
  platform: 'linux',
  architecture: 'x64',
  userId: 0,
  has: () => true,
  goVersion: () => 'go version go1.26.1 linux/amd64',
  hasPip: () => true,
};

describe('before anything is touched', () => {
  test('a machine that has everything is let through', () => {
    expect(hostProblems(good)).toEqual([]);
  });

  test('everything that is missing is listed at once, each with its command', () => {
    const missing = new Set(['go', 'ip']);
    const problems = hostProblems({ ...good, userId: 1000, has: (tool) => !missing.has(tool) });
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/^not root/);
    expect(problems[1]).toMatch(/^go is missing .* → apt-get install golang-go/);
    expect(problems[2]).toMatch(/^ip is missing .* → apt-get install iproute2/);
    const { message } = new PreflightError(problems);
    for (const problem of problems) expect(message).toContain(problem);
  });

  test('a Go that is too old and a Python without pip are named', () => {
    const problems = hostProblems({
      ...good,
      goVersion: () => 'go version go1.19.8 linux/amd64',
      hasPip: () => false,
    });
    expect(problems).toEqual([
      expect.stringContaining('go1.19.8 linux/amd64 is too old'),
      expect.stringContaining('apt-get install python3-pip'),
    ]);
  });

  test.each([
    ['go version go1.23.4 linux/amd64', false],
    ['go version go1.24 linux/amd64', true],
    ['go version go1.26.8 linux/amd64', true],
    ['go version go2.0 linux/amd64', true],
    ['go version devel linux/amd64', true],
  ])('%s is new enough: %s', (answer, expected) => {
    expect(goIsNewEnough(answer)).toBe(expected);
  });

  test('another system is told of --context, not of missing tools', () => {
    const problems = hostProblems({ ...good, platform: 'darwin', has: () => false });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('--context NAME');
  });

  test('what other programs occupy is named with how to find them', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const rules = '*nat\n:KUBE-SERVICES - [0:0]\nCOMMIT\n';
    try {
      const problems = await collisions([port], ['lo', 'cni0'], rules, ['/sys/fs/cgroup/kubepods']);
      expect(problems).toEqual([
        expect.stringContaining(`sport = :${String(port)}`),
        expect.stringContaining('cni0'),
        expect.stringContaining('KUBE-'),
        expect.stringContaining('/sys/fs/cgroup/kubepods'),
      ]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(await collisions([port], ['lo', 'eth0'], '', [])).toEqual([]);
  });
});
