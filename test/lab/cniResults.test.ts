import { expect, test } from '@jest/globals';
import { hostDevices } from '../../lab/host/cniResults.ts';

test('the machine’s end of a pod’s cable is the one that lies in no network namespace', () => {
  const interfaces = [
    { name: 'cni0', mac: 'aa' },
    { name: 'veth0a1b2c3d', mac: 'bb' },
    { name: 'eth0', mac: 'cc', sandbox: '/run/c4ang-lab/containerd/netns/cni-1' },
  ];
  expect(hostDevices(JSON.stringify({ kind: 'cniCacheV1', result: { interfaces } }))).toEqual([
    'veth0a1b2c3d',
  ]);
  expect(hostDevices('{}')).toEqual([]);
});
