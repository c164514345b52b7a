import { describe, expect, test } from '@jest/globals';
import { mountsBelow } from '../../lab/host/mounts.ts';

const mountinfo = `22 1 254:0 / / rw - ext4 /dev/vda rw
31 22 0:26 / /run rw - tmpfs tmpfs rw
40 31 0:40 / /run/c4ang-lab/kubelet/pods/a/volumes/token rw - tmpfs tmpfs rw
41 31 0:41 / /run/c4ang-lab rw - tmpfs tmpfs rw
42 31 0:42 / /run/c4ang-lab-of-another rw - tmpfs tmpfs rw
43 22 0:43 / /home/a\\040b/.lab/data/rootfs rw - overlay overlay rw
`;

describe('the lab’s mounts', () => {
  test('are found below its folders, the latest first, and nobody else’s', () => {
    expect(mountsBelow(mountinfo, ['/run/c4ang-lab'])).toEqual([
      '/run/c4ang-lab',
      '/run/c4ang-lab/kubelet/pods/a/volumes/token',
    ]);
  });

  test('are found in a checkout whose path holds a space', () => {
    expect(mountsBelow(mountinfo, ['/home/a b/.lab'])).toEqual(['/home/a b/.lab/data/rootfs']);
  });
});
